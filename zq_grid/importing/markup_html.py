"""The tables of a web page: what many a system calls .xls and Excel opens without a word.

A cell that spans several rows or columns stands in the first of them, as merged cells of a workbook come; how
far down it reaches is told apart.
Hidden rows are read, as those of a workbook are; a hidden table is a hidden sheet. A table within a cell is
a sheet of its own and no text of that cell. Source of the rules: the HTML standard, section “Tables”.
"""

import html
import re
from collections.abc import Iterator
from contextlib import suppress

from zq_grid.importing.kinds import NotRead
from zq_grid.importing.markup_sheets import Sheet, Sheets
from zq_grid.importing.markup_tags import Tokens
from zq_grid.importing.table import Cell

LEAST_ROWS, LEAST_COLUMNS = 2, 2  # what is smaller arranges a page and is no table
DEEPEST = 50
LONGEST_CELL = 1 << 20
WHOLE_GROUP = 1 << 30  # a span to the end of the group of rows
SPAN = re.compile(r"""(?:^|[\s"'])(col|row)span\s*=\s*["']?\s*([0-9]{1,9})""", re.IGNORECASE)
HIDDEN = re.compile(r"""display\s*:\s*none|(?:^|\s)hidden(?:\s|=|/|$)""", re.IGNORECASE)
# Excel writes what a cell shows and, apart, the number that it holds.
NUMBER = re.compile(r"""(?:x:num|sdval)\s*=\s*["']?(-?[0-9]{1,17})["'\s/]|$""", re.IGNORECASE)
ROUNDED = re.compile(r"\s*-?[0-9](?:\.[0-9]+)?E\+[0-9]+\s*", re.IGNORECASE)
NAMES = re.compile(r"<x:Name>([^<]{1,200})</x:Name>", re.IGNORECASE)
SPACE = " \t\n\r\f"
SPACES = re.compile(f"[{SPACE}]+")
UNEVEN = re.compile(r"[\t\n\r\f]|  |^ | $")
# Marks of ours in the text of a cell: a NUL can't come from a file, a hard space stays a space.
BREAK, HARD = "\0", "\xa0"
AROUND_BREAK = re.compile(f"[{SPACE}]*{BREAK}[{SPACE}]*")
BLOCKS = frozenset(("p", "div", "li", "ul", "ol", "dl", "dt", "dd", "hr", "blockquote", "address"))
BLOCKS |= frozenset(f"h{level}" for level in range(1, 7))
GROUPS = frozenset(("thead", "tbody", "tfoot"))
HEARD = BLOCKS | GROUPS | {"table", "caption", "tr", "td", "th", "br", "pre"}


def text_of(raw: str) -> str:
    """Return what a reader sees of the text `raw` of a page."""
    if UNEVEN.search(raw) or BREAK in raw:
        raw = AROUND_BREAK.sub(BREAK, SPACES.sub(" ", raw)).strip(SPACE + BREAK)
    if "&" in raw:
        with suppress(ValueError):  # a number of thousands of digits
            raw = html.unescape(raw)
    if HARD in raw or BREAK in raw:
        raw = raw.replace(HARD, " ").replace(BREAK, "\n")
    return raw


class _Table:
    """One table: where the next cell stands, and what reaches down from above."""

    def __init__(self, sheet: Sheet, *, visible: bool) -> None:
        self.sheet = sheet
        self.visible = visible
        self.caption = ""
        self._row: list[Cell] | None = None
        self._number = 0
        self._column = 0
        self._until: dict[int, int] = {}  # column → first row that is free again
        self._reaching: list[list[int]] = []  # the cells of this group that span several rows
        self._most = sheet.limits.columns
        self._attributes = ""
        self.into: list[str] | None = None  # the text of the cell or the caption that is open
        self._size = 0
        self._in_caption = False

    def row(self) -> None:
        """Begin a row."""
        self.end_row()
        self._row = []
        self._column = 0

    def end_row(self) -> None:
        """End the row, if one is open."""
        self.end_text()
        if self._row is not None:
            self.sheet.row(self._row)
            self._row = None
            self._number += 1

    def group(self) -> None:
        """Begin or end a group of rows: no cell reaches across its border."""
        self.end_row()
        self._until.clear()
        for span in self._reaching:
            span[2] = min(span[2], self._number - 1)
        self._reaching.clear()

    def begin_cell(self, attributes: str) -> None:
        """Begin a cell."""
        self.end_text()
        if self._row is None:
            self.row()
        self._attributes = attributes
        self.into, self._size = [], 0

    def begin_caption(self) -> None:
        """Begin the caption."""
        self.end_text()
        self.into, self._size, self._in_caption = [], 0, True

    def text(self, content: str) -> None:
        """Take text, which counts only in a cell or the caption."""
        if self.into is not None:
            self._size += len(content)
            if self._size > LONGEST_CELL:
                raise NotRead("file_corrupt")
            self.into.append(content)

    def break_line(self, *, block: bool) -> None:
        """Begin a new line; for the border of a block only where the line holds anything."""
        into = self.into
        if into is None:
            return
        if block:
            while into and not into[-1].strip(SPACE):
                into.pop()
            if not into or into[-1] == BREAK:
                return
        self.text(BREAK)

    def end_text(self) -> None:
        """End the cell or caption, if one is open."""
        if self.into is None:
            return
        raw, self.into = "".join(self.into), None
        if self._in_caption:
            self._in_caption = False
            self.caption = text_of(raw)[:1_000]
        else:
            self.put(self._attributes, raw)

    def put(self, attributes: str, raw: str) -> None:
        """Place a cell where the row goes on.

        Raises:
            NotRead: there are more columns than allowed.
        """
        row, until, column = self._row, self._until, self._column
        if row is None or len(raw) > LONGEST_CELL:
            raise NotRead("file_corrupt")
        if until:
            while until.get(column, 0) > self._number:
                column += 1
        text = text_of(raw)
        across = 1
        if attributes:
            if "E+" in text and ROUNDED.fullmatch(text) and (exact := NUMBER.search(attributes)) and exact[1]:
                text = exact[1]
            across = self._span(attributes, column)
        if text and not text.isspace():
            if column >= self._most:
                raise NotRead("file_too_big", what=f"超过 {self._most} 列")
            if column > len(row):
                row.extend([None] * (column - len(row)))
            row.append(text)
        self._column = min(column + across, self._most)

    def _span(self, attributes: str, column: int) -> int:
        """Return how many columns a cell takes, and remember how far down it reaches."""
        if "span" not in attributes and "SPAN" not in attributes and "Span" not in attributes:
            return 1
        spans = {found[1].lower(): int(found[2]) for found in SPAN.finditer(attributes)}
        across = min(spans.get("col", 1) or 1, self._most)
        down = spans.get("row", 1)
        if down != 1:
            free = self._number + (down or WHOLE_GROUP)
            if kept := self.sheet.reaches_down(column, free - self._number - 1):
                self._reaching.append(kept)
            for covered in range(column, min(column + across, self._most)):
                self._until[covered] = free
        return across


class Page:
    """Hears the tags and texts of a page and makes sheets of its tables."""

    def __init__(self, sheets: Sheets) -> None:
        self._sheets = sheets
        self._open: list[_Table] = []
        self._names: list[str] = []  # of the sheets, in their order, where Excel wrote the page
        self._title = ""
        self._pre = 0

    @property
    def enough(self) -> bool:
        """Say whether to stop."""
        return self._sheets.enough

    @property
    def open(self) -> bool:
        """Say whether a table was begun and not ended."""
        return bool(self._open)

    def cell(self, attributes: str, content: str) -> None:
        """Hear a whole cell that holds nothing but text."""
        if self._open:
            table = self._open[-1]
            table.begin_cell(attributes)
            table.into = None
            table.put(attributes, content)

    def text(self, content: str) -> None:
        """Hear a piece of text."""
        if self._open:
            if self._pre:
                content = content.replace("\n", BREAK).replace(" ", HARD).replace("\t", HARD)
            self._open[-1].text(content)

    def aside(self, kind: str, content: str) -> None:
        """Hear what names the page or its sheets."""
        if kind == "title" and not self._title:
            self._title = text_of(content)
        elif kind == "comment" and "<x:" in content:
            self._names = [text_of(name) for name in NAMES.findall(content)]

    def start(self, name: str, attributes: str) -> None:
        """Hear a tag that opens."""
        if name == "table":
            self._begin(attributes)
        elif self._open:
            table = self._open[-1]
            if name == "td" or name == "th":
                table.begin_cell(attributes)
                if attributes.endswith("/") and not attributes.endswith("=/"):
                    table.end_text()
            elif name == "tr":
                table.row()
            elif name == "caption":
                table.begin_caption()
            elif name == "br":
                table.break_line(block=False)
            else:
                self._border(table, name, 1)

    def end(self, name: str) -> None:
        """Hear a tag that closes."""
        if name == "table":
            self._end()
        elif self._open:
            table = self._open[-1]
            if name == "td" or name == "th" or name == "caption":
                table.end_text()
                self._pre = 0
            elif name == "tr":
                table.end_row()
            else:
                self._border(table, name, -1)

    def finish(self) -> None:
        """End what the page left open."""
        while self._open and not self.enough:
            self._end()

    def _border(self, table: _Table, name: str, deeper: int) -> None:
        """Hear a tag that begins or ends a group of rows or a block of text."""
        if name in GROUPS:
            table.group()
            return
        table.break_line(block=True)
        if name == "pre":
            self._pre = max(0, self._pre + deeper)

    def _begin(self, attributes: str) -> None:
        if self._open and self._open[-1].into is None:
            self._end()  # nobody closed it
        if len(self._open) >= DEEPEST:
            raise NotRead("file_too_big", what=f"嵌套超过 {DEEPEST} 层的表格")
        self._open.append(_Table(self._sheets.new(), visible=not HIDDEN.search(attributes)))
        self._pre = 0

    def _end(self) -> None:
        if not self._open:
            return
        table = self._open.pop()
        table.end_row()
        sheet = table.sheet
        if sheet.filled < LEAST_ROWS or sheet.width < LEAST_COLUMNS:
            return
        place = len(self._sheets)
        name = self._names[place] if place < len(self._names) else "" if place else self._title
        self._sheets.close(sheet, table.caption or name, visible=table.visible)


def read(chunks: Iterator[str], sheets: Sheets) -> None:
    """Take the tables of one page.

    Raises:
        NotRead: the page is broken, or holds more than is allowed.
    """
    page = Page(sheets)
    Tokens(chunks, page, HEARD).run()
    page.finish()
