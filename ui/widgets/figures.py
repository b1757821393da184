"""Numbers that are doors: a box with one figure, and a rate with its n, its change and its last weeks."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QSizePolicy, QWidget

from ui.theme.tokens import Tokens
from ui.widgets.basics import Elided, column, label, role, row


class Door(QFrame):
    """A card that opens something by click, Enter or Space."""

    def __init__(self, opens: Callable[[], object] | None) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self._opens = opens
        if opens is not None:
            self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            self.setCursor(Qt.CursorShape.PointingHandCursor)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Open."""
        if self._opens is not None and self.rect().contains(event.position().toPoint()):
            self._opens()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Open by key."""
        if self._opens is not None and event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space}:
            self._opens()
        else:
            super().keyPressEvent(event)


class Figure(Door):
    """A box: what is counted, how many, and a few words; a coloured edge says how pressing it is.

    `flat`: one line, without the few words, where there is little height.
    """

    def __init__(
        self,
        title: str,
        tokens: Tokens,
        opens: Callable[[], object] | None = None,
        edge: str = "accent",
        *,
        flat: bool = False,
    ) -> None:
        super().__init__(opens)
        self._tokens, self._edge = tokens, edge
        self.setAccessibleName(title)
        self.title, self.hint = label(title, "small"), Elided("", "hint")
        self.number = label("–", "large" if flat else "figure")
        if flat:
            self.hint.setParent(self)
            self.hint.hide()
            self.setLayout(row(self.title, None, self.number, margins=(14, 5, 10, 5)))
        else:
            inner = row(self.number, self.hint, spacing=8)
            inner.setStretch(1, 1)
            whole = column(self.title, spacing=0, margins=(16, 10, 10, 10))
            whole.addLayout(inner)
            self.setLayout(whole)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_number(self, number: int | str, hint: str = "", edge: str = "") -> None:
        """Show a figure, its words and, where given, another colour of the edge."""
        self.number.setText(f"{number:,}" if isinstance(number, int) else number)
        self.hint.setText(hint)
        self._edge = edge or self._edge
        self.setAccessibleDescription(f"{self.number.text()} {hint}")
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the card and its edge."""
        super().paintEvent(event)
        painter = QPainter(self)
        painter.fillRect(QRectF(0, 12, 3, self.height() - 24), self._tokens.colour(self._edge))


class Spark(QWidget):
    """The last weeks of one rate as a thin line; weeks without a base leave a gap."""

    def __init__(self, tokens: Tokens) -> None:
        super().__init__()
        self._tokens = tokens
        self.values: Sequence[float | None] = ()
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)

    def sizeHint(self) -> QSize:
        """Want a little room; large text may take it all."""
        return QSize(88, 28)

    def minimumSizeHint(self) -> QSize:
        """Give way to the figure."""
        return QSize(0, 28)

    def show_values(self, values: Sequence[float | None]) -> None:
        """Show percentages, the oldest first."""
        self.values = values
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the line."""
        known = [value for value in self.values if value is not None]
        if len(known) < 2 or self.width() < 24:
            return
        low, high = min(known), max(known)
        spread = max(high - low, 2.0)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self._tokens.colour("accent"), 1.6))
        step = (self.width() - 6) / max(1, len(self.values) - 1)
        before: QPointF | None = None
        for nth, value in enumerate(self.values):
            if value is None:
                before = None
                continue
            point = QPointF(3 + nth * step, self.height() - 5 - (value - low) / spread * (self.height() - 10))
            if before is not None:
                painter.drawLine(before, point)
            before = point


class Rate(Door):
    """One of the four: percent, numerator over denominator, change, the last weeks."""

    def __init__(self, title: str, tokens: Tokens, opens: Callable[[], object] | None = None) -> None:
        super().__init__(opens)
        self.setAccessibleName(title)
        self.title, self.percent, self.base = label(title, "quiet"), label("—", "figure"), label("", "hint")
        self.change, self.spark = Elided("", "small"), Spark(tokens)
        left = column(self.title, spacing=2)
        left.addLayout(row(self.percent, self.base, None, spacing=8))
        top = row(spacing=8)
        top.addLayout(left)
        top.addStretch(1)
        top.addWidget(self.spark)
        whole = column(spacing=2, margins=(16, 10, 14, 10))
        whole.addLayout(top)
        whole.addWidget(self.change)
        self.setLayout(whole)

    def show_rate(
        self, percent: str, base: str, change: str, look: str, weeks: Sequence[float | None]
    ) -> None:
        """Show a rate; `percent` is "—" for an empty base, `look` the role of the words of change."""
        self.percent.setText(percent if percent == "—" else f"{percent}%")
        self.base.setText(base)
        self.change.setText(change)
        role(self.change, look)
        self.spark.show_values(weeks)
        self.setAccessibleDescription(f"{percent} {base} {change}")
