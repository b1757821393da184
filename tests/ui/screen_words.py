"""Every word that a window shows: of widgets, lists, menus, tips, and what a screen reader says of them."""

import gc
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractItemView, QApplication, QComboBox, QHeaderView, QMenu, QWidget

CHINESE = re.compile("[\u2e80-\u9fff\uf900-\ufaff\uff01-\uff5e\u3000-\u303f]")
SAYS = ("text", "title", "toolTip", "statusTip", "placeholderText", "accessibleName", "accessibleDescription")
ROLES = (
    Qt.ItemDataRole.DisplayRole,
    Qt.ItemDataRole.ToolTipRole,
    Qt.ItemDataRole.AccessibleTextRole,
)
MOST_ROWS = 200


def words_shown(but: Callable[[QWidget], bool] = lambda _widget: False) -> list[tuple[str, str]]:
    """Return (what says it, its words) for everything visible in all windows of the program, but for some widgets."""
    with _nothing_collected():
        return [
            (type(widget).__name__, said)
            for widget in QApplication.allWidgets()
            if widget.isVisible() and not but(widget) and not isinstance(widget, QHeaderView)
            for said in _words_of(widget)
            if said
        ]


@contextmanager
def _nothing_collected() -> Iterator[None]:
    """Keep the collector away while all widgets are in hand: with one it took away go children that we still hold."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _words_of(widget: QWidget) -> Iterator[str]:
    for name in SAYS:
        asked = getattr(widget, name, None)
        said = asked() if callable(asked) else None
        if isinstance(said, str):
            yield said
    if hasattr(widget, "toPlainText"):
        yield widget.toPlainText()
    if isinstance(widget, QComboBox):
        yield from (widget.itemText(nth) for nth in range(widget.count()))
    if isinstance(widget, QMenu):
        yield from (action.text() for action in widget.actions())
    if isinstance(widget, QAbstractItemView):
        yield from _words_of_list(widget)


def _words_of_list(view: QAbstractItemView) -> Iterator[str]:
    model: Any = view.model()
    if model is None:
        return
    columns = range(model.columnCount())
    for column in columns:
        yield str(model.headerData(column, Qt.Orientation.Horizontal, Qt.ItemDataRole.DisplayRole) or "")
    for row in range(min(model.rowCount(), MOST_ROWS)):
        for column in columns:
            yield from (str(model.index(row, column).data(role) or "") for role in ROLES)


def chinese_shown(but: Callable[[QWidget], bool] = lambda _widget: False) -> set[tuple[str, str]]:
    """Return what of it has Chinese characters or signs."""
    return {(who, said) for who, said in words_shown(but) if CHINESE.search(said)}
