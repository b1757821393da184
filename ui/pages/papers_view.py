"""The paper itself, as it will be printed; while it is being made, how far that is."""

from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QProgressBar, QStackedWidget, QWidget

from ui.context import Context
from ui.pages import papers_make
from ui.pages.papers_make import Made
from ui.tr import inside, language, tr
from ui.widgets.basics import Card, Empty, button, column, label, row
from ui.widgets.sheets import Sheets
from zq_grid.papers.corrected import Correction

PAPER, NOTHING, BUSY = 0, 1, 2


class View(Card):
    """Shows a paper, words, or progress. `stopped` when a person cancels."""

    stopped = Signal()

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self.made: Made | None = None
        self.body.setSpacing(0)
        self.told, self.at = label("", "quiet", wrap=True), label("", "hint")
        self.sheets = Sheets(context.tokens, self._render)
        self.sheets.setAccessibleName(tr("预览"))
        self.sheets.looked.connect(self._looked)
        smaller = button("−", lambda: self.zoom(-1), tip=f"{tr('缩小')}  -")
        larger = button("+", lambda: self.zoom(1), tip=f"{tr('放大')}  +")
        smaller.setAccessibleName(tr("缩小"))
        larger.setAccessibleName(tr("放大"))
        for one in (smaller, larger):
            one.setFixedWidth(context.tokens.size("control") + 4)
        self.size_said = label("100%", "hint")
        bar = row(self.told, self.at, smaller, self.size_said, larger, margins=(16, 8, 12, 8))
        bar.setStretch(0, 1)
        self.stack = QStackedWidget()
        self.empty = Empty("", "")
        for page in (self.sheets, self.empty, self._busy()):
            self.stack.addWidget(page)
        self.corrections = label("", "orange", wrap=True)
        self.corrections.setContentsMargins(16, 0, 16, 8)
        self.corrections.hide()
        self.body.addLayout(bar)
        self.body.addWidget(self.corrections)
        self.body.addWidget(self.stack, 1)

    def _busy(self) -> QWidget:
        self.progress = QProgressBar()
        self.progress.setTextVisible(False)
        self.progress.setFixedWidth(320)
        self.part = label("", "large")
        stop = button(f"{tr('取消')}  Esc", self.stopped.emit)
        box = column(None, self.part, self.progress, stop, None, spacing=14)
        parts: tuple[QWidget, ...] = (self.part, self.progress, stop)
        for one in parts:
            box.setAlignment(one, Qt.AlignmentFlag.AlignHCenter)
        made = QWidget()
        made.setLayout(box)
        return made

    def show_paper(self, made: Made) -> None:
        """Show a paper that is done."""
        self.made = made
        self.sheets.forget()
        self.stack.setCurrentIndex(PAPER)
        self.sheets.show_paper(made.sizes)
        told = tr("数据截至 {cut}", cut=made.cut)
        if made.code:
            told = tr("{told} · 核验码 {code}", told=told, code=made.code)
        self.told.setText(told)
        self.corrections.setText("\n".join(map(_correction, made.corrections)))
        self.corrections.setVisible(bool(made.corrections))

    def show_words(self, said: str, then: str) -> None:
        """Show why there is no paper, and what to do."""
        self.made = None
        self.corrections.hide()
        self.told.setText("")
        self.at.setText("")
        self.empty.said.setText(said)
        self.empty.next.setText(then)
        self.stack.setCurrentIndex(NOTHING)

    def show_busy(self, what: str) -> None:
        """Say that a paper is being made."""
        self.corrections.hide()
        self.part.setText(what)
        self.progress.setRange(0, 0)
        self.stack.setCurrentIndex(BUSY)

    def moved(self, done: int, total: int, _what: str) -> None:
        """Say how far it is."""
        self.progress.setRange(0, max(total, 0))
        self.progress.setValue(done)

    def zoom(self, steps: int) -> None:
        """Show the pages larger or smaller; 0 fits them to the width."""
        if steps:
            self.sheets.zoom_by(steps)
        else:
            self.sheets.set_zoom(1.0)
        self.size_said.setText(f"{self.sheets.zoom:.0%}")

    def _render(self, number: int, scale: float, then: Any) -> None:
        made = self.made
        if made is None:
            return

        def work(_workspace: Any, _progress: Any) -> Any:
            from zq_grid.papers.raster import raster

            return papers_make.image(raster(made.paper, number, scale))

        self._context.worker.ask(work, then, owner=self.sheets, rank=4)

    def _looked(self, number: int, pages: int) -> None:
        self.at.setText(tr("第 {n} 页 / 共 {pages} 页", n=number, pages=pages) if pages else "")


def _correction(one: Correction) -> str:
    """Return in words what the paper says of an earlier printing."""
    from zq_grid import words

    english = language() == "en"
    return tr("更正：{said}", said=one.english(inside(words.RATES, one.new.key)) if english else one.words)
