"""What is no sign that two cases are one matter: a place that names none, a whole street, a type nobody knows."""

import contextlib

import pytest

from tests.stores import log, make_store
from zq_grid import cases, duplicates
from zq_grid.rules.address import names_nothing

A, B, C = "20261102000001", "20261102000002", "20261102000003"
LEAK = "楼上卫生间漏水，渗到楼下天花板，墙皮已经脱落，物业上门看过两次一直没有修。"
BARBECUE = "楼下烧烤店每天营业到凌晨两点，排烟口正对居民窗户，划拳吵闹睡不着觉。"
SILENT = {"reporter": "", "phone": ""}
NOWHERE = (
    "不详",
    "无",
    "地址不详",
    "未提供具体地址",
    "详见工单",
    "本小区门口",
    "闵行区",
    "12号",
    "3号楼601室",
)


@pytest.fixture
def store(tmp_path):
    with contextlib.closing(make_store(tmp_path / "ws")) as workspace:
        yield workspace


def near(workspace, number, **asked):
    """Return score and reasons of the candidates of a case, by number."""
    with workspace.read() as session:
        found = duplicates.of_case(session, cases.find(session, number), **asked)
    return {one.number: (one.score, one.reasons) for one in found}


@pytest.mark.parametrize("place", NOWHERE)
def test_two_callers_who_tell_no_place_are_not_at_the_same_place(store, place):
    log(store, order_number=A, place=place, text=LEAK, **SILENT)
    log(store, order_number=B, place=place, text=BARBECUE, **SILENT)
    assert near(store, B, least=0).get(A, (0, ()))[1] == ()


@pytest.mark.parametrize("place", NOWHERE)
def test_a_caller_who_tells_no_place_is_not_elsewhere_and_is_known_by_the_words(store, place):
    log(store, order_number=A, place="和溪五村 12 号", text=LEAK, **SILENT)
    log(store, order_number=B, place=place, text=LEAK.replace("，", "；"), **SILENT)
    score, reasons = near(store, B)[A]
    assert (score >= 90, reasons) == (True, ("similar_words",))
    assert near(store, A)[B] == (score, reasons)


@pytest.mark.parametrize("place", ["颛兴路", "都市路", "沪闵公路"])
def test_two_matters_along_one_street_are_no_candidates_and_one_matter_is(store, place):
    log(store, order_number=A, place=place, text=LEAK, **SILENT)
    log(store, order_number=B, place=place, text=BARBECUE + "物业看过没有修", **SILENT)
    log(store, order_number=C, place=place, text=LEAK, **SILENT)
    assert A not in near(store, B)
    assert near(store, C)[A][1] == ("same_place", "similar_words")


def test_that_nobody_knows_the_type_of_two_cases_speaks_for_nothing(store):
    scores = []
    for nth, type_ in enumerate(("other", "noise")):
        numbers = [f"2026110200{nth}{n:03}" for n in range(2)]
        for number, text in zip(numbers, (LEAK, BARBECUE), strict=True):
            log(store, order_number=number, place=f"和溪五村 {nth + 1} 号", text=text, type=type_, **SILENT)
        scores.append(near(store, numbers[1], least=0)[numbers[0]][0])
    unknown, known = scores
    assert unknown < known


@pytest.mark.parametrize(
    "place",
    [
        *("颛兴路", "朝阳村", "四镇村", "无锡路", "空港路", "不锈钢厂", "全福里", "里仁小区", "本溪路"),
        *("小区广场", "上海植物园", "金桂B区", "东区", "中国银行", "地铁5号线颛桥站", "颛兴路12弄", "校区"),
    ],
)
def test_what_names_a_place_is_not_taken_for_the_want_of_one(place):
    assert not names_nothing(place)


@pytest.mark.parametrize(
    "place", ["/", "——", "NULL", "n/a", "不 详", "（无）", "诉求人未提供", "同上", "全镇"]
)
def test_what_people_write_for_want_of_a_place_names_none(place):
    assert names_nothing(place)


@pytest.mark.parametrize(
    "said", ["无" * 50_000, "小区" * 50_000 + "苑", "12号" * 30_000 + "苑", "/" * 5000 + "苑"]
)
def test_a_hostile_place_is_read_like_any_other(said):
    assert names_nothing(said) == (not said.endswith("苑"))


@pytest.mark.parametrize("key", ["e-hexi5", "e-hexi5/12", "s-zhuanxing/12弄/3", "@1214000,310700"])
def test_the_key_of_a_known_place_is_the_name_of_one(key):
    assert not names_nothing(key)
