"""The four rates and the re-check figures: SQL over `rounds`, following a metric profile (docs/rules.md R4, R5).

`recount.py` works the same figures out by another way; the two share only the names of facts.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any, NamedTuple

from zq_grid import rates_sql
from zq_grid.errors import Refused
from zq_grid.session import Session

GROUPS = ("area", "neighbourhood", "unit", "worker", "type", "source")
EXCLUDED = "excluded:"
# What `explain` may be asked for less than all.
ONLY = {
    "all": "1 = 1",
    "late": "late_entered > 0",
    "out": "(gone_out IS NOT NULL OR excluded_out IS NOT NULL OR own_out IS NOT NULL)",
    "nobody": "grp IS NULL",
    "in": "gone_out IS NULL AND excluded_out IS NULL AND own_out IS NULL AND score > 0",
    "missed": "gone_out IS NULL AND excluded_out IS NULL AND own_out IS NULL AND score = 0",
}


@dataclass(slots=True)
class Rate:
    """One figure: what was counted, of how many, and what was left out and why.

    `numerator` is exact; `raw` is the figure before approved exclusions. `group` is None for the whole,
    "" for the row of those with no owner.
    """

    key: str
    name: str
    group: str | None
    measure: str = "rate"
    numerator: Fraction = Fraction(0)
    denominator: int = 0
    raw_numerator: Fraction = Fraction(0)
    raw_denominator: int = 0
    excluded: dict[str, int] = field(default_factory=dict)
    late_entered: int = 0
    reached: int = 0  # rounds in the numerator, whatever each weighs

    @property
    def value(self) -> str | None:
        """Percent with one decimal, half up; None for an empty base."""
        return percent(self.numerator, self.denominator)

    @property
    def raw_value(self) -> str | None:
        """The percentage before approved exclusions."""
        return percent(self.raw_numerator, self.raw_denominator)


@dataclass(frozen=True, slots=True)
class Counted:
    """One round that an indicator looked at: in the numerator (with its weight), in the base only, or out and why."""

    key: str
    group: str | None
    subject: int
    number: str
    round: int
    weight: Fraction
    out: str | None


class Picked(NamedTuple):
    """One round that an indicator looked at, its group by each grouping asked for, and why it is out."""

    key: str
    subject: int
    out: str | None
    groups: tuple[str, ...]


def percent(numerator: Fraction, denominator: int) -> str | None:
    """Return numerator ÷ denominator in percent, one decimal, half up, from exact fractions; None for an empty base."""
    if not denominator:
        return None
    exact = Fraction(numerator) * 1000 / denominator
    tenths = (2 * exact.numerator + exact.denominator) // (2 * exact.denominator)
    return f"{tenths // 10}.{tenths % 10}"


def exact(number: Fraction) -> int | str:
    """Return a numerator as JSON has it: an integer, or a decimal string without trailing zeros."""
    if number.denominator == 1:
        return int(number)
    found = Decimal(number.numerator) / Decimal(number.denominator)
    return format(found.quantize(Decimal("0.000001"), ROUND_HALF_UP).normalize(), "f")


def profile(session: Session, code: str, start: int) -> Mapping[str, Any]:
    """Return the profile valid at the period's start (R3.5, domain 3a.12).

    Raises:
        Refused: "profile_unknown".
    """
    found = session.catalogue.at("profile", code, start)
    if found is None:
        known = "、".join(session.catalogue.current("profile"))
        raise Refused("profile_unknown", f"no profile {code}", profile=code, known=known)
    return found


def rates(
    session: Session,
    *,
    start: int,
    end: int,
    by: str | None = None,
    profile_code: str = "default",
    as_of: int | None = None,
    keys: Sequence[str] | None = None,
) -> list[Rate]:
    """Return every indicator of the profile for the half-open period, for the whole or one row a group.

    Args:
        start, end: seconds UTC; `by`: one of GROUPS or None; `as_of`: now unless given.
        keys: only these indicators.

    Raises:
        Refused: "profile_unknown", "period_empty", "group_unknown".
    """
    _check(start, end, by)
    moment = session.now if as_of is None else as_of
    asked = [
        one
        for one in profile(session, profile_code, start)["indicator"]
        if keys is None or one["key"] in keys
    ]
    if not asked:
        return []
    made: list[dict[str | None, Rate]] = [{} if by else {None: _empty(one, None)} for one in asked]
    compiled = tuple(map(rates_sql.compiled, asked))
    past = rates_sql.older(session, moment)
    statement = rates_sql.summed(compiled, by, past, session.db.dialect.name)
    for row in session.db.execute(statement, _values(start, end, moment)):
        group = None if by is None else row.grp or ""
        rate = made[row.nth].get(group)
        if rate is None:
            rate = made[row.nth][group] = _empty(asked[row.nth], group)
        _add(rate, row, compiled[row.nth].scale)
    return [mine[key] for mine in made for key in sorted(mine, key=lambda k: (k == "", k or ""))]


def _empty(one: Mapping[str, Any], group: str | None) -> Rate:
    return Rate(one["key"], one["name"], group, one.get("measure", "rate"))


def _check(start: int, end: int, by: str | None) -> None:
    if end <= start:
        raise Refused("period_empty", "the period ends before it begins")
    if by is not None and by not in GROUPS:
        raise Refused("group_unknown", f"no grouping {by}", group=by, known="、".join(GROUPS))


def _add(rate: Rate, row: Any, scale: int) -> None:
    score = Fraction(int(row.score or 0), scale)
    if row.gone_out:
        rate.excluded[row.gone_out] = rate.excluded.get(row.gone_out, 0) + row.n
        return
    if not row.own_out:
        rate.raw_denominator += row.n
        rate.raw_numerator += score
    reason = EXCLUDED + row.excluded_out if row.excluded_out else row.own_out
    if reason:
        rate.excluded[reason] = rate.excluded.get(reason, 0) + row.n
        return
    rate.denominator += row.n
    rate.numerator += score
    rate.reached += int(row.reached or 0)
    rate.late_entered += int(row.late or 0)


def explain(
    session: Session,
    *,
    start: int,
    end: int,
    by: str | None = None,
    profile_code: str = "default",
    as_of: int | None = None,
    only: str = "all",
    keys: Sequence[str] | None = None,
    group: str | None = None,
    offset: int = 0,
    limit: int | None = None,
) -> list[Counted]:
    """List every round that each indicator counted in, counted in the base only, or left out and why.

    Args:
        only: "late" for those with a late-entered step, "out" for those left out, "nobody" for those of no group,
            "in" for those in the numerator, "missed" for those in the base only.
        keys: only these indicators; group: only this one, "" for those of none.
        offset, limit: a part of each indicator's list.
    """
    _check(start, end, by)
    moment = session.now if as_of is None else as_of
    found: list[Counted] = []
    past, dialect = rates_sql.older(session, moment), session.db.dialect.name
    where = ONLY[only] + ("" if group is None else " AND COALESCE(grp, '') = :grp")
    part = "" if limit is None else " LIMIT :limit OFFSET :offset"
    asked = {"grp": group, "limit": limit, "offset": offset}
    asked = {name: value for name, value in asked.items() if f":{name}" in where + part}
    for one in profile(session, profile_code, start)["indicator"]:
        if keys is not None and one["key"] not in keys:
            continue
        compiled = rates_sql.compiled(one)
        statement = rates_sql.explained(compiled, by, where, part, past, dialect)
        for row in session.db.execute(statement, _values(start, end, moment) | asked):
            weight = Fraction(int(row.score or 0), compiled.scale)
            # a case whose log was retracted is in no list; its name says its number
            number = row.number or row.name.rpartition(":")[2]
            belongs = None if by is None else row.grp or ""
            found.append(Counted(one["key"], belongs, row.subject, number, row.round, weight, _out(row)))
    return found


def picked(
    session: Session,
    *,
    start: int,
    end: int,
    by: tuple[str, ...] = (),
    profile_code: str = "default",
    as_of: int | None = None,
    only: str,
    keys: Sequence[str],
) -> list[Picked]:
    """Return the rounds that `explain` would list, in no order and without their numbers, which is far cheaper.

    Args:
        by: any of GROUPS; `only`: as of `explain`, but not "nobody".
        keys: only these indicators.

    Raises:
        Refused: as `rates`.
    """
    for name in by or (None,):
        _check(start, end, name)
    moment = session.now if as_of is None else as_of
    asked = [one for one in profile(session, profile_code, start)["indicator"] if one["key"] in keys]
    if not asked:
        return []
    past = rates_sql.older(session, moment)
    compiled = tuple(map(rates_sql.compiled, asked))
    statement = rates_sql.listed(compiled, by, ONLY[only], past, session.db.dialect.name)
    rows = session.db.execute(statement, _values(start, end, moment))
    return [
        Picked(asked[row.nth]["key"], row.subject, _out(row), tuple(g or "" for g in row[5:])) for row in rows
    ]


def _out(row: Any) -> str | None:
    """Return why a round was left out, the first reason that fits (R4.6)."""
    out: str | None = row.gone_out or (EXCLUDED + row.excluded_out if row.excluded_out else row.own_out)
    return out


def _values(start: int, end: int, moment: int) -> dict[str, Any]:
    return {"start": start, "end": end, "moment": moment}
