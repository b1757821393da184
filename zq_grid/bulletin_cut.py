"""Which steps a bulletin rests on, and as at which moment (docs/rules.md R7.1): never as at "now"."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import Connection, bindparam, text

from db.tables import FOREVER
from zq_grid import steps
from zq_grid.catalogue import Catalogue
from zq_grid.errors import Refused
from zq_grid.rules import worktime
from zq_grid.session import Session

WEEK = 7 * 86_400


def as_known(columns: str, *conditions: str) -> str:
    """Return SQL for what was known of `rounds` at `:moment`, as versions that stand and versions replaced since.

    Said apart, so that each part finds its index: few versions were replaced after a moment of last week. Each
    of `conditions` is one more part of its own; a row must not fit two of them.
    """
    parts = []
    for condition in conditions:
        base = f"SELECT {columns} FROM rounds WHERE {condition} AND since <= :moment"
        parts += [f"{base} AND until = {FOREVER}", f"{base} AND until < {FOREVER} AND until > :moment"]
    return " UNION ALL ".join(parts)


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
    """Return arrival and position of the last step in the cut, and the check code of its streams' heads.

    Each step names the one before, so the last one of a stream stands for all of that stream.
    """
    last = db.execute(_LAST, {"upto": upto}).first()
    heads = (
        db.execute(_HEAD, {"stream": stream, "upto": upto}).scalar()
        for stream in db.execute(_STREAMS).scalars().all()
    )
    code = steps.digest(head.hex() for head in heads if head is not None)
    return (last.arrived_at if last else None), (last.position if last else 0), f"{code[:4]}-{code[4:]}"


def unreported(session: Session, known: Catalogue, since: int, upto: int) -> tuple[str, ...]:
    """Return the names of the other stations of which no step has arrived in `[since, upto]`, by their codes.

    What they did in that time is in no figure. The own station's steps are here as soon as they are written.
    """
    rows = session.db.execute(_HEARD, {"upto": upto}).all()
    heard = {row.station for row in rows if row.arrived is not None and row.arrived >= since}
    others = sorted(set(known.current("station")) - heard - {session.station})
    return tuple(known.name("station", code) for code in others)


# who looked at what is no part of what a bulletin says
_STREAMS = text("SELECT id FROM streams WHERE scope <> 'audit' ORDER BY id")
_HEAD = text("SELECT id FROM steps WHERE stream = :stream AND arrived_at <= :upto ORDER BY seq DESC LIMIT 1")
# the last step of each stream, as arrival grows along it
_HEARD = text(
    "SELECT d.station, (SELECT t.arrived_at FROM steps t WHERE t.stream = s.id AND t.arrived_at <= :upto"
    " ORDER BY t.seq DESC LIMIT 1) AS arrived"
    " FROM streams s JOIN devices d ON d.device = s.device WHERE s.scope <> 'audit'"
)
_LAST = text(
    "SELECT arrived_at, position FROM steps WHERE arrived_at <= :upto"
    " AND stream NOT IN (SELECT id FROM streams WHERE scope = 'audit')"
    " ORDER BY arrived_at DESC, position DESC LIMIT 1"
)
_NEWEST = text("SELECT max(arrived_at) FROM steps")
# `+` keeps the planner from the index on arrivals: after a moment of last year that is half of all.
_LATER = "SELECT DISTINCT subject FROM steps WHERE subject IN :subjects AND +arrived_at > :moment"
_ANY = text(_LATER).bindparams(bindparam("subjects", expanding=True))
_OF_KINDS = text(f"{_LATER} AND kind IN :kinds").bindparams(
    bindparam("subjects", expanding=True), bindparam("kinds", expanding=True)
)


def looks_back(session: Session, span: Span) -> bool:
    """Tell whether anything is known by now that the cut doesn't know."""
    newest = session.db.execute(_NEWEST).scalar()
    return newest is not None and newest > span.moment


def later(session: Session, span: Span, subjects: Iterable[int], kinds: Sequence[str] = ()) -> frozenset[int]:
    """Return those of these cases of which more is known by now: what is looked up as it stands would tell too much.

    Args:
        session, span, subjects: whose cases.
        kinds: only such steps matter; all, unless any are named.
    """
    if not looks_back(session, span):
        return frozenset()
    asked = {"moment": span.moment, **({"kinds": list(kinds)} if kinds else {})}
    query = _OF_KINDS if kinds else _ANY
    found: set[int] = set()
    for part in chunks(subjects):
        found.update(session.db.execute(query, {**asked, "subjects": part}).scalars())
    return frozenset(found)


def chunks(subjects: Iterable[int]) -> Iterable[list[int]]:
    """Yield subjects in parts that one statement may name."""
    ordered = sorted(subjects)
    for start in range(0, len(ordered), steps.CHUNK):
        yield ordered[start : start + steps.CHUNK]
