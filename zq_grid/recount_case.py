"""One case walked step by step, for the second calculation of the rates; shares no code with the first.

Written from docs/rules.md alone, which it cites as (R2.3). It leans on `worktime` and on the record `Step`,
on nothing else: what the fold, its tables and its queries get wrong must not go wrong here too.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Protocol

from zq_grid.rules import worktime
from zq_grid.rules.step import Step

Facts = Mapping[str, Any]
Version = tuple[int, int, worktime.CalendarYear]

BELONG_TO_THEIR_DAY = frozenset({"contact", "attend", "visit", "note", "attach"})
MOVE_LIMITS = frozenset({"amend", "ask_extension", "grant_extension", "refuse_extension", "supervise"})
RE_TYPING = frozenset({"type", "kind", "mode", "urgency"})
ANSWERS = frozenset({"satisfied", "fairly", "so_so", "dissatisfied"})
SILENCES = frozenset({"not_asked", "no_answer", "refused"})
ABOUT_THE_AMEND = frozenset({"reason", "precision"})


class Catalogue(Protocol):
    """The data that the rules are fed with; moments are seconds UTC."""

    def limits_at(self, moment: int) -> Facts:
        """Return the general limits in force for a round begun at `moment` (R3.5)."""
        ...

    def type_at(self, code: str, moment: int) -> Facts | None:
        """Return the entry of a case type in force at `moment`."""
        ...

    def calendars(self) -> Sequence[Version]:
        """Return (defined_at, known_at, year) of every version, in order of definition."""
        ...

    def area_of(self, neighbourhood: str, moment: int) -> str | None:
        """Return the area that the neighbourhood belonged to at `moment`."""
        ...


def is_day(step: Step) -> bool:
    """Say whether only the day of `step` is known (R1.5)."""
    return bool(step.body.get("precision") == "day")


def yes(value: object) -> bool:
    """Read a flag."""
    return value == "yes" or value is True


def no(value: object) -> bool:
    """Read a flag that was set to no; an absent one wasn't."""
    return value == "no" or value is False


def place(step: Step) -> tuple[int, str, int, str, int]:
    """Return where `step` stands among the steps of its case (R2.1)."""
    return (step.lamport, step.device, step.epoch, step.scope, step.seq)


def by_time(step: Step) -> tuple[int, tuple[int, str, int, str, int]]:
    """Return when `step` was done; of equal times the first in the order comes first (R2.5)."""
    return (step.did_at, place(step))


def first(steps: Iterable[Step]) -> Step | None:
    """Return the earliest by time, or None."""
    return min(steps, key=by_time, default=None)


def seconds(text: object) -> tuple[int, bool] | None:
    """Read a time inside a body as (seconds, only the day known), None when there is none."""
    if not isinstance(text, str) or not text:
        return None
    try:
        at, precision = worktime.parse(text)
    except ValueError:
        return None  # a walk never raises: what can't be read isn't there
    return at, precision == "day"


class Lineage:
    """Who had seen what, by `parents`: two steps neither of which saw the other are concurrent."""

    def __init__(self, steps: Iterable[Step]) -> None:
        self._parents = {step.id: step.parents for step in steps}

    def saw(self, later: Step, earlier: Step) -> bool:
        """Say whether the author of `later` had `earlier` before his eyes, directly or through others."""
        looked: set[str] = set()
        waiting = list(later.parents)
        while waiting:
            name = waiting.pop()
            if name == earlier.id:
                return True
            if name not in looked:
                looked.add(name)
                waiting.extend(self._parents.get(name, ()))
        return False

    def apart(self, one: Step, other: Step) -> bool:
        """Say whether neither saw the other."""
        return not self.saw(one, other) and not self.saw(other, one)


@dataclass(frozen=True)
class Limit:
    """A limit: the last second in time, how it is judged, and how to work it out anew while provisional."""

    at: int
    in_hours: bool = False
    from_day: bool = False
    again: Callable[[worktime.Calendar], "Limit"] | None = None

    def met_by(self, stop: Step | None) -> bool:
        """Say whether `stop` is in time: at the limit is; of a day, its day decides (R1.5, R3.1)."""
        if stop is None:
            return False
        if is_day(stop):
            return worktime.day_of(stop.did_at) <= worktime.day_of(self.at)
        return stop.did_at <= self.at

    def unjudgeable(self, stop: Step | None) -> bool:
        """Say whether hours would have to be told from a time of which only the day is known (R1.5)."""
        return self.in_hours and (self.from_day or (stop is not None and is_day(stop)))


@dataclass
class Round:
    """One round: when it began, its steps, the case's facts at its beginning, its two limits."""

    number: int
    began: Step
    start: int
    start_is_day: bool
    facts: dict[str, Any]
    events: list[Step] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    contact: Limit | None = None
    close: Limit | None = None

    def of(self, kind: str) -> list[Step]:
        """Return the steps of one kind by time (R2.5)."""
        found = [step for step in self.steps if step.kind == kind]
        return sorted(found, key=by_time) if len(found) > 1 else found

    @property
    def answer(self) -> Step | None:
        """The first contact that answers: a yes, or that it was not assessed; a no stops nothing (R4.2)."""
        return first(c for c in self.of("contact") if c.body.get("reached") in ("yes", "not_assessed"))

    @property
    def reached(self) -> Step | None:
        """The earliest yes."""
        return first(c for c in self.of("contact") if c.body.get("reached") == "yes")

    @property
    def closing(self) -> Step | None:
        """The closing that counts."""
        return first(self.of("close"))

    @property
    def stop(self) -> Step | None:
        """What stops the close clock: the submission, without one the closing (R4.3)."""
        return first(self.of("submit")) or self.closing

    @property
    def verdict(self) -> str | None:
        """The verdict of the closing that counts, or what a later amend of this round made of it."""
        closing = self.closing
        if closing is None:
            return None
        said = closing.body.get("verdict")
        amends = (step for step in self.steps if step.kind == "amend" and "verdict" in step.body)
        for step in sorted(amends, key=place):
            if place(step) > place(closing):
                said = step.body["verdict"]
        return said or None

    def centre_visits(self, *, answered: bool) -> list[Step]:
        """Return the town centre's visits by time, those answered or those not (R4.5)."""
        words = ANSWERS if answered else SILENCES
        visits = (v for v in self.of("visit") if v.body.get("by") == "centre")
        return [v for v in visits if v.body.get("satisfaction") in words]


@dataclass
class Case:
    """One case as of a moment: its facts as they now stand, its rounds, its standing steps in order."""

    subject: str
    facts: dict[str, Any]
    received: int
    retracted: bool
    steps: list[Step]
    rounds: list[Round]
    lineage: Lineage

    def has(self, kind: str) -> bool:
        """Say whether a step of the kind stands."""
        return kind in self._kinds

    @cached_property
    def _kinds(self) -> frozenset[str]:
        return frozenset(step.kind for step in self.steps)

    def unit_at(self, moment: int | None) -> str:
        """Return the unit that held the order at `moment` (None: at last), "" for none (R4.10)."""
        leaves = {ruling.id for back, ruling in self.upheld_returns() if back.body.get("to") == "centre"}
        unit = ""
        for step in sorted(self.steps, key=by_time):
            if moment is not None and step.did_at > moment:
                break
            if step.kind in ("dispatch", "transfer"):
                unit = str(step.body.get("unit") or unit)
            elif step.id in leaves:
                unit = ""
        return unit

    def upheld_returns(self) -> list[tuple[Step, Step]]:
        """Return (return, ruling) of those that were upheld; a ruling answers the last return before it."""
        if not self.has("rule_return"):
            return []
        upheld, waiting = [], []
        for step in self.steps:
            if step.kind == "return":
                waiting.append(step)
            elif step.kind == "rule_return" and waiting:
                back = waiting.pop()
                if yes(step.body.get("upheld")):
                    upheld.append((back, step))
        return upheld

    def worker(self, around: Round) -> str:
        """The last assignment, by time; of a round that was followed by another, before that one began (R4.10)."""
        later = next((one.began for one in self.rounds if one.number == around.number + 1), None)
        assigned = [s for s in self.steps if s.kind == "assign"]
        if later is not None:
            assigned = [s for s in assigned if by_time(s) < by_time(later)]
        return str(max(assigned, key=by_time).body.get("worker") or "") if assigned else ""

    @property
    def repeat(self) -> bool:
        """Whether it stands merged as an approved repeat: the last merge or un-merge in the order says."""
        last = [s for s in self.steps if s.kind in ("merge", "unmerge")][-1:]
        return any(s.kind == "merge" and yes(s.body.get("repeat")) for s in last)

    def exclusion(self, indicator: str) -> str | None:
        """Return the reason of the first approved exclusion from `indicator` or from all (R4.8)."""
        for index, step in enumerate(self.steps):
            if step.kind != "exclude" or step.body.get("indicator") not in (indicator, "all"):
                continue
            about = (None, "", step.body["indicator"])
            for later in self.steps[index + 1 :]:
                if later.kind == "approve_exclusion" and later.body.get("indicator") in about:
                    return str(step.body.get("reason") or "")
        return None


def read(steps: Iterable[Step], *, as_of: int) -> Case | None:
    """Walk the steps of one subject as known at `as_of`; None when it is no case (it has no log)."""
    steps = list(steps)
    known = sorted((step for step in steps if step.arrived_at <= as_of), key=place)
    standing = _standing(known)
    logs = [s for s in standing if s.kind == "log"] or [s for s in known if s.kind == "log"]
    if not logs:
        return None
    log = logs[0]
    # who had seen what doesn't depend on what had arrived here
    lineage = Lineage(steps)
    rounds, stands_in = _rounds(log, standing, lineage)
    facts = dict(log.body)
    for number, around in enumerate(rounds, 1):
        around.facts = dict(facts)
        around.events = [s for s in standing if stands_in[s.id] == number and s.kind in MOVE_LIMITS]
        for step in around.events:
            facts.update(_amended(step))
    for step in standing:
        rounds[_home(step, stands_in[step.id], rounds) - 1].steps.append(step)
    received, is_day_only = _arrival(log, facts)
    rounds[0].start, rounds[0].start_is_day = received, is_day_only
    return Case(log.subject, facts, received, log not in standing, standing, rounds, lineage)


def _standing(known: Sequence[Step]) -> list[Step]:
    """Leave out what a retract names, unless that retract is itself retracted (R2.1)."""
    against: dict[str, list[Step]] = {}
    for step in known:
        if step.kind == "retract":
            against.setdefault(str(step.body.get("step")), []).append(step)
    if not against:
        return list(known)

    def stands(step: Step, asked: frozenset[str]) -> bool:
        asked |= {step.id}
        return not any(r.id not in asked and stands(r, asked) for r in against.get(step.id, ()))

    return [step for step in known if stands(step, frozenset())]


def _amended(step: Step) -> Facts:
    if step.kind != "amend":
        return {}
    return {name: value for name, value in step.body.items() if name not in ABOUT_THE_AMEND}


def _arrival(log: Step, facts: Facts) -> tuple[int, bool]:
    """Town receipt, else district dispatch, else city acceptance, else the log (R1.4)."""
    for name in ("received_at", "dispatched_at", "accepted_at"):
        if found := seconds(facts.get(name)):
            return found
    return log.did_at, is_day(log)


def _rounds(log: Step, standing: Sequence[Step], lineage: Lineage) -> tuple[list[Round], dict[str, int]]:
    """Return the rounds, and for each step the number of the round that is open where it stands (R2.2)."""
    begun: list[list[Step]] = [[log]]
    closings: list[Step] = []
    stands_in: dict[str, int] = {}
    for step in standing:
        if step.kind == "close":
            closings.append(step)
        elif step.kind == "reopen":
            if joined := _same_reopening(step, begun[1:], closings, lineage):
                joined.append(step)
            elif closings:
                begun.append([step])
                closings = []
        stands_in[step.id] = len(begun)
    rounds = []
    for number, group in enumerate(begun, 1):
        began = min(group, key=by_time)
        rounds.append(Round(number, began, began.did_at, is_day(began), {}))
    return rounds, stands_in


def _same_reopening(
    step: Step, begun: Sequence[list[Step]], closings: Sequence[Step], lineage: Lineage
) -> list[Step] | None:
    """Return the reopens that `step` says once more: none saw another, and `step` saw no closing since."""
    if any(lineage.saw(step, closing) for closing in closings):
        return None
    return next((group for group in begun if all(lineage.apart(step, other) for other in group)), None)


def _home(step: Step, number: int, rounds: Sequence[Round]) -> int:
    """Return the round that a step belongs to: acts at the door or by telephone keep to their day (R2.3)."""
    if step.kind in BELONG_TO_THEIR_DAY:
        while number > 1 and step.did_at < rounds[number - 1].began.did_at:
            number -= 1
    return number
