"""The views at the left: those that everybody needs and those that people saved, each with its live count."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton, QScrollArea, QWidget

from ui.context import Context
from ui.pages import cases_conditions as conditions
from ui.tr import tr
from ui.widgets.basics import Card, column, label, line, row
from ui.widgets.pool import look

PREFIX = "view:"
LONGEST = 24
RECOUNT_MS = 250
# A count that takes so many seconds is made again only after so many times its time.
DEAR, SELDOM = 0.1, 60
ALIKE = "alike"
# name → (words, conditions, order); the first nine by their digits
STANDING: dict[str, tuple[Mapping[str, Any], str]] = {
    "mine": ({"stage": "open", "worker": "me"}, "due"),
    "today": ({"due": "today"}, "due"),
    "late": ({"due": "late"}, "due"),
    "to_accept": ({"stage": "received"}, "due"),
    "to_dispatch": ({"stage": "accepted"}, "due"),
    "to_visit": ({"to_visit": "yes"}, "oldest"),
    "to_complete": ({"incomplete": "yes"}, "newest"),
    ALIKE: ({}, "newest"),
    "open": ({"stage": "open"}, "newest"),
    "clashes": ({"clashes": "yes"}, "newest"),
    "no_owner": ({"no_owner": "yes"}, "newest"),
    "all": ({}, "newest"),
}
VIEWS: dict[str, str] = {
    "mine": "我的在办",
    "today": "今日到期",
    "late": "已逾期",
    "to_accept": "待接单",
    "to_dispatch": "待派遣",
    "to_visit": "待回访",
    "to_complete": "待补录",
    "alike": "疑似重复",
    "open": "全部在办",
    "clashes": "待核对差异",
    "no_owner": "无责任居村",
    "all": "全部案件",
}
ALARMING = frozenset({"late", "clashes"})


@dataclass(frozen=True)
class View:
    """A list that can be found again: its name, its conditions, what is searched for, its order. `own`: saved by people."""

    name: str
    words: str
    conditions: Mapping[str, Any] = field(default_factory=dict)
    search: str = ""
    sort: str = "newest"
    own: bool = False


def standing() -> list[View]:
    """Return the views that everybody has."""
    return [View(name, tr(VIEWS[name]), cuts, "", sort) for name, (cuts, sort) in STANDING.items()]


def first_for(roles: Sequence[str]) -> str:
    """Return the view in which somebody begins: one's own cases, or all open ones for who deals with everybody's."""
    return "mine" if {"grid_worker", "handler"} & set(roles) else "open"


class ViewButton(QPushButton):
    """A view with its count at the right."""

    dropped = Signal()

    def __init__(self, view: View) -> None:
        super().__init__(view.words)
        self.view = view
        self.setProperty("role", "view")
        self.setCheckable(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.count = label("", "hint")
        self.count.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setLayout(row(None, self.count, margins=(0, 0, 9, 0)))
        self.setAccessibleName(view.words)

    def show_count(self, number: int | None, *, more: bool = False) -> None:
        """Show a count, or that there are more; None while it isn't known."""
        self.count.setText("" if number is None else f"{number:,}{'+' if more else ''}")
        look(self.count, "red" if number and self.view.name in ALARMING else "hint")
        self.setAccessibleName(self.view.words if number is None else f"{self.view.words} {number}")

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Offer to let a saved view go, by the right button."""
        if self.view.own and event.button() == Qt.MouseButton.RightButton:
            self.dropped.emit()
            return
        super().mouseReleaseEvent(event)


class Views(Card):
    """The list of views. `chosen` gives one; a saved one goes by Delete or the right button."""

    chosen = Signal(object)

    def __init__(self, context: Context) -> None:
        super().__init__()
        self.context = context
        self.buttons: dict[str, ViewButton] = {}
        self.counts: dict[str, int] = {}
        self._not_before: dict[str, float] = {}
        self.current = ""
        self._inside = QWidget()
        self._inside.setProperty("role", "plain")
        self._box = column(spacing=1, margins=(7, 8, 7, 8))
        self._inside.setLayout(self._box)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(self._inside)
        self.body.addWidget(area)
        self.naming = Naming(self._keep)
        self.body.addWidget(self.naming)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(RECOUNT_MS)
        self._soon.timeout.connect(self._count)
        for view in standing():
            self._add(view)
        self._box.addStretch(1)
        self._read_own()

    def _add(self, view: View, at: int | None = None) -> None:
        made = ViewButton(view)
        made.clicked.connect(lambda _checked=False: self.choose(view.name))
        made.dropped.connect(lambda: self.drop(view.name))
        self.buttons[view.name] = made
        self._box.insertWidget(self._box.count() if at is None else at, made)

    @property
    def ordered(self) -> list[View]:
        """All views, from the top."""
        return [made.view for made in self.buttons.values()]

    def choose(self, name: str) -> None:
        """Show a view's list."""
        if name in self.buttons:
            self.mark(name)
            self.chosen.emit(self.buttons[name].view)

    def mark(self, name: str) -> None:
        """Show which view it is that is looked at; "" for none."""
        self.current = name
        for other, made in self.buttons.items():
            made.setChecked(other == name)

    # counts -----------------------------------------------------------------------------------

    def recount(self) -> None:
        """Count anew, soon: many commits in a row are counted once."""
        self._soon.start()

    def _count(self) -> None:
        now, actor = self.context.clock(), self.context.actor
        for name, made in self.buttons.items():
            if name == ALIKE or monotonic() < self._not_before.get(name, 0.0):
                continue
            view = made.view
            filters = conditions.resolve(view.conditions, now, actor)
            if view.search:
                filters["search"] = view.search
            self._ask(name, filters)

    def _ask(self, name: str, filters: dict[str, Any]) -> None:
        def work(workspace: Any, _progress: Any) -> tuple[int, float]:
            from zq_grid import lists

            began = monotonic()
            with workspace.read() as session:
                return lists.count(session, **filters), monotonic() - began

        def done(found: tuple[int, float]) -> None:
            number, took = found
            if took > DEAR:
                # others who read wait for it: counted again only after a while, and then once
                self._not_before[name] = monotonic() + took * SELDOM
                QTimer.singleShot(round(took * SELDOM * 1000) + 50, self, self.recount)
            self.show_count(name, number)

        self.context.worker.ask(work, done, key=f"view:{name}", owner=self, rank=9)

    def show_count(self, name: str, number: int, more: bool = False) -> None:
        """Show how many cases a view has."""
        self.counts[name] = number
        if name in self.buttons:
            self.buttons[name].show_count(number, more=more)

    # saved ones -------------------------------------------------------------------------------

    def _read_own(self) -> None:
        def work(workspace: Any, _progress: Any) -> dict[str, Any]:
            from zq_grid import kept

            with workspace.read() as session:
                return kept.under(session, PREFIX)

        self.context.worker.ask(work, self._show_own, owner=self, rank=4)

    def _show_own(self, found: dict[str, Any]) -> None:
        for key, said in sorted(found.items()):
            if key not in self.buttons and isinstance(said, dict):
                cuts = {
                    name: value
                    for name, value in said.get("conditions", {}).items()
                    if name in conditions.TITLES
                }
                words = key.removeprefix(PREFIX)
                view = View(
                    key, words, cuts, str(said.get("search", "")), str(said.get("sort", "newest")), True
                )
                if len(self.buttons) == len(STANDING):
                    self._box.insertWidget(self._box.count() - 1, line())
                self._add(view, self._box.count() - 1)
        self.recount()

    def save(self, cuts: Mapping[str, Any], search: str, sort: str, proposed: str) -> None:
        """Ask under which name a list is to be kept."""
        self._kept = {"conditions": dict(cuts), "search": search, "sort": sort}
        self.naming.begin(proposed[:LONGEST])

    def _keep(self, words: str) -> None:
        key, said = f"{PREFIX}{words}", self._kept
        if made := self.buttons.pop(key, None):
            made.hide()
            made.deleteLater()

        def work(workspace: Any, _progress: Any) -> None:
            from zq_grid import kept

            with workspace.write() as session:
                kept.put(session, key, said)

        def done(_nothing: None) -> None:
            self._show_own({key: said})
            self.mark(key)
            self.context.window.say(tr("已存为视图“{name}”", name=words))

        self.context.worker.act(work, done, owner=self)

    def drop(self, name: str) -> None:
        """Let a saved view go; it can be brought back from the message."""
        made = self.buttons.get(name)
        if made is None or not made.view.own:
            return
        view = made.view
        del self.buttons[name]
        made.hide()
        made.deleteLater()

        def work(workspace: Any, _progress: Any) -> None:
            from zq_grid import kept

            with workspace.write() as session:
                kept.drop(session, name)

        def back() -> None:
            self._kept = {"conditions": dict(view.conditions), "search": view.search, "sort": view.sort}
            self._keep(view.words)

        def done(_nothing: None) -> None:
            self.context.window.say(tr("已删除视图“{name}”", name=view.words), tr("撤销"), back)

        self.context.worker.act(work, done, owner=self)


class Naming(QWidget):
    """One line that asks for a view's name, below the views; Enter keeps it, Esc leaves."""

    def __init__(self, keep: Any) -> None:
        super().__init__()
        self._keep = keep
        self._title: QLabel = label(tr("视图名称，回车保存"), "hint")
        self.edit = QLineEdit()
        self.edit.setMaxLength(LONGEST)
        self.edit.setAccessibleName(tr("视图名称，回车保存"))
        self.edit.returnPressed.connect(self._entered)
        box = column(line(), self._title, self.edit, spacing=5, margins=(8, 0, 8, 8))
        self.setLayout(box)
        self._back: QWidget | None = None
        self.hide()

    def begin(self, proposed: str) -> None:
        """Ask, with a name proposed."""
        from PySide6.QtWidgets import QApplication

        self._back = QApplication.focusWidget()
        self.edit.setText(proposed)
        self.show()
        self.edit.setFocus()
        self.edit.selectAll()

    def _entered(self) -> None:
        if words := self.edit.text().strip():
            self._keep(words)
            self._leave()

    def _leave(self) -> None:
        self.hide()
        if self._back is not None and self._back.isVisible():
            self._back.setFocus()

    def keyPressEvent(self, event: Any) -> None:
        """Leave by Esc."""
        if event.key() == Qt.Key.Key_Escape:
            self._leave()
        else:
            super().keyPressEvent(event)
