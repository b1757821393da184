"""The process that opens a stranger's file: limits itself, writes rows as lines of JSON, and may die of it.

`reader.read` starts it; in the frozen program the command line hands `--read-table` to `main`.
"""

import json
import signal
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from typing import IO, TYPE_CHECKING

from zq_grid.importing import delimited
from zq_grid.importing.headers import recognised
from zq_grid.importing.kinds import NotRead, kind_of
from zq_grid.importing.table import Cell, Limits, SheetInfo, dump, load_limits, trimmed

if TYPE_CHECKING:
    from python_calamine import CalamineSheet, CalamineWorkbook

MOST_EMPTY = 2_000_000  # empty rows after another; a workbook has at most 1,048,576
LOOK_ROUND = 3.0  # seconds after which no further sheet is looked into
_STARTED = time.monotonic()
LOOKED_AT = 30  # rows in which a header is looked for
ENOUGH = 2  # known headers that make a row of headers


class Out:
    """Writes rows and counts them; empty ones wait until it is known that they are not at the end."""

    def __init__(self, to: IO[bytes], limits: Limits) -> None:
        self._to = to
        self._limits = limits
        self._waiting = 0
        self.filled = 0
        self.ended = False

    def row(self, cells: list[Cell]) -> None:
        """Write one row.

        Raises:
            NotRead: there are more rows or columns than allowed.
        """
        if not cells:
            self._waiting += 1
            if self._waiting > MOST_EMPTY:
                raise NotRead("file_too_big", what=f"超过 {MOST_EMPTY} 个空行")
            return
        self.filled += 1
        if self.filled > self._limits.rows:
            raise NotRead("file_too_big", what=f"超过 {self._limits.rows} 行")
        if len(cells) > self._limits.columns:
            raise NotRead("file_too_big", what=f"超过 {self._limits.columns} 列")
        if self._waiting:
            self.say(skip=self._waiting)
            self._waiting = 0
        self._to.write(dump(cells))

    def say(self, **what: object) -> None:
        """Write a line that is no row."""
        self._to.write(json.dumps(what).encode("ascii") + b"\n")

    def end(self, **what: object) -> None:
        """Say that all rows are written, so that it is heard whatever happens to this process afterwards."""
        self.say(**what)
        self._to.flush()
        self.ended = True


def main(arguments: Sequence[str]) -> int:
    """Read the file `arguments[0]` as `arguments[1]` orders, onto the standard output."""
    # Ctrl+C goes to all processes of a terminal: whether to stop is for the one that started us to say.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    limits, sheet = load_limits(arguments[1])
    confine(limits)
    with open(1, "wb", closefd=False) as to:
        out = Out(to, limits)
        try:
            _read(arguments[0], sheet, out)
        except NotRead as refusal:
            out.say(refused=refusal.code, facts=refusal.facts)
        except BaseException as trouble:
            if not out.ended:  # once the end is said, the rest was curiosity
                out.say(refused=_code(trouble), facts={})
    return 0


def confine(limits: Limits) -> None:
    """Take away what `limits` doesn't grant; where the system can't, the parent's clock must do."""
    try:
        import resource
    except ImportError:
        return
    seconds = int(limits.seconds) + 2
    for what, most in (
        (resource.RLIMIT_AS, _standing() + limits.memory),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_CORE, 0),
    ):
        try:
            resource.setrlimit(what, (most, most))
        except (OSError, ValueError):
            continue


def _standing() -> int:
    """Return the address space already taken: libraries and locale archives are mapped, not used."""
    try:
        with open("/proc/self/statm", encoding="ascii") as statm:
            import resource

            return int(statm.read().split()[0]) * resource.getpagesize()
    except (OSError, ValueError):
        return 128 << 20


def _code(trouble: BaseException) -> str:
    if isinstance(trouble, MemoryError):
        return "file_too_much_memory"
    said = f"{type(trouble).__name__} {trouble}"
    if "Password" in said:
        return "file_password"
    if "capacity overflow" in said or "allocation" in said:
        return "file_too_much_memory"
    return "file_corrupt"


def _read(path: str, sheet: str | None, out: Out) -> None:
    name = path.replace("\\", "/").rpartition("/")[2]
    with open(path, "rb") as file:
        if kind_of(name, file) == "workbook":
            _read_workbook(file, sheet, out)
        else:
            _read_text(file, name, sheet, out)


def _read_text(file: IO[bytes], name: str, sheet: str | None, out: Out) -> None:
    title = name.rpartition(".")[0] or name
    if sheet is not None and sheet != title:
        raise NotRead("file_sheet_unknown", sheet=sheet, sheets=title)
    count = 0
    for count, row in enumerate(delimited.rows(file), 1):  # noqa: B007 - the last one counts
        out.row(trimmed(row))
    _end(out, title, (SheetInfo(title, count, True),))


def _read_workbook(file: IO[bytes], sheet: str | None, out: Out) -> None:
    import python_calamine

    book = python_calamine.CalamineWorkbook.from_filelike(file)
    shown = python_calamine.SheetVisibleEnum.Visible
    sheets = [
        SheetInfo(known.name, None, known.visible == shown)
        for known in book.sheets_metadata
        if known.typ == python_calamine.SheetTypeEnum.WorkSheet
    ]
    names = [known.name for known in sheets]
    if sheet is None:
        place, found = _choose(book, sheets)
    elif sheet in names:
        place, found = names.index(sheet), book.get_sheet_by_name(sheet)
    else:
        raise NotRead("file_sheet_unknown", sheet=sheet, sheets="、".join(names)[:200])
    sheets[place] = sheets[place]._replace(rows=_height(found), known=_known(found))
    for row in found.iter_rows():
        out.row(trimmed(row))
    _end(out, names[place], tuple(sheets))
    del found
    # What the other sheets hold is good to know and costs the reading nothing: the end is said already.
    for other, info in enumerate(sheets):
        if info.rows is None and info.visible and time.monotonic() - _STARTED < LOOK_ROUND:
            found = book.get_sheet_by_name(info.name)
            sheets[other] = info._replace(rows=_height(found), known=_known(found))
            _end(out, names[place], tuple(sheets))


def _choose(book: "CalamineWorkbook", sheets: list[SheetInfo]) -> "tuple[int, CalamineSheet]":
    """Return the visible sheet to read: the first with headers that we know, else the first with anything."""
    fallback: int | None = None
    for place, sheet in enumerate(sheets):
        if not sheet.visible:
            continue
        found = book.get_sheet_by_name(sheet.name)
        first = [row for row in _first(found.iter_rows()) if row]
        known = max(map(recognised, first), default=0)
        sheets[place] = sheet._replace(rows=_height(found), known=known)
        if known >= ENOUGH:
            return place, found
        if fallback is None and (first or _height(found) > LOOKED_AT):
            fallback = place
    if fallback is None:
        raise NotRead("file_empty")
    return fallback, book.get_sheet_by_name(sheets[fallback].name)


def _height(sheet: "CalamineSheet") -> int:
    """Return the number of rows down to the last one that holds anything."""
    return sheet.end[0] + 1 if sheet.end else 0


def _known(sheet: "CalamineSheet") -> int:
    """Return how many different fields the best row near the top names."""
    return max(map(recognised, _first(sheet.iter_rows())), default=0)


def _first(rows: Iterable[Sequence[object]]) -> Iterator[list[Cell]]:
    for _, row in zip(range(LOOKED_AT), rows, strict=False):
        yield trimmed(row)


def _end(out: Out, name: str, sheets: tuple[SheetInfo, ...]) -> None:
    if not out.filled:
        raise NotRead("file_empty")
    out.end(name=name, sheets=sheets)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
