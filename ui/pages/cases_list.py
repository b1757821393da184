"""The list of cases: only what is looked at is loaded; an act renews it without moving what one looks at."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QItemSelectionModel, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHeaderView, QStackedWidget

from ui.context import Context
from ui.models.windowed import BLOCK, Windowed
from ui.shown import moment, number_short, span
from ui.tr import tr, word
from ui.widgets.basics import Card, Empty
from ui.widgets.table import Column, Table
from ui.worker import Job

# The columns by their names, and which give way first where there is no room.
NAMES = ("due", "number", "stage", "type", "place", "text", "unit", "received")
FIRST_TO_GO = ("received", "unit", "stage", "text", "type", "number")
# Where all cases wait for the same, the stage says nothing and the unit that is proposed matters.
WAITING = ("received", "stage", "text", "type", "number", "unit")
LEAST = {"place": 146, "text": 140}
PROPOSED_MOST = 5000


class CaseList(Card):
    """Shows the cases that pass filters, in an order. `chosen` gives a row, `counted` how many there are in all."""

    chosen = Signal(object)
    opened = Signal(object)
    counted = Signal(int)
    selected = Signal(int)

    def __init__(self, context: Context) -> None:
        super().__init__()
        self.context = context
        self.filters: dict[str, Any] = {}
        self.sort = "newest"
        self.total = 0
        self.proposed: dict[str, str] = {}  # number → the unit that a case would be dispatched to
        self._wanted = ""  # the case to stand at once the rows are there
        self._loading: Job | None = None
        self._apart = False  # a case that somebody asked for by its number is shown, whatever the list holds
        self.model = Windowed(self._columns(), self._ask)
        self.table = Table(self.model, context.tokens, many=True)
        self.table.shrinks = False
        self.table.setAccessibleName(tr("案件列表"))
        self.empty = Empty(tr("没有符合条件的案件"), "")
        self._pages = QStackedWidget()
        self._pages.addWidget(self.table)
        self._pages.addWidget(self.empty)
        self.body.addWidget(self._pages)
        self.table.chosen.connect(self._chosen)
        self.table.opened.connect(self.opened)
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(0)
        self._settle.timeout.connect(lambda: self.selected.emit(self.selected_count()))
        self.table.selectionModel().selectionChanged.connect(lambda _new, _old: self._settle.start())
        self.model.dataChanged.connect(lambda _first, _last: self._follow())
        self._following = ""

    def _columns(self) -> Sequence[Column]:
        context = self.context
        from zq_grid import words

        def unit(one: Any) -> str:
            if one.unit:
                return context.name("unit", one.unit)
            proposed = self.proposed.get(one.number, "")
            return f"→ {context.name('unit', proposed)}" if proposed else ""

        return [
            Column(
                tr("时限"),
                lambda one: due_short(one, context.clock()) or word(words.STAGES, one.stage),
                106,
                look=lambda one: f"light:{one.light}" if one.due is not None else "ink3",
            ),
            Column(tr("编号"), lambda one: number_short(one.number), 132, look="ink2"),
            Column(tr("环节"), lambda one: word(words.STAGES, one.stage), 76, look="chip_quiet"),
            Column(tr("类型"), lambda one: context.name("type", one.type), 92),
            Column(tr("地点"), lambda one: one.place, 210),
            Column(tr("内容"), lambda one: one.text, look="ink2"),
            Column(tr("承办"), unit, 116, look=lambda one: "ink2" if one.unit else "accent"),
            Column(tr("收到"), lambda one: moment(one.received_at, context.clock()), 104, look="ink3"),
        ]

    # asking -----------------------------------------------------------------------------------

    def show_list(self, filters: dict[str, Any], sort: str, wanted: str = "") -> None:
        """Show another list from its beginning; `wanted` is the case to stand at, if it is among the first."""
        self.filters, self.sort, self._wanted, self._apart = filters, sort, wanted, False
        self.table.painter.marked = str(filters.get("search", ""))
        self.fit(self.width() - 24)
        self._load()

    def _load(self) -> None:
        work = self._reading(0, BLOCK)
        self._loading = self.context.worker.ask(work, self._first, key="cases", owner=self, rank=2)
        self._recount()

    def renew(self) -> None:
        """Ask anew for what is shown, and for the count; nothing moves."""
        if self.model.rowCount() == 0:
            self._load()
            return
        self.model.forget()
        self._recount()

    def waits(self) -> bool:
        """Tell whether another list, or rows of this one, are still being read."""
        return (self._loading is not None and not self._loading.over) or self.model.waits()

    def _reading(self, first: int, count: int) -> Any:
        filters, sort = self.filters, self.sort

        def work(workspace: Any, _progress: Any) -> Any:
            with workspace.read() as session:
                return read_rows(session, first, count, sort, filters)

        return work

    def _ask(self, first: int, count: int, then: Any) -> None:
        def done(found: tuple[Sequence[Any], dict[str, str]]) -> None:
            self._propose(found[1])
            then(found[0])

        self.context.worker.ask(self._reading(first, count), done, owner=self, rank=3)

    def _propose(self, found: dict[str, str]) -> None:
        if len(self.proposed) > PROPOSED_MOST:
            self.proposed.clear()
        self.proposed.update(found)

    def _first(self, found: tuple[Sequence[Any], dict[str, str]]) -> None:
        rows, proposed = found
        self._propose(proposed)
        self.model.begin(len(rows), rows)
        self._pages.setCurrentIndex(0 if rows else 1)
        if not rows:
            self._none()
            return
        if self._wanted:
            at = next((nth for nth, one in enumerate(rows) if one.number == self._wanted), None)
            if at is not None:
                self.table.choose(at)
            return
        self.table.choose(0)

    def _recount(self) -> None:
        filters = self.filters

        def work(workspace: Any, _progress: Any) -> int:
            from zq_grid import lists

            with workspace.read() as session:
                return lists.count(session, **filters)

        self.context.worker.ask(work, self._counted, key="cases-count", owner=self, rank=6)

    def _counted(self, total: int) -> None:
        self.total = total
        if self.model.rowCount() or not total:
            self.model.set_total(total)
            self._pages.setCurrentIndex(0 if total else 1)
        self.counted.emit(total)
        if not total:
            self._none()

    def _none(self) -> None:
        """Tell that there is no case to show, unless one was asked for by its number."""
        self._following = ""
        if not self._apart:
            self.chosen.emit(None)

    # standing ---------------------------------------------------------------------------------

    def _chosen(self, record: Any) -> None:
        if record is not None:
            self._wanted, self._apart = "", False
            self._following = record.number
            self.chosen.emit(record)

    def _follow(self) -> None:
        """Tell when another case has come to where one stands: the one before was done with."""
        record = self.table.record()
        if record is not None and not self._wanted and record.number != self._following:
            self._following = record.number
            self.chosen.emit(record)

    def stand_apart(self, number: str) -> None:
        """Stand at no row: a case is shown that somebody asked for by its number."""
        self._wanted, self._apart = number, True
        rows = (self.model.record(nth) for nth in range(min(BLOCK, self.model.rowCount())))
        at = next((nth for nth, one in enumerate(rows) if one is not None and one.number == number), None)
        if at is not None:
            self.table.choose(at)
            return
        self.table.selectionModel().clear()

    def step(self, by: int) -> None:
        """Go to the next or the previous case."""
        row = self.table.currentIndex().row() + by
        if 0 <= row < self.model.rowCount():
            self.table.choose(row)

    # selection --------------------------------------------------------------------------------

    def selected_count(self) -> int:
        """Return how many rows are selected, without looking at each."""
        return sum(count for _first, count in self.ranges())

    def ranges(self) -> list[tuple[int, int]]:
        """Return the selected rows as (first, count)."""
        selection = self.table.selectionModel().selection()
        parts = [selection.at(nth) for nth in range(selection.count())]
        return sorted({(one.top(), one.height()) for one in parts})

    def all_selected(self) -> bool:
        """Tell whether every row of the list is selected."""
        return self.total > 1 and self.selected_count() == self.total == self.model.rowCount()

    def clear_selection(self) -> None:
        """Keep only the row where one stands."""
        index = self.table.currentIndex()
        flags = QItemSelectionModel.SelectionFlag
        self.table.selectionModel().select(index, flags.ClearAndSelect | flags.Rows)

    # room -------------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show the columns that there is room for."""
        super().resizeEvent(event)
        self.fit(self.width() - 24)

    def fit(self, room: int) -> None:
        """Hide the columns that give way first until the others fit."""
        scale = self.context.tokens.size("base") / 13
        widths = {
            name: round(max(column.width, LEAST.get(name, 0) if column.width == 0 else 0) * scale)
            for name, column in zip(NAMES, self.table.columns, strict=True)
        }
        widths["place"] = round(LEAST["place"] * scale)
        shown = list(NAMES)
        waiting = self.filters.get("stage") in {"received", "accepted"}
        for name in WAITING if waiting else FIRST_TO_GO:
            if sum(widths[one] for one in shown) <= room:
                break
            shown.remove(name)
        header = self.table.horizontalHeader()
        modes = QHeaderView.ResizeMode
        stretch = "text" if "text" in shown else "place"
        for nth, name in enumerate(NAMES):
            self.table.setColumnHidden(nth, name not in shown)
            header.setSectionResizeMode(nth, modes.Stretch if name == stretch else modes.Interactive)
            if name in shown and name != stretch:
                spare = name == "place" and room - sum(widths[one] for one in shown) > 60 * scale
                self.table.setColumnWidth(nth, round(210 * scale) if spare else widths[name])


def due_short(one: Any, now: int) -> str:
    """Return what a narrow column says of the nearest limit: hours without minutes."""
    if one.due is None:
        return ""
    left = abs(one.due - now)
    said = span(left - left % 3600 if left >= 3600 else left)
    return tr("逾期 {span}", span=said) if one.due < now else tr("剩 {span}", span=said)


def read_rows(
    session: Any, first: int, count: int, sort: str, filters: dict[str, Any]
) -> tuple[Sequence[Any], dict[str, str]]:
    """Return rows as the screen may show them, and the unit that each not yet dispatched one would go to."""
    from zq_grid import intake, lists
    from zq_grid.rules.text import hide_personal

    rows = lists.window(session, first, count, sort=sort, **filters)
    proposed = {}
    for one in rows:
        if one.stage in {"received", "accepted"} and not one.unit:
            unit = intake.route(session.catalogue, one.type, one.neighbourhood or None)
            if unit:
                proposed[one.number] = unit
    shown = [replace(one, text=hide_personal(one.text), place=hide_personal(one.place)) for one in rows]
    return shown, proposed
