"""A list of a million rows of which only what is looked at is loaded: blocks of rows, asked for as they come into view."""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import QModelIndex, QTimer

from ui.widgets.table import Column, Index, Records

BLOCK = 100
KEPT = 60
Ask = Callable[[int, int, Callable[[Sequence[Any]], None]], None]


class Windowed(Records):
    """Rows by number; `ask(first, count, then)` fetches a block beside the window and calls `then` with its rows."""

    def __init__(self, columns: Sequence[Column], ask: Ask) -> None:
        super().__init__(columns)
        self._ask = ask
        self._total = 0
        self._blocks: OrderedDict[int, Sequence[Any]] = OrderedDict()
        self._asked: set[int] = set()
        self._wanted: set[int] = set()
        self._time = 0  # answers to questions about an older list are dropped
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(0)
        self._soon.timeout.connect(self._fetch)

    def begin(self, total: int, first: Sequence[Any]) -> None:
        """Show another list: how many rows it has (so far known), and its first ones."""
        self.beginResetModel()
        self._time += 1
        self._total = max(total, len(first))
        self._blocks.clear()
        self._asked.clear()
        self._wanted.clear()
        for start in range(0, len(first), BLOCK):
            part = first[start : start + BLOCK]
            if len(part) == BLOCK or start + len(part) >= self._total:
                self._blocks[start // BLOCK] = part
        if first and not self._blocks:
            self._blocks[0] = first
            self._asked.discard(0)
        self.endResetModel()

    def set_total(self, total: int) -> None:
        """Correct how many rows there are, when the exact count follows."""
        if total > self._total:
            self.beginInsertRows(QModelIndex(), self._total, total - 1)
            self._total = total
            self.endInsertRows()
        elif total < self._total:
            self.beginRemoveRows(QModelIndex(), total, self._total - 1)
            self._total = total
            self.endRemoveRows()

    def refresh(self, first: int, rows: Sequence[Any]) -> None:
        """Replace the block that begins at `first` without moving anything."""
        self._blocks[first // BLOCK] = rows
        self._changed(first // BLOCK)

    def forget(self) -> None:
        """Ask anew for whatever comes into view; what is shown stays until the answer."""
        self._time += 1
        self._asked.clear()
        shown = list(self._blocks)[-3:]
        self._wanted.update(shown)
        for number in [number for number in self._blocks if number not in shown]:
            del self._blocks[number]
        self._soon.start()

    def waits(self) -> bool:
        """Tell whether rows that are in view are still being read."""
        return self._soon.isActive() or bool(self._asked)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 (Qt's own default)
        """Return how many rows there are."""
        return 0 if parent.isValid() else self._total

    def record(self, number: int) -> Any:
        """Return a row if it is loaded; else None, and it is asked for."""
        if not 0 <= number < self._total:
            return None
        block, place = divmod(number, BLOCK)
        rows = self._blocks.get(block)
        if rows is not None and place < len(rows):
            self._blocks.move_to_end(block)
            return rows[place]
        if block not in self._asked:
            self._wanted.add(block)
            if not self._soon.isActive():
                self._soon.start()
        return None

    def _fetch(self) -> None:
        # while scrolling fast only the last few blocks matter
        for block in sorted(self._wanted)[-4:]:
            self._asked.add(block)
            time = self._time
            self._ask(block * BLOCK, BLOCK, partial(self._put, block, time))
        self._wanted.clear()

    def _put(self, block: int, time: int, rows: Sequence[Any]) -> None:
        self._asked.discard(block)
        if time != self._time:
            return
        self._blocks[block] = rows
        self._blocks.move_to_end(block)
        while len(self._blocks) > KEPT:
            self._blocks.popitem(last=False)
        self._changed(block)

    def _changed(self, block: int) -> None:
        last = min(self._total, (block + 1) * BLOCK) - 1
        if last >= block * BLOCK:
            self.dataChanged.emit(self.index(block * BLOCK, 0), self.index(last, len(self.columns) - 1))
