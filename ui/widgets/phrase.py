"""A text to take by a click or its digit: on one line, its end left out where there is no room, the whole in its tip."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QPushButton, QSizePolicy


class Phrase(QPushButton):
    """Never takes the focus: whoever writes goes on writing."""

    def __init__(self, said: str, take: Callable[[], object], look: str = "phrase") -> None:
        super().__init__()
        self._said = said
        self.setProperty("role", look)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setToolTip(said)
        self.setAccessibleName(said)
        self.clicked.connect(lambda _checked=False: take())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show as much as there is room for."""
        super().resizeEvent(event)
        room = event.size().width() - 10
        self.setText(self.fontMetrics().elidedText(self._said, Qt.TextElideMode.ElideRight, room))
