"""Steps made by hand for tests of the rules: a small chain builder and a strategy for arbitrary ones."""

import hashlib
from collections.abc import Sequence
from typing import Any

from hypothesis import strategies as st

from zq_grid.rules.step import Step
from zq_grid.rules.vocabulary import STEPS

NOON = 1_793_592_000


class Hand:
    """Writes steps of one case as one or several devices would."""

    def __init__(self) -> None:
        self.steps: list[Step] = []
        self.seqs: dict[str, int] = {}

    def add(
        self,
        kind: str,
        body: dict[str, Any] | None = None,
        *,
        at: int | None = None,
        device: str = "aa",
        parents: Sequence[Step] | None = None,
        recorded: int | None = None,
    ) -> Step:
        """Append a step; its parents are the newest step unless given."""
        seq = self.seqs[device] = self.seqs.get(device, 0) + 1
        known = self.steps[-1:] if parents is None else parents
        lamport = 1 + max(
            [p.lamport for p in known] + [s.lamport for s in self.steps if s.device == device], default=0
        )
        did = NOON + len(self.steps) * 600 if at is None else at
        identity = hashlib.sha256(f"{device}-{seq}-{kind}-{body}-{did}".encode()).hexdigest()
        step = Step(
            position=len(self.steps) + 1,
            arrived_at=did if recorded is None else recorded,
            id=identity,
            device=device,
            epoch=1,
            scope="town",
            seq=seq,
            prev="",
            kind=kind,
            version=1,
            subject="case:hotline:1",
            group="",
            parents=tuple(p.id for p in known),
            lamport=lamport,
            did_at=did,
            recorded_at=did if recorded is None else recorded,
            actor="w001",
            on_behalf_of="",
            body=body or {},
        )
        self.steps.append(step)
        return step

    def logged(self, **facts: str) -> Step:
        """Begin the case."""
        return self.add("log", {"type": "noise", "source": "hotline", "kind": "complaint", **facts})


VALUES = st.one_of(
    st.text(max_size=8),
    st.integers(-5, 5),
    st.lists(st.text(max_size=3), max_size=2),
    st.dictionaries(st.text(max_size=3), st.text(max_size=3), max_size=2),
    st.sampled_from(["yes", "no", "district", "centre", "satisfied", "2026-11-09", "not_assessed", "solved"]),
)


@st.composite
def arbitrary(draw: st.DrawFn) -> list[Step]:
    """Draw steps that nobody would write: any kinds, bodies, parents, lamports and times."""
    count = draw(st.integers(0, 14))
    made: list[Step] = []
    kinds = [*STEPS, "unknown"]
    for nth in range(count):
        kind = "log" if nth == 0 and draw(st.booleans()) else draw(st.sampled_from(kinds))
        names = st.sampled_from([*STEPS.get(kind, {"x": None}), "x", "type", "platform_due", "verdict"])
        body: Any = draw(st.one_of(st.dictionaries(names, VALUES, max_size=4), st.just({})))
        if kind == "retract" and made and draw(st.booleans()):
            body = {"step": draw(st.sampled_from(made)).id}
        if kind == "erase":
            body = {"fields": draw(st.lists(st.sampled_from(["phone", "text", "words"]), max_size=2))}
        parents = draw(st.lists(st.sampled_from(made), max_size=2)) if made else []
        device = draw(st.sampled_from(["aa", "bb"]))
        at = NOON + draw(st.integers(-5, 5)) * 86_400
        seed = f"{nth}-{kind}-{device}-{draw(st.integers(0, 2**32))}"
        made.append(
            Step(
                position=nth + 1,
                arrived_at=at,
                id=hashlib.sha256(seed.encode()).hexdigest(),
                device=device,
                epoch=draw(st.integers(1, 2)),
                scope="town",
                seq=nth + 1,
                prev="",
                kind=kind,
                version=1,
                subject="case:hotline:1",
                group="",
                parents=tuple(p.id for p in parents),
                lamport=draw(st.integers(1, 6)),
                did_at=at,
                recorded_at=at + draw(st.integers(-400, 90_000)),
                actor="w001",
                on_behalf_of="",
                body=body,
            )
        )
    return made
