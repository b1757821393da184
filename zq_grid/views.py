"""What is shown of one case and of the log: plain mappings for the command line, the window and independent checks."""

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import select

from db.tables import CASES, CLOCKS, SUBJECTS
from zq_grid import limit_words, steps, summary_rows
from zq_grid.catalogue import Catalogue
from zq_grid.lists import CaseRow, light_of
from zq_grid.rules import lifecycle, renting, worktime
from zq_grid.rules.canonical import is_commitment
from zq_grid.rules.clocks import ClockRow
from zq_grid.rules.state import CaseState
from zq_grid.rules.step import Step, order, signed_fields
from zq_grid.rules.text import hide_names, hide_personal, mask_name, mask_phone, names_told
from zq_grid.rules.vocabulary import STEPS
from zq_grid.session import Session

MASKS = {"reporter": mask_name, "person": mask_name, "phone": mask_phone}


def moment(at: int | None) -> str | None:
    """Return a time as JSON has it: ISO 8601 in +08:00, or None."""
    return None if at is None else worktime.to_text(at)


def list_row(row: CaseRow) -> dict[str, Any]:
    """Return a row of a list as the contract names its fields; phones inside the text are hidden."""
    return {
        "number": row.number,
        "type": row.type,
        "stage": row.stage,
        "round": row.round,
        "place": hide_personal(row.place),
        "text": hide_personal(row.text),
        "unit": row.unit,
        "neighbourhood": row.neighbourhood,
        "received": moment(row.received_at),
        "due": moment(row.due),
        "due_kind": row.due_kind,
        "light": row.light,
        "clashes": row.clashes,
        "incomplete": row.incomplete,
    }


def case(
    session: Session, subject: int, state: CaseState, *, masked: bool = True, lang: str = "zh"
) -> dict[str, Any]:
    """Return all that is shown of one case.

    Args:
        masked: hide names, phones and ID numbers, as every screen does until somebody reveals them.
        lang: of the sentences that explain its limits.
    """
    known = session.catalogue
    row = session.db.execute(select(CASES).where(CASES.c.subject == subject)).one_or_none()
    last = len(state.rounds)
    shown = {
        "number": summary_rows.shown_number(state),
        "type": state.get("type"),
        "stage": "retracted" if state.gone_log else state.stage,
        "round": last,
        "light": light_of(row, session.now) if row else "none",
        "facts": _facts(state, masked=masked, persons=persons_of(known, state)),
        "closings": [_closing(state, number, masked=masked) for number in range(last)],
        "clocks": clocks_of(session, [subject], lang),
        "steps": [
            _timeline(step, state, masked=masked, persons=persons_of(known, state))
            for step in sorted(state.steps, key=order)
        ],
        "clashes": state.clashes(),
        "flags": [{"step": step, "why": why} for step, why in state.flags],
        "joined": _joined(session, subject, state),
        "links": [{"to": case_number(session, to), "why": why} for to, why in state.links],
        "sub_cases": [case_number(session, name) for name in state.sub_cases],
        "can": [kind for kind in STEPS if kind != "log" and lifecycle.objection(state, kind, {}) is None],
    }
    rooms = state.get("rooms")
    if isinstance(rooms, list) and rooms:
        shown["criteria"] = renting.criteria(rooms)
        shown["needs_manager"] = "yes" if renting.needs_manager(rooms) else "no"
    for kind in ("neighbourhood", "grid", "unit"):
        if code := state.get(kind):
            shown[f"{kind}_name"] = known.name(kind, str(code))
    return shown


def persons_of(known: Catalogue, state: CaseState) -> frozenset[str]:
    """Return which of a type's own facts are about a person and so are shown masked: a party, somebody to be warned."""
    own = known.type_at(str(state.get("type") or ""), state.rounds[0].began.did_at) if state.rounds else {}
    return frozenset(field["key"] for field in own.get("field", ()) if field.get("personal") == "yes")


def _facts(state: CaseState, *, masked: bool, persons: frozenset[str]) -> dict[str, Any]:
    names = [name for name in state.heads if name not in {"joined", "precision"}]
    caller = caller_of(state)
    known = {name: state.get(name) for name in sorted(names)}
    shown = {n: value(n, said, masked=masked, caller=caller) for n, said in known.items() if said is not None}
    return _hidden(shown, persons) if masked else shown


def _hidden(shown: dict[str, Any], persons: frozenset[str]) -> dict[str, Any]:
    return {
        n: mask_name(said) if n in persons and isinstance(said, str) and said[:1] != "〔" else said
        for n, said in shown.items()
    }


def value(name: str, found: Any, *, masked: bool, caller: str = "") -> Any:
    """Return a fact as it may be shown: personal values masked, missing ones in words, the caller's name hidden."""
    if is_commitment(found):
        return "〔本机未持有〕"
    if isinstance(found, Mapping) and "erased" in found:
        return "〔已清除〕"
    if not masked:
        return found
    if isinstance(found, str):
        mask = MASKS.get(name)
        if mask:
            return mask(found)
        hidden = hide_personal(found)
        return hide_names(hidden, names_told(caller)) if caller else hidden
    if isinstance(found, Mapping):
        pairs = ((value("", key, masked=True, caller=caller), said) for key, said in found.items())
        return {key: value(key, said, masked=True, caller=caller) for key, said in pairs}
    if isinstance(found, list | tuple):
        return [value(name, item, masked=True, caller=caller) for item in found]
    return found


def _closing(state: CaseState, number: int, *, masked: bool) -> dict[str, Any]:
    found = {name: state.closing(name, number) for name in sorted(state.rounds[number].closing)}
    return {name: value(name, said, masked=masked, caller=caller_of(state)) for name, said in found.items()}


def caller_of(state: CaseState) -> str:
    """Return the caller's name where it is held, so that it can be hidden wherever it was written."""
    name = state.get("reporter")
    return name if isinstance(name, str) and len(name) > 1 else ""


def _timeline(step: Step, state: CaseState, *, masked: bool, persons: frozenset[str]) -> dict[str, Any]:
    body = {n: value(n, said, masked=masked, caller=caller_of(state)) for n, said in step.body.items()}
    made: dict[str, Any] = {
        "step": step.id,
        "kind": step.kind,
        "did_at": moment(step.did_at),
        "recorded_at": moment(step.recorded_at),
        "actor": step.actor,
        "body": _hidden(body, persons) if masked else body,
    }
    if step.on_behalf_of:
        made["on_behalf_of"] = step.on_behalf_of
    if step.id in state.retracted:
        made["retracted"] = "yes"
    return made


def _joined(session: Session, subject: int, state: CaseState) -> list[str]:
    from zq_grid.together import joined_set

    others = joined_set(session, subject)
    found = (
        session.db.execute(select(CASES.c.number).where(CASES.c.subject.in_(others))).scalars().all()
        if others
        else []
    )
    lead = [case_number(session, state.joined[0])] if state.joined else []
    return sorted({*found, *lead})


def case_number(session: Session, name: str) -> str:
    """Return the number that a case is shown under, by the name of its subject."""
    found = session.db.execute(
        select(CASES.c.number).join(SUBJECTS, SUBJECTS.c.id == CASES.c.subject).where(SUBJECTS.c.name == name)
    ).scalar()
    return str(found) if found else name.rpartition(":")[2]


def clock(number: str, row: ClockRow, known: Catalogue, lang: str = "zh") -> dict[str, Any]:
    """Return one clock as the contract names its fields."""
    return {
        "subject": "",
        "number": number,
        "round": row.round,
        "kind": row.kind,
        "nth": row.nth,
        "started": moment(row.started),
        "due": moment(row.due),
        "stopped": moment(row.stopped),
        "rule": row.rule,
        "n": row.n,
        "source": row.source,
        "provisional": bool(row.provisional),
        "live": bool(row.live),
        "ours": moment(row.ours),
        "target": moment(row.target),
        "waiting": bool(row.waiting),
        "explanation": limit_words.words(row, known, lang),
    }


def clocks_of(session: Session, subjects: list[int] | None = None, lang: str = "zh") -> list[dict[str, Any]]:
    """Return the clocks of some cases, or of all, explained in a language."""
    return list(all_clocks(session, subjects, lang))


def all_clocks(
    session: Session, subjects: list[int] | None = None, lang: str = "zh"
) -> Iterator[dict[str, Any]]:
    """Yield every clock with its case's number and its explanation."""
    query = (
        select(CLOCKS, CASES.c.number, SUBJECTS.c.name)
        .join(CASES, CASES.c.subject == CLOCKS.c.subject)
        .join(SUBJECTS, SUBJECTS.c.id == CLOCKS.c.subject)
        .order_by(CLOCKS.c.subject, CLOCKS.c.round, CLOCKS.c.kind, CLOCKS.c.nth)
    )
    if subjects is not None:
        query = query.where(CLOCKS.c.subject.in_(subjects))
    for row in session.db.execute(query):
        fields = {name: getattr(row, name) for name in ClockRow._fields}
        yield {**clock(row.number, ClockRow(**fields), session.catalogue, lang), "subject": row.name}


def all_steps(
    session: Session, *, subject: int | None = None, since: int | None = None
) -> Iterator[dict[str, Any]]:
    """Yield steps with all columns of the log, personal values in place, in order of position."""
    if subject is not None:
        held: Iterator[Step] = iter(sorted(steps.of_subject(session.db, subject)))
    else:
        held = steps.between(session.db, 1, steps.last_position(session.db))
    for step in held:
        if since is None or step.arrived_at >= since:
            yield log_row(step)


def log_row(step: Step) -> dict[str, Any]:
    """Return a step as the contract shows it: what was signed, and what this store keeps beside it."""
    shown = {
        "position": step.position,
        "arrived_at": moment(step.arrived_at),
        "id": step.id,
        **signed_fields(step),
    }
    times = {"did_at": moment(step.did_at), "recorded_at": moment(step.recorded_at)}
    return {**shown, **times, "signature": step.signature.hex()}
