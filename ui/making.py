"""Makes a store beside the window, before there is a worker that could."""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal

from zq_grid.progress import Progress


class Making(QObject):
    """Runs `making(folder, url, progress)` once on a thread of its own."""

    progressed = Signal(str)
    done = Signal()
    failed = Signal(object)

    def __init__(self, folder: Path, url: str | None, making: Any) -> None:
        super().__init__()
        self._work: Callable[[], None] = lambda: making(folder, url, Progress(self._tell))
        self._seen = ""

    def start(self) -> None:
        """Begin; `done` or `failed` follows."""
        threading.Thread(target=self._run, name="making", daemon=True).start()

    def _tell(self, done: int, total: int, what: str) -> None:
        said = f"{what} {done * 100 // total}%" if total else what
        if said != self._seen:
            self._seen = said
            self.progressed.emit(said)

    def _run(self) -> None:
        try:
            self._work()
        except BaseException as error:
            self.failed.emit(error)
        else:
            self.done.emit()
