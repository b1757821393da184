"""The page New case on a real store, and what its tests ask of it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from tests.stores import Clock, log, make_store
from tests.ui.window import settle
from ui.app import Program
from ui.widgets.fields import Field
from zq_grid import lists, projection
from zq_grid.rules import worktime
from zq_grid.rules.state import CaseState

NOW = worktime.parse("2026-11-22T10:40:00+08:00")[0]
SAID = "晚上十点以后还有施工声，噪音扰民，吵得老人睡不着"
EARLIER = {
    "type": "noise",
    "order_number": "20261121000001",
    "place": "和溪三村9号楼203室",
    "text": SAID,
    "phone": "13900000002",
}


def store(folder: Path) -> Path:
    """Make a store with one order of the hotline; returns where."""
    made = make_store(folder / "w", clock=Clock(NOW - 86_400))
    log(made, **EARLIER)
    made.close()
    return folder / "w"


def rest(qtbot: QtBot, program: Program) -> None:
    """Wait until nothing is due: timers of the page, and everything asked."""
    page: Any = program.shell.pages["new_case"]
    timers = (page._proposing, page._nearing)
    qtbot.waitUntil(lambda: not (page.draft.is_due() or any(one.isActive() for one in timers)), timeout=5000)
    settle(qtbot, program)


def read(program: Program, work: Callable[[Any], Any]) -> Any:
    """Return what `work` reads from the store of the open window."""
    with program.context.worker.workspace.read() as session:
        return work(session)


def newest(program: Program) -> tuple[str, CaseState]:
    """Return the case that was logged last: its number, and all that is known of it."""
    row = read(program, lambda session: lists.page(session, sort="newest", limit=1)).rows[0]
    return row.number, read(program, lambda session: projection.state_of(session, row.subject))


def count(program: Program) -> int:
    """Return how many cases there are."""
    return int(read(program, lambda session: lists.page(session, limit=0).total))


def hint(field: Field) -> str:
    """Return what stands below a field."""
    return field.below.text()


def texts(part: QWidget) -> list[str]:
    """Return the words that a part of the page shows."""
    found = [one.text() for one in part.findChildren(QLabel) if not one.isHidden()]
    return found + [one.text() for one in part.findChildren(QPushButton)]
