"""One line that finds among many: type words, a code or pinyin initials, choose with the arrows."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPoint, QStringListModel, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QListView, QWidget

from ui.widgets.lines import with_alt

MOST = 10


@dataclass(frozen=True)
class Option:
    """One choice: the value that steps take, the words people read, other words it is found by."""

    value: str
    words: str
    also: str = ""


class Picker(QLineEdit):
    """Holds one chosen option; what is typed narrows the list below. `chosen` when the value changes."""

    chosen = Signal()
    entered = Signal()

    def __init__(self, options: Sequence[Option], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._options: Sequence[Option] = ()
        self._keys: list[str] = []
        self._value = ""
        self._shown: list[Option] = []
        self._model = QStringListModel(self)
        self._list = QListView(self)
        self._list.setWindowFlags(Qt.WindowType.ToolTip)
        self._list.setProperty("role", "popup")
        self._list.setModel(self._model)
        self._list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list.clicked.connect(lambda index: self._take(index.row()))
        self.textEdited.connect(self._narrow)
        self.set_options(options)

    def set_options(self, options: Sequence[Option]) -> None:
        """Offer other choices; the chosen one stays if it is among them."""
        from zq_grid import pinyin

        self._options = options
        self._keys = [
            f"{one.words} {one.value} {one.also} {pinyin.spelled(one.words, '')}".lower()
            for one in self._options
        ]
        self.set_value(self._value)

    def value(self) -> str:
        """Return the chosen value, "" for none."""
        return self._value

    def set_value(self, value: str) -> None:
        """Choose by value; one that isn't offered is shown as it is."""
        self._value = value
        self.setText(next((one.words for one in self._options if one.value == value), value))

    def _narrow(self, said: str) -> None:
        wanted = said.strip().lower()
        pairs = zip(self._options, self._keys, strict=True)
        found = [(key.find(wanted), one) for one, key in pairs if wanted in key]
        found.sort(key=lambda pair: pair[0])
        self._shown = [one for _at, one in found]
        if not wanted:
            self._choose("")
        self._open()

    def _open(self) -> None:
        self._model.setStringList([one.words for one in self._shown])
        if not self._shown:
            self._list.hide()
            return
        height = self._list.sizeHintForRow(0) * min(MOST, len(self._shown)) + 12
        self._list.setFixedSize(max(self.width(), 180), height)
        self._list.move(self.mapToGlobal(QPoint(0, self.height() + 2)))
        self._list.setCurrentIndex(self._model.index(0))
        self._list.show()

    def _take(self, number: int) -> None:
        if 0 <= number < len(self._shown):
            one = self._shown[number]
            self.setText(one.words)
            self._choose(one.value)
        self._list.hide()

    def _choose(self, value: str) -> None:
        if value != self._value:
            self._value = value
            self.chosen.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows move in the list, Enter or Tab takes, Esc closes it."""
        if with_alt(event):
            event.ignore()
            return
        opened = self._list.isVisible()
        key = event.key()
        if key in {Qt.Key.Key_Down, Qt.Key.Key_Up}:
            if not opened:
                self._shown = list(self._options)
                self._open()
                return
            step = 1 if key == Qt.Key.Key_Down else -1
            number = (self._list.currentIndex().row() + step) % len(self._shown)
            self._list.setCurrentIndex(self._model.index(number))
            return
        if key in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            plain = event.modifiers() in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)
            if opened:
                self._take(self._list.currentIndex().row())
            elif plain:
                self.entered.emit()
            event.setAccepted(plain)  # Ctrl and Enter takes what is marked, and goes on to whoever saves
            return
        if key == Qt.Key.Key_Escape and opened:
            self._list.hide()
            return
        super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        """Take what is marked when Tab goes on, and before Ctrl and Enter does what a button's key does."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            enter = event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}
            if enter and event.modifiers() & Qt.KeyboardModifier.ControlModifier and self._list.isVisible():
                self._take(self._list.currentIndex().row())
        pressed = event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent)
        if pressed and event.key() == Qt.Key.Key_Tab and self._list.isVisible():  # type: ignore[attr-defined]
            self._take(self._list.currentIndex().row())
        return super().event(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Show what is chosen, not what was half typed."""
        self._list.hide()
        self.set_value(self._value)
        super().focusOutEvent(event)
