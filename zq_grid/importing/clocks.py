"""A day in one column and its clock time in another (受理日期, 受理时间): two columns that are one time."""

from collections.abc import Callable, Iterator, Mapping, Sequence

from zq_grid.importing import values
from zq_grid.importing.guesses import TIMES, filled
from zq_grid.importing.sheet_dates import Order, is_clock, when
from zq_grid.importing.table import Cell
from zq_grid.importing.words import Words, key

LOOKED_AT = 50  # filled cells that tell what a column holds


def clocks(
    headers: Sequence[str],
    fields: Mapping[int, str],
    columns: Callable[[int], Sequence[Cell]],
    words: Words,
) -> dict[int, int]:
    """Return day → clock for the columns that are one time together.

    One of the two has the field, the other none though its name may mean the same; one holds nothing but clock
    times, the other none of them.

    Args:
        headers: of the table.
        fields: column → field.
        columns: gives the cells below a header.
        words: the names of fields.
    """
    found: dict[int, int] = {}
    free = {index: header for index, header in enumerate(headers) if header and index not in fields}
    for index, field in fields.items():
        if field not in TIMES:
            continue
        same = [other for other in free if field in _named(headers[other], words)]
        own = _holds_clocks(columns(index), words) if same else None
        for other in same:
            if {own, _holds_clocks(columns(other), words)} == {True, False}:
                day, clock = (other, index) if own else (index, other)
                found[day] = clock
                del free[other]
                break
    return found


def together(day: Cell, clock: Cell, order: Order | None) -> Cell:
    """Return the time of a day and a clock; the day as it is where either can't be read."""
    said = values.one_line(values.clean(clock))
    if not is_clock(said):
        return day
    try:
        read = when(day, order)
    except (ValueError, OverflowError):
        return day
    return f"{read.text[:10]} {said}" if read else None


def _holds_clocks(column: Sequence[Cell], words: Words) -> bool | None:
    """Tell whether the filled cells of a column are all clock times; None where only some are, or none is filled."""
    said = [values.one_line(values.clean(cell)) for cell in filled(column, words)][:LOOKED_AT]
    times = sum(map(is_clock, said))
    return times > 0 if said and times in {0, len(said)} else None


def _named(header: str, words: Words) -> Iterator[str]:
    """Give the fields that a header may name."""
    own = {*words.header_keys(header), *words.like_keys(header)}
    yield from (field for field, aliases in words.fields.items() if not own.isdisjoint(aliases))
    yield from (part.field for part in words.parts if part.fits(key(header)))
