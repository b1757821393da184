"""Ctrl+K: one field that finds pages, what can be done here, and cases."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from ui.actions import Action
from ui.context import Context
from ui.tr import tr
from ui.widgets.basics import label, line
from ui.widgets.overlay import Overlay
from ui.widgets.table import Column, Records, Table

MOST = 9


@dataclass(frozen=True)
class Found:
    """One line of the palette."""

    what: str
    text: str
    key: str
    run: Callable[[], object]


class Palette(Overlay):
    """Type, choose with the arrows, Enter does it."""

    def __init__(
        self,
        window: QWidget,
        context: Context,
        pages: Callable[[], Sequence[Action]],
        here: Callable[[], Sequence[Action]],
    ) -> None:
        super().__init__(window)
        self._context, self._pages, self._here = context, pages, here
        self.field = QLineEdit()
        self.field.setPlaceholderText(tr("搜案件、地址、电话尾号、拼音首字母、功能…"))
        self.field.setAccessibleName(tr("搜索"))
        self.field.setProperty("role", "search")
        self.field.textChanged.connect(self._typed)
        self.field.installEventFilter(self)
        columns = [
            Column("", lambda one: one.what, 76, look="chip_quiet"),
            Column("", lambda one: one.text),
            Column("", lambda one: one.key, 90, right=True, look="ink3"),
        ]
        self.model = Records(columns)
        self.list = Table(self.model, context.tokens, compact=True)
        self.list.horizontalHeader().hide()
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setFixedHeight(MOST * self.list.row_height + 4)
        self.list.clicked.connect(lambda _index: self._go())
        self.body.addWidget(self.field)
        self.body.addWidget(line())
        self.body.addWidget(self.list)
        self.body.addWidget(line())
        foot = label(tr("↑↓ 选择 · 回车打开 · Esc 关闭"), "hint")
        foot.setContentsMargins(12, 6, 12, 6)
        self.body.addWidget(foot)
        self._wait = QTimer(self)
        self._wait.setSingleShot(True)
        self._wait.setInterval(60)
        self._wait.timeout.connect(self._search)

    def open(self) -> None:
        """Begin anew."""
        self.field.clear()
        self._show(self._named(""))
        super().open()
        self.field.setFocus()

    def _named(self, said: str) -> list[Found]:
        pages = [Found(tr("页面"), one.name, one.key, one.run) for one in self._pages()]
        here = [Found(tr("操作"), one.name, one.key, one.run) for one in self._here() if one.can()]
        wanted = said.strip().lower()
        return [one for one in [*pages, *here] if wanted in one.text.lower()]

    def _typed(self, said: str) -> None:
        self._show(self._named(said))
        self._wait.start()

    def _search(self) -> None:
        said = self.field.text().strip()
        if not said:
            return

        def find(workspace: object, _progress: object) -> list[tuple[str, str]]:
            from zq_grid import lists
            from zq_grid.rules.text import hide_personal

            with workspace.read() as session:  # type: ignore[attr-defined]
                rows = lists.page(session, search=said, limit=MOST, count=False).rows
            return [
                (row.number, f"{row.number}  {hide_personal(f'{row.place}  {row.text}')}") for row in rows
            ]

        self._context.worker.ask(find, lambda rows: self._with_cases(said, rows), key="palette", owner=self)

    def _with_cases(self, said: str, rows: Sequence[tuple[str, str]]) -> None:
        if said != self.field.text().strip():
            return
        window = self._context.window
        cases = [
            Found(tr("案件"), text, "", partial(window.open_page, "cases", number=number))
            for number, text in rows
        ]
        self._show([*self._named(said)[:3], *cases])

    def _show(self, found: Sequence[Found]) -> None:
        self.model.replace(found[:MOST])
        if found:
            self.list.choose(0)

    def _go(self) -> None:
        one = self.list.record()
        self.close_panel()
        if one is not None:
            one.run()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep the field in hand while the arrows move through the list."""
        if watched is self.field and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            number = self.list.currentIndex().row()
            if event.key() in {Qt.Key.Key_Down, Qt.Key.Key_Up}:
                step = 1 if event.key() == Qt.Key.Key_Down else -1
                self.list.choose(max(0, min(self.model.rowCount() - 1, number + step)))
                return True
            if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
                self._go()
                return True
        return super().eventFilter(watched, event)
