"""Handing work over: whose, to whom, which cases exactly, and then all of them as one act that one key takes back."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from ui.context import Context
from ui.shown import due_words, number_short
from ui.tr import language, tr
from ui.undoing import undo_named
from ui.widgets.basics import button, column, label, line, row, scrolling
from ui.widgets.fields import Form, PickField, Spec
from ui.widgets.picker import Option
from ui.widgets.table import Column, Records, Table

ALL, GRID, BACK = "all", "grid", "back"


@dataclass(frozen=True)
class Going:
    """One line of the list: a case that goes over, or one that doesn't and why."""

    number: str
    place: str = ""
    type: str = ""
    due: str = ""
    light: str = ""
    refusal: Any = None


class HandOver(QWidget):
    """Of the person whom `show_person` names; nothing is written before the list was shown."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self.person: Any = None
        self._away: dict[str, str] = {}  # worker → who stands in
        self._told: Any = None
        self._asked: Any = None
        self.form = Form(self._specs(), across=2)
        self.form.changed.connect(self._changed)
        self.form.entered.connect(self.look)
        self.looks = button(tr("列出案件"), self.look, look="primary", key="Ctrl+Return")
        self.said = label("", "quiet", wrap=True)
        self.model = Records(self._columns())
        self.table = Table(self.model, context.tokens, compact=True)
        self.table.setAccessibleName(tr("将移交的案件"))
        self.table.opened.connect(lambda one: context.window.open_page("cases", number=one.number))
        self.does = button("", self.act, look="primary")
        self.away = button(tr("取消"), self.clear, look="quiet", tip="Esc")
        inside = QWidget()
        inside.setProperty("role", "plain")
        area = scrolling(inside)
        top = column(self.form, spacing=10, margins=(16, 12, 16, 10))
        top.addLayout(row(self.looks, None))
        top.addWidget(self.said)
        top.addStretch(1)
        inside.setLayout(top)
        self.area, self.list = area, QWidget()
        lower = column(line(), self.table, line(), spacing=0)
        lower.addLayout(row(self.does, self.away, None, margins=(16, 8, 16, 10)))
        self.list.setLayout(lower)
        whole = column(area, self.list, spacing=0)
        whole.setStretch(0, 1)
        whole.setStretch(1, 1)
        self.setLayout(whole)
        self.list.hide()

    def _specs(self) -> Sequence[Spec]:
        whose = ((ALL, tr("在办的全部")), (GRID, tr("一个网格的")), (BACK, tr("收回外出时转出的")))
        grids = tuple(
            sorted((code, name) for (kind, code), name in self._context.names.items() if kind == "grid")
        )
        types = tuple((code, name) for (kind, code), name in self._context.names.items() if kind == "type")
        there = (("yes", tr("交代办人")), ("no", tr("仍交本人")))
        return (
            Spec("whose", tr("移交什么"), "choice", whose, needed=True, wide=True),
            Spec("to", tr("接收人"), "pick", needed=True),
            Spec("type", tr("只移交这一类（可空）"), "pick", types),
            Spec("grid", tr("网格"), "pick", grids, needed=True, show_when={"whose": GRID}),
            Spec("deputy", tr("接收人外出"), "choice", there, needed=True, show_when={"is_away": "yes"}),
            Spec("reason", tr("原因"), "text", wide=True),
            Spec("is_away", "", "flag", show_when={"whose": "never"}),  # what `deputy` is asked for
        )

    def _columns(self) -> Sequence[Column]:
        from zq_grid.refusals import sentence

        def told(one: Going) -> str:
            return sentence(one.refusal, language()) if one.refusal is not None else one.place

        return [
            Column(tr("编号"), lambda one: number_short(one.number), 138, look="ink2"),
            Column(tr("类型"), lambda one: self._context.name("type", one.type), 96, look="ink2"),
            Column(tr("地点"), told, look=lambda one: "red" if one.refusal is not None else ""),
            Column(
                tr("时限"), lambda one: one.due, 116, look=lambda one: f"light:{one.light}" if one.due else ""
            ),
        ]

    # showing ----------------------------------------------------------------------------------

    def show_person(self, person: Any, people: Sequence[Any]) -> None:
        """Begin with somebody's cases; what is being typed about the same person stays."""
        other = self.person is None or self.person.code != person.code
        self.person = person
        self._away = {one.code: one.absence.deputy for one in people if one.absence is not None}
        if not other:
            return
        name = self._context.name
        options = [
            Option(
                one.code,
                tr("{name}（外出，{who}代）", name=one.name, who=name("worker", self._away[one.code]))
                if one.code in self._away
                else one.name,
            )
            for one in people
            if not one.left
        ]
        field = self.form.fields["to"]
        assert isinstance(field, PickField)
        field.picker.set_options(options)
        self.form.set_values({"to": "", "grid": "", "type": "", "reason": "", "deputy": "", "whose": ALL})
        self.clear()

    def take_back(self) -> None:
        """Ask for what deputies did while this one was away."""
        self.form.set_values({"whose": BACK, "to": self.person.code})
        self._changed()
        self.look()

    def _changed(self) -> None:
        """Another question than the list answers: the list goes."""
        values = self.form.values()
        if values.get("whose") == BACK and self.person is not None and values.get("to") != self.person.code:
            self.form.set_values({"to": self.person.code})
        away = "yes" if self.form.fields["to"].value() in self._away else ""
        self.form.set_values({"is_away": away})
        self.clear(keep_focus=True)

    def clear(self, *, keep_focus: bool = False) -> None:
        """Take the list away again."""
        self._told = self._asked = None
        self.list.hide()
        self.said.setText("")
        self.said.hide()
        if not keep_focus and self.isVisible():
            self.looks.setFocus()

    def feet(self) -> Sequence[QWidget]:
        """Return the buttons below the list."""
        return (self.looks, self.does, self.away)

    def begin(self) -> None:
        """Begin with the receiver."""
        self.form.fields["to"].setFocus()

    # doing ------------------------------------------------------------------------------------

    def look(self) -> None:
        """List the cases that would go over, and those that can't."""
        from zq_grid.handover import REASON, Asked

        said = self.form.values()
        whose = said.get("whose")
        needed = [name for name in ("to", "grid", "deputy") if self._shown(name) and not said.get(name)]
        self.form.problems(dict.fromkeys(needed, tr("请填写")))
        if needed or whose is None:
            return
        asked = Asked(
            to=said["to"],
            worker=self.person.code if whose == ALL else "",
            grid=said.get("grid", ""),
            type=said.get("type", ""),
            back=whose == BACK,
            deputy=said.get("deputy", ""),
            reason=said.get("reason") or REASON,
        )
        now = self._context.clock()

        def work(workspace: Any, progress: Any) -> Any:
            from zq_grid import handover

            with workspace.read() as session:
                found = handover.preview(session, asked, progress=progress)
            going = [
                Going(one.number, one.place, one.type, due_words(one, now), one.light) for one in found.cases
            ]
            return found, [Going(one.number, refusal=one.refusal) for one in found.told.refused] + going

        def done(answer: Any) -> None:
            self._asked = asked
            self._show(*answer)

        self._context.worker.ask(
            work, done, failed=self._failed, key="handover", owner=self, title=tr("列出案件")
        )

    def _shown(self, name: str) -> bool:
        return not self.form.fields[name].isHidden()

    def _show(self, found: Any, going: Sequence[Going]) -> None:
        self._told = found.told
        taken, refused = len(found.cases), len(found.told.refused)
        to = self._context.name("worker", found.to)
        words = tr("{n} 件将移交给{who}。", n=f"{taken:,}", who=to)
        if refused:
            words += tr("{n} 件不能移交，会留下不动。", n=f"{refused:,}")
        self.said.setText(words if going else tr("没有要移交的案件。"))
        self.said.show()
        self.model.replace(list(going))
        self.list.setVisible(bool(going))
        self.does.setText(f"{tr('移交 {n} 件', n=f'{taken:,}')}  ↵")
        self.does.setEnabled(taken > 0)
        if going:
            self.table.choose(0)
            (self.does if taken else self.table).setFocus()

    def act(self) -> None:
        """Hand over what was listed, as one act."""
        asked, told, context = self._asked, self._told, self._context
        if told is None or not told.taken:
            return
        self._told = None
        self.does.setEnabled(False)

        def work(workspace: Any, progress: Any) -> Any:
            from zq_grid import handover

            with workspace.write() as session:
                return handover.act(session, asked, token=told.token, progress=progress)

        def done(found: Any) -> None:
            self.clear()
            who = context.name("worker", found.to)
            said = tr("已移交 {n} 件给{who}", n=f"{len(found.cases):,}", who=who)
            batch = found.told.batch
            undo = (lambda: undo_named(context, [batch])) if batch else None
            context.window.say(said, tr("撤销") if undo else "", undo, longer=True)

        context.worker.act(work, done, failed=self._failed, owner=self, title=tr("移交案件"))

    def _failed(self, error: BaseException) -> None:
        from zq_grid.progress import Cancelled

        self.clear()
        if not isinstance(error, Cancelled):
            self._context.window.refused(error)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter hands over what is listed, Esc takes the list away."""
        listed_ = self.list.isVisible()
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and listed_ and self.does.hasFocus():
            self.act()
        elif event.key() == Qt.Key.Key_Escape and listed_:
            self.clear()
        else:
            super().keyPressEvent(event)
