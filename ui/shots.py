"""Pictures of every page, made with the real window offscreen: for `demo --shots`, the manual, and a look before release."""

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

from ui.shell import PAGES

WAIT_SECONDS = 60
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
    from PySide6.QtWidgets import QApplication

    from ui.app import Program, application

    app = application(theme=theme, lang=lang, text_size=text_size)
    program = Program(folder, clock=clock, theme=theme, text_size=text_size)
    failed: list[BaseException] = []
    program.context.worker.failed_to_open.connect(failed.append)
    program.context.worker.broken.connect(failed.append)
    before, sys.excepthook = sys.excepthook, lambda _kind, error, _traces: failed.append(error)
    program.shell.resize(*size)
    out.mkdir(parents=True, exist_ok=True)
    made: list[Path] = []

    def settle(done: Callable[[], bool], what: str) -> None:
        until = time.monotonic() + WAIT_SECONDS
        while not done() and not failed:
            if time.monotonic() > until:
                raise Slow(what)
            QApplication.processEvents()
            time.sleep(0.002)
        QApplication.processEvents()

    try:
        program.start()
        settle(lambda: bool(program.shell.current) and program.context.worker.idle(), "start")
        marks = "".join(f"-{one}" for one in (theme, lang, text_size) if one not in {"light", "zh", 100})
        for name, *_rest in PAGES:
            if failed or (only and name not in only):
                continue
            program.shell.open_page(name)
            for _again in range(3):  # an answer may ask for more
                settle(program.context.worker.idle, name)
            path = out / f"{name.replace('_', '-')}{marks}.png"
            program.shell.grab().save(str(path))
            made.append(path)
    finally:
        program.shell.close()
        app.processEvents()
        sys.excepthook = before
    if failed:
        raise failed[0]
    return made
