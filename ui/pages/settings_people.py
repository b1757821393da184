"""Settings: people, their roles, who is away and who stands in, and whose work goes to whom."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from PySide6.QtWidgets import QButtonGroup, QStackedWidget, QWidget

from ui.actions import Action
from ui.pages.entry_form import EntryForm
from ui.pages.people_away import Away
from ui.pages.people_handover import HandOver
from ui.pages.settings_entries import Entries
from ui.tr import capital, listed, tr, word
from ui.widgets.basics import Card, button, line, row
from ui.widgets.table import Column
from zq_grid.entry_words import ROLES

ENTRY, AWAY, HAND_OVER = "entry", "away", "hand_over"
TITLES = {ENTRY: "资料", AWAY: "外出与代办", HAND_OVER: "移交案件"}


class People(Entries):
    """Everybody who works here, and those who left with cases still open."""

    kinds = ("worker",)
    adds = "worker"
    remembers = False  # the form needs the room more

    def build(self) -> None:
        """Make the three things one sees of a person."""
        self._people: Sequence[Any] = ()
        self._person: Any = None
        super().build()
        self.past.hide()
        self.away.back.connect(self._take_back)
        self.show_tab(ENTRY)

    def place_form(self, card: Card) -> None:
        """Put the form behind the first of three tabs."""
        self.away, self.hand_over = Away(self.context, self), HandOver(self.context)
        self.stack = QStackedWidget()
        self.pages: dict[str, EntryForm | Away | HandOver] = {
            ENTRY: self.form,
            AWAY: self.away,
            HAND_OVER: self.hand_over,
        }
        self.tabs = {
            name: button(tr(words), partial(self.show_tab, name, focus=True), look="tab")
            for name, words in TITLES.items()
        }
        group = QButtonGroup(self)
        for name, tab in self.tabs.items():
            tab.setCheckable(True)
            group.addButton(tab)
            self.stack.addWidget(self.pages[name])
        card.body.setSpacing(0)
        card.body.addLayout(row(*self.tabs.values(), None, spacing=0, margins=(8, 0, 8, 0)))
        card.body.addWidget(line())
        card.body.addWidget(self.stack, 1)

    def show_tab(self, name: str, *, focus: bool = False) -> None:
        """Show one of the three."""
        self.tab = name
        self.tabs[name].setChecked(True)
        self.stack.setCurrentWidget(self.pages[name])
        self.keep.setVisible(name == ENTRY)
        if focus:
            self.pages[name].begin()

    def width_of_list(self) -> int:
        """Names, roles and what lies with each."""
        return 280

    def columns(self) -> Sequence[Column]:
        """Return the columns of the list; a row is (kind, code, name, entry, person)."""

        def roles(one: Any) -> str:
            return listed(word(ROLES, name) for name in one[4].roles)

        def state(one: Any) -> str:
            person = one[4]
            if person.needs_handover:
                return tr("已离开 · 待移交")
            if person.absence is not None:
                return tr("外出 · {who}代", who=self.context.name("worker", person.absence.deputy))
            if person.to_return:
                return tr("待收回 {n}", n=person.to_return)
            return roles(one)

        def look(one: Any) -> str:
            person = one[4]
            return (
                "red" if person.needs_handover else "yellow" if person.absence or person.to_return else "ink2"
            )

        return [
            Column(tr("姓名"), lambda one: one[2], 84, strong=True),
            Column(tr("角色、在岗"), state, 0, look=look),
            Column(capital(tr("在办")), lambda one: str(one[4].open or ""), 58, right=True),
        ]

    def refresh(self) -> None:
        """Ask for the people and their absences."""

        def work(session: Any) -> Any:
            from zq_grid import absences, people

            known = session.catalogue
            found = people.workers(session)
            away: dict[str, list[Any]] = {}
            for one in sorted(absences.every(known), key=lambda one: one.since, reverse=True):
                away.setdefault(one.worker, []).append(one)
            return [
                (
                    "worker",
                    one.code,
                    one.name,
                    known.get("worker", one.code) or {"code": one.code},
                    one,
                    tuple(away.get(one.code, ())),
                )
                for one in found
            ]

        self.ask(work, self._show, "settings-people")

    def _show(self, found: list[Any]) -> None:
        self._people = [one[4] for one in found]
        super()._show(found)
        if self.keep.isEnabled() or self._fresh:  # the list stays, what else is known of people doesn't wait
            self._show_person(next((one for one in found if one[1] == self._chosen[1]), None))

    def _choose(self, one: Any) -> None:
        if one is not None:
            super()._choose(one[:4])
            self._show_person(one)

    def _show_person(self, one: Any) -> None:
        if one is not None:
            self._person = one[4]
            self.away.show_person(one[4], one[5])
            self.hand_over.show_person(one[4], self._people)

    def _take_back(self) -> None:
        self.show_tab(HAND_OVER)
        self.hand_over.take_back()

    def add(self) -> None:
        """Begin a new entry."""
        self.show_tab(ENTRY)
        super().add()

    def feet(self) -> Sequence[QWidget]:
        """Return the buttons at the foot of the list and of the tab."""
        tab = self.pages[self.tab]
        return (*super().feet(), *(tab.feet() if not isinstance(tab, EntryForm) else ()))

    def offered(self) -> Sequence[Action]:
        """Return what can be done here."""
        away, hand_over = self.away, self.hand_over
        shows = [
            Action(tr(words), key, partial(self.show_tab, name, focus=True))
            for key, (name, words) in zip("DOH", TITLES.items(), strict=True)
        ]
        return [
            *(one for one in super().offered() if one.key != "Ctrl+S" or self.tab == ENTRY),
            *shows,
            Action(tr("登记外出"), "", away.enter, lambda: self.tab == AWAY and away.does.isEnabled()),
            Action(
                tr("结束或取消这次外出"),
                "E",
                away.end_chosen,
                lambda: self.tab == AWAY and away.end.isVisible(),
            ),
            Action(
                tr("收回外出时转出的"),
                "B",
                self._take_back,
                lambda: bool(self._person and self._person.to_return),
            ),
            Action(tr("列出案件"), "", hand_over.look, lambda: self.tab == HAND_OVER),
        ]
