"""Writes tables as .xlsx or .csv, row by row: text that stays text, times that are times, whatever people wrote."""

import csv
import os
import re
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from pathlib import Path
from typing import Any, Protocol

import xlsxwriter
from xlsxwriter.exceptions import FileCreateError

from zq_grid import files
from zq_grid.errors import Refused
from zq_grid.rules import worktime

Cell = str | int | Fraction | None
SUFFIXES = (".xlsx", ".csv")
ROWS = 1_048_575  # of a sheet, without its header
LONGEST = 32_767  # UTF-16 units that a cell may hold
SHORT, KNOWN = 24, 5000
# What no XML may hold, and what shows nothing: control characters, halves of characters.
_UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff\ud800-\udfff]")
# A program that opens a .csv takes such text for a formula, full-width signs and what stands before them included.
_FORMULA = re.compile("[\t\n]|[\\s\u200b-\u200f\u2060\ufeff\u00ad]*[=+\\-@＝＋－＠]")
# The library takes this for ready-made XML.
_RICH = re.compile(r"<r>.*</r>", re.DOTALL)
# What a program that opens a .csv turns into a number, a date or a time: long numbers lose digits, 3-5 is a day in May.
_REREAD = re.compile(r"[\d.,:/\\+\-年月日时分秒%eE ]*\d[\d.,:/\\+\-年月日时分秒%eE ]*")
_EPOCH = 25_569 * worktime.DAY + worktime.OFFSET  # from the day 0 of workbooks to 1970, in +08:00
_OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "use_zip64": True,
}


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its header, the form of its cells (text, code, time, number, percent), its width in digits.

    Times are seconds UTC, percents fractions of one.
    """

    title: str
    form: str = "text"
    width: int = 12


@dataclass(slots=True)
class Tally:
    """What had to be done to texts so that they are safe to open."""

    shortened: int = 0
    guarded: int = 0


class Table(Protocol):
    """Where rows go."""

    rows: int
    sheets: int

    def row(self, cells: Sequence[Cell]) -> None:
        """Write the next row, a cell a column."""


class Book(Protocol):
    """A workbook, or a .csv that holds only the first of its tables."""

    tally: Tally

    def table(self, title: str, columns: Sequence[Column]) -> Table:
        """Begin a table."""


@contextmanager
def writing(path: Path, *, author: str, at: int, rows: int = ROWS) -> Iterator[Book]:
    """Give a book that is put at `path` when the block ends well; else what was there is untouched.

    Args:
        path: ends in .xlsx or .csv.
        author: said in the file's properties; `at`: when it was made, seconds UTC.
        rows: most rows of a sheet; what is more goes on in a next one.

    Raises:
        Refused: "export_suffix", "folder_missing", "cannot_write".
    """
    refuse(path)
    with files.replacing(path) as neighbour:
        if path.suffix.lower() == ".csv":
            with neighbour.open("x", encoding="utf-8-sig", newline="") as file:
                yield _Csv(file)
            return
        # beside the target, since what lies there in between is no less secret than what will
        with tempfile.TemporaryDirectory(prefix=f"{neighbour.stem}-", dir=neighbour.parent) as folder:
            book = _Workbook(neighbour, folder, author, at, rows)
            try:
                yield book
                book.close()
            finally:
                book.let_go()
        with zipfile.ZipFile(neighbour) as packed:
            if packed.testzip() is not None:
                raise OSError("other bytes were read back")


def refuse(path: Path) -> None:
    """Refuse a path that no table can be written to, before anything is done for it.

    Raises:
        Refused: "export_suffix", "folder_missing", "cannot_write" where a folder bears the name, or the target's
            folder may not be written to.
    """
    if path.suffix.lower() not in SUFFIXES:
        raise Refused("export_suffix", "not a table's name", name=path.name, known="、".join(SUFFIXES))
    if not Path(os.path.realpath(path)).parent.is_dir():
        raise Refused("folder_missing", "no such folder", folder=str(path.parent))
    files.refuse_own(path)
    real = Path(os.path.realpath(path))
    if real.is_dir() or not os.access(real.parent, os.W_OK):
        raise Refused("cannot_write", "a folder, or no right", path=str(path), name=path.name)


# what a cell may hold -------------------------------------------------------------------------


def safe(said: str, tally: Tally) -> str:
    """Return a text that every program shows as the text it is, also after somebody saved the table as .csv.

    Control characters are left out; what would be read as a formula gets an apostrophe before it; what is longer than
    a cell is cut and ends in ….
    """
    if not said.isascii() or not said.isprintable():
        said = _UNFIT.sub("", said.replace("\r\n", "\n").replace("\r", "\n"))
    if (_FORMULA.match(said) and len(said.strip()) > 1) or _RICH.fullmatch(said):
        tally.guarded += 1
        said = "'" + said
    if len(said) > LONGEST // 2 and len(said.encode("utf-16-le")) > 2 * LONGEST:
        tally.shortened += 1
        said = said.encode("utf-16-le")[: 2 * (LONGEST - 1)].decode("utf-16-le", "ignore") + "…"
    return said


def serial(at: int) -> float:
    """Return a moment as workbooks count: days since 1899-12-30, here in +08:00."""
    return (at + _EPOCH) / worktime.DAY


# workbooks ------------------------------------------------------------------------------------


class _Workbook:
    """An .xlsx that holds one row in memory at a time."""

    def __init__(self, path: Path, folder: str, author: str, at: int, rows: int) -> None:
        self.tally = Tally()
        self.most = rows
        self._tables: list[_Sheets] = []
        self._book: Any = xlsxwriter.Workbook(str(path), {**_OPTIONS, "tmpdir": folder})
        made = datetime.fromtimestamp(at, worktime.ZONE).replace(tzinfo=None)
        self._book.set_properties({"author": safe(author, Tally()), "created": made})
        self.head = self._format(bold=True, bg_color="#ECEFF3", text_wrap=True, bottom=1)
        self.formats = {
            "text": self._format(num_format="@"),
            "code": self._format(num_format="@"),
            "time": self._format(num_format="yyyy-mm-dd hh:mm"),
            "number": self._format(),
            "percent": self._format(num_format="0.0%"),
        }

    def _format(self, **facts: Any) -> Any:
        return self._book.add_format({"valign": "top", "font_size": 10, **facts})

    def table(self, title: str, columns: Sequence[Column]) -> "_Sheets":
        self._tables.append(_Sheets(self, title, columns))
        return self._tables[-1]

    def sheet(self, title: str) -> Any:
        return self._book.add_worksheet(title)

    def close(self) -> None:
        for table in self._tables:
            table.end()
        try:
            self._book.close()
        except FileCreateError as error:
            raise error.args[0] from error

    def let_go(self) -> None:
        """Close what the library still holds open after a failure."""
        for sheet in self._book.worksheets():
            if not sheet.row_data_fh.closed:
                sheet.row_data_fh.close()


class _Sheets:
    """One table over as many sheets as it needs, each with the header, frozen, and filter arrows."""

    def __init__(self, book: _Workbook, title: str, columns: Sequence[Column]) -> None:
        self._book, self._title, self._columns = book, title, columns
        self._formats = [book.formats[column.form] for column in columns]
        self.rows = self.sheets = self._line = 0
        # names and words come again and again: those that were looked at once need no second look
        self._fine: set[str] = set()
        self._begin()

    def _begin(self) -> None:
        self.sheets += 1
        self._line = 0
        self._sheet = self._book.sheet(self._title if self.sheets == 1 else f"{self._title} {self.sheets}")
        sheet = self._sheet
        for place, column in enumerate(self._columns):
            sheet.set_column(place, place, column.width, self._formats[place])
            sheet.write_string(0, place, column.title, self._book.head)
        sheet.freeze_panes(1, 0)
        sheet.ignore_errors({"number_stored_as_text": f"A1:XFD{ROWS + 1}"})
        sheet.repeat_rows(0)
        sheet.set_landscape()

    def row(self, cells: Sequence[Cell]) -> None:
        if self._line == self._book.most:
            self.end()
            self._begin()
        self.rows += 1
        self._line += 1
        line, sheet, fine = self._line, self._sheet, self._fine
        for place, (cell, column, form) in enumerate(zip(cells, self._columns, self._formats, strict=True)):
            if cell is None or cell == "":
                continue
            if isinstance(cell, str):
                sheet.write_string(line, place, cell if cell in fine else self._safe(cell), form)
            elif column.form == "time":
                sheet.write_number(line, place, serial(int(cell)), form)
            else:
                sheet.write_number(line, place, int(cell) if cell == int(cell) else float(cell), form)

    def _safe(self, cell: str) -> str:
        made = safe(cell, self._book.tally)
        if made == cell and len(cell) < SHORT and len(self._fine) < KNOWN:
            self._fine.add(cell)
        return made

    def end(self) -> None:
        """Put filter arrows over what the sheet now holds."""
        self._sheet.autofilter(0, 0, self._line, len(self._columns) - 1)


# .csv -----------------------------------------------------------------------------------------


class _Csv:
    """A .csv in UTF-8 with its mark, as Excel and WPS know it by. Only the first table is written."""

    def __init__(self, file: Any) -> None:
        self.tally = Tally()
        self._file = csv.writer(file, lineterminator="\r\n")
        self._any = False

    def table(self, _title: str, columns: Sequence[Column]) -> "_Lines":
        writer, self._any = (None if self._any else self._file), True
        return _Lines(writer, columns, self.tally)


class _Lines:
    def __init__(self, writer: Any, columns: Sequence[Column], tally: Tally) -> None:
        self._writer, self._columns, self._tally = writer, columns, tally
        self.rows, self.sheets = 0, int(writer is not None)
        self._line([column.title for column in columns])

    def _line(self, cells: Sequence[str]) -> None:
        if self._writer is not None:
            self._writer.writerow(cells)

    def row(self, cells: Sequence[Cell]) -> None:
        self.rows += 1
        self._line(
            [self._shown(cell, column.form) for cell, column in zip(cells, self._columns, strict=True)]
        )

    def _shown(self, cell: Cell, form: str) -> str:
        if cell is None:
            return ""
        if form == "time":
            return worktime.to_text(int(cell))[:16].replace("T", " ")
        if not isinstance(cell, str):
            return f"{float(cell):.15g}" if cell != int(cell) else str(int(cell))
        said = safe(cell, self._tally)
        # a tab behind it keeps a number of fourteen digits, a leading zero and a house number as they are
        return said + "\t" if _REREAD.fullmatch(said) else said
