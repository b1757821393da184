import pytest
from hypothesis import given
from hypothesis import strategies as st

from zq_grid.rules import text

FULL_WIDTH = str.maketrans({str(n): chr(0xFF10 + n) for n in range(10)})


@pytest.mark.parametrize(
    ("name", "shown"),
    [("王小明", "王**"), ("王明", "王**"), (" 欧阳修 ", "欧**"), ("𠮷田", "𠮷**"), ("", ""), ("  ", "")],
)
def test_a_name_keeps_its_first_character_and_not_its_length(name, shown):
    assert text.mask_name(name) == shown


@pytest.mark.parametrize(
    ("phone", "shown"),
    [
        ("13812345678", "138****5678"),
        ("138 1234 5678", "138****5678"),
        ("+86-138-1234-5678", "138****5678"),
        ("0086 13812345678", "138****5678"),
        ("１３８１２３４５６７８", "138****5678"),
        ("021-64891234", "021-****1234"),
        ("(0512)67891234", "0512-****1234"),
        ("64891234", "****1234"),
        ("12345", "****"),
        ("不详", "****"),
        ("", ""),
    ],
)
def test_a_phone_keeps_its_ends(phone, shown):
    assert text.mask_phone(phone) == shown


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("31011219900307123X", "310112********123X"),
        ("31011219900307123x", "310112********123X"),
        ("310112 19900307 1234", "310112********1234"),
        ("310112900307123", "310112******123"),
        ("310112", "********"),
        ("", ""),
    ],
)
def test_an_identity_number_loses_its_birthday(number, shown):
    assert text.mask_id(number) == shown


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("联系电话13812345678，请回电", "联系电话138****5678，请回电"),
        ("电话：１３８－１２３４－５６７８。", "电话：138****5678。"),
        ("138 1234 5678/139.8765.4321", "138****5678/139****4321"),
        ("1 3 8 1 2 3 4 5 6 7 8", "138****5678"),
        ("+8613812345678", "138****5678"),
        ("座机021-64891234转8", "座机021-****1234转8"),
        ("（021）6489 1234", "021-****1234"),
        ("座机64891234", "座机****1234"),
        ("身份证31011219900307123X，男", "身份证310112********123X，男"),
        ("身份证３１０１１２　１９９００３０７　１２３４", "身份证310112********1234"),
        ("旧证310112900307123", "旧证310112******123"),
        ("卡号6222021001116245702，户名略", "卡号6222****5702，户名略"),
        ("6222 0210 0111 6245", "6222****6245"),
        ("Visa：4111-1111-1111-1111", "Visa：4111****1111"),
        ("６２１７００１２１００２４４５５６６７", "6217****5667"),
        ("95588 1234 5678 9012", "9558****9012"),
    ],
)
def test_numbers_hide_inside_free_text(words, shown):
    assert text.hide_personal(words) == shown


@pytest.mark.parametrize(
    "words",
    [
        "工单编号：20261122013456，内容",
        "2026-11-22 13:40 上报，2026年11月22日",
        "20261122 当天",
        "2024-2025年度",
        "罚款30000000元，拆除 52434 平方米",
        "沪闵路3500-3600号",
        "12345热线，96 件，占 22.4%",
        "任务号 3101122026112200123，20261122013456789",
        "a & b <c",
        "",
    ],
)
def test_what_is_no_personal_number_stays(words):
    assert text.hide_personal(words) == words


@given(
    st.text(alphabet="网格，。 \n<&王", max_size=20),
    st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True),
    st.sampled_from(["", " ", "-", "－", "　", "·"]),
    st.booleans(),
)
def test_no_way_of_writing_a_mobile_number_gets_through(words, phone, gap, wide):
    written = gap.join((phone[:3], phone[3:7], phone[7:]))
    shown = text.hide_personal(words + (written.translate(FULL_WIDTH) if wide else written) + words)
    assert shown == f"{words}{phone[:3]}****{phone[-4:]}{words}"


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("沪A12345违停", "沪A****违停"),
        ("新能源车沪AD12345、沪A·D1234F", "新能源车沪A****、沪A****"),
        ("苏E 8Z88Z，浙b-12345", "苏E****，浙b****"),
        ("沪Ａ１２３４５", "沪A****"),
        ("教练车沪A1234学，沪B1234挂", "教练车沪A****，沪B****"),
        (
            "沪A栋12号，新A区，京东，云A的，沪ABCDEF，沪A123456789",
            "沪A栋12号，新A区，京东，云A的，沪ABCDEF，沪A123456789",
        ),
        ("", ""),
    ],
)
def test_plates_of_cars_hide_where_asked_to(words, shown):
    assert text.hide_plates(words) == shown
    assert text.hide_plates(shown) == shown


@pytest.mark.parametrize(
    ("said", "is_one"),
    [
        ("王小明", True),
        ("沈师傅", True),
        ("张某", True),
        ("本人", False),
        ("居民", False),
        ("金色年华物业", False),
        ("邻居", False),
        ("王", False),
        ("Wang", False),
        ("高经理", False),
        ("", False),
    ],
)
def test_a_name_begins_with_a_surname(said, is_one):
    assert text.is_name(said) == is_one


@given(st.text(max_size=60))
def test_hiding_twice_changes_nothing_more(words):
    once = text.hide_personal(words)
    assert text.hide_personal(once) == once


@pytest.mark.parametrize(
    ("place", "shown"),
    [
        ("颛兴路123弄45号601室", "颛兴路123弄45号"),
        ("颛兴路１２３弄４５号６０１室", "颛兴路１２３弄４５号"),
        ("金桂新苑12号楼3单元502", "金桂新苑12号楼"),
        ("沪闵路3500号2幢101", "沪闵路3500号2幢"),
        ("沪闵路3500号 B座 1203", "沪闵路3500号 B座"),
        ("银都路2888弄5号乙", "银都路2888弄5号乙"),
        ("银都路2888弄5号甲室", "银都路2888弄5号"),
        ("都市路501号3楼302室", "都市路501号"),
        ("都市路399号（金城大厦）1203室", "都市路399号"),
        ("银杏居委12弄（5号602室）", "银杏居委12弄（5号）"),
        ("朝阳村5组23号", "朝阳村5组23号"),
        ("十二号楼三单元", "十二号楼"),
        ("星桥馨苑23-502", "星桥馨苑23"),
        ("星桥馨苑12-3-602室", "星桥馨苑12-3"),
        ("万科城 1203室", "万科城"),
        ("万科城1203", "万科城"),
        ("602室（5号楼）", ""),
        ("沪闵路3500", "沪闵路3500"),
        ("地铁5号线颛桥站", "地铁5号线颛桥站"),
        ("颛兴路100号门口", "颛兴路100号门口"),
        ("都会广场北侧绿地", "都会广场北侧绿地"),
        ("", ""),
    ],
)
def test_an_address_ends_at_the_building(place, shown):
    assert text.to_building(place) == shown


@given(
    st.sampled_from(["金桂新苑", "颛兴路123弄", "银都路", "朝阳村"]),
    st.sampled_from(["5号", "12号楼", "7幢", "3栋", "A座", ""]),
    st.sampled_from(["{}室", "3单元{}室", "{}", "-{}", " {} 室", "6楼{}"]),
    st.integers(601, 899),
)
def test_no_room_is_left_behind_a_building(street, house, form, room):
    if not house and form in {"{}", "-{}"}:
        house = "8号"
    assert str(room) not in text.to_building(street + house + form.format(room))
