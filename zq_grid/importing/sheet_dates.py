"""Dates as they stand in other people's spreadsheets → one time in +08:00 and how exact it is."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Literal, NamedTuple

Precision = Literal["second", "day"]
Order = Literal["dmy", "mdy", "ymd", "ambiguous"]
Cell = str | int | datetime | date | None

SHANGHAI = timezone(timedelta(hours=8))
# Day 0 of the serials that spreadsheets keep; in workbooks that count from 1904 they are less by so many days.
SERIAL_ZERO = datetime(1899, 12, 30)
LESS_SINCE_1904 = 1_462
SERIALS = range(20_000, 80_001)  # 1954 … 2119
YEARS = range(1950, 2120)
PLACEHOLDERS = frozenset(
    {"", "-", "--", "—", "——", "/", "\\", "无", "空", "不详", "未知", "暂无", "未填", "未填写"}
    | {"nan", "nat", "null", "none", "n/a", "na", "#n/a"}
)
# What programs write for "no date".
EMPTY_DAYS = frozenset({date(1, 1, 1), date(1899, 12, 30), date(1899, 12, 31), date(1900, 1, 1)})
# A clock at midnight without a day is the serial 0.
EMPTY_TEXT = re.compile(
    r"0?0:00(:00)?|((0000|0001|9999)-\d\d?-\d\d?|1899-12-3[01]|1900-0?1-0?[01])(\D.*)?", re.DOTALL
)

_UNSEEN = dict.fromkeys((0xAD, *range(0x200B, 0x2010), *range(0x202A, 0x202F), 0x2060, 0xFEFF))
_OFFSET = r"\s*(?P<offset>Z|[+-]\d\d:?\d\d)?"
_MORNING = frozenset({"上午", "凌晨", "早上", "早晨", "清晨", "早", "AM", "A.M."})
_AFTERNOON = frozenset({"下午", "午后", "傍晚", "PM", "P.M."})
_NIGHT = frozenset({"晚上", "晚间", "夜里", "夜间", "深夜", "晚"})
_HALVES = sorted({*_MORNING, *_AFTERNOON, *_NIGHT, "中午"}, key=lambda word: (-len(word), word))
_HALF = rf"(?P<half>{'|'.join(map(re.escape, _HALVES))})"
_CLOCK = (
    r"(?P<hour>\d{1,2})\s*[:时点]\s*(?:(?P<minute>\d{1,2})\s*"
    r"(?:分|[:分]\s*(?P<second>\d{1,2})(?:[.,]\d+)?\s*秒?)?)?"
)
_TIME = rf"(?:[\sT]*(?:{_HALF}\s*)?(?:{_CLOCK}\s*{_HALF.replace('half', 'after')}?{_OFFSET})?)?"
_YEAR_FIRST = re.compile(
    r"(?P<year>\d{4})\s*[-/.年]\s*(?P<month>\d{1,2})\s*[-/.月]\s*(?P<day>\d{1,2})\s*[日号]?" + _TIME
)
_YEAR_SAID = re.compile(r"(?P<year>\d\d)年\s*(?P<month>\d{1,2})月\s*(?P<day>\d{1,2})[日号]" + _TIME)
# Three numbers whose order only their column tells: the year is the last one of four digits, or has two.
_TURNED = re.compile(r"(?P<one>\d{1,2})([-/.])(?P<two>\d{1,2})\2(?P<three>\d{4}|\d{1,2})" + _TIME)
_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_MONTH = rf"(?P<month>{'|'.join(_MONTHS)})[A-Z]{{0,6}}"
_NAMED = (
    re.compile(rf"(?P<day>\d{{1,2}})[- ]?{_MONTH}[-., ]+(?P<year>\d{{4}}|\d\d)" + _TIME),
    re.compile(rf"{_MONTH}[-. ]+(?P<day>\d{{1,2}})(?:ST|ND|RD|TH)?[-, ]+(?P<year>\d{{4}})" + _TIME),
)
_RUN = re.compile(
    r"(?P<year>(?:19|2[01])\d\d)(?P<month>\d\d)(?P<day>\d\d)"
    r"(?:(?P<hour>\d\d)(?:(?P<minute>\d\d)(?P<second>\d\d)?)?)?"
)
# Seconds or thousandths since 1970, as programs keep time: 2010 to 2033.
_SINCE_1970 = re.compile(r"(1(?:2[7-9]|[3-9]\d)\d{7})(?:\d{3})?")
_CLOCK_ONLY = re.compile(_TIME)
SHORT_YEARS = range(10, 40)  # a year of two digits is one of 2010 … 2039
_NUMBER = re.compile(r"\d+(\.\d+)?(E[+-]?\d+)?")
_WEEKDAY = re.compile(r"\(?(星期|周)[一二三四五六日天]\)?")


class OrderUnknown(ValueError):
    """A date like 5/3/2026 or 26-10-05 of which nobody can tell the day from the month."""


class When(NamedTuple):
    """A time: `text` is ISO 8601, with +08:00 for precision "second", a bare day for "day"."""

    text: str
    precision: Precision


class _Reading(NamedTuple):
    moment: datetime  # without zone: Shanghai's wall clock
    clock: bool  # whether a time of day was written


def when(cell: Cell, order: Order | None = None, *, midnight_is_day: bool = False) -> When | None:
    """Return the time that `cell` says, or None for an empty cell or a placeholder.

    Args:
        cell: a value as the reader gives it; serial numbers may come as int or as text.
        order: how d/m/y dates of this column are meant, from `column_order`.
        midnight_is_day: the whole column stands at 00:00 (`all_midnight`), so that it holds days.

    Raises:
        OrderUnknown: a d/m/y date whose order nobody can tell.
        ValueError: something else is written that is no date.
    """
    reading = _read(cell, order)
    if reading is None:
        return None
    moment, clock = reading
    if not clock or (midnight_is_day and moment.time() == time()):
        return When(moment.date().isoformat(), "day")
    return When(f"{moment.isoformat(timespec='seconds')}+08:00", "second")


def column_order(values: Iterable[Cell]) -> Order | None:
    """Tell how the d/m/y dates of one column are meant; None when it holds none of that form.

    A number above 12 is no month, one above 31 no day, and a year of two digits is one of 2010 to 2039. What
    every date of the column allows is how they are meant; where that is not one order, the column is
    "ambiguous", and no such date of it can be read.
    """
    left: set[Order] = {"dmy", "mdy", "ymd"}
    seen = False
    for value in values:
        if isinstance(value, str) and (found := _TURNED.match(_plain(value))):
            seen = True
            if fits := [order for order, parts in _ways(found).items() if _possible(*parts)]:
                left &= set(fits)
    if not seen:
        return None
    return left.pop() if len(left) == 1 else "ambiguous"


def _ways(found: re.Match[str]) -> dict[Order, tuple[int, int, int]]:
    """Return order → year, month and day of three numbers; 0 for a year that can't be meant."""
    one, two, three = int(found["one"]), int(found["two"]), int(found["three"])
    last = three if len(found["three"]) == 4 else _short(three)
    ways: dict[Order, tuple[int, int, int]] = {"dmy": (last, two, one), "mdy": (last, one, two)}
    if len(found["three"]) < 4:
        ways["ymd"] = (_short(one), two, three)
    return ways


def _short(year: int) -> int:
    return 2000 + year if year in SHORT_YEARS else 0


def _possible(year: int, month: int, day: int) -> bool:
    return year > 0 and 0 < month < 13 and 0 < day < 32


def is_clock(said: str) -> bool:
    """Say whether a cell holds a time of day and no date."""
    found = _CLOCK_ONLY.fullmatch(_plain(said).upper().replace("点半", "点30分"))
    return found is not None and found["hour"] is not None


def all_midnight(values: Sequence[Cell], order: Order | None = None) -> bool:
    """Say whether a column writes 00:00 at least twice and never another time of day: then it holds days."""
    midnights = 0
    for value in values:
        try:
            reading = _read(value, order)
        except ValueError:
            continue
        if reading is not None and reading.clock:
            if reading.moment.time() != time():
                return False
            midnights += 1
    return midnights > 1


def _read(cell: Cell, order: Order | None) -> _Reading | None:
    if cell is None:
        return None
    if isinstance(cell, datetime):  # before date, of which it is a kind
        return _checked(_in_shanghai(cell), clock=cell.time() != time())
    if isinstance(cell, date):
        return _checked(datetime.combine(cell, time()), clock=False)
    return _parse(str(cell), order)


def _plain(raw: str) -> str:
    if not raw.isprintable():
        raw = raw.translate(_UNSEEN)
    return unicodedata.normalize("NFKC", raw).strip(" \t\r\n'‘’`")


@lru_cache(maxsize=8192)
def _parse(raw: str, order: Order | None) -> _Reading | None:
    text = _plain(raw)
    if text.casefold() in PLACEHOLDERS or EMPTY_TEXT.fullmatch(text.replace("/", "-")):
        return None
    if len(text) > 64:
        raise ValueError("too long for a date")
    text = _WEEKDAY.sub(" ", text).upper().replace("点半", "点30分").strip()
    if found := _YEAR_FIRST.fullmatch(text):
        return _from_parts(found, int(found["year"]), int(found["month"]), int(found["day"]))
    if found := _RUN.fullmatch(text):
        clock = _clock(found["hour"], found["minute"], found["second"], None)
        return _built(int(found["year"]), int(found["month"]), int(found["day"]), clock)
    if found := _SINCE_1970.fullmatch(text):
        return _checked(_in_shanghai(datetime.fromtimestamp(int(found[1]), SHANGHAI)), clock=True)
    if _NUMBER.fullmatch(text):
        return _serial(text)
    return _in_words(text, order)


def _in_words(text: str, order: Order | None) -> _Reading | None:
    """Read what is neither ISO nor a number: years of two digits or at the end, months by name."""
    if found := _TURNED.fullmatch(text):
        ways = _ways(found)
        if order is None or order not in ways:
            raise OrderUnknown("day and month can't be told apart")
        return _from_parts(found, *ways[order])
    if found := _YEAR_SAID.fullmatch(text):
        return _from_parts(found, _short(int(found["year"])), int(found["month"]), int(found["day"]))
    for named in _NAMED:
        if found := named.fullmatch(text):
            year = int(found["year"]) if len(found["year"]) == 4 else _short(int(found["year"]))
            return _from_parts(found, year, _MONTHS.index(found["month"]) + 1, int(found["day"]))
    raise ValueError("no date")


def _from_parts(found: re.Match[str], year: int, month: int, day: int) -> _Reading | None:
    clock = _clock(found["hour"], found["minute"], found["second"], found["half"] or found["after"])
    reading = _built(year, month, day, clock)
    offset = found["offset"]
    if not offset or reading is None:
        return reading
    zone = datetime.strptime("+0000" if offset == "Z" else offset.replace(":", ""), "%z").tzinfo
    return _checked(_in_shanghai(reading.moment.replace(tzinfo=zone)), clock=True)


def _clock(hour: str | None, minute: str | None, second: str | None, half: str | None) -> timedelta | None:
    """Return the time of day since midnight; 24:00 is the end of the day. None when no hour is written."""
    if hour is None:
        return None
    hours, minutes, seconds = int(hour), int(minute or 0), int(second or 0)
    if hours > 24 or minutes > 59 or seconds > 59 or (hours == 24 and (minutes or seconds)):
        raise ValueError("no time of day")
    if half in _NIGHT and hours < 5:
        raise ValueError("a night has two dates")
    if half in _AFTERNOON or half in _NIGHT or (half == "中午" and hours < 10):
        hours += 12 if hours < 12 else 0
        if half in _NIGHT and hours == 12:
            hours = 24
    elif half in _MORNING and hours == 12:
        hours = 12 if half == "上午" else 0
    return timedelta(hours=hours, minutes=minutes, seconds=seconds)


def _built(year: int, month: int, day: int, clock: timedelta | None) -> _Reading | None:
    moment = datetime(year, month, day) + (clock or timedelta())
    return _checked(moment, clock=clock is not None)


def _serial(text: str) -> _Reading | None:
    try:
        days = Decimal(text)
    except InvalidOperation:  # pragma: no cover - the pattern admits only what Decimal reads
        raise ValueError("no number") from None
    if days in {0, 1}:
        return None
    if days > SERIALS[-1] or int(days) not in SERIALS:
        raise ValueError("no date as a number")
    # Serials are binary fractions of a day: round to the whole second that was meant.
    seconds = int((days * 86_400).to_integral_value())
    return _checked(SERIAL_ZERO + timedelta(seconds=seconds), clock=seconds % 86_400 != 0)


def since_1900(cell: Cell) -> Cell:
    """Return a cell of a column of times, of a workbook that counts days from 1904, as others count them."""
    text = _plain(cell) if isinstance(cell, str) else str(cell) if isinstance(cell, int) else ""
    if not _NUMBER.fullmatch(text.upper()):
        return cell
    days = Decimal(text) + LESS_SINCE_1904
    if days > SERIALS[-1] or int(days) not in SERIALS:
        return cell
    return int(days) if isinstance(cell, int) else str(days)


def _in_shanghai(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        return moment.replace(microsecond=0)
    try:
        return moment.astimezone(SHANGHAI).replace(tzinfo=None, microsecond=0)
    except OverflowError:
        raise ValueError("beyond the calendar") from None


def _checked(moment: datetime, *, clock: bool) -> _Reading | None:
    if moment.date() in EMPTY_DAYS or moment.year == 9999:
        return None
    if moment.year not in YEARS:
        raise ValueError("a year that can't be meant")
    return _Reading(moment, clock)
