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
    """Open the program on a store, wait until the first page (`page`) is read, close it in the end."""
    page = how.pop("page", "my_day")
    application(
        theme=how.get("theme", "light"), lang=how.pop("lang", "zh"), text_size=how.get("text_size", 100)
    )
    program = Program(folder, **how)
    program.first = page
    program.shell.resize(1440, 900)
    program.start()
    try:
        qtbot.waitUntil(lambda: bool(program.shell.current), timeout=LONG)
        settle(qtbot, program)
        yield program
    finally:
        program.shell.close()
        # widgets of windows before would be dressed again with each new one
        program.shell.deleteLater()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def settle(qtbot: QtBot, program: Program) -> None:
    """Wait until everything that was asked is answered."""
    qtbot.wait(1)
    qtbot.waitUntil(program.context.worker.idle, timeout=LONG)
    qtbot.wait(1)
