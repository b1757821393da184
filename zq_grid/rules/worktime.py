"""When a limit falls due: working days with make-up days, office hours, elapsed hours, natural days.

Moments are whole seconds since the epoch in UTC; days and hours are read in +08:00, which knows no summer
time. Inside, a day is a number, the days since 1970-01-01, so that a deadline costs a few table look-ups.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from itertools import pairwise
from typing import Any, NamedTuple

from zq_grid.errors import Refused

OFFSET = 8 * 3600
ZONE = timezone(timedelta(seconds=OFFSET))
DAY = 86_400
DAY_RULES = frozenset({"working_days", "natural_days", "natural_days_statutory"})
HOUR_RULES = frozenset({"working_hours", "elapsed_hours", "elapsed_minutes"})
_EPOCH = datetime(1970, 1, 1, 8, tzinfo=ZONE)
_EPOCH_ORDINAL = date(1970, 1, 1).toordinal()
_ELAPSED = {"elapsed_hours": 3600, "elapsed_minutes": 60}
_SATURDAY = 5


class Due(NamedTuple):
    """A limit: the last second that is in time, and whether a year not yet announced went into it."""

    at: int
    provisional: bool


def number_of(day: date) -> int:
    """Return the day's number: days since 1970-01-01."""
    return day.toordinal() - _EPOCH_ORDINAL


def date_of(number: int) -> date:
    """Return the day with this number.

    Raises:
        ValueError: outside the years 1 to 9999.
    """
    return date.fromordinal(number + _EPOCH_ORDINAL)


def day_of(at: int) -> date:
    """Return the day in +08:00 on which the moment lies."""
    return date.fromordinal((at + OFFSET) // DAY + _EPOCH_ORDINAL)


def day_start(day: date) -> int:
    """Return the day's first second, 00:00:00."""
    return (day.toordinal() - _EPOCH_ORDINAL) * DAY - OFFSET


def day_end(day: date) -> int:
    """Return the day's last second, 23:59:59, which is how 24:00 is stored."""
    return (day.toordinal() - _EPOCH_ORDINAL + 1) * DAY - OFFSET - 1


def to_text(at: int) -> str:
    """Return the moment as ISO 8601 with offset, "2026-11-02T09:00:00+08:00"."""
    return (_EPOCH + timedelta(seconds=at)).isoformat()


def parse(text: str) -> tuple[int, str]:
    """Read a moment: ISO 8601 with offset, with "Z", without either (then +08:00), or a bare date.

    Returns:
        The second (of a bare date the day's first) and the precision, "second" or "day". Parts of a second
        are dropped.

    Raises:
        ValueError: the text is none of these.
    """
    if text[4:5] != "-" or text[7:8] != "-":  # also keeps out week dates and dates without hyphens
        raise ValueError(f"not a time: {text!r}")
    if len(text) == 10:
        return day_start(date.fromisoformat(text)), "day"
    if text[10:11] not in {"T", " "} or text[13:14] != ":":
        raise ValueError(f"not a time: {text!r}")
    moment = datetime.fromisoformat(text)
    since = (moment if moment.tzinfo else moment.replace(tzinfo=ZONE)) - _EPOCH
    return since.days * DAY + since.seconds, "second"


def _invalid(fault: str, message: str, **facts: object) -> Refused:
    return Refused("calendar_invalid", message, fault=fault, **facts)


def _read_day(value: object, year: int) -> date:
    try:
        day = date.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        day = None
    if not isinstance(day, date) or isinstance(day, datetime):
        raise _invalid("bad_date", f"not a date: {value!r}", year=year, day=str(value))
    if day.year != year:
        raise _invalid("wrong_year", f"{day} stands in the table of {year}", year=year, day=f"{day}")
    return day


def _whole(entry: Mapping[str, Any], key: str, least: int, most: int) -> int:
    value = entry.get(key)
    if type(value) is not int or not least <= value <= most:
        raise _invalid(f"bad_{key}", f"{key} must be a whole number, not {value!r}", value=str(value))
    return value


def _rows(entry: Mapping[str, Any], key: str, year: int) -> list[Mapping[str, Any]]:
    rows = entry.get(key, [])
    if not isinstance(rows, list) or not all(isinstance(row, Mapping) for row in rows):
        raise _invalid("bad_table", f"{key} must be a list of tables", year=year, table=key)
    return rows


@dataclass(frozen=True)
class CalendarYear:
    """The State Council's arrangement of one year: rest days and make-up days, each with its holiday's name.

    Days that follow the week (a Saturday off, a Tuesday worked) need not be listed. A notice that touches the
    end of the year before is entered in that year's table.
    """

    year: int
    version: int
    off: Mapping[date, str]
    work: Mapping[date, str]

    def __hash__(self) -> int:
        return hash((self.year, self.version, frozenset(self.off.items()), frozenset(self.work.items())))

    @classmethod
    def from_entry(cls, entry: Mapping[str, Any]) -> "CalendarYear":
        """Read the parsed table of one year (`resources/calendar`).

        Raises:
            Refused: `calendar_invalid`; its fact `fault` is one of `bad_year`, `bad_version`, `bad_table`,
                `bad_date`, `wrong_year`, `from_after_to`, `off_and_work`; further facts say where.
        """
        year, version = _whole(entry, "year", 1900, 2999), _whole(entry, "version", 1, 2**31)
        off: dict[date, str] = {}
        for row in _rows(entry, "off", year):
            first, last = _read_day(row.get("from"), year), _read_day(row.get("to"), year)
            if first > last:
                raise _invalid("from_after_to", f"{first} is after {last}", year=year, day=f"{first}")
            length = (last - first).days + 1
            off.update({first + timedelta(days=i): str(row.get("name", "")) for i in range(length)})
        made_up = _rows(entry, "work", year)
        work = {_read_day(row.get("day"), year): str(row.get("name", "")) for row in made_up}
        if both := off.keys() & work.keys():
            raise _invalid("off_and_work", f"{min(both)} is both", year=year, day=f"{min(both)}")
        return cls(year, version, off, work)


@dataclass(frozen=True)
class Office:
    """The opening hours of a working day, as (from, to) in seconds of the day, in order."""

    ranges: tuple[tuple[int, int], ...] = ((30_600, 41_400), (46_800, 61_200))

    def __post_init__(self) -> None:
        edges = [edge for opens, closes in self.ranges for edge in (opens, closes)]
        rising = all(a < b for a, b in pairwise(edges))
        if not edges or not rising or edges[0] < 0 or edges[-1] > DAY:
            raise _invalid("bad_office", f"opening hours must rise through one day: {self.ranges}")

    @property
    def closes(self) -> int:
        """The second of the day at which the office shuts."""
        return self.ranges[-1][1]

    @property
    def total(self) -> int:
        """The seconds of one working day."""
        return sum(closes - opens for opens, closes in self.ranges)

    def passed(self, second: int) -> int:
        """Return how much office time of a working day has passed at this second of the day."""
        return sum(min(second, closes) - opens for opens, closes in self.ranges if second > opens)

    def second_at(self, passed: int) -> int:
        """Return the first second of the day by which this much office time has passed (1 to `total`)."""
        for opens, closes in self.ranges:
            if passed <= closes - opens:
                return opens + passed
            passed -= closes - opens
        raise ValueError("more than one working day")


class Calendar:
    """Which days are worked, for ever: years entered by their table, others plainly Monday to Friday.

    Immutable and hashable. Of two tables of one year the higher version counts. Build it once and keep
    it: the tables cost a fraction of a millisecond a year.
    """

    def __init__(self, years: Iterable[CalendarYear], office: Office | None = None) -> None:
        by_year = {table.year: table for table in sorted(years, key=lambda table: table.version)}
        self.years: Mapping[int, CalendarYear] = by_year
        self.office = office or Office()
        self._total = self.office.total
        self._first = number_of(date(min(by_year), 1, 1)) if by_year else 0
        self._last = number_of(date(max(by_year), 12, 31)) if by_year else -1
        self._base = _weekdays(self._first - 1)
        self.dues: dict[tuple[int, int], Due] = {}  # what `rules.limits` asked before,
        self.turns: dict[tuple[int, int], tuple[int, int, int]] = {}  # and `rules.lights`
        self._worked: list[int] = []  # numbers of the working days of the table, rising
        self._rank: list[int] = []  # per day of the table: working days up to it, counted as in _weekdays
        self._unknown = [0]  # days of years not entered before each day of the table
        for number in range(self._first, self._last + 1):
            day = date_of(number)
            table = by_year.get(day.year)
            if _works(day, table):
                self._worked.append(number)
            self._rank.append(self._base + len(self._worked))
            self._unknown.append(self._unknown[-1] + (table is None))
        self._shift = self._rank[-1] - _weekdays(self._last) if by_year else 0

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Calendar):
            return NotImplemented
        return self.office == other.office and self.years == other.years

    def __hash__(self) -> int:
        return hash((self.office, frozenset(self.years.values())))

    def known(self, day: date) -> bool:
        """Say whether the day's year is entered."""
        return day.year in self.years

    def is_working(self, day: date) -> bool:
        """Say whether the office works on that day."""
        return _works(day, self.years.get(day.year))

    def holiday(self, day: date) -> str:
        """Return the holiday for which the table lists the day, as rest or make-up day; "" for others."""
        table = self.years.get(day.year)
        return (table.off.get(day) or table.work.get(day, "")) if table else ""

    def rank(self, number: int) -> int:
        """Return the working days up to and including day `number`, counted from a fixed day long ago."""
        if self._first <= number <= self._last:
            return self._rank[number - self._first]
        return _weekdays(number) + (self._shift if number > self._last else 0)

    def at_rank(self, rank: int) -> int:
        """Return the number of the working day whose rank this is."""
        index = rank - self._base - 1
        if 0 <= index < len(self._worked):
            return self._worked[index]
        return _weekday_at(rank if index < 0 else rank - self._shift)

    def doubtful(self, after: int, last: int) -> bool:
        """Say whether a day after number `after`, up to and including `last`, is of a year not entered."""
        if last <= after:
            return False
        if after < self._first - 1 or last > self._last:
            return True
        return self._unknown[last - self._first + 1] != self._unknown[after - self._first + 1]

    def office_time(self, at: int) -> int:
        """Return the office seconds that have passed at a moment, counted from a fixed day long ago."""
        number, second = divmod(at + OFFSET, DAY)
        rank = self.rank(number)
        if rank == self.rank(number - 1):
            return rank * self._total
        return (rank - 1) * self._total + self.office.passed(second)

    def at_office_time(self, passed: int) -> int:
        """Return the first moment at which `office_time` has this value: the close, not the next opening."""
        days, seconds = divmod(passed - 1, self._total)
        return self.at_rank(days + 1) * DAY - OFFSET + self.office.second_at(seconds + 1)


def _works(day: date, table: CalendarYear | None) -> bool:
    if table is None:
        return day.weekday() < _SATURDAY
    return day in table.work or (day.weekday() < _SATURDAY and day not in table.off)


def _weekdays(number: int) -> int:
    """Count the plain Mondays to Fridays up to and including a day; 1970-01-01 was a Thursday."""
    weeks, weekday = divmod(number + 3, 7)
    return weeks * 5 + min(weekday + 1, 5)


def _weekday_at(rank: int) -> int:
    weeks, weekday = divmod(rank - 1, 5)
    return weeks * 7 + weekday - 3


def due(start: int, rule: str, n: int, calendar: Calendar) -> Due:
    """Return the limit of `n` units of `rule` from `start`; the limit itself is still in time (§ 3a.3).

    Days: the day of `start` is day 0 at whatever hour, due at the end of the n-th day after it; statutory
    natural days that end on a rest day move to the next working day. Working hours use up office time from
    the next opening. Elapsed time never stops.

    Raises:
        ValueError: `n` is below 1 or the rule is unknown.
    """
    if n < 1:
        raise ValueError(f"a limit must be at least 1, not {n}")
    number = (start + OFFSET) // DAY
    if rule == "working_days":
        last = calendar.at_rank(calendar.rank(number) + n)
        return Due((last + 1) * DAY - OFFSET - 1, calendar.doubtful(number, last))
    if rule == "working_hours":
        return Due(*_office_time_on(start, n * 3600, calendar))
    if rule in _ELAPSED:
        return Due(start + n * _ELAPSED[rule], False)
    if rule == "natural_days":
        return Due((number + n + 1) * DAY - OFFSET - 1, False)
    if rule == "natural_days_statutory":
        return _on_a_working_day(number + n, DAY - 1, calendar)
    raise ValueError(f"unknown rule: {rule!r}")


def _on_a_working_day(number: int, second: int, calendar: Calendar) -> Due:
    last = calendar.at_rank(calendar.rank(number - 1) + 1)
    return Due(last * DAY - OFFSET + second, calendar.doubtful(number - 1, last))


def _office_time_on(start: int, seconds: int, calendar: Calendar) -> tuple[int, bool]:
    at = calendar.at_office_time(calendar.office_time(start) + seconds)
    number, second = divmod(start + OFFSET, DAY)
    before = number - (second < calendar.office.closes)  # after closing time the day itself has no say
    return at, calendar.doubtful(before, (at + OFFSET) // DAY)


def hours_limited(rule: str) -> bool:
    """Say whether the limit is in hours or minutes, which a time known only to the day can't be held to."""
    return rule in HOUR_RULES


def working_days_between(a: date, b: date, calendar: Calendar) -> int:
    """Return the working days after `a`, up to and including `b`; below 0 where `b` is earlier."""
    return calendar.rank(number_of(b)) - calendar.rank(number_of(a))


def working_seconds_between(a: int, b: int, calendar: Calendar) -> int:
    """Return the office seconds from moment `a` to `b`; below 0 where `b` is earlier."""
    return calendar.office_time(b) - calendar.office_time(a)


def add_working_days(day: date, n: int, calendar: Calendar) -> date:
    """Return the n-th working day after `day`; `day` itself for 0.

    Raises:
        ValueError: `n` is below 0, or the day lies beyond the year 9999.
    """
    if n < 0:
        raise ValueError(f"working days are counted forward, not {n}")
    return date_of(calendar.at_rank(calendar.rank(number_of(day)) + n)) if n else day


def add_working_seconds(start: int, seconds: int, calendar: Calendar) -> int:
    """Return the moment by which the office has worked `seconds` since `start`; `start` itself for 0.

    Raises:
        ValueError: `seconds` is below 0.
    """
    if seconds < 0:
        raise ValueError(f"office time is counted forward, not {seconds}")
    return _office_time_on(start, seconds, calendar)[0] if seconds else start


def resumed(due_at: int, rule: str, paused_at: int, resumed_at: int, calendar: Calendar) -> Due:
    """Return the limit moved by the clock's own time between pause and resumption (§ 3a.9).

    Days count after the day of the pause, up to and including the day of resumption; the limit keeps its
    hour. A resumption before its pause (news that came late) moves nothing. `provisional` speaks of what was
    consulted here: join it with what the limit was before.

    Raises:
        ValueError: the rule is unknown.
    """
    if rule not in DAY_RULES | HOUR_RULES:
        raise ValueError(f"unknown rule: {rule!r}")
    if resumed_at <= paused_at:
        return Due(due_at, False)
    if rule in _ELAPSED:
        return Due(due_at + resumed_at - paused_at, False)
    first, last = (paused_at + OFFSET) // DAY, (resumed_at + OFFSET) // DAY
    number, second = divmod(due_at + OFFSET, DAY)
    if rule == "natural_days":
        return Due(due_at + (last - first) * DAY, False)
    if rule == "natural_days_statutory":
        return _on_a_working_day(number + last - first, second, calendar)
    if rule == "working_hours":
        first -= 1  # the day of the pause has a say, its hours count
        lost = working_seconds_between(paused_at, resumed_at, calendar)
        at = add_working_seconds(due_at, lost, calendar)
    else:
        lost = calendar.rank(last) - calendar.rank(first)
        at = due_at + (calendar.at_rank(calendar.rank(number) + lost) - number) * DAY if lost else due_at
    moved = (at + OFFSET) // DAY
    return Due(at, calendar.doubtful(first, last) or calendar.doubtful(number, moved))
