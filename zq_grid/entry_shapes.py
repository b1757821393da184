"""What the values of an entry must be, key by key, and what they may name: checked before anything reads them.

A file that somebody wrote by hand may hold a number where a list belongs. Keys that aren't known here are let pass.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from zq_grid.catalogue import Catalogue
from zq_grid.errors import Refused

# T text, I whole number, L list of texts, D table, A list of tables.
_COMMON = {"code": "T", "name": "T", "english": "T", "short": "T", "aliases": "L"}
SHAPES: Mapping[str, Mapping[str, str]] = {
    "limits": {"callers": "L", "close": "D", "close.kind": "D", "close.mode": "D"},
    "type": {
        "route": "T",
        "words": "L",
        "field": "A",
        "limits": "D",
        "confidential": "T",
        "photos": "L",
        **{
            f"field.{name}": "T"
            for name in ("key", "name", "english", "widget", "listed", "needed", "personal")
        },
        "field.choices": "L",
        "field.show_when": "D",
    },
    "unit": {"directory": "D", "league": "T", "neighbourhood": "T"},
    "area": {"town": "T"},
    "neighbourhood": {"area": "T", "households": "I", "kind": "T"},
    "grid": {"neighbourhood": "T", "number": "I", "micro_grids": "A", "micro_grids.code": "T"},
    "estate": {"neighbourhood": "T", "addresses": "A", "buildings": "A", "households": "I", "kind": "T"},
    "street": {"numbers": "A"},
    "worker": {"roles": "L", "grids": "L", "neighbourhoods": "L", "unit": "T"},
    "absence": dict.fromkeys(("worker", "deputy", "since", "until", "reason"), "T"),
    "place": dict.fromkeys(("said", "estate", "grid", "neighbourhood"), "T"),
    "profile": {
        "indicator": "A",
        "population": "D",
        "score": "D",
        "basis": "T",
        "valid_from": "T",
        **{f"indicator.{name}": "T" for name in ("key", "name", "english", "rounds", "counted_by", "unit")},
        "indicator.success": "A",
        "indicator.out": "A",
        "indicator.weights": "D",
        "indicator.needs": "L",
    },
    "station": dict.fromkeys(("town", "bulletin", "approved_by", "compiled_by", "issued_by", "sent_to"), "T"),
    "alias": dict.fromkeys(("field", "said", "means"), "T"),
}
# What must be more than nothing.
_FILLED = {"name": "T", "indicator": "A", "said": "T"}
# Key → kind of the entry that it names.
_NAMES: Mapping[str, Mapping[str, str]] = {
    "neighbourhood": {"area": "area"},
    "grid": {"neighbourhood": "neighbourhood"},
    "estate": {"neighbourhood": "neighbourhood"},
    "unit": {"neighbourhood": "neighbourhood"},
    "place": {"estate": "estate", "grid": "grid", "neighbourhood": "neighbourhood"},
    "absence": {"worker": "worker", "deputy": "worker"},
    "type": {"route": "unit"},
}
_MEANT = frozenset({"unit", "neighbourhood", "type", "street"})


def fault(kind: str, entry: Mapping[str, Any]) -> str | None:
    """Return the key of an entry whose value is of another shape than it must be, or is empty; None if all fit."""
    for path, shape in {**_COMMON, **SHAPES.get(kind, {})}.items():
        if any(not _fits(value, shape) for value in _at(entry, path.split("."))):
            return path
    for key in _FILLED:
        if key in entry and not (entry[key].strip() if isinstance(entry[key], str) else entry[key]):
            return key
    return None


def _at(entry: Any, path: list[str]) -> Iterator[Any]:
    """Yield what stands under a path, in each of the tables of a list."""
    if isinstance(entry, list):
        for one in entry:
            yield from _at(one, path)
    elif not path:
        yield entry
    elif isinstance(entry, Mapping) and path[0] in entry:
        found = entry[path[0]]
        if len(path) == 1:
            yield found
        else:
            yield from _at(found, path[1:])


def _fits(value: Any, shape: str) -> bool:
    if shape == "T":
        return isinstance(value, str)
    if shape == "I":
        return isinstance(value, int)
    if shape == "D":
        return isinstance(value, Mapping)
    inner = str if shape == "L" else Mapping
    return isinstance(value, list) and all(isinstance(one, inner) for one in value)


def refuse_dangling(known: Catalogue, kind: str, entry: Mapping[str, Any]) -> None:
    """Refuse an entry that names another which is not there, or not in use any more.

    Raises:
        Refused: "entry_refers".
    """
    named = [(key, of, entry.get(key)) for key, of in _NAMES.get(kind, {}).items()]
    if kind == "alias" and entry["field"] in _MEANT:
        field = str(entry["field"])
        meant = str(entry["means"])
        in_use = known.current(field)
        named = [] if any(meant == one.get("name") for one in in_use.values()) else [("means", field, meant)]
    for key, of, said in named:
        committee = kind == "type" and said == "neighbourhood"
        if said and not committee and str(said) not in known.current(of):
            facts = {"fault": f"{key} = {said}", "entry": str(entry.get("code", ""))}
            raise Refused("entry_refers", f"no {of} {said}", kind=of, said=str(said)[:60], **facts)
