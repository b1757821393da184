"""Which orders a file and the store name to each other: reminders that quote an older order, repeats of another.

A link is written when both orders are here: at once where the older one is in the file or the store, else when
it arrives with a later import. The numbers that a case waits for are among its keys (`summary_rows.keys_of`).
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import bindparam, select

from db.tables import CASE_KEYS, CASES, SUBJECTS
from zq_grid import bodies, steps
from zq_grid.importing.compare import undone_steps
from zq_grid.importing.outcome import Act
from zq_grid.importing.prepare import Moment, Prepared
from zq_grid.rules.fold import fold
from zq_grid.rules.lifecycle import OPEN, WHEN
from zq_grid.rules.quotes import named_orders
from zq_grid.rules.state import CaseState
from zq_grid.rules.step import Step
from zq_grid.session import Session

QUOTES = "quotes"  # the kind of key under which a case lies with the numbers that it names


class Target(NamedTuple):
    """The case that a number means, and whether it was open when the import began (one in the file counts as open)."""

    name: str
    open: bool


class Waiting(NamedTuple):
    """A case of the store that named an order before it was here."""

    subject: int
    held: list[Step]
    state: CaseState
    acts: list[Act]


def named_by(one: Prepared) -> dict[str, str]:
    """Return number → why: the orders that a row names."""
    found = {}
    repeat = one.row.outcome.get("repeat_of")
    if repeat and (number := bodies.number(repeat)):
        found[number] = "related"
    if one.quoted:
        found[one.quoted] = "reminder"
    found.pop(str(one.body.get("order_number")), None)
    return found


def targets(session: Session, rows: Sequence[Prepared]) -> dict[str, Target]:
    """Return number → case for the orders that rows name: of this file, else of the store.

    A number that two cases of the store bear means neither.
    """
    wanted = {number for one in rows for number in named_by(one)}
    here = {one.body["order_number"]: one.name for one in rows if one.name and one.has_substance}
    found = {number: Target(here[number], True) for number in wanted & here.keys()}
    several: set[str] = set()
    others = sorted(wanted - found.keys())
    for start in range(0, len(others), steps.CHUNK):
        for row in session.db.execute(_BY_NUMBERS, {"numbers": others[start : start + steps.CHUNK]}):
            if row.number in found:
                several.add(row.number)
            found[row.number] = Target(row.name, row.stage in OPEN)
    return {number: target for number, target in found.items() if number not in several}


def links(
    named: Mapping[str, str],
    known: Mapping[str, Target],
    own: str,
    when: Moment,
    held: Sequence[Step] = (),
    state: CaseState | None = None,
) -> list[Act]:
    """Return the links of a case named `own` to the orders it names, without those that it ever had."""
    if state is not None and (state.gone_log or state.stage not in WHEN["link"]):
        return []
    undone = undone_steps(state, held) if state is not None else set()
    had = {step.body.get("to") for step in held if step.kind == "link" and step.id not in undone}
    wanted: dict[str, str] = {}
    for number, why in named.items():
        if (target := known.get(number)) and target.name not in {own, *had}:
            wanted[target.name] = why
    return [Act("link", {"to": name, "why": why}, when) for name, why in wanted.items()]


def waiting(session: Session, came: Mapping[str, str], now: int) -> Iterator[Waiting]:
    """Yield the cases of the store that named an order before it was here, with the links they lack.

    Args:
        came: number → name of the cases that are new.
        now: when the links are written.
    """
    numbers = sorted(came)
    known = {number: Target(name, True) for number, name in came.items()}
    for start in range(0, len(numbers), steps.CHUNK):
        part = numbers[start : start + steps.CHUNK]
        subjects = sorted(set(session.db.execute(_WAITING, {"kind": QUOTES, "keys": part}).scalars()))
        for at in range(0, len(subjects), steps.CHUNK):
            held_of = steps.of_subjects(session.db, subjects[at : at + steps.CHUNK])
            for subject, held in held_of.items():
                state = fold(held)
                own = held[0].subject
                if acts := links(_named_in(state), known, own, Moment(now), held, state):
                    yield Waiting(subject, held, state, acts)


def _named_in(state: CaseState) -> dict[str, str]:
    return named_orders(state.get("text"), state.get("extra"))


_BY_NUMBERS = (
    select(CASES.c.number, CASES.c.stage, SUBJECTS.c.name)
    .join(SUBJECTS, SUBJECTS.c.id == CASES.c.subject)
    .where(CASES.c.number.in_(bindparam("numbers", expanding=True)))
)
_WAITING = select(CASE_KEYS.c.subject).where(
    CASE_KEYS.c.kind == bindparam("kind"), CASE_KEYS.c.key.in_(bindparam("keys", expanding=True))
)
