"""What an entry of the catalogue must look like before it is defined: each kind's needed keys and their sense."""

import hashlib
import re
import unicodedata
from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from zq_grid import absences, entry_shapes
from zq_grid.catalogue import KINDS
from zq_grid.errors import Refused
from zq_grid.rules.facts import RoundFacts
from zq_grid.rules.known import office_of
from zq_grid.rules.vocabulary import ANSWERED, MODES, SOURCES, STEPS, UNANSWERED, VERDICTS
from zq_grid.rules.vocabulary import KINDS as KINDS_OF_CASE
from zq_grid.rules.worktime import DAY_RULES, HOUR_RULES, CalendarYear

# Codes stand in names of subjects, in files and in SQL of other people's tools.
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,39}")
LONGEST = 1000
WIDGETS = frozenset({"text", "choice", "count", "area", "date", "flag", "number", "rooms"})
TESTS = frozenset({"fact", "is", "in", "at_most", "absent", "reason"})
PLACED = ("estate", "grid", "neighbourhood")
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
    "place": ("code", "said"),
    "worker": ("code", "name", "roles"),
    "absence": ("code", "worker", "since", "deputy"),
    "calendar": ("year",),
    "profile": ("code", "name", "version", "indicator"),
    "station": ("code", "name"),
    "import": ("code",),
    "alias": ("field", "said", "means"),
}
LONGEST_WORD = 60
FLAG = frozenset({"yes", "no"})
# What a word of a column may mean; None: a code of the catalogue, or a name.
MEANINGS: dict[str, frozenset[str] | None] = {
    "kind": frozenset(KINDS_OF_CASE),
    "mode": frozenset(MODES),
    "source": frozenset(SOURCES),
    "urgency": frozenset({"normal", "urgent"}),
    "contact": frozenset({"yes", "no", "not_assessed"}),
    "satisfaction": frozenset({*ANSWERED, *UNANSWERED}),
    "verdict": frozenset(VERDICTS),
    **dict.fromkeys(("anonymous", "confidential", "reply_wanted", "duplicate"), FLAG),
    **dict.fromkeys(("unit", "neighbourhood", "type", "street")),
}


def check(kind: str, entry: Mapping[str, Any]) -> dict[str, Any]:
    """Return an entry in canonical form (dates as text, decimals as text).

    Raises:
        Refused: "kind_unknown", "entry_invalid" naming the fault, "calendar_invalid".
    """
    if kind not in KINDS:
        raise Refused("kind_unknown", f"no kind {kind}", kind=kind, known="、".join(KINDS))
    if not isinstance(entry, Mapping):
        raise invalid(kind, {}, f"[[{kind}]]")
    made = _plain(entry)
    for key in NEEDED[kind]:
        if key not in made:
            raise invalid(kind, entry, f"{key}")
    if "code" in made and not _CODE.fullmatch(str(made["code"])):
        raise invalid(kind, entry, "code: a–z, 0–9, _ - .")
    if wrong := entry_shapes.fault(kind, made):
        raise invalid(kind, entry, wrong)
    if kind == "calendar":
        made.update(_days(made))
        CalendarYear.from_entry(made)
        made.setdefault("code", str(made["year"]))
    if kind == "alias":
        made.setdefault("code", alias_code(str(made["field"]), str(made["said"])))
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
    if not isinstance(span.get("n"), int) or not 1 <= span["n"] <= LONGEST:
        raise invalid(kind, entry, f"{name}.n")


def _limits(entry: Mapping[str, Any]) -> None:
    for name in ("accept", "sign", "contact", "contact_urgent", "second_round", "supervised"):
        _span("limits", entry, name, entry[name])
    for source in entry["callers"]:
        if source not in SOURCES:
            raise invalid("limits", entry, f"callers: {source}")
    close = entry["close"]
    _span("limits", entry, "close.default", close.get("default"))
    for table, known in (("mode", MODES), ("kind", KINDS_OF_CASE)):
        for word, span in close.get(table, {}).items():
            if word not in known:
                raise invalid("limits", entry, f"close.{table}.{word}")
            _span("limits", entry, f"close.{table}.{word}", span)


def _type(entry: Mapping[str, Any]) -> None:
    for name, span in entry.get("limits", {}).items():
        _span("type", entry, f"limits.{name}", span)
    keys = [field.get("key") for field in entry.get("field", ())]
    if None in keys or len(set(keys)) != len(keys):
        raise invalid("type", entry, "field.key")
    for field in entry.get("field", ()):
        key = str(field["key"])
        if not _CODE.fullmatch(key) or any(key in facts for facts in STEPS.values()):
            raise invalid("type", entry, f"field.key: {key}")
        if field.get("widget", "text") not in WIDGETS:
            raise invalid("type", entry, f"{key}.widget")
        if field.get("widget") == "choice" and not field.get("choices"):
            raise invalid("type", entry, f"{key}.choices")
        if field.get("needed", "close") not in {"log", "close"}:
            raise invalid("type", entry, f"{key}.needed")
        if set(field.get("show_when", {})) - set(keys):
            raise invalid("type", entry, f"{key}.show_when")
    if set(entry.get("photos", ())) - {"before", "during", "after"}:
        raise invalid("type", entry, "photos")


def _profile(entry: Mapping[str, Any]) -> None:
    keys = [one.get("key") for one in entry["indicator"]]
    if len(set(keys)) != len(keys) or not isinstance(entry["version"], int):
        raise invalid("profile", entry, "indicator.key / version")
    for one in entry["indicator"]:
        for key in ("key", "name", "rounds", "counted_by"):
            if key not in one:
                raise invalid("profile", entry, f"indicator.{key}")
        if one["rounds"] not in {"first", "later"} or one.get("measure", "rate") not in {"rate", "count"}:
            raise invalid("profile", entry, f"{one['key']}: rounds / measure")
        named = [one[key] for key in ("counted_by", "unit", "excluded", "kept") if key in one]
        tests = [*one.get("success", ()), *one.get("out", ())]
        named += [*one.get("needs", ()), *(test.get("fact") for test in tests)]
        named += [test["at_most"] for test in tests if "at_most" in test]
        for fact in named:
            if fact not in RoundFacts._fields:
                raise invalid("profile", entry, f"{one['key']}: {fact}")
        if any(not _plain_test(test) for test in tests):
            raise invalid("profile", entry, f"{one['key']}: success / out")
        _weights(entry, one)


def _plain_test(test: Mapping[str, Any]) -> bool:
    """Tell whether a condition is one that rates understand: words and whole numbers, nothing nested."""
    words = test.get("in", [])
    plain = isinstance(test.get("is", ""), str | int) and isinstance(test.get("reason", ""), str)
    return (
        not set(test) - TESTS and isinstance(words, list) and all(isinstance(w, str) for w in words) and plain
    )


def _weights(entry: Mapping[str, Any], one: Mapping[str, Any]) -> None:
    for word, said in one.get("weights", {"fact": "satisfaction"}).items():
        if word == "fact":
            continue
        try:
            weight = Decimal(str(said))
        except InvalidOperation as error:
            raise invalid("profile", entry, f"{one['key']}.weights.{word}") from error
        if not weight.is_finite() or not 0 <= weight <= 10:
            raise invalid("profile", entry, f"{one['key']}.weights.{word}")


def alias_code(field: str, said: str) -> str:
    """Return the code of the alias for a word of a field: one word of one field has one meaning."""
    folded = "".join(unicodedata.normalize("NFKC", said).casefold().split())
    plain = "".join(filter(str.isalnum, folded)) or folded
    return f"{field}-{hashlib.sha256(plain.encode()).hexdigest()[:12]}"[:40]


def _alias(entry: Mapping[str, Any]) -> None:
    field, said, means = (str(entry[name]) for name in ("field", "said", "means"))
    if field not in MEANINGS:
        raise invalid("alias", entry, f"field: {'、'.join(MEANINGS)}")
    if not said.strip() or len(said) > LONGEST_WORD:
        raise invalid("alias", entry, "said")
    allowed = MEANINGS[field]
    if not means.strip() or len(means) > LONGEST_WORD or (allowed is not None and means not in allowed):
        raise invalid("alias", entry, f"means: {'、'.join(sorted(allowed or ()))}")
    if entry["code"] != alias_code(field, said):
        raise invalid("alias", entry, f"code: {alias_code(field, said)}")


def _import(entry: Mapping[str, Any]) -> None:
    maps = entry.get("map", {})
    if not isinstance(maps, Mapping) or not all(isinstance(header, str) for header in maps.values()):
        raise invalid("import", entry, "map")
    if entry.get("source", "hotline") not in SOURCES:
        raise invalid("import", entry, "source")
    if entry.get("date_order", "dmy") not in {"dmy", "mdy"}:
        raise invalid("import", entry, "date_order: dmy、mdy")
    if not isinstance(entry.get("headers", []), list):
        raise invalid("import", entry, "headers")


def _office(entry: Mapping[str, Any]) -> None:
    try:
        office_of(entry)
    except (Refused, ValueError, TypeError, KeyError) as error:
        raise invalid("office", entry, "hours") from error


def _absence(entry: Mapping[str, Any]) -> None:
    if fault := absences.days(entry):
        raise invalid("absence", entry, fault)
    if entry["deputy"] == entry["worker"]:
        raise invalid("absence", entry, "deputy = worker")


def _place(entry: Mapping[str, Any]) -> None:
    """A remembered place names what people say, as `zq_grid.place_memory` spells it, and the one place it means."""
    if len([name for name in PLACED if entry.get(name)]) != 1:
        raise invalid("place", entry, "estate / grid / neighbourhood: 1")
    if not str(entry["said"]).strip() or len(str(entry["said"])) > LONGEST:
        raise invalid("place", entry, "said")


_MORE: dict[str, Callable[[Mapping[str, Any]], None]] = {
    "limits": _limits,
    "type": _type,
    "profile": _profile,
    "office": _office,
    "import": _import,
    "alias": _alias,
    "place": _place,
    "absence": _absence,
}
