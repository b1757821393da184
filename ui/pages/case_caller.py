"""Who called: shown for a call, which is written down, and hidden again when the case or the page is left."""

from typing import Any

from PySide6.QtCore import QObject, Signal

from ui.context import Context
from ui.pages.case_parts import Facts
from ui.pages.case_values import Case
from ui.tr import tr

CALLING = "联系诉求人"


class Caller(QObject):
    """Shows the caller among the facts of one case. `shown` when the name and the number are there to read."""

    shown = Signal()

    def __init__(self, context: Context, facts: Facts, parent: QObject) -> None:
        super().__init__(parent)
        self._context, self._facts = context, facts
        self.case: Case | None = None

    def call(self) -> None:
        """Show who called for this call at once, and write down that it was shown and why."""
        if self.case is None:
            return
        number = self.case["number"]

        def work(workspace: Any, _progress: Any) -> Any:
            from zq_grid import reveals

            with workspace.write() as session:
                return reveals.reveal(session, number, reveals.CALLER, CALLING)

        self._context.worker.act(work, self._revealed, owner=self)

    def _revealed(self, found: Any) -> None:
        if self.case is None or found.number != self.case["number"]:
            return
        self._facts.revealed = dict(found.values)
        self._facts.show_case(self.case)
        self.shown.emit()
        who = "  ".join(found.values.values())
        self._context.window.say(tr("{who}（已记录：联系诉求人）", who=who), longer=True)

    def hide(self) -> None:
        """Hide who called again."""
        if self._facts.revealed:
            self._facts.revealed = {}
            if self.case is not None:
                self._facts.show_case(self.case)
