"""Settling a difference: of the values that stations gave a field without knowing of each other, a person chooses one."""

from collections.abc import Mapping
from typing import Any

from zq_grid import bodies, cases, together, views
from zq_grid.cases import Acted
from zq_grid.errors import Refused
from zq_grid.rules.canonical import is_commitment
from zq_grid.rules.state import ERASED, CaseState
from zq_grid.session import Session


def differences(session: Session, state: CaseState) -> list[dict[str, Any]]:
    """Return the fields in dispute as every screen may show them: values masked, each with who gave it and when.

    `settles` says whether a value can be chosen: the stage is settled by the next step of the case itself.
    """
    by_id = {step.id: step for step in state.steps}
    persons, caller = views.persons_of(session.catalogue, state), views.caller_of(state)
    found = []
    for one in state.clashes():
        field, values = one["field"], []
        for head in one["values"]:
            step = by_id[head["step"]]
            shown = views.value(
                "reporter" if field in persons else field, head["value"], masked=True, caller=caller
            )
            values.append(
                {"step": step.id, "value": shown, "actor": step.actor, "did_at": views.moment(step.did_at)}
            )
        found.append({"field": field, "values": values, "settles": _settles(session, state, field)})
    return found


def settle(session: Session, number: str, field: str, step: str) -> Acted:
    """Let the value of a field count that a step gave it; written as an `amend` that knows of all of them.

    Args:
        session: of the caller, for writing.
        number: of the case.
        field: in dispute.
        step: the id of the step whose value counts.

    Raises:
        Refused: "case_unknown", "settle_gone" where the field is not in dispute (any more) or the step gave it no
            value, and what an `amend` is refused for.
    """
    _, state = cases.show(session, number)
    standing = {
        head["step"]: head["value"]
        for one in state.clashes()
        if one["field"] == field and _settles(session, state, field)
        for head in one["values"]
    }
    value = standing.get(step)
    if value is None or value == ERASED or is_commitment(value):
        raise Refused("settle_gone", "not in dispute", number=number, fact=field)
    return together.act(session, number, "amend", {field: value})


def _settles(session: Session, state: CaseState, field: str) -> bool:
    return field in bodies.facts_of("amend", _own(session, state))


def _own(session: Session, state: CaseState) -> Mapping[str, Any]:
    began = state.rounds[-1].began.did_at if state.rounds else session.now
    return session.catalogue.type_at(str(state.get("type") or ""), began)
