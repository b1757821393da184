"""One step on all selected cases: which step, with what, what it will do to each, and then all of it as one act."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QStackedWidget, QWidget

from ui import step_forms
from ui.context import Context
from ui.pages import next_step
from ui.shown import number_short
from ui.tr import language, listed, tr, word
from ui.undoing import undo_named
from ui.widgets.basics import button, column, label, line, row
from ui.widgets.fields import Form
from ui.widgets.flow import Flow
from ui.widgets.table import Column, Records, Table

STEPS = (
    "accept", "dispatch", "assign", "sign", "transfer", "submit", "close", "note", "supervise", "grant_extension",
    "escalate", "exclude", "approve_exclusion",
)  # fmt: skip
# Steps whose facts every case finds by itself: a dispatch goes where each is routed.
BY_THEMSELVES = frozenset({*next_step.AT_ONCE, "dispatch"})
PART = 1000


@dataclass(frozen=True)
class Selected:
    """What is selected: rows of a list as (first, count), or the whole list."""

    filters: Mapping[str, Any]
    sort: str
    ranges: Sequence[tuple[int, int]]
    whole: bool
    count: int


def choice_of(session: Any, chosen: Selected) -> Any:
    """Return a selection as `bulk_acts` takes it; on the worker's thread."""
    from zq_grid import bulk_acts, lists

    if chosen.whole and chosen.filters:
        return bulk_acts.Choice(filters=dict(chosen.filters))
    if chosen.count > bulk_acts.MOST:
        from zq_grid.errors import Refused

        raise Refused("bulk_many", "too many", count=f"{chosen.count:,}", most=f"{bulk_acts.MOST:,}")
    subjects: list[int] = []
    for first, count in chosen.ranges:
        for at in range(first, first + count, PART):
            size = min(PART, first + count - at)
            rows = lists.window(session, at, size, sort=chosen.sort, **chosen.filters)
            subjects += [one.subject for one in rows]
    return bulk_acts.Choice(subjects=tuple(subjects))


class Bulk(QFrame):
    """Stands where the one case stands while several are selected. `left` gives the focus back to the list."""

    left = Signal()
    done = Signal()

    def __init__(self, context: Context) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._context = context
        self._chosen: Selected | None = None
        self._kind, self._facts = "", dict[str, Any]()
        self._manner: Any = None
        self._told: Any = None
        self._choice: Any = None
        self.form: Form | None = None
        self.pages = QStackedWidget()
        self.pages.addWidget(self._steps())
        self.pages.addWidget(self._forms())
        self.pages.addWidget(self._preview())
        self.setLayout(column(self.pages, margins=(1, 1, 1, 1)))

    # the three pages --------------------------------------------------------------------------

    def _steps(self) -> QWidget:
        from zq_grid import words

        page = QWidget()
        self.count = label("", "large")
        flow_of = QWidget()
        flow = Flow(flow_of, spacing=8)
        for step in STEPS:
            key = next_step.key_of(step)
            name = word(words.STEPS, step)
            flow.addWidget(button(f"{name}  {key}" if key else name, partial(self.begin, step)))
        hint = label(tr("选一种操作：先预览每一件会怎样，再一起办理；可以一次撤销。"), "quiet", wrap=True)
        page.setLayout(column(self.count, hint, flow_of, None, spacing=12, margins=(18, 16, 18, 16)))
        return page

    def _forms(self) -> QWidget:
        page = QWidget()
        self._title = label("", "large")
        self._holder = column()
        self._said = label("", "red", wrap=True)
        self._look = button(tr("预览"), self._entered, look="primary", key="")
        box = column(self._title, spacing=10, margins=(18, 16, 18, 16))
        box.addLayout(self._holder)
        box.addWidget(self._said)
        box.addLayout(row(self._look, button(tr("取消"), self.leave, look="quiet"), None))
        box.addStretch(1)
        page.setLayout(box)
        return page

    def _preview(self) -> QWidget:
        page = QWidget()
        self.told = label("", "large", wrap=True)
        self.summary = label("", "quiet", wrap=True)
        context = self._context
        columns = [
            Column(tr("编号"), lambda one: number_short(one.number), 138, look="ink2"),
            Column(tr("会怎样"), self._outcome, look=lambda one: "red" if one.refusal else "ink"),
        ]
        self.lines = Records(columns)
        self.table = Table(self.lines, context.tokens, compact=True)
        self.table.setAccessibleName(tr("逐件预览"))
        self.does = button("", self.act, look="primary")
        self.other = button(tr("改派到指定单位"), partial(self._ask, "dispatch"), look="quiet")
        # of a step that asks for nothing by itself
        self.more = button(tr("代办、改时间"), lambda: self._ask(self._kind), look="quiet")
        box = column(spacing=0)
        box.addLayout(column(self.told, self.summary, spacing=6, margins=(18, 16, 18, 10)))
        box.addWidget(line())
        box.addWidget(self.table, 1)
        box.addWidget(line())
        away = button(tr("取消"), self.leave, look="quiet", tip="Esc")
        foot = row(spacing=8, margins=(16, 10, 16, 10))
        foot.addWidget(self.does, 1)
        foot.addWidget(self.other)
        foot.addWidget(self.more)
        foot.addWidget(away)
        self.foot = QWidget()
        self.foot.setLayout(foot)
        box.addWidget(self.foot)
        page.setLayout(box)
        return page

    def _outcome(self, one: Any) -> str:
        from zq_grid.refusals import ONE, sentence

        if one.refusal is not None:
            return sentence(one.refusal, language(), ending=ONE)
        if one.with_:
            return tr("随 {number} 一并办理", number=number_short(one.with_))
        said = listed(self._context.name(kind, code) for kind, code in one.facts.items() if code)
        said = f"→ {said}" if said else tr("可以办理")
        if one.joined:
            said = tr("{said}，并写入并单 {n} 件", said=said, n=len(one.joined))
        return said

    # going through them -----------------------------------------------------------------------

    def show_selected(self, chosen: Selected) -> None:
        """Show how many cases are selected."""
        if self._chosen == chosen:
            return
        self._chosen = chosen
        self.count.setText(tr("已选 {n} 件", n=f"{chosen.count:,}"))
        self.pages.setCurrentIndex(0)

    def begin(self, kind: str) -> None:
        """Begin a step on the selection: its form, or at once its preview where nothing needs to be said."""
        self._kind = kind
        if kind in BY_THEMSELVES:
            self.look({})
        else:
            self._ask(kind)

    def _ask(self, kind: str) -> None:
        from zq_grid import words

        self._kind = kind
        self._title.setText(f"{word(words.STEPS, kind)} · {self.count.text()}")
        self._said.hide()
        if self.form is not None:
            self.form.hide()
            self.form.deleteLater()
        self.form = Form([*step_forms.specs(kind, {}, self._context.names, {}), *step_forms.when()])
        self.form.set_values(step_forms.DEFAULTS.get(kind, {}))
        self.form.entered.connect(self._entered)
        self._holder.addWidget(self.form)
        self.pages.setCurrentIndex(1)
        self.form.begin()

    def _entered(self) -> None:
        """Read the form: facts, and when and for whom it was done."""
        if self.form is None:
            return
        from zq_grid.errors import Refused
        from zq_grid.manner import Manner
        from zq_grid.refusals import sentence

        values = self.form.values()
        said, behalf = values.pop("did_at", ""), str(values.pop("on_behalf_of", "")).strip()
        try:
            when = step_forms.moment(said, self._context.clock())
        except Refused as error:
            self.form.problems({"did_at": sentence(error, language())})
            return
        manner = (
            Manner(when.get("did_at", 0), when.get("day_only", False), behalf) if when or behalf else None
        )
        self.look(step_forms.body(self._kind, values), manner)

    def look(self, facts: Mapping[str, Any], manner: Any = None) -> None:
        """Ask what the step would do to each case; `manner` says when and for whom, now and oneself unless given."""
        chosen, kind = self._chosen, self._kind
        if chosen is None:
            return
        self._facts, self._manner = dict(facts), manner

        def work(workspace: Any, progress: Any) -> Any:
            from zq_grid import bulk_acts

            with workspace.read() as session:
                choice = choice_of(session, chosen)
                told = bulk_acts.preview(session, choice, kind, facts, manner=manner, progress=progress)
                return choice, told

        self._context.worker.ask(
            work, self._looked, failed=self._failed, key="bulk", owner=self, title=tr("逐件预览")
        )

    def _looked(self, found: Any) -> None:
        from zq_grid import words

        self._choice, self._told = found
        told, step = self._told, word(words.STEPS, self._kind)
        missing = self._missing(told)
        if missing and self.form is not None and self.pages.currentIndex() == 1:
            self.form.problems(dict.fromkeys(missing, tr("必填")))
            return
        taken, refused = len(told.taken), len(told.refused)
        self.told.setText(f"{step} · {tr('{n} 件', n=f'{taken:,}')}")
        said = tr("{n} 件可以办理", n=f"{taken:,}")
        if refused:
            said = tr("{said}，{m} 件不能办理，会留下不动", said=said, m=f"{refused:,}")
        joined = sum(len(one.joined) for one in told.lines)
        if joined:
            said = tr("{said}；另写入并单 {k} 件", said=said, k=joined)
        if self._manner is not None and self._manner.on_behalf_of:
            said = tr("{said}；代 {whom} 办理", said=said, whom=self._manner.on_behalf_of)
        self.summary.setText(said)
        self.lines.replace(sorted(told.lines, key=lambda one: one.refusal is None))
        self.does.setText(f"{step} {tr('{n} 件', n=f'{taken:,}')}  ↵")
        self.does.setEnabled(taken > 0)
        self.other.setVisible(self._kind == "dispatch")
        self.more.setVisible(self._kind in BY_THEMSELVES and self._kind != "dispatch")
        self.pages.setCurrentIndex(2)
        self.table.setFocus() if not taken else self.does.setFocus()

    def _missing(self, told: Any) -> list[str]:
        """Return the facts that no case can do without, if that is why none is taken."""
        if told.taken or self.form is None:
            return []
        named = [
            set(one.refusal.facts.get("missing", ())) for one in told.refused if one.refusal.code == "gate"
        ]
        return sorted(set.intersection(*named) & self.form.fields.keys()) if named else []

    def act(self) -> None:
        """Do what was previewed, as one act."""
        choice, kind, facts, told = self._choice, self._kind, self._facts, self._told
        manner = self._manner
        if told is None or not told.taken:
            return
        self._told = None
        self.setFocus()  # Enter pressed again must find nothing more to do
        self.does.setEnabled(False)

        def work(workspace: Any, progress: Any) -> Any:
            from zq_grid import bulk_acts

            with workspace.write() as session:
                return bulk_acts.act(
                    session, choice, kind, facts, manner=manner, token=told.token, progress=progress
                )

        from zq_grid import words

        self._context.worker.act(
            work, self._acted, failed=self._failed, owner=self, title=word(words.STEPS, kind)
        )

    def _acted(self, told: Any) -> None:
        from zq_grid import words

        context, batch = self._context, told.batch
        said = tr("已{step} {n} 件", step=word(words.STEPS, told.step), n=f"{len(told.taken):,}")
        if told.refused:
            said = tr("{said}，{m} 件未动", said=said, m=len(told.refused))
        if batch:
            context.window.say(said, tr("撤销"), lambda: undo_named(context, [batch]), longer=True)
        else:
            context.window.say(said)
        self.done.emit()

    def _failed(self, error: BaseException) -> None:
        from zq_grid.progress import Cancelled

        self.does.setEnabled(True)
        if isinstance(error, Cancelled):
            self.pages.setCurrentIndex(0)
            return
        self._context.window.refused(error)
        self.leave()

    def leave(self) -> None:
        """Go back to the choice of a step, and from there to the list."""
        if self.pages.currentIndex() == 0:
            self.left.emit()
            return
        self.pages.setCurrentIndex(0)
        self.left.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter does it, Esc goes back."""
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            if self.pages.currentIndex() == 2:
                self.act()
            elif self.pages.currentIndex() == 1:
                self._entered()
        elif event.key() == Qt.Key.Key_Escape:
            self.leave()
        else:
            event.ignore()
