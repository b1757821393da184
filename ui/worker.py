"""The threads that touch the store, so that the window never waits: one that reads, one that writes and does long work."""

import logging
import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

from zq_grid.errors import Refused
from zq_grid.progress import Cancelled, Progress

log = logging.getLogger(__name__)
Work = Callable[[Any, Progress], Any]
Then = Callable[[Any], None]
LATE_MS = 500
READ, WRITE = "read", "write"
_order = count()


class Job(QObject):
    """One piece of work under way. Lives on the window's thread; `progressed` crosses over by itself."""

    progressed = Signal(int, int, str)
    ended = Signal()

    def __init__(self, title: str, parent: QObject) -> None:
        super().__init__(parent)
        self.title = title
        self.progress = Progress(self._tell)
        self.over = False
        self.last: tuple[int, int, str] | None = None  # what was reported last, for who begins to look later
        self._seen = -1

    def cancel(self) -> None:
        """Ask the work to stop at its next report; what it wrote is rolled back."""
        self.progress.cancel()

    def _tell(self, done: int, total: int, what: str) -> None:
        # some loops report every row: a hundred times is enough for a bar
        self.last = (done, total, what)
        part = done * 100 // total if total else done
        if part != self._seen:
            self._seen = part
            self.progressed.emit(done, total, what)


@dataclass(order=True)
class _Asked:
    rank: int
    nth: int
    work: Work = field(compare=False)
    then: Then | None = field(compare=False)
    failed: Callable[[BaseException], None] | None = field(compare=False)
    key: str = field(compare=False)
    job: Job = field(compare=False)
    owner: QObject | None = field(compare=False)
    sure: bool = field(compare=False, default=False)
    result: Any = field(compare=False, default=None)
    error: BaseException | None = field(compare=False, default=None)


class Worker(QObject):
    """Runs work beside the window and hands its result back on the window's thread.

    `opened` tells that the store is open, `touched` carries the names of tables that a commit changed, `refused` a
    refusal nobody else took, `broken` an error that is a bug, `late` a job that has lasted half a second.
    """

    opened = Signal(object)
    failed_to_open = Signal(object)
    touched = Signal(object)
    refused = Signal(object)
    broken = Signal(object)
    late = Signal(object)
    _answered = Signal(object)

    def __init__(
        self, opening: Callable[[Callable[[frozenset[str]], None]], Any], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._opening = opening
        self.workspace: Any = None
        self._queues: dict[str, queue.PriorityQueue[_Asked]] = {
            READ: queue.PriorityQueue(),
            WRITE: queue.PriorityQueue(),
        }
        self._newest: dict[str, int] = {}
        self._threads: list[threading.Thread] = []
        self._ready = threading.Event()
        self._ending = threading.Event()
        self._open_jobs: set[Job] = set()
        self._answered.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    def start(self) -> None:
        """Open the store and begin to work; `opened` or `failed_to_open` follows."""
        for lane in (WRITE, READ):
            thread = threading.Thread(target=self._run, args=(lane,), name=f"store-{lane}", daemon=True)
            self._threads.append(thread)
            thread.start()

    def ask(
        self,
        work: Work,
        then: Then | None = None,
        *,
        failed: Callable[[BaseException], None] | None = None,
        key: str = "",
        lane: str = READ,
        rank: int = 5,
        title: str = "",
        owner: QObject | None = None,
        sure: bool = False,
    ) -> Job:
        """Have `work(workspace, progress)` done; `then(result)` follows on the window's thread.

        Args:
            failed: takes what was raised; without it refusals go to `refused` and bugs to `broken`.
            key: a later question with the same key makes this one's answer unwanted.
            lane: READ for looking; WRITE for acts and long work, one at a time.
            rank: smaller goes first.
            title: what is being done, for work that may last; "" for what is too short to show.
            owner: an object whose end makes the answer unwanted.
            sure: done even if the window closes before its turn: what was typed, say.
        """
        nth = next(_order)
        if key:
            self._newest[key] = nth
        job = Job(title, self)
        self._open_jobs.add(job)
        self._queues[lane].put(_Asked(rank, nth, work, then, failed, key, job, owner, sure))
        if title:
            QTimer.singleShot(LATE_MS, job, lambda: None if job.over else self.late.emit(job))
        return job

    def act(self, work: Work, then: Then | None = None, **how: Any) -> Job:
        """Have something written: `ask` in the writing lane."""
        return self.ask(work, then, lane=WRITE, **how)

    def idle(self) -> bool:
        """Tell whether nothing is asked that is not answered yet."""
        return not self._open_jobs

    def close(self) -> None:
        """Cancel what is under way, let both threads end and close the store."""
        self._ending.set()
        self._ready.set()
        for job in list(self._open_jobs):
            job.cancel()
        for lane in self._queues.values():
            lane.put(_Asked(-1, -1, lambda _w, _p: None, None, None, "", Job("", self), None))
        for thread in self._threads:
            thread.join()
        if self.workspace is not None:
            self.workspace.close()
            self.workspace = None

    # on the threads ---------------------------------------------------------------------------

    def _run(self, lane: str) -> None:
        if lane == WRITE and not self._open():
            return
        self._ready.wait()
        while self.workspace is not None:
            asked = self._queues[lane].get()
            # `close` may come while something is done: what was promised still stands in the queue then
            if self._ending.is_set():
                self._finish(lane, asked)
                return
            if not asked.key or self._newest.get(asked.key) == asked.nth:
                self._do(asked)
            self._answered.emit(asked)

    def _finish(self, lane: str, asked: _Asked) -> None:
        """Do what was promised for sure, now that the window closes."""
        left = [asked]
        while not self._queues[lane].empty():
            left.append(self._queues[lane].get())
        for one in left:
            if one.sure and (not one.key or self._newest.get(one.key) == one.nth):
                self._do(one)

    def _open(self) -> bool:
        try:
            self.workspace = self._opening(self.touched.emit)
        except BaseException as error:
            log.info("the store did not open: %s", error)
            self._ending.set()
            self._ready.set()
            self.failed_to_open.emit(error)
            return False
        self._ready.set()
        self.opened.emit(self.workspace)
        return True

    def _do(self, asked: _Asked) -> None:
        try:
            asked.result = asked.work(self.workspace, asked.job.progress)
        except BaseException as error:
            asked.error = error
            if not isinstance(error, Refused | Cancelled):
                log.exception("work failed: %s", asked.job.title)

    # on the window's thread -------------------------------------------------------------------

    @Slot(object)
    def _deliver(self, asked: _Asked) -> None:
        job = asked.job
        job.over = True
        self._open_jobs.discard(job)
        job.ended.emit()
        job.deleteLater()
        wanted = not asked.key or self._newest.get(asked.key) == asked.nth
        if not wanted or self._ending.is_set() or (asked.owner is not None and not _alive(asked.owner)):
            return
        if asked.error is None:
            if asked.then is not None:
                asked.then(asked.result)
        elif asked.failed is not None:
            asked.failed(asked.error)
        elif isinstance(asked.error, Refused):
            self.refused.emit(asked.error)
        elif not isinstance(asked.error, Cancelled):
            self.broken.emit(asked.error)


def _alive(thing: QObject) -> bool:
    from shiboken6 import isValid

    return bool(isValid(thing))
