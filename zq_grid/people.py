"""Who works here: roles, open cases, who is away and stands in, who has left with cases still open."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import func, select, text

from db.tables import CASES
from db.tables.summary import LIVE
from zq_grid import absences, catalogue, entries, lists, rights, steps
from zq_grid.absences import Absence
from zq_grid.catalogue import Catalogue
from zq_grid.errors import Refused
from zq_grid.lists import CaseRow
from zq_grid.rules.lifecycle import OPEN
from zq_grid.rules.step import Step, order
from zq_grid.session import Session

KIND = "worker"
# No step is older (R1.2).
FIRST_DAY = "2000-01-01"


@dataclass(frozen=True, slots=True)
class Person:
    """A worker as a list shows them. `open`: cases in hand; `to_return`: of an ended absence, still with deputies.

    `left`: not in the catalogue's workers any more; with open cases they need a hand-over.
    """

    code: str
    name: str
    roles: tuple[str, ...]
    open: int
    absence: Absence | None
    stands_in_for: tuple[str, ...]
    to_return: int
    left: bool

    @property
    def needs_handover(self) -> bool:
        """Whether cases lie with somebody who doesn't work here any more."""
        return self.left and self.open > 0


def workers(session: Session) -> tuple[Person, ...]:
    """Return everybody who works here, and those who have left and still have open cases, by code."""
    known, now = session.catalogue, session.now
    current, counts = known.current(KIND), open_cases(session)
    away = absences.now_away(known, now)
    held: _Held = {}
    return tuple(
        Person(
            code,
            known.name(KIND, code),
            tuple(current.get(code, {}).get("roles", ())),
            counts.get(code, 0),
            away.get(code),
            absences.stood_in_for(known, code, now) if code in current else (),
            len(_returns(session, code, held)) if code in current and code not in away else 0,
            code not in current,
        )
        for code in sorted({*current, *counts})
    )


def open_cases(session: Session) -> dict[str, int]:
    """Return worker → how many open cases they have; cases of nobody are not counted."""
    return {str(worker): int(count) for worker, count in session.db.execute(_OPEN)}


def anyone(session: Session, named: str) -> str:
    """Return the code of a worker by code or name, also of one who has left.

    Raises:
        Refused: "worker_unknown", "worker_ambiguous".
    """
    known = session.catalogue
    try:
        return known.worker(named)
    except Refused:
        if known.get(KIND, named) is not None or lists.count(session, worker=named, stage="open"):
            return named
        found = [code for code in known.codes(KIND) if known.name(KIND, code) == named]
        if len(found) != 1:
            raise
        return found[0]


# Along the index of cases that something is still to be done about: few among many.
_OPEN = (
    select(CASES.c.worker, func.count())
    .with_hint(CASES, "INDEXED BY ix_cases_live", "sqlite")
    .where(text(LIVE), CASES.c.stage.in_(sorted(OPEN)), CASES.c.worker.is_not(None))
    .group_by(CASES.c.worker)
)


# absences ------------------------------------------------------------------------------------


def be_absent(
    session: Session, worker: str, *, since: str, deputy: str, until: str = "", reason: str = ""
) -> Absence:
    """Define that a worker is away and who stands in; an absence that begins on the same day is replaced.

    Args:
        session: of the caller.
        worker: by code or name, `deputy` likewise.
        since: first day away, `until` the last, "" while nobody knows; days as 2026-11-02.
        reason: in a few words.

    Raises:
        Refused: "worker_unknown", "worker_ambiguous", "right_staff", "entry_invalid", and as `refuse_clash`.
    """
    away = session.catalogue.worker(worker)
    rights.require_staff(session, away)
    said = {"worker": away, "since": since, "until": until, "reason": reason}
    said |= {"code": f"{away}-{since.replace('-', '')}", "deputy": session.catalogue.worker(deputy)}
    if since < FIRST_DAY:
        raise Refused("did_long_ago", "before 2000", at=since)
    entry = entries.check(absences.KIND, {name: value for name, value in said.items() if value})
    refuse_clash(session, absences.read(str(entry["code"]), entry))
    catalogue.define(session, [(absences.KIND, str(entry["code"]), entry)])
    session.catalogue = catalogue.load(session.db).with_places(session.db)
    return next(one for one in absences.every(session.catalogue) if one.code == entry["code"])


def refuse_clash(session: Session, new: Absence) -> None:
    """Refuse an absence in whose days the worker is away already, or nobody would be there to stand in.

    Raises:
        Refused: "absence_overlaps", "absence_circle".
    """
    known = session.catalogue
    if other := absences.overlap(known, new):
        said = {"since": other.since, "until": other.until or "…", "deputy": known.name(KIND, other.deputy)}
        raise Refused("absence_overlaps", "away already", worker=known.name(KIND, new.worker), **said)
    if around := absences.circle(known, new):
        names = [known.name(KIND, one) for one in (*around, new.worker)]
        raise Refused("absence_circle", "deputies of one another", workers=" → ".join(names))


def come_back(session: Session, worker: str, *, since: str = "") -> Absence:
    """End the absence of a worker now, or take back the one whose first day is `since`, which may lie ahead.

    Raises:
        Refused: "worker_unknown", "worker_ambiguous", "right_staff"; "absence_none" where they are not away,
            "absence_ahead" where they will be.
    """
    known, code = session.catalogue, session.catalogue.worker(worker)
    rights.require_staff(session, code)
    mine = [one for one in absences.every(known) if one.worker == code and not one.over(session.now)]
    absence = absences.of_worker(known, code, session.now)
    if since:
        absence = next((one for one in mine if one.since == since), None)
    if absence is None:
        said, ahead = known.name(KIND, code), [one.since for one in mine if not one.covers(session.now)]
        if ahead:
            raise Refused("absence_ahead", "not away yet", worker=said, since=min(ahead))
        if since:
            raise Refused("absence_unknown", "no such absence", worker=said, since=since)
        raise Refused("absence_none", "not away", worker=said)
    catalogue.retire(session, absences.KIND, absence.code)
    session.catalogue = catalogue.load(session.db).with_places(session.db)
    return absence


def returns(session: Session, worker: str) -> tuple[CaseRow, ...]:
    """Return the open cases that others were given instead of this worker, by limit: what goes back to them."""
    return _returns(session, worker, {})


# deputy → their open cases, each with whom it is done for
_Held = dict[str, list[tuple[CaseRow, str]]]


def _returns(session: Session, worker: str, held: _Held) -> tuple[CaseRow, ...]:
    """As `returns`; `held` keeps what was read of each deputy, for others whom the same one stood in for."""
    found: list[CaseRow] = []
    for deputy in sorted(_deputies(session.catalogue, worker)):
        if deputy not in held:
            held[deputy] = list(_in_hand(session, deputy))
        found += [row for row, instead_of in held[deputy] if instead_of == worker]
    return tuple(sorted(found, key=lambda row: (row.due is None, row.due or 0, row.subject)))


def _in_hand(session: Session, deputy: str) -> Iterator[tuple[CaseRow, str]]:
    for rows in lists.walk(session, worker=deputy, stage="open", size=steps.CHUNK):
        held = steps.of_subjects(session.db, [row.subject for row in rows], values=False)
        yield from ((row, whom) for row in rows if (whom := _instead_of(held[row.subject])))


def _deputies(known: Catalogue, worker: str) -> set[str]:
    """Return everybody who may ever have stood in for a worker, deputies of deputies too."""
    named: dict[str, set[str]] = {}
    for one in absences.every(known):
        named.setdefault(one.worker, set()).add(one.deputy)
    found: set[str] = set()
    front = {worker}
    while front:
        front = {deputy for one in front for deputy in named.get(one, ())} - found
        found |= front
    return found - {worker}


def _instead_of(held: list[Step]) -> str:
    """Return for whom the worker of a case does it: as the last assignment by time says (R4.10)."""
    gone = {str(step.body.get("step")) for step in _standing_retracts(held)}
    assigned = [step for step in held if step.kind == "assign" and step.id not in gone]
    last = max(assigned, key=lambda step: (step.did_at, order(step)), default=None)
    return str(last.body.get("instead_of") or "") if last is not None else ""


def _standing_retracts(held: list[Step]) -> Iterator[Step]:
    """Yield the retracts that are not themselves retracted, the newest first."""
    gone: set[str] = set()
    for step in sorted((step for step in held if step.kind == "retract"), key=order, reverse=True):
        if step.id not in gone:
            gone.add(str(step.body.get("step")))
            yield step
