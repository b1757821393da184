"""Boxes of one width side by side; where there is no room for all, they stand in rows of the same number."""

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QWidget


class Boxes(QWidget):
    """`least` is how narrow a box may become before a row is broken, in logical pixels."""

    def __init__(self, least: int, gap: int = 14) -> None:
        super().__init__()
        self._least, self._gap, self._across = least, gap, 0
        self._boxes: list[QWidget] = []
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(gap)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def show_boxes(self, boxes: Sequence[QWidget]) -> None:
        """Show these instead of what was there."""
        for old in self._boxes:
            self._grid.removeWidget(old)
            old.hide()
            old.deleteLater()
        self._boxes = list(boxes)
        for box in self._boxes:
            # of one width, whatever each would like
            box.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._across = 0
        self._lay()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Break rows anew."""
        super().resizeEvent(event)
        self._lay()

    def minimumSizeHint(self) -> QSize:
        """Be content with one box; Qt would ask for the width of the row that stands now."""
        return QSize(self._least, super().minimumSizeHint().height())

    def _lay(self) -> None:
        count = len(self._boxes)
        most = max(1, (self.width() + self._gap) // (self._least + self._gap))
        rows = -(-count // most) if count else 0
        across = -(-count // rows) if rows else 0
        if across == self._across:
            return
        for number in range(max(self._grid.columnCount(), across)):
            self._grid.setColumnStretch(number, int(number < across))
        for nth, box in enumerate(self._boxes):
            self._grid.addWidget(box, nth // across, nth % across, Qt.AlignmentFlag.AlignTop)
            box.show()
        self._across = across
        self.updateGeometry()
