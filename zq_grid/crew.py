"""Other processes that fold, so that a rebuild or an import uses every core: they hand back rows.

For a rebuild each of them (`crew_child`) reads the store as it was committed; an import hands over the steps of new
cases, which nobody else can read yet. Only the process that was called writes. Whoever can't be started, or dies, is
done without: what was asked of it is then folded here.
"""

import logging
import marshal
import os
import pickle
import struct
import subprocess
import sys
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, suppress
from functools import partial
from pathlib import Path
from queue import Queue
from threading import Thread
from typing import IO, NamedTuple

from db.engine import Address, address
from zq_grid import projection, steps
from zq_grid.catalogue import Catalogue
from zq_grid.projection import Lines, Packed
from zq_grid.rules.step import Step
from zq_grid.session import Session

log = logging.getLogger(__name__)
ROOT = Path(__file__).resolve().parents[1]
# Fewer cases are folded sooner than a process starts; more processes than these wait for the one that writes.
WORTH, MOST = 5_000, 3
# Parts that a process is asked for at once; as many answers may wait to be fetched, so that neither side waits.
AHEAD = WAITING = 8
LENGTH = struct.Struct("<q")
PART = struct.Struct("<qq")
Part = tuple[int, int]
_made = partial(tuple.__new__, Step)


class Order(NamedTuple):
    """What a process is told when it starts. Without an address it is handed the steps it folds."""

    address: Address | None
    catalogue: Catalogue
    now: int
    dialect: str


class Folding:
    """Folds the parts of a rebuild, here or by other processes, which start as soon as this is entered."""

    def __init__(self, session: Session, cases: int) -> None:
        """Begin with nothing.

        Args:
            session: whose transaction rebuilds.
            cases: how many there are in all, about.
        """
        self._session, self._cases = session, cases
        self._parts: Iterator[Part] = iter(())
        self._hands: deque[Hand] = deque()
        self._waiting: deque[tuple[Part, Hand | None]] = deque()
        self._stack = ExitStack()

    def __enter__(self) -> "Folding":
        for _ in range(_worth(self._session, self._cases)):
            self._hands.append(self._stack.enter_context(Hand()))
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def begin(self, parts: Iterable[Part]) -> None:
        """Have folded what these ranges of this store's numbers of subjects hold, by the session's catalogue."""
        session = self._session
        if self._hands:
            where, dialect = address(session.db.engine), session.db.dialect.name
            order = Order(where, session.catalogue, session.now, dialect)
            for hand in self._hands:
                hand.begin(order)
        self._parts = iter(parts)
        self._ask()

    def __iter__(self) -> Iterator[tuple[Part, Packed]]:
        """Yield each part and its rows, in order."""
        while self._waiting:
            part, hand = self._waiting.popleft()
            found = hand.answer() if hand else None
            yield part, {**here(self._session, part)} if found is None else found
            self._ask()

    def _ask(self) -> None:
        """Have every process know what to fold next; without any, take one part at a time."""
        while len(self._waiting) < max(1, AHEAD * len(self._hands)):
            part = next(self._parts, None)
            if part is None:
                return
            hand = self._hands[0] if self._hands else None
            self._hands.rotate(-1)
            if hand is not None:
                hand.ask(PART.pack(*part))
            self._waiting.append((part, hand))


def here(session: Session, part: Part, *, strict: bool = False) -> Lines:
    """Return the rows of the cases among these subjects; `strict` as in `projection.afresh`."""
    first, last = part
    few = projection.TOGETHER
    lots = ((start, min(start + few - 1, last)) for start in range(first, last + 1, few))
    held = (steps.of_range(session.db, *lot, "case:") for lot in lots)
    return projection.gathered(projection.afresh(session, some, strict=strict) for some in held)


def handed(held: Mapping[int, list[Step]]) -> bytes:
    """Return the steps of cases as they go through a pipe."""
    return marshal.dumps({subject: [tuple(step) for step in of_one] for subject, of_one in held.items()})


def taken(said: bytes) -> Iterator[dict[int, list[Step]]]:
    """Yield what `handed` made bytes of, some cases at a time."""
    for some in projection.lots(marshal.loads(said)):
        yield {subject: [_made(step) for step in of_one] for subject, of_one in some.items()}


def _worth(session: Session, cases: int) -> int:
    """Return how many processes are worth starting."""
    # what this transaction wrote itself, no other process can read
    wrote = session.writer is not None and session.writer.last_position > 0
    count = min(cores(), MOST)
    return 0 if cases < WORTH or count < 2 or wrote else count


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


class Hand:
    """One process: asked for parts, it answers in the same order; once it fails it only answers None."""

    def __init__(self) -> None:
        """Start it; it must `begin` before it is asked for anything."""
        self._answers: Queue[bytes] = Queue(WAITING)
        self.well, self.ordered = True, False
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
            self._process, self.well = None, False
            log.warning("no process to fold with: %s", error)
            return
        self._reader = Thread(target=self._read, daemon=True)
        self._reader.start()

    def __enter__(self) -> "Hand":
        return self

    def __exit__(self, *_: object) -> None:
        process = self._process
        if process is None:
            return
        self.well = False
        process.kill()
        while self._reader.is_alive():  # it may stand before a full queue
            with suppress(Exception):
                self._answers.get(timeout=0.05)
        process.wait()
        for pipe in (process.stdin, process.stdout):
            with suppress(OSError):
                if pipe is not None:
                    pipe.close()

    def begin(self, order: Order) -> None:
        """Say what it needs to know before it is asked for anything."""
        self.ordered = True
        self._say(pickle.dumps(order))

    def ready(self) -> bool:
        """Tell whether `answer` will not wait."""
        return not self.well or not self._answers.empty()

    def ask(self, what: bytes) -> None:
        """Have a part folded: a packed `PART`, or steps as `handed` makes them."""
        self._say(what)

    def _say(self, what: bytes) -> None:
        if self.well and self._process is not None and self._process.stdin is not None:
            try:
                self._process.stdin.write(LENGTH.pack(len(what)) + what)
                self._process.stdin.flush()
            except OSError as error:
                if self.well:
                    log.warning("a process that folds is gone: %s", error)
                self.well = False

    def answer(self) -> Packed | None:
        """Return the rows of the part asked for longest ago, None where they must be folded elsewhere."""
        said = self._answers.get() if self.well else b""
        if not said:
            self.well = False
            return None
        found: Packed | None = marshal.loads(said)
        return found

    def _read(self) -> None:
        """Take in answers as they come; an empty one says that there will be no more."""
        assert self._process is not None
        assert self._process.stdout is not None
        while said := frame(self._process.stdout):
            self._answers.put(said)
        self._answers.put(b"")
