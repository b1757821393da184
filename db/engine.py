"""Opening a store, the encrypted file on this machine or the town's PostgreSQL, and saying what is wrong with one."""

import random
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import QueuePool

from db.hints import hinting

BUSY_SECONDS = 5
LOOK_AGAIN = 20  # milliseconds that the engine waits for a lock before we look ourselves
# How much of a file store is kept in memory, KiB: by each connection, and by one that rebuilds.
CACHED, ROOMY = 65_536, 262_144
PRAGMAS = (
    "cipher_memory_security = OFF",
    "journal_mode = WAL",
    "synchronous = FULL",
    "foreign_keys = ON",
    "secure_delete = ON",
    "trusted_schema = OFF",
    "temp_store = MEMORY",
    # Four thousand pages are as many as one table of the log's index holds; seldomer, so that few acts wait for it.
    "wal_autocheckpoint = 4000",
    f"cache_size = -{CACHED}",
)
# One writer at a time on a shared server too: numbers and hashes of a stream are read, then written.
TURN = 0x5A51_4752_4944
_SAID = (
    (("database is locked", "database table is locked", "lock timeout"), "busy"),
    (("disk is full", "no space left"), "full"),
    (("file is not a database", "file is encrypted"), "wrong_key"),
    (("malformed", "disk image"), "corrupt"),
    (("disk i/o error", "unable to open", "readonly database"), "io"),
    (("connection refused", "could not connect", "connection failed", "server closed"), "unreachable"),
)


class StoreError(Exception):
    """A store can't be used. `code`: busy, full, io, wrong_key, corrupt, unsafe_engine, unreachable."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def sound(version: tuple[int, ...]) -> bool:
    """Tell whether this SQLite keeps commits in WAL mode with several connections (docs/architecture.md, Store)."""
    return version >= (3, 51, 3) or (3, 50, 7) <= version < (3, 51) or (3, 44, 6) <= version < (3, 45)


class Address(NamedTuple):
    """Where a store is, for another process of ours: a file with its key, or a server."""

    path: str = ""
    key: bytes = b""
    url: str = ""


_FILES: WeakKeyDictionary[Engine, Address] = WeakKeyDictionary()


def address(engine: Engine) -> Address:
    """Return where the store of an engine is. It holds secrets: never write it anywhere."""
    return _FILES.get(engine) or Address(url=engine.url.render_as_string(hide_password=False))


def open_again(where: Address) -> Engine:
    """Return another engine on the same store."""
    return open_file(Path(where.path), where.key) if where.path else open_server(where.url)


def open_file(path: Path, key: bytes) -> Engine:
    """Return an engine on the encrypted file `path`, created if absent; every connection gets PRAGMAS.

    Raises:
        StoreError: unsafe_engine.
    """
    from sqlcipher3 import dbapi2

    if not sound(dbapi2.sqlite_version_info):
        raise StoreError("unsafe_engine", f"SQLite {dbapi2.sqlite_version} can lose commits")

    def connect() -> Any:
        raw = dbapi2.connect(str(path), timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
        try:
            raw.execute("PRAGMA cipher_log_level = NONE")
            raw.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
            for pragma in PRAGMAS:
                raw.execute(f"PRAGMA {pragma}")
        except BaseException:
            raw.close()
            raise
        return raw

    engine = create_engine(
        "sqlite://", creator=connect, module=dbapi2, poolclass=QueuePool, pool_size=2, max_overflow=2
    )
    _FILES[engine] = Address(str(path.absolute()), key)
    return hinting(engine)


def open_server(url: str) -> Engine:
    """Return an engine on a PostgreSQL database.

    Raises:
        StoreError: unreachable, for an address that is none or whose driver isn't installed.
    """
    if url.startswith("postgresql://"):
        url = url.replace("postgresql://", "postgresql+psycopg://", 1)
    try:
        engine = create_engine(
            url, pool_size=2, max_overflow=2, connect_args={"connect_timeout": BUSY_SECONDS}
        )
    except Exception as error:
        raise StoreError("unreachable", f"no such database address: {type(error).__name__}") from error
    if engine.dialect.name != "postgresql":
        raise StoreError("unreachable", "only PostgreSQL can be shared")

    @event.listens_for(engine, "connect")
    def _prepare(raw: Any, _record: object) -> None:
        with raw.cursor() as cursor:
            cursor.execute("SET TIME ZONE 'UTC'")
            cursor.execute(f"SET lock_timeout = '{BUSY_SECONDS}s'")
        raw.commit()

    return engine


def _take_turn(connection: Connection) -> None:
    """Begin to write as soon as nobody else does.

    The engine's own waiting looks again ever more seldom, so that a busy neighbour could keep us out to the end.
    """
    raw: Any = connection.connection.driver_connection
    until = time.monotonic() + BUSY_SECONDS
    raw.execute(f"PRAGMA busy_timeout = {LOOK_AGAIN}")
    try:
        while True:
            try:
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            except DBAPIError as error:
                if "locked" not in str(error.orig) or time.monotonic() >= until:
                    raise
                time.sleep(random.uniform(0.001, 0.005))
            else:
                return
    finally:
        raw.execute(f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000:.0f}")


@contextmanager
def roomy(connection: Connection) -> Iterator[None]:
    """Let a file store keep more of itself at hand while nearly all of it is written anew: no page is read twice."""
    if connection.dialect.name != "sqlite":
        yield
        return
    connection.exec_driver_sql(f"PRAGMA cache_size = -{ROOMY}")
    try:
        yield
    finally:
        connection.exec_driver_sql(f"PRAGMA cache_size = -{CACHED}")


@contextmanager
def transaction(engine: Engine, *, write: bool) -> Iterator[Connection]:
    """Give a connection inside one transaction; commit if the block ends well and `write`, else roll back.

    Raises:
        StoreError: what the engine said, classified.
    """
    try:
        with engine.connect() as connection:
            if engine.dialect.name == "sqlite":
                if write:
                    _take_turn(connection)
                else:
                    connection.exec_driver_sql("BEGIN")
            elif write:
                connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({TURN})")
            else:
                # what is read in one go belongs together, as it does in a file
                connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            try:
                yield connection
            except BaseException:
                connection.rollback()
                raise
            if write:
                connection.commit()
            else:
                connection.rollback()
    except DBAPIError as error:
        raise classified(error) from error
    except sqlite3.Error as error:  # pragma: no cover - the plain driver is never used by us
        raise StoreError("io", str(error)) from error


def _code(said: str) -> str | None:
    """Return the state of a store that an engine's words report, or None."""
    return next((code for words, code in _SAID if any(word in said for word in words)), None)


def classified(error: DBAPIError) -> StoreError | DBAPIError:
    """Return the error as a StoreError where the engine reports a state of the store, else as it is (a bug)."""
    said = str(error.orig).lower()
    state = getattr(error.orig, "sqlstate", None)
    if code := _code(said):
        return StoreError(code, said.splitlines()[0])
    if state in {"55P03", "40001", "40P01"}:
        return StoreError("busy", said.splitlines()[0])
    return StoreError("unreachable", said.splitlines()[0]) if error.connection_invalidated else error


def finish(engine: Engine) -> None:
    """Leave a clean file behind: empty the write-ahead log where nobody else reads, and close."""
    empty_log(engine)
    engine.dispose()


def empty_log(engine: Engine) -> bool:
    """Bring the write-ahead log into the file and cut it to nothing; tell whether nobody stood in the way."""
    if engine.dialect.name != "sqlite":
        return True
    try:
        with engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA busy_timeout = 0")
            blocked = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").scalar()
            connection.exec_driver_sql(f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000:.0f}")
    except DBAPIError:
        return False  # another process is reading; the log stays and is whole
    return not blocked


def take_alone(engine: Engine) -> None:
    """Bring the whole store into its one file, which only works while nobody else has it open.

    Raises:
        StoreError: busy, or what is wrong with the file.
    """
    try:
        with engine.connect() as connection:
            # leaving WAL mode takes a lock that every other open connection denies
            mode = connection.exec_driver_sql("PRAGMA journal_mode = DELETE").scalar()
    except DBAPIError as error:
        raise classified(error) from error
    finally:
        engine.dispose()
    if mode != "delete":
        raise StoreError("busy", "another process has the store open")


def damage(connection: Connection, *, deep: bool) -> list[str]:
    """Return what the engine finds wrong with a file store; nothing for a server's.

    `deep` reads every page of every index too, and checks each page's seal.
    """
    if connection.dialect.name != "sqlite":
        return []
    pragma = "PRAGMA integrity_check(20)" if deep else "PRAGMA quick_check(20)"
    found = [str(line) for line in connection.exec_driver_sql(pragma).scalars() if line != "ok"]
    if deep:
        found += [str(row[0]) for row in connection.exec_driver_sql("PRAGMA cipher_integrity_check")]
    return found


def copy(engine: Engine, target: Path, key: bytes) -> None:
    """Write a consistent copy of an open file store to `target`, with the engine's own backup call.

    Raises:
        StoreError: full, io, corrupt; what was written so far stays where it is.
    """
    from sqlcipher3 import dbapi2

    out = None
    try:
        out = dbapi2.connect(str(target), isolation_level=None)
        out.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
        with engine.connect() as connection:
            raw: Any = connection.connection.driver_connection
            raw.backup(out, pages=4096)
    except DBAPIError as error:
        raise classified(error) from error
    except dbapi2.Error as error:
        raise StoreError(_code(str(error).lower()) or "io", str(error)) from error
    finally:
        if out is not None:
            out.close()


def change_key(path: Path, old: bytes, new: bytes) -> None:
    """Encrypt a closed file store anew, whole or not at all.

    Raises:
        StoreError: wrong_key, full, io.
    """
    from sqlcipher3 import dbapi2

    raw = dbapi2.connect(str(path), isolation_level=None)
    try:
        raw.execute("PRAGMA cipher_log_level = NONE")
        raw.execute(f"PRAGMA key = \"x'{old.hex()}'\"")
        raw.execute("PRAGMA journal_mode = DELETE")
        raw.execute(f"PRAGMA rekey = \"x'{new.hex()}'\"")
    except dbapi2.Error as error:
        raise StoreError(_code(str(error).lower()) or "io", str(error)) from error
    finally:
        raw.close()
