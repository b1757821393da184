"""The process that opens a stranger's file: limits itself, writes rows as lines of JSON, and may die of it.

`reader.read` starts it; in the frozen program the command line hands `--read-table` to `main`.
"""

import signal
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from typing import IO, TYPE_CHECKING

from zq_grid.importing import delimited
from zq_grid.importing.headers import recognised
from zq_grid.importing.kinds import Markup, NotRead, kind_of, markup_of
from zq_grid.importing.lines import ENOUGH, LOOKED_AT, Out
from zq_grid.importing.table import Limits, SheetInfo, load_limits, trimmed

if TYPE_CHECKING:
    from zq_grid.importing.workbook import Sheet, Workbook

LOOK_ROUND = 3.0  # seconds after which no further sheet is looked into
_STARTED = time.monotonic()


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
        except BaseException as trouble:
            if out.ended:  # once the end is said, the rest was curiosity
                pass
            elif isinstance(trouble, NotRead):
                out.say(refused=trouble.code, facts=trouble.facts)
            else:
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
    encoding = delimited.encoding_of(file)
    markup = markup_of(delimited.beginning(file, encoding))
    if markup is not None:
        _read_markup(file, encoding, markup, sheet, out)
        return
    title = name.rpartition(".")[0] or name
    if sheet is not None and sheet != title:
        raise NotRead("file_sheet_unknown", sheet=sheet, sheets=title)
    count = 0
    for count, row in enumerate(delimited.rows(file, encoding), 1):  # noqa: B007 - the last one counts
        out.row(trimmed(row))
    _end(out, title, (SheetInfo(title, count, True),))


def _read_markup(file: IO[bytes], encoding: str, markup: Markup, sheet: str | None, out: Out) -> None:
    from zq_grid.importing.markup import read  # few files need it, and what it needs takes time to load

    read(file, encoding, markup, sheet, out)


def _read_workbook(file: IO[bytes], name: str | None, out: Out) -> None:
    from zq_grid.importing.marks import Listener, of_ods, reaching_down
    from zq_grid.importing.workbook import Workbook

    book = Workbook(file)
    sheets = book.sheets
    names = [known.name for known in sheets]
    if name is None:
        place, sheet = _choose(book)
    elif name in names:
        place = names.index(name)
        sheet = book.sheet(place)
    else:
        raise NotRead("file_sheet_unknown", sheet=name, sheets="、".join(names)[:200])
    sheets[place] = sheets[place]._replace(rows=sheet.height, known=sheet.known())
    for row in sheet.rows():
        out.row(row)
    heard = Listener(sheet.height, min(sheet.width, out.limits.columns))
    book.check(place, heard.hear)
    _end(out, names[place], tuple(sheets), since_1904=book.since_1904)
    with suppress(Exception):
        heard.end()
        out.say(
            merged=reaching_down(sheet.merged, sheet.height), failed=heard.failed, unworked=heard.unworked
        )
    if sheet.merged is None:  # the library can't tell
        with suppress(Exception):
            out.say(**of_ods(file, sheet.name, sheet.height, min(sheet.width, out.limits.columns))._asdict())
    del sheet
    # What the other sheets hold is good to know and costs the reading nothing: the end is said already.
    for other, info in enumerate(sheets):
        if info.rows is None and info.visible and time.monotonic() - _STARTED < LOOK_ROUND:
            sheet = book.sheet(other)
            sheets[other] = info._replace(rows=sheet.height, known=sheet.known())
            _end(out, names[place], tuple(sheets), since_1904=book.since_1904)


def _choose(book: "Workbook") -> "tuple[int, Sheet]":
    """Return the visible sheet to read: the first with headers that we know, else the first with anything."""
    fallback: int | None = None
    for place, info in enumerate(book.sheets):
        if not info.visible:
            continue
        sheet = book.sheet(place)
        first = sheet.first()
        known = max(map(recognised, first), default=0)
        book.sheets[place] = info._replace(rows=sheet.height, known=known)
        if known >= ENOUGH:
            return place, sheet
        if fallback is None and (first or sheet.height > LOOKED_AT):
            fallback = place
    if fallback is None:
        raise NotRead("file_empty")
    return fallback, book.sheet(fallback)


def _end(out: Out, name: str, sheets: tuple[SheetInfo, ...], **more: bool) -> None:
    if not out.filled:
        raise NotRead("file_empty")
    out.end(name=name, sheets=sheets, **more)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
