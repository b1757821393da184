"""Fields of forms: one widget for each kind of fact, all with the same few words: value, set_value, problem, changed."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QGridLayout, QSizePolicy, QWidget

from ui.widgets.basics import Elided, column, label, role
from ui.widgets.lines import Line, Plain
from ui.widgets.picker import Option, Picker
from ui.widgets.segments import Segments

SEGMENTS = 8  # up to so many choices stand side by side, each with its digit


@dataclass(frozen=True)
class Spec:
    """What a form asks: a fact by its key.

    `widget`: text, long, phone, choice, flag, date, time, count, area, number, rooms. `choices`: (value, words).
    `show_when`: other facts and the values they must have for this one to be shown. `hint` stands below the field.
    `span`: how many columns of its form it takes; `wide`: all of them.
    """

    key: str
    title: str
    widget: str = "text"
    choices: tuple[tuple[str, str], ...] = ()
    needed: bool = False
    show_when: Mapping[str, str] = field(default_factory=dict)
    hint: str = ""
    wide: bool = False
    lines: int = 3
    span: int = 1


class Field(QWidget):
    """A title, a widget, and a line below for a hint or what is wrong. `changed` on every edit, `entered` on Enter."""

    changed = Signal()
    entered = Signal()

    def __init__(self, spec: Spec) -> None:
        super().__init__()
        self.spec = spec
        self.title = Elided(f"{spec.title} *" if spec.needed else spec.title, "small")
        self.below = label(spec.hint, "hint", wrap=True)
        if not spec.hint:
            self.below.hide()  # to show it before it has a parent would open a window
        self.box = self.make()
        self.box.setAccessibleName(spec.title)
        self.setFocusProxy(self.box)
        self.setLayout(column(self.title, self.box, self.below, spacing=3))

    def make(self) -> QWidget:
        """Return the widget that takes the value."""
        raise NotImplementedError

    def value(self) -> Any:
        """Return what was entered in the form that steps take; "" for nothing."""
        raise NotImplementedError

    def set_value(self, value: Any) -> None:
        """Show a value."""
        raise NotImplementedError

    def problem(self, text: str) -> None:
        """Say what is wrong, or "" when nothing is."""
        self.box.setProperty("bad", "yes" if text else "no")
        self.box.style().unpolish(self.box)
        self.box.style().polish(self.box)
        role(self.below, "red" if text else "hint")
        self.below.setText(text or self.spec.hint)
        self.below.setVisible(bool(self.below.text()))

    def hint(self, text: str) -> None:
        """Show other words below, e.g. what was recognised."""
        role(self.below, "hint")
        self.below.setText(text)
        self.below.setVisible(bool(text))


class TextField(Field):
    """One line: text, a phone, a day, a time, a number."""

    def make(self) -> QWidget:
        """Return a line."""
        self.edit = Line()
        placeholders = {"date": "2026-11-22", "time": "2026-11-22 10:40", "area": "0.00", "count": "0"}
        self.edit.setPlaceholderText(placeholders.get(self.spec.widget, ""))
        self.edit.textEdited.connect(lambda _text: self.changed.emit())
        self.edit.entered.connect(self.entered)
        return self.edit

    def value(self) -> Any:
        """Return the text; times as steps take them."""
        said = self.edit.text().strip()
        if self.spec.widget == "time" and len(said) == 16 and said[10] == " ":
            return f"{said.replace(' ', 'T')}:00+08:00"
        return said

    def set_value(self, value: Any) -> None:
        """Show a value; a time without its zone and seconds."""
        said = "" if value is None else str(value)
        if self.spec.widget == "time" and len(said) >= 16 and said[10:11] == "T":
            said = f"{said[:10]} {said[11:16]}"
        self.edit.setText(said)


class LongField(Field):
    """Several lines of plain text."""

    def make(self) -> QWidget:
        """Return a plain text box."""
        self.edit = Plain()
        self.edit.ensurePolished()  # its lines are as high as the theme's text
        height = self.edit.fontMetrics().lineSpacing() * self.spec.lines + 18
        self.edit.setMinimumHeight(height)
        if not self.spec.wide:
            self.edit.setMaximumHeight(height)
        self.edit.textChanged.connect(self.changed)
        return self.edit

    def value(self) -> Any:
        """Return the text."""
        return self.edit.toPlainText().strip()

    def set_value(self, value: Any) -> None:
        """Show a text."""
        self.edit.setPlainText("" if value is None else str(value))


class FlagField(Field):
    """Yes or no."""

    def make(self) -> QWidget:
        """Return a check box."""
        self.title.hide()
        self.check = QCheckBox(self.spec.title)
        self.check.toggled.connect(lambda _on: self.changed.emit())
        return self.check

    def value(self) -> Any:
        """Return "yes" or ""."""
        return "yes" if self.check.isChecked() else ""

    def set_value(self, value: Any) -> None:
        """Show a flag."""
        self.check.setChecked(value == "yes")


class SegmentField(Field):
    """A choice among a few."""

    def make(self) -> QWidget:
        """Return the choices side by side."""
        self.segments = Segments(self.spec.choices)
        self.segments.chosen.connect(self.changed)
        return self.segments

    def value(self) -> Any:
        """Return the chosen value."""
        return self.segments.value()

    def set_value(self, value: Any) -> None:
        """Choose a value."""
        self.segments.set_value(str(value or ""))


class PickField(Field):
    """A choice among many: type to narrow, by words, code or pinyin initials."""

    def make(self) -> QWidget:
        """Return a picker."""
        self.picker = Picker([Option(value, words) for value, words in self.spec.choices])
        self.picker.chosen.connect(self.changed)
        self.picker.entered.connect(self.entered)
        return self.picker

    def value(self) -> Any:
        """Return the chosen value."""
        return self.picker.value()

    def set_value(self, value: Any) -> None:
        """Choose a value."""
        self.picker.set_value(str(value or ""))


def make_field(spec: Spec) -> Field:
    """Return the field for a fact."""
    from ui.widgets.rooms import RoomsField

    if spec.widget == "choice":
        return SegmentField(spec) if len(spec.choices) <= SEGMENTS else PickField(spec)
    makers: dict[str, Callable[[Spec], Field]] = {
        "pick": PickField,
        "long": LongField,
        "flag": FlagField,
        "rooms": RoomsField,
    }
    return makers.get(spec.widget, TextField)(spec)


class Form(QWidget):
    """Fields below and beside each other; those whose `show_when` doesn't hold are hidden and say nothing.

    `across`: how many columns; `makers`: widget → who makes a field that only one page has.
    """

    changed = Signal()
    entered = Signal()

    def __init__(
        self,
        specs: Sequence[Spec],
        across: int = 1,
        makers: Mapping[str, Callable[[Spec], Field]] | None = None,
    ) -> None:
        super().__init__()
        self.fields: dict[str, Field] = {}
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(10)
        row = place = 0
        for spec in specs:
            made = (makers or {}).get(spec.widget, make_field)(spec)
            self.fields[spec.key] = made
            # columns are equal whatever stands in them, so that forms below each other line up
            made.setSizePolicy(QSizePolicy.Policy.Ignored, made.sizePolicy().verticalPolicy())
            wide = spec.wide or (spec.widget in {"long", "rooms"} and spec.span == 1)
            span = across if wide else min(spec.span, across)
            if place + span > across:
                row, place = row + 1, 0
            beside = across > 1 and spec.widget == "flag"
            side = Qt.AlignmentFlag.AlignBottom if beside else Qt.AlignmentFlag.AlignTop
            self._grid.addWidget(made, row, place, 1, span, side)
            place += span
            if place >= across:
                row, place = row + 1, 0
            made.changed.connect(self._changed)
            made.entered.connect(self.entered)
        for number in range(across):
            self._grid.setColumnStretch(number, 1)
            # a column that no field stands in alone would have no gap, and forms below each other would not line up
            rule = QWidget(self)
            rule.setFixedHeight(0)
            rule.lower()
            self._grid.addWidget(rule, 0, number)
        self._show()

    def values(self) -> dict[str, Any]:
        """Return what was entered, without empty and hidden fields."""
        found = {key: one.value() for key, one in self.fields.items() if not one.isHidden()}
        return {key: value for key, value in found.items() if value not in ("", None, [])}

    def set_values(self, values: Mapping[str, Any]) -> None:
        """Show values; fields not named stay as they are."""
        for key, value in values.items():
            if key in self.fields:
                self.fields[key].set_value(value)
        self._show()

    def problems(self, found: Mapping[str, str]) -> None:
        """Say at each field what is wrong, clear the others, and go to the first."""
        first: Field | None = None
        for key, one in self.fields.items():
            one.problem(found.get(key, ""))
            if key in found and first is None:
                first = one
        if first is not None:
            first.setFocus()

    def begin(self) -> None:
        """Put the focus on the first field that is shown."""
        for one in self.fields.values():
            if not one.isHidden():
                one.setFocus()
                return

    def _changed(self) -> None:
        self._show()
        sender = self.sender()
        if isinstance(sender, Field):
            sender.problem("")
        self.changed.emit()

    def _show(self) -> None:
        values = {key: one.value() for key, one in self.fields.items()}
        for one in self.fields.values():
            wanted = one.spec.show_when
            one.setHidden(not all(values.get(key) == value for key, value in wanted.items()))


def of_catalogue(entry: Mapping[str, Any], values: Mapping[str, Any] | None = None) -> list[Spec]:
    """Return the fields of a case type's own facts, as its catalogue entry names them."""
    from ui.tr import capital, language

    known = values or {}
    english = language() == "en"
    found = []
    for one in entry.get("field", ()):
        pairs = [choice.partition(" ") for choice in one.get("choices", ())]
        choices = tuple(
            (value, capital(value.replace("_", " ")) if english else words or value)
            for value, _, words in pairs
        )
        title = str(one.get("english") if english and one.get("english") else one["name"])
        needed = one.get("needed") == "log"
        show = {key: value for key, value in one.get("show_when", {}).items() if key not in known}
        found.append(Spec(one["key"], title, str(one.get("widget", "text")), choices, needed, show))
    return found
