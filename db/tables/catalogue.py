"""The catalogue as its steps define it: every version of every entry."""

from sqlalchemy import Column, Index, Integer, Table

from db.tables.base import METADATA, Key, Time, Word

ENTRIES = Table(
    "entries",
    METADATA,
    Column("kind", Word, primary_key=True),
    Column("code", Word, primary_key=True),
    Column("position", Key, primary_key=True, autoincrement=False),
    Column("defined_at", Time, nullable=False),
    Column("known_at", Time, nullable=False),
    Column("edition", Integer, nullable=False),
    Column("retired", Integer, nullable=False),
    Column("entry", Word, nullable=False),
    # Whether the catalogue changed is asked by every transaction.
    Index("ix_entries_position", "position"),
    comment="What `define` and `retire` say, whole entries as JSON; `edition` counts the acts that changed the catalogue.",
)
