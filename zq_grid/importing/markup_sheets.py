"""The tables of one page or XML file as sheets: counted, one of them chosen, and the chosen one handed on.

Which table is wanted is known only when it was read to its end (a later mark may hide it), so rows wait
packed, which takes a tenth of their room.
"""

import time
import zlib
from typing import BinaryIO, cast

from zq_grid.importing.headers import recognised
from zq_grid.importing.kinds import NotRead
from zq_grid.importing.lines import ENOUGH, LOOKED_AT, Out
from zq_grid.importing.table import Cell, Limits, SheetInfo

MOST_SHEETS = 1_000
MOST_MERGED = 100_000
LONGEST_NAME = 100
PIECE = 1 << 16
LOOK_ROUND = 3.0  # seconds after which no further table is looked into


class Packed:
    """Takes bytes as a file does and keeps them small."""

    def __init__(self) -> None:
        self._packer: zlib._Compress | None = None
        self._pieces: list[bytes] = []
        self._waiting: list[bytes] = []
        self._size = 0

    def write(self, content: bytes) -> None:
        """Take `content`."""
        self._waiting.append(content)
        self._size += len(content)
        if self._size > PIECE:
            self._pack()

    def _pack(self) -> "zlib._Compress":
        self._packer = self._packer or zlib.compressobj(1)  # takes room: not for every empty table
        self._pieces.append(self._packer.compress(b"".join(self._waiting)))
        self._waiting.clear()
        self._size = 0
        return self._packer

    def pour(self, out: Out) -> None:
        """Write all that was taken to `out`; nothing more can be taken afterwards."""
        self._pieces.append(self._pack().flush())
        unpacker = zlib.decompressobj()
        for place, piece in enumerate(self._pieces):
            self._pieces[place] = b""
            rest = piece
            while rest:
                out.write(unpacker.decompress(rest, PIECE))
                rest = unpacker.unconsumed_tail
        out.write(unpacker.flush())


class Sheet:
    """One table while it is read."""

    def __init__(self, limits: Limits, *, keep: bool) -> None:
        self.limits = limits
        self.height = 0  # rows down to the last that holds anything
        self.width = 0
        self.filled = 0  # rows that hold anything
        self.known = 0
        self.merged: list[list[int]] = []  # first row, column and last row of cells that reach down, from 0
        self._next = 0  # the row that comes, from 0
        self._packed = Packed() if keep else None
        self._out = Out(cast(BinaryIO, self._packed), limits) if keep else None

    def reaches_down(self, column: int, rows: int) -> list[int] | None:
        """Take in that a cell of the row that comes covers the next `rows` too; return what is kept of it."""
        if self._out is None or rows < 1 or len(self.merged) >= MOST_MERGED:
            return None
        self.merged.append([self._next, column, self._next + rows])
        return self.merged[-1]

    def row(self, cells: list[Cell]) -> None:
        """Take one row, without empty cells at its end.

        Raises:
            NotRead: there are more rows or columns than allowed.
        """
        self._next += 1
        if self._out:
            self._out.row(cells)
        if not cells:
            return
        if self._next <= LOOKED_AT:
            self.known = max(self.known, recognised(cells))
        self.filled += 1
        self.height = self._next
        self.width = max(self.width, len(cells))

    def skip(self, rows: int) -> None:
        """Take so many empty rows.

        Raises:
            NotRead: they are too many.
        """
        self._next += rows
        if self._out:
            self._out.empty(rows)

    def pour(self, out: Out) -> None:
        """Hand the rows on."""
        if self._packed and self._out:
            out.filled += self._out.filled
            self._packed.pour(out)

    def forget(self) -> None:
        """Let go of the rows."""
        self._packed = self._out = None


class Sheets:
    """All tables of a file: the wanted one, else the first with headers that we know, else the first at all."""

    def __init__(self, out: Out, wanted: str | None) -> None:
        self._out = out
        self._wanted = wanted
        self._infos: list[SheetInfo] = []
        self._names: set[str] = set()
        self._fallback: tuple[str, Sheet] | None = None
        self._chosen: str | None = None
        self._chosen_at = 0.0

    def __len__(self) -> int:
        return len(self._infos)

    @property
    def enough(self) -> bool:
        """Say whether to stop: what the other tables hold is good to know, but no one should wait for it."""
        return self._chosen is not None and time.monotonic() - self._chosen_at > LOOK_ROUND

    def new(self) -> Sheet:
        """Return a sheet to be filled."""
        return Sheet(self._out.limits, keep=self._chosen is None)

    def close(self, sheet: Sheet, name: str, *, visible: bool = True) -> None:
        """Take in that `sheet` is read; `name` may be "" for none."""
        if len(self._infos) >= MOST_SHEETS:
            raise NotRead("file_too_big", what=f"超过 {MOST_SHEETS} 个表")
        name = self._free(name)
        self._infos.append(SheetInfo(name, sheet.height, visible, sheet.known))
        if self._chosen is not None:
            sheet.forget()
            return
        if name == self._wanted if self._wanted is not None else visible and sheet.known >= ENOUGH:
            self._choose(name, sheet)
        elif self._wanted is None and visible and sheet.filled and self._fallback is None:
            self._fallback = (name, sheet)
        else:
            sheet.forget()

    def end(self) -> None:
        """Say what was read, once the file is read to its end.

        Raises:
            NotRead: the wanted sheet isn't there, or no visible sheet holds anything.
        """
        if self._chosen is None:
            if self._wanted is not None:
                known = "、".join(info.name for info in self._infos)[:200]
                raise NotRead("file_sheet_unknown", sheet=self._wanted, sheets=known)
            if self._fallback is None:
                raise NotRead("file_empty")
            self._choose(*self._fallback)
        self._out.end(name=self._chosen, sheets=tuple(self._infos))

    def _choose(self, name: str, sheet: Sheet) -> None:
        """Hand `sheet` on and say the end: whatever is wrong further down no longer counts."""
        if not sheet.filled:
            raise NotRead("file_empty")
        self._chosen, self._fallback, self._chosen_at = name, None, time.monotonic()
        sheet.pour(self._out)
        self._out.end(name=name, sheets=tuple(self._infos))
        if sheet.merged:
            self._out.say(merged=sheet.merged)

    def _free(self, name: str) -> str:
        name = " ".join(name.split())[:LONGEST_NAME] or f"表{len(self._infos) + 1}"
        free, turn = name, 1
        while free in self._names:
            turn += 1
            free = f"{name}（{turn}）"
        self._names.add(free)
        return free
