"""The form of one step, inside the panel of its case: fields, canned texts, what the gate misses, one button."""

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QPlainTextEdit, QWidget
from shiboken6 import isValid

from ui import step_forms
from ui.context import Context
from ui.pages.case_values import Case
from ui.tr import inside, language, listed, tr, word
from ui.widgets.basics import button, clear, column, label, line, row
from ui.widgets.fields import Form, LongField, TextField
from ui.widgets.flow import Flow
from ui.widgets.phrase import Phrase

KEEP_MS = 300
ENTER = frozenset({Qt.Key.Key_Return, Qt.Key.Key_Enter})
# What a closing may lack that is no field of its form: the step that brings it.
BRINGS = {
    "contact": ("contact", {}),
    "attend": ("attend", {}),
    "handle": ("handle", {}),
    "photo_before": ("attach", {"stage": "before"}),
    "photo_during": ("attach", {"stage": "during"}),
    "photo_after": ("attach", {"stage": "after"}),
}


class ActForm(QWidget):
    """Asks for the facts of a step and takes it.

    `sent` when it is under way, `taken` when done, `left` when Esc closes it, `goes_on` names a step that must come
    first. `foot` is its lower end, shown below whatever scrolls.
    """

    taken = Signal(object)
    sent = Signal()
    left = Signal()
    goes_on = Signal(str)

    def __init__(
        self,
        context: Context,
        case: Case,
        kind: str,
        values: Mapping[str, Any] | None = None,
        *,
        alike: Sequence[Any] = (),
        files: Sequence[Path] = (),
    ) -> None:
        super().__init__()
        self._context, self.case, self.kind = context, case, kind
        self._alike, self.files = alike, list(files)
        self._busy = self._touched = False
        self._focused = ""
        self._at: QWidget | None = None  # where one was when the step was sent
        self.form = Form(())
        self._box = column(spacing=8, margins=(16, 10, 16, 14))
        self._lacks = QWidget()
        self._lack_flow = Flow(self._lacks)
        self._lacks.hide()
        self.said = label("", "red", wrap=True)
        self.said.hide()
        self._build_foot()
        from zq_grid import words

        whole = column(line(), spacing=0)
        whole.addLayout(self._box)
        self.setLayout(whole)
        self._box.addWidget(label(word(words.STEPS, kind), "large"))
        self._files_line()
        self._box.addWidget(self.form)
        self._box.addWidget(self.said)
        self._box.addWidget(self._lacks)
        self._keeping = QTimer(self)
        self._keeping.setSingleShot(True)
        self._keeping.setInterval(KEEP_MS)
        self._keeping.timeout.connect(self.keep)
        self._make(str((values or {}).get("field", "")))
        self.form.set_values({**step_forms.defaults(kind, case), **(values or {})})
        self._read_draft()

    def _build_foot(self) -> None:
        from zq_grid import words

        self.does = button(word(words.STEPS, self.kind), self.submit, look="primary", key="Ctrl+Return")
        self.away = button(tr("取消"), self.left.emit, look="quiet", tip="Esc")
        self.phrases = QWidget()
        self._phrase_box = column(spacing=2)
        self.phrases.setLayout(self._phrase_box)
        self.foot = QWidget()
        whole = column(line(), spacing=8)
        inside = column(self.phrases, spacing=8, margins=(16, 0, 16, 10))
        inside.addLayout(row(self.does, self.away, None))
        whole.addLayout(inside)
        self.foot.setLayout(whole)

    def _make(self, field: str = "") -> None:
        """Make the fields; those of a correction follow from the fact that is corrected."""
        specs = step_forms.of_case(self.kind, self.case, self._context.names, field)
        old, self.form = self.form, Form(specs)
        self._box.replaceWidget(old, self.form)
        old.hide()
        old.deleteLater()
        self.form.entered.connect(self.submit)
        self.form.changed.connect(self._changed)
        for key, one in self.form.fields.items():
            if isinstance(one, LongField | TextField):
                one.box.setProperty("fact", key)
                one.box.installEventFilter(self)
        last = list(self.form.fields.values())
        if last:
            QWidget.setTabOrder(last[-1], self.does)
            QWidget.setTabOrder(self.does, self.away)
        self._offer()

    # files ------------------------------------------------------------------------------------

    def _files_line(self) -> None:
        self._chosen = label("", "quiet", wrap=True)
        if self.kind != "attach":
            return
        choose = button(tr("选择照片或 PDF…"), self.choose_files, key="Ctrl+O")
        self._box.addLayout(row(choose, None))
        self._box.addWidget(self._chosen)
        self._show_files()

    def choose_files(self) -> None:
        """Choose files with the system's own dialog."""
        from PySide6.QtWidgets import QFileDialog

        kinds = "*.jpg *.jpeg *.png *.webp *.bmp *.pdf"
        found, _kind = QFileDialog.getOpenFileNames(
            self, tr("选择照片或 PDF…"), "", f"{tr('照片')} ({kinds})"
        )
        if found:
            self.files = [Path(name) for name in found]
            self._show_files()
            self.form.begin()

    def _show_files(self) -> None:
        names = listed(path.name for path in self.files)
        self._chosen.setText(names or tr("也可以把照片拖到这里。"))

    # canned texts -----------------------------------------------------------------------------

    def begin(self) -> None:
        """Put the focus where writing begins: the first field that holds nothing yet; a proposed unit may be changed."""
        shown = [one for one in self.form.fields.values() if not one.isHidden()]
        first = [one for one in shown if not one.value() or one.spec.key == "unit"]
        for one in (first or shown)[:1]:
            one.setFocus(Qt.FocusReason.TabFocusReason)  # a line that holds something is then chosen whole

    def texts(self, key: str) -> Sequence[str]:
        """Return the canned texts of a fact."""
        if key in {"into", "to"} and self.kind in {"merge", "link"}:
            return [one.number for one in self._alike][:9]
        if key == "on_behalf_of":
            return tuple(self.case.get("behalf", ()))[:9]
        return step_forms.phrases(self.kind, key, str(self.case.get("type", "")))

    def _where(self) -> str:
        """Return the fact whose canned texts are offered: where the focus is, else the first that has any."""
        if self.texts(self._focused):
            return self._focused
        shown = (key for key, one in self.form.fields.items() if not one.isHidden())
        return next((key for key in shown if self.texts(key) and not self.form.fields[key].value()), "")

    def _offer(self) -> None:
        clear(self._phrase_box)
        key = self._focused if self._focused in self.form.fields else ""
        texts = self.texts(key) if key else ()
        for nth, said in enumerate(texts, 1):
            made = Phrase(f"{nth}  {said}", partial(self.take_phrase, nth))
            self._phrase_box.addWidget(made)
        if texts:
            title = self.form.fields[key].spec.title
            hint = tr("{fact}常用语：空白时按数字，或 Alt+数字", fact=title)
            self._phrase_box.addWidget(label(hint, "hint"))
        self.phrases.setVisible(bool(texts))

    def take_phrase(self, nth: int) -> None:
        """Fill a canned text in and go on."""
        key = self._where()
        texts = self.texts(key) if key else ()
        if 0 < nth <= len(texts):
            one = self.form.fields[key]
            one.set_value(texts[nth - 1])
            self._touched = True
            one.setFocus()
            one.box.focusNextChild() if isinstance(one, LongField) else None
            self._changed()

    def _changed(self) -> None:
        self._touched = True
        if self.kind == "amend":
            self._choose_fact()
        self._offer()
        self._keeping.start()

    def _choose_fact(self) -> None:
        field = str(self.form.fields["field"].value() or "")
        if field and field not in self.form.fields:
            self._make(field)
            self.form.set_values({"field": field})
            self.form.fields[field].setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take a canned text by its digit where nothing is written yet; Enter takes the step, Shift and Enter a new line."""
        key = str(watched.property("fact") or "")
        if event.type() == QEvent.Type.FocusIn and key != self._focused:
            self._focused = key
            self._offer()
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            plain = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
            number = event.key() - Qt.Key.Key_0
            empty = key in self.form.fields and not self.form.fields[key].value()
            if plain and 1 <= number <= len(self.texts(key)) and empty and not composing(watched):
                self.take_phrase(number)
                return True
            if (
                plain
                and event.key() in ENTER
                and isinstance(watched, QPlainTextEdit)
                and not composing(watched)
            ):
                self.submit()
                return True
        return super().eventFilter(watched, event)

    # drafts -----------------------------------------------------------------------------------

    @property
    def _draft(self) -> str:
        return f"draft:act:{self._context.actor}:{self.case['number']}:{self.kind}"

    def _read_draft(self) -> None:
        key = self._draft

        def work(workspace: Any, _progress: Any) -> Any:
            from zq_grid import kept

            with workspace.read() as session:
                return kept.get(session, key)

        self._context.worker.ask(work, self._fill, owner=self, rank=0)

    def _fill(self, draft: Any) -> None:
        if not isinstance(draft, dict) or self._touched:
            return
        if self.kind == "amend" and draft.get("field"):
            self._make(str(draft["field"]))
        self.form.set_values(draft)
        self._offer()
        self.begin()

    def keep(self) -> None:
        """Keep what was typed, so that it is there when the form is opened again, whatever happens meanwhile."""
        if self._touched and not self._busy:
            self._keeping.stop()
            self._put(self.form.values())

    def forget(self) -> None:
        """Let the draft go: the step was taken."""
        self._keeping.stop()
        if self._touched:
            self._put({})
        self._touched = False

    def _put(self, values: Mapping[str, Any]) -> None:
        key, said = self._draft, dict(values)

        def work(workspace: Any, _progress: Any) -> None:
            from zq_grid import kept

            with workspace.write() as session:
                if said:
                    kept.put(session, key, said)
                else:
                    kept.drop(session, key)

        self._context.worker.act(work, key=key, sure=True)

    @property
    def busy(self) -> bool:
        """Whether the step is being taken."""
        return self._busy

    # taking it --------------------------------------------------------------------------------

    def submit(self) -> None:
        """Take the step; what is missing is said at its field."""
        if self._busy:
            return
        number, kind, files = self.case["number"], self.kind, list(self.files)
        if kind == "attach" and not files:
            self._missing(["file"], tr("还没有选择照片。"))
            return
        values = self.form.values()
        did_at, behalf = values.pop("did_at", ""), str(values.pop("on_behalf_of", ""))
        facts = step_forms.body(kind, values)
        now = self._context.clock()

        def work(workspace: Any, progress: Any) -> Any:
            from zq_grid import photos, together

            when = {**step_forms.moment(did_at, now), "on_behalf_of": behalf}
            bodies = [facts]
            if kind == "attach":
                bodies = []
                for nth, path in enumerate(files):
                    progress.report(nth, len(files), path.name)
                    bodies.append({**facts, **photos.keep(workspace, path)})
            with workspace.write() as session:
                return [together.act(session, number, kind, one, **when) for one in bodies]

        self._busy, self._at = True, self.focusWidget()
        self.sent.emit()
        self.does.setEnabled(False)
        self._context.worker.act(
            work, self.taken.emit, failed=self._failed, owner=self, title=self.does.accessibleName()
        )

    def _failed(self, error: BaseException) -> None:
        from zq_grid.errors import Refused
        from zq_grid.refusals import sentence

        self._busy = False
        self.does.setEnabled(True)
        if self._at is not None and isValid(self._at):
            self._at.setFocus()
        if not isinstance(error, Refused):
            self._context.window.refused(error)
            return
        fact = str(error.facts.get("fact") or "")
        if fact in self.form.fields:
            self.form.problems({fact: sentence(error, language())})
        self._missing(missing_facts(error), sentence(error, language()))

    def _missing(self, missing: Sequence[str], said: str) -> None:
        here = {key: tr("必填") for key in missing if key in self.form.fields}
        if here:
            self.form.problems(here)
        while (item := self._lack_flow.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        from zq_grid import words

        away = [key for key in missing if key in BRINGS and key not in self.form.fields]
        for key in away:
            kind = BRINGS[key][0]
            name = tr("先补{fact}", fact=inside(words.FACTS, key))
            self._lack_flow.addWidget(button(name, partial(self.goes_on.emit, kind)))
        self._lacks.setVisible(bool(away))
        self.said.setText(said)
        self.said.show()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter takes the step, Alt and a digit a canned text, Esc leaves."""
        number = event.key() - Qt.Key.Key_0
        if event.modifiers() & Qt.KeyboardModifier.AltModifier and 1 <= number <= 9:
            self.take_phrase(number)
        elif event.key() in ENTER:
            self.submit()
        elif event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        elif not event.text():
            event.ignore()


def composing(edit: QObject) -> bool:
    """Tell whether an input method is in the middle of a word there."""
    if isinstance(edit, QPlainTextEdit):
        return bool(edit.textCursor().block().layout().preeditAreaText())
    return False


def missing_facts(error: Any) -> list[str]:
    """Return the facts that a refusal names as missing."""
    said = error.facts.get("missing", error.facts.get("facts", ()))
    return [str(one) for one in said] if isinstance(said, list | tuple) else []
