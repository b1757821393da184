"""Icons by role: letters of the icon font that qtawesome brings, which itself would hold the window for a third of a second."""

import json
import logging
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QIconEngine, QPainter, QPainterPath, QPixmap, QRawFont

from zq_grid import resources

log = logging.getLogger(__name__)
FONT, EM = "materialdesignicons6-webfont", 1000
ROLES = {
    "my_day": "clipboard-clock-outline",
    "cases": "folder-outline",
    "new_case": "square-edit-outline",
    "import": "tray-arrow-down",
    "rates": "chart-line",
    "papers": "file-document-outline",
    "settings": "cog-outline",
    "help": "help-circle-outline",
    "search": "magnify",
    "plus": "plus",
    "close": "close",
    "phone": "phone-outline",
    "photo": "image-outline",
    "print": "printer-outline",
    "save": "content-save-outline",
    "undo": "undo-variant",
    "more": "dots-horizontal",
    "warning": "alert-outline",
    "done": "check-circle-outline",
    "duplicate": "content-duplicate",
    "left": "chevron-left",
    "right": "chevron-right",
    "export": "table-arrow-right",
    "theme": "theme-light-dark",
}


class _Letter(QIconEngine):
    """Paints one letter of the font at whatever size is asked for."""

    def __init__(self, path: QPainterPath, colour: str) -> None:
        super().__init__()
        self._path, self._colour = path, colour

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, _state: QIcon.State) -> None:
        """Paint it as large as there is room."""
        room = QRectF(rect)
        side = min(room.width(), room.height())
        ink = QColor(self._colour)
        if mode == QIcon.Mode.Disabled:
            ink.setAlphaF(ink.alphaF() * 0.4)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.translate(room.center() - QPointF(side / 2, side / 2))
        painter.scale(side / EM, side / EM)
        painter.fillPath(self._path, ink)
        painter.restore()

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        """Return it as a picture."""
        made = QPixmap(size)
        made.fill(Qt.GlobalColor.transparent)
        painter = QPainter(made)
        self.paint(painter, QRect(0, 0, size.width(), size.height()), mode, state)
        painter.end()
        return made

    def clone(self) -> QIconEngine:
        """Return another one like it."""
        return _Letter(self._path, self._colour)


@cache
def _font() -> tuple[QRawFont, dict[str, str]]:
    """Return the icon font and what its letters are called."""
    found = find_spec("qtawesome")
    folder = Path((found.submodule_search_locations or [""])[0] if found else "") / "fonts"
    raw = QRawFont(str(next(folder.glob(f"{FONT}-[0-9]*.ttf"))), EM)
    letters: dict[str, str] = json.loads(next(folder.glob(f"{FONT}-charmap-*.json")).read_text("utf-8"))
    return raw, letters


@cache
def icon(role: str, colour: str) -> QIcon:
    """Return the icon of a role in a colour ("#RRGGBB"); an empty icon where the font can't be loaded.

    Call it only when a QApplication exists.
    """
    try:
        raw, letters = _font()
        glyph = raw.glyphIndexesForString(chr(int(letters[ROLES[role]], 16)))[0]
    except (StopIteration, OSError, ValueError, KeyError, IndexError):
        log.warning("icons can't be loaded", exc_info=True)  # the words beside the icon remain
        return QIcon()
    path = raw.pathForGlyph(glyph)
    path.translate(0, raw.ascent())
    return QIcon(_Letter(path, colour))


def bundled(name: str, theme: str) -> str:
    """Return the path of a bundled picture, as a style sheet wants it."""
    return (resources.ROOT / "icons" / f"{name}-{theme}.svg").as_posix()
