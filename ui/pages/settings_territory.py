"""Settings: the territory as a tree; the chosen place as a form."""

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractItemView, QTreeWidget, QTreeWidgetItem

from ui.pages.settings_entries import Entries
from ui.tr import tr
from ui.widgets.basics import Card, row
from ui.widgets.lines import Line

WORDS: dict[str, str] = {
    "area": "片区",
    "neighbourhood": "居村",
    "grid": "网格",
    "estate": "小区",
    "street": "道路",
}
ENTRY = int(Qt.ItemDataRole.UserRole)


class Territory(Entries):
    """Area › neighbourhood › grid › micro-grid, with estates; streets stand by themselves."""

    kinds = ("area", "neighbourhood", "grid", "estate", "street")
    adds = ""

    def build(self) -> None:
        """Put a tree in the place of the list."""
        super().build()
        self.tree = QTreeWidget()
        self.tree.setHeaderHidden(True)
        self.tree.setUniformRowHeights(True)
        self.tree.setAccessibleName(tr("区域与地名"))
        self.tree.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.tree.currentItemChanged.connect(lambda now, _old: self._chosen_item(now))
        self.search = Line()
        self.search.setPlaceholderText(tr("找片区、居村、网格、小区、道路"))
        self.search.textChanged.connect(self._narrow)
        self.search.entered.connect(self.tree.setFocus)
        card = self.table.parentWidget()
        assert isinstance(card, Card)
        self.table.hide()
        card.body.insertLayout(0, row(self.search, margins=(10, 10, 10, 6)))
        card.body.insertWidget(1, self.tree, 1)

    def width_of_list(self) -> int:
        """A tree needs more room than a list."""
        return 310

    def _show(self, found: list[Any]) -> None:
        if self.keep.isEnabled():
            return
        self._rows = {(kind, code): (kind, code, name, entry) for kind, code, name, entry in found}
        chosen = self._chosen if self._chosen in self._rows else found[0][:2] if found else ("", "")
        open_before = self._opened()
        self.tree.blockSignals(True)
        self.tree.clear()
        self._items: dict[tuple[str, str], QTreeWidgetItem] = {}
        self._grow()
        for key, item in self._items.items():
            item.setExpanded(key[0] == "area" if not open_before else key in open_before)
        self.tree.blockSignals(False)
        if chosen in self._items:
            self.tree.setCurrentItem(self._items[chosen])
        self._narrow(self.search.text())

    def _opened(self) -> set[tuple[str, str]]:
        items = getattr(self, "_items", {})
        return {key for key, item in items.items() if item.isExpanded()}

    def _grow(self) -> None:
        above = {"neighbourhood": "area", "grid": "neighbourhood", "estate": "neighbourhood"}
        other = QTreeWidgetItem([tr("道路")])
        for (kind, code), (_kind, _code, name, entry) in self._rows.items():
            words = name if kind in {"neighbourhood", "area"} else f"{tr(WORDS[kind])}  {name}"
            item = QTreeWidgetItem([words])
            item.setData(0, ENTRY, (kind, code))
            self._items[kind, code] = item
            parent = self._items.get((above.get(kind, ""), str(entry.get(above.get(kind, ""), ""))))
            if kind == "street":
                other.addChild(item)
            elif parent is not None:
                parent.addChild(item)
            else:
                self.tree.addTopLevelItem(item)
            for micro in entry.get("micro_grids", ()) if kind == "grid" else ():
                below = QTreeWidgetItem([str(micro.get("name", ""))])
                below.setData(0, ENTRY, (kind, code))
                item.addChild(below)
        self.tree.addTopLevelItem(other)

    def _chosen_item(self, item: QTreeWidgetItem | None) -> None:
        key = item.data(0, ENTRY) if item is not None else None
        if key is not None:
            self._choose(self._rows.get(tuple(key)))

    def _narrow(self, said: str) -> None:
        wanted = said.strip().lower()
        for number in range(self.tree.topLevelItemCount()):
            item = self.tree.topLevelItem(number)
            if item is not None:
                self._shown(item, wanted)

    def _shown(self, item: QTreeWidgetItem | None, wanted: str) -> bool:
        """Hide what neither has the words nor anything below it that has them."""
        if item is None:
            return False
        key = item.data(0, ENTRY)
        known: Mapping[str, Any] = self._rows[tuple(key)][3] if key else {}
        told = f"{item.text(0)} {known.get('code', '')} {' '.join(known.get('aliases', ()))}".lower()
        own = not wanted or wanted in told
        below = [
            self._shown(item.child(nth), "" if own and wanted else wanted) for nth in range(item.childCount())
        ]
        item.setHidden(not (own or any(below)))
        if wanted and any(below) and not own:
            item.setExpanded(True)
        return own or any(below)

    def begin(self) -> None:
        """Begin in the tree."""
        self.tree.setFocus()
