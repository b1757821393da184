"""Who is away and who stands in: the absences of one person, entered, ended early, taken back before they begin."""

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QScrollArea, QWidget

from ui.context import Context
from ui.pages.settings_part import Part
from ui.shown import local
from ui.tr import listed, tr
from ui.widgets.basics import button, column, label, line, row
from ui.widgets.fields import Form, PickField, Spec
from ui.widgets.picker import Option
from ui.widgets.table import Column, Records, Table

ROWS = 4


class Away(QScrollArea):
    """Of the person whom `show_person` names. `back` asks for what deputies did instead of them."""

    back = Signal()

    def __init__(self, context: Context, part: Part) -> None:
        super().__init__()
        self._context, self._part = context, part
        self.person: Any = None
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        inside = QWidget()
        inside.setProperty("role", "plain")
        self.setWidget(inside)
        self.said = label("", "quiet", wrap=True)
        self.model = Records(self._columns())
        self.table = Table(self.model, context.tokens, compact=True)
        self.table.setAccessibleName(tr("外出记录"))
        self.table.chosen.connect(lambda _one: self._offer())
        self.end = button("", self.end_chosen, tip="E")
        self.returns = button("", self.back.emit, tip="B")
        self.form = Form(
            (
                Spec("since", tr("第一天"), "date", needed=True),
                Spec("until", tr("最后一天（可空）"), "date"),
                Spec("deputy", tr("代办人"), "pick", needed=True),
                Spec("reason", tr("原因"), "text"),
            ),
            across=2,
        )
        self.form.entered.connect(self.enter)
        self.does = button(tr("登记外出"), self.enter, look="primary", key="Ctrl+Return")
        box = column(self.said, self.table, spacing=10, margins=(16, 12, 16, 16))
        box.addLayout(row(self.end, self.returns, None))
        for part_ in (line(), label(tr("登记外出"), "strong"), self.form):
            box.addWidget(part_)
        box.addLayout(row(self.does, None))
        box.addStretch(1)
        inside.setLayout(box)

    def _columns(self) -> Sequence[Column]:
        return [
            Column(tr("第一天"), lambda one: self._day(one.since), 78),
            Column(tr("最后一天"), lambda one: self._day(one.until), 78),
            Column(tr("代办人"), lambda one: self._context.name("worker", one.deputy), 84),
            Column(tr("原因"), lambda one: str(one.reason), look="ink2"),
            Column("", self._state, 76, look=self._look),
        ]

    def _day(self, said: str) -> str:
        """Return a day without the year that everybody knows."""
        return (said.removeprefix(f"{local(self._context.clock()):%Y}-")) or tr("未定")

    def _state(self, one: Any) -> str:
        now = self._context.clock()
        if one.over(now):
            return tr("已结束")
        return tr("外出中") if one.covers(now) else tr("未开始")

    def _look(self, one: Any) -> str:
        now = self._context.clock()
        return "chip_quiet" if one.over(now) else "chip_yellow" if one.covers(now) else "chip"

    # showing ----------------------------------------------------------------------------------

    def show_person(self, person: Any, absences: Sequence[Any]) -> None:
        """Show somebody's absences (`zq_grid.people.Person`, `absences.Absence`); what is being typed stays."""
        other = self.person is None or self.person.code != person.code
        self.person = person
        at = max(0, self.table.currentIndex().row())
        self.model.replace(absences)
        self.table.setVisible(bool(absences))
        rows = min(ROWS, len(absences))
        self.table.setFixedHeight(self.table.row_height * rows + self._context.tokens.size("row") + 4)
        if absences:
            self.table.choose(0 if other else min(at, len(absences) - 1))
        self.said.setText(self._words())
        if other:
            names = sorted(
                (code, name) for (kind, code), name in self._context.names.items() if kind == "worker"
            )
            field = self.form.fields["deputy"]
            assert isinstance(field, PickField)
            field.picker.set_options([Option(code, name) for code, name in names if code != person.code])
            self._clear()
        may = self.may
        self.does.setEnabled(may and not person.left)
        self.form.setEnabled(may and not person.left)
        self.returns.setVisible(bool(person.to_return))
        self.returns.setText(tr("收回转出的 {n} 件", n=person.to_return))
        self._offer()

    def _clear(self) -> None:
        today = f"{local(self._context.clock()):%Y-%m-%d}"
        self.form.problems({})
        self.form.set_values({"since": today, "until": "", "deputy": "", "reason": ""})

    @property
    def may(self) -> bool:
        """Whether whoever works here may arrange for this one's work."""
        return self._context.staffs or (self.person is not None and self.person.code == self._context.actor)

    def _offer(self) -> None:
        one, now = self.table.record(), self._context.clock()
        live = one is not None and self.table.isVisibleTo(self) and not one.over(now)
        self.end.setVisible(live)
        self.end.setEnabled(self.may)
        if live:
            self.end.setText(tr("已回来，提前结束") if one.covers(now) else tr("取消这次登记"))

    def _words(self) -> str:
        person, name = self.person, self._context.name
        told = []
        if (one := person.absence) is not None:
            until = tr("至 {day}", day=one.until) if one.until else tr("回来日期未定")
            who = name("worker", one.deputy)
            told.append(tr("{since} 起外出，{until}，由{who}代办。", since=one.since, until=until, who=who))
        if person.stands_in_for:
            who = listed(name("worker", one) for one in person.stands_in_for)
            told.append(tr("正在代办：{who}。", who=who))
        if person.to_return:
            told.append(tr("外出期间转出的 {n} 件还在代办人手里。", n=person.to_return))
        if person.needs_handover:
            told.append(tr("已不在名册，还有 {n} 件在办，请移交。", n=person.open))
        return "".join(told) or tr("在岗。外出时登记代办人，新指派的案件会提示交给代办人。")

    # doing ------------------------------------------------------------------------------------

    def enter(self) -> None:
        """Enter an absence."""
        if not self.does.isEnabled():
            return
        said, worker = self.form.values(), self.person.code
        missing = {key: tr("请填写") for key in ("since", "deputy") if not said.get(key)}
        self.form.problems(missing)
        if missing:
            return

        def work(session: Any) -> Any:
            from zq_grid import people

            return people.be_absent(session, worker, **said)

        def done(absence: Any) -> None:
            self._clear()
            self._told(tr("已登记外出"), lambda: self._end(worker, absence.since, tr("已取消登记")))

        self._part.act(work, done, tr("登记外出"), self._failed)

    def end_chosen(self) -> None:
        """End the chosen absence today, or take it back before it begins."""
        one = self.table.record()
        if one is None or not self.end.isVisibleTo(self) or not self.may:
            return
        here = one.covers(self._context.clock())
        self._end(one.worker, one.since, tr("已登记回来") if here else tr("已取消登记"), one)

    def _end(self, worker: str, since: str, words: str, again: Any = None) -> None:
        def work(session: Any) -> Any:
            from zq_grid import people

            return people.come_back(session, worker, since=since)

        def back() -> None:
            said = {"since": since, "until": again.until, "deputy": again.deputy, "reason": again.reason}

            def once_more(session: Any) -> Any:
                from zq_grid import people

                return people.be_absent(session, worker, **said)

            self._part.act(once_more, lambda _none: self._told(tr("已登记外出")), tr("登记外出"))

        self._part.act(work, lambda _none: self._told(words, back if again is not None else None), words)

    def _failed(self, error: BaseException) -> None:
        """Say a refusal, and at its field where it names one."""
        self._context.window.refused(error)
        fault = str(getattr(error, "facts", {}).get("fault", ""))
        named = next((key for key in ("until", "since", "deputy") if key in fault), "")
        if named:
            self.form.problems({named: tr("这里不合要求")})

    def _told(self, words: str, undo: Callable[[], object] | None = None) -> None:
        self._context.window.say(words, tr("撤销") if undo else "", undo)
        self._part.refresh()

    def feet(self) -> Sequence[QWidget]:
        """Return the button that enters."""
        return (self.does,)

    def begin(self) -> None:
        """Begin with the first day."""
        self.form.begin()
