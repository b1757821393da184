"""Which steps a bulletin rests on, and as at which moment (docs/rules.md R7.1): never as at "now"."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import Connection, text

from zq_grid import steps
from zq_grid.errors import Refused
from zq_grid.rules import worktime
from zq_grid.session import Session

WEEK = 7 * 86_400
# The condition on `rounds` that picks what was known at the moment of a span.
KNOWN = "since <= :moment AND until > :moment"


@dataclass(frozen=True, slots=True)
class Span:
    """A week `[start, end)`, seconds UTC, by the steps that had arrived by `moment`.

    The last of these arrived at `last` (None: there is none) and bears `position`; `code` is the check code
    of all of them.
    """

    start: int
    end: int
    moment: int
    last: int | None
    position: int
    code: str

    @property
    def stood(self) -> int:
        """The moment as at which lists stand: Sunday 24:00; in a week that still runs, `moment`."""
        return min(self.end, self.moment)

    @property
    def ended(self) -> bool:
        """Tell whether the week was over."""
        return self.stood == self.end

    @property
    def monday(self) -> date:
        """The first day."""
        return worktime.day_of(self.start)

    @property
    def values(self) -> dict[str, int]:
        """The span as values of a query."""
        return {"start": self.start, "end": self.end, "moment": self.moment}

    def other(self, monday: date) -> "Span":
        """Return another week by the same steps."""
        start = worktime.day_start(monday)
        return replace(self, start=start, end=start + WEEK)


def monday_of(year: int, week: int) -> date:
    """Return the Monday of an ISO week.

    Raises:
        Refused: "week_unknown".
    """
    try:
        return date.fromisocalendar(year, week, 1)
    except ValueError as error:
        raise Refused("week_unknown", str(error), week=f"{year}-W{week:02}") from error


def cut(session: Session, year: int, week: int, as_of: int | None) -> Span:
    """Return the week with its cut: the steps that had arrived by `as_of`, or all that are held.

    Without `as_of`, the moment is the later of Sunday 24:00 and the arrival of the last step; while the week
    runs, that arrival.

    Raises:
        Refused: "week_unknown", or "week_ahead" for a week that has not begun.
    """
    start = worktime.day_start(monday_of(year, week))
    end = start + WEEK
    upto = session.now if as_of is None else as_of
    if start > upto:
        at = worktime.to_text(upto)
        raise Refused("week_ahead", "the week has not begun", week=f"{year}-W{week:02}", at=at)
    last, position, code = _steps(session.db, upto)
    moment = as_of
    if moment is None:
        moment = (last or 0) if upto < end else max(end, last or 0)
    return Span(start, end, moment, last, position, code)


def _steps(db: Connection, upto: int) -> tuple[int | None, int, str]:
    """Return arrival and position of the last step in the cut, and the check code of all, in one pass.

    Only times and ids are fetched; about a second for half a million steps.
    """
    newest = (-1, 0)

    def ids() -> Iterator[str]:
        nonlocal newest
        for arrived, position, identity in db.execute(_ARRIVED, {"upto": upto}):
            newest = max(newest, (arrived, position))
            yield identity.hex()

    code = steps.digest(ids())
    return (newest[0] if newest[1] else None), newest[1], f"{code[:4]}-{code[4:]}"


_ARRIVED = text("SELECT arrived_at, position, id FROM steps WHERE arrived_at <= :upto")
