"""Taking back a batch (an import, an act on a selection, a hand-over): its steps are retracted, cases worked on since left."""

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

# What is written as the reason, by the kind of a batch.
REASONS = {"import": "撤销导入", "bulk": "撤销批量办理", "handover": "撤销交接"}
WHOLE, PARTLY = 1, 2  # how much of a batch was taken back


@dataclass(frozen=True, slots=True)
class Undone:
    """What was taken back: how many steps, of which cases, and the numbers of the cases left as they are."""

    batch: str
    retracted: int
    kept: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()


def run(
    session: Session, batch: str, *, also_acted: bool = False, progress: Progress | None = None
) -> Undone:
    """Retract every step of a batch, all or nothing within the caller's transaction.

    Args:
        session: of the caller.
        batch: as `Imported` names it.
        also_acted: take back what the batch wrote to cases that were acted on since, too.
        progress: told about every five hundred cases.

    Raises:
        Refused: "batch_unknown"; "batch_undone" where nothing is left to take back.
        Cancelled: stopped through `progress`; the caller's transaction must be rolled back.
    """
    progress = progress or Progress()
    found = session.db.execute(select(BATCHES).where(BATCHES.c.batch == batch)).one_or_none()
    if found is None:
        raise Refused("batch_unknown", "no such batch", batch=batch[:60])
    if found.undone == WHOLE:
        raise Refused("batch_undone", "undone already", batch=batch, numbers="")
    subjects = _subjects(session, batch, found.first, found.last)
    reason = REASONS.get(found.kind, REASONS["import"])
    undoing = _Undoing(session, batch, reason, also_acted)
    for start in range(0, len(subjects), steps.CHUNK):
        progress.report(start, len(subjects), reason)
        undoing.take_back(subjects[start : start + steps.CHUNK])
    progress.report(len(subjects), len(subjects), reason)
    kept = tuple(undoing.kept)
    if found.undone and not undoing.retracted:
        raise Refused("batch_undone", "nothing left to undo", batch=batch, numbers="、".join(kept))
    mark = update(BATCHES).where(BATCHES.c.batch == batch).values(undone=PARTLY if kept else WHOLE)
    session.db.execute(mark)
    session.touched.add("batches")
    return Undone(batch, undoing.retracted, kept, tuple(undoing.numbers))


def _subjects(session: Session, batch: str, first: int, last: int) -> list[int]:
    """Return the cases that a batch wrote to, the last written first."""
    written = select(STEPS.c.subject).where(STEPS.c.position.between(first, last), STEPS.c.group == batch)
    rows = session.db.execute(written.order_by(STEPS.c.position.desc())).scalars()
    return list(dict.fromkeys(rows))


class _Undoing:
    """One run over the cases of one batch."""

    def __init__(self, session: Session, batch: str, reason: str, also_acted: bool) -> None:
        self.session, self.batch, self.reason, self.also_acted = session, batch, reason, also_acted
        self.group = session.log.next_name()
        self.retracted = 0
        self.kept: list[str] = []
        self.numbers: list[str] = []

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
            written = retract_all(
                self.session, state, held, targets, reason=self.reason, batch=self.batch, group=self.group
            )
            self.retracted += len(written)
            self.numbers.append(shown_number(state))
            renewal.add(subject, [*held, *written])
        self.session.log.flush()
        renewal.write()


def retract_all(
    session: Session,
    state: CaseState,
    held: Sequence[Step],
    targets: Sequence[Step],
    *,
    reason: str,
    batch: str,
    group: str,
) -> list[Step]:
    """Write a `retract` for each of some steps of one case, newest first; each follows the one before.

    Args:
        session: of the caller, who renews the summaries.
        state: the case, and the steps `held` of it.
        targets: what is taken back.
        reason: in words.
        batch: the name of the act or batch that is taken back: a later import reads from it that nobody decided
            against these very steps, and a later undoing that this was one.
        group: of the steps written.
    """
    parents, above = state.head_steps, max(step.lamport for step in held)
    written: list[Step] = []
    for target in sorted(targets, key=order, reverse=True):
        step = session.log.add(
            "retract",
            target.subject,
            {"step": target.id, "reason": reason, "batch": batch},
            parents=parents,
            above=above,
            did_at=session.now,
            recorded_at=session.now,
            actor=session.actor,
            group=group,
        )
        parents, above = (step.id,), step.lamport
        written.append(step)
    return written


def acted_since(state: CaseState, held: Sequence[Step], batch: str) -> bool:
    """Tell whether a case has a standing step of anybody's, written after the batch.

    What was done and taken back again doesn't count, nor does the taking back.
    """
    first = min(step.position for step in held if step.group == batch)
    later = (step for step in held if step.position > first and step.group != batch)
    return any(step.kind != "retract" and step.id not in state.retracted for step in later)
