"""A workbook as the library `calamine` reads it, put right where that library is wrong without a word."""

import io
from collections.abc import Callable, Iterator
from typing import IO

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from zq_grid.importing import old_excel
from zq_grid.importing.headers import recognised
from zq_grid.importing.kinds import OLE, NotRead
from zq_grid.importing.lines import LOOKED_AT
from zq_grid.importing.marks import Corners
from zq_grid.importing.table import Cell, SheetInfo, trimmed
from zq_grid.importing.zip_parts import Parts

NEW_ERROR = "Unsupported cell error"


class Sheet:
    """The rows of one sheet."""

    def __init__(self, found: CalamineSheet, old: old_excel.OldExcel | None) -> None:
        self._found = found
        self._old = old if old and old.bytes_only else None
        self.height = found.end[0] + 1 if found.end else 0  # rows down to the last one that holds anything
        self.width = found.end[1] + 1 if found.end else 0

    @property
    def name(self) -> str:
        """Its name as the file has it."""
        return self._found.name

    @property
    def merged(self) -> list[Corners] | None:
        """The merged cells, each by its first and last cell; None where the library can't tell."""
        return self._found.merged_cell_ranges

    def rows(self) -> Iterator[list[Cell]]:
        """Return the rows as cells.

        Raises:
            NotRead: while they are taken, where a text is in no encoding that we know.
        """
        rows = map(trimmed, self._found.iter_rows())
        return map(self._read, rows) if self._old else rows

    def first(self) -> list[list[Cell]]:
        """Return the first rows that hold anything, of those near the top."""
        return [row for _, row in zip(range(LOOKED_AT), self.rows(), strict=False) if row]

    def known(self) -> int:
        """Return how many different fields the best row near the top names."""
        return max(map(recognised, self.first()), default=0)

    def _read(self, row: list[Cell]) -> list[Cell]:
        assert self._old
        return [self._old.text(cell) if isinstance(cell, str) else cell for cell in row]


class Workbook:
    """The worksheets of the workbook `file`."""

    def __init__(self, file: IO[bytes]) -> None:
        self._old: old_excel.OldExcel | None = None
        self._parts: Parts | None = None
        file.seek(0)
        if file.read(len(OLE)) == OLE:
            file.seek(0)
            self._old = old_excel.look(file.read())
            self._book = _opened(io.BytesIO(self._old.content))
        else:
            file.seek(0)
            self._book = _opened(file)
            self._parts = Parts(file)
        sheets = [known for known in self._book.sheets_metadata if known.typ == SheetTypeEnum.WorkSheet]
        self._names = [known.name for known in sheets]
        self.sheets = [
            SheetInfo(self._shown(known.name), None, known.visible == SheetVisibleEnum.Visible)
            for known in sheets
        ]

    @property
    def since_1904(self) -> bool:
        """Say whether a bare number that is a day counts from 1904."""
        return bool((self._old and self._old.since_1904) or (self._parts and self._parts.since_1904))

    def sheet(self, place: int) -> Sheet:
        """Return the sheet at `place` of `sheets`."""
        name = self._names[place]
        try:
            return Sheet(self._book.get_sheet_by_name(name), self._old)
        except CalamineError as trouble:
            # One cell whose error the library doesn't know costs it the sheet.
            mended = self._parts.plain_errors() if self._parts and NEW_ERROR in str(trouble) else None
            if mended is None:
                raise
        self._book = _opened(mended)
        return Sheet(self._book.get_sheet_by_name(name), self._old)

    def check(self, place: int, hear: Callable[[bytes], None] | None = None) -> None:
        """Make sure that what was read for a sheet is what was written; `hear` is given the part of an .xlsx.

        Raises:
            NotRead: a part has changed since.
        """
        if self._parts:
            self._parts.check(self._names[place], hear)

    def _shown(self, name: str) -> str:
        try:
            return self._old.text(name) if self._old else name
        except NotRead:
            return name


def _opened(file: IO[bytes]) -> CalamineWorkbook:
    return CalamineWorkbook.from_filelike(file)
