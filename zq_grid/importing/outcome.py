"""What a workbook tells of an order that was closed elsewhere, as steps at the workbook's own times.

Only a closing that is told whole is written: its time and its verdict are there, nothing lies in the future
or before the arrival. Everything else is kept beside the case. The sequence is the shortest that the order
of steps allows; it passes without our gate, and the case is listed as closed on the platform (domain 3a.11).
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from zq_grid.importing.compare import undone_steps
from zq_grid.importing.prepare import Moment, moment
from zq_grid.rules.lifecycle import OPEN
from zq_grid.rules.state import CaseState
from zq_grid.rules.step import Step

LONGEST_REPLY = 4000
FROM_PLATFORM = "平台记录"
Facts = Mapping[str, str]


class Act(NamedTuple):
    """One step to be written: its kind, its facts, when it was done."""

    kind: str
    body: dict[str, Any]
    when: Moment


class Past(NamedTuple):
    """One line of the table: which step, when (the first time that is known), from which facts.

    `needs`: the fact without which the step isn't written. `tells`: all facts of the outcome that it holds.
    """

    kind: str
    when: tuple[str, ...]
    needs: str
    tells: tuple[str, ...]
    body: Callable[[Facts], dict[str, Any]]


def _nothing(_facts: Facts) -> dict[str, Any]:
    return {}


def _contact(facts: Facts) -> dict[str, Any]:
    reached = facts["contact"]
    said = {"person": facts.get("reporter", "")} if reached == "yes" else {"reason": FROM_PLATFORM}
    return {"reached": reached, "channel": "platform", **said}


def _handle(facts: Facts) -> dict[str, Any]:
    return {"result": facts["result"]}


def _close(facts: Facts) -> dict[str, Any]:
    reply = facts.get("reply", "")
    return {
        "verdict": facts["verdict"],
        "platform": "yes",
        "reply": reply if len(reply) <= LONGEST_REPLY else "",
        "reply_at": facts.get("replied_at", ""),
    }


def _visit(facts: Facts) -> dict[str, Any]:
    return {"by": "centre", "satisfaction": facts["satisfaction"]}


# A workbook says neither when an order was accepted nor when its caller was reached: "arrival" and "closing"
# are days without a clock time, so that no limit in hours is judged by them (R1.5).
TABLE: tuple[Past, ...] = (
    Past("accept", ("received_at", "arrival"), "", (), _nothing),
    Past("contact", ("arrival",), "contact", ("contact",), _contact),
    Past("handle", ("submitted_at", "closed_at"), "result", ("result",), _handle),
    Past("submit", ("submitted_at", "closed_at"), "", ("submitted_at",), _nothing),
    Past("close", ("closed_at",), "verdict", ("closed_at", "verdict", "reply", "replied_at"), _close),
    Past("visit", ("visited_at", "closing"), "satisfaction", ("satisfaction", "visited_at"), _visit),
)


def sequence(facts: Facts, outcome: Facts, arrival: Moment | None, now: int) -> list[Act]:
    """Return the steps that a row tells of an order closed elsewhere; none unless the closing is whole."""
    told = {**facts, **outcome}
    times = _times(told, arrival, now)
    if "closed_at" not in times or not told.get("verdict") or not told.get("result"):
        return []
    acts = []
    for past in TABLE:
        if not past.needs or told.get(past.needs):
            when = next(times[name] for name in past.when if name in times)
            body = {name: value for name, value in past.body(told).items() if value}
            acts.append(Act(past.kind, body, when))
    return acts


def left(outcome: Facts, acts: Sequence[Act]) -> dict[str, str]:
    """Return what of an outcome the steps don't hold, to be kept beside the case."""
    written = {act.kind for act in acts}
    held = {name for past in TABLE if past.kind in written for name in past.tells}
    at = {act.kind: act.when for act in acts}
    for kind, name in (("submit", "submitted_at"), ("visit", "visited_at")):
        if moment(outcome.get(name)) != at.get(kind):
            held.discard(name)
    if not any("reply" in act.body for act in acts):
        held.discard("reply")
    return {name: value for name, value in outcome.items() if name not in held}


def missing(state: CaseState, held: Sequence[Step], acts: Sequence[Act]) -> list[Act]:
    """Return those of the steps that an open case lacks; none if it was ever closed here."""
    if not acts or state.gone_log or state.stage not in OPEN or len(state.rounds) != 1:
        return []
    undone = undone_steps(state, held)
    if any(step.kind == "close" and step.id not in undone for step in held):
        return []
    current = state.rounds[0]
    done = {
        "accept": state.stage != "received",
        "contact": bool(current.contacts),
        "handle": bool(current.handles),
        "submit": bool(current.submits),
        "visit": bool(current.visits),
    }
    return [act for act in acts if not done.get(act.kind)]


def _times(told: Facts, arrival: Moment | None, now: int) -> dict[str, Moment]:
    """Return the times that can be: not before the day of arrival, not in the future."""
    if arrival is None or arrival.at > now:
        return {}
    times = {"arrival": arrival.day}
    for name in ("received_at", "submitted_at", "closed_at", "visited_at"):
        found = moment(told.get(name))
        if found and arrival.day.at <= found.at <= now:
            times[name] = found
    if "closed_at" in times:
        times["closing"] = times["closed_at"].day
    return times
