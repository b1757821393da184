"""Dates as they stand in other people's spreadsheets → one time in +08:00 and how exact it is."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Literal, NamedTuple

Precision = Literal["second", "day"]
Order = Literal["dmy", "mdy", "ambiguous"]
Cell = str | int | datetime | date | None

SHANGHAI = timezone(timedelta(hours=8))
# Day 0 of the serials that spreadsheets keep (the 1904 system is undone by the reader of the workbook).
SERIAL_ZERO = datetime(1899, 12, 30)
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

_OFFSET = r"\s*(?P<offset>Z|[+-]\d\d:?\d\d)?"
_HALF = r"(?P<half>上午|下午|晚上|中午|凌晨|早上|清晨|傍晚|AM|PM|A\.M\.|P\.M\.)"
_CLOCK = (
    r"(?P<hour>\d{1,2})\s*[:时点]\s*(?:(?P<minute>\d{1,2})\s*"
    r"(?:分|[:分]\s*(?P<second>\d{1,2})(?:[.,]\d+)?\s*秒?)?)?"
)
_TIME = rf"(?:[\sT]*(?:{_HALF}\s*)?(?:{_CLOCK}\s*{_HALF.replace('half', 'after')}?{_OFFSET})?)?"
_YEAR_FIRST = re.compile(
    r"(?P<year>\d{4})\s*[-/.年]\s*(?P<month>\d{1,2})\s*[-/.月]\s*(?P<day>\d{1,2})\s*[日号]?" + _TIME
)
_YEAR_LAST = re.compile(r"(?P<one>\d{1,2})[-/.](?P<two>\d{1,2})[-/.](?P<year>\d{4})" + _TIME)
_RUN = re.compile(
    r"(?P<year>\d{4})(?P<month>\d\d)(?P<day>\d\d)(?:(?P<hour>\d\d)(?P<minute>\d\d)(?P<second>\d\d)?)?"
)
_NUMBER = re.compile(r"\d+(\.\d+)?(E[+-]?\d+)?")
_WEEKDAY = re.compile(r"\(?(星期|周)[一二三四五六日天]\)?")


class OrderUnknown(ValueError):
    """A d/m/y date of which nobody can tell the day from the month."""


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

    A first number above 12 proves day-month-year, a second one above 12 month-day-year; neither or both
    is "ambiguous", and then no such date of the column can be read.
    """
    firsts = seconds = False
    seen = False
    for value in values:
        if isinstance(value, str) and (found := _YEAR_LAST.match(value.strip())):
            seen = True
            firsts = firsts or int(found["one"]) > 12
            seconds = seconds or int(found["two"]) > 12
    if not seen:
        return None
    if firsts == seconds:
        return "ambiguous"
    return "dmy" if firsts else "mdy"


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


@lru_cache(maxsize=8192)
def _parse(raw: str, order: Order | None) -> _Reading | None:
    text = unicodedata.normalize("NFKC", raw).strip(" \t\r\n'‘’`\u200b\ufeff")
    if text.casefold() in PLACEHOLDERS or EMPTY_TEXT.fullmatch(text.replace("/", "-")):
        return None
    if len(text) > 64:
        raise ValueError("too long for a date")
    text = _WEEKDAY.sub(" ", text).upper().replace("点半", "点30分").strip()
    if found := _YEAR_FIRST.fullmatch(text):
        return _from_parts(found, int(found["month"]), int(found["day"]))
    if found := _RUN.fullmatch(text):
        clock = _clock(found["hour"], found["minute"], found["second"], None)
        return _built(int(found["year"]), int(found["month"]), int(found["day"]), clock)
    if _NUMBER.fullmatch(text):
        return _serial(text)
    if found := _YEAR_LAST.fullmatch(text):
        if order not in {"dmy", "mdy"}:
            raise OrderUnknown("day and month can't be told apart")
        one, two = int(found["one"]), int(found["two"])
        return _from_parts(found, *((two, one) if order == "dmy" else (one, two)))
    raise ValueError("no date")


def _from_parts(found: re.Match[str], month: int, day: int) -> _Reading | None:
    clock = _clock(found["hour"], found["minute"], found["second"], found["half"] or found["after"])
    reading = _built(int(found["year"]), month, day, clock)
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
    if half in {"下午", "晚上", "傍晚", "PM", "P.M."} or (half == "中午" and hours < 10):
        hours += 12 if hours < 12 else 0
        if half == "晚上" and hours == 12:
            hours = 24
    elif half in {"上午", "凌晨", "早上", "清晨", "AM", "A.M."} and hours == 12:
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
