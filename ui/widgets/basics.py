"""The small parts of every page: labels that never read markup, buttons, chips, cards, empty states."""

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFontMetrics, QKeySequence, QPainter, QPaintEvent, QResizeEvent, QShortcut
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)


def role(widget: QWidget, name: str) -> None:
    """Give a widget its look (see ui/theme/sheet.py); may be changed while it is shown."""
    widget.setProperty("role", name)
    widget.style().unpolish(widget)
    widget.style().polish(widget)


def label(text: str = "", look: str = "", *, wrap: bool = False) -> QLabel:
    """Return a label; what citizens wrote is plain text everywhere, never markup."""
    made = QLabel(text)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setWordWrap(wrap)
    if look:
        made.setProperty("role", look)
    return made


class Elided(QLabel):
    """One line that ends in … where there is no room, the whole in its tip."""

    def __init__(self, text: str = "", look: str = "") -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)
        if look:
            self.setProperty("role", look)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.setText(text)

    def minimumSizeHint(self) -> QSize:
        """Allow any width."""
        return QSize(20, super().minimumSizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint as much as there is room for."""
        painter = QPainter(self)
        shown = QFontMetrics(self.font()).elidedText(self.text(), Qt.TextElideMode.ElideRight, self.width())
        painter.setPen(self.palette().color(self.foregroundRole()))
        painter.setFont(self.font())
        painter.drawText(self.rect(), int(self.alignment() | Qt.AlignmentFlag.AlignVCenter), shown)

    def setText(self, text: str) -> None:
        """Show other words."""
        super().setText(text)
        self._tell()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show a tip only where something is hidden."""
        super().resizeEvent(event)
        self._tell()

    def _tell(self) -> None:
        hidden = QFontMetrics(self.font()).horizontalAdvance(self.text()) > self.width()
        self.setToolTip(self.text() if hidden else "")


def button(
    text: str, done: Callable[[], object] | None = None, *, look: str = "", key: str = "", tip: str = ""
) -> QPushButton:
    """Return a button; `key` is shown behind its words and works while the window is active."""
    made = QPushButton(f"{text}  {shown_key(key)}" if key else text)
    if look:
        made.setProperty("role", look)
    if key:
        # a button's own shortcut clicks only a tenth of a second later, and what is typed meanwhile goes elsewhere
        QShortcut(QKeySequence(key), made, made.click)
    if tip:
        made.setToolTip(tip)
    made.setAccessibleName(text)
    made.setCursor(Qt.CursorShape.PointingHandCursor)
    if done is not None:
        made.clicked.connect(lambda _checked=False: done())
    return made


def shown_key(key: str) -> str:
    """Return a key as it is printed beside words."""
    return key.replace("Return", "↵").replace("Ctrl+", "Ctrl ").replace("Alt+", "Alt ")


def line() -> QFrame:
    """Return a thin line between parts."""
    made = QFrame()
    made.setProperty("role", "line")
    return made


def row(
    *parts: QWidget | int | None, spacing: int = 8, margins: tuple[int, int, int, int] = (0, 0, 0, 0)
) -> QHBoxLayout:
    """Return widgets side by side; a number is a gap, None takes the rest."""
    made = QHBoxLayout()
    _fill(made, parts, spacing, margins)
    return made


def column(
    *parts: QWidget | int | None, spacing: int = 8, margins: tuple[int, int, int, int] = (0, 0, 0, 0)
) -> QVBoxLayout:
    """Return widgets below each other; a number is a gap, None takes the rest."""
    made = QVBoxLayout()
    _fill(made, parts, spacing, margins)
    return made


def _fill(
    layout: QBoxLayout,
    parts: tuple[QWidget | int | None, ...],
    spacing: int,
    margins: tuple[int, int, int, int],
) -> None:
    layout.setSpacing(spacing)
    layout.setContentsMargins(*margins)
    for part in parts:
        if part is None:
            layout.addStretch(1)
        elif isinstance(part, int):
            layout.addSpacing(part)
        else:
            layout.addWidget(part)


class Card(QFrame):
    """A surface with an optional title line; fill `body`."""

    def __init__(self, title: str = "", hint: str = "", *, padded: bool = False) -> None:
        super().__init__()
        self.setProperty("role", "card")
        whole = column(spacing=0, margins=(1, 1, 1, 1))
        self.setLayout(whole)
        self.title, self.hint = label(title, "strong"), label(hint, "hint")
        if title:
            self.head = row(self.title, self.hint, None, margins=(16, 10, 12, 10))
            whole.addLayout(self.head)
            whole.addWidget(line())
        self.body = column(spacing=8, margins=(16, 12, 16, 12) if padded else (0, 0, 0, 0))
        whole.addLayout(self.body, 1)


class Empty(QWidget):
    """What is shown where there is nothing: why, and what to do next."""

    def __init__(
        self, said: str, next_step: str = "", does: str = "", done: Callable[[], object] | None = None
    ) -> None:
        super().__init__()
        self.said, self.next = label(said, "large", wrap=True), label(next_step, "quiet", wrap=True)
        parts: list[QWidget | int | None] = [None, self.said, self.next]
        if does and done is not None:
            parts += [8, button(does, done, look="primary")]
        box = column(*parts, None, margins=(24, 24, 24, 24))
        for index in range(box.count()):
            item = box.itemAt(index)
            if item is not None and isinstance(part := item.widget(), QPushButton):
                box.setAlignment(part, Qt.AlignmentFlag.AlignHCenter)  # labels would lose their second line
        for part in (self.said, self.next):
            part.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            part.setMaximumWidth(460)
            part.setMinimumWidth(240)
        self.setLayout(box)


def scrolling(inside: QWidget | None = None) -> QScrollArea:
    """Return what scrolls up and down, never across, and is no stop for Tab."""
    made = QScrollArea()
    made.setWidgetResizable(True)
    made.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    made.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    if inside is not None:
        made.setWidget(inside)
    return made


def clear(layout: QBoxLayout) -> None:
    """Take everything out of a layout, and let it go."""
    while (item := layout.takeAt(0)) is not None:
        if (widget := item.widget()) is not None:
            widget.hide()
            widget.deleteLater()
        elif (inner := item.layout()) is not None:
            clear(inner)  # type: ignore[arg-type]
