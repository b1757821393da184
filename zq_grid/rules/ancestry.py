"""Who knew of what: the ground on which two acts are said to have been done apart."""

from collections.abc import Iterable

from zq_grid.rules.step import Step, order


class Ancestry:
    """Who knew of what: for each step the set, as bits, of the steps that its author had seen."""

    def __init__(self, steps: Iterable[Step]) -> None:
        self.ordered = sorted({step.id: step for step in steps}.values(), key=order)
        self.index = {step.id: place for place, step in enumerate(self.ordered)}
        self.seen: list[int] = []
        index, seen = self.index, self.seen
        for place, step in enumerate(self.ordered):
            mask = 0
            for parent in step.parents:
                at = index.get(parent, place)
                if at < place:
                    mask |= seen[at] | 1 << at
            seen.append(mask)

    def saw(self, later: Step, earlier: Step) -> bool:
        """Tell whether the author of `later` had seen `earlier`."""
        return bool(self.seen[self.index[later.id]] >> self.index[earlier.id] & 1)
