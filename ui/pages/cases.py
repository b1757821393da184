"""Cases: the list with views, filters and search; one case beside it."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QLineEdit, QSplitter

from ui.actions import Action
from ui.models.windowed import BLOCK, Windowed
from ui.page import Page
from ui.pages.case_detail import Detail
from ui.shown import due_words, number_short
from ui.tr import tr, word
from ui.widgets.basics import Card, column, label, row
from ui.widgets.table import Column, Table

TYPED_MS = 120


class Cases(Page):
    """A million rows scroll like a hundred: only what is looked at is loaded."""

    name = "cases"
    watches = frozenset({"cases"})

    @property
    def title(self) -> str:
        """The page's name."""
        return tr("案件")

    def build(self) -> None:
        """Make views, list and detail."""
        self.filters: dict[str, Any] = {"stage": "open"}
        self.sort = "newest"
        self.search = QLineEdit()
        self.search.setPlaceholderText(tr("在列表里找：内容、地址、编号、电话尾号、拼音"))
        self.search.setClearButtonEnabled(True)
        self.search.setProperty("role", "search")
        self.search.setMaximumWidth(360)
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(TYPED_MS)
        self._typing.timeout.connect(self.refresh)
        self.search.textChanged.connect(lambda _said: self._typing.start())
        self.count = label("", "small")
        self.model = Windowed(self._columns(), self._ask)
        self.table = Table(self.model, self.context.tokens, many=True)
        card = Card()
        card.body.addWidget(self.table)
        self.split = QSplitter(Qt.Orientation.Horizontal)
        self.split.addWidget(card)
        self.split.setHandleWidth(12)
        self.detail = Detail(self.context)
        self.detail.setMinimumWidth(380)
        self.split.addWidget(self.detail)
        self.split.setStretchFactor(0, 5)
        self.split.setStretchFactor(1, 3)
        self.split.setSizes([780, 420])
        self.detail.acted.connect(self._acted)
        self.table.chosen.connect(self._chosen)
        whole = column(spacing=12, margins=(20, 14, 20, 18))
        whole.addLayout(row(self.search, None, self.count))
        whole.addWidget(self.split, 1)
        self.setLayout(whole)

    def _columns(self) -> Sequence[Column]:
        context = self.context
        from zq_grid import words

        return [
            Column(
                tr("时限"),
                lambda one: due_words(one, context.clock()),
                124,
                look=lambda one: f"light:{one.light}",
            ),
            Column(tr("编号"), lambda one: number_short(one.number), 138, look="ink2"),
            Column(tr("环节"), lambda one: word(words.STAGES, one.stage), 84, look="chip_quiet"),
            Column(tr("类型"), lambda one: context.name("type", one.type), 110),
            Column(tr("地点"), lambda one: one.place, 210),
            Column(tr("内容"), lambda one: one.text, look="ink2"),
            Column(tr("承办"), lambda one: context.name("unit", one.unit), 120, look="ink2"),
        ]

    def _asked(self) -> dict[str, Any]:
        said = self.search.text().strip()
        return {**self.filters, **({"search": said} if said else {})}

    def refresh(self) -> None:
        """Ask for the first rows; the exact count follows."""
        asked, sort = self._asked(), self.sort

        def first(workspace: Any, _progress: Any) -> Any:
            from zq_grid import lists

            with workspace.read() as session:
                return lists.page(session, sort=sort, limit=BLOCK, count=False, **asked).rows

        def count(workspace: Any, _progress: Any) -> Any:
            from zq_grid import lists

            with workspace.read() as session:
                return lists.page(session, sort=sort, limit=0, **asked).total

        self.table.painter.marked = asked.get("search", "")
        self.context.worker.ask(first, self._first, key="cases", owner=self, rank=2)
        self.context.worker.ask(count, self._counted, key="cases-count", owner=self, rank=6)

    def _first(self, rows: Sequence[Any]) -> None:
        self.model.begin(len(rows), rows)
        if rows:
            self.table.choose(0)

    def _counted(self, total: int) -> None:
        self.model.set_total(total)
        self.count.setText(tr("{n} 件", n=f"{total:,}"))

    def _ask(self, first: int, count: int, then: Any) -> None:
        asked, sort = self._asked(), self.sort

        def block(workspace: Any, _progress: Any) -> Any:
            from zq_grid import lists

            with workspace.read() as session:
                return lists.page(session, sort=sort, offset=first, limit=count, count=False, **asked).rows

        self.context.worker.ask(block, then, owner=self, rank=3)

    def _chosen(self, record: Any) -> None:
        if record is not None:
            self.detail.show_case(record.number)

    def _acted(self, _acted: Any) -> None:
        self.detail.reload()
        self.table.setFocus()

    def opened(self, **what: Any) -> None:
        """Show one case, or another selection."""
        if number := what.get("number"):
            self.detail.show_case(str(number))

    def changed(self, tables: frozenset[str]) -> None:
        """Read again what is shown."""
        super().changed(tables)
        self.detail.reload()

    def take_focus(self) -> None:
        """Begin in the list."""
        self.table.setFocus()

    def actions_here(self) -> Sequence[Action]:
        """Return what can be done here."""
        return [Action(tr("在列表里找"), "/", self.search.setFocus), *self.detail.steps_offered()]
