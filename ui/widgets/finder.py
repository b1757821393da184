"""A field over a list: type to narrow, arrows choose, Enter takes, Esc closes. What is found is said by its subclasses."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from ui.theme.tokens import Tokens
from ui.widgets.basics import label, line
from ui.widgets.overlay import Overlay
from ui.widgets.table import Column, Records, Table


class Finder(Overlay):
    """Subclasses say what is found for what was typed (`typed`) and what taking a line does (`take`)."""

    def __init__(
        self, window: QWidget, tokens: Tokens, columns: Sequence[Column], *, rows: int, width: int = 640
    ) -> None:
        super().__init__(window, width=width)
        self.field = QLineEdit()
        self.field.setProperty("role", "search")
        self.field.textChanged.connect(self.typed)
        self.field.installEventFilter(self)
        self.model = Records(columns)
        self.list = Table(self.model, tokens, compact=True)
        self.list.horizontalHeader().hide()
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setFixedHeight(rows * self.list.row_height + 4)
        self.list.clicked.connect(lambda _index: self.go())
        self.foot = label("", "hint")
        self.foot.setContentsMargins(12, 6, 12, 6)
        for part in (self.field, line(), self.list, line(), self.foot):
            self.body.addWidget(part)

    def say(self, name: str, placeholder: str, foot: str) -> None:
        """Set the words: what the field is called, what it invites to, and the keys at the foot."""
        self.field.setAccessibleName(name)
        self.field.setPlaceholderText(placeholder)
        self.foot.setText(foot)

    def typed(self, said: str) -> None:
        """Show what is found for these words."""
        raise NotImplementedError

    def take(self, one: Any) -> None:
        """Do what a chosen line stands for; the panel is closed already."""
        raise NotImplementedError

    def open(self) -> None:
        """Begin anew."""
        self.field.clear()
        self.typed("")
        super().open()
        self.field.setFocus()

    def show_lines(self, found: Sequence[Any]) -> None:
        """Show lines, the first one chosen."""
        self.model.replace(found)
        if found:
            self.list.choose(0)

    def go(self) -> None:
        """Take the chosen line; where there is none the panel stays, with what was typed."""
        one = self.list.record()
        if one is not None:
            self.close_panel()
            self.take(one)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep the field in hand while the arrows move through the list."""
        if watched is self.field and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            number = self.list.currentIndex().row()
            if event.key() in {Qt.Key.Key_Down, Qt.Key.Key_Up}:
                step = 1 if event.key() == Qt.Key.Key_Down else -1
                self.list.choose(max(0, min(self.model.rowCount() - 1, number + step)))
                return True
            if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
                self.go()
                return True
        return super().eventFilter(watched, event)
