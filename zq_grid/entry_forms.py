"""Entries of the catalogue as forms: one leaf for each thing that can be said, and back again; saving, and what changed."""

import copy
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from zq_grid import absences, catalogue, entries, entry_shapes, people, rebuilding, rights
from zq_grid.entry_words import PLAIN, coded, possible, rank
from zq_grid.session import Session

Path = tuple[str | int, ...]
TEXT, COUNT, WORDS, FIXED = "text", "count", "words", "fixed"
# What stands between several texts: the first that none of them has.
SIGNS = {"zh": ("、", "；", "|", "\n"), "en": (", ", "; ", " | ", "\n")}


@dataclass(frozen=True, slots=True)
class Leaf:
    """One thing an entry says: where, what kind of value (TEXT, COUNT, WORDS: several texts, FIXED: not by hand), which."""

    path: Path
    kind: str
    value: Any

    def sign(self, lang: str = "zh") -> str:
        """Return what stands between several texts."""
        return next(s for s in SIGNS[lang] if not any(s.strip(" ") in one for one in self.value))

    @property
    def said(self) -> str:
        """The value as a line of text."""
        if self.kind == WORDS:
            return self.sign().join(self.value)
        return str(len(self.value)) if self.kind == FIXED else str(self.value)


@dataclass(frozen=True, slots=True)
class Saved:
    """What a saving did: the code, the edition of the catalogue it made, and how many cases were reckoned anew."""

    code: str
    edition: int
    renewed: int


@dataclass(frozen=True, slots=True)
class Edition:
    """One version of an entry; `changes` against the one before: path, what was said, what is said now."""

    edition: int
    defined_at: int
    retired: bool
    entry: Mapping[str, Any]
    changes: tuple[tuple[Path, str, str], ...]


def leaves(kind: str, entry: Mapping[str, Any]) -> list[Leaf]:
    """Return the leaves of an entry as a form has them, behind those of a table what it might say besides."""
    return list(_leaves(kind, entry, ()))


def _leaves(kind: str, value: Any, path: Path) -> Iterator[Leaf]:
    if isinstance(value, Mapping):
        for key, inner in sorted(value.items(), key=lambda one: rank(one[0])):
            yield from _leaves(kind, inner, (*path, str(key)))
        for key, empty in possible(kind, path).items():
            if key not in value:
                yield Leaf((*path, key), WORDS if isinstance(empty, list) else TEXT, empty)
    elif isinstance(value, list | tuple):
        if value and all(isinstance(one, Mapping) for one in value):
            for nth, one in enumerate(value):
                yield from _leaves(kind, one, (*path, nth))
        elif all(isinstance(one, str) for one in value):
            yield Leaf(path, WORDS, list(value))
        else:
            yield Leaf(path, FIXED, value)
    else:
        number = isinstance(value, int) and not isinstance(value, bool)
        yield Leaf(path, COUNT if number else TEXT, value)


def with_values(
    kind: str, entry: Mapping[str, Any], said: Mapping[Path, str], lang: str = "zh"
) -> dict[str, Any]:
    """Return an entry that says what a form says: lines of text by path; an empty line takes a thing away.

    What isn't a whole number where one belongs stays as it was typed, for `entries.check` to refuse.
    """
    made = copy.deepcopy(dict(entry))
    known = {leaf.path: leaf for leaf in leaves(kind, entry)}
    for path, line in said.items():
        text, leaf = line.strip(), known.get(path)
        value: Any = text
        if leaf is None or leaf.kind == FIXED:
            continue
        if leaf.kind == WORDS:
            parts = (part.strip() for part in text.split(leaf.sign(lang).strip(" ")))
            value = coded(path[-1], [part for part in parts if part])
        elif leaf.kind == COUNT and text.isascii() and text.isdigit():
            value = int(text)
        _put(made, path, value, kind)
    return made


def _put(made: Any, path: Path, value: Any, kind: str) -> None:
    inside = made
    for key in path[:-1]:
        inside = inside[key]
    last = path[-1]
    gone = value == "" or (value == [] and last not in inside)
    if gone and last in possible(kind, path[:-1]):
        inside.pop(last, None)
    else:
        inside[last] = value


def with_row(entry: Mapping[str, Any], path: Path) -> dict[str, Any]:
    """Return an entry with one more row in the list at `path`, made like its last one, with nothing said yet."""
    made = copy.deepcopy(dict(entry))
    rows = _at(made, path)
    like = rows[-1] if rows else PLAIN.get(str(path[-1]), {"code": "", "name": ""})
    rows.append({key: [] if isinstance(value, list) else "" for key, value in like.items()})
    return made


def without_row(entry: Mapping[str, Any], path: Path, nth: int) -> dict[str, Any]:
    """Return an entry without one row of the list at `path`."""
    made = copy.deepcopy(dict(entry))
    del _at(made, path)[nth]
    return made


def _at(made: Any, path: Path) -> Any:
    for key in path[:-1]:
        made = made[key]
    return made.setdefault(path[-1], []) if isinstance(path[-1], str) else made[path[-1]]


def changes(kind: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[tuple[Path, str, str], ...]:
    """Return what differs between two entries: path, what was said, what is said; "" for nothing."""
    before = {leaf.path: leaf.said for leaf in leaves(kind, old) if leaf.value not in ("", [])}
    after = {leaf.path: leaf.said for leaf in leaves(kind, new) if leaf.value not in ("", [])}
    paths = [*before, *(path for path in after if path not in before)]
    pairs = ((path, before.get(path, ""), after.get(path, "")) for path in paths)
    return tuple(one for one in pairs if one[1] != one[2])


def history(session: Session, kind: str, code: str) -> tuple[Edition, ...]:
    """Return the versions of an entry, the newest first."""
    found: list[Edition] = []
    before: Mapping[str, Any] = {}
    for version in session.catalogue.versions(kind, code):
        told = changes(kind, before, version.entry) if found else ()
        found.append(Edition(version.edition, version.defined_at, version.retired, version.entry, told))
        before = version.entry
    return tuple(reversed(found))


def save(session: Session, kind: str, found: Sequence[Mapping[str, Any]]) -> tuple[Saved, ...]:
    """Check and define entries as one act, and reckon the cases anew that they concern.

    Raises:
        Refused: "right_catalogue", "kind_unknown", "entry_invalid", "calendar_invalid", "entry_refers", and what
            `people.refuse_clash` says of an absence.
    """
    checked = [entries.check(kind, entry) for entry in found]
    if not checked:
        raise entries.invalid(kind, {}, f"[[{kind}]]")
    rights.require_define(session, kind)
    steps = catalogue.define(session, [(kind, str(entry["code"]), entry) for entry in checked])
    session.log.flush()
    session.catalogue = catalogue.load(session.db).with_places(session.db)
    for entry in checked:
        entry_shapes.refuse_dangling(session.catalogue, kind, entry)
        if kind == absences.KIND:
            people.refuse_clash(session, absences.read(str(entry["code"]), entry))
    renewed = rebuilding.renew_for_catalogue(session, steps)
    edition = session.catalogue.edition
    return tuple(Saved(str(entry["code"]), edition, renewed) for entry in checked)
