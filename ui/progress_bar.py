"""Long work shows itself after half a second: what, how far, and a way to stop it."""

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QFrame, QProgressBar, QWidget

from ui.theme.tokens import Tokens
from ui.tr import language, tr
from ui.widgets.basics import button, column, label, row
from ui.worker import Job
from zq_grid.value_words import working


class Running(QFrame):
    """A small card at the right foot of the window while a job runs."""

    def __init__(self, window: QWidget, _tokens: Tokens) -> None:
        super().__init__(window)
        self.setProperty("role", "card")
        self.setFixedWidth(340)
        self.title, self.part = label("", "strong"), label("", "hint")
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.stop = button(tr("取消"), self._cancel, look="quiet")
        box = column(spacing=6, margins=(14, 10, 10, 12))
        self.setLayout(box)
        box.addLayout(row(self.title, None, self.stop))
        box.addWidget(self.bar)
        box.addWidget(self.part)
        self._job: Job | None = None
        window.installEventFilter(self)
        self.hide()

    def show_job(self, job: Job) -> None:
        """Follow a job until it ends."""
        self._job = job
        self.title.setText(job.title)
        self.part.setText(tr("正在进行…"))
        self.bar.setRange(0, 0)
        self.stop.setEnabled(True)
        job.progressed.connect(self._moved)
        job.ended.connect(self._ended)
        if job.last is not None:
            self._moved(*job.last)
        self.adjustSize()
        self._place()
        self.show()
        self.raise_()

    def _moved(self, done: int, total: int, what: str) -> None:
        what = working(what, language())
        self.bar.setRange(0, max(total, 0))
        self.bar.setValue(done)
        self.part.setText(f"{what} {done:,} / {total:,}" if total else what)

    def _ended(self) -> None:
        if self.sender() is self._job:
            self._job = None
            self.hide()

    def _cancel(self) -> None:
        if self._job is not None:
            self.stop.setEnabled(False)
            self.part.setText(tr("正在停下，已写的会撤回…"))
            self._job.cancel()

    def _place(self) -> None:
        window = self.parentWidget()
        if window is not None:
            self.move(window.width() - self.width() - 20, window.height() - self.height() - 20)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Stay in the corner."""
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self._place()
        return False
