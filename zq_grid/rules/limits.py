"""How long there is for contact and closing, and what moves a limit afterwards (docs/rules.md R3)."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from zq_grid.rules import worktime
from zq_grid.rules.ancestry import Ancestry
from zq_grid.rules.known import Known
from zq_grid.rules.state import RETYPING, CaseState, Round
from zq_grid.rules.step import Step

Spec = Mapping[str, Any]
# Beyond these a date is a slip of somebody's program; the door refuses it, the fold leaves it out.
EARLIEST, LATEST, MOST_DAYS = 0, 7_258_089_600, 1000
REMEMBERED = 10_000


class Start(NamedTuple):
    """When a clock starts, which arrival that is (`explain` has the words), and whether only the day is known."""

    at: int
    what: str
    day_only: bool


class Limit(NamedTuple):
    """A limit and how it came about. `due` is None while suspended; `source`: ours, platform, extension, supervision.

    `ours` is the limit by our own rules where the platform's is in force; `target` a date that was granted
    too late to count; `waiting` says that a request for extension is undecided.
    """

    start: Start
    rule: str
    n: int
    due: int | None
    provisional: bool
    source: str = "ours"
    ours: int | None = None
    target: int | None = None
    waiting: bool = False


def arrival(state: CaseState) -> Start:
    """Return when the case arrived: town receipt, else district dispatch, else city acceptance, else its log (R1.4)."""
    if state.arrived is None:
        state.arrived = _arrival(state)
    found: Start = state.arrived
    return found


def _arrival(state: CaseState) -> Start:
    for field, what in (
        ("received_at", "received"),
        ("dispatched_at", "dispatched"),
        ("accepted_at", "accepted"),
    ):
        found = moment(state.get(field))
        if found:
            return Start(found[0], what, found[1])
    began = state.rounds[0].began
    return Start(began.did_at, "logged", day_only(began))


def moment(value: object) -> tuple[int, bool] | None:
    """Read a time from a body: seconds, and whether it is a bare day; None if it can't be read."""
    if not isinstance(value, str) or not value:
        return None
    try:
        at, precision = worktime.parse(value)
    except (ValueError, OverflowError):
        return None
    return (at, precision == "day") if EARLIEST <= at < LATEST else None


def last_second(value: object) -> int | None:
    """Read a limit from a body; a bare day means its end."""
    found = moment(value)
    if found is None:
        return None
    return worktime.day_end(worktime.day_of(found[0])) if found[1] else found[0]


def day_only(step: Step) -> bool:
    """Tell whether of a step's `did_at` only the day is known (R1.5)."""
    return step.body.get("precision") == "day"


def work_out(start: int, spec: Spec, known: Known, began: int) -> tuple[int, bool]:
    """Return when a limit ends and whether that is provisional, following later calendars (R3.1, R3.13)."""
    rule, n = str(spec["rule"]), int(spec["n"])
    found = _due(start, rule, n, known.calendar_at(began))
    if found.provisional:
        for change in known.calendars_after(began):
            if found.provisional and found.at >= change.defined_at:
                found = worktime.due(start, rule, n, change.calendar)
    return found.at, found.provisional


def _due(start: int, rule: str, n: int, calendar: worktime.Calendar) -> worktime.Due:
    """Return `worktime.due`; working days, which are asked for again and again, from memory."""
    if rule != "working_days":
        return worktime.due(start, rule, n, calendar)
    known = calendar.dues
    asked = ((start + worktime.OFFSET) // worktime.DAY, n)
    found = known.get(asked)
    if found is None:
        if len(known) >= REMEMBERED:
            known.clear()
        found = known[asked] = worktime.due(start, rule, n, calendar)
    return found


def start_of(state: CaseState, current: Round) -> Start:
    """Return what a round's contact and close clocks start from."""
    if current.number == 1:
        return arrival(state)
    return Start(current.began.did_at, "reopened", day_only(current.began))


def close_spec(values: Mapping[str, Any], limits: Spec, own: Spec) -> Spec | None:
    """Return the limit for closing by mode, then kind, then the type's own, else the default (R3.4)."""
    table = limits["close"]
    kind = values.get("kind")
    if kind == "thanks":
        return None
    found: Spec | None = table["mode"].get(values.get("mode")) or table["kind"].get(kind)
    return found or own.get("limits", {}).get("close") or table["default"]


def contact_spec(values: Mapping[str, Any], limits: Spec) -> Spec | None:
    """Return the limit for first contact (R3.3)."""
    if values.get("kind") == "thanks":
        return None
    found: Spec = limits["contact_urgent" if values.get("urgency") == "urgent" else "contact"]
    return found


def events(current: Round) -> list[Step]:
    """List what moved limits in a round, by `did_at`, equal ones in the order of the fold (R3.10)."""
    timeline = current.timeline
    return sorted(timeline, key=_did) if len(timeline) > 1 else timeline


def _did(step: Step) -> int:
    return step.did_at


def of_round(state: CaseState, current: Round, known: Known) -> tuple[Limit | None, Limit | None]:
    """Return the limits for contact and closing of a round, worked out once for a fold and a catalogue."""
    if current.limits is None or current.limits[0] is not known:
        current.limits = (known, contact_limit(state, current, known), close_limit(state, current, known))
    return current.limits[1], current.limits[2]


def contact_limit(state: CaseState, current: Round, known: Known) -> Limit | None:
    """Return the limit for first contact in a round, or None where there is none (thanks).

    `began` below is also the moment whose calendar is used first; an amend uses the calendar of its own moment.
    Whether contact is promised at all is asked elsewhere: an anonymous order has a limit that nobody is held to.
    """
    began = current.began.did_at
    limits = known.limits_at(began)
    start = start_of(state, current)
    values = dict(current.values)
    found = _own(start, contact_spec(values, limits), known, began)
    for step in events(current):
        if step.kind != "amend" or not ({"kind", "urgency"} & set(step.body)):
            continue
        values.update({field: step.body[field] for field in RETYPING if field in step.body})
        if found is None or found.due is None or found.due >= step.did_at:
            found = _own(start, contact_spec(values, limits), known, step.did_at)
    return found


def _own(start: Start, spec: Spec | None, known: Known, began: int) -> Limit | None:
    if spec is None:
        return None
    due, provisional = work_out(start.at, spec, known, began)
    return Limit(start, str(spec["rule"]), int(spec["n"]), due, provisional, ours=due)


def close_limit(state: CaseState, current: Round, known: Known) -> Limit | None:
    """Return the limit for closing in force in a round after all that moved it, or None (thanks) (R3.4–R3.12)."""
    return _Closing(state, current, known).limit()


class _Closing:
    """One walk over what moved the closing limit of a round."""

    def __init__(self, state: CaseState, current: Round, known: Known) -> None:
        self.state, self.current, self.known = state, current, known
        self.began = current.began.did_at
        self.limits = known.limits_at(self.began)
        self.start = start_of(state, current)
        self.values = dict(current.values)
        self.asked: list[tuple[Step, bool]] = []
        # what the platform said in this round
        self.said: list[Step] = []
        self.paused: tuple[Step, int] | None = None

    def limit(self) -> Limit | None:
        now = self._base(self.began)
        if self.current.number == 1:
            now = self._platform(now, self.values.get("platform_due"))
        for step in events(self.current):
            now = getattr(self, "_" + step.kind)(now, step)
        if now is not None and now.source == "platform" and self._disputed():
            now = self._platform(now, self.state.get("platform_due"))
        return now._replace(waiting=True) if now and self.asked else now

    def _disputed(self) -> bool:
        """Tell whether two platform limits of this round stand that don't know of each other."""
        heads = self.state.heads.get("platform_due", ())
        mine = {step.id for step in self.current.timeline} | {self.current.began.id}
        return len(heads) > 1 and all(head.step in mine for head in heads)

    def _base(self, at: int) -> Limit | None:
        if self.current.number > 1:
            thanks = self.values.get("kind") == "thanks"
            spec = None if thanks else self.limits["second_round"]
        else:
            own = self.known.type_at(str(self.values.get("type")), self.began)
            spec = close_spec(self.values, self.limits, own)
        return _own(self.start, spec, self.known, at)

    def _platform(self, now: Limit | None, value: object) -> Limit | None:
        due = last_second(value)
        if due is None or now is None:
            return now
        return now._replace(due=due, provisional=False, source="platform")

    def _amend(self, now: Limit | None, step: Step) -> Limit | None:
        """Take up amended facts: re-typing works the limit anew unless it has passed (R3.7), the platform's word counts."""
        changed = {field for field in RETYPING if field in step.body}
        if "platform_due" in changed and self._replaced(step):
            changed.remove("platform_due")
        self.values.update({field: step.body[field] for field in changed})
        # in a later round only thanks, or no longer thanks, makes a difference: it has one limit for all types
        anew = changed - {"platform_due"} if self.current.number == 1 else changed & {"kind"}
        if anew:
            now = self._retyped(now, step)
        return self._platform(now, self.values["platform_due"]) if "platform_due" in changed else now

    def _replaced(self, step: Step) -> bool:
        """Tell whether a platform's limit was replaced, by somebody who had seen it, with one that is told before it.

        Whoever corrects a limit and dates the correction back means the correction to count.
        """
        if self.said:
            ancestry = Ancestry(self.state.steps)
            if any(ancestry.saw(other, step) for other in self.said):
                return True
        self.said.append(step)
        return False

    def _retyped(self, now: Limit | None, step: Step) -> Limit | None:
        if now is not None and now.due is not None and now.due < step.did_at:
            return now
        fresh = self._base(step.did_at)
        if now is None:
            # thanks that turn out to be more: the platform's limit of this round, if there is one, comes into force
            told = self.current.number == 1 or self.said
            return self._platform(fresh, self.values.get("platform_due")) if told else fresh
        if fresh is None or now.source == "ours":
            return fresh
        return now._replace(ours=fresh.ours)

    def _ask_extension(self, now: Limit | None, step: Step) -> Limit | None:
        in_time = now is not None and (now.due is None or step.did_at <= now.due)
        self.asked.append((step, in_time))
        return now

    def _grant_extension(self, now: Limit | None, step: Step) -> Limit | None:
        asked, self.asked = self.asked, []
        if not asked or now is None or now.due is None:
            return now
        # a late request that follows a timely one takes nothing away
        timely = [ask for ask, in_time in asked if in_time]
        until = self._until(now.due, step) or self._until(now.due, (timely or [asked[-1][0]])[-1])
        if until is None:
            return now
        if not timely:
            return now._replace(target=until[0])
        return now._replace(due=until[0], provisional=until[1], source="extension", target=None)

    def _until(self, due: int, step: Step) -> tuple[int, bool] | None:
        day = last_second(step.body.get("until"))
        if day is not None:
            return worktime.day_end(worktime.day_of(day)), False
        try:
            days = int(step.body.get("days") or 0)
        except (TypeError, ValueError):
            return None
        if not 1 <= days <= MOST_DAYS:
            return None
        return work_out(due, {"rule": "working_days", "n": days}, self.known, step.did_at)

    def _refuse_extension(self, now: Limit | None, _step: Step) -> Limit | None:
        self.asked = []
        return now

    def _supervise(self, now: Limit | None, step: Step) -> Limit | None:
        spec = self.limits["supervised"]
        if now is None or now.due is None:
            return now
        due, provisional = work_out(step.did_at, spec, self.known, step.did_at)
        if now.due < step.did_at:
            return now._replace(target=due)
        start = Start(step.did_at, "supervised", day_only(step))
        fresh = Limit(start, str(spec["rule"]), int(spec["n"]), due, provisional, source="supervision")
        return fresh._replace(ours=now.ours)

    def _suspend(self, now: Limit | None, step: Step) -> Limit | None:
        if self.state.get("source") == "hotline" or now is None or now.due is None or now.due < step.did_at:
            return now
        self.paused = (step, now.due)
        return now._replace(due=None)

    def _resume(self, now: Limit | None, step: Step) -> Limit | None:
        if self.paused is None or now is None:
            return now
        paused, due = self.paused
        self.paused = None
        rule = now.rule if now.rule != "platform" else "elapsed_hours"
        calendar = self.known.calendar_at(max(self.began, step.did_at))
        moved = worktime.resumed(due, rule, paused.did_at, step.did_at, calendar)
        return now._replace(due=moved.at, provisional=moved.provisional or now.provisional)
