"""Settings: who works here, how it looks, territory, people, types and limits, calendar, profiles, backups, checks."""

from collections.abc import Sequence
from functools import partial
from importlib import import_module
from typing import Any

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QButtonGroup, QComboBox, QPushButton, QStackedWidget, QWidget

from ui.actions import Action
from ui.page import Page
from ui.pages.settings_part import Part
from ui.tr import tr
from ui.widgets.basics import Card, button, column, row

# name, where it is, its words
PARTS: tuple[tuple[str, str, str], ...] = (
    ("who", "ui.pages.settings_who:Who", "当前工作人员"),
    ("look", "ui.pages.settings_who:LookPart", "外观与语言"),
    ("people", "ui.pages.settings_people:People", "人员与代办"),
    ("territory", "ui.pages.settings_territory:Territory", "区域与地名"),
    ("types", "ui.pages.settings_entries:Types", "事项类型"),
    ("limits", "ui.pages.settings_entries:Limits", "时限与办公时间"),
    ("units", "ui.pages.settings_entries:Units", "承办单位"),
    ("calendar", "ui.pages.settings_calendar:CalendarPart", "节假日日历"),
    ("profiles", "ui.pages.settings_profiles:Profiles", "统计口径"),
    ("backups", "ui.pages.settings_keeping:Backups", "备份与恢复"),
    ("checks", "ui.pages.settings_keeping:Checks", "核对与重建"),
    ("about", "ui.pages.settings_keeping:About", "关于"),
)

NARROW = 860  # logical pixels at 100 % text


class Settings(Page):
    """Parts at the left, one of them at the right; a part is made when it is first opened."""

    name = "settings"
    watches = frozenset({"entries", "cases", "kept"})

    @property
    def title(self) -> str:
        """The page's name."""
        return tr("管理")

    @property
    def hint(self) -> str:
        """The part that is open."""
        return next((tr(words) for name, _where, words in PARTS if name == self.part), "")

    def build(self) -> None:
        """Make the list of parts."""
        self.part = ""
        self.parts: dict[str, Part] = {}
        self.stack = QStackedWidget()
        self.buttons: dict[str, QPushButton] = {}
        group = QButtonGroup(self)
        side = Card()
        side.body.setContentsMargins(6, 8, 6, 8)
        side.body.setSpacing(2)
        for name, _where, words in PARTS:
            made = button(tr(words), partial(self.open_part, name), look="view")
            made.setCheckable(True)
            group.addButton(made)
            self.buttons[name] = made
            side.body.addWidget(made)
        side.body.addStretch(1)
        side.setFixedWidth(self.context.tokens.size("side"))
        # where there is no room for the list of parts, they are chosen in one line
        self.side, self.chooser = side, QComboBox()
        self.chooser.setAccessibleName(tr("管理"))
        for name, _where, words in PARTS:
            self.chooser.addItem(tr(words), name)
        self.chooser.activated.connect(lambda nth: self.open_part(str(self.chooser.itemData(nth))))
        self.chooser.hide()
        whole = row(side, spacing=14, margins=(20, 16, 20, 18))
        right = column(self.chooser, spacing=12)
        right.addWidget(self.stack, 1)
        whole.addLayout(right, 1)
        self.setLayout(whole)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Choose how the parts are listed."""
        super().resizeEvent(event)
        narrow = self.width() < NARROW * self.context.tokens.size("base") / 13
        self.side.setVisible(not narrow)
        self.chooser.setVisible(narrow)

    def open_part(self, name: str) -> None:
        """Show a part."""
        if name not in self.parts:
            where = next(where for known, where, _words in PARTS if known == name)
            module, maker = where.split(":")
            self.parts[name] = getattr(import_module(module), maker)(self.context)
            self.stack.addWidget(self.parts[name])
        self.part = name
        self.buttons[name].setChecked(True)
        self.chooser.setCurrentIndex(self.chooser.findData(name))
        self.stack.setCurrentWidget(self.parts[name])
        self.parts[name].refresh()
        if self.isVisible():
            self.context.window.retitle()
            self.parts[name].begin()

    def opened(self, **what: Any) -> None:
        """Show the part that was asked for."""
        if (part := what.get("part")) in {name for name, _where, _words in PARTS}:
            self.open_part(str(part))

    def refresh(self) -> None:
        """Read again what the open part shows."""
        if self.part:
            self.parts[self.part].refresh()
        else:
            self.open_part("who")

    def take_focus(self) -> None:
        """Begin in the part."""
        if self.part:
            self.parts[self.part].begin()

    def feet(self) -> Sequence[QWidget]:
        """Return those of the part that is open."""
        return self.parts[self.part].feet() if self.part else ()

    def _step(self, by: int) -> None:
        names = [name for name, _where, _words in PARTS]
        self.open_part(names[(names.index(self.part or "who") + by) % len(names)])

    def actions_here(self) -> Sequence[Action]:
        """Return what can be done here."""
        parts = [Action(tr(words), "", partial(self.open_part, name)) for name, _where, words in PARTS]
        own = self.parts[self.part].offered() if self.part else ()
        return [
            *own,
            Action(tr("上一栏"), "Ctrl+PgUp", partial(self._step, -1)),
            Action(tr("下一栏"), "Ctrl+PgDown", partial(self._step, 1)),
            *parts,
        ]
