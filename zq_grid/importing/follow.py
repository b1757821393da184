"""What a row adds to the work on an order that is known here: the steps it lacks, and what only a person can settle."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from zq_grid.importing.compare import Difference, declined, same_text, undone_steps
from zq_grid.importing.outcome import ANSWERS, LONGEST_REPLY, Act, Telling, sequence
from zq_grid.importing.prepare import Moment
from zq_grid.rules import facts
from zq_grid.rules.lifecycle import OPEN, OPEN_OR_CLOSED
from zq_grid.rules.state import CaseState, Round
from zq_grid.rules.step import Step

REPLACED = "以导入的表格为准"
# Steps that begin or end the handling: none of them is written once handling here has gone that far.
ONWARD = frozenset({"accept", "dispatch", "handle", "submit", "close"})
# Of a round after the first a workbook only tells how it ended.
LATER = frozenset({"handle", "submit", "close", "visit"})


class Follow(NamedTuple):
    """What follows for a known case.

    `acts`: the steps that it lacks. `asked`: where the row contradicts what is known here.
    `remedies`: field → the steps that make the row right, should a person say so; a field asked without a remedy
    can't be settled by this row.
    """

    acts: list[Act]
    asked: list[Difference]
    remedies: dict[str, list[Act]]


def follow(
    state: CaseState, held: Sequence[Step], row: Telling, now: Moment, *, overrules: Iterable[str] = ()
) -> Follow:
    """Return what a row says of the work on a known case.

    What the case was ever told is nothing new, even where a person has amended or retracted it since; what was
    taken back by undoing an import was never told.

    Args:
        overrules: fields in which the row replaces what is known here without asking.
    """
    found = Follow([], [], {})
    if state.gone_log or state.stage not in OPEN_OR_CLOSED:
        return found
    return _Following(state, held, row, now, found).run(frozenset(overrules))


class _Following:
    """One known case against one row."""

    def __init__(
        self, state: CaseState, held: Sequence[Step], row: Telling, now: Moment, found: Follow
    ) -> None:
        self.state, self.held, self.row, self.now, self.found = state, held, row, now, found
        self.current: Round = state.rounds[-1]
        undone = undone_steps(state, held)
        self.ever = [step for step in held if step.id not in undone]
        if self.current.number > 1:
            began = next(n for n, step in enumerate(state.steps) if step.id == self.current.began.id)
            mine = {step.id for step in state.steps[began:]}
            self.ever = [step for step in self.ever if step.id in mine]
        self.kinds = {step.kind for step in self.ever}

    def run(self, overrules: frozenset[str]) -> Follow:
        if self.current.number > 1 and not self._of_this_round():
            return self.found
        acts = {act.kind: act for act in sequence(self.row)}
        if self.current.number > 1:
            acts = {kind: act for kind, act in acts.items() if kind in LATER}
        if contact := acts.pop("contact", None):
            self._contact(contact)
        visit = acts.pop("visit", None)
        if self.state.stage in OPEN:
            self._onward(acts)
        else:
            self._closing(overrules)
        if visit and (self.state.stage == "closed" or self._handled()):
            self._visit(visit)
        return self.found

    def _of_this_round(self) -> bool:
        """Tell whether the row speaks of the last round: of a closing or a visit after the reopening."""
        ends = [self.row.times[name].at for name in ("closed_at", "visited_at") if name in self.row.times]
        return bool(ends) and min(ends) >= self.current.began.did_at

    def _onward(self, acts: dict[str, Act]) -> None:
        """Write the handling that an open case lacks; none once it was closed here."""
        if "close" in self.kinds:
            return
        begun = {"dispatch", "transfer", "attend", "handle"} & self.kinds
        for kind, act in acts.items():
            if kind == "accept" and (self.state.stage != "received" or kind in self.kinds):
                continue
            if kind == "dispatch" and begun:
                continue
            if kind in ONWARD and kind not in self.kinds:
                self.found.acts.append(act)

    def _handled(self) -> bool:
        return bool(self.current.handles) or any(act.kind == "handle" for act in self.found.acts)

    def _contact(self, act: Act) -> None:
        told = act.body["reached"]
        ever = [step for step in self.ever if step.kind == "contact"]
        if self._known("contact", told, (step.body.get("reached") for step in ever)):
            return
        standing = self.current.contacts
        if not standing:
            self.found.acts.append(act)
            return
        here = standing[0].body.get("reached")
        self._ask("contact", here, told, [*(self._retract(step) for step in standing), act])

    def _visit(self, act: Act) -> None:
        told = act.body["satisfaction"]
        ever = [step for step in self.ever if step.kind == "visit" and step.body.get("by") == "centre"]
        if self._known("satisfaction", told, (step.body.get("satisfaction") for step in ever)):
            return
        first = facts.first_visit(self.current)
        here = first.body.get("satisfaction") if first else None
        if first is None or (told in ANSWERS and here not in ANSWERS):
            self.found.acts.append(act)
        elif told in ANSWERS:
            self._ask("satisfaction", here, told, [self._retract(first), act])

    def _closing(self, overrules: frozenset[str]) -> None:
        """Compare verdict and reply of an order that is closed here; fill in what its closing lacks."""
        changes: dict[str, Any] = {}
        for field in ("verdict", "reply"):
            told = self.row.facts.get(field)
            if not told or (field == "reply" and len(told) > LONGEST_REPLY):
                continue
            ever = [step.body.get(field) for step in self.ever if step.kind in {"close", "amend"}]
            if self._known(field, told, ever):
                continue
            here = self.state.closing(field)
            if not here or field in overrules:
                changes[field] = told
            else:
                self._ask(field, here, told, [Act("amend", {field: told}, self.now)])
        if changes:
            self.found.acts.append(Act("amend", changes, self.now))

    def _known(self, field: str, told: str, ever: Iterable[Any]) -> bool:
        known = list(ever)
        return told in known or any(
            value and same_text(value, told)
            for value in (*known, *declined(self.state, self.held).get(field, ()))
        )

    def _ask(self, field: str, here: object, told: str, remedy: list[Act]) -> None:
        self.found.asked.append(Difference(field, str(here), told))
        self.found.remedies[field] = remedy

    def _retract(self, step: Step) -> Act:
        return Act("retract", {"step": step.id, "reason": REPLACED}, self.now)
