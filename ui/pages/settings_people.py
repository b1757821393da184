"""Settings: people, their roles, who is away and who stands in."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtWidgets import QWidget

from ui.actions import Action
from ui.pages.settings_entries import Entries
from ui.shown import local
from ui.tr import language, tr
from ui.widgets.basics import button, column, label, line, row
from ui.widgets.fields import Form, Spec
from ui.widgets.table import Column
from zq_grid.entry_words import ROLES


class People(Entries):
    """Everybody who works here, and those who left with cases still open."""

    kinds = ("worker",)
    adds = "worker"

    def build(self) -> None:
        """Put the absence below the form."""
        super().build()
        specs = [
            Spec("since", tr("第一天"), "date", needed=True),
            Spec("until", tr("最后一天（可空）"), "date"),
            Spec("deputy", tr("代办人"), "pick", needed=True),
            Spec("reason", tr("原因"), "text"),
        ]
        self.absence = Form(specs, across=2)
        self.said = label("", "quiet", wrap=True)
        self.away = button(tr("登记外出"), self.be_absent)
        self.back = button(tr("已回来"), self.come_back)
        part = QWidget()
        inside = column(line(), label(tr("外出与代办"), "strong"), self.said, self.absence, spacing=10)
        inside.setContentsMargins(16, 0, 16, 16)
        inside.addLayout(row(self.away, self.back, None))
        part.setLayout(inside)
        self.form.below(part)
        self.past.hide()  # the form needs the room more

    def width_of_list(self) -> int:
        """Names, roles and what lies with each."""
        return 280

    def columns(self) -> Sequence[Column]:
        """Return the columns of the list; a row is (kind, code, name, entry, person)."""
        english = language() == "en"

        def roles(one: Any) -> str:
            return "、".join(ROLES.get(name, (name, name))[english] for name in one[4].roles)

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
            Column(tr("在办"), lambda one: str(one[4].open or ""), 58, right=True),
        ]

    def refresh(self) -> None:
        """Ask for the people."""

        def work(session: Any) -> Any:
            from zq_grid import people

            known = session.catalogue
            found = people.workers(session)
            return [
                ("worker", one.code, one.name, known.get("worker", one.code) or {"code": one.code}, one)
                for one in found
            ]

        self.ask(work, self._show, "settings-people")

    def _choose(self, one: Any) -> None:
        if one is None:
            return
        super()._choose(one[:4])
        person = one[4]
        self._person = person.code
        names = [(code, name) for (kind, code), name in self.context.names.items() if kind == "worker"]
        picker = self.absence.fields["deputy"]
        from ui.widgets.picker import Option

        options = [Option(code, name) for code, name in names if code != person.code]
        picker.picker.set_options(options)  # type: ignore[attr-defined]
        self.absence.set_values(dict.fromkeys(self.absence.fields, ""))
        self.said.setText(self._words(person))
        self.back.setVisible(person.absence is not None)
        self.back.setEnabled(self.may_change)
        self.away.setEnabled(self.may_change and not person.left)
        if person.absence is None:
            self.absence.set_values({"since": f"{local(self.context.clock()):%Y-%m-%d}"})

    def _words(self, person: Any) -> str:
        name = self.context.name
        told = []
        if person.absence is not None:
            one = person.absence
            until = tr("至 {day}", day=one.until) if one.until else tr("回来日期未定")
            told.append(
                tr(
                    "{since} 起外出，{until}，由{who}代办。",
                    since=one.since,
                    until=until,
                    who=name("worker", one.deputy),
                )
            )
        if person.stands_in_for:
            told.append(
                tr("正在代办：{who}。", who="、".join(name("worker", one) for one in person.stands_in_for))
            )
        if person.to_return:
            told.append(tr("外出期间转出的 {n} 件还在代办人手里，可在案件页收回。", n=person.to_return))
        if person.needs_handover:
            told.append(tr("已不在名册，还有 {n} 件在办，请移交。", n=person.open))
        return "".join(told) or tr("在岗。外出时登记代办人，新指派的案件会提示交给代办人。")

    def be_absent(self) -> None:
        """Enter that the chosen one is away."""
        said, worker = self.absence.values(), self._person
        missing = {key: tr("请填写") for key in ("since", "deputy") if not said.get(key)}
        self.absence.problems(missing)
        if missing:
            return

        def work(session: Any) -> Any:
            from zq_grid import people

            return people.be_absent(session, worker, **said)

        self.act(work, lambda _absence: self._told(tr("已登记外出")), tr("登记外出"))

    def come_back(self) -> None:
        """Enter that the chosen one is back."""
        worker = self._person

        def work(session: Any) -> Any:
            from zq_grid import people

            return people.come_back(session, worker)

        self.act(work, lambda _absence: self._told(tr("已登记回来")), tr("登记回来"))

    def _told(self, words: str) -> None:
        self.context.window.say(words)
        self.refresh()

    def offered(self) -> Sequence[Action]:
        """Return what can be done here."""
        return [*super().offered(), Action(tr("登记外出"), "", self.be_absent, self.away.isEnabled)]
