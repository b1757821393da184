"""Waiting for a window in a program that is no test: the two calls of pytest-qt's bot that our helpers use."""

import time
from collections.abc import Callable

from PySide6.QtTest import QTest


class Patience:
    """Lets the window's events run until something is so."""

    def wait(self, ms: int) -> None:
        """Let events run for some milliseconds."""
        QTest.qWait(ms)

    def waitUntil(self, so: Callable[[], object], *, timeout: int = 5000) -> None:  # noqa: N802 (the bot's name)
        """Let events run until `so` holds; AssertionError after `timeout` milliseconds."""
        until = time.monotonic() + timeout / 1000
        while not so():
            assert time.monotonic() < until, f"still not so after {timeout} ms"
            QTest.qWait(2)
