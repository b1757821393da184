"""One case: log it, act on it, show it. Acts that touch several cases are in `together.py`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, insert, select, update

from db import quick
from db.tables import CASES, STORE
from zq_grid import bodies, intake, steps, summary_rows
from zq_grid.catalogue import Catalogue
from zq_grid.errors import Refused
from zq_grid.plausible import FUTURE, OLDEST, refuse_implausible, refuse_unknown_place
from zq_grid.projection import Renewal, state_of
from zq_grid.rules import gates, lifecycle, worktime
from zq_grid.rules.fold import fold
from zq_grid.rules.state import CaseState
from zq_grid.rules.step import Step
from zq_grid.rules.vocabulary import SOURCES, STEPS
from zq_grid.session import Session

if TYPE_CHECKING:
    from zq_grid.places import Place


@dataclass(frozen=True, slots=True)
class Logged:
    """A new case and what is proposed for it."""

    number: str
    subject: int
    step: Step
    place: "Place"
    unit: str | None


@dataclass(frozen=True, slots=True)
class Acted:
    """What an act did: the step on the case itself, the joined orders it was written to, those that it couldn't."""

    number: str
    step: Step
    stage: str
    group: str = ""
    joined: tuple[str, ...] = ()
    skipped: tuple[str, ...] = ()
    proposes: str = ""
    made: tuple[str, ...] = ()


@dataclass
class Draft:
    """One step about to be written: the case, what it knows, and the body."""

    subject: int
    name: str
    number: str
    held: list[Step]
    state: CaseState
    kind: str
    body: dict[str, Any]
    own: Mapping[str, Any] = field(default_factory=dict)
    strict: bool = True


# finding --------------------------------------------------------------------------------------


def find(session: Session, number: str) -> int:
    """Return this store's key of the case shown under a number.

    Raises:
        Refused: "case_unknown"; "case_ambiguous" where several cases bear the number.
    """
    wanted = bodies.text(number)
    found = [row[0] for row in quick.rows(session.db, _BY_NUMBER, {"number": wanted})]
    if not found:
        found = [row[0] for row in quick.rows(session.db, _BY_NUMBER, {"number": bodies.number(wanted)})]
    if not found:
        # a case whose log was retracted is in no list, but its steps are there
        named = [wanted, *(f"case:{source}:{bodies.number(wanted)}" for source in SOURCES)]
        numbers = list(steps.subject_ids(session.db, named).values())
        # a case that others only name has a number here and no steps
        found = [subject for subject, held in steps.of_subjects(session.db, numbers).items() if held]
    if not found:
        raise Refused("case_unknown", "no case with this number", number=wanted[:60])
    if len(found) > 1:
        names = [steps.subject_name(session.db, subject) for subject in found]
        raise Refused("case_ambiguous", "several cases", number=wanted, names="、".join(names))
    return int(found[0])


_BY_NUMBER = select(CASES.c.subject).where(CASES.c.number == bindparam("number"))


def subject_for(body: Mapping[str, Any], fallback: str) -> str:
    """Return the name of a case: by source and order number, else by its device's own numbers."""
    if order := body.get("order_number"):
        return f"case:{body['source']}:{bodies.number(str(order))}"
    return f"case:{fallback}"


# logging --------------------------------------------------------------------------------------


def log(
    session: Session,
    facts: Mapping[str, Any],
    *,
    did_at: int | None = None,
    day_only: bool = False,
    on_behalf_of: str = "",
    group: str = "",
    strict: bool = True,
) -> Logged:
    """Log a new case; its place is looked up and its unit and limits proposed.

    Args:
        facts: those of `log` and of the case's type, as text.
        did_at: when it was reported; now unless given. `day_only`: of that only the day is known.

    Raises:
        Refused: "gate" naming missing facts, "type_unknown", "case_exists", "did_in_future", "fact_…".
    """
    renewal = Renewal(session)
    made = log_one(session, renewal, facts, did_at, day_only, on_behalf_of, group, strict=strict)
    session.log.flush()
    renewal.write()
    return made


def log_one(
    session: Session,
    renewal: Renewal,
    facts: Mapping[str, Any],
    did_at: int | None,
    day_only: bool,
    on_behalf_of: str,
    group: str,
    *,
    strict: bool,
) -> Logged:
    """Write the `log` of one case into the buffers of the session and of `renewal`; the caller flushes both."""
    at = moment_of(session, did_at)
    type_ = str(facts.get("type") or "")
    own = type_entry(session.catalogue, type_)
    body = bodies.clean("log", facts, own, strict=strict)
    if order := body.get("order_number"):
        body["order_number"] = bodies.number(order)
        if not body["order_number"]:
            raise bodies.wrong("order_number", order, "20261102000001")
    body.setdefault("source", "hotline" if body.get("order_number") else "station")
    if day_only:
        body["precision"] = "day"
    refuse_missing("log", gates.of_log(body, own))
    refuse_implausible(session, body)
    log_ = session.log
    subject = subject_for(body, log_.next_name())
    number = log_.subject_id(subject)
    held: list[Step] = []
    if not log_.is_new(number):
        log_.flush()
        held = steps.of_subject(session.db, number)
    earlier = fold(held) if held else None
    if earlier is not None and earlier.logged and not earlier.gone_log:
        raise Refused("case_exists", "logged already", number=body.get("order_number", subject))
    placed, place = intake.place_facts(session, body)
    body.update(placed)
    if strict:
        refuse_unknown_place(session, body)
    if not body.get("order_number") and not body.get("number"):
        body["number"] = next_numbers(session, at)[0]
    step = log_.add(
        "log",
        subject,
        body,
        personal=bodies.personal("log", body, own),
        parents=earlier.head_steps if earlier else (),
        above=max((s.lamport for s in held), default=0),
        did_at=at,
        recorded_at=session.now,
        actor=session.actor,
        on_behalf_of=bodies.text(on_behalf_of),
        group=group,
    )
    renewal.add(number, [*held, step], fresh=not held)
    shown = body.get("order_number") or body["number"]
    unit = intake.route(session.catalogue, type_, body.get("neighbourhood"))
    return Logged(shown, number, step, place, unit)


def type_entry(catalogue: Catalogue, code: str) -> Mapping[str, Any]:
    """Return the newest entry of a case type that is in use.

    Raises:
        Refused: "type_unknown".
    """
    types = catalogue.current("type")
    if code not in types:
        raise Refused("type_unknown", f"no type {code}", type=code, known="、".join(types))
    return types[code]


def moment_of(session: Session, did_at: int | None) -> int:
    """Return when an act was done; refuse what lies more than five minutes ahead, or before 2000 (R1.2).

    Raises:
        Refused: "did_in_future", "did_long_ago".
    """
    at = session.now if did_at is None else did_at
    if at < OLDEST:
        raise Refused("did_long_ago", "done before 2000", at=worktime.to_text(at))
    if at > session.now + FUTURE:
        shown = {"at": worktime.to_text(at), "now": worktime.to_text(session.now)}
        raise Refused("did_in_future", "done in the future", **shown)
    return at


def refuse_missing(kind: str, missing: Sequence[str], number: str = "") -> None:
    """Raise Refused("gate") naming each missing fact, if any is missing."""
    if missing:
        unique = list(dict.fromkeys(missing))
        raise Refused("gate", f"{kind} lacks {', '.join(unique)}", step=kind, missing=unique, number=number)


def next_numbers(session: Session, at: int, count: int = 1) -> list[str]:
    """Return the station's next numbers of the day; numbers of retracted cases are never given again."""
    day = worktime.day_of(at).strftime("%y%m%d")
    key = f"number:{day}"
    last = quick.rows(session.db, _LAST_NUMBER, {"key": key})
    following = int(last[0][0] if last else 0) + count
    if not last:
        session.db.execute(insert(STORE), {"key": key, "value": str(following)})
    else:
        quick.run(session.db, _NEXT_NUMBER, {"b_key": key, "b_value": str(following)})
    station = (session.station or "zq").upper()
    return [f"{station}-{day}-{nth:02d}" for nth in range(following - count + 1, following + 1)]


_LAST_NUMBER = select(STORE.c.value).where(STORE.c.key == bindparam("key"))
_NEXT_NUMBER = update(STORE).where(STORE.c.key == bindparam("b_key")).values(value=bindparam("b_value"))


# acting ---------------------------------------------------------------------------------------


def draft(
    session: Session,
    subject: int,
    kind: str,
    given: Mapping[str, Any],
    *,
    strict: bool,
    at: int | None = None,
) -> Draft:
    """Read a case and check that a step done `at` fits it: order of steps, forms and missing facts of the step.

    Raises:
        Refused: "step_…" where it doesn't fit, "gate" where facts are missing, "fact_…".
    """
    refuse_unknown_step(kind)
    held = steps.of_subject(session.db, subject)
    return drafted(session, subject, held, kind, given, strict=strict, at=at)


def drafted(
    session: Session,
    subject: int,
    held: list[Step],
    kind: str,
    given: Mapping[str, Any],
    *,
    strict: bool,
    at: int | None = None,
) -> Draft:
    """Check a step as `draft` does on a case whose steps were read already."""
    state = fold(held)
    name = held[0].subject
    number = summary_rows.shown_number(state)
    began = state.rounds[-1].began.did_at if state.rounds else session.now
    own = session.catalogue.type_at(str(state.get("type") or ""), began)
    body = bodies.clean(kind, given, own, strict=strict)
    refuse_misfit(state, kind, body, number, at)
    refuse_implausible(session, body)
    return Draft(subject, name, number, held, state, kind, body, own, strict)


def refuse_unknown_step(kind: str) -> None:
    """Raise Refused("step_unknown") for a step that can't be taken on a case that is there."""
    if kind == "log":
        raise Refused("step_again", "logged already")
    if kind not in STEPS:
        known = "、".join(k for k in STEPS if k != "log")
        raise Refused("step_unknown", f"no step {kind}", step=kind, known=known)


def refuse_misfit(
    state: CaseState, kind: str, body: Mapping[str, Any], number: str, at: int | None = None
) -> None:
    """Raise a refusal if a step doesn't fit the case's stage."""
    refuse_unknown_step(kind)
    objection = lifecycle.objection(state, kind, body, at)
    if objection:
        fits = [k for k in STEPS if k != "log" and lifecycle.objection(state, k, {}) is None]
        facts = {"step": kind, "stage": state.stage, "number": number, "fits": fits}
        raise Refused(objection, f"{kind} doesn't fit {state.stage}", **facts)


def write(
    session: Session,
    renewal: Renewal,
    one: Draft,
    *,
    did_at: int,
    day_only: bool = False,
    on_behalf_of: str = "",
    group: str = "",
) -> tuple[Step, CaseState]:
    """Append a checked step and note its case for renewal; returns the step and the case after it."""
    body = {**one.body, "precision": "day"} if day_only else one.body
    step = session.log.add(
        one.kind,
        one.name,
        body,
        personal=bodies.personal(one.kind, body, one.own),
        parents=one.state.head_steps,
        above=max(s.lamport for s in one.held),
        did_at=did_at,
        recorded_at=session.now,
        actor=session.actor,
        on_behalf_of=bodies.text(on_behalf_of),
        group=group,
    )
    held = [*one.held, step]
    if one.kind == "erase":
        session.log.flush()
        erase_values(session, held, body["fields"])
        held = steps.of_subject(session.db, one.subject)
    state = fold(held)
    worded = one.kind in summary_rows.WORDY
    renewal.add(one.subject, held, worded=worded, state=state)
    return step, state


def erase_values(session: Session, held: Sequence[Step], fields: Sequence[str]) -> None:
    """Remove the personal values of these fields from every step of a case, for good."""
    steps.forget(session.db, [step.position for step in held], fields)
    session.touched.add("personal")


def show(session: Session, number: str) -> tuple[int, CaseState]:
    """Return a case's key and all that is known of it."""
    subject = find(session, number)
    return subject, state_of(session, subject)
