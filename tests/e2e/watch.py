"""Sees whether the window's thread was ever too busy to answer, and names the call that kept it."""

import sys
import threading
import time
import traceback
from dataclasses import dataclass
from types import FrameType, TracebackType

from PySide6.QtCore import QTimer

BEAT_MS = 4
SLOW = 0.1
LOOK_EVERY = 0.02
# Off the processor and not at the end of its slice: what a store, a file or a lock keeps waiting. The processors are
# shared with whatever else runs, so only what can't be chance counts.
STUCK = 1.5


@dataclass(frozen=True)
class Late:
    """A stretch without a beat: seconds by the clock, seconds of work, and where it was seen (calls, innermost last)."""

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
        self.doing = ""
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

    def at(self, doing: str) -> None:
        """Say what is being done now, for the message."""
        self._beat()
        self.doing = doing

    def _beat(self) -> None:
        now, worked = time.perf_counter(), time.thread_time()
        wall, work = now - self._at, worked - self._worked
        self._at, self._worked = now, worked
        self.stretches.append(work)
        self.worst = max(self.worst, work)
        if work > SLOW or wall > STUCK:
            self.late.append(Late(wall, work, self.doing, "\n".join(self._seen[-3:]) or "(not seen)"))
        self._seen = []

    def _look(self) -> None:
        while not self._ended.wait(LOOK_EVERY):
            if time.perf_counter() - self._at < SLOW / 2:
                continue
            frame = sys._current_frames().get(self._thread)
            if frame is not None:
                self._seen.append(_ours(frame))

    def check(self) -> None:
        """Fail with what was seen."""
        assert not self.late, "\n".join(map(str, self.late))


def _ours(frame: FrameType) -> str:
    """Return the calls that lie in this program, the innermost last."""
    lines = traceback.extract_stack(frame)
    return " > ".join(f"{one.filename.rpartition('/')[2]}:{one.lineno} {one.name}" for one in lines[-14:])
