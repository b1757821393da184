"""What a workbook tells of an order that was worked on elsewhere, as steps at the workbook's own times.

A step is written where the workbook says that it was done and when; what it can't date stays beside the case.
The sequence is the shortest that the order of steps allows; it passes without our gate, and a closing is listed
as 待补录 until a person has filled what the platform doesn't tell (domain 3a.11, R6).
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from zq_grid.importing.prepare import Moment, moment
from zq_grid.rules.state import CaseState

LONGEST_REPLY = 4000
FROM_PLATFORM = "平台记录"
NOT_TOLD = "平台未注明办理结果"
ANSWERS = frozenset({"satisfied", "fairly", "so_so", "dissatisfied"})
Facts = Mapping[str, str]


class Act(NamedTuple):
    """One step to be written: its kind, its facts, when it was done."""

    kind: str
    body: dict[str, Any]
    when: Moment


class Telling(NamedTuple):
    """What one row tells of the work on an order: facts, and those times that can be.

    `unit` is the code of the unit named. `final`: the row speaks of an order that is done with, so that a contact
    that is denied will not come any more.
    """

    facts: Facts
    times: Mapping[str, Moment]
    unit: str = ""
    final: bool = False

    @property
    def closed(self) -> bool:
        """The closing is told with a time that can be."""
        return "closed_at" in self.times

    @property
    def handled(self) -> bool:
        """The handling is over: closed, or handed in."""
        return self.closed or "submitted_at" in self.times

    @property
    def dispatched(self) -> bool:
        """A unit of ours is named, and when it got the order."""
        return bool(self.unit) and "dispatched" in self.times


class Past(NamedTuple):
    """One line of the table: which step, when (the first time that is known), if what is told, with which facts.

    `tells`: all facts of the outcome that the step holds.
    """

    kind: str
    when: tuple[str, ...]
    told: Callable[[Telling], bool]
    tells: tuple[str, ...]
    body: Callable[[Telling], dict[str, Any]]


def _contact_told(row: Telling) -> bool:
    reached = row.facts.get("contact")
    # while an order is open, 否 says "not yet"
    return bool(reached) and (reached != "no" or row.closed or row.final)


def _contact(row: Telling) -> dict[str, Any]:
    reached = row.facts["contact"]
    reason = row.facts.get("contact_reason") or FROM_PLATFORM
    said = {"person": row.facts.get("reporter", "")} if reached == "yes" else {"reason": reason}
    return {"reached": reached, "channel": "platform", **said}


def _close(row: Telling) -> dict[str, Any]:
    reply = row.facts.get("reply", "")
    return {
        "verdict": row.facts.get("verdict", ""),
        "platform": "yes",
        "to_complete": "yes",
        "reply": reply if len(reply) <= LONGEST_REPLY else "",
        "reply_at": row.facts.get("replied_at", ""),
    }


def _visit(row: Telling) -> dict[str, Any]:
    told = row.facts
    said = {"reasons": told.get("visit_reasons", ""), "words": told.get("visit_words", "")}
    return {"by": "centre", "satisfaction": told["satisfaction"], **said}


def _visited(row: Telling) -> bool:
    done = row.handled or "closing" in row.times
    return done and bool(row.facts.get("satisfaction")) and not row.times.keys().isdisjoint(_VISITED)


# Few workbooks say when an order was accepted or when its caller was reached: "arrival" and "closing" are days
# without a clock time, so that no limit in hours is judged by them (R1.5).
_VISITED = ("visited_at", "closing")
TABLE: tuple[Past, ...] = (
    Past("accept", ("received_at", "arrival"), lambda row: row.handled or row.dispatched, (), lambda _: {}),
    Past("dispatch", ("dispatched",), lambda row: row.dispatched, ("unit",), lambda row: {"unit": row.unit}),
    Past(
        "contact",
        ("contacted_at", "arrival"),
        _contact_told,
        ("contact", "contacted_at", "contact_reason"),
        _contact,
    ),
    Past(
        "handle",
        ("submitted_at", "closed_at"),
        lambda row: row.handled,
        ("result",),
        lambda row: {"result": row.facts.get("result") or NOT_TOLD},
    ),
    Past("submit", ("submitted_at", "closed_at"), lambda row: row.handled, ("submitted_at",), lambda _: {}),
    Past(
        "close",
        ("closed_at",),
        lambda row: row.closed,
        ("closed_at", "verdict", "reply", "replied_at"),
        _close,
    ),
    Past("visit", _VISITED, _visited, ("satisfaction", "visited_at", "visit_words", "visit_reasons"), _visit),
)


def telling(
    facts: Facts,
    outcome: Facts,
    arrival: Moment | None,
    now: int,
    *,
    unit: str = "",
    final: bool = False,
    state: CaseState | None = None,
) -> Telling:
    """Return what a row tells. Times before the day of arrival or in the future are left out.

    Args:
        facts: those that the row has for `log`; outcome: those of later steps.
        arrival: when the order arrived.
        unit: the code of the unit that the row names, "" where it is none of ours.
        final: the row is of a list of orders that are done with.
        state: the case as it is known here: an order closed here has a day of closing, whatever the row tells.
    """
    told = {**facts, **outcome}
    if arrival is None or arrival.at > now:
        return Telling(told, {}, unit, final)
    times = {"arrival": arrival.day}
    for name in ("received_at", "dispatched_at", "contacted_at", "submitted_at", "closed_at", "visited_at"):
        found = moment(told.get(name))
        if found and arrival.day.at <= found.at <= now:
            times[name] = found
    if "dispatched_at" in times:
        # the district may dispatch to the town before the town has the order for its units
        times["dispatched"] = max(times["dispatched_at"], times.get("received_at", arrival), key=_at)
    if "closed_at" in times:
        times["closing"] = times["closed_at"].day
    elif state is not None and state.stage == "closed" and state.rounds[-1].closes:
        times["closing"] = Moment(min(step.did_at for step in state.rounds[-1].closes)).day
    return Telling(told, times, unit, final)


def sequence(row: Telling) -> list[Act]:
    """Return the steps that a row tells, in an order that fits a case just logged."""
    acts: list[Act] = []
    if not row.times:
        return acts
    for past in TABLE:
        if past.told(row):
            when = next(row.times[name] for name in past.when if name in row.times)
            acts.append(
                Act(past.kind, {name: value for name, value in past.body(row).items() if value}, when)
            )
    return acts


def left(outcome: Facts, acts: Sequence[Act]) -> dict[str, str]:
    """Return what of an outcome the steps don't hold, to be kept beside the case."""
    written = {act.kind for act in acts}
    held = {name for past in TABLE if past.kind in written for name in past.tells}
    at = {act.kind: act.when for act in acts}
    for kind, name in (("contact", "contacted_at"), ("submit", "submitted_at"), ("visit", "visited_at")):
        if moment(outcome.get(name)) != at.get(kind):
            held.discard(name)
    if not any("reply" in act.body for act in acts):
        held.discard("reply")
    return {name: value for name, value in outcome.items() if name not in held}


def _at(when: Moment) -> int:
    return when.at
