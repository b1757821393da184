"""What the process that reads a stranger's file writes to the one that started it: rows, and when they end."""

import json
from typing import IO

from zq_grid.importing.kinds import NotRead
from zq_grid.importing.table import Cell, Limits, dump

MOST_EMPTY = 2_000_000  # empty rows after another; a workbook has at most 1,048,576
LOOKED_AT = 30  # rows in which a header is looked for
ENOUGH = 2  # known headers that make a row of headers


class Out:
    """Writes rows and counts them; empty ones wait until it is known that they are not at the end."""

    def __init__(self, to: IO[bytes], limits: Limits) -> None:
        self._to = to
        self.limits = limits
        self._waiting = 0
        self.filled = 0
        self.ended = False

    def row(self, cells: list[Cell]) -> None:
        """Write one row.

        Raises:
            NotRead: there are more rows or columns than allowed.
        """
        if not cells:
            self.empty(1)
            return
        self.filled += 1
        if self.filled > self.limits.rows:
            raise NotRead("file_too_big", what=f"超过 {self.limits.rows} 行")
        if len(cells) > self.limits.columns:
            raise NotRead("file_too_big", what=f"超过 {self.limits.columns} 列")
        if self._waiting:
            self.say(skip=self._waiting)
            self._waiting = 0
        self._to.write(dump(cells))

    def empty(self, rows: int) -> None:
        """Write so many empty rows.

        Raises:
            NotRead: too many follow one another.
        """
        self._waiting += rows
        if self._waiting > MOST_EMPTY:
            raise NotRead("file_too_big", what=f"超过 {MOST_EMPTY} 个空行")

    def write(self, lines: bytes) -> None:
        """Write what another `Out` made of rows."""
        self._to.write(lines)

    def say(self, **what: object) -> None:
        """Write a line that is no row."""
        self._to.write(json.dumps(what).encode("ascii") + b"\n")

    def end(self, **what: object) -> None:
        """Say that all rows are written, so that it is heard whatever happens to this process afterwards."""
        self.say(**what)
        self._to.flush()
        self.ended = True
