"""Alembic's entry: the connection is handed in by `db.upgrade`, nothing is read from a file."""

from alembic import context

from db.tables import METADATA

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=METADATA, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
