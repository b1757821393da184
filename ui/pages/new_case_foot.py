"""The foot of the form of a new case: whether the draft is kept, what is wrong, and the two ways to save."""

from collections.abc import Callable

from PySide6.QtWidgets import QSizePolicy, QWidget

from ui.tr import tr
from ui.widgets.basics import Elided, button, label, row


class Foot(QWidget):
    """Says one thing at a time; the strong button saves and begins the next case."""

    def __init__(self, save: Callable[[], object], save_and_open: Callable[[], object]) -> None:
        super().__init__()
        self.state = label("", "chip_green")
        self.state.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.state.hide()
        self.said = Elided("", "red")
        self.said.hide()
        self._keys = Elided(tr("Tab 下一项 · Esc 留作草稿"), "hint")
        opens = button(tr("保存并打开"), save_and_open, tip="Alt+Return")
        self.does = button(f"{tr('保存，登记下一件')}  Ctrl ↵", save, look="primary")
        self.does.setAccessibleName(tr("保存，登记下一件"))
        box = row(self.state, self.said, self._keys, opens, self.does, margins=(16, 10, 16, 10))
        box.setStretch(1, 1)
        box.setStretch(2, 1)
        self.setLayout(box)

    def say_kept(self, words: str) -> None:
        """Say that the draft is kept; "" for no draft."""
        self.state.setText(words)
        self.state.setVisible(bool(words))

    def say_wrong(self, words: str) -> None:
        """Say what keeps the case from being saved; "" when nothing does."""
        self.said.setText(words)
        self.said.setVisible(bool(words))
        self._keys.setVisible(not words)
