"""Finds the header row of a table and says which column holds which field.

Merging rule for `place`: all columns that name a place are kept; a row takes the most specific one that is
filled, in the order of the word list (address, estate, area, street), and keeps the others beside it.
Every other field belongs to the column with the best header; a second one for it stays unknown and is kept.
"""

from collections.abc import Callable, Iterable, Sequence
from collections.abc import Mapping as Dictionary
from dataclasses import dataclass
from dataclasses import field as having
from typing import Literal

from zq_grid.errors import ImportRejected, Refused
from zq_grid.importing.between import begins_as_total, repeats
from zq_grid.importing.clocks import clocks
from zq_grid.importing.guesses import guesses
from zq_grid.importing.parts import composed
from zq_grid.importing.table import Cell, Table
from zq_grid.importing.words import Words, key, seed

LOOKED_AT = 30
BELOW = 1_000  # rows below a header that tell what a column holds
LONGEST_HEADER = 60
PLACE = "place"
MATTER = frozenset({"text", "title", PLACE, "neighbourhood", "category1"})
ARRIVALS = frozenset({"accepted_at", "dispatched_at", "received_at"})
# One of these makes a table of cases; dates or categories alone don't.
TELLING = frozenset({"order_number", "platform_number", "text", "title", "place"})
LEVELS = tuple(f"category{level}" for level in range(1, 6))
Why = Literal["", "word", "profile", "told", "guess"]


@dataclass(frozen=True)
class ColumnMap:
    """One column: its place from 0, its header as written, its field or None.

    `rank` orders the columns of one field, 0 being the most specific place. `why` says how the field was
    found: a known word, a profile, told by the person, or guessed; "" where there is none. `clock` is the place of
    the column that has the time of day to the days of this one; that column has the same field, with rank 1.
    """

    index: int
    header: str
    field: str | None
    rank: int = 0
    why: Why = ""
    clock: int | None = None


@dataclass(frozen=True)
class Mapping:
    """Which column is what. `header_row` is the last row of the header, from 0; data begin below it.

    `missing` names expected fields that nothing stands in for, `unknown` the headers without a field.
    `header_row` is -1 when no row looks like a header. `first_row` is the first row of the header.
    """

    header_row: int
    columns: tuple[ColumnMap, ...]
    missing: tuple[str, ...]
    unknown: tuple[str, ...]
    first_row: int = having(default=-1, kw_only=True)

    @property
    def recognised(self) -> bool:
        """Say whether this is a table of cases at all."""
        return any(column.field in TELLING for column in self.columns)

    def column(self, field: str) -> ColumnMap | None:
        """Return the column of `field`; of several places the most specific."""
        return next((column for column in self.columns_of(field)), None)

    def columns_of(self, field: str) -> list[ColumnMap]:
        """Return the columns of `field`, for `place` the most specific first."""
        found = [column for column in self.columns if column.field == field]
        return sorted(found, key=lambda column: column.rank)


def map_headers(
    table: Table,
    *,
    words: Words | None = None,
    overrides: Dictionary[str, str] | None = None,
    proposed: Dictionary[str, str] | None = None,
    guess: bool = True,
) -> Mapping:
    """Return the mapping of `table`.

    Args:
        table: as read.
        words: aliases, by default those that ship with the program.
        overrides: field → header, from `--map FIELD=HEADER`; they win over the aliases.
        proposed: field → header, from a profile; overrides win over it, it wins over the aliases, and a header
            of it that is not there is passed over.
        guess: whether a header that is only like a known one may be taken for it (`guesses.guesses`).

    Raises:
        Refused: an override names no field (`import_map_field`) or no header (`import_map_header`).
    """
    words = words or seed()
    chosen = _checked(overrides or {}, words)
    advised = {field: header for field, header in (proposed or {}).items() if field in words.fields}
    first, last = _header_rows(table.rows, words, {**advised, **chosen})
    headers = _joined(table.rows, first, last, words)
    below = table.rows[last + 1 : last + 1 + BELOW] if last >= 0 else []
    below = [row for row in below if not (begins_as_total(row) or repeats(row, headers))]

    def cells(index: int) -> list[Cell]:
        return [row[index] for row in below if index < len(row)]

    fields, reasons = _told(headers, chosen, advised)
    filled = [
        header if any(cell is not None for cell in cells(n)) else "" for n, header in enumerate(headers)
    ]
    # a column without any value takes no field from one that has some
    _claim(filled, words, fields, reasons)
    if guess and last >= 0:
        _guess(filled, cells, words, fields, reasons)
    _claim(headers, words, fields, reasons)
    if not MATTER & set(fields.values()):
        _drop_arrivals(headers, words, fields, reasons)
    columns = _columns(headers, fields, reasons, clocks(headers, fields, cells, words))
    have = set(fields.values())
    return Mapping(
        header_row=last,
        columns=columns,
        missing=tuple(group[0] for group in words.expected if not have & set(group)),
        unknown=tuple(column.header for column in columns if column.field is None and column.header),
        first_row=first,
    )


def _drop_arrivals(
    headers: Sequence[str], words: Words, fields: dict[int, str], reasons: dict[int, Why]
) -> None:
    """Take no time for that of arrival by its likeness in a list that tells no matter: it is when a row was noted."""
    for index, field in list(fields.items()):
        exact = not set(words.fields[field]).isdisjoint(words.header_keys(headers[index]))
        if field in ARRIVALS and reasons[index] in {"word", "guess"} and not exact:
            del fields[index], reasons[index]


def _columns(
    headers: Sequence[str],
    fields: Dictionary[int, str],
    reasons: Dictionary[int, Why],
    pairs: Dictionary[int, int],
) -> tuple[ColumnMap, ...]:
    """Return the columns as they are to be read; `pairs`: the column of days → that of their clock."""
    places = [index for index, field in fields.items() if field == PLACE]
    ranks = {index: rank for rank, index in enumerate(places)} | dict.fromkeys(pairs.values(), 1)
    both = {one: other for day, clock in pairs.items() for one, other in ((day, clock), (clock, day))}
    return tuple(
        ColumnMap(
            index,
            header,
            fields.get(index) or fields.get(both.get(index, -1)),
            ranks.get(index, 0),
            reasons.get(index) or reasons.get(both.get(index, -1), ""),
            pairs.get(index),
        )
        for index, header in enumerate(headers)
    )


def _guess(
    headers: Sequence[str],
    cells: Callable[[int], Sequence[Cell]],
    words: Words,
    fields: dict[int, str],
    reasons: dict[int, Why],
) -> None:
    """Add those columns that can mean only one field, though nobody knows their names."""
    free = {
        index: header
        for index, header in enumerate(headers)
        if header and index not in fields and key(header) not in words.ignored
    }
    found = guesses(free, cells, words, set(fields.values()))
    left = {index: header for index, header in free.items() if index not in found}
    found |= composed(left, cells, words, {*fields.values(), *found.values()})
    fields |= found
    reasons |= dict.fromkeys(found, "guess")


def require_cases(table: Table, mapping: Mapping, file: str = "") -> None:
    """Refuse a table that holds no cases; `file` is its file's name, to be named to the person.

    Raises:
        ImportRejected: `file_no_header`: no order number, text, title or place was found.
    """
    if not mapping.recognised:
        facts = {"name": file or table.name, "sheet": table.name}
        raise ImportRejected("file_no_header", "no column of cases", **facts)


def recognised(row: Iterable[Cell]) -> int:
    """Return how many different fields the cells of `row` name: how much it looks like a header."""
    words = seed()
    names = _names(words)
    return len({found for header in map(_header, row) if header and (found := _named(header, words, names))})


def _checked(overrides: Dictionary[str, str], words: Words) -> dict[str, str]:
    for field in overrides:
        if field not in words.fields:
            raise Refused("import_map_field", f"no field {field}", field=field)
    return dict(overrides)


def _header(cell: Cell) -> str:
    """Return a header cell as one line of text; nothing when it is no name at all."""
    text = " ".join(str(cell).split()) if cell is not None else ""
    return text if len(text) <= LONGEST_HEADER else ""


def _names(words: Words) -> dict[str, str]:
    """Return key of a header → the first field that it may name."""
    names: dict[str, str] = {}
    for field, aliases in words.fields.items():
        for alias in aliases:
            names.setdefault(alias, field)
    return names


def _named(header: str, words: Words, names: Dictionary[str, str]) -> str | None:
    keys = (*words.header_keys(header), *words.like_keys(header))
    return next((names[own] for own in keys if own in names), None)


def _header_rows(
    rows: Sequence[tuple[Cell, ...]], words: Words, overrides: Dictionary[str, str]
) -> tuple[int, int]:
    """Return the first and last row of the header; two merged rows where both together say more than each."""
    names = _names(words)
    asked = set(map(key, overrides.values()))

    def score(headers: Sequence[str]) -> int:
        fields = {found for header in headers if header and (found := _named(header, words, names))}
        return len(fields) + len(asked & set(map(key, headers)))

    top = rows[:LOOKED_AT]
    alone = [score(list(map(_header, row))) for row in top]
    best = max(range(len(top)), key=lambda index: (alone[index], -index), default=-1)
    if best < 0 or alone[best] == 0:
        return _first_of_names(top)
    pairs = [(index, index + 1) for index in (best - 1, best) if 0 <= index < len(top) - 1]
    for first, last in pairs:
        if _may_be_two(top, first, last) and score(_joined(rows, first, last, words)) > alone[best]:
            return first, last
    return best, best


def _may_be_two(rows: Sequence[tuple[Cell, ...]], first: int, last: int) -> bool:
    """Merged headers leave gaps above or below, and hold names, not numbers or dates."""
    cells = [*rows[first], *rows[last]]
    return None in cells and all(cell is None or isinstance(cell, str) for cell in cells)


def _first_of_names(rows: Sequence[tuple[Cell, ...]]) -> tuple[int, int]:
    """Return the first row with two cells that are all text; -1 when there is none."""
    for index, row in enumerate(rows):
        filled = [cell for cell in row if cell is not None]
        if len(filled) > 1 and all(isinstance(cell, str) and _header(cell) for cell in filled):
            return index, index
    return -1, -1


def _joined(rows: Sequence[tuple[Cell, ...]], first: int, last: int, words: Words) -> list[str]:
    """Return one header per column; of two rows the upper one spreads to the right over its gaps."""
    if last < 0:
        return [""] * max(map(len, rows[:LOOKED_AT]), default=0)
    lower = list(map(_header, rows[last]))
    if first == last:
        return lower
    names = _names(words)
    headers, group = [], ""
    for above, below in zip(map(_header, rows[first]), lower, strict=True):
        group = above or group
        if not below:
            headers.append(above)
        elif _named(group + below, words, names) or not _named(below, words, names):
            headers.append(group + below)
        else:
            headers.append(below)
    return headers


def _told(
    headers: Sequence[str], overrides: Dictionary[str, str], advised: Dictionary[str, str]
) -> tuple[dict[int, str], dict[int, Why]]:
    """Return column → field and column → why for what a person or a profile says."""
    claims: dict[int, str] = {}
    reasons: dict[int, Why] = {}
    for field, header in overrides.items():
        index = _place_of(header, headers)
        if index is None:
            shown = "、".join(filter(None, headers))[:300]
            raise Refused("import_map_header", "no such header", header=header, headers=shown)
        claims[index], reasons[index] = field, "told"
    for field, header in advised.items():
        index = _place_of(header, headers)
        if index is not None and index not in claims and field not in overrides:
            claims[index], reasons[index] = field, "profile"
    return claims, reasons


def _claim(headers: Sequence[str], words: Words, claims: dict[int, str], reasons: dict[int, Why]) -> None:
    """Add the columns whose names are known, in the order of the fields and their aliases in the word list."""
    told = {
        field for index, field in claims.items() if field != PLACE or reasons[index] in {"told", "profile"}
    }
    for keys_of in (words.header_keys, words.like_keys):  # what is said in as many words comes first
        keys = [keys_of(header) if header else () for header in headers]
        for field, aliases in words.fields.items():
            if field in told:
                continue
            for index in _wanting(aliases, keys, claims):
                claims[index], reasons[index] = field, "word"
                if field != PLACE:
                    break
        told |= set(claims.values()) - {PLACE}


def _place_of(header: str, headers: Sequence[str]) -> int | None:
    wanted = key(header)
    return next((place for place, own in enumerate(headers) if wanted and key(own) == wanted), None)


def _wanting(
    aliases: Sequence[str], keys: Sequence[tuple[str, ...]], claims: Dictionary[int, str]
) -> list[int]:
    """Return the free columns that go by one of `aliases`, the better alias first."""
    found = []
    for alias in aliases:
        found += [index for index, own in enumerate(keys) if alias in own and index not in claims]
    return list(dict.fromkeys(found))
