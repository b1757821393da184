"""Many rows at once, past the statement compiler: on hot paths it costs more than the engine's own work."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.exc import DBAPIError

Row = Mapping[str, Any]
COPIED = 50


def insert(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Insert rows, each with a value for every column of the table."""
    if rows:
        of_row = _values(table)
        insert_values(connection, table, [of_row(row) for row in rows])


def insert_values(connection: Connection, table: Table, rows: Sequence[tuple[Any, ...]]) -> None:
    """Insert rows that have a value for every column of the table, in their order."""
    if not rows:
        return
    if connection.dialect.name == "postgresql" and len(rows) >= COPIED:
        _copy(connection, table, rows)
    else:
        connection.exec_driver_sql(_prepared(table, connection.dialect.name), rows)


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
