"""How facts are said on the screen: limits, times, numbers."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from ui.tr import tr

SHANGHAI = timezone(timedelta(hours=8))
DAY = 86_400
HOUR = 3600


def local(at: int) -> datetime:
    """Return a time (seconds UTC) as it stands on the clock here."""
    return datetime.fromtimestamp(at, UTC).astimezone(SHANGHAI)


def moment(at: int | None, now: int) -> str:
    """Return a time in few words: 今天 10:05, 昨天 16:22, 11-20 09:00, 2025-11-20."""
    if at is None:
        return "—"
    there, here = local(at), local(now)
    days = (here.date() - there.date()).days
    if days == 0:
        return tr("今天 {time}", time=f"{there:%H:%M}")
    if days == 1:
        return tr("昨天 {time}", time=f"{there:%H:%M}")
    return f"{there:%m-%d %H:%M}" if there.year == here.year else f"{there:%Y-%m-%d}"


def span(seconds: int) -> str:
    """Return a length of time in one or two units."""
    minutes = max(0, seconds) // 60
    if minutes < 60:
        return tr("{m} 分", m=minutes)
    if minutes < 48 * 60:
        hours, rest = divmod(minutes, 60)
        return tr("{h} 小时 {m} 分", h=hours, m=rest) if rest and hours < 10 else tr("{h} 小时", h=hours)
    return tr("{d} 天", d=minutes // (24 * 60))


def due_words(row: Any, now: int) -> str:
    """Return what a list says of a case's nearest limit."""
    if row.due is None:
        return ""
    if row.due < now:
        return tr("逾期 {span}", span=span(now - row.due))
    return tr("剩 {span}", span=span(row.due - now))


def number_short(number: str) -> str:
    """Return a number as lists show it: a hotline order keeps its day and its tail."""
    if len(number) == 14 and number.isdigit():
        return f"{number[2:8]}…{number[-6:]}"
    return number
