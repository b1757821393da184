"""The steps of one case → what is known of it: pure, total, the same in whatever order the steps came.

Three merge modes say it all (docs/architecture.md): a *head* field knows the values that nobody has replaced,
and two of them that differ are a clash; lists only *grow*; and where the stage or a deadline is in dispute,
the *careful* value stands until a person settles it. What doesn't fit is kept and flagged (R2.5).
"""

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any

from zq_grid.rules import lifecycle, taken_back
from zq_grid.rules.ancestry import Ancestry
from zq_grid.rules.canonical import is_commitment
from zq_grid.rules.state import ERASED, RETYPING, CaseState, Exclusion, Head, Round
from zq_grid.rules.step import Step
from zq_grid.rules.vocabulary import CLOSING, COMMON, STEPS

FUTURE = 300
# A step done outside 1970–2200 is an error of somebody's program: kept, flagged, and left out.
EARLIEST, LATEST = 0, 7_258_089_600
# Facts that rules compare as words: anything else in their place is left out and flagged.
WORDS = frozenset(
    name
    for facts in STEPS.values()
    for name, fact in facts.items()
    if fact.form not in {"list", "object", "count"}
)
GROWING = frozenset({"contact", "attend", "visit", "note", "attach"})
UNSIGNED = frozenset({"number", "precision", "parent"})
# What a step of a kind may say without it being a fact of the case's type.
PLAIN = {kind: frozenset({*facts, *COMMON}) for kind, facts in STEPS.items()}
_head = partial(tuple.__new__, Head)


_TEXTS = frozenset({str})


def _odd(body: Mapping[str, Any]) -> set[str]:
    """Return the facts of a body that should be words and are not."""
    return {
        name
        for name, value in body.items()
        if name in WORDS and not (isinstance(value, str) or value == ERASED or is_commitment(value))
    }


def fold(steps: Iterable[Step], universe: Ancestry | None = None) -> CaseState:
    """Return what `steps` of one case say. Never raises, whatever the steps.

    Args:
        steps: of one subject, in any order, repetitions allowed.
        universe: who knew of what among *all* steps held, where `steps` is a part (a look back in time).
    """
    ancestry = universe or Ancestry(steps)
    ordered = ancestry.ordered
    if universe is not None:
        held = {step.id for step in steps}
        ordered = [step for step in ordered if step.id in held]
    run = _Run(ancestry)
    return run.over(ordered)


class _Run:
    """One pass over the ordered steps."""

    def __init__(self, ancestry: Ancestry) -> None:
        self.index = ancestry.index
        self.seen = ancestry.seen
        self.state = CaseState()

    def over(self, ordered: list[Step]) -> CaseState:
        state = self.state
        state.steps = ordered
        erased: taken_back.Erasures = ()
        if any(step.kind in {"retract", "erase"} for step in ordered):
            state.retracted, vain = taken_back.retracted(ordered, self.index)
            state.flags += [(step, "retract_nothing") for step in vain]
            erased = taken_back.erasures(ordered, self.index)
        state.head_steps = self.frontier(ordered)
        for step in ordered:
            gone = step.id in state.retracted
            if gone and (step.kind != "log" or state.logged or self._another_log(ordered)):
                continue
            state.gone_log = state.gone_log or gone
            self.take(taken_back.without(step, self.index[step.id], erased) if erased else step)
        return state

    def take(self, step: Step) -> None:
        state = self.state
        if not EARLIEST <= step.did_at < LATEST:
            state.flags.append((step.id, "step_form"))
            return
        body = step.body if step.body.__class__ is dict or isinstance(step.body, Mapping) else {}
        if not _TEXTS.issuperset(map(type, body.values())) and (odd := _odd(body)):
            state.flags.append((step.id, "step_form"))
            body = {name: value for name, value in body.items() if name not in odd}
        if body is not step.body:
            step = step._replace(body=body)
        if step.did_at > step.recorded_at + FUTURE:
            state.flags.append((step.id, "future"))
        try:
            objection = lifecycle.objection(state, step.kind, body, step.did_at)
        except TypeError:  # a body whose facts aren't of the promised form
            objection = "step_form"
        if objection and not (step.kind == "log" and state.logged):
            state.flags.append((step.id, objection))
        handler = HANDLERS.get(step.kind)
        if handler is None or (not state.rounds and step.kind != "log"):
            return
        try:
            handler(self, step, self.index[step.id])
        except (TypeError, AttributeError, ValueError):
            state.flags.append((step.id, "step_form"))

    # what stands beside the order -------------------------------------------------------------

    def frontier(self, ordered: list[Step]) -> tuple[str, ...]:
        covered = 0
        for step in ordered:
            covered |= self.seen[self.index[step.id]]
        return tuple(step.id for step in ordered if not covered >> self.index[step.id] & 1)

    def _another_log(self, ordered: list[Step]) -> bool:
        return any(s.kind == "log" and s.id not in self.state.retracted for s in ordered)

    # head fields ------------------------------------------------------------------------------

    def _set(
        self, table: dict[str, tuple[Head, ...]], field: str, step: Step, place: int, value: Any
    ) -> None:
        new = _head((place, step.id, value))
        old = table.get(field)
        if old is None:
            table[field] = (new,)
        else:
            seen = self.seen[place]
            others = [head for head in old if not seen >> head.place & 1]
            self.state.disputed = self.state.disputed or bool(others)
            table[field] = (*others, new)

    def _stage(self, step: Step, place: int, value: str) -> None:
        state, seen = self.state, self.seen[place]
        old = [h for h in state.stages if not seen >> h.place & 1]
        state.stages = (*old, _head((place, step.id, value)))
        if not old:
            state.stage = value
            return
        state.disputed = True
        # open beats closed: a case that somebody still works on is not done (careful mode)
        open_ones = [head for head in state.stages if head.value in lifecycle.OPEN]
        state.stage = max(open_ones or state.stages, key=lambda head: head.place).value

    def _round(self, step: Step) -> Round:
        """Return the round a step belongs to; what was done before a reopen belongs to the round before (R2.3)."""
        rounds = self.state.rounds
        place = len(rounds) - 1
        if step.kind in GROWING:
            while place > 0 and step.did_at < rounds[place].began.did_at:
                place -= 1
        return rounds[place]

    # the steps --------------------------------------------------------------------------------

    def log(self, step: Step, place: int) -> None:
        state = self.state
        if not state.rounds:
            state.logged = True
            state.rounds.append(Round(1, step, place, {field: step.body.get(field) for field in RETYPING}))
            self._stage(step, place, "received")
        heads = state.heads
        for field, value in step.body.items():
            if field not in heads:
                heads[field] = (_head((place, step.id, value)),)
            elif field not in UNSIGNED:
                self._set(heads, field, step, place, value)

    def accept(self, step: Step, place: int) -> None:
        self.state.accepts.append(step)
        self._stage(step, place, "refused" if step.kind == "refuse" else "accepted")

    def dispatch(self, step: Step, place: int) -> None:
        state = self.state
        unit = step.body.get("unit")
        state.dispatches.append(step)
        if isinstance(unit, str):
            state.holdings.append((step.did_at, place, unit))
            self._set(state.heads, "unit", step, place, unit)
        self._stage(step, place, "dispatched")

    def assign(self, step: Step, place: int) -> None:
        worker = step.body.get("worker")
        if isinstance(worker, str):
            self.state.assigns.append((step.did_at, place, worker))
            self._set(self.state.heads, "worker", step, place, worker)

    def sign(self, step: Step, place: int) -> None:
        self.state.signs.append(step)
        self._stage(step, place, "signed")

    def return_(self, step: Step, _place: int) -> None:
        self.state.pending_return = step
        if step.body.get("to") == "centre":
            self.state.signs.append(step)

    def rule_return(self, step: Step, place: int) -> None:
        state = self.state
        pending, state.pending_return = state.pending_return, None
        if pending is None:
            return
        if step.body.get("upheld") != "yes":
            return
        if pending.body.get("to") == "district":
            self._stage(step, place, "returned")
            return
        state.holdings.append((step.did_at, place, None))
        self._set(state.heads, "unit", step, place, None)
        self._stage(step, place, "accepted")

    def contact(self, step: Step, _place: int) -> None:
        self._round(step).contacts.append(step)

    def attend(self, step: Step, place: int) -> None:
        self._round(step).attends.append(step)
        self._own_facts(step, place)
        if self.state.stage in lifecycle.OPEN:
            self._stage(step, place, "handling")

    def handle(self, step: Step, place: int) -> None:
        self.state.rounds[-1].handles.append(step)
        self._own_facts(step, place)
        self._stage(step, place, "handling")

    def check(self, step: Step, _place: int) -> None:
        self.state.rounds[-1].checks.append(step)

    def submit(self, step: Step, place: int) -> None:
        self.state.rounds[-1].submits.append(step)
        self._stage(step, place, "submitted")

    def visit(self, step: Step, _place: int) -> None:
        self._round(step).visits.append(step)

    def close(self, step: Step, place: int) -> None:
        current = self.state.rounds[-1]
        current.closes.append(step)
        current.verdicts.append(Head(place, step.id, step.body.get("verdict")))
        for field, value in step.body.items():
            if field in STEPS["close"]:
                self._set(current.closing, field, step, place, value)
        self._own_facts(step, place)
        self._stage(step, place, "closed")

    def _own_facts(self, step: Step, place: int) -> None:
        """Take up the facts of the case type that were found on site, while handling or at closing."""
        for field in step.body.keys() - PLAIN[step.kind]:
            self._set(self.state.heads, field, step, place, step.body[field])

    def reopen(self, step: Step, place: int) -> None:
        state = self.state
        current, seen = state.rounds[-1], self.seen[place]
        twin = current.number > 1 and not seen >> self.index[current.opener] & 1
        if twin and not any(seen >> self.index[close.id] & 1 for close in current.closes):
            # two people reopened the same closing: one round, begun by whoever was first (R2.2)
            if step.did_at < current.began.did_at:
                current.began, current.place = step, place
        elif state.stage == "closed":
            values = {field: state.get(field) for field in RETYPING}
            state.rounds.append(Round(current.number + 1, step, place, values))
            self._stage(step, place, "handling")

    def extension(self, step: Step, _place: int) -> None:
        current = self.state.rounds[-1]
        fits = current.extension_pending or step.kind == "ask_extension"
        current.extension_pending = step.kind == "ask_extension"
        if fits:
            current.timeline.append(step)

    def suspend(self, step: Step, _place: int) -> None:
        self.state.suspended = step if step.kind == "suspend" else None
        self.state.rounds[-1].timeline.append(step)

    def escalate(self, step: Step, _place: int) -> None:
        self.state.level = str(step.body.get("level"))

    def supervise(self, step: Step, _place: int) -> None:
        self.state.supervised = True
        self.state.rounds[-1].timeline.append(step)

    def split(self, step: Step, _place: int) -> None:
        named = step.body.get("sub_cases")
        self.state.sub_cases += [str(one) for one in named] if isinstance(named, list | tuple) else []

    def merge(self, step: Step, place: int) -> None:
        state = self.state
        into = step.body.get("into") if step.kind == "merge" else None
        state.joined = (into, step.body.get("repeat") == "yes") if isinstance(into, str) else None
        self._set(state.heads, "joined", step, place, state.joined)

    def link(self, step: Step, _place: int) -> None:
        pair = (str(step.body.get("to")), str(step.body.get("why")))
        if pair not in self.state.links:
            self.state.links.append(pair)

    def exclude(self, step: Step, _place: int) -> None:
        body = step.body
        self.state.exclusions.append(
            Exclusion(str(body.get("indicator")), str(body.get("reason")), str(body.get("document") or ""))
        )

    def approve_exclusion(self, step: Step, _place: int) -> None:
        wanted = step.body.get("indicator")
        for exclusion in self.state.exclusions:
            exclusion.approved = exclusion.approved or wanted in {None, exclusion.indicator}

    def amend(self, step: Step, place: int) -> None:
        state = self.state
        for field, value in step.body.items():
            if field in {"reason", "precision"}:
                continue
            if field in CLOSING and field != "grid":
                self._set(state.rounds[-1].closing, field, step, place, value)
            else:
                self._set(state.heads, field, step, place, value)
        if "verdict" in step.body:
            state.rounds[-1].verdicts.append(Head(place, "", step.body["verdict"]))
        if any(field in step.body for field in RETYPING):
            state.rounds[-1].timeline.append(step)

    def note(self, step: Step, _place: int) -> None:
        self.state.notes.append(step)

    def attach(self, step: Step, _place: int) -> None:
        self.state.photos.append(step)

    def withdraw(self, step: Step, place: int) -> None:
        self.state.withdrawn = self.state.withdrawn or step
        self._stage(step, place, "withdrawn")

    def void(self, step: Step, place: int) -> None:
        self._stage(step, place, "void")


Handler = Callable[[_Run, Step, int], None]
HANDLERS: dict[str, Handler] = {
    "log": _Run.log,
    "accept": _Run.accept,
    "refuse": _Run.accept,
    "dispatch": _Run.dispatch,
    "transfer": _Run.dispatch,
    "assign": _Run.assign,
    "sign": _Run.sign,
    "return": _Run.return_,
    "rule_return": _Run.rule_return,
    "contact": _Run.contact,
    "attend": _Run.attend,
    "handle": _Run.handle,
    "check": _Run.check,
    "submit": _Run.submit,
    "visit": _Run.visit,
    "close": _Run.close,
    "reopen": _Run.reopen,
    "ask_extension": _Run.extension,
    "grant_extension": _Run.extension,
    "refuse_extension": _Run.extension,
    "suspend": _Run.suspend,
    "resume": _Run.suspend,
    "escalate": _Run.escalate,
    "supervise": _Run.supervise,
    "split": _Run.split,
    "merge": _Run.merge,
    "unmerge": _Run.merge,
    "link": _Run.link,
    "exclude": _Run.exclude,
    "approve_exclusion": _Run.approve_exclusion,
    "amend": _Run.amend,
    "note": _Run.note,
    "attach": _Run.attach,
    "withdraw": _Run.withdraw,
    "void": _Run.void,
}
