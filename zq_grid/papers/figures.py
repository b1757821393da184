"""The week as frozen figures: what the query hands to the drawing, and nothing can change in between.

Counts are whole numbers of orders, numerators exact (`int`, or `Fraction` where answers are weighted),
texts are Chinese and already masked. Rounding happens here, once, when a figure is shown.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from zq_grid.papers.corrected import Correction
    from zq_grid.papers.findings import CheckRow, HotSpots, UnitLoad

EMPTY = "—"
"""What an empty base prints: never 0 % and never 100 %."""

NO_OWNER = ""
"""The code of the row of orders that belong to nobody; it keeps the parts adding up to the total."""


def half_up(value: Fraction | int, places: int = 1) -> str:
    """Return `value` in decimals, rounded half away from zero: Fraction(1207, 10) → 120.7."""
    scale = 10**places
    size = (abs(Fraction(value)) * scale * 2 + 1) // 2
    sign = "-" if value < 0 and size else ""
    return f"{sign}{size // scale:,}.{size % scale:0{places}}" if places else f"{sign}{size:,}"


def amount(value: Fraction | int) -> str:
    """Return a numerator: 4,986 as it is, a weighted one with one decimal or, where needed, up to four."""
    if isinstance(value, int):
        return f"{value:,}"
    exact = (places for places in range(1, 4) if (value * 10**places).denominator == 1)
    return half_up(value, next(exact, 4))


@dataclass(frozen=True)
class Figure:
    """One indicator of one group: exact numerator over base, before and after the approved exclusions.

    `excluded` counts the orders that approved exclusions took out, by the reason's Chinese name.
    """

    key: str
    name: str
    numerator: Fraction | int
    denominator: int
    raw_numerator: Fraction | int
    raw_denominator: int
    excluded: Mapping[str, int] = field(default_factory=dict)

    @property
    def percent(self) -> Fraction | None:
        """Exact percent, None for an empty base; more than 100 where more was done than due."""
        return Fraction(self.numerator) * 100 / self.denominator if self.denominator else None

    @property
    def raw_percent(self) -> Fraction | None:
        """The same before approved exclusions."""
        return Fraction(self.raw_numerator) * 100 / self.raw_denominator if self.raw_denominator else None

    @property
    def value(self) -> str | None:
        """Percent with one decimal, half-up, without its sign; None for an empty base; never cut at 100."""
        return None if self.percent is None else half_up(self.percent)

    @property
    def raw_value(self) -> str | None:
        """The same before approved exclusions."""
        return None if self.raw_percent is None else half_up(self.raw_percent)

    @property
    def share(self) -> str:
        """Numerator/denominator in print: 83.6/99."""
        return f"{amount(self.numerator)}/{self.denominator:,}"

    @property
    def raw_share(self) -> str:
        """The same before approved exclusions."""
        return f"{amount(self.raw_numerator)}/{self.raw_denominator:,}"


@dataclass(frozen=True)
class Change:
    """How a figure moved. `label` is 环比 (against last week) or 同比 (against the same week last year).

    `difference` is in percentage points when `points`, else in orders; None: nothing to compare with.
    `better` is 1 where more is better, -1 where less is, 0 where neither.
    """

    label: str
    difference: Fraction | int | None
    points: bool = False
    better: int = 0

    @property
    def _size(self) -> str:
        size = abs(Fraction(self.difference or 0))
        return half_up(size, 1 if self.points else 0)

    @property
    def direction(self) -> int:
        """1 up, -1 down, 0 where nothing moved that would be seen in print, or nothing is known."""
        if self.difference is None or not self._size.strip("0."):
            return 0
        return 1 if self.difference > 0 else -1

    @property
    def mood(self) -> int:
        """1 for good news, -1 for bad, 0 for neither."""
        return self.direction * self.better

    @property
    def text(self) -> str:
        """▲0.4 个百分点, ▼13 件, 持平, or — without anything to compare with."""
        if self.difference is None:
            return EMPTY
        arrow = {1: "▲", -1: "▼", 0: ""}[self.direction]
        return f"{arrow}{self._size} {'个百分点' if self.points else '件'}" if arrow else "持平"

    @staticmethod
    def of_counts(label: str, now: int, before: int | None, better: int = 0) -> "Change":
        """Return the change of a count; `before` None: unknown then."""
        return Change(label, None if before is None else now - before, better=better)

    @staticmethod
    def of_rates(label: str, now: Figure, before: Figure | None, better: int = 1) -> "Change":
        """Return the change of a rate in points, from the exact values; None when a base is empty."""
        present, past = now.percent, before.percent if before else None
        moved = None if present is None or past is None else present - past
        return Change(label, moved, points=True, better=better)


@dataclass(frozen=True)
class Box:
    """One of the boxes at the top: a name, a big value, its n or unit in small print, and its changes."""

    name: str
    value: str
    changes: tuple[Change, ...] = ()
    note: str = ""
    alarm: bool = False

    @staticmethod
    def of_rate(figure: Figure, *changes: Change) -> "Box":
        """Return the box of a rate, n beside it."""
        value = EMPTY if figure.value is None else f"{figure.value}%"
        return Box(figure.name, value, changes, figure.share)


@dataclass(frozen=True)
class RateRow:
    """The four rates of one neighbourhood or station (or of all).

    `late_entered` counts orders with steps written down more than 24 hours after they were done; `score` is
    the profile's, None where it has none.
    """

    code: str
    name: str
    league: str
    figures: tuple[Figure, Figure, Figure, Figure]
    late_entered: int = 0
    score: Fraction | None = None


@dataclass(frozen=True)
class TrendPoint:
    """One week of the eight: its label (47周) and the four rates."""

    label: str
    figures: tuple[Figure, Figure, Figure, Figure]


Shares = tuple[tuple[str, int], ...]
"""Names with counts, in the order of print; a part without a name is called 无归属 by who counts."""


@dataclass(frozen=True)
class Structure:
    """The week's intake cut three ways; each adds up to the same total."""

    by_source: Shares = ()
    by_type: Shares = ()
    by_area: Shares = ()


@dataclass(frozen=True)
class OverdueRow:
    """One line of a list: the place masked to the building, times in words.

    `light` is green, yellow, orange, red or none; `waiting` (待批): an extension was asked in time and isn't
    decided yet.
    """

    number: str
    type_name: str
    place: str
    neighbourhood: str
    unit: str
    due: str
    late: str
    light: str
    waiting: bool = False


@dataclass(frozen=True)
class Exclusion:
    """One reason for leaving orders out, how many orders in all, and what the approvals rest on."""

    reason: str
    count: int
    documents: str = ""


@dataclass(frozen=True)
class Sheet:
    """A further table (special work, hot spots …). Cells are text; `right` numbers the right-aligned columns.

    `basis` says what is counted; `widths` are relative.
    """

    title: str
    basis: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[int, ...]
    right: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Cut:
    """What the figures rest on: the last step in the cut (never "now"), and which rules were in force.

    `calendars` in words (2026 年节假日表第 2 版), `missing` the stations whose steps had not arrived.
    """

    as_of: str
    position: int
    check_code: str
    profile_version: int
    catalogue_version: int
    calendars: str
    missing: tuple[str, ...] = ()


@dataclass(frozen=True)
class Week:
    """Everything that stands in one bulletin. `from_day` is its Monday, `to_day` its Sunday (inclusive).

    `issue` counts within `year` (of publication) and is not the ISO week; `total_issue` counts since the
    first. `total` is the whole town: the rows of each table are held against it. `lists_at` says in words as
    at which moment the lists stand. `unmatched` counts what
    could not be judged or placed; `corrections` says what changed in earlier issues; `sheets` are
    drawn before the counting rules. `units` are all units, each office of a neighbourhood by itself: for the
    annex. `checklist` ends with the sum of its types; `loads` says who is overdue; `left_out` what the rules keep
    out of the rates without anybody's approval.
    """

    town: str
    title: str
    year: int
    iso_week: int
    issue: int
    total_issue: int
    from_day: date
    to_day: date
    compiled_by: str
    approved_by: str
    issued_by: str
    sent_to: str
    boxes: tuple[Box, ...]
    paragraph: str
    neighbourhoods: tuple[RateRow, ...]
    stations: tuple[RateRow, ...]
    total: RateRow
    rank_minimum: int
    trend: tuple[TrendPoint, ...]
    structure: Structure
    overdue: tuple[OverdueRow, ...]
    near_limit: tuple[OverdueRow, ...]
    exclusions: tuple[Exclusion, ...]
    rules: tuple[str, ...]
    cut: Cut
    unmatched: Shares = ()
    corrections: "tuple[Correction, ...]" = ()
    sheets: tuple[Sheet, ...] = ()
    lists_at: str = "统计时点"
    units: tuple[RateRow, ...] = ()
    checklist: "tuple[CheckRow, ...]" = ()
    loads: "tuple[UnitLoad, ...]" = ()
    hot_spots: "HotSpots | None" = None
    left_out: Sheet | None = None


def ranked(rows: Sequence[RateRow], minimum: int) -> list[tuple[int | None, RateRow]]:
    """Return the rows best first, each with its place; then, in the order given, those that get none.

    By the profile's score where every ranked row has one, else by the plain mean of the four rates. No place
    without four bases of at least `minimum`, and none for the no-owner row. Equals share a place: 1, 1, 3.
    """

    def fit(row: RateRow) -> bool:
        return row.code != NO_OWNER and all(figure.denominator >= max(minimum, 1) for figure in row.figures)

    chosen = [row for row in rows if fit(row)]
    points = _points(chosen)
    chosen.sort(key=lambda row: (-points(row), row.code))
    scores = [points(row) for row in chosen]
    places: list[tuple[int | None, RateRow]] = [
        (scores.index(score) + 1, row) for score, row in zip(scores, chosen, strict=True)
    ]
    rest = [row for row in rows if not fit(row)]
    return places + [(None, row) for row in sorted(rest, key=lambda row: row.code == NO_OWNER)]


def _points(rows: Sequence[RateRow]) -> Callable[[RateRow], Fraction]:
    if all(row.score is not None for row in rows):
        return lambda row: row.score or Fraction(0)
    return lambda row: sum((figure.percent or Fraction(0) for figure in row.figures), Fraction(0)) / 4


def summed(name: str, rows: Iterable[RateRow], like: RateRow) -> RateRow:
    """Return the sum of `rows` as a row called `name`, its indicators those of `like`."""
    parts = list(rows)

    def column(index: int) -> Figure:
        own = [row.figures[index] for row in parts]
        reasons = dict.fromkeys(reason for figure in own for reason in figure.excluded)
        return Figure(
            like.figures[index].key,
            like.figures[index].name,
            sum((figure.numerator for figure in own), 0),
            sum(figure.denominator for figure in own),
            sum((figure.raw_numerator for figure in own), 0),
            sum(figure.raw_denominator for figure in own),
            {reason: sum(figure.excluded.get(reason, 0) for figure in own) for reason in reasons},
        )

    figures = (column(0), column(1), column(2), column(3))
    return RateRow(NO_OWNER, name, like.league, figures, sum(row.late_entered for row in parts))


def adds_up(rows: Iterable[RateRow], total: RateRow) -> bool:
    """Say whether numerators and bases of `rows` add up to those of `total`."""
    parts = summed("", rows, total).figures
    pairs = zip(parts, total.figures, strict=True)
    return all((a.numerator, a.denominator) == (b.numerator, b.denominator) for a, b in pairs)
