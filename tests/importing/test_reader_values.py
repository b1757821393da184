"""Values that went in wrong and unsaid: what the reader must read rightly, or refuse."""

import io
import re
import struct
import zipfile

import pytest
import xlsxwriter

from tests.importing.practice import HEADER, ROW, Town
from zq_grid.errors import ImportRejected
from zq_grid.importing import run
from zq_grid.importing.reader import read

ENGLISH = ("order_number", "accepted_at", "kind", "address", "text")
OTHER = ("20261020000002", "2026-10-21 10:00:00", "咨询", "莲溪路88号", "路灯不亮")
FREE, END, FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
LATER = 44853.377  # 2026-10-20 09:02:53, counted from 1904
SST, SHEET = "xl/sharedStrings.xml", "xl/worksheets/sheet1.xml"


def refusal(path):
    with pytest.raises(ImportRejected) as caught:
        read(path)
    return caught.value.code


def records(*pairs):
    return b"".join(struct.pack("<HH", kind, len(body)) + body for kind, body in pairs)


def compound(name, stream):
    """Return an OLE file that holds one stream."""
    stream = stream.ljust(4096, b"\0")
    sectors = -(-len(stream) // 512)
    fat = [*range(1, sectors), END, END, FAT]
    assert len(fat) <= 128
    title = name.encode("utf-16-le") + b"\0\0"

    def entry(text, kind, child, start, size):
        head = text.ljust(64, b"\0") + struct.pack("<HBBIII", len(text), kind, 1, FREE, FREE, child)
        return head + bytes(36) + struct.pack("<IQ", start, size)

    folder = entry("Root Entry".encode("utf-16-le") + b"\0\0", 5, 1, END, 0)
    folder += entry(title, 2, FREE, 0, len(stream)) + entry(b"", 0, FREE, 0, 0) * 2
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    header += struct.pack("<HHHHH6xIIIIIIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, 1, sectors, 0, 4096, END, 0, END, 0)
    header += struct.pack("<109I", sectors + 1, *[FREE] * 108)
    return (
        header
        + stream.ljust(sectors * 512, b"\0")
        + folder
        + struct.pack("<128I", *fat, *[FREE] * (128 - len(fat)))
    )


def excel_95(code_page, encoding, *rows, since_1904=False, title="表"):
    """Return a workbook as Excel 95 wrote it: each text in the bytes of its code page."""
    begins = [(0x809, struct.pack("<HHHH", 0x500, 5, 0x0DBB, 0x7CC)), (0x42, struct.pack("<H", code_page))]
    if since_1904:
        begins.append((0x22, b"\x01\0"))
    name = title.encode(encoding)
    place = len(records(*begins)) + 4 + 7 + len(name) + 4
    begins += [(0x85, struct.pack("<LHB", place, 0, len(name)) + name), (0x0A, b"")]
    sheet = [(0x809, struct.pack("<HHHH", 0x500, 0x10, 0x0DBB, 0x7CC))]
    for line, row in enumerate(rows):
        for column, cell in enumerate(row):
            if isinstance(cell, float):
                sheet.append((0x203, struct.pack("<HHHd", line, column, 0, cell)))
            else:
                said = cell.encode(encoding)
                sheet.append((0x204, struct.pack("<HHHH", line, column, 0, len(said)) + said))
    return compound("Book", records(*begins, *sheet, (0x0A, b"")))


@pytest.fixture
def file(tmp_path):
    def write(content, name):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


@pytest.fixture
def book(tmp_path):
    """Write a workbook, then change its parts."""

    def write(*rows, options=None, change=None, method=zipfile.ZIP_DEFLATED, more=()):
        made = io.BytesIO()
        with xlsxwriter.Workbook(made, options or {}) as workbook:
            for title, lines in (("表", rows), *more):
                sheet = workbook.add_worksheet(title)
                for line, row in enumerate(lines):
                    sheet.write_row(line, 0, row)
        path = tmp_path / "表.xlsx"
        with zipfile.ZipFile(made) as old, zipfile.ZipFile(path, "w", method) as new:
            for name in old.namelist():
                content = old.read(name)
                new.writestr(name, (change or {}).get(name, lambda same: same)(content))
        return path

    return write


def flipped(path, part, find):
    """Change one bit of a stored part, so that its checksum no longer fits."""
    content = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as archive:
        begins = archive.getinfo(part).header_offset
    place = content.index(find, begins)
    content[place] ^= 1
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    ("code_page", "encoding", "words"),
    [
        (936, "gbk", "楼上漏水，物业不管"),
        (950, "big5", "樓上漏水，物業不管"),
        (932, "cp932", "水漏れがひどい、修理を"),
        (949, "cp949", "누수 민원 처리"),
        (1252, "cp1252", "café à côté"),
        (65001, "utf-8", "楼上漏水，物业不管"),
    ],
)
def test_a_workbook_of_excel_95_is_read_in_its_code_page(file, code_page, encoding, words):
    row = (ROW[0], ROW[1], words)
    table = read(file(excel_95(code_page, encoding, row, title="A" + words[:4]), "旧.xls"))
    assert table.rows == [row]
    assert table.name == "A" + words[:4] == table.sheets[0].name
    again = (
        read(file(excel_95(code_page, encoding, row), "旧.xls"), sheet="表") if code_page == 936 else table
    )
    assert again.rows == [row]


def test_a_workbook_of_excel_95_whose_bytes_do_not_fit_its_code_page_is_refused(file):
    content = excel_95(936, "gbk", ENGLISH, (*ROW[:4], "漏水")).replace(
        "漏水".encode("gbk"), b"\xc2\xff\xcb\xae"
    )
    assert refusal(file(content, "旧.xls")) == "file_encoding"


def test_a_newer_workbook_holds_unicode_whatever_code_page_it_names(shared_data, file):
    content = (shared_data / "importer" / "poi_chinese-provinces.xls").read_bytes()
    place = content.index(b"\x42\x00\x02\x00\xb0\x04")
    named = content[: place + 4] + struct.pack("<H", 936) + content[place + 6 :]
    assert named != content
    assert read(file(named, "省.xls")).rows == read(file(content, "省.xls")).rows


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16"])
def test_no_line_of_a_text_ends_it_before_its_end(file, encoding):
    lines = [",".join(HEADER), ",".join(ROW), "\ue000\ue001", ",".join((*OTHER[:4], "路灯\ue000\ue001"))]
    table = read(file("\r\n".join(lines).encode(encoding), "表.csv"))
    assert [row[0] for row in table.rows] == [HEADER[0], ROW[0], "\ue000\ue001", OTHER[0]]
    assert table.rows[-1][-1] == "路灯\ue000\ue001"


@pytest.mark.parametrize("part", [SST, "xl/workbook.xml", "xl/styles.xml", SHEET])
@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_a_workbook_with_a_flipped_bit_is_refused(book, part, method):
    path = book(HEADER, ROW, method=method)
    assert read(path).rows[1] == ROW
    content = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as archive:
        checksum = struct.pack("<I", archive.getinfo(part).CRC)
    last = content.rindex(checksum)  # as the directory at the end of the file has it
    content[last] ^= 1
    path.write_bytes(content)
    assert refusal(path) == "file_corrupt"


def test_a_flipped_bit_in_a_number_is_not_taken_for_another_number(book):
    path = flipped(book(HEADER, (*ROW[:4], 4021), method=zipfile.ZIP_STORED), SHEET, b"4021")
    assert refusal(path) == "file_corrupt"


def test_a_part_that_is_called_otherwise_before_its_content_is_read_all_the_same(book):
    path = book(HEADER, ROW)
    path.write_bytes(path.read_bytes().replace(b"xl/styles.xml", b"xl/stylez.xml", 1))
    assert read(path).rows[1] == ROW


def test_a_flipped_bit_in_a_sheet_that_is_not_read_does_not_matter(book):
    more = [("另一个", [("甲", 4021)])]
    path = flipped(
        book(HEADER, ROW, method=zipfile.ZIP_STORED, more=more), "xl/worksheets/sheet2.xml", b"4021"
    )
    assert read(path).rows[1] == ROW
    with pytest.raises(ImportRejected) as caught:
        read(path, sheet="另一个")
    assert caught.value.code == "file_corrupt"


@pytest.mark.parametrize("cell", [LATER, str(LATER)])
def test_a_bare_number_of_a_workbook_that_counts_from_1904_is_a_day_of_that_count(tmp_path, book, cell):
    town = Town(tmp_path)
    path = book(HEADER, (ROW[0], cell, *ROW[2:]), options={"date_1904": True, "strings_to_numbers": False})
    assert read(path).since_1904
    run.run_file(town.workspace, path)
    assert town.steps(ROW[0])[0].body["accepted_at"] == "2026-10-20T09:02:53+08:00"


def test_a_dated_cell_of_such_a_workbook_stays_as_it_is(shared_data):
    for name in ("calamine_date_1904.xls", "calamine_date_1904.xlsx"):
        table = read(shared_data / "importer" / name)
        assert table.since_1904
        assert str(table.rows[0][0]).startswith("2021-01-01")
    assert not read(shared_data / "importer" / "calamine_date.xlsx").since_1904


def test_a_workbook_of_excel_95_may_count_from_1904(file):
    table = read(file(excel_95(936, "gbk", HEADER, (ROW[0], LATER, *ROW[2:]), since_1904=True), "旧.xls"))
    assert table.since_1904


@pytest.mark.parametrize(
    ("encoding", "words"),
    [
        ("shift-jis", "水漏れがひどい、修理を"),
        ("euc-kr", "누수 민원 처리"),
        ("euc-kr", "아파트 하수도가 고장나서 물이 새고 있습니다"),
        ("latin-1", "".join(chr(0xF8) + chr(0xA1 + place) for place in range(8))),  # nothing in either
    ],
)
def test_a_text_that_is_no_chinese_in_gb18030_is_refused(file, encoding, words):
    content = ",".join(ENGLISH) + f"\r\n20261020000001,2026-10-20,complaint,Road 88,{words}\r\n"
    assert refusal(file(content.encode(encoding), "表.csv")) == "file_encoding"


def test_a_text_in_big5_is_read_where_gb18030_makes_none(file):
    row = ("20261020000001", "2026-10-20", "complaint", "Road 88", "樓上漏水，物業不管")
    content = "\r\n".join(map(",".join, [ENGLISH, row])).encode("big5")
    assert read(file(content, "表.csv")).rows == [ENGLISH, row]


@pytest.mark.parametrize(
    "words",
    [
        "汉",
        "龘靐",
        "樓上漏水，物業不管，請儘快處理",
        "普陀",
        "爱尔兰",
        "𠮷家漏水😀㐀",
        "囧囧囧囧囧囧",
        "\ue000漏水找物业公司",
    ],
)
def test_chinese_in_gb18030_stays_readable_however_little_there_is(file, words):
    row = ("20261020000001", "2026-10-20", "complaint", "Road 88", words)
    content = "\r\n".join(map(",".join, [ENGLISH, row])).encode("gb18030")
    assert read(file(content, "表.csv")).rows == [ENGLISH, row]


def test_what_excel_writes_to_keep_a_text_a_text_is_that_text(file):
    content = (
        '工单编号,受理时间,诉求地址,内容描述\r\n="20261020000001",="2026-10-20",="和溪 ""五"" 村",="漏水"\r\n'
        '"=""20261020000002""",=1+1,"=""a"" & ""b""","=""一,二"""\r\n'
    )
    table = read(file(content, "表.csv"))
    assert table.rows[1] == ("20261020000001", "2026-10-20", '和溪 "五" 村', "漏水")
    assert table.rows[2] == ("20261020000002", "=1+1", '="a" & "b"', "一,二")


@pytest.mark.parametrize("error", ["#SPILL!", "#CALC!", "#GETTING_DATA", "#漏水!"])
@pytest.mark.parametrize("formula", ["", "<f>A1</f>"])
def test_an_error_of_a_newer_kind_in_one_cell_does_not_cost_the_workbook(book, error, formula):
    def spoil(content):
        wrong = f't="e">{formula}<v>{error}</v>'.encode()
        changed, times = re.subn(rb"><v>4021</v>", b" " + wrong, content)
        assert times == 1
        return changed

    path = book(HEADER, (*ROW[:4], 4021), OTHER, (*OTHER[:4], error), change={SHEET: spoil})
    table = read(path)
    assert (table.rows[0], table.rows[2:]) == (HEADER, [OTHER, (*OTHER[:4], error)])
    assert table.rows[1] in {(*ROW[:4], None), (*ROW[:4], error), (*ROW[:4], "#ERROR!")}
