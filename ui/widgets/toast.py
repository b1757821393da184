"""Short words at the foot of the window: what was done, with its undo; what was refused, and why."""

from collections.abc import Callable, Iterable

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Qt, QTimer
from PySide6.QtWidgets import QFrame, QPushButton, QWidget

from ui.tr import tr
from ui.widgets.basics import button, label, row

SHOWN_MS = 6000
LONGER_MS = 12_000
WIDEST = 720
GAP, CLEAR = 20, 8  # from the window's edge, from the buttons that it leaves free


class Toast(QFrame):
    """One at a time, above the window's foot; goes by itself or by a click on ×.

    `beside` is what it never lies on (the side bar), `feet` gives the buttons that it leaves free.
    """

    def __init__(self, window: QWidget, beside: QWidget, feet: Callable[[], Iterable[QWidget]]) -> None:
        super().__init__(window)
        self._beside, self._feet = beside, feet
        self.setProperty("role", "toast")
        self.words = label("", wrap=True)
        self._does: Callable[[], object] | None = None
        self.does: QPushButton = button("", self._done)
        self.closing = button("×", self.hide)
        self.closing.setAccessibleName(tr("关闭"))
        self.setLayout(row(self.words, self.does, self.closing, margins=(16, 4, 6, 4)))
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.hide)
        window.installEventFilter(self)
        self.hide()

    def say(
        self, text: str, does: str = "", done: Callable[[], object] | None = None, *, longer: bool = False
    ) -> None:
        """Show words, and a button for what can be done about it."""
        self.words.setText(text)
        self._does = done
        self.does.setText(does)
        self.does.setAccessibleName(does)
        self.does.setVisible(bool(does))
        self._place()
        self.show()
        self.raise_()
        self._timer.start(LONGER_MS if longer else SHOWN_MS)

    def _done(self) -> None:
        self.hide()
        if self._does is not None:
            self._does()

    def _place(self) -> None:
        """Stand at the window's foot, as wide as the words ask for: beside its buttons, or above them."""
        window = self.parentWidget()
        if window is None:
            return
        left = self._beside.mapTo(window, QPoint(self._beside.width(), 0)).x() + GAP
        right = window.width() - GAP
        buttons = [one for one in (self.does, self.closing) if not one.isHidden()]
        taken = sum(one.sizeHint().width() + 8 for one in buttons) + 22
        wanted = self.words.fontMetrics().horizontalAdvance(self.words.text()) + 8
        self.words.setFixedWidth(max(40, min(WIDEST, wanted, right - left - taken)))
        self.adjustSize()
        feet = [QRect(one.mapTo(window, QPoint(0, 0)), one.size()) for one in self._feet() if one.isVisible()]
        self.move(self._free(feet, left, right, window.height() - GAP))

    def _free(self, feet: list[QRect], left: int, right: int, bottom: int) -> QPoint:
        """Return the place nearest to the middle of the lowest row where nothing is covered."""
        width, middle = self.width(), (left + right - self.width()) // 2
        while True:
            low = QRect(left, bottom - self.height() - CLEAR + 1, right - left, self.height() + 2 * CLEAR - 2)
            there = sorted((one for one in feet if one.intersects(low)), key=lambda one: one.left())
            edges = [left, *(x for one in there for x in (one.left() - CLEAR, one.right() + CLEAR)), right]
            gaps = zip(edges[::2], edges[1::2], strict=True)
            found = [
                min(max(middle, low_x), high_x - width) for low_x, high_x in gaps if high_x - low_x >= width
            ]
            if found or not there or bottom < self.height():
                return QPoint(
                    min(found, key=lambda x: abs(x - middle), default=middle), bottom - self.height()
                )
            bottom = min(one.top() for one in there) - CLEAR

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Stay in the middle when the window changes its size."""
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self._place()
        return False

    def keyPressEvent(self, event: object) -> None:
        """Esc lets it go."""
        if getattr(event, "key", lambda: None)() == Qt.Key.Key_Escape:
            self.hide()
