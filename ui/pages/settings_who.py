"""Settings: who works here, and how the window looks."""

from functools import partial
from typing import Any

from ui.pages.settings_part import Part
from ui.theme.tokens import TEXT_SIZES
from ui.tr import language, listed, tr, word
from ui.widgets.basics import Card, column, label, row
from ui.widgets.fields import Spec, make_field
from ui.widgets.lines import Line
from ui.widgets.table import Column, Records, Table


class Who(Part):
    """A list of everybody; Enter makes somebody the one who works here now."""

    def build(self) -> None:
        """Make the list."""
        from zq_grid.entry_words import ROLES

        self._all: tuple[Any, ...] = ()

        def roles(one: Any) -> str:
            return listed(word(ROLES, name) for name in one[2])

        self.model = Records(
            [
                Column(tr("姓名"), lambda one: one[1], 120, strong=True),
                Column(tr("代码"), lambda one: one[0], 90, look="ink3"),
                Column(tr("角色"), roles, 0),
                Column(tr("单位"), lambda one: self.context.name("unit", one[3]), 200, look="ink2"),
                Column("", lambda one: tr("当前") if one[0] == self.context.actor else "", 90, look="chip"),
            ]
        )
        self.table = Table(self.model, self.context.tokens)
        self.table.setAccessibleName(tr("当前工作人员"))
        self.table.opened.connect(self._choose)
        self.search = Line()
        self.search.setPlaceholderText(tr("找姓名、代码、拼音首字母"))
        self.search.textChanged.connect(lambda _text: self._narrow())
        self.search.entered.connect(self._first)
        card = Card(tr("由谁操作"), tr("之后的每一步都记在此人名下 · 回车换人"))
        card.body.addLayout(row(self.search, margins=(14, 10, 14, 8)))
        card.body.addWidget(self.table, 1)
        self.setLayout(column(card))

    def refresh(self) -> None:
        """Ask who works here."""

        def work(session: Any) -> Any:
            from zq_grid import pinyin

            return tuple(
                (
                    code,
                    str(entry.get("name", code)),
                    tuple(entry.get("roles", ())),
                    str(entry.get("unit", "")),
                    pinyin.spelled("", str(entry.get("name", ""))).lower(),
                )
                for code, entry in session.catalogue.current("worker").items()
            )

        self.ask(work, self._show, "settings-who")

    def _show(self, found: tuple[Any, ...]) -> None:
        self._all = found
        self._narrow()

    def _narrow(self) -> None:
        said = self.search.text().strip().lower()
        rows = [one for one in self._all if not said or said in f"{one[0]} {one[1]} {one[4]}".lower()]
        self.model.replace(rows)
        at = next((nth for nth, one in enumerate(rows) if one[0] == self.context.actor), 0)
        if rows:
            self.table.choose(at)

    def _first(self) -> None:
        if self.table.record() is not None:
            self._choose(self.table.record())

    def _choose(self, one: Any) -> None:
        if one is not None and one[0] != self.context.actor:
            self.context.change(worker=one[0], part="who")

    def begin(self) -> None:
        """Begin in the search."""
        self.search.setFocus()


class LookPart(Part):
    """Theme, text size, language: each takes effect at once and is kept."""

    def build(self) -> None:
        """Make the choices."""
        card = Card(tr("外观与语言"), padded=True)
        tokens = self.context.tokens
        size = round(tokens.size("base") * 100 / 13)
        now = {
            "theme": tokens.name,
            "text_size": str(min(TEXT_SIZES, key=lambda one: abs(one - size))),
            "lang": language(),
        }
        choices = (
            Spec("theme", tr("颜色"), "choice", (("light", tr("浅色")), ("dark", tr("深色")))),
            Spec("text_size", tr("字号"), "choice", tuple((str(one), f"{one}%") for one in TEXT_SIZES)),
            Spec("lang", tr("语言"), "choice", (("zh", "中文"), ("en", "English"))),
        )
        self.fields = {}
        for spec in choices:
            made = make_field(spec)
            made.set_value(now[spec.key])
            made.changed.connect(partial(self._changed, spec.key, now[spec.key]))
            self.fields[spec.key] = made
            card.body.addWidget(made)
        card.body.addSpacing(6)
        said = tr("立即生效，只记在这台电脑上（数据文件夹里的 window.json），不影响别人。文书一律中文。")
        card.body.addWidget(label(said, "hint", wrap=True))
        self.setLayout(column(card, None))

    def _changed(self, key: str, was: str) -> None:
        value = self.fields[key].value()
        if value and value != was:
            said: Any = int(value) if key == "text_size" else value
            self.context.change(**{key: said}, part="look")

    def begin(self) -> None:
        """Begin with the theme."""
        self.fields["theme"].setFocus()
