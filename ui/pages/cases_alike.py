"""Pairs of cases that may be about the same matter, among what came in lately: worked off one by one."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from time import monotonic
from typing import Any

from PySide6.QtCore import QTimer, Signal

from ui.context import Context
from ui.shown import number_short
from ui.tr import inside, listed, tr, word
from ui.undoing import undo_named
from ui.widgets.basics import Card, Empty, button, label, line, row
from ui.widgets.table import Column, Records, Table

DAYS = 7
# So long a stretch is looked through at once, so that nobody who reads waits for it.
SLICE = 3600
SLICES = DAYS * 24
# Before anybody looks, only the number is wanted: soon after the page is there, with pauses, and not for long.
AHEAD_MS, PAUSE_MS = 1500, 30
MOST_AHEAD, SECONDS_AHEAD = 99, 10.0


@dataclass(frozen=True)
class Suspect:
    """Two cases, the later one first."""

    number: str
    other: str
    place: str
    text: str
    score: int
    reasons: tuple[str, ...]


class Alike(Card):
    """The list of pairs. `chosen` gives the number of the later case, `counted` how many pairs and whether there are more."""

    chosen = Signal(str)
    counted = Signal(int, bool)

    def __init__(self, context: Context) -> None:
        super().__init__()
        self.context = context
        self._found: list[Suspect] = []
        self._left: list[tuple[int, int]] = []
        self._run = 0
        self.read = self._ahead = False
        self._spent = 0.0
        QTimer.singleShot(AHEAD_MS, self, self.count_ahead)
        columns = [
            Column(tr("相似"), lambda one: str(one.score), 60, right=True),
            Column(tr("案件"), lambda one: number_short(one.number), 138),
            Column(tr("可能重复"), lambda one: number_short(one.other), 138, look="accent"),
            Column(tr("为什么"), self._reasons, 170, look="ink2"),
            Column(tr("地点与内容"), lambda one: f"{one.place} {one.text}", look="ink2"),
        ]
        self.model = Records(columns)
        self.table = Table(self.model, context.tokens)
        self.table.setAccessibleName(tr("疑似重复"))
        self.table.chosen.connect(
            lambda one: self.chosen.emit(one.number if one else "") if self.isVisible() else None
        )
        self.table.opened.connect(lambda one: context.window.open_page("cases", number=one.other))
        self.state = label("", "hint")
        head = row(
            self.state,
            None,
            button(tr("并单"), self.merge, key=""),
            button(tr("不是重复"), self.distinct),
            margins=(14, 7, 10, 7),
        )
        self.empty = Empty(tr("没有疑似重复"), tr("近 {n} 天收到的案件都看过了。", n=DAYS))
        self.empty.hide()
        self.body.setSpacing(0)
        self.body.addLayout(head)
        self.body.addWidget(line())
        self.body.addWidget(self.table, 1)
        self.body.addWidget(self.empty, 1)

    def _reasons(self, one: Suspect) -> str:
        from zq_grid import words

        return listed(inside(words.REPEATS, code) for code in one.reasons) or word(
            words.REPEATS, "several_signs"
        )

    def count_ahead(self) -> None:
        """Find out how many pairs there are before anybody looks."""
        if not self.read:
            self.begin(ahead=True)

    def begin(self, *, ahead: bool = False) -> None:
        """Look through the last days, a few hours at a time, the newest first."""
        now = self.context.clock()
        self._run += 1
        self.read, self._ahead, self._spent = True, ahead, 0.0
        self._found = []
        end = now + 60
        self._left = [(end - (nth + 1) * SLICE, end - nth * SLICE) for nth in range(SLICES)]
        self._next(self._run)

    def _next(self, run: int) -> None:
        if run != self._run:
            return
        self._say()
        if not self._left or (self._ahead and self._enough):
            return
        since, until = self._left.pop(0)

        def work(workspace: Any, progress: Any) -> tuple[Sequence[Suspect], float]:
            from zq_grid import duplicates
            from zq_grid.rules.text import hide_personal

            began = monotonic()
            with workspace.read() as session:
                found = []
                for group in duplicates.groups(session, since=since, until=until, progress=progress):
                    known = {one.number: one for one in group.cases}
                    for pair in group.pairs:
                        one = known[pair.number]
                        found.append(
                            Suspect(
                                pair.number, pair.other, hide_personal(one.place), hide_personal(one.text), pair.score,
                                pair.reasons,
                            )
                        )  # fmt: skip
                return found, monotonic() - began

        def done(answer: tuple[Sequence[Suspect], float]) -> None:
            found, took = answer
            if run == self._run:
                self._spent += took
                fresh = self.model.rowCount() == 0
                self._found += found
                self._found.sort(key=lambda one: -one.score)
                self._show(keep=not fresh)
                if self._ahead:
                    QTimer.singleShot(PAUSE_MS, self, partial(self._next, run))
                else:
                    self._next(run)

        self.context.worker.ask(work, done, owner=self, rank=15 if self._ahead else 12)

    @property
    def _enough(self) -> bool:
        """Whether the number that is known will do until somebody looks."""
        return len(self._found) >= MOST_AHEAD or self._spent >= SECONDS_AHEAD

    def _show(self, *, keep: bool) -> None:
        row_ = max(0, self.table.currentIndex().row()) if keep else 0  # whoever stands on top stays there
        before = self.table.record()
        self.model.replace(list(self._found))
        if self._found and self.isVisible():
            if row_ > 0 and before in self._found:
                row_ = self._found.index(before)
            self.table.choose(min(row_, len(self._found) - 1))
        self._say()

    def _say(self) -> None:
        done = SLICES - len(self._left)
        n = len(self._found)
        self.state.setText(
            tr("近 {days} 天：{n} 对", days=DAYS, n=n)
            if not self._left
            else tr("正在查重 {part}%：{n} 对", part=done * 100 // SLICES, n=n)
        )
        over = not self._left and not self._found
        self.table.setVisible(not over)
        self.empty.setVisible(over)
        if not self._ahead or not self._left or self._enough:
            self.counted.emit(n, bool(self._left) and self._ahead)

    # settling ---------------------------------------------------------------------------------

    def merge(self) -> None:
        """Join the later case into the earlier one."""
        one = self.table.record()
        if one is not None:
            self._act(one, "merge", {"into": one.other}, tr("{a} 已并入 {b}", a=one.number, b=one.other))

    def distinct(self) -> None:
        """Say that the two are different matters; they are never proposed again."""
        one = self.table.record()
        if one is not None:
            said = tr("已确认 {a} 与 {b} 不是重复", a=one.number, b=one.other)
            self._act(one, "link", {"to": one.other, "why": "distinct"}, said)

    def _act(self, one: Suspect, kind: str, facts: dict[str, str], said: str) -> None:
        def work(workspace: Any, _progress: Any) -> Any:
            from zq_grid import together

            with workspace.write() as session:
                return together.act(session, one.number, kind, facts)

        def back(step: str) -> None:
            undo_named(self.context, [step])
            self._found.append(one)
            self._found.sort(key=lambda suspect: -suspect.score)
            self._show(keep=True)

        def done(acted: Any) -> None:
            self._found = [other for other in self._found if other != one]
            row_ = self.table.currentIndex().row()
            self._show(keep=True)
            if self._found:
                self.table.choose(min(row_, len(self._found) - 1))
            self.context.window.say(said, tr("撤销"), partial(back, acted.step.id))

        self.context.worker.act(work, done, owner=self)
