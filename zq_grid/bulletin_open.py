"""What a week received and closed, and the lists as they stood on Sunday 24:00 (docs/rules.md R7.3, R7.4)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import Row, text

from db.tables import FOREVER
from zq_grid import steps, summary_rows
from zq_grid.bulletin_cut import KNOWN, Span
from zq_grid.bulletin_words import Names
from zq_grid.catalogue import Catalogue
from zq_grid.papers.figures import EMPTY, OverdueRow
from zq_grid.rules import clocks, lights, worktime
from zq_grid.rules.ancestry import Ancestry
from zq_grid.rules.clocks import ClockRow
from zq_grid.rules.fold import fold
from zq_grid.rules.lifecycle import OPEN
from zq_grid.rules.state import CaseState
from zq_grid.rules.step import Step
from zq_grid.rules.text import hide_personal, to_building
from zq_grid.session import Session

# Not what never was a case of its own; what was refused, returned or withdrawn was received all the same.
REAL = "(gone IS NULL OR gone NOT IN ('void', 'retracted', 'sub_case', 'repeat'))"
# Who arrived, and what was taken back, is known; everything else is as it was at the moment.
ALWAYS = frozenset({"log", "retract"})
NEAR = ("orange", "yellow")


class Received(NamedTuple):
    """One case of the week's intake, as codes; "" where there is none."""

    source: str
    type: str
    area: str
    neighbourhood: str


class Flow(NamedTuple):
    """How many cases were received and how many closed in a week."""

    received: int
    closed: int


@dataclass(frozen=True, slots=True)
class Standing:
    """The cases that were open at a moment. The hidden ones are counted and never listed."""

    open: int
    overdue: tuple[OverdueRow, ...]
    near: tuple[OverdueRow, ...]
    hidden_overdue: int
    hidden_near: int

    @property
    def late(self) -> int:
        """How many were past their limit, hidden ones too."""
        return len(self.overdue) + self.hidden_overdue


def earliest(session: Session, span: Span) -> int:
    """Return when the first case of all was received; FOREVER where there is none."""
    found = session.db.execute(_EARLIEST, {"moment": span.moment}).scalar()
    return FOREVER if found is None else int(found)


def flow(session: Session, span: Span) -> Flow:
    """Return how many cases a week received and closed."""
    row = session.db.execute(_FLOW, span.values).one()
    return Flow(int(row.received), int(row.closed))


def intake(session: Session, span: Span) -> list[Received]:
    """Return every case that a week received, whatever its source."""
    return [Received(*row) for row in session.db.execute(_INTAKE, span.values)]


_EARLIEST = text(f"SELECT min(began_at) FROM rounds WHERE {KNOWN} AND {REAL}")
_FLOW = text(
    "SELECT count(DISTINCT CASE WHEN round = 1 AND began_at >= :start AND began_at < :end"
    " THEN subject END) AS received,"
    " count(DISTINCT CASE WHEN closed_at >= :start AND closed_at < :end THEN subject END) AS closed"
    f" FROM rounds WHERE {KNOWN} AND {REAL}"
)
_INTAKE = text(
    "SELECT source, type, COALESCE(area, ''), COALESCE(neighbourhood, '') FROM rounds"
    f" WHERE {KNOWN} AND {REAL} AND round = 1 AND began_at >= :start AND began_at < :end"
)
_OPEN = text(
    f"SELECT DISTINCT subject FROM rounds WHERE {KNOWN} AND {REAL}"
    " AND began_at < :at AND (ended_at IS NULL OR ended_at >= :at) ORDER BY subject"
)


def standing(session: Session, known: Catalogue, span: Span) -> Standing:
    """Return the cases open when the week ended: done by then, as far as the cut knows.

    Each is folded anew from the steps that were done before that moment, so that an extension granted on
    Monday doesn't reach back into Sunday's list.
    """
    reader = _Reader(known, span)
    found = [reader.case(state) for state in _states(session, span)]
    cases = [one for one in found if one is not None]
    late = sorted((one for one in cases if one.light == "red"), key=_due)
    near = sorted((one for one in cases if one.light in NEAR), key=_due)
    return Standing(
        len(cases),
        tuple(one.row for one in late if one.row and not one.hidden),
        tuple(one.row for one in near if one.row and not one.hidden),
        sum(one.hidden for one in late),
        sum(one.hidden for one in near),
    )


class _Open(NamedTuple):
    due: int
    row: OverdueRow | None
    light: str
    hidden: bool


def _due(one: _Open) -> tuple[int, str]:
    return one.due, one.row.number if one.row else ""


def _states(session: Session, span: Span) -> Iterator[CaseState]:
    """Yield what was known, of all that was done by then, of each case that may have been open."""
    at = span.stood
    rows: list[Row[Any]] = list(session.db.execute(_OPEN, {"moment": span.moment, "at": at}))
    subjects = [row.subject for row in rows]
    for start in range(0, len(subjects), steps.CHUNK):
        for held in steps.of_subjects(session.db, subjects[start : start + steps.CHUNK]).values():
            arrived = [step for step in held if step.arrived_at <= span.moment]
            yield fold([step for step in arrived if _done(step, at)], Ancestry(held))


def _done(step: Step, at: int) -> bool:
    return step.did_at < at or step.kind in ALWAYS


class _Reader:
    """Turns what is known of a case at one moment into its line of a list."""

    def __init__(self, known: Catalogue, span: Span) -> None:
        self.known, self.at, self.names = known, span.stood, Names(known)
        self.calendar = known.calendar_at(span.stood)
        self.hidden: Mapping[str, bool] = {
            code: entry.get("confidential") == "yes" for code, entry in known.current("type").items()
        }

    def case(self, state: CaseState) -> _Open | None:
        """Return the case, None if it wasn't open."""
        if not state.logged or state.gone_log or state.stage not in OPEN:
            return None
        type_ = str(state.get("type") or "")
        hidden = self.hidden.get(type_, False)
        running = [row for row in clocks.clocks(state, self.known) if row.kind == "close" and row.live]
        if not running or running[-1].due is None:
            return _Open(FOREVER, None, "none", hidden)
        clock = running[-1]
        light = self._light(clock)
        return _Open(clock.due or FOREVER, self._row(state, type_, clock, light), light, hidden)

    def _light(self, clock: ClockRow) -> str:
        turns = (("red", clock.red_at), ("orange", clock.orange_at), ("yellow", clock.yellow_at))
        return next((light for light, turn in turns if turn is not None and turn <= self.at), "green")

    def _row(self, state: CaseState, type_: str, clock: ClockRow, light: str) -> OverdueRow:
        due = clock.due or 0
        return OverdueRow(
            summary_rows.shown_number(state),
            self.names.type(type_),
            hide_personal(to_building(str(state.get("place") or ""))) or EMPTY,
            self.names.neighbourhood(str(state.get("neighbourhood") or "")),
            self.names.unit(str(state.get("unit") or "")),
            moment(due),
            self._late(due) if light == "red" else self._left(clock),
            light,
            bool(clock.waiting),
        )

    def _late(self, due: int) -> str:
        """Return how long ago a limit passed, in whole working days."""
        days = worktime.working_days_between(
            worktime.day_of(due), worktime.day_of(self.at - 1), self.calendar
        )
        return f"{days} 个工作日" if days > 0 else "不足 1 个工作日"

    def _left(self, clock: ClockRow) -> str:
        """Return the office hours left up to the moment that people work towards."""
        due = clock.due or 0
        if worktime.hours_limited(clock.rule) and clock.rule != "working_hours":
            return _hours((due - self.at) // 3600, "小时")
        goal = lights.aim(due, clock.rule, self.calendar)
        seconds = max(0, worktime.working_seconds_between(self.at, goal, self.calendar))
        whole = self.calendar.office.total
        return f"{seconds // whole} 个工作日" if seconds >= whole else _hours(seconds // 3600, "个工作小时")


def _hours(hours: int, unit: str) -> str:
    return f"{hours} {unit}" if hours > 0 else f"不足 1 {unit}"


def moment(at: int) -> str:
    """Return a limit as lists print it: the end of a day as 11-16 24:00, else 11-16 17:30."""
    day, said = worktime.day_of(at), worktime.to_text(at)
    return f"{day:%m-%d} 24:00" if at == worktime.day_end(day) else f"{day:%m-%d} {said[11:16]}"
