"""Lights as shapes and colours: colour is never the only sign."""

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPolygonF
from PySide6.QtWidgets import QWidget

from ui.theme.tokens import LIGHTS, Tokens

SIDE = 10


def paint(painter: QPainter, where: QRectF, light: str, tokens: Tokens) -> None:
    """Paint a light: red a triangle, orange and yellow a diamond, green a disc, none a ring."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    colour = tokens.colour(LIGHTS.get(light, "ink3"))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    centre, half = where.center(), min(where.width(), where.height()) / 2
    x, y = centre.x(), centre.y()
    if light == "red":
        painter.drawPolygon(
            QPolygonF([QPointF(x, y - half), QPointF(x + half, y + half), QPointF(x - half, y + half)])
        )
    elif light in {"orange", "yellow"}:
        points = [QPointF(x, y - half), QPointF(x + half, y), QPointF(x, y + half), QPointF(x - half, y)]
        if light == "yellow":
            painter.setBrush(QColor(0, 0, 0, 0))
            pen = painter.pen()
            pen.setStyle(Qt.PenStyle.SolidLine)
            pen.setColor(colour)
            pen.setWidthF(2)
            painter.setPen(pen)
        painter.drawPolygon(QPolygonF(points))
    elif light == "green":
        painter.drawEllipse(centre, half - 0.5, half - 0.5)
    else:
        painter.setPen(colour)
        painter.setBrush(QColor(0, 0, 0, 0))
        painter.drawEllipse(centre, half - 1.5, half - 1.5)
    painter.restore()


class Light(QWidget):
    """A light beside a label."""

    def __init__(self, light: str, tokens: Tokens) -> None:
        super().__init__()
        self.light, self._tokens = light, tokens
        self.setFixedSize(QSize(SIDE + 4, SIDE + 4))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the shape."""
        paint(QPainter(self), QRectF(2, 2, SIDE, SIDE), self.light, self._tokens)
