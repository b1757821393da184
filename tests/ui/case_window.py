"""The page Cases in a real window: a store with cases in several stages, hands that type, what a person reads."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from tests.stores import MONDAY, Clock, act, handled, log, make_store
from tests.ui.keys import Hands
from tests.ui.window import settle, window
from ui.app import Program
from zq_grid import cases, projection, views

NOW = MONDAY + 3 * 3600
RECEIVED, ACCEPTED, SIGNED, HANDLED, CLOSED = (f"2026110200000{nth}" for nth in range(1, 6))
CLOSING = {
    "verdict": "solved",
    "fact_finding": "true",
    "claim_finding": "reasonable",
    "reply": "已电话告知",
    "reply_channel": "phone",
    "conclusion": "已修好。",
}


def make_cases(folder: Path) -> Path:
    """Make a store with one order in each stage that people wait at."""
    made = make_store(folder, clock=Clock())
    log(made, order_number=RECEIVED, place="和溪一村 3 号 301 室", text="楼上漏水，请尽快", reporter="王小明")
    log(made, order_number=ACCEPTED, place="和溪二村 5 号", text="电梯停运三天", type="noise")
    act(made, ACCEPTED, "accept")
    handled(made, SIGNED, upto="sign")
    handled(made, HANDLED)
    handled(made, CLOSED)
    act(made, CLOSED, "close", **CLOSING)
    made.close()
    return folder


class Cases:
    """The page, hands on it, and what stands on the screen and in the store."""

    def __init__(self, qtbot: QtBot, program: Program) -> None:
        self.qtbot, self.program = qtbot, program
        self.page: Any = program.shell.pages["cases"]
        self.hands = Hands()

    def rest(self) -> None:
        """Wait until nothing is due: timers of the page, and everything asked."""
        page = self.page

        def quiet() -> bool:
            timers = (page._typing, page._resting, page.views._soon, page.detail.ties._rest)
            form = page.detail.form
            busy = any(timer.isActive() for timer in timers) or page.list.model._soon.isActive()
            return not busy and not (form is not None and form._keeping.isActive())

        for _ in range(3):
            self.qtbot.waitUntil(quiet, timeout=5000)
            settle(self.qtbot, self.program)

    def view(self, name: str) -> None:
        """Look at a view."""
        self.page.views.choose(name)
        self.rest()

    def stand_at(self, number: str) -> None:
        """Choose a case in the list of all cases."""
        self.view("all")
        rows = range(self.page.list.model.rowCount())
        at = next(nth for nth in rows if self.page.list.model.record(nth).number == number)
        self.page.list.table.choose(at)
        self.page.list.table.setFocus()
        self.rest()

    def numbers(self) -> list[str]:
        """Return the numbers in the list."""
        model = self.page.list.model
        return [model.record(nth).number for nth in range(model.rowCount())]

    def read(self, number: str) -> dict[str, Any]:
        """Return a case as the store has it, unmasked."""
        with self.program.context.worker.workspace.read() as session:
            subject = cases.find(session, number)
            return views.case(session, subject, projection.state_of(session, subject), masked=False)

    def steps(self, number: str) -> list[str]:
        """Return the kinds of a case's steps that stand."""
        return [step["kind"] for step in self.read(number)["steps"] if not step.get("retracted")]

    def body(self, number: str) -> dict[str, Any]:
        """Return what the last step of a case says."""
        return dict(self.read(number)["steps"][-1]["body"])

    def said(self, of: Any = None) -> str:
        """Return all words that can be read in the case's panel, or in another part."""
        parts = (of or self.page.detail).findChildren(QLabel)
        return "\n".join(part.text() for part in parts if part.isVisible())

    @property
    def toast(self) -> str:
        """What the message at the foot says."""
        shown = self.program.shell.toast
        return shown.words.text() if shown.isVisible() else ""


@contextmanager
def case_window(qtbot: QtBot, folder: Path, **how: Any) -> Iterator[Cases]:
    """Open the page on a store."""
    with window(qtbot, folder, page="cases", clock=lambda: NOW, **how) as program:
        found = Cases(qtbot, program)
        found.rest()
        yield found
