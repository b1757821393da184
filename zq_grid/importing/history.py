"""What was imported here so far, so that a person finds the batch that they want to take back."""

from dataclasses import dataclass

from sqlalchemy import func, select

from db.tables import BATCHES
from zq_grid.importing.undo import PARTLY, WHOLE
from zq_grid.session import Session

KIND = "import"


@dataclass(frozen=True, slots=True)
class Past:
    """One import: its name, when (seconds UTC) and by whom, the file, its rows; how much of it was taken back.

    `undone`: "" for nothing, "partly" where cases worked on since were left as they are, "whole".
    """

    batch: str
    at: int
    actor: str
    file: str
    rows: int
    undone: str


_UNDONE = {PARTLY: "partly", WHOLE: "whole"}


def listed(session: Session, *, offset: int = 0, limit: int = 50) -> tuple[Past, ...]:
    """Return the imports of this store, the newest first."""
    wanted = select(BATCHES).where(BATCHES.c.kind == KIND)
    rows = session.db.execute(
        wanted.order_by(BATCHES.c.at.desc(), BATCHES.c.first.desc()).offset(offset).limit(limit)
    )
    return tuple(
        Past(row.batch, row.at, row.actor, row.file, row.rows, _UNDONE.get(row.undone, "")) for row in rows
    )


def count(session: Session) -> int:
    """Return how many imports there were."""
    return int(session.db.execute(select(func.count()).where(BATCHES.c.kind == KIND)).scalar_one())
