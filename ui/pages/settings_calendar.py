"""Settings: the calendar of a year; rest days and make-up days are set on the days themselves."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from PySide6.QtWidgets import QScrollArea

from ui.actions import Action
from ui.pages.settings_part import Part
from ui.shown import local
from ui.tr import language, tr
from ui.widgets.basics import Card, button, column, label, row
from ui.widgets.year import Year
from zq_grid.value_words import holiday


class CalendarPart(Part):
    """One year as twelve months. Space or a click turns a day: as the week has it, rest, make-up work."""

    def build(self) -> None:
        """Make the year and its line."""
        self._shown = local(self.context.clock()).year
        self._entries: dict[int, dict[str, Any]] = {}
        self._dirty = False
        self.year = Year(self.context.tokens)
        self.year.current = local(self.context.clock()).date()
        self.year.turned.connect(self._turned)
        self.year.moved.connect(self._said)
        self.name = label("", "title")
        self.state, self.day = label("", "hint", wrap=True), label("", "quiet")
        self.keep = button(tr("保存"), self.save_year, look="primary", key="Ctrl+S")
        self.keep.setEnabled(False)
        back = button("‹", lambda: self.go(-1), look="quiet", tip=tr("上一年"))
        on = button("›", lambda: self.go(1), look="quiet", tip=tr("下一年"))
        card = Card()
        card.body.addLayout(row(back, self.name, on, self.day, None, self.keep, margins=(12, 8, 12, 4)))
        card.body.addLayout(row(self.state, margins=(16, 0, 16, 6)))
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setWidget(self.year)
        card.body.addWidget(area, 1)
        self.setLayout(column(card))

    def refresh(self) -> None:
        """Ask for the years that are entered."""
        if self._dirty:
            return

        def work(session: Any) -> Any:
            return {
                int(entry["year"]): dict(entry) for entry in session.catalogue.current("calendar").values()
            }

        self.ask(work, self._show, "settings-calendar")

    def _show(self, found: dict[int, dict[str, Any]]) -> None:
        self._entries = found
        entry = found.get(self._shown)
        off, work = days_of(entry or {})
        self.year.show_year(self._shown, off, work, editable=self.may_change)
        self.name.setText(tr("{year} 年", year=self._shown))
        if entry is None:
            words = tr("这一年的放假安排还没有录入：期限按周末推算，都标为暂定；录入后自动重算。")
        else:
            words = tr(
                "第 {n} 版 · 休 {off} 天 · 调休上班 {work} 天",
                n=entry.get("version", 1),
                off=len(off),
                work=len(work),
            )
            if entry.get("source"):
                words += f" · {entry['source']}"
        self.state.setText(words)
        self.keep.setEnabled(False)
        self._said(self.year.current)

    def _said(self, day: date) -> None:
        kind = {"off": tr("休息"), "work": tr("调休上班"), "weekend": tr("周末"), "": tr("工作日")}
        named = holiday(self.year.name_of(day), language())
        self.day.setText(f"{day:%m-%d} {kind[self.year.kind_of(day)]}{' · ' + named if named else ''}")

    def _turned(self, day: date) -> None:
        self._dirty = True
        self.keep.setEnabled(True)
        self.state.setText(tr("改动还没有保存；已定的时限不变，暂定的和以后的按新日历算。"))
        self._said(day)

    def go(self, by: int) -> None:
        """Show another year."""
        if not self._dirty:
            self._shown += by
            self._show(self._entries)
        else:
            self.context.window.say(tr("先保存这一年的改动，再看别的年份"))

    def save_year(self) -> None:
        """Define the year as it stands."""
        if not self.keep.isEnabled():
            return
        old = self._entries.get(self._shown, {})
        version = int(old.get("version", 0)) + 1
        entry = {**old, "year": self._shown, "version": version}
        entry |= entry_days(self.year.off, self.year.work)
        self.keep.setEnabled(False)

        def done() -> None:
            self._dirty = False
            self.refresh()

        def failed(error: BaseException) -> None:
            self.keep.setEnabled(True)
            self.context.window.refused(error)

        self.save("calendar", entry, done, failed)

    def begin(self) -> None:
        """Begin in the year."""
        self.year.setFocus()

    def offered(self) -> Sequence[Action]:
        """Return what can be done here."""
        return [
            Action(tr("上一年"), "PgUp", lambda: self.go(-1)),
            Action(tr("下一年"), "PgDown", lambda: self.go(1)),
            Action(tr("休息、上班、照常"), "Space", self.year.turn, lambda: self.may_change),
            Action(tr("保存"), "Ctrl+S", self.save_year, self.keep.isEnabled),
        ]


def days_of(entry: dict[str, Any]) -> tuple[dict[date, str], dict[date, str]]:
    """Return the rest days and the make-up days of an entry, each with its holiday's name."""
    off: dict[date, str] = {}
    for one in entry.get("off", ()):
        first, last = date.fromisoformat(one["from"]), date.fromisoformat(one["to"])
        off |= {first + timedelta(days=n): str(one.get("name", "")) for n in range((last - first).days + 1)}
    work = {date.fromisoformat(one["day"]): str(one.get("name", "")) for one in entry.get("work", ())}
    return off, work


def entry_days(off: dict[date, str], work: dict[date, str]) -> dict[str, Any]:
    """Return days as an entry has them: rest days that follow each other and have one name as one row."""
    rows: list[dict[str, str]] = []
    for day in sorted(off):
        last = rows[-1] if rows else None
        if last and last["name"] == off[day] and last["to"] == f"{day - timedelta(days=1)}":
            last["to"] = f"{day}"
        else:
            rows.append({"from": f"{day}", "to": f"{day}", "name": off[day]})
    return {"off": rows, "work": [{"day": f"{day}", "name": work[day]} for day in sorted(work)]}
