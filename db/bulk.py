"""Many rows at once, past the statement compiler: on hot paths it costs more than the engine's own work."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from operator import itemgetter
from typing import Any

import msgspec
from sqlalchemy import Connection, LargeBinary, Table
from sqlalchemy.exc import DBAPIError

from db import quick

Row = Mapping[str, Any]
COPIED = 50
# Of this character JSON makes six, and the engine's reader another text.
_NUL = b"\\u0000"
_dump = msgspec.json.Encoder().encode


def insert(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Insert rows, each with a value for every column of the table."""
    if rows:
        of_row = _values(table)
        insert_values(connection, table, [of_row(row) for row in rows])


def insert_values(connection: Connection, table: Table, rows: Sequence[tuple[Any, ...]]) -> None:
    """Insert rows that have a value for every column of the table, in their order."""
    if not rows:
        return
    dialect = connection.dialect.name
    if len(rows) >= COPIED and dialect == "postgresql":
        _copy(connection, table, rows)
        return
    of_bytes = _bytes(table)
    columns = tuple(table.columns.keys())
    said = None
    if len(rows) >= COPIED:
        said = packed(_hexed(rows, [columns.index(name) for name in of_bytes]) if of_bytes else rows)
    if said is None:
        quick.run_many(connection, _prepared(table, dialect), rows)
    else:
        insert_packed(connection, table.name, columns, said, of_bytes)


def drop(connection: Connection, table: str, subjects: Sequence[int]) -> None:
    """Delete the rows of these subjects."""
    if subjects:
        mark = "?" if connection.dialect.name == "sqlite" else "%s"
        statement = f'DELETE FROM "{table}" WHERE subject = {mark}'
        quick.run_many(connection, statement, [(subject,) for subject in subjects])


def _hexed(rows: Sequence[tuple[Any, ...]], places: Sequence[int]) -> list[list[Any]]:
    """Return rows with the bytes at these places as hex digits: JSON has none, and the engine reads these."""
    found = [list(row) for row in rows]
    for row in found:
        for place in places:
            row[place] = row[place].hex()
    return found


def packed(rows: Sequence[Sequence[Any]]) -> bytes | None:
    """Return rows of texts and integers as one JSON text in UTF-8, None where that would not give them back as they are."""
    said = _dump(rows)
    return None if _NUL in said else said


def insert_packed(
    connection: Connection,
    table: str,
    columns: Sequence[str],
    said: bytes,
    of_bytes: frozenset[str] = frozenset(),
) -> None:
    """Insert the rows of a JSON text into a table of SQLite, in one call; `of_bytes` are columns that hold bytes.

    The engine takes rows out of the text sooner than it is handed each value of each row, and lets other threads go
    on meanwhile.
    """
    # from 3.51 on each row comes read already, and not as a text that every value of it is looked up in
    dbapi: Any = connection.dialect.dbapi
    each = "jsonb_each" if dbapi.sqlite_version_info >= (3, 51) else "json_each"
    connection.exec_driver_sql(_unpacking(table, tuple(columns), of_bytes, each), (said,))


@cache
def _unpacking(table: str, columns: tuple[str, ...], of_bytes: frozenset[str], each: str) -> str:
    names = ", ".join(f'"{column}"' for column in columns)
    values = ", ".join(
        f"unhex(line ->> {place})" if column in of_bytes else f"line ->> {place}"
        for place, column in enumerate(columns)
    )
    return (
        f"WITH packed(line) AS MATERIALIZED (SELECT value FROM {each}(CAST(? AS TEXT)))"
        f' INSERT INTO "{table}" ({names}) SELECT {values} FROM packed'
    )


@cache
def _bytes(table: Table) -> frozenset[str]:
    return frozenset(column.name for column in table.columns if isinstance(column.type, LargeBinary))


def _copy(connection: Connection, table: Table, rows: Sequence[tuple[Any, ...]]) -> None:
    """Insert rows by the server's own call for many, which takes a fraction of the time."""
    columns = ", ".join(f'"{column.name}"' for column in table.columns)
    statement = f'COPY "{table.name}" ({columns}) FROM STDIN'
    raw: Any = connection.connection.driver_connection
    dbapi: Any = connection.dialect.dbapi
    try:
        with raw.cursor() as cursor, cursor.copy(statement) as out:
            for row in rows:
                out.write_row(row)
    except dbapi.Error as error:
        raise DBAPIError(statement, None, error) from error


def values(table: Table, row: Row) -> tuple[Any, ...]:
    """Return what a row has for each column of the table, in their order."""
    return _values(table)(row)


@cache
def _values(table: Table) -> Callable[[Row], tuple[Any, ...]]:
    return itemgetter(*(column.name for column in table.columns))


@cache
def _prepared(table: Table, dialect: str) -> str:
    mark = "?" if dialect == "sqlite" else "%s"
    columns = ", ".join(f'"{column.name}"' for column in table.columns)
    marks = ", ".join([mark] * len(table.columns))
    return f'INSERT INTO "{table.name}" ({columns}) VALUES ({marks})'
