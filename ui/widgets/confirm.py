"""A question before what can't be taken back by a key: what will happen, that nothing is lost, yes or no."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from ui.tr import tr
from ui.widgets.basics import button, label, row
from ui.widgets.overlay import Overlay

if TYPE_CHECKING:
    from ui.context import Context


class Confirm(Overlay):
    """Begins with the focus on no; Esc is no."""

    def __init__(
        self, window: QWidget, title: str, words: str, does: str, done: Callable[[], object]
    ) -> None:
        super().__init__(window, width=520, top=150)
        self._done = done
        self.body.setContentsMargins(22, 18, 22, 16)
        self.body.setSpacing(10)
        self.body.addWidget(label(title, "large", wrap=True))
        self.body.addWidget(label(words, "quiet", wrap=True))
        self.yes = button(does, self._say_yes, look="danger")
        self.no = button(tr("不了"), self.close_panel)
        self.body.addLayout(row(None, self.no, self.yes, margins=(0, 8, 0, 0)))

    @classmethod
    def ask(
        cls, context: "Context", title: str, words: str, does: str, done: Callable[[], object]
    ) -> "Confirm":
        """Ask over the whole window."""
        window = context.window
        assert isinstance(window, QWidget)
        made = cls(window, title, words, does, done)
        made.open()
        made.no.setFocus()
        return made

    def _say_yes(self) -> None:
        self.close_panel()
        self._done()

    def close_panel(self) -> None:
        """Go for good."""
        super().close_panel()
        self.deleteLater()
