"""A few choices side by side, each with its digit."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QPushButton, QSizePolicy, QWidget

from ui.widgets.flow import Flow

SIDES = 24  # what stands left and right of the words


class Segments(QWidget):
    """A few choices side by side; digits, arrows and the mouse choose. One stop for Tab: the chosen one, else the first."""

    chosen = Signal()

    def __init__(self, choices: Sequence[tuple[str, str]]) -> None:
        super().__init__()
        self._values = [value for value, _words in choices]
        self._group = QButtonGroup(self)
        self._group.setExclusive(False)
        flow = Flow(self)
        flow.setContentsMargins(0, 2, 0, 2)  # as high as a line beside it
        for nth, (_value, words) in enumerate(choices):
            made = QPushButton(f"{nth + 1} {words}")
            made.setCheckable(True)
            made.setProperty("role", "segment")
            made.setAccessibleName(words)
            made.installEventFilter(self)
            made.ensurePolished()
            bold = made.font()
            bold.setBold(True)  # as it is once chosen: nothing moves then
            made.setMinimumWidth(QFontMetrics(bold).horizontalAdvance(made.text()) + SIDES)
            self._group.addButton(made, nth)
            flow.addWidget(made)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self._group.buttonClicked.connect(self._clicked)
        self._stop()

    def value(self) -> str:
        """Return the chosen value, or ""."""
        return next(
            (self._values[self._group.id(one)] for one in self._group.buttons() if one.isChecked()), ""
        )

    def set_value(self, value: str) -> None:
        """Choose a value, or none."""
        for one in self._group.buttons():
            one.setChecked(self._values[self._group.id(one)] == value)
        self._stop()

    def _stop(self) -> None:
        """Let Tab stop at the chosen one only, else at the first."""
        buttons = self._group.buttons()
        at = next((one for one in buttons if one.isChecked()), buttons[0] if buttons else None)
        for one in buttons:
            one.setFocusPolicy(Qt.FocusPolicy.StrongFocus if one is at else Qt.FocusPolicy.ClickFocus)
        if at is not None:
            self.setFocusProxy(at)

    def _clicked(self, button: QAbstractButton) -> None:
        on = button.isChecked()
        self.set_value(self._values[self._group.id(button)] if on else "")
        self.chosen.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Choose by digit and go on; move by arrows."""
        if event.type() != QEvent.Type.KeyPress or not isinstance(event, QKeyEvent):
            return super().eventFilter(watched, event)
        number = event.key() - Qt.Key.Key_1
        if 0 <= number < len(self._values) and not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            self.set_value(self._values[number])
            self.chosen.emit()
            last = self._group.buttons()[-1]
            last.setFocus()
            last.focusNextChild()
            return True
        step = {Qt.Key.Key_Right: 1, Qt.Key.Key_Down: 1, Qt.Key.Key_Left: -1, Qt.Key.Key_Up: -1}.get(
            Qt.Key(event.key())
        )
        if step is not None and isinstance(watched, QAbstractButton):
            other = self._group.button((self._group.id(watched) + step) % len(self._values))
            other.setFocus()
            return True
        return super().eventFilter(watched, event)
