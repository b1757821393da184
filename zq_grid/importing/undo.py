"""Taking back an import: every step of its batch is retracted, cases that people worked on since are left."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select, update

from db.tables import BATCHES, STEPS
from zq_grid import steps
from zq_grid.errors import Refused
from zq_grid.progress import Progress
from zq_grid.projection import Renewal
from zq_grid.rules.fold import fold
from zq_grid.rules.state import CaseState
from zq_grid.rules.step import Step, order
from zq_grid.session import Session
from zq_grid.summary_rows import shown_number

REASON = "撤销导入"
WHOLE, PARTLY = 1, 2  # how much of a batch was taken back


@dataclass(frozen=True, slots=True)
class Undone:
    """What was taken back: how many steps, and the numbers of the cases left as they are."""

    batch: str
    retracted: int
    kept: tuple[str, ...] = ()


def run(
    session: Session, batch: str, *, also_acted: bool = False, progress: Progress | None = None
) -> Undone:
    """Retract every step of an import, all or nothing within the caller's transaction.

    Args:
        session: of the caller.
        batch: as `Imported` names it.
        also_acted: take back what the import wrote to cases that were acted on since, too.
        progress: told about every five hundred cases.

    Raises:
        Refused: "batch_unknown"; "batch_undone" where nothing is left to take back.
        Cancelled: stopped through `progress`; the caller's transaction must be rolled back.
    """
    progress = progress or Progress()
    found = session.db.execute(select(BATCHES).where(BATCHES.c.batch == batch)).one_or_none()
    if found is None:
        raise Refused("batch_unknown", "no such import", batch=batch[:60])
    if found.undone == WHOLE:
        raise Refused("batch_undone", "undone already", batch=batch, numbers="")
    subjects = _subjects(session, batch, found.first, found.last)
    undoing = _Undoing(session, batch, also_acted)
    for start in range(0, len(subjects), steps.CHUNK):
        progress.report(start, len(subjects), "撤销导入")
        undoing.take_back(subjects[start : start + steps.CHUNK])
    progress.report(len(subjects), len(subjects), "撤销导入")
    kept = tuple(undoing.kept)
    if found.undone and not undoing.retracted:
        raise Refused("batch_undone", "nothing left to undo", batch=batch, numbers="、".join(kept))
    mark = update(BATCHES).where(BATCHES.c.batch == batch).values(undone=PARTLY if kept else WHOLE)
    session.db.execute(mark)
    session.touched.add("batches")
    return Undone(batch, undoing.retracted, kept)


def _subjects(session: Session, batch: str, first: int, last: int) -> list[int]:
    """Return the cases that an import wrote to, the last written first."""
    written = select(STEPS.c.subject).where(STEPS.c.position.between(first, last), STEPS.c.group == batch)
    rows = session.db.execute(written.order_by(STEPS.c.position.desc())).scalars()
    return list(dict.fromkeys(rows))


class _Undoing:
    """One run over the cases of one batch."""

    def __init__(self, session: Session, batch: str, also_acted: bool) -> None:
        self.session, self.batch, self.also_acted = session, batch, also_acted
        self.group = session.log.next_name()
        self.retracted = 0
        self.kept: list[str] = []

    def take_back(self, subjects: Sequence[int]) -> None:
        """Retract the batch's steps on some hundred cases and replace their summary rows in one go."""
        renewal = Renewal(self.session)
        held_of = steps.of_subjects(self.session.db, subjects)
        for subject in subjects:
            held = held_of[subject]
            state = fold(held)
            targets = [step for step in held if step.group == self.batch and step.id not in state.retracted]
            if not targets:
                continue
            if not self.also_acted and acted_since(state, held, self.batch):
                self.kept.append(shown_number(state))
                continue
            renewal.add(subject, [*held, *self._retract(state, held, targets)])
        self.session.log.flush()
        renewal.write()

    def _retract(self, state: CaseState, held: Sequence[Step], targets: Sequence[Step]) -> list[Step]:
        """Write a `retract` for each step, newest first; each follows the one before."""
        session = self.session
        parents, above = state.head_steps, max(step.lamport for step in held)
        written: list[Step] = []
        for target in sorted(targets, key=order, reverse=True):
            # `batch` tells a later import that nobody decided against this very step
            step = session.log.add(
                "retract",
                target.subject,
                {"step": target.id, "reason": REASON, "batch": self.batch},
                parents=parents,
                above=above,
                did_at=session.now,
                recorded_at=session.now,
                actor=session.actor,
                group=self.group,
            )
            parents, above = (step.id,), step.lamport
            written.append(step)
        self.retracted += len(written)
        return written


def acted_since(state: CaseState, held: Sequence[Step], batch: str) -> bool:
    """Tell whether a case has a standing step of anybody's, written after the import.

    What was done and taken back again doesn't count, nor does the taking back.
    """
    first = min(step.position for step in held if step.group == batch)
    later = (step for step in held if step.position > first and step.group != batch)
    return any(step.kind != "retract" and step.id not in state.retracted for step in later)
