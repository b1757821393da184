"""A header spelled a little otherwise than any we know: which field it surely is, by its name and its values."""

import re
from collections.abc import Callable, Mapping, Sequence
from functools import partial

from zq_grid.importing import values
from zq_grid.importing.sheet_dates import Order, column_order, when
from zq_grid.importing.table import ERRORS, Cell
from zq_grid.importing.words import Words, key

LIKE = 75  # ratio of two spellings, of 100, from which on a name is close
APART = 10  # how much less every other field must be like it
SAMPLE = 200
DITTO = frozenset({"同上", "同前", "〃", "″", "''", '"', "ditto", "Ditto"})  # as in the row above
FEWEST = 3  # values without which nothing is unmistakable
MOST_FIT = 0.9
TIMES = frozenset(
    {
        "accepted_at",
        "dispatched_at",
        "received_at",
        "platform_due",
        "contacted_at",
        "submitted_at",
        "visited_at",
        "closed_at",
        "replied_at",
    }
)
ORDERS: tuple[Order, ...] = ("dmy", "mdy", "ymd")
_PHONE = re.compile(r"(?:\+?86)?-?1[3-9]\d{9}|(?:0\d{2,3}-?)?[2-9]\d{6,7}(?:-\d{1,5})?")
_PLACE = re.compile(r"[路街道弄号村室区镇乡苑园庭城楼幢栋组]")
_NEIGHBOURHOOD = re.compile(r"(?:居|村|社区|居委会?|村委会?|居民区|[居村]民委员会)$")
_UNIT = re.compile(r"(?:所|中心|办|办公室|队|局|科|委|委会|公司|站|院|会)$")
_WORD = re.compile(r"[一-龥A-Za-z]{2}")


def guesses(
    headers: Mapping[int, str], columns: Callable[[int], Sequence[Cell]], words: Words, taken: set[str]
) -> dict[int, str]:
    """Return column → field for headers that nobody knows but that can mean only one field.

    The rule: no part of the name speaks against it (`words.Part`); the name is like (rapidfuzz ratio ≥ 75 of 100)
    a known name of exactly one field, and unlike (by 10 or more) every name of every other field, those already
    found in this table included; that field is still free and wanted by no second column; and of the column's
    first 200 filled cells (3 at least) nine in ten look like that field: order numbers are 14 digits that begin
    with a date, times can be read, phones are phones, words of a list are on it, places and offices end as such
    do, text is longer than a label. Fields whose values look like anything (names, categories, replies) are
    never guessed.

    Args:
        headers: the columns without a field.
        columns: gives the cells below a header.
        words: the names of fields and the words of values.
        taken: fields that other columns have.
    """
    found: dict[int, str] = {}
    for index, header in headers.items():
        field = closest(header, words)
        if field is None or field in taken or _forbidden(field, header, words):
            continue
        cells = filled(columns(index), words)
        if len(cells) >= FEWEST and looks_like(field, cells, words):
            found[index] = field
    wanted = list(found.values())
    return {index: field for index, field in found.items() if wanted.count(field) == 1}


def _forbidden(field: str, header: str, words: Words) -> bool:
    own = key(header)
    return any(part.field == field and part.forbids(own) for part in words.parts)


def filled(cells: Sequence[Cell], words: Words) -> list[Cell]:
    """Return the first cells that say something."""
    return [cell for cell in cells if not _nothing(cell, words)][:SAMPLE]


def closest(header: str, words: Words) -> str | None:
    """Return the one field whose names `header` is like, None when there is none or another is nearly as like."""
    from rapidfuzz import fuzz, process

    own = words.header_keys(header)[-1]
    if len(own) < 3:
        return None
    near: dict[str, float] = {}
    for field, aliases in words.fields.items():
        best = process.extractOne(own, aliases, scorer=fuzz.ratio, score_cutoff=LIKE - APART)
        if best is not None:
            near[field] = best[1]
    ranked = sorted(near, key=lambda field: -near[field])
    if not ranked or near[ranked[0]] < LIKE:
        return None
    if len(ranked) > 1 and near[ranked[0]] - near[ranked[1]] < APART:
        return None
    return ranked[0]


def looks_like(field: str, cells: Sequence[Cell], words: Words) -> bool:
    """Tell whether nine in ten of `cells` look like values of `field`; False for fields that look like anything."""
    if field in TIMES:
        order = column_order(cells)
        # dates of which nobody can tell day from month are times all the same
        orders = ORDERS if order == "ambiguous" else (order,)
        return any(_most(cells, partial(_is_time, order=one)) for one in orders)
    if field in words.values:
        return _most(cells, lambda cell: words.value(field, values.clean(cell)) is not None)
    return field in _LOOKS and _most(cells, _LOOKS[field])


def looks_like_order_numbers(cells: Sequence[Cell]) -> bool:
    """Tell whether `cells` are numbers of the hotline's form."""
    return _most(cells, _is_order_number)


def _most(cells: Sequence[Cell], fits: Callable[[Cell], bool]) -> bool:
    return sum(map(fits, cells)) >= MOST_FIT * len(cells)


def _nothing(cell: Cell, words: Words) -> bool:
    if cell is None:
        return True
    if not isinstance(cell, str):
        return False
    said = values.clean(cell)
    return said in DITTO or said in ERRORS or words.is_placeholder(said)


def _is_time(cell: Cell, order: Order | None) -> bool:
    try:
        return when(cell, order) is not None
    except (ValueError, OverflowError):
        return False


def _is_order_number(cell: Cell) -> bool:
    try:
        return values.is_hotline_number(values.normalise_number(values.clean(cell)))
    except ValueError:
        return False


def _matches(pattern: "re.Pattern[str]", whole: bool = False) -> Callable[[Cell], bool]:
    look = pattern.fullmatch if whole else pattern.search
    return lambda cell: isinstance(cell, str | int) and look(values.one_line(values.clean(cell))) is not None


def _is_text(cell: Cell) -> bool:
    said = values.clean(cell)
    return isinstance(cell, str) and len(said) >= 8 and _WORD.search(said) is not None


_LOOKS: dict[str, Callable[[Cell], bool]] = {
    "order_number": _is_order_number,
    "repeat_of": _is_order_number,
    "phone": _matches(_PHONE, whole=True),
    "place": _matches(_PLACE),
    "neighbourhood": _matches(_NEIGHBOURHOOD),
    "unit": _matches(_UNIT),
    "text": _is_text,
}
