"""The boxes above the rates: the four with base, change and last weeks, and every other indicator of the profile."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui.context import Context
from ui.pages.period import Period
from ui.pages.rates_parts import NONE, indicator, reason, share
from ui.tr import tr
from ui.widgets.basics import button, column, role, row
from ui.widgets.figures import Rate as Box
from ui.widgets.flow import Flow

FOUR = ("first_contact", "on_time_closing", "actual_resolution", "satisfaction")


class Boxes(QWidget):
    """`chosen` tells the indicator that a person wants to see the cases of."""

    chosen = Signal(str)

    def __init__(self, context: Context) -> None:
        super().__init__()
        self.four = {key: Box("", context.tokens, partial(self.chosen.emit, key)) for key in FOUR}
        across = row(*self.four.values(), spacing=12)
        for nth in range(len(FOUR)):
            across.setStretch(nth, 1)
        others = QWidget()
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        others.setSizePolicy(policy)
        self._flow = Flow(others)
        self.others: dict[str, Any] = {}
        whole = column(spacing=10)
        whole.addLayout(across)
        whole.addWidget(others)
        self.setLayout(whole)

    def show_board(self, board: Any, period: Period, key: str) -> None:
        """Show the figures of a period; `key` is the one that is looked at."""
        for name, box in self.four.items():
            rate = board.whole.rates.get(name)
            box.title.setText(indicator(board.names, name))
            box.setAccessibleName(box.title.text())
            if rate is None:
                box.show_rate(NONE, "", tr("这个口径没有这一项"), "small", ())
                continue
            words, look = _changed(rate, board.before.get(name), period)
            box.show_rate(rate.value or NONE, share(rate), words, look, box.spark.values)
            box.change.setToolTip("\n".join([words, *_told(rate)]))
        for old in self.others.values():
            self._flow.removeWidget(old)
            old.hide()
            old.deleteLater()
        self.others.clear()
        for name in board.names:
            if name not in FOUR and (rate := board.whole.rates.get(name)):
                value = "" if rate.measure == "count" else f" {rate.value}% " if rate.value else f" {NONE} "
                words = f"{indicator(board.names, name)}{value} {share(rate)}"
                self.others[name] = button(words, partial(self.chosen.emit, name), look="filter_add")
                self._flow.addWidget(self.others[name])
        self.mark(key)

    def show_weeks(self, points: Sequence[Any]) -> None:
        """Show the last weeks of each of the four."""
        for key, box in self.four.items():
            box.spark.show_values([as_number(point.values.get(key)) for point in points])

    def mark(self, key: str) -> None:
        """Mark the indicator that is looked at."""
        for name, box in self.four.items():
            role(box, "card_chosen" if name == key else "card")
        for name, other in self.others.items():
            role(other, "filter" if name == key else "filter_add")


def _changed(rate: Any, before: Any, period: Period) -> tuple[str, str]:
    """Return how a rate moved against the period before, with what it was before exclusions."""
    from zq_grid import rate_board
    from zq_grid.rates import percent

    moved = rate_board.change(rate, before)
    parts, look = [], "small"
    if moved is not None:
        size = percent(abs(moved) / 100, 1)
        sign, look = ("▲", "green") if moved > 0 else ("▼", "red") if moved < 0 else ("＝", "small")
        parts.append(tr("{before} {sign} {size} 点", before=period.before_said(), sign=sign, size=size))
    else:
        parts.append(tr("没有可比的前期"))
    if (rate.raw_numerator, rate.raw_denominator) != (rate.numerator, rate.denominator):
        parts.append(tr("剔除前 {value}%", value=rate.raw_value or NONE))
    return " · ".join(parts), look


def _told(rate: Any) -> list[str]:
    from zq_grid import rates

    before = f"{rates.exact(rate.raw_numerator)}/{rate.raw_denominator:,}"
    lines = [tr("剔除前 {share}", share=before)]
    lines += [tr("补录 {n} 件", n=f"{rate.late_entered:,}")] if rate.late_entered else []
    outs = sorted(rate.excluded.items(), key=lambda one: (-one[1], one[0]))
    return lines + [tr("不计入：{why} {n}", why=reason(why), n=f"{n:,}") for why, n in outs]


def as_number(said: str | None) -> float | None:
    """Return a percentage as a place on a line."""
    return None if said is None else float(said)
