"""Which paper: its kind, the week or the case, the profile, the moment; print and save."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from ui.context import Context
from ui.pages.papers_make import CASE, DISPATCH, THIRD_PARTY, WEEKLY, Wanted
from ui.pages.period import Period, of_iso, week_of
from ui.shown import local
from ui.tr import language, tr
from ui.widgets.basics import Card, button, label, row
from ui.widgets.choice import Choice
from ui.widgets.lines import Line
from zq_grid.errors import Refused
from zq_grid.rules import worktime

TITLES = {
    WEEKLY: "网格化管理周报",
    CASE: "案件处置单",
    DISPATCH: "交办单",
    THIRD_PARTY: "交办单（第三方）",
}
LIKE = "2026-11-23 08:00"


class Ask(Card):
    """`changed` when another paper is wanted."""

    changed = Signal()

    def __init__(self, context: Context) -> None:
        super().__init__(padded=True)
        self.week: Period = week_of(local(context.clock()).date() - timedelta(weeks=1))
        self._profile = "default"
        self.kind = Choice(tr("文书"), [(kind, tr(words)) for kind, words in TITLES.items()])
        self.kind.chosen.connect(lambda _kind: self.set_kind(self.kind.value()))
        back = button("‹", lambda: self.move_week(-1), tip=f"{tr('前一周')}  [")
        on = button("›", lambda: self.move_week(1), tip=f"{tr('后一周')}  ]")
        for arrow, name in ((back, tr("前一周")), (on, tr("后一周"))):
            arrow.setAccessibleName(name)
            arrow.setFixedWidth(context.tokens.size("control") + 4)
        self.days = label("", "strong", wrap=True)
        self.weeks = QWidget()
        week = row(back, on, self.days, spacing=6)
        week.setStretch(2, 1)
        self.weeks.setLayout(week)
        self.number = Line()
        self.number.setPlaceholderText(tr("案件编号"))
        self.number.setAccessibleName(tr("案件编号"))
        self.profile = Choice(tr("统计口径"))
        self.profile.setSizeAdjustPolicy(Choice.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.profile.chosen.connect(lambda _code: self.changed.emit())
        self.known = Line()
        self.known.setPlaceholderText(tr("截至：现在"))
        self.known.setAccessibleName(tr("截至"))
        self.known.setToolTip(tr("按当时已知的情况统计，如 2026-11-23 08:00"))
        for edit in (self.number, self.known):
            edit.entered.connect(self.changed)
        self.printing = button(f"{tr('打印')}  Ctrl P", look="primary")
        self.saving = button(f"{tr('存为 PDF')}  Ctrl S")
        self.again = button(f"{tr('案件有更新，重新编制')}  F5", self.changed.emit, look="filter")
        self.again.hide()
        for part in (self.kind, self.weeks, self.number, self.profile, self.known, self.again):
            self.body.addWidget(part)
        does = row(self.printing, self.saving, spacing=8)
        does.setStretch(0, 1)
        does.setStretch(1, 1)
        self.body.addLayout(does)
        self._shape()

    def _shape(self) -> None:
        """Show the questions that this kind of paper asks."""
        weekly = self.weekly()
        self.weeks.setVisible(weekly)
        self.known.setVisible(weekly)
        self.profile.setVisible(weekly and self.profile.count() > 1)
        self.number.setVisible(not weekly)
        self.days.setText(self.week.said())

    def weekly(self) -> bool:
        """Tell whether a bulletin is asked for, not the sheet of a case."""
        return self.kind.value() == WEEKLY

    def wanted(self) -> Wanted | None:
        """Return the paper that is asked for; None while no case is named.

        Raises:
            Refused: "fact_form" for a moment that is none.
        """
        if not self.weekly():
            number = self.number.text().strip()
            return Wanted(self.kind.value(), number) if number else None
        said = self.known.text().strip()
        try:
            as_of = worktime.parse(said.replace(" ", "T"))[0] if said else None
        except ValueError as error:
            raise Refused("fact_form", "not a time", fact=tr("截至"), said=said, expected=LIKE) from error
        return Wanted(WEEKLY, self.week.week_name, self.profile.value() or self._profile, as_of)

    def show_profiles(self, profiles: Mapping[str, Mapping[str, Any]]) -> None:
        """Offer the profiles of the catalogue."""
        if self.profile.count() != len(profiles):
            english = language() == "en"
            names = [
                (code, str(entry.get("english", entry["name"]) if english else entry["name"]))
                for code, entry in profiles.items()
            ]
            self.profile.set_choices(names, self.profile.value() or self._profile)
        self._shape()

    def set_kind(self, kind: str) -> None:
        """Ask for another kind of paper."""
        self.kind.set_value(kind)
        self._shape()
        self.changed.emit()

    def move_week(self, by: int) -> None:
        """Ask for the week before or after."""
        self.week = self.week.moved(by)
        self._shape()
        self.changed.emit()

    def set_all(
        self, kind: str, *, week: str = "", number: str = "", profile: str = "", known: str = ""
    ) -> None:
        """Ask for a paper that is named from elsewhere."""
        self.kind.set_value(kind)
        self.week = of_iso(week) if week else self.week
        if number:
            self.number.setText(number)
        if profile:
            self._profile = profile
            self.profile.set_value(profile)
        self.known.setText(known)
        self._shape()
        self.changed.emit()
