"""The five dimensions of supervision by case type, and who was overdue (domain § 4, docs/rules.md R7.8)."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from sqlalchemy import bindparam, text

from zq_grid import steps
from zq_grid.bulletin_cut import Span, as_known, chunks
from zq_grid.bulletin_open import REAL, Received, Standing
from zq_grid.bulletin_words import NO_OWNER, Names
from zq_grid.papers.figures import Figure
from zq_grid.papers.findings import CheckRow, UnitLoad
from zq_grid.rules import clocks
from zq_grid.rules.ancestry import Ancestry
from zq_grid.rules.fold import fold
from zq_grid.rules.state import CaseState
from zq_grid.session import Session

ALL = "合计"
LONG = 5
"""From this many working days past its limit a case is named apart under 考核通报."""

# The kinds are those of the index on steps that answers this, in its words.
_RAISED = text(
    "SELECT DISTINCT subject FROM steps WHERE kind IN ('escalate', 'supervise', 'transfer')"
    " AND did_at >= :since AND did_at < :upto AND arrived_at <= :moment"
)
_SUPERVISED_FOR = 400 * 86_400
_ACCEPTED = text(
    "SELECT subject, due, stopped, unjudged FROM clocks"
    " WHERE subject IN :subjects AND round = 1 AND kind = 'accept' AND nth = 0"
).bindparams(bindparam("subjects", expanding=True))
_DUE = (
    "gone IS NULL AND close_due >= :start AND close_due < :end AND close_due < :moment AND close_unjudged = 0"
)
_ON_TIME = text(
    "SELECT type, count(*) AS n, sum(CASE WHEN stopped_at <= close_due THEN 1 ELSE 0 END) AS good FROM ("
    + as_known(
        "type, close_due, stopped_at", f"source = 'hotline' AND {_DUE}", f"source <> 'hotline' AND {_DUE}"
    )
    + ") AS q GROUP BY type"
)
_TYPES = text(
    "SELECT subject, type FROM rounds WHERE subject IN :subjects AND until > :moment AND since <= :moment"
    f" AND round = 1 AND {REAL}"
).bindparams(bindparam("subjects", expanding=True))


class _Base(NamedTuple):
    good: int
    all: int


def checklist(
    session: Session,
    span: Span,
    names: Names,
    intake: Sequence[Received],
    here: Standing,
    later: frozenset[int],
) -> tuple[CheckRow, ...]:
    """Return a row for each case type of which anything is said, and one of all.

    Args:
        session, span, names: of the bulletin.
        intake: what the week received.
        here: what stood open.
        later: those of the intake of which more is known by now.
    """
    received = Counter(one.type for one in intake)
    accepted = _accepted(session, span, names, intake, later)
    closed = {
        row.type: _Base(int(row.good or 0), int(row.n)) for row in session.db.execute(_ON_TIME, span.values)
    }
    raised = _raised(session, span, here)
    overdue = Counter(load.type for load in here.loads if load.light == "red")
    long = Counter(load.type for load in here.loads if load.light == "red" and load.days >= LONG)
    codes = {*received, *accepted, *closed, *overdue, *(type_ for type_, _ in raised)}
    ordered = sorted(codes, key=lambda code: (-received[code], names.type(code), code))
    rows = [
        CheckRow(
            names.type(code),
            received[code],
            _figure("及时受理", accepted.get(code)),
            _figure("按期办结", closed.get(code)),
            raised[code, "escalate"],
            raised[code, "transfer"],
            raised[code, "supervise"],
            raised[code, "supervised_open"],
            overdue[code],
            long[code],
        )
        for code in ordered
    ]
    kept = [row for row in rows if not row.empty]
    return (*kept, _sum(kept))


def _figure(name: str, base: _Base | None) -> Figure:
    good, count = base or (0, 0)
    return Figure(name, name, good, count, good, count)


def _sum(rows: Sequence[CheckRow]) -> CheckRow:
    def whole(figures: Iterable[Figure], name: str) -> Figure:
        found = list(figures)
        base = _Base(sum(int(one.numerator) for one in found), sum(one.denominator for one in found))
        return _figure(name, base)

    counts = [sum(column) for column in zip(*(row.counts for row in rows), strict=True)] or [0] * 6
    escalated, transferred, supervised, supervised_open, overdue, long_overdue = counts
    return CheckRow(
        ALL,
        sum(row.received for row in rows),
        whole((row.accepted for row in rows), "及时受理"),
        whole((row.closed for row in rows), "按期办结"),
        escalated,
        transferred,
        supervised,
        supervised_open,
        overdue,
        long_overdue,
    )


def _accepted(
    session: Session, span: Span, names: Names, intake: Sequence[Received], later: frozenset[int]
) -> dict[str, _Base]:
    """Return, by type, how many of the week's intake were answered for in time, of those whose limit has passed."""
    types = {one.subject: one.type for one in intake}
    found: dict[str, list[bool]] = {}
    for part in chunks(types.keys() - later):
        for row in session.db.execute(_ACCEPTED, {"subjects": part}):
            if row.due is not None and row.due < span.moment and not row.unjudged:
                found.setdefault(types[row.subject], []).append(
                    row.stopped is not None and row.stopped <= row.due
                )
    for subject, state in states(session, span, types.keys() & later):
        for clock in clocks.clocks(state, names.known):
            first = clock.kind == "accept" and clock.due is not None and clock.due < span.moment
            if first and not clock.unjudged:
                good = clock.stopped is not None and clock.stopped <= (clock.due or 0)
                found.setdefault(types[subject], []).append(good)
    return {code: _Base(sum(good), len(good)) for code, good in found.items()}


def states(session: Session, span: Span, subjects: Iterable[int]) -> Iterable[tuple[int, CaseState]]:
    """Yield these cases as the cut knows them."""
    for part in chunks(subjects):
        for subject, held in steps.of_subjects(session.db, part).items():
            yield subject, fold([step for step in held if step.arrived_at <= span.moment], Ancestry(held))


def _raised(session: Session, span: Span, here: Standing) -> Counter[tuple[str, str]]:
    """Return how many cases of each type were escalated, transferred, put under supervision in the week.

    Under `supervised_open`: those put under supervision within 400 days that stood open when the week ended.
    """
    asked = {"since": span.stood - _SUPERVISED_FOR, "upto": span.stood, "moment": span.moment}
    older = session.db.execute(_RAISED, asked).scalars().all()
    week = session.db.execute(_RAISED, {**asked, "since": span.start}).scalars().all()
    wanted = {*week, *(subject for subject in older if subject in here.subjects)}
    types: dict[int, str] = {}
    for part in chunks(wanted):
        rows = session.db.execute(_TYPES, {"subjects": part, "moment": span.moment})
        types.update((row.subject, row.type) for row in rows)
    found: Counter[tuple[str, str]] = Counter()
    for subject, state in states(session, span, types):
        done = [step for step in state.steps if step.id not in state.retracted and step.did_at < span.stood]
        kinds = {step.kind for step in done if step.did_at >= span.start}
        found.update(
            (types[subject], kind) for kind in ("escalate", "transfer", "supervise") if kind in kinds
        )
        if subject in here.subjects and any(step.kind == "supervise" for step in done):
            found[types[subject], "supervised_open"] += 1
    return found


def loads(names: Names, here: Standing) -> tuple[UnitLoad, ...]:
    """Return who had cases past their limit or near it, the most overdue first; nobody's as a row of its own."""
    by_unit: dict[str, list[tuple[str, int, bool]]] = {}
    for load in here.loads:
        by_unit.setdefault(load.unit, []).append((load.light, load.days, load.waiting))
    rows = [_load(names.unit(code) or NO_OWNER, found) for code, found in sorted(by_unit.items()) if code]
    rows.sort(key=lambda row: (-row.overdue, -row.longest, -row.near, row.name))
    return (*rows, *([_load(NO_OWNER, by_unit[""])] if "" in by_unit else []))


def _load(name: str, found: Sequence[tuple[str, int, bool]]) -> UnitLoad:
    late = [(days, waiting) for light, days, waiting in found if light == "red"]
    return UnitLoad(
        name,
        len(late),
        sum(waiting for _, waiting in late),
        max((days for days, _ in late), default=0),
        len(found) - len(late),
    )
