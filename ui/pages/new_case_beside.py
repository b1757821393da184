"""A case that the new one may repeat, whole beside the form: to read, and to tie the new one to it."""

from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QScrollArea, QWidget

from ui.context import Context
from ui.tr import tr
from ui.widgets.basics import Card, button, column, label, line, row


class Beside(QWidget):
    """Shows one candidate; nothing is done to it from here."""

    def __init__(self, context: Context, back: Callable[[], object], tie: Callable[[str], object]) -> None:
        super().__init__()
        from ui.pages.case_course import Course
        from ui.pages.case_parts import Clocks, Head

        self._context = context
        self.number = ""
        self.candidate: Any = None
        self._parts = (Head(context, lined=False), Clocks(context), Course(context))
        inside = QWidget()
        inside.setProperty("role", "plain")
        inside.setLayout(column(*self._parts, None, spacing=0))
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(inside)
        leave = button(f"{tr('返回')}  Esc", back, look="quiet")
        self._join = button(f"{tr('并入这件')}  Ctrl J", partial(tie, "merge"))
        linked = button(f"{tr('关联')}  Ctrl L", partial(tie, "link"))
        self._said = label("", "hint", wrap=True)
        self._said.setContentsMargins(16, 0, 16, 8)
        card = Card()
        top = row(leave, None, linked, self._join, margins=(8, 8, 12, 8))
        card.body.addLayout(top)
        card.body.addWidget(self._said)
        card.body.addWidget(line())
        card.body.addWidget(area, 1)
        self.setLayout(column(card, spacing=0))

    def show_candidate(self, candidate: Any) -> None:
        """Show a case (`zq_grid.duplicates.Candidate`), once it is read."""
        self.candidate, self.number = candidate, candidate.number
        can = self.can_join()
        self._join.setEnabled(can)
        self._said.setText("" if can else tr("这件已办结，不能并入，可以关联。"))
        self._said.setVisible(not can)
        number = candidate.number

        def work(workspace: Any, _progress: Any) -> Any:
            from ui.pages import case_read

            return case_read.read(workspace, number)

        self._context.worker.ask(work, self._show, key="new-beside", owner=self, rank=1)

    def can_join(self) -> bool:
        """Tell whether another case can be joined into this one: only while it is open."""
        from zq_grid.rules.lifecycle import OPEN

        return self.candidate is not None and self.candidate.stage in OPEN

    def _show(self, case: Any) -> None:
        if case is not None:
            for part in self._parts:
                part.show_case(case)
