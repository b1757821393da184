"""Waiting for a window in a program that is no test: the two calls of pytest-qt's bot that our helpers use."""

import time
from collections.abc import Callable

from PySide6.QtCore import QEventLoop, QTimer


class Patience:
    """Lets the window's events run until something is so."""

    def wait(self, ms: int) -> None:
        """Let events run for some milliseconds."""
        # QTest.qWait would keep all other threads waiting too: it holds Python's lock
        loop = QEventLoop()
        QTimer.singleShot(ms, loop.quit)
        loop.exec()

    def waitUntil(self, so: Callable[[], object], *, timeout: int = 5000) -> None:
        """Let events run until `so` holds; AssertionError after `timeout` milliseconds."""
        until = time.monotonic() + timeout / 1000
        while not so():
            assert time.monotonic() < until, f"still not so after {timeout} ms"
            self.wait(2)
