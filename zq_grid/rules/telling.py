"""A fold told step by step: what was known after each arrival of a history that arrived in its own order.

One pass instead of a fold for each moment; where steps arrived out of order or were taken back, `fold` must look anew.
"""

from collections.abc import Sequence

from zq_grid.rules.ancestry import Ancestry
from zq_grid.rules.fold import PLAIN, _Run
from zq_grid.rules.lifecycle import OPEN
from zq_grid.rules.state import CaseState
from zq_grid.rules.step import Step

# Steps that move no limit: they touch neither what a case is about, nor when it arrived, nor what a round remembers.
STEADY = frozenset(
    {
        "accept",
        "refuse",
        "dispatch",
        "transfer",
        "assign",
        "sign",
        "return",
        "rule_return",
        "contact",
        "attend",
        "handle",
        "check",
        "submit",
        "visit",
        "close",
        "escalate",
        "link",
        "merge",
        "unmerge",
        "split",
        "exclude",
        "approve_exclusion",
        "note",
        "attach",
        "withdraw",
        "void",
    }
)
# Those of them that no fact of a round is told from, while the case goes on from one open stage to another.
SILENT = frozenset(
    {"accept", "sign", "attend", "handle", "check", "escalate", "link", "split", "note", "attach"}
)
# Steps that may also bring facts of the case's type, by any name.
BRINGING = frozenset({"attend", "handle", "close"})
GOING_ON = OPEN | {"closed"}
TAKING_BACK = frozenset({"retract", "erase"})


def _forget(state: CaseState, step: Step, before: str) -> None:
    """Drop what was worked out from the state that a step, taken in stage `before`, may have made untrue."""
    kind, body = step.kind, step.body
    steady = kind in STEADY
    if kind in BRINGING:
        steady = body.__class__ is dict and body.keys() <= PLAIN[kind]
    if not steady:
        state.arrived = state.about = None
        for current in state.rounds:
            current.limits = None
    if not (steady and kind in SILENT and before in GOING_ON and state.stage in GOING_ON):
        state.facts = None


def tellable(universe: Ancestry) -> bool:
    """Tell whether folding the first n arrivals is the same as folding the first n steps in order."""
    last = 0
    for step in universe.ordered:
        if step.arrived_at < last or step.kind in TAKING_BACK:
            return False
        last = step.arrived_at
    return True


class Telling:
    """The state of a case as its steps arrive; only for histories that are `tellable`."""

    def __init__(self, universe: Ancestry) -> None:
        self._run = _Run(universe)
        self._told: Sequence[Step] = universe.ordered
        self._next = 0

    def until(self, moment: int) -> CaseState:
        """Take the steps that arrived up to `moment` and return the state, good until the next call."""
        state, told = self._run.state, self._told
        while self._next < len(told) and told[self._next].arrived_at <= moment:
            step = told[self._next]
            self._next += 1
            before = state.stage
            state.steps.append(step)
            self._run.take(step)
            _forget(state, step, before)
        return state

    def whole(self) -> CaseState:
        """Take all steps and return what `fold` makes of them."""
        state = self.until(max((step.arrived_at for step in self._told), default=0))
        state.head_steps = self._run.frontier(state.steps)
        return state
