"""What is proposed for a new case before anybody decides: grid, unit, likely duplicates."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, select

from db.tables import CASES
from zq_grid.catalogue import Catalogue
from zq_grid.places import Place
from zq_grid.session import Session

LOOK_BACK = 30 * 86_400
MOST = 5


@dataclass(frozen=True, slots=True)
class Candidate:
    """A case that may be about the same matter, and why."""

    number: str
    stage: str
    why: str


def place_facts(session: Session, body: Mapping[str, Any]) -> tuple[dict[str, str], Place]:
    """Return the facts that the place of a new case adds: neighbourhood, grid, estate, key; what was given stays.

    An ambiguous address adds only what all its readings agree on.
    """
    gazetteer = session.gazetteer
    place = gazetteer.resolve(str(body.get("place") or ""), body.get("lon"), body.get("lat"))
    found = {
        "neighbourhood": place.neighbourhood,
        "grid": place.grid,
        "micro_grid": place.micro_grid,
        "estate": place.estate,
        "place_key": place.key or None,
    }
    made = {name: value for name, value in found.items() if value and not body.get(name)}
    given = body.get("neighbourhood")
    if given and given not in session.catalogue.current("neighbourhood"):
        code = gazetteer.neighbourhood_by_name(str(given))
        if code:
            made["neighbourhood"] = code
    return made, place


def route(catalogue: Catalogue, type_: str, neighbourhood: str | None) -> str | None:
    """Return the unit that a type's entry names; `neighbourhood` means the committee of the place."""
    named = (catalogue.get("type", type_) or {}).get("route")
    if named == "neighbourhood" or named is None:
        mine = f"n-{neighbourhood}" if neighbourhood else None
        return mine if mine and catalogue.get("unit", mine) else named_or_centre(catalogue)
    return str(named)


def named_or_centre(catalogue: Catalogue) -> str | None:
    """Return the town centre, which takes what nobody else is named for."""
    return "centre" if catalogue.get("unit", "centre") else None


def duplicates(session: Session, place_key: str | None, subject: int, received_at: int) -> list[Candidate]:
    """List recent cases at the same place, newest first, open or closed."""
    if not place_key:
        return []
    asked = {
        "key": place_key,
        "since": received_at - LOOK_BACK,
        "until": received_at + LOOK_BACK,
        "me": subject,
    }
    return [Candidate(row.number, row.stage, "same_place") for row in session.db.execute(_NEAR, asked)]


_NEAR = (
    select(CASES.c.number, CASES.c.stage)
    .where(
        CASES.c.place_key == bindparam("key"),
        CASES.c.received_at.between(bindparam("since"), bindparam("until")),
        CASES.c.subject != bindparam("me"),
    )
    .order_by(CASES.c.received_at.desc(), CASES.c.subject.desc())
    .limit(MOST)
)


def guess_type(catalogue: Catalogue, said: str) -> str:
    """Return the type whose words a text bears most of, else `other`: used where a file names no type."""
    best, most = "other", 0
    for code, entry in catalogue.current("type").items():
        hits = sum(word in said for word in entry.get("words", ()))
        if hits > most:
            best, most = code, hits
    return best
