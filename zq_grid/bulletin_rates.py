"""The four rates of a week as rows of the bulletin, held against the recount (docs/rules.md R7.2, R7.6)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from fractions import Fraction
from typing import Any

from sqlalchemy import text

from db.tables import FOREVER
from zq_grid import confirm, rates, resources, scores, steps
from zq_grid.bulletin_cut import KNOWN, Span
from zq_grid.bulletin_words import FOUR, Names
from zq_grid.errors import Refused
from zq_grid.papers import figures
from zq_grid.papers.figures import Exclusion, Figure, RateRow, TrendPoint
from zq_grid.rates import EXCLUDED, Counted, Rate
from zq_grid.rules.fold import fold
from zq_grid.rules.step import Step
from zq_grid.session import Session

WEEKS = 8
TIMES = ("began_at", "contact_due", "close_due", "closed_at", "visit_at")
Four = tuple[Figure, Figure, Figure, Figure]


class FourRates:
    """The figures of one week; each query is asked once."""

    def __init__(self, session: Session, span: Span, code: str, names: Names) -> None:
        self.session, self.span, self.code, self.names = session, span, code, names
        self.profile = rates.profile(session, code, span.start)
        self._weighted = {one["key"] for one in self.profile["indicator"] if "weights" in one}
        self.whole = self._rates(span)
        self.hoods = self._rates(span, "neighbourhood")
        self.units = self._rates(span, "unit")
        self.counted = self._counted(None)
        self._late = self._late_entered()

    def _rates(self, span: Span, by: str | None = None) -> list[Rate]:
        return rates.rates(
            self.session, start=span.start, end=span.end, by=by, profile_code=self.code, as_of=span.moment
        )

    def _counted(self, by: str | None) -> list[Counted]:
        span = self.span
        found = rates.explain(
            self.session, start=span.start, end=span.end, by=by, profile_code=self.code, as_of=span.moment
        )
        return [one for one in found if one.key in FOUR]

    def _late_entered(self) -> set[int]:
        """Return the orders with a step that was written down more than a day after it was done (R1.2)."""
        sql = f"SELECT DISTINCT subject FROM rounds WHERE {KNOWN} AND round = 1 AND late_entered > 0"
        return set(self.session.db.execute(text(sql), {"moment": self.span.moment}).scalars())

    # rows -------------------------------------------------------------------------------------

    def total(self) -> RateRow:
        """Return the row of the whole town."""
        return self._row("", "全镇合计", "全镇", self.whole, self.counted)

    def neighbourhoods(self) -> tuple[RateRow, ...]:
        """Return a row for each neighbourhood with anything counted, left out or received."""
        grouped, counted = _grouped(self.hoods), _by_group(self._counted("neighbourhood"))
        received = self._received("neighbourhood")
        there = {*grouped, *received} - {""}
        codes = [code for code in self.names.known.current("neighbourhood") if code in there]
        codes += sorted(there - set(codes))
        rows = [
            self._row(c, self.names.neighbourhood(c), "居村", grouped.get(c, ()), counted.get(c, ()))
            for c in codes
        ]
        rows.append(self._row("", "无归属", "居村", grouped.get("", ()), counted.get("", ())))
        return tuple(self._scored(rows, self.hoods, received))

    def stations(self) -> tuple[RateRow, ...]:
        """Return a row for each station; neighbourhood offices are one row, which gets no place."""
        grouped, counted = _grouped(self.units), _by_group(self._counted("unit"))
        received = self._received("unit_close")
        league = "科室站所"
        rows: list[RateRow] = []
        offices: list[RateRow] = []
        for code in sorted({*grouped, *received} - {""}):
            row = self._row(code, self.names.unit(code), league, grouped.get(code, ()), counted.get(code, ()))
            (offices if self.names.is_office(code) else rows).append(row)
        nobody = self._row("", "无归属", league, grouped.get("", ()), counted.get("", ()))
        if offices:
            rows.append(figures.summed("各居委、村委", offices, nobody))
        return tuple(self._scored([*rows, nobody], self.units, received))

    def trend(self) -> tuple[TrendPoint, ...]:
        """Return eight weeks, each by the profile in force at its own start."""
        points = []
        for back in range(WEEKS - 1, -1, -1):
            monday = self.span.monday - timedelta(weeks=back)
            points.append(
                TrendPoint(f"第 {monday.isocalendar().week} 周", self.of(self.span.other(monday))[0])
            )
        return tuple(points)

    def of(self, span: Span) -> tuple[Four, list[Rate]]:
        """Return the four figures of any week by the same steps, and all indicators as they were counted."""
        found = self.whole if span.start == self.span.start else self._rates(span)
        return self._figures(found), found

    def _row(
        self, code: str, name: str, league: str, found: Sequence[Rate], counted: Iterable[Counted]
    ) -> RateRow:
        late = {one.subject for one in counted if not one.out} & self._late
        return RateRow(code, name, league, self._figures(found), len(late))

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

    def _received(self, column: str) -> dict[str, int]:
        """Return the hotline orders that the week received, by group, as the cut knows them."""
        sql = (
            f"SELECT COALESCE({column}, '') AS grp, count(*) AS n FROM rounds WHERE {KNOWN} "
            "AND source = 'hotline' AND round = 1 AND gone IS NULL AND began_at >= :start AND began_at < :end GROUP BY 1"
        )
        return {row.grp: row.n for row in self.session.db.execute(text(sql), self.span.values)}

    # what is left out -------------------------------------------------------------------------

    def nobodys(self) -> int:
        """Return how many orders were counted without a unit that held them."""
        return len({one.subject for one in self._counted("unit") if not one.group and not one.out})

    def without_time(self) -> int:
        """Return how many orders couldn't be judged for want of a time of day (R1.5)."""
        return len({one.subject for one in self.counted if one.out == "no_time"})

    def exclusions(self) -> tuple[Exclusion, ...]:
        """Return each reason of approved exclusions, with its orders and the documents that they rest on."""
        by_reason: dict[str, set[int]] = {}
        for one in self.counted:
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

    def _steps(self, subjects: Sequence[int]) -> Iterable[list[Step]]:
        for start in range(0, len(subjects), steps.CHUNK):
            yield from steps.of_subjects(self.session.db, subjects[start : start + steps.CHUNK]).values()

    # a second look ----------------------------------------------------------------------------

    def confirmed(self) -> bool:
        """Hold the figures against the recount; False where the town has rewritten the indicators.

        Raises:
            Refused: "recount_differs", naming the indicator and the group.
        """
        whole = self._row("", "", "", self.whole, ())
        parts = [self._row(code, "", "", mine, ()) for code, mine in _grouped(self.hoods).items()]
        if not figures.adds_up(parts, whole):
            raise Refused("recount_differs", "the parts don't add up", key="neighbourhood", group="")
        if not _recountable(self.profile):
            return False
        span = self.span
        confirm.confirm(
            self.session.catalogue,
            self.hoods,
            (step for held in self._steps(self._touching()) for step in held),
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


def _by_group(found: Iterable[Counted]) -> dict[str, list[Counted]]:
    groups: dict[str, list[Counted]] = {}
    for one in found:
        groups.setdefault(one.group or "", []).append(one)
    return groups
