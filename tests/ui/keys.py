"""Hands on a keyboard: keys that are counted, and words that an input method commits."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

Key = Qt.Key
CTRL, ALT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier
SHIFT, NONE = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.NoModifier


class Hands:
    """Press keys and write words wherever the focus is; `keys` counts the presses, words are not counted."""

    def __init__(self) -> None:
        self.keys = 0

    @property
    def where(self) -> QWidget:
        """Return the widget that has the focus."""
        found = QApplication.focusWidget()
        assert found is not None, "nothing has the focus"
        return found

    def press(self, key: Qt.Key, held: Qt.KeyboardModifier = NONE, times: int = 1) -> "Hands":
        """Press a key."""
        for _ in range(times):
            self.keys += 1
            QTest.keyClick(self.where, key, held)
        return self

    def write(self, words: str) -> "Hands":
        """Write words as an input method does: composed, then committed."""
        QApplication.sendEvent(self.where, QInputMethodEvent(words[:1], []))
        event = QInputMethodEvent()
        event.setCommitString(words)
        QApplication.sendEvent(self.where, event)
        return self
