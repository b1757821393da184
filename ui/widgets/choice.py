"""A box to choose one of a few from, by value."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QComboBox, QListView


class Choice(QComboBox):
    """Shows words, answers values. `chosen` only when a person chose, never when it was set."""

    chosen = Signal(str)

    def __init__(self, name: str, choices: Sequence[tuple[str, str]] = (), value: str = "") -> None:
        super().__init__()
        self.setView(QListView())  # the platform's own menu ignores the theme
        self.setAccessibleName(name)
        self.setToolTip(name)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.activated.connect(lambda _nth: self.chosen.emit(self.value()))
        self.set_choices(choices, value)

    def set_choices(self, choices: Sequence[tuple[str, str]], value: str = "") -> None:
        """Offer (value, words); the value chosen before stays if it is among them and no other is given."""
        before = value or self.value()
        self.clear()
        for code, words in choices:
            self.addItem(words, code)
        self.set_value(before)

    def value(self) -> str:
        """Return the chosen value, "" for none."""
        return str(self.currentData() or "")

    def set_value(self, value: str) -> None:
        """Choose by value; nothing happens where it isn't offered."""
        if (at := self.findData(value)) >= 0:
            self.setCurrentIndex(at)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Let the page scroll: a wheel turned over a box must not change a figure unnoticed."""
        event.ignore()
