"""A panel over the window: keys, the palette, a question. Esc or a click beside it closes it."""

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QFrame, QVBoxLayout, QWidget

BASE = 13  # the size of text at which a panel is as wide as was asked for


class Overlay(QWidget):
    """Covers the window and holds one panel near its top; gives the focus back when it closes."""

    def __init__(self, window: QWidget, width: int = 640, top: int = 90) -> None:
        super().__init__(window)
        self._wanted, self._top = width, top
        self._before: QWidget | None = None
        self.panel = QFrame(self)
        self.panel.setProperty("role", "card")
        self.body = QVBoxLayout(self.panel)
        self.body.setContentsMargins(1, 1, 1, 1)
        self.body.setSpacing(0)
        window.installEventFilter(self)
        self.hide()

    def open(self) -> None:
        """Show the panel over everything."""
        self._before = QApplication.focusWidget()
        self._place()
        self.show()
        self.raise_()

    def close_panel(self) -> None:
        """Hide the panel and give the focus back."""
        self.hide()
        if self._before is not None and self._before.isVisible():
            self._before.setFocus()

    def _place(self) -> None:
        window = self.parentWidget()
        if window is None:
            return
        self.setGeometry(window.rect())
        self.panel.ensurePolished()
        width = min(round(self._wanted * self.panel.font().pixelSize() / BASE), window.width() - 40)
        self.panel.setFixedWidth(width)
        self.panel.setMaximumHeight(window.height() - self._top - 30)
        self.panel.adjustSize()
        self.panel.move((window.width() - width) // 2, self._top)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Follow the window's size."""
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self._place()
        return False

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Dim what lies behind."""
        QPainter(self).fillRect(self.rect(), QColor(10, 18, 28, 110))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Close by a click beside the panel."""
        if not self.panel.geometry().contains(event.position().toPoint()):
            self.close_panel()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Close by Esc; nothing reaches the page below."""
        if event.key() == Qt.Key.Key_Escape:
            self.close_panel()
        event.accept()
