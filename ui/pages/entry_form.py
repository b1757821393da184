"""A form made from an entry of the catalogue: its own things at the top, a block for each table and row within."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QScrollArea, QSizePolicy, QWidget

from ui.context import Context
from ui.tr import language, tr
from ui.widgets.basics import button, clear, column, label, line, row
from ui.widgets.fields import Form, Spec
from zq_grid import entry_forms, entry_words
from zq_grid.entry_forms import COUNT, FIXED, WORDS, Leaf, Path


class EntryForm(QScrollArea):
    """Shows one entry; `entry()` is what the fields say now."""

    changed = Signal()

    def __init__(self, context: Context) -> None:
        super().__init__()
        self.context = context
        self.kind = ""
        self._entry: dict[str, Any] = {}
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

    def below(self, part: QWidget) -> None:
        """Let something else stand below the form and scroll with it."""
        self._whole.insertWidget(1, part)

    def show_entry(self, kind: str, entry: Mapping[str, Any], *, fresh: bool = False) -> None:
        """Show an entry; only of a `fresh` one the code can be typed."""
        self.kind, self._entry, self._fresh = kind, dict(entry), fresh
        self._build()

    def entry(self) -> dict[str, Any]:
        """Return what the form says."""
        said: dict[Path, str] = {}
        for form, paths in self._forms:
            for key, path in paths.items():
                said[path] = str(form.fields[key].value() or "")
        return entry_forms.with_values(self.kind, self._entry, said)

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

    def _build(self) -> None:
        clear(self._column)
        self._forms = []
        groups: dict[Path, list[Leaf]] = {}
        for leaf in entry_forms.leaves(self.kind, self._entry):
            groups.setdefault(leaf.path[:-1], []).append(leaf)
        groups = {(): groups.pop((), []), **groups}
        lists: set[Path] = set()
        for path, leaves in groups.items():
            if path and isinstance(path[-1], int) and path[:-1] not in lists:
                lists.add(path[:-1])
            self._group(path, leaves)
        for path in [*lists, *([("field",)] if self.kind == "type" and ("field",) not in lists else [])]:
            words = tr("再加一行：{what}", what=entry_words.path_words(path, language() == "en"))
            self._column.addLayout(row(button(words, partial(self._add, path)), None))

    def _group(self, path: Path, leaves: list[Leaf]) -> None:
        if path:
            self._column.addWidget(line())
            title = label(entry_words.path_words(path, language() == "en"), "strong")
            head = row(title, None)
            if isinstance(path[-1], int):
                head.addWidget(button(tr("去掉这一行"), partial(self._drop, path), look="quiet"))
            self._column.addLayout(head)
        paths = {".".join(map(str, leaf.path)): leaf.path for leaf in leaves}
        specs = [self._spec(key, leaf) for key, leaf in zip(paths, leaves, strict=True)]
        form = Form(specs, across=2 if not path else 3)
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
        title = entry_words.key_words(last, english)
        if last in entry_words.CHOICES and leaf.kind not in {WORDS, FIXED}:
            choices = tuple((value, pair[english]) for value, pair in entry_words.CHOICES[str(last)].items())
            return Spec(key, title, "pick", choices)
        if last in entry_words.NAMED and leaf.kind not in {WORDS, FIXED}:
            kind = entry_words.NAMED[str(last)]
            known = [(code, name) for (what, code), name in self.context.names.items() if what == kind]
            if leaf.said and leaf.said not in dict(known):
                known.append((leaf.said, leaf.said))
            return Spec(key, title, "pick", (("", "—"), *known))
        wide = leaf.kind == WORDS and len(leaf.said) > 24
        hint = tr("几个之间用“{sign}”分开", sign=leaf.sign) if leaf.kind == WORDS else ""
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
        return leaf.sign.join(entry_words.shown(leaf.path[-1], leaf.value, language() == "en"))
    return leaf.said
