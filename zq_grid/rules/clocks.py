"""The running promises of a case: one row per clock, with the moments at which its light turns (R3.2, domain 3a.13)."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

from zq_grid.rules import facts, lights, limits
from zq_grid.rules.explain import Explanation, explain
from zq_grid.rules.known import Known
from zq_grid.rules.lifecycle import OPEN
from zq_grid.rules.limits import Limit, Start
from zq_grid.rules.state import CaseState, Round
from zq_grid.rules.step import Place, Step, order

# What stops a clock that a case type adds.
STOPS: dict[str, tuple[str, ...]] = {
    "attend": ("attend",),
    "call": ("contact",),
    "meet": ("attend",),
    "meet_medium": ("attend",),
    "remove": ("handle",),
    "feedback": ("submit", "close"),
    "reinspect": ("check",),
}


class ClockRow(NamedTuple):
    """One promise. `nth` counts the clocks of a kind within a round; `live`: somebody must still act on it.

    `source` and `n`, `rule`, `start_what` are what `explained` tells the limit from.
    """

    round: int
    kind: str
    nth: int
    started: int
    start_what: str
    due: int | None
    stopped: int | None
    rule: str
    n: int
    provisional: int
    source: str
    live: int
    unjudged: int
    waiting: int
    ours: int | None
    target: int | None
    began: int
    yellow_at: int | None
    orange_at: int | None
    red_at: int | None


# By their places, as the facts of a round.
_clock_row = partial(tuple.__new__, ClockRow)


def clocks(state: CaseState, known: Known) -> list[ClockRow]:
    """Return every clock of a case, those of earlier rounds included."""
    found: list[ClockRow] = []
    for current in state.rounds:
        found += _Round(state, current, known).rows()
    return found


def explained(row: ClockRow, known: Known) -> Explanation | None:
    """Return how a limit was worked out, for `limit_words`; None while its clock is suspended."""
    if row.due is None:
        return None
    notes = []
    if row.source == "extension":
        notes.append("extension")
    if row.waiting:
        notes.append("waiting")
    if row.target is not None:
        notes.append("target")
    calendar = known.calendar_at(row.began)
    for change in known.calendars_after(row.began):
        if row.due >= change.defined_at:
            calendar = change.calendar
    return explain(
        kind=row.kind,
        started=row.started,
        start_what=row.start_what,
        rule=row.rule,
        n=row.n,
        due=row.due,
        provisional=bool(row.provisional),
        calendar=calendar,
        platform=row.source == "platform",
        notes=tuple(notes),
    )


def _rule(limit: Limit) -> str:
    return "working_days" if limit.rule == "platform" else limit.rule


class _Round:
    """The clocks of one round."""

    def __init__(self, state: CaseState, current: Round, known: Known) -> None:
        self.state, self.current, self.known = state, current, known
        self.open = state.stage in OPEN and current is state.rounds[-1]
        self.began = current.began.did_at
        self.limits = known.limits_at(self.began)

    def rows(self) -> list[ClockRow]:
        state, current = self.state, self.current
        found: list[ClockRow] = []
        thanks = state.get("kind") == "thanks"
        if current.number == 1 and not thanks:
            stop = min(state.accepts, key=lambda s: s.did_at, default=None)
            start = limits.arrival(state)
            found.append(
                self._by_rule("accept", 0, start, self.limits["accept"], stop, state.stage == "received")
            )
        contact, closing = limits.of_round(state, current, self.known)
        if contact and not facts.caller(state, self.limits["callers"]):
            found.append(self._row("contact", 0, contact, facts.first_answer(current), live=True))
        if closing:
            found.append(self._row("close", 0, closing, facts.stop_of(current), live=True))
        if current.number == 1:
            found += self._own()
        return found + self._signs()

    def _signs(self) -> list[ClockRow]:
        """Return a clock for each dispatch of this round; the next dispatch ends what the one before promised."""
        state = self.state
        if not state.dispatches:
            return []
        mine = state.dispatches
        if len(state.rounds) > 1:
            starts = [order(current.began) for current in state.rounds]
            mine = [dispatch for dispatch in mine if self._in_round(order(dispatch), starts)]
        found = []
        for nth, dispatch in enumerate(mine):
            at = order(dispatch)
            after = [one for one in (*state.signs, *state.dispatches) if order(one) > at]
            stop = min(after, key=order) if after else None
            live = state.stage == "dispatched" and dispatch is state.dispatches[-1]
            start = Start(dispatch.did_at, "dispatch", limits.day_only(dispatch))
            found.append(self._by_rule("sign", nth, start, self.limits["sign"], stop, live))
        return found

    def _in_round(self, place: Place, starts: Sequence[Place]) -> bool:
        number = self.current.number
        later = starts[number] if number < len(starts) else None
        return (number == 1 or place > starts[number - 1]) and (later is None or place < later)

    def _own(self) -> list[ClockRow]:
        """Return the clocks that the case type adds."""
        state = self.state
        own = self.known.type_at(str(state.get("type") or ""), self.began).get("limits", {})
        found = []
        for kind, spec in own.items():
            if kind not in STOPS or not self._applies(spec):
                continue
            steps = [s for s in state.steps if s.kind in STOPS[kind] and s.id not in state.retracted]
            if kind.startswith("meet"):
                steps = [s for s in steps if s.body.get("met") == "yes"]
            stop = min(steps, key=lambda s: s.did_at, default=None)
            found.append(self._by_rule(kind, 0, limits.arrival(state), spec, stop, live=True))
        return found

    def _applies(self, spec: Mapping[str, Any]) -> bool:
        return all(self.state.get(field) in values for field, values in spec.get("when", {}).items())

    def _by_rule(
        self, kind: str, nth: int, start: Start, spec: Mapping[str, Any], stop: Step | None, live: bool
    ) -> ClockRow:
        due, provisional = limits.work_out(start.at, spec, self.known, self.began)
        limit = Limit(start, str(spec["rule"]), int(spec["n"]), due, provisional)
        return self._row(kind, nth, limit, stop, live=live)

    def _row(self, kind: str, nth: int, limit: Limit, stop: Step | None, *, live: bool) -> ClockRow:
        live = live and stop is None and self.open and limit.due is not None
        turns: tuple[int | None, int | None, int | None] = (None, None, None)
        if live and limit.due is not None:
            calendar = self.known.calendar_at(self.began)
            # a limit that the platform or a paper set is judged by its own length
            n = limit.n if limit.source == "ours" else 0
            turns = lights.switch_times(limit.due, limit.start.at, _rule(limit), n, calendar)
        return _clock_row(
            (
                self.current.number,
                kind,
                nth,
                limit.start.at,
                limit.start.what,
                limit.due,
                stop.did_at if stop else None,
                limit.rule,
                limit.n,
                int(limit.provisional),
                limit.source,
                int(live),
                int(facts.unjudged(limit, stop)),
                int(limit.waiting),
                limit.ours,
                limit.target,
                self.began,
                *turns,
            )
        )
