"""The form of a new case: what is asked, in the order in which a caller tells it; what is typed becomes facts of `log`."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from ui.context import Context
from ui.pages.new_case_place import PlaceField
from ui.tr import capital, language, tr, word
from ui.widgets.basics import button
from ui.widgets.fields import Field, Form, LongField, PickField, Spec, of_catalogue
from zq_grid.rules import said_times
from zq_grid.rules.vocabulary import KINDS, MODES, SOURCES

ACROSS = 6
TIMES = ("received_at", "accepted_at", "dispatched_at", "platform_due")
FLAGS = ("confidential", "anonymous", "reply_wanted")
# What stands behind “more”: seldom known when somebody calls.
MORE = ("platform_number", "category", "platform_due", "accepted_at", "dispatched_at", "on_behalf_of")


class CaseForm(QWidget):
    """All fields. `changed` on every edit, `pasted` with the text that was pasted, `typed` when the type changed."""

    changed = Signal()
    entered = Signal()
    pasted = Signal(str)
    typed = Signal(str)

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._types: Mapping[str, Mapping[str, Any]] = {}
        self.type_chosen = False

    def build(self) -> Iterator[None]:
        """Make the forms below each other, with a pause between them."""
        box = QVBoxLayout(self)
        box.setContentsMargins(20, 16, 20, 16)
        box.setSpacing(12)
        self._box = box
        self.head = Form(_head(), ACROSS, {"place": PlaceField})
        self.where = Form(_where(), ACROSS)
        self.said = Form(_said(), 1)
        for part in (self.head, self.where, self.said):
            box.addWidget(part)
        yield
        self.kind = Form(_kind(self._context), ACROSS)
        self.own = Form((), 3)
        self._own_held: dict[str, Any] = {}
        self.own.hide()
        for part in (self.kind, self.own):
            box.addWidget(part)
        yield
        self.caller = Form(_caller(), ACROSS)
        box.addWidget(self.caller)
        self.more_button = button(f"{tr('更多字段')}  Alt M", self.toggle_more, look="quiet")
        box.addWidget(self.more_button, 0, Qt.AlignmentFlag.AlignLeft)
        yield
        self.more = Form(_more(), ACROSS)
        self.more.hide()
        box.addWidget(self.more)
        box.addStretch(1)
        yield
        for form in (self.head, self.where, self.said, self.kind, self.caller, self.more):
            self._listen(form)
        self.kind.fields["type"].changed.connect(self._type_picked)
        text = self.text.edit
        text.pasted.connect(self.pasted)
        self.head.fields["received_at"].edit.setPlaceholderText(tr("现在"))  # type: ignore[attr-defined]
        self.begin_anew()
        yield

    def _listen(self, form: Form) -> None:
        form.changed.connect(self.changed)
        form.entered.connect(self.entered)

    # fields -----------------------------------------------------------------------------------

    @property
    def place(self) -> PlaceField:
        """Return the field of the place."""
        found = self.head.fields["place"]
        assert isinstance(found, PlaceField)
        return found

    @property
    def text(self) -> LongField:
        """Return the field of what was said."""
        found = self.said.fields["text"]
        assert isinstance(found, LongField)
        return found

    def fields(self) -> dict[str, Field]:
        """Return every field by its fact."""
        return {key: one for form in self._forms() for key, one in form.fields.items()}

    def _forms(self) -> Sequence[Form]:
        return (self.head, self.where, self.said, self.kind, self.own, self.caller, self.more)

    # types ------------------------------------------------------------------------------------

    def set_types(self, types: Mapping[str, Mapping[str, Any]]) -> None:
        """Take the case types in use; the type's own facts follow the chosen one."""
        if types != self._types:
            self._types = types
            english = language() == "en"
            choices = tuple(
                (code, str(entry.get("english") if english and entry.get("english") else entry["name"]))
                for code, entry in types.items()
            )
            from ui.widgets.picker import Option

            picker = self.kind.fields["type"]
            assert isinstance(picker, PickField)
            also = {code: " ".join(entry.get("words", ())) for code, entry in types.items()}
            picker.picker.set_options([Option(code, words, also[code]) for code, words in choices])
            self._follow_type()

    @property
    def type_(self) -> str:
        """Return the type's code, "" while none is known."""
        return str(self.kind.fields["type"].value())

    def suggest_type(self, code: str) -> bool:
        """Take the type that the text speaks of, unless somebody chose one; returns whether it is another now."""
        if self.type_chosen or code == self.type_:
            return False
        self.kind.fields["type"].set_value(code)
        self.kind.fields["type"].hint(tr("按内容推荐") if code else "")
        self._follow_type()
        self.typed.emit(code)
        return True

    def _type_picked(self) -> None:
        self.type_chosen = bool(self.type_)
        self.kind.fields["type"].hint("")
        self._follow_type()
        self.typed.emit(self.type_)

    def _follow_type(self) -> None:
        """Ask the type's own facts; what was typed of them before comes back with its type."""
        self._own_held.update(self.own.values())
        entry = self._types.get(self.type_, {})
        fresh = Form(_own(entry), 3)
        fresh.set_values(self._own_held)
        self._listen(fresh)
        self._box.replaceWidget(self.own, fresh)
        self.own.hide()
        self.own.deleteLater()
        self.own = fresh
        self.own.setVisible(bool(fresh.fields))
        self._tab_order()

    def _tab_order(self) -> None:
        """Let Tab go through the fields as they stand, those of the type included."""
        stops = [
            part
            for form in self._forms()
            for one in form.fields.values()
            for part in one.findChildren(QWidget)
            if part.focusPolicy() != Qt.FocusPolicy.NoFocus and part.focusProxy() is None
        ]
        for one, following in pairwise(stops):
            QWidget.setTabOrder(one, following)

    # values -----------------------------------------------------------------------------------

    def begin_anew(self, keep: Mapping[str, Any] | None = None) -> None:
        """Empty every field; `keep` is filled in."""
        self._own_held = {}
        self.type_chosen = False
        for one in self.fields().values():
            one.set_value("yes" if one.spec.key == "reply_wanted" else "")
            one.problem("")
        self._follow_type()
        for form in self._forms():
            form.set_values({})
        self.set_typed(keep or {})

    def typed_values(self) -> dict[str, Any]:
        """Return what is typed, as it is typed: what a draft keeps."""
        found: dict[str, Any] = {}
        for form in self._forms():
            found |= form.values()
        if found.pop("reply_wanted", "") != "yes":
            found["reply_wanted"] = "no"
        if self.type_chosen:
            found["type_chosen"] = "yes"
        if chosen := self.place.chosen():
            found["chosen"], found["chosen_words"] = chosen, self.place.chosen_words
        return found

    def set_typed(self, values: Mapping[str, Any]) -> None:
        """Show what a draft kept."""
        shown = dict(values)
        if "reply_wanted" in shown:
            shown["reply_wanted"] = "" if shown["reply_wanted"] == "no" else "yes"
        self.type_chosen = shown.pop("type_chosen", "") == "yes"
        chosen, words = shown.pop("chosen", None), str(shown.pop("chosen_words", ""))
        for form in (self.head, self.where, self.said, self.kind, self.caller, self.more):
            form.set_values(shown)
        self.show_neighbourhood(wanted=False)
        self._own_held.update(shown)
        self._follow_type()
        if chosen:
            self.place.choose_again(chosen, words)
        if any(shown.get(key) for key in MORE):
            self.more.show()

    def facts(self) -> dict[str, Any]:
        """Return what is typed as the facts of `log`: times read, flags as facts, the chosen place."""
        found = self.typed_values()
        chosen = found.pop("chosen", {})
        for name in ("type_chosen", "chosen_words", "on_behalf_of"):
            found.pop(name, None)
        now = self._context.clock()
        for name in TIMES:
            if said := found.get(name):
                found[name] = said_times.read(str(said), now) or said
        return {**found, **chosen}

    def on_behalf_of(self) -> str:
        """Return for whom the case is recorded."""
        return str(self.more.fields["on_behalf_of"].value())

    def is_empty(self) -> bool:
        """Tell whether nothing was typed yet that would be missed."""
        return not set(self.typed_values()) - {"source", "type", "reply_wanted"}

    def missing(self) -> list[str]:
        """Return the facts that must be there and aren't."""
        return [
            key
            for form in self._forms()
            for key, one in form.fields.items()
            if one.spec.needed and not one.isHidden() and not one.value()
        ]

    def problems(self, found: Mapping[str, str]) -> None:
        """Say at each field what is wrong, and go to the first."""
        if set(found) & set(self.more.fields):
            self.more.show()
        for key, one in self.fields().items():
            one.problem(found.get(key, ""))
        for key, one in self.fields().items():
            if key in found:
                one.setFocus()
                return

    # more -------------------------------------------------------------------------------------

    def toggle_more(self) -> None:
        """Show or hide what is seldom asked."""
        self.more.setVisible(self.more.isHidden())
        if not self.more.isHidden():
            self.more.begin()

    def show_neighbourhood(self, *, wanted: bool) -> None:
        """Ask for the neighbourhood where the place doesn't say it."""
        self.where.setVisible(wanted or bool(self.where.fields["neighbourhood"].value()))

    def set_neighbourhoods(self, choices: Sequence[tuple[str, str]]) -> None:
        """Offer these neighbourhoods."""
        from ui.widgets.picker import Option

        field = self.where.fields["neighbourhood"]
        assert isinstance(field, PickField)
        field.picker.set_options([Option(code, name) for code, name in choices])


def _title(name: str) -> str:
    from zq_grid import words

    return word(words.FACTS, name)


def _values(name: str, codes: Sequence[str]) -> tuple[tuple[str, str], ...]:
    from zq_grid import words

    return tuple((code, capital(words.value(name, code, language()))) for code in codes)


def _head() -> list[Spec]:
    return [
        Spec("source", _title("source"), "pick", _values("source", SOURCES), needed=True, span=2),
        Spec("order_number", _title("order_number"), span=2),
        Spec("received_at", tr("收件时间"), span=2),
        Spec("place", _title("place"), "place", needed=True, wide=True),
    ]


def _where() -> list[Spec]:
    return [Spec("neighbourhood", _title("neighbourhood"), "pick", span=3)]


def _said() -> list[Spec]:
    return [Spec("text", _title("text"), "long", needed=True, lines=5)]


def _kind(context: Context) -> list[Spec]:
    types = tuple((code, name) for (what, code), name in context.names.items() if what == "type")
    return [
        Spec("type", _title("type"), "pick", types, needed=True, span=2),
        Spec("kind", _title("kind"), "choice", _values("kind", KINDS), span=4),
    ]


def _caller() -> list[Spec]:
    return [
        Spec("reporter", _title("reporter"), span=2),
        Spec("phone", _title("phone"), "phone", span=2),
        Spec("urgency", _title("urgency"), "choice", _values("urgency", ("normal", "urgent")), span=2),
        *(Spec(name, _title(name), "flag", span=2) for name in FLAGS),
        Spec("mode", _title("mode"), "choice", _values("mode", MODES), span=6),
    ]


def _more() -> list[Spec]:
    found = [Spec(name, _title(name), span=2) for name in MORE if name != "on_behalf_of"]
    return [*found, Spec("on_behalf_of", tr("代谁登记"), span=2)]


def _own(entry: Mapping[str, Any]) -> list[Spec]:
    """Return what a type asks at once, and what lists show of it; its other facts come up when it is handled."""
    asked = {
        one["key"]
        for one in entry.get("field", ())
        if one.get("needed") == "log" or (one.get("listed") == "yes" and one.get("needed") != "close")
    }
    specs = [one for one in of_catalogue(entry) if one.key in asked]
    return [
        Spec(
            one.key, one.title, one.widget, one.choices, one.needed, one.show_when, one.hint, one.wide,
            one.lines, 3 if one.widget == "choice" else 1,
        )
        for one in specs
    ]  # fmt: skip
