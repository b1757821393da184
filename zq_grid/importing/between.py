"""What stands between the rows of a table and is no row of it: headers again, totals, headings, notes; ditto marks."""

import re
import unicodedata
from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING

from zq_grid.importing import values
from zq_grid.importing.guesses import DITTO, TIMES
from zq_grid.importing.table import Cell

if TYPE_CHECKING:
    from zq_grid.importing.headers import Mapping

NUMBERED = frozenset({"order_number", "platform_number", "repeat_of"})
# A single cell in one of these may be an order that says no more.
TELLING = frozenset({"text", "title", "place"})
FEWEST_COLUMNS = 4  # in a narrower table one cell may be all that a row says
_TOTAL = re.compile(
    r"(?:本页|本表|本月|当月|本年|全年|部门|以上)?(?:合计|总计|小计|共计|累计|总数)(?:\(.*\)|\d+[件条宗个]?)?:?"
    r"|(?:sub|grand )?totals?:?",
    re.IGNORECASE,
)
_NOTE = re.compile(
    r"(?:备?注|附注|说明|(?:制表|填表|填报|审核|审批|经办|负责|统计|复核)(?:人|单位|时间|日期)?"
    r"|(?:打印|导出|报送|数据|截止)(?:人|单位|时间|日期|来源)|notes?|source)\s*\d*\s*:.*",
    re.IGNORECASE | re.DOTALL,
)
_PAGE = re.compile(r"第\s*\d+\s*页.*|-\s*\d+\s*-")
_HEADING = re.compile(r"[(]?[一二三四五六七八九十]{1,3}[)、.].{0,40}")
_DAY = re.compile(r"\d{4}\s*[-/.年]\s*\d")
_LONG_NUMBER = re.compile(r"\d{5}")


def repeats(cells: Sequence[Cell], headers: Sequence[str]) -> bool:
    """Say whether a row holds nothing but headers in their places, two or more."""
    filled = 0
    for place, cell in enumerate(cells):
        if cell is None:
            continue
        if place >= len(headers) or values.one_line(str(cell)[:99]) != headers[place]:
            return False
        filled += 1
    return filled > 1


def begins_as_total(cells: Sequence[Cell]) -> bool:
    """Say whether the first filled cell of a row is a word for a total."""
    first = next((cell for cell in cells if cell is not None), None)
    return isinstance(first, str) and _sort(first) == "total"


@lru_cache(4096)
def _sort(cell: str) -> str:
    """Return what a cell by its words may be the beginning of; a table's first column says the same again and again."""
    said = _plain(cell)
    if _TOTAL.fullmatch("".join(said.split())):
        return "total"
    if _NOTE.fullmatch(said) or _PAGE.fullmatch(said):
        return "note"
    if _LONG_NUMBER.search(said):
        return "number"
    return "heading" if _HEADING.fullmatch(said) else ""


class Between:
    """Knows the rows of one table that are no orders."""

    def __init__(self, mapping: "Mapping") -> None:
        self._headers = tuple(column.header for column in mapping.columns)
        self._fields = {column.index: column.field for column in mapping.columns}
        self._leftmost = next((n for n, header in enumerate(self._headers) if header), 0)
        self._wide = sum(map(bool, self._headers)) >= FEWEST_COLUMNS
        self._dittoed = frozenset(place for place, field in self._fields.items() if field not in NUMBERED)

    def is_header(self, cells: Sequence[Cell]) -> bool:
        """Say whether the header stands here again, as where pages were pasted under each other."""
        return repeats(cells, self._headers)

    def is_no_order(self, cells: Sequence[Cell]) -> bool:
        """Say whether a row is a total, a heading above some rows, or a note below the table.

        A total begins with a word for it, numbers no order, and tells of none in words or by its day. A note has at most two
        cells, or says so in each. A heading is one cell alone, the first, in a table of four columns or more, where it is
        neither text nor place nor a number, or begins as headings do (一、…).
        """
        filled = [(place, cell) for place, cell in enumerate(cells) if cell is not None]
        place, first = filled[0] if filled else (0, None)
        if not isinstance(first, str) or (len(filled) > 1 and first[:1].isdigit()):
            return False
        sort = _sort(first)
        if sort == "total":
            return not self._says_more(cells)
        if not self._wide:
            return False
        if sort == "note":
            if place != self._leftmost and self._fields.get(place) in TELLING:
                return False  # the words of an order that tells nothing else
            return len(filled) <= 2 or all(_sort(str(cell)) == "note" for _, cell in filled)
        if len(filled) > 1 or place != self._leftmost or sort == "number":
            return False
        return self._fields.get(place) not in TELLING or sort == "heading"

    def told(self, cells: tuple[Cell, ...], above: Sequence[Cell]) -> tuple[Cell, ...]:
        """Return a row with what its ditto marks stand for in the row above; numbers are never repeated so."""
        if DITTO.isdisjoint(cells):
            return cells
        return tuple(
            above[place] if cell in DITTO and place in self._dittoed and place < len(above) else cell
            for place, cell in enumerate(cells)
        )

    def _says_more(self, cells: Sequence[Cell]) -> bool:
        """Tell whether a row that begins as a total has an order's number or day, or words that count nothing."""
        for place, cell in [(place, cell) for place, cell in enumerate(cells) if cell is not None][1:]:
            said, field = _plain(str(cell)), self._fields.get(place)
            if field in NUMBERED and _LONG_NUMBER.search(said):
                return True
            if field in TELLING and not any(map(str.isdigit, said)):
                return True
            if field in TIMES and (isinstance(cell, date) or _DAY.search(said)):
                return True
        return False


def _plain(said: str) -> str:
    return unicodedata.normalize("NFKC", values.clean(said))
