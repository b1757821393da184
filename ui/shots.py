"""Pictures of every page, made with the real window offscreen: for `demo --shots`, the manual, and a look before release."""

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ui.shell import PAGES

WAIT_SECONDS = 60
MOMENT = 0.15  # longer than half of any timer that a page waits for before it asks
SIZE = (1440, 900)


class Slow(Exception):
    """A page was not filled in time; `args[0]` is its name."""


def pictures(
    folder: Path,
    out: Path,
    *,
    clock: Callable[[], int] | None = None,
    theme: str = "light",
    lang: str = "zh",
    text_size: int = 100,
    size: tuple[int, int] = SIZE,
    only: tuple[str, ...] = (),
) -> list[Path]:
    """Open the window on a store, save a picture of each page, and close it; returns the files in the pages' order.

    Args:
        folder: of the workspace.
        out: where pictures go, named `<page>.png`, with theme, language and text size where they aren't the usual.
        only: some pages by name, else all.

    Raises:
        Slow: a page was still being read after a minute.
        Exception: whatever kept the store from opening.
    """
    if not os.environ.get("DISPLAY"):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from ui.app import Program, application

    application(theme=theme, lang=lang, text_size=text_size)
    program = Program(folder, clock=clock, theme=theme, text_size=text_size)
    program.shell.resize(*size)
    out.mkdir(parents=True, exist_ok=True)
    marks = "".join(f"-{one}" for one in (theme, lang, text_size) if one not in {"light", "zh", 100})
    return _Photographer(program, out, marks).all(only)


class _Photographer:
    """Goes through the pages of one window; whatever fails on the way is raised in the end."""

    def __init__(self, program: Any, out: Path, marks: str) -> None:
        self._program, self._out, self._marks = program, out, marks
        self._failed: list[BaseException] = []
        worker = program.context.worker
        worker.failed_to_open.connect(self._failed.append)
        worker.broken.connect(self._failed.append)

    def all(self, only: tuple[str, ...]) -> list[Path]:
        """Picture the pages, and close the window."""
        before, sys.excepthook = sys.excepthook, lambda _kind, error, _traces: self._failed.append(error)
        shell, idle = self._program.shell, self._program.context.worker.idle
        made: list[Path] = []
        try:
            self._program.start()
            self._settle(lambda: bool(shell.current) and idle(), "start")
            for name, *_rest in PAGES:
                if self._failed or (only and name not in only):
                    continue
                shell.open_page(name)
                for _again in range(3):  # an answer may ask for more, and some pages ask after a moment
                    self._settle(idle, name)
                    moment = time.monotonic() + MOMENT
                    self._settle(lambda until=moment: time.monotonic() > until, name)  # type: ignore[misc]
                made.append(self._out / f"{name.replace('_', '-')}{self._marks}.png")
                shell.grab().save(str(made[-1]))
        finally:
            shell.close()
            sys.excepthook = before
        if self._failed:
            raise self._failed[0]
        return made

    def _settle(self, done: Callable[[], bool], what: str) -> None:
        from PySide6.QtWidgets import QApplication

        until = time.monotonic() + WAIT_SECONDS
        while not done() and not self._failed:
            if time.monotonic() > until:
                raise Slow(what)
            QApplication.processEvents()
            time.sleep(0.002)
        QApplication.processEvents()
