"""The rates as a page shows them: the period beside the one before, a row for each group, eight weeks, the cases."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from sqlalchemy import select

from db.tables import CASES
from zq_grid import rates
from zq_grid.rates import Rate
from zq_grid.rules import worktime
from zq_grid.session import Session

WEEK = 7 * 86_400
WEEKS = 8
FOUR = ("first_contact", "on_time_closing", "actual_resolution", "satisfaction")


@dataclass(frozen=True, slots=True)
class Row:
    """One group ("" for no owner, None for the whole town) with its figures by key."""

    group: str | None
    rates: Mapping[str, Rate]


@dataclass(frozen=True, slots=True)
class Board:
    """What was counted in a period: the whole, the same length of time before it, and each group.

    `names` are the indicators of the profile in its order: key → (Chinese, English).
    """

    whole: Row
    before: Mapping[str, Rate]
    rows: tuple[Row, ...]
    names: Mapping[str, tuple[str, str]]
    version: int


@dataclass(frozen=True, slots=True)
class Point:
    """One week of the trend: its Monday, and the four in percent; None where nothing was counted."""

    monday: date
    values: Mapping[str, str | None]


@dataclass(frozen=True, slots=True)
class RateCase:
    """One round that a figure looked at, with what a list shows of its case.

    `weight` is what it adds to the numerator; `out` says why it was left out, None for one that counts.
    """

    number: str
    round: int
    weight: Fraction
    out: str | None
    type: str = ""
    place: str = ""


def board(
    session: Session,
    *,
    start: int,
    end: int,
    before: tuple[int, int],
    by: str,
    profile_code: str = "default",
    as_of: int | None = None,
) -> Board:
    """Return the figures of `[start, end)` and of the period `before` to compare them with, seconds UTC.

    Groups come in the order of the catalogue, those it doesn't know behind them, no owner last.

    Raises:
        Refused: as `rates.rates`.
    """
    more: dict[str, Any] = {"profile_code": profile_code, "as_of": as_of}
    profile = rates.profile(session, profile_code, start)
    whole = _by_key(rates.rates(session, start=start, end=end, **more))
    earlier = _by_key(rates.rates(session, start=before[0], end=before[1], **more))
    grouped: dict[str, dict[str, Rate]] = {}
    for rate in rates.rates(session, start=start, end=end, by=by, **more):
        grouped.setdefault(rate.group or "", {})[rate.key] = rate
    kinds = {"area", "neighbourhood", "unit", "type"}
    known = list(session.catalogue.with_places(session.db).current(by)) if by in kinds else []
    place = {code: nth for nth, code in enumerate(known)}
    ordered = sorted(grouped, key=lambda code: (code == "", place.get(code, len(place)), code))
    names = {
        one["key"]: (str(one["name"]), str(one.get("english", one["name"]))) for one in profile["indicator"]
    }
    rows = tuple(Row(code, grouped[code]) for code in ordered)
    return Board(Row(None, whole), earlier, rows, names, int(profile.get("version", 1)))


def _by_key(found: Sequence[Rate]) -> dict[str, Rate]:
    return {rate.key: rate for rate in found}


def trend(
    session: Session,
    *,
    monday: date,
    profile_code: str = "default",
    as_of: int | None = None,
    weeks: int = WEEKS,
) -> tuple[Point, ...]:
    """Return the four rates of the weeks up to the one that begins on `monday`, by the profile of each (R7.2).

    Raises:
        Refused: as `rates.rates`.
    """
    points = []
    for back in range(weeks - 1, -1, -1):
        first = monday - timedelta(weeks=back)
        start = worktime.day_start(first)
        found = rates.rates(
            session, start=start, end=start + WEEK, profile_code=profile_code, as_of=as_of, keys=FOUR
        )
        points.append(Point(first, {rate.key: rate.value for rate in found}))
    return tuple(points)


def cases(
    session: Session,
    *,
    start: int,
    end: int,
    key: str,
    only: str,
    by: str | None = None,
    group: str | None = None,
    profile_code: str = "default",
    as_of: int | None = None,
    offset: int = 0,
    limit: int = 100,
) -> tuple[RateCase, ...]:
    """Return a part of the rounds behind one figure, by number.

    Args:
        key: the indicator; `only`: "in", "missed" or "out".
        by, group: of one row of a table; both None for the whole.

    Raises:
        Refused: as `rates.explain`.
    """
    found = rates.explain(
        session,
        start=start,
        end=end,
        by=by,
        profile_code=profile_code,
        as_of=as_of,
        only=only,
        keys=(key,),
        group=group,
        offset=offset,
        limit=limit,
    )
    wanted = select(CASES.c.subject, CASES.c.type, CASES.c.place)
    rows = session.db.execute(wanted.where(CASES.c.subject.in_([one.subject for one in found])))
    shown = {row.subject: (row.type, row.place or "") for row in rows}
    return tuple(
        RateCase(one.number, one.round, one.weight, one.out, *shown.get(one.subject, ("", "")))
        for one in found
    )


def change(now: Rate | None, before: Rate | None) -> Fraction | None:
    """Return by how many percentage points a rate moved; None where either has an empty base."""
    if now is None or before is None or not now.denominator or not before.denominator:
        return None
    return (now.numerator / now.denominator - before.numerator / before.denominator) * 100
