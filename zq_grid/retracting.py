"""Retracting a step, and with it what the same act wrote to other cases."""

from sqlalchemy import select

from db.tables import BATCHES
from zq_grid import cases, steps
from zq_grid.cases import Acted, Draft
from zq_grid.errors import Refused
from zq_grid.manner import Manner
from zq_grid.projection import Renewal
from zq_grid.rules.ancestry import Ancestry
from zq_grid.rules.fold import fold
from zq_grid.rules.state import CaseState
from zq_grid.rules.step import Step
from zq_grid.session import Session
from zq_grid.summary_rows import shown_number

NEAR = 200


def target(_session: Session, one: Draft, _manner: Manner) -> None:
    """Find the step that a `retract` names, by its id or the beginning of it; refuse what can't be taken back.

    Raises:
        Refused: "retract_unknown", "retract_erase", "retract_again", "retract_reopened".
    """
    wanted = one.body["step"].lower()
    found = [s for s in one.held if s.id == wanted or (len(wanted) >= 8 and s.id.startswith(wanted))]
    if len(found) != 1:
        raise Refused("retract_unknown", "no such step", step=wanted[:16], number=one.number)
    named = found[0]
    if named.kind == "erase":
        raise Refused("retract_erase", "erased is erased", number=one.number)
    if named.id in one.state.retracted:
        raise Refused("retract_again", "retracted already", step=named.kind, number=one.number)
    known = Ancestry(one.held)
    reopened = [s for s in one.held if s.kind == "reopen" and s.id not in one.state.retracted]
    rests = named.kind == "close" and any(known.saw(later, named) for later in reopened)
    if rests:
        raise Refused("retract_reopened", "a reopening rests on it", number=one.number)
    one.body["step"] = named.id


def stage_of(state: CaseState) -> str:
    """Return the stage of a case as answers say it: also that its log was retracted."""
    return "retracted" if state.gone_log else state.stage


def retract(session: Session, one: Draft, manner: Manner) -> Acted:
    """Retract a step, and with it what the same act wrote to other cases; an import is undone by its batch."""
    named = next(step for step in one.held if step.id == one.body["step"])
    renewal = Renewal(session)
    others = act_of(session, named)
    group = session.log.next_name() if others else ""
    step, state = cases.write(session, renewal, one, group=group, **manner.told())
    numbers = []
    for other in others:
        number = steps.subject_id(session.db, other.subject)
        if number is None or number == one.subject:
            continue
        numbers.append(retract_step(session, renewal, number, other, one.body["reason"], group, manner))
    session.log.flush()
    renewal.write()
    return Acted(one.number, step, stage_of(state), group, tuple(n for n in numbers if n))


def retract_step(
    session: Session, renewal: Renewal, subject: int, target: Step, reason: str, group: str, manner: Manner
) -> str:
    """Retract one step of a case unless it is retracted already; returns the case's number, or "" if nothing was done."""
    session.log.flush()  # the same act may have written several steps to one case
    held = steps.of_subject(session.db, subject)
    state = fold(held)
    if target.id in state.retracted:
        return ""
    body = {"step": target.id, "reason": reason}
    one = Draft(subject, target.subject, shown_number(state), held, state, "retract", body)
    cases.write(session, renewal, one, group=group, **manner.told())
    return one.number


def act_of(session: Session, target: Step) -> list[Step]:
    """Return the steps that the same act wrote beside `target`."""
    if not target.group:
        return []
    batch = session.db.execute(select(BATCHES.c.batch).where(BATCHES.c.batch == target.group)).scalar()
    if batch is not None:
        return []
    found: list[Step] = []
    for outward in (-NEAR, NEAR):
        # an act lies together in the log: look on, this way and that, for as long as there is more of it
        at, part = target.position, [target]
        while part and at > 0:
            first, last = (at + 1, at + outward) if outward > 0 else (max(1, at + outward), at - 1)
            near = steps.between(session.db, first, last)
            part = [step for step in near if (step.group, step.scope) == (target.group, target.scope)]
            found += part
            at += outward
    return found
