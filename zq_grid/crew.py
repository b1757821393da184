"""Other processes that fold parts of a rebuild, so that it uses every core: they read the log and hand back rows.

Each (`crew_child`) reads the store as it was committed; only the process that rebuilds writes. Whoever can't be
started, or dies, is done without: the rebuilding process then folds that part itself.
"""

import logging
import marshal
import os
import pickle
import struct
import subprocess
import sys
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from queue import Queue
from threading import Thread
from typing import IO, NamedTuple

from db.engine import Address, address
from zq_grid import projection, steps
from zq_grid.catalogue import Catalogue
from zq_grid.projection import Lines
from zq_grid.session import Session

log = logging.getLogger(__name__)
ROOT = Path(__file__).resolve().parents[1]
# Fewer cases are folded sooner than a process starts; more processes than these wait for the one that writes.
WORTH, MOST = 5_000, 3
AHEAD = 2
LENGTH = struct.Struct("<q")
PART = struct.Struct("<qq")
Part = tuple[int, int]


class Order(NamedTuple):
    """What a process is told when it starts."""

    address: Address
    catalogue: Catalogue
    now: int


def folded(session: Session, parts: Iterable[Part], cases: int) -> Iterator[tuple[Part, Lines]]:
    """Yield the rows of each part (subjects from – to) in order, folded here or by other processes.

    Args:
        session: whose transaction rebuilds.
        parts: ranges of this store's numbers of subjects.
        cases: how many there are in all, about.
    """
    with ExitStack() as stack:
        hands = deque(stack.enter_context(_Hand(order)) for order in _orders(session, cases))
        waiting: deque[tuple[Part, _Hand | None]] = deque()
        for part in parts:
            hand = hands[0] if hands else None
            hands.rotate(-1)
            if hand is not None:
                hand.ask(part)
            waiting.append((part, hand))
            if len(waiting) > AHEAD * len(hands):
                yield _answered(session, *waiting.popleft())
        while waiting:
            yield _answered(session, *waiting.popleft())


def here(session: Session, part: Part, *, strict: bool = False) -> Lines:
    """Return the rows of the cases among these subjects; `strict` as in `projection.afresh`."""
    held = steps.of_range(session.db, *part, "case:")
    return projection.afresh(session, held, strict=strict)


def _answered(session: Session, part: Part, hand: "_Hand | None") -> tuple[Part, Lines]:
    found = hand.answer() if hand else None
    return part, here(session, part) if found is None else found


def _orders(session: Session, cases: int) -> list[Order]:
    """Return one order for each process that is worth starting."""
    # what this transaction wrote itself, no other process can read
    wrote = session.writer is not None and session.writer.last_position > 0
    count = min(cores(), MOST)
    if cases < WORTH or count < 2 or wrote:
        return []
    return [Order(address(session.db.engine), session.catalogue, session.now)] * count


def cores() -> int:
    """Return how many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def command() -> list[str]:
    """Return the command line of a process that folds, in a checkout and in the frozen program."""
    if getattr(sys, "frozen", False):
        return [sys.executable, "--fold"]
    return [sys.executable, "-P", "-m", "zq_grid.crew_child"]


def frame(pipe: IO[bytes]) -> bytes:
    """Return the next thing said through a pipe, empty at its end."""
    head = pipe.read(LENGTH.size)
    if len(head) < LENGTH.size:
        return b""
    length = LENGTH.unpack(head)[0]
    said = pipe.read(length)
    return said if len(said) == length else b""


class _Hand:
    """One process: asked for parts, it answers in the same order; once it fails it only answers None."""

    def __init__(self, order: Order) -> None:
        self._answers: Queue[bytes] = Queue(AHEAD)
        self._well = True
        environment = dict(os.environ)
        environment["PYTHONPATH"] = os.pathsep.join(filter(None, (str(ROOT), environment.get("PYTHONPATH"))))
        try:
            self._process: subprocess.Popen[bytes] | None = subprocess.Popen(
                command(),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=environment,
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            )
        except OSError as error:
            self._process, self._well = None, False
            log.warning("no process to fold with: %s", error)
            return
        self._reader = Thread(target=self._read, daemon=True)
        self._reader.start()
        self._say(pickle.dumps(order))

    def __enter__(self) -> "_Hand":
        return self

    def __exit__(self, *_: object) -> None:
        process = self._process
        if process is None:
            return
        process.kill()
        while self._reader.is_alive():  # it may stand before a full queue
            with suppress(Exception):
                self._answers.get(timeout=0.05)
        process.wait()
        for pipe in (process.stdin, process.stdout):
            with suppress(OSError):
                if pipe is not None:
                    pipe.close()

    def ask(self, part: Part) -> None:
        """Have a part folded."""
        self._say(PART.pack(*part))

    def _say(self, what: bytes) -> None:
        if self._well and self._process is not None and self._process.stdin is not None:
            try:
                self._process.stdin.write(LENGTH.pack(len(what)) + what)
                self._process.stdin.flush()
            except OSError as error:
                self._well = False
                log.warning("a process that folds is gone: %s", error)

    def answer(self) -> Lines | None:
        """Return the rows of the part asked for longest ago, None where they must be folded elsewhere."""
        said = self._answers.get() if self._well else b""
        if not said:
            self._well = False
            return None
        found: Lines | None = marshal.loads(said)
        return found

    def _read(self) -> None:
        """Take in answers as they come; an empty one says that there will be no more."""
        assert self._process is not None
        assert self._process.stdout is not None
        while said := frame(self._process.stdout):
            self._answers.put(said)
        self._answers.put(b"")
