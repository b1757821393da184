"""Reads a stranger's workbook in a child process with limits: every outcome is rows or one plain refusal.

The child (`reader_child`) opens the file; this side only starts it, watches the clock and takes in lines.
Source: docs/reliability.md “People and text”.
"""

import os
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Timer
from typing import IO, Any

from zq_grid import quick_json
from zq_grid.errors import ImportRejected
from zq_grid.importing.table import Cell, Limits, SheetInfo, Table, dump_limits, load
from zq_grid.progress import Progress

__all__ = ["Cell", "Limits", "SheetInfo", "Table", "command", "read"]

ROOT = Path(__file__).resolve().parents[2]
REPORT_EVERY = 2_000
SHORT, MOST_KNOWN = 24, 50_000  # characters of a cell that may come again, and how many such are remembered
WHAT = "读取表格"
OUT_OF_MEMORY = (
    b"memory allocation of",
    b"MemoryError",
    b"capacity overflow",
    b"std::bad_alloc",
    b"Out of memory",
)
SIGKILL, SIGXCPU = 9, 24


def read(
    path: Path, *, sheet: str | None = None, limits: Limits | None = None, progress: Progress | None = None
) -> Table:
    """Return the table in `path`: of `sheet`, else of the first visible sheet with headers that we know.

    Raises:
        ImportRejected: the file can't be read as a table; the codes and their words are in `sentences.FILES`.
        Cancelled: the person stopped it through `progress`.
    """
    limits, progress = limits or Limits(), progress or Progress()
    _look(path, limits)
    with ExitStack() as stack:
        errors = stack.enter_context(tempfile.TemporaryFile())
        process = stack.enter_context(_started(path, sheet, limits, errors))
        stack.callback(process.kill)
        late = Event()
        timer = Timer(limits.seconds, _end, (process, late))
        timer.daemon = True
        timer.start()
        stack.callback(timer.cancel)
        stack.enter_context(progress.cancelling(process.kill))
        incoming = _Incoming(path, limits, progress)
        assert process.stdout is not None
        whole = incoming.take(process.stdout)
        progress.report(len(incoming.rows), 0, WHAT)
        if late.is_set() and not incoming.end:
            raise _rejected(path, "file_too_slow", seconds=f"{limits.seconds:g}")
        if not whole:
            if incoming.garbled:
                process.kill()
            raise _rejected(path, _cause(process.wait(), errors))
    return incoming.table()


def command() -> list[str]:
    """Return the beginning of the child's command line, in a checkout and in the frozen program.

    -P: modules that happen to lie in the current folder, a folder of downloads perhaps, are not imported.
    """
    if getattr(sys, "frozen", False):
        return [sys.executable, "--read-table"]
    return [sys.executable, "-P", "-m", "zq_grid.importing.reader_child"]


def _look(path: Path, limits: Limits) -> None:
    """Refuse what needs no child to be refused."""
    try:
        if not path.is_file():
            raise _rejected(path, "file_missing")
        size = path.stat().st_size
        with path.open("rb"):
            pass
    except ValueError:  # a NUL in the name
        raise _rejected(path, "file_missing") from None
    except OSError:
        raise _rejected(path, "file_locked") from None
    if size == 0:
        raise _rejected(path, "file_empty")
    if size > limits.file_bytes:
        raise _rejected(path, "file_too_big", what=f"{size / (1 << 20):.0f} MB")


def _started(path: Path, sheet: str | None, limits: Limits, errors: IO[bytes]) -> "subprocess.Popen[bytes]":
    environment = dict(os.environ)
    environment["PYTHONPATH"] = os.pathsep.join(filter(None, (str(ROOT), environment.get("PYTHONPATH"))))
    return subprocess.Popen(
        [*command(), str(path.absolute()), dump_limits(limits, sheet)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=errors,
        env=environment,
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
    )


def _end(process: "subprocess.Popen[bytes]", late: Event) -> None:
    late.set()
    process.kill()


def _cause(code: int, errors: IO[bytes]) -> str:
    """Return why a child that did not finish ended, from its exit code and last words."""
    errors.seek(max(0, errors.seek(0, os.SEEK_END) - 65_536))
    last_words = errors.read()
    if code == -SIGKILL or any(words in last_words for words in OUT_OF_MEMORY):
        return "file_too_much_memory"
    return "file_too_slow" if code == -SIGXCPU else "file_corrupt"


def _rejected(path: Path, code: str, **facts: object) -> ImportRejected:
    return ImportRejected(code, f"import refused: {code}", **{"name": path.name, **facts})


@dataclass
class _Incoming:
    """Takes in the child's lines: lists are rows, objects say something about them."""

    path: Path
    limits: Limits
    progress: Progress
    rows: list[tuple[Cell, ...]] = field(default_factory=list)
    known: dict[str, str] = field(default_factory=dict)
    end: dict[str, Any] = field(default_factory=dict)
    merged: list[tuple[int, int, int]] = field(default_factory=list)
    failed: list[tuple[int, int, str]] = field(default_factory=list)
    unworked: int = 0
    garbled: bool = False

    def take(self, lines: IO[bytes]) -> bool:
        """Read to the end and say whether the child finished; raise what it refused."""
        passed = 0
        for line in lines:
            passed += len(line)
            if passed > self.limits.passed_bytes:
                raise _rejected(self.path, "file_too_big", what=f"{passed >> 20} MB 文字")
            try:
                self._line(quick_json.read(line))
            except (KeyError, TypeError, ValueError):
                self.garbled = True  # cut off in mid-line: the child's end will say why
                break
        return bool(self.end)

    def _line(self, said: Any) -> None:
        if isinstance(said, list):
            # A spreadsheet says the same few words over and over: keep each once.
            known = self.known if len(self.known) < MOST_KNOWN else {}
            self.rows.append(
                tuple(
                    [
                        known.setdefault(cell, cell) if isinstance(cell, str) and len(cell) <= SHORT else cell
                        for cell in load(said)
                    ]
                )
            )
            if len(self.rows) % REPORT_EVERY == 0:
                self.progress.report(len(self.rows), 0, WHAT)
        elif "refused" in said:
            raise _rejected(self.path, said["refused"], **said["facts"])
        elif "skip" in said:
            self.rows.extend([()] * min(int(said["skip"]), 1 << 20))
        elif "merged" in said:
            self.merged += [(int(top), int(column), int(last)) for top, column, last in said["merged"]]
            self.failed += [(int(row), int(place), str(word)) for row, place, word in said.get("failed", ())]
            self.unworked += int(said.get("unworked", 0))
        else:
            self.end = said

    def table(self) -> Table:
        """Return what was read, as a rectangle."""
        width = max(map(len, self.rows), default=0)
        if width * len(self.rows) > self.limits.cells:
            raise _rejected(self.path, "file_too_big", what=f"{len(self.rows)} 行 {width} 列")
        self._put_failed(width)
        width = max(map(len, self.rows), default=0)
        nothing = (None,) * width
        rows = [row + nothing[len(row) :] if row else nothing for row in self.rows]
        sheets = tuple(SheetInfo(*sheet) for sheet in self.end["sheets"])
        since_1904 = self.end.get("since_1904") is True
        return Table(self.end["name"], sheets, rows, tuple(self.merged), self.unworked, since_1904)

    def _put_failed(self, width: int) -> None:
        """Put the words of formulas that failed where nothing stands; no table grows too big by them."""
        by_row: dict[int, dict[int, str]] = {}
        for row, place, word in self.failed:
            if 0 <= place < self.limits.columns and row >= 0:
                by_row.setdefault(row, {})[place] = word
        for row, words in sorted(by_row.items()):
            width = max(width, max(words) + 1)
            if width * max(row + 1, len(self.rows)) > self.limits.cells:
                break
            self.rows.extend([()] * (row + 1 - len(self.rows)))
            cells = [*self.rows[row], *[None] * (max(words) + 1 - len(self.rows[row]))]
            for place, word in words.items():
                cells[place] = word if cells[place] is None else cells[place]
            self.rows[row] = tuple(cells)
