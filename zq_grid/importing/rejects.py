"""Writes the rows that could not be imported, with the reason, to be put right and imported again."""

import io
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import xlsxwriter

from zq_grid import files
from zq_grid.importing.headers import Mapping
from zq_grid.importing.plan import Rejected
from zq_grid.importing.table import Cell

REASON = "未导入原因"
LONGEST = 32_767  # characters that a cell of a workbook may hold
EXACT = 10**15  # a workbook keeps 15 digits of a number
OPTIONS = {
    "in_memory": True,
    "constant_memory": False,
    "strings_to_formulas": False,
    "strings_to_urls": False,
}


def write_rejects(path: Path, mapping: Mapping, rejected: Sequence[Rejected]) -> None:
    """Write `rejected` to the workbook `path`: header and cells as they came, the reason in a last column.

    An existing file is replaced only when the new one lies whole on the disk.

    Raises:
        Refused: `folder_missing` or `cannot_write`; what was at `path` is untouched.
    """
    files.refuse_own(path)
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, OPTIONS) as book:
        _fill(book, mapping, rejected)
    files.replace(path, content.getvalue())


def _fill(book: Any, mapping: Mapping, rejected: Sequence[Rejected]) -> None:
    sheet = book.add_worksheet("未导入")
    formats = {
        "head": book.add_format({"bold": True, "bg_color": "#ECEFF3", "text_wrap": True}),
        "whole": book.add_format({"num_format": "0"}),
        "day": book.add_format({"num_format": "yyyy-mm-dd"}),
        "time": book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"}),
    }
    headers = [column.header for column in mapping.columns]
    width = max([len(headers), *(len(row.cells) for row in rejected)])
    for place, header in enumerate([*headers, *[""] * (width - len(headers)), REASON]):
        sheet.write_string(0, place, header, formats["head"])
    for line, row in enumerate(rejected, 1):
        for place, cell in enumerate(row.cells):
            if cell is not None:
                _write(sheet, line, place, cell, formats)
        sheet.write_string(line, width, row.sentence)
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, max(width - 1, 0), 16)
    sheet.set_column(width, width, 48)


def _write(sheet: Any, line: int, place: int, cell: Cell, formats: dict[str, Any]) -> None:
    if isinstance(cell, int) and abs(cell) < EXACT:
        sheet.write_number(line, place, cell, formats["whole"])
    elif isinstance(cell, datetime) and cell.year >= 1900:
        sheet.write_datetime(line, place, cell.replace(tzinfo=None), formats["time"])
    elif isinstance(cell, date) and cell.year >= 1900:
        sheet.write_datetime(line, place, cell, formats["day"])
    else:
        text = str(cell)
        sheet.write_string(line, place, text if len(text) <= LONGEST else text[: LONGEST - 1] + "…")
