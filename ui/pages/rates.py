"""Rates: the four and all other indicators of a period, by group, their last weeks, and the cases behind every figure."""

from collections.abc import Sequence
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QSplitter, QWidget

from ui import choosing
from ui.actions import Action
from ui.page import Page
from ui.pages.period import MONTH, RANGE, WEEK, Period, month_of, of_iso, week_of
from ui.pages.rates_bar import Bar
from ui.pages.rates_boxes import FOUR, Boxes, as_number
from ui.pages.rates_parts import WORDS, Behind, Groups, Shown, indicator, share
from ui.shown import DAY, local
from ui.tr import language, tr
from ui.widgets.basics import Card, clear, column, label
from ui.widgets.chart import Line, Lines
from ui.widgets.flow import Flow
from zq_grid.errors import Refused

COLOURS = {
    "first_contact": "accent",
    "on_time_closing": "green",
    "actual_resolution": "yellow",
    "satisfaction": "orange",
}


class RatesPage(Page):
    """Every number is a door: it opens the cases counted in, counted out, and left out with the reason."""

    name = "rates"
    watches = frozenset({"cases", "rounds"})

    @property
    def title(self) -> str:
        """The page's name."""
        return tr("四率")

    @property
    def hint(self) -> str:
        """How a figure opens."""
        return tr("点任何数字，看计入、未计入和剔除的案件")

    def build(self) -> None:
        """Make the bar, the boxes, the table, the lines and the list."""
        tokens = self.context.tokens
        # on Monday people look at the week that has just ended
        self.period = week_of(local(self.context.clock() - DAY).date())
        self.key = FOUR[0]
        self.group: str | None = None
        self.board: Any = None
        self._last: Any = None
        self.bar = Bar(self.context)
        self.bar.changed.connect(self.refresh)
        self.bar.moved.connect(self.go)
        self.bar.kind_chosen.connect(self.set_kind)
        self.bar.said_range.connect(self.set_range)
        self.bar.export.clicked.connect(lambda _on: self.export())
        self.bar.paper.clicked.connect(lambda _on: self.print_week())
        self.bar.differs.clicked.connect(lambda _on: self.as_printed())
        self.boxes = Boxes(self.context)
        self.boxes.chosen.connect(self.choose)
        self.table: Groups | None = None
        self.left = Card()
        self.lines = Lines(tokens)
        self.lines.setMinimumHeight(110)
        self.chart = chart = Card()
        chart.body.setContentsMargins(12, 10, 10, 4)
        chart.body.addWidget(self._legend())
        chart.body.addWidget(self.lines, 1)
        chart.setMinimumHeight(round(175 * tokens.size("base") / 13))
        self.behind = Behind(self.context, self._ask_cases)
        right = QSplitter(Qt.Orientation.Vertical)
        right.addWidget(chart)
        right.addWidget(self.behind)
        right.setSizes([230, 400])
        right.setHandleWidth(12)
        split = QSplitter(Qt.Orientation.Horizontal)
        split.addWidget(self.left)
        split.addWidget(right)
        split.setSizes([800, 460])
        split.setHandleWidth(12)
        split.setChildrenCollapsible(False)
        whole = column(self.bar, self.boxes, spacing=10, margins=(20, 14, 20, 18))
        whole.addWidget(split, 1)
        self.setLayout(whole)
        self.bar.show_period(self.period)

    def _legend(self) -> QWidget:
        made = QWidget()
        flow = Flow(made, spacing=10)
        flow.addWidget(label(tr("近八周"), "strong"))
        for key in FOUR:
            flow.addWidget(label(f"● {tr(WORDS[key])}", _ink(COLOURS[key])))
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        made.setSizePolicy(policy)
        return made

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where text is large and the window low, the list needs the room of the lines."""
        super().resizeEvent(event)
        self.chart.setVisible(event.size().height() * 13 >= 520 * self.context.tokens.size("base"))

    # asking -----------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Ask for the figures; the weeks follow."""
        period, by, profile = self.period, self.bar.by.value(), self.bar.profile.value() or "default"
        try:
            as_of = self.bar.as_of()
        except Refused as error:
            self.context.window.refused(error)
            return
        week = period.week_name if period.kind == WEEK and as_of is None else ""

        def figures(workspace: Any, _progress: Any) -> Any:
            from zq_grid import printed, rate_board

            with workspace.read() as session:
                found = rate_board.board(
                    session,
                    start=period.start_at,
                    end=period.end_at,
                    before=period.before,
                    by=by,
                    profile_code=profile,
                    as_of=as_of,
                )
                known = session.catalogue.current("profile")
                last = printed.last_week(session, week, profile) if week else None
                return found, {code: dict(entry) for code, entry in known.items()}, last

        def weeks(workspace: Any, _progress: Any) -> Any:
            from zq_grid import rate_board

            with workspace.read() as session:
                return rate_board.trend(session, monday=period.last_monday, profile_code=profile, as_of=as_of)

        self._asked: dict[str, Any] = {
            "start": period.start_at,
            "end": period.end_at,
            "profile_code": profile,
            "as_of": as_of,
        }
        ask = self.context.worker.ask
        ask(figures, partial(self._show, by), key="rates", owner=self, rank=2)
        ask(weeks, self._show_weeks, key="rates-weeks", owner=self, rank=6)

    def _ask_cases(self, only: str, first: int, count: int, then: Any) -> None:
        by = self.bar.by.value() if self.group is not None else None
        asked = {**self._asked, "key": self.key, "only": only, "by": by, "group": self.group}

        def work(workspace: Any, _progress: Any) -> Any:
            from zq_grid import rate_board

            with workspace.read() as session:
                return rate_board.cases(session, offset=first, limit=count, **asked)

        key = "rates-cases" if first == 0 else ""
        self.context.worker.ask(work, then, key=key, owner=self, rank=3)

    # showing ----------------------------------------------------------------------------------

    def _show(self, by: str, found: Any) -> None:
        self.board, profiles, self._last = found
        self.bar.show_profiles(profiles)
        kinds = {"area", "neighbourhood", "unit", "worker", "type"}

        def name(group: str | None) -> str:
            if group is None:
                return tr("全镇")
            if not group:
                return tr("无归属")
            if by == "source":
                from zq_grid import words

                return words.value("source", group, language())
            return self.context.name(by, group) if by in kinds else group

        rows = [Shown(row.group, name(row.group), row.rates) for row in (self.board.whole, *self.board.rows)]
        self._table(by, rows)
        self.boxes.show_board(self.board, self.period, self.key)
        self._compare()

    def _table(self, by: str, rows: Sequence[Shown]) -> None:
        title, names = self.bar.by.currentText(), self.board.names
        keys = [key for key in FOUR if key in names]
        if self.table is None or self.table.objectName() != f"{by} {keys}":
            had_focus = self.table is not None and self.table.hasFocus()
            clear(self.left.body)
            self.table = Groups(self.context, keys, title, names)
            self.table.setObjectName(f"{by} {keys}")
            self.table.figure.connect(self._pointed)
            self.table.chosen.connect(self._row)
            self.table.opened.connect(lambda _row: self.behind.table.setFocus())
            self.left.body.addWidget(self.table)
            self.group = None
            if had_focus:
                self.table.setFocus()
        self.table.sorted.show_rows(rows)
        self.table.choose_group(self.group)

    def _show_weeks(self, points: Sequence[Any]) -> None:
        titles = [tr("{n}周", n=point.monday.isocalendar().week) for point in points]
        from zq_grid import words

        lines = [
            Line(
                words.RATES[key][language() == "en"],
                COLOURS[key],
                tuple(as_number(point.values.get(key)) for point in points),
            )
            for key in FOUR
        ]
        self.lines.show_lines(titles, lines)
        self.boxes.show_weeks(points)

    def _compare(self) -> None:
        """Say where the week as it is known today differs from the bulletin that was printed of it."""
        parts = []
        for key, said in self._last.figures.items() if self._last else ():
            rate = self.board.whole.rates.get(key)
            if rate is not None and share(rate).replace(",", "") != said.replace(",", ""):
                parts.append(f"{indicator(self.board.names, key)} {said} → {share(rate)}")
        self.bar.show_difference(parts, self._last)

    # choosing ---------------------------------------------------------------------------------

    def choose(self, key: str) -> None:
        """Look at another indicator, of the row that is chosen."""
        self.key = key
        if self.board is not None:
            self.boxes.mark(key)
            self._row(self.table.record() if self.table else None)

    def _pointed(self, shown: Shown, key: str) -> None:
        self.group = shown.group
        self.choose(key)

    def _row(self, shown: Shown | None) -> None:
        if shown is None or self.board is None:
            return
        self.group = shown.group
        rate = shown.rates.get(self.key)
        name = f"{shown.name} · {indicator(self.board.names, self.key)}"
        if rate is not None:
            value = "" if rate.measure == "count" or rate.value is None else f" {rate.value}%"
            name = f"{name}{value} · {share(rate)}"
        self.behind.show_figure(name, rate)

    def go(self, by: int) -> None:
        """Look at the period before or after."""
        self._set(self.period.moved(by))

    def set_kind(self, kind: str) -> None:
        """Look by week, by month, or at any days."""
        made = {WEEK: week_of(self.period.last_monday), MONTH: month_of(self.period.last_monday)}
        self._set(made.get(kind, Period(RANGE, self.period.first, self.period.end)))

    def set_range(self, first: date, end: date) -> None:
        """Look at any days, `end` not among them."""
        if end <= first:
            self.context.window.refused(Refused("period_empty", "the period ends before it begins"))
            return
        self._set(Period(RANGE, first, end))

    def _set(self, period: Period) -> None:
        self.period = period
        self.bar.show_period(period)
        self.refresh()

    def as_printed(self) -> None:
        """Look at the week as it was known when its bulletin was printed."""
        if self._last is not None:
            self.bar.set_as_of(f"{local(self._last.as_of):%Y-%m-%d %H:%M:%S}")
            self.refresh()

    # what leaves ------------------------------------------------------------------------------

    def export(self) -> None:
        """Ask where to, and write a spreadsheet of what is shown."""
        name = f"{tr('四率')} {self.period.first} {self.bar.by.currentText()}.xlsx"
        path = choosing.to_write(self, tr("导出四率"), name, tr("表格 (*.xlsx *.csv)"))
        if path is not None:
            self.export_to(path)

    def export_to(self, path: Path) -> None:
        """Write a spreadsheet of what is shown."""
        asked = {**self._asked, "by": self.bar.by.value(), "lang": language()}

        def work(workspace: Any, _progress: Any) -> Any:
            from zq_grid import exports

            with workspace.read() as session:
                return exports.rates(session, path, **asked)

        def done(made: Any) -> None:
            said = tr("已导出 {n} 行：{path}", n=f"{made.rows:,}", path=str(made.path))
            self.context.window.say(said, longer=True)

        self.context.worker.act(work, done, title=tr("导出四率"), owner=self)

    def print_week(self) -> None:
        """Go to the bulletin of this week, as known at the same moment and by the same profile."""
        week = self.period if self.period.kind == WEEK else week_of(self.period.last_monday)
        said, profile = self.bar.as_of_said(), self.bar.profile.value() or "default"
        self.context.window.open_page("papers", week=week.week_name, profile=profile, as_of=said)

    def opened(self, **what: Any) -> None:
        """Show a week, a group or an indicator from elsewhere."""
        if week := what.get("week"):
            self.period = of_iso(str(week))
            self.bar.show_period(self.period)
        if by := what.get("by"):
            self.bar.by.set_value(str(by))
        if key := what.get("key"):
            self.key = str(key)
        self.stale = True

    def take_focus(self) -> None:
        """Begin in the table, or where it will be."""
        (self.table or self).setFocus()

    def actions_here(self) -> Sequence[Action]:
        """Return what can be done here."""
        names = self.board.names if self.board is not None else dict.fromkeys(FOUR, ("", ""))
        rates = [
            Action(indicator(names, key), str(nth), partial(self.choose, key))
            for nth, key in enumerate([*names][:9], 1)
            if self.board is not None
        ]
        parts = self.behind
        return [
            *rates,
            Action(tr("看计入分子的案件"), "I", partial(parts.show_part, "in")),
            Action(tr("看仅计入分母的案件"), "O", partial(parts.show_part, "missed")),
            Action(tr("看不计入的案件"), "P", partial(parts.show_part, "out")),
            Action(tr("到案件清单里去"), "L", parts.table.setFocus),
            Action(tr("按下一列排序"), "S", self._sort_next),
            Action(tr("前一期"), "[", partial(self.go, -1)),
            Action(tr("后一期"), "]", partial(self.go, 1)),
            Action(tr("按周"), "W", partial(self.set_kind, WEEK)),
            Action(tr("按月"), "M", partial(self.set_kind, MONTH)),
            Action(tr("自选日期"), "R", self._to_range),
            Action(tr("换分组"), "G", self.bar.by.showPopup),
            Action(tr("换口径"), "K", self.bar.profile.showPopup),
            Action(tr("换截至时间"), "T", self.bar.known.setFocus),
            Action(tr("导出四率"), "E", self.export, lambda: self.board is not None),
            Action(tr("打印本周周报"), "Ctrl+P", self.print_week),
        ]

    def _sort_next(self) -> None:
        if self.table is not None:
            number = self.table.sorted.by
            steps = [0, *range(1, 2 * len(self.table.sorted.keys), 2)]
            self.table.sort_by(steps[(steps.index(number) + 1) % len(steps)])

    def _to_range(self) -> None:
        self.set_kind(RANGE)
        self.bar.first.setFocus()


def _ink(colour: str) -> str:
    return "link" if colour == "accent" else colour
