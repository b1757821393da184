"""My day: what has to be done now, by limit; every figure is a door."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QPushButton, QWidget

from ui.actions import Action
from ui.page import Page
from ui.pages.my_day_week import Week
from ui.shown import due_words, local, moment, span
from ui.tr import language, tr, word
from ui.widgets.basics import Card, Elided, Empty, button, column, line, row
from ui.widgets.boxes import Boxes
from ui.widgets.figures import Figure
from ui.widgets.table import Column, Records, Table
from zq_grid import limit_words_en

WORDS: dict[str, str] = {
    "to_accept": "待接单",
    "to_dispatch": "待派遣",
    "to_sign": "待签收",
    "to_contact": "待先行联系",
    "asks": "待审批",
    "due_today": "今日到期",
    "near": "即将到期",
    "overdue": "已逾期",
    "to_visit": "待回访",
    "to_review": "不满意待复核",
    "incomplete": "待补录",
    "clashes": "待核对差异",
}
PARTS: dict[str, str] = {"extension": "延期 {n}", "exclusion": "剔除 {n}", "return": "退单 {n}"}
TITLES: dict[str, str] = {"mine": "我经办的", "place": "本居村", "unit": "本单位", "town": "全镇"}
DAYS = ("星期一", "星期二", "星期三", "星期四", "星期五", "星期六", "星期日")
EDGES = dict.fromkeys(("overdue", "to_review"), "red") | dict.fromkeys(("due_today", "near"), "orange")
EDGES |= dict.fromkeys(("clashes", "incomplete", "asks"), "yellow")
# How Cases calls the conditions of a box, where they depend on the hour.
CONDITIONS: dict[str, dict[str, Any]] = {"overdue": {"due": "late"}, "due_today": {"due": "today"}}
DOING, WAITING, WEEK = "doing", "waiting", "week"
AGAIN_MS = 60_000
# Logical pixels at 100 % text: the narrowest box; the page below which the week stands in a tab, boxes in one line.
NARROWEST, BESIDE, SHORT = 118, 860, 520


class MyDay(Page):
    """The first page of every morning."""

    name = "my_day"
    watches = frozenset({"cases", "entries", "kept"})

    @property
    def title(self) -> str:
        """The page's name."""
        return tr("工作台")

    @property
    def hint(self) -> str:
        """What day it is, and for whom one looks."""
        today = local(self.context.clock())
        day = (
            f"{limit_words_en.WEEK[today.weekday()]}, {today.day} {limit_words_en.MONTHS[today.month - 1]}"
            if language() == "en"
            else f"{today.month} 月 {today.day} 日 {DAYS[today.weekday()]}"
        )
        return f"{day} · {self._where()}" if self.scope else day

    def build(self) -> None:
        """Make boxes, the list and the week."""
        self.boxes: dict[str, Figure] = {}
        self._counts: dict[str, int] = {}
        self._filters: dict[str, dict[str, Any]] = {}
        self.scope, self.scopes = "", ()
        self.showing = DOING
        self._beside, self._flat = True, False
        self._day: Any = None
        tokens = self.context.tokens
        self._scale = tokens.size("base") / 13
        self._row = Boxes(round(NARROWEST * self._scale))
        self.week = Week(self.context)
        self._below = row(self._list(), self.week, spacing=14)
        self._below.setStretch(0, 1)
        whole = column(self._row, spacing=14, margins=(20, 16, 20, 18))
        whole.addLayout(self._below, 1)
        self.setLayout(whole)
        self._again = QTimer(self)
        self._again.setInterval(AGAIN_MS)
        self._again.timeout.connect(lambda: self.refresh() if self.isVisible() else None)
        self._again.start()

    def _list(self) -> Card:
        self.model = Records(self._columns())
        self.table = Table(self.model, self.context.tokens)
        self.table.setAccessibleName(tr("现在要做"))
        self.table.opened.connect(self._open)
        self.table.key_pressed.connect(self._key)
        self.tabs: dict[str, QPushButton] = {}
        head = row(spacing=4, margins=(8, 4, 8, 2))
        for name, words in ((DOING, tr("现在要做")), (WAITING, tr("等待他方")), (WEEK, tr("本周四率"))):
            made = button(words, partial(self.show_list, name), look="tab", tip="W")
            made.setCheckable(True)
            if name == WEEK:
                made.hide()  # while it has no parent, to show it would open a window of its own
            self.tabs[name] = made
            head.addWidget(made)
        self.said = Elided(tr("按时限排序 · 回车打开 · 空格办下一步"), "hint")
        self.look = button("", self.next_scope, look="quiet", tip="M")
        head.addSpacing(8)
        head.addWidget(self.said, 1)
        head.addWidget(self.look)
        self.card = card = Card()
        card.body.addLayout(head)
        card.body.addWidget(line())
        card.body.addWidget(self.table, 1)
        self.empty = Empty("", tr("新案件登记或导入后，会按时限排在这里。"), tr("登记案件"), self._log)
        self.empty.hide()
        card.body.addWidget(self.empty, 1)
        self.more = button("", self._all, look="link")
        self._foot = QWidget()
        self._foot.setLayout(row(self.more, None, margins=(16, 0, 16, 4)))
        card.body.addWidget(self._foot)
        return card

    def _columns(self) -> Sequence[Column]:
        from zq_grid import words

        context = self.context

        def limit(one: Any) -> str:
            said = due_words(one.case, context.clock())
            return said or tr("{when} 收到", when=moment(one.case.received_at, context.clock()))

        return [
            Column(tr("时限"), limit, 150, look=lambda one: f"light:{one.case.light}"),
            Column(tr("要做"), lambda one: word(words.STEPS, one.step), 96, look="chip"),
            Column(tr("类型"), lambda one: context.name("type", one.case.type), 112, look="ink2"),
            Column(tr("地点"), lambda one: one.case.place, 206),
            Column(tr("内容"), lambda one: one.case.text, look="ink2"),
        ]

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where there is no room beside the list, the week becomes a tab of it."""
        super().resizeEvent(event)
        beside = self.width() >= BESIDE * self._scale
        flat = self.height() < SHORT * self._scale
        if beside != self._beside:
            self._beside = beside
            (self._below if beside else self.card.body).insertWidget(1 if beside else 2, self.week)
            self.week.stand(beside=beside)
            self.tabs[WEEK].setVisible(not beside)
            self.show_list(DOING if self.showing == WEEK and beside else self.showing, focus=False)
        if flat != self._flat:
            self._flat = flat
            self.boxes = {}
            if self._day is not None:
                self._show(self._day)

    # reading ------------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Ask what is to be done, then for the week."""
        scope, waiting = self.scope, self.showing == WAITING

        def work(workspace: Any, _progress: Any) -> Any:
            from zq_grid import my_day

            with workspace.read() as session:
                return my_day.day(session, scope=scope, waiting=waiting)

        self.context.worker.ask(work, self._show, key="my_day", owner=self, rank=1)
        self.week.refresh(scope)

    def _show(self, day: Any) -> None:
        self._day, self.scope, self.scopes = day, day.scope, day.scopes
        if list(self.boxes) != [box.key for box in day.boxes]:
            self.boxes = {
                box.key: Figure(
                    tr(WORDS[box.key]),
                    self.context.tokens,
                    partial(self.open_box, box.key),
                    flat=self._flat,
                )
                for box in day.boxes
            }
            self._row.show_boxes(list(self.boxes.values()))
        for box in day.boxes:
            self._filters[box.key], self._counts[box.key] = dict(box.filters), box.count
            edge = EDGES.get(box.key, "accent") if box.count else "line_strong"
            self.boxes[box.key].show_number(box.count, self._hint_of(box), edge)
        self.look.setVisible(len(day.scopes) > 1)
        self.look.setText(f"{self._where()} ▾")
        self.tabs[DOING].setText(tr("现在要做 {n}", n=f"{day.doing_total:,}"))
        self.tabs[WAITING].setText(tr("等待他方 {n}", n=f"{day.waiting_total:,}"))
        window = self.context.window
        window.badge("my_day", self._counts.get("overdue", 0), pressing=True)
        window.badge("cases", day.open)
        self._fill()
        if self.isVisible():
            window.retitle()

    def _hint_of(self, box: Any) -> str:
        now = self.context.clock()
        if box.key == "asks":
            return " · ".join(tr(PARTS[what], n=n) for what, n in box.parts.items())
        dues = sorted(
            one.case.due for one in (*self._day.doing, *self._day.waiting) if one.case.due is not None
        )
        if box.key == "overdue" and box.count and dues and dues[0] < now:
            return tr("最久 {span}", span=span(now - dues[0]))
        later = [due for due in dues if due >= now]
        if box.key == "due_today" and box.count and later:
            return tr("最近 {time}", time=f"{local(later[0]):%H:%M}")
        return ""

    def _fill(self) -> None:
        day, doing = self._day, self.showing != WAITING
        rows, total = (day.doing, day.doing_total) if doing else (day.waiting, day.waiting_total)
        for name, tab in self.tabs.items():
            tab.setChecked(name == self.showing)
        at = self.table.currentIndex().row()
        self.model.replace(rows)
        week = self.showing == WEEK
        self.week.setVisible(self._beside or week)
        self.table.setVisible(bool(rows) and not week)
        self.empty.setVisible(not total and not week)
        self.empty.said.setText(tr("现在没有要做的") if doing else tr("没有等待他方的"))
        self._foot.setVisible(total > len(rows) and not week)
        self.more.setText(tr("还有 {n} 件，到案件页看全部", n=f"{total - len(rows):,}"))
        if rows:
            self.table.choose(min(max(at, 0), len(rows) - 1))

    def _where(self) -> str:
        return tr(TITLES[self.scope]) if self.scope else ""

    # doing --------------------------------------------------------------------------------------

    def open_box(self, key: str) -> None:
        """Open the list behind a figure."""
        from zq_grid import my_day

        plain = CONDITIONS.get(key) or my_day.filters_of(key, 0)
        marks = {name: "yes" if said is True else said for name, said in plain.items()}
        sort = "oldest" if key in {"to_visit", "to_review"} else "due"
        self.context.window.open_page("cases", conditions={**self._own(), **marks}, sort=sort)

    def _own(self) -> dict[str, Any]:
        """Return what Cases is cut by for the scope."""
        if self.scope == "mine":
            return {"worker": "me"}
        filters: dict[str, Any] = next(iter(self._filters.values()), {})
        return {name: filters[name] for name in ("neighbourhood", "unit") if name in filters}

    def _all(self) -> None:
        self.context.window.open_page("cases", conditions={**self._own(), "stage": "open"}, sort="due")

    def _log(self) -> None:
        self.context.window.open_page("new_case")

    def _open(self, one: Any, **what: Any) -> None:
        if one is not None:
            self.context.window.open_page("cases", number=one.case.number, **what)

    def _key(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space:
            event.accept()
            self.do_next()

    def do_next(self) -> None:
        """Open the case with the form of its next step."""
        one = self.table.record()
        if one is not None:
            self._open(one, step=one.step)

    def show_list(self, name: str, *, focus: bool = True) -> None:
        """Show what is to be done here, what others have to do, or (where there is no room beside) the week."""
        self.showing = name
        if name == WAITING and self._day is not None and not self._day.waiting:
            self.refresh()
        if self._day is not None:
            self._fill()
        if focus:
            self.take_focus()

    def next_scope(self) -> None:
        """Look at the next of mine, my place, the town."""
        if len(self.scopes) > 1:
            self.scope = self.scopes[(self.scopes.index(self.scope) + 1) % len(self.scopes)]
            self.refresh()

    def take_focus(self) -> None:
        """Begin in the list."""
        self.land(self.table)

    def actions_here(self) -> Sequence[Action]:
        """Return what can be done here."""
        some = self.table.record
        other = WAITING if self.showing == DOING else DOING
        doors = [
            Action(tr("看“{what}”", what=tr(WORDS[key])), str(nth), partial(self.open_box, key))
            for nth, key in enumerate(self.boxes, 1)
        ]
        return [
            Action(tr("打开案件"), "Return", lambda: self._open(some()), lambda: some() is not None),
            Action(tr("办下一步"), "Space", self.do_next, lambda: some() is not None),
            Action(tr("现在要做／等待他方"), "W", partial(self.show_list, other)),
            Action(tr("换范围：全镇、本居村、我经办的"), "M", self.next_scope, lambda: len(self.scopes) > 1),
            *doors,
        ]
