"""A real window on a real store, offscreen, for tests that click and type."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from ui.app import Program, application

LONG = 20_000


@contextmanager
def window(qtbot: QtBot, folder: Path, **how: Any) -> Iterator[Program]:
    """Open the program on a store, wait until the first page (`page`) is read, close it in the end.

    `ahead`: whether pages are built before somebody opens them.
    """
    page, ahead = how.pop("page", "my_day"), how.pop("ahead", False)
    application(
        theme=how.get("theme", "light"), lang=how.pop("lang", "zh"), text_size=how.get("text_size", 100)
    )
    program = Program(folder, **how)
    program.first, program.builds_ahead = page, ahead
    program.shell.resize(1440, 900)
    program.start()
    try:
        qtbot.waitUntil(lambda: program.shell.here is not None, timeout=LONG)
        settle(qtbot, program)
        yield program
    finally:
        program.shell.close()
        # widgets of windows before would be dressed again with each new one
        program.shell.deleteLater()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def settle(qtbot: QtBot, program: Program) -> None:
    """Wait until the page that was opened is there and everything that was asked is answered."""
    qtbot.wait(1)
    qtbot.waitUntil(lambda: not program.shell.growing.waits and program.context.worker.idle(), timeout=LONG)
    qtbot.wait(1)
