"""Where people type: one line, or many; keys with Alt or Ctrl go on to the page."""

from PySide6.QtCore import QMimeData, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit


def with_alt(event: QKeyEvent) -> bool:
    """Tell whether a key is pressed with Alt alone: a text field would write its letter, the page means an action."""
    both = Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.ControlModifier
    return event.modifiers() & both == Qt.KeyboardModifier.AltModifier


class Line(QLineEdit):
    """One line; `entered` on a plain Enter only, so that Ctrl and Enter saves and does nothing else."""

    entered = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Tell of Enter, which never comes while an input method composes; leave keys with Alt to the page."""
        if with_alt(event):
            event.ignore()
            return
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            if event.modifiers() in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier):
                self.entered.emit()
            else:
                event.ignore()
            return
        super().keyPressEvent(event)


class Plain(QPlainTextEdit):
    """Many lines; Tab goes on to the next field. `pasted` tells what came from elsewhere, `left` that writing paused."""

    left = Signal()
    pasted = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setTabChangesFocus(True)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Leave keys with Alt to the page."""
        if with_alt(event):
            event.ignore()
            return
        super().keyPressEvent(event)

    def insertFromMimeData(self, source: QMimeData) -> None:
        """Take the plain text of what is pasted or dropped, and tell it."""
        text = source.text()
        if text:
            self.insertPlainText(text)
            self.pasted.emit(text)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Tell that writing paused."""
        self.left.emit()
        super().focusOutEvent(event)
