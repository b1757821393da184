"""Web pages named .xls: what systems export and Excel opens."""

import base64
import quopri

import pytest

from zq_grid.errors import ImportRejected
from zq_grid.importing.reader import Limits, read

HEAD = "<tr><th>工单编号</th><th>内容描述</th><th>诉求地址</th></tr>"
ROW = "<tr><td>20260105000001</td><td>漏水</td><td>和溪五村</td></tr>"
PAGE = f"<html><body><table>{HEAD}{ROW}</table></body></html>"
ROWS = [("工单编号", "内容描述", "诉求地址"), ("20260105000001", "漏水", "和溪五村")]


@pytest.fixture
def page(tmp_path):
    def write(content, encoding="utf-8"):
        path = tmp_path / "工单.xls"
        path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
        return path

    return write


@pytest.fixture
def rows(page):
    """Give the rows of one table of the page."""
    return lambda inside: read(page(f"<table>{inside}</table>")).rows


@pytest.fixture
def cell(rows):
    """Give what is read of one cell."""
    return lambda inside: rows(f"<tr><td>a<td>b</tr><tr><td>{inside}</td><td>.</td></tr>")[1][0]


def refusal(path, **more):
    with pytest.raises(ImportRejected) as caught:
        read(path, **more)
    return caught.value


@pytest.mark.parametrize(
    ("encoding", "said"),
    [
        ("utf-8", ""),
        ("utf-8-sig", "utf-8"),
        ("utf-8", "gb2312"),
        ("gb18030", "gb2312"),
        ("gb18030", ""),
        ("utf-16", "unicode"),
        ("utf-16-le", "utf-8"),
        ("utf-16-be", ""),
    ],
)
def test_a_page_is_read_in_its_encoding_whatever_it_says_of_itself(page, encoding, said):
    content = PAGE.replace("<body>", f'<head><meta charset="{said}"></head><body>' if said else "<body>")
    assert read(page(content, encoding)).rows == ROWS


def test_a_page_from_taiwan_says_what_it_is(page):
    content = '<meta http-equiv="Content-Type" content="text/html; charset=big5"><table>'
    content += "<tr><td>編號</td><td>內容</td></tr><tr><td>1</td><td>漏水</td></tr></table>"
    assert read(page(content, "big5")).rows == [("編號", "內容"), ("1", "漏水")]


@pytest.mark.parametrize(
    "begins",
    [
        "",
        "\n\n  ",
        "<!DOCTYPE html>",
        "<?xml version='1.0'?>",
        "<!-- 导出 -->",
        "<center>",
        "<font><br>",
        "<![if !x]>",
    ],
)
def test_a_page_may_begin_in_many_ways(page, begins):
    assert read(page(begins + PAGE.replace("<html><body>", "<div>"))).rows == ROWS


def test_tags_in_capitals_without_ends_or_a_body_are_read(rows):
    assert rows("<TR><TD>工单编号<TD>内容描述<TR><Td class=x>1<tD>漏水") == [
        ("工单编号", "内容描述"),
        ("1", "漏水"),
    ]


def test_a_table_without_an_end_is_read_to_the_end_of_the_page(page):
    assert read(page(f"<table>{HEAD}{ROW}<tr><td>2<td>路")).rows == [*ROWS, ("2", "路", None)]


def test_a_cell_over_several_rows_and_columns_stands_in_the_first_of_them(rows):
    assert rows(
        "<tr><th rowspan=2>工单编号</th><th colspan='2'>内容</th><th>地址</th></tr>"
        "<tr><td>描述</td><td>要点</td><td>路</td></tr><tr><td>1</td><td>2</td><td>3</td><td>4</td></tr>"
    ) == [("工单编号", "内容", None, "地址"), (None, "描述", "要点", "路"), ("1", "2", "3", "4")]


def test_a_cell_over_rows_and_columns_at_once_keeps_its_square_free(rows):
    assert rows(
        '<tr><td>a</td><td colspan="2" rowspan="3">b</td><td>c</td></tr>'
        "<tr><td>1</td><td>2</td></tr><tr><td>3</td><td>4</td></tr><tr><td>5</td><td>6</td></tr>"
    ) == [("a", "b", None, "c"), ("1", None, None, "2"), ("3", None, None, "4"), ("5", "6", None, None)]


def test_a_span_ends_with_its_group_of_rows(rows):
    assert rows(
        "<thead><tr><th rowspan=0>a</th><th>b</th></tr><tr><th>c</th></tr></thead>"
        "<tbody><tr><td>1</td><td>2</td></tr></tbody>"
    ) == [("a", "b"), (None, "c"), ("1", "2")]


def test_another_attribute_that_only_sounds_like_a_span_is_none(rows):
    assert rows("<tr><td data-colspan=3>a<td>b<tr><td>1<td>2") == [("a", "b"), ("1", "2")]


@pytest.mark.parametrize(
    ("inside", "read_as"),
    [
        ("漏水<br>很久", "漏水\n很久"),
        ("漏水<br/>\n   <br />很久", "漏水\n\n很久"),
        ("<p>漏水</p>\n<p>很久</p>", "漏水\n很久"),
        ("<div>漏水<div>很久</div></div>", "漏水\n很久"),
        ("  漏 \n\t 水  ", "漏 水"),
        ("<b>漏</b><i> 水</i>", "漏 水"),
        ("漏&nbsp;&nbsp;水", "漏  水"),
        ("&nbsp;", None),
        ("", None),
        ("&lt;b&gt; &amp;amp; &#28431;&#x6C34; &quot;", '<b> &amp; 漏水 "'),
        ("漏&unheard;水 AT&T &#x110000;", "漏&unheard;水 AT&T \ufffd"),
        ("温度<50度，a < b", "温度<50度，a < b"),
        ("<张三>的<，</张三>", "<张三>的<，"),
        ("漏<script>document.write('<td>x</td>')</script>水<style>td{}</style>", "漏水"),
        ("漏<!-- <td>x</td> -->水<!-->。", "漏水。"),
        ("漏<![if !supportEmptyParas]>&nbsp;<![endif]>水", "漏 水"),
        ("<pre>漏\n  水</pre>", "漏\n  水"),
        ("漏<span style='display:none'>水</span>", "漏水"),
        ("<select><option>待办<option>办结</select>办", "办"),
        ('<a href="x?a=1&b=2" title=\'a>b "c"\'>漏水</a>', "漏水"),
        ("<input value='a>b'>漏水<img src=x>", "漏水"),
        ("　　漏　水", "　　漏　水"),
    ],
)
def test_a_cell_is_what_a_reader_of_the_page_sees(cell, inside, read_as):
    assert cell(inside) == read_as


def test_a_text_of_spaces_at_an_entity_is_kept_as_the_page_has_it(cell):
    assert cell("&nbsp;漏水&#10;") == " 漏水\n"


def test_long_numbers_and_leading_noughts_stay_text(rows):
    plain = "<tr><td>a</td><td>b</td></tr>"
    assert rows(
        plain + "<tr><td style=\"mso-number-format:'\\@'\">00012</td>"
        "<td style='vnd.ms-excel.numberformat:@'>310112202601050000123</td></tr>"
    )[1] == ("00012", "310112202601050000123")


@pytest.mark.parametrize("told", ["x:num='20260105000001'", 'sdval="20260105000001" sdnum="1033;"'])
def test_a_number_shown_shortened_is_the_one_that_stands_beside_it(rows, told):
    head = "<tr><td>a</td><td>b</td></tr>"
    assert rows(f"{head}<tr><td {told}>2.02601E+13</td><td>x</td></tr>")[1][0] == "20260105000001"
    assert rows(f"{head}<tr><td x:num='46027.5'>2026-01-05</td><td>x</td></tr>")[1][0] == "2026-01-05"


def test_quotation_marks_out_of_place_swallow_no_rows(rows):
    assert rows('<tr><td width=5">a</td><td>b</td></tr><tr><td title="x>1</td><td>2</td></tr>') == [
        ("a", "b"),
        ("1", "2"),
    ]


def test_of_several_tables_the_one_with_known_headers_is_read(page):
    content = (
        "<title>导出</title><table><tr><td>单位</td><td>城运中心</td></tr><tr><td>时间</td><td>六月</td></tr></table>"
        f"<table><tr><td>只有一格</td></tr></table><table><caption>六月 <b>工单</b></caption>{HEAD}{ROW}</table>"
        f"<table>{HEAD}{ROW}{ROW}</table>"
    )
    table = read(page(content))
    assert (table.name, table.rows) == ("六月 工单", ROWS)
    assert [(one.name, one.rows, one.known) for one in table.sheets] == [
        ("导出", 2, 0),
        ("六月 工单", 2, 3),
        ("表3", 3, 3),
    ]
    assert len(read(page(content), sheet="表3").rows) == 3
    assert read(page(content), sheet="导出").rows[0] == ("单位", "城运中心")
    assert refusal(page(content), sheet="七月").facts["sheets"] == "导出、六月 工单、表3"


def test_the_first_table_is_read_where_no_headers_are_known(page):
    other = "<table><tr><td>甲</td><td>乙</td></tr><tr><td>1</td><td>2</td></tr></table>"
    assert read(page(other + other.replace("甲", "丙"))).rows[0] == ("甲", "乙")
    assert [one.name for one in read(page(other * 2)).sheets] == ["表1", "表2"]


def test_tables_of_one_name_are_told_apart(page):
    one = f"<table><caption>工单</caption>{HEAD}{ROW}</table>"
    assert [sheet.name for sheet in read(page(one * 3)).sheets] == ["工单", "工单（2）", "工单（3）"]


def test_a_sheet_is_named_as_excel_named_it(page):
    named = (
        "<!--[if gte mso 9]><xml><x:ExcelWorksheet><x:Name>六月</x:Name></x:ExcelWorksheet></xml><![endif]-->"
    )
    begins = '<html xmlns:x="urn:schemas-microsoft-com:office:excel" xmlns="http://www.w3.org/TR/REC-html40">'
    table = read(page(f"{begins}<head>{named}<title>导出</title></head>{PAGE}"))
    assert (table.name, table.rows) == ("六月", ROWS)


def test_a_table_that_arranges_the_page_hides_no_table_within(page):
    inner = f"<table>{HEAD}{ROW}</table>"
    content = f"<table><tr><td>导航</td><td>a</td></tr><tr><td>页</td><td>{inner}后面</td></tr></table>"
    assert read(page(content)).rows == ROWS
    assert read(page(content), sheet="表2").rows == [("导航", "a"), ("页", "后面")]


def test_a_hidden_table_is_a_hidden_sheet_and_hidden_rows_are_read_as_those_of_a_workbook_are(page):
    hidden = f'<table style="display: none">{HEAD}{ROW}{ROW}</table>'
    shown = f"<table>{HEAD}{ROW.replace('<tr>', '<tr style=display:none>')}</table>"
    table = read(page(hidden + shown))
    assert table.rows == ROWS
    assert [one.visible for one in table.sheets] == [False, True]


def test_row_numbers_are_those_of_the_table(rows):
    assert rows(f"<tr><td></td></tr><tr></tr>{HEAD}<tr><td>&nbsp;</td></tr>{ROW}")[2:] == [
        ROWS[0],
        (None, None, None),
        ROWS[1],
    ]


@pytest.mark.parametrize(
    "content",
    [
        "<html><body>登录已超时，请重新登录</body></html>",
        "<table><tr><td>工单编号</td><td>内容描述</td></tr></table>",
        "<table><tr><td>a</td></tr><tr><td>b</td></tr></table>",
        "<script>var x = '<table><tr><td>a<td>b<tr><td>1<td>2</table>'</script>",
        f"<!-- {PAGE}",
        "<table>",
    ],
)
def test_a_page_without_a_table_of_two_rows_and_columns_is_no_table(page, content):
    error = refusal(page(content))
    assert (error.code, error.facts["what"]) == ("file_not_table", "网页（HTML）")


def test_what_is_no_page_but_begins_like_one_is_text(page):
    assert read(page("<备注>,内容描述\n1,漏水\n")).rows == [("<备注>", "内容描述"), ("1", "漏水")]


@pytest.mark.parametrize("begins", ["<!-- ", "<script>", "<style>"])
def test_a_comment_that_never_ends_swallows_no_rows_unsaid(page, begins):
    assert (
        refusal(page(f"<table>{HEAD}{ROW}<tr><td>2{begins}<td>路灯</td></tr></table>")).code == "file_corrupt"
    )


def test_limits_hold_for_pages_too(page):
    many = page(f"<table>{HEAD}{ROW * 50}</table>")
    assert refusal(many, limits=Limits(rows=20)).code == "file_too_big"
    assert refusal(many, limits=Limits(columns=2)).code == "file_too_big"


def mail(content, coding, encoding="utf-8"):
    packed = {"base64": base64.encodebytes, "quoted-printable": quopri.encodestring, "8bit": bytes}[coding](
        content.encode(encoding)
    )
    return (
        b"MIME-Version: 1.0\r\nX-Document-Type: Workbook\r\nContent-Type: multipart/related;\r\n"
        b'\tboundary="----=_NextPart_01"\r\n\r\nThis document is a web archive.\r\n\r\n'
        b"------=_NextPart_01\r\nContent-Type: text/css\r\n\r\n<table>\r\n"
        b"------=_NextPart_01\r\nContent-Location: file:///C:/1.htm\r\nContent-Transfer-Encoding: "
        + coding.encode()
        + b'\r\nContent-Type: text/html; charset="us-ascii"\r\n\r\n'
        + packed
        + b"\r\n------=_NextPart_01--\r\n"
    )


@pytest.mark.parametrize("coding", ["base64", "quoted-printable", "8bit"])
@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_a_workbook_saved_as_a_single_web_page_is_read(page, coding, encoding):
    assert read(page(mail(PAGE, coding, encoding))).rows == ROWS
    assert read(page(b"From: <Saved>\r\nSubject: a\r\n b\r\n" + mail(PAGE, coding, encoding))).rows == ROWS


def test_a_mail_without_a_table_is_a_page_without_one(page):
    assert refusal(page(mail("<p>x</p>", "8bit"))).facts["what"] == "网页（MHTML）"
    assert refusal(page(b"MIME-Version: 1.0\n")).facts["what"] == "网页（MHTML）"
    assert refusal(page(mail(PAGE, "base64").replace(b"PGh0", b"P\n\n"))).code == "file_encoding"
