"""Hand-over: the open work of a worker or a grid goes to another worker, as one act that can be taken back.

Only open cases are assigned anew. Closed ones keep their worker, and every figure by place keeps the territory that
was valid at receipt (R4.10).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from zq_grid import bulk_acts, lists, people, rights
from zq_grid.bulk_acts import Choice, Told
from zq_grid.errors import Refused
from zq_grid.lists import CaseRow
from zq_grid.progress import Progress
from zq_grid.session import Session

REASON = "交接"


@dataclass(frozen=True, slots=True)
class Asked:
    """What goes to whom: open cases of a worker, of a grid, of a type; `back`: what deputies do instead of `to`.

    Workers by code or name, also one who has left. `deputy`: yes or no, where the receiver is away.
    """

    to: str
    worker: str = ""
    grid: str = ""
    type: str = ""
    back: bool = False
    deputy: str = ""
    reason: str = REASON


@dataclass(frozen=True, slots=True)
class HandedOver:
    """The cases that go over or went, as lists show them, and what `bulk_acts` told of each."""

    to: str
    worker: str
    cases: tuple[CaseRow, ...]
    told: Told


def preview(session: Session, asked: Asked, *, progress: Progress | None = None) -> HandedOver:
    """Say which cases would go over; a session for reading will do.

    Raises:
        Refused: "worker_unknown", "worker_ambiguous", "handover_same", "handover_what", "bulk_none", "bulk_many".
        Cancelled: stopped through `progress`.
    """
    to, worker, rows = _going(session, asked)
    told = bulk_acts.preview(session, _choice(rows), "assign", _facts(to, asked), progress=progress)
    return HandedOver(to, worker, _taken(rows, told), told)


def act(session: Session, asked: Asked, *, token: str = "", progress: Progress | None = None) -> HandedOver:
    """Assign the open cases to their new worker, as one batch of kind `handover`.

    Args:
        session: of the caller, for writing.
        asked: what goes to whom.
        token: of a preview; a case that has changed since is left out and said.
        progress: told about every fifty cases.

    Raises:
        Refused: as `preview`; "right_staff"; "bulk_stale" where other cases would go than were previewed.
        Cancelled: stopped through `progress`; the caller's transaction must be rolled back.
    """
    to, worker, rows = _going(session, asked)
    rights.require_staff(session, to if asked.back else worker)
    told = bulk_acts.act(
        session,
        _choice(rows),
        "assign",
        _facts(to, asked),
        token=token,
        batch_kind="handover",
        label=f"{worker or asked.grid}→{to}",
        progress=progress,
    )
    return HandedOver(to, worker, _taken(rows, told), told)


def _going(session: Session, asked: Asked) -> tuple[str, str, Sequence[CaseRow]]:
    """Return the receiver, the giver if it is one, and the open cases that are not the receiver's already."""
    to = session.catalogue.worker(asked.to)
    if asked.back:
        return to, "", people.returns(session, to)
    worker = people.anyone(session, asked.worker) if asked.worker else ""
    if worker == to:
        raise Refused("handover_same", "to themselves", worker=session.catalogue.name("worker", to))
    if not worker and not asked.grid:
        raise Refused("handover_what", "whose")
    for kind, code in (("grid", asked.grid), ("type", asked.type)):
        if code and session.catalogue.with_places(session.db).get(kind, code) is None:
            raise Refused("entry_unknown", f"no {kind} {code}", kind=kind, entry=code)
    said = {"stage": "open", "grid": asked.grid, "type": asked.type, "worker": worker}
    filters: dict[str, Any] = {name: value for name, value in said.items() if value}
    if (count := lists.count(session, **filters)) > bulk_acts.MOST:
        raise Refused("bulk_many", "too many", count=f"{count:,}", most=f"{bulk_acts.MOST:,}")
    rows = [row for part in lists.walk(session, sort="due", **filters) for row in part]
    if not worker:
        held = {row.subject for part in lists.walk(session, **filters, worker=to) for row in part}
        rows = [row for row in rows if row.subject not in held]
    return to, worker, rows


def _choice(rows: Sequence[CaseRow]) -> Choice:
    return Choice(subjects=tuple(row.subject for row in rows))


def _facts(to: str, asked: Asked) -> dict[str, str]:
    return {"worker": to, "reason": asked.reason or REASON, "deputy": asked.deputy}


def _taken(rows: Sequence[CaseRow], told: Told) -> tuple[CaseRow, ...]:
    refused = {line.number for line in told.refused}
    return tuple(row for row in rows if row.number not in refused)
