"""How long work reports and is cancelled, without knowing who listens."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from threading import Event
from typing import TypeVar

T = TypeVar("T")


class Cancelled(Exception):
    """The person asked the work to stop; the transaction around it is rolled back."""


def _nobody(_done: int, _total: int, _what: str) -> None:
    return None


class Progress:
    """Handed to any long work. `Progress()` reports to nobody."""

    def __init__(self, tell: Callable[[int, int, str], None] = _nobody) -> None:
        self._tell = tell
        self._stop = Event()
        self._acts: list[Callable[[], object]] = []

    def cancel(self) -> None:
        """Ask the work to stop at its next report. Safe from any thread."""
        self._stop.set()
        for act in tuple(self._acts):
            act()

    @contextmanager
    def cancelling(self, act: Callable[[], object]) -> Iterator[None]:
        """While the block runs, `cancel` also does `act`: what waits for another process is woken."""
        self._acts.append(act)
        try:
            yield
        finally:
            self._acts.remove(act)

    def report(self, done: int, total: int, what: str) -> None:
        """Say that `done` of `total` units of `what` are finished.

        Raises:
            Cancelled: `cancel` was called.
        """
        if self._stop.is_set():
            raise Cancelled
        self._tell(done, total, what)

    def over(self, items: Sequence[T], what: str) -> Iterator[T]:
        """Yield each item, reporting before it and once at the end."""
        for done, item in enumerate(items):
            self.report(done, len(items), what)
            yield item
        self.report(len(items), len(items), what)
