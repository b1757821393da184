"""How a limit was worked out, as facts: what it counts from, what was skipped, when it is due.

The words for them are in `zq_grid.limit_words`, one file a language.
"""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from itertools import groupby
from typing import NamedTuple

from zq_grid.rules import worktime
from zq_grid.rules.worktime import DAY, Calendar

_FEW_DAYS = 3  # a limit in working hours that takes more is not told day by day


class Run(NamedTuple):
    """Neighbouring rest days of one name; the name is "" for weekends."""

    name: str
    first: date
    last: date


class PutOff(NamedTuple):
    """What became of a statutory limit whose last day is no working day, or would be none in another week.

    `rests`: names of the rest days because of which it was put off; none where the day is a make-up day.
    """

    day: date
    rests: tuple[str, ...]


class Explanation(NamedTuple):
    """One limit, told.

    `ours` is what the rule gives, `due` what is in force; they differ where it was extended or suspended.
    `n` is below 1 and `ours` None where only the platform's limit is known. `notes` are "extension", "waiting",
    "target". `coming` and `gone` are years without a table: those to come aren't announced, those gone aren't entered.
    """

    kind: str
    started: int
    start_what: str
    rule: str
    n: int
    due: int
    ours: int | None
    provisional: bool
    platform: bool
    notes: tuple[str, ...] = ()
    skipped: tuple[Run, ...] = ()
    made_up: tuple[date, ...] = ()
    put_off: PutOff | None = None
    office: tuple[tuple[int, int], ...] = ()
    used: tuple[tuple[date, int], ...] = ()
    coming: tuple[int, ...] = ()
    gone: tuple[int, ...] = ()


def explain(
    *,
    kind: str,
    started: int,
    start_what: str,
    rule: str,
    n: int,
    due: int,
    provisional: bool,
    calendar: Calendar,
    platform: bool = False,
    notes: tuple[str, ...] = (),
) -> Explanation:
    """Return from when a limit counts, what was skipped, and when it is due.

    Args:
        kind: the clock.
        started: when the clock began, in seconds.
        start_what: which arrival that is.
        rule: a rule of `worktime.due`.
        n: the number of units; below 1 where only the platform's limit is known.
        due: the limit in force.
        provisional: a year not yet announced went into the limit.
        calendar: the calendar it was worked out with.
        platform: the limit was carried in by the platform.
        notes: why the limit in force isn't the rule's.

    Raises:
        ValueError: the rule is unknown.
    """
    ours = worktime.due(started, rule, n, calendar).at if n > 0 else None
    told = Explanation(kind, started, start_what, rule, n, due, ours, provisional, platform, notes)
    if ours is not None:
        told = _counted(told, ours, calendar)
    if provisional:
        coming, gone = _missing(told, max(due, ours or due), calendar)
        told = told._replace(coming=coming, gone=gone)
    return told


def _counted(told: Explanation, end: int, calendar: Calendar) -> Explanation:
    """Return the explanation with what lies between the start and the limit."""
    first, last = worktime.day_of(told.started), worktime.day_of(end)
    if told.rule == "working_days":
        return _days_told(told, _days(first, last, skip=1), calendar)
    if told.rule == "natural_days_statutory":
        return told._replace(put_off=_put_off(first + timedelta(days=told.n), last, calendar))
    if told.rule != "working_hours":
        return told
    working = [day for day in _days(first, last) if calendar.is_working(day)]
    used = [(day, _used(day, told.started, end, calendar)) for day in working]
    used = [(day, seconds) for day, seconds in used if seconds]
    told = told._replace(
        office=tuple(calendar.office.ranges), used=tuple(used) if 1 < len(used) <= _FEW_DAYS else ()
    )
    return _days_told(told, _days(first, last), calendar)


def _days_told(told: Explanation, days: Iterable[date], calendar: Calendar) -> Explanation:
    """Return the explanation with the rest days that were skipped and the make-up days that counted."""
    days = list(days)
    rests = (day for day in days if not calendar.is_working(day))
    made_up = (day for day in days if calendar.is_working(day) and calendar.holiday(day))
    return told._replace(skipped=tuple(_runs(rests, calendar)), made_up=tuple(made_up))


def _runs(days: Iterable[date], calendar: Calendar) -> Iterator[Run]:
    """Yield the rest days as runs: a number that rises with the day makes neighbours one group."""
    for (name, _), group in groupby(
        enumerate(days), key=lambda pair: (calendar.holiday(pair[1]), pair[1].toordinal() - pair[0])
    ):
        run = [day for _, day in group]
        yield Run(name, run[0], run[-1])


def _put_off(end: date, last: date, calendar: Calendar) -> PutOff | None:
    """Say what became of a statutory limit whose last day is `end`."""
    if end != last:
        rests = [calendar.holiday(day) for day in _days(end, last) if not calendar.is_working(day)]
        return PutOff(end, tuple(dict.fromkeys(rests)))
    return PutOff(end, ()) if calendar.holiday(end) else None


def _used(day: date, started: int, end: int, calendar: Calendar) -> int:
    first, last = max(started, worktime.day_start(day)), min(end, worktime.day_end(day))
    return worktime.working_seconds_between(first, last, calendar)


def _missing(told: Explanation, end: int, calendar: Calendar) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return which years' tables are missing: those to come, those gone."""
    unasked = {"working_days": 1, "natural_days_statutory": told.n}.get(told.rule, 0)
    first = worktime.day_of(told.started + unasked * DAY).year
    years = [y for y in range(first, worktime.day_of(end).year + 1) if y not in calendar.years]
    newest = max(calendar.years, default=0)
    return tuple(y for y in years if y > newest), tuple(y for y in years if y < newest)


def _days(first: date, last: date, skip: int = 0) -> Iterator[date]:
    for number in range(skip, (last - first).days + 1):
        yield first + timedelta(days=number)
