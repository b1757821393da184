"""Sees whether the window's thread was ever too busy to answer, and names the call that kept it."""

import faulthandler
import re
import tempfile
import threading
import time
from dataclasses import dataclass
from types import TracebackType

from PySide6.QtCore import QTimer

BEAT_MS = 4
SLOW = 0.1
LOOK_EVERY = 0.02
# Off the processor and not at the end of its slice: what a store, a file or a lock keeps waiting. The processors are
# shared with whatever else runs, so only what can't be chance counts.
STUCK = 1.5


@dataclass(frozen=True)
class Late:
    """A stretch without a beat: seconds by the clock, seconds of work, and where it was seen (calls, innermost first)."""

    wall: float
    work: float
    doing: str
    where: str

    def __str__(self) -> str:
        return f"{self.doing}: {self.work * 1000:.0f} ms of work, {self.wall * 1000:.0f} ms by the clock\n{self.where}"


class Watch:
    """Beats on the thread that made it; a second thread looks at its stack when a beat is missing.

    Time of work (`time.thread_time`) counts rather than time by the clock, since tests share their processors.
    """

    def __init__(self) -> None:
        self.doing, self._slow = "", SLOW
        self.late: list[Late] = []
        self.worst = 0.0
        self.stretches: list[float] = []
        self._thread = threading.get_ident()
        self._seen: list[str] = []
        self._timer = QTimer()
        self._timer.setInterval(BEAT_MS)
        self._timer.timeout.connect(self._beat)
        self._ended = threading.Event()
        self._looker = threading.Thread(target=self._look, name="watch", daemon=True)

    def __enter__(self) -> "Watch":
        self._at, self._worked = time.perf_counter(), time.thread_time()
        self._timer.start()
        self._looker.start()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _traces: TracebackType | None
    ) -> None:
        self._beat()
        self._timer.stop()
        self._ended.set()
        self._looker.join()

    def at(self, doing: str, slow: float = SLOW) -> None:
        """Say what is being done now, for the message, and how much work at a stretch it may be."""
        self._beat()
        self.doing, self._slow = doing, slow

    def _beat(self) -> None:
        now, worked = time.perf_counter(), time.thread_time()
        wall, work = now - self._at, worked - self._worked
        self._at, self._worked = now, worked
        self.stretches.append(work)
        self.worst = max(self.worst, work)
        if work > self._slow or wall > STUCK:
            self.late.append(Late(wall, work, self.doing, "\n".join(self._seen[-3:]) or "(not seen)"))
        self._seen = []

    def _look(self) -> None:
        while not self._ended.wait(LOOK_EVERY):
            if time.perf_counter() - self._at < SLOW / 2:
                continue
            self._seen.append(self._stack())

    def _stack(self) -> str:
        """Return the calls of the window's thread, the innermost first.

        By faulthandler, which reads them without making frame objects: those of a running thread crash CPython 3.11.
        """
        with tempfile.TemporaryFile("w+", encoding="utf-8") as out:
            faulthandler.dump_traceback(out, all_threads=True)
            out.seek(0)
            parts = out.read().split("\n\n")
        here = next((part for part in parts if f"0x{self._thread:016x}" in part), "")
        calls = re.findall(r'File "[^"]*?([^/"]+)", line (\d+) in (\S+)', here)
        return " < ".join(f"{name}:{line} {call}" for name, line, call in calls[:10])

    def check(self) -> None:
        """Fail with what was seen."""
        assert not self.late, "\n".join(map(str, self.late))
