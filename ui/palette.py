"""Ctrl+K: one field that finds pages, what can be done here, and cases."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QWidget

from ui.actions import Action
from ui.context import Context
from ui.tr import tr
from ui.widgets.basics import shown_key
from ui.widgets.finder import Finder
from ui.widgets.table import Column
from ui.worker import Job

MOST = 9


@dataclass(frozen=True)
class Found:
    """One line of the palette."""

    what: str
    text: str
    key: str
    run: Callable[[], object]


class Palette(Finder):
    """Type, choose with the arrows, Enter does it."""

    def __init__(
        self,
        window: QWidget,
        context: Context,
        pages: Callable[[], Sequence[Action]],
        here: Callable[[], Sequence[Action]],
    ) -> None:
        columns = [
            Column("", lambda one: one.what, 64, look="chip_quiet"),
            Column("", lambda one: one.text),
            Column("", lambda one: shown_key(one.key), 64, right=True, look="ink3"),
        ]
        super().__init__(window, context.tokens, columns, rows=MOST)
        self._context, self._pages, self._here = context, pages, here
        self.say(
            tr("搜索"), tr("搜案件、地址、电话尾号、拼音首字母、功能…"), tr("↑↓ 选择 · 回车打开 · Esc 关闭")
        )
        self._wait = QTimer(self)
        self._wait.setSingleShot(True)
        self._wait.setInterval(60)
        self._wait.timeout.connect(self._search)
        self._asked: Job | None = None
        self._eager = False  # Enter came before the cases

    def _named(self, said: str) -> list[Found]:
        pages = [Found(tr("页面"), one.name, one.key, one.run) for one in self._pages()]
        here = [Found(tr("操作"), one.name, one.key, one.run) for one in self._here() if one.can()]
        wanted = said.strip().lower()
        return [one for one in [*pages, *here] if wanted in one.text.lower()]

    def typed(self, said: str) -> None:
        """Show pages and actions at once; cases follow when typing pauses."""
        self._eager = False
        self.show_lines(self._named(said)[:MOST])
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

        self._asked = self._context.worker.ask(
            find, lambda rows: self._with_cases(said, rows), key="palette", owner=self
        )

    def _with_cases(self, said: str, rows: Sequence[tuple[str, str]]) -> None:
        if said != self.field.text().strip():
            return
        window = self._context.window
        cases = [
            Found(tr("案件"), text, "", partial(window.open_page, "cases", number=number))
            for number, text in rows
        ]
        self.show_lines([*self._named(said)[:3], *cases][:MOST])
        if self._eager and self.isVisible():
            self.go()
        self._eager = False

    def go(self) -> None:
        """Take the chosen line; one who was quicker than the search gets its first case when it is there."""
        searching = self._wait.isActive() or (self._asked is not None and not self._asked.over)
        self._eager = self.list.record() is None and searching
        super().go()

    def take(self, one: Found) -> None:
        """Open the page or the case, or do the action."""
        one.run()
