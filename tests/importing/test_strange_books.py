"""Workbooks of towns, districts and 311 systems that nobody here has seen: what a careful clerk would expect."""

from datetime import datetime

import pytest

from tests.importing.practice import HEADER, ROW, Town, body, changed, counts, second
from tests.importing.strange import CORE, NUMBERS, TEXTS, core, fields, planned
from zq_grid.importing.sheet_dates import OrderUnknown, column_order, when
from zq_grid.importing.values import normalise_number
from zq_grid.importing.words import seed


@pytest.fixture
def town(tmp_path):
    town = Town(tmp_path)
    yield town
    town.workspace.close()


def at(town, number, kind):
    """Return when a case had its step of a kind, and whether only the day is known."""
    (found,) = [step for step in town.steps(number) if step.kind == kind]
    return found.did_at, found.body.get("precision")


# times --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cells", "order"),
    [
        (["3/5/26", "3/25/26 14:05", "4/1/26"], "mdy"),
        (["26.10.5", "26.10.28"], "ymd"),
        (["26-10-05"], "ymd"),
        (["5.3.26", "13.3.26"], "dmy"),
        (["26-10-12"], "ambiguous"),  # 12 October 2026, or the 26th of October 2012
        (["3/5/26"], "ambiguous"),
        (["45/45/26", "3/25/26"], "mdy"),  # what is no date says nothing of the others
    ],
)
def test_a_column_tells_the_order_of_years_of_two_digits_too(cells, order):
    assert column_order(cells) == order


def test_a_year_of_two_digits_is_read_in_the_order_of_its_column():
    assert when("3/5/26 14:05", "mdy").text == "2026-03-05T14:05:00+08:00"
    assert when("26.10.5", "ymd").text == "2026-10-05"
    assert when("26年10月5日").text == "2026-10-05"
    for order in (None, "ambiguous"):
        with pytest.raises(OrderUnknown):
            when("3/5/26", order)
    with pytest.raises(ValueError, match=r"."):
        when("3/5/95", "mdy")


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("5-Mar-26", "2026-03-05"),
        ("05-Mar-2026 14:05", "2026-03-05T14:05:00+08:00"),
        ("Mar 5, 2026 2:05 PM", "2026-03-05T14:05:00+08:00"),
        ("2026年10月5日早9点半", "2026-10-05T09:30:00+08:00"),
        ("2026年10月5日夜里11点", "2026-10-05T23:00:00+08:00"),
        ("2026年10月5日晚8点05分", "2026-10-05T20:05:00+08:00"),
        ("2026100509", "2026-10-05T09:00:00+08:00"),
        (1791162180000, "2026-10-05T09:03:00+08:00"),  # thousandths since 1970
        ("1791162180", "2026-10-05T09:03:00+08:00"),
    ],
)
def test_times_as_other_systems_write_them(cell, text):
    assert when(cell).text == text


@pytest.mark.parametrize("said", ["2026-10-05 晚上1点", "2026-10-05 夜里0:30", "2026-10-05 深夜2点"])
def test_an_hour_after_midnight_of_a_night_has_two_dates_and_is_not_guessed(said):
    with pytest.raises(ValueError, match=r"."):
        when(said)


@pytest.mark.parametrize(
    ("day", "clock"),
    [("受理日期", "受理时间"), ("来电日期", "来电时间"), ("日期", "时间"), ("办结日期", "办结时间")],
)
@pytest.mark.parametrize("turned", [False, True])
def test_a_day_and_a_clock_in_two_columns_are_one_time(day, clock, turned):
    names, said = (
        ["工单编号", "内容", day, clock],
        [["2026-10-05", "09:03"], [datetime(2026, 10, 6), "下午4:40"]],
    )
    rows = [[NUMBERS[n], TEXTS[n], *one] for n, one in enumerate(said)]
    if turned:
        names, rows = names[:2] + names[:1:-1], [row[:2] + row[:1:-1] for row in rows]
    found = planned(names, *rows)
    field = fields(names, *rows)[day]
    assert fields(names, *rows)[clock] == field in {"accepted_at", "closed_at"}
    assert [(row.facts | row.outcome)[field] for row in found.rows] == [
        "2026-10-05T09:03:00+08:00",
        "2026-10-06T16:40:00+08:00",
    ]
    assert [row.extra for row in found.rows] == [{}, {}]


def test_a_day_whose_clock_is_missing_stays_a_day():
    found = planned(
        ["工单编号", "内容", "受理日期", "受理时间"],
        ["1", TEXTS[0], "2026-10-05", "09:03"],
        ["2", TEXTS[1], "2026-10-06", "—"],
    )
    assert [row.facts["accepted_at"] for row in found.rows] == ["2026-10-05T09:03:00+08:00", "2026-10-06"]


def test_d_m_y_times_are_times_under_a_name_taken_apart_though_one_column_can_t_tell():
    rows = [[NUMBERS[n], TEXTS[n], f"0{n + 1}/03/2026", f"1{n + 3}/03/2026"] for n in range(3)]
    found = planned(["工单编号", "内容", "Opened", "Closed"], *rows)
    assert [row.facts["accepted_at"] for row in found.rows] == ["2026-03-01", "2026-03-02", "2026-03-03"]


# a closing is never made up, and never lost --------------------------------------------------------


@pytest.mark.parametrize("said", ["未办结", "处理中", "无", "########", "#VALUE!", "待回访"])
def test_a_word_where_the_closing_should_stand_leaves_the_order_open(town, said):
    done = town.take([*CORE, "办结时间"], core(0, said), core(1, "2026-10-22 10:00"))
    assert counts(done) == (2, 0, 0, 0, 0)
    assert [town.case(number).stage for number in NUMBERS[:2]] == ["received", "closed"]


@pytest.mark.parametrize("said", ["2026-13-45", "2026-10-22（预计）", "10月22日"])
def test_a_closing_that_can_t_be_read_costs_the_row_and_is_said(said):
    (bad,) = planned([*CORE, "办结时间"], core(0, said), core(1, "2026-10-22")).rejected
    assert (bad.line, bad.code) == (2, "row_bad_date")


def test_one_closing_in_a_young_file_is_enough_to_know_the_column(town):
    town.take([*CORE, "镇级实际办结时间"], core(0, "2026-10-22 10:00"), core(1, ""), core(2, ""))
    assert [town.case(number).stage for number in NUMBERS[:3]] == ["closed", "received", "received"]


@pytest.mark.parametrize(
    "header", ["办结审核时间", "退回办结时间", "申请办结时间", "办结驳回时间", "延期办结时间"]
)
def test_what_is_done_with_a_closing_is_no_closing(header):
    rows = [core(n, "2026-10-21 10:00", "2026-10-22 10:00") for n in range(3)]
    found = fields([*CORE, header, "区级办结时间"], *rows)
    assert (found[header], found["区级办结时间"]) == (None, "closed_at")


def test_a_number_of_days_is_no_limit_and_costs_no_row():
    found = planned([*CORE, "办理时限（工作日）"], core(0, 5), core(1, "3个工作日内"))
    assert [row.facts.get("platform_due") for row in found.rows] == [None, None]
    assert [row.extra for row in found.rows] == [
        {"办理时限（工作日）": "5"},
        {"办理时限（工作日）": "3个工作日内"},
    ]


# the first contact ---------------------------------------------------------------------------------

CONTACT = [*CORE, "是否先联", "先联时间", "办结时间"]


def test_the_first_contact_stands_at_the_time_that_the_workbook_tells(town):
    rows = [
        core(0, "是", "2026-10-20 10:30", "2026-10-22 10:00"),
        core(1, "是", "2026-10-23 10:30", ""),  # three days: too late
        core(2, "是", "", ""),
        core(3, "否", "", "2026-10-22 10:00"),
    ]
    town.take(CONTACT, *rows)
    told = [at(town, number, "contact") for number in NUMBERS]
    assert told == [
        (second("2026-10-20T10:30:00+08:00"), None),
        (second("2026-10-23T10:30:00+08:00"), None),
        (second("2026-10-20"), "day"),
        (second("2026-10-20"), "day"),
    ]
    reached = [town.case(number).rounds[-1].contacts[0].body["reached"] for number in NUMBERS]
    assert reached == ["yes", "yes", "yes", "no"]
    steps = town.number_of_steps()
    assert town.take(CONTACT, *rows).unchanged == 4
    assert town.number_of_steps() == steps


def test_a_time_of_contact_says_that_there_was_one_unless_another_column_answers_that(town):
    town.take([*CORE, "首次联系市民时间"], core(0, "2026-10-20 10:30"), core(1, ""))
    assert [town.kinds(number) for number in NUMBERS[:2]] == [["log", "contact"], ["log"]]
    town.take([*CORE, "先联时间", "是否先联"], core(2, "2026-10-20 10:30", ""), core(3, "", ""))
    assert [town.kinds(number) for number in NUMBERS[2:]] == [["log"], ["log"]]


def test_a_contact_before_the_order_arrived_or_in_the_future_is_kept_beside(town):
    town.take(CONTACT, core(0, "是", "2026-10-01 10:30", ""), core(1, "是", "2027-10-01 10:30", ""))
    for number in NUMBERS[:2]:
        assert at(town, number, "contact") == (second("2026-10-20"), "day")
        assert "contacted_at" in body(town, number)["extra"]


@pytest.mark.parametrize("header", ["先行联系截止时间", "先联时限", "应先行联系时间", "联系市民电话"])
def test_when_the_contact_is_due_is_no_contact(header):
    assert fields([*CORE, header], *[core(n, "2026-10-21 18:00") for n in range(3)])[header] is None


# satisfaction --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("header", "said", "means"),
    [
        ("市民是否满意", "是", "satisfied"),
        ("是否满意", "否", "dissatisfied"),
        ("回访结果", "基本满意", "fairly"),
        ("诉求人满意程度", "不满意", "dissatisfied"),
        ("满意度\n评价", "一般", "so_so"),
    ],
)
def test_satisfaction_goes_by_many_names(header, said, means):
    (row,) = planned([*CORE, header], core(0, said)).rows
    assert row.outcome["satisfaction"] == means


@pytest.mark.parametrize(
    ("header", "said"),
    [("回访结果", "已接通"), ("对热线服务满意度", "满意"), ("不满意原因", "不满意"), ("办理情况", "满意")],
)
def test_what_is_not_the_citizen_s_answer_is_not_taken_for_it(header, said):
    (row,) = planned([*CORE, header], core(0, said)).rows
    assert "satisfaction" not in row.outcome


# names of columns ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("案件受理时间", "accepted_at"),
        ("工单办结时限", "platform_due"),
        ("实际办结日期", "closed_at"),
        ("派单日期", "dispatched_at"),
        ("诉求满意度", "satisfaction"),
        ("3.联系电话", "phone"),
        ("（3）联系电话", "phone"),
        ("*诉求内容", "text"),
        ("诉求内容 Content", "text"),
        ("地址/Address", "place"),
        ("诉求人 ID", None),
        ("诉求人 QQ", None),
        ("诉求人", "reporter"),
    ],
)
def test_small_differences_of_spelling_keep_the_meaning(header, field):
    assert fields(["工单编号", "标题", header])[header] == field


def test_what_is_said_in_as_many_words_has_the_field_before_what_is_only_like_it():
    found = fields(["案件受理时间", "来电时间", "标题"])
    assert (found["案件受理时间"], found["来电时间"]) == (None, "accepted_at")


def test_a_column_without_any_value_takes_no_field_from_one_that_has_some():
    rows = [[*core(n), nb, None] for n, nb in enumerate(["和溪五村居委会", "东园居委会", "白帆居民区"])]
    found = fields([*CORE, "居委会名称", "村居"], *rows)
    assert (found["居委会名称"], found["村居"]) == ("neighbourhood", None)


def test_kinds_are_known_by_their_words_and_other_sorts_stay_categories():
    rows = [[NUMBERS[n], TEXTS[n], kind, "普通工单"] for n, kind in enumerate(["咨询类", "投诉类", "求助类"])]
    found = fields(["工单编号", "内容", "诉求性质", "工单类别"], *rows)
    assert (found["诉求性质"], found["工单类别"]) == ("kind", "category1")


def test_in_a_list_without_a_matter_only_the_very_name_is_a_time_of_arrival():
    rows = [[number, "2026-10-27", "差"] for number in NUMBERS]
    assert fields(["工单编号", "登记日期", "备注"], *rows)["登记日期"] is None
    assert fields(["工单编号", "受理时间", "备注"], *rows)["受理时间"] == "accepted_at"


@pytest.mark.parametrize(
    ("said", "number"),
    [
        ("No.20261005000106", "20261005000106"),
        ("NO20261005000106", "20261005000106"),
        ("工单号：20261005000107", "20261005000107"),
        ("受理编号:XF-12", "XF-12"),
        ("NO123", "NO123"),
        ("20261005000105.0", "20261005000105"),
    ],
)
def test_a_label_before_a_number_is_no_part_of_it(said, number):
    assert normalise_number(said) == number


def test_a_file_of_next_month_with_other_headers_changes_nothing(town):
    rows = [[*core(n, "2026-10-20 10:00", "2026-10-22 10:00")] for n in range(4)]
    town.take([*CORE, "先联时间", "办结时间"], *rows)
    steps = [town.steps(number) for number in NUMBERS]
    renamed = ["案件编号", "案件受理日期", "事发位置", "反映问题", "首次联系时间", "实际办结日期"]
    assert counts(town.take(renamed, *rows)) == (0, 0, 4, 0, 0)
    assert [town.steps(number) for number in NUMBERS] == steps


def test_what_a_contact_told_is_undone_with_its_import(town):
    town.take(HEADER, ROW)
    before = town.summary()
    done = town.take([*HEADER, "先联时间"], [*changed(number=NUMBERS[1]), "2026-10-20 10:00"])
    town.take_back(done.batch)
    assert town.summary() == before


def test_every_part_names_a_field_of_the_list():
    assert {part.field for part in seed().parts} <= set(seed().fields)
