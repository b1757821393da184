"""Import profiles: how one sort of file is read, remembered as entries `import`, proposed when the like comes again.

An entry: `code`, `name`, and where they are told `source`, `sheet`, `date_order`, `map` (field → header), and the
`headers` of the file that it was remembered from, with their `fingerprint`.
"""

import hashlib
import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from zq_grid import catalogue, entries
from zq_grid.errors import Refused
from zq_grid.importing.headers import Mapping as Columns
from zq_grid.importing.headers import map_headers
from zq_grid.importing.table import Table
from zq_grid.importing.words import Words, key
from zq_grid.session import Session

KIND = "import"
ALIKE = 0.6  # share of headers, of the longer list, that must be equal
MOST_HEADERS = 200
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,39}")
NOTHING: Mapping[str, Any] = {}


class Chosen(NamedTuple):
    """The profile a file is read by: its code ("" for none), its entry, and whether nobody had asked for it."""

    code: str = ""
    entry: Mapping[str, Any] = NOTHING
    proposed: bool = False


def named(known: Mapping[str, Mapping[str, Any]], said: str) -> Chosen:
    """Return the profile with a code or a name.

    Raises:
        Refused: "import_profile_unknown".
    """
    by_name = [code for code, entry in known.items() if entry.get("name") == said]
    code = said if said in known else by_name[0] if len(by_name) == 1 else ""
    if not code:
        shown = "、".join(
            f"{one}（{entry['name']}）" if entry.get("name") else one for one, entry in known.items()
        )
        raise Refused("import_profile_unknown", "no such profile", profile=said, known=shown or "—")
    return Chosen(code, known[code])


def proposal(known: Mapping[str, Mapping[str, Any]], table: Table, words: Words) -> Chosen:
    """Return the remembered profile whose file this one resembles most; none if none does.

    Alike are files of the same fingerprint, and files of which at least six headers in ten (of the longer list)
    are the same, one of those that the profile maps among them where it maps any. Of two that are equally like,
    neither is used.
    """
    ranked = sorted(
        ((share, code) for code, entry in known.items() if (share := _alike(entry, table, words)) >= ALIKE),
        reverse=True,
    )
    if not ranked or (len(ranked) > 1 and ranked[0][0] == ranked[1][0]):
        return Chosen()
    code = ranked[0][1]
    return Chosen(code, known[code], True)


def _alike(entry: Mapping[str, Any], table: Table, words: Words) -> float:
    """Return the share of headers that the file of a profile and this table have in common."""
    theirs = {key(str(header)) for header in entry.get("headers", ())}
    if not theirs:
        return 0.0
    mapped = entry.get("map", NOTHING)
    columns = map_headers(table, words=words, proposed=mapped, guess=False).columns
    ours = {key(column.header) for column in columns} - {""}
    if mapped and not ours & {key(str(header)) for header in mapped.values()}:
        return 0.0
    return len(ours & theirs) / max(len(ours), len(theirs))


def fingerprint(headers: Sequence[str]) -> str:
    """Return what two files with the same headers, in whatever order and spacing, have in common."""
    return hashlib.sha256("\n".join(sorted(set(map(key, headers)) - {""})).encode()).hexdigest()[:16]


class Told(NamedTuple):
    """What a person said about one file, beside its name: `--map`, `--sheet`, and a name to keep it under."""

    overrides: Mapping[str, str]
    sheet: str | None = None
    name: str = ""


def remember(session: Session, columns: Columns, used: Chosen, told: Told, file: str) -> str | None:
    """Define the profile by which this file was read, if it is worth it and new; returns its code.

    Worth it is what the program wouldn't know by itself next time: columns told or guessed, or a name given for
    the profile. A proposed profile to which something was told is renewed; a profile that the person chose stays
    as it is, unless they give a name.
    """
    by_hand = {
        c.field: c.header for c in columns.columns if c.field and c.why in {"told", "guess"} and c.header
    }
    if not told.name and (not by_hand or (used.code and not used.proposed)):
        return None
    headers = [column.header for column in columns.columns if column.header][:MOST_HEADERS]
    kept = {field: header for field, header in used.entry.get("map", NOTHING).items() if field not in by_hand}
    present = set(map(key, headers))
    entry: dict[str, Any] = {
        **{name: used.entry[name] for name in ("source", "sheet", "date_order") if name in used.entry},
        **({"sheet": told.sheet} if told.sheet else {}),
        "map": {field: header for field, header in kept.items() if key(header) in present} | by_hand,
        "headers": headers,
        "fingerprint": fingerprint(headers),
    }
    code = _code(told, used, entry["fingerprint"])
    entry |= {"code": code, "name": told.name or used.entry.get("name") or _shown(file)}
    entry = entries.check(KIND, entry)
    if session.catalogue.current(KIND).get(code) == entry:
        return None
    catalogue.define(session, [(KIND, code, entry)])
    return code


def _code(told: Told, used: Chosen, mark: str) -> str:
    if told.name:
        return (
            told.name
            if _CODE.fullmatch(told.name)
            else f"p-{hashlib.sha256(told.name.encode()).hexdigest()[:12]}"
        )
    return used.code if used.proposed else f"f-{mark[:12]}"


def _shown(file: str) -> str:
    """Return a name for the profile: the file's, without what differs from month to month."""
    stem = file.rpartition(".")[0] or file
    return " ".join(re.sub(r"[\d_().（）年月日-]+", " ", stem).split())[:40] or stem[:40]
