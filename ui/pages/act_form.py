"""The form of one step, inside the panel of its case: fields, canned texts, what the gate misses, one button."""

from collections.abc import Callable, Mapping
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from ui import step_forms
from ui.context import Context
from ui.tr import language, tr, word
from ui.widgets.basics import button, column, label, row
from ui.widgets.fields import Form, LongField, TextField


class ActForm(QWidget):
    """Asks for the facts of a step and takes it. `taken` when done, `left` when Esc closes it."""

    taken = Signal(object)
    left = Signal()

    def __init__(self, context: Context, case: Mapping[str, Any], kind: str) -> None:
        super().__init__()
        from zq_grid import words

        self._context, self.case, self.kind = context, case, kind
        self._busy = False
        facts = dict(case["facts"])
        self.form = Form(step_forms.specs(kind, case.get("own", {}), context.names, facts))
        self.form.set_values(step_forms.DEFAULTS.get(kind, {}))
        if kind == "dispatch":
            self.form.set_values({"unit": case.get("routed") or facts.get("unit", "")})
        self.form.entered.connect(self.submit)
        self.form.changed.connect(self._offer)
        name = word(words.STEPS, kind)
        self.phrases = label("", "hint", wrap=True)
        self.said = label("", "red", wrap=True)
        self.said.hide()
        self.does = button(name, self.submit, look="primary", key="Ctrl+Return")
        self.away = button(tr("取消"), self.left.emit, look="quiet")
        whole = column(
            label(name, "large"), self.form, self.phrases, self.said, spacing=8, margins=(16, 12, 16, 12)
        )
        whole.addLayout(row(self.does, self.away, None))
        self.setLayout(whole)
        self._offer()

    def begin(self) -> None:
        """Put the focus where writing begins."""
        self.form.begin()

    def _texts(self) -> list[tuple[str, str]]:
        """Return the canned texts that could be taken now, each with the fact it fills."""
        found = []
        for key, one in self.form.fields.items():
            if isinstance(one, LongField | TextField) and not one.isHidden():
                found += [
                    (key, said) for said in step_forms.phrases(self.kind, key, str(self.case.get("type", "")))
                ]
        return found[:9]

    def _offer(self) -> None:
        texts = [f"Alt {nth} {said}" for nth, (_key, said) in enumerate(self._texts(), 1)]
        self.phrases.setText("\n".join(texts))
        self.phrases.setVisible(bool(texts))

    def take_phrase(self, nth: int) -> None:
        """Fill a canned text into its field, and into other empty ones of the same words."""
        texts = self._texts()
        if 0 < nth <= len(texts):
            key, said = texts[nth - 1]
            self.form.fields[key].set_value(said)
            self.form.fields[key].setFocus()

    def submit(self) -> None:
        """Take the step; what is missing is said at its field."""
        if self._busy:
            return
        self._busy = True
        number, kind = self.case["number"], self.kind
        facts = step_forms.body(kind, self.form.values())

        def work(workspace: Any, _progress: Any) -> Any:
            from zq_grid import together

            with workspace.write() as session:
                return together.act(session, number, kind, facts)

        self.does.setEnabled(False)
        self._context.worker.act(work, self._done, failed=self._failed, owner=self)

    def _done(self, acted: Any) -> None:
        self.taken.emit(acted)

    def _failed(self, error: BaseException) -> None:
        from zq_grid.errors import Refused
        from zq_grid.refusals import sentence

        self._busy = False
        self.does.setEnabled(True)
        if not isinstance(error, Refused):
            self._context.window.refused(error)
            return
        missing = missing_facts(error)
        here = {key: tr("必填") for key in missing if key in self.form.fields}
        if error.code == "fact_form" and str(error.facts.get("fact")) in self.form.fields:
            here = {str(error.facts["fact"]): sentence(error, language())}
        self.form.problems(here)
        self.said.setText(sentence(error, language()))
        self.said.show()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter takes the step, Alt and a digit a canned text, Esc leaves."""
        number = event.key() - Qt.Key.Key_0
        if event.modifiers() & Qt.KeyboardModifier.AltModifier and 1 <= number <= 9:
            self.take_phrase(number)
        elif event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self.submit()
        elif event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            event.ignore()


def missing_facts(error: Any) -> list[str]:
    """Return the facts that a refusal names as missing."""
    said = error.facts.get("missing", error.facts.get("facts", ()))
    return [str(one) for one in said] if isinstance(said, list | tuple) else []


Done = Callable[[Any], None]
