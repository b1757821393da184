"""The week as frozen figures (docs/rules.md R7): what was counted, what stood open, on which steps."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

from sqlalchemy import func, select

from db.tables import ENTRIES
from zq_grid import (
    bulletin_checks,
    bulletin_corrected,
    bulletin_cut,
    bulletin_open,
    bulletin_places,
    bulletin_rules,
)
from zq_grid import bulletin_words as said
from zq_grid.bulletin_cut import Span
from zq_grid.bulletin_open import Received, Standing
from zq_grid.bulletin_rates import Four, FourRates
from zq_grid.bulletin_words import BOXES, Counts, Names
from zq_grid.papers.figures import EMPTY, Box, Change, Cut, RateRow, Shares, Structure, Week
from zq_grid.progress import Progress
from zq_grid.rates import Rate
from zq_grid.session import Session

PARTS = 5


class Past(NamedTuple):
    """What a week is compared with."""

    counts: Counts
    figures: Four


def week(
    session: Session,
    *,
    year: int,
    week: int,
    profile: str = "default",
    as_of: int | None = None,
    progress: Progress | None = None,
) -> Week:
    """Return the bulletin of an ISO week; the same arguments and steps give the same, whenever it is asked.

    Args:
        session: for reading.
        year: of the ISO week, as in 2026-W47.
        week: 1 to 53.
        profile: code of the metric profile.
        as_of: only steps that had arrived by then, seconds UTC; all that are held unless given.
        progress: told about each part.

    Raises:
        Refused: "week_unknown", "week_ahead" for one that has not begun, "profile_unknown", and
            "recount_differs" where the second calculation doesn't confirm the first.
        Cancelled: stopped through `progress`.
    """
    span = bulletin_cut.cut(session, year, week, as_of)
    return _Maker(session, span, profile, progress or Progress()).make(year, week)


class _Maker:
    """One bulletin while it is worked out."""

    def __init__(self, session: Session, span: Span, profile: str, progress: Progress) -> None:
        self.session, self.span, self.progress = session, span, progress
        self.known = session.catalogue.with_places(session.db).known(span.moment)
        self.names = Names(self.known)
        self._tell(0, "四率")
        self.intake = bulletin_open.intake(session, span)
        self.rates = FourRates(session, span, profile, self.names, self.intake)

    def _tell(self, done: int, what: str) -> None:
        self.progress.report(done, PARTS, what)

    def make(self, year: int, number: int) -> Week:
        """Work out each part in turn."""
        self._tell(1, "复算核对")
        confirmed = self.rates.confirmed()
        self._tell(2, "近八周走势")
        trend = self.rates.trend()
        self._tell(3, "在办与临期")
        here = bulletin_open.standing(self.session, self.known, self.span)
        closed = bulletin_open.closed(self.session, self.span)
        now = self._counts(len(self.intake), closed, self.rates.whole, here)
        earliest = bulletin_open.earliest(self.session, self.span)
        before = self._past(self.span.monday - timedelta(weeks=1), earliest)
        year_ago = self._past(_year_before(year, number), earliest)
        self._tell(4, "成稿")
        total, hoods, units = self.rates.total(), self.rates.neighbourhoods(), self.rates.units()
        structure = self._structure(self.intake)
        later = bulletin_cut.later(self.session, self.span, (one.subject for one in self.intake))
        found = (self.session, self.span, self.names)
        silent = len(self.known.current("neighbourhood")) - sum(bool(row.code) for row in hoods)
        made = Week(
            **self._masthead(number),
            boxes=_boxes(now, total, before, year_ago),
            paragraph=self._paragraph(now, before, total, structure, here),
            neighbourhoods=hoods,
            stations=self.rates.stations(units),
            total=total,
            trend=trend,
            structure=structure,
            overdue=here.overdue,
            near_limit=here.near,
            exclusions=self.rates.exclusions(),
            rules=bulletin_rules.rules(
                self.names,
                self.rates.profile,
                self.span.start,
                self.span.stood,
                here,
                silent=max(silent, 0),
                confirmed=confirmed,
            ),
            cut=self._cut(),
            unmatched=self._unmatched(self.intake),
            sheets=bulletin_rules.sheets(self.rates.whole),
            units=units,
            checklist=bulletin_checks.checklist(*found, self.intake, here, later),
            loads=bulletin_checks.loads(self.names, here),
            hot_spots=bulletin_places.hot_spots(*found, here),
            left_out=bulletin_rules.left_out(self.rates.whole),
            corrections=bulletin_corrected.corrections(
                self.session, f"{year}-W{number:02}", self.span, self.rates
            ),
            lists_at=said.lists_at(self.span.stood),
        )
        self._tell(PARTS, "成稿")
        return made

    def _masthead(self, number: int) -> dict[str, Any]:
        """Return who prints which issue for which days, as fields of the week."""
        station = self.known.get("station", self.session.station) or {}
        published = self.span.monday + timedelta(weeks=1)
        issue, total_issue = said.issues(published, str(station.get("first_issue", "")))
        names = ("compiled_by", "approved_by", "issued_by", "sent_to")
        return {
            "town": str(station.get("name", "")),
            "title": str(station.get("bulletin", "网格化管理周报")),
            "year": published.year,
            "iso_week": number,
            "issue": issue,
            "total_issue": total_issue,
            "from_day": self.span.monday,
            "to_day": self.span.monday + timedelta(days=6),
            "rank_minimum": int(station.get("rank_minimum", 5)),
            **{name: str(station.get(name, "")) for name in names},
        }

    # counts -----------------------------------------------------------------------------------

    @staticmethod
    def _counts(received: int, closed: int, found: Sequence[Rate], here: Standing) -> Counts:
        rechecks = sum(rate.denominator for rate in found if rate.key == "recheck_count")
        return Counts(received, closed, here.open, here.late, rechecks)

    def _past(self, monday: date | None, earliest: int) -> Past | None:
        """Return another week by the same steps; None for one that ended before the first case of all."""
        span = self.span.other(monday) if monday else None
        if span is None or earliest >= span.end:
            return None
        figures, found = self.rates.of(span)
        here = bulletin_open.standing(self.session, self.known, span, listed=False)
        received = bulletin_open.received(self.session, span)
        closed = bulletin_open.closed(self.session, span)
        return Past(self._counts(received, closed, found, here), figures)

    def _structure(self, intake: Sequence[Received]) -> Structure:
        return Structure(
            said.shares(self.names.source(one.source) for one in intake),
            said.shares(self.names.type(one.type) for one in intake),
            said.shares((self.names.area(one.area) for one in intake), last=said.NO_OWNER),
        )

    def _unmatched(self, intake: Sequence[Received]) -> Shares:
        found = (
            ("受理未识别居村", sum(not one.neighbourhood for one in intake)),
            ("计入四率而无承办单位", self.rates.nobodys()),
            ("只有日期、无法判定小时时限", self.rates.without_time()),
        )
        return tuple((name, count) for name, count in found if count)

    # words ------------------------------------------------------------------------------------

    def _paragraph(
        self, now: Counts, before: Past | None, total: RateRow, structure: Structure, here: Standing
    ) -> str:
        overdue = Counter(row.type_name for row in here.overdue)
        return said.paragraph(
            self.span.ended,
            now,
            before.counts if before else None,
            total,
            before.figures if before else None,
            structure.by_source,
            tuple(sorted(overdue.items(), key=lambda one: (-one[1], one[0]))),
        )

    def _cut(self) -> Cut:
        span, profile = self.span, self.rates.profile
        edition = select(func.max(ENTRIES.c.edition)).where(ENTRIES.c.known_at <= span.moment)
        years = sorted({str(span.monday.year), str((span.monday + timedelta(days=6)).year)})
        return Cut(
            EMPTY if span.last is None else said.second(span.last),
            span.position,
            span.code,
            int(profile.get("version", 1)),
            int(self.session.db.execute(edition).scalar() or 0),
            said.calendars(self.known, years),
            bulletin_cut.unreported(self.session, self.known, span.start, span.moment),
        )


def _year_before(year: int, number: int) -> date | None:
    """Return the Monday of the same ISO week of the year before; a 53rd week often has none."""
    try:
        return date.fromisocalendar(year - 1, number, 1)
    except ValueError:
        return None


def _boxes(now: Counts, total: RateRow, before: Past | None, year_ago: Past | None) -> tuple[Box, ...]:
    """Return five counts and the satisfaction, each against last week and the same week last year."""
    others = (("环比", before), ("同比", year_ago))
    made = []
    for place, (name, count, better) in enumerate(zip(BOXES, now, (0, 1, -1, -1, -1), strict=True)):
        changes = [
            Change.of_counts(label, count, past.counts[place] if past else None, better)
            for label, past in others
        ]
        made.append(Box(name, f"{count:,}", tuple(changes), "件", alarm=name == said.LATE and count > 0))
    last = total.figures[3]
    moved = [Change.of_rates(label, last, past.figures[3] if past else None) for label, past in others]
    return (*made, Box.of_rate(last, *moved))
