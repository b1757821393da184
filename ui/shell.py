"""The window: side bar, top line, pages; what every page needs from it, and nothing of what a page is about."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from importlib import import_module
from typing import Any

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtGui import QCloseEvent, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QLabel,
    QMainWindow,
    QPushButton,
    QSizePolicy,
    QStackedWidget,
    QWidget,
)
from shiboken6 import isValid

from ui.actions import Action, by_key
from ui.context import Context
from ui.growing import Growing
from ui.icons import icon
from ui.keys import Keys
from ui.page import Page
from ui.palette import Palette
from ui.progress_bar import Running
from ui.tr import language, tr
from ui.widgets.basics import Elided, button, column, label, row, shown_key
from ui.widgets.toast import Toast
from ui.worker import Job

# name, where it is, its words, its key; in the order of the side bar
PAGES: tuple[tuple[str, str, str, str], ...] = (
    ("my_day", "ui.pages.my_day:MyDay", "工作台", "Alt+1"),
    ("cases", "ui.pages.cases:Cases", "案件", "Alt+2"),
    ("new_case", "ui.pages.new_case:NewCase", "登记", "Ctrl+N"),
    ("import", "ui.pages.importing:Importing", "导入", "Alt+3"),
    ("rates", "ui.pages.rates:RatesPage", "四率", "Alt+4"),
    ("papers", "ui.pages.papers:Papers", "文书报表", "Alt+5"),
    ("settings", "ui.pages.settings:Settings", "管理", "Alt+6"),
)
NARROW = 1080  # logical pixels at 100 % text: below, the top line has no room for a page's hint


class Shell(QMainWindow):
    """Holds the pages; a page is made when it is first opened."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self.context = context
        context.window = self
        self.setWindowTitle(tr("颛桥网格"))
        self.resize(1440, 900)
        self.setMinimumSize(1120, 640)
        self.pages: dict[str, Page] = {}
        self.nav: dict[str, QPushButton] = {}
        self._badges: dict[str, QLabel] = {}
        self.current = self.before = ""
        self._closing = False
        self.stack = QStackedWidget()
        self._blank = QWidget()  # what is seen while a page is being built
        self._blank.setProperty("role", "page")
        self._blank.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.stack.addWidget(self._blank)
        whole = QWidget()
        whole.setObjectName("window")
        inside = column(self._top(), self.stack, spacing=0)
        self.bar = self._bar()
        across = row(self.bar, spacing=0)
        across.addLayout(inside, 1)
        whole.setLayout(across)
        self.setCentralWidget(whole)
        self.toast = Toast(self, self.bar, self._feet)
        self.growing = Growing(self, context.worker)
        self.running = Running(self, context.tokens)
        self.palette_panel = Palette(self, context, self._page_actions, self._actions_here)
        self.keys_panel = Keys(self, context, self._key_groups)
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        app.focusChanged.connect(self._focus_moved)
        worker = context.worker
        worker.touched.connect(self._touched)
        worker.refused.connect(self.refused)
        worker.broken.connect(self.broken)
        worker.late.connect(self._late)

    # parts ------------------------------------------------------------------------------------

    def _bar(self) -> QFrame:
        bar = QFrame()
        bar.setProperty("role", "bar")
        bar.setFixedWidth(self.context.tokens.size("side"))
        parts: list[QWidget | int | None] = [label(tr("颛桥网格"), "brand"), 14]
        for name, _where, words, key in PAGES:
            if name == "settings":
                parts.append(None)
            nav = button(tr(words), partial(self.open_page, name), look="nav", tip=f"{tr(words)}  {key}")
            nav.setCheckable(True)
            nav.setAccessibleName(tr(words))
            badge = label("", "badge")
            badge.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
            badge.hide()
            nav.setLayout(row(None, badge, margins=(0, 0, 8, 0)))
            badge.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
            self.nav[name], self._badges[name] = nav, badge
            parts.append(nav)
        self.foot = label("", "hint", wrap=True)
        parts += [8, self.foot]
        bar.setLayout(column(*parts, spacing=3, margins=(10, 16, 10, 14)))
        return bar

    def _top(self) -> QFrame:
        top = QFrame()
        top.setProperty("role", "top")
        self.title, self.hint = label("", "title"), Elided("", "hint")
        self._search_words = tr("搜案件、地址、电话尾号、拼音首字母、功能…")
        self.search = button(self._search_words, self.open_palette, look="search_box", key="Ctrl+K")
        self.search.setMinimumWidth(120)
        self.search.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.search.setMaximumWidth(420)
        self.new = button(tr("登记案件"), lambda: self.open_page("new_case"), look="primary", tip="Ctrl+N")
        self.who = button("", lambda: self.open_page("settings", part="who"), look="quiet")
        inside = row(
            self.title, self.hint, self.search, self.new, self.who, spacing=12, margins=(20, 9, 16, 9)
        )
        inside.setStretch(1, 1)
        inside.setStretch(2, 2)
        top.setLayout(inside)
        return top

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where the top line is narrow, the hint goes and the search says less."""
        super().resizeEvent(event)
        scale = self.context.tokens.size("base") / 13
        self.hint.setVisible(self.width() >= NARROW * scale)
        QTimer.singleShot(0, self, self._fit_search)

    def _fit_search(self) -> None:
        key = f"  {shown_key('Ctrl+K')}"
        metrics = self.search.fontMetrics()
        room = self.search.width() - metrics.horizontalAdvance(key) - 28
        self.search.setText(metrics.elidedText(self._search_words, Qt.TextElideMode.ElideRight, room) + key)

    def dress(self) -> None:
        """Add what needs time: icons come when the window already stands."""
        ink = self.context.tokens.colours["bar_ink"]
        side = round(self.context.tokens.size("base") * 1.4)
        for name, nav in self.nav.items():
            nav.setIcon(icon(name, ink))
            nav.setIconSize(QSize(side, side))
        self.new.setIconSize(QSize(side, side))
        self.new.setIcon(icon("plus", self.context.tokens.colours["on_accent"]))

    # what pages ask of the window ---------------------------------------------------------------

    def open_page(self, name: str, **what: Any) -> None:
        """Show a page; what it was opened for goes to its `opened`. One that isn't built yet comes some turns later."""
        if self.current != name and not self.may_leave():
            return
        if self.current != name:
            self.before = self.current
        self.current = name
        for other, nav in self.nav.items():
            nav.setChecked(other == name)
        page = self.place(name)
        if page.built:
            self.growing.let_go()
            self._arrive(page, what)
            return
        words = next(words for known, _where, words, _key in PAGES if known == name)
        self.title.setText(tr(words))
        self.hint.setText("")
        self.stack.setCurrentWidget(self._blank)
        self._blank.setFocus()
        self.growing.bring(page, partial(self._arrive, page, what))

    def _arrive(self, page: Page, what: Mapping[str, Any]) -> None:
        if what:
            page.opened(**what)
        self.title.setText(page.title)
        self.hint.setText(page.hint)
        self.stack.setCurrentWidget(page)
        page.shown()

    def _focus_moved(self, old: QWidget | None, new: QWidget | None) -> None:
        """Keep the focus on the page when the part that had it was hidden or became grey: Qt gives it to any neighbour."""
        page = self.here
        if page is None or old is None or not isValid(old) or not page.isVisible():
            return
        gone = not old.isVisible() or not old.isEnabled()
        outside = new is None or (new.window() is self and not page.isAncestorOf(new) and new is not page)
        if gone and outside and page.isAncestorOf(old):
            page.setFocus()

    @property
    def here(self) -> Page | None:
        """The page that is shown, None before there is one."""
        page = self.pages.get(self.current)
        return page if page is not None and page.built else None

    def may_leave(self) -> bool:
        """Tell whether the page that is shown may be left; it keeps what was typed."""
        return self.here is None or self.here.leave()

    def back(self) -> None:
        """Show the page that was left for this one."""
        self.open_page(self.before or "my_day")

    def page(self, name: str) -> Page:
        """Return a page, whole."""
        page = self.place(name)
        page.finish()
        return page

    def place(self, name: str) -> Page:
        """Return a page where it will be shown, built or not."""
        if name not in self.pages:
            where = next(where for known, where, _words, _key in PAGES if known == name)
            module, maker = where.split(":")
            made: Page = getattr(import_module(module), maker)(self.context)
            self.pages[name] = made
            self.stack.addWidget(made)
        return self.pages[name]

    def retitle(self) -> None:
        """Show the current page's title and hint again."""
        if self.here is not None:
            self.title.setText(self.here.title)
            self.hint.setText(self.here.hint)

    def say(
        self, text: str, does: str = "", done: Callable[[], object] | None = None, *, longer: bool = False
    ) -> None:
        """Say a few words at the foot of the window."""
        self.toast.say(text, does, done, longer=longer)

    def refused(self, error: BaseException) -> None:
        """Say a refusal in words."""
        from zq_grid.errors import Refused
        from zq_grid.refusals import sentence

        if isinstance(error, Refused):
            self.say(sentence(error, language()), longer=True)
        else:
            self.broken(error)

    def broken(self, error: BaseException) -> None:
        """Say that the program made a mistake, keep its traces, and go on."""
        from ui import crash

        where = crash.keep(error)
        self.say(
            tr("程序出了差错，这一步没有完成，已保存的内容没有丢失。差错记录在 {where}。", where=where),
            longer=True,
        )

    def badge(self, name: str, number: int, *, pressing: bool = False) -> None:
        """Show a number beside a page's name; 0 shows none."""
        badge = self._badges[name]
        badge.setText(f"{number:,}" if number < 100_000 else "99,999+")
        badge.setProperty("role", "badge_red" if pressing else "badge")
        badge.style().unpolish(badge)
        badge.style().polish(badge)
        badge.setVisible(number > 0)

    def open_palette(self) -> None:
        """Open the palette."""
        self.palette_panel.open()

    def undo(self) -> None:
        """Take back the last act of whoever works here."""
        from ui.undoing import undo_last

        undo_last(self.context)

    # what happens --------------------------------------------------------------------------------

    def _touched(self, tables: frozenset[str]) -> None:
        for page in self.pages.values():
            if page.built:
                page.changed(tables)

    def _late(self, job: Job) -> None:
        self.running.show_job(job)

    def _page_actions(self) -> Sequence[Action]:
        return [
            Action(tr(words), key, partial(self.open_page, name), icon=name)
            for name, _where, words, key in PAGES
        ]

    def _actions_here(self) -> Sequence[Action]:
        return self.here.actions_here() if self.here is not None else ()

    def _feet(self) -> Sequence[QWidget]:
        return self.here.feet() if self.here is not None else ()

    def _everywhere(self) -> Sequence[Action]:
        return [
            *self._page_actions(),
            Action(tr("查找"), "Ctrl+K", self.open_palette),
            Action(tr("撤销刚才的操作"), "Ctrl+Z", self.undo),
            Action(tr("按键一览"), "?", self.keys_panel.open),
            Action(tr("本页说明"), "F1", self.help),
        ]

    def _key_groups(self) -> Sequence[tuple[str, Sequence[Action]]]:
        here = self.here.title if self.here is not None else ""
        return [(here, self._actions_here()), (tr("到处可用"), self._everywhere())]

    def help(self) -> None:
        """Open the manual at the page for where one is."""
        from ui.manual import Manual

        Manual.show_for(self, self.context, self.current)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Do what works everywhere."""
        if (action := by_key(self._everywhere(), event)) is not None:
            action.run()
        else:
            super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Let the page keep what was typed, then end the threads."""
        if not self.may_leave():
            event.ignore()
            return
        self.growing.stop()
        if not self._closing:
            self._closing = True
            self.context.worker.close()
        event.accept()


def later(done: Callable[[], object]) -> None:
    """Do something when the window has been painted."""
    QTimer.singleShot(0, done)
