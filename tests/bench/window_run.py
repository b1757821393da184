"""Run as a program: opens the window on a store as `zq-grid` does, works in it, prints milliseconds as JSON."""

import json
import os
import sys
import time
from pathlib import Path
from typing import Any

from tests.bench.measure import peak

BEGAN = float(os.environ["BEGAN"])  # monotonic, the same clock for parent and child
TURNS = 60
WORDS = ("漏水", "违法搭建", "群租", "充电", "louti")


def _since_the_start() -> float:
    return (time.monotonic() - BEGAN) * 1000


def main() -> None:
    """Open, measure, print."""
    from ui.app import Program, application
    from ui.shell import Shell

    found: dict[str, Any] = {"next": [], "detail": [], "frame": [], "letter": [], "found": []}

    class Seen(Shell):
        """Notes when it was first painted."""

        def paintEvent(self, event: Any) -> None:
            super().paintEvent(event)
            found.setdefault("painted", _since_the_start())

    import ui.app

    ui.app.Shell = Seen  # type: ignore[misc]
    application()
    program = Program(Path(sys.argv[1]))
    program.first = "cases"
    program.shell.resize(1440, 900)
    program.start()
    _work(program, found)
    program.shell.close()
    found["memory"] = peak()
    print(json.dumps(found))


def _work(program: Any, found: dict[str, Any]) -> None:
    from PySide6.QtCore import Qt
    from PySide6.QtTest import QTest
    from PySide6.QtWidgets import QApplication

    from tests.e2e.patience import Patience
    from tests.e2e.watch import Watch

    shell, wait = program.shell, Patience()
    wait.waitUntil(lambda: shell.here is not None, timeout=60_000)
    page = shell.pages["cases"]
    page.views.choose("all")
    wait.waitUntil(lambda: page.list.model.rowCount() > 0, timeout=60_000)
    found["usable"] = _since_the_start()
    wait.waitUntil(lambda: page.list.total > 0 and program.context.worker.idle(), timeout=120_000)
    found["rows"] = page.list.model.rowCount()
    table = page.list.table
    with Watch() as watch:
        for _ in range(TURNS):
            began = time.perf_counter()
            QTest.keyClick(table, Qt.Key.Key_Down)
            QApplication.processEvents()
            found["next"].append((time.perf_counter() - began) * 1000)
            number = table.record().number

            def filled(number: str = number) -> bool:
                return page.detail.case is not None and page.detail.case["number"] == number

            wait.waitUntil(filled, timeout=20_000)
            found["detail"].append((time.perf_counter() - began) * 1000)
        bar = table.verticalScrollBar()
        step = max(1, bar.maximum() // 400)
        for nth in range(200):
            began = time.perf_counter()
            bar.setValue(bar.value() + (step if nth % 2 else 1))
            table.viewport().repaint()
            found["frame"].append((time.perf_counter() - began) * 1000)
            wait.wait(2)
        wait.waitUntil(program.context.worker.idle, timeout=60_000)
        for words in WORDS:
            page.search.clear()
            wait.waitUntil(program.context.worker.idle, timeout=60_000)
            for letter in words:
                began = time.perf_counter()
                page.search.insert(letter)
                page.search.textEdited.emit(page.search.text())
                QApplication.processEvents()
                found["letter"].append((time.perf_counter() - began) * 1000)
                wait.wait(40)
            began = time.perf_counter()
            wait.waitUntil(lambda: not page._typing.isActive(), timeout=20_000)
            wait.waitUntil(program.context.worker.idle, timeout=60_000)
            found["found"].append((time.perf_counter() - began) * 1000)
    found["longest"] = watch.worst * 1000


if __name__ == "__main__":
    main()
