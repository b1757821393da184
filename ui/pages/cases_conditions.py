"""What a list is cut by: conditions in words, what they mean now, and everything that can be chosen. No widgets."""

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from ui.context import Context
from ui.shown import SHANGHAI, local
from ui.tr import inside, language, named, tr
from ui.widgets.picker import Option

Conditions = Mapping[str, Any]
# Conditions in the order in which they stand as chips.
TITLES: dict[str, str] = {
    "stage": "环节",
    "type": "类型",
    "unit": "承办单位",
    "area": "片区",
    "neighbourhood": "居村",
    "grid": "网格",
    "worker": "办理人",
    "light": "亮灯",
    "source": "来源",
    "kind": "诉求类型",
    "received": "收到",
    "due": "到期",
    "no_owner": "无责任居村",
    "incomplete": "待补录",
    "clashes": "待核对差异",
    "to_visit": "待回访",
    "to_review": "不满意待复核",
    "owes": "待办",
    "asks": "待审批",
}
WORDS: dict[str, str] = {
    "open": "在办",
    "me": "本人",
    "today": "今天",
    "yesterday": "昨天",
    "week": "本周",
    "last_week": "上周",
    "month": "本月",
    "last_month": "上月",
    "7d": "近 7 天",
    "30d": "近 30 天",
    "tomorrow": "明天以前",
    "3d": "3 天内",
    "late": "已逾期",
    "with_centre": "在镇城运中心",
    "with_unit": "在承办单位",
    "extension": "延期",
    "exclusion": "剔除",
    "return": "退单",
}
RECEIVED = ("today", "yesterday", "week", "last_week", "month", "last_month", "7d", "30d")
DUE = ("late", "today", "tomorrow", "3d")
MARKS = ("no_owner", "incomplete", "clashes", "to_visit", "to_review")
OWED = ("accept", "sign", "contact", "close")
ASKED = ("any", "extension", "exclusion", "return")
LIGHTS = ("red", "orange", "yellow", "green", "none")
NAMED = ("type", "unit", "area", "neighbourhood", "grid", "worker")
_DAY = r"(?:(\d{4})[-年.])?(\d{1,2})[-月.](\d{1,2})日?"
_RANGE = re.compile(rf"^\s*{_DAY}\s*(?:(?:\.\.|～|~|—|至|到|\s)\s*{_DAY})?\s*$")


def value_words(context: Context, name: str, value: Any) -> str:
    """Return what is said of a condition's value, "" for a mark that is only there."""
    from zq_grid import words

    if name in MARKS or (name, value) == ("asks", "any"):
        return ""
    said = str(value)
    if said in WORDS and name in {"stage", "worker", "received", "due", "asks"}:
        return tr(WORDS[said])
    if name == "stage":
        return inside(words.STAGES, said)
    if name in {"light", "owes"}:
        return inside(words.LIGHTS if name == "light" else words.CLOCKS, said)
    if name in NAMED:
        return context.name(name, said)
    if name in {"received", "due"}:
        first, _, last = said.partition("..")
        return first if first == last else tr("{first} 至 {last}", first=first, last=last)
    return words.value(name, said, language())


def chip_words(context: Context, name: str, value: Any) -> str:
    """Return a condition as its chip says it."""
    said = value_words(context, name, value)
    return named(tr(TITLES[name]), said) if said else tr(TITLES[name])


def resolve(conditions: Conditions, now: int, actor: str) -> dict[str, Any]:
    """Return the filters of `zq_grid.lists` that conditions mean at a moment, for whoever works here."""
    found: dict[str, Any] = {}
    for name, value in conditions.items():
        if value in (None, "", False):
            continue
        if name == "received":
            found["since"], found["until"] = span_of(str(value), now)
        elif name == "due":
            found |= _due(str(value), now)
        elif name == "worker" and value == "me":
            found |= {"worker": actor, "with_deputies": True}
        else:
            found[name] = value
    return found


def _due(said: str, now: int) -> dict[str, int]:
    if said == "late":
        return {"due_until": now}
    if said in DUE:
        days = {"today": 1, "tomorrow": 2, "3d": 4}[said]
        return {"due_since": now, "due_until": _start(local(now).date() + timedelta(days=days))}
    since, until = span_of(said, now)
    return {"due_since": since, "due_until": until}


def span_of(said: str, now: int) -> tuple[int, int]:
    """Return [since, until) in seconds UTC of a word of RECEIVED or of days "2026-11-01..2026-11-07"."""
    today = local(now).date()
    monday, first = today - timedelta(days=today.weekday()), today.replace(day=1)
    spans = {
        "today": (today, today + timedelta(days=1)),
        "yesterday": (today - timedelta(days=1), today),
        "week": (monday, monday + timedelta(days=7)),
        "last_week": (monday - timedelta(days=7), monday),
        "month": (first, (first + timedelta(days=32)).replace(day=1)),
        "last_month": ((first - timedelta(days=1)).replace(day=1), first),
        "7d": (today - timedelta(days=6), today + timedelta(days=1)),
        "30d": (today - timedelta(days=29), today + timedelta(days=1)),
    }
    if said in spans:
        begin, end = spans[said]
        return _start(begin), _start(end)
    begin_said, _, last = said.partition("..")
    return _start(date.fromisoformat(begin_said)), _start(date.fromisoformat(last) + timedelta(days=1))


def _start(day: date) -> int:
    return int(datetime.combine(day, time(), SHANGHAI).timestamp())


def read_days(said: str, now: int) -> str:
    """Return "2026-11-01..2026-11-07" for days as people write them (11-1..11-7, 11月1日到7日, 2026-11-01), else ""."""
    found = _RANGE.match(said)
    if not found:
        return ""
    year = local(now).year
    try:
        first = date(int(found[1] or year), int(found[2]), int(found[3]))
        last = date(int(found[4] or first.year), int(found[5]), int(found[6])) if found[5] else first
    except ValueError:
        return ""
    return f"{min(first, last)}..{max(first, last)}"


def options(context: Context) -> Iterator[Option]:
    """Yield everything a list can be cut by, as "name:value" with the words by which it is found."""
    from zq_grid import words
    from zq_grid.rules.lifecycle import STAGES

    def one(name: str, value: str, also: str = "") -> Option:
        return Option(f"{name}:{value}", chip_words(context, name, value), also)

    yield from (one("stage", value) for value in ("open", "with_centre", "with_unit", *STAGES))
    yield from (one("light", value) for value in LIGHTS)
    yield from (one("received", value) for value in RECEIVED)
    yield from (one("due", value) for value in DUE)
    yield from (one(name, "yes") for name in MARKS)
    yield from (one("owes", value) for value in OWED)
    yield from (one("asks", value) for value in ASKED)
    yield one("worker", "me")
    for name in ("source", "kind"):
        yield from (one(name, value, value) for value in words.VALUES[name])
    for kind in NAMED:
        for what, code in context.names:
            if what == kind:
                yield one(kind, code, code)
