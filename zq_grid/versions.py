"""Versions of a case's rounds: what was known of them from one arrival to the next, the short way and the long way."""

from collections.abc import Mapping, Sequence
from typing import Any

from db.tables import FOREVER
from zq_grid.catalogue import Catalogue
from zq_grid.rules import facts
from zq_grid.rules.ancestry import Ancestry
from zq_grid.rules.facts import RoundFacts
from zq_grid.rules.fold import fold
from zq_grid.rules.step import Step
from zq_grid.rules.telling import Telling, tellable


def moved(
    subject: int, now: Sequence[RoundFacts], standing: Mapping[int, Any], at: int
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]] | None:
    """Return the versions that end at `at` and those that begin; None where one began no earlier than `at`.

    A version that would live for no time at all was never seen by anybody, and the one before it may still hold.
    """
    ended: list[dict[str, Any]] = []
    begun: list[dict[str, Any]] = []
    current = {row.round: row for row in now}
    for number, old in standing.items():
        new = current.get(number)
        if new is None or _differs(old, new):
            if old.since >= at:
                return None
            ended.append({"b_subject": subject, "b_round": number, "b_since": old.since, "b_until": at})
    gone = {end["b_round"] for end in ended}
    for number, row in current.items():
        if number not in standing or number in gone:
            begun.append({"subject": subject, "since": at, "until": FOREVER, **row._asdict()})
    return ended, begun


def _differs(old: Any, new: RoundFacts) -> bool:
    return any(getattr(old, field) != value for field, value in zip(new._fields, new, strict=True))


def versions_of(subject: int, held: Sequence[Step], whole: Catalogue) -> list[dict[str, Any]]:
    """Return every version of a case's rounds: what was known after each arrival of a step or of a calendar.

    This is the long way, for rebuilding and for steps that arrive out of order; it gives what `moved` adds up to.
    """
    first = min(step.arrived_at for step in held)
    moments = sorted({step.arrived_at for step in held} | {at for at in whole.arrivals if at > first})
    universe = Ancestry(held)
    telling = Telling(universe) if tellable(universe) else None
    standing: dict[int, tuple[int, RoundFacts]] = {}
    rows: list[dict[str, Any]] = []
    for at in moments:
        state = telling.until(at) if telling else fold([s for s in held if s.arrived_at <= at], universe)
        now = {row.round: row for row in facts.rounds(state, whole.known(at))}
        for number in [n for n, (_, row) in standing.items() if now.get(n) != row]:
            since, row = standing.pop(number)
            rows.append({"subject": subject, "since": since, "until": at, **row._asdict()})
        for number, row in now.items():
            if number not in standing:
                standing[number] = (at, row)
    rows += [
        {"subject": subject, "since": s, "until": FOREVER, **row._asdict()} for s, row in standing.values()
    ]
    return rows
