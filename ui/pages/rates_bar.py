"""The line above the rates: which days, by what, by which profile, as known when; export and print."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui.context import Context
from ui.pages.period import MONTH, RANGE, WEEK, Period
from ui.tr import language, tr
from ui.widgets.basics import button, label, row
from ui.widgets.choice import Choice
from ui.widgets.flow import Flow
from ui.widgets.lines import Line
from zq_grid.errors import Refused
from zq_grid.rules import worktime

WORDS = {
    "neighbourhood": "居村",
    "area": "片区",
    "unit": "承办单位",
    "worker": "办理人",
    "type": "事项类型",
    "source": "来源",
}
LIKE = "2026-11-23 08:00"
PARTS = {WEEK: "周", MONTH: "月", RANGE: "自选"}


class Bar(QWidget):
    """What is asked for. `changed` when the figures must be asked anew, `moved` by so many periods."""

    changed = Signal()
    moved = Signal(int)
    kind_chosen = Signal(str)
    said_range = Signal(object, object)

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self.kind = Choice(tr("统计期"), [(kind, tr(words)) for kind, words in PARTS.items()])
        self.kind.chosen.connect(self.kind_chosen)
        self.said = label("", "strong")
        back = button("‹", lambda: self.moved.emit(-1), tip=f"{tr('前一期')}  [")
        on = button("›", lambda: self.moved.emit(1), tip=f"{tr('后一期')}  ]")
        for arrow, name in ((back, tr("前一期")), (on, tr("后一期"))):
            arrow.setAccessibleName(name)
            arrow.setFixedWidth(context.tokens.size("control") + 4)
        self.first, self.last = self._day(tr("第一天")), self._day(tr("最后一天"))
        self._range = QWidget()
        self._range.setLayout(row(self.first, label("—", "hint"), self.last, spacing=4))
        self.by = Choice(tr("分组"), [(by, tr(words)) for by, words in WORDS.items()])
        self.profile = Choice(tr("统计口径"))
        self.known = Line()
        self.known.setPlaceholderText(tr("截至：现在"))
        self.known.setAccessibleName(tr("截至"))
        self.known.setToolTip(tr("按当时已知的情况统计，如 2026-11-23 08:00"))
        self.known.setFixedWidth(round(150 * context.tokens.size("base") / 13))
        self.differs = button("", look="filter")
        self.export = button(tr("导出"), tip="E")
        self.paper = button(tr("打印周报"), look="primary", tip="Ctrl+P")
        asked = QWidget()
        flow = Flow(asked, spacing=8)
        days = QWidget()
        days.setLayout(row(self.kind, back, on, self.said, spacing=6))
        for part in (days, self._range, self.by, self.profile, self.known):
            flow.addWidget(part)
        flow.addWidget(self.differs)
        whole = row(spacing=8)
        whole.addWidget(asked, 1)
        for does in (self.export, self.paper):
            whole.addWidget(does, 0, Qt.AlignmentFlag.AlignTop)
        self.setLayout(whole)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        asked.setSizePolicy(policy)
        self.by.chosen.connect(lambda _by: self.changed.emit())
        self.profile.chosen.connect(lambda _code: self.changed.emit())
        self.known.editingFinished.connect(self._known_said)
        self._before = ""
        self.differs.hide()
        self.profile.hide()

    def _day(self, name: str) -> Line:
        made = Line()
        made.setPlaceholderText("2026-11-01")
        made.setAccessibleName(name)
        made.setToolTip(name)
        made.setFixedWidth(round(104 * self._context.tokens.size("base") / 13))
        made.entered.connect(self._days_said)
        return made

    def show_period(self, period: Period) -> None:
        """Show which days are looked at."""
        self.kind.set_value(period.kind)
        self.said.setText("" if period.kind == RANGE else period.said())
        self.said.setVisible(period.kind != RANGE)
        self._range.setVisible(period.kind == RANGE)
        self.first.setText(f"{period.first}")
        self.last.setText(f"{period.end - timedelta(days=1)}")
        self.updateGeometry()

    def show_profiles(self, profiles: Mapping[str, Mapping[str, Any]]) -> None:
        """Offer the profiles of the catalogue; one alone needs no choice."""
        english = language() == "en"
        choices = [
            (code, f"{entry.get('english', entry['name']) if english else entry['name']} v{entry['version']}")
            for code, entry in profiles.items()
        ]
        if [self.profile.itemText(nth) for nth in range(self.profile.count())] != [
            words for _code, words in choices
        ]:
            self.profile.set_choices(choices, self.profile.value() or "default")
        self.profile.setVisible(len(choices) > 1)

    def show_difference(self, parts: Sequence[str], last: Any) -> None:
        """Say where a printed bulletin differs by now; a click looks at it as it was printed."""
        self.differs.setVisible(bool(parts))
        if parts:
            self.differs.setText(tr("与已印发周报不同 {n} 项 · 看当时", n=len(parts)))
            self.differs.setAccessibleName(self.differs.text())
            told = tr("截至 {cut}，核验码 {code}", cut=last.cut, code=last.code)
            self.differs.setToolTip("\n".join([told, *parts]))

    def as_of(self) -> int | None:
        """Return the moment as at which figures are asked, seconds UTC; None for now.

        Raises:
            Refused: "fact_form" for a time that is none.
        """
        said = self.as_of_said()
        if not said:
            return None
        try:
            return worktime.parse(said.replace(" ", "T"))[0]
        except ValueError as error:
            raise Refused("fact_form", "not a time", fact=tr("截至"), said=said, expected=LIKE) from error

    def as_of_said(self) -> str:
        """Return the moment as it was typed."""
        return self.known.text().strip()

    def set_as_of(self, said: str) -> None:
        """Show another moment."""
        self.known.setText(said)
        self._before = said

    def _known_said(self) -> None:
        if self.as_of_said() != self._before:
            self._before = self.as_of_said()
            self.changed.emit()

    def _days_said(self) -> None:
        try:
            first, last = date.fromisoformat(self.first.text()), date.fromisoformat(self.last.text())
        except ValueError:
            said = f"{self.first.text()} — {self.last.text()}"
            wrong = Refused("fact_form", "not a day", fact=tr("日期"), said=said, expected="2026-11-01")
            self._context.window.refused(wrong)
            return
        self.said_range.emit(first, last + timedelta(days=1))
