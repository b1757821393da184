"""Keeps what is typed of a new case: a moment after a change, when the focus moves, when the page or window is left."""

from collections.abc import Callable, Mapping
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from ui.context import Context

DRAFT_MS = 250


class Draft(QObject):
    """Writes `values()` beside the window when they changed. `kept` with what was written."""

    kept = Signal(object)

    def __init__(self, context: Context, values: Callable[[], dict[str, Any]], parent: QObject) -> None:
        super().__init__(parent)
        self._context, self._values = context, values
        self._last: Mapping[str, Any] = {}
        self.held = False  # while a case is being saved, or before the draft was read, nothing is written
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(DRAFT_MS)
        self._timer.timeout.connect(self.keep)

    def touch(self) -> None:
        """Keep soon; a timer that runs isn't begun anew, so that steady typing is kept too."""
        if not self._timer.isActive():
            self._timer.start()

    def is_due(self) -> bool:
        """Tell whether something waits to be kept."""
        return self._timer.isActive()

    def was(self, values: Mapping[str, Any]) -> None:
        """Note what the store holds already."""
        self._timer.stop()
        self._last = dict(values)

    def keep(self, *, sure: bool = False) -> None:
        """Keep what is typed, if it changed; `sure`: even though the window closes."""
        self._timer.stop()
        values = self._values()
        if self.held or values == self._last:
            return
        self._last = values

        def work(workspace: Any, _progress: Any) -> None:
            from zq_grid import drafts

            with workspace.write() as session:
                drafts.keep(session, values)

        self._context.worker.act(
            work,
            lambda _none: self.kept.emit(values),
            failed=self._failed,
            key="new-draft",
            owner=self,
            sure=sure,
        )

    def _failed(self, error: BaseException) -> None:
        """Say it, and try again with the next change."""
        self._last = {"": "not kept"}
        self._context.window.refused(error)
