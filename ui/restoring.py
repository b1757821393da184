"""Putting a backup in the place of the store: the window lets go of the store, waits beside it, and opens it again."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from ui.making import Making
from ui.tr import tr
from ui.widgets.basics import Card, column, label, row

if TYPE_CHECKING:
    from ui.app import Program


class Restoring(QWidget):
    """Stands in the pages' place while the backup is checked and put in place."""

    def __init__(self, program: "Program", source: Path) -> None:
        super().__init__()
        self._program = program
        self.setProperty("role", "page")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        card = Card(padded=True)
        card.setFixedWidth(560)
        card.body.addWidget(label(tr("正在恢复…"), "title"))
        card.body.addWidget(
            label(tr("先核对备份，再换上；不成的话，现在的数据原样不动。"), "quiet", wrap=True)
        )
        whole = column(None)
        whole.addLayout(row(None, card, None))
        whole.addStretch(2)
        self.setLayout(whole)
        self._making = Making(program.folder, program.url, partial(_restore, source, program.clock))
        self._making.done.connect(self._done)
        self._making.failed.connect(self._failed)

    @classmethod
    def begin(cls, program: "Program", source: Path) -> None:
        """Close the store, show the page, and work."""
        shell = program.shell
        if not shell.may_leave():
            return
        made = cls(program, source)
        shell.stack.addWidget(made)
        shell.stack.setCurrentWidget(made)
        for one in [*shell.nav.values(), shell.search, shell.new, shell.who]:
            one.setEnabled(False)
        program.let_go()
        made._making.start()

    def _done(self) -> None:
        self._program.say_first = tr("已恢复。原来的数据另存在数据文件夹里。")
        self._program.reopen()

    def _failed(self, error: BaseException) -> None:
        program = self._program
        program.reopen()
        program.shell.refused(error)


def _restore(source: Path, clock: Any, folder: Path, url: str | None, _progress: Any) -> None:
    from zq_grid import keeping

    keeping.restore(folder, source, clock=clock, url=url)
