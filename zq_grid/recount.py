"""The rates worked out a second time: a plain walk over the steps of each case, in exact fractions.

Tests, `check` and an issued bulletin hold the figures of the window against these. Written from
docs/rules.md alone (cited as R4.3); it shares nothing with the first calculation but the names of facts.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from zq_grid.recount_case import Case, Catalogue, Facts, Limit, Round, first, no, read, yes
from zq_grid.recount_limits import Calendars, work_out
from zq_grid.rules import worktime
from zq_grid.rules.step import Step

WEIGHTS = {"satisfied": "1", "fairly": "0.8", "so_so": "0.6", "dissatisfied": "0"}
FULL, NONE = Fraction(1), Fraction(0)


@dataclass(frozen=True)
class Numbers:
    """The subjects behind a figure, sorted: in with weight, in the base without, not in the base."""

    counted_in: tuple[str, ...]
    counted_out: tuple[str, ...]
    excluded: tuple[str, ...]


@dataclass(frozen=True)
class Rate:
    """One indicator of one group (None: all together, "": no owner); `raw` is without approved exclusions."""

    key: str
    group: str | None
    numerator: Fraction
    denominator: int
    raw_numerator: Fraction
    raw_denominator: int
    excluded: Mapping[str, int]
    numbers: Numbers


@dataclass(frozen=True)
class _Claim:
    """What one round has to say to one indicator: by which time it counts, how much, or why it is out."""

    at: int
    weight: Fraction
    out: str = ""


@dataclass(frozen=True)
class _Asked:
    """What the figures are asked for."""

    start: int
    end: int
    as_of: int
    by_closing: bool
    weights: Mapping[str, Fraction]

    def passed(self, limit: Limit) -> bool:
        """Say whether a limit has passed at the moment of knowledge (R1.3)."""
        return limit.at < self.as_of


@dataclass
class _Tally:
    numerator: Fraction = NONE
    raw_numerator: Fraction = NONE
    raw_denominator: int = 0
    excluded: Counter[str] = field(default_factory=Counter)
    in_: list[str] = field(default_factory=list)
    out: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)

    def rate(self, key: str, group: str | None) -> Rate:
        numbers = (tuple(sorted(names)) for names in (self.in_, self.out, self.left_out))
        return Rate(
            key,
            group,
            self.numerator,
            len(self.in_) + len(self.out),
            self.raw_numerator,
            self.raw_denominator,
            dict(sorted(self.excluded.items())),
            Numbers(*numbers),
        )


def recount(
    steps: Iterable[Step],
    catalogue: Catalogue,
    *,
    start: int,
    end: int,
    as_of: int,
    by: str | None = None,
    profile: Facts | None = None,
) -> list[Rate]:
    """Return every indicator of the period `[start, end)` as known at `as_of`, all times seconds UTC.

    Args:
        steps: of any number of subjects, in any order; what isn't a case is passed over.
        catalogue: limits, types, calendars and territory with their histories.
        start: first second of the period.
        end: first second after it.
        as_of: only steps arrived by then exist, only limits before it have passed.
        by: `area`, `neighbourhood`, `unit`, `worker`, `type`, `source`, or None for one figure of all.
        profile: a metric profile; `basis` "closed" counts all four by closing; `weights` of the answers.

    Returns:
        Ungrouped: one Rate for each indicator. Grouped: one for each indicator and group in which anything
        was counted or left out, by code.

    Source: docs/rules.md R4, R5.
    """
    subjects: dict[str, list[Step]] = {}
    for step in steps:
        subjects.setdefault(step.subject, []).append(step)
    cases = (subjects[subject] for subject in sorted(subjects))
    return recount_cases(cases, catalogue, start=start, end=end, as_of=as_of, by=by, profile=profile)


def recount_cases(
    cases: Iterable[Iterable[Step]],
    catalogue: Catalogue,
    *,
    start: int,
    end: int,
    as_of: int,
    by: str | None = None,
    profile: Facts | None = None,
) -> list[Rate]:
    """As `recount`, of the steps of one subject after the other, none of which is kept."""
    profile = profile or {}
    weights = {word: Fraction(str(text)) for word, text in {**WEIGHTS, **profile.get("weights", {})}.items()}
    asked = _Asked(start, end, as_of, profile.get("basis") == "closed", weights)
    tallies: dict[tuple[str, str | None], _Tally] = {}
    if by is None:
        tallies = {(key, None): _Tally() for key in INDICATORS}
    for case in _population(cases, catalogue, as_of):
        for key, (later_rounds, claim) in INDICATORS.items():
            for around in case.rounds[1:] if later_rounds else case.rounds[:1]:
                found = claim(case, around, asked)
                if found is not None and start <= found.at < end:
                    group = _group(case, around, key, by, catalogue)
                    _count(tallies.setdefault((key, group), _Tally()), case, around, key, found)
    places = {key: number for number, key in enumerate(INDICATORS)}
    ordered = sorted(tallies, key=lambda name: (places[name[0]], name[1] or ""))
    return [tallies[name].rate(*name) for name in ordered]


def _population(each: Iterable[Iterable[Step]], catalogue: Catalogue, as_of: int) -> Iterator[Case]:
    """Yield the hotline orders with their limits; sub-cases are among them, to be counted as out (R4.1)."""
    calendars = Calendars(catalogue, as_of)
    for steps in each:
        case = read(steps, as_of=as_of)
        if case is not None and case.facts.get("source") == "hotline":
            work_out(case, catalogue, calendars)
            yield case


def _count(tally: _Tally, case: Case, around: Round, key: str, claim: _Claim) -> None:
    """Put one claim where it belongs: out of all, out by approval (raw keeps it), out by itself, or in."""
    reason = _out_of_all(case, around, key, claim) or ""
    approved = None if reason else case.exclusion(key)
    if not reason and not claim.out:
        tally.raw_numerator += claim.weight
        tally.raw_denominator += 1
    if not reason:
        reason = claim.out if approved is None else f"excluded:{approved}"
    if reason:
        tally.excluded[reason] += 1
        tally.left_out.append(case.subject)
        return
    tally.numerator += claim.weight
    (tally.in_ if claim.weight else tally.out).append(case.subject)


def _out_of_all(case: Case, around: Round, key: str, claim: _Claim) -> str | None:
    """Return the first reason that fits, in the order of R4.6; approved exclusions come after these."""
    reasons = (
        ("void", case.has("void")),
        ("retracted", case.retracted),
        ("sub_case", bool(case.facts.get("parent"))),
        ("refused", case.has("refuse")),
        ("returned", any(back.body.get("to") == "district" for back, _ruling in case.upheld_returns())),
        ("repeat", case.repeat),
        ("withdrawn", _withdrawn(case, around, key, claim)),
    )
    return next((name for name, fits in reasons if fits), None)


def _withdrawn(case: Case, around: Round, key: str, claim: _Claim) -> bool:
    """Say whether the claim counts by a time on or after the day of the withdrawal (R4.7)."""
    gone = first(step for step in case.steps if step.kind == "withdraw")
    if gone is None or claim.at < worktime.day_start(worktime.day_of(gone.did_at)):
        return False
    limit = around.contact
    missed = limit is not None and limit.at < gone.did_at and not limit.met_by(around.answer)
    return not (key == "first_contact" and missed)


def _group(case: Case, around: Round, key: str, by: str | None, catalogue: Catalogue) -> str | None:
    """Return the code of the row that the order stands in (R4.10)."""
    if by is None:
        return None
    where = str(case.facts.get("neighbourhood") or "")
    if by == "unit":
        on_contact = key == "first_contact"
        stop = around.answer if on_contact else around.stop
        limit = around.contact if on_contact else around.close
        moments = [*([stop.did_at] if stop else []), *([limit.at] if limit else [])]
        return case.unit_at(min(moments, default=None))
    rows: dict[str, Callable[[], Any]] = {
        "area": lambda: catalogue.area_of(where, case.received) if where else "",
        "neighbourhood": lambda: where,
        "worker": lambda: case.worker(around),
        "type": lambda: case.facts.get("type"),
        "source": lambda: case.facts.get("source"),
    }
    return str(rows[by]() or "")


def _first_contact(case: Case, around: Round, asked: _Asked) -> _Claim | None:
    """R4.2; the limit of an anonymous order is worked out too, to know in which period it is left out."""
    at = _due_or_closed(around.contact, around, asked)
    if at is None or around.contact is None:
        return None
    answer, reached = around.answer, around.reached
    if answer is not None and answer.body.get("reached") == "not_assessed":
        out = "not_assessed"
    else:
        out = _nobody_to_ask(case) or ("no_time" if around.contact.unjudgeable(reached) else "")
    return _Claim(at, FULL if around.contact.met_by(reached) else NONE, out)


def _on_time(_case: Case, around: Round, asked: _Asked) -> _Claim | None:
    """R4.3."""
    at = _due_or_closed(around.close, around, asked)
    if at is None or around.close is None:
        return None
    out = "no_time" if around.close.unjudgeable(around.stop) else ""
    return _Claim(at, FULL if around.close.met_by(around.stop) else NONE, out)


def _due_or_closed(limit: Limit | None, around: Round, asked: _Asked) -> int | None:
    """Return the time that a limited indicator counts by: the limit once it has passed, or the closing."""
    if limit is None:
        return None
    if asked.by_closing:
        return around.closing.did_at if around.closing else None
    return limit.at if asked.passed(limit) else None


def _resolution(_case: Case, around: Round, _asked: _Asked) -> _Claim | None:
    """R4.4."""
    closing = around.closing
    if closing is None:
        return None
    verdict = around.verdict
    if verdict in ("solved", "explained", "partly"):
        return _Claim(closing.did_at, FULL if verdict == "solved" else NONE)
    return _Claim(closing.did_at, NONE, verdict or "no_verdict")


def _satisfaction(case: Case, around: Round, asked: _Asked) -> _Claim | None:
    """R4.5: only the first answered visit by the centre; no answer at all is out, under its own word."""
    answered = around.centre_visits(answered=True)
    visit = next(iter(answered or around.centre_visits(answered=False)), None)
    if visit is None or (asked.by_closing and around.closing is None):
        return None
    at = around.closing.did_at if asked.by_closing and around.closing else visit.did_at
    said = str(visit.body["satisfaction"])
    out = _nobody_to_ask(case) or ("" if answered else said)
    return _Claim(at, asked.weights.get(said, NONE), out)


def _nobody_to_ask(case: Case) -> str:
    if yes(case.facts.get("anonymous")):
        return "anonymous"
    return "no_reply_wanted" if no(case.facts.get("reply_wanted")) else ""


def _recheck_count(_case: Case, around: Round, _asked: _Asked) -> _Claim | None:
    return _Claim(around.began.did_at, FULL)


def _recheck_on_time(case: Case, around: Round, asked: _Asked) -> _Claim | None:
    by_limit = _Asked(asked.start, asked.end, asked.as_of, False, asked.weights)
    return _on_time(case, around, by_limit)


def _recheck_turned(case: Case, around: Round, asked: _Asked) -> _Claim | None:
    """R4.9: the same visits as R4.5, by the time of the visit in every profile."""
    by_visit = _Asked(asked.start, asked.end, asked.as_of, False, asked.weights)
    visit = _satisfaction(case, around, by_visit)
    if visit is None:
        return None
    answered = around.centre_visits(answered=True)
    turned = bool(answered) and answered[0].body.get("satisfaction") in ("satisfied", "fairly")
    return _Claim(visit.at, FULL if turned else NONE, visit.out)


# key: (rounds from the second on, what a round claims)
INDICATORS: dict[str, tuple[bool, Callable[[Case, Round, _Asked], _Claim | None]]] = {
    "first_contact": (False, _first_contact),
    "on_time_closing": (False, _on_time),
    "actual_resolution": (False, _resolution),
    "satisfaction": (False, _satisfaction),
    "recheck_count": (True, _recheck_count),
    "recheck_on_time": (True, _recheck_on_time),
    "recheck_turned": (True, _recheck_turned),
}
