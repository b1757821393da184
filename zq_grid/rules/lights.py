"""The light of a running clock and the moments at which it changes (§ 3a.13); no colours, no words.

The moments can be stored beside a clock, so that a query compares them with now.
"""

from datetime import date

from zq_grid.rules.worktime import DAY, OFFSET, Calendar, day_end, hours_limited

NEVER = day_end(date(9999, 12, 31))
REMEMBERED = 10_000
_ORANGE = 4 * 3600
_ORANGE_SHARE = 5  # elapsed clocks: the last fifth
_YELLOW_DAYS = 2  # only limits longer than this many working days turn yellow


def aim(due: int, rule: str, calendar: Calendar) -> int:
    """Return the moment people work towards: of a limit in days the close of office, of others the limit.

    A limit in days that ends earlier (the platform's own hour) is aimed at itself.
    """
    if hours_limited(rule):
        return due
    close = (due + OFFSET) // DAY * DAY - OFFSET + calendar.office.closes
    return min(due, close)


def switch_times(due: int, started: int, rule: str, n: int, calendar: Calendar) -> tuple[int, int, int]:
    """Return the moments from which the clock is yellow (or `NEVER`), orange and red.

    Orange: 4 working hours are left up to the aim, or the last fifth of an elapsed limit has begun. Yellow:
    one working day is left. They may lie before the start: then the light is on from the beginning.

    Args:
        due: the limit in force, platform's or extended as it may be.
        started: when the clock began.
        rule: the rule of `due`.
        n: the limit as promised; 0 where the platform gave it, then start and limit say how long it is.
        calendar: the town's calendar.
    """
    if rule != "working_days" or n < 1:
        return _switch_times(due, started, rule, n, calendar)
    # asked for again and again, and the start has no say in it
    found = calendar.turns.get((due, n))
    if found is None:
        if len(calendar.turns) >= REMEMBERED:
            calendar.turns.clear()
        found = calendar.turns[due, n] = _switch_times(due, started, rule, n, calendar)
    return found


def _switch_times(due: int, started: int, rule: str, n: int, calendar: Calendar) -> tuple[int, int, int]:
    goal = aim(due, rule, calendar)
    passed = calendar.office_time(goal)
    if rule.startswith("elapsed_"):
        orange = due - max(0, due - started) // _ORANGE_SHARE
    else:
        orange = calendar.at_office_time(passed - _ORANGE)
    yellow = NEVER
    if _long(due, started, rule, n, calendar):
        yellow = min(orange, calendar.at_office_time(passed - calendar.office.total))
    return yellow, orange, due + 1


def _long(due: int, started: int, rule: str, n: int, calendar: Calendar) -> bool:
    """Say whether the limit exceeds two working days (of elapsed clocks: twice 24 hours)."""
    if rule.startswith("elapsed_"):
        return due - started > _YELLOW_DAYS * DAY
    if rule == "working_days" and n > 0:
        return n > _YELLOW_DAYS
    if rule == "working_hours":
        promised = n * 3600 if n > 0 else calendar.office_time(due) - calendar.office_time(started)
        return promised > _YELLOW_DAYS * calendar.office.total
    first, last = (started + OFFSET) // DAY, (due + OFFSET) // DAY
    return calendar.rank(last) - calendar.rank(first) > _YELLOW_DAYS


def light(now: int, due: int | None, started: int, rule: str, n: int, calendar: Calendar) -> str:
    """Return "green", "yellow", "orange", "red", or "none" for what has no limit.

    Red only once the limit itself has passed, though the others look at the close of office.
    """
    if due is None:
        return "none"
    yellow, orange, red = switch_times(due, started, rule, n, calendar)
    if now >= red:
        return "red"
    if now >= orange:
        return "orange"
    return "yellow" if now >= yellow else "green"
