"""Many rows at once, past the statement compiler: on hot paths it costs more than the engine's own work."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, Table

Row = Mapping[str, Any]


def insert(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Insert rows, each with a value for every column of the table."""
    if rows:
        statement, values = _prepared(table, connection.dialect.name)
        connection.exec_driver_sql(statement, [values(row) for row in rows])


@cache
def _prepared(table: Table, dialect: str) -> tuple[str, Callable[[Row], tuple[Any, ...]]]:
    names = [column.name for column in table.columns]
    mark = "?" if dialect == "sqlite" else "%s"
    columns = ", ".join(f'"{name}"' for name in names)
    marks = ", ".join([mark] * len(names))
    return f'INSERT INTO "{table.name}" ({columns}) VALUES ({marks})', itemgetter(*names)
