"""The named facts of each round that every rate is counted from (docs/rules.md R4), worked out from the fold."""

from collections.abc import Iterable, Sequence
from functools import partial
from typing import NamedTuple

from zq_grid.rules import limits, worktime
from zq_grid.rules.known import Known
from zq_grid.rules.limits import Limit
from zq_grid.rules.state import CaseState, Round
from zq_grid.rules.step import Step
from zq_grid.rules.vocabulary import ANSWERED

LATE = 86_400
INDICATORS = ("first_contact", "on_time_closing", "actual_resolution", "satisfaction")
Excluded = tuple[str | None, str | None, str | None, str | None, str | None]
NOTHING_EXCLUDED: Excluded = (None, None, None, None, None)


class RoundFacts(NamedTuple):
    """One round as the rates see it; times are seconds UTC. The names are those that profiles use."""

    round: int
    source: str
    type: str
    neighbourhood: str | None
    area: str | None
    worker: str | None
    unit_contact: str | None
    unit_close: str | None
    began_at: int
    contact_due: int | None
    contact_first: str | None
    contact_first_at: int | None
    contact_unjudged: int
    close_due: int | None
    stopped_at: int | None
    close_unjudged: int
    closed_at: int | None
    verdict: str | None
    visit_at: int | None
    satisfaction: str | None
    caller: str | None
    gone: str | None
    gone_at: int | None
    contact_kept: int
    excluded_contact: str | None
    excluded_close: str | None
    excluded_verdict: str | None
    excluded_visit: str | None
    excluded_all: str | None
    late_entered: int
    waiting: int
    ended_at: int | None


# By their places: with every name said again this took most of the time of a round.
_facts = partial(tuple.__new__, RoundFacts)


def rounds(state: CaseState, known: Known) -> list[RoundFacts]:
    """Return the facts of every round of a case, in order; empty for a case that was never logged.

    They are told once for a fold and a catalogue.
    """
    if not state.rounds:
        return []
    if state.facts is None or state.facts[0] is not known:
        shared = _Shared(state, known)
        state.facts = (known, [_round(state, current, known, shared) for current in state.rounds])
    found: list[RoundFacts] = state.facts[1]
    return found


class _About:
    """What a case is about: told once for a fold and a catalogue."""

    __slots__ = ("area", "caller", "neighbourhood", "source", "type")

    def __init__(self, state: CaseState, known: Known) -> None:
        began = state.rounds[0].began.did_at
        self.source = str(state.get("source") or "")
        self.type = str(state.get("type") or "")
        neighbourhood = state.get("neighbourhood")
        self.neighbourhood = neighbourhood if isinstance(neighbourhood, str) and neighbourhood else None
        # the territory valid at receipt (R4.10)
        received = limits.arrival(state).at
        self.area = known.area_of(self.neighbourhood, received) if self.neighbourhood else None
        self.caller = caller(state, known.limits_at(began)["callers"])


class _Shared:
    """What all rounds of a case have in common."""

    __slots__ = ("about", "assigns", "excluded", "gone", "gone_at", "holdings")

    def __init__(self, state: CaseState, known: Known) -> None:
        if state.about is None or state.about[0] is not known:
            state.about = (known, _About(state, known))
        self.about: _About = state.about[1]
        self.assigns = sorted(state.assigns)
        self.gone, self.gone_at = gone(state)
        self.excluded = excluded(state)
        self.holdings = sorted(state.holdings)


def caller(state: CaseState, sources: Iterable[str]) -> str | None:
    """Return why no contact is promised to the caller, or None if it is (R3.3)."""
    if state.get("source") not in sources:
        return "no_caller"
    if state.get("anonymous") == "yes":
        return "anonymous"
    return "no_reply_wanted" if state.get("reply_wanted") == "no" else None


def gone(state: CaseState) -> tuple[str | None, int | None]:
    """Return why a case is out of every rate, and from when (None: at all times) (R4.6, R4.7)."""
    if state.stage == "void":
        return "void", None
    if state.gone_log:
        return "retracted", None
    if state.get("parent"):
        return "sub_case", None
    if state.stage in {"refused", "returned"}:
        return state.stage, None
    if state.joined and state.joined[1]:
        return "repeat", None
    if state.withdrawn:
        return "withdrawn", worktime.day_start(worktime.day_of(state.withdrawn.did_at))
    return None, None


def excluded(state: CaseState) -> Excluded:
    """Return, for each of the four and for all, the reason of the first approved exclusion, or None (R4.8)."""
    if not state.exclusions:
        return NOTHING_EXCLUDED

    def reason(indicator: str) -> str | None:
        named = {indicator, "all"}
        return next((e.reason for e in state.exclusions if e.approved and e.indicator in named), None)

    contact, close, verdict, visit = map(reason, INDICATORS)
    return contact, close, verdict, visit, reason("all")


def first_answer(current: Round) -> Step | None:
    """Return the earliest contact that stops the contact clock: yes or not assessed (R3.2)."""
    if not current.contacts:
        return None
    stops = [step for step in current.contacts if step.body.get("reached") in {"yes", "not_assessed"}]
    return _first(stops)


def first_visit(current: Round) -> Step | None:
    """Return the first answered visit by the centre, else its first unanswered one (R4.5)."""
    if not current.visits:
        return None
    visits = [step for step in current.visits if step.body.get("by") == "centre"]
    answered = [step for step in visits if step.body.get("satisfaction") in ANSWERED]
    return _first(answered or visits)


def verdict_of(current: Round, closing: Step | None) -> str | None:
    """Return the verdict of the closing that counts, or of the last amend that follows it in the order (R2.4, R2.6)."""
    if closing is None:
        return None
    first = next(index for index, said in enumerate(current.verdicts) if said.step == closing.id)
    after = [said.value for said in current.verdicts[first + 1 :] if not said.step]
    found = after[-1] if after else current.verdicts[first].value
    return found if isinstance(found, str) else None


def stop_of(current: Round) -> Step | None:
    """Return what stopped the close clock: the earliest submission, else the earliest closing (R2.6, R4.3)."""
    return _first(current.submits or current.closes)


def _did(step: Step) -> int:
    return step.did_at


def _first(steps: Sequence[Step]) -> Step | None:
    return min(steps, key=_did) if len(steps) > 1 else steps[0] if steps else None


def _holder(holdings: list[tuple[int, int, str | None]], stopped: int | None, due: int | None) -> str | None:
    """Return who held the case when the clock stopped or fell due, whichever was first (R4.10)."""
    if not holdings:
        return None
    last = due if stopped is None or (due is not None and due < stopped) else stopped
    unit = None
    for at, _, holder in holdings:
        if last is not None and at > last:
            break
        unit = holder
    return unit


def _worker(state: CaseState, current: Round, assigns: list[tuple[int, int, str]]) -> str | None:
    """Return who had the case last, of a round that was followed by another: before that one began (R4.10)."""
    if not assigns:
        return None
    if current.number == len(state.rounds):
        return assigns[-1][2]
    later = state.rounds[current.number]
    ended = (later.began.did_at, later.place)
    return next((worker for at, place, worker in reversed(assigns) if (at, place) < ended), None)


def unjudged(limit: Limit | None, stop: Step | None) -> bool:
    """Tell whether a limit in hours meets a time of which only the day is known (R1.5)."""
    if limit is None or not worktime.hours_limited(limit.rule) or limit.source != "ours":
        return False
    return limit.start.day_only or (stop is not None and limits.day_only(stop))


def _late(steps: Iterable[Step | None]) -> int:
    late = 0
    for step in steps:
        if step is not None and step.recorded_at - step.did_at > LATE:
            late += 1
    return late


def _ended(state: CaseState, closing: Step | None) -> int | None:
    if closing is not None:
        return closing.did_at
    if state.withdrawn is not None:
        return state.withdrawn.did_at
    if state.stage in {"void", "refused", "returned", "withdrawn"} and state.stages:
        last = max(state.stages).step
        return next((step.did_at for step in state.steps if step.id == last), None)
    return None


def _round(state: CaseState, current: Round, known: Known, shared: _Shared) -> RoundFacts:
    contact_limit, close_limit = limits.of_round(state, current, known)
    contact, stop, visit = first_answer(current), stop_of(current), first_visit(current)
    closing = _first(current.closes)
    contact_due = contact_limit.due if contact_limit else None
    close_due = close_limit.due if close_limit else None
    contact_at = contact.did_at if contact else None
    stopped_at = stop.did_at if stop else None
    withdrawn, about = state.withdrawn, shared.about
    missed = (
        withdrawn is not None
        and contact_due is not None
        and contact_due < withdrawn.did_at
        and (contact_at is None or contact_at > contact_due)
    )
    return _facts(
        (
            current.number,
            about.source,
            about.type,
            about.neighbourhood,
            about.area,
            _worker(state, current, shared.assigns),
            _holder(shared.holdings, contact_at, contact_due),
            _holder(shared.holdings, stopped_at, close_due),
            limits.start_of(state, current).at,
            contact_due,
            str(contact.body["reached"]) if contact else None,
            contact_at,
            int(unjudged(contact_limit, contact)),
            close_due,
            stopped_at,
            int(unjudged(close_limit, stop)),
            closing.did_at if closing else None,
            verdict_of(current, closing),
            visit.did_at if visit else None,
            str(visit.body.get("satisfaction")) if visit else None,
            about.caller,
            shared.gone,
            shared.gone_at,
            int(missed),
            *shared.excluded,
            _late((contact, stop, closing, visit)),
            int(close_limit.waiting) if close_limit else 0,
            _ended(state, closing),
        )
    )
