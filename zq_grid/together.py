"""Acts: one step on one case, or a group of steps in one transaction where an act touches several cases."""

from collections.abc import Callable, Container, Mapping
from typing import Any

from sqlalchemy import bindparam, select

from db.tables import CASES
from zq_grid import absences, bodies, cases, intake, plausible, retracting, steps
from zq_grid.cases import Acted, Draft
from zq_grid.errors import Refused
from zq_grid.manner import Manner
from zq_grid.projection import Renewal
from zq_grid.retracting import stage_of
from zq_grid.rules import gates, lifecycle, limits, worktime
from zq_grid.rules.fold import fold
from zq_grid.rules.lifecycle import OPEN
from zq_grid.rules.text import hide_names, hide_personal, names_told
from zq_grid.rules.vocabulary import JOINT
from zq_grid.session import Session
from zq_grid.summary_rows import shown_number
from zq_grid.views import caller_of


def act(
    session: Session,
    number: str,
    kind: str,
    given: Mapping[str, Any],
    *,
    did_at: int | None = None,
    day_only: bool = False,
    on_behalf_of: str = "",
    strict: bool = True,
) -> Acted:
    """Take any step of the vocabulary on a case; handling steps go to every joined order too (R4.12).

    Args:
        given: the facts of the step, as text; `did_at`: now unless given.

    Raises:
        Refused: "case_unknown", "step_…" where it doesn't fit, "gate" naming each missing fact, "fact_…",
            "did_in_future". Nothing is written then.
    """
    manner = Manner(cases.moment_of(session, did_at), day_only, on_behalf_of)
    subject = cases.find(session, number)
    one = cases.draft(session, subject, kind, given, strict=strict, at=manner.did_at)
    prepare(session, one, manner)
    if kind in JOINT:
        return _jointly(session, one, manner)
    if kind == "split":
        return _split(session, one, manner)
    if kind == "retract":
        return retracting.retract(session, one, manner)
    return _single(session, one, manner)


def prepare(session: Session, one: Draft, manner: Manner) -> None:
    """Fill in what needn't be said of a step, and refuse it where the catalogue or another case is against it.

    Raises:
        Refused: "gate" naming each missing fact, and what the step's own check says.
    """
    if one.strict:
        plausible.refuse_too_early(one.state, manner.did_at, one.number)
    _complete(session, one, manner)
    _check(session, one, manner)


# what the services know without being told ----------------------------------------------------


def _complete(session: Session, one: Draft, manner: Manner) -> None:
    """Fill in what needn't be said: the routed unit, the caller who was spoken to, when a reply was given."""
    body, state = one.body, one.state
    if one.kind == "dispatch" and not body.get("unit"):
        unit = intake.route(session.catalogue, str(state.get("type") or ""), state.get("neighbourhood"))
        if unit:
            body["unit"] = unit
    if one.kind == "contact" and body.get("reached") == "yes" and not body.get("person"):
        caller = state.get("reporter")
        if isinstance(caller, str):
            body["person"] = caller
    if one.kind == "close" and body.get("reply") and not body.get("reply_at"):
        body["reply_at"] = worktime.to_text(manner.did_at)
    if one.kind == "amend" and isinstance(body.get("order_number"), str):
        body["order_number"] = bodies.number(body["order_number"])


def _check(session: Session, one: Draft, manner: Manner) -> None:
    """Refuse what the step itself lacks, and what the catalogue or another case says against it."""
    if one.kind != "close":
        cases.refuse_missing(one.kind, gates.of_step(one.kind, one.body), one.number)
    if check := _CHECKS.get(one.kind):
        check(session, one, manner)


def _unit(session: Session, one: Draft, _manner: Manner) -> None:
    units = session.catalogue.current("unit")
    for unit in [one.body.get("unit"), *one.body.get("assisting", ())]:
        if unit and unit not in units:
            raise Refused("unit_unknown", f"no unit {unit}", unit=unit)
    if one.kind == "dispatch" and not one.body.get("unit"):
        cases.refuse_missing("dispatch", ["unit"], one.number)


def _worker(session: Session, one: Draft, _manner: Manner) -> None:
    body = one.body
    body["worker"] = session.catalogue.worker(body["worker"])
    deputy = body.pop("deputy", None)
    absence = absences.of_worker(session.catalogue, body["worker"], session.now)
    if absence is None or deputy == "no" or not one.strict:
        return
    stands_in = absences.stand_in(session.catalogue, body["worker"], session.now)
    if deputy == "yes" and stands_in:
        body["instead_of"], body["worker"] = body["worker"], stands_in
        return
    named = session.catalogue.name
    said = {"worker": named("worker", absence.worker), "deputy": named("worker", stands_in) or "—"}
    raise Refused("worker_absent", "absent", since=absence.since, until=absence.until or "—", **said)


def _amend(session: Session, one: Draft, _manner: Manner) -> None:
    body = one.body
    if "type" in body:
        cases.type_entry(session.catalogue, body["type"])
    closing = {"verdict", "fact_finding", "claim_finding", "conclusion", "reply"} & set(body)
    if closing and not one.state.rounds[-1].closes:
        raise Refused("amend_not_closed", "not closed", number=one.number, fields=sorted(closing))
    if one.strict:
        plausible.refuse_unknown_place(session, body)
    intake.rekey(session, body)
    for field in ("source", "order_number"):
        if field in body and body[field] != one.state.get(field):
            # they name the case itself: another number is another case
            raise Refused("amend_name", f"{field} names the case", fact=field, number=one.number)


def _close(session: Session, one: Draft, _manner: Manner) -> None:
    if one.body.get("to_complete") == "yes" or one.body.get("platform") == "yes":
        return
    began = one.state.rounds[-1].began.did_at
    callers = session.catalogue.limits_at(began)["callers"]
    # an approved repeat and a sub-case borrow the contact of the order they belong to (R6)
    borrowed = bool((one.state.joined and one.state.joined[1]) or one.state.get("parent"))
    missing = gates.of_closing(one.state, one.own, callers, one.body, borrowed_contact=borrowed)
    cases.refuse_missing("close", missing, one.number)
    subs = select(CASES.c.number).where(CASES.c.parent == one.subject, CASES.c.stage.in_(OPEN))
    if still := session.db.execute(subs).scalars().all():
        raise Refused("sub_cases_open", "sub-cases are open", number=one.number, numbers="、".join(still))


def _extension(session: Session, one: Draft, _manner: Manner) -> None:
    """Refuse an extension that is none: no later than the limit in force, or absurdly long."""
    if one.body.get("days", 0) > limits.MOST_DAYS:
        raise bodies.wrong("days", one.body["days"], f"1–{limits.MOST_DAYS}")
    said = one.body.get("until")
    if not said:
        return
    until = worktime.day_end(worktime.day_of(worktime.parse(said)[0]))
    if until > session.now + plausible.FARTHEST:
        raise bodies.wrong("until", said, worktime.day_of(session.now).isoformat())
    now = limits.close_limit(one.state, one.state.rounds[-1], session.catalogue)
    if now is not None and now.due is not None and until <= now.due:
        due = worktime.to_text(now.due)
        raise Refused("extension_short", "not later", number=one.number, until=said, due=due)


def _into(session: Session, one: Draft, _manner: Manner) -> None:
    target = cases.find(session, one.body["into"])
    root = _root(session, target)
    if root == one.subject:
        code = "merge_itself" if target == one.subject else "merge_leads"
        raise Refused(code, "merged into itself", number=one.number, into=one.body["into"])
    name = steps.subject_name(session.db, root)
    led = session.db.execute(select(CASES.c.number, CASES.c.stage).where(CASES.c.subject == root)).first()
    if led is None:  # its log was taken back
        raise Refused("merge_closed", "the other is gone", number=one.body["into"], stage="void")
    if one.state.joined == (name, one.body.get("repeat") == "yes"):
        raise Refused("merge_again", "merged already", number=one.number, into=led.number)
    if led.stage not in OPEN:
        raise Refused("merge_closed", "the other is not open", number=led.number, stage=led.stage)
    one.body["into"] = name


def _to(session: Session, one: Draft, _manner: Manner) -> None:
    target = cases.find(session, one.body["to"])
    if target == one.subject:
        raise Refused("merge_itself", "linked to itself", number=one.number)
    one.body["to"] = steps.subject_name(session.db, target)


def _exclusion(_session: Session, one: Draft, _manner: Manner) -> None:
    """Hide phones and names in a reason: it becomes a word under which orders are counted and printed."""
    reason = hide_personal(one.body["reason"])
    caller = caller_of(one.state)
    one.body["reason"] = hide_names(reason, names_told(caller))


def _fields(_session: Session, one: Draft, _manner: Manner) -> None:
    held = {name for step in one.held for name in bodies.personal(step.kind, step.body, one.own)}
    wrong = [name for name in one.body["fields"] if name not in held]
    if wrong:
        raise Refused("erase_unknown", "no such personal values", fields=wrong, known=sorted(held))


_CHECKS: dict[str, Callable[[Session, Draft, Manner], None]] = {
    "dispatch": _unit,
    "transfer": _unit,
    "assign": _worker,
    "amend": _amend,
    "close": _close,
    "ask_extension": _extension,
    "grant_extension": _extension,
    "exclude": _exclusion,
    "merge": _into,
    "link": _to,
    "retract": retracting.target,
    "erase": _fields,
}


# one case -------------------------------------------------------------------------------------


def _single(session: Session, one: Draft, manner: Manner) -> Acted:
    renewal = Renewal(session)
    step, state = cases.write(session, renewal, one, **manner.told())
    session.log.flush()
    renewal.write()
    return Acted(one.number, step, stage_of(state), proposes=_proposes(one))


def _proposes(one: Draft) -> str:
    dissatisfied = one.kind == "visit" and one.body.get("satisfaction") == "dissatisfied"
    return "reopen" if dissatisfied and one.state.stage == "closed" else ""


# joined orders --------------------------------------------------------------------------------


def _root(session: Session, subject: int) -> int:
    """Follow merges to the order that leads; a circle, which only two stations apart could make, ends where it began."""
    seen = {subject}
    while True:
        leader = session.db.execute(_LEADER, {"subject": subject}).scalar()
        if leader is None or leader in seen:
            return subject
        seen.add(leader)
        subject = leader


def joined_set(session: Session, subject: int) -> list[int]:
    """Return the other orders that are handled with this one, by their keys."""
    root = _root(session, subject)
    found, front = {root}, [root]
    while front:
        front = [n for n in session.db.execute(_FOLLOWERS, {"leaders": front}).scalars() if n not in found]
        found.update(front)
    return sorted(found - {subject})


_LEADER = select(CASES.c.joined).where(CASES.c.subject == bindparam("subject"))
_FOLLOWERS = select(CASES.c.subject).where(CASES.c.joined.in_(bindparam("leaders", expanding=True)))


def _jointly(session: Session, one: Draft, manner: Manner) -> Acted:
    """Write a handling step to every joined order that can take it; those that can't are named in the answer."""
    others, skipped = joint_orders(session, one, manner)
    group = session.log.next_name() if others else ""
    renewal = Renewal(session)
    step, state = cases.write(session, renewal, one, group=group, **manner.told())
    for other in others:
        cases.write(session, renewal, other, group=group, **manner.told())
    session.log.flush()
    renewal.write()
    return Acted(one.number, step, stage_of(state), group, tuple(o.number for o in others), tuple(skipped))


def joint_orders(
    session: Session, one: Draft, manner: Manner, *, but: Container[int] = ()
) -> tuple[list[Draft], list[str]]:
    """Return the same step for every joined order that can take it, and the numbers of those that can't.

    Args:
        but: orders that are left alone, by their keys.

    Raises:
        Refused: what a closing lacks of one of them.
    """
    others: list[Draft] = []
    skipped: list[str] = []
    for subject in joined_set(session, one.subject):
        if subject in but:
            continue
        other = _same(session, one, subject)
        if other.state.stage not in OPEN:
            continue
        if lifecycle.objection(other.state, other.kind, other.body):
            skipped.append(other.number)
            continue
        if one.kind == "close":
            _close(session, other, manner)
        others.append(other)
    return others, skipped


def _same(session: Session, one: Draft, subject: int) -> Draft:
    held = steps.of_subject(session.db, subject)
    state = fold(held)
    began = state.rounds[-1].began.did_at
    own = session.catalogue.type_at(str(state.get("type") or ""), began)
    number = shown_number(state)
    return Draft(subject, held[0].subject, number, held, state, one.kind, dict(one.body), own)


# splitting ------------------------------------------------------------------------------------


def _split(session: Session, one: Draft, manner: Manner) -> Acted:
    """Make a sub-case for each unit named; the parent can't close while one is open."""
    wanted = [sub if isinstance(sub, Mapping) else {"unit": sub} for sub in one.body["sub_cases"]]
    for sub in wanted:
        unit = sub.get("unit")
        if not unit or session.catalogue.get("unit", str(unit)) is None:
            raise Refused("unit_unknown", "no unit", unit=str(unit))
    group, renewal, names, numbers = session.log.next_name(), Renewal(session), [], []
    state = one.state
    shared = {f: state.get(f) for f in ("type", "place", "neighbourhood", "grid", "estate", "kind", "mode")}
    for nth, sub in enumerate(wanted, 1):
        facts = {f: v for f, v in shared.items() if isinstance(v, str)}
        facts |= {"source": str(state.get("source")), "parent": one.name, "number": f"{one.number}-{nth:02d}"}
        facts["text"] = str(sub.get("text") or state.get("text") or state.get("title") or "")
        made = cases.log_one(session, renewal, facts, manner.did_at, False, "", group, strict=False)
        session.log.flush()
        renewal.write()
        for kind, facts_of in (("accept", {}), ("dispatch", {"unit": str(sub["unit"])})):
            following = cases.draft(session, made.subject, kind, facts_of, strict=True)
            cases.write(session, renewal, following, group=group, **manner.told())
            session.log.flush()
            renewal.write()
        names.append(made.step.subject)
        numbers.append(made.number)
    one.body["sub_cases"] = names
    step, state = cases.write(session, renewal, one, group=group, **manner.told())
    session.log.flush()
    renewal.write()
    return Acted(one.number, step, stage_of(state), group, made=tuple(numbers))
