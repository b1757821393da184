"""What later steps of a case take back: whole steps, and values that were erased everywhere."""

from collections.abc import Mapping, Sequence

from zq_grid.rules.state import ERASED
from zq_grid.rules.step import Step

# Places of the steps that erase, each with the names of the facts that they erase.
Erasures = Sequence[tuple[int, frozenset[str]]]


def retracted(ordered: Sequence[Step], index: Mapping[str, int]) -> tuple[frozenset[str], list[str]]:
    """Return the ids of the steps that were taken back, and of the retractions that take back nothing.

    Args:
        ordered: the steps, in the order of the fold.
        index: where each step that is known of the case stands in that order.
    """
    kinds = {step.id: step.kind for step in ordered}
    gone: set[str] = set()
    vain: list[str] = []
    for step in reversed(ordered):
        if step.kind != "retract" or step.id in gone or not isinstance(step.body, Mapping):
            continue
        target, here = step.body.get("step"), index[step.id]
        earlier = isinstance(target, str) and index.get(target, here) < here
        if not earlier or target not in kinds or kinds[target] == "erase":
            vain.append(step.id)
        else:
            gone.add(str(target))
    return frozenset(gone), vain


def erasures(ordered: Sequence[Step], index: Mapping[str, int]) -> Erasures:
    """Return which steps erase values, and of which facts."""
    found = []
    for step in ordered:
        if step.kind == "erase" and isinstance(step.body, Mapping):
            fields = step.body.get("fields")
            names = fields if isinstance(fields, list | tuple) else ()
            found.append((index[step.id], frozenset(name for name in names if isinstance(name, str))))
    return found


def without(step: Step, here: int, erased: Erasures) -> Step:
    """Return a step, which stands `here`, without the values that were erased after it."""
    names = {name for at, fields in erased if at > here for name in fields}
    if not isinstance(step.body, Mapping) or step.kind in {"retract", "erase"}:
        return step
    hit = names & set(step.body)
    return step._replace(body={**step.body, **dict.fromkeys(hit, ERASED)}) if hit else step
