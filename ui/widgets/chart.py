"""Lines over weeks: several rates, each with its name, points that can be hovered; gaps where there was no base."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetrics, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from ui.theme.tokens import Tokens
from ui.tr import listed

RIGHT, TOP = 14, 10


@dataclass(frozen=True)
class Line:
    """One series: its name, a colour's role, percentages (None: no base)."""

    name: str
    colour: str
    values: tuple[float | None, ...]


class Lines(QWidget):
    """A line chart of percentages by week."""

    def __init__(self, tokens: Tokens) -> None:
        super().__init__()
        self._tokens = tokens
        # what the words beside and below need, at the text size that is set
        self._line = round(tokens.size("small") * 1.5)
        self._left, self._below = tokens.size("small") * 2 + 16, self._line + 8
        self._titles: Sequence[str] = ()
        self._lines: Sequence[Line] = ()
        self.setMinimumHeight(180)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def show_lines(self, titles: Sequence[str], lines: Sequence[Line]) -> None:
        """Show series over the same titles."""
        self._titles, self._lines = titles, lines
        self.setAccessibleDescription(listed(f"{one.name} {one.values[-1]}" for one in lines if one.values))
        self.update()

    def _range(self) -> tuple[float, float]:
        known = [value for one in self._lines for value in one.values if value is not None]
        if not known:
            return 0.0, 100.0
        step = 10 if max(known) - min(known) <= 50 else 20
        low = max(0.0, (min(known) - 4) // step * step)
        return low, max(100.0 if max(known) <= 100 else max(known) + 5, low + 10)

    def _point(self, nth: int, value: float) -> QPointF:
        low, high = self._range()
        width, height = self.width() - self._left - RIGHT, self.height() - TOP - self._below
        across = width * nth / max(1, len(self._titles) - 1)
        return QPointF(self._left + across, TOP + height * (1 - (value - low) / (high - low)))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint axes, then lines with their points."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        tokens = self._tokens
        font = painter.font()
        font.setPixelSize(tokens.size("small"))
        painter.setFont(font)
        low, high = self._range()
        step = 10 if high - low <= 50 else 20
        for value in range(int(high) // 10 * 10, int(low) - 1, -step):
            y = self._point(0, value).y()
            painter.setPen(QPen(tokens.colour("line"), 1))
            painter.drawLine(QPointF(self._left, y), QPointF(self.width() - RIGHT, y))
            painter.setPen(tokens.colour("ink3"))
            right = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            painter.drawText(QRectF(0, y - self._line / 2, self._left - 8, self._line), right, str(value))
        self._titles_below(painter)
        for one in self._lines:
            self._draw(painter, one)

    def _titles_below(self, painter: QPainter) -> None:
        painter.setPen(self._tokens.colour("ink3"))
        widest = max(
            (QFontMetrics(painter.font()).horizontalAdvance(title) for title in self._titles), default=0
        )
        room = (self.width() - self._left - RIGHT) / max(1, len(self._titles) - 1)
        every = max(1, -(-(widest + 8) // max(1, int(room))))
        for nth, title in enumerate(self._titles):
            if (len(self._titles) - 1 - nth) % every == 0:
                x = self._point(nth, 0).x()
                box = QRectF(x - widest, self.height() - self._below + 6, 2 * widest, self._line)
                if box.right() > self.width():
                    box.moveRight(self.width())
                    painter.drawText(box, int(Qt.AlignmentFlag.AlignRight), title)
                else:
                    painter.drawText(box, int(Qt.AlignmentFlag.AlignHCenter), title)

    def _draw(self, painter: QPainter, one: Line) -> None:
        colour = self._tokens.colour(one.colour)
        before: QPointF | None = None
        for nth, value in enumerate(one.values):
            if value is None:
                before = None
                continue
            point = self._point(nth, value)
            painter.setPen(QPen(colour, 1.8))
            if before is not None:
                painter.drawLine(before, point)
            painter.setBrush(colour)
            painter.drawEllipse(point, 2.6, 2.6)
            before = point

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Say what a point stands for."""
        where = event.position()
        for one in self._lines:
            for nth, value in enumerate(one.values):
                if value is not None and (self._point(nth, value) - where).manhattanLength() < 9:
                    QToolTip.showText(
                        event.globalPosition().toPoint(), f"{self._titles[nth]} {one.name} {value:.1f}%"
                    )
                    return
