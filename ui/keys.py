"""`?`: every key, in groups, read from the same table that does the work."""

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QGridLayout, QScrollArea, QWidget

from ui.actions import Action
from ui.context import Context
from ui.tr import tr
from ui.widgets.basics import button, label, line, row, shown_key
from ui.widgets.overlay import Overlay

Groups = Sequence[tuple[str, Sequence[Action]]]


class Keys(Overlay):
    """The list of keys for where one is and for everywhere."""

    def __init__(self, window: QWidget, context: Context, groups: Callable[[], Groups]) -> None:
        super().__init__(window, width=760, top=70)
        self._groups = groups
        close = button(tr("关闭"), self.close_panel, look="quiet")
        self.body.addLayout(row(label(tr("按键一览"), "large"), None, close, margins=(18, 10, 10, 8)))
        self.body.addWidget(line())
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setMinimumHeight(420)
        self.body.addWidget(self._area)

    def open(self) -> None:
        """List the keys of this moment."""
        inside = QWidget()
        inside.setProperty("role", "plain")
        grid = QGridLayout(inside)
        grid.setContentsMargins(18, 12, 18, 16)
        grid.setHorizontalSpacing(28)
        grid.setVerticalSpacing(7)
        for column, (title, actions) in enumerate(self._groups()):
            grid.addWidget(label(title, "strong"), 0, column * 2, 1, 2)
            for nth, action in enumerate((one for one in actions if one.key), 1):
                grid.addWidget(label(shown_key(action.key), "key"), nth, column * 2)
                grid.addWidget(label(action.name, "quiet"), nth, column * 2 + 1)
            grid.setColumnStretch(column * 2 + 1, 1)
        grid.setRowStretch(grid.rowCount(), 1)
        self._area.setWidget(inside)
        window = self.parentWidget()
        self._area.setMinimumHeight(min(680, window.height() - 190) if window is not None else 420)
        super().open()
        self._area.setFocus()  # so that the arrows scroll
