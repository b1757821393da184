"""What a bulletin must correct: earlier printings of which the figures are others by now (docs/rules.md R7.12).

What was told stands in the register of printing (`zq_grid.printed`); what is known comes from the same query as the
rates. A paper that was printed before says again what it said then.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import bindparam, select

from db.tables import STEPS
from zq_grid import printed, rates, rates_sql
from zq_grid.bulletin_cut import WEEK, Span, chunks, monday_of
from zq_grid.bulletin_rates import FourRates
from zq_grid.bulletin_words import FOUR
from zq_grid.errors import Refused
from zq_grid.papers import corrected
from zq_grid.papers.corrected import Correction
from zq_grid.papers.figures import Figure
from zq_grid.printed import Printed
from zq_grid.rates import EXCLUDED
from zq_grid.rules import worktime
from zq_grid.session import Session

WEEKS = 4
# Of so many orders one looks why they count otherwise; of more, their number is told.
LOOKED_INTO = 300
GONE = frozenset({"void", "retracted", "sub_case", "refused", "returned", "repeat", "withdrawn"})
# What, done by the time of the printing and not known then, makes an order count otherwise.
COUNTED = frozenset(
    {"log", "contact", "dispatch", "transfer", "submit", "close", "visit", "reopen", "withdraw", "assign"}
)


@dataclass(frozen=True, slots=True)
class _Told:
    """A figure as it was last told, and what was known then."""

    share: str
    moment: int


def corrections(session: Session, week: str, span: Span, four: FourRates) -> tuple[Correction, ...]:
    """Return what the bulletin of `week` corrects, the oldest week first.

    Args:
        session, span, four: of the bulletin that is being made.
        week: its ISO week, 2026-W47.
    """
    lines = printed.weeks(session, four.code)
    same = (week, span.moment, span.code)
    if before := [one for one in lines if (one.what, one.as_of, one.code) == same]:
        return corrected.read(before[0].announced)
    lines = tuple(one for one in lines if one.as_of is not None and one.as_of < span.moment)
    issued = [one for one in lines if _issued(one)]
    earlier = sorted({one.what for one in issued if one.what < week})[-WEEKS:]
    found: list[Correction] = []
    for what in earlier:
        found += _of_week(session, what, span, four, _last_told(what, week, lines))
    first = next((one for one in sorted(issued, key=_known_at) if one.what == week), None)
    if first is not None:
        told = {key: _Told(share, _known_at(first)) for key, share in first.figures.items()}
        found += _of_week(session, week, span, four, told, again=True)
    return tuple(found)


def _known_at(one: Printed) -> int:
    return one.as_of or 0


def _issued(one: Printed) -> bool:
    """Tell whether a line is of a week that was over: what was printed before that was told to be unfinished."""
    monday = _monday(one.what)
    return monday is not None and _known_at(one) >= worktime.day_start(monday) + WEEK


def _monday(week: str) -> date | None:
    """Return the first day of a week as the register names it, 2026-W47; None where it names none."""
    year, _, number = week.partition("-W")
    try:
        return monday_of(int(year), int(number))
    except (ValueError, Refused):
        return None


def _last_told(what: str, week: str, lines: Sequence[Printed]) -> dict[str, _Told]:
    """Return the figures of a week as they were last told: printed, or corrected in the paper of another week.

    What the paper of this `week` announced when it was printed before, it announces again.
    """
    told: dict[str, _Told] = {}
    for one in sorted(lines, key=_known_at):
        if one.what == what and _issued(one):
            told |= {key: _Told(share, _known_at(one)) for key, share in one.figures.items()}
        elif one.what != week:
            mine = (said for said in one.announced if said.get("week") == what)
            told |= {str(said["key"]): _Told(str(said["new"]), _known_at(one)) for said in mine}
    return told


def _of_week(
    session: Session,
    what: str,
    span: Span,
    four: FourRates,
    told: Mapping[str, _Told],
    *,
    again: bool = False,
) -> list[Correction]:
    """Return the figures of one week that are others by now."""
    monday = _monday(what)
    assert monday is not None
    here = span.other(monday)
    # the week before is asked for whole by the boxes, the others by the trend
    keys = None if what == _week_before(span) else tuple(FOUR)
    now, _ = four.of(here, keys)
    moved: dict[int, list[tuple[Figure, Figure]]] = {}
    for one in now:
        before = told.get(one.key)
        old = corrected.figure(one.key, one.name, before.share) if before else None
        if before is not None and old is not None and corrected.share(one) != corrected.share(old):
            moved.setdefault(before.moment, []).append((old, corrected.plain(one)))
    found: dict[str, Correction] = {}
    for moment, pairs in moved.items():
        why = _why(session, here, four.code, moment, [new.key for _, new in pairs])
        for old, new in pairs:
            found[new.key] = Correction(what, old, new, why.get(new.key, ()), again)
    return [found[key] for key in FOUR if key in found]


def _week_before(span: Span) -> str:
    year, number, _ = (span.monday - timedelta(weeks=1)).isocalendar()
    return f"{year}-W{number:02}"


# why ------------------------------------------------------------------------------------------

_Counts = tuple[str | None, int]  # why it is out, and what it weighs


def _why(
    session: Session, span: Span, profile: str, told: int, keys: Sequence[str]
) -> dict[str, tuple[tuple[str, int], ...]]:
    """Return for each figure how many orders count otherwise than they did at the moment `told`, by reason."""
    changed = _changed(session, span, profile, told, keys)
    subjects = {subject for mine in changed.values() for subject in mine}
    if len(subjects) > LOOKED_INTO:
        return {key: (("many", len(mine)),) for key, mine in changed.items() if mine}
    late = _arrived(session, subjects, told, span.moment)
    found = {}
    for key, mine in changed.items():
        counts = Counter(_reason(*sides, late.get(subject, ()), told) for subject, sides in mine.items())
        order = {code: nth for nth, code in enumerate(corrected.WHY)}
        found[key] = tuple(sorted(counts.items(), key=lambda one: order[one[0]])) or (("rules", 0),)
    return found


def _changed(
    session: Session, span: Span, profile: str, told: int, keys: Sequence[str]
) -> dict[str, dict[int, tuple[_Counts | None, _Counts | None]]]:
    """Return key → order → how it counted then and how it does now; None where it was not looked at."""
    asked = [one for one in rates.profile(session, profile, span.start)["indicator"] if one["key"] in keys]
    compiled = tuple(map(rates_sql.compiled, asked))
    sides = []
    for moment, where in ((told, "until <= :upto"), (span.moment, "since > :upto")):
        past = rates_sql.older(session, moment)
        statement = rates_sql.touched(compiled, where, past, session.db.dialect.name)
        upto = span.moment if moment == told else told
        values = {"start": span.start, "end": span.end, "moment": moment, "upto": upto}
        side: dict[tuple[str, int, int], _Counts] = {}
        for row in session.db.execute(statement, values):
            out = row.gone_out or (EXCLUDED + row.excluded_out if row.excluded_out else row.own_out)
            side[asked[row.nth]["key"], row.subject, row.round] = (out, 0 if out else int(row.score or 0))
        sides.append(side)
    then, now = sides
    found: dict[str, dict[int, tuple[_Counts | None, _Counts | None]]] = {str(key): {} for key in keys}
    for key, subject, number in sorted({*then, *now}):
        one = (then.get((key, subject, number)), now.get((key, subject, number)))
        if one[0] != one[1]:
            found[key][subject] = one
    return found


def _reason(old: _Counts | None, new: _Counts | None, late: Sequence[Any], told: int) -> str:
    """Return why an order counts otherwise, the first reason that fits (keys of `corrected.WHY`)."""
    was, is_ = (one[0] or "" if one else "" for one in (old, new))
    if was != is_ and is_.startswith(EXCLUDED):
        return "excluded"
    if was != is_ and was.startswith(EXCLUDED):
        return "readmitted"
    if was != is_ and is_ in GONE:
        return is_
    kinds = {step.kind for step in late}
    for kind, reason in (("retract", "taken_back"), ("amend", "amended"), ("grant_extension", "extended")):
        if kind in kinds:
            return reason
    done = [step for step in late if step.kind in COUNTED and step.did_at <= told]
    if done:
        return "entered_late" if any(step.recorded_at > told for step in done) else "arrived_late"
    return "done_since" if kinds & COUNTED else "other"


def _arrived(session: Session, subjects: Iterable[int], told: int, upto: int) -> dict[int, list[Any]]:
    """Return the steps of some orders that have arrived since."""
    found: dict[int, list[Any]] = {}
    for part in chunks(subjects):
        for row in session.db.execute(_SINCE, {"subjects": part, "told": told, "upto": upto}):
            found.setdefault(row.subject, []).append(row)
    return found


_SINCE = select(STEPS.c.subject, STEPS.c.kind, STEPS.c.did_at, STEPS.c.recorded_at).where(
    STEPS.c.subject.in_(bindparam("subjects", expanding=True)),
    STEPS.c.arrived_at > bindparam("told"),
    STEPS.c.arrived_at <= bindparam("upto"),
)
