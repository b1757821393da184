"""Workbooks as one XML file, “XML Spreadsheet 2003”, named .xls or .xml."""

from datetime import date, datetime

import pytest

from zq_grid.errors import ImportRejected
from zq_grid.importing.reader import Limits, read

BEGINS = (
    '<?xml version="1.0"?>\n<?mso-application progid="Excel.Sheet"?>\n'
    '<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"'
    ' xmlns:x="urn:schemas-microsoft-com:office:excel"'
    ' xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">\n<Styles><Style ss:ID="s1"/></Styles>\n'
)
HIDDEN = (
    '<WorksheetOptions xmlns="urn:schemas-microsoft-com:office:excel"><Visible>SheetHidden</Visible>'
    "</WorksheetOptions>"
)
HEADER = ("工单编号", "内容描述")


def cell(value, kind="String", more=""):
    return f'<Cell ss:StyleID="s1"{more}><Data ss:Type="{kind}">{value}</Data></Cell>\n'


def row(*cells):
    return f"<Row>{''.join(one if one.startswith('<Cell') else cell(one) for one in cells)}</Row>\n"


def sheet(*rows, name="表", options=""):
    return f'<Worksheet ss:Name="{name}"><Table>{"".join(rows)}</Table>{options}</Worksheet>\n'


@pytest.fixture
def book(tmp_path):
    def write(*sheets, encoding="utf-8", begins=BEGINS, ends="</Workbook>"):
        path = tmp_path / "工单.xls"
        path.write_bytes((begins + "".join(sheets) + ends).encode(encoding))
        return path

    return write


@pytest.fixture
def rows(book):
    """Give the rows of one sheet."""
    return lambda *given: read(book(sheet(*given))).rows


def refusal(path, **more):
    with pytest.raises(ImportRejected) as caught:
        read(path, **more)
    return caught.value.code


@pytest.mark.parametrize(
    ("encoding", "said"),
    [
        ("utf-8", "UTF-8"),
        ("utf-8-sig", "UTF-8"),
        ("gb18030", "GB2312"),
        ("gb18030", "gb18030"),
        ("utf-8", "GB2312"),
        ("utf-16", "UTF-16"),
        ("utf-16-le", "UTF-16"),
        ("utf-16-be", "UTF-8"),
    ],
)
def test_a_spreadsheet_is_read_in_its_encoding_whatever_it_says_of_itself(book, encoding, said):
    begins = BEGINS.replace('"1.0"', f'"1.0" encoding="{said}"')
    path = book(sheet(row(*HEADER), row("1", "漏水")), encoding=encoding, begins=begins)
    assert read(path).rows == [HEADER, ("1", "漏水")]


@pytest.mark.parametrize("prefix", ["ss", "a"])
def test_tags_with_a_prefix_are_the_same_tags(book, prefix):
    content = sheet(row(*HEADER), row("1", "漏水"))
    for tag in ("Worksheet", "Table", "Row", "Cell", "Data", "Workbook"):
        content = content.replace(f"<{tag}", f"<{prefix}:{tag}").replace(f"</{tag}", f"</{prefix}:{tag}")
    begins = f'<{prefix}:Workbook xmlns:{prefix}="urn:schemas-microsoft-com:office:spreadsheet">'
    path = book(content.replace(" ss:", f" {prefix}:"), begins=begins, ends=f"</{prefix}:Workbook>")
    assert read(path).rows == [HEADER, ("1", "漏水")]


@pytest.mark.parametrize(
    ("kind", "written", "read_as"),
    [
        ("Number", "20260105000001", 20260105000001),
        ("Number", "2.0260105000001E13", 20260105000001),
        ("Number", "310112202601050000123", "310112202601050000123"),
        ("Number", "1.5", "1.5"),
        ("Number", "-3.0", -3),
        ("Number", "0", 0),
        ("Number", "0.25", "0.25"),
        ("Number", "0012", "0012"),
        ("Number", "", None),
        ("Number", "NaN", "NaN"),
        ("Number", "1e999", "1e999"),
        ("String", "0012", "0012"),
        ("String", " 漏&#10;水 &lt;&amp; ", " 漏\n水 <& "),
        ("String", "<![CDATA[漏<水>]]>", "漏<水>"),
        ("String", "漏&#11;&#x1F;水\x0b", "漏水"),
        ("String", "漏\U0001f6b0&#x1F6B0;㐂", "漏\U0001f6b0\U0001f6b0㐂"),
        ("String", " ", None),
        ("Boolean", "1", "TRUE"),
        ("Boolean", "0", "FALSE"),
        ("Error", "#N/A", "#N/A"),
        ("Error", "漏水", None),
        ("DateTime", "2026-01-05T09:03:00.000", datetime(2026, 1, 5, 9, 3)),
        ("DateTime", "2026-01-05T00:00:00.000", date(2026, 1, 5)),
        ("DateTime", "2026-01-05", date(2026, 1, 5)),
        ("DateTime", "1899-12-31T09:03:00.000", "09:03:00"),
        ("DateTime", "2026-13-45T00:00:00.000", "2026-13-45T00:00:00.000"),
    ],
)
def test_a_cell_keeps_its_sort(rows, kind, written, read_as):
    assert rows(row(*HEADER), row(cell(written, kind), "漏水"))[1][0] == read_as


def test_rows_and_cells_stand_at_their_index(rows):
    assert rows(
        '<Row ss:Index="3">'
        + cell("工单编号")
        + cell("内容描述", more=' ss:Index="4"')
        + cell("地址")
        + "</Row>",
        '<Row ss:Height="20" ss:Span="1"/>',
        row("1"),
    )[2:] == [
        ("工单编号", None, None, "内容描述", "地址"),
        (None,) * 5,
        (None,) * 5,
        ("1", None, None, None, None),
    ]


def test_a_merged_cell_stands_in_the_first_of_its_cells(rows):
    assert rows(
        row(cell("a", more=' ss:MergeAcross="2" ss:MergeDown="1"'), "b"), row(cell("c", more=' ss:Index="4"'))
    )[:2] == [("a", None, None, "b"), (None, None, None, "c")]


def test_a_remark_is_no_text_of_its_cell_and_styled_text_is(rows):
    styled = (
        '<ss:Data ss:Type="String" xmlns="http://www.w3.org/TR/REC-html40"><B>漏<I>水</I></B>很久</ss:Data>'
    )
    noted = (
        '<Cell><Data ss:Type="String">1</Data><Comment ss:Author="x"><ss:Data>注</ss:Data></Comment></Cell>'
    )
    assert rows(row(*HEADER), f"<Row>{noted}<Cell>{styled}<NamedCell/></Cell></Row>")[1] == ("1", "漏水很久")


def test_the_first_visible_sheet_with_known_headers_is_read(book):
    data = (row(*HEADER), row("1", "漏水"))
    path = book(
        sheet(*data, name="旧", options=HIDDEN),
        sheet(row("填写说明"), name="说明"),
        sheet(name="空"),
        sheet(*data, row("2", "路灯"), name="数据"),
        sheet(*data, name="再"),
    )
    table = read(path)
    assert (table.name, len(table.rows)) == ("数据", 3)
    assert [(one.name, one.rows, one.visible, one.known) for one in table.sheets] == [
        ("旧", 2, False, 2),
        ("说明", 1, True, 0),
        ("空", 0, True, 0),
        ("数据", 3, True, 2),
        ("再", 2, True, 2),
    ]
    assert read(path, sheet="旧").rows == [HEADER, ("1", "漏水")]
    assert refusal(path, sheet="二月") == "file_sheet_unknown"
    assert refusal(path, sheet="空") == "file_empty"


def test_a_file_cut_off_before_the_end_of_its_sheet_is_not_half_read(book):
    path = book(sheet(row(*HEADER), row("1", "漏水")))
    path.write_bytes(path.read_bytes().partition(b"</Table>")[0])
    assert refusal(path) == "file_corrupt"


@pytest.mark.parametrize(
    "declared",
    [
        '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>',
        '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]>',
        '<!DOCTYPE x SYSTEM "http://localhost/x.dtd">',
        '<!DOCTYPE x [<!ENTITY % a SYSTEM "file:///etc/hostname">%a;]>',
    ],
)
def test_nothing_is_fetched_and_nothing_grows(book, declared):
    begins = BEGINS.replace("?>\n", f"?>{declared}\n", 1)
    assert refusal(book(sheet(row(*HEADER), row("&a;", "漏水")), begins=begins)) == "file_corrupt"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ('<?xml version="1.0"?><orders xmlns="urn:x"><Workbook xmlns="urn:y"/></orders>', "file_not_table"),
        ('<?xml version="1.0"?><Workbook xmlns="urn:x"><Worksheet/></Workbook>', "file_not_table"),
        ('<?xml version="1.0"?><orders><order>1</order></orders>', "file_not_table"),
        (BEGINS + "</Workbook>", "file_empty"),
        (BEGINS + sheet() + "</Workbook>", "file_empty"),
        (BEGINS + sheet('<Row ss:Index="0x1">' + cell("a") + "</Row>") + "</Workbook>", "file_corrupt"),
        (
            BEGINS + sheet('<Row ss:Index="3">' + cell("a") + '</Row><Row ss:Index="2"/>') + "</Workbook>",
            "file_corrupt",
        ),
        (BEGINS + sheet('<Row ss:Index="999999999">' + cell("a") + "</Row>") + "</Workbook>", "file_too_big"),
        (BEGINS + sheet(row(cell("a", more=' ss:Index="16384"'))) + "</Workbook>", "file_too_big"),
        (BEGINS + sheet(row("a & b")) + "</Workbook>", "file_corrupt"),
        (BEGINS + "<a>" * 5_000, "file_corrupt"),
        (BEGINS + sheet(f"<Row a='{'x' * (6 << 20)}'/>"), "file_corrupt"),
    ],
)
def test_what_is_no_spreadsheet_is_refused_by_name(book, content, code):
    assert refusal(book(begins=content, ends="")) == code


def test_limits_hold_for_spreadsheets_too(book):
    path = book(sheet(row(*HEADER), *[row("1", "漏水")] * 50))
    assert refusal(path, limits=Limits(rows=20)) == "file_too_big"
    assert refusal(path, limits=Limits(columns=1)) == "file_too_big"
