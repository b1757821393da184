"""What saving a new case will do, told while it is typed: its place, its unit and why, its limits in words.

The limits are those of the case as it would be: its `log` is folded and its clocks worked out by the same rules, so
what is promised here is what is written (tests/test_proposals.py holds the two together).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from zq_grid import bodies, gathering, intake, limit_words
from zq_grid.catalogue import Catalogue
from zq_grid.errors import Refused
from zq_grid.places import Candidate, Place
from zq_grid.rules import clocks
from zq_grid.rules.fold import fold
from zq_grid.rules.step import Step
from zq_grid.session import Session
from zq_grid.summary_rows import phones

LEVELS = ("area", "neighbourhood", "grid", "micro_grid")
MOST_CHOICES = 8


@dataclass(frozen=True, slots=True)
class Promise:
    """A limit that begins with saving. `due`: seconds UTC; `words`: how it was worked out."""

    kind: str
    due: int
    provisional: bool
    words: str


@dataclass(frozen=True, slots=True)
class Choice:
    """One reading of an ambiguous place: what people read, and the facts that choosing it sets."""

    words: str
    facts: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Proposal:
    """What is known of a new case before it is saved.

    `chain`: names from the area down to the micro-grid, as far as the place is known; `choices`: what to choose from
    where it is ambiguous. `unit`: code, None where nobody takes it; `why`: type (the type names it), neighbourhood
    (the committee of the place), centre (nobody else is named). `guess`: the type that the text speaks of, "" for
    none. `calls`: earlier cases of this phone.
    """

    place: Place
    chain: tuple[str, ...]
    choices: tuple[Choice, ...]
    unit: str | None
    why: str
    promises: tuple[Promise, ...]
    guess: str
    calls: int


def propose(session: Session, facts: Mapping[str, Any], *, lang: str = "zh") -> Proposal:
    """Return what saving these facts would do; what is wrong or missing in them is left out here.

    Args:
        facts: those of `log` and of the type, as far as they are typed.
        lang: of the sentences that explain the limits.
    """
    known = session.catalogue.with_places(session.db)
    said = {name: value for name, value in facts.items() if value not in ("", None, [])}
    placed, place = intake.place_facts(session, said)
    text = f"{said.get('text') or ''}"
    guess = intake.guess_type(known, text) if text else ""
    type_ = str(said.get("type") or "")
    levels = {name: placed.get(name) or said.get(name) for name in LEVELS[1:]}
    if levels["neighbourhood"]:
        levels["area"] = known.area_of(str(levels["neighbourhood"]), session.now)
    unit, why = route(known, type_, levels["neighbourhood"]) if type_ else (None, "")
    return Proposal(
        place=place,
        chain=_chain(known, levels),
        choices=tuple(_choice(known, one) for one in place.candidates[:MOST_CHOICES])
        if len(place.candidates) > 1
        else (),
        unit=unit,
        why=why,
        promises=_promises(session, known, {**said, **placed}, lang) if type_ else (),
        guess="" if guess == "other" else guess,
        calls=_calls(session, str(said.get("phone") or "")),
    )


def route(known: Catalogue, type_: str, neighbourhood: str | None) -> tuple[str | None, str]:
    """Return the unit that a case would be dispatched to, and why: type, neighbourhood, centre, "" for none."""
    unit = intake.route(known, type_, neighbourhood)
    if unit is None:
        return None, ""
    named = (known.get("type", type_) or {}).get("route")
    if named not in {None, "neighbourhood"}:
        return unit, "type"
    return unit, "neighbourhood" if unit == f"n-{neighbourhood}" else "centre"


def _chain(known: Catalogue, levels: Mapping[str, Any]) -> tuple[str, ...]:
    named = [(level, str(levels[level])) for level in LEVELS if levels.get(level)]
    return tuple(_name(known, level, code, levels) for level, code in named)


def _name(known: Catalogue, level: str, code: str, levels: Mapping[str, Any]) -> str:
    """Return a level's name; a grid's without the neighbourhood's, which stands before it."""
    if level == "micro_grid":
        grid = known.get("grid", str(levels.get("grid") or "")) or {}
        mine: list[Mapping[str, Any]] = [one for one in grid.get("micro_grids", ()) if one["code"] == code]
        return str(mine[0]["name"]) if mine else code
    name = known.name(level, code)
    if level != "grid":
        return name
    short = (known.get("neighbourhood", str(levels.get("neighbourhood") or "")) or {}).get("short", "")
    rest = name.removeprefix(str(short)).strip()
    return rest or name


def _choice(known: Catalogue, one: Candidate) -> Choice:
    levels = {"neighbourhood": one.neighbourhood, "grid": one.grid, "micro_grid": one.micro_grid}
    where = " › ".join(_chain(known, levels))
    facts = {**levels, "estate": one.estate, "place_key": one.key}
    words = " · ".join(filter(None, (one.name, where)))
    return Choice(words, {name: value for name, value in facts.items() if value})


def _promises(session: Session, known: Catalogue, facts: Mapping[str, Any], lang: str) -> tuple[Promise, ...]:
    own = known.current("type").get(str(facts["type"]))
    if own is None:
        return ()
    body: dict[str, Any] = {}
    table = bodies.facts_of("log", own)
    for name, value in facts.items():
        if name in table:
            try:
                body[name] = bodies.form(name, table[name], value)
            except Refused:
                continue  # a time half typed; saving says what is wrong with it
    body.setdefault("source", "hotline" if body.get("order_number") else "station")
    log = Step(
        0, session.now, "0" * 64, "", 0, "", 1, "", "log", 1, "case:new", "", (), 1,
        session.now, session.now, session.actor, "", body,
    )  # fmt: skip
    rows = [row for row in clocks.clocks(fold([log]), known) if row.due is not None]
    return tuple(
        Promise(row.kind, row.due, bool(row.provisional), limit_words.words(row, known, lang))
        for row in rows
        if row.due is not None
    )


def _calls(session: Session, phone: str) -> int:
    return len(gathering.callers(session, phones(phone)))
