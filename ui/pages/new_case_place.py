"""The place of a new case: one line, what is found for it below, and what to choose from where it is ambiguous."""

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import QStringListModel, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QListView, QWidget

from ui.tr import tr
from ui.widgets.basics import column
from ui.widgets.fields import Field
from ui.widgets.lines import Line

SHOWN = 5


class _PlaceLine(Line):
    """A line whose arrows go to the choices below."""

    moved = Signal(int)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Give the arrows away."""
        step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()))
        if step is not None and not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            self.moved.emit(step)
            return
        super().keyPressEvent(event)


class PlaceField(Field):
    """A place as it was said. What a person chose among its readings stands until the words change."""

    def make(self) -> QWidget:
        """Return the line and its choices."""
        self.line = _PlaceLine()
        self.line.setPlaceholderText(tr("小区、楼号、路名弄号，例如 和溪五村 12 号 601 室"))
        self.line.setAccessibleName(self.spec.title)
        self.line.textEdited.connect(self._edited)
        self.line.entered.connect(self._enter)
        self.line.moved.connect(self._move)
        self._choices: Sequence[Any] = ()
        self._chosen: Mapping[str, str] = {}
        self._words = ""
        self._bad = False
        self._model = QStringListModel(self)
        self.list = QListView()
        self.list.setModel(self._model)
        self.list.setProperty("role", "popup")
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setAccessibleName(tr("可能的地点"))
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.clicked.connect(lambda index: self._take(index.row()))
        self.list.hide()
        whole = QWidget()
        whole.setLayout(column(self.line, self.list, spacing=4))
        whole.setFocusProxy(self.line)
        return whole

    def value(self) -> Any:
        """Return the words."""
        return self.line.text().strip()

    def set_value(self, value: Any) -> None:
        """Show words; nothing is chosen among their readings."""
        self.line.setText("" if value is None else str(value))
        self._forget()

    def problem(self, text: str) -> None:
        """Mark the line itself; what is wrong stays until the words change."""
        self._bad = bool(text)
        self.line.setProperty("bad", "yes" if text else "no")
        self.line.style().unpolish(self.line)
        self.line.style().polish(self.line)
        super().problem(text)

    def chosen(self) -> dict[str, str]:
        """Return the facts that choosing a reading set, empty where none was chosen."""
        return dict(self._chosen)

    def choose_again(self, facts: Mapping[str, str], words: str) -> None:
        """Bring a choice back, as a draft kept it."""
        self._chosen, self._words = dict(facts), words

    @property
    def chosen_words(self) -> str:
        """Return how the chosen reading is called."""
        return self._words

    def show_found(self, found: Any) -> None:
        """Show where the place is (`zq_grid.proposals.Proposal`), or what it may mean; None for nothing."""
        self._choices = found.choices if found else ()
        if self._bad:
            return
        if not self.value() or found is None:
            self.hint("")
            self._offer(show=False)
            return
        if self._chosen:
            self.hint(tr("已选：{where}", where=self._words))
            self._offer(show=False)
            return
        self.hint(_said(found))
        self._offer(show=bool(found.choices))

    def _offer(self, *, show: bool) -> None:
        if show:
            self._model.setStringList([one.words for one in self._choices])
            height = self.list.sizeHintForRow(0) * min(SHOWN, len(self._choices)) + 12
            self.list.setFixedHeight(height)
        self.list.setVisible(show)

    def _edited(self, _text: str) -> None:
        self._forget()
        self.changed.emit()

    def _forget(self) -> None:
        self._chosen, self._words = {}, ""
        self._choices = ()
        self.list.hide()

    def _move(self, step: int) -> None:
        if not self._choices:
            return
        if self.list.isHidden():
            self._offer(show=True)
        current = self.list.currentIndex().row()
        last = len(self._choices) - 1
        number = min(last, max(0, current + step)) if current >= 0 else 0 if step > 0 else last
        self.list.setCurrentIndex(self._model.index(number))

    def _enter(self) -> None:
        row = self.list.currentIndex().row()
        if self.list.isVisible() and row >= 0:
            self._take(row)
        else:
            self.entered.emit()

    def _take(self, number: int) -> None:
        if 0 <= number < len(self._choices):
            one = self._choices[number]
            self._chosen, self._words = dict(one.facts), one.words
            self.hint(tr("已选：{where}", where=one.words))
            self.list.hide()
            self.changed.emit()


def _said(found: Any) -> str:
    """Return one line on where a place is."""
    place, chain = found.place, " › ".join(found.chain)
    if place.conflict:
        return (
            tr("说的几处不在一起，请核对；先按 {where}", where=chain)
            if chain
            else tr("说的几处不在一起，请核对")
        )
    if found.choices:
        many = tr("有 {n} 种可能，按 ↓ 选择，回车确定", n=len(found.choices))
        return f"{chain} › …  ·  {many}" if chain else many
    if not chain:
        return tr("地点库里没有找到，请在下面选居村，或先这样保存")
    if place.remembered:
        return tr("{where}  ·  按记住的地点", where=chain)
    if not place.certain:
        return tr("{where}  ·  楼号未核实", where=chain)
    return tr("{where}  ·  来自地点库", where=chain)
