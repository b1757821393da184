"""The upper parts of a case's panel: what it is, what is in dispute, its promises, its facts. Made once, filled anew."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QGuiApplication, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from ui.context import Context
from ui.pages.case_values import (
    CALLER,
    ELSEWHERE,
    Case,
    caller_line,
    fact_words,
    seconds,
    title_of,
    until,
    value_words,
)
from ui.shown import moment, span
from ui.theme.tokens import LIGHTS, Tokens
from ui.tr import listed, tr, word
from ui.widgets.basics import button, column, label, line, row
from ui.widgets.flow import Flow
from ui.widgets.lights import Light
from ui.widgets.pool import Pool, look

MARGINS = (16, 12, 16, 12)
LARGE = 15
# By which of its rooms a let flat counts as group renting.
WORDS = {
    "dormitory": "集体宿舍",
    "divided": "隔断或按床出租",
    "not_for_living": "厨房、卫生间、阳台等住人",
    "under_5_m2": "人均不足 5 平方米",
    "over_2_persons": "一间超过 2 人",
}


class Part(QWidget):
    """One part of the panel; it hides itself where there is nothing to say."""

    def __init__(self, context: Context, *, lined: bool = True) -> None:
        super().__init__()
        self.context = context
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        if lined:
            outer.addWidget(line())
        self.body = column(spacing=6, margins=MARGINS)
        outer.addLayout(self.body)
        self.build()

    def build(self) -> None:
        """Make the widgets, once."""

    def show_case(self, case: Case) -> None:
        """Show a case."""
        raise NotImplementedError


def readable(look_of: str = "") -> QLabel:
    """Return a label whose text can be chosen with the mouse."""
    made = label("", look_of, wrap=True)
    made.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    made.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.MinimumExpanding)
    return made


class Head(Part):
    """Type, stage, round, number, place, territory, what was said."""

    def build(self) -> None:
        """Make the widgets."""
        chips = QWidget()
        flow = Flow(chips)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        chips.setSizePolicy(policy)
        self.number = button("", self.copy, look="inline", tip=tr("点击复制编号"))

        def place(made: QLabel, _nth: int) -> None:
            flow.removeWidget(self.number)  # it stands last, on a line of its own where there is no room
            flow.addWidget(made)
            flow.addWidget(self.number)

        self._chips = Pool(lambda: label("", "chip"), place)
        self.title = readable("large")
        self.where = readable("small")
        self.text = readable()
        self.body.setSpacing(4)
        for part in (chips, self.title, self.where, self.text):
            self.body.addWidget(part)

    def show_case(self, case: Case) -> None:
        """Show what the case is."""
        from zq_grid import words

        facts, context = case["facts"], self.context
        said = [
            (context.name("type", case["type"]), "chip"),
            (word(words.STAGES, case["stage"]), "chip"),
            (tr("第 {n} 轮", n=case["round"]), "chip_orange" if case["round"] > 1 else "chip_quiet"),
        ]
        if facts.get("confidential") == "yes":
            said.append((tr("保密"), "chip_yellow"))
        if facts.get("anonymous") == "yes":
            said.append((tr("匿名"), "chip_quiet"))
        if case["clashes"]:
            said.append((tr("待核对差异 {n}", n=len(case["clashes"])), "chip_red"))
        for chip, (text, role) in zip(self._chips.take(len(said)), said, strict=True):
            chip.setText(text)
            look(chip, role)
        self.number.setText(case["number"])
        self.number.setAccessibleName(tr("复制编号 {number}", number=case["number"]))
        self.title.setText(str(facts.get("title") or facts.get("place") or "—"))
        where = " · ".join(case["territory"]) or tr("还没有归属网格")
        unit = context.name("unit", facts.get("unit"))
        worker = context.name("worker", facts.get("worker"))
        goes = " · ".join(part for part in (unit, worker) if part)
        self.where.setText(f"{where}  →  {goes}" if goes else where)
        self.text.setText(str(facts.get("text") or ""))
        self.text.setVisible(bool(facts.get("text")))

    def copy(self) -> None:
        """Copy the number."""
        QGuiApplication.clipboard().setText(self.number.text())
        self.context.window.say(tr("已复制 {number}", number=self.number.text()))


class Bar(QWidget):
    """How much of a limit is used up."""

    def __init__(self, tokens: Tokens) -> None:
        super().__init__()
        self._part, self._light, self._tokens = 0.0, "none", tokens
        self.setFixedHeight(5)

    def show_part(self, part: float, light: str) -> None:
        """Show a part between 0 and 1 in a light's colour."""
        self._part, self._light = min(1.0, max(0.0, part)), light
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the part."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        for width, colour in ((1.0, "sunken"), (self._part, LIGHTS.get(self._light, "ink3"))):
            painter.setBrush(self._tokens.colour(colour))
            painter.drawRoundedRect(QRectF(0, 0, self.width() * width, self.height()), 2.5, 2.5)


class ClockLine(QWidget):
    """One promise: its name, how it stands, when it ends, why."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self.name, self.chip, self.left = label(), label("", "chip_green"), label()
        self.name.setMinimumWidth(context.tokens.size("base") * 5)
        self.light = Light("none", context.tokens)
        self.right, self.why = label("", "hint"), readable("hint")
        self.bar = Bar(context.tokens)
        box = column(spacing=4)
        box.addLayout(row(self.name, self.light, self.chip, self.left, None, self.right))
        box.addWidget(self.bar)
        box.addWidget(self.why)
        self.setLayout(box)

    def show_clock(self, case: Case, one: Mapping[str, Any], now: int) -> None:
        """Show a clock as it stands now."""
        from zq_grid import words

        due, stopped, started = (seconds(one[key]) for key in ("due", "stopped", "started"))
        self.name.setText(word(words.CLOCKS, one["kind"]))
        live = bool(one["live"])
        for widget in (self.light, self.left, self.why):
            widget.setVisible(live)
        self.chip.setVisible(not live)
        self.bar.setVisible(live and bool(due and started and due > started))
        if not live:
            kept = stopped is not None and due is not None and stopped <= due
            self.chip.setText(tr("按时") if kept else tr("超期") if due else "—")
            look(self.chip, "chip_green" if kept else "chip_red" if due else "chip_quiet")
            used = tr("用时 {span}", span=span(stopped - started)) if stopped and started else ""
            self.right.setText(used)
            return
        light = light_of(case, due, now)
        self.light.light = light
        self.light.update()
        late = bool(due and due < now)
        self.left.setText(
            tr("逾期 {span}", span=span(now - (due or now)))
            if late
            else tr("剩 {span}", span=span((due or now) - now))
        )
        look(self.left, LIGHTS.get(light, ""))
        self.right.setText(tr("{moment} 前", moment=until(due, now)))
        if due and started and due > started:
            self.bar.show_part((now - started) / (due - started), light)
        self.why.setText(str(one["explanation"]))
        self.setAccessibleName(f"{self.name.text()} {self.left.text()} {self.right.text()}")


def light_of(case: Case, due: int | None, now: int) -> str:
    """Return the light of one live clock."""
    if due is None:
        return "none"
    if due < now:
        return "red"
    return str(case["light"]) if case["light"] in {"orange", "yellow"} and due - now < 2 * 86_400 else "green"


class Clocks(Part):
    """The promises of the current round: live ones first, the nearest on top."""

    def build(self) -> None:
        """Make the pool of lines."""
        self._lines = Pool(lambda: ClockLine(self.context), lambda made, _nth: self.body.addWidget(made))

    def show_case(self, case: Case) -> None:
        """Show the clocks."""
        now = self.context.clock()
        shown = [one for one in case["clocks"] if one["round"] == case["round"]]
        shown.sort(key=lambda one: (not one["live"], one["due"] or "9"))
        for made, one in zip(self._lines.take(len(shown)), shown, strict=True):
            made.show_clock(case, one, now)
        self.setVisible(bool(shown))


class Value(QLabel):
    """A fact's value; a double click corrects it."""

    def __init__(self, correct: Callable[[str], None]) -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(True)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.MinimumExpanding)
        self.fact, self._correct = "", correct

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Correct the fact in place."""
        if self.fact:
            self._correct(self.fact)
        else:
            super().mouseDoubleClickEvent(event)


class Facts(Part):
    """The facts of the case; who called stays masked until a call is made."""

    def __init__(self, context: Context, correct: Callable[[str], None], call: Callable[[], object]) -> None:
        self._correct, self._call = correct, call
        self.revealed: Mapping[str, str] = {}
        super().__init__(context)

    def build(self) -> None:
        """Make the pools."""
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(14)
        self._grid.setVerticalSpacing(5)
        self._grid.setColumnStretch(1, 1)
        self.caller_name, self.caller = label(tr("诉求人"), "hint"), readable()
        self.calls = button(
            f"{tr('显示电话')}  T", self._call, look="inline", tip=tr("为打这通电话显示姓名和号码，并记录")
        )
        large = self.context.tokens.size("base") > LARGE  # then there is no room for both side by side
        top = column(spacing=2) if large else row(spacing=10)
        top.addWidget(self.caller, 1)
        top.addWidget(self.calls, 0, Qt.AlignmentFlag.AlignLeft)
        self._grid.addWidget(self.caller_name, 0, 0)
        self._grid.addLayout(top, 0, 1)
        self._names = Pool(lambda: label("", "hint"), self._name)
        self._values = Pool(
            lambda: Value(self._correct), lambda made, nth: self._grid.addWidget(made, nth + 1, 1)
        )
        self.body.addLayout(self._grid)

    def _name(self, made: QLabel, nth: int) -> None:
        self._grid.addWidget(made, nth + 1, 0, Qt.AlignmentFlag.AlignTop)

    def show_case(self, case: Case) -> None:
        """Show the facts."""
        rows = self._rows(case)
        said = caller_line(case, self.revealed)
        look(self.caller, "strong" if self.revealed else "")
        self.caller.setText(said)
        for widget in (self.caller_name, self.caller, self.calls):
            widget.setVisible(bool(said))
        self.calls.setVisible(bool(said) and not self.revealed)
        names, values = self._names.take(len(rows)), self._values.take(len(rows))
        for name, value, (fact, title, text) in zip(names, values, rows, strict=True):
            name.setText(title)
            value.setText(text)
            value.fact = fact
            value.setToolTip(tr("双击更正") if fact else "")
        self.setVisible(bool(rows or said))

    def _rows(self, case: Case) -> list[tuple[str, str, str]]:
        """Return (fact, title, value): of the case, of what a file said besides, of its last closing."""
        from zq_grid import words

        facts = case["facts"]
        rows = [
            (name, title_of(case, name), fact_words(self.context, case, name, value))
            for name, value in facts.items()
            if name not in ELSEWHERE and name not in CALLER and value not in ("", None)
        ]
        if case.get("criteria"):
            said = listed(tr(WORDS.get(code, code)) for code in case["criteria"])
            rows.append(("", tr("群租认定情形"), said))
        if isinstance(facts.get("extra"), Mapping):
            rows += [
                ("", word(words.FACTS, str(title)), str(value)) for title, value in facts["extra"].items()
            ]
        closing: Mapping[str, Any] = next((one for one in reversed(case["closings"]) if one), {})
        rows += [
            (name, title_of(case, name), value_words(self.context, name, value))
            for name, value in closing.items()
            if value and name not in {"to_complete", "platform"}
        ]
        return rows


class Differences(Part):
    """Facts that two stations set apart: each value with who gave it; one click lets it count."""

    def __init__(self, context: Context, settle: Callable[[str, str], None]) -> None:
        self._settle = settle
        super().__init__(context)

    def build(self) -> None:
        """Make the heading; values come and go with the case."""
        self.body.addWidget(label(tr("待核对差异"), "strong"))
        self._rows = column(spacing=4)
        self.body.addLayout(self._rows)

    def show_case(self, case: Case) -> None:
        """Show what is in dispute."""
        from ui.widgets.basics import clear

        if not case["differences"] and self.isHidden():
            return
        clear(self._rows)
        now = self.context.clock()
        for one in case["differences"]:
            self._rows.addWidget(label(title_of(case, one["field"]), "small"))
            for head in one["values"]:
                value = fact_words(self.context, case, one["field"], head["value"])
                who = self.context.name("worker", head["actor"])
                when = moment(seconds(head["did_at"]), now)
                told = readable()
                told.setText(f"{value}\n{who} · {when}")
                line_of = row(spacing=8)
                line_of.addWidget(told, 1)
                if one["settles"]:
                    field, step = one["field"], head["step"]
                    line_of.addWidget(button(tr("以此为准"), partial(self._settle, field, step)))
                self._rows.addLayout(line_of)
            if not one["settles"]:
                self._rows.addWidget(
                    label(tr("下一步办理会以实际情况为准，消除这处差异。"), "hint", wrap=True)
                )
        self.setVisible(bool(case["differences"]))
