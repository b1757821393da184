"""Cases: views, conditions and search at the top, the list, and beside it one case or the whole selection."""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QLineEdit, QMenu, QSplitter, QStackedWidget, QWidget

from ui.actions import Action
from ui.held_keys import HeldKeys
from ui.page import Page
from ui.pages import cases_conditions as conditions
from ui.pages import next_step
from ui.pages.case_detail import Detail
from ui.pages.cases_alike import Alike
from ui.pages.cases_bulk import STEPS, Bulk, Selected
from ui.pages.cases_chips import AddCondition, Chips
from ui.pages.cases_export import Export
from ui.pages.cases_list import CaseList
from ui.pages.cases_views import ALIKE, STANDING, View, Views, first_for
from ui.tr import tr
from ui.widgets.basics import button, column, label, row

TYPED_MS = 120
WORDS = {"newest": "最新收到在前", "oldest": "最早收到在前", "due": "快到期在前", "number": "按编号"}


class Cases(Page):
    """A million rows scroll like a hundred: only what is looked at is loaded."""

    name = "cases"
    watches = frozenset({"cases"})

    @property
    def title(self) -> str:
        """The page's name."""
        return tr("案件")

    # building ---------------------------------------------------------------------------------

    def build(self) -> Iterator[None]:
        """Make views, list and detail, each where it stands."""
        context = self.context
        self.cuts: dict[str, Any] = {}
        self.sort = "newest"
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(TYPED_MS)
        self._typing.timeout.connect(self.refresh)
        self._resting = QTimer(self)
        self._resting.setSingleShot(True)
        self._resting.setInterval(20)
        self._resting.timeout.connect(self._show_chosen)
        self._number = ""
        self.chips = Chips(context)
        self._adding: AddCondition | None = None
        self._exporting: Export | None = None
        whole = column(spacing=12, margins=(20, 12, 20, 18))
        self.setLayout(whole)
        whole.addLayout(self._top())
        self.split = QSplitter(Qt.Orientation.Horizontal)
        self.split.setChildrenCollapsible(False)
        self.split.setHandleWidth(12)
        whole.addWidget(self.split, 1)
        yield
        self.views = Views(context)
        self.split.addWidget(self.views)
        yield
        self.middle, self.right = QStackedWidget(), QStackedWidget()
        self.split.addWidget(self.middle)
        self.split.addWidget(self.right)
        self.list = CaseList(context)
        self.middle.addWidget(self.list)
        yield
        self.alike = Alike(context)
        self.middle.addWidget(self.alike)
        yield
        self.detail = Detail(context)
        self.right.addWidget(self.detail)
        yield
        self.bulk = Bulk(context)
        self.right.addWidget(self.bulk)
        for nth, share in enumerate((0, 5, 3)):
            self.split.setStretchFactor(nth, share)
        scale = context.tokens.size("base") / 13
        self.views.setMinimumWidth(round(150 * scale))
        self.right.setMinimumWidth(round(352 * min(scale, 1.2)))
        self.split.setSizes([round(160 * scale), 700, round(390 * scale)])
        self._wire()
        self._show_view(next(v for v in self.views.ordered if v.name == first_for(context.roles)), ask=False)

    def _top(self) -> Any:
        self.search = QLineEdit()
        self.search.setPlaceholderText(tr("在列表里找：内容、地址、编号、电话尾号、拼音"))
        self.search.setAccessibleName(tr("在列表里找"))
        self.search.setClearButtonEnabled(True)
        self.search.setProperty("role", "search")
        self.search.setMinimumWidth(220)
        self.search.setMaximumWidth(300)
        self.search.installEventFilter(self)
        self.count = label("", "small")
        self.view_button = button("", self.pick_view, look="filter_add")
        self.view_button.hide()
        self.sort_button = button("", self.next_sort, look="filter_add", tip=tr("换一种排序（Z）"))
        self.save_button = button(tr("存为视图"), self.save_view, tip="Ctrl+S")
        self.export_button = button(tr("导出"), self.export, tip="Ctrl+E")
        top = row(self.search, self.view_button, spacing=8)
        top.addWidget(self.chips, 1)
        for widget in (self.sort_button, self.count, self.save_button, self.export_button):
            top.addWidget(widget)
        return top

    def _wire(self) -> None:
        self.search.textEdited.connect(lambda _said: self._typing.start())
        self.search.textChanged.connect(lambda said: None if said else self._typing.start())
        self.list.chosen.connect(self._chosen)
        self.list.opened.connect(lambda _record: self.detail.next())
        self.list.counted.connect(self._counted)
        self.list.selected.connect(self._selected)
        self.detail.sent.connect(self.setFocus)
        self.detail.acted.connect(lambda _acted: self.take_focus())
        self.detail.left.connect(self.take_focus)
        self.bulk.left.connect(self.take_focus)
        self.bulk.done.connect(self._bulk_done)
        self.views.chosen.connect(self._show_view)
        self.chips.removed.connect(self._remove)
        self.chips.wanted.connect(self.add_condition)
        self.alike.chosen.connect(self._alike_chosen)
        self.alike.counted.connect(partial(self.views.show_count, ALIKE))

        self._held = HeldKeys(self, (self.list.table, self.alike.table), self._waits, self.detail.acting)

    def _waits(self) -> bool:
        """Tell whether another case is about to stand where the one that is shown stands."""
        return self._resting.isActive() or self.list.waits() or self.detail.waits()

    # what is shown ----------------------------------------------------------------------------

    def filters(self) -> dict[str, Any]:
        """Return the filters of the list as services take them."""
        found = conditions.resolve(self.cuts, self.context.clock(), self.context.actor)
        said = self.search.text().strip()
        return {**found, **({"search": said} if said else {})}

    def refresh(self) -> None:
        """Ask for the first rows; the exact count follows."""
        self.chips.show_conditions(self.cuts)
        self.sort_button.setText(tr(WORDS[self.sort]))
        if self.middle.currentWidget() is self.alike:
            self.alike.begin()
        else:
            self.list.show_list(self.filters(), self.sort, self._number)
        self.views.recount()

    def _show_view(self, view: View, *, ask: bool = True) -> None:
        self.views.mark(view.name)
        self.view_button.setText(f"{view.words} ▾")
        self.cuts, self.sort = dict(view.conditions), view.sort
        self.search.setText(view.search)
        self._typing.stop()
        self._number = ""
        self.middle.setCurrentWidget(self.alike if view.name == ALIKE else self.list)
        for widget in (self.search, self.sort_button, self.save_button, self.export_button, self.chips):
            widget.setEnabled(view.name != ALIKE)
        if ask:
            self.refresh()
            self.take_focus()

    def _cut(self, **cuts: Any) -> None:
        """Change conditions: the list is no saved view any more."""
        self.cuts = {name: value for name, value in {**self.cuts, **cuts}.items() if value}
        self.views.mark("")
        self._number = ""
        self.refresh()

    def _remove(self, name: str) -> None:
        self._cut(**{name: ""})
        self.take_focus()

    def add_condition(self) -> None:
        """Ask for one more condition."""
        if self._adding is None:
            self._adding = AddCondition(
                self.window(), self.context, lambda name, value: self._cut(**{name: value})
            )
        self._adding.open()

    def next_sort(self) -> None:
        """Put the list in another order."""
        names = list(WORDS)
        self.sort = names[(names.index(self.sort) + 1) % len(names)]
        self.refresh()
        self.take_focus()

    def _counted(self, total: int) -> None:
        self.count.setText(tr("{n} 件", n=f"{total:,}"))
        name = self.views.current
        if name:
            self.views.show_count(name, total)
        said = (
            tr("换一个视图，或去掉几个条件。")
            if self.cuts or self.search.text()
            else tr("按 Ctrl+N 登记第一件。")
        )
        self.list.empty.next.setText(said)

    # one case, or many ------------------------------------------------------------------------

    def _chosen(self, record: Any) -> None:
        self._number = "" if record is None else record.number
        self._resting.start()

    def _show_chosen(self) -> None:
        if self._number != self.detail.number or not self._number:
            self.detail.show_case(self._number)

    def _alike_chosen(self, number: str) -> None:
        self._number = number
        self._resting.start()

    def _selected(self, count: int) -> None:
        if count < 2:
            self.right.setCurrentWidget(self.detail)
            return
        self.bulk.show_selected(
            Selected(self.list.filters, self.sort, self.list.ranges(), self.list.all_selected(), count)
        )
        self.right.setCurrentWidget(self.bulk)

    @property
    def many(self) -> bool:
        """Whether several cases are selected."""
        return self.right.currentWidget() is self.bulk

    def _bulk_done(self) -> None:
        self.list.clear_selection()
        self.right.setCurrentWidget(self.detail)
        self.take_focus()

    def accept_proposals(self) -> None:
        """Dispatch where each case is routed to: the selected ones, else all that wait for it; after a preview."""
        if not self.many:
            filters = {**self.filters(), "stage": "accepted"}
            chosen = Selected(filters, self.sort, (), True, self.views.counts.get("to_dispatch", 0))
            self.bulk.show_selected(chosen)
            self.right.setCurrentWidget(self.bulk)
        self.bulk.begin("dispatch")

    def opened(self, **what: Any) -> None:
        """Show one case, a view, or a selection.

        Args:
            what: number (and `step` to begin with it), or view, or conditions with search and sort.
        """
        if name := what.get("view"):
            self.views.choose(str(name))
        elif "conditions" in what or "search" in what:
            self.cuts = dict(what.get("conditions") or {})
            self.sort = str(what.get("sort", "newest"))
            self.search.setText(str(what.get("search", "")))
            self.middle.setCurrentWidget(self.list)
            self.views.mark("")
            self.refresh()
            self.stale = False
        if number := str(what.get("number") or ""):
            self._number = number
            self.right.setCurrentWidget(self.detail)
            self.list.stand_apart(number)
            step = what.get("step")
            self.detail.show_case(number, (str(step), {}) if step else None)

    def changed(self, tables: frozenset[str]) -> None:
        """Renew what is shown after a commit, where it stands."""
        if not self.watches & tables:
            return
        if not self.isVisible():
            self.stale = True
            return
        if self.middle.currentWidget() is self.list:
            self.list.renew()
        self.views.recount()
        self.detail.reload()

    def shown(self) -> None:
        """Renew the list if something changed meanwhile, without losing one's place."""
        if self.stale and self.list.model.rowCount():
            self.stale = False
            self.list.renew()
            self.views.recount()
            self.detail.reload()
        super().shown()

    def feet(self) -> Sequence[QWidget]:
        """Return what stands below the case, or below the preview of a bulk act."""
        return (self.detail.foot, self.bulk.foot)

    def leave(self) -> bool:
        """Keep what was typed in a form."""
        if self.detail.form is not None:
            self.detail.form.keep()
        return True

    # keys -------------------------------------------------------------------------------------

    def take_focus(self) -> None:
        """Begin in the list, or in the form that is open."""
        if self.detail.form is not None and not self.many:
            self.detail.form.begin()
            return
        self.land(self.alike.table if self.middle.currentWidget() is self.alike else self.list.table)

    def actions_here(self) -> Sequence[Action]:
        """Return what can be done here."""
        steps = self.detail.steps_offered()
        if self.many:
            steps = [
                Action(action.name, action.key, partial(self.bulk.begin, next_step.KEYS[action.key]))
                for action in steps
                if next_step.KEYS.get(action.key) in STEPS
            ]
        views = [
            Action(
                tr("视图：{name}", name=view.words),
                str(nth) if nth < 10 else "",
                partial(self.views.choose, view.name),
            )
            for nth, view in enumerate(self.views.ordered, 1)
        ]
        return [
            *steps,
            Action(tr("采纳派遣建议"), "P", self.accept_proposals),
            Action(tr("在列表里找"), "/", self.search.setFocus),
            Action(tr("再加一个条件"), "+", self.add_condition),
            Action(tr("换一种排序"), "Z", self.next_sort),
            Action(tr("存为视图"), "Ctrl+S", self.save_view),
            Action(tr("导出"), "Ctrl+E", self.export),
            Action(tr("撤销刚才的操作"), "U", self.undo),
            *views,
        ]

    def undo(self) -> None:
        """Take back the last act."""
        from ui.undoing import undo_last

        undo_last(self.context)

    def save_view(self) -> None:
        """Keep the list under a name."""
        words = [conditions.value_words(self.context, name, value) for name, value in self.cuts.items()]
        said = self.search.text().strip()
        self.views.setVisible(True)
        self.views.save(self.cuts, said, self.sort, " · ".join(word for word in (*words, said) if word))

    def export(self) -> None:
        """Write the list to a file."""
        if self._exporting is None:
            self._exporting = Export(self.window(), self.context)
        self._exporting.ask(self.filters(), self.sort, self.list.total)

    def pick_view(self) -> None:
        """Offer the views by menu, where there is no room for them at the left."""
        menu = QMenu(self)
        for view in self.views.ordered:
            count = self.views.counts.get(view.name)
            menu.addAction(
                view.words if count is None else f"{view.words}\t{count:,}",
                partial(self.views.choose, view.name),
            )
        menu.popup(self.view_button.mapToGlobal(self.view_button.rect().bottomLeft()))

    def eventFilter(self, watched: Any, event: Any) -> bool:
        """From the search, Enter and ↓ go to the list, Esc clears it."""
        if watched is self.search and isinstance(event, QKeyEvent) and event.type() == event.Type.KeyPress:
            if event.key() in {Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter}:
                self.take_focus()
                return True
            if event.key() == Qt.Key.Key_Escape:
                self.search.clear()
                self.take_focus()
                return True
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Delete lets a saved view go; Esc ends a selection; everything else is an action."""
        if event.key() == Qt.Key.Key_Delete and self.views.current not in STANDING:
            self.views.drop(self.views.current)
        elif event.key() == Qt.Key.Key_Escape and self.many:
            self.list.clear_selection()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the views into a menu where there is no room for them."""
        super().resizeEvent(event)
        scale = self.context.tokens.size("base") / 13
        roomy = self.width() >= 1060 * scale
        self.views.setVisible(roomy or self.views.naming.isVisible())
        self.view_button.setVisible(not roomy)
