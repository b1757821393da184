"""Summaries get keys to look cases up by: they are dropped here, and made anew from the log when a store is opened.

The log gets two indexes by time, for the week's bulletin, and the catalogue one that tells whether it changed.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
LONG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
WORD = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
OLD = ("case_facts", "case_words", "clocks", "rounds", "cases", "search")


def upgrade() -> None:
    for table in OLD:
        op.drop_table(table)
    op.create_table(
        "kept",
        sa.Column("key", WORD, nullable=False),
        sa.Column("value", WORD, nullable=False),
        sa.Column("at", LONG, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_kept"),
        comment="What people left unfinished or like to find again here: drafts, saved views, window settings; JSON.",
    )
    op.create_index("ix_steps_arrived", "steps", ["arrived_at"])
    op.create_index("ix_entries_position", "entries", ["position"])
    raised = sa.text("kind IN ('escalate', 'supervise', 'transfer')")
    op.create_index("ix_steps_raised", "steps", ["did_at"], sqlite_where=raised, postgresql_where=raised)
    op.add_column("batches", sa.Column("kind", WORD, nullable=False, server_default="import"))
    if op.get_bind().dialect.name == "postgresql":
        op.create_table_comment(
            "batches",
            "Imports, acts on a selection and hand-overs, so that one can be found again and taken back whole.",
        )
