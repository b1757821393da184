"""Pages are built a piece at each turn of the event loop: the one that is waited for at once, the others in quiet moments."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtGui import QWindow

from ui.page import Page
from ui.worker import Worker

if TYPE_CHECKING:
    from ui.shell import Shell

QUIET_MS = 300  # nobody has typed or clicked for so long, and nothing is being read
TURN_MS = 15
HANDS = frozenset(
    {QEvent.Type.KeyPress, QEvent.Type.MouseButtonPress, QEvent.Type.Wheel, QEvent.Type.InputMethod}
)


class Growing(QObject):
    """Builds pages so that the window never waits for one."""

    def __init__(self, shell: "Shell", worker: Worker) -> None:
        super().__init__(shell)
        self._shell, self._worker = shell, worker
        self._waited: Page | None = None
        self._arrives: Callable[[], object] | None = None
        self._watched: QWindow | None = None
        self._turn = QTimer(self)
        self._turn.setSingleShot(True)
        self._turn.timeout.connect(self._build)

    @property
    def waits(self) -> bool:
        """Whether somebody waits for a page."""
        return self._waited is not None

    @property
    def works_ahead(self) -> bool:
        """Whether pages that nobody has opened yet are still to be built."""
        return self._watched is not None

    def bring(self, page: Page, arrives: Callable[[], object]) -> None:
        """Build a page that somebody waits for, then call `arrives`; a page asked for before is waited for no more."""
        self._waited, self._arrives = page, arrives
        self._turn.start(0)

    def let_go(self) -> None:
        """Wait for no page any more."""
        self._waited = self._arrives = None

    def ahead(self) -> None:
        """Build all pages in quiet moments."""
        self._watched = self._shell.windowHandle()
        if self._watched is not None:
            self._watched.installEventFilter(self)
            self._turn.start(QUIET_MS)

    def stop(self) -> None:
        """Build nothing more."""
        self._turn.stop()
        self.let_go()
        if self._watched is not None:
            self._watched.removeEventFilter(self)
            self._watched = None

    def _build(self) -> None:
        if self._waited is not None and self._arrives is not None:
            if self._waited.grow():
                arrives = self._arrives
                self.let_go()
                arrives()
            self._turn.start(0 if self.waits else QUIET_MS)
        elif self._watched is not None:
            self._build_ahead()

    def _build_ahead(self) -> None:
        from ui.shell import PAGES

        if not self._worker.idle():
            self._turn.start(QUIET_MS)
            return
        for name, _where, _words, _key in PAGES:
            page = self._shell.place(name)
            if not page.built:
                page.grow()
                self._turn.start(TURN_MS)
                return
        self.stop()

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Wait while hands are at work."""
        if event.type() in HANDS and self._waited is None:
            self._turn.start(QUIET_MS)
        return False
