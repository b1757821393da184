"""Rows of a stranger's sheet: merged cells, formulas that failed, numbers with a fraction, unseen signs, rows too wide."""

import re
import zipfile

import pytest
import xlsxwriter

from tests.importing.practice import HEADER, ROW, Town, body, changed, counts, second
from tests.importing.strange import CORE, NUMBERS, TEXTS, core, planned
from tests.importing.test_headers import table
from zq_grid.importing import marks, reader
from zq_grid.importing.covered import fill_down
from zq_grid.importing.headers import map_headers
from zq_grid.importing.plan import plan
from zq_grid.importing.reader import Limits
from zq_grid.importing.run import run_file
from zq_grid.importing.sheet_dates import when
from zq_grid.importing.values import normalise_number

SECOND = "20261020000002"
OTHER = "路灯不亮，夜里看不清"
MANIFEST = (
    '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
    '<manifest:file-entry manifest:full-path="/" '
    'manifest:media-type="application/vnd.oasis.opendocument.spreadsheet"/></manifest:manifest>'
)
MASTER = '<row r="9"><c r="A9"><f t="shared" ref="A1:A9" si="0">B9</f><v>1</v></c></row>'
UNWORKED = 777  # a value that `unworked` takes out of a workbook again


@pytest.fixture
def town(tmp_path):
    town = Town(tmp_path)
    yield town
    town.workspace.close()


def workbook(path, rows, merged=(), formulas=()):
    """Write a workbook; `merged`: first row, column, last row, last column; `formulas`: row, column, value."""
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet("表")
        for top, left, bottom, right in merged:
            sheet.merge_range(top, left, bottom, right, "")
        for line, row in enumerate(rows):
            for column, cell in enumerate(row):
                if cell is not None:
                    sheet.write(line, column, cell)
        for line, column, value in formulas:
            sheet.write_formula(line, column, "=Z99", value=value)
    return path


def unworked(path):
    """Take the values of formulas out of a workbook, as programs write it that work nothing out."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    name = "xl/worksheets/sheet1.xml"
    parts[name] = parts[name].replace(b"<v>%d</v>" % UNWORKED, b"")
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


def ods(path, *rows):
    cells = "".join(f"<table:table-row>{''.join(row)}</table:table-row>" for row in rows)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", MANIFEST)
        archive.writestr(
            "content.xml",
            '<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
            'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
            'xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0" '
            'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet>'
            f'<table:table table:name="表">{cells}</table:table>'
            "</office:spreadsheet></office:body></office:document-content>",
        )
    return path


def ods_cell(text, more=""):
    return f'<table:table-cell office:value-type="string" {more}><text:p>{text}</text:p></table:table-cell>'


# merged cells -------------------------------------------------------------------------------------

HALF = (SECOND, None, None, None, OTHER)


def test_cells_merged_down_are_said_of_every_row(town, tmp_path):
    path = workbook(
        tmp_path / "a.xlsx", [HEADER, ROW, HALF], [(1, column, 2, column) for column in (1, 2, 3)]
    )
    run_file(town.workspace, path)
    first, other = body(town), body(town, SECOND)
    assert other["text"] == OTHER
    assert [other[name] for name in ("accepted_at", "kind", "place")] == [
        first[name] for name in ("accepted_at", "kind", "place")
    ]


def html_page(tmp_path):
    path = tmp_path / "a.xls"
    covered = "".join(f'<td rowspan="2">{cell}</td>' for cell in ROW[1:4])
    path.write_text(
        f"<table><tr>{''.join(f'<th>{cell}</th>' for cell in HEADER)}</tr>"
        f"<tr><td>{ROW[0]}</td>{covered}<td>{ROW[4]}</td></tr>"
        f"<tr><td>{SECOND}</td><td>{OTHER}</td></tr></table>",
        encoding="utf-8",
    )
    return path


def xml_sheet(tmp_path):
    def cell(text, more=""):
        return f'<Cell{more}><Data ss:Type="String">{text}</Data></Cell>'

    path = tmp_path / "a.xml"
    last = cell(OTHER, ' ss:Index="5"')
    covered = "".join(cell(one, ' ss:MergeDown="1"') for one in ROW[1:4])
    path.write_text(
        '<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" '
        'xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet ss:Name="表"><Table>'
        f"<Row>{''.join(map(cell, HEADER))}</Row>"
        f"<Row>{cell(ROW[0])}{covered}{cell(ROW[4])}</Row>"
        f"<Row>{cell(SECOND)}{last}</Row>"
        "</Table></Worksheet></Workbook>",
        encoding="utf-8",
    )
    return path


def ods_sheet(tmp_path):
    down = 'table:number-rows-spanned="2" table:number-columns-spanned="1"'
    return ods(
        tmp_path / "a.ods",
        map(ods_cell, HEADER),
        [ods_cell(ROW[0]), *(ods_cell(cell, down) for cell in ROW[1:4]), ods_cell(ROW[4])],
        [
            ods_cell(SECOND),
            '<table:covered-table-cell table:number-columns-repeated="3"/>',
            ods_cell(OTHER),
        ],
    )


@pytest.mark.parametrize("made", [html_page, xml_sheet, ods_sheet])
def test_pages_xml_and_ods_tell_merged_cells_too(tmp_path, made):
    found = reader.read(made(tmp_path))
    assert sorted(found.merged) == [(1, 1, 2), (1, 2, 2), (1, 3, 2)]
    rows = plan(found, map_headers(found)).rows
    assert [row.order_number for row in rows] == [ROW[0], SECOND]
    assert rows[1].facts["accepted_at"] == rows[0].facts["accepted_at"]
    assert [row.facts["place"] for row in rows] == [ROW[3]] * 2
    assert rows[1].facts["text"] == OTHER


def test_a_cell_of_a_page_reaches_no_further_than_its_group(tmp_path):
    path = tmp_path / "a.html"
    head, row = (
        "".join(f"<th>{cell}</th>" for cell in CORE),
        "".join(f"<td>{cell}</td>" for cell in core(0)[1:]),
    )
    path.write_text(
        f"<table><tr>{head}</tr><tbody><tr><td rowspan=0>{NUMBERS[0]}</td>{row}</tr><tr>{row}</tr></tbody>"
        f'<tbody><tr><td rowspan="9">{NUMBERS[1]}</td>{row}</tr></tbody><tr><td></td>{row}</tr></table>',
        encoding="utf-8",
    )
    assert reader.read(path).merged[0] == (1, 0, 2)
    assert all(last <= 3 for _, _, last in reader.read(path).merged)


def test_a_number_merged_over_other_texts_is_never_silent(town, tmp_path):
    path = workbook(tmp_path / "a.xlsx", [HEADER, ROW, (None, *ROW[1:4], OTHER)], [(1, 0, 2, 0)])
    done = run_file(town.workspace, path)
    assert counts(done) == (1, 0, 0, 0, 1)
    assert done.rejected[0].code == "row_repeated_differs"


def filled(rows, merged, first=1):
    fill_down(rows, merged, first)
    return rows


def test_nothing_is_filled_from_a_header_to_the_right_or_over_a_value():
    rows = [("甲", "乙", "丙"), ("一", "二", None), (None, "三", "四"), (None, None, "五")]
    assert filled(rows, [(0, 0, 3), (1, 1, 3)]) == [
        ("甲", "乙", "丙"),
        ("一", "二", None),
        (None, "三", "四"),
        (None, "二", "五"),
    ]


def test_a_row_that_says_nothing_of_its_own_stays_empty():
    assert filled([("甲", "乙"), ("一", "二"), (None, None)], [(1, 0, 2), (1, 1, 2)])[2] == (None, None)


def test_hostile_ranges_cost_no_more_than_the_table():
    rows = [("甲", "乙"), *[("一", f"{n}") if n == 0 else (None, f"{n}") for n in range(300)]]
    merged = [(n % 400, n % 7 - 2, 1 << 40) for n in range(50_000)] + [(5, 0, 2), (10**9, 0, 10**10)]
    filled(rows, merged)
    assert {row[0] for row in rows[1:]} == {"一"}


def test_ranges_beyond_the_sheet_end_with_it():
    assert marks.reaching_down([((1, 0), (1 << 40, 0)), ((9, 0), (12, 0)), ((3, 1), (0, 0))], 10) == [
        (1, 0, 9)
    ]
    assert len(marks.reaching_down([((0, 0), (1, 0))] * 200_000, 10)) == marks.MOST_MERGED


# formulas -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("column", "header"), [(0, "工单编号"), (1, "受理时间")])
def test_a_failed_formula_for_the_number_or_the_time_rejects_the_row(town, tmp_path, column, header):
    row = [None if place == column else cell for place, cell in enumerate(ROW)]
    path = workbook(
        tmp_path / "a.xlsx", [HEADER, row, changed(number=SECOND)], formulas=[(1, column, "#REF!")]
    )
    done = run_file(town.workspace, path)
    assert counts(done) == (1, 0, 0, 0, 1)
    (bad,) = done.rejected
    assert (bad.line, bad.code, bad.facts) == (2, "row_formula_error", {"column": header, "value": "#REF!"})
    assert "公式出错（#REF!）" in bad.sentence


def test_a_failed_formula_elsewhere_is_noted(town, tmp_path):
    path = workbook(
        tmp_path / "a.xlsx", [HEADER, ROW, (SECOND, *ROW[1:3], None, OTHER)], formulas=[(2, 3, "#VALUE!")]
    )
    done = run_file(town.workspace, path)
    assert counts(done) == (2, 0, 0, 0, 0)
    assert "place" not in body(town, SECOND)
    assert [(one.code, one.facts["lines"]) for one in done.problems] == [("note_formula_error", "3")]


def test_rows_of_nothing_but_failed_formulas_are_counted(tmp_path):
    failed = [(line, column, "#N/A") for line in (1, 3, 4) for column in range(5)]
    found = reader.read(workbook(tmp_path / "a.xlsx", [HEADER, [], ROW], formulas=failed))
    said = plan(found, map_headers(found))
    assert [row.line for row in said.rows] == [3]
    assert [(one.code, one.facts) for one in said.problems] == [
        ("note_only_errors", {"lines": "2、4、5", "count": "3"})
    ]
    assert "2, 4, 5" in said.problems[0].words("en")


def test_one_of_two_arrivals_is_enough():
    header = ["工单编号", "受理时间", "派单时间", "诉求内容"]
    assert planned(header, [NUMBERS[0], "2026-10-20", "#N/A", TEXTS[0]]).rejected == ()
    (bad,) = planned(header, [NUMBERS[0], "#N/A", None, TEXTS[0]]).rejected
    assert bad.facts["column"] == "受理时间"


def test_a_row_whose_words_all_failed_says_so():
    (bad,) = planned(CORE, [NUMBERS[0], "2026-10-20", "#REF!", "#NAME?"]).rejected
    assert (bad.code, bad.facts["value"]) == ("row_formula_error", "#NAME?")


def test_failed_formulas_don_t_hide_what_a_column_holds():
    rows = [core(0), core(1), [NUMBERS[2], "#N/A", "和溪五村12号", TEXTS[2]]]
    found = planned(["工单编号", "受理时间", "诉求地址", "诉求内容"], *rows)
    assert len(found.rows) == 2


def test_formulas_that_nobody_worked_out_are_counted(tmp_path):
    path = workbook(
        tmp_path / "a.xlsx",
        [HEADER, ROW, (SECOND, *ROW[1:4])],
        formulas=[(2, 4, UNWORKED), (1, 7, ""), (2, 7, 5)],
    )
    found = reader.read(unworked(path))
    assert found.unworked == 2
    said = plan(found, map_headers(found))
    assert [(one.code, one.facts) for one in said.problems] == [("note_unworked", {"count": "2"})]
    assert "没有算出结果的公式" in said.problems[0].words()


@pytest.mark.parametrize(
    ("cell", "count"),
    [
        ("<c r='A1'><f>B1</f></c>", 1),
        ('<c r="A1"><f>B1</f><v></v></c>', 1),
        ('<c r="A1"><f>B1</f><v/></c>', 1),
        ('<c r="A1"><f t="shared" si="0"/></c>', 1),
        ('<x:c r="A1"><x:f>B1</x:f></x:c>', 1),
        ('<c r="A1" t="str"><f>""</f><v></v></c>', 0),
        ('<x:c r="A1" t="str"><x:f>""</x:f><x:v></x:v></x:c>', 0),
        ('<c r="A1" t="e"><f>B1</f></c>', 0),
        ('<c r="A1"><f>B1</f><v>0</v></c>', 0),
        ('<c r="A1"><v>0</v></c>', 0),
    ],
)
def test_only_a_formula_without_any_value_is_unworked(cell, count):
    heard = marks.Listener(10, 10)
    for piece in re.findall(".{1,7}", f'{MASTER}<row r="1">{cell}</row><row r="2">{cell}</row>'):
        heard.hear(piece.encode())
    heard.end()
    assert heard.unworked == 2 * count


@pytest.mark.parametrize(
    ("cell", "found"),
    [
        ('<c r="B2" t="e"><v>#N/A</v></c>', [(1, 1, "#N/A")]),
        ("<c t='e' s='1' r='B2'><f>X</f><v>#DIV/0!</v></c>", [(1, 1, "#DIV/0!")]),
        ('<x:c r="B2" t="e"><x:v>#REF!</x:v></x:c>', [(1, 1, "#REF!")]),
        ('<c r="B2" t="e"/><c r="C2"><v>5</v></c>', [(1, 1, marks.UNKNOWN)]),
        ('<c r="B2" t="e"><v>漏水</v></c>', [(1, 1, marks.UNKNOWN)]),
        ('<c r="XFD2" t="e"><v>#N/A</v></c>', []),  # beyond the sheet
        ('<c r="B1048576" t="e"><v>#N/A</v></c>', []),
        ('<c r="B0" t="e"><v>#N/A</v></c>', []),
        ('<c t="e"><v>#N/A</v></c>', []),
    ],
)
def test_failed_formulas_are_found_where_they_stand(cell, found):
    heard = marks.Listener(10, 10)
    heard.hear(f"<row>{cell}</row>".encode())
    heard.end()
    assert heard.failed == found


def test_a_sheet_grows_by_failed_formulas_only_within_its_limits(tmp_path):
    path = workbook(tmp_path / "a.xlsx", [HEADER, ROW], formulas=[(2, 0, "#N/A"), (5_000, 4, "#N/A")])
    assert len(reader.read(path, limits=Limits(cells=100)).rows) == 3


# numbers, unseen signs, rows too wide --------------------------------------------------------------


def test_a_number_with_a_fraction_is_no_order_number(town, tmp_path):
    path = workbook(tmp_path / "a.xlsx", [HEADER, (20261020000001.5, *ROW[1:]), changed(number=SECOND)])
    done = run_file(town.workspace, path)
    assert counts(done) == (1, 0, 0, 0, 1)
    assert done.rejected[0].facts["value"] == "20261020000001.5"


@pytest.mark.parametrize(
    ("written", "number"),
    [("20261020000001.00", NUMBERS[0]), ("2026.10.20.001", "2026.10.20.001"), ("SX-12.5", "SX-12.5")],
)
def test_dots_of_other_numbers_stay(written, number):
    assert normalise_number(written) == number


UNSEEN = "\u200b\u200c\u200d\u2060\ufeff"


def test_signs_that_nobody_sees_are_dropped_from_numbers_phones_and_dates():
    header = [*CORE, "联系电话"]
    number, phone = ("".join(f"{UNSEEN}{one}" for one in said) for said in (NUMBERS[0], "13800000001"))
    (row,) = planned(
        header, [number, f"2026{UNSEEN}-10-{UNSEEN}20 09:03", "和溪五村12号", TEXTS[0], phone]
    ).rows
    assert (row.order_number, row.facts["phone"]) == (NUMBERS[0], "13800000001")
    assert row.facts["accepted_at"] == "2026-10-20T09:03:00+08:00"
    assert when(f"\u202a2026-10-20{UNSEEN}").text == "2026-10-20"


def test_rows_wider_than_the_header_are_named(tmp_path):
    path = tmp_path / "a.csv"
    lines = [",".join(CORE), *[",".join(core(n)) for n in range(3)]]
    lines[2] += ",后半句"
    path.write_text("\n".join(lines), encoding="utf-8")
    found = reader.read(path)
    said = plan(found, map_headers(found))
    assert [(one.code, one.facts) for one in said.problems] == [("note_wider", {"lines": "3", "count": "1"})]
    assert said.rows[1].extra == {"第 5 列": "后半句"}
    assert "3" in said.problems[0].words("en")


def test_a_column_without_a_name_is_no_slip():
    found = table([*CORE, None], *[core(n, "备注") for n in range(4)])
    assert plan(found, map_headers(found)).problems == ()


def test_the_time_of_a_merged_cell_is_the_time_of_its_rows(town, tmp_path):
    path = workbook(tmp_path / "a.xlsx", [HEADER, ROW, HALF], [(1, 1, 2, 3)])
    run_file(town.workspace, path)
    (log,) = [step for step in town.steps(SECOND) if step.kind == "log"]
    assert second(str(log.body["accepted_at"])) == second("2026-10-20T09:03:00+08:00")
    assert "place" not in log.body
