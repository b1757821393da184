"""Counting time: the State Council's calendar, the golden clocks, and a second, slower way to count."""

import json
import tomllib
from contextlib import suppress
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zq_grid.errors import Refused
from zq_grid.rules import worktime
from zq_grid.rules.worktime import Calendar, CalendarYear, Office

TABLES = sorted((Path(__file__).resolve().parents[2] / "resources" / "calendar").glob("*.toml"))
CALENDAR = Calendar(CalendarYear.from_entry(tomllib.loads(path.read_text("utf-8"))) for path in TABLES)
YEARS = range(2024, 2027)
GAP = Calendar([CALENDAR.years[2024], CALENDAR.years[2026]])  # 2025 not entered

moments = st.integers(worktime.day_start(date(2023, 6, 1)), worktime.day_end(date(2027, 6, 1)))
far_moments = st.integers(worktime.day_start(date(1950, 1, 1)), worktime.day_end(date(2080, 1, 1)))
days = st.dates(date(1950, 1, 1), date(2080, 1, 1))
rules = st.sampled_from(sorted(worktime.DAY_RULES | worktime.HOUR_RULES))
calendars = st.sampled_from([CALENDAR, GAP, Calendar([])])
checked = settings(deadline=None, max_examples=150)


def at(text):
    return worktime.parse(text)[0]


def due(start, rule, n, calendar=CALENDAR):
    return worktime.to_text(worktime.due(at(start), rule, n, calendar).at)[:16]


def entry(**changed):
    return {"year": 2026, "version": 1, "off": [], "work": []} | changed


# Tables


def test_every_year_in_its_file():
    assert [path.stem for path in TABLES] == [str(year) for year in CALENDAR.years] == [str(y) for y in YEARS]


@pytest.mark.parametrize("year", [2025, 2026])
def test_a_year_has_248_working_days(year):
    assert worktime.working_days_between(date(year - 1, 12, 31), date(year, 12, 31), CALENDAR) == 248


@pytest.mark.parametrize(
    ("year", "days"),
    [
        (2024, "02-04 02-18 04-07 04-28 05-11 09-14 09-29 10-12"),
        (2025, "01-26 02-08 04-27 09-28 10-11"),
        (2026, "01-04 02-14 02-28 05-09 09-20 10-10"),
    ],
)
def test_make_up_weekends_are_worked_and_no_others(year, days):
    table = CALENDAR.years[year]
    assert [f"{day:%m-%d}" for day in sorted(table.work)] == days.split()
    assert all(day.weekday() >= 5 and CALENDAR.is_working(day) for day in table.work)


def test_new_years_eve_of_2024_was_worked():
    assert CALENDAR.is_working(date(2024, 2, 9))


def test_the_tables_agree_day_by_day_with_the_published_data():
    published = pytest.importorskip("chinese_calendar")
    every = [date(2024, 1, 1) + timedelta(days=i) for i in range(366 + 365 + 365)]
    assert every[-1] == date(2026, 12, 31)
    assert [day for day in every if CALENDAR.is_working(day) != published.is_workday(day)] == []


def test_a_day_knows_its_holiday():
    assert CALENDAR.holiday(date(2026, 10, 1)) == CALENDAR.holiday(date(2026, 10, 10)) == "国庆节"
    assert CALENDAR.holiday(date(2026, 10, 11)) == CALENDAR.holiday(date(2031, 10, 1)) == ""


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({"year": "2026"}, "bad_year"),
        ({"version": 0}, "bad_version"),
        ({"version": True}, "bad_version"),
        ({"off": "2026-01-01"}, "bad_table"),
        ({"work": ["2026-01-04"]}, "bad_table"),
        ({"work": [{"day": "2026-02-30"}]}, "bad_date"),
        ({"work": [{}]}, "bad_date"),
        ({"work": [{"day": datetime(2026, 1, 4)}]}, "bad_date"),
        ({"work": [{"day": "2025-12-28"}]}, "wrong_year"),
        ({"off": [{"from": "2026-12-31", "to": "2027-01-01"}]}, "wrong_year"),
        ({"off": [{"from": "2026-01-03", "to": "2026-01-01"}]}, "from_after_to"),
        (
            {"off": [{"from": "2026-01-01", "to": "2026-01-03"}], "work": [{"day": "2026-01-02"}]},
            "off_and_work",
        ),
    ],
)
def test_a_faulty_table_is_refused_and_the_fault_named(changed, fault):
    with pytest.raises(Refused) as refusal:
        CalendarYear.from_entry(entry(**changed))
    assert (refusal.value.code, refusal.value.facts["fault"]) == ("calendar_invalid", fault)


def test_a_table_may_hold_toml_dates():
    table = CalendarYear.from_entry(entry(work=[{"day": date(2026, 1, 4), "name": "元旦"}]))
    assert table.work == {date(2026, 1, 4): "元旦"}


@pytest.mark.parametrize("ranges", [(), ((10, 5),), ((0, 20), (10, 30)), ((0, 86_401),), ((-1, 5),)])
def test_impossible_opening_hours_are_refused(ranges):
    with pytest.raises(Refused, match="opening hours"):
        Office(ranges)


def test_equal_calendars_are_one_key_and_the_higher_version_counts():
    first, second = (CalendarYear(2026, version, {}, {}) for version in (1, 2))
    assert {Calendar([first]): 1}[Calendar([first])] == 1
    assert Calendar([second, first]) == Calendar([second]) != Calendar([first])
    assert Calendar([first]) != Calendar([first], Office(((0, 100),)))


# Moments


def test_a_moment_is_read_with_offset_z_or_neither():
    second = 1_793_581_200
    assert worktime.to_text(second) == "2026-11-02T09:00:00+08:00"
    for text in (
        "2026-11-02T09:00:00+08:00",
        "2026-11-02T01:00:00Z",
        "2026-11-02 09:00",
        "2026-11-01T20:00:00.900-05:00",
    ):
        assert worktime.parse(text) == (second, "second")


def test_a_bare_date_is_a_day():
    start = at("2026-11-02T00:00:00")
    assert worktime.parse("2026-11-02") == (start, "day")
    assert start == worktime.day_start(date(2026, 11, 2))
    assert worktime.day_end(date(2026, 11, 2)) == start + 86_399


@pytest.mark.parametrize(
    "words", ["无", "nan", "2026", "20261102", "2026/11/02", "2026-11-2", "2026-13-01", ""]
)
def test_what_is_no_date_is_refused(words):
    with pytest.raises(ValueError, match=r"."):
        worktime.parse(words)


@pytest.mark.parametrize(
    "hour", ["T", "T09", "T24:00", "T0900", "x09:00", "T09:00+08:00x", "T09:00+99:00", " "]
)
def test_what_is_no_hour_is_refused(hour):
    with pytest.raises(ValueError, match=r"."):
        worktime.parse("2026-11-02" + hour)


@checked
@given(st.text(alphabet="0123456789-T:+Z W.", max_size=30))
def test_reading_a_moment_answers_or_refuses(text):
    with suppress(ValueError):
        assert worktime.parse(text)[1] in {"second", "day"}


@checked
@given(st.integers(worktime.day_start(date(2, 1, 1)), worktime.day_end(date(9998, 12, 31))))
def test_text_and_second_are_two_ways_of_one_moment(second):
    assert worktime.parse(worktime.to_text(second)) == (second, "second")
    day = worktime.day_of(second)
    assert worktime.day_start(day) <= second <= worktime.day_end(day)
    assert worktime.date_of(worktime.number_of(day)) == day


# Limits


def test_every_golden_clock_to_the_second(golden):
    clocks = [json.loads(line) for line in (golden / "clocks.jsonl").read_text("utf-8").splitlines()]
    assert len(clocks) >= 60
    ours = [worktime.due(at(c["start"]), c["rule"], c["n"], CALENDAR).at for c in clocks]
    assert [worktime.to_text(second) for second in ours] == [clock["due"] for clock in clocks]


@pytest.mark.parametrize(
    ("start", "rule", "n", "limit"),
    [
        ("2025-09-29T16:40", "working_hours", 4, "2025-09-30T13:40"),
        ("2026-09-29T16:40", "working_days", 1, "2026-09-30T23:59"),
        ("2026-09-18T19:20", "working_days", 1, "2026-09-20T23:59"),
        ("2026-10-03T22:10", "working_days", 1, "2026-10-08T23:59"),
        ("2026-09-29T16:40", "working_days", 5, "2026-10-12T23:59"),
        ("2026-09-18T19:20", "working_days", 5, "2026-09-24T23:59"),
        ("2026-10-03T22:10", "working_days", 5, "2026-10-13T23:59"),
        ("2026-10-01T23:30", "elapsed_hours", 2, "2026-10-02T01:30"),
    ],
)
def test_the_vectors_of_the_rules(start, rule, n, limit):
    assert due(start, rule, n) == limit


@pytest.mark.parametrize(
    ("start", "n", "limit"),
    [
        ("2026-11-02T08:30", 3, "2026-11-02T11:30"),  # ends at the close of the morning, not after lunch
        ("2026-11-02T12:00", 4, "2026-11-02T17:00"),  # ends at the close, not at the next opening
        ("2026-11-02T17:00", 1, "2026-11-03T09:30"),
        ("2026-11-02T10:30", 2, "2026-11-02T14:00"),
        ("2026-11-07T03:00", 7, "2026-11-09T17:00"),
    ],
)
def test_working_hours_end_at_the_close(start, n, limit):
    assert due(start, "working_hours", n) == limit


def test_minutes_and_natural_days():
    assert due("2026-10-01T23:45", "elapsed_minutes", 30) == "2026-10-02T00:15"
    assert due("2026-10-01T23:45", "natural_days", 7) == "2026-10-08T23:59"


def test_a_statutory_limit_moves_off_a_holiday_but_not_off_a_make_up_sunday():
    assert due("2026-09-01T10:00", "natural_days_statutory", 30) == "2026-10-08T23:59"
    assert due("2026-08-21T10:00", "natural_days_statutory", 30) == "2026-09-20T23:59"


@pytest.mark.parametrize(("rule", "n"), [("working_days", 0), ("elapsed_hours", -1), ("fortnights", 1)])
def test_no_limit_of_nothing_and_none_by_an_unknown_rule(rule, n):
    with pytest.raises(ValueError, match=r"at least 1|unknown rule"):
        worktime.due(0, rule, n, CALENDAR)


@pytest.mark.parametrize(
    ("start", "rule", "n", "provisional"),
    [
        ("2026-12-30T10:00", "working_days", 1, False),
        ("2026-12-31T10:00", "working_days", 1, True),
        ("2023-12-31T10:00", "working_days", 1, False),  # the day of arrival isn't consulted
        ("2023-12-30T10:00", "working_days", 1, True),
        ("2026-12-31T16:00", "working_hours", 1, False),
        ("2026-12-31T16:01", "working_hours", 1, True),
        ("2023-12-31T17:00", "working_hours", 1, False),
        ("2023-12-31T16:59", "working_hours", 1, True),
        ("2026-12-31T16:01", "elapsed_hours", 48, False),
        ("2026-12-31T16:01", "natural_days", 60, False),
        ("2026-12-31T16:01", "natural_days_statutory", 60, True),
        ("2026-12-01T16:01", "natural_days_statutory", 30, False),
        ("2023-12-31T16:01", "natural_days_statutory", 30, False),
    ],
)
def test_a_limit_is_provisional_when_a_year_not_entered_was_consulted(start, rule, n, provisional):
    assert worktime.due(at(start), rule, n, CALENDAR).provisional is provisional


def test_an_unknown_year_between_known_ones_is_provisional_too():
    assert worktime.due(at("2024-12-31T10:00"), "working_days", 1, GAP).provisional
    assert not worktime.due(at("2025-12-31T10:00"), "working_days", 1, GAP).provisional
    assert not GAP.known(date(2025, 5, 1))
    assert GAP.is_working(date(2025, 5, 1))


def test_only_limits_in_hours_and_minutes_need_a_clock_time():
    assert all(map(worktime.hours_limited, ["working_hours", "elapsed_hours", "elapsed_minutes"]))
    assert not any(map(worktime.hours_limited, ["working_days", "natural_days", "natural_days_statutory"]))


# A second way to count: walking


def walk_days(day, n, calendar):
    while n:
        day += timedelta(days=1)
        n -= calendar.is_working(day)
    return day


def walk_hours(start, seconds, calendar):
    """Spend the seconds opening by opening, the way a person would with a clock in hand."""
    day = worktime.day_of(start)
    while True:
        for opens, closes in calendar.office.ranges if calendar.is_working(day) else ():
            since, until = worktime.day_start(day) + opens, worktime.day_start(day) + closes
            since = max(since, start)
            if since < until and seconds <= until - since:
                return since + seconds
            seconds -= max(0, until - since)
        day += timedelta(days=1)


@checked
@given(far_moments, st.integers(1, 40), calendars)
def test_working_days_are_what_a_walk_finds(start, n, calendar):
    limit, provisional = worktime.due(start, "working_days", n, calendar)
    first, last = worktime.day_of(start), worktime.day_of(limit)
    assert last == walk_days(first, n, calendar)
    assert limit == worktime.day_end(last)
    walked = [first + timedelta(days=i) for i in range(1, (last - first).days + 1)]
    assert provisional == any(not calendar.known(day) for day in walked)


@checked
@given(moments, st.integers(1, 60), calendars)
def test_working_hours_are_what_a_walk_finds(start, n, calendar):
    limit = worktime.due(start, "working_hours", n, calendar).at
    assert limit == walk_hours(start, n * 3600, calendar)
    assert worktime.working_seconds_between(start, limit, calendar) == n * 3600


@checked
@given(
    moments,
    st.integers(1, 400_000),
    st.sampled_from([((0, 86_400),), ((1, 2),), ((3600, 7200), (50_000, 60_000))]),
)
def test_working_seconds_hold_with_any_opening_hours(start, seconds, ranges):
    calendar = Calendar(CALENDAR.years.values(), Office(ranges))
    seconds = 1 + seconds % (5 * calendar.office.total)
    assert worktime.add_working_seconds(start, seconds, calendar) == walk_hours(start, seconds, calendar)


@checked
@given(days, st.integers(0, 3000), calendars)
def test_adding_working_days_undoes_counting_them(day, n, calendar):
    later = worktime.add_working_days(day, n, calendar)
    assert worktime.working_days_between(day, later, calendar) == n
    assert worktime.working_days_between(later, day, calendar) == -n
    assert n == 0 or calendar.is_working(later)


@checked
@given(moments, moments, rules, st.integers(1, 60))
def test_a_later_start_and_a_longer_limit_are_never_due_earlier(a, b, rule, n):
    a, b = sorted((a, b))
    assert a < worktime.due(a, rule, n, CALENDAR).at <= worktime.due(b, rule, n, CALENDAR).at
    assert worktime.due(a, rule, n, CALENDAR).at <= worktime.due(a, rule, n + 1, CALENDAR).at


def test_nothing_is_counted_backward():
    assert worktime.add_working_seconds(77, 0, CALENDAR) == 77
    with pytest.raises(ValueError, match="forward"):
        worktime.add_working_days(date(2026, 1, 1), -1, CALENDAR)
    with pytest.raises(ValueError, match="forward"):
        worktime.add_working_seconds(77, -1, CALENDAR)


# Suspension


@pytest.mark.parametrize(
    ("limit", "rule", "paused", "resumed", "moved"),
    [
        # Wednesday and Thursday, then Sunday 11 October skipped and Saturday the 10th counted.
        ("2026-10-09T23:59:59", "working_days", "2026-09-29T10:00", "2026-10-08T09:00", "2026-10-12T23:59"),
        ("2026-11-06T23:59:59", "working_days", "2026-11-02T08:00", "2026-11-02T16:00", "2026-11-06T23:59"),
        ("2026-11-06T15:30:00", "working_days", "2026-11-02T08:00", "2026-11-03T16:00", "2026-11-09T15:30"),
        ("2026-11-02T14:00:00", "working_hours", "2026-11-02T11:00", "2026-11-02T13:15", "2026-11-02T14:45"),
        ("2026-11-02T14:00:00", "working_hours", "2026-11-02T12:00", "2026-11-02T12:30", "2026-11-02T14:00"),
        ("2026-11-02T14:00:00", "elapsed_hours", "2026-11-01T11:00", "2026-11-01T12:30", "2026-11-02T15:30"),
        ("2026-11-30T23:59:59", "natural_days", "2026-11-02T11:00", "2026-11-05T12:30", "2026-12-03T23:59"),
        (
            "2026-11-30T23:59:59",
            "natural_days_statutory",
            "2026-11-02T11:00",
            "2026-11-07T12:30",
            "2026-12-07T23:59",
        ),
        ("2026-11-06T23:59:59", "working_days", "2026-11-03T16:00", "2026-11-02T08:00", "2026-11-06T23:59"),
    ],
)
def test_a_suspended_clock_gets_its_own_time_back(limit, rule, paused, resumed, moved):
    ours = worktime.resumed(at(limit), rule, at(paused), at(resumed), CALENDAR)
    assert worktime.to_text(ours.at)[:16] == moved
    assert not ours.provisional


def test_a_suspension_into_an_unannounced_year_is_provisional():
    ours = worktime.resumed(
        at("2026-12-31T23:59:59"), "working_days", at("2026-12-29"), at("2026-12-30"), CALENDAR
    )
    assert ours == (at("2027-01-01T23:59:59"), True)


@checked
@given(moments, rules, st.integers(1, 30), st.integers(0, 40 * 86_400))
def test_a_suspension_at_the_start_is_the_same_as_a_later_start(start, rule, n, pause):
    ours = worktime.resumed(
        worktime.due(start, rule, n, CALENDAR).at, rule, start, start + pause, CALENDAR
    ).at
    later = worktime.due(start + pause, rule, n, CALENDAR).at
    # A statutory limit that had moved off a rest day already can't be moved back before the pause is added.
    assert ours >= later if rule == "natural_days_statutory" else ours == later
