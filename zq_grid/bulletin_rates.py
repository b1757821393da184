"""The four rates of a week as rows of the bulletin, held against the recount (docs/rules.md R7.2, R7.6)."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from fractions import Fraction
from functools import cached_property
from typing import Any

from sqlalchemy import text

from db.tables import FOREVER
from zq_grid import confirm, rates, resources, scores, steps
from zq_grid.bulletin_cut import Span, chunks
from zq_grid.bulletin_open import Received
from zq_grid.bulletin_words import FOUR, Names
from zq_grid.errors import Refused
from zq_grid.papers import figures
from zq_grid.papers.figures import Exclusion, Figure, RateRow, TrendPoint
from zq_grid.rates import EXCLUDED, Picked, Rate
from zq_grid.rules.fold import fold
from zq_grid.rules.step import Step
from zq_grid.session import Session

WEEKS = 8
TIMES = ("began_at", "contact_due", "close_due", "closed_at", "visit_at")
Four = tuple[Figure, Figure, Figure, Figure]


class FourRates:
    """The figures of one week; each query is asked once."""

    def __init__(
        self, session: Session, span: Span, code: str, names: Names, intake: Sequence[Received]
    ) -> None:
        self.session, self.span, self.code, self.names, self.intake = session, span, code, names, intake
        self.profile = rates.profile(session, code, span.start)
        self._weighted = {one["key"] for one in self.profile["indicator"] if "weights" in one}
        self.whole = self._rates(span)
        self.hoods = self._rates(span, "neighbourhood")
        self.units_found = self._rates(span, "unit")
        self.left_out = self._picked("out")
        self._others: dict[tuple[int, Sequence[str] | None], list[Rate]] = {}

    def _rates(self, span: Span, by: str | None = None, keys: Sequence[str] | None = None) -> list[Rate]:
        return rates.rates(
            self.session,
            start=span.start,
            end=span.end,
            by=by,
            profile_code=self.code,
            as_of=span.moment,
            keys=keys,
        )

    def _picked(self, only: str, *by: str) -> list[Picked]:
        span = self.span
        return rates.picked(
            self.session,
            start=span.start,
            end=span.end,
            by=by,
            profile_code=self.code,
            as_of=span.moment,
            only=only,
            keys=tuple(FOUR),
        )

    @cached_property
    def _late(self) -> dict[str, dict[str, int]]:
        """Return how many counted orders have a step written down over a day after it was done (R1.2), by group.

        Those of the whole stand under "", those by neighbourhood and by unit under these words.
        """
        found: dict[str, dict[str, set[int]]] = {"": {}, "neighbourhood": {}, "unit": {}}
        if any(rate.late_entered for rate in self.whole):
            for one in self._picked("late", "neighbourhood", "unit"):
                if not one.out:
                    for by, group in zip(found, ("", *one.groups), strict=True):
                        found[by].setdefault(group, set()).add(one.subject)
        return {by: {group: len(held) for group, held in groups.items()} for by, groups in found.items()}

    # rows -------------------------------------------------------------------------------------

    def total(self) -> RateRow:
        """Return the row of the whole town."""
        return self._row("", "全镇合计", "全镇", self.whole, self._late[""])

    def neighbourhoods(self) -> tuple[RateRow, ...]:
        """Return a row for each neighbourhood with anything counted, left out or received."""
        grouped, late = _grouped(self.hoods), self._late["neighbourhood"]
        received = self._received(lambda one: one.neighbourhood)
        there = {*grouped, *received} - {""}
        codes = [code for code in self.names.known.current("neighbourhood") if code in there]
        codes += sorted(there - set(codes))
        rows = [self._row(c, self.names.neighbourhood(c), "居村", grouped.get(c, ()), late) for c in codes]
        rows.append(self._row("", "无归属", "居村", grouped.get("", ()), late))
        return tuple(self._scored(rows, self.hoods, received))

    def units(self) -> tuple[RateRow, ...]:
        """Return a row for each unit that held an order, offices of neighbourhoods too, stations first."""
        grouped, late = _grouped(self.units_found), self._late["unit"]
        received = self._received(lambda one: one.unit)
        codes = sorted(
            {*grouped, *received} - {""},
            key=lambda code: (self.names.is_office(code), self.names.unit(code), code),
        )
        rows = [self._row(c, self.names.unit(c), "承办单位", grouped.get(c, ()), late) for c in codes]
        rows.append(self._row("", "无归属", "承办单位", grouped.get("", ()), late))
        stations = [row for row in rows if row.code and not self.names.is_office(row.code)]
        scored = {row.code: row for row in self._scored(stations, self.units_found, received)}
        return tuple(scored.get(row.code, row) for row in rows)

    def stations(self, units: Sequence[RateRow]) -> tuple[RateRow, ...]:
        """Return a row for each station; neighbourhood offices are one row, which gets no place."""
        rows = [replace(row, league="科室站所") for row in units]
        offices = [row for row in rows if row.code and self.names.is_office(row.code)]
        nobody = [row for row in rows if not row.code]
        found = [row for row in rows if row.code and not self.names.is_office(row.code)]
        found.sort(key=lambda row: row.code)
        if offices:
            found.append(figures.summed("各居委、村委", offices, nobody[0]))
        return (*found, *nobody)

    def trend(self) -> tuple[TrendPoint, ...]:
        """Return eight weeks, each by the profile in force at its own start."""
        points = []
        for back in range(WEEKS - 1, -1, -1):
            monday = self.span.monday - timedelta(weeks=back)
            # of the week before all is asked that the boxes want of it too
            keys = None if back == 1 else tuple(FOUR)
            figures_of_week, _ = self.of(self.span.other(monday), keys)
            points.append(TrendPoint(f"第 {monday.isocalendar().week} 周", figures_of_week))
        return tuple(points)

    def of(self, span: Span, keys: Sequence[str] | None = None) -> tuple[Four, list[Rate]]:
        """Return the four figures of any week by the same steps, and all indicators (or `keys`) as counted."""
        if span.start == self.span.start:
            return self._figures(self.whole), self.whole
        asked = (span.start, keys)
        if asked not in self._others:
            self._others[asked] = self._rates(span, keys=keys)
        found = self._others[asked]
        return self._figures(found), found

    def _row(
        self, code: str, name: str, league: str, found: Sequence[Rate], late: Mapping[str, int]
    ) -> RateRow:
        return RateRow(code, name, league, self._figures(found), late.get(code, 0))

    def _figures(self, found: Sequence[Rate]) -> Four:
        mine = {rate.key: rate for rate in found}
        first, second, third, last = (self._figure(key, mine.get(key)) for key in FOUR)
        return first, second, third, last

    def _figure(self, key: str, rate: Rate | None) -> Figure:
        if rate is None:
            return Figure(key, self.names.indicator(self.profile, key), 0, 0, 0, 0)
        excluded = {
            w.removeprefix(EXCLUDED): n for w, n in sorted(rate.excluded.items()) if w.startswith(EXCLUDED)
        }
        return Figure(
            key,
            rate.name,
            self._exact(key, rate.numerator, rate.denominator),
            rate.denominator,
            self._exact(key, rate.raw_numerator, rate.raw_denominator),
            rate.raw_denominator,
            excluded,
        )

    def _exact(self, key: str, numerator: Fraction, base: int) -> Fraction | int:
        """Return a numerator as it is printed: with decimals where answers are weighed and there are any."""
        return numerator if key in self._weighted and base else int(numerator)

    def _scored(
        self, rows: list[RateRow], found: Sequence[Rate], received: Mapping[str, int]
    ) -> list[RateRow]:
        """Give each row of one league its points, where the profile has a score sheet (R5)."""
        sheet = self.profile.get("score")
        if not sheet:
            return rows
        league = {row.code for row in rows if row.code}
        mine = [rate for rate in found if rate.group in league]
        points = scores.scores(mine, sheet, {code: n for code, n in received.items() if code in league})
        totals = {one.group: one.total for one in points}
        return [replace(row, score=totals.get(row.code)) if row.code else row for row in rows]

    def _received(self, group: Callable[[Received], str]) -> Counter[str]:
        """Return the hotline orders that the week received, by group, as the cut knows them."""
        return Counter(group(one) for one in self.intake if one.source == "hotline" and not one.gone)

    # what is left out -------------------------------------------------------------------------

    def nobodys(self) -> int:
        """Return how many orders were counted without a unit that held them."""
        if not any(rate.denominator for rate in self.units_found if not rate.group and rate.key in FOUR):
            return 0
        return len({one.subject for one in self._picked("nobody", "unit") if not one.out})

    def without_time(self) -> int:
        """Return how many orders couldn't be judged for want of a time of day (R1.5)."""
        return len({one.subject for one in self.left_out if one.out == "no_time"})

    def exclusions(self) -> tuple[Exclusion, ...]:
        """Return each reason of approved exclusions, with its orders and the documents that they rest on."""
        by_reason: dict[str, set[int]] = {}
        for one in self.left_out:
            if one.out and one.out.startswith(EXCLUDED):
                by_reason.setdefault(one.out.removeprefix(EXCLUDED), set()).add(one.subject)
        return tuple(
            Exclusion(reason, len(subjects), "、".join(self._documents(reason, sorted(subjects))))
            for reason, subjects in sorted(by_reason.items())
        )

    def _documents(self, reason: str, subjects: Sequence[int]) -> list[str]:
        found: set[str] = set()
        for held in self._steps(subjects):
            state = fold([step for step in held if step.arrived_at <= self.span.moment])
            meant = {e.indicator: e.document for e in state.exclusions if e.approved and e.reason == reason}
            found |= set(meant.values())
            found |= {
                str(step.body.get("document", ""))
                for step in state.steps
                if step.kind == "approve_exclusion" and step.id not in state.retracted
                if step.body.get("indicator") in {None, *meant}
            }
        return sorted(found - {""})

    def _steps(self, subjects: Sequence[int], *, values: bool = True) -> Iterable[list[Step]]:
        for part in chunks(subjects):
            yield from steps.of_subjects(self.session.db, part, values=values).values()

    # a second look ----------------------------------------------------------------------------

    def confirmed(self) -> bool:
        """Hold the figures against the recount; False where the town has rewritten the indicators.

        Raises:
            Refused: "recount_differs", naming the indicator and the group.
        """
        whole = self._row("", "", "", self.whole, {})
        parts = [self._row(code, "", "", mine, {}) for code, mine in _grouped(self.hoods).items()]
        if not figures.adds_up(parts, whole):
            raise Refused("recount_differs", "the parts don't add up", key="neighbourhood", group="")
        if not _recountable(self.profile):
            return False
        span = self.span
        confirm.confirm(
            self.session.catalogue,
            self.hoods,
            # no rate counts what a person's name or words are
            self._steps(self._touching(), values=False),
            start=span.start,
            end=span.end,
            as_of=span.moment,
            by="neighbourhood",
            profile={"basis": self.profile["basis"], "weights": weights(self.profile)},
        )
        return True

    def _touching(self) -> list[int]:
        """Return the hotline orders of which any version has a counted time within the week."""
        within = " UNION ".join(
            f"SELECT subject FROM rounds WHERE {at} >= :start AND {at} < :end AND {at} IS NOT NULL "
            f"AND until {than} {FOREVER} AND source = 'hotline'"
            for at in TIMES
            for than in ("=", "<")
        )
        values = {"start": self.span.start, "end": self.span.end}
        return sorted(self.session.db.execute(text(within), values).scalars())


def weights(profile: Mapping[str, Any]) -> dict[str, str]:
    """Return what each answer of a visit weighs in a profile."""
    for one in profile["indicator"]:
        if found := one.get("weights"):
            return {word: str(weight) for word, weight in found.items() if word != "fact"}
    return {}


def _recountable(profile: Mapping[str, Any]) -> bool:
    """Tell whether the recount knows this profile: but for names and weights it is one of the seed."""
    folder = resources.ROOT / "catalogue" / "profiles"
    seeds = (resources.toml(f"catalogue/profiles/{path.name}") for path in sorted(folder.glob("*.toml")))
    return any(_counting(profile) == _counting(seed) for seed in seeds)


def _counting(profile: Mapping[str, Any]) -> list[Any]:
    plain = []
    for one in profile.get("indicator", ()):
        kept = {name: value for name, value in one.items() if name not in {"name", "english"}}
        if "weights" in kept:
            kept["weights"] = kept["weights"].get("fact")
        plain.append(kept)
    return [profile.get("basis"), profile.get("population"), plain]


def _grouped(found: Iterable[Rate]) -> dict[str, list[Rate]]:
    groups: dict[str, list[Rate]] = {}
    for rate in found:
        groups.setdefault(rate.group or "", []).append(rate)
    return groups
