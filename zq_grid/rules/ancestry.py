"""Who knew of what: the ground on which two acts are said to have been done apart."""

from collections.abc import Iterable

from zq_grid.rules.step import Step, order


class Ancestry:
    """Who knew of what: for each step the set, as bits, of the steps that its author had seen."""

    def __init__(self, steps: Iterable[Step]) -> None:
        self.ordered = _ordered(list(steps))
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


def _ordered(steps: list[Step]) -> list[Step]:
    """Return each step once, in the order of the fold (R2.1); a log read back mostly stands in it already."""
    last = None
    for step in steps:
        if last is not None and step.lamport <= last:
            return sorted({step.id: step for step in steps}.values(), key=order)
        last = step.lamport
    return steps
