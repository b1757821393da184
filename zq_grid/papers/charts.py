"""Charts for paper, drawn stroke by stroke: eight weeks as lines, parts of a whole as bars.

Shapes and dashes tell the lines apart on a black-and-white copy too; every label has our font.
"""

from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise
from typing import Any

from reportlab.lib.colors import Color, HexColor

from zq_grid.papers.figures import Shares, TrendPoint, half_up
from zq_grid.papers.parts import FAINT, GREY, LINE, Drawn, Style, fit, put

COLOURS = (HexColor(0x1F5FA8), HexColor(0x26744A), HexColor(0xB26A00), HexColor(0x7A3E9D))
DASHES: tuple[tuple[float, ...], ...] = ((), (5, 2), (1.5, 1.8), (6, 2, 1.5, 2))
BAR, BACK = HexColor(0x4B7DB8), HexColor(0xECEFF3)
AXIS = Style(7.5, 10, colour=GREY)


def marker(
    canvas: Any, shape: int, x: float, y: float, colour: Color, size: float = 2.3, *, hollow: bool = False
) -> None:
    """Draw one of four signs (round, square, triangle, diamond) centred on (x, y), the last two also as outlines."""
    canvas.setFillColor(colour)
    if shape == 0:
        canvas.circle(x, y, size, stroke=0, fill=1)
    elif shape == 1:
        canvas.rect(x - size * 0.9, y - size * 0.9, size * 1.8, size * 1.8, stroke=0, fill=1)
    else:
        corners = (
            [(0, 1.25), (1.15, -0.85), (-1.15, -0.85)]
            if shape == 2
            else [(0, 1.3), (1.3, 0), (0, -1.3), (-1.3, 0)]
        )
        path = canvas.beginPath()
        path.moveTo(x + corners[0][0] * size, y + corners[0][1] * size)
        for dx, dy in corners[1:]:
            path.lineTo(x + dx * size, y + dy * size)
        path.close()
        if hollow:
            canvas.setStrokeColor(colour)
            canvas.setLineWidth(1.1)
        canvas.drawPath(path, stroke=int(hollow), fill=int(not hollow))


def apart(places: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Return `places` moved as little as they must to lie `gap` apart, in the same order, within low…high."""
    order = sorted(range(len(places)), key=lambda index: places[index])
    moved = list(places)
    floor = low
    for index in order:
        moved[index] = max(moved[index], floor)
        floor = moved[index] + gap
    ceiling = high
    for index in reversed(order):
        moved[index] = min(moved[index], ceiling)
        ceiling = moved[index] - gap
    return moved


def bounds(values: Sequence[Fraction]) -> tuple[int, int, int]:
    """Return the axis (low, high, step) in percent: multiples of the step that hold all values."""
    low, high = min(values, default=Fraction(0)), max(values, default=Fraction(100))
    step = next((size for size in (5, 10, 20, 50, 100) if high - low <= 5 * size), 500)
    bottom = int(low // step) * step
    top = max(int(-(-high // step)) * step, bottom + 2 * step)
    if high <= 100 < top and bottom <= 100 - 2 * step:
        top = 100
    return bottom, top, step


class Trend(Drawn):
    """Lines over the weeks, each named at its right end; an empty base leaves a gap, never a zero."""

    left, right, bottom, top = 30, 96, 20, 8

    def __init__(self, points: Sequence[TrendPoint], names: Sequence[str], height: float = 170) -> None:
        super().__init__(height)
        self.points, self.names = points, names
        self.series = [[point.figures[index].percent for point in points] for index in range(len(names))]
        self.low, self.high, self.step = bounds([v for line in self.series for v in line if v is not None])

    def _x(self, week: int) -> float:
        inner = self.width - self.left - self.right - 24
        return self.left + 12 + inner * (week / (len(self.points) - 1) if len(self.points) > 1 else 0.5)

    def _y(self, value: Fraction) -> float:
        inner = self.height - self.bottom - self.top
        return self.bottom + inner * float((value - self.low) / (self.high - self.low))

    def draw(self) -> None:
        """Draw grid, lines, then the names at their ends."""
        canvas = self.canv
        canvas.setLineWidth(0.4)
        canvas.setStrokeColor(LINE)
        for value in range(self.low, self.high + 1, self.step):
            y = self._y(Fraction(value))
            canvas.line(self.left, y, self.width - self.right, y)
            put(canvas, self.left - 6, y - 2.7, f"{value}%", AXIS, align="right")
        for week, point in enumerate(self.points):
            put(canvas, self._x(week), 6, fit(point.label, AXIS, 48), AXIS, align="center")
        for index, values in enumerate(self.series):
            self._line(index, values)
        self._ends()

    def _line(self, index: int, values: Sequence[Fraction | None]) -> None:
        canvas = self.canv
        canvas.setStrokeColor(COLOURS[index])
        canvas.setLineWidth(1.5)
        canvas.setDash(DASHES[index])
        known = [(week, value) for week, value in enumerate(values) if value is not None]
        for (week, value), (following, reached) in pairwise(known):
            if following == week + 1:
                canvas.line(self._x(week), self._y(value), self._x(following), self._y(reached))
        canvas.setDash()
        for week, value in known:
            marker(canvas, index, self._x(week), self._y(value), COLOURS[index])

    def _ends(self) -> None:
        """Name each line at its right end, moved apart where ends meet, a thin line leading there."""
        ends = [
            (index, max(week for week, value in enumerate(values) if value is not None))
            for index, values in enumerate(self.series)
            if any(value is not None for value in values)
        ]
        tips = [self._y(self.series[index][week] or Fraction(0)) for index, week in ends]
        x = self.width - self.right + 10
        for (index, week), tip, y in zip(ends, tips, apart(tips, 11, 12, self.height - 4), strict=True):
            value = self.series[index][-1]
            self.canv.setStrokeColor(COLOURS[index])
            self.canv.setLineWidth(0.4)
            self.canv.line(self._x(week) + 4, tip, x - 3, y)
            style = Style(7.5, 10, bold=True, colour=COLOURS[index])
            put(self.canv, x, y - 2.7, fit(self.names[index], style, 60), style)
            put(
                self.canv, self.width, y - 2.7, "—" if value is None else half_up(value), style, align="right"
            )


class Bars(Drawn):
    """Parts of a whole as bars beneath their names, in two columns, with count and share of `total`."""

    row, gap = 18.0, 28.0

    def __init__(self, title: str, shares: Shares, total: int) -> None:
        self.title, self.shares, self.total = title, shares, total
        self.rows = max(-(-len(shares) // 2), 1)
        super().__init__(22 + self.row * self.rows)

    def draw(self) -> None:
        """Draw the title and one bar a part, the first half on the left."""
        put(self.canv, 0, self.height - 13, self.title, Style(9.5, 12, bold=True))
        if not self.shares:
            put(self.canv, 0, self.height - 31, "无", Style(8, 10, colour=FAINT))
        longest = max((count for _, count in self.shares), default=0) or 1
        wide = (self.width - self.gap) / 2
        for index, (name, count) in enumerate(self.shares):
            column, line = divmod(index, self.rows)
            x, y = column * (wide + self.gap), self.height - 17 - (line + 1) * self.row
            self._bar(x, y, wide, name, count, count / longest)

    def _bar(self, x: float, y: float, wide: float, name: str, count: int, part: float) -> None:
        canvas, end = self.canv, x + wide
        share = f"{half_up(Fraction(100 * count, self.total))}%" if self.total else "—"
        put(canvas, x, y + 4, fit(name, Style(8), wide - 76), Style(8))
        put(canvas, end - 38, y + 4, f"{count:,}", Style(8, bold=True), align="right")
        put(canvas, end, y + 4, share, Style(7.5, colour=GREY), align="right")
        for colour, length in ((BACK, wide), (BAR, wide * part)):
            canvas.setFillColor(colour)
            canvas.rect(x, y - 1.5, length, 2.6, stroke=0, fill=1)
