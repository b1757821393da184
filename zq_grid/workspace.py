"""The open workspace: a data folder with its encrypted store, or a town's database; sessions for reading and writing."""

import gc
import logging
import secrets
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, delete, insert, select

from db import search
from db import upgrade as migrations
from db.engine import StoreError, empty_log, finish, open_file, open_server, transaction
from db.tables import STEPS, STORE
from zq_grid import catalogue, shares
from zq_grid.device import Device, write_secret
from zq_grid.errors import Refused
from zq_grid.session import Session
from zq_grid.writer import Writer

log = logging.getLogger(__name__)
STORE_FILE, KEY_FILE = "store.db", "key"
Clock = Callable[[], int]


class Workspace:
    """Open with `open_workspace` or `create`; close when done."""

    def __init__(
        self, engine: Engine, folder: Path, *, clock: Clock, tell: Callable[[frozenset[str]], None]
    ) -> None:
        _calm_collector()
        self.engine, self.folder, self.clock, self._tell = engine, folder, clock, tell
        with self.transaction(write=False) as db:
            self.info: Mapping[str, str] = {row.key: row.value for row in db.execute(select(STORE))}
        self.actor = self.info.get("owner", "")
        self.practice = self.info.get("practice") == "yes"
        self.station = self.info.get("station", "")
        self._device: Device | None = None

    @property
    def device(self) -> Device:
        """The signing identity of this folder, read when first needed."""
        if self._device is None:
            self._device = Device(self.folder, self.info["store"])
        return self._device

    @contextmanager
    def transaction(self, *, write: bool) -> Iterator[Connection]:
        """Give a bare connection in one transaction; what the engine reports becomes a refusal."""
        with refusals(), transaction(self.engine, write=write) as db:
            yield db

    @contextmanager
    def read(self) -> Iterator[Session]:
        """Give a session for looking only; whatever it changed is thrown away."""
        with self.transaction(write=False) as db:
            yield Session(
                db,
                self.clock(),
                self.actor,
                self.station,
                self._catalogue(db),
                self.info["store"],
                practice=self.practice,
            )

    @contextmanager
    def write(self) -> Iterator[Session]:
        """Give a session that commits if the block ends well, and leaves nothing behind if it raises."""
        with self.transaction(write=True) as db:
            writer = Writer(db, self.device, station=self.station)
            found = self._catalogue(db).with_places(db)
            session = Session(
                db, self.clock(), self.actor, self.station, found, self.info["store"], writer, self.practice
            )
            yield session
            writer.flush()
            erased = "personal" in session.touched
            if erased:
                search.forget(db)
            if highest := writer.highest():
                self.device.remember(highest)
        if erased:
            empty_log(self.engine)
        if session.touched:
            self._tell(frozenset(session.touched))

    def _catalogue(self, db: Connection) -> catalogue.Catalogue:
        return catalogue.load(db)

    def close(self) -> None:
        """Empty the write-ahead log if nobody else reads, and let go of the store."""
        finish(self.engine)


@contextmanager
def refusals() -> Iterator[None]:
    """Turn what the engine says about a store into a sentence for people; nothing was changed."""
    try:
        yield
    except StoreError as error:
        raise Refused(f"store_{error.code}", str(error)) from error


def _nobody(_tables: frozenset[str]) -> None:
    return None


def _engine(folder: Path, url: str | None, key: bytes | None) -> Engine:
    if url:
        return open_server(url)
    return open_file(folder / STORE_FILE, key or read_key(folder))


def read_key(folder: Path) -> bytes:
    """Return the 32-byte key of a store.

    Raises:
        Refused: "key_missing" or "key_damaged".
    """
    path = folder / KEY_FILE
    try:
        key = bytes.fromhex(path.read_text("ascii").strip())
    except FileNotFoundError as error:
        raise Refused("key_missing", "no key beside the store", file=str(path)) from error
    except (OSError, ValueError) as error:
        raise Refused("key_damaged", "the key file can't be read", file=str(path)) from error
    if len(key) != 32:
        raise Refused("key_damaged", "the key has not 32 bytes", file=str(path))
    return key


def exists(folder: Path) -> bool:
    """Tell whether a folder holds a store."""
    return (folder / STORE_FILE).exists()


def _calm_collector() -> None:
    """Let the garbage collector look less often: a batch makes many small objects that all live to its end."""
    gc.set_threshold(50_000, 20, 50)


def open_workspace(
    folder: Path, url: str | None = None, *, clock: Clock, tell: Callable[[frozenset[str]], None] = _nobody
) -> Workspace:
    """Open what `create` made, upgrading an older store after a copy of it.

    Raises:
        Refused: store_missing, store_share, key_missing, store_wrong_key, store_too_new, store_busy, …
    """
    if not url:
        shares.refuse(folder)
        if not exists(folder):
            raise Refused("store_missing", "no store in the folder", folder=str(folder))
        check_readable(folder / STORE_FILE)
    else:
        folder.mkdir(parents=True, exist_ok=True)
    with refusals():
        engine = _engine(folder, url, None)
        try:
            _upgrade(engine, folder, url, clock)
            if not _begun(engine):
                raise Refused("store_missing", "setting up was never finished", folder=str(folder))
            return Workspace(engine, folder, clock=clock, tell=tell)
        except BaseException:
            engine.dispose()
            raise


def check_readable(path: Path) -> None:
    """Refuse a file that is no store of ours before the engine sees it.

    Raises:
        Refused: "store_plain" for an unencrypted database, "store_empty" for a file of 0 bytes, "store_io".
    """
    try:
        with path.open("rb") as file:
            head = file.read(16)
    except OSError as error:
        raise Refused("store_io", str(error), file=str(path)) from error
    if head.startswith(b"SQLite format 3"):
        raise Refused("store_plain", "the store is not encrypted", file=str(path))
    if not head:
        raise Refused("store_empty", "the store file is empty", file=str(path))


def _begun(engine: Engine) -> bool:
    """Tell whether a database holds a store that was set up to its end: one with steps."""
    with transaction(engine, write=False) as db:
        if migrations.revision(db) is None:
            return False
        return _has_steps(db)


def _has_steps(db: Connection) -> bool:
    return db.execute(select(STEPS.c.position).limit(1)).scalar() is not None


def _upgrade(engine: Engine, folder: Path, url: str | None, clock: Clock) -> None:
    with transaction(engine, write=False) as db:
        current = migrations.revision(db)
    if current == migrations.HEAD:
        return
    if current is None:
        raise Refused(
            "store_missing", "the database holds no store", folder=str(folder) if not url else "PostgreSQL"
        )

    from zq_grid import rebuilding

    def keep(revision: str) -> None:
        if not url:
            from zq_grid import keeping

            keeping.copy_aside(engine, folder, f"before-upgrade-{revision}")

    try:
        with transaction(engine, write=True) as db:
            migrations.upgrade(db, keep)
            rebuilding.after_upgrade(db, clock())
    except migrations.TooNew as error:
        raise Refused("store_too_new", f"revision {error.args[0]}", revision=str(error.args[0])) from error


def create(
    folder: Path,
    url: str | None = None,
    *,
    station: str,
    owner: str,
    practice: bool,
    clock: Clock,
    tell: Callable[[frozenset[str]], None] = _nobody,
) -> Workspace:
    """Make a new, empty workspace: key, store, tables. The catalogue comes by `zq_grid.setup`.

    Where an earlier attempt was cut short, this one goes on from there: a store without a step is nobody's.

    Raises:
        Refused: "store_exists", "store_share", "cannot_write".
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Refused("cannot_write", str(error), path=str(folder)) from error
    if not url:
        shares.refuse(folder)
        if exists(folder) and not _unfinished(folder):
            raise Refused("store_exists", "there is a store already", folder=str(folder))
    try:
        key = _new_key(folder) if not url else None
    except OSError as error:
        raise Refused("cannot_write", str(error), path=str(folder)) from error
    with refusals():
        engine = _engine(folder, url, key)
        facts = {
            "store": uuid.uuid4().hex[:16],
            "station": station,
            "owner": owner,
            "practice": "yes" if practice else "no",
            "created": str(clock()),
        }
        try:
            with transaction(engine, write=True) as db:
                _set_up(db, facts, "PostgreSQL" if url else str(folder))
            return Workspace(engine, folder, clock=clock, tell=tell)
        except BaseException:
            engine.dispose()
            raise


def _set_up(db: Connection, facts: Mapping[str, str], where: str) -> None:
    if migrations.revision(db) is None:
        migrations.upgrade(db, lambda _revision: None)
    elif _has_steps(db):
        raise Refused("store_exists", "there is a store already", folder=where)
    db.execute(delete(STORE))
    db.execute(insert(STORE), [{"key": key, "value": value} for key, value in facts.items()])


def _unfinished(folder: Path) -> bool:
    """Tell whether the store of a folder is what an interrupted setting up left behind."""
    try:
        engine = _engine(folder, None, None)
        try:
            return not _begun(engine)
        finally:
            engine.dispose()
    except (Refused, StoreError):
        return False


def _new_key(folder: Path) -> bytes:
    path = folder / KEY_FILE
    if path.exists():
        return read_key(folder)
    key = secrets.token_bytes(32)
    write_secret(path, key.hex().encode())
    return key
