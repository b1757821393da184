"""From what a person or a file says to the canonical body of a step: forms checked, blanks dropped, times in one form."""

import json
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from zq_grid.errors import Refused
from zq_grid.rules import worktime
from zq_grid.rules.renting import USES
from zq_grid.rules.vocabulary import AMENDABLE, COMMON, STEPS, Fact

FLAGS = {
    "yes": "yes",
    "no": "no",
    "true": "yes",
    "false": "no",
    "1": "yes",
    "0": "no",
    "是": "yes",
    "否": "no",
}
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_NUMBER_NOISE = re.compile(r"[\s'’‘`\-—_.：:#№]+")
_PREFIX = re.compile(r"^(?:12345\s*[-—–_:：]\s*|HX\s*)+(?=\S)")
# Free text of citizens is kept as they said it; what else may be long is cut nowhere and refused past this.
LONGEST_OWN = 4000


# What was worked out of an entry; entries are never changed, and one that is held here keeps its place in memory.
_KNOWN: dict[tuple[str, int], tuple[Mapping[str, Any], dict[str, Fact]]] = {}
MOST_KNOWN = 2_000


def _once(kind: str, own: Mapping[str, Any], make: Callable[[], dict[str, Fact]]) -> dict[str, Fact]:
    """Return the table of a kind of steps for an entry, made when it is first asked for."""
    known = _KNOWN.get((kind, id(own)))
    if known is not None and known[0] is own:
        return known[1]
    if len(_KNOWN) >= MOST_KNOWN:
        _KNOWN.clear()
    made = make()
    _KNOWN[kind, id(own)] = (own, made)
    return made


def own_facts(own: Mapping[str, Any]) -> dict[str, Fact]:
    """Return the facts that a case type adds, by key; treat as read-only."""
    return _once("", own, lambda: _own_facts(own))


def _own_facts(own: Mapping[str, Any]) -> dict[str, Fact]:
    made: dict[str, Fact] = {}
    for field in own.get("field", ()):
        choices = tuple(str(choice).split(" ")[0] for choice in field.get("choices", ()))
        hidden = field.get("personal") == "yes"
        made[field["key"]] = Fact(field.get("widget", "text"), False, choices, hidden, LONGEST_OWN)
    return made


# What the program writes itself: a number somebody chose might be another case's, a parent that is none hides a case.
OURS = frozenset({"number", "parent", "precision", "place_key"})


def facts_of(kind: str, own: Mapping[str, Any]) -> dict[str, Fact]:
    """Return every fact that a step of a kind may carry for a case of this type; treat as read-only."""
    return _once(kind, own, lambda: _facts_of(kind, own))


def _facts_of(kind: str, own: Mapping[str, Any]) -> dict[str, Fact]:
    if kind == "amend":
        return {**AMENDABLE, **own_facts(own), "reason": Fact(), **COMMON}
    found = dict(STEPS[kind])
    if kind in {"log", "attend", "handle", "close"}:
        found = {**own_facts(own), **found}
    return {**found, **COMMON}


def clean(
    kind: str, given: Mapping[str, Any], own: Mapping[str, Any], *, strict: bool = True
) -> dict[str, Any]:
    """Return the body of a step of `kind` from what was given.

    Args:
        own: the entry of the case's type, whose facts some steps may carry.
        strict: refuse facts that the step doesn't have; else keep them as text.

    Raises:
        Refused: "fact_unknown", "fact_form" naming the fact, what was said and what it must look like.
    """
    table = facts_of(kind, own)
    body: dict[str, Any] = {}
    for name, value in given.items():
        if value is None or (isinstance(value, str) and not value.strip()) or value == []:
            continue
        fact = table.get(name)
        if fact is None:
            if strict:
                known = "、".join(one for one in table if one not in OURS)
                raise Refused("fact_unknown", f"{kind} has no {name}", step=kind, fact=name, known=known)
            fact = Fact()
        body[name] = form(name, fact, value)
    return body


def personal(kind: str, body: Mapping[str, Any], own: Mapping[str, Any]) -> list[str]:
    """Return which facts of a body are personal values, to be detached."""
    table = facts_of(kind, own)
    return [name for name in body if name in table and table[name].personal]


def form(name: str, fact: Fact, value: Any) -> Any:
    """Return one value in the form that its fact promises.

    Raises:
        Refused: "fact_form".
    """
    if fact.form in {"rooms", "list", "object"}:
        return _structure(name, fact, value)
    if fact.form == "count":
        return _count(name, value)
    said = text(value)
    if len(said) > fact.longest:
        raise Refused("fact_long", f"{name} too long", fact=name, longest=fact.longest, length=len(said))
    reader = _READERS.get(fact.form)
    return reader(name, fact, said) if reader else said


def _choice(name: str, fact: Fact, said: str) -> str:
    if said not in fact.choices:
        raise wrong(name, said, "、".join(fact.choices))
    return said


def _flag(name: str, _fact: Fact, said: str) -> str:
    if said.lower() not in FLAGS:
        raise wrong(name, said, "yes、no")
    return FLAGS[said.lower()]


def wrong(name: str, said: object, expected: str) -> Refused:
    """Return the refusal of a value that hasn't the form of its fact."""
    return Refused("fact_form", f"{name}: {said!r}", fact=name, said=str(said)[:60], expected=expected)


def text(value: Any) -> str:
    """Return text in NFC without control characters and surrogates, stripped at both ends."""
    found = str(value)
    if found.isprintable() and (found.isascii() or unicodedata.is_normalized("NFC", found)):
        return found.strip()  # as nearly all is: the text itself, no copy
    if not found.isascii():
        found = unicodedata.normalize("NFC", found.encode("utf-8", "replace").decode())
    return _CONTROL.sub("", found).strip()


def moment(name: str, said: str) -> str:
    """Return a time as bodies have it: ISO with +08:00, or a bare date where only the day is known."""
    at, precision = _seconds(name, said)
    try:
        return worktime.day_of(at).isoformat() if precision == "day" else worktime.to_text(at)
    except OverflowError as error:
        raise wrong(name, said, "2026-11-02T09:00:00+08:00 / 2026-11-02") from error


def _seconds(name: str, said: str) -> tuple[int, str]:
    try:
        return worktime.parse(said)
    except (ValueError, OverflowError) as error:
        raise wrong(name, said, "2026-11-02T09:00:00+08:00 / 2026-11-02") from error


_READERS: dict[str, Callable[[str, Fact, str], str]] = {
    "choice": _choice,
    "flag": _flag,
    "time": lambda name, _fact, said: moment(name, said),
    "day": lambda name, _fact, said: worktime.day_of(_seconds(name, said)[0]).isoformat(),
    "date": lambda name, _fact, said: worktime.day_of(_seconds(name, said)[0]).isoformat(),
    "area": lambda name, _fact, said: _decimal(name, said),
    "number": lambda name, _fact, said: _decimal(name, said),
}


def _count(name: str, value: Any) -> int:
    try:
        found = int(str(value).strip())
    except ValueError as error:
        raise wrong(name, value, "1, 2, 3 …") from error
    if not 0 <= found <= 2**53:
        raise wrong(name, value, "≥ 0")
    return found


def _decimal(name: str, said: str) -> str:
    try:
        found = Decimal(said.replace(",", ""))
    except InvalidOperation as error:
        raise wrong(name, said, "12.50") from error
    if not found.is_finite() or found < 0 or found > 10**12:
        raise wrong(name, said, "12.50")
    return format(found.quantize(Decimal("0.01")), "f")


def _structure(name: str, fact: Fact, value: Any) -> Any:
    if isinstance(value, str):
        stripped = value.strip()
        try:
            value = (
                json.loads(stripped)
                if stripped[:1] in "[{"
                else [p.strip() for p in re.split("[,，、]", stripped)]
            )
        except ValueError as error:
            raise wrong(name, stripped, "JSON") from error
    if fact.form == "object":
        if not isinstance(value, Mapping):
            raise wrong(name, value, "{…}")
        return {text(k): text(v) for k, v in value.items()}
    if not isinstance(value, Sequence):
        raise wrong(name, value, "[…]")
    if fact.form == "rooms":
        return [_room(name, room) for room in value]
    if name != "sub_cases" and any(isinstance(item, Mapping | list | tuple) for item in value):
        raise wrong(name, value, "a, b, c")
    return [_item(item) for item in value if item not in (None, "")]


def _item(item: Any) -> Any:
    return {text(k): text(v) for k, v in item.items()} if isinstance(item, Mapping) else text(item)


def _room(name: str, room: Any) -> dict[str, Any]:
    if not isinstance(room, Mapping):
        raise wrong(name, room, '[{"use": "bedroom", "m2": "8.5", "persons": 2}]')
    made: dict[str, Any] = {}
    for key, value in room.items():
        if key == "use" and value not in USES:
            raise wrong(f"{name}.use", value, "、".join(USES))
        made[text(key)] = _count(name, value) if key == "persons" else text(value)
        if key == "m2":
            made["m2"] = _decimal(f"{name}.m2", text(value))
    return made


def number(said: str) -> str:
    """Return an order number as subjects are named by: full width folded, spaces, apostrophes and dashes gone.

    The hotline's own prefixes (`12345-`, `HX`) come and go between exports and are no part of it.
    """
    folded = unicodedata.normalize("NFKC", said).upper().strip(" '’‘`")
    return _NUMBER_NOISE.sub("", _PREFIX.sub("", folded))
