"""What a file says of a known case: the same, something to add, or something only a person can settle."""

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple

from zq_grid import intake
from zq_grid.importing.prepare import ARRIVALS, moment
from zq_grid.rules import limits
from zq_grid.rules.canonical import is_commitment
from zq_grid.rules.lifecycle import OPEN_OR_CLOSED
from zq_grid.rules.state import ERASED, CaseState
from zq_grid.rules.step import Step
from zq_grid.session import Session

# The platform's own word on these is taken over; what else differs is asked.
TAKEN_OVER = frozenset(
    {
        "platform_due",
        "category",
        "urgency",
        "platform_number",
        "reply_wanted",
        "anonymous",
        "confidential",
        "title",
    }
)
# They name the case, or belong to this store.
NOT_COMPARED = frozenset({"source", "order_number", "number", "precision", "extra"})
PLACED = ("place", "lon", "lat")
OF_PLACE = (*PLACED, "neighbourhood", "grid", "micro_grid", "estate")


class Difference(NamedTuple):
    """One fact that differs: its name, what stands here, what the file says."""

    field: str
    here: str
    there: str


class Compared(NamedTuple):
    """What follows from a known row: facts to amend, facts that a person must settle.

    `theirs` are the asked facts as the file has them. `fits`: the case takes an amend; where it doesn't, `changes`
    are empty and what they would have been is asked too.
    """

    changes: dict[str, Any]
    asked: tuple[Difference, ...]
    theirs: dict[str, Any]
    fits: bool = True


def compare(session: Session, state: CaseState, held: Sequence[Step], body: Mapping[str, Any]) -> Compared:
    """Return what the file's `body` adds to a case with the steps `held`.

    A value that the case has held before is nothing new: what a person amended here is not turned back by the
    same old file. What was taken back by undoing an import was never held.
    """
    before: dict[str, list[Any]] | None = None
    changes: dict[str, Any] = {}
    theirs: dict[str, Any] = {}
    for field, there in body.items():
        if field in NOT_COMPARED:
            continue
        here = state.get(field)
        if here == there or unreadable(here):
            continue
        if before is None:
            before = values_held(state, held)
        same = SAME.get(field, same_text)
        if any(same(value, there) for value in before.get(field, ())):
            continue
        if not here or _sharper(field, here, there) or field in TAKEN_OVER:
            changes[field] = there
        else:
            theirs[field] = there
    fits = not state.gone_log and state.stage in OPEN_OR_CLOSED
    if not fits:
        theirs, changes = theirs | changes, {}
    asked = tuple(Difference(f, str(state.get(f) or ""), str(there)) for f, there in theirs.items())
    if changes.keys() & set(PLACED):
        changes = placed(session, state, changes)
    return Compared(changes, asked, theirs, fits)


def values_held(state: CaseState, held: Sequence[Step]) -> dict[str, list[Any]]:
    """Return field → every readable value that `log` and `amend` gave it or a person declined; undone imports left out."""
    undone = undone_steps(state, held)
    found: dict[str, list[Any]] = {}
    for step in held:
        if step.kind in {"log", "amend"} and step.id not in undone:
            for field, value in step.body.items():
                if value and not unreadable(value):
                    found.setdefault(field, []).append(value)
    for field, values in declined(state, held).items():
        found.setdefault(field, []).extend(values)
    return found


def declined(state: CaseState, held: Sequence[Step]) -> dict[str, list[Any]]:
    """Return field → the values from elsewhere that a person has decided against; a note says so (R8.4)."""
    found: dict[str, list[Any]] = {}
    for step in held:
        said = step.body.get("declined") if step.kind == "note" else None
        if isinstance(said, Mapping) and step.id not in state.retracted and not unreadable(said):
            for field, value in said.items():
                found.setdefault(field, []).append(value)
    return found


def undone_steps(state: CaseState, held: Sequence[Step]) -> set[str]:
    """Return the steps that were taken back with their whole import, not by a person for themselves."""
    return {
        str(step.body.get("step"))
        for step in held
        if step.kind == "retract" and step.body.get("batch") and step.id not in state.retracted
    }


def unreadable(value: object) -> bool:
    """Tell whether a value was erased or isn't held here: it is neither compared nor filled in again."""
    return value == ERASED or is_commitment(value)


def plain(value: object) -> str:
    """Return text as it is compared: NFKC, without blanks, capitals as small letters."""
    return "".join(unicodedata.normalize("NFKC", str(value)).split()).casefold()


def same_text(here: object, there: object) -> bool:
    """Tell whether two texts say the same."""
    return here == there or plain(here) == plain(there)


def _same_phone(here: object, there: object) -> bool:
    return "".join(filter(str.isalnum, plain(here))) == "".join(filter(str.isalnum, plain(there)))


def _same_arrival(here: object, there: object) -> bool:
    """A file that knows only the day says nothing against a time on that day."""
    ours, theirs = moment(here), moment(there)
    if ours is None or theirs is None:
        return here == there
    return ours.day == theirs if theirs.day_only else ours == theirs


def _same_limit(here: object, there: object) -> bool:
    return limits.last_second(here) == limits.last_second(there) or _same_arrival(here, there)


def _same_degrees(here: object, there: object) -> bool:
    try:
        return Decimal(str(here)) == Decimal(str(there))
    except InvalidOperation:
        return here == there


SAME: dict[str, Callable[[object, object], bool]] = {
    **dict.fromkeys(ARRIVALS, _same_arrival),
    "platform_due": _same_limit,
    "phone": _same_phone,
    "lon": _same_degrees,
    "lat": _same_degrees,
}


def _sharper(field: str, here: object, there: object) -> bool:
    """Tell whether the file adds the clock time to a day that we know."""
    ours, theirs = (moment(here), moment(there)) if field in ARRIVALS else (None, None)
    return bool(ours and theirs and ours.day_only and not theirs.day_only and theirs.day == ours)


def placed(session: Session, state: CaseState, changes: dict[str, Any]) -> dict[str, Any]:
    """Add what follows from a place that is filled in, where nothing is known yet."""
    known = {name: state.get(name) for name in OF_PLACE}
    body = {name: value for name, value in known.items() if isinstance(value, str)} | changes
    derived, _ = intake.place_facts(session, body)
    return {**{name: value for name, value in derived.items() if not state.get(name)}, **changes}
