"""A header that nobody has met: what its parts say (写信时间, 信件内容), where its values bear it out."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence

from zq_grid.importing import values
from zq_grid.importing.guesses import TIMES, filled, looks_like, looks_like_order_numbers
from zq_grid.importing.table import Cell
from zq_grid.importing.words import Words, key

# Values without which nothing is borne out. Few orders of a young file are closed or visited: there one is enough.
FEWEST = 3
ONE_WILL_DO = frozenset({*TIMES, "satisfaction", "contact"})
LOOKED_AT = ONE_WILL_DO | {"phone", "kind", "place", "neighbourhood", "unit"}
DISTINCT = 0.95  # of the numbers in a column that numbers cases
REPEATED = 0.5  # the most distinct words that a column of categories has, of its filled cells
LONG = 12  # characters that the texts of a column of contents have on average
NAME = 20  # characters of a person's name, at most
_NUMBER = re.compile(r"[A-Za-z0-9\-_/.]*\d{3}[A-Za-z0-9\-_/.]*|\d{1,20}")


def composed(
    headers: Mapping[int, str], columns: Callable[[int], Sequence[Cell]], words: Words, taken: Iterable[str]
) -> dict[int, str]:
    """Return column → field for headers whose parts name one free field and whose values look like it.

    Of several columns for one field the fullest wins where they are texts (content before a remark); for any
    other field nobody is taken, since either may be meant.

    Args:
        headers: the columns without a field.
        columns: gives the cells below a header.
        words: the parts, and the words of values.
        taken: fields that other columns have.
    """
    wanted: dict[str, list[tuple[float, int]]] = {}
    have = set(taken)
    for index, header in headers.items():
        cells: list[Cell] | None = None
        for field in dict.fromkeys(part.field for part in words.parts if part.fits(key(header))):
            if field in have:
                continue
            cells = filled(columns(index), words) if cells is None else cells
            if len(cells) >= _enough(field, cells) and _bears_out(field, cells, words):
                wanted.setdefault(field, []).append((_length(cells), index))
                break
    found = {}
    for field, columns_ in wanted.items():
        if len(columns_) == 1 or field in ("text", "title"):
            found[max(columns_)[1]] = field
    return found


def _enough(field: str, cells: Sequence[Cell]) -> int:
    """Return how many values bear a name out; the hotline's numbers are like no other."""
    if field in ONE_WILL_DO or (field == "order_number" and looks_like_order_numbers(cells)):
        return 1
    return FEWEST


def _bears_out(field: str, cells: Sequence[Cell], words: Words) -> bool:
    said = [values.one_line(values.clean(cell)) for cell in cells]
    if field == "order_number":
        fit = sum(_NUMBER.fullmatch(one) is not None for one in said)
        return fit >= DISTINCT * len(said) and len(set(said)) >= DISTINCT * len(said)
    if field == "text":
        return _length(cells) >= LONG
    if field == "title":
        return sum(any(map(str.isalpha, one)) for one in said) >= DISTINCT * len(said)
    if field == "reporter":
        return sum(len(one) <= NAME for one in said) >= DISTINCT * len(said)
    if field == "category1":
        return len(set(said)) <= max(REPEATED * len(said), 1) and max(map(len, said)) <= 60
    return field in LOOKED_AT and looks_like(field, cells, words)


def _length(cells: Sequence[Cell]) -> float:
    return sum(len(str(cell)) for cell in cells) / len(cells)
