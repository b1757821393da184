"""What stands beside the form of a new case: what saving will do, what it may repeat, canned texts, a case opened beside."""

import re
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QLabel, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from ui.context import Context
from ui.pages.new_case_beside import Beside
from ui.shown import local, moment
from ui.tr import capital, language, tr, word
from ui.widgets.basics import Card, Elided, button, clear, column, label, line, row, scrolling
from ui.widgets.flow import Flow
from ui.widgets.phrase import Phrase

SURE, LIKELY = 80, 60
CHINESE_DAYS = tuple(f"周{day}" for day in "一二三四五六日")
ENGLISH_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
WORDS = {
    "type": "该类事项由它承办",
    "neighbourhood": "由所在居村承办",
    "centre": "没有指定承办单位，由镇城运中心受理",
}


class Side(QStackedWidget):
    """Proposals, or one case beside. `tied` when somebody ties the new case to another or lets it go."""

    tied = Signal()
    phrase = Signal(str)

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self.candidates: Sequence[Any] = ()
        self.tie, self.to = "", ""
        self.after = _Part(tr("保存后"))
        self.near = _Part(tr("可能重复"), tr("边输边找，不会自动并单"))
        self.texts = _Part(tr("常用语"))
        inside = QWidget()
        inside.setProperty("role", "plain")
        inside.setLayout(column(self.after, self.near, self.texts, None, spacing=0))
        area = scrolling(inside)
        card = Card()
        card.body.addWidget(area)
        self.addWidget(card)
        self.beside: Beside | None = None
        self._promised: Any = None
        self.show_after(None)
        self.show_candidates(())

    # what saving will do ----------------------------------------------------------------------

    def show_after(self, found: Any) -> None:
        """Show unit, reason and limits (`zq_grid.proposals.Proposal`; None while no type is known)."""
        self._promised = found
        box = self.after.anew()
        if self.tie:
            box.addWidget(self._tied())
        if found is None or not (found.unit or found.promises):
            box.addWidget(
                label(tr("写下内容或选好类型，这里就显示派到哪里、什么时候到期。"), "hint", wrap=True)
            )
            return
        if found.unit:
            named = label(self._context.name("unit", found.unit), "strong", wrap=True)
            top = row(label(tr("建议派至"), "small"), named, spacing=10)
            top.setStretch(1, 1)
            box.addLayout(top)
            box.addWidget(label(tr(WORDS[found.why]), "hint", wrap=True))
        for one in found.promises:
            box.addWidget(self._promise(one))

    def _promise(self, one: Any) -> QWidget:
        from zq_grid import words

        made = QWidget()
        top = Flow(spacing=10)
        top.addWidget(label(word(words.CLOCKS, one.kind), "small"))
        top.addWidget(label(until(one.due), "strong"))
        if one.provisional:
            top.addWidget(_fixed(tr("暂定"), "chip_yellow"))
        box = column(spacing=2, margins=(0, 6, 0, 0))
        box.addLayout(top)
        box.addWidget(label(capital(re.split("： ?|: ", one.words, maxsplit=1)[-1]), "hint", wrap=True))
        made.setLayout(box)
        return made

    def _tied(self) -> QWidget:
        said = tr("保存时并入 {number}", number=self.to)
        if self.tie != "merge":
            said = tr("保存时关联 {number}", number=self.to)
        made = QFrame()
        made.setProperty("role", "warning")
        away = button("×", self.untie, look="quiet", tip=tr("不并单、不关联"))
        away.setAccessibleName(tr("不并单、不关联"))
        words = label(said, wrap=True)
        inside = row(words, away, margins=(10, 2, 2, 2))
        inside.setStretch(0, 1)
        made.setLayout(inside)
        return made

    # what it may repeat -----------------------------------------------------------------------

    def show_candidates(self, found: Sequence[Any]) -> None:
        """Show cases that may be about the same matter, the likeliest first."""
        self.candidates = found
        box = self.near.anew()
        if not found:
            box.addWidget(label(tr("没有发现可能重复的案件。"), "hint", wrap=True))
        for nth, one in enumerate(found, 1):
            if nth > 1:
                box.addWidget(line())
            box.addWidget(self._candidate(nth, one))

    def _candidate(self, nth: int, one: Any) -> QWidget:
        from zq_grid import words

        context = self._context
        look = "chip_red" if one.score >= SURE else "chip_yellow" if one.score >= LIKELY else "chip_quiet"
        opens = button(one.number, partial(self.open_beside, nth), look="link", tip=f"Ctrl+{nth}")
        stage = word(words.STAGES, one.stage)
        when = moment(one.received_at, context.clock())
        reasons = " · ".join(word(words.REPEATS, reason) for reason in one.reasons or ("several_signs",))
        made = QWidget()
        box = column(spacing=2, margins=(0, 6, 0, 6))
        top = Flow(spacing=8)
        for part in (_fixed(f"{one.score}%", look), opens, _fixed(f"Ctrl {nth}", "key")):
            top.addWidget(part)
        box.addLayout(top)
        box.addWidget(label(f"{context.name('type', one.type)} · {stage} · {when}", "hint", wrap=True))
        box.addWidget(Elided(" ".join(one.text.split()) or one.place))
        box.addWidget(label(reasons, "link", wrap=True))
        if one.joined or one.linked:
            box.addWidget(label(tr("已并单或已关联"), "hint"))
        made.setLayout(box)
        return made

    # a case beside ----------------------------------------------------------------------------

    def open_beside(self, nth: int) -> None:
        """Show a candidate whole, in place of the proposals."""
        if not 0 < nth <= len(self.candidates):
            return
        if self.beside is None:
            self.beside = Beside(self._context, self.close_beside, self.tie_to)
            self.addWidget(self.beside)
        self.beside.show_candidate(self.candidates[nth - 1])
        self.setCurrentWidget(self.beside)

    def is_beside(self) -> bool:
        """Tell whether a case is shown beside the form."""
        return self.beside is not None and self.currentWidget() is self.beside

    def close_beside(self) -> None:
        """Show the proposals again."""
        self.setCurrentIndex(0)

    def tie_to(self, how: str) -> None:
        """Tie the new case to the one beside, when it is saved: "merge" or "link"."""
        if self.beside is None or not self.is_beside() or (how == "merge" and not self.beside.can_join()):
            return
        shown = self.beside.candidate
        same = {"same_caller", "quoted_number"} & set(shown.reasons)
        self.tie = "merge" if how == "merge" else "reminder" if same else "related"
        self.to = shown.number
        self.close_beside()
        self.show_after(self._promised)
        self.tied.emit()

    def set_tie(self, tie: str, to: str) -> None:
        """Bring a tie back, as a draft kept it."""
        self.tie, self.to = tie, to
        self.show_after(self._promised)

    def untie(self) -> None:
        """Let the tie go."""
        self.set_tie("", "")
        self.tied.emit()

    # canned texts -----------------------------------------------------------------------------

    def show_phrases(self, texts: Sequence[str], take: Callable[[int], object], about: str) -> None:
        """Show canned texts; Alt and their digit take them."""
        box = self.texts.anew(about)
        if not texts:
            said = tr("这类事项还没有常用语。在内容里写好一段，按 Alt+S 存下来。")
            box.addWidget(label(said, "hint", wrap=True))
        for nth, said in enumerate(texts, 1):
            key = _fixed(f"Alt {nth}", "key")
            takes = Phrase(said, partial(take, nth), look="link")
            inside = row(key, takes, spacing=8)
            inside.setStretch(1, 1)
            box.addLayout(inside)


def _fixed(text: str, look: str) -> QLabel:
    """Return a chip or a key that is no larger than its words."""
    made = label(text, look)
    made.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
    return made


class _Part(QWidget):
    """A titled part of the side, filled anew each time."""

    def __init__(self, title: str, hint: str = "") -> None:
        super().__init__()
        self._hint = Elided(hint, "hint")
        self._inside = QVBoxLayout()
        self._inside.setContentsMargins(16, 10, 16, 12)
        self._inside.setSpacing(3)
        head = row(label(title, "strong"), self._hint, margins=(16, 10, 12, 10))
        head.setStretch(1, 1)
        whole = column(spacing=0)
        whole.addLayout(head)
        whole.addWidget(line())
        whole.addLayout(self._inside)
        whole.addWidget(line())
        self.setLayout(whole)

    def anew(self, hint: str | None = None) -> QVBoxLayout:
        """Empty the part; returns where its widgets go."""
        if hint is not None:
            self._hint.setText(hint)
        clear(self._inside)
        return self._inside


def until(due: int) -> str:
    """Return a limit in few words, with its day of the week: 11-27（周五）24:00 前."""
    there = local(due)
    clock = "24:00" if f"{there:%H:%M:%S}" == "23:59:59" else f"{there:%H:%M}"
    names = ENGLISH_DAYS if language() == "en" else CHINESE_DAYS
    return tr("{day}（{weekday}）{time} 前", day=f"{there:%m-%d}", weekday=names[there.weekday()], time=clock)
