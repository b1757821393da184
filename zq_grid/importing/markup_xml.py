"""Workbooks as one XML file, “XML Spreadsheet 2003”: what Excel and WPS open as a workbook whatever its name.

Read as a stream by expat, with a document type refused: so nothing is fetched and no entity grows.
Source: the XML Spreadsheet reference of Office 2003 (namespace `SPREADSHEET`).
"""

import re
from collections.abc import Iterator
from datetime import date, datetime
from xml.parsers import expat

from zq_grid.importing.kinds import NotRead
from zq_grid.importing.markup_sheets import Sheet, Sheets
from zq_grid.importing.table import ERRORS, EXACT, Cell, cell_of

SPREADSHEET = "urn:schemas-microsoft-com:office:spreadsheet}"
VISIBLE = "urn:schemas-microsoft-com:office:excel}Visible"
WORKBOOK, WORKSHEET, TABLE, ROW, CELL, DATA = (
    SPREADSHEET + name for name in ("Workbook", "Worksheet", "Table", "Row", "Cell", "Data")
)
DEEPEST = 60
LONGEST_TOKEN = 4 << 20  # bytes of one tag or comment
LONGEST_CELL = 1 << 20
WHOLE = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.0*)?")
NUMBER = re.compile(r"[+-]?(?:0|[1-9][0-9]{0,300})(?:\.[0-9]{0,300})?(?:[eE][+-]?[0-9]{1,2})?")
# What XML forbids yet systems write: control characters, by number or plain.
NUMBERED = re.compile("&#(?:0*(?:[0-8]|1[124-9]|2[0-9]|3[01])|[xX]0*(?:[0-8bcefBCEF]|1[0-9a-fA-F]));")
CONTROLS = bytes(set(range(32)) - {9, 10, 13})
NO_CHARACTERS = (b"\xef\xbf\xbe", b"\xef\xbf\xbf")
CUT_OFF = re.compile(r"&[#\w]{0,16}\Z")
NO_DAY = (date(1899, 12, 30), date(1899, 12, 31), date(1904, 1, 1))


def value_of(kind: str, text: str) -> Cell:
    """Return the cell whose type is `kind`."""
    if kind == "String":
        return cell_of(text)
    plain = text.strip()
    if kind == "Number":
        return _number(plain)
    if kind == "DateTime":
        return _moment(plain)
    if kind == "Boolean":
        return {"1": "TRUE", "0": "FALSE"}.get(plain, cell_of(text))
    if kind == "Error":
        return plain if plain in ERRORS else None
    return cell_of(text)


def _number(text: str) -> Cell:
    if WHOLE.fullmatch(text) and len(text) < 30:
        number = int(text.partition(".")[0])
        return number if abs(number) <= EXACT else text
    # A number that begins with a nought is a code: 0012 stays as it is.
    return cell_of(float(text)) if NUMBER.fullmatch(text) else cell_of(text)


def _moment(text: str) -> Cell:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return cell_of(text)
    if moment.tzinfo or moment.microsecond:
        moment = moment.replace(tzinfo=None, microsecond=0)
    if moment.date() in NO_DAY and (moment.hour or moment.minute or moment.second):
        return moment.time().isoformat()
    return moment if moment.hour or moment.minute or moment.second else moment.date()


class _Book:
    """Hears the tags of the file and makes sheets of its worksheets."""

    def __init__(self, sheets: Sheets) -> None:
        self._sheets = sheets
        self._sheet: Sheet | None = None
        self._name = ""
        self._visible = True
        self._path: list[str] = []
        self._rows = 0  # of the sheet, taken so far
        self._span = 0
        self._row: list[Cell] = []
        self._column = 0
        self._across = 0
        self._kind = ""
        self._into: list[str] | None = None
        self._size = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Hear a tag that opens; a name is its namespace, "}" and itself."""
        path = self._path
        inside = path[-1] if path else ""
        path.append(name)
        if len(path) > DEEPEST:
            raise NotRead("file_corrupt")
        if not inside and name != WORKBOOK:
            raise NotRead("file_not_table", what="XML 文件")
        if name == DATA and inside == CELL:
            self._kind = _given(attributes, "Type") or "String"
            self._into, self._size = [], 0
        elif name == CELL and inside == ROW:
            self._begin_cell(attributes)
        elif name == ROW and inside == TABLE and self._sheet:
            missing = _place(attributes, self._rows + self._span)
            self._sheet.skip(missing - self._rows)
            self._rows = missing
            self._span = _whole(attributes, "Span")
            self._row, self._column = [], 0
        elif name == WORKSHEET and len(path) == 2:
            self._sheet = self._sheets.new()
            self._name = _given(attributes, "Name")
            self._visible, self._rows, self._span = True, 0, 0
        elif name == VISIBLE:
            self._into, self._size = [], 0

    def end(self, name: str) -> None:
        """Hear a tag that closes."""
        self._path.pop()
        inside = self._path[-1] if self._path else ""
        if name == DATA and inside == CELL and self._into is not None:
            self._put(value_of(self._kind, "".join(self._into)))
            self._into = None
        elif name == CELL and inside == ROW:
            self._column += 1 + self._across
        elif name == ROW and inside == TABLE and self._sheet:
            self._sheet.row(self._row)
            self._rows += 1
        elif name == WORKSHEET and len(self._path) == 1 and self._sheet:
            self._sheets.close(self._sheet, self._name, visible=self._visible)
            self._sheet = None
        elif name == VISIBLE and self._into is not None:
            self._visible = "Hidden" not in "".join(self._into)
            self._into = None

    def text(self, content: str) -> None:
        """Hear a piece of text, which counts only as data."""
        if self._into is not None:
            self._size += len(content)
            if self._size > LONGEST_CELL:
                raise NotRead("file_corrupt")
            self._into.append(content)

    def doctype(self, *_said: object) -> None:
        """Hear that entities may be declared, which no spreadsheet does."""
        raise NotRead("file_corrupt")

    def _begin_cell(self, attributes: dict[str, str]) -> None:
        self._column = _place(attributes, self._column)
        self._across = _whole(attributes, "MergeAcross")
        if self._sheet and (down := _whole(attributes, "MergeDown")):
            self._sheet.reaches_down(self._column, down)

    def _put(self, cell: Cell) -> None:
        if cell is None or self._sheet is None:
            return
        if self._column >= self._sheet.limits.columns:
            raise NotRead("file_too_big", what=f"超过 {self._sheet.limits.columns} 列")
        if self._column < len(self._row):  # a second value of one cell
            return
        self._row.extend([None] * (self._column - len(self._row)))
        self._row.append(cell)


def _given(attributes: dict[str, str], name: str) -> str:
    """Return an attribute, with its namespace or carelessly without; "" for none."""
    return attributes.get(SPREADSHEET + name) or attributes.get(name, "")


def _whole(attributes: dict[str, str], name: str) -> int:
    text = _given(attributes, name) if attributes else ""
    if not text:
        return 0
    if len(text) > 9 or not (text.isascii() and text.isdigit()):
        raise NotRead("file_corrupt")
    return int(text)


def _place(attributes: dict[str, str], comes: int) -> int:
    """Return where a row or cell stands, from 0: at its index, else where one `comes` next.

    Raises:
        NotRead: the index lies before that.
    """
    place = _whole(attributes, "Index") - 1 if attributes else -1
    if place < 0:
        return comes
    if place < comes:
        raise NotRead("file_corrupt")
    return place


def read(chunks: Iterator[str], sheets: Sheets) -> None:
    """Take the worksheets of one file.

    Raises:
        NotRead: the file is no such workbook, is broken, or holds more than is allowed.
    """
    book = _Book(sheets)
    parser = expat.ParserCreate("utf-8", "}")
    parser.buffer_text = True
    parser.buffer_size = 1 << 16
    parser.StartElementHandler = book.start
    parser.EndElementHandler = book.end
    parser.CharacterDataHandler = book.text
    parser.StartDoctypeDeclHandler = book.doctype
    fed = 0
    try:
        for content in _clean(chunks):
            fed += len(content)
            parser.Parse(content, False)
            if fed - parser.CurrentByteIndex > LONGEST_TOKEN:
                raise NotRead("file_corrupt")
            if sheets.enough:
                return
        parser.Parse(b"", True)
    except expat.ExpatError:
        raise NotRead("file_corrupt") from None


def _clean(chunks: Iterator[str]) -> Iterator[bytes]:
    """Yield `chunks` without what XML forbids, as UTF-8."""
    kept = ""
    for chunk in chunks:
        text = kept + chunk
        kept = ""
        if "&#" in text:
            text = NUMBERED.sub("", text)
        if cut := CUT_OFF.search(text, max(0, len(text) - 18)):
            kept, text = cut[0], text[: cut.start()]
        content = text.encode("utf-8").translate(None, CONTROLS)
        for character in NO_CHARACTERS:
            content = content.replace(character, b"")
        yield content
    yield kept.encode("utf-8")
