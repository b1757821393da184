"""The week at the right of My day: the four rates, the bulletin, the last backup."""

from datetime import timedelta
from functools import partial
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QScrollArea, QWidget

from ui.context import Context
from ui.shown import moment
from ui.tr import capital, language, tr
from ui.widgets.basics import Card, button, label
from ui.widgets.figures import Rate

WIDTH = 318
STALE = 2 * 86_400
WEEKS, ANEW = 8, 600
KEYS = ("first_contact", "on_time_closing", "actual_resolution", "satisfaction")


class Week(QScrollArea):
    """The four rates of what one looks at; below, whether the week is printed and the store kept safe."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self.context = context
        self._scope, self._asked = "?", 0
        self._weeks: dict[int, Any] = {}
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._width = round(WIDTH * (1 + (context.tokens.size("base") / 13 - 1) * 0.7))
        from zq_grid.words import RATES

        english = language() == "en"
        self.rates = {
            key: Rate(RATES[key][english], context.tokens, partial(self._door, key)) for key in KEYS
        }
        window = context.window
        self.said = label("", "hint", wrap=True)
        self.bulletin = button("", lambda: window.open_page("papers"), look="link")
        self.kept = button("", lambda: window.open_page("settings", part="backups"), look="link")
        self.stations = label("", "hint", wrap=True)
        self.stations.hide()
        card = Card(capital(tr("本周")), padded=True)
        card.body.setSpacing(2)
        for part in (self.said, self.bulletin, self.stations, self.kept):
            card.body.addWidget(part)
        self._parts = [*self.rates.values(), card]
        self._inside = QWidget()
        self._grid = QGridLayout(self._inside)
        self._grid.setSpacing(10)
        self.setWidget(self._inside)
        self.stand(beside=True)

    def stand(self, *, beside: bool) -> None:
        """Stand beside the list in one column, or in its place in two."""
        self._inside.setProperty("role", "page" if beside else "plain")
        self._inside.style().polish(self._inside)
        edge = 0 if beside else 12
        self._grid.setContentsMargins(edge, edge, edge, edge)
        across = 1 if beside else 2
        for nth, part in enumerate(self._parts):
            last = nth == len(self._parts) - 1
            self._grid.addWidget(part, nth // across, nth % across, 1, across if last else 1)
        self._grid.setColumnStretch(0, 1)
        self._grid.setColumnStretch(1, across - 1)
        for number in range(len(self._parts) + 1):
            self._grid.setRowStretch(number, int(number == len(self._parts)))
        self.setMinimumWidth(self._width if beside else 0)
        self.setMaximumWidth(self._width if beside else 16_777_215)

    def refresh(self, scope: str) -> None:
        """Ask for the rates of a scope, a week at a time; they come after what has to be done.

        The weeks before the last two are asked for but now and then: they hardly change, and all are only a line.
        """
        now = self.context.clock()
        if scope != self._scope or now - self._asked > ANEW:
            self._scope, self._asked = scope, now
            self._weeks = {}
        for back in range(WEEKS):
            if back > 1 and back in self._weeks:
                continue
            work = partial(_week, scope, back)
            then = partial(self._came, scope, back)
            self.context.worker.ask(work, then, key=f"my_day-week-{back}", owner=self, rank=6 + min(back, 2))
        self.context.worker.ask(_kept, self._safe, key="my_day-kept", owner=self, rank=6)

    def _came(self, scope: str, back: int, found: Any) -> None:
        if scope != self._scope:
            return
        self._weeks[back] = found
        if 0 in self._weeks and 1 in self._weeks:
            self._show()

    def _show(self) -> None:
        from zq_grid.rate_board import change

        four = self._weeks[0]
        for key, box in self.rates.items():
            now, before = four.rates.get(key), self._weeks[1].rates.get(key)
            empty = now is None or not now.denominator
            base = "" if now is None else f"{_plain(now.numerator)} / {now.denominator}"
            words, look = change_words(change(now, before))
            if empty and before is not None and before.denominator:
                # on a Monday morning the week that has ended is what one wants to know
                base_then = f"{_plain(before.numerator)} / {before.denominator}"
                words = tr("上周 {value}%（{base}）", value=before.value, base=base_then)
            shown = "—" if empty or now is None else str(now.value)
            box.show_rate(shown, tr("尚无数据") if empty else base, words, look, self._line(key))
        last = four.monday + timedelta(days=6)
        self.said.setText(
            tr(
                "{first}—{last} · 统计口径第 {n} 版",
                first=f"{four.monday:%m-%d}",
                last=f"{last:%m-%d}",
                n=four.version,
            )
        )

    def _line(self, key: str) -> list[float | None]:
        """Return the last weeks of a rate, the oldest first; nothing until all are told."""
        if len(self._weeks) < WEEKS:
            return []
        told = [self._weeks[back].rates.get(key) for back in range(WEEKS - 1, -1, -1)]
        return [None if one is None or one.value is None else float(one.value) for one in told]

    def _safe(self, found: Any) -> None:
        printed, silent, backups = found
        now = self.context.clock()
        self.bulletin.setText(
            tr("上周周报：{when} 已出", when=moment(printed, now)) if printed else tr("上周周报：还没有出")
        )
        self.stations.setVisible(silent is not None)
        if silent is not None:
            names = (", " if language() == "en" else "、").join(silent)
            self.stations.setText(
                tr("▲ 未上报站：{names}", names=names) if silent else tr("各站本周都已上报")
            )
        self.kept.setVisible(backups is not None)
        if backups is not None:
            at = backups[0].at if backups else None
            late = at is None or now - at > STALE
            words = tr("最近备份：{when}", when=moment(at, now)) if at else tr("最近备份：还没有，现在去做")
            self.kept.setText(f"▲ {words}" if late else words)

    def _door(self, key: str) -> None:
        self.context.window.open_page("rates", key=key)


def _week(scope: str, back: int, workspace: Any, _progress: Any) -> Any:
    from zq_grid import my_day

    with workspace.read() as session:
        return my_day.four(session, scope=scope, back=back)


def _kept(workspace: Any, _progress: Any) -> Any:
    """Return when last week's bulletin was printed, which stations are silent (None: of no concern), the last backup.

    There is no backup to speak of where a server keeps the store: None.
    """
    from zq_grid import keeping, my_day

    with workspace.read() as session:
        out, silent = my_day.bulletin_out(session), my_day.unreported(session)
    server = workspace.engine.dialect.name != "sqlite"
    return out, silent, None if server else keeping.backups(workspace.folder)[:1]


def change_words(points: Any) -> tuple[str, str]:
    """Return what is said of a change in percentage points (a Fraction, None for none), and its look."""
    if points is None:
        return tr("上周无可比数据"), "hint"
    tenths = round(points * 10)
    if tenths == 0:
        return tr("与上周持平"), "small"
    said = f"{abs(tenths) // 10}.{abs(tenths) % 10}"
    if tenths > 0:
        return tr("比上周 ▲ {n} 个百分点", n=said), "green"
    return tr("比上周 ▼ {n} 个百分点", n=said), "red"


def _plain(number: Any) -> str:
    """Return an exact figure without needless zeros: 41.2, 105."""
    return (
        str(number.numerator) if number.denominator == 1 else f"{float(number):.2f}".rstrip("0").rstrip(".")
    )
