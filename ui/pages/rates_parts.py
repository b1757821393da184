"""The parts of the page of rates: its table that sorts by any column, the line of periods, the cases of one figure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent

from ui.context import Context
from ui.models.windowed import BLOCK, Windowed
from ui.shown import number_short
from ui.tr import language, tr, word
from ui.widgets.basics import Card, Elided, button, label, line, role, row
from ui.widgets.table import Column, Index, Records, Table

NONE = "—"
NAME, VALUE, ALONE, SHARE = 98, 66, 76, 66
# The four in few words, for columns and legends.
WORDS = {
    "first_contact": "先行联系",
    "on_time_closing": "按时办结",
    "actual_resolution": "实际解决",
    "satisfaction": "市民满意",
}


@dataclass(frozen=True)
class Shown:
    """One row of the table: what it is called and its figures by key."""

    group: str | None
    name: str
    rates: Mapping[str, Any]

    def value(self, key: str) -> str:
        """Return a percentage, or a dash for an empty base."""
        rate = self.rates.get(key)
        return NONE if rate is None or rate.value is None else str(rate.value)

    def share(self, key: str) -> str:
        """Return numerator and base."""
        rate = self.rates.get(key)
        return "" if rate is None else share(rate)


def share(rate: Any) -> str:
    """Return numerator/base; a count has only its number."""
    from zq_grid import rates

    if rate.measure == "count":
        return f"{rate.denominator:,}"
    return f"{rates.exact(rate.numerator)}/{rate.denominator:,}"


def reason(why: str) -> str:
    """Return why a case was left out, in words."""
    from zq_grid import words

    head, colon, said = why.partition(":")
    name = word(words.OUT, head)
    return tr("{name}（{why}）", name=name, why=said) if colon else name


def indicator(names: Mapping[str, tuple[str, str]], key: str) -> str:
    """Return the name of an indicator as its profile calls it."""
    return names.get(key, (key, key))[language() == "en"]


class Sorted(Records):
    """Rows whose order a person chooses; the whole town's row stays on top, empty bases at the end."""

    def __init__(self, columns: Sequence[Column], keys: Sequence[str]) -> None:
        super().__init__(columns)
        self.keys = keys
        self.by, self.down = 0, False
        self.beside = True  # the fractions are shown, and their headers have room for the arrow
        self._given: Sequence[Shown] = ()

    def show_rows(self, rows: Sequence[Shown]) -> None:
        """Show other rows in the order that was chosen."""
        self._given = rows
        self.replace(self._ordered())

    def sort_by(self, column: int) -> None:
        """Order by a column; once more turns the order round."""
        column -= column > 0 and column % 2 == 0  # the fraction stands behind its percentage
        if column == self.by:
            self.down = not self.down
        else:
            self.by, self.down = column, column > 0
        self.replace(self._ordered())
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(self.columns) - 1)

    def _ordered(self) -> list[Shown]:
        top = [one for one in self._given if one.group is None]
        rest = [one for one in self._given if one.group is not None]
        if self.by == 0:
            return top + (rest[::-1] if self.down else rest)
        key = self.keys[(self.by - 1) // 2]

        def exact(one: Shown) -> Fraction | None:
            rate = one.rates.get(key)
            return rate.numerator / rate.denominator if rate and rate.denominator else None

        known = [(found, one) for one in rest if (found := exact(one)) is not None]
        known.sort(key=lambda pair: pair[0], reverse=self.down)
        return top + [one for _found, one in known] + [one for one in rest if exact(one) is None]

    def headerData(
        self, section: int, orientation: Qt.Orientation, what: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """Return a column's title, with an arrow at the one that orders."""
        said = super().headerData(section, orientation, what)
        at = self.by + (self.beside and self.by > 0)
        if what == Qt.ItemDataRole.DisplayRole and section == at:
            return f"{said} {'↓' if self.down else '↑'}".strip()
        if what == Qt.ItemDataRole.TextAlignmentRole and self.beside and section and section % 2 == 0:
            return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        return said


class Groups(Table):
    """The table of groups. `figure` tells which row and which indicator a person points at."""

    figure = Signal(object, str)

    def __init__(self, context: Context, keys: Sequence[str], title: str, names: Mapping[str, Any]) -> None:
        columns = [Column(title, lambda one: one.name, 0)]
        for key in keys:
            short = tr(WORDS[key]) if key in WORDS else indicator(names, key)
            columns.append(
                Column(short, partial(_value, key), VALUE, right=True, look=partial(_look, key), strong=True)
            )
            columns.append(Column("", partial(_share, key), SHARE, right=True, look="ink3"))
        self.sorted = Sorted(columns, keys)
        super().__init__(self.sorted, context.tokens)
        self._keys, self._scale = keys, context.tokens.size("base") / 13
        self.setAccessibleName(title)
        header = self.horizontalHeader()
        header.setSectionsClickable(True)
        header.sectionClicked.connect(self.sort_by)
        self.clicked.connect(self._pointed)

    def sort_by(self, column: int) -> None:
        """Order by a column and keep the row that was chosen."""
        chosen = self.record()
        self.sorted.sort_by(column)
        self.choose_group(chosen.group if chosen is not None else None)

    def choose_group(self, group: str | None) -> None:
        """Choose the row of a group; the first one where it is gone."""
        rows = range(self.sorted.rowCount())
        found = (nth for nth in rows if self.sorted.record(nth).group == group)
        self.choose(next(found, 0))

    def _pointed(self, index: Index) -> None:
        column = index.column()
        if column > 0:
            self.figure.emit(self.sorted.record(index.row()), self._keys[(column - 1) // 2])

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave the fractions away where names would have no room; the list beside says them."""
        super().resizeEvent(event)
        width, name = event.size().width(), NAME * self._scale
        header, share = self.horizontalHeader(), round(SHARE * self._scale)
        titles = [header.sectionSizeHint(1 + 2 * nth) for nth in range(len(self._keys))]
        values = [max(round(VALUE * self._scale), title) for title in titles]
        shares = width >= name + sum(values) + len(values) * share
        if not shares:
            alone = max(ALONE * self._scale, *titles) if titles else 0
            values = [round(min(alone, (width - name) / len(titles))) for _ in titles]
        for nth, value in enumerate(values):
            self.setColumnHidden(2 + 2 * nth, not shares)
            self.setColumnWidth(1 + 2 * nth, value)
            self.setColumnWidth(2 + 2 * nth, share)
        self.sorted.beside = shares


def _value(key: str, one: Shown) -> str:
    return one.value(key)


def _share(key: str, one: Shown) -> str:
    return one.share(key)


def _look(key: str, one: Shown) -> str:
    return "ink3" if one.value(key) == NONE else ""


TITLES = {"in": "计入分子", "missed": "仅计入分母", "out": "不计入"}
KEYS = {"in": "I", "missed": "O", "out": "P"}


class Behind(Card):
    """The cases behind one figure: counted in, counted out, left out and why; Enter opens one."""

    def __init__(self, context: Context, ask: Callable[[str, int, int, Any], None]) -> None:
        super().__init__()
        self._context, self._ask = context, ask
        self.only = "in"
        self._time = 0  # answers about a figure that is no longer looked at are dropped
        self._counts: dict[str, int] = {}
        self._weighted = False
        self.heading = Elided("", "strong")
        top = row(self.heading, margins=(16, 9, 12, 0))
        self.tabs = {
            only: button(
                tr(words), partial(self.show_part, only), look="tab", tip=f"{tr(words)}  {KEYS[only]}"
            )
            for only, words in TITLES.items()
        }
        for tab in self.tabs.values():
            tab.setCheckable(True)
        tabs = row(*self.tabs.values(), None, spacing=0, margins=(8, 0, 8, 0))
        self.body.setSpacing(0)
        self.body.addLayout(top)
        self.body.addLayout(tabs)
        self.body.addWidget(line())
        self.model = Windowed(self._columns(), self._block)
        self.table = Table(self.model, context.tokens, compact=True)
        self.table.horizontalHeader().hide()
        self.table.opened.connect(self._open)
        self.table.clicked.connect(lambda _index: self._open(self.table.record()))
        self.table.setAccessibleName(tr("这个数字里的案件"))
        self.none = label(tr("没有案件"), "hint")
        self.none.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.none.hide()
        self.body.addWidget(self.table, 1)
        self.body.addWidget(self.none, 1)

    def _columns(self) -> Sequence[Column]:
        context = self._context
        return [
            Column("", self._outcome, 84, look=self._look),
            Column("", lambda one: number_short(one.number), 116, look="ink2"),
            Column("", lambda one: f"{context.name('type', one.type)} · {one.place}".strip(" ·")),
        ]

    def _outcome(self, one: Any) -> str:
        if one.out:
            return reason(one.out)
        if one.weight in (0, 1):
            return tr("达标") if one.weight else tr("未达标")
        from zq_grid import rates

        return tr("计 {weight}", weight=rates.exact(one.weight))

    def _look(self, one: Any) -> str:
        if one.out:
            return "chip_quiet"
        return "chip_green" if one.weight == 1 else "chip_yellow" if one.weight else "chip_red"

    def show_figure(self, name: str, rate: Any) -> None:
        """Show the cases of a figure; the part looked at before stays."""
        self.heading.setText(name)
        out = sum(rate.excluded.values()) if rate else 0
        reached, base = (rate.reached, rate.denominator) if rate else (0, 0)
        self._counts = {"in": reached, "missed": base - reached, "out": out}
        whys = sorted(rate.excluded.items(), key=lambda one: -one[1]) if rate else []
        self.tabs["out"].setToolTip("\n".join(f"{reason(why)} {n:,}" for why, n in whys))
        for only, tab in self.tabs.items():
            tab.setText(f"{tr(TITLES[only])} {self._counts[only]:,}")
        self.show_part(self.only)

    def show_part(self, only: str) -> None:
        """Show those counted in ("in"), in the base only ("missed"), or left out ("out")."""
        self.only = only
        for name, tab in self.tabs.items():
            tab.setChecked(name == only)
            role(tab, "tab")
        self._time += 1
        total = self._counts.get(only, 0)
        self.table.setVisible(total > 0)
        self.none.setVisible(total == 0)
        if total:
            self._ask(only, 0, BLOCK, partial(self._first, self._time, total))
        else:
            self.model.begin(0, ())

    def _first(self, time: int, total: int, rows: Sequence[Any]) -> None:
        if time == self._time:
            self.model.begin(total, rows)

    def _block(self, first: int, count: int, then: Any) -> None:
        self._ask(self.only, first, count, then)

    def _open(self, one: Any) -> None:
        if one is not None:
            self._context.window.open_page("cases", number=one.number)
