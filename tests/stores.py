"""Stores for tests: a practice workspace with a clock that is set by hand, and looks behind its encryption."""

import itertools
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from sqlalchemy import select, text

from db.tables import ENTRIES, STREAMS, SUMMARY
from zq_grid import cases, setup, together
from zq_grid.errors import Refused
from zq_grid.rules import worktime
from zq_grid.workspace import Workspace, open_workspace, read_key

__all__ = ["Refused"]

SUMMARIES = (*SUMMARY, ENTRIES)
MONDAY = worktime.parse("2026-11-02T09:00:00+08:00")[0]
MINUTE, HOUR, DAY = 60, 3600, 86_400
PAGE, SEAL = 4096, 80
ORDER = {
    "type": "property_management",
    "kind": "complaint",
    "source": "hotline",
    "place": "和溪五村 12 号",
    "text": "楼上漏水",
    "reporter": "王小明",
    "phone": "13800000001",
}
HANDLING: tuple[tuple[str, dict[str, Any]], ...] = (
    ("accept", {}),
    ("contact", {"reached": "yes"}),
    ("dispatch", {}),
    ("sign", {}),
    ("attend", {"who": "张三", "findings": "属实"}),
    ("handle", {"result": "已修好"}),
    ("submit", {}),
)
CLOSING = {
    "verdict": "solved",
    "fact_finding": "true",
    "claim_finding": "reasonable",
    "reply": "已修好",
    "reply_channel": "phone",
    "conclusion": "已修好。",
}


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self, at: int = MONDAY) -> None:
        self.at = at

    def __call__(self) -> int:
        return self.at

    def pass_(self, seconds: int) -> None:
        """Let time go by."""
        self.at += seconds


def make_store(
    folder: Path, *, url: str | None = None, practice: bool = True, clock: Clock | None = None
) -> Workspace:
    """Set a workspace up in `folder`; its `clock` can be moved."""
    return setup.new_workspace(folder, url, practice=practice, clock=clock or Clock())


def reopen(folder: Path, clock: Callable[[], int] | None = None, url: str | None = None) -> Workspace:
    """Open a workspace again."""
    return open_workspace(folder, url, clock=clock or Clock())


def reopen_as_is(workspace: Workspace) -> Workspace:
    """Close a workspace and open it anew, with the same clock: as the program does at its next start."""
    workspace.close()
    return open_workspace(workspace.folder, clock=workspace.clock)


def clone(workspace: Workspace, folder: Path, clock: Callable[[], int] | None = None) -> Workspace:
    """Close a workspace, copy its folder, and open the copy."""
    workspace.close()
    shutil.copytree(workspace.folder, folder)
    return reopen(folder, clock or Clock(workspace.clock()))


def moved(folder: Path, to: Path, clock: Clock) -> Workspace:
    """Open a copy of a closed store as if it had always been at its new place: no new epoch begins."""
    shutil.copytree(folder, to)
    workspace = reopen(to, clock)
    device = workspace.device
    with workspace.transaction(write=False) as db:
        rows = db.execute(
            select(STREAMS).where(STREAMS.c.device == device.id, STREAMS.c.epoch == device.epoch)
        )
        device.remember({row.scope: row.seq for row in rows})
    return workspace


def log(workspace: Workspace, **facts: Any) -> str:
    """Log a case; returns its number."""
    with workspace.write() as session:
        return cases.log(session, {**ORDER, **facts}).number


def act(workspace: Workspace, number: str, kind: str, **facts: Any) -> together.Acted:
    """Take a step on a case."""
    with workspace.write() as session:
        return together.act(session, number, kind, facts)


def handled(workspace: Workspace, number: str, upto: str = "submit") -> str:
    """Log an order and take the usual steps, ten minutes apart, up to and with one of them."""
    log(workspace, order_number=number)
    for kind, facts in HANDLING:
        workspace.clock.pass_(10 * MINUTE)
        act(workspace, number, kind, **facts)
        if kind == upto:
            break
    return number


def count(workspace: Workspace, table: str) -> int:
    """Return how many rows a table has."""
    with workspace.transaction(write=False) as db:
        return int(db.execute(text(f"SELECT count(*) FROM {table}")).scalar_one())


def change(workspace: Workspace, statement: str, *values: object) -> int:
    """Change a store behind the program's back; returns how many rows."""
    with workspace.transaction(write=True) as db:
        return db.exec_driver_sql(statement, values).rowcount


# what a store says ----------------------------------------------------------------------------


def dump(workspace: Workspace) -> dict[str, list[tuple[Any, ...]]]:
    """Return every row of every summary, search index included, in one order."""
    with workspace.transaction(write=False) as db:
        found: dict[str, list[tuple[Any, ...]]] = {}
        for table in SUMMARIES:
            keys = [column.name for column in table.primary_key]
            rows = [tuple(row) for row in db.execute(select(table).order_by(*(table.c[key] for key in keys)))]
            found[table.name] = rows
        if db.dialect.name == "sqlite":
            db.exec_driver_sql("CREATE VIRTUAL TABLE temp.words USING fts5vocab(main, search, 'instance')")
            words = db.exec_driver_sql("SELECT DISTINCT doc, term FROM temp.words ORDER BY 1, 2").all()
        else:
            words = db.exec_driver_sql("SELECT subject, unnest(tsvector_to_array(tokens)) FROM search").all()
        found["search"] = sorted(map(tuple, words))
    return found


def streams(workspace: Workspace) -> list[tuple[str, int, str, int]]:
    """Return (device, epoch, scope, number) of every step."""
    with workspace.transaction(write=False) as db:
        rows = db.execute(
            text(
                "SELECT device, epoch, scope, s.seq FROM steps s JOIN streams t ON t.id = s.stream ORDER BY position"
            )
        )
        return [tuple(row) for row in rows]


def pages(path: Path, key: bytes) -> Iterator[bytes]:
    """Yield each page of an encrypted store as it lies on the disk, free space and dropped rows included."""
    raw = path.read_bytes()
    for number, at in enumerate(range(0, len(raw), PAGE)):
        page = raw[at : at + PAGE]
        start = 16 if number == 0 else 0
        cipher = Cipher(algorithms.AES(key), modes.CBC(page[-SEAL : 16 - SEAL])).decryptor()
        yield cipher.update(page[start:-SEAL]) + cipher.finalize()


def lies_in(workspace: Workspace, said: str) -> bool:
    """Tell whether a text lies anywhere in the decrypted pages of a store's file."""
    wanted = said.encode()
    key = read_key(workspace.folder)
    # a value may run over the edge of a page only by way of overflow pages, which begin with four bytes of their own
    return any(wanted in page for page in pages(workspace.folder / "store.db", key))


def plain_file(path: Path) -> Path:
    """Make an unencrypted database."""
    with sqlite3.connect(path) as db:
        db.execute("CREATE TABLE t (a)")
    db.close()
    return path


def numbers(first: int = 20261102000001) -> Iterator[str]:
    """Give order numbers."""
    return map(str, itertools.count(first))
