"""A fold told step by step: what was known after each arrival of a history that arrived in its own order.

One pass instead of a fold for each moment; where steps arrived out of order or were taken back, `fold` must look anew.
"""

from collections.abc import Sequence
from itertools import pairwise

from zq_grid.rules.ancestry import Ancestry
from zq_grid.rules.fold import _Run
from zq_grid.rules.state import CaseState
from zq_grid.rules.step import Step


def tellable(universe: Ancestry) -> bool:
    """Tell whether folding the first n arrivals is the same as folding the first n steps in order."""
    ordered = universe.ordered
    if any(step.kind in {"retract", "erase"} for step in ordered):
        return False
    return all(one.arrived_at <= other.arrived_at for one, other in pairwise(ordered))


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
            state.steps.append(told[self._next])
            self._run.take(told[self._next])
            self._next += 1
        # what was worked out from the state before is no longer true
        state.arrived = None
        for current in state.rounds:
            current.limits = None
        return state
