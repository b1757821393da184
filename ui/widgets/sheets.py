"""A finished paper on the screen: its pages below each other, as sharp as the screen is, rendered as they come into view."""

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QImage, QKeyEvent, QPainter, QPaintEvent, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QAbstractScrollArea, QFrame

from ui.theme.tokens import Tokens

GAP = 14
ZOOMS = (0.5, 0.67, 0.8, 1.0, 1.25, 1.5, 2.0, 3.0)
KEPT = 12
Rendered = Callable[[QImage], None]
Render = Callable[[int, float, Rendered], None]


class Sheets(QAbstractScrollArea):
    """Pages of one paper. `render(number, pixels a point, then)` makes the picture of a page beside the window.

    `zoom` is relative to the width of the view: at 1 a page fills it. `looked` tells the page at the top.
    """

    looked = Signal(int, int)

    def __init__(self, tokens: Tokens, render: Render) -> None:
        super().__init__()
        self._tokens, self._render = tokens, render
        self._sizes: Sequence[tuple[float, float]] = ()
        self._paper = 0  # answers for an older paper are dropped
        self._asked: set[tuple[int, float]] = set()
        self._pictures: dict[int, tuple[float, QImage]] = {}
        self.zoom = 1.0
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(QSize(240, 200))
        self.verticalScrollBar().valueChanged.connect(lambda _at: self._tell())

    def show_paper(self, sizes: Sequence[tuple[float, float]]) -> None:
        """Show another paper, its pages in points; a paper of as many pages stays where one was reading."""
        same = len(sizes) == len(self._sizes)
        self._sizes = sizes
        self._paper += 1
        self._asked.clear()
        if not same:
            self._pictures.clear()
            self.verticalScrollBar().setValue(0)
        self._measure()
        self._tell()
        self.viewport().update()

    def pages(self) -> int:
        """Return how many pages there are."""
        return len(self._sizes)

    def rendered(self, number: int) -> bool:
        """Tell whether a page is shown as sharp as the screen is."""
        found = self._pictures.get(number)
        return found is not None and abs(found[0] - self._sharp()) < 0.01

    def set_zoom(self, zoom: float) -> None:
        """Show pages larger or smaller; what is in the middle stays there."""
        bar = self.verticalScrollBar()
        before = (bar.value() + self.viewport().height() / 2) / max(1.0, self._height())
        self.zoom = min(max(zoom, ZOOMS[0]), ZOOMS[-1])
        self._measure()
        bar.setValue(round(before * self._height() - self.viewport().height() / 2))
        across = self.horizontalScrollBar()
        across.setValue(across.maximum() // 2)
        self.viewport().update()

    def zoom_by(self, steps: int) -> None:
        """Go to the next larger or smaller size."""
        if steps > 0:
            self.set_zoom(next((one for one in ZOOMS if one > self.zoom + 0.01), ZOOMS[-1]))
        else:
            self.set_zoom(next((one for one in reversed(ZOOMS) if one < self.zoom - 0.01), ZOOMS[0]))

    # measures ---------------------------------------------------------------------------------

    def _scale(self) -> float:
        """Return logical pixels a point."""
        widest = max((width for width, _height in self._sizes), default=595.0)
        return max(0.2, (self.viewport().width() - 2 * GAP) / widest * self.zoom)

    def _sharp(self) -> float:
        return round(self._scale() * self.devicePixelRatioF(), 3)

    def _tops(self) -> list[float]:
        tops, y, scale = [], float(GAP), self._scale()
        for _width, height in self._sizes:
            tops.append(y)
            y += height * scale + GAP
        return [*tops, y]

    def _height(self) -> float:
        return self._tops()[-1]

    def _measure(self) -> None:
        scale = self._scale()
        width = max((one for one, _height in self._sizes), default=0) * scale + 2 * GAP
        down, across = self.verticalScrollBar(), self.horizontalScrollBar()
        down.setRange(0, max(0, round(self._height()) - self.viewport().height()))
        down.setPageStep(max(1, self.viewport().height() - 40))
        down.setSingleStep(60)
        across.setRange(0, max(0, round(width) - self.viewport().width()))
        across.setPageStep(self.viewport().width())

    def _tell(self) -> None:
        middle = self.verticalScrollBar().value() + self.viewport().height() / 2
        tops = self._tops()
        number = sum(top <= middle for top in tops[:-1])
        self.looked.emit(max(1, number) if self._sizes else 0, len(self._sizes))

    # painting ---------------------------------------------------------------------------------

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the pages in view; those not rendered yet are white sheets for a moment."""
        painter = QPainter(self.viewport())
        painter.fillRect(self.viewport().rect(), self._tokens.colour("sunken"))
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        scale, tops = self._scale(), self._tops()
        top, left = self.verticalScrollBar().value(), self.horizontalScrollBar().value()
        for number, (width, height) in enumerate(self._sizes):
            wide = width * scale
            x = max(float(GAP), (self.viewport().width() - wide) / 2) - left
            box = QRectF(x, tops[number] - top, wide, height * scale)
            if box.bottom() < 0 or box.top() > self.viewport().height():
                continue
            self._page(painter, number, box)
            painter.setPen(self._tokens.colour("line"))
            painter.drawRect(box)

    def _page(self, painter: QPainter, number: int, box: QRectF) -> None:
        sharp = self._sharp()
        found = self._pictures.get(number)
        if found is None:
            painter.fillRect(box, Qt.GlobalColor.white)  # paper is white in every theme
        elif abs(found[0] - sharp) < 0.01:
            ratio = self.devicePixelRatioF()
            found[1].setDevicePixelRatio(ratio)
            painter.drawImage(
                QPointF(round(box.x() * ratio) / ratio, round(box.y() * ratio) / ratio), found[1]
            )
        else:
            painter.drawImage(box, found[1], QRectF(found[1].rect()))
        if (found is None or abs(found[0] - sharp) >= 0.01) and (number, sharp) not in self._asked:
            self._asked.add((number, sharp))
            self._render(number, sharp, partial(self._put, self._paper, number, sharp))

    def _put(self, paper: int, number: int, sharp: float, picture: QImage) -> None:
        self._asked.discard((number, sharp))
        if paper != self._paper:
            return
        self._pictures.pop(number, None)
        self._pictures[number] = (sharp, picture)
        while len(self._pictures) > KEPT:
            self._pictures.pop(next(iter(self._pictures)))
        self.viewport().update()

    def forget(self) -> None:
        """Let all pictures go: the paper has changed."""
        self._pictures.clear()

    # moving -----------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the pages to the new width."""
        super().resizeEvent(event)
        self._measure()
        self._tell()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Ctrl and the wheel make pages larger or smaller."""
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.zoom_by(1 if event.angleDelta().y() > 0 else -1)
        else:
            super().wheelEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Home and End go to the first and last page; other keys as everywhere."""
        bar = self.verticalScrollBar()
        moves = {Qt.Key.Key_Home: 0, Qt.Key.Key_End: bar.maximum()}
        if Qt.Key(event.key()) in moves and not event.modifiers():
            bar.setValue(moves[Qt.Key(event.key())])
        elif event.key() == Qt.Key.Key_Space:
            bar.setValue(bar.value() + bar.pageStep())
        else:
            super().keyPressEvent(event)
