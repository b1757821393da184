import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from zq_grid.rules.address import (
    Address,
    arabic,
    doors,
    normalise,
    parts,
    split,
    without_building,
    without_room,
)

SIGNS = "和溪五村金桂新苑二期银杏路莲湾镇弄号楼室栋幢组一十百〇#-,·()（）0129AaＢ１ \u200b\u0301\n"


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("和溪五村 12 号", "和溪五村12号"),
        ("和溪五村十二号", "和溪五村12号"),
        ("和溪五村１２号", "和溪五村12号"),
        ("和溪五村12栋", "和溪五村12号楼"),
        ("和溪五村12幢301室", "和溪五村12号楼301室"),
        ("和溪五村十二号楼", "和溪五村12号楼"),
        ("和溪五村12#楼", "和溪五村12号楼"),
        ("和溪五村12#301", "和溪五村12号301"),
        ("银杏路六百弄三号二〇一室", "银杏路600弄3号201室"),
        ("银杏路一百零二弄", "银杏路102弄"),
        ("银杏路一百二十弄", "银杏路120弄"),
        ("银杏路１２０弄，３号", "银杏路120弄3号"),
        ("朝阳村第三村民组", "朝阳村3组"),
        ("朝阳村第3村民小组", "朝阳村3组"),
        ("和溪五邨 12 座", "和溪五村12号楼"),
        ("和溪五村十二号六零一", "和溪五村12号601"),
        ("和溪五村 12 601", "和溪五村12-601"),
        ("和溪五村12/601", "和溪五村12-601"),
        ("三百二十弄", "320弄"),
        ("村口有两座石桥", "村口有两座石桥"),
        ("这三栋楼", "这三栋楼"),
        ("莲湾新城（ｂ区）8号", "莲湾新城B区8号"),
        ("12、14号", "12、14号"),
        ("\u3000和溪\u200b五村\n", "和溪五村"),
        ("", ""),
    ],
)
def test_many_spellings_become_one(written, read):
    assert normalise(written) == read


@pytest.mark.parametrize(
    "name", ["和溪五村", "和溪十五村", "莲湾一居", "金桂新苑二期", "莲湾三街坊", "五一路"]
)
def test_a_numeral_that_belongs_to_a_name_stays(name):
    assert normalise(name) == name


def test_a_name_has_a_second_form_with_digits_for_indexes():
    assert arabic("和溪五村") == "和溪5村"
    assert arabic("和溪十五村") == "和溪15村"
    assert arabic("金桂新苑二期") == "金桂新苑2期"
    assert arabic("银杏苑") == "银杏苑"


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("和溪五村 12 号 601 室", Address("和溪五村", "", "", "12", "", "601", "")),
        ("和溪五村12号601", Address("和溪五村", "", "", "12", "", "601", "")),
        ("和溪五村12号楼301室", Address("和溪五村", "", "", "", "12", "301", "")),
        ("和溪五村12-301", Address("和溪五村", "", "", "", "12", "301", "")),
        ("和溪五村12号2单元301室", Address("和溪五村", "", "", "12", "", "301", "")),
        ("银杏路 600 弄 3 号 202 室", Address("", "银杏路", "600", "3", "", "202", "")),
        ("银杏600弄3号", Address("", "银杏", "600", "3", "", "", "")),
        ("银杏路600弄银杏苑3号", Address("银杏苑", "银杏路", "600", "3", "", "", "")),
        ("本市莲湾镇中渠路 99 号门口", Address("", "中渠路", "", "99", "", "", "门口")),
        ("银杏路88号3号楼501", Address("", "银杏路", "", "88", "3", "501", "")),
        ("北港村三组12号", Address("北港村3组", "", "", "12", "", "", "")),
        ("金桂新苑27号天井", Address("金桂新苑", "", "", "27", "", "", "天井")),
        ("光启苑 5 号 / 6 号", Address("光启苑", "", "", "5", "", "", "/6号")),
        ("和溪五村12-14号", Address("和溪五村", "", "", "12-14", "", "", "")),
        ("和溪五村12、13号之间", Address("和溪五村", "", "", "12-13", "", "", "之间")),
        ("和溪五村12号至14号", Address("和溪五村", "", "", "12-14", "", "", "")),
        ("采莲路44号乙", Address("", "采莲路", "", "44乙", "", "", "")),
        ("采莲路乙44号", Address("采莲路", "", "", "44乙", "", "", "")),
        ("采莲路44-1号", Address("", "采莲路", "", "44-1", "", "", "")),
        ("采莲路44号-1", Address("", "采莲路", "", "44-1", "", "", "")),
        ("银杏路600弄3", Address("", "银杏路", "600", "3", "", "", "")),
        ("银杏路600弄2支弄3号", Address("", "银杏路", "600", "3", "", "", "")),
        ("银杏路600弄12号A座502", Address("", "银杏路", "600", "12", "A", "502", "")),
        ("星桥馨苑", Address("星桥馨苑", "", "", "", "", "", "")),
        ("", Address("", "", "", "", "", "", "")),
    ],
)
def test_a_place_falls_into_its_parts(written, expected):
    assert parts(written) == expected


def test_a_metro_line_is_no_door():
    assert parts("地铁5号线望江路站").number == ""
    assert parts("地铁五号线望江路站").estate_text == "地铁5号线望江路站"


@pytest.mark.parametrize(
    ("number", "found"),
    [
        ("12", (12,)),
        ("12-14", (12, 14)),
        ("44-1", (44,)),
        ("44乙", (44,)),
        ("临88", (88,)),
        ("A", ()),
        ("", ()),
    ],
)
def test_a_number_stands_for_one_door_or_the_ends_of_a_run(number, found):
    assert doors(number) == found


def test_a_day_of_the_month_is_no_door():
    assert parts("11月2号某某苑3号楼502").number == ""
    assert parts("11月2号某某苑3号楼502").building == "3"


def test_leading_zeros_make_no_other_building():
    assert parts("银杏苑012号0301室").number == "12"
    assert parts("银杏苑012号0301室").room == "301"


def test_splitting_starts_where_it_is_told_to():
    assert split("99号银杏苑3号", 6).number == "3"


@pytest.mark.parametrize(
    "written", ["某某苑12号", "某某苑 12 号 301 室", "某某苑12幢", "莲湾镇某某苑十二号楼后门", "某某苑12-301"]
)
def test_an_unknown_place_is_the_same_up_to_its_building(written):
    assert without_room(written) == "某某苑12号"


@pytest.mark.parametrize(
    "written", ["市民反映住在某某苑3号502", "来电投诉：家住某某苑三号楼", "住某某苑3号的王先生", "某某苑3号"]
)
def test_what_a_caller_says_before_a_place_is_no_part_of_it(written):
    assert without_room(written) == "某某苑3号"
    assert without_building(written) == "某某苑"


def test_a_letter_is_not_mistaken_for_the_place_that_ends_it():
    letter = "尊敬的领导您好我们是某小学的家长关于学校周边的交通和卫生问题已经多次反映至今没有得到任何答复家住附近的"
    assert without_room(letter) == letter


@given(st.one_of(st.text(), st.text(SIGNS)))
@example("一" * 5000 + "十号")
@example("= \u0338号")
def test_reading_once_is_as_good_as_twice(text):
    assert normalise(normalise(text)) == normalise(text)


@given(st.one_of(st.text(), st.text(SIGNS)))
@example("9" * 6000 + "号")
def test_no_text_is_too_odd_to_take_apart(text):
    address = parts(text)
    assert all(len(number) <= 10 for number in address[2:6])
    assert isinstance(without_room(text), str)
