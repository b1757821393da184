"""Settings: entries of the catalogue as a list, a form and their versions."""

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from ui.actions import Action
from ui.pages.entry_form import EntryForm
from ui.pages.settings_part import Part
from ui.shown import moment
from ui.tr import capital, language, listed, named, tr, word
from ui.widgets.basics import Card, button, column, label, line, row
from ui.widgets.table import Column, Records, Table
from zq_grid import words
from zq_grid.entry_words import NEW, path_words

LOW = 500  # logical pixels at 100 % text: less height than form and versions need below each other


class Entries(Part):
    """Entries at the left, the chosen one as a form at the right, its versions below."""

    kinds: tuple[str, ...] = ("type",)
    adds = "type"
    remembers = True  # the versions are shown

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc goes back from the form to the list, where keys are actions again; what was typed stays."""
        if event.key() == Qt.Key.Key_Escape and not self.table.hasFocus():
            self.table.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            super().keyPressEvent(event)

    def build(self) -> None:
        """Make list, form and versions."""
        self._chosen: tuple[str, str] = ("", "")
        self._fresh = False
        self.model = Records(self.columns())
        self.table = Table(self.model, self.context.tokens, compact=True)
        self.table.chosen.connect(self._choose)
        left = Card()
        left.body.addWidget(self.table, 1)
        if self.adds:
            self.new = button(tr("新增一项"), self.add)
            self.new.setEnabled(self.may_change)
            left.body.addLayout(row(self.new, None, margins=(12, 8, 12, 10)))
        self.form = EntryForm(self.context)
        self.form.changed.connect(self._dirty)
        self.title, self.state = label("", "strong"), label("", "hint")
        self.keep = button(tr("保存"), self.save_entry, look="primary", key="Ctrl+S")
        self.keep.setEnabled(False)
        right = Card()
        self.older = button(tr("历次版本"), self.turn, look="quiet", tip="V")
        self.older.hide()
        right.body.addLayout(row(self.title, self.state, None, self.older, self.keep, margins=(16, 8, 12, 8)))
        right.body.addWidget(line())
        self.place_form(right)
        self.versions = Records(self._version_columns())
        self.history = Table(self.versions, self.context.tokens, compact=True)
        self.past = below = Card(tr("历次版本"), tr("回车取回某一版"))
        self.history.setAccessibleName(tr("历次版本"))
        self.history.opened.connect(self._look_back)
        below.body.addWidget(self.history, 1)
        below.setMaximumHeight(round(170 * self.context.tokens.size("base") / 13))
        side = column(right, below, spacing=12)
        side.setStretch(0, 1)
        whole = row(left, spacing=14)
        left.setFixedWidth(round(self.width_of_list() * self.context.tokens.size("base") / 13))
        whole.addLayout(side, 1)
        self.setLayout(whole)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where there is little height, the versions stand in the form's place, by a key."""
        super().resizeEvent(event)
        if self.remembers:
            low = event.size().height() * 13 < LOW * self.context.tokens.size("base")
            if low is self.older.isHidden():
                self.older.setVisible(low)
                self.past.setVisible(not low)
                self.form.show()

    def turn(self) -> None:
        """Show the versions, or the form again."""
        if not self.older.isHidden():
            self.past.setVisible(self.past.isHidden())
            self.form.setVisible(self.past.isHidden())
        (self.history if not self.past.isHidden() else self.table).setFocus()

    def place_form(self, card: Card) -> None:
        """Put the form into its card."""
        card.body.addWidget(self.form, 1)

    def width_of_list(self) -> int:
        """How wide the list is, in logical pixels at 100 % text."""
        return 250

    def columns(self) -> Sequence[Column]:
        """Return the columns of the list; a row is (kind, code, name, more)."""
        return [
            Column(tr("名称"), lambda one: one[2], 0),
            Column(tr("代码"), lambda one: one[1], 100, look="ink3"),
        ]

    def _version_columns(self) -> Sequence[Column]:
        now = self.context.clock

        def changes(one: Any) -> str:
            if one.retired:
                return tr("停用")
            english = language() == "en"
            told = [
                named(capital(path_words(path, english)), f"{old or '—'} → {new or '—'}")
                for path, old, new in one.changes
            ]
            return listed(told) or tr("首次建立")

        return [
            Column(tr("版"), lambda one: tr("第 {n} 版", n=one.edition), 84),
            Column(tr("生效"), lambda one: moment(one.defined_at, now()), 120, look="ink2"),
            Column(tr("改了什么"), changes, 0),
        ]

    def refresh(self) -> None:
        """Ask for the entries."""
        kinds = self.kinds

        def work(session: Any) -> Any:
            known = session.catalogue
            return [
                (kind, code, called(kind, code, entry), entry)
                for kind in kinds
                for code, entry in known.current(kind).items()
            ]

        self.ask(work, self._show, f"settings-{'-'.join(kinds)}")

    def _show(self, found: list[Any]) -> None:
        if self.keep.isEnabled() or self._fresh:
            return  # what is being typed stays
        self.model.replace(found)
        at = next((nth for nth, one in enumerate(found) if one[:2] == self._chosen), 0)
        if found:
            self.table.choose(at)

    def _choose(self, one: Any) -> None:
        if one is None:
            return
        kind, code, name, entry = one
        self._chosen, self._fresh = (kind, code), False
        self._show_entry(kind, name, entry)

        def work(session: Any) -> Any:
            from zq_grid import entry_forms

            return entry_forms.history(session, kind, code)

        self.ask(work, self.versions.replace, "settings-history")

    def _show_entry(self, kind: str, name: str, entry: Any) -> None:
        self.title.setText(name)
        self.state.setText("" if self.may_change else tr("只有管理员能改"))
        self.form.show_entry(kind, entry, fresh=self._fresh)
        self.keep.setEnabled(False)

    def _dirty(self) -> None:
        self.keep.setEnabled(self.may_change)
        if self.may_change:
            self.state.setText(tr("改动还没有保存"))

    def _look_back(self, one: Any) -> None:
        if one is not None and not one.retired:
            if not self.older.isHidden():
                self.turn()
            self.form.show_entry(self._chosen[0], one.entry)
            self._dirty()

    def add(self) -> None:
        """Begin a new entry."""
        if self.adds and self.may_change:
            self._fresh = True
            self.versions.replace(())
            self._show_entry(self.adds, tr("新增一项"), NEW[self.adds])
            self.form.begin()

    def save_entry(self) -> None:
        """Save what the form says."""
        if not self.keep.isEnabled():
            return
        entry, kind = self.form.entry(), self.form.kind
        self.keep.setEnabled(False)

        def done() -> None:
            self._fresh, self._chosen = False, (kind, str(entry["code"]))
            self.refresh()

        def failed(error: BaseException) -> None:
            self.keep.setEnabled(True)
            self.context.window.refused(error)
            fault = str(getattr(error, "facts", {}).get("fault", ""))
            if fault:
                self.form.problem(fault, tr("这里不合要求"))

        self.save(kind, entry, done, failed)

    def begin(self) -> None:
        """Begin in the list."""
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def feet(self) -> Sequence[QWidget]:
        """Return what stands below the list."""
        return (self.new,) if self.adds else ()

    def offered(self) -> Sequence[Action]:
        """Return what can be done here."""
        found = [Action(tr("保存"), "Ctrl+S", self.save_entry, self.keep.isEnabled)]
        if self.remembers:
            found.append(Action(tr("历次版本"), "V", self.turn))
        if self.adds:
            found.append(Action(tr("新增一项"), "+", self.add, lambda: self.may_change))
        return found


class Types(Entries):
    """Case types: names, routes, limits of their own, facts of their own."""


class Limits(Entries):
    """The general limits, the office hours, the station."""

    kinds = ("limits", "office", "station")
    adds = ""


class Units(Entries):
    """The units that cases are dispatched to, with whom to call there."""

    kinds = ("unit",)
    adds = "unit"


def called(kind: str, code: str, entry: Mapping[str, Any]) -> str:
    """Return what an entry is called in lists; of those of which there is one, what they are."""
    if language() != "en":
        return str(entry.get("name", code))
    alone = {"limits", "office"} & {kind}
    return word(words.ENTRIES, kind) if alone else str(entry.get("english") or entry.get("name", code))
