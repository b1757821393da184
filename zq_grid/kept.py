"""What people left unfinished or like to find again on this machine: drafts, saved views, settings. Never part of the log."""

import json
from typing import Any

from sqlalchemy import delete, select

from db.tables import KEPT
from zq_grid.session import Session


def get(session: Session, key: str, default: Any = None) -> Any:
    """Return what was kept under a key, as plain JSON values, or `default`."""
    found = session.db.execute(select(KEPT.c.value).where(KEPT.c.key == key)).scalar()
    return default if found is None else json.loads(found)


def put(session: Session, key: str, value: Any) -> None:
    """Keep a plain JSON value under a key, in place of what was there."""
    drop(session, key)
    row = {"key": key, "value": json.dumps(value, ensure_ascii=False), "at": session.now}
    session.db.execute(KEPT.insert(), row)
    session.touched.add("kept")


def drop(session: Session, key: str) -> None:
    """Forget what was kept under a key, if anything was."""
    session.db.execute(delete(KEPT).where(KEPT.c.key == key))
    session.touched.add("kept")


def under(session: Session, prefix: str) -> dict[str, Any]:
    """Return everything kept under keys that begin with `prefix`, the newest first."""
    query = select(KEPT.c.key, KEPT.c.value).where(KEPT.c.key.startswith(prefix, autoescape=True))
    rows = session.db.execute(query.order_by(KEPT.c.at.desc(), KEPT.c.key))
    return {row.key: json.loads(row.value) for row in rows}
