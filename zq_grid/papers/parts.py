"""Pieces that every paper is made of: text that is only text, headings, tables, one palette.

Nothing here reads markup: `a & b <c` is printed as written, and `<img …>` loads nothing. So names, addresses
and citizens' words may be handed over as they are, masked but not escaped.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from reportlab.lib.colors import Color, HexColor
from reportlab.platypus import CondPageBreak, Flowable, KeepTogether, LongTable

from zq_grid.papers import fonts

INK, GREY, FAINT = HexColor(0x1A1D21), HexColor(0x5A626C), HexColor(0x868E98)
LINE, SHADE, RED = HexColor(0xDDE1E6), HexColor(0xF4F5F7), HexColor(0xC00000)
GOOD, BAD = HexColor(0x1F6B43), HexColor(0xB3261E)
LIGHTS = {
    "red": HexColor(0xC2362B),
    "orange": HexColor(0xC65312),
    "yellow": HexColor(0xC79A00),
    "green": HexColor(0x26744A),
}

# Rules of line breaking (GB/T 15834): these never begin a line, those never end one; a number
# keeps its measure word.
_NO_START = frozenset("，。、；：？！）》」』】〕〉”’…—％%‰℃·・.,;:!?)]}～~／")
_MEASURES = frozenset("件个期周版年月日户处名次条台吨米元项天时")
_NO_END = frozenset("（《「『【〔〈“‘([{#￥¥")
_UNITS = re.compile(
    r"[0-9A-Za-z.,:%/+\-_#&@'=]+(?: (?=[件个期周版年月日户处名次条台吨米元项天时]))?|.", re.DOTALL
)


@dataclass(frozen=True)
class Style:
    """How text is set; sizes in points. `first` is the indent of a paragraph's first line, in characters."""

    size: float = 9
    leading: float = 13
    bold: bool = False
    colour: Color = INK
    align: str = "left"
    first: int = 0
    justify: bool = False
    before: float = 0
    after: float = 0


BODY = Style(10, 17, first=2, justify=True, after=2)
NOTE = Style(7.5, 11.5, colour=GREY, justify=True, before=4)
CELL = Style(8.5, 11.5)
SMALL = Style(7.5, 10.5)
SHORT = 10
"""A table of so few rows is not broken off its note."""


class Drawn(Flowable):  # type: ignore[misc]  # ReportLab ships no types
    """A flowable of known height across the whole width, which draws itself on `self.canv`."""

    def __init__(self, height: float) -> None:
        super().__init__()
        self.height = height
        self.width = 0.0

    def wrap(self, width: float, _height: float) -> tuple[float, float]:
        """Take the width that is offered."""
        self.width = width
        return width, self.height


class Text(Drawn):
    """A paragraph or several (line feeds part them), broken by the rules of Chinese typesetting."""

    def __init__(self, text: str, style: Style = CELL, lines: "Sequence[Line] | None" = None) -> None:
        super().__init__(0)
        self.text, self.style, self._lines = text, style, lines
        self.spaceBefore, self.spaceAfter = style.before, style.after

    def wrap(self, width: float, _height: float) -> tuple[float, float]:
        """Break the text to `width`."""
        self.width = width
        self.lines = self._lines if self._lines is not None else break_lines(self.text, self.style, width)
        self.height = len(self.lines) * self.style.leading
        return width, self.height

    def split(self, width: float, height: float) -> list[Flowable]:
        """Break over a page, leaving at least two lines on either side."""
        self.wrap(width, height)
        room = min(int(height // self.style.leading), len(self.lines) - 2)
        if room < 2:
            return []
        head, tail = replace(self.style, after=0), replace(self.style, before=0)
        return [Text("", head, self.lines[:room]), Text("", tail, self.lines[room:])]

    def draw(self) -> None:
        """Draw the lines from the top down."""
        style = self.style
        for index, line in enumerate(self.lines):
            y = self.height - index * style.leading - (style.leading + style.size * 0.76) / 2
            free = self.width - line.indent - line.width
            spread = style.justify and not line.last and 0 < free < 4.5 * style.size
            x = line.indent + {"left": 0.0, "center": free / 2, "right": free}[style.align]
            gap = free / (len(line.text) - 1) if spread and len(line.text) > 1 else 0.0
            put(self.canv, x, y, line.text, style, gap=gap)


@dataclass(frozen=True)
class Line:
    """One line of a broken paragraph, its width and indent in points."""

    text: str
    width: float
    indent: float
    last: bool


def break_lines(text: str, style: Style, width: float) -> list[Line]:
    """Break plain `text` into lines of at most `width` points; numbers and Latin words stay whole."""
    lines: list[Line] = []
    for paragraph in fonts.clean(text).split("\n"):
        indent, current = style.first * style.size, ""
        for cluster in _clusters(paragraph):
            for piece in _fitting(cluster, style, width if current else width - indent):
                if current and _width(current + piece.rstrip(), style) > width - indent:
                    lines.append(_line(current, style, indent, last=False))
                    indent, current = 0.0, ""
                current += piece if current else piece.lstrip()
        lines.append(_line(current, style, indent, last=True))
    return lines


def _line(text: str, style: Style, indent: float, *, last: bool) -> Line:
    text = text.rstrip()
    return Line(text, _width(text, style), indent, last)


def _width(text: str, style: Style) -> float:
    return fonts.width(text, style.size, style.bold)


@lru_cache(4096)
def _clusters(paragraph: str) -> tuple[str, ...]:
    """Return the parts that no line may cut."""
    found: list[str] = []
    for unit in _UNITS.findall(paragraph):
        before = found[-1].rstrip()[-1:] if found else ""
        measured = unit in _MEASURES and before.isdigit()
        if found and (measured or unit[0] in _NO_START or before in _NO_END):
            found[-1] += unit
        else:
            found.append(unit)
    return tuple(found)


def _fitting(cluster: str, style: Style, width: float) -> list[str]:
    """Return the cluster, cut anywhere when it's wider than a line."""
    if _width(cluster.rstrip(), style) <= width:
        return [cluster]
    pieces = [""]
    for character in cluster:
        if pieces[-1] and _width(pieces[-1] + character, style) > width:
            pieces.append("")
        pieces[-1] += character
    return pieces


def fit(text: str, style: Style, width: float) -> str:
    """Return `text` as one line of at most `width` points, with … where it was cut."""
    text = fonts.clean(text).replace("\n", " ")
    if _width(text, style) <= width:
        return text
    while text and _width(text + "…", style) > width:
        text = text[:-1]
    return text + "…"


def put(
    canvas: Any, x: float, y: float, text: str, style: Style, *, align: str = "left", gap: float = 0
) -> None:
    """Draw cleaned text on one line; `x` is its left end, middle or right end as `align` says."""
    text = fonts.clean(text).replace("\n", " ")
    length = _width(text, style) + gap * max(len(text) - 1, 0)
    x -= {"left": 0.0, "center": length / 2, "right": length}[align]
    canvas.setFillColor(style.colour)
    for font, part in fonts.runs(text, style.bold):
        canvas.setFont(font, style.size)
        canvas.drawString(x, y, part, charSpace=gap or None)
        x += fonts.width(part, style.size, style.bold) + gap * len(part)


class Heading(Drawn):
    """A section's heading with its red mark, and its place in the reader's list of bookmarks."""

    def __init__(self, text: str, level: int = 0) -> None:
        super().__init__(22 if level == 0 else 16)
        self.text, self.level = fonts.clean(text), level
        self.spaceBefore, self.spaceAfter = (14, 5) if level == 0 else (9, 3)

    def draw(self) -> None:
        """Draw the heading and set its bookmark."""
        key = f"{self.canv.getPageNumber()}-{self.text}"
        self.canv.bookmarkHorizontal(key, 0, self.height + 8)
        self.canv.addOutlineEntry(self.text, key, self.level, closed=False)
        if self.level:
            put(self.canv, 0, 4, self.text, Style(9.5, 16, bold=True))
            return
        self.canv.setFillColor(RED)
        self.canv.rect(0, 3.5, 3.2, 14, stroke=0, fill=1)
        put(self.canv, 10, 5.5, self.text, Style(12.5, 22, bold=True))


def section(text: str, room: float, level: int = 0) -> list[Flowable]:
    """Return a heading that goes to the next page with what follows, unless `room` points fit beneath it."""
    return [CondPageBreak(room + 42), Heading(text, level)]


def noted(table: Flowable, note: str, rows: int) -> list[Flowable]:
    """Return a table with its note, on one page where the table is short (see `room_for`)."""
    parts = [table, Text(note, NOTE)]
    return [KeepTogether(parts)] if rows <= SHORT else parts


def room_for(rows: int) -> float:
    """Return the points that a heading must find beneath it for a table of so many rows and its note."""
    return 75.0 + 20 * rows if rows <= SHORT else 110.0


def grid(
    rows: Sequence[Sequence[object]],
    widths: Sequence[float],
    *,
    heads: int = 1,
    size: float = 8.5,
    keep: int = 3,
    air: float = 0,
) -> tuple[LongTable, list[tuple[Any, ...]]]:
    """Return a table that repeats its `heads` header rows, and the list of style commands, still open.

    Rules above and below, hairlines between; the last `keep` rows stay together on a page; `air` is added to
    the padding. Cells are `Text` or strings of digits and Latin signs; call
    `table.setStyle(commands)` when all are added.
    """
    fonts.register()
    table = LongTable(rows, colWidths=widths, repeatRows=heads)
    commands: list[tuple[Any, ...]] = [
        ("FONT", (0, 0), (-1, -1), fonts.REGULAR, size),
        ("FONT", (0, 0), (-1, heads - 1), fonts.BOLD, size),
        ("TEXTCOLOR", (0, 0), (-1, -1), INK),
        ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
        ("TOPPADDING", (0, 0), (-1, -1), 2.6 + air),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 3.4 + air),
        ("LEFTPADDING", (0, 0), (-1, -1), 3),
        ("RIGHTPADDING", (0, 0), (-1, -1), 3),
        ("LINEABOVE", (0, 0), (-1, 0), 1, INK),
        ("LINEBELOW", (0, heads), (-1, -2), 0.35, LINE),
        ("LINEBELOW", (0, -1), (-1, -1), 1, INK),
        # Last, because a split table draws the hairline of the row before on top of the repeated heads.
        ("LINEBELOW", (0, heads - 1), (-1, heads - 1), 0.6, INK),
    ]
    if len(rows) > heads:
        commands.append(("NOSPLIT", (0, 0), (-1, min(heads + 1, len(rows) - 1))))
        commands.append(("NOSPLIT", (0, max(-keep, heads - len(rows))), (-1, -1)))
    return table, commands
