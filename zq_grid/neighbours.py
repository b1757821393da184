"""Files in the making beside their target: held by a lock while somebody writes, cleared away once their writer is gone.

What lies in them may be unmasked, and a program that is killed clears nothing away. So whoever makes the next file in
that folder does: a lock that can be had belongs to nobody who lives. The system frees the locks of the dead by itself;
numbers of processes are given again and say nothing of another machine on the same share.
"""

import contextlib
import os
import re
import secrets
import shutil
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO

_OURS = re.compile(r"\.zq-([0-9a-f]{16})(?:\..*|-.*)?")
# Of versions that held no lock, and of copies of the store: certain to be left over after so many seconds.
_OLD = re.compile(r"\.zq-[0-9a-z_]{8}")
_LONG = 86_400


@contextlib.contextmanager
def neighbour(path: Path) -> Iterator[Path]:
    """Give a new name `.zq-<16 digits>.tmp` beside `path` to write to; what is left of it in the end is removed.

    Names that begin with its stem and a dash are its own too. Left-overs of others that are gone are removed first.

    Raises:
        OSError: nothing can be written in the folder.
    """
    clear(path.parent)
    name, lock = _claim(path.parent)
    try:
        yield path.with_name(f".zq-{name}.tmp")
    finally:
        _remove(path.parent, name)
        lock.close()
        with contextlib.suppress(OSError):
            _lock_file(path.parent, name).unlink(missing_ok=True)


def clear(folder: Path) -> None:
    """Remove what programs that were killed left in a folder; what is being written by others stays."""
    with contextlib.suppress(OSError):
        with os.scandir(folder) as entries:
            left = [entry.name for entry in entries if entry.name.startswith(".zq-")]
        for name in {found[1] for one in left if (found := _OURS.fullmatch(one))}:
            with contextlib.suppress(OSError):
                _clear_one(folder, name)
        for one in left:
            if _OLD.fullmatch(one) and _is_old(folder / one):
                _delete(folder / one)


def _clear_one(folder: Path, name: str) -> None:
    path = _lock_file(folder, name)
    try:
        lock = path.open("rb+")
    except FileNotFoundError:
        left = [one for one in folder.glob(f".zq-{name}*") if _OURS.fullmatch(one.name)]
        if all(map(_is_old, left)):
            _remove(folder, name)
        return
    with lock:
        if not _try_lock(lock):
            return
        _remove(folder, name)
        if sys.platform != "win32":
            path.unlink(missing_ok=True)
    path.unlink(missing_ok=True)


def _claim(folder: Path) -> tuple[str, IO[bytes]]:
    """Make a lock file and hold it; one that was cleared away before it was held is made anew."""
    while True:
        name = secrets.token_hex(8)
        lock = _lock_file(folder, name).open("xb+")
        held = _try_lock(lock)
        # where locks aren't known nobody can get one either, and nothing is cleared away
        if not held or _lock_file(folder, name).exists():
            return name, lock
        lock.close()


def _lock_file(folder: Path, name: str) -> Path:
    return folder / f".zq-{name}.lock"


def _try_lock(file: IO[bytes]) -> bool:
    try:
        if sys.platform == "win32":  # pragma: no cover - only there
            import msvcrt

            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _remove(folder: Path, name: str) -> None:
    """Remove all that bears a name, but its lock."""
    for path in folder.glob(f".zq-{name}*"):
        if path.suffix != ".lock":
            _delete(path)


def _delete(path: Path) -> None:
    with contextlib.suppress(OSError):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


def _is_old(path: Path) -> bool:
    newest = path.lstat().st_mtime
    if path.is_dir() and not path.is_symlink():
        newest = max([newest, *(one.lstat().st_mtime for one in path.iterdir())])
    return time.time() - newest > _LONG
