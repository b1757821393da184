"""From any released store to today's tables: a copy first, and never a store from the future."""

from collections.abc import Callable
from importlib import resources

from sqlalchemy import Connection, inspect, text

from db import search
from db.tables import METADATA, SUMMARY

HEAD = "0002"


class TooNew(Exception):
    """The store was written by a newer program; nothing was changed. `args[0]` is its revision."""


def revision(connection: Connection) -> str | None:
    """Return the store's revision, or None for an empty one."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return found


def upgrade(connection: Connection, before: Callable[[str], None]) -> bool:
    """Bring the store to HEAD inside the caller's transaction; return whether anything was done.

    Where there are steps already, the summaries are empty afterwards, for the caller to rebuild.

    Args:
        connection: in a transaction that the caller commits.
        before: called with the old revision before an old store is changed; it makes the copy.

    Raises:
        TooNew: the revision is unknown here.
    """
    current = revision(connection)
    if current == HEAD:
        return False
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(resources.files("db") / "migrations"))
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if current is not None:
        if current not in known:
            raise TooNew(current)
        before(current)
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
    METADATA.create_all(connection, SUMMARY)
    for statement in search.CREATE[connection.dialect.name]:
        connection.exec_driver_sql(statement)
    return True
