"""The one table: columns that say how they read a row, rows painted with the theme, keys that open and choose."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QFocusEvent, QFontMetrics, QKeyEvent, QPainter, QPen, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QAbstractScrollArea,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
)

from ui.theme.tokens import LIGHTS, Tokens
from ui.widgets import lights

Index = QModelIndex | QPersistentModelIndex
RECORD = int(Qt.ItemDataRole.UserRole) + 1
LOOK = RECORD + 1
PADDING = 8
LEAST = 76  # logical pixels that a column without a width of its own is left


@dataclass(frozen=True)
class Column:
    """How one column reads a row.

    `text`: what is shown; `width`: logical pixels, 0 takes what is left; `right`: figures; `look`: a role of the
    theme's colours ("ink2", "red" …), "chip" or "chip_red" …, or "light:red" …, "" for plain ink.
    """

    title: str
    text: Callable[[Any], str]
    width: int = 0
    right: bool = False
    look: Callable[[Any], str] | str = ""
    strong: bool = False

    def look_of(self, record: Any) -> str:
        """Return the look of this column's cell in a row."""
        return self.look(record) if callable(self.look) else self.look


class Records(QAbstractTableModel):
    """A short list, all in memory: frozen rows, replaced whole."""

    def __init__(self, columns: Sequence[Column]) -> None:
        super().__init__()
        self.columns = tuple(columns)
        self._rows: Sequence[Any] = ()

    def replace(self, rows: Sequence[Any]) -> None:
        """Show these rows instead of what was there."""
        self.beginResetModel()
        self._rows = rows
        self.endResetModel()

    def record(self, number: int) -> Any:
        """Return a row, or None where it isn't there (yet)."""
        return self._rows[number] if 0 <= number < len(self._rows) else None

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 (Qt's own default)
        """Return how many rows there are."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 (Qt's own default)
        """Return how many columns there are."""
        return 0 if parent.isValid() else len(self.columns)

    def headerData(
        self, section: int, orientation: Qt.Orientation, what: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """Return a column's title."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        if what in {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole}:
            return self.columns[section].title
        if what == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if self.columns[section].right else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: Index, what: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return what a cell shows."""
        if not index.isValid():
            return None
        column, record = self.columns[index.column()], self.record(index.row())
        if what == RECORD:
            return record
        if record is None:
            return "…" if what == Qt.ItemDataRole.DisplayRole and column.width == 0 else None
        if what in {
            Qt.ItemDataRole.DisplayRole,
            Qt.ItemDataRole.ToolTipRole,
            Qt.ItemDataRole.AccessibleTextRole,
        }:
            return column.text(record)
        if what == LOOK:
            return column.look_of(record)
        if what == Qt.ItemDataRole.TextAlignmentRole and column.right:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return None


class Painter(QStyledItemDelegate):
    """Paints cells: text in its role's colour, chips, lights; the chosen row in the soft accent."""

    def __init__(self, tokens: Tokens, view: "Table") -> None:
        super().__init__(view)
        self._tokens, self._view = tokens, view
        self.marked = ""  # words to mark in texts, as search found them

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        """Return a row's height; the width is the column's."""
        return QSize(40, self._view.row_height)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint one cell."""
        tokens, rect = self._tokens, option.rect
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        if chosen:
            painter.fillRect(rect, tokens.colour("accent_soft"))
        elif index.row() == self._view.hovered:
            painter.fillRect(rect, tokens.colour("hover"))
        painter.setPen(tokens.colour("line"))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        if chosen and index.column() == 0:
            painter.fillRect(QRect(rect.left(), rect.top(), 3, rect.height()), tokens.colour("accent"))
        text, look = index.data() or "", index.data(LOOK) or ""
        inner = rect.adjusted(PADDING + (3 if index.column() == 0 else 0), 0, -PADDING, 0)
        painter.setFont(self._view.font())
        if look.startswith("chip"):
            self._chip(painter, inner, text, look)
            return
        if look.startswith("light:"):
            light = look[6:]
            box = QRectF(inner.left(), inner.center().y() - lights.SIDE / 2 + 1, lights.SIDE, lights.SIDE)
            lights.paint(painter, box, light, tokens)
            inner = inner.adjusted(lights.SIDE + 6, 0, 0, 0)
            look = LIGHTS[light] if light in {"red", "orange", "yellow"} else "ink"
        self._text(painter, inner, text, look, index)

    def _text(self, painter: QPainter, rect: QRect, text: str, look: str, index: Index) -> None:
        column = self._view.columns[index.column()]
        font = painter.font()
        font.setBold(column.strong)
        painter.setFont(font)
        metrics = QFontMetrics(font)
        shown = metrics.elidedText(text.replace("\n", " "), Qt.TextElideMode.ElideRight, rect.width())
        if self.marked and look != "ink3":
            self._mark(painter, rect, shown, metrics)
        painter.setPen(self._tokens.colour(look or "ink"))
        side = Qt.AlignmentFlag.AlignRight if column.right else Qt.AlignmentFlag.AlignLeft
        painter.drawText(rect, int(side | Qt.AlignmentFlag.AlignVCenter), shown)

    def _mark(self, painter: QPainter, rect: QRect, shown: str, metrics: QFontMetrics) -> None:
        for word in self.marked.split():
            at = shown.lower().find(word.lower())
            if at >= 0:
                left = rect.left() + metrics.horizontalAdvance(shown[:at])
                width = metrics.horizontalAdvance(shown[at : at + len(word)])
                top = rect.center().y() - metrics.height() // 2
                painter.fillRect(QRect(left, top, width, metrics.height()), self._tokens.colour("mark"))

    def _chip(self, painter: QPainter, rect: QRect, text: str, look: str) -> None:
        if not text:
            return
        kind = look[5:] or "accent"
        ink, soft = ("ink2", "sunken") if kind == "quiet" else (kind, f"{kind}_soft")
        font = painter.font()
        font.setPixelSize(self._tokens.size("small"))
        painter.setFont(font)
        metrics = QFontMetrics(font)
        shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, rect.width() - 12)
        width = metrics.horizontalAdvance(shown) + 12
        box = QRectF(rect.left(), rect.center().y() - metrics.height() / 2 - 1, width, metrics.height() + 3)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._tokens.colour(soft))
        painter.drawRoundedRect(box, 4, 4)
        painter.setPen(QPen(self._tokens.colour(ink)))
        painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), shown)
        painter.restore()


class Table(QTableView):
    """A list in the house's look. `opened` on Enter or double click, `chosen` when the current row changes."""

    opened = Signal(object)
    chosen = Signal(object)
    key_pressed = Signal(object)

    def __init__(self, model: Records, tokens: Tokens, *, many: bool = False, compact: bool = False) -> None:
        super().__init__()
        self.columns = model.columns
        self.hovered = -1
        self.shrinks = True  # a page that hides columns instead says so
        self._part = 1.0  # of their width that columns have
        self.row_height = tokens.size("row_compact" if compact else "row")
        self._tokens = tokens
        self.painter = Painter(tokens, self)
        self.setModel(model)
        self.setItemDelegate(self.painter)
        modes = QAbstractItemView.SelectionMode
        self.setSelectionMode(modes.ExtendedSelection if many else modes.SingleSelection)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setMouseTracking(True)
        self.setFrameShape(QTableView.Shape.NoFrame)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(self.row_height)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setTextElideMode(Qt.TextElideMode.ElideRight)
        header.setFixedHeight(tokens.size("row"))
        header.setMinimumSectionSize(40)
        self.entered.connect(self._hover)
        self.doubleClicked.connect(lambda index: self.opened.emit(index.data(RECORD)))
        self.selectionModel().currentRowChanged.connect(lambda now, _old: self.chosen.emit(now.data(RECORD)))
        self._spread()

    def _spread(self) -> None:
        header = self.horizontalHeader()
        scale = self._tokens.size("base") / 13
        for nth, column in enumerate(self.columns):
            stretch = column.width == 0
            modes = QHeaderView.ResizeMode
            header.setSectionResizeMode(nth, modes.Stretch if stretch else modes.Interactive)
            if not stretch:
                self.setColumnWidth(nth, round(column.width * scale))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Let columns of a fixed width give way where the others would have no room: large text, a narrow window."""
        super().resizeEvent(event)
        if not self.shrinks:
            return
        scale = self._tokens.size("base") / 13
        widths = {nth: round(one.width * scale) for nth, one in enumerate(self.columns) if one.width}
        least = (len(self.columns) - len(widths)) * LEAST * scale
        part = max(0.5, min(1.0, (event.size().width() - least) / max(1, sum(widths.values()))))
        if part != self._part:
            self._part = part
            for nth, width in widths.items():
                self.setColumnWidth(nth, round(width * part))

    def _hover(self, index: QModelIndex) -> None:
        self.hovered = index.row()
        self.viewport().update()

    def leaveEvent(self, event: Any) -> None:
        """Nothing is under the pointer any more."""
        self.hovered = -1
        self.viewport().update()
        super().leaveEvent(event)

    def record(self) -> Any:
        """Return the current row's record, or None."""
        index = self.currentIndex()
        return index.data(RECORD) if index.isValid() else None

    def selected(self) -> list[Any]:
        """Return the records of all chosen rows that are loaded, in their order."""
        rows = sorted(index.row() for index in self.selectionModel().selectedRows())
        model = self.model()
        assert isinstance(model, Records)
        return [record for record in map(model.record, rows) if record is not None]

    def choose(self, number: int) -> None:
        """Make a row the current one and bring it into view."""
        index = self.model().index(number, 0)
        flags = QItemSelectionModel.SelectionFlag
        self.selectionModel().setCurrentIndex(index, flags.ClearAndSelect | flags.Rows)
        self.scrollTo(index)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Choose nothing by coming here: Qt would make the first row the current one, and its case the one that is shown."""
        if self.currentIndex().isValid():
            super().focusInEvent(event)
        else:
            QAbstractScrollArea.focusInEvent(self, event)
            self.viewport().update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Open by Enter; letters, digits and signs are the page's actions, never a search in the list."""
        plain = event.modifiers() in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)
        event.ignore()
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and plain:
            if (record := self.record()) is not None:
                event.accept()
                self.opened.emit(record)
            return
        self.key_pressed.emit(event)  # whoever takes the key accepts it
        held = event.modifiers() & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier)
        typed = event.text().strip() and event.text().isprintable() and not held
        if event.isAccepted() or typed:
            return
        event.accept()
        super().keyPressEvent(event)
