"""What belongs to this store alone and is not rebuilt from steps."""

from sqlalchemy import Column, Integer, Table

from db.tables.base import METADATA, Key, Time, Word

STORE = Table(
    "store",
    METADATA,
    Column("key", Word, primary_key=True),
    Column("value", Word, nullable=False),
    comment="Who this store is: its id, station, practice or not, who set it up.",
)

KEPT = Table(
    "kept",
    METADATA,
    Column("key", Word, primary_key=True),
    Column("value", Word, nullable=False),
    Column("at", Time, nullable=False),
    comment="What people left unfinished or like to find again here: drafts, saved views, window settings; JSON.",
)

BATCHES = Table(
    "batches",
    METADATA,
    Column("batch", Word, primary_key=True),
    Column("kind", Word, nullable=False, server_default="import"),
    Column("first", Key, nullable=False),
    Column("last", Key, nullable=False),
    Column("at", Time, nullable=False),
    Column("actor", Word, nullable=False),
    Column("file", Word, nullable=False),
    Column("rows", Integer, nullable=False),
    Column("undone", Integer, nullable=False),
    comment="Imports, acts on a selection and hand-overs, so that one can be found again and taken back whole.",
)
