"""A week, a month or any days that figures are asked for: its ends, the one before, and how it is called."""

from dataclasses import dataclass
from datetime import date, timedelta

from ui.tr import tr
from zq_grid.rules import worktime

WEEK, MONTH, RANGE = "week", "month", "range"


@dataclass(frozen=True)
class Period:
    """Days from `first` up to `end`, which is no longer part of it."""

    kind: str
    first: date
    end: date

    @property
    def start_at(self) -> int:
        """Its first second, UTC."""
        return worktime.day_start(self.first)

    @property
    def end_at(self) -> int:
        """The second after its last one, UTC."""
        return worktime.day_start(self.end)

    def moved(self, by: int) -> "Period":
        """Return the period so many periods later, or earlier."""
        if self.kind == MONTH:
            months = self.first.year * 12 + self.first.month - 1 + by
            return month_of(date(months // 12, months % 12 + 1, 1))
        days = (self.end - self.first) * by
        return Period(self.kind, self.first + days, self.end + days)

    @property
    def before(self) -> tuple[int, int]:
        """The ends of the period before, in seconds UTC."""
        earlier = self.moved(-1)
        return earlier.start_at, earlier.end_at

    @property
    def last_monday(self) -> date:
        """The Monday of the week that holds its last day."""
        last = self.end - timedelta(days=1)
        return last - timedelta(days=last.weekday())

    @property
    def week_name(self) -> str:
        """The ISO week of its first day, as the command line takes it: 2026-W47."""
        year, week, _day = self.first.isocalendar()
        return f"{year}-W{week:02}"

    def said(self) -> str:
        """Return what the period is called."""
        last = self.end - timedelta(days=1)
        if self.kind == WEEK:
            year, week, _day = self.first.isocalendar()
            return tr(
                "{year} 年第 {week} 周 · {first}—{last}",
                year=year,
                week=week,
                first=f"{self.first:%m-%d}",
                last=f"{last:%m-%d}",
            )
        if self.kind == MONTH:
            return tr("{year} 年 {month} 月", year=self.first.year, month=self.first.month)
        return tr("{first} 至 {last}", first=f"{self.first}", last=f"{last}")

    def before_said(self) -> str:
        """Return what the period before is called in a comparison."""
        return {WEEK: tr("比上周"), MONTH: tr("比上月"), RANGE: tr("比上一段")}[self.kind]


def week_of(day: date) -> Period:
    """Return the week, Monday to Sunday, that holds a day."""
    monday = day - timedelta(days=day.weekday())
    return Period(WEEK, monday, monday + timedelta(weeks=1))


def month_of(day: date) -> Period:
    """Return the calendar month that holds a day."""
    first = day.replace(day=1)
    after = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    return Period(MONTH, first, after)


def of_iso(said: str) -> Period:
    """Return the week that 2026-W47 names.

    Raises:
        ValueError: it names none.
    """
    year, _mark, week = said.partition("-W")
    return week_of(date.fromisocalendar(int(year), int(week), 1))
