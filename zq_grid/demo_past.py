"""The long past of the demo: steps checked and written one by one, their summaries made all at once afterwards.

Each step passes the same door as in daily work – forms, order of steps, gates, what the catalogue says – and the
log's only writer. Left out is only what would be done over and over: a case's steps are remembered instead of being
read again, and no row of a summary is replaced until the rebuild that ends the past.
"""

from collections import Counter
from collections.abc import Container, Iterable
from dataclasses import dataclass

from zq_grid import bodies, cases, plausible, together
from zq_grid.cases import Draft
from zq_grid.demo_story import Deed, Order
from zq_grid.manner import Manner
from zq_grid.projection import Renewal
from zq_grid.rules import worktime
from zq_grid.rules.fold import fold
from zq_grid.rules.state import CaseState
from zq_grid.rules.step import Step
from zq_grid.session import Session

# What touches more than the one case, or asks of others, is no matter of the past.
BEYOND = frozenset({"merge", "unmerge", "link", "split", "retract", "erase"})


@dataclass
class _Held:
    """A case that is under way: its key, its number, its steps."""

    subject: int
    number: str
    steps: list[Step]


class Past:
    """Writes what happened long ago, one transaction after another."""

    def __init__(self) -> None:
        self._held: dict[str, _Held] = {}
        self._numbers: dict[int, list[str]] = {}

    def expect(self, session: Session, acts: Iterable[Order | Deed]) -> None:
        """Look up at once what a transaction will need: the keys of its cases, the station's numbers of its days."""
        names: dict[str, None] = {}
        days: Counter[int] = Counter()
        for act in acts:
            if isinstance(act, Deed) and act.label in self._held:
                names[self._held[act.label].steps[0].subject] = None
            elif isinstance(act, Order) and "order_number" in act.facts:
                names[cases.subject_for(act.facts, "")] = None
            elif isinstance(act, Order):
                days[worktime.day_start(worktime.day_of(act.received))] += 1
        session.log.expect(list(names))
        self._numbers = {day: cases.next_numbers(session, day, count)[::-1] for day, count in days.items()}

    def log(self, session: Session, order: Order) -> str:
        """Log a case at its time; returns its number."""
        session.now, session.actor = order.logged, order.actor
        facts = dict(order.facts)
        if "order_number" not in facts:
            facts["number"] = self._numbers[worktime.day_start(worktime.day_of(order.received))].pop()
        unwritten = Renewal(session)
        made = cases.log_one(session, unwritten, facts, order.received, False, "", "", strict=True)
        self._held[order.label] = _Held(made.subject, made.number, [made.step])
        return made.number

    def act(self, session: Session, deed: Deed) -> None:
        """Take a step at its time.

        Raises:
            Refused: as `together.act`.
        """
        assert deed.kind not in BEYOND, deed.kind
        session.now, session.actor = deed.recorded, deed.actor
        held = self._held[deed.label]
        manner = Manner(cases.moment_of(session, deed.at), False, "")
        one = self._drafted(session, held, fold(held.steps), deed)
        together.prepare(session, one, manner)
        step = session.log.add(
            one.kind,
            one.name,
            one.body,
            personal=bodies.personal(one.kind, one.body, one.own),
            parents=one.state.head_steps,
            above=max(s.lamport for s in one.held),
            did_at=manner.did_at,
            recorded_at=session.now,
            actor=session.actor,
        )
        held.steps.append(step)

    @staticmethod
    def _drafted(session: Session, held: _Held, state: CaseState, deed: Deed) -> Draft:
        """Check a step as `cases.drafted` does, on a case that is remembered."""
        own = session.catalogue.type_at(str(state.get("type") or ""), state.rounds[-1].began.did_at)
        body = bodies.clean(deed.kind, deed.body, own)
        cases.refuse_misfit(state, deed.kind, body, held.number, deed.at)
        plausible.refuse_implausible(session, body)
        name = held.steps[0].subject
        return Draft(held.subject, name, held.number, held.steps, state, deed.kind, body, own)

    def keep(self, labels: Container[str]) -> None:
        """Let go of all cases but these: of the others nothing more will be told."""
        self._held = {label: held for label, held in self._held.items() if label in labels}
