"""The four rates and the re-check figures: SQL over `rounds`, following a metric profile (docs/rules.md R4, R5).

`recount.py` works the same figures out by another way; the two share only the names of facts.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from functools import lru_cache
from math import lcm
from typing import Any

from sqlalchemy import text

from db.tables import FOREVER
from zq_grid.errors import Refused
from zq_grid.rules.facts import RoundFacts
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
    found: list[Rate] = []
    moment = session.now if as_of is None else as_of
    for indicator in profile(session, profile_code, start)["indicator"]:
        if keys is None or indicator["key"] in keys:
            found += _indicator(session, indicator, start, end, moment, by)
    return found


def _check(start: int, end: int, by: str | None) -> None:
    if end <= start:
        raise Refused("period_empty", "the period ends before it begins")
    if by is not None and by not in GROUPS:
        raise Refused("group_unknown", f"no grouping {by}", group=by, known="、".join(GROUPS))


def _indicator(
    session: Session, one: Mapping[str, Any], start: int, end: int, moment: int, by: str | None
) -> list[Rate]:
    compiled = _compiled(_frozen(one))
    group = compiled.group(by)
    sql = (
        f"SELECT {group} AS grp, gone_out, excluded_out, own_out, count(*) AS n, sum(score) AS score, "
        "sum(CASE WHEN score > 0 THEN 1 ELSE 0 END) AS reached, "
        f"sum(CASE WHEN late_entered > 0 THEN 1 ELSE 0 END) AS late "
        f"FROM ({compiled.rows(group, older=_needs_older(session, moment))}) AS q "
        "GROUP BY 1, 2, 3, 4"
    )
    rows = session.db.execute(
        text(sql.replace(f"SELECT {group} AS grp", "SELECT grp", 1)), _values(start, end, moment)
    )
    made: dict[str | None, Rate] = {}
    if by is None:
        made[None] = Rate(one["key"], one["name"], None, one.get("measure", "rate"))
    for row in rows:
        key = None if by is None else row.grp or ""
        rate = made.setdefault(key, Rate(one["key"], one["name"], key, one.get("measure", "rate")))
        _add(rate, row, compiled.scale)
    return [made[key] for key in sorted(made, key=lambda k: (k == "", k or ""))]


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
    mine = "" if group is None else " AND COALESCE(grp, '') = :grp"
    part = "" if limit is None else " LIMIT :limit OFFSET :offset"
    asked = {"grp": group, "limit": limit, "offset": offset}
    asked = {name: value for name, value in asked.items() if f":{name}" in mine + part}
    for one in profile(session, profile_code, start)["indicator"]:
        if keys is not None and one["key"] not in keys:
            continue
        compiled = _compiled(_frozen(one))
        inner = compiled.rows(compiled.group(by), older=_needs_older(session, moment), subject=True)
        sql = (
            f"SELECT q.*, cases.number AS number, subjects.name AS name FROM ({inner}) AS q "
            "JOIN subjects ON subjects.id = q.subject LEFT JOIN cases ON cases.subject = q.subject "
            f"WHERE {ONLY[only]}{mine} ORDER BY number, name, q.round{part}"
        )
        for row in session.db.execute(text(sql), _values(start, end, moment) | asked):
            out = row.gone_out or (EXCLUDED + row.excluded_out if row.excluded_out else row.own_out)
            weight = Fraction(int(row.score or 0), compiled.scale)
            # a case whose log was retracted is in no list; its name says its number
            number = row.number or row.name.rpartition(":")[2]
            belongs = None if by is None else row.grp or ""
            found.append(Counted(one["key"], belongs, row.subject, number, row.round, weight, out))
    return found


def _values(start: int, end: int, moment: int) -> dict[str, Any]:
    return {"start": start, "end": end, "moment": moment}


def _needs_older(session: Session, moment: int) -> bool:
    """Tell whether versions that were replaced later may be asked for: a look back behind the newest step."""
    if session.practice:
        return True
    newest = session.db.execute(text("SELECT arrived_at FROM steps ORDER BY position DESC LIMIT 1")).scalar()
    return newest is not None and moment < newest


# from a profile's indicator to SQL -------------------------------------------------------------

Frozen = tuple[Any, ...]


def _frozen(value: Any) -> Any:
    """Return a hashable copy of a profile's indicator, so that its SQL is made once."""
    if isinstance(value, Mapping):
        return ("map", *((key, _frozen(item)) for key, item in sorted(value.items())))
    if isinstance(value, list | tuple):
        return ("list", *map(_frozen, value))
    return value


def _thawed(value: Any) -> Any:
    if isinstance(value, tuple):
        return {k: _thawed(v) for k, v in value[1:]} if value[0] == "map" else [_thawed(v) for v in value[1:]]
    return value


@dataclass(frozen=True)
class _Compiled:
    """One indicator as SQL text. All names come from RoundFacts, all words are checked to be plain."""

    counted_by: str
    where: str
    gone: str
    excluded: str
    own: str
    score: str
    scale: int
    unit: str

    def group(self, by: str | None) -> str:
        return "NULL" if by is None else self.unit if by == "unit" else by

    def rows(self, group: str, *, older: bool, subject: bool = False) -> str:
        columns = (
            f"{group} AS grp, {self.gone} AS gone_out, {self.excluded} AS excluded_out, {self.own} AS own_out, "
            f"{self.score} AS score, late_entered"
        )
        columns += ", subject, round" if subject else ""
        base = f"SELECT {columns} FROM rounds WHERE {self.where} AND since <= :moment AND "
        current = base + f"until = {FOREVER} AND source = 'hotline'"
        if not older:
            return current
        before = (
            base
            + f"{self.counted_by} IS NOT NULL AND until < {FOREVER} AND until > :moment AND source = 'hotline'"
        )
        return f"{current} UNION ALL {before}"


@lru_cache(maxsize=64)
def _compiled(frozen: Frozen) -> _Compiled:
    one = _thawed(frozen)
    at = _fact(one["counted_by"])
    where = [f"{at} >= :start", f"{at} < :end", "round = 1" if one["rounds"] == "first" else "round > 1"]
    if one.get("passed") == "yes":
        where.append(f"{at} < :moment")
    where += [f"{_fact(name)} IS NOT NULL" for name in one.get("needs", ())]
    kept = f" AND {_fact(one['kept'])} = 0" if "kept" in one else ""
    late = f"gone_at IS NULL OR ({at} >= gone_at{kept})"
    own = [f"WHEN {_condition(out)} THEN {_reason(out)}" for out in one.get("out", ())]
    score, scale = _score(one)
    return _Compiled(
        counted_by=at,
        where=" AND ".join(where),
        gone=f"CASE WHEN gone IS NOT NULL AND ({late}) THEN gone END",
        excluded=_fact(one["excluded"]) if "excluded" in one else "CAST(NULL AS TEXT)",
        own=f"CASE {' '.join(own)} END" if own else "CAST(NULL AS TEXT)",
        score=score,
        scale=scale,
        unit=_fact(one.get("unit", "unit_close")),
    )


def _score(one: Mapping[str, Any]) -> tuple[str, int]:
    if weights := one.get("weights"):
        fact = _fact(weights["fact"])
        values = {word: Fraction(str(w)) for word, w in weights.items() if word != "fact"}
        scale = 1
        for value in values.values():
            scale = lcm(scale, value.denominator)
        cases = " ".join(f"WHEN {_word(word)} THEN {int(value * scale)}" for word, value in values.items())
        return f"CASE {fact} {cases} ELSE 0 END", scale
    tests = " AND ".join(_condition(test) for test in one.get("success", ())) or "1 = 1"
    return f"CASE WHEN {tests} THEN 1 ELSE 0 END", 1


def _condition(test: Mapping[str, Any]) -> str:
    fact = _fact(test["fact"])
    if "is" in test:
        value = test["is"]
        return f"{fact} = {value if isinstance(value, int) else _word(value)}"
    if "in" in test:
        return f"{fact} IN ({', '.join(map(_word, test['in']))})"
    if "at_most" in test:
        return f"{fact} <= {_fact(test['at_most'])}"
    return f"{fact} IS NULL" if test.get("absent") == "yes" else f"{fact} IS NOT NULL"


def _reason(test: Mapping[str, Any]) -> str:
    return _word(test["reason"]) if "reason" in test else _fact(test["fact"])


def _fact(name: str) -> str:
    if name not in RoundFacts._fields:
        raise Refused("profile_invalid", f"no fact {name}", fault=name)
    return name


def _word(word: str) -> str:
    if not str(word).replace("_", "").isalnum():
        raise Refused("profile_invalid", f"not a plain word: {word}", fault=word)
    return f"'{word}'"
