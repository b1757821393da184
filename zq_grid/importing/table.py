"""A table as read from a file, the limits of reading, and how both cross the border between two processes.

Rows travel as lines of JSON: what comes back from the child that opened a hostile file is data, never code.
"""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple

Cell = str | int | datetime | date | None
# Beyond this a float no longer holds every whole number: what was an order number has lost its last digits.
EXACT = 2**53
# What a cell shows whose formula has no result, in Excel, WPS, Calc and Google Sheets.
ERRORS = frozenset(
    {"#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!", "#SPILL!", "#CALC!", "#FIELD!"}
    | {"#BLOCKED!", "#BUSY!", "#CONNECT!", "#UNKNOWN!", "#PYTHON!", "#DATA!", "#ERROR!", "#GETTING_DATA"}
)


@dataclass(frozen=True)
class Limits:
    """How much a stranger's file may cost."""

    seconds: float = 10.0
    memory: int = 256 << 20  # bytes the child may take beyond what it stands at when it starts
    file_bytes: int = 100 << 20
    rows: int = 200_000  # that hold anything
    columns: int = 1_000
    cells: int = 10_000_000
    passed_bytes: int = 400 << 20  # from the child to us


class SheetInfo(NamedTuple):
    """A sheet of the workbook; `rows` and `known` are None where it was not looked into.

    `known` is how many different fields the best header row names: two make a table of cases.
    """

    name: str
    rows: int | None
    visible: bool
    known: int | None = None


@dataclass(frozen=True)
class Table:
    """One sheet as a rectangle of cells; row i of `rows` is row i + 1 of the sheet.

    Cells: text as written, whole numbers as int, other numbers as their text, dates, times, None for empty.
    Empty rows and columns at the end are cut, those at the beginning are kept. A formula without a result is
    one of `ERRORS`. `merged`: first row, column and last row of cells that reach down, from 0; their value stands
    in the first. `unworked`: formulas that were saved without ever being worked out, which come as empty. `since_1904`: a
    bare number that is a day counts from 1904; dates are dates.
    """

    name: str
    sheets: tuple[SheetInfo, ...]
    rows: list[tuple[Cell, ...]]
    merged: tuple[tuple[int, int, int], ...] = ()
    unworked: int = 0
    since_1904: bool = False


def cell_of(value: object) -> Cell:
    """Return what a reader gave as a cell: no floats, no blank text."""
    if isinstance(value, str):
        return value if value and not value.isspace() else None
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return int(value) if value.is_integer() and abs(value) <= EXACT else repr(value)
    if value is None or isinstance(value, int | date):
        return value
    if isinstance(value, time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return _duration(value)
    return str(value)


def _duration(value: timedelta) -> str:
    minutes, seconds = divmod(int(value.total_seconds()), 60)
    return f"{minutes // 60}:{minutes % 60:02}:{seconds:02}"


def trimmed(row: Iterable[object]) -> list[Cell]:
    """Return `row` as cells, without the empty ones at its end."""
    cells = [cell_of(value) for value in row]
    while cells and cells[-1] is None:
        cells.pop()
    return cells


def dump(row: list[Cell]) -> bytes:
    """Return a row as one line."""
    return json.dumps(row, default=_tagged, check_circular=False).encode("ascii") + b"\n"


def _tagged(value: Any) -> dict[str, str]:
    if isinstance(value, datetime):
        return {"time": value.isoformat()}
    if isinstance(value, date):
        return {"day": value.isoformat()}
    raise TypeError(f"a cell can't be a {type(value).__name__}")


def load(cells: list[Any]) -> tuple[Cell, ...]:
    """Return the row of a parsed line.

    Raises:
        KeyError, ValueError: the line is not ours.
    """
    return tuple([_untagged(cell) if isinstance(cell, dict) else cell for cell in cells])


def _untagged(cell: dict[str, str]) -> datetime | date:
    if "time" in cell:
        return datetime.fromisoformat(cell["time"])
    return date.fromisoformat(cell["day"])


def dump_limits(limits: Limits, sheet: str | None) -> str:
    """Return the child's orders as one argument of a command line."""
    return json.dumps({"limits": asdict(limits), "sheet": sheet})


def load_limits(text: str) -> tuple[Limits, str | None]:
    """Return what `dump_limits` wrote."""
    orders = json.loads(text)
    return Limits(**orders["limits"]), orders["sheet"]
