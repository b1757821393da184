"""Which index leads: SQLite takes it from the statement (`INDEXED BY`, `NOT INDEXED`), and SQLAlchemy has no word for it."""

from typing import Any

from sqlalchemy import Engine
from sqlalchemy.dialects.sqlite.base import SQLiteCompiler


class _Hinting(SQLiteCompiler):
    """Writes the hint of `Select.with_hint(table, …, "sqlite")` behind the table's name."""

    def get_from_hint_text(self, table: Any, text: str | None) -> str | None:
        """Return what stands behind the table."""
        return text


def hinting(engine: Engine) -> Engine:
    """Let statements for this SQLite engine name the index that leads."""
    engine.dialect.statement_compiler = _Hinting
    return engine
