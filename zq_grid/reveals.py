"""Showing what is masked: who may see it, and the step that says who looked, at what, and why, before anything is shown.

These steps lie in the stream scope `audit`. A case's own subject is never touched: looking changes nothing of a case.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from db.tables import CASES, STEPS, STREAMS, SUBJECTS
from zq_grid import bodies, cases, lists, steps
from zq_grid.errors import Refused
from zq_grid.rules import worktime
from zq_grid.rules.canonical import is_commitment
from zq_grid.rules.state import ERASED, CaseState
from zq_grid.rules.step import Step
from zq_grid.rules.vocabulary import AUDIT_STEPS
from zq_grid.session import Session
from zq_grid.summary_rows import shown_number

AUDIT = "audit"
CALLER = ("reporter", "phone")
FIELDS = (*CALLER, "title", "text", "place")
# Who sees the caller of a confidential order besides the worker it is assigned to, and whole lists unmasked.
ROLES = frozenset({"dispatcher", "supervisor", "leader"})
# A reason of fewer characters says nothing.
SHORTEST = 2


@dataclass(frozen=True, slots=True)
class Revealed:
    """The values of one case that were asked for and are held, and the id of the step that tells of it."""

    number: str
    values: Mapping[str, str]
    step: str


@dataclass(frozen=True, slots=True)
class RevealedList:
    """Leave to write one list unmasked: by whom, why, of which cases, and the step that tells of it."""

    actor: str
    reason: str
    filters: Mapping[str, Any]
    count: int
    step: str


@dataclass(frozen=True, slots=True)
class Look:
    """One line of the audit: who looked when (seconds UTC) at how many cases' values, and why."""

    at: int
    actor: str
    case: str
    fields: tuple[str, ...]
    count: int
    filter: Mapping[str, Any]
    reason: str
    step: str


def reveal(session: Session, number: str, fields: Sequence[str] = CALLER, reason: str = "") -> Revealed:
    """Return personal values of one case unmasked, having logged who asked for them and why.

    Args:
        fields: of FIELDS; those that the case doesn't hold are left out.

    Raises:
        Refused: "case_unknown", "reveal_reason", "reveal_short", "reveal_field", "reveal_confidential" for an order
            whose caller only its worker, a dispatcher, a supervisor or a leader may see, "reveal_nothing" where
            nothing is held.
    """
    why = _reason(reason)
    unknown = [field for field in fields if field not in FIELDS]
    if unknown or not fields:
        known = "、".join(FIELDS)
        raise Refused("reveal_field", f"no {unknown}", said="、".join(unknown) or "—", known=known)
    subject, state = cases.show(session, number)
    shown = shown_number(state)
    if is_confidential(session, state) and not may_see(session, worker=state.get("worker")):
        raise Refused("reveal_confidential", "the caller is confidential", number=shown)
    values = {field: said for field in dict.fromkeys(fields) if (said := _readable(state.get(field)))}
    if not values:
        raise Refused("reveal_nothing", "nothing is held", number=shown)
    name = steps.subject_name(session.db, subject)
    body = {"case": name, "fields": list(values), "count": 1, "reason": why}
    return Revealed(shown, values, _log(session, f"{AUDIT}:{name}", body).id)


def reveal_list(session: Session, *, reason: str, filters: Mapping[str, Any]) -> RevealedList:
    """Log that a list of cases is about to be written unmasked; `zq_grid.exports` takes what is returned.

    Whoever is no dispatcher, supervisor or leader may do so only with a list of cases assigned to themselves.

    Raises:
        Refused: "reveal_reason", "reveal_short", "reveal_list", and as `lists.page`.
    """
    why = _reason(reason)
    own = None if filters.get("with_deputies") else filters.get("worker")
    if not may_see(session, worker=own):
        raise Refused("reveal_list", "not entitled to unmask lists", worker=session.actor)
    said = {name: _said(value) for name, value in sorted(filters.items()) if value}
    count = lists.page(session, limit=0, **filters).total
    month = worktime.day_of(session.now).isoformat()[:7]
    body = {"fields": list(FIELDS), "count": count, "filter": said, "reason": why}
    step = _log(session, f"{AUDIT}:export:{month}", body)
    return RevealedList(session.actor, why, dict(filters), count, step.id)


def _said(value: object) -> str:
    return bodies.text("、".join(map(str, value)) if isinstance(value, tuple) else value)


def looks(session: Session, *, since: int = 0, limit: int = 200) -> tuple[int, tuple[Look, ...]]:
    """Return how many looks arrived since (seconds UTC), and the newest of them, the newest first."""
    streams = select(STREAMS.c.id).where(STREAMS.c.scope == AUDIT)
    query = select(func.count()).where(STEPS.c.stream.in_(streams), STEPS.c.arrived_at >= since)
    total = int(session.db.execute(query).scalar_one())
    held = steps.newest_of_scope(session.db, AUDIT, since=since, limit=limit)
    return total, _looks(session, held)


def looks_at(session: Session, number: str) -> tuple[Look, ...]:
    """Return who looked at the values of one case, the newest first; lists that held it are not among them.

    Raises:
        Refused: "case_unknown", "case_ambiguous".
    """
    name = steps.subject_name(session.db, cases.find(session, number))
    held = _held(session, f"{AUDIT}:{name}")
    return _looks(session, sorted(held, key=lambda step: -step.position))


# who may see ----------------------------------------------------------------------------------


def may_see(session: Session, *, worker: object) -> bool:
    """Tell whether who acts sees what is confidential: the worker of the case, or by role."""
    entry = session.catalogue.current("worker").get(session.actor)
    if entry is None:
        return False
    return worker == session.actor or not ROLES.isdisjoint(entry.get("roles", ()))


def is_confidential(session: Session, state: CaseState) -> bool:
    """Tell whether who called is for few: the order says so (in a dispute: one side does), or its type."""
    heads = state.heads.get("confidential", ())
    if any(head.value == "yes" for head in heads):
        return True
    return type_is_confidential(session, str(state.get("type") or ""))


def type_is_confidential(session: Session, code: str) -> bool:
    """Tell whether cases of a type are working information of the police, not for everybody's eyes."""
    entry = session.catalogue.get("type", code)
    return entry is not None and entry.get("confidential") == "yes"


# the log --------------------------------------------------------------------------------------


def _reason(said: str) -> str:
    fact = AUDIT_STEPS["reveal"]["reason"]
    why = bodies.text(said)
    if not why:
        raise Refused("reveal_reason", "no reason was given")
    if len(why) < SHORTEST:
        raise Refused("reveal_short", "no reason to speak of", said=why)
    return str(bodies.form("reason", fact, why))


def _log(session: Session, subject: str, body: Mapping[str, Any]) -> Step:
    held = _held(session, subject)
    known = {parent for step in held for parent in step.parents}
    table = AUDIT_STEPS["reveal"]
    step = session.log.add(
        "reveal",
        subject,
        body,
        personal=[name for name in body if table[name].personal],
        parents=[step.id for step in held if step.id not in known],
        above=max((step.lamport for step in held), default=0),
        did_at=session.now,
        recorded_at=session.now,
        actor=session.actor,
        scope=AUDIT,
    )
    session.log.flush()
    session.touched.add(AUDIT)
    return step


def _held(session: Session, subject: str) -> list[Step]:
    number = steps.subject_id(session.db, subject)
    return steps.of_subject(session.db, number) if number is not None else []


def _readable(value: object) -> str:
    return "" if value is None or value == ERASED or is_commitment(value) else str(value)


def _looks(session: Session, held: Sequence[Step]) -> tuple[Look, ...]:
    named = sorted({str(step.body["case"]) for step in held if step.body.get("case")})
    numbers: dict[str, str] = {}
    for start in range(0, len(named), steps.CHUNK):
        query = select(SUBJECTS.c.name, CASES.c.number).join(CASES, CASES.c.subject == SUBJECTS.c.id)
        rows = session.db.execute(query.where(SUBJECTS.c.name.in_(named[start : start + steps.CHUNK])))
        numbers.update((row.name, row.number) for row in rows)
    return tuple(_look(step, numbers) for step in held)


def _look(step: Step, numbers: Mapping[str, str]) -> Look:
    body = step.body
    filters, case = body.get("filter"), str(body.get("case") or "")
    return Look(
        step.did_at,
        step.actor,
        # a case whose log was retracted is in no list; its name says its number
        numbers.get(case) or case.rpartition(":")[2],
        tuple(body.get("fields") or ()),
        int(body.get("count") or 0),
        {} if not isinstance(filters, Mapping) or is_commitment(filters) else filters,
        _readable(body.get("reason")) or "—",
        step.id,
    )
