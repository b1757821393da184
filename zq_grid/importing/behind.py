"""What need not be waited for, done in order on a thread of its own: an engine works without the interpreter."""

from collections.abc import Callable
from queue import Queue
from threading import Thread

Job = Callable[[], object]

AHEAD = 4  # jobs that may wait: each holds some hundred cases


class Behind:
    """Does jobs one after another, while the caller goes on; or at once, where a thread isn't worth it.

    Between `put` and `wait` whatever the jobs touch is theirs. A job that fails is the last one done: what it
    raised, the next `put` or `wait` raises.
    """

    def __init__(self, *, apart: bool) -> None:
        """Begin with nothing to do; `apart`: on a thread, begun with the first job."""
        self.apart = apart
        self._jobs: Queue[Job | None] = Queue(AHEAD)
        self._thread: Thread | None = None
        self._trouble: BaseException | None = None
        self._left = False

    def __enter__(self) -> "Behind":
        return self

    def __exit__(self, *_: object) -> None:
        """Return when the job that is being done has ended; those that wait are dropped."""
        if self._thread is not None:
            self._left = True
            self._jobs.put(None)
            self._thread.join()
            self._thread = None

    def put(self, job: Job) -> None:
        """Have a job done after those before it."""
        if not self.apart:
            job()
            return
        if self._thread is None:
            self._thread = Thread(target=self._work, name="import", daemon=True)
            self._thread.start()
        self._jobs.put(job)
        self._tell()

    def wait(self) -> None:
        """Return when all is done."""
        if self._thread is not None:
            self._jobs.join()
            self._tell()

    def _tell(self) -> None:
        if self._trouble is not None:
            raise self._trouble

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            try:
                if not self._left and self._trouble is None:
                    job()
            except BaseException as trouble:
                self._trouble = trouble
            finally:
                self._jobs.task_done()
