"""What is known of one case: its rounds, its fields with their standing values, its flags. Built by `fold`."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from zq_grid.rules.step import Step

ERASED = {"erased": "yes"}
EARLIER_WINS = frozenset({"platform_due"})
# The facts that a limit is worked out from.
RETYPING = ("type", "kind", "mode", "urgency", "platform_due")


class Head(NamedTuple):
    """One standing value of a field, and where in the order it was set."""

    place: int
    step: str
    value: Any


class Exclusion:
    """An asked exclusion and whether it was approved."""

    __slots__ = ("approved", "document", "indicator", "reason")

    def __init__(self, indicator: str, reason: str, document: str) -> None:
        self.indicator, self.reason, self.document, self.approved = indicator, reason, document, False


class Round:
    """What happened in one round. Lists hold steps in the order of the fold."""

    __slots__ = (
        "attends",
        "began",
        "checks",
        "closes",
        "closing",
        "contacts",
        "extension_pending",
        "handles",
        "limits",
        "number",
        "opener",
        "place",
        "submits",
        "timeline",
        "values",
        "verdicts",
        "visits",
    )

    def __init__(self, number: int, began: Step, place: int, values: Mapping[str, Any]) -> None:
        self.number = number
        # what limits are worked out from, as it stood when the round began
        self.values = values
        self.began = began
        # where that step stands in the order
        self.place = place
        self.opener = began.id
        self.contacts: list[Step] = []
        self.attends: list[Step] = []
        self.handles: list[Step] = []
        self.checks: list[Step] = []
        self.submits: list[Step] = []
        self.closes: list[Step] = []
        self.visits: list[Step] = []
        # amended limits, extensions, supervision, suspension: what moves a limit (R3.6–R3.12)
        self.timeline: list[Step] = []
        self.closing: dict[str, tuple[Head, ...]] = {}
        # what closings and amends said of the verdict, in order; a closing under its own id
        self.verdicts: list[Head] = []
        self.extension_pending = False
        # what `rules.limits` worked out for this round, and from which catalogue
        self.limits: tuple[Any, Any, Any] | None = None


class CaseState:
    """All that the steps of one case say. Build with `fold`; treat as read-only."""

    __slots__ = (
        "about",
        "accepts",
        "arrived",
        "assigns",
        "dispatches",
        "disputed",
        "exclusions",
        "facts",
        "flags",
        "gone_log",
        "head_steps",
        "heads",
        "holdings",
        "joined",
        "level",
        "links",
        "logged",
        "notes",
        "pending_return",
        "photos",
        "retracted",
        "rounds",
        "signs",
        "stage",
        "stages",
        "steps",
        "sub_cases",
        "supervised",
        "suspended",
        "withdrawn",
    )

    def __init__(self) -> None:
        self.logged = False
        self.gone_log = False
        self.heads: dict[str, tuple[Head, ...]] = {}
        # whether any field, the stage too, ever had two standing values
        self.disputed = False
        self.stages: tuple[Head, ...] = ()
        self.stage = ""
        self.rounds: list[Round] = []
        self.holdings: list[tuple[int, int, str | None]] = []
        self.assigns: list[tuple[int, int, str]] = []
        self.dispatches: list[Step] = []
        self.signs: list[Step] = []
        self.accepts: list[Step] = []
        self.exclusions: list[Exclusion] = []
        self.pending_return: Step | None = None
        self.suspended: Step | None = None
        self.joined: tuple[str, bool] | None = None
        self.level = ""
        self.supervised = False
        self.withdrawn: Step | None = None
        self.sub_cases: list[str] = []
        self.links: list[tuple[str, str]] = []
        self.notes: list[Step] = []
        self.photos: list[Step] = []
        self.flags: list[tuple[str, str]] = []
        self.head_steps: tuple[str, ...] = ()
        # when the case arrived, once `rules.limits` has looked: seconds, which arrival, only the day known
        self.arrived: Any = None
        # what `rules.facts` found the case to be about, and from which catalogue
        self.about: tuple[Any, Any] | None = None
        # the facts of its rounds, once `rules.facts` has told them, and from which catalogue
        self.facts: tuple[Any, Any] | None = None
        self.steps: list[Step] = []
        self.retracted: frozenset[str] = frozenset()

    def get(self, field: str) -> Any:
        """Return the value in force of a head field, or None."""
        heads = self.heads.get(field)
        if heads is None:
            return None
        return heads[0].value if len(heads) == 1 else chosen(field, heads)

    def clashes(self) -> list[dict[str, Any]]:
        """List the fields in dispute with each standing value and the step that set it."""
        found: list[dict[str, Any]] = []
        if not self.disputed:
            return found  # as nearly always
        named = [*((f, h) for f, h in self.heads.items()), ("stage", self.stages)]
        named += [(f, h) for r in self.rounds for f, h in r.closing.items()]
        for field, heads in named:
            if len(heads) > 1 and any(head.value != heads[0].value for head in heads):
                found.append({"field": field, "values": [{"step": h.step, "value": h.value} for h in heads]})
        return found

    def closing(self, field: str, number: int = -1) -> Any:
        """Return a fact of the closing of a round (the last one by default), or None."""
        heads = self.rounds[number].closing.get(field) if self.rounds else None
        return chosen(field, heads) if heads else None


def chosen(field: str, heads: Sequence[Head]) -> Any:
    """Return the value that counts among standing heads: the careful one, else the last in order."""
    if len(heads) == 1:
        return heads[0].value
    if field in EARLIER_WINS:
        return min(str(head.value) for head in heads)
    return max(heads, key=lambda head: head.place).value
