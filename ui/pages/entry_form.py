"""A form made from an entry of the catalogue: its own things at the top, a block for each table and row within."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QComboBox, QScrollArea, QSizePolicy, QWidget

from ui.context import Context
from ui.tr import capital, language, tr
from ui.widgets.basics import button, clear, column, label, line, row
from ui.widgets.fields import Field, Form, Spec
from zq_grid import entry_forms, entry_words
from zq_grid.entry_forms import COUNT, FIXED, WORDS, Leaf, Path

SPAN = {"rule", "n"}


class _Still(QComboBox):
    """Leaves the wheel to the page: who scrolls past must not change a limit."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Let the page scroll."""
        event.ignore()


class Combo(Field):
    """A choice among a few, as a list that drops down: many stand in one form."""

    def make(self) -> QComboBox:
        """Return a list that drops down."""
        self.combo = _Still()
        for value, words in self.spec.choices:
            self.combo.addItem(words, value)
        self.combo.activated.connect(lambda _nth: self.changed.emit())
        return self.combo

    def value(self) -> str:
        """Return the chosen value."""
        return str(self.combo.currentData() or "")

    def set_value(self, value: Any) -> None:
        """Choose a value; one that isn't offered is shown as it is."""
        at = self.combo.findData(str(value or ""))
        if at < 0:
            self.combo.addItem(str(value), str(value))
            at = self.combo.count() - 1
        self.combo.setCurrentIndex(at)


class EntryForm(QScrollArea):
    """Shows one entry; `entry()` is what the fields say now."""

    changed = Signal()

    def __init__(self, context: Context) -> None:
        super().__init__()
        self.context = context
        self.kind = ""
        self._entry: dict[str, Any] = {}
        self._fresh = self._dirty = False
        self.changed.connect(self._touched)
        self._forms: list[tuple[Form, dict[str, Path]]] = []
        self.setWidgetResizable(True)
        inside = QWidget()
        inside.setProperty("role", "plain")
        self._column = column(spacing=10, margins=(16, 12, 16, 16))
        self._whole = column(spacing=0)
        self._whole.addLayout(self._column)
        self._whole.addStretch(1)
        inside.setLayout(self._whole)
        self.setWidget(inside)

    def show_entry(self, kind: str, entry: Mapping[str, Any], *, fresh: bool = False) -> None:
        """Show an entry; only of a `fresh` one the code can be typed."""
        if (kind, dict(entry), fresh) == (self.kind, self._entry, self._fresh) and not self._dirty:
            return
        self.kind, self._entry, self._fresh = kind, dict(entry), fresh
        self._build()
        self._dirty = False

    def entry(self) -> dict[str, Any]:
        """Return what the form says."""
        said: dict[Path, str] = {}
        for form, paths in self._forms:
            for key, path in paths.items():
                said[path] = str(form.fields[key].value() or "")
        return entry_forms.with_values(self.kind, self._entry, said, language())

    def problem(self, fault: str, words: str) -> None:
        """Mark the field that a refusal names."""
        for form, paths in self._forms:
            for key, path in paths.items():
                if path[-1] == fault.rpartition(".")[2] and (len(path) == 1 or path[-2] in fault.split(".")):
                    form.problems({key: words})
                    return

    def begin(self) -> None:
        """Put the focus on the first field."""
        if self._forms:
            self._forms[0][0].begin()

    def _touched(self) -> None:
        self._dirty = True

    def _build(self) -> None:
        clear(self._column)
        self._forms = []
        groups: dict[Path, list[Leaf]] = {}
        for leaf in entry_forms.leaves(self.kind, self._entry):
            groups.setdefault(leaf.path[:-1], []).append(leaf)
        groups = {(): groups.pop((), []), **groups}
        lists: set[Path] = set()
        spans = [
            path for path, leaves in groups.items() if path and {leaf.path[-1] for leaf in leaves} == SPAN
        ]
        for path, leaves in groups.items():
            if path and isinstance(path[-1], int):
                lists.add(path[:-1])
            if path not in spans:
                self._group(path, leaves)
            elif path == spans[0]:
                self._group(None, [leaf for one in spans for leaf in groups[one]])
        for path in [*lists, *([("field",)] if self.kind == "type" and ("field",) not in lists else [])]:
            words = tr("再加一行：{what}", what=entry_words.path_words(path, language() == "en"))
            self._column.addLayout(row(button(words, partial(self._add, path)), None))

    def _group(self, path: Path | None, leaves: list[Leaf]) -> None:
        """Add what stands in one table; None for all the limits, each with its time and its number."""
        if path is None:
            self._column.addWidget(line())
            self._column.addWidget(label(tr("时限"), "strong"))
        elif path:
            self._column.addWidget(line())
            title = label(capital(entry_words.path_words(path, language() == "en")), "strong")
            head = row(title, None)
            if isinstance(path[-1], int):
                head.addWidget(button(tr("去掉这一行"), partial(self._drop, path), look="quiet"))
            self._column.addLayout(head)
        paths = {".".join(map(str, leaf.path)): leaf.path for leaf in leaves}
        specs = [self._spec(key, leaf) for key, leaf in zip(paths, leaves, strict=True)]
        form = Form(specs, across=4 if path is None else 3 if path else 2, makers={"combo": Combo})
        form.set_values({key: _said(leaf) for key, leaf in zip(paths, leaves, strict=True)})
        for key, leaf in zip(paths, leaves, strict=True):
            fixed = leaf.kind == FIXED or (leaf.path == ("code",) and not self._fresh)
            form.fields[key].setEnabled(not fixed)
        # never less high than it needs: the form scrolls
        form.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        form.changed.connect(self.changed)
        self._forms.append((form, paths))
        self._column.addWidget(form)

    def _spec(self, key: str, leaf: Leaf) -> Spec:
        english = language() == "en"
        last = leaf.path[-1]
        title = capital(entry_words.key_words(last, english))
        if last == "rule":
            title = capital(entry_words.path_words(leaf.path[:-1], english))
        if last in entry_words.CHOICES and leaf.kind not in {WORDS, FIXED}:
            choices = tuple(
                (value, capital(pair[english])) for value, pair in entry_words.CHOICES[str(last)].items()
            )
            return Spec(key, title, "combo", choices)
        if last in entry_words.NAMED and leaf.kind not in {WORDS, FIXED}:
            kind = entry_words.NAMED[str(last)]
            known = [(code, name) for (what, code), name in self.context.names.items() if what == kind]
            if leaf.said and leaf.said not in dict(known):
                known.append((leaf.said, leaf.said))
            return Spec(key, title, "pick", (("", "—"), *known))
        wide = leaf.kind == WORDS and len(leaf.said) > 24
        hint = (
            tr("几个之间用“{sign}”分开", sign=leaf.sign(language()).strip(" ")) if leaf.kind == WORDS else ""
        )
        return Spec(key, title, "count" if leaf.kind == COUNT else "text", wide=wide, hint=hint)

    def _add(self, path: Path) -> None:
        self._entry = entry_forms.with_row(self.entry(), path)
        self._build()
        self.changed.emit()

    def _drop(self, path: Path) -> None:
        nth = path[-1]
        assert isinstance(nth, int)
        self._entry = entry_forms.without_row(self.entry(), path[:-1], nth)
        self._build()
        self.changed.emit()


def _said(leaf: Leaf) -> str:
    """Return what a field shows: lists of codes in words."""
    if leaf.kind == WORDS:
        return leaf.sign(language()).join(entry_words.shown(leaf.path[-1], leaf.value, language() == "en"))
    return leaf.said
