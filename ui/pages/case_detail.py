"""One case beside the list: what it is, its clocks, its facts, its way so far, and the one thing to do next."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QHideEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QMenu, QScrollArea, QVBoxLayout, QWidget

from ui.actions import Action
from ui.context import Context
from ui.pages import case_read, next_step
from ui.pages.act_form import ActForm
from ui.pages.case_caller import Caller
from ui.pages.case_course import Course
from ui.pages.case_parts import Clocks, Differences, Facts, Head, Part
from ui.pages.case_photos import Photos, dropped
from ui.pages.case_ties import Ties
from ui.pages.case_values import Case
from ui.tr import inside, listed, tr, word
from ui.undoing import undo_named
from ui.widgets.basics import Empty, button, clear, line, row
from ui.worker import Job


class Detail(QFrame):
    """Shows a case by its number; reads beside the window, so that moving through a list never waits.

    `sent` when a form's step is under way, `acted` after one was taken, `left` when a form was left and the list should
    have the focus again.
    """

    sent = Signal()
    acted = Signal(object)
    left = Signal()

    def __init__(self, context: Context) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self.setAcceptDrops(True)
        self._context = context
        self.number = ""
        self.case: Case | None = None
        self.form: ActForm | None = None
        self._read: Job | None = None
        self._act: Job | None = None
        self._then: tuple[str, dict[str, Any]] | None = None
        self._build()
        self._nothing()

    def _build(self) -> None:
        context = self._context
        self.head = Head(context, lined=False)
        self.facts = Facts(context, self._correct, self.call)
        self.caller = Caller(context, self.facts, self)
        self.ties = Ties(context, self._take)
        self.photos = Photos(context, self._add_photo)
        self.differences = Differences(context, self._settle)
        self.parts: Sequence[Part] = (
            self.head, self.differences, Clocks(context), self.facts, self.photos, self.ties, Course(context),
        )  # fmt: skip
        self._empty = Empty(tr("没有选中案件"), tr("在左边的列表里选一件，这里就显示它的全部情况。"))
        inside = QWidget()
        inside.setProperty("role", "plain")
        self._holder = QVBoxLayout()
        box = QVBoxLayout(inside)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        for nth, part in enumerate(self.parts):
            box.addWidget(part)
            if nth == 0:
                box.addLayout(self._holder)
        box.addStretch(1)
        self.area = QScrollArea()
        self.area.setWidgetResizable(True)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.area.setWidget(inside)
        self.caller.shown.connect(lambda: self.area.ensureWidgetVisible(self.facts.caller))
        self._foot = QWidget()
        self._foot_box = row(margins=(16, 10, 16, 10))
        self._foot.setLayout(self._foot_box)
        self._rule = line()
        self._whole = QVBoxLayout(self)
        self._whole.setContentsMargins(1, 1, 1, 1)
        self._whole.setSpacing(0)
        for widget in (self._empty, self.area, self._rule, self._foot):
            self._whole.addWidget(widget, 1 if widget in (self._empty, self.area) else 0)

    # showing ----------------------------------------------------------------------------------

    def show_case(self, number: str, then: tuple[str, dict[str, Any]] | None = None) -> None:
        """Show a case, once it is read; who called in the one before is hidden again.

        Args:
            number: of the case; "" shows none.
            then: a step to begin when the case is there, with values for its form.
        """
        if number != self.number:
            self.caller.hide()
            self._drop_form()
            self.ties.forget()
        self.number, self._then = number, then
        if not number:
            self._nothing()
            return
        self._read = self._context.worker.ask(
            lambda workspace, _progress: case_read.read(workspace, number),
            self._show,
            key="detail",
            owner=self,
            rank=1,
        )

    def acting(self) -> bool:
        """Tell whether a step is being taken."""
        return (self.form is not None and self.form.busy) or (self._act is not None and not self._act.over)

    def waits(self) -> bool:
        """Tell whether what is shown is about to change: a case is being read, or a step taken."""
        return self.acting() or (self._read is not None and not self._read.over)

    def reload(self) -> None:
        """Read the case again, unless somebody is writing in its form."""
        if self.number and self.form is None:
            self.show_case(self.number, self._then)

    def _nothing(self) -> None:
        self.case = self.caller.case = None
        self.number = ""
        self._empty.show()
        for widget in (self.area, self._rule, self._foot):
            widget.hide()

    def _show(self, case: Case | None) -> None:
        if case is None:
            self._nothing()
            return
        fresh = self.case is None or self.case["number"] != case["number"]
        self.case = self.caller.case = case
        for part in self.parts:
            part.show_case(case)
        self._empty.hide()
        self.area.show()
        self._rule.show()
        if fresh:
            self.area.verticalScrollBar().setValue(0)
        if self.form is None:
            self._actions(case)
        if self._then is not None:
            (kind, values), self._then = self._then, None
            self.begin(kind, **values)

    def _actions(self, case: Case) -> None:
        clear(self._foot_box)
        from zq_grid import words

        follows, taken_up = next_step.next_step(case), 32 + 44
        if follows:
            key = next_step.key_of(follows)
            main = button(word(words.STEPS, follows), lambda: self.begin(follows), look="primary")
            main.setText(f"{word(words.STEPS, follows)}  {key or '↵'}")
            self._foot_box.addWidget(main, 1)
            taken_up += main.sizeHint().width() + 8  # a layout doesn't count what isn't shown yet
        taken = next_step.done(case) & {"contact"}
        others = [s for s in next_step.BESIDE if s in case["can"] and s != follows and s not in taken]
        for step in others[:2]:
            made = button(word(words.STEPS, step), partial(self.begin, step), tip=next_step.key_of(step))
            taken_up += made.sizeHint().width() + 8
            if taken_up > self.width():
                made.deleteLater()
                break
            self._foot_box.addWidget(made, 0 if follows else 1)
        more = button("…", self.more, tip=tr("更多操作（.）"))
        more.setAccessibleName(tr("更多操作"))
        more.setFixedWidth(44)
        self._foot_box.addWidget(more)
        self._foot.show()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Offer as many actions as there is room for."""
        super().resizeEvent(event)
        if self.case is not None and self.form is None and event.oldSize().width() != event.size().width():
            self._actions(self.case)

    @property
    def foot(self) -> QWidget:
        """The buttons below what scrolls: of the case, or of the form that is open."""
        return self._foot if self.form is None else self.form.foot

    # forms ------------------------------------------------------------------------------------

    def next(self) -> None:
        """Take the step that comes next."""
        if self.case is not None and (follows := next_step.next_step(self.case)):
            self.begin(follows)

    def begin(self, kind: str, **values: Any) -> None:
        """Take a step: at once where nothing needs to be said, else by its form with these values filled in."""
        case = self.case
        if case is None or case["number"] != self.number:
            return
        if kind not in case["can"]:
            from zq_grid import words

            stage, step = inside(words.STAGES, case["stage"]), inside(words.STEPS, kind)
            self._context.window.say(tr("这件案件现在是“{stage}”，不能{step}。", stage=stage, step=step))
            return
        # on a colleague's case one says for whom, also where nothing else is asked
        if kind in next_step.AT_ONCE and not values and not case["behalf_of"]:
            self._take(kind, {})
            return
        self._drop_form()
        files = values.pop("files", ())
        self.form = ActForm(self._context, case, kind, values, alike=self.ties.alike, files=files)
        self.form.sent.connect(self.sent)
        self.form.taken.connect(self._taken)
        self.form.left.connect(self.leave_form)
        self.form.goes_on.connect(self.begin)
        self._holder.addWidget(self.form)
        self._foot.hide()
        self._whole.addWidget(self.form.foot)
        self.form.show()
        self.form.foot.show()
        self.form.begin()
        QTimer.singleShot(0, self, self._bring_form)

    def _bring_form(self) -> None:
        """Bring the form into view: its top, and where one writes."""
        if self.form is None:
            return
        room = self.area.viewport().height()
        bottom = self.form.y() + self.form.height()
        if bottom > room:
            self.area.verticalScrollBar().setValue(min(self.form.y(), bottom - room))
        writing = self.form.focusWidget()
        if writing is not None and writing.hasFocus():
            self.area.ensureWidgetVisible(writing)

    def leave_form(self) -> None:
        """Close the form without a step; what was typed is kept for the next time."""
        self._drop_form()
        if self.case is not None:
            self._actions(self.case)
        self.left.emit()

    def _drop_form(self) -> None:
        form, self.form = self.form, None
        if form is None:
            return
        form.keep()
        for widget in (form, form.foot):
            widget.hide()
            widget.setParent(None)
            widget.deleteLater()

    def _take(self, kind: str, facts: dict[str, Any]) -> None:
        """Take a step at once."""

        def act(session: Any, number: str) -> Any:
            from zq_grid import together

            return together.act(session, number, kind, facts)

        self._write(act)

    def _settle(self, field: str, step: str) -> None:
        def act(session: Any, number: str) -> Any:
            from zq_grid import settling

            return settling.settle(session, number, field, step)

        self._write(act)

    def _write(self, act: Callable[[Any, str], Any]) -> None:
        number = self.number

        def work(workspace: Any, _progress: Any) -> Any:
            with workspace.write() as session:
                return [act(session, number)]

        self._act = self._context.worker.act(work, self._taken, owner=self)

    def _taken(self, acts: Sequence[Any]) -> None:
        from zq_grid import words

        acted = acts[-1]
        if self.form is not None:
            self.form.forget()
            self._drop_form()
        context, number = self._context, acted.number
        said = tr("{number} 已{step}", number=number, step=inside(words.STEPS, acted.step.kind))
        if acted.joined:
            said = tr("{said}，并写入并单 {n} 件", said=said, n=len(acted.joined))
        if acted.made:
            said = tr("{said}：{numbers}", said=said, numbers=listed(acted.made))
        if acted.proposes == "reopen":
            again = tr("{said}。市民不满意，建议再次办理。", said=said)
            context.window.say(
                again, tr("再次办理"), lambda: self.show_case(number, ("reopen", {})), longer=True
            )
        else:
            named = [one.step.id for one in acts]
            context.window.say(said, tr("撤销"), lambda: undo_named(context, named))
        if self.case is not None and self.case["number"] == number:
            self.show_case(self.number)
        self.acted.emit(acted)

    def _correct(self, field: str) -> None:
        self.begin("amend", field=field)

    # photos -----------------------------------------------------------------------------------

    def _add_photo(self, stage: str = "") -> None:
        self.begin("attach", **({"stage": stage} if stage else {}))

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take pictures."""
        if self.case is not None and dropped(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Attach the pictures that were dropped, once their stage is said."""
        if files := dropped(event.mimeData()):
            event.acceptProposedAction()
            self.begin("attach", files=files)

    def call(self) -> None:
        """Show who called for this call, and write down that it was shown."""
        self.caller.call()

    def hideEvent(self, event: QHideEvent) -> None:
        """Hide who called when the page is left."""
        self.caller.hide()
        super().hideEvent(event)

    # offering ---------------------------------------------------------------------------------

    def more(self) -> None:
        """Offer every step that can be taken now, by menu."""
        from zq_grid import words

        case = self.case
        if case is None:
            return
        menu = QMenu(self)
        for group in next_step.GROUPS:
            there = [step for step in group if step in case["can"]]
            if there and menu.actions():
                menu.addSeparator()
            for step in there:
                menu.addAction(
                    f"{word(words.STEPS, step)}\t{next_step.key_of(step)}", partial(self.begin, step)
                )
        size = menu.sizeHint()
        corner = self._foot.mapToGlobal(self._foot.rect().topRight())
        menu.popup(corner - QPoint(size.width(), size.height()))

    def steps_offered(self) -> list[Action]:
        """Return what can be done with the case shown, for keys and Ctrl+K."""
        from zq_grid import words

        def there() -> bool:
            return self.case is not None and self.form is None

        found = [
            Action(word(words.STEPS, step), key, partial(self.begin, step), there)
            for key, step in next_step.KEYS.items()
        ]
        found.append(Action(tr("显示电话"), "T", self.call, there))
        found.append(Action(tr("更多操作"), ".", self.more, there))
        found += [
            Action(word(words.STEPS, step), "", partial(self.begin, step), partial(self._can, step))
            for group in next_step.GROUPS
            for step in group
            if not next_step.key_of(step)
        ]
        return found

    def _can(self, step: str) -> bool:
        return self.case is not None and self.form is None and step in self.case["can"]
