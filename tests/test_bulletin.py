"""The week as frozen figures: counted by hand, cut off at the last step, lists as they stood on Sunday night."""

import pytest

from tests.bulletin_weeks import BEGIN, WEEK, WHOLE, at, order, steps, week, when
from tests.stores import DAY, HOUR, MONDAY, act, log
from zq_grid import catalogue, together, views
from zq_grid.errors import Refused
from zq_grid.papers import weekly
from zq_grid.rules import worktime
from zq_grid.steps import digest

SUNDAY = at("2026-11-09T00:00:00+08:00")


# by hand --------------------------------------------------------------------------------------


def test_a_week_worked_out_by_hand(store):
    order(store, "20261102000001", "2026-11-02T09:00:00+08:00")
    steps(store, "20261102000001", *WHOLE, "visit", satisfaction="fairly", words="来得有点晚")
    order(store, "20261102000002", "2026-11-02T10:00:00+08:00", place="金桂新苑 27 号")
    steps(store, "20261102000002", *BEGIN[:1])
    log(store, source="patrol", order_number=None, reporter=None, phone=None, place="没有这个地方")
    when(store, "2026-11-10T10:00:00+08:00")
    found = week(store)
    assert [figure.share for figure in found.total.figures] == ["1/2", "0/0", "1/1", "0.8/1"]
    assert [(box.name, box.value) for box in found.boxes] == [
        ("受理", "3"),
        ("办结", "1"),
        ("在办", "2"),
        ("逾期未办结", "0"),
        ("不满意件复核", "0"),
        ("市民满意率", "80.0%"),
    ]
    assert [(row.name, row.figures[0].share) for row in found.neighbourhoods] == [
        ("和溪五村居委", "1/1"),
        ("金桂新苑居委", "0/1"),
        ("无归属", "0/0"),
    ]
    assert [(row.code, row.figures[0].share) for row in found.stations] == [("housing", "1/1"), ("", "0/1")]
    assert found.structure.by_source == (("12345 热线", 2), ("网格巡查", 1))
    assert found.structure.by_area[-1] == ("无归属", 1)
    assert dict(found.unmatched) == {"受理未识别居村": 1, "计入四率而无承办单位": 1}
    assert "受理各类工单 3 件" in found.paragraph
    assert "12345 热线 2 件、占 66.7%" in found.paragraph


def test_the_near_limit_is_what_turns_yellow_by_sunday_night(store):
    order(store, "20261102000001", "2026-11-02T09:00:00+08:00")  # due on Monday the 9th
    order(store, "20261102000002", "2026-11-03T09:00:00+08:00")  # due on Tuesday the 10th
    when(store, "2026-11-12T10:00:00+08:00")
    found = week(store)
    assert [(row.number, row.light, row.due, row.late) for row in found.near_limit] == [
        ("20261102000001", "yellow", "11-09 24:00", "1 个工作日")
    ]
    assert found.overdue == ()
    assert found.lists_at == " 11 月 8 日 24 时"


# the cut --------------------------------------------------------------------------------------


def test_two_runs_without_a_step_between_give_the_same_bytes(store):
    order(store, "20261102000001", "2026-11-02T09:00:00+08:00")
    when(store, "2026-11-09T08:00:00+08:00")
    first = weekly.draw(week(store))
    store.clock.at += 400 * DAY
    assert weekly.draw(week(store)) == first


def test_the_cut_names_the_last_step_and_changes_with_the_next(store):
    order(store, "20261102000001", "2026-11-02T09:00:00+08:00")
    when(store, "2026-11-09T08:00:00+08:00")
    first = week(store).cut
    assert first.as_of == "2026-11-02 09:00:00"
    steps(store, "20261102000001", "accept")
    second = week(store).cut
    assert second.as_of == "2026-11-09 08:10:00"
    assert second.position == first.position + 1
    assert second.check_code != first.check_code


def test_an_earlier_cut_can_be_printed_again_to_the_byte(store):
    order(store, "20261102000001", "2026-11-02T09:00:00+08:00")
    when(store, "2026-11-09T08:00:00+08:00")
    known = store.clock.at
    first = weekly.draw(week(store, as_of=known))
    store.clock.at += HOUR
    order(store, "20261102000009", "2026-11-09T10:00:00+08:00", accepted_at="2026-11-02T11:00:00+08:00")
    with store.write() as session:
        entry = dict(session.catalogue.get("neighbourhood", "hexi5"), name="改了名的居委")
        catalogue.define(session, [("neighbourhood", "hexi5", entry)])
    assert weekly.draw(week(store, as_of=known)) == first
    now = week(store)
    assert now.boxes[0].value == "2"
    assert "改了名的居委" in [row.name for row in now.neighbourhoods]
    assert (now.cut.catalogue_version, week(store, as_of=known).cut.catalogue_version) == (2, 1)


def test_the_check_code_is_the_digest_of_the_last_step_of_each_stream(store):
    order(store, "20261102000001", "2026-11-02T09:00:00+08:00")
    when(store, "2026-11-09T08:00:00+08:00")
    with store.read() as session:
        heads = {
            (row["device"], row["epoch"], row["scope"]): row["id"]
            for row in sorted(views.all_steps(session), key=lambda row: row["seq"])
        }
    assert len(heads) > 1
    assert week(store).cut.check_code.replace("-", "") == digest(heads.values())


def test_a_week_that_still_runs_is_judged_at_its_last_step(store):
    order(store, "20261102000001", "2026-11-02T09:00:00+08:00", kind="consultation")
    when(store, "2026-11-05T09:00:00+08:00")
    found = week(store)
    assert found.total.figures[0].denominator == 0, (
        "contact is due on the 3rd, and nothing is known after the 2nd"
    )
    order(store, "20261102000002", "2026-11-04T09:00:00+08:00")
    found = week(store)
    assert found.total.figures[0].share == "0/1"
    assert [row.number for row in found.overdue] == ["20261102000001"]
    assert "本周尚未结束" in found.paragraph
    assert found.lists_at == " 11 月 4 日 09:00 "


def test_a_week_that_has_not_begun_is_refused(store):
    with pytest.raises(Refused) as refused:
        week(store, week=46)
    assert refused.value.code == "week_ahead"


@pytest.mark.parametrize(("year", "number"), [(2026, 0), (2026, 54), (2025, 53), (0, 1)])
def test_a_week_that_no_calendar_has_is_refused(store, year, number):
    with pytest.raises(Refused) as refused:
        week(store, year=year, week=number)
    assert refused.value.code == "week_unknown"


# as it stood on Sunday ------------------------------------------------------------------------


def test_an_extension_granted_on_monday_does_not_reach_back_into_sundays_list(store):
    order(store, "20261102000001", "2026-10-29T09:00:00+08:00")  # due on Thursday the 5th
    steps(store, "20261102000001", *BEGIN)
    when(store, "2026-11-05T09:00:00+08:00")
    steps(store, "20261102000001", "ask_extension", days="5", reason="等配件")
    when(store, "2026-11-09T09:00:00+08:00")
    steps(store, "20261102000001", "grant_extension", days="5")
    (late,) = week(store).overdue
    assert (late.due, late.late, late.waiting) == ("11-05 24:00", "1 个工作日", True)
    assert week(store).total.figures[1].denominator == 0, (
        "by all that is known the limit lies in the next week"
    )


def test_what_was_done_on_friday_and_written_down_on_monday_is_not_in_sundays_list(store):
    order(store, "20261102000001", "2026-10-29T09:00:00+08:00")
    steps(store, "20261102000001", *BEGIN, "handle")
    when(store, "2026-11-09T09:00:00+08:00")
    assert len(week(store).overdue) == 1
    with store.write() as session:
        together.act(session, "20261102000001", "submit", {}, did_at=at("2026-11-05T16:00:00+08:00"))
    found = week(store)
    assert found.overdue == ()
    assert found.total.figures[1].share == "1/1"
    assert found.total.late_entered == 1


def test_a_case_closed_on_monday_was_open_on_sunday(store):
    order(store, "20261102000001", "2026-11-06T09:00:00+08:00")
    steps(store, "20261102000001", *BEGIN)
    when(store, "2026-11-09T09:00:00+08:00")
    steps(store, "20261102000001", "handle", "submit", "close")
    found = week(store)
    assert (found.boxes[1].value, found.boxes[2].value) == ("0", "1")


def test_an_order_taken_back_or_counted_with_another_is_nowhere(store):
    for nth in (1, 2, 3):
        order(store, f"2026110200000{nth}", "2026-10-29T09:00:00+08:00")
        steps(store, f"2026110200000{nth}", "accept")
    act(store, "20261102000001", "void", reason="登错")
    act(store, "20261102000002", "merge", into="20261102000003", repeat="yes", reason="同一人同一事")
    when(store, "2026-11-09T09:00:00+08:00")
    found = week(store, week=44)
    assert (found.boxes[0].value, found.boxes[2].value) == ("1", "1")
    assert [row.number for row in week(store).overdue] == ["20261102000003"]


def test_fraud_alerts_are_counted_and_never_listed(store):
    order(
        store,
        None,
        "2026-10-29T09:00:00+08:00",
        source="anti_fraud_centre",
        type="fraud_alert",
        kind=None,
        alert_level="high",
        text="反诈预警：刷单",
    )
    when(store, "2026-11-09T09:00:00+08:00")
    found = week(store)
    assert found.overdue == ()
    assert found.boxes[3].value == "1"
    assert any("逾期 1 件、临期 0 件未列名" in rule for rule in found.rules)
    assert week(store, week=44).structure.by_type == (("反诈预警", 1),)


def test_no_flat_no_phone_and_no_caller_is_printed(store):
    place = "和溪五村 12 号 601 室，联系 13912345678"
    order(store, "20261102000001", "2026-10-29T09:00:00+08:00", place=place, reporter="欧阳测试")
    when(store, "2026-11-09T09:00:00+08:00")
    found = week(store)
    (row,) = found.overdue
    assert row.place.startswith("和溪五村")
    # a check code is eight hexadecimal digits, and may hold any three of them by chance
    printed = repr(found).replace(found.cut.check_code, "")
    for secret in ("601", "13912345678", "13800000001", "欧阳"):
        assert secret not in printed


# compared -------------------------------------------------------------------------------------


def test_a_first_week_has_nothing_to_compare_with(store):
    order(store, "20261102000001", "2026-11-02T09:00:00+08:00")
    when(store, "2026-11-16T09:00:00+08:00")
    assert {change.text for box in week(store).boxes for change in box.changes} == {"—"}
    following = week(store, week=46)
    assert [change.text for change in following.boxes[0].changes] == ["▼1 件", "—"]


def test_the_same_week_of_the_year_before_is_compared(store):
    order(store, "20251103000001", "2025-11-03T09:00:00+08:00")
    when(store, "2026-11-09T09:00:00+08:00")
    assert [change.text for change in week(store).boxes[0].changes] == ["持平", "▼1 件"]


def test_a_fifty_third_week_has_no_year_before(store):
    order(store, "20261102000001", "2026-11-02T09:00:00+08:00")
    when(store, "2027-01-08T09:00:00+08:00")
    assert [c.text for c in week(store, week=53).boxes[0].changes] == ["持平", "—"]


def test_an_empty_store_prints_a_week_of_nothing(store):
    when(store, "2026-11-16T09:00:00+08:00")
    found = week(store)
    assert found.paragraph == "本周无受理、无办结，无在办工单。"
    assert [row.name for row in found.neighbourhoods] == ["无归属"]
    assert weekly.draw(found).startswith(b"%PDF-")


def test_monday_is_the_day_these_tests_count_from():
    assert worktime.day_of(MONDAY).isocalendar()[:2] == (WEEK["year"], WEEK["week"])
    assert worktime.day_of(SUNDAY).isocalendar()[:2] == (WEEK["year"], WEEK["week"] + 1)
