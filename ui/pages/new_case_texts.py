"""Texts that needn't be typed: canned ones for a type, and what is pasted from the platform or a chat."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QObject, Signal

from ui import step_forms
from ui.context import Context
from ui.pages.new_case_form import CaseForm
from ui.tr import inside, tr

MOST = 9


class Phrases(QObject):
    """The canned texts of the type that is chosen: people's own first. `read` when they are there."""

    read = Signal()

    def __init__(self, context: Context, form: CaseForm, parent: QObject) -> None:
        super().__init__(parent)
        self._context, self._form = context, form
        self._own: tuple[str, ...] = ()

    def texts(self) -> Sequence[str]:
        """Return the texts, in the order of their digits."""
        given = step_forms.phrases("log", "text", self._form.type_)
        return (*self._own, *(one for one in given if one not in self._own))[:MOST]

    def ask(self) -> None:
        """Read those of the type that is chosen now."""
        type_ = self._form.type_

        def work(workspace: Any, _progress: Any) -> Any:
            from zq_grid import drafts

            with workspace.read() as session:
                return drafts.phrases(session, type_)

        self._context.worker.ask(work, self._found, key="new-phrases", owner=self)

    def _found(self, own: tuple[str, ...]) -> None:
        self._own = own
        self.read.emit()

    def take(self, nth: int) -> None:
        """Write a text where the cursor stands."""
        texts = self.texts()
        if 0 < nth <= len(texts):
            self._form.text.edit.insertPlainText(texts[nth - 1])
            self._form.text.setFocus()

    def keep(self) -> None:
        """Keep the chosen part of what is written, else all of it; let it go if it is kept already."""
        edit, type_ = self._form.text.edit, self._form.type_
        said = edit.textCursor().selectedText().replace("\u2029", "\n") or edit.toPlainText()

        def work(workspace: Any, _progress: Any) -> bool:
            from zq_grid import drafts

            with workspace.write() as session:
                return drafts.keep_phrase(session, type_, said)

        def done(kept: bool) -> None:
            self._context.window.say(tr("已存为常用语") if kept else tr("已从常用语里去掉"))
            self.ask()

        self._context.worker.act(work, done, owner=self)


def fill(form: CaseForm, said: str, habit: str, *, into_text: bool) -> list[str]:
    """Fill empty fields with what a pasted text names; returns what they are called.

    Args:
        habit: the source that stands there unasked, and gives way to the hotline where an order number came.
        into_text: write what was said into the text too; else only a form's own text takes the place of the
            whole form, if nothing but that was pasted.
    """
    from zq_grid import words
    from zq_grid.rules import pasted

    found = pasted.read(said)
    edit, text = form.text.edit, found.facts.get("text", "")
    whole = edit.toPlainText().strip() == "\n".join(said.splitlines()).strip()
    if text and (into_text or (found.labelled and whole)):
        edit.selectAll()
        edit.insertPlainText(text)
    typed = form.typed_values()
    fills = {
        name: value.replace("T", " ").removesuffix("+08:00") if name.endswith(("_at", "_due")) else value
        for name, value in found.facts.items()
        if name != "text" and (not typed.get(name) or name == "reply_wanted")
    }
    if fills.get("reply_wanted") == "yes":
        del fills["reply_wanted"]
    named = [inside(words.FACTS, name) for name in fills]
    if fills.get("order_number") and typed.get("source") in {None, "", habit}:
        fills["source"] = "hotline"
    if fills:
        form.set_typed({**typed, **fills})
    return named
