"""What a workbook tells of its cells beside their values: merged ones, formulas that failed, formulas never worked out.

The reader of workbooks gives nothing for a formula that failed and for one without a value, so the part of an
.xlsx that holds the sheet is heard while its checksum is compared, for these cells only. Of .ods the cells that
reach down or failed are looked for once the rows are written. What fails here costs a hint, never the file.
"""

import html
import re
import zipfile
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import IO, NamedTuple
from xml.parsers import expat

from zq_grid.importing.table import ERRORS

PIECE = 1 << 20
LONGEST_CARRIED = 8 << 20  # of one row
MOST_SCANNED = 512 << 20  # bytes of a part
MOST_ERRORS, MOST_MERGED = 200_000, 100_000
UNKNOWN = "#ERROR!"
_FAILED = re.compile(
    rb"""<(?:\w{1,20}:)?c\s([^<>]{0,300}?\bt=["']e["'][^<>]{0,300})>"""
    rb"""((?:(?!</?(?:\w{1,20}:)?c[\s>]).){0,20000})""",
    re.DOTALL,
)
_VALUE = re.compile(rb"<(?:\w{1,20}:)?v(?:\s[^<>]*)?>([^<]{1,20})<")
_PLACE = re.compile(rb"""(?:^|\s)r\s?=\s?["']([A-Z]{1,3})([0-9]{1,7})["']""")
# A formula and nothing after it, or an empty value; text that is empty says so by its type.
_UNWORKED = re.compile(
    rb"(?:</(?:\w{1,20}:)?f>|<(?:\w{1,20}:)?f(?:\s[^<>]{0,300})?/>)\s{0,20}"
    rb"(?:<(?:\w{1,20}:)?v\s?/>|<(?:\w{1,20}:)?v></(?:\w{1,20}:)?v>)?\s{0,20}</(?:\w{1,20}:)?c>"
)
_SAYS_EMPTY = re.compile(rb"""\bt\s?=\s?["'](?:str|e)["']""")
ODS_MARKS = (b"rows-spanned", b'value-type="error"')

Range = tuple[int, int, int]
Failed = tuple[int, int, str]
Corners = tuple[tuple[int, int], tuple[int, int]]


class Marks(NamedTuple):
    """Of one sheet, rows and columns from 0.

    `merged`: first row, column and last row of cells that reach down. `failed`: row, column and word (#REF!) of
    formulas without a result. `unworked`: how many formulas were saved without ever being worked out.
    """

    merged: list[Range]
    failed: list[Failed]
    unworked: int = 0


def reaching_down(ranges: Iterable[Corners] | None, height: int) -> list[Range]:
    """Return the merged cells that reach down, within a sheet of `height` rows."""
    found = []
    for (top, left), (bottom, _) in ranges or ():
        if top < bottom and top < height - 1:
            found.append((top, left, min(bottom, height - 1)))
            if len(found) >= MOST_MERGED:
                break
    return found


class Listener:
    """Hears the part of an .xlsx that holds a sheet of `height` rows and `width` columns; cells beyond are nothing."""

    def __init__(self, height: int, width: int) -> None:
        self._height, self._width = height, width
        self._size = 0  # of the pieces that wait for the end of a row
        self._waiting: list[bytes] = []
        self._formulas = False
        self.failed: list[Failed] = []
        self.unworked = 0

    def hear(self, content: bytes) -> None:
        """Take the next bytes."""
        self._waiting.append(content)
        self._size += len(content)
        cut = content.rfind(b"row>") + 4
        if cut > 4 and self._size > PIECE:
            self._waiting[-1] = content[:cut]
            self._look(b"".join(self._waiting))
            self._waiting, self._size = [content[cut:]], len(content) - cut
        elif self._size > LONGEST_CARRIED:
            self._waiting, self._size = [], 0

    def end(self) -> None:
        """Hear that the part is at its end."""
        self._look(b"".join(self._waiting))
        self._waiting = []

    def _look(self, piece: bytes) -> None:
        # A search for what hardly any sheet has: a mark that is rare in XML is found ten times as fast.
        if b't="e"' in piece or b"'" in piece:
            self.failed += islice(_failed(piece, self._height, self._width), MOST_ERRORS - len(self.failed))
        # The first of formulas that are shared has an end; the others may have none.
        self._formulas = self._formulas or b"f>" in piece
        if self._formulas:
            self.unworked += sum(map(_is_unworked, _UNWORKED.finditer(piece)))


def _failed(piece: bytes, height: int, width: int) -> Iterator[Failed]:
    for found in _FAILED.finditer(piece):
        place = _PLACE.search(found[1])
        if place is None:
            continue
        column = 0
        for letter in place[1]:
            column = column * 26 + letter - 64
        row = int(place[2]) - 1
        if 0 <= row < height and column <= width:
            value = _VALUE.search(found[2])
            word = html.unescape(value[1].decode("utf-8", "replace")).strip() if value else ""
            yield row, column - 1, word if word in ERRORS else UNKNOWN


def _is_unworked(found: re.Match[bytes]) -> bool:
    """Tell whether a formula without a value isn't one whose value is the empty text, or an error."""
    text, begins = found.string, found.start()
    if text.startswith(b"</", begins):
        begins = max(0, text.rfind(b"<", 0, begins))
    cell = max(0, text.rfind(b"<", 0, begins))
    return not _SAYS_EMPTY.search(text, cell, min(begins, cell + 700))


class _Ods:
    """Hears the tags of an .ods: where its cells reach down or show that a formula failed."""

    def __init__(self, sheet: str, height: int, width: int) -> None:
        self._sheet, self._height, self._width = sheet, height, width
        self.marks = Marks([], [])
        self._here = False
        self._row = self._column = self._rows = 0
        self.done = False

    def start(self, name: str, told: dict[str, str]) -> None:
        """Hear a tag that opens."""
        name = name.rpartition(":")[2]
        if name == "table":
            self._here = told.get("table:name") == self._sheet
        elif not self._here:
            return
        elif name == "table-row":
            self._rows, self._column = _times(told, "rows-repeated"), 0
        elif name == "table-cell" or name == "covered-table-cell":
            again = _times(told, "columns-repeated")
            if told:
                self._cell(told, again)
            self._column += again

    def end(self, name: str) -> None:
        """Hear a tag that closes."""
        name = name.rpartition(":")[2]
        if self._here and name == "table-row":
            self._row += self._rows
        elif self._here and name == "table":
            self._here, self.done = False, True

    def _cell(self, told: dict[str, str], again: int) -> None:
        if self._row >= self._height or self._column >= self._width:
            return
        down = _times(told, "rows-spanned")
        if down > 1 and len(self.marks.merged) < MOST_MERGED:
            last = min(self._row + down, self._height) - 1
            if last > self._row:
                self.marks.merged.append((self._row, self._column, last))
        if told.get("calcext:value-type") == "error" and len(self.marks.failed) < MOST_ERRORS:
            self.marks.failed.append((self._row, self._column, UNKNOWN))

    def doctype(self, *_said: object) -> None:
        """Hear that entities may be declared, which no spreadsheet does."""
        raise ValueError("a document type")


def _times(told: dict[str, str], name: str) -> int:
    said = told.get(f"table:number-{name}", "")
    return int(said) if said.isascii() and said.isdigit() and 0 < len(said) < 8 else 1


def of_ods(file: IO[bytes], sheet: str, height: int, width: int) -> Marks:
    """Return the marks of `sheet` where `file` is an .ods, else none; cells beyond `height` and `width` are nothing."""
    file.seek(0)
    heard = _Ods(sheet, height, width)
    with zipfile.ZipFile(file) as archive:
        if "content.xml" not in archive.namelist():
            return heard.marks
        if not any(mark in piece for piece in _pieces(archive) for mark in ODS_MARKS):
            return heard.marks
        parser = expat.ParserCreate()
        parser.StartElementHandler = heard.start
        parser.EndElementHandler = heard.end
        parser.StartDoctypeDeclHandler = heard.doctype
        for content in _pieces(archive):
            parser.Parse(content, False)
            if heard.done:
                break
    return heard.marks


def _pieces(archive: zipfile.ZipFile) -> Iterator[bytes]:
    with archive.open("content.xml") as member:
        seen = 0
        while seen < MOST_SCANNED and (content := member.read(PIECE)):
            seen += len(content)
            yield content
