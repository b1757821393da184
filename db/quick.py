"""Fixed statements of hot paths, past SQLAlchemy's execution: on SQLite that costs many times the statement itself."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Connection, Executable
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.elements import ClauseElement

_DIALECT = sqlite.dialect()
_ASKED = object()  # stands for the value of a parameter that whoever asks gives


def rows(connection: Connection, statement: Executable, values: Mapping[str, Any]) -> Sequence[Sequence[Any]]:
    """Return what a query of texts, integers and bytes finds: rows whose values are had by their places.

    Args:
        statement: kept by the module that asks; what is written out once is remembered for good.
        values: of all its parameters; none of them may stand for a list.
    """
    if connection.dialect.name != "sqlite":
        return connection.execute(statement, values).all()
    said, named = _written(statement)
    found: list[tuple[Any, ...]] = _run(connection, said, _in_order(named, values)).fetchall()
    return found


def run(connection: Connection, statement: Executable, values: Mapping[str, Any]) -> None:
    """Execute a statement that changes rows; as `rows`."""
    if connection.dialect.name != "sqlite":
        connection.execute(statement, values)
        return
    said, named = _written(statement)
    _run(connection, said, _in_order(named, values))


def run_many(connection: Connection, said: str, rows: Sequence[Sequence[Any]]) -> None:
    """Execute a written statement once for each row of values."""
    if connection.dialect.name != "sqlite":
        connection.exec_driver_sql(said, [tuple(row) for row in rows])
    elif len(rows) == 1:
        _run(connection, said, rows[0])
    else:
        _run(connection, said, rows, "executemany")


def _run(connection: Connection, said: str, values: Sequence[Any], way: str = "execute") -> Any:
    raw: Any = connection.connection.driver_connection
    dbapi: Any = connection.dialect.dbapi
    try:
        return getattr(raw, way)(said, values)
    except dbapi.Error as error:
        raise DBAPIError(said, None, error) from error


def _in_order(named: Sequence[tuple[str, Any]], values: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(values[name] if given is _ASKED else given for name, given in named)


@cache
def _written(statement: ClauseElement) -> tuple[str, tuple[tuple[str, Any], ...]]:
    """Return a statement as the engine reads it, and its parameters in order: names, and what it gives them itself."""
    compiled: Any = statement.compile(dialect=_DIALECT)
    binds, names = compiled.binds, compiled.positiontup or ()
    return str(compiled), tuple(
        (name, _ASKED if binds[name].required else binds[name].value) for name in names
    )
