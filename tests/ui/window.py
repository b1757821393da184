"""A real window on a real store, offscreen, for tests that click and type."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pytestqt.qtbot import QtBot

from ui.app import Program, application

LONG = 20_000


@contextmanager
def window(qtbot: QtBot, folder: Path, **how: Any) -> Iterator[Program]:
    """Open the program on a store, wait until the first page is read, close it in the end."""
    application(
        theme=how.get("theme", "light"), lang=how.pop("lang", "zh"), text_size=how.get("text_size", 100)
    )
    program = Program(folder, **how)
    program.shell.resize(1440, 900)
    program.start()
    try:
        qtbot.waitUntil(lambda: bool(program.shell.current), timeout=LONG)
        settle(qtbot, program)
        yield program
    finally:
        program.shell.close()


def settle(qtbot: QtBot, program: Program) -> None:
    """Wait until everything that was asked is answered."""
    qtbot.wait(1)
    qtbot.waitUntil(program.context.worker.idle, timeout=LONG)
    qtbot.wait(1)
