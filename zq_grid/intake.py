"""What is proposed for a new case before anybody decides: its grid, its unit, its type. What it may repeat: `duplicates.py`."""

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple
from weakref import WeakKeyDictionary

from zq_grid.catalogue import Catalogue
from zq_grid.session import Session

if TYPE_CHECKING:
    from zq_grid.places import Place


class _Words(NamedTuple):
    """The words of each type: where one may begin, and by its first character each word with the place of its type."""

    heads: re.Pattern[str]
    known: dict[str, list[tuple[str, int]]]
    types: tuple[str, ...]


# A catalogue doesn't change, and an import asks it for every row.
_WORDS: WeakKeyDictionary[Catalogue, _Words] = WeakKeyDictionary()


def place_facts(session: Session, body: Mapping[str, Any]) -> tuple[dict[str, str], "Place"]:
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


def rekey(session: Session, body: dict[str, Any]) -> None:
    """Give a corrected place its own key: by it repeats and hot spots are found, and the old one is another place's."""
    if "place" in body and "place_key" not in body:
        said = (str(body.get(name) or "") for name in ("place", "lon", "lat"))
        body["place_key"] = session.gazetteer.resolve(*said).key


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


def guess_type(catalogue: Catalogue, said: str) -> str:
    """Return the type whose words a text bears most of, else `other`: used where a file names no type."""
    words = _WORDS.get(catalogue)
    if words is None:
        words = _WORDS[catalogue] = _words(catalogue)
    hits: dict[int, int] = {}
    for head in set(words.heads.findall(said)):
        for word, place in words.known[head]:
            if word in said:
                hits[place] = hits.get(place, 0) + 1
    if not hits:
        return "other"
    most = max(hits.values())
    return words.types[min(place for place, count in hits.items() if count == most)]


def _words(catalogue: Catalogue) -> _Words:
    types = catalogue.current("type")
    known: dict[str, list[tuple[str, int]]] = {}
    for place, entry in enumerate(types.values()):
        for word in filter(None, entry.get("words", ())):
            known.setdefault(word[0], []).append((word, place))
    heads = "|".join(map(re.escape, known))
    return _Words(re.compile(heads or r"(?!)"), known, tuple(types))
