"""What a week received and closed, and the lists as they stood on Sunday 24:00 (docs/rules.md R7.3, R7.4)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import bindparam, text

from db.tables import FOREVER
from zq_grid import steps, summary_rows
from zq_grid.bulletin_cut import Span, as_known, chunks
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
    """One case of the week's intake, as codes; "" where there is none.

    `unit` is who held it when its limit to close was decided, `gone` why it is in no rate (R4.6).
    """

    subject: int
    source: str
    type: str
    area: str
    neighbourhood: str
    unit: str
    gone: str


class Load(NamedTuple):
    """One case past its limit or near it, as codes: hidden ones too, since this is only counted.

    `days` are the whole working days since the limit passed, `waiting` (待批): an extension isn't decided yet.
    """

    type: str
    unit: str
    light: str
    days: int
    waiting: bool


@dataclass(frozen=True, slots=True)
class Standing:
    """The cases that were open at a moment (`subjects`). The hidden ones are counted and never listed.

    `unlisted` counts those past their limit where no lists were asked for.
    """

    open: int
    overdue: tuple[OverdueRow, ...]
    near: tuple[OverdueRow, ...]
    hidden_overdue: int
    hidden_near: int
    unlisted: int
    subjects: frozenset[int]
    loads: "tuple[Load, ...]"

    @property
    def late(self) -> int:
        """How many were past their limit, hidden ones and those counted without a list too."""
        return len(self.overdue) + self.hidden_overdue + self.unlisted


def earliest(session: Session, span: Span) -> int:
    """Return when the first case of all was received; FOREVER where there is none."""
    found = [
        one for one in session.db.execute(_EARLIEST, {"moment": span.moment}).scalars() if one is not None
    ]
    return min(map(int, found), default=FOREVER)


def received(session: Session, span: Span) -> int:
    """Return how many cases a week received; of a case only one first round is known at a moment."""
    return int(session.db.execute(_RECEIVED, span.values).scalar() or 0)


def closed(session: Session, span: Span) -> int:
    """Return how many cases a week closed."""
    return int(session.db.execute(_ENDED, span.values).scalar() or 0)


def intake(session: Session, span: Span) -> list[Received]:
    """Return every case that a week received, whatever its source, in the order of their numbers here."""
    return sorted(Received(*row) for row in session.db.execute(_INTAKE, span.values))


_BEGAN = f"{REAL} AND round = 1 AND began_at >= :start AND began_at < :end"
# What was closed has ended then, so that the index on the end finds it.
_CLOSED = f"{REAL} AND ended_at >= :start AND ended_at < :end AND closed_at >= :start AND closed_at < :end"
_EARLIEST = text(
    f"SELECT (SELECT began_at FROM rounds WHERE until = {FOREVER} AND since <= :moment AND {REAL}"
    " ORDER BY began_at LIMIT 1) UNION ALL SELECT min(began_at) FROM rounds"
    f" WHERE until < {FOREVER} AND until > :moment AND since <= :moment AND {REAL}"
)
_RECEIVED = text(f"SELECT count(*) FROM ({as_known('subject', _BEGAN)}) AS q")
_ENDED = text(f"SELECT count(DISTINCT subject) FROM ({as_known('subject', _CLOSED)}) AS q")
_INTAKE = text(
    as_known(
        "subject, source, type, COALESCE(area, ''), COALESCE(neighbourhood, ''), COALESCE(unit_close, ''),"
        " COALESCE(gone, '')",
        _BEGAN,
    )
)
_COLUMNS = "r.subject, r.round, r.type, r.began_at, r.close_due, r.stopped_at"
# `+` keeps the planner from the index on the beginning, where nearly every case has begun. What has ended since is
# picked from the index alone, before its rows are read: a year ago that is half of all.
_OPEN = (
    f"SELECT {_COLUMNS} FROM rounds r {{only_open}} WHERE until = {FOREVER} AND ended_at IS NULL"
    f" AND +began_at < :at AND since <= :moment AND {REAL} UNION ALL "
    f"SELECT {_COLUMNS} FROM (SELECT subject, round, since FROM rounds WHERE until = {FOREVER}"
    " AND ended_at >= :at AND +began_at < :at) AS q JOIN rounds r"
    " ON r.subject = q.subject AND r.round = q.round AND r.since = q.since"
    f" WHERE r.since <= :moment AND {REAL} UNION ALL "
    f"SELECT {_COLUMNS} FROM rounds r WHERE until < {FOREVER} AND until > :moment AND since <= :moment"
    f" AND began_at < :at AND (ended_at IS NULL OR ended_at >= :at) AND {REAL}"
)
# SQLite keeps no count of what a partial index holds, and would walk every round that ever began.
_ONLY_OPEN = {"sqlite": "INDEXED BY ix_rounds_open", "postgresql": ""}
_TOUCHED = text(
    "SELECT DISTINCT subject FROM steps WHERE subject IN :subjects AND did_at >= :at"
    " AND arrived_at <= :moment AND kind NOT IN :harmless"
).bindparams(bindparam("subjects", expanding=True), bindparam("harmless", expanding=True))
# Steps that neither move a limit nor take a case out other than at a time which its facts name. Not a reopening: what
# was told after it may have been done before it.
HARMLESS = (
    "log", "retract", "accept", "dispatch", "sign", "assign", "transfer", "escalate", "contact", "attend",
    "handle", "check", "submit", "close", "visit", "note", "attach", "link", "exclude",
    "approve_exclusion", "erase", "withdraw",
)  # fmt: skip


def standing(session: Session, known: Catalogue, span: Span, *, listed: bool = True) -> Standing:
    """Return the cases open when the week ended: done by then, as far as the cut knows.

    A case that may be near its limit or past it is folded anew from the steps that were done before that moment,
    so that an extension granted on Monday doesn't reach back into Sunday's list; of the others what is known of
    their rounds says enough.

    Args:
        listed: with the lines of the lists; else only the counts are right, which takes less time.
    """
    reader = _Reader(known, span)
    candidates = _candidates(session, span)
    plain = {
        one.subject: one for one in candidates if reader.is_far(one) or (not listed and reader.is_past(one))
    }
    for part in chunks(plain):
        values = {"subjects": part, "at": span.stood, "moment": span.moment, "harmless": HARMLESS}
        for subject in session.db.execute(_TOUCHED, values).scalars():
            del plain[subject]
    folded = [one.subject for one in candidates if one.subject not in plain]
    found = [reader.case(state) for state in _states(session, span, folded)]
    cases = [one for one in found if one is not None]
    late = sorted((one for one in cases if one.light == "red"), key=_due)
    near = sorted((one for one in cases if one.light in NEAR), key=_due)
    past = [reader.hidden.get(one.type, False) for one in plain.values() if reader.is_past(one)]
    return Standing(
        len(cases) + len(plain),
        tuple(one.row for one in late if one.row and not one.hidden),
        tuple(one.row for one in near if one.row and not one.hidden),
        sum(one.hidden for one in late),
        sum(one.hidden for one in near),
        len(past),
        frozenset(one.subject for one in cases) | frozenset(plain),
        tuple(Load(one.type, one.unit, one.light, one.days, one.waiting) for one in (*late, *near)),
    )


class _Candidate(NamedTuple):
    """The last round of a case that may have been open, as it is known in the cut."""

    subject: int
    round: int
    type: str
    began_at: int
    close_due: int | None
    stopped_at: int | None


def _candidates(session: Session, span: Span) -> list[_Candidate]:
    found: dict[int, _Candidate] = {}
    asked = text(_OPEN.format(only_open=_ONLY_OPEN[session.db.dialect.name]))
    for row in session.db.execute(asked, {"moment": span.moment, "at": span.stood}):
        one = _Candidate(*row)
        if one.subject not in found or found[one.subject].round < one.round:
            found[one.subject] = one
    return [found[subject] for subject in sorted(found)]


class _Open(NamedTuple):
    subject: int
    due: int
    row: OverdueRow | None
    light: str
    hidden: bool
    type: str
    unit: str
    days: int
    waiting: bool


def _due(one: _Open) -> tuple[int, str]:
    return one.due, one.row.number if one.row else ""


def _states(session: Session, span: Span, subjects: Sequence[int]) -> Iterator[tuple[int, CaseState]]:
    """Yield what was known, of all that was done when the week ended, of each of these cases."""
    for part in chunks(subjects):
        for subject, held in steps.of_subjects(session.db, part).items():
            arrived = [step for step in held if step.arrived_at <= span.moment]
            yield subject, fold([step for step in arrived if _done(step, span.stood)], Ancestry(held))


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

    def is_past(self, one: _Candidate) -> bool:
        """Tell whether its limit had passed unanswered, by what is known of its round."""
        if one.close_due is None or one.close_due >= self.at:
            return False
        return one.stopped_at is None or one.stopped_at >= self.at

    def is_far(self, one: _Candidate) -> bool:
        """Tell whether its light was surely green, by what is known of its round: or there was none."""
        if one.close_due is None or (one.stopped_at is not None and one.stopped_at < self.at):
            return True
        if one.close_due < self.at or (one.close_due - self.at) * 5 <= one.close_due - one.began_at:
            return False
        calendar = self.known.calendar_at(one.began_at)
        return calendar.office_time(one.close_due) > calendar.office_time(self.at) + calendar.office.total

    def case(self, told: tuple[int, CaseState]) -> _Open | None:
        """Return the case, None if it wasn't open."""
        subject, state = told
        if not state.logged or state.gone_log or state.stage not in OPEN:
            return None
        type_ = str(state.get("type") or "")
        hidden, unit = self.hidden.get(type_, False), str(state.get("unit") or "")
        running = [row for row in clocks.clocks(state, self.known) if row.kind == "close" and row.live]
        if not running or running[-1].due is None:
            return _Open(subject, FOREVER, None, "none", hidden, type_, unit, 0, False)
        clock = running[-1]
        due, light = clock.due or FOREVER, self._light(clock)
        row, days = self._row(state, type_, clock, light), self._days(due) if light == "red" else 0
        return _Open(subject, due, row, light, hidden, type_, unit, days, bool(clock.waiting))

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

    def _days(self, due: int) -> int:
        """Return how many whole working days ago a limit passed."""
        return max(
            0,
            worktime.working_days_between(worktime.day_of(due), worktime.day_of(self.at - 1), self.calendar),
        )

    def _late(self, due: int) -> str:
        """Return how long ago a limit passed, in words."""
        days = self._days(due)
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
