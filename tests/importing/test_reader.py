import os
import random
import signal
import subprocess
import sys
import time
import zipfile
from contextlib import suppress
from datetime import date, datetime
from pathlib import Path

import pytest
import xlsxwriter

from zq_grid.errors import ImportRejected
from zq_grid.importing import reader
from zq_grid.importing.reader import Limits, read
from zq_grid.importing.sentences import SENTENCES, sentence
from zq_grid.progress import Cancelled, Progress

ROOT = Path(__file__).resolve().parents[2]
REFUSED = {
    "calamine_empty_sheet.xlsx": "file_empty",
    "calamine_errors.xlsx": "file_empty",
    "calamine_picture.xlsx": "file_empty",
    "calamine_pass_protected.xlsx": "file_password",
    "poi_password.xls": "file_password",
    "html_saved_as_csv_311.csv": "file_not_table",
    "qsv_testzip.zip": "file_not_table",
    "poi_testEXCEL_3.xls": "file_not_table",
    "~$开头结尾.xlsx": "file_not_table",
    "poi_poc-xmlbomb.xlsx": "file_corrupt",
    "poi_xlsx-corrupted.xlsx": "file_corrupt",
}


def refusal(path, **more):
    with pytest.raises(ImportRejected) as caught:
        read(path, **more)
    error = caught.value
    assert "{" not in sentence(error.code, error.facts)
    assert "—" not in sentence(error.code, error.facts)
    return error.code


@pytest.fixture
def text(tmp_path):
    def write(content, name="表.csv", encoding="utf-8"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
        return path

    return write


@pytest.fixture
def book(tmp_path):
    def write(name="表.xlsx", **sheets):
        path = tmp_path / name
        with xlsxwriter.Workbook(str(path), {"default_date_format": "yyyy-mm-dd hh:mm:ss"}) as made:
            for title, rows in sheets.items():
                sheet = made.add_worksheet(title.removeprefix("hidden_"))
                if title.startswith("hidden_"):
                    sheet.hide()
                else:
                    sheet.activate()
                for line, row in enumerate(rows):
                    sheet.write_row(line, 0, row)
        return path

    return write


def test_every_real_file_ends_as_rows_or_one_refusal(shared_data):
    files = [
        path for name in ("importer", "chinese", "western") for path in sorted((shared_data / name).iterdir())
    ]
    refused = {}
    for path in files:
        started = time.monotonic()
        try:
            table = read(path)
        except ImportRejected as error:
            refused[path.name] = error.code
        else:
            assert table.rows, path.name
            assert {len(row) for row in table.rows} == {len(table.rows[0])}, path.name
            assert any(cell is not None for cell in table.rows[-1]), path.name
        assert time.monotonic() - started < 10, path.name
    assert refused == REFUSED


def test_no_real_file_takes_more_than_300_mb(shared_data):
    resource = pytest.importorskip("resource")
    assert resource
    # A process of its own: what its children took is not mixed with those of other tests.
    program = (
        "import sys, resource, pathlib\n"
        "from zq_grid.importing.reader import read\n"
        "from zq_grid.errors import ImportRejected\n"
        "for path in sorted(pathlib.Path(sys.argv[1]).glob('*/*')):\n"
        "    if path.parent.name in {'importer', 'chinese', 'western'}:\n"
        "        try: read(path)\n"
        "        except ImportRejected: pass\n"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(shared_data)],
        cwd=ROOT,
        capture_output=True,
        check=True,
        text=True,
    )
    assert 1_000 < int(done.stdout) < 300_000


def test_a_sheet_that_claims_65203_rows_gives_its_495(shared_data):
    table = read(shared_data / "chinese" / "e2_sample.xlsx")
    assert len(table.rows) == 496
    assert table.rows[0] == ("留言编号", "留言用户", "留言主题", "留言时间", "留言详情", "一级分类")
    assert table.rows[1][0] == 24
    assert table.rows[1][4].startswith("\n\t")


def test_dates_of_the_1904_system_are_the_days_that_were_meant(shared_data):
    assert read(shared_data / "importer" / "calamine_date_1904.xlsx").rows[0] == (date(2021, 1, 1), 15)
    assert read(shared_data / "importer" / "calamine_date_1904.xls").rows[0] == (date(2021, 1, 1), 15)
    assert read(shared_data / "importer" / "readxl_dates-1904.xls").rows[0][0] == date(2000, 1, 1)


def test_a_chinese_csv_without_a_mark_is_read(shared_data):
    table = read(shared_data / "chinese" / "word_fre1-7.csv")
    assert table.rows[0] == ("医院", "145")
    assert len(table.rows) == 4273


def test_the_second_sheet_is_read_when_the_first_is_hidden(shared_data):
    table = read(shared_data / "importer" / "poi_TwoSheetsOneHidden.xlsx")
    assert (table.name, table.rows) == ("Sheet2", [("Sheet2A1",)])


def test_row_numbers_are_those_of_the_sheet(shared_data):
    table = read(shared_data / "importer" / "calamine_header-row.xlsx")
    assert table.rows[8] == ("Columns", "Column A", "Column B", "Column C")


def test_an_order_number_of_14_digits_survives_exactly(book, text):
    made = book(表=[["工单编号", "内容描述"], [20260105000001, "漏水"], ["20260105000002", "漏水"]])
    assert [row[0] for row in read(made).rows[1:]] == [20260105000001, "20260105000002"]
    assert read(text("工单编号,内容描述\n20260105000001,漏水")).rows[1][0] == "20260105000001"


def test_a_number_beyond_exactness_stays_visibly_rounded(shared_data):
    assert read(shared_data / "importer" / "qsv_excel-large-floats.xlsx").rows[1] == ("9.22337203685478e+19",)


def test_cells_keep_their_sort(book):
    rows = [["工单编号", "受理时间", "x", "y"], ["甲", datetime(2026, 1, 5, 9, 3), 1.5, True]]
    assert read(book(表=rows)).rows[1] == ("甲", datetime(2026, 1, 5, 9, 3), "1.5", "TRUE")


def test_the_first_visible_sheet_with_known_headers_is_read(book):
    header = ["工单编号", "内容描述"]
    made = book(
        hidden_旧=[header, ["0", "旧"]], 说明=[["填写说明"]], 数据=[header, ["1", "漏水"]], 再=[header]
    )
    table = read(made)
    assert table.name == "数据"
    assert [(sheet.name, sheet.visible) for sheet in table.sheets] == [
        ("旧", False),
        ("说明", True),
        ("数据", True),
        ("再", True),
    ]
    assert read(made, sheet="旧").rows[1] == ("0", "旧")


def test_a_sheet_that_is_not_there_is_refused(book, text):
    assert refusal(book(表=[["工单编号"]]), sheet="二月") == "file_sheet_unknown"
    assert refusal(text("工单编号,内容描述\n1,a"), sheet="二月") == "file_sheet_unknown"


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_the_delimiter_is_found_though_others_stand_in_the_text(text, mark):
    content = "".join(
        f"{mark.join(row)}\r\n"
        for row in [
            ("工单编号", "内容描述", "诉求地址"),
            ("1", '"漏水,漏水;漏水|漏水\t"', "a"),
            ("2", '"两行\r\n,"', "b"),
        ]
    )
    table = read(text(content))
    assert [len(row) for row in table.rows] == [3, 3, 3]
    assert table.rows[2][1] == "两行\r\n,"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be"])
def test_the_encoding_is_found(text, encoding):
    table = read(text("工单编号,内容描述\n1,颛桥镇违法建筑㐂\n", encoding=encoding))
    assert table.rows == [("工单编号", "内容描述"), ("1", "颛桥镇违法建筑㐂")]


def test_a_workbook_is_known_by_its_content_not_by_its_name(book, text):
    made = book(name="表.xls", 表=[["工单编号", "内容描述"], ["1", "漏水"]])
    assert read(made).rows[1] == ("1", "漏水")
    assert read(made.rename(made.with_suffix(".csv"))).rows[1] == ("1", "漏水")
    assert read(text("工单编号\t内容描述\n1\t漏水", "名.xls")).rows[1] == ("1", "漏水")


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "file_empty"),
        (b" \n ,, \n", "file_empty"),
        (b"a,b\0,c\n", "file_not_table"),
        ("工单编号,内容\0描述\n".encode("utf-16-le"), "file_not_table"),
        ("工单编号,内容描述\n".encode("utf-16-be") + b"\x4e", "file_encoding"),
        (b"\x89PNG\r\n\x1a\n" + bytes(100), "file_not_table"),
        (b"%PDF-1.7\n", "file_not_table"),
        (b"  <HTML><table>", "file_not_table"),
        ("\ufeff<table><tr><td>工单编号".encode(), "file_not_table"),
        (b'<?xml version="1.0"?><Workbook xmlns="urn:x"/>', "file_not_table"),
        (b"a,b\n1,\xff\xff\xfe\n", "file_encoding"),
        (b"PK\x03\x04" + bytes(100), "file_corrupt"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "file_not_table"),
        (b'a,b\n1,"' + b"x" * (2 << 20), "file_corrupt"),
    ],
)
def test_what_is_no_table_is_refused_by_name(text, content, code):
    assert refusal(text(content)) == code


@pytest.mark.parametrize(("before", "line"), [("", 2), ("9,路灯\n" * 3, 5)])
def test_a_quotation_mark_that_is_never_closed_swallows_no_rows(text, before, line):
    path = text("工单编号,内容描述\n" + before + '1,"漏水\n' + "2,积水\n" * 30)
    with pytest.raises(ImportRejected) as caught:
        read(path)
    assert (caught.value.code, caught.value.facts["line"]) == ("file_quote_open", str(line))


def test_a_cell_of_several_lines_and_a_last_line_without_an_end_are_read(text):
    assert read(text('工单编号,内容描述\n1,"漏水\n很久"\n2,路灯')).rows[1:] == [
        ("1", "漏水\n很久"),
        ("2", "路灯"),
    ]


def test_millions_of_empty_lines_are_too_much(text):
    assert refusal(text(b"\n" * 3_000_000)) == "file_too_big"


def test_every_visible_sheet_says_how_much_it_looks_like_cases(book):
    orders = [["工单编号", "内容描述", "诉求地址"], [1, "漏水", "和溪五村"]]
    path = book(说明=[["导出说明"]], 六月=orders, 七月=[*orders, [2, "路灯", "x"]], hidden_旧=orders)
    table = read(path)
    assert table.name == "六月"
    assert [(one.name, one.rows, one.known) for one in table.sheets] == [
        ("说明", 1, 0),
        ("六月", 2, 3),
        ("七月", 3, 3),
        ("旧", None, None),
    ]


@pytest.mark.skipif(sys.platform != "linux", reason="finds the child in /proc")
def test_ctrl_c_in_the_terminal_is_not_for_the_child_to_hear(text):
    table = read(text("工单编号,内容描述\n" + "1,漏水\n" * 9_000), progress=Progress(_interrupt_children))
    assert len(table.rows) == 9_001


def _interrupt_children(*_said):
    for child in Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children").read_text().split():
        with suppress(ProcessLookupError):
            os.kill(int(child), signal.SIGINT)


def test_stopping_wakes_a_reading_that_waits(text):
    progress = Progress(lambda *_said: progress.cancel())
    with pytest.raises(Cancelled):
        read(text("工单编号,内容描述\n" + "1,漏水\n" * 100_000), progress=progress)


def test_a_file_that_is_not_there_is_refused(tmp_path):
    assert refusal(tmp_path / "无.xlsx") == "file_missing"
    assert refusal(tmp_path) == "file_missing"


def test_a_word_document_is_no_table(tmp_path):
    path = tmp_path / "通知.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", "<document/>")
    assert refusal(path) == "file_not_table"


def test_too_many_rows_or_bytes_are_refused(text):
    path = text("工单编号,内容描述\n" + "1,漏水\n" * 50)
    assert refusal(path, limits=Limits(rows=20)) == "file_too_big"
    assert refusal(path, limits=Limits(columns=1)) == "file_too_big"
    assert refusal(path, limits=Limits(file_bytes=100)) == "file_too_big"
    assert refusal(path, limits=Limits(cells=60)) == "file_too_big"
    assert refusal(path, limits=Limits(passed_bytes=100)) == "file_too_big"


def test_a_file_that_takes_too_long_is_stopped(text):
    assert refusal(text("工单编号,内容描述\n1,漏水\n"), limits=Limits(seconds=0.001)) == "file_too_slow"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits a process's memory")
def test_one_cell_in_the_far_corner_is_stopped_before_it_takes_the_memory(book):
    path = book(表=[["工单编号", "内容描述"]])
    with xlsxwriter.Workbook(str(path)) as made:
        sheet = made.add_worksheet()
        sheet.write(0, 0, "工单编号")
        sheet.write(1_048_575, 16_383, "x")
    assert refusal(path) == "file_too_much_memory"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits a process's memory")
def test_a_bomb_of_text_is_stopped(book):
    good = book(表=[["工单编号", "内容描述"]])
    bomb = good.with_name("bomb.xlsx")
    with zipfile.ZipFile(good) as old, zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name != "xl/sharedStrings.xml":
                new.writestr(name, old.read(name))
        with new.open("xl/sharedStrings.xml", "w") as member:
            member.write(b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>')
            for _ in range(300):
                member.write(b"A" * (1 << 20))
            member.write(b"</t></si></sst>")
    assert refusal(bomb) == "file_too_much_memory"


def test_a_damaged_file_never_breaks_the_reader(shared_data, tmp_path):
    whole = (shared_data / "importer" / "sheetjs_1904_1904.xls").read_bytes()
    chance = random.Random(7)
    for turn in range(12):
        damaged = bytearray(whole[: chance.randrange(600, len(whole))] if turn % 3 == 0 else whole)
        for _ in range(turn):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        path = tmp_path / f"{turn}.xls"
        path.write_bytes(damaged)
        with suppress(ImportRejected):  # anything else fails
            read(path)


def test_a_person_can_stop_the_reading(text):
    progress = Progress()
    progress.cancel()
    path = text("工单编号,内容描述\n" + "1,漏水\n" * 5_000)
    with pytest.raises(Cancelled):
        read(path, progress=progress)


def test_no_module_of_the_current_folder_is_imported(text, tmp_path, monkeypatch):
    path = text("工单编号,内容描述\n1,漏水\n")
    (tmp_path / "csv.py").write_text("raise SystemExit(3)")
    monkeypatch.chdir(tmp_path)
    assert len(read(path).rows) == 2


def test_the_frozen_program_calls_itself(monkeypatch):
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert reader.command() == [sys.executable, "--read-table"]


def test_every_sentence_says_what_to_do_in_whole_chinese_sentences():
    assert all(words.endswith("。") for words in SENTENCES.values())
    assert sentence("file_empty", {}).startswith("文件“—”")
