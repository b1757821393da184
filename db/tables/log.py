"""The log: steps as they were signed, and personal values beside them. Only `zq_grid.writer` writes here."""

from sqlalchemy import Column, ForeignKey, Index, Integer, LargeBinary, Table, UniqueConstraint, text

from db.tables.base import METADATA, Key, Time, Word

DEVICES = Table(
    "devices",
    METADATA,
    Column("device", Word, primary_key=True),
    Column("public_key", LargeBinary, nullable=False),
    Column("station", Word, nullable=False),
    comment="Who signs: the public key of every device whose steps are held.",
)

# Steps that a bulletin lists by the time they were done.
RAISED = "kind IN ('escalate', 'supervise', 'transfer')"

STREAMS = Table(
    "streams",
    METADATA,
    Column("id", Key, primary_key=True, autoincrement=False),
    Column("device", Word, nullable=False),
    Column("epoch", Key, nullable=False),
    Column("scope", Word, nullable=False),
    Column("seq", Key, nullable=False),
    Column("head", LargeBinary, nullable=False),
    Column("lamport", Key, nullable=False),
    UniqueConstraint("device", "epoch", "scope"),
    comment="A hash chain of one device in one epoch and scope: its last number, id and lamport.",
)

SUBJECTS = Table(
    "subjects",
    METADATA,
    Column("id", Key, primary_key=True, autoincrement=False),
    Column("name", Word, nullable=False, unique=True),
    comment="Names of subjects, kept once; the number is this store's own.",
)

STEPS = Table(
    "steps",
    METADATA,
    Column("position", Key, primary_key=True, autoincrement=False),
    Column("arrived_at", Time, nullable=False),
    Column("stream", Key, ForeignKey("streams.id"), nullable=False),
    Column("seq", Key, nullable=False),
    Column("id", LargeBinary, nullable=False),
    Column("prev", LargeBinary, nullable=False),
    Column("kind", Word, nullable=False),
    Column("version", Integer, nullable=False),
    Column("subject", Key, ForeignKey("subjects.id"), nullable=False),
    Column("group", Word),
    Column("parents", LargeBinary, nullable=False),
    Column("lamport", Key, nullable=False),
    Column("did_at", Time, nullable=False),
    Column("recorded_at", Time, nullable=False),
    Column("actor", Word, nullable=False),
    Column("on_behalf_of", Word),
    Column("body", Word, nullable=False),
    Column("signature", LargeBinary, nullable=False),
    UniqueConstraint("stream", "seq"),
    Index("ix_steps_subject", "subject"),
    Index("ix_steps_arrived", "arrived_at"),
    Index("ix_steps_raised", "did_at", sqlite_where=text(RAISED), postgresql_where=text(RAISED)),
    comment="What was done. Never changed, never deleted. `body` is canonical JSON; ids are 32 bytes, joined in parents.",
)

PERSONAL = Table(
    "personal",
    METADATA,
    Column("position", Key, ForeignKey("steps.position"), primary_key=True, autoincrement=False),
    Column("field", Word, primary_key=True),
    Column("salt", LargeBinary, nullable=False),
    Column("value", Word, nullable=False),
    sqlite_with_rowid=False,
    comment="Values that bodies only commit to; `value` is canonical JSON. Erasing removes the row.",
)
