"""The first tables: the log, its summaries, the catalogue, the search index."""

import sqlalchemy as sa
from alembic import op

from db.search import CREATE

LONG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
WORD = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "batches",
        sa.Column("batch", WORD, nullable=False),
        sa.Column("first", LONG, nullable=False),
        sa.Column("last", LONG, nullable=False),
        sa.Column("at", LONG, nullable=False),
        sa.Column("actor", WORD, nullable=False),
        sa.Column("file", WORD, nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("undone", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("batch", name="pk_batches"),
        comment="Imports, so that one can be found again and taken back whole.",
    )
    op.create_table(
        "case_facts",
        sa.Column("subject", LONG, autoincrement=False, nullable=False),
        sa.Column("field", WORD, nullable=False),
        sa.Column("value", WORD, nullable=False),
        sa.PrimaryKeyConstraint("subject", "field", name="pk_case_facts"),
        comment="A type's own facts that its catalogue entry marks `listed`.",
        sqlite_with_rowid=False,
    )
    op.create_index("ix_case_facts_value", "case_facts", ["field", "value"], unique=False)
    op.create_table(
        "case_words",
        sa.Column("subject", LONG, autoincrement=False, nullable=False),
        sa.Column("words", WORD, nullable=False),
        sa.PrimaryKeyConstraint("subject", name="pk_case_words"),
        comment="The text by which search finds a case, folded: what pairs of characters promise is checked here.",
    )
    op.create_table(
        "cases",
        sa.Column("subject", LONG, autoincrement=False, nullable=False),
        sa.Column("number", WORD, nullable=False),
        sa.Column("type", WORD, nullable=False),
        sa.Column("kind", WORD, nullable=True),
        sa.Column("mode", WORD, nullable=True),
        sa.Column("source", WORD, nullable=False),
        sa.Column("stage", WORD, nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("place", WORD, nullable=True),
        sa.Column("place_key", WORD, nullable=True),
        sa.Column("text", WORD, nullable=True),
        sa.Column("neighbourhood", WORD, nullable=True),
        sa.Column("area", WORD, nullable=True),
        sa.Column("grid", WORD, nullable=True),
        sa.Column("unit", WORD, nullable=True),
        sa.Column("worker", WORD, nullable=True),
        sa.Column("received_at", LONG, nullable=False),
        sa.Column("due", LONG, nullable=True),
        sa.Column("due_kind", WORD, nullable=True),
        sa.Column("yellow_at", LONG, nullable=True),
        sa.Column("orange_at", LONG, nullable=True),
        sa.Column("red_at", LONG, nullable=True),
        sa.Column("closed_at", LONG, nullable=True),
        sa.Column("verdict", WORD, nullable=True),
        sa.Column("joined", LONG, nullable=True),
        sa.Column("parent", LONG, nullable=True),
        sa.Column("clashes", sa.Integer(), nullable=False),
        sa.Column("flags", sa.Integer(), nullable=False),
        sa.Column("incomplete", sa.Integer(), nullable=False),
        sa.Column("steps", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("subject", name="pk_cases"),
        comment="One row a case, as it stands now. Limits are the nearest of its live clocks.",
    )
    op.create_index("ix_cases_area", "cases", ["area", "received_at", "subject"], unique=False)
    op.create_index(
        "ix_cases_due",
        "cases",
        ["due", "subject"],
        unique=False,
        sqlite_where=sa.text("due IS NOT NULL"),
        postgresql_where=sa.text("due IS NOT NULL"),
    )
    op.create_index(
        "ix_cases_joined",
        "cases",
        ["joined"],
        unique=False,
        sqlite_where=sa.text("joined IS NOT NULL"),
        postgresql_where=sa.text("joined IS NOT NULL"),
    )
    op.create_index(
        "ix_cases_neighbourhood", "cases", ["neighbourhood", "received_at", "subject"], unique=False
    )
    op.create_index("ix_cases_number", "cases", ["number"], unique=False)
    op.create_index(
        "ix_cases_parent",
        "cases",
        ["parent"],
        unique=False,
        sqlite_where=sa.text("parent IS NOT NULL"),
        postgresql_where=sa.text("parent IS NOT NULL"),
    )
    op.create_index(
        "ix_cases_place_key",
        "cases",
        ["place_key", "received_at"],
        unique=False,
        sqlite_where=sa.text("place_key IS NOT NULL"),
        postgresql_where=sa.text("place_key IS NOT NULL"),
    )
    op.create_index("ix_cases_received", "cases", ["received_at", "subject"], unique=False)
    op.create_index("ix_cases_stage", "cases", ["stage", "received_at", "subject"], unique=False)
    op.create_index("ix_cases_type", "cases", ["type", "received_at", "subject"], unique=False)
    op.create_index("ix_cases_unit", "cases", ["unit", "received_at", "subject"], unique=False)
    op.create_table(
        "clocks",
        sa.Column("subject", LONG, autoincrement=False, nullable=False),
        sa.Column("round", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", WORD, nullable=False),
        sa.Column("nth", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("started", LONG, nullable=False),
        sa.Column("start_what", WORD, nullable=False),
        sa.Column("due", LONG, nullable=True),
        sa.Column("stopped", LONG, nullable=True),
        sa.Column("rule", WORD, nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("provisional", sa.Integer(), nullable=False),
        sa.Column("source", WORD, nullable=False),
        sa.Column("live", sa.Integer(), nullable=False),
        sa.Column("unjudged", sa.Integer(), nullable=False),
        sa.Column("waiting", sa.Integer(), nullable=False),
        sa.Column("ours", LONG, nullable=True),
        sa.Column("target", LONG, nullable=True),
        sa.Column("began", LONG, nullable=False),
        sa.Column("yellow_at", LONG, nullable=True),
        sa.Column("orange_at", LONG, nullable=True),
        sa.Column("red_at", LONG, nullable=True),
        sa.PrimaryKeyConstraint("subject", "round", "kind", "nth", name="pk_clocks"),
        comment="One row a promise: what must be done by when, and when it was.",
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_clocks_provisional",
        "clocks",
        ["provisional"],
        unique=False,
        sqlite_where=sa.text("provisional = 1"),
        postgresql_where=sa.text("provisional = 1"),
    )
    op.create_table(
        "devices",
        sa.Column("device", WORD, nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("station", WORD, nullable=False),
        sa.PrimaryKeyConstraint("device", name="pk_devices"),
        comment="Who signs: the public key of every device whose steps are held.",
    )
    op.create_table(
        "entries",
        sa.Column("kind", WORD, nullable=False),
        sa.Column("code", WORD, nullable=False),
        sa.Column("position", LONG, autoincrement=False, nullable=False),
        sa.Column("defined_at", LONG, nullable=False),
        sa.Column("known_at", LONG, nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("retired", sa.Integer(), nullable=False),
        sa.Column("entry", WORD, nullable=False),
        sa.PrimaryKeyConstraint("kind", "code", "position", name="pk_entries"),
        comment="What `define` and `retire` say, whole entries as JSON; `edition` counts the acts that changed the catalogue.",
    )
    op.create_table(
        "rounds",
        sa.Column("subject", LONG, autoincrement=False, nullable=False),
        sa.Column("round", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("since", LONG, autoincrement=False, nullable=False),
        sa.Column("until", LONG, nullable=False),
        sa.Column("source", WORD, nullable=False),
        sa.Column("type", WORD, nullable=False),
        sa.Column("neighbourhood", WORD, nullable=True),
        sa.Column("area", WORD, nullable=True),
        sa.Column("worker", WORD, nullable=True),
        sa.Column("unit_contact", WORD, nullable=True),
        sa.Column("unit_close", WORD, nullable=True),
        sa.Column("began_at", LONG, nullable=False),
        sa.Column("contact_due", LONG, nullable=True),
        sa.Column("contact_first", WORD, nullable=True),
        sa.Column("contact_first_at", LONG, nullable=True),
        sa.Column("contact_unjudged", sa.Integer(), nullable=False),
        sa.Column("close_due", LONG, nullable=True),
        sa.Column("stopped_at", LONG, nullable=True),
        sa.Column("close_unjudged", sa.Integer(), nullable=False),
        sa.Column("closed_at", LONG, nullable=True),
        sa.Column("verdict", WORD, nullable=True),
        sa.Column("visit_at", LONG, nullable=True),
        sa.Column("satisfaction", WORD, nullable=True),
        sa.Column("caller", WORD, nullable=True),
        sa.Column("gone", WORD, nullable=True),
        sa.Column("gone_at", LONG, nullable=True),
        sa.Column("contact_kept", sa.Integer(), nullable=False),
        sa.Column("excluded_contact", WORD, nullable=True),
        sa.Column("excluded_close", WORD, nullable=True),
        sa.Column("excluded_verdict", WORD, nullable=True),
        sa.Column("excluded_visit", WORD, nullable=True),
        sa.Column("excluded_all", WORD, nullable=True),
        sa.Column("late_entered", sa.Integer(), nullable=False),
        sa.Column("waiting", sa.Integer(), nullable=False),
        sa.Column("ended_at", LONG, nullable=True),
        sa.PrimaryKeyConstraint("subject", "round", "since", name="pk_rounds"),
        comment="The facts that rates count, with versions: what was known from `since` until `until` (arrival times).",
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_rounds_began",
        "rounds",
        ["began_at"],
        unique=False,
        sqlite_where=sa.text("until = 1152921504606846976 AND source = 'hotline'"),
        postgresql_where=sa.text("until = 1152921504606846976 AND source = 'hotline'"),
    )
    op.create_index(
        "ix_rounds_close",
        "rounds",
        [
            "close_due",
            "round",
            "since",
            "neighbourhood",
            "gone",
            "gone_at",
            "stopped_at",
            "close_unjudged",
            "excluded_close",
        ],
        unique=False,
        sqlite_where=sa.text("until = 1152921504606846976 AND source = 'hotline'"),
        postgresql_where=sa.text("until = 1152921504606846976 AND source = 'hotline'"),
    )
    op.create_index(
        "ix_rounds_close_before",
        "rounds",
        ["close_due", "since", "until"],
        unique=False,
        sqlite_where=sa.text("close_due IS NOT NULL AND until < 1152921504606846976 AND source = 'hotline'"),
        postgresql_where=sa.text(
            "close_due IS NOT NULL AND until < 1152921504606846976 AND source = 'hotline'"
        ),
    )
    op.create_index(
        "ix_rounds_closed",
        "rounds",
        ["closed_at", "round", "since", "neighbourhood", "gone", "gone_at", "verdict", "excluded_verdict"],
        unique=False,
        sqlite_where=sa.text("until = 1152921504606846976 AND source = 'hotline'"),
        postgresql_where=sa.text("until = 1152921504606846976 AND source = 'hotline'"),
    )
    op.create_index(
        "ix_rounds_closed_before",
        "rounds",
        ["closed_at", "since", "until"],
        unique=False,
        sqlite_where=sa.text("closed_at IS NOT NULL AND until < 1152921504606846976 AND source = 'hotline'"),
        postgresql_where=sa.text(
            "closed_at IS NOT NULL AND until < 1152921504606846976 AND source = 'hotline'"
        ),
    )
    op.create_index(
        "ix_rounds_contact",
        "rounds",
        [
            "contact_due",
            "round",
            "since",
            "neighbourhood",
            "gone",
            "gone_at",
            "contact_first",
            "contact_first_at",
            "caller",
            "contact_unjudged",
            "contact_kept",
            "excluded_contact",
        ],
        unique=False,
        sqlite_where=sa.text("until = 1152921504606846976 AND source = 'hotline'"),
        postgresql_where=sa.text("until = 1152921504606846976 AND source = 'hotline'"),
    )
    op.create_index(
        "ix_rounds_contact_before",
        "rounds",
        ["contact_due", "since", "until"],
        unique=False,
        sqlite_where=sa.text(
            "contact_due IS NOT NULL AND until < 1152921504606846976 AND source = 'hotline'"
        ),
        postgresql_where=sa.text(
            "contact_due IS NOT NULL AND until < 1152921504606846976 AND source = 'hotline'"
        ),
    )
    op.create_index(
        "ix_rounds_visit",
        "rounds",
        [
            "visit_at",
            "round",
            "since",
            "neighbourhood",
            "gone",
            "gone_at",
            "satisfaction",
            "caller",
            "excluded_visit",
        ],
        unique=False,
        sqlite_where=sa.text("until = 1152921504606846976 AND source = 'hotline'"),
        postgresql_where=sa.text("until = 1152921504606846976 AND source = 'hotline'"),
    )
    op.create_index(
        "ix_rounds_visit_before",
        "rounds",
        ["visit_at", "since", "until"],
        unique=False,
        sqlite_where=sa.text("visit_at IS NOT NULL AND until < 1152921504606846976 AND source = 'hotline'"),
        postgresql_where=sa.text(
            "visit_at IS NOT NULL AND until < 1152921504606846976 AND source = 'hotline'"
        ),
    )
    op.create_table(
        "store",
        sa.Column("key", WORD, nullable=False),
        sa.Column("value", WORD, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_store"),
        comment="Who this store is: its id, station, practice or not, who set it up.",
    )
    op.create_table(
        "streams",
        sa.Column("id", LONG, autoincrement=False, nullable=False),
        sa.Column("device", WORD, nullable=False),
        sa.Column("epoch", LONG, nullable=False),
        sa.Column("scope", WORD, nullable=False),
        sa.Column("seq", LONG, nullable=False),
        sa.Column("head", sa.LargeBinary(), nullable=False),
        sa.Column("lamport", LONG, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_streams"),
        sa.UniqueConstraint("device", "epoch", "scope", name="uq_streams_device"),
        comment="A hash chain of one device in one epoch and scope: its last number, id and lamport.",
    )
    op.create_table(
        "subjects",
        sa.Column("id", LONG, autoincrement=False, nullable=False),
        sa.Column("name", WORD, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_subjects"),
        sa.UniqueConstraint("name", name="uq_subjects_name"),
        comment="Names of subjects, kept once; the number is this store's own.",
    )
    op.create_table(
        "steps",
        sa.Column("position", LONG, autoincrement=False, nullable=False),
        sa.Column("arrived_at", LONG, nullable=False),
        sa.Column("stream", LONG, nullable=False),
        sa.Column("seq", LONG, nullable=False),
        sa.Column("id", sa.LargeBinary(), nullable=False),
        sa.Column("prev", sa.LargeBinary(), nullable=False),
        sa.Column("kind", WORD, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("subject", LONG, nullable=False),
        sa.Column("group", WORD, nullable=True),
        sa.Column("parents", sa.LargeBinary(), nullable=False),
        sa.Column("lamport", LONG, nullable=False),
        sa.Column("did_at", LONG, nullable=False),
        sa.Column("recorded_at", LONG, nullable=False),
        sa.Column("actor", WORD, nullable=False),
        sa.Column("on_behalf_of", WORD, nullable=True),
        sa.Column("body", WORD, nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["stream"], ["streams.id"], name="fk_steps_stream"),
        sa.ForeignKeyConstraint(["subject"], ["subjects.id"], name="fk_steps_subject"),
        sa.PrimaryKeyConstraint("position", name="pk_steps"),
        sa.UniqueConstraint("stream", "seq", name="uq_steps_stream"),
        comment="What was done. Never changed, never deleted. `body` is canonical JSON; ids are 32 bytes, joined in parents.",
    )
    op.create_index("ix_steps_subject", "steps", ["subject"], unique=False)
    op.create_table(
        "personal",
        sa.Column("position", LONG, autoincrement=False, nullable=False),
        sa.Column("field", WORD, nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.Column("value", WORD, nullable=False),
        sa.ForeignKeyConstraint(["position"], ["steps.position"], name="fk_personal_position"),
        sa.PrimaryKeyConstraint("position", "field", name="pk_personal"),
        comment="Values that bodies only commit to; `value` is canonical JSON. Erasing removes the row.",
        sqlite_with_rowid=False,
    )
    for statement in CREATE[op.get_bind().dialect.name]:
        op.execute(statement)
