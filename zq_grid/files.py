"""Writes a file so that, whatever fails, either the old one or the new one is there, whole."""

import contextlib
import errno
import os
from collections.abc import Iterator
from pathlib import Path

from zq_grid import neighbours
from zq_grid.errors import Refused

FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_STORE = frozenset({"key", "device", "window.json"})
DENIED = {errno.EACCES, errno.EPERM, errno.EROFS, errno.EISDIR, errno.EBUSY}


def refuse_own(path: Path) -> None:
    """Refuse to write over what a store is made of: its key is held nowhere else, and without it nothing can be read.

    Raises:
        Refused: "file_of_store".
    """
    real = Path(os.path.realpath(path))
    beside = real.name in _STORE or real.name.startswith("store.db")
    if (beside and _is_store(real.parent)) or any(
        _is_store(one.parent) for one in real.parents if one.name == "files"
    ):
        raise Refused("file_of_store", "a file of the store itself", path=str(path))


def _is_store(folder: Path) -> bool:
    return any((folder / name).exists() for name in ("store.db", "key"))


def replace(path: Path, data: bytes) -> None:
    """Put `data` at `path`: neighbour file → flush → fsync → read back → replace → fsync folder → read back.

    A link is followed: the file that it points to is replaced. An existing file's mode is kept.

    Raises:
        Refused: `folder_missing` (facts `folder`) or `cannot_write` (`name`, `folder`, `reason`: `disk_full`,
            `permission`, `io`, or `changed` when other bytes were read back). Up to the replacing, which is
            atomic, what was at `path` is untouched.
    """
    path = Path(os.path.realpath(path))
    if not path.parent.is_dir():
        raise Refused("folder_missing", "the folder to write into does not exist", folder=str(path.parent))
    try:
        with neighbours.neighbour(path) as neighbour:
            _write(neighbour, data)
            _keep_mode(path, neighbour)
            _confirm(neighbour, data, path)
            os.replace(neighbour, path)
            _sync_folder(path.parent)
            _confirm(path, data, path)
    except OSError as error:
        raise _refusal(path, _reason(error)) from error


@contextlib.contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Give a new neighbour of `path` to write to, for what is too large to hold; it takes its place at the end.

    If the block raises, the neighbour is removed and what was at `path` is untouched.

    Raises:
        Refused: as `replace`.
    """
    path = Path(os.path.realpath(path))
    if not path.parent.is_dir():
        raise Refused("folder_missing", "the folder to write into does not exist", folder=str(path.parent))
    try:
        with neighbours.neighbour(path) as neighbour:
            yield neighbour
            _sync(neighbour)
            _keep_mode(path, neighbour)
            os.replace(neighbour, path)
            _sync_folder(path.parent)
    except OSError as error:
        raise _refusal(path, _reason(error)) from error


def _sync(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def _write(path: Path, data: bytes) -> None:
    """Create `path`, which must be new, and see its bytes on the disk."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    # Not `tempfile`: its files are readable by their owner only, and a bulletin lies in a shared folder.
    with os.fdopen(os.open(path, flags, 0o666), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _keep_mode(old: Path, new: Path) -> None:
    if old.is_file():
        os.chmod(new, old.stat().st_mode & 0o777)


def _sync_folder(folder: Path) -> None:
    """Make the new name durable; Windows has no such call and needs none."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError as error:
        # Some shares cannot sync a folder; the file itself is synced and is read back next.
        if error.errno not in {errno.EINVAL, errno.ENOTSUP}:
            raise
    finally:
        os.close(handle)


def _confirm(written: Path, data: bytes, path: Path) -> None:
    if written.read_bytes() != data:
        raise _refusal(path, "changed")


def _reason(error: OSError) -> str:
    if error.errno in FULL:
        return "disk_full"
    return "permission" if error.errno in DENIED else "io"


def _refusal(path: Path, reason: str) -> Refused:
    return Refused(
        "cannot_write",
        f"the file could not be written: {reason}",
        path=str(path),
        name=path.name,
        folder=str(path.parent),
        reason=reason,
    )
