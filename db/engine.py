"""Opening a store: the encrypted file on this machine, or the town's PostgreSQL; and saying what is wrong with one."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import QueuePool

BUSY_SECONDS = 5
PRAGMAS = (
    "cipher_memory_security = OFF",
    "journal_mode = WAL",
    "synchronous = FULL",
    "foreign_keys = ON",
    "secure_delete = ON",
    "trusted_schema = OFF",
    "temp_store = MEMORY",
    "cache_size = -65536",
)
# One writer at a time on a shared server too: numbers and hashes of a stream are read, then written.
TURN = 0x5A51_4752_4944


class StoreError(Exception):
    """A store can't be used. `code`: busy, full, io, wrong_key, corrupt, unsafe_engine, unreachable."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def sound(version: tuple[int, ...]) -> bool:
    """Tell whether this SQLite keeps commits in WAL mode with several connections (docs/architecture.md, Store)."""
    return version >= (3, 51, 3) or (3, 50, 7) <= version < (3, 51) or (3, 44, 6) <= version < (3, 45)


def open_file(path: Path, key: bytes) -> Engine:
    """Return an engine on the encrypted file `path`, created if absent; every connection gets PRAGMAS.

    Raises:
        StoreError: unsafe_engine.
    """
    from sqlcipher3 import dbapi2  # noqa: PLC0415 (not needed on PostgreSQL)

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

    return create_engine(
        "sqlite://", creator=connect, module=dbapi2, poolclass=QueuePool, pool_size=2, max_overflow=2
    )


def open_server(url: str) -> Engine:
    """Return an engine on a PostgreSQL database.

    Raises:
        StoreError: unreachable, for an address that is none or whose driver isn't installed.
    """
    if url.startswith("postgresql://"):
        url = url.replace("postgresql://", "postgresql+psycopg://", 1)
    try:
        engine = create_engine(url, pool_size=2, max_overflow=2, connect_args={"connect_timeout": BUSY_SECONDS})
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


@contextmanager
def transaction(engine: Engine, *, write: bool) -> Iterator[Connection]:
    """Give a connection inside one transaction; commit if the block ends well and `write`, else roll back.

    Raises:
        StoreError: what the engine said, classified.
    """
    try:
        with engine.connect() as connection:
            if engine.dialect.name == "sqlite":
                connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")
            elif write:
                connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({TURN})")
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


def classified(error: DBAPIError) -> StoreError | DBAPIError:
    """Return the error as a StoreError where the engine reports a state of the store, else as it is (a bug)."""
    said = str(error.orig).lower()
    state = getattr(error.orig, "sqlstate", None)
    for words, code in (
        (("database is locked", "database table is locked", "lock timeout"), "busy"),
        (("disk is full", "no space left"), "full"),
        (("file is not a database", "file is encrypted"), "wrong_key"),
        (("malformed", "disk image"), "corrupt"),
        (("disk i/o error", "unable to open", "readonly database"), "io"),
        (("connection refused", "could not connect", "connection failed", "server closed"), "unreachable"),
    ):
        if any(word in said for word in words):
            return StoreError(code, said.splitlines()[0])
    if state in {"55P03", "40001", "40P01"}:
        return StoreError("busy", said.splitlines()[0])
    return StoreError("unreachable", said.splitlines()[0]) if error.connection_invalidated else error


def finish(engine: Engine) -> None:
    """Leave a clean file behind: empty the write-ahead log where nobody else reads, and close."""
    if engine.dialect.name == "sqlite":
        try:
            with engine.connect() as connection:
                connection.exec_driver_sql("PRAGMA busy_timeout = 0")
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        except DBAPIError:
            pass  # noqa: S110 - another process is reading; the log stays and is whole
    engine.dispose()


def copy(engine: Engine, target: Path, key: bytes) -> None:
    """Write a consistent copy of an open file store to `target`, with the engine's own backup call."""
    from sqlcipher3 import dbapi2  # noqa: PLC0415

    out = dbapi2.connect(str(target), isolation_level=None)
    try:
        out.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
        with engine.connect() as connection:
            raw: Any = connection.connection.driver_connection
            raw.backup(out, pages=4096)
    finally:
        out.close()
