"""Run as a program: a morning's work in the real window, by keys alone; killed in the middle of a sentence.

`python -m tests.e2e.morning FOLDER BOOK first|again` prints one line of JSON for each thing done: what, how many keys it
took besides words, and what a person saw. After `typing` it only waits to be killed.
"""

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QCoreApplication, Qt, QTimer, qInstallMessageHandler
from PySide6.QtWidgets import QApplication, QFileDialog

from tests.e2e.patience import Patience
from tests.stores import HOUR, MONDAY
from tests.ui.case_window import Cases
from tests.ui.keys import ALT, CTRL, SHIFT, Hands, Key
from tests.ui.window import settle
from ui.app import Program, application

NINE_TO_TEN = MONDAY + HOUR
PLACE, BEGUN, REST = "和溪五村 12 号 601 室", "楼上水管爆裂，水从天花板", "滴下来，要求马上派人"
COMPLAINTS: list[str] = []


class Morning:
    """Hands, eyes, and a line of what was done."""

    def __init__(self, folder: Path, page: str) -> None:
        began = time.monotonic()
        self.bot: Any = Patience()
        self.program = Program(folder, clock=lambda: NINE_TO_TEN + int(time.monotonic() - began))
        self.program.first = page
        self.program.start()
        self.bot.waitUntil(lambda: self.shell.here is not None, timeout=30_000)
        self.to_the_front()
        settle(self.bot, self.program)
        self.hands = Hands()
        self._cases: Cases | None = None

    @property
    def shell(self) -> Any:
        """Return the window."""
        return self.program.shell

    def to_the_front(self) -> None:
        """Do what a window manager does, where none runs."""
        self.shell.activateWindow()
        self.bot.waitUntil(lambda: QApplication.focusWidget() is not None, timeout=10_000)

    @property
    def cases(self) -> Cases:
        """Return the page of cases, with these same hands."""
        if self._cases is None:
            self._cases = Cases(self.bot, self.program)
            self._cases.hands = self.hands
        return self._cases

    def say(self, what: str, before: int, **seen: Any) -> None:
        """Print what was done."""
        toast = self.shell.toast
        words = toast.words.text() if toast.isVisible() else ""
        line = {"what": what, "keys": self.hands.keys - before, "toast": words, **seen}
        print(json.dumps(line, ensure_ascii=False), flush=True)

    def rest(self) -> None:
        """Wait until everything that was asked is answered."""
        settle(self.bot, self.program)

    def until(self, so: Callable[[], object]) -> None:
        """Wait until something is so."""
        self.bot.waitUntil(so, timeout=30_000)

    # the morning ------------------------------------------------------------------------------

    def imports(self, book: Path) -> None:
        """Ctrl+O, the path in the file dialog, Enter to write, Enter when it is done."""
        before, hands = self.hands.keys, self.hands
        hands.press(Key.Key_3, ALT)
        self.rest()
        page = self.shell.pages["import"]

        def answer() -> None:
            dialog = QApplication.activeModalWidget()
            if not isinstance(dialog, QFileDialog) or not dialog.isAncestorOf(
                QApplication.focusWidget() or page
            ):
                QTimer.singleShot(10, answer)
                return
            hands.write(str(book)).press(Key.Key_Return)

        QTimer.singleShot(10, answer)
        hands.press(Key.Key_O, CTRL)
        self.until(lambda: page.state == "ready")
        self.to_the_front()
        seen = {name: page.review.figures[name].number.text() for name in ("new", "rejected", "asked")}
        hands.press(Key.Key_Return)
        self.until(lambda: page.state == "done")
        self.rest()
        self.say("import", before, shown=seen)
        hands.press(Key.Key_Return)

    def accepts(self) -> None:
        """Choose all that came and accept them: a preview, then one act."""
        before = self.hands.keys
        self.hands.press(Key.Key_2, ALT)
        self.rest()
        self.hands.press(Key.Key_4)
        self.cases.rest()
        if self.cases.numbers():
            self.hands.press(Key.Key_A, CTRL)
            self.cases.rest()
            self.hands.press(Key.Key_A)
            self.cases.rest()
            self.hands.press(Key.Key_Return)
            self.cases.rest()
        self.say("accept", before, left=self.cases.numbers())

    def dispatches(self) -> None:
        """Accept every proposed unit at once."""
        before = self.hands.keys
        self.hands.press(Key.Key_5)
        self.cases.rest()
        waiting = len(self.cases.numbers())
        self.hands.press(Key.Key_P)
        self.cases.rest()
        self.hands.press(Key.Key_Return)
        self.cases.rest()
        self.say("dispatch", before, waiting=waiting, left=self.cases.numbers())

    def contacts(self, numbers: list[str]) -> None:
        """Call fifteen people, every third one does not answer."""
        before = self.hands.keys
        self.hands.press(Key.Key_9)
        self.cases.rest()
        shown = [number for number in self.cases.numbers() if number in numbers]
        self.hands.press(Key.Key_Home, CTRL)
        for nth, number in enumerate(shown):
            self.cases.rest()
            record = self.cases.page.list.table.record()
            assert record.number == number, (record.number, number)
            self.hands.press(Key.Key_C)
            if nth % 3:
                self.hands.press(Key.Key_1)
            else:
                self.hands.press(Key.Key_2).press(Key.Key_1)
            self.hands.press(Key.Key_Return)
            self.cases.rest()
            self.hands.press(Key.Key_Down)
        self.say("contact", before, done=shown)

    def visits(self) -> None:
        """Ask five people whether they are content."""
        before, done = self.hands.keys, 0
        self.hands.press(Key.Key_6)
        self.cases.rest()
        asked = self.cases.numbers()
        while done < len(asked):
            self.hands.press(Key.Key_V).press(Key.Key_1).press(Key.Key_Return)
            self.cases.rest()
            done += 1
        self.say("visit", before, asked=asked, left=self.cases.numbers())

    def finds(self, number: str) -> None:
        """Go to a case by the palette."""
        self.hands.press(Key.Key_K, CTRL).write(number)
        panel = self.shell.palette_panel
        self.until(
            lambda: any(panel.model.record(nth).what == "案件" for nth in range(panel.model.rowCount()))
        )
        self.rest()
        nth = next(n for n in range(panel.model.rowCount()) if panel.model.record(n).what == "案件")
        self.hands.press(Key.Key_Down, times=nth).press(Key.Key_Return)
        self.cases.rest()

    def closes(self, numbers: list[str]) -> None:
        """Close two cases with canned texts."""
        for number in numbers:
            before = self.hands.keys
            self.finds(number)
            self.hands.press(Key.Key_E).press(Key.Key_1, times=3)
            self.hands.press(Key.Key_Tab).press(Key.Key_1).press(Key.Key_1).press(Key.Key_Return)
            self.cases.rest()
            self.say("close", before, number=number)

    def extends(self, number: str) -> None:
        """Ask for five more days."""
        before = self.hands.keys
        self.finds(number)
        self.hands.press(Key.Key_X).press(Key.Key_5).press(Key.Key_Tab).press(Key.Key_1)
        self.hands.press(Key.Key_Return)
        self.cases.rest()
        self.say("extension", before, number=number)

    def returns(self, number: str) -> None:
        """Give a case back to the district."""
        before = self.hands.keys
        self.finds(number)
        self.hands.press(Key.Key_R).press(Key.Key_Backtab, SHIFT).press(Key.Key_2).press(Key.Key_1)
        self.hands.press(Key.Key_Return)
        self.cases.rest()
        self.say("return", before, number=number)

    def errs(self, number: str) -> None:
        """Write a contact down at the wrong case and take it back."""
        before = self.hands.keys
        self.finds(number)
        self.hands.press(Key.Key_C).press(Key.Key_1).press(Key.Key_Return)
        self.cases.rest()
        wrong = self.cases.steps(number)
        self.hands.press(Key.Key_Z, CTRL)
        self.cases.rest()
        self.say("undo", before, number=number, wrong=wrong[-1], after=self.cases.steps(number))

    def begins_a_case(self) -> None:
        """Write half a sentence of a new case."""
        before = self.hands.keys
        self.hands.press(Key.Key_N, CTRL)
        self.rest()
        self.hands.write(PLACE).press(Key.Key_Tab).write(BEGUN)
        page = self.shell.pages["new_case"]
        # the moment that the program promises: a quarter of a second
        self.until(lambda: not page.draft.is_due() and self.program.context.worker.idle())
        self.say("typing", before)
        self.until(lambda: False)

    def ends_the_case(self) -> None:
        """Find what was written, end the sentence, log the case."""
        before, page = self.hands.keys, self.shell.pages["new_case"]
        settle(self.bot, self.program)
        place, text = page.form.place.value(), page.form.text.value()
        if page.form.place.line.hasFocus():
            self.hands.press(Key.Key_Tab)
        page.form.text.edit.moveCursor(page.form.text.edit.textCursor().MoveOperation.End)
        self.hands.write(REST)
        self.until(lambda: page.form.type_ and not page._proposing.isActive())
        self.rest()
        self.hands.press(Key.Key_Tab).press(Key.Key_Tab).press(Key.Key_1)
        self.hands.press(Key.Key_Return, CTRL)
        self.rest()
        self.until(page.form.is_empty)
        self.say("logged", before, place=place, text=text)

    def closes_the_window(self) -> None:
        """Close it, as by its cross."""
        self.shell.close()
        QApplication.processEvents()
        print(json.dumps({"what": "closed", "complaints": COMPLAINTS}), flush=True)


def _complaint(_kind: Any, _context: Any, said: str) -> None:
    if "This plugin does not support" not in said:
        COMPLAINTS.append(said)


def main() -> None:
    """Work until killed, or to the end."""
    folder, book, part = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
    orders = json.loads(sys.argv[4]) if len(sys.argv) > 4 else {}
    qInstallMessageHandler(_complaint)
    QCoreApplication.setAttribute(Qt.ApplicationAttribute.AA_DontUseNativeDialogs)
    application()
    if part == "again":
        morning = Morning(folder, "new_case")
        morning.ends_the_case()
        morning.closes_the_window()
        return
    morning = Morning(folder, "my_day")
    try:
        works(morning, book, orders)
    except BaseException:
        morning.shell.grab().save(str(folder.parent / "failed.png"))
        raise


def works(morning: Morning, book: Path, orders: Any) -> None:
    """Do the morning's work up to the sentence in whose middle it ends."""
    morning.imports(book)
    morning.accepts()
    morning.dispatches()
    morning.contacts(orders["contact"])
    morning.visits()
    morning.closes(orders["close"])
    morning.extends(orders["extend"])
    morning.returns(orders["return"])
    morning.errs(orders["err"])
    morning.begins_a_case()


if __name__ == "__main__":
    main()
