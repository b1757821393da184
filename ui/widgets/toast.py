"""Short words at the foot of the window: what was done, with its undo; what was refused, and why."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtWidgets import QFrame, QPushButton, QWidget

from ui.tr import tr
from ui.widgets.basics import button, label, row

SHOWN_MS = 6000
LONGER_MS = 12_000


class Toast(QFrame):
    """One at a time, above the window's foot; goes by itself or by a click on ×."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.setProperty("role", "toast")
        self.words = label("", wrap=True)
        self.words.setMaximumWidth(720)
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
        self.words.setMinimumWidth(min(720, self.words.fontMetrics().horizontalAdvance(text) + 8))
        self._does = done
        self.does.setText(does)
        self.does.setVisible(bool(does))
        self.adjustSize()
        self._place()
        self.show()
        self.raise_()
        self._timer.start(LONGER_MS if longer else SHOWN_MS)

    def _done(self) -> None:
        self.hide()
        if self._does is not None:
            self._does()

    def _place(self) -> None:
        window = self.parentWidget()
        if window is not None:
            self.move((window.width() - self.width()) // 2, window.height() - self.height() - 20)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Stay in the middle when the window changes its size."""
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self._place()
        return False

    def keyPressEvent(self, event: object) -> None:
        """Esc lets it go."""
        if getattr(event, "key", lambda: None)() == Qt.Key.Key_Escape:
            self.hide()
