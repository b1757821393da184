"""The lights, held against their definition and around lunch, midnight and holidays."""

import tomllib
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zq_grid.rules import lights, worktime
from zq_grid.rules.worktime import Calendar, CalendarYear

TABLES = sorted((Path(__file__).resolve().parents[2] / "resources" / "calendar").glob("*.toml"))
CALENDAR = Calendar(CalendarYear.from_entry(tomllib.loads(path.read_text("utf-8"))) for path in TABLES)
DAYS = ["working_days", "natural_days", "natural_days_statutory"]

moments = st.integers(worktime.day_start(date(2023, 6, 1)), worktime.day_end(date(2027, 6, 1)))


def at(text):
    return worktime.parse(text)[0]


def light(now, start, rule, n, due=None):
    limit = at(due) if due else worktime.due(at(start), rule, n, CALENDAR).at
    return lights.light(at(now), limit, at(start), rule, n, CALENDAR)


@pytest.mark.parametrize(
    ("now", "colour"),
    [
        ("2026-09-29T16:40:00", "green"),
        ("2026-10-10T16:59:59", "green"),
        ("2026-10-10T17:00:00", "yellow"),  # Saturday, worked: one working day is left, Monday's
        ("2026-10-11T12:00:00", "yellow"),
        ("2026-10-12T11:29:59", "yellow"),
        ("2026-10-12T11:30:00", "orange"),  # lunch has begun and the four hours of the afternoon are left
        ("2026-10-12T12:59:59", "orange"),
        ("2026-10-12T17:00:00", "orange"),
        ("2026-10-12T23:59:59", "orange"),  # at the limit is in time
        ("2026-10-13T00:00:00", "red"),
    ],
)
def test_the_lights_of_a_complaint_over_the_national_holiday(now, colour):
    assert light(now, "2026-09-29T16:40", "working_days", 5) == colour


def test_a_limit_of_two_working_days_never_turns_yellow():
    assert light("2026-11-04T11:29:59", "2026-11-02T09:00", "working_days", 2) == "green"
    assert light("2026-11-04T11:30:00", "2026-11-02T09:00", "working_days", 2) == "orange"
    limit = at("2026-11-04T23:59:59")
    assert lights.switch_times(limit, at("2026-11-02"), "working_days", 2, CALENDAR)[0] == lights.NEVER


def test_a_limit_on_a_rest_day_warns_on_the_working_day_before():
    # Sunday 4 October, inside the holiday: the last office hours are those of 30 September.
    start = "2026-09-04T10:00"
    assert light("2026-09-29T16:59:59", start, "natural_days", 30) == "green"
    assert light("2026-09-29T17:00:00", start, "natural_days", 30) == "yellow"
    assert light("2026-09-30T11:30:00", start, "natural_days", 30) == "orange"
    assert light("2026-10-04T23:59:59", start, "natural_days", 30) == "orange"
    assert light("2026-10-05T00:00:00", start, "natural_days", 30) == "red"


def test_an_elapsed_clock_is_orange_for_its_last_fifth_at_any_hour():
    start = "2026-10-01T23:30:00"
    assert light("2026-10-02T01:05:59", start, "elapsed_hours", 2) == "green"
    assert light("2026-10-02T01:06:00", start, "elapsed_hours", 2) == "orange"
    assert light("2026-10-02T01:30:00", start, "elapsed_hours", 2) == "orange"
    assert light("2026-10-02T01:30:01", start, "elapsed_hours", 2) == "red"


def test_four_working_hours_are_orange_from_the_beginning():
    assert light("2026-11-02T09:00", "2026-11-02T09:00", "working_hours", 4) == "orange"
    assert light("2026-11-02T09:00", "2026-11-02T09:00", "working_hours", 5) == "green"
    assert light("2026-11-03T17:00", "2026-11-02T08:30", "working_hours", 21) == "yellow"


def test_the_platforms_hour_counts_when_it_is_before_the_close():
    start, limit = "2026-11-02T09:00", "2026-11-06T10:00:00"
    assert lights.aim(at(limit), "working_days", CALENDAR) == at(limit)
    assert light("2026-11-05T14:29:59", start, "working_days", 0, limit) == "yellow"
    assert light("2026-11-05T14:30:00", start, "working_days", 0, limit) == "orange"
    assert light("2026-11-06T10:00:01", start, "working_days", 0, limit) == "red"


def test_days_are_aimed_at_the_close_and_hours_at_themselves():
    limit = at("2026-10-04T23:59:59")
    assert [lights.aim(limit, rule, CALENDAR) for rule in DAYS] == [at("2026-10-04T17:00:00")] * 3
    assert lights.aim(limit, "elapsed_hours", CALENDAR) == limit


def test_without_a_limit_there_is_no_light():
    assert lights.light(0, None, 0, "working_days", 5, CALENDAR) == "none"


def by_definition(now, due, started, rule, n):
    """§ 3a.13 word for word, measured from now instead of from the limit."""
    if now > due:
        return "red"
    goal = lights.aim(due, rule, CALENDAR)
    left = worktime.working_seconds_between(now, goal, CALENDAR)
    if rule.startswith("elapsed"):
        if (due - now) * 5 <= due - started:
            return "orange"
        long = due - started > 2 * 86_400
    else:
        if left <= 4 * 3600:
            return "orange"
        first, last = worktime.day_of(started), worktime.day_of(due)
        long = {
            "working_days": n > 2,
            "working_hours": n > 14,
        }.get(rule, worktime.working_days_between(first, last, CALENDAR) > 2)
    return "yellow" if long and left <= 7 * 3600 else "green"


@settings(deadline=None, max_examples=300)
@given(moments, st.sampled_from([*DAYS, "working_hours", "elapsed_hours"]), st.integers(1, 90), st.data())
def test_the_lights_are_as_defined_and_as_the_stored_moments_say(start, rule, n, data):
    limit = worktime.due(start, rule, n, CALENDAR).at
    yellow, orange, red = lights.switch_times(limit, start, rule, n, CALENDAR)
    edges = st.sampled_from([yellow, orange, red]).flatmap(lambda edge: st.integers(edge - 1, edge + 1))
    now = data.draw(st.one_of(st.integers(start, limit + 10), edges))
    if now > worktime.day_end(date(2030, 1, 1)):
        now = start  # the edge was "never"
    colour = lights.light(now, limit, start, rule, n, CALENDAR)
    assert colour == by_definition(now, limit, start, rule, n)
    stored = {"red": now >= red, "orange": now >= orange, "yellow": now >= yellow, "green": True}
    assert colour == next(name for name, on in stored.items() if on)
    assert orange < red
    assert yellow == lights.NEVER or yellow <= orange
