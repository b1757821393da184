"""What an entry of the catalogue must look like before it is defined: each kind's needed keys and their sense."""

import unicodedata
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from zq_grid.catalogue import KINDS
from zq_grid.errors import Refused
from zq_grid.rules.facts import RoundFacts
from zq_grid.rules.worktime import DAY_RULES, HOUR_RULES, CalendarYear

RULES = DAY_RULES | HOUR_RULES
NEEDED: dict[str, tuple[str, ...]] = {
    "limits": (
        "code",
        "callers",
        "accept",
        "sign",
        "contact",
        "contact_urgent",
        "second_round",
        "supervised",
        "close",
    ),
    "office": ("code", "hours"),
    "type": ("code", "name"),
    "unit": ("code", "name"),
    "area": ("code", "name"),
    "neighbourhood": ("code", "name", "area"),
    "grid": ("code", "name", "neighbourhood"),
    "estate": ("code", "name", "neighbourhood"),
    "street": ("code", "name"),
    "worker": ("code", "name", "roles"),
    "calendar": ("year",),
    "profile": ("code", "name", "version", "indicator"),
    "station": ("code", "name"),
    "import": ("code",),
}


def check(kind: str, entry: Mapping[str, Any]) -> dict[str, Any]:
    """Return an entry in canonical form (dates as text, decimals as text).

    Raises:
        Refused: "kind_unknown", "entry_invalid" naming the fault, "calendar_invalid".
    """
    if kind not in KINDS:
        raise Refused("kind_unknown", f"no kind {kind}", kind=kind, known="、".join(KINDS))
    made = _plain(entry)
    for key in NEEDED[kind]:
        if key not in made:
            raise invalid(kind, entry, f"{key}")
    if kind == "calendar":
        made.update(_days(made))
        CalendarYear.from_entry(made)
        made.setdefault("code", str(made["year"]))
    if check_more := _MORE.get(kind):
        check_more(made)
    return dict(made)


def _days(entry: Mapping[str, Any]) -> dict[str, Any]:
    """Return rest and make-up days as tables, where a file lists plain dates."""
    off = [
        {"from": day, "to": day, "name": "休"} if isinstance(day, str) else day
        for day in entry.get("off", ())
    ]
    work = [{"day": day, "name": "调休"} if isinstance(day, str) else day for day in entry.get("work", ())]
    return {"off": off, "work": work, "version": entry.get("version", 1)}


def invalid(kind: str, entry: Mapping[str, Any], fault: str) -> Refused:
    """Return the refusal of an entry, naming what is wrong with it."""
    return Refused(
        "entry_invalid", f"{kind}: {fault}", kind=kind, entry=str(entry.get("code", "")), fault=fault
    )


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return value
    if isinstance(value, float | Decimal):
        return str(value)
    return unicodedata.normalize("NFC", str(value))


def _span(kind: str, entry: Mapping[str, Any], name: str, span: Any) -> None:
    if not isinstance(span, Mapping) or span.get("rule") not in RULES:
        raise invalid(kind, entry, f"{name}.rule")
    if not isinstance(span.get("n"), int) or span["n"] < 1:
        raise invalid(kind, entry, f"{name}.n")


def _limits(entry: Mapping[str, Any]) -> None:
    for name in ("accept", "sign", "contact", "contact_urgent", "second_round", "supervised"):
        _span("limits", entry, name, entry[name])
    close = entry["close"]
    _span("limits", entry, "close.default", close.get("default"))
    for table in ("mode", "kind"):
        for word, span in close.get(table, {}).items():
            _span("limits", entry, f"close.{table}.{word}", span)


def _type(entry: Mapping[str, Any]) -> None:
    for name, span in entry.get("limits", {}).items():
        _span("type", entry, f"limits.{name}", span)
    keys = [field.get("key") for field in entry.get("field", ())]
    if None in keys or len(set(keys)) != len(keys):
        raise invalid("type", entry, "field.key")
    for field in entry.get("field", ()):
        if field.get("widget") == "choice" and not field.get("choices"):
            raise invalid("type", entry, f"{field['key']}.choices")


def _profile(entry: Mapping[str, Any]) -> None:
    for one in entry["indicator"]:
        for key in ("key", "name", "rounds", "counted_by"):
            if key not in one:
                raise invalid("profile", entry, f"indicator.{key}")
        named = [
            one["counted_by"],
            *(test.get("fact") for test in (*one.get("success", ()), *one.get("out", ()))),
        ]
        for fact in named:
            if fact not in RoundFacts._fields:
                raise invalid("profile", entry, f"{one['key']}: {fact}")


_MORE: dict[str, Callable[[Mapping[str, Any]], None]] = {
    "limits": _limits,
    "type": _type,
    "profile": _profile,
}
