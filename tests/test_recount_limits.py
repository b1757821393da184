"""The limits of the second calculation: which rule, from when, and what moves them (R3)."""

import dataclasses
from datetime import date

import pytest

from tests.recount_histories import LIMITS, LONG_AGO, History, at, calendar_year
from zq_grid.rules.worktime import CalendarYear


@pytest.fixture
def town_history() -> History:
    return History()


@pytest.mark.parametrize(
    ("facts", "day"),
    [
        ({}, "11-09"),
        ({"kind": "consultation"}, "11-03"),
        ({"kind": "report"}, "11-09"),
        ({"mode": "supervised", "kind": "consultation"}, "11-05"),
        ({"mode": "recheck"}, "11-05"),
        ({"kind": "thanks"}, "never"),
        ({"kind": "", "type": "fire"}, "11-04"),
        ({"kind": "complaint", "type": "fire"}, "11-09"),
        ({"kind": "", "type": "noise"}, "11-09"),
        ({"platform_due": "2026-11-06"}, "11-06"),
        ({"platform_due": "2026-11-06T17:00:00+08:00", "mode": "supervised"}, "11-06"),
        ({"platform_due": "2026-11-06", "kind": "thanks"}, "never"),
        ({"received_at": "2026-10-29T20:00:00+08:00"}, "11-05"),
        ({"dispatched_at": "2026-10-30", "accepted_at": "2026-10-28"}, "11-06"),
        ({"accepted_at": "2026-10-28"}, "11-04"),
    ],
)
def test_the_close_limit_is_the_first_rule_that_fits(facts, day):
    history = History()
    history.town.types["fire"] = {"limits": {"close": {"rule": "working_days", "n": 2}}}
    history.log(**facts)
    assert history.counted_on() == day


def test_an_urgent_order_is_to_be_contacted_within_two_hours():
    history = History()
    history.log(urgency="urgent")
    history.do("contact", "11-02 11:00", reached="yes")
    assert history.counted_on("first_contact") == "11-02"
    assert history.all_time("first_contact") == (1, 1)
    late = History()
    late.log(urgency="urgent")
    late.do("contact", "11-02 11:00:01", reached="yes")
    assert late.all_time("first_contact") == (0, 1)


def test_limits_are_those_in_force_when_the_order_was_logged():
    history = History()
    shorter = {
        **LIMITS,
        "close": {**LIMITS["close"], "kind": {"complaint": {"rule": "working_days", "n": 2}}},
    }
    history.town.limits.append((at("11-02 09:00"), shorter))
    history.log("11-02 08:59:59")
    assert history.counted_on() == "11-09"
    history = History()
    history.town.limits.append((at("11-02 09:00"), shorter))
    history.log("11-02 09:00")
    assert history.counted_on() == "11-04"


def test_a_second_round_has_three_working_days_from_the_reopen_and_its_own_contact(town_history):
    history = town_history
    history.log(platform_due="2026-11-20")
    history.do("close", "11-04 10:00", verdict="solved")
    history.do("reopen", "11-05 10:00")
    history.do("submit", "11-10 23:59:59")
    assert history.counted_on("recheck_on_time") == "11-10"
    assert history.figure("recheck_on_time", "11-10", "11-11") == (1, 1)
    assert history.counted_on() == "11-20"


def test_re_typing_works_the_limit_out_from_the_original_start(town_history):
    town_history.log()
    town_history.do("amend", "11-06 09:00", kind="consultation")
    assert town_history.counted_on() == "11-03"


def test_re_typing_after_the_limit_rescues_nothing(town_history):
    town_history.log(kind="consultation")
    town_history.do("amend", "11-04 00:00", kind="complaint")
    town_history.do("submit", "11-05 09:00")
    assert town_history.figure("on_time_closing", "11-03", "11-04") == (0, 1)
    assert town_history.all_time("on_time_closing") == (0, 1)


def test_re_typing_in_the_last_second_of_the_limit_counts(town_history):
    town_history.log(kind="consultation")
    town_history.do("amend", "11-03 23:59:59", kind="complaint")
    assert town_history.counted_on() == "11-09"


def test_re_typing_moves_the_contact_limit_too(town_history):
    town_history.log()
    town_history.do("amend", "11-03 10:00", urgency="urgent")
    assert town_history.counted_on("first_contact") == "11-02"


def test_re_typing_in_the_last_second_of_the_contact_limit_moves_it(town_history):
    town_history.log()
    town_history.do("amend", "11-03 23:59:59", urgency="urgent")
    assert town_history.counted_on("first_contact") == "11-02"


def test_thanks_that_turn_out_a_complaint_get_the_clocks_of_one(town_history):
    town_history.log(kind="thanks")
    town_history.do("amend", "11-04 10:00", kind="complaint")
    assert town_history.counted_on() == "11-09"
    assert town_history.counted_on("first_contact") == "11-03"


def test_re_typing_leaves_the_limit_of_the_platform_in_force(town_history):
    town_history.log(platform_due="2026-11-06")
    town_history.do("amend", "11-03 10:00", kind="consultation")
    assert town_history.counted_on() == "11-06"


def test_an_extension_asked_in_time_and_granted_after_the_limit_moves_it(town_history):
    town_history.log()
    town_history.do("ask_extension", "11-09 23:59:59", until="2026-11-16", reason="-")
    town_history.do("grant_extension", "11-12 10:00")
    town_history.do("submit", "11-16 12:00")
    assert town_history.figure("on_time_closing", "11-09", "11-10", as_of="11-11") == (0, 1)
    assert town_history.figure("on_time_closing", "11-09", "11-10") == (0, 0)
    assert town_history.figure("on_time_closing", "11-16", "11-17") == (1, 1)


def test_an_extension_asked_late_moves_nothing(town_history):
    town_history.log()
    town_history.do("ask_extension", "11-10 00:00", until="2026-11-16", reason="-")
    town_history.do("grant_extension", "11-10 10:00", until="2026-11-20")
    town_history.do("submit", "11-16 12:00")
    assert town_history.figure("on_time_closing", "11-09", "11-10") == (0, 1)
    assert town_history.all_time("on_time_closing") == (0, 1)


@pytest.mark.parametrize(
    ("asked", "granted", "day"),
    [
        ({"until": "2026-11-16"}, {"until": "2026-11-13"}, "11-13"),
        ({"days": 3}, {}, "11-12"),
        ({"days": 3}, {"days": 1}, "11-10"),
        ({"until": "2026-11-16"}, {"days": 2}, "11-11"),
        ({}, {}, "11-09"),
    ],
)
def test_the_grant_says_how_far_else_the_asking(town_history, asked, granted, day):
    town_history.log()
    town_history.do("ask_extension", "11-05 10:00", **asked)
    town_history.do("grant_extension", "11-06 10:00", **granted)
    assert town_history.counted_on() == day


def test_a_refused_or_missing_request_can_not_be_granted(town_history):
    town_history.log()
    town_history.do("grant_extension", "11-04 10:00", days=5)
    town_history.do("ask_extension", "11-05 10:00", days=5)
    town_history.do("refuse_extension", "11-05 11:00")
    town_history.do("grant_extension", "11-06 10:00", days=5)
    assert town_history.counted_on() == "11-09"


def test_a_late_second_request_does_not_spoil_the_one_in_time(town_history):
    town_history.log()
    town_history.do("ask_extension", "11-09 10:00", days=1)
    town_history.do("ask_extension", "11-10 10:00", days=5)
    town_history.do("grant_extension", "11-11 10:00")
    assert town_history.counted_on() == "11-10"


def test_supervision_takes_the_place_of_the_limit_in_force(town_history):
    town_history.log()
    town_history.do("supervise", "11-09 23:59:59")
    assert town_history.counted_on() == "11-12"
    shorter = History()
    shorter.log()
    shorter.do("supervise", "11-03 09:00")
    assert shorter.counted_on() == "11-06"


def test_supervision_after_the_limit_changes_nothing(town_history):
    town_history.log()
    town_history.do("supervise", "11-10 00:00")
    assert town_history.counted_on() == "11-09"


def test_events_take_effect_in_the_order_in_which_they_were_done(town_history):
    town_history.log()
    town_history.do("supervise", "11-05 09:00", recorded="11-06 09:00")
    town_history.do("ask_extension", "11-04 09:00", recorded="11-06 10:00", until="2026-11-20")
    town_history.do("grant_extension", "11-04 10:00", recorded="11-06 11:00")
    assert town_history.counted_on() == "11-10"


def test_an_amended_limit_of_the_platform_counts_even_after_it_has_passed(town_history):
    town_history.log(platform_due="2026-11-06")
    town_history.do("amend", "11-12 09:00", platform_due="2026-11-13")
    assert town_history.counted_on() == "11-13"


def test_an_amended_platform_limit_speaks_of_the_round_in_which_it_stands(town_history):
    town_history.log()
    town_history.do("close", "11-04 10:00", verdict="solved")
    town_history.do("reopen", "11-05 10:00")
    town_history.do("amend", "11-06 09:00", platform_due="2026-11-13")
    assert town_history.counted_on() == "11-09"
    assert town_history.counted_on("recheck_on_time") == "11-13"


def test_of_two_platform_limits_apart_the_earlier_counts_until_settled(town_history):
    log = town_history.log()
    one = town_history.do("amend", "11-03 09:00", sees=(log,), platform_due="2026-11-12")
    other = town_history.do("amend", "11-03 10:00", sees=(log,), device="d2", platform_due="2026-11-13")
    assert town_history.counted_on() == "11-12"
    town_history.do("amend", "11-03 11:00", sees=(one, other), platform_due="2026-11-13")
    assert town_history.counted_on() == "11-13"


def test_a_hotline_order_keeps_running_while_suspended(town_history):
    town_history.log()
    town_history.do("suspend", "11-03 09:00")
    town_history.do("resume", "11-06 09:00")
    assert town_history.counted_on() == "11-09"


def test_a_suspended_patrol_case_is_in_no_figure(town_history):
    town_history.log(source="patrol")
    town_history.do("suspend", "11-03 09:00")
    town_history.do("resume", "11-06 09:00")
    town_history.do("close", "11-10 09:00", verdict="solved")
    assert {rate.denominator for rate in town_history.rates("10-01", "2027-06-01")} == {0}


def test_transfer_and_return_never_stretch_a_limit(town_history):
    town_history.log()
    for kind in ("dispatch", "transfer", "sign", "escalate", "return", "rule_return", "merge"):
        town_history.do(kind, "11-04 09:00", unit="u1", to="centre", upheld="no", repeat="no")
    assert town_history.counted_on() == "11-09"
    assert town_history.counted_on("first_contact") == "11-03"


NEXT_YEAR = CalendarYear(2027, 1, {date(2027, 1, day): "元旦" for day in (1, 4, 5)}, {})


def over_new_year() -> History:
    """An order of 30 December: five plain weekdays end on 6 January, with holidays on the 11th."""
    history = History()
    history.log("12-30 09:00")
    return history


def test_a_year_not_entered_counts_as_plain_weeks():
    assert over_new_year().counted_on() == "01-06"


def test_a_calendar_entered_while_the_limit_runs_moves_it():
    history = over_new_year()
    history.town.years.append((at("2027-01-06T23:59:59"), LONG_AGO, NEXT_YEAR))
    assert history.counted_on() == "01-11"


def test_a_calendar_entered_after_the_limit_passed_moves_nothing():
    history = over_new_year()
    history.town.years.append((at("2027-01-07"), LONG_AGO, NEXT_YEAR))
    assert history.counted_on() == "01-06"


def test_a_calendar_not_yet_arrived_is_not_known():
    history = over_new_year()
    history.town.years.append((at("2027-01-04"), at("2027-01-20"), NEXT_YEAR))
    assert history.figure("on_time_closing", "2027-01-06", "2027-01-07", as_of="2027-01-19") == (0, 1)
    assert history.figure("on_time_closing", "2027-01-06", "2027-01-07", as_of="2027-01-20") == (0, 0)


def test_a_settled_limit_stays_when_its_calendar_is_changed():
    history = History()
    history.log()
    changed = dataclasses.replace(
        calendar_year(2026), version=2, off={**calendar_year(2026).off, date(2026, 11, 5): "-"}
    )
    history.town.years.append((at("11-03"), LONG_AGO, changed))
    assert history.counted_on() == "11-09"


def test_a_round_begun_after_the_change_goes_by_the_changed_calendar():
    history = History()
    changed = dataclasses.replace(
        calendar_year(2026), version=2, off={**calendar_year(2026).off, date(2026, 11, 5): "-"}
    )
    history.town.years.append((at("11-02 09:00"), LONG_AGO, changed))
    history.log()
    assert history.counted_on() == "11-10"


def test_an_extension_by_days_over_an_unknown_new_year_moves_with_it():
    history = History()
    history.log("12-23 09:00")
    history.do("ask_extension", "12-24 09:00", days=2)
    history.do("grant_extension", "12-25 09:00")
    assert history.counted_on() == "01-01"
    history.town.years.append((at("12-31"), LONG_AGO, NEXT_YEAR))
    assert history.counted_on() == "01-06"


@pytest.mark.parametrize(
    ("start", "stop", "figure", "out"),
    [
        ({}, ("11-09", {"precision": "day"}), (1, 1), {}),
        ({}, ("11-10", {"precision": "day"}), (0, 1), {}),
        ({"received_at": "2026-11-02"}, ("11-09 23:59:59", {}), (1, 1), {}),
        ({"platform_due": "2026-11-06T10:00:00+08:00"}, ("11-06", {"precision": "day"}), (1, 1), {}),
        ({"platform_due": "2026-11-06T10:00:00+08:00"}, ("11-06 15:00", {"precision": "day"}), (1, 1), {}),
        ({"platform_due": "2026-11-06T10:00:00+08:00"}, ("11-06 15:00", {}), (0, 1), {}),
        ({"kind": "", "type": "fire"}, ("11-02 12:00", {}), (1, 1), {}),
        ({"kind": "", "type": "fire"}, ("11-02", {"precision": "day"}), (0, 0), {"no_time": 1}),
        (
            {"kind": "", "type": "fire", "received_at": "2026-11-02"},
            ("11-02 03:00", {}),
            (0, 0),
            {"no_time": 1},
        ),
        ({"kind": "", "type": "fire", "precision": "day"}, ("11-02 03:00", {}), (0, 0), {"no_time": 1}),
    ],
)
def test_a_day_is_held_to_days_and_never_to_hours(start, stop, figure, out):
    history = History()
    history.town.types["fire"] = {"limits": {"close": {"rule": "elapsed_hours", "n": 4}}}
    history.log(**start)
    history.do("submit", stop[0], **stop[1])
    assert history.all_time("on_time_closing") == figure
    assert history.out("on_time_closing") == out


def test_a_contact_known_to_the_day_can_not_be_held_to_two_hours():
    history = History()
    history.log(urgency="urgent")
    history.do("contact", "11-02", precision="day", reached="yes")
    assert history.all_time("first_contact") == (0, 0)
    assert history.out("first_contact") == {"no_time": 1}


def test_a_moved_extension_starts_from_the_limit_as_it_is_worked_out_anew():
    history = over_new_year()
    history.do("ask_extension", "12-31 09:00", days=2)
    history.do("grant_extension", "12-31 10:00")
    assert history.counted_on() == "01-08"
    history.town.years.append((at("2027-01-04"), LONG_AGO, NEXT_YEAR))
    assert history.counted_on() == "01-13"


def test_re_typing_in_the_second_round_leaves_the_first_alone(town_history):
    town_history.log()
    town_history.do("contact", "11-02 10:00", reached="yes")
    town_history.do("close", "11-02 12:00", verdict="solved")
    town_history.do("reopen", "11-02 13:00")
    town_history.do("amend", "11-02 14:00", urgency="urgent", platform_due="2026-11-13")
    assert town_history.counted_on("first_contact") == "11-03"
