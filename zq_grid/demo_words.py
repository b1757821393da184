"""What invented people say in the demo: matters by where they come from, replies, names, phones.

All of it is made up (`resources/demo/matters.toml`). Phones begin with 154, which no operator gives out; a name
that somebody bears is chance.
"""

from collections.abc import Mapping
from functools import cache
from random import Random
from typing import Any, NamedTuple

from zq_grid.resources import toml

PHONES = "154"
# How much more often a matter of a season comes in it than out of it; a storm's matters come in no other week.
IN_SEASON = 3


class Matter(NamedTuple):
    """One thing to complain of, or to find: type, kind, facts of the type, words, what was found, what was done."""

    type: str
    kind: str
    text: str
    findings: str
    result: str
    facts: Mapping[str, str]


class Kind(NamedTuple):
    """One way of trouble, with all its wordings. `season`: when it comes more often."""

    type: str
    streams: frozenset[str]
    weight: int
    season: str
    entry: Mapping[str, Any]


@cache
def _data() -> Mapping[str, Any]:
    return toml("demo/matters.toml")


@cache
def _kinds() -> tuple[Kind, ...]:
    return tuple(
        Kind(one["type"], frozenset(one["streams"]), one["weight"], one.get("season", ""), one)
        for one in _data()["matter"]
    )


def words(name: str) -> list[str]:
    """Return the list of sentences of a name: dissatisfied, lukewarm."""
    found: list[str] = _data()[name]
    return found


def pick(rng: Random, stream: str, season: str = "") -> Matter:
    """Return something that comes by a stream in a season, by weight.

    Args:
        rng: of what is invented.
        stream: hotline, patrol, police, safety, dispute, labour, petition, enterprise.
        season: summer, holiday, storm, or "" for an ordinary week.
    """
    table, weights = _table(stream, season)
    return _worded(rng, rng.choices(table, weights)[0], stream)


@cache
def _table(stream: str, season: str) -> tuple[tuple[Kind, ...], tuple[int, ...]]:
    found = [kind for kind in _kinds() if stream in kind.streams]
    if season == "storm":
        only = [kind for kind in found if kind.season == "storm"]
        found = only or found
    else:
        found = [kind for kind in found if kind.season != "storm"]
    weights = [kind.weight * (IN_SEASON if season and kind.season == season else 1) for kind in found]
    return tuple(found), tuple(weights)


def of_type(rng: Random, type_: str, stream: str = "hotline") -> Matter:
    """Return the first matter of a type that comes by a stream, in some wording."""
    return _worded(rng, next(k for k in _kinds() if k.type == type_ and stream in k.streams), stream)


def _worded(rng: Random, kind: Kind, stream: str) -> Matter:
    entry = kind.entry
    slots = {
        "n": rng.randrange(2, 8),
        "days": rng.randrange(3, 16),
        "floor": rng.randrange(2, 7),
        "hour": rng.choice(("九", "十", "十一")),
    }

    def one(name: str) -> str:
        return str(rng.choice(entry[name])).format_map(slots)

    said = one("says")
    if stream in ("hotline", "petition", "enterprise") and entry.get("kind") != "thanks":
        said += str(rng.choice(_data()["tails"])).format_map(slots)
    asked = str(entry.get("kind", "")) if stream in ("hotline", "petition", "enterprise") else ""
    return Matter(kind.type, asked, said, one("findings"), one("results"), entry.get("facts", {}))


def person(rng: Random) -> tuple[str, str]:
    """Return an invented caller's name and a phone nobody has."""
    data = _data()
    given = rng.choice(data["given"]) + (rng.choice(data["given"]) if rng.random() < 0.7 else "")
    return rng.choice(data["surnames"]) + given, f"{PHONES}{rng.randrange(10**8):08}"
