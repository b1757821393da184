"""One case beside the list: what it is, its clocks, its facts, its way so far, and the one thing to do next."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from ui.actions import Action
from ui.context import Context
from ui.pages import next_step
from ui.pages.act_form import ActForm
from ui.pages.case_parts import clocks_part, facts_part, head_part, links_part, photos_part, timeline_part
from ui.tr import tr, word
from ui.widgets.basics import Empty, button, clear, line, row


class Detail(QFrame):
    """Shows a case by its number; reads beside the window, so that moving through a list never waits."""

    acted = Signal(object)

    def __init__(self, context: Context) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self._context = context
        self.number = ""
        self.case: Mapping[str, Any] | None = None
        self.form: ActForm | None = None
        self.phone = ""
        whole = QVBoxLayout(self)
        whole.setContentsMargins(1, 1, 1, 1)
        whole.setSpacing(0)
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._foot = QWidget()
        self._foot_box = row(margins=(16, 10, 16, 10))
        self._foot.setLayout(self._foot_box)
        whole.addWidget(self._area, 1)
        whole.addWidget(line())
        whole.addWidget(self._foot)
        self._nothing()

    # showing ----------------------------------------------------------------------------------

    def show_case(self, number: str) -> None:
        """Show a case, once it is read; the phone of the one before is hidden again."""
        if number != self.number:
            self.phone = ""
            self.form = None
        self.number = number
        if number:
            self._context.worker.ask(
                lambda workspace, _progress: read(workspace, number),
                self._show,
                key="detail",
                owner=self,
                rank=1,
            )
        else:
            self._nothing()

    def reload(self) -> None:
        """Read the case again, unless somebody is writing in its form."""
        if self.number and self.form is None:
            self.show_case(self.number)

    def _nothing(self) -> None:
        self.case = None
        self._fill([Empty(tr("没有选中案件"), tr("在左边的列表里选一件，这里就显示它的全部情况。"))])
        clear(self._foot_box)
        self._foot.hide()

    def _show(self, case: Mapping[str, Any] | None) -> None:
        if case is None:
            self._nothing()
            return
        self.case = case
        context = self._context
        parts: list[QWidget] = [
            head_part(context, case),
            clocks_part(context, case),
            facts_part(context, case, self.phone),
        ]
        parts += [photos_part(context, case), links_part(context, case), timeline_part(context, case)]
        self._fill(parts)
        self._actions()

    def _fill(self, parts: Sequence[QWidget]) -> None:
        inside = QWidget()
        inside.setProperty("role", "plain")
        box = QVBoxLayout(inside)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        for nth, part in enumerate(parts):
            if nth and not part.isHidden():
                box.addWidget(line())
            box.addWidget(part)
        box.addStretch(1)
        self._area.setWidget(inside)

    def _actions(self) -> None:
        clear(self._foot_box)
        case = self.case
        assert case is not None
        from zq_grid import words

        follows = next_step.next_step(case)
        if follows:
            key = next((key for key, step in next_step.KEYS.items() if step == follows), "")
            main = button(f"{word(words.STEPS, follows)}  {key}", lambda: self.begin(follows), look="primary")
            main.setAccessibleName(word(words.STEPS, follows))
            self._foot_box.addWidget(main, 1)
        others = [step for step in next_step.KEYS.values() if step in case["can"] and step != follows]
        for step in [step for step in ("contact", "ask_extension", "note") if step in others][:2]:
            self._foot_box.addWidget(button(word(words.STEPS, step), partial(self.begin, step)))
        more = button("…", self.more, tip=tr("更多操作"))
        more.setAccessibleName(tr("更多操作"))
        more.setFixedWidth(44)
        self._foot_box.addWidget(more)
        self._foot.show()

    # acting -----------------------------------------------------------------------------------

    def begin(self, kind: str) -> None:
        """Take a step: at once where nothing needs to be said, else by its form."""
        case = self.case
        if case is None:
            return
        if kind not in case["can"]:
            from zq_grid import words

            stage, step = word(words.STAGES, case["stage"]), word(words.STEPS, kind)
            self._context.window.say(tr("这件案件现在是“{stage}”，不能{step}。", stage=stage, step=step))
            return
        if kind in next_step.AT_ONCE:
            self._at_once(kind)
            return
        self.form = ActForm(self._context, case, kind)
        self.form.taken.connect(self._taken)
        self.form.left.connect(self.leave_form)
        self._fill([head_part(self._context, case), self.form])
        self._foot.hide()
        self.form.begin()

    def leave_form(self) -> None:
        """Close the form without a step."""
        self.form = None
        if self.case is not None:
            self._show(self.case)
        self.parent_focus()

    def parent_focus(self) -> None:
        """Give the focus back to the list."""
        self.acted.emit(None)

    def _at_once(self, kind: str) -> None:
        number = self.number

        def work(workspace: Any, _progress: Any) -> Any:
            from zq_grid import together

            with workspace.write() as session:
                return together.act(session, number, kind, {})

        self._context.worker.act(work, self._taken, owner=self)

    def _taken(self, acted: Any) -> None:
        from zq_grid import words

        self.form = None
        window = self._context.window
        said = tr("{number} 已{step}", number=acted.number, step=word(words.STEPS, acted.step.kind))
        if acted.joined:
            said = tr("{said}，并写入并单 {n} 件", said=said, n=len(acted.joined))
        if acted.proposes == "reopen":
            again = tr("{said}。市民不满意，建议再次办理。", said=said)
            window.say(again, tr("再次办理"), partial(self.begin, "reopen"), longer=True)
        else:
            window.say(said, tr("撤销"), self._undo)
        self.acted.emit(acted)

    def _undo(self) -> None:
        from ui.undoing import undo_last

        undo_last(self._context)

    def call(self) -> None:
        """Show the caller's phone for this call, and write down that it was shown and why."""
        case = self.case
        if case is None:
            return
        number = self.number

        def work(workspace: Any, _progress: Any) -> Any:
            from zq_grid import reveals

            with workspace.write() as session:
                return reveals.reveal(session, number, ("phone", "reporter"), "联系诉求人")

        self._context.worker.act(work, self._revealed, owner=self)

    def _revealed(self, found: Any) -> None:
        shown = found.values
        self.phone = "  ".join(str(shown[name]) for name in ("reporter", "phone") if shown.get(name))
        if self.case is not None and self.form is None:
            self._show(self.case)
        self._context.window.say(tr("{who}（已记录：联系诉求人）", who=self.phone or tr("没有留下电话")))

    def more(self) -> None:
        """Offer every other step that can be taken now, by menu."""
        from PySide6.QtWidgets import QMenu

        from zq_grid import words

        case = self.case
        if case is None:
            return
        menu = QMenu(self)
        keys = {step: key for key, step in next_step.KEYS.items()}
        for step in case["can"]:
            if step in step_names():
                name = word(words.STEPS, step)
                menu.addAction(f"{name}\t{keys.get(step, '')}", partial(self.begin, step))
        menu.exec(self._foot.mapToGlobal(self._foot.rect().topRight()))

    def steps_offered(self) -> list[Action]:
        """Return what can be done with the case shown, for keys and Ctrl+K."""
        from zq_grid import words

        found = [
            Action(
                word(words.STEPS, step),
                key,
                partial(self.begin, step),
                lambda: self.case is not None,
            )
            for key, step in next_step.KEYS.items()
        ]
        found.append(Action(tr("显示电话"), "T", self.call, lambda: self.case is not None))
        return found


def step_names() -> frozenset[str]:
    """Return the steps that a person takes by a form or a key."""
    return frozenset(
        {
            *next_step.KEYS.values(),
            "refuse",
            "rule_return",
            "grant_extension",
            "refuse_extension",
            "suspend",
            "resume",
            "escalate",
            "supervise",
            "merge",
            "unmerge",
            "link",
            "exclude",
            "approve_exclusion",
            "withdraw",
            "void",
        }
    )


def read(workspace: Any, number: str) -> Mapping[str, Any] | None:
    """Read all that is shown of one case; on the worker's thread."""
    from zq_grid import cases, intake, projection, views
    from zq_grid.errors import Refused

    with workspace.read() as session:
        try:
            subject = cases.find(session, number)
        except Refused:
            return None
        state = projection.state_of(session, subject)
        found = views.case(session, subject, state)
        known = session.catalogue
        own = known.type_at(str(found["type"]), state.rounds[0].began.did_at)
        has_caller = bool(state.get("reporter") or state.get("phone")) and state.get("anonymous") != "yes"
        return {
            **found,
            "own": own,
            "has_caller": has_caller,
            "routed": intake.route(known, str(found["type"]), state.get("neighbourhood")),
        }
