"""A store with one worked week in it, and the window on its Monday after, for tests that look at figures and papers."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pytestqt.qtbot import QtBot

from tests.exported import fill
from tests.stores import DAY, MONDAY, make_store
from tests.ui.window import settle, window
from ui.app import Program
from ui.page import Page

WEEK = "2026-W45"  # 2 to 8 November, in which the store's clock begins


def make_week(folder: Path) -> list[str]:
    """Make the store; returns the numbers of its cases."""
    workspace = make_store(folder)
    numbers = fill(workspace)
    workspace.close()
    return numbers


@contextmanager
def page_of(qtbot: QtBot, folder: Path, name: str, **how: object) -> Iterator[tuple[Program, Page]]:
    """Open the window at one page, ten days after the week began."""
    with window(qtbot, folder, page=name, clock=lambda: MONDAY + 10 * DAY, **how) as program:
        settle(qtbot, program)
        yield program, program.shell.pages[name]
