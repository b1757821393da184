"""Rows without an order number: which are in the store already, so that importing again writes nothing."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Column, bindparam, select

from db.tables import CASES
from zq_grid import steps
from zq_grid.importing.compare import plain
from zq_grid.importing.prepare import Prepared, arrival_of
from zq_grid.rules.step import order
from zq_grid.session import Session
from zq_grid.summary_rows import EXCERPT

TOLD = ("platform_number", "place", "text")
Key = tuple[Any, ...]


class Twins:
    """The cases that say the same as unnumbered rows, as first logged. Build before anything is written.

    Each case stands for one row: of three equal rows in a file and two in the store, one is new.
    """

    def __init__(self, session: Session, rows: Sequence[Prepared]) -> None:
        self._session = session
        self._left: Counter[Key] = Counter()
        self._seen: set[int] = set()
        bare = [one for one in rows if not one.name]
        moments = {one.arrival.at for one in bare if one.arrival}
        timeless = [one.body for one in bare if not one.arrival]
        excerpts = {_excerpt(body) for body in timeless} - {""}
        places = {str(body.get("place")) for body in timeless if not _excerpt(body)}
        for column, values in (
            (CASES.c.received_at, moments),
            (CASES.c.text, excerpts),
            (CASES.c.place, places),
        ):
            wanted = sorted(values)
            for start in range(0, len(wanted), steps.CHUNK):
                self._look(column, wanted[start : start + steps.CHUNK])

    def take(self, one: Prepared) -> bool:
        """Tell whether a case stands for this row, and let it stand for no other."""
        key = _key(one.body)
        self._left[key] -= 1
        return self._left[key] >= 0

    def _look(self, column: "Column[Any]", values: Sequence[Any]) -> None:
        query = select(CASES.c.subject).where(column.in_(bindparam("values", expanding=True)))
        found = self._session.db.execute(query, {"values": list(values)}).scalars()
        subjects = [subject for subject in found if subject not in self._seen]
        self._seen.update(subjects)
        for start in range(0, len(subjects), steps.CHUNK):
            part = subjects[start : start + steps.CHUNK]
            for held in steps.of_subjects(self._session.db, part).values():
                logs = sorted((step for step in held if step.kind == "log"), key=order)
                if logs and not logs[0].body.get("order_number"):
                    self._left[_key(logs[0].body)] += 1


def _key(body: Mapping[str, Any]) -> Key:
    arrival = arrival_of(dict(body))
    return (arrival, *(plain(body.get(name, "")) for name in TOLD))


def _excerpt(body: Mapping[str, Any]) -> str:
    return str(body.get("text") or body.get("title") or "")[:EXCERPT]
