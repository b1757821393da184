"""A year as twelve months: working days, weekends, rest days, make-up days; arrows move, Space turns a day."""

import calendar
from datetime import date, timedelta

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui.theme.tokens import Tokens
from ui.tr import language, tr
from zq_grid.limit_words_en import MONTHS

OFF, WORK, WEEKEND, PLAIN = "off", "work", "weekend", ""
WEEK = "一二三四五六日"
LETTERS = "MTWTFSS"


class Year(QWidget):
    """`turned` when a day was changed, `moved` when another day is the current one."""

    turned = Signal(object)
    moved = Signal(object)

    def __init__(self, tokens: Tokens) -> None:
        super().__init__()
        self._tokens = tokens
        self.year, self.current = 2026, date(2026, 1, 1)
        self.off: dict[date, str] = {}
        self.work: dict[date, str] = {}
        self._editable = False
        self._boxes: dict[date, QRectF] = {}
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(tr("节假日日历"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def show_year(self, year: int, off: dict[date, str], work: dict[date, str], *, editable: bool) -> None:
        """Show a year with its rest days and make-up days."""
        self.year, self.off, self.work, self._editable = year, dict(off), dict(work), editable
        if self.current.year != year:
            self.current = date(year, 1, 1)
        self.update()

    def kind_of(self, day: date) -> str:
        """Return what a day is."""
        if day in self.off:
            return OFF
        if day in self.work:
            return WORK
        return WEEKEND if day.weekday() > 4 else PLAIN

    def name_of(self, day: date) -> str:
        """Return the holiday that a day belongs to."""
        return self.off.get(day) or self.work.get(day) or ""

    def turn(self) -> None:
        """Turn the current day: a working day to rest and back; a weekend's day to rest, to work and back."""
        if not self._editable:
            return
        day = self.current
        kind = self.kind_of(day)
        near = self.off.get(day - timedelta(days=1)) or self.off.get(day + timedelta(days=1)) or "休"
        if kind in {PLAIN, WEEKEND}:
            self.off[day] = near
        elif kind == OFF:
            del self.off[day]
            if day.weekday() > 4:
                self.work[day] = "调休"
        else:
            del self.work[day]
        self.turned.emit(day)
        self.update()

    def sizeHint(self) -> QSize:
        """Return room for four months side by side."""
        cell = self._cell()
        return QSize(4 * 8 * cell, 3 * 9 * cell)

    def minimumSizeHint(self) -> QSize:
        """Return the room for two months side by side."""
        cell = self._cell()
        across = self._across()
        return QSize(2 * 8 * cell, -(-12 // across) * 9 * cell)

    def _cell(self) -> int:
        return self._tokens.size("base") * 2

    def _across(self) -> int:
        return max(2, min(4, self.width() // (8 * self._cell())))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the months."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), self._tokens.colour("surface"))
        self._boxes = {}
        across = self._across()
        if self.minimumHeight() != (height := -(-12 // across) * 9 * self._cell()):
            self.setMinimumHeight(height)
        wide, high = self.width() / across, max(self.height(), height) / -(-12 // across)
        for month in range(1, 13):
            row, column = divmod(month - 1, across)
            self._month(painter, month, QRectF(column * wide + 12, row * high + 6, wide - 24, high - 12))

    def _month(self, painter: QPainter, month: int, box: QRectF) -> None:
        tokens = self._tokens
        cell = min(box.width() / 7, box.height() / 8)
        font = painter.font()
        font.setPixelSize(tokens.size("base"))
        font.setBold(True)
        painter.setFont(font)
        painter.setPen(tokens.colour("ink"))
        middle = int(Qt.AlignmentFlag.AlignCenter)
        title = MONTHS[month - 1] if language() == "en" else f"{month} 月"
        painter.drawText(
            QRectF(box.left() + 6, box.top(), box.width(), cell), int(Qt.AlignmentFlag.AlignVCenter), title
        )
        font.setBold(False)
        font.setPixelSize(tokens.size("small"))
        painter.setFont(font)
        painter.setPen(tokens.colour("ink3"))
        letters = LETTERS if language() == "en" else WEEK
        for nth, letter in enumerate(letters):
            painter.drawText(QRectF(box.left() + nth * cell, box.top() + cell, cell, cell), middle, letter)
        start = date(self.year, month, 1).weekday()
        for number in range(1, calendar.monthrange(self.year, month)[1] + 1):
            row, column = divmod(start + number - 1, 7)
            where = QRectF(box.left() + column * cell, box.top() + (row + 2) * cell, cell, cell)
            self._day(painter, date(self.year, month, number), where)

    def _day(self, painter: QPainter, day: date, box: QRectF) -> None:
        tokens, kind = self._tokens, self.kind_of(day)
        self._boxes[day] = box
        inner = box.adjusted(2, 2, -2, -2)
        ink, soft = {
            OFF: ("green", "green_soft"),
            WORK: ("orange", "orange_soft"),
            WEEKEND: ("ink3", ""),
            PLAIN: ("ink", ""),
        }[kind]
        painter.setPen(Qt.PenStyle.NoPen)
        if soft:
            painter.setBrush(tokens.colour(soft))
            painter.drawRoundedRect(inner, 5, 5)
        if day == self.current:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(tokens.colour("accent" if self.hasFocus() else "line_strong"), 2))
            painter.drawRoundedRect(inner, 5, 5)
        painter.setPen(tokens.colour(ink))
        painter.drawText(inner, int(Qt.AlignmentFlag.AlignCenter), str(day.day))
        if kind in {OFF, WORK}:
            # colour is never the only sign: a dot for rest, a bar for work
            painter.setPen(QPen(tokens.colour(ink), 2))
            x, y = inner.center().x(), inner.bottom() - 2
            painter.drawLine(
                int(x - (5 if kind == WORK else 1)), int(y), int(x + (5 if kind == WORK else 1)), int(y)
            )

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Choose a day; a click on the chosen one turns it."""
        for day, box in self._boxes.items():
            if box.contains(event.position()):
                if day == self.current:
                    self.turn()
                else:
                    self._go(day)
                return

    def _go(self, day: date) -> None:
        if day.year == self.year:
            self.current = day
            self.moved.emit(day)
            self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move by days and weeks."""
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Up: -7, Qt.Key.Key_Down: 7}
        if event.key() in steps:
            self._go(self.current + timedelta(days=steps[Qt.Key(event.key())]))
        else:
            super().keyPressEvent(event)
