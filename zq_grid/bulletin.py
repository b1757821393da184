"""The week as frozen figures (docs/rules.md R7): what was counted, what stood open, and on which steps it rests."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from sqlalchemy import func, select, text

from db.tables import ENTRIES, FOREVER
from zq_grid import bulletin_words as said
from zq_grid import confirm, rates, resources, steps
from zq_grid.bulletin_open import Standing, standing
from zq_grid.bulletin_words import FOUR, RECHECKS, Names
from zq_grid.catalogue import Catalogue
from zq_grid.errors import Refused
from zq_grid.papers import figures
from zq_grid.papers.figures import Box, Change, Cut, Exclusion, Figure, RateRow, Structure, TrendPoint, Week
from zq_grid.progress import Progress
from zq_grid.rates import EXCLUDED, Counted, Rate
from zq_grid.rules import worktime
from zq_grid.rules.fold import fold
from zq_grid.session import Session

WEEKS = 8
DAYS = 7 * 86_400
# Out of the boxes and of the intake; what was received and then refused, returned or withdrawn stays in it.
NEVER_WAS = "('void', 'retracted', 'sub_case')"


@dataclass(frozen=True, slots=True)
class Span:
    """The week asked for, `[start, end)`, by the steps that had arrived by `moment`; lists stand as at `stood`."""

    start: int
    end: int
    moment: int
    cut: Cut

    @property
    def stood(self) -> int:
        """Sunday 24:00; in a week that still runs, the moment of knowledge."""
        return min(self.end, self.moment)

    def back(self, start: int) -> "Span":
        """Return another week as known at the same moment."""
        return replace(self, start=start, end=start + DAYS)


def week(
    session: Session,
    *,
    year: int,
    week: int,
    profile: str = "default",
    as_of: int | None = None,
    progress: Progress | None = None,
) -> Week:
    """Return the bulletin of an ISO week: the same arguments and steps give the same figures, whenever it is asked.

    Args:
        session: for reading.
        year: of the ISO week, as in 2026-W47.
        week: 1 to 53.
        profile: code of the metric profile.
        as_of: only steps that had arrived by then; all that are held unless given.
        progress: told about each part.

    Raises:
        Refused: "week_unknown", "week_ahead" for one that has not begun, "profile_unknown", and
            "recount_differs" where the second calculation doesn't confirm the first.
        Cancelled: stopped through `progress`.
    """
    return _Maker(session, year, week, profile, as_of, progress or Progress()).make()


def _monday(year: int, week: int) -> date:
    try:
        return date.fromisocalendar(year, week, 1)
    except ValueError as error:
        raise Refused("week_unknown", str(error), week=f"{year}-W{week:02}") from error


def _span(session: Session, monday: date, as_of: int | None) -> Span:
    """Return the week and its cut. Without `as_of`, nothing of the clock gets into the figures (R7.1)."""
    start = worktime.day_start(monday)
    end, upto = start + DAYS, session.now if as_of is None else as_of
    if start > upto:
        year, number, _ = monday.isocalendar()
        raise Refused("week_ahead", "not begun", week=f"{year}-W{number:02}", at=worktime.to_text(upto))
    last, position, code = _last(session, upto)
    moment = as_of if as_of is not None else max(end, last) if upto >= end else last
    cut = Cut(said.second(last) if position else figures.EMPTY, position, code, 0, 0, "")
    return Span(start, end, moment, cut)


def _last(session: Session, upto: int) -> tuple[int, int, str]:
    """Return arrival and position of the last step in the cut, and the check code of all of them.

    One pass over ids and times, about a second for half a million steps.
    """
    query = text("SELECT arrived_at, position, id FROM steps WHERE arrived_at <= :upto")
    last = (0, 0)

    def ids() -> Any:
        nonlocal last
        for row in session.db.execute(query, {"upto": upto}):
            last = max(last, (row.arrived_at, row.position))
            yield row.id.hex()

    code = steps.digest(ids())
    return (*last, f"{code[:4]}-{code[4:]}")


class _Maker:
    """One bulletin while it is worked out."""

    def __init__(
        self, session: Session, year: int, week: int, profile: str, as_of: int | None, progress: Progress
    ) -> None:
        self.session, self.code, self.progress = session, profile, progress
        self.year, self.number = year, week
        self.monday = _monday(year, week)
        self.span = _span(session, self.monday, as_of)
        self.known: Catalogue = session.catalogue.with_places(session.db).known(self.span.moment)
        self.names = Names(self.known)
        self.profile = rates.profile(session, profile, self.span.start)
        self.weighted = {one["key"] for one in self.profile["indicator"] if "weights" in one}

    def make(self) -> Week:
        """Work out each part in turn."""
        self._tell(0, "四率")
        total = self._rates(self.span)
        self.counted = self._explained(None)
        self.late = self._late()
        hoods, units = self._rates(self.span, "neighbourhood"), self._rates(self.span, "unit")
        self._tell(1, "复算核对")
        self._confirm(hoods, total)
        self._tell(2, "近八周走势")
        trend = self._trend(total)
        self._tell(3, "在办与临期")
        self.earliest = self._earliest()
        here = standing(self.session, self.known, self.span.stood, self.span.moment)
        counts = self._counts(self.span, total, here)
        before, year_ago = self._before(), self._year_ago()
        rows = self._neighbourhoods(hoods), self._units(units)
        town = replace(self._row("", "全镇合计", total, None), league="全镇")
        intake = self._intake()
        self._tell(4, "成稿")
        found = self._frame()
        return replace(
            found,
            boxes=self._boxes(counts, town, before, year_ago),
            paragraph=said.paragraph(
                self.names, self._ended, counts, before and before[0], town, before and before[1], intake, here
            ),
            neighbourhoods=rows[0],
            stations=rows[1],
            total=town,
            trend=trend,
            structure=self._structure(intake),
            overdue=here.overdue,
            near_limit=here.near,
            exclusions=self._exclusions(),
            rules=self._rules(here, rows[0]),
            cut=self._cut(),
            unmatched=self._unmatched(intake),
            sheets=tuple(said.sheets([r for r in total if r.key in RECHECKS], [r for r in total if r.key in FOUR])),
        )

    def _tell(self, done: int, what: str) -> None:
        self.progress.report(done, 5, what)

    @property
    def _ended(self) -> bool:
        return self.span.stood == self.span.end

    # figures ----------------------------------------------------------------------------------

    def _rates(self, span: Span, by: str | None = None) -> list[Rate]:
        return rates.rates(
            self.session, start=span.start, end=span.end, by=by, profile_code=self.code, as_of=span.moment
        )

    def _explained(self, by: str | None) -> list[Counted]:
        found = rates.explain(
            self.session,
            start=self.span.start,
            end=self.span.end,
            by=by,
            profile_code=self.code,
            as_of=self.span.moment,
        )
        return [one for one in found if one.key in FOUR]

    def _late(self) -> set[int]:
        """Return the orders with a step that was written down late (R1.2)."""
        sql = f"SELECT DISTINCT subject FROM rounds WHERE {_CUT} AND round = 1 AND late_entered > 0"
        return set(self.session.db.execute(text(sql), {"moment": self.span.moment}).scalars())

    def _figures(self, found: Sequence[Rate]) -> tuple[Figure, Figure, Figure, Figure]:
        mine = {rate.key: rate for rate in found}
        first, second, third, last = (self._figure(key, mine.get(key)) for key in FOUR)
        return first, second, third, last

    def _figure(self, key: str, rate: Rate | None) -> Figure:
        if rate is None:
            return Figure(key, FOUR[key], 0, 0, 0, 0)
        exact = Fraction if key in self.weighted else int
        excluded = {why.removeprefix(EXCLUDED): n for why, n in rate.excluded.items() if why.startswith(EXCLUDED)}
        return Figure(
            key,
            rate.name,
            exact(rate.numerator),
            rate.denominator,
            exact(rate.raw_numerator),
            rate.raw_denominator,
            dict(sorted(excluded.items())),
        )

    def _row(self, code: str, name: str, found: Sequence[Rate], counted: Sequence[Counted] | None) -> RateRow:
        mine = self.counted if counted is None else counted
        late = {one.subject for one in mine if not one.out} & self.late
        return RateRow(code, name, "", self._figures(found), len(late))

    def _neighbourhoods(self, found: Sequence[Rate]) -> tuple[RateRow, ...]:
        """Return a row for each neighbourhood with anything counted, left out or received, and one for no owner."""
        grouped, counted = _grouped(found), _by_group(self._explained("neighbourhood"))
        received = self._hotline_intake("neighbourhood")
        codes = [code for code in self.known.current("neighbourhood") if code in {*grouped, *received}]
        codes += sorted({*grouped, *received} - {*codes, ""})
        rows = [
            self._row(code, self.names.neighbourhood(code), grouped.get(code, ()), counted.get(code, ()))
            for code in codes
        ]
        rows.append(self._row("", "无归属", grouped.get("", ()), counted.get("", ())))
        return tuple(replace(row, league="居村") for row in self._scored(rows, found, received))

    def _units(self, found: Sequence[Rate]) -> tuple[RateRow, ...]:
        """Return a row for each station; what neighbourhood offices handled is one row, which has no place."""
        grouped, counted = _grouped(found), _by_group(self._explained("unit"))
        received = self._hotline_intake("unit_close")
        codes = sorted({*grouped, *received} - {""})
        offices = [c for c in codes if (self.known.get("unit", c) or {}).get("league") == "neighbourhood"]
        rows = [
            self._row(code, self.names.unit(code), grouped.get(code, ()), counted.get(code, ()))
            for code in codes
            if code not in offices
        ]
        nobody = self._row("", "无归属", grouped.get("", ()), counted.get("", ()))
        if offices:
            parts = [self._row(c, "", grouped.get(c, ()), counted.get(c, ())) for c in offices]
            rows.append(figures.summed("各居委、村委", parts, nobody))
        rows.append(nobody)
        return tuple(replace(row, league="科室站所") for row in self._scored(rows, found, received))

    def _scored(
        self, rows: list[RateRow], found: Sequence[Rate], received: Mapping[str, int]
    ) -> list[RateRow]:
        """Give each row of one league its points, where the profile has a score sheet (R5)."""
        sheet = self.profile.get("score")
        if not sheet:
            return rows
        league = {row.code for row in rows if row.code}
        mine = [rate for rate in found if rate.group in league]
        points = rates.scores(mine, sheet, {code: n for code, n in received.items() if code in league})
        totals = {one.group: one.total for one in points}
        return [replace(row, score=totals.get(row.code)) if row.code else row for row in rows]

    def _hotline_intake(self, column: str) -> dict[str, int]:
        sql = (
            f"SELECT COALESCE({column}, '') AS grp, count(*) AS n FROM rounds WHERE {_CUT} AND source = 'hotline' "
            "AND round = 1 AND gone IS NULL AND began_at >= :start AND began_at < :end GROUP BY 1"
        )
        return {row.grp: row.n for row in self.session.db.execute(text(sql), self._values(self.span))}

    @staticmethod
    def _values(span: Span) -> dict[str, int]:
        return {"start": span.start, "end": span.end, "moment": span.moment}

    def _trend(self, total: Sequence[Rate]) -> tuple[TrendPoint, ...]:
        """Return eight weeks, each by the profile in force at its own start; this week's figures are at hand."""
        points = []
        for back in range(WEEKS - 1, -1, -1):
            monday = self.monday - timedelta(weeks=back)
            found = self._rates(self.span.back(worktime.day_start(monday))) if back else total
            points.append(TrendPoint(f"第 {monday.isocalendar().week} 周", self._figures(found)))
        return tuple(points)

    def _confirm(self, hoods: Sequence[Rate], total: Sequence[Rate]) -> None:
        """Hold the figures against the recount; a profile that the town has rewritten can't be (R7.7)."""
        whole = self._row("", "", total, None)
        parts = [self._row(code, "", mine, ()) for code, mine in _grouped(hoods).items()]
        if not figures.adds_up(parts, whole):
            raise Refused("recount_differs", "the parts don't add up", key="neighbourhood", group="")
        self.confirmed = said.recountable(self.profile, _seed_profiles())
        if not self.confirmed:
            return
        subjects = self._touching()
        held = (
            step
            for start in range(0, len(subjects), steps.CHUNK)
            for found in steps.of_subjects(self.session.db, subjects[start : start + steps.CHUNK]).values()
            for step in found
        )
        confirm.confirm(
            self.session.catalogue,
            hoods,
            held,
            start=self.span.start,
            end=self.span.end,
            as_of=self.span.moment,
            by="neighbourhood",
            profile={"basis": self.profile["basis"], "weights": said.weights_of(self.profile)},
        )

    def _touching(self) -> list[int]:
        """Return the hotline orders of which any version has a counted time within the week."""
        times = ("began_at", "contact_due", "close_due", "closed_at", "visit_at")
        within = " UNION ".join(
            f"SELECT subject FROM rounds WHERE {at} >= :start AND {at} < :end AND {at} IS NOT NULL "
            f"AND until {than} {FOREVER} AND source = 'hotline'"
            for at in times
            for than in ("=", "<")
        )
        return sorted(self.session.db.execute(text(within), {"start": self.span.start, "end": self.span.end}).scalars())

    # counts, and what they are compared with --------------------------------------------------

    def _earliest(self) -> int:
        """Return when the first case was received; weeks before it have no figures to compare with."""
        sql = f"SELECT min(began_at) FROM rounds WHERE {_CUT}"
        found = self.session.db.execute(text(sql), {"moment": self.span.moment}).scalar()
        return FOREVER if found is None else int(found)

    def _counts(self, span: Span, found: Sequence[Rate], here: Standing) -> said.Counts:
        sql = (
            "SELECT count(DISTINCT CASE WHEN round = 1 AND began_at >= :start AND began_at < :end THEN subject END)"
            " AS received, count(DISTINCT CASE WHEN closed_at >= :start AND closed_at < :end THEN subject END)"
            f" AS closed FROM rounds WHERE {_CUT} AND {_WAS}"
        )
        row = self.session.db.execute(text(sql), self._values(span)).one()
        rechecks = sum(rate.denominator for rate in found if rate.key == "recheck_count")
        return said.Counts(row.received, row.closed, here.open, here.late, rechecks)

    def _before(self) -> tuple[said.Counts, RateRow] | None:
        return self._other(self.span.start - DAYS)

    def _year_ago(self) -> tuple[said.Counts, RateRow] | None:
        """Return the same ISO week of the year before; a 53rd week often has none."""
        try:
            monday = date.fromisocalendar(self.year - 1, self.number, 1)
        except ValueError:
            return None
        return self._other(worktime.day_start(monday))

    def _other(self, start: int) -> tuple[said.Counts, RateRow] | None:
        if self.earliest >= start + DAYS:
            return None
        span = self.span.back(start)
        found = self._rates(span)
        here = standing(self.session, self.known, span.stood, span.moment)
        row = RateRow("", "", "", self._figures(found))
        return self._counts(span, found, here), row

    def _boxes(
        self,
        now: said.Counts,
        town: RateRow,
        before: tuple[said.Counts, RateRow] | None,
        year_ago: tuple[said.Counts, RateRow] | None,
    ) -> tuple[Box, ...]:
        others = (("环比", before), ("同比", year_ago))
        made = []
        for name, mine, better in zip(said.BOXES, now, (0, 1, -1, -1, -1), strict=True):
            place = said.BOXES.index(name)
            changes = tuple(
                Change.of_counts(label, mine, other[0][place] if other else None, better) for label, other in others
            )
            made.append(Box(name, f"{mine:,}", changes, "件", alarm=name == said.LATE and mine > 0))
        last = town.figures[3]
        moved = [Change.of_rates(label, last, other[1].figures[3] if other else None) for label, other in others]
        return (*made, Box.of_rate(last, *moved))

    # intake -----------------------------------------------------------------------------------

    def _intake(self) -> list[said.Received]:
        """Return every case received in the week, whatever its source (R7.3)."""
        sql = (
            f"SELECT source, type, area, neighbourhood FROM rounds WHERE {_CUT} AND {_WAS} AND round = 1 "
            "AND began_at >= :start AND began_at < :end"
        )
        rows = self.session.db.execute(text(sql), self._values(self.span))
        return [said.Received(row.source, row.type, row.area or "", row.neighbourhood or "") for row in rows]

    def _structure(self, intake: Sequence[said.Received]) -> Structure:
        return Structure(
            said.shares([self.names.source(one.source) for one in intake]),
            said.shares([self.names.type(one.type) for one in intake]),
            said.shares([self.names.area(one.area) for one in intake], last="无归属"),
        )

    def _unmatched(self, intake: Sequence[said.Received]) -> figures.Shares:
        nobody = {one.subject for one in self._explained("unit") if not one.group and not one.out}
        no_time = {one.subject for one in self.counted if one.out == "no_time"}
        found = (
            ("受理未识别居村", sum(not one.neighbourhood for one in intake)),
            ("计入四率而无承办单位", len(nobody)),
            ("只有日期、无法判定小时时限", len(no_time)),
        )
        return tuple((name, count) for name, count in found if count)

    def _exclusions(self) -> tuple[Exclusion, ...]:
        """Return each reason of an approved exclusion with its orders and the documents they rest on."""
        by_reason: dict[str, set[int]] = {}
        for one in self.counted:
            if one.out and one.out.startswith(EXCLUDED):
                by_reason.setdefault(one.out.removeprefix(EXCLUDED), set()).add(one.subject)
        made = []
        for reason, subjects in sorted(by_reason.items()):
            documents: dict[str, None] = {}
            for held in steps.of_subjects(self.session.db, sorted(subjects)[: steps.CHUNK]).values():
                state = fold([step for step in held if step.arrived_at <= self.span.moment])
                documents |= dict.fromkeys(
                    e.document for e in state.exclusions if e.approved and e.reason == reason and e.document
                )
            made.append(Exclusion(reason, len(subjects), "、".join(sorted(documents))))
        return tuple(made)

    # the frame --------------------------------------------------------------------------------

    def _rules(self, here: Standing, hoods: Sequence[RateRow]) -> tuple[str, ...]:
        silent = len(self.known.current("neighbourhood")) - sum(bool(row.code) for row in hoods)
        return said.rules(
            self.names, self.profile, self.span.start, here, silent=max(silent, 0), confirmed=self.confirmed
        )

    def _cut(self) -> Cut:
        query = select(func.max(ENTRIES.c.edition)).where(ENTRIES.c.known_at <= self.span.moment)
        edition = self.session.db.execute(query).scalar() or 0
        version = int(self.profile.get("version", 1))
        years = sorted({str(self.monday.year), str((self.monday + timedelta(days=6)).year)})
        return replace(
            self.span.cut,
            profile_version=version,
            catalogue_version=int(edition),
            calendars=said.calendars(self.known, years),
        )

    def _frame(self) -> Week:
        station = self.known.get("station", self.session.station) or {}
        issue, total = said.issues(self.monday + timedelta(weeks=1), str(station.get("first_issue", "")))
        empty = RateRow("", "", "", self._figures(()))
        return Week(
            town=str(station.get("name", "")),
            title=str(station.get("bulletin", "网格化管理周报")),
            year=(self.monday + timedelta(weeks=1)).year,
            iso_week=self.number,
            issue=issue,
            total_issue=total,
            from_day=self.monday,
            to_day=self.monday + timedelta(days=6),
            compiled_by=str(station.get("compiled_by", "")),
            approved_by=str(station.get("approved_by", "")),
            issued_by=str(station.get("issued_by", "")),
            sent_to=str(station.get("sent_to", "")),
            boxes=(),
            paragraph="",
            neighbourhoods=(),
            stations=(),
            total=empty,
            rank_minimum=int(station.get("rank_minimum", 5)),
            trend=(),
            structure=Structure(),
            overdue=(),
            near_limit=(),
            exclusions=(),
            rules=(),
            cut=self.span.cut,
        )


_CUT = "since <= :moment AND until > :moment"
_WAS = f"(gone IS NULL OR gone NOT IN {NEVER_WAS})"


def _grouped(found: Sequence[Rate]) -> dict[str, list[Rate]]:
    groups: dict[str, list[Rate]] = {}
    for rate in found:
        groups.setdefault(rate.group or "", []).append(rate)
    return groups


def _by_group(found: Sequence[Counted]) -> dict[str, list[Counted]]:
    groups: dict[str, list[Counted]] = {}
    for one in found:
        groups.setdefault(one.group or "", []).append(one)
    return groups


def _seed_profiles() -> list[dict[str, Any]]:
    folder = resources.ROOT / "catalogue" / "profiles"
    return [resources.toml(f"catalogue/profiles/{path.name}") for path in sorted(folder.glob("*.toml"))]
