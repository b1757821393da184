"""Who is away and who stands in for them: entries `absence` of the catalogue, read at a moment."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from zq_grid.catalogue import Catalogue
from zq_grid.rules import worktime

KIND = "absence"


@dataclass(frozen=True, slots=True)
class Absence:
    """Days on which a worker is away. `until` is the last of them, "" while nobody knows; `ended` tells of a retired one."""

    code: str
    worker: str
    since: str
    until: str
    deputy: str
    reason: str
    ended: bool = False

    def covers(self, at: int) -> bool:
        """Tell whether the worker is away at a moment, seconds UTC; whole days of +08:00."""
        day = worktime.day_of(at).isoformat()
        return not self.ended and self.since <= day and (not self.until or day <= self.until)

    def over(self, at: int) -> bool:
        """Tell whether the absence has ended by a moment."""
        return self.ended or bool(self.until and self.until < worktime.day_of(at).isoformat())


def every(known: Catalogue) -> Iterator[Absence]:
    """Yield every absence that was ever defined, the retired ones too."""
    current = known.current(KIND)
    for code in known.codes(KIND):
        if entry := known.get(KIND, code):
            yield read(code, entry, ended=code not in current)


def read(code: str, entry: Mapping[str, Any], *, ended: bool = False) -> Absence:
    """Return an entry of the catalogue as an absence."""
    worker, since, until, deputy, reason = (
        str(entry.get(name) or "") for name in ("worker", "since", "until", "deputy", "reason")
    )
    return Absence(code, worker, since, until, deputy, reason, ended)


def now_away(known: Catalogue, at: int) -> dict[str, Absence]:
    """Return worker → their absence at a moment; of several the one that began last."""
    there = sorted((one for one in every(known) if one.covers(at)), key=lambda one: (one.since, one.code))
    return {one.worker: one for one in there}


def of_worker(known: Catalogue, worker: str, at: int) -> Absence | None:
    """Return the absence of a worker at a moment, or None for one who is there."""
    return now_away(known, at).get(worker)


def stand_in(known: Catalogue, worker: str, at: int) -> str:
    """Return who does the work of a worker at a moment: themselves, else a deputy who is there; "" if nobody is."""
    away, seen = now_away(known, at), {worker}
    while worker in away:
        worker = away[worker].deputy
        if worker in seen:
            return ""
        seen.add(worker)
    return worker if worker in known.current("worker") else ""


def stood_in_for(known: Catalogue, deputy: str, at: int) -> tuple[str, ...]:
    """Return the workers away at a moment whose work this one does, by their codes."""
    return tuple(worker for worker in now_away(known, at) if stand_in(known, worker, at) == deputy)


def overlap(known: Catalogue, new: Absence) -> Absence | None:
    """Return the absence of the same worker that a new one meets, or None; one of its own code it replaces."""
    same = (one for one in _others(known, new) if one.worker == new.worker)
    return next((one for one in same if _meet(one, new)), None)


def circle(known: Catalogue, new: Absence) -> tuple[str, ...]:
    """Return the workers who would all stand in for one another on some day of a new absence; empty if nobody would.

    Deputies of deputies are fine as long as somebody is there at the end.
    """
    every_other = [one for one in _others(known, new) if _meet(one, new)]
    # who is away only grows on first days, so a circle that ever stands stands on one of them
    for day in sorted({max(one.since, new.since) for one in (*every_other, new)}):
        away = {one.worker: one.deputy for one in every_other if one.since <= day <= (one.until or _EVER)}
        found, worker = [new.worker], new.deputy
        while worker in away and worker not in found:
            found.append(worker)
            worker = away[worker]
        if worker == new.worker:
            return tuple(found)
    return ()


_EVER = "9999-12-31"


def _others(known: Catalogue, new: Absence) -> Iterator[Absence]:
    return (one for one in every(known) if not one.ended and one.code != new.code)


def _meet(one: Absence, other: Absence) -> bool:
    return one.since <= (other.until or _EVER) and other.since <= (one.until or _EVER)


def days(entry: Mapping[str, Any]) -> str | None:
    """Return which key of an entry isn't a sound day, or None: since and until are days, in this order."""
    for name in ("since", "until"):
        said = str(entry.get(name) or "")
        if not said and name == "until":
            return None
        try:
            if date.fromisoformat(said).isoformat() != said:
                return name
        except ValueError:
            return name
    return None if str(entry["since"]) <= str(entry["until"]) else "until < since"
