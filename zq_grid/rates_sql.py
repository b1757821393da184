"""A profile's indicators as SQL over `rounds`: what is counted, by which time, for whom, and what is left out.

What was known at a past moment stands in two kinds of rows: versions that still stand, and versions replaced since.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction
from functools import lru_cache
from math import lcm
from typing import Any

from sqlalchemy import TextClause, text

from db.tables import FOREVER
from zq_grid.errors import Refused
from zq_grid.rules.facts import RoundFacts
from zq_grid.session import Session

FEW = 20_000
"""So many replaced versions are read at once; of more, each indicator reads those of its own period."""


class Older(Enum):
    """How many versions were replaced since the moment that is asked about."""

    NONE = "none"
    FEW = "few"
    MANY = "many"


_NEWEST = text("SELECT arrived_at FROM steps ORDER BY position DESC LIMIT 1")
_REPLACED = text(
    f"SELECT count(*) FROM (SELECT 1 FROM rounds WHERE until < {FOREVER} AND until > :moment LIMIT {FEW + 1}) AS q"
)


def older(session: Session, moment: int) -> Older:
    """Tell how many replaced versions a look back to `moment` has to read: none before the newest step is asked."""
    if not session.practice:
        newest = session.db.execute(_NEWEST).scalar()
        if newest is None or moment >= newest:
            return Older.NONE
    replaced = session.db.execute(_REPLACED, {"moment": moment}).scalar() or 0
    return Older.MANY if replaced > FEW else Older.FEW if replaced else Older.NONE


# Replaced versions that were known at the moment, for all indicators of a statement.
_PAST = (
    f"WITH past AS MATERIALIZED (SELECT * FROM rounds WHERE until < {FOREVER} AND until > :moment"
    " AND since <= :moment AND source = 'hotline') "
)
# SQLite keeps no count of what a partial index holds, and would walk every version replaced since the moment.
_BEFORE = {
    "contact_due": "ix_rounds_contact_before",
    "close_due": "ix_rounds_close_before",
    "closed_at": "ix_rounds_closed_before",
    "visit_at": "ix_rounds_visit_before",
    "began_at": "ix_rounds_began_before",
}


@lru_cache(maxsize=256)
def summed(indicators: tuple["Compiled", ...], by: str | None, past: Older, dialect: str) -> TextClause:
    """Return the statement that counts every indicator, `nth` of them, by group and by why it was left out."""
    each = (
        f"SELECT {nth} AS nth, grp, gone_out, excluded_out, own_out, count(*) AS n, sum(score) AS score, "
        "sum(CASE WHEN score > 0 THEN 1 ELSE 0 END) AS reached, "
        "sum(CASE WHEN late_entered > 0 THEN 1 ELSE 0 END) AS late "
        f"FROM ({one.rows(f'{one.group(by)} AS grp', past, dialect)}) AS q GROUP BY 2, 3, 4, 5"
        for nth, one in enumerate(indicators)
    )
    return text(_with(past) + " UNION ALL ".join(each))


@lru_cache(maxsize=256)
def listed(
    indicators: tuple["Compiled", ...], by: tuple[str, ...], where: str, past: Older, dialect: str
) -> TextClause:
    """Return the statement for the rounds that `where` picks: `nth` indicator, subject, its group by each of `by`."""
    each, named = [], ["grp", *(f"grp_{name}" for name in by[1:])][: len(by)]
    columns = ", ".join(("subject", "gone_out", "excluded_out", "own_out", *named))
    for nth, one in enumerate(indicators):
        groups = (f"{one.group(name)} AS {alias}" for alias, name in zip(named, by, strict=True))
        rows = one.rows(", ".join((*groups, "subject")), past, dialect)
        each.append(f"SELECT {nth} AS nth, {columns} FROM ({rows}) AS q WHERE {where}")
    return text(_with(past) + " UNION ALL ".join(each))


@lru_cache(maxsize=64)
def touched(indicators: tuple["Compiled", ...], where: str, past: Older, dialect: str) -> TextClause:
    """Return the statement for the versions that `where` picks by `since` and `until`: how each of them counts."""
    each = (
        f"SELECT {nth} AS nth, subject, round, gone_out, excluded_out, own_out, score "
        f"FROM ({one.rows('subject, round, since, until', past, dialect)}) AS q WHERE {where}"
        for nth, one in enumerate(indicators)
    )
    return text(_with(past) + " UNION ALL ".join(each))


@lru_cache(maxsize=256)
def explained(
    one: "Compiled", by: str | None, where: str, part: str, past: Older, dialect: str
) -> TextClause:
    """Return the statement that lists the rounds of one indicator with the number of each case, by number."""
    rows = one.rows(f"{one.group(by)} AS grp, subject, round", past, dialect)
    return text(
        f"{_with(past)}SELECT q.*, cases.number AS number, subjects.name AS name FROM ({rows}) AS q "
        "JOIN subjects ON subjects.id = q.subject LEFT JOIN cases ON cases.subject = q.subject "
        f"WHERE {where} ORDER BY number, name, q.round{part}"
    )


def _with(past: Older) -> str:
    return _PAST if past is Older.FEW else ""


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
class Compiled:
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
        """Return the column of a grouping."""
        return "NULL" if by is None else self.unit if by == "unit" else by

    def rows(self, columns: str, past: Older, dialect: str) -> str:
        """Return the rounds that are looked at: `columns`, why each is out, its weight and whether it came late."""
        asked = (
            f"SELECT {columns}, {self.gone} AS gone_out, {self.excluded} AS excluded_out, {self.own} AS own_out, "
            f"{self.score} AS score, late_entered FROM "
        )
        known = "since <= :moment AND source = 'hotline'"
        now = f"{asked}rounds WHERE {self.where} AND {known} AND until = {FOREVER}"
        if past is Older.NONE:
            return now
        if past is Older.FEW:
            return f"{now} UNION ALL {asked}past WHERE {self.where}"
        index = _BEFORE.get(self.counted_by) if dialect == "sqlite" else None
        by = f" INDEXED BY {index}" if index else ""
        replaced = f"{self.counted_by} IS NOT NULL AND until < {FOREVER} AND until > :moment"
        return f"{now} UNION ALL {asked}rounds{by} WHERE {self.where} AND {known} AND {replaced}"


def compiled(indicator: Mapping[str, Any]) -> Compiled:
    """Return an indicator of a profile as SQL, which is made once.

    Raises:
        Refused: "profile_invalid" for a fact or a word that isn't plain.
    """
    return _compiled(_frozen(indicator))


@lru_cache(maxsize=64)
def _compiled(frozen: Frozen) -> Compiled:
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
    return Compiled(
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
