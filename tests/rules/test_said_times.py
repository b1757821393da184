"""Times as they are typed with the phone at the ear."""

import pytest

from zq_grid.rules import said_times, worktime

NOW = worktime.parse("2026-11-22T10:40:00+08:00")[0]


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("9:05", "2026-11-22T09:05:00+08:00"),
        ("0905", "2026-11-22T09:05:00+08:00"),
        ("9点30分", "2026-11-22T09:30:00+08:00"),
        ("昨天 16:00", "2026-11-21T16:00:00+08:00"),
        ("昨天16：00", "2026-11-21T16:00:00+08:00"),
        ("11-20 09:30", "2026-11-20T09:30:00+08:00"),
        ("11月20日9:30", "2026-11-20T09:30:00+08:00"),
        ("2026-11-20", "2026-11-20"),
        ("2026/11/20 09:30:15", "2026-11-20T09:30:15+08:00"),
        ("2026-11-20T09:30:15+08:00", "2026-11-20T09:30:15+08:00"),
    ],
)
def test_a_hurried_time_is_understood(said, meant):
    assert said_times.read(said, NOW) == meant


def test_a_day_without_its_year_is_the_last_one_that_has_been():
    assert said_times.read("12-30", NOW) == "2025-12-30"


@pytest.mark.parametrize("said", ["", "25:00", "9:61", "13-40", "明年", "2026-02-30", "10:40 11:40", "1 2 3"])
def test_what_is_no_time_is_told_apart(said):
    assert said_times.read(said, NOW) is None


def test_what_is_shown_can_be_read_again():
    assert said_times.read(said_times.shown(NOW), NOW) == worktime.to_text(NOW)
