"""Versions of a case's rounds: what was known of them from one arrival to the next, the short way and the long way."""

from collections.abc import Mapping, Sequence
from itertools import repeat
from typing import Any

from db.tables import FOREVER
from zq_grid.catalogue import Catalogue
from zq_grid.rules import facts
from zq_grid.rules.ancestry import Ancestry
from zq_grid.rules.facts import RoundFacts
from zq_grid.rules.fold import fold
from zq_grid.rules.state import CaseState
from zq_grid.rules.step import Step
from zq_grid.rules.telling import Telling, tellable

# One row of `rounds`, values in the order of its columns.
Version = tuple[Any, ...]


def moved(
    subject: int, now: Sequence[RoundFacts], standing: Mapping[int, Any], at: int
) -> tuple[list[dict[str, Any]], list[Version]] | None:
    """Return the versions that end at `at` and those that begin; None where one began no earlier than `at`.

    A version that would live for no time at all was never seen by anybody, and the one before it may still hold.
    """
    ended: list[dict[str, Any]] = []
    begun: list[Version] = []
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
            begun.append(_version(subject, row, at, FOREVER))
    return ended, begun


def _version(subject: int, row: RoundFacts, since: int, until: int) -> Version:
    return (subject, row[0], since, until, *row[1:])


def _differs(old: Any, new: RoundFacts) -> bool:
    return any(getattr(old, field) != value for field, value in zip(new._fields, new, strict=True))


def versions_of(subject: int, held: Sequence[Step], whole: Catalogue) -> list[Version]:
    """Return every version of a case's rounds: what was known after each arrival of a step or of a calendar."""
    return told(subject, held, whole)[1]


def told(subject: int, held: Sequence[Step], whole: Catalogue) -> tuple[CaseState, list[Version]]:
    """Return what is known of a case now, and every version of its rounds.

    This is the long way, for rebuilding and for steps that arrive out of order; it gives what `moved` adds up to.
    """
    first = min(step.arrived_at for step in held)
    moments = sorted({step.arrived_at for step in held} | {at for at in whole.arrivals if at > first})
    if len(moments) == 1:  # as most cases are when they are first seen: everything came at once
        state = fold(held)
        now = facts.rounds(state, whole.known(first))
        return state, [_version(subject, row, first, FOREVER) for row in now]
    universe = Ancestry(held)
    telling = Telling(universe) if tellable(universe) else None
    rows: list[Version] = []
    # the rounds as they were last known, in their order, and since when each of them was known so
    before: list[RoundFacts] = []
    since: list[int] = []
    for at in moments:
        state = telling.until(at) if telling else fold([s for s in held if s.arrived_at <= at], universe)
        now = facts.rounds(state, whole.known(at))
        if now is before:
            continue
        for place, row in enumerate(before):
            if place >= len(now) or now[place] != row:
                rows.append(_version(subject, row, since[place], at))
                since[place] = at
        since = [*since[: len(now)], *[at] * (len(now) - len(before))]
        before = now
    rows += map(_version, repeat(subject), before, since, repeat(FOREVER))
    return telling.whole() if telling else fold(held), rows
