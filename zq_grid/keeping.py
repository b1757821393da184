"""Keeping a file store: copies by the engine's own backup call, each checked, and putting one back in place."""

import hashlib
import os
import re
import secrets
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection, Engine

from db import upgrade as migrations
from db.engine import StoreError, change_key, copy, damage, finish, open_file, take_alone, transaction
from zq_grid import checking, files, rebuilding, shares
from zq_grid.device import Device, write_secret
from zq_grid.errors import Refused
from zq_grid.rules import worktime
from zq_grid.workspace import KEY_FILE, STORE_FILE, Workspace, check_readable, exists, read_key, refusals

BACKUPS, SUFFIX = "backups", ".zqb"
PAGE = 4096
# How many are kept: the newest of each of so many hours, days and months that have one at all.
KEPT = (("%Y%m%d%H", 24), ("%Y%m%d", 30), ("%Y%m", 12))
_NAME = re.compile(r"(\d{8})-(\d{6})\.zqb")
_LEFT = ".zq-*.tmp*"
_BESIDE = ("-wal", "-shm")
Clock = Callable[[], int]


def copy_aside(engine: Engine, folder: Path, name: str) -> Path:
    """Copy the open store of a folder to `backups/<name>-<UTC time>.db` and see it on the disk.

    Raises:
        Refused: "cannot_write", store_full.
    """
    target = _backups(folder) / f"{name}-{datetime.now(UTC):%Y%m%dT%H%M%SZ}.db"
    with _writing(target), refusals():
        with _neighbour(target) as made:
            copy(engine, made, read_key(folder))
            _sync(made)
            made.replace(target)
        _sync(target.parent)
    return target


def backup(workspace: Workspace, out: Path | None = None) -> Path:
    """Back the store up, into its own folder or to `out`, and check the copy before it counts.

    A backup is a whole encrypted database: to read it elsewhere the file `key` of the store's folder is needed
    too (`restore` finds it beside the backup). Keep the two in different places.

    Returns:
        Where the backup is: `backups/<Shanghai time>.zqb` unless `out` is given.

    Raises:
        Refused: "server_backup" for a shared database, "backup_damaged", "folder_missing", "cannot_write", store_full.
    """
    if workspace.engine.dialect.name != "sqlite":
        raise Refused("server_backup", "a server is backed up by pg_dump")
    home = _backups(workspace.folder)
    moment = datetime.fromtimestamp(workspace.clock(), worktime.ZONE)
    target = out if out is not None else home / f"{moment:%Y%m%d-%H%M%S}{SUFFIX}"
    if not target.parent.is_dir():
        raise Refused("folder_missing", "no folder to write into", folder=str(target.parent))
    if target.is_dir():
        raise Refused("cannot_write", "a folder", path=str(target), name=target.name)
    files.refuse_own(target)
    key = read_key(workspace.folder)
    # made and opened in the store's own folder: `out` may lie on a share, where no database should be opened
    with _writing(target), _neighbour(home / "backup") as made:
        with refusals():
            copy(workspace.engine, made, key)
        _check(made, key, workspace.folder, workspace.clock, upgrade=False)
        _put(made, target)
    return target


def restore(folder: Path, source: Path, *, clock: Clock, url: str | None = None) -> Path | None:
    """Put a backup in the place of a folder's store, which nobody may have open, and begin a new epoch.

    The backup is read with the key of `folder`, else with a file `key` beside it. Everything is checked on a copy
    first; whatever fails, the store in place is untouched.

    Returns:
        Where the replaced store was kept; None if there was none.

    Raises:
        Refused: "server_backup", "file_missing", "store_plain", "store_empty", "backup_not_store", "key_missing",
            "store_wrong_key", "store_too_new", "backup_damaged", "store_busy", "store_share", "device_unreadable",
            "path_unusable", "cannot_write", store_full.
    """
    if url:
        raise Refused("server_backup", "a server is restored by pg_restore")
    if not source.is_file():
        raise Refused("file_missing", "no such file", name=str(source), file=str(source))
    try:
        source.open("rb").close()
    except OSError as error:
        raise Refused("path_unusable", str(error), path=str(source)) from error
    check_readable(source)
    if source.stat().st_size % PAGE:
        raise Refused("backup_not_store", "not a whole number of pages", file=str(source))
    shares.refuse(folder)
    target = folder / STORE_FILE
    with _writing(target):
        folder.mkdir(parents=True, exist_ok=True)
        with _neighbour(target) as made:
            shutil.copyfile(source, made)
            found, kept = _key_for(folder, source, made)
            if kept is not None and kept != found:
                with refusals():
                    change_key(made, found, kept)
            store = _check(made, kept or found, folder, clock, upgrade=True)
            device = Device(folder, store)
            if kept is None:
                write_secret(folder / KEY_FILE, found.hex().encode())
            aside = _set_aside(folder, clock())
            device.begin_epoch()
            device.remember({})
            _sync(made)
            made.replace(target)
        _sync(folder)
    return aside


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup in the store's own folder; `at` is the time in its name, seconds UTC."""

    path: Path
    at: int
    size: int


def backups(folder: Path) -> tuple[Backup, ...]:
    """Return the backups that lie in the folder of a store, the newest first."""
    found = []
    for path in sorted((folder / BACKUPS).glob(f"*{SUFFIX}"), reverse=True):
        if _NAME.fullmatch(path.name):
            at = datetime.strptime(path.stem, "%Y%m%d-%H%M%S").replace(tzinfo=worktime.ZONE)
            found.append(Backup(path, int(at.timestamp()), path.stat().st_size))
    return tuple(found)


def prune(folder: Path) -> list[Path]:
    """Remove backups that are no longer needed; returns them.

    Kept is the newest of each of the last 24 hours, 30 days and 12 months that have any; files of other names,
    copies before an upgrade among them, are nobody's business here. Copies that were never finished, because the
    program was killed over them, go after a day.
    """
    found = sorted((folder / BACKUPS).glob(f"*{SUFFIX}"), reverse=True)
    dated = [
        (path, datetime.strptime(path.stem, "%Y%m%d-%H%M%S")) for path in found if _NAME.fullmatch(path.name)
    ]
    keep: set[Path] = set()
    for form, most in KEPT:
        newest: dict[str, Path] = {}
        for path, at in dated:
            newest.setdefault(f"{at:{form}}", path)
        keep.update(list(newest.values())[:most])
    gone = [path for path, _ in dated if path not in keep]
    for path in gone:
        path.unlink()
    for left in (*folder.glob(_LEFT), *(folder / BACKUPS).glob(_LEFT)):
        with suppress(OSError):
            if time.time() - left.stat().st_mtime > worktime.DAY:
                left.unlink()
    return gone


# making a copy --------------------------------------------------------------------------------


def _backups(folder: Path) -> Path:
    found = folder / BACKUPS
    with _writing(found):
        found.mkdir(exist_ok=True)
    return found


@contextmanager
def _writing(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise Refused("cannot_write", str(error), path=str(path), name=path.name) from error


@contextmanager
def _neighbour(path: Path) -> Iterator[Path]:
    """Give the name of a temporary file beside `path`; whatever is left of it in the end is removed."""
    made = path.with_name(f".zq-{secrets.token_hex(8)}.tmp")
    try:
        yield made
    finally:
        for ending in ("", "-journal", *_BESIDE):
            with suppress(OSError):
                _with(made, ending).unlink(missing_ok=True)


def _sync(path: Path) -> None:
    """See a file or the names in a folder on the disk; Windows can't sync a folder and needs not."""
    if os.name == "nt" and path.is_dir():  # pragma: no cover - only there
        return
    handle = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _put(made: Path, target: Path) -> None:
    """Move a finished copy to its place, through a neighbour of that place, and read it back."""
    with _neighbour(target) as near:
        shutil.copyfile(made, near)
        _sync(near)
        near.replace(target)
    with suppress(OSError):  # some shares can't sync a folder; the file is synced and read back
        _sync(target.parent)
    if _digest(target) != _digest(made):
        raise Refused("cannot_write", "other bytes were read back", path=str(target), name=target.name)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _check(path: Path, key: bytes, folder: Path, clock: Clock, *, upgrade: bool) -> str:
    """Open a copy, bring it to today's tables if asked, see that its log is whole; returns the store's id."""
    with refusals():
        engine = open_file(path, key)
        try:
            if upgrade:
                with transaction(engine, write=True) as db:
                    _upgrade(db, clock())
            copied = Workspace(engine, folder, clock=clock, tell=lambda _tables: None)
            broken = checking.quick(copied)
            store = copied.info.get("store", "")
        finally:
            finish(engine)
    if broken or not store:
        codes = sorted({finding.code for finding in broken})
        raise Refused("backup_damaged", "the copy is not whole", file=path.name, findings=codes)
    return store


def _upgrade(db: Connection, now: int) -> None:
    if migrations.revision(db) is None:
        raise Refused("backup_not_store", "no store of ours in it", file="—")
    try:
        if migrations.upgrade(db, lambda _revision: None):
            rebuilding.after_upgrade(db, now)
    except migrations.TooNew as error:
        raise Refused("store_too_new", f"revision {error.args[0]}", revision=str(error.args[0])) from error


# putting one in place -------------------------------------------------------------------------


def _key_for(folder: Path, source: Path, made: Path) -> tuple[bytes, bytes | None]:
    """Return the key that opens a backup, and the key that the folder has already, if it has one."""
    mine = read_key(folder) if (folder / KEY_FILE).exists() else None
    beside = source.parent / KEY_FILE
    keys = [mine] if mine else []
    if beside.exists():
        keys.append(read_key(source.parent))
    if not keys:
        raise Refused("key_missing", "no key in the folder and none beside the backup", file=str(beside))
    for key in keys:
        engine = open_file(made, key)
        try:
            with transaction(engine, write=False) as db:
                migrations.revision(db)
        except StoreError as error:
            if error.code != "wrong_key":
                raise Refused(f"store_{error.code}", str(error), file=str(source)) from error
        else:
            return key, mine
        finally:
            finish(engine)
    raise Refused("store_wrong_key", "no key opens the backup", file=str(source))


def _set_aside(folder: Path, now: int) -> Path | None:
    """Copy the store that will be replaced; afterwards nothing lies beside it any more.

    A whole store is kept as one file. Of a damaged one every byte is kept as it was found, its write-ahead log too:
    opening it might have changed it.

    Raises:
        Refused: store_busy if anybody has it open, store_full, "cannot_write".
    """
    target = folder / STORE_FILE
    if not exists(folder):
        return None
    kept = _free_name(target, now)
    beside = [(_with(target, ending), _with(kept, ending)) for ending in _BESIDE]
    parts = [(old, new) for old, new in ((target, kept), *beside) if old.exists()]
    try:
        for old, new in parts:
            _put(old, new)
        whole = _alone(folder)
    except BaseException:
        for _, new in parts:
            new.unlink(missing_ok=True)
        raise
    if whole:
        _put(target, kept)
    for old, new in beside:
        # a log of the old store must never be read into the new one
        old.unlink(missing_ok=True)
        if whole:
            new.unlink(missing_ok=True)
    return kept


def _alone(folder: Path) -> bool:
    """See that nobody else has the store open and bring all of it into one file; tell whether it is sound."""
    engine = open_file(folder / STORE_FILE, read_key(folder))
    try:
        with transaction(engine, write=False) as db:
            sound = not damage(db, deep=False)
        take_alone(engine)
    except StoreError as error:
        if error.code in {"busy", "full"}:
            raise Refused(f"store_{error.code}", str(error)) from error
        return False
    finally:
        engine.dispose()
    return sound


def _free_name(target: Path, now: int) -> Path:
    moment = datetime.fromtimestamp(now, worktime.ZONE)
    stem = f"{target.name}.before-restore-{moment:%Y%m%d-%H%M%S}"
    kept, number = target.with_name(stem), 1
    while kept.exists():
        number += 1
        kept = target.with_name(f"{stem}-{number}")
    return kept


def _with(path: Path, ending: str) -> Path:
    return path.with_name(path.name + ending)
