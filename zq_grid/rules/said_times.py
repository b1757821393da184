"""Times as people type them in a hurry: 10:40, 1040, 昨天 16:00, 11-20 09:30, 2026-11-20."""

import re
from datetime import date, timedelta

from zq_grid.rules.worktime import DAY, OFFSET, day_of

_DAYS = {"今天": 0, "今日": 0, "昨天": 1, "昨日": 1, "前天": 2}
_CLOCK = re.compile(
    r"(?P<hour>[0-9]{1,2})[:：点时](?P<minute>[0-9]{1,2})?(?:[:：分](?P<second>[0-9]{2})?秒?)?$"
)
_SHORT = re.compile(r"(?P<hour>[0-9]{2})(?P<minute>[0-9]{2})$")
_DAY = re.compile(r"(?:(?P<year>[0-9]{4})[-/.年])?(?P<month>[0-9]{1,2})[-/.月](?P<day>[0-9]{1,2})日?$")


def read(said: str, now: int) -> str | None:
    """Return what was typed as steps take it: ISO 8601 in +08:00, or a bare date; None if it can't be read.

    A day without its year is the last one that is not after today.

    Args:
        now: seconds UTC; "10:40" is today's, seen from there.
    """
    words = said.strip().replace("T", " ").removesuffix("+08:00").split()
    if not words or len(words) > 2:
        return None
    today = day_of(now)
    if len(words) == 1:
        if (day := _day(words[0], today)) is not None:
            return day.isoformat()
        day, clock = _glued(words[0], today)
    else:
        day, clock = _day(words[0], today), words[1]
    time = _clock(clock)
    return None if day is None or time is None else f"{day.isoformat()}T{time}+08:00"


def shown(at: int) -> str:
    """Return a moment as it is typed: 2026-11-22 10:40."""
    seconds = (at + OFFSET) % DAY
    return f"{day_of(at).isoformat()} {seconds // 3600:02}:{seconds // 60 % 60:02}"


def _glued(word: str, today: date) -> tuple[date | None, str]:
    """Return the day and the clock of one word: 昨天16:00, 11月20日9:30, or a clock alone."""
    for name, back in _DAYS.items():
        if word.startswith(name):
            return today - timedelta(days=back), word.removeprefix(name)
    head, mark, tail = word.rpartition("日")
    return (_day(head + mark, today), tail) if mark else (today, word)


def _day(word: str, today: date) -> date | None:
    if word in _DAYS:
        return today - timedelta(days=_DAYS[word])
    found = _DAY.match(word)
    if found is None:
        return None
    try:
        made = date(int(found["year"] or today.year), int(found["month"]), int(found["day"]))
        return made if found["year"] or made <= today else made.replace(year=made.year - 1)
    except ValueError:
        return None


def _clock(word: str) -> str | None:
    found = _CLOCK.match(word) or _SHORT.match(word)
    if found is None:
        return None
    said = found.groupdict()
    hour, minute, second = int(said["hour"]), int(said["minute"] or 0), int(said.get("second") or 0)
    return f"{hour:02}:{minute:02}:{second:02}" if hour < 24 and minute < 60 and second < 60 else None
