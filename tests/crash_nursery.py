"""Run as a program: makes processes that act on a store until they are killed (see test_crash.py).

Reads lines `task folder label`, answers each with `pid N`, lets the process print what was acknowledged, and
prints `ended N` when it is gone. One process that has imported everything and forks is ten times faster than
starting a new one for every crash.
"""

import itertools
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

from tests.stores import HANDLING, ORDER
from zq_grid import cases, keeping, setup, together
from zq_grid.workspace import open_workspace

BULK = 300


def clock() -> int:
    """Return the machine's time."""
    return int(time.time())


def say(*words: object) -> None:
    """Print a line in one piece."""
    os.write(1, (" ".join(map(str, words)) + "\n").encode())


def acts(folder: Path, label: str) -> None:
    """Log orders and handle them, one act a transaction, acknowledging each once it is stored."""
    workspace = open_workspace(folder, clock=clock)
    for nth in itertools.count():
        number = f"{label}{nth:05d}"
        with workspace.write() as session:
            cases.log(session, {**ORDER, "order_number": number})
        say("did", number, "log")
        for kind, facts in HANDLING:
            with workspace.write() as session:
                together.act(session, number, kind, facts)
            say("did", number, kind)


def bulks(folder: Path, label: str) -> None:
    """Log some hundred orders in one transaction, as an import does; then again."""
    workspace = open_workspace(folder, clock=clock)
    for nth in itertools.count():
        with workspace.write() as session:
            say("begun", f"{label}{nth:02d}")
            for row in range(BULK):
                cases.log(session, {**ORDER, "order_number": f"{label}{nth:02d}{row:05d}"})
        say("bulk", f"{label}{nth:02d}")


def erases(folder: Path, label: str) -> None:
    """Log an order and erase what is personal in it."""
    workspace = open_workspace(folder, clock=clock)
    for nth in itertools.count():
        number = f"{label}{nth:05d}"
        with workspace.write() as session:
            cases.log(session, {**ORDER, "order_number": number})
        with workspace.write() as session:
            together.act(session, number, "erase", {"fields": ["text", "reporter"], "reason": "本人要求"})
        say("did", number, "erase")


def restores(folder: Path, _label: str) -> None:
    """Put the backup beside the folder in place, again and again."""
    while True:
        say("begun", "restore")
        keeping.restore(folder, folder.parent / "backup.zqb", clock=clock)
        say("restored", "once")


def backups(folder: Path, _label: str) -> None:
    """Back up over the same file again and again."""
    workspace = open_workspace(folder, clock=clock)
    while True:
        say("begun", "backup")
        keeping.backup(workspace, folder.parent / "backup.zqb")


def sets_up(folder: Path, label: str) -> None:
    """Make a store."""
    say("begun", label)
    setup.new_workspace(folder, clock=clock).close()
    say("made", label)
    signal.pause()


TASKS: dict[str, Callable[[Path, str], None]] = {
    "acts": acts,
    "bulks": bulks,
    "erases": erases,
    "restores": restores,
    "backups": backups,
    "sets_up": sets_up,
}


def main() -> None:
    """Serve until there is nothing more to read."""
    children: set[int] = set()
    for line in sys.stdin:
        task, folder, label = line.split()
        if task == "wait":
            while children:
                pid, _ = os.wait()
                children.discard(pid)
                say("ended", pid)
            say("all")
            continue
        pid = os.fork()
        if not pid:
            try:
                TASKS[task](Path(folder), label)
            except BaseException as error:  # what a task dies of must be seen by the test
                say("failed", type(error).__name__, str(error).replace("\n", " "), getattr(error, "code", ""))
            finally:
                os._exit(1)
        children.add(pid)
        say("pid", pid)


if __name__ == "__main__":
    main()
