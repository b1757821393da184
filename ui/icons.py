"""Icons by role. The icon font is loaded when the first icon is painted; where it can't be, bundled pictures or none."""

import logging
from functools import cache

from PySide6.QtGui import QColor, QIcon

from zq_grid import resources

log = logging.getLogger(__name__)
ROLES = {
    "my_day": "mdi6.clipboard-clock-outline",
    "cases": "mdi6.folder-outline",
    "new_case": "mdi6.square-edit-outline",
    "import": "mdi6.tray-arrow-down",
    "rates": "mdi6.chart-line",
    "papers": "mdi6.file-document-outline",
    "settings": "mdi6.cog-outline",
    "help": "mdi6.help-circle-outline",
    "search": "mdi6.magnify",
    "plus": "mdi6.plus",
    "close": "mdi6.close",
    "phone": "mdi6.phone-outline",
    "photo": "mdi6.image-outline",
    "print": "mdi6.printer-outline",
    "save": "mdi6.content-save-outline",
    "undo": "mdi6.undo-variant",
    "more": "mdi6.dots-horizontal",
    "warning": "mdi6.alert-outline",
    "done": "mdi6.check-circle-outline",
    "duplicate": "mdi6.content-duplicate",
    "left": "mdi6.chevron-left",
    "right": "mdi6.chevron-right",
    "export": "mdi6.table-arrow-right",
    "theme": "mdi6.theme-light-dark",
}


@cache
def icon(role: str, colour: str) -> QIcon:
    """Return the icon of a role in a colour ("#RRGGBB"); an empty icon where the font can't be loaded.

    Call it only when a QApplication exists.
    """
    import qtawesome

    try:
        return QIcon(qtawesome.icon(ROLES[role], color=QColor(colour)))
    except Exception:  # some offices forbid private fonts by policy; the words beside the icon remain
        log.warning("icons can't be loaded", exc_info=True)
        return QIcon()


def bundled(name: str, theme: str) -> str:
    """Return the path of a bundled picture, as a style sheet wants it."""
    return (resources.ROOT / "icons" / f"{name}-{theme}.svg").as_posix()
