"""Taking back what was done: a worker's last act, or any act or batch by its name.

An act is all that one transaction wrote as one: a single step, a group on joined orders, a batch. Its name is that of
its group, else `<device>-<epoch>-<number>` of its step, by which the log finds it without looking through. The last
acts are found from the end of the log backwards; long groups are stepped over by the number in their name.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, select

from db.tables import BATCHES, STEPS, STREAMS, SUBJECTS
from zq_grid import place_memory, retracting, steps, words
from zq_grid.errors import Refused
from zq_grid.importing import undo as batches
from zq_grid.progress import Progress
from zq_grid.projection import Renewal
from zq_grid.rules.fold import fold
from zq_grid.rules.state import CaseState
from zq_grid.rules.step import Step
from zq_grid.session import Session
from zq_grid.steps import TOWN
from zq_grid.summary_rows import shown_number

REASON = "撤销刚才的操作"
# Steps looked back over, besides groups that are stepped over whole; read so many at once.
LOOK_BACK, PART = 4000, 200
SHORTEST_ID = 8
NAMED = 3
BATCH_WORDS = {
    "import": ("导入", "import"),
    "bulk": ("批量办理", "act on many"),
    "handover": ("交接", "hand-over"),
}


@dataclass(frozen=True, slots=True)
class Undone:
    """What was taken back: in words, on how many cases and which, and what it was.

    `kind` is that of the steps, or `import`, `bulk`, `handover` for a batch, of which `kept` names the cases that
    others have worked on since and that were left as they are. `retracted` counts steps; `name` is that of the act.
    """

    said: str
    cases: int
    numbers: tuple[str, ...]
    kind: str
    kept: tuple[str, ...] = ()
    retracted: int = 0
    name: str = ""


@dataclass(frozen=True, slots=True)
class Act:
    """One of a worker's acts, as a list of them shows it. `at`: when it was recorded, seconds UTC."""

    name: str
    kind: str
    at: int
    said: str
    cases: int
    undone: bool


@dataclass(frozen=True, slots=True)
class _Found:
    """An act met in the log: its newest step, and its batch if it is one."""

    step: Any
    batch: Any = None


# what a worker may do --------------------------------------------------------------------------


def undo_last(session: Session, *, lang: str = "zh", progress: Progress | None = None) -> Undone:
    """Take back the last act of whoever acts here that stands; what was taken back before is passed over.

    Definitions of the catalogue are no acts on cases and stay. A batch keeps what others have worked on since.

    Raises:
        Refused: "undo_none"; "undo_acted_since" where others have acted since; "undo_erase".
        Cancelled: stopped through `progress`; the caller's transaction must be rolled back.
    """
    for found in _acts_of(session, session.actor):
        if found.batch is not None:
            if not found.batch.undone:
                return _undo_batch(session, found.batch, lang, progress, whole=True)
            continue
        act = _Standing(session, _steps_of(session, found.step.position))
        if act.targets:
            return act.take_back(lang)
    raise Refused("undo_none", "nothing to take back", worker=_actor(session))


def last(session: Session, *, lang: str = "zh") -> Act | None:
    """Return the act that `undo_last` would take back, or None."""
    return next((act for act in acts(session, limit=LOOK_BACK, lang=lang) if not act.undone), None)


def acts(session: Session, *, limit: int = 20, lang: str = "zh") -> Iterator[Act]:
    """Yield the latest acts of whoever acts here, the newest first; takings back are not among them."""
    for left, found in zip(range(limit, 0, -1), _acts_of(session, session.actor), strict=False):
        del left
        if found.batch is not None:
            one = found.batch
            said = f"{_batch_said(session, one, lang)} {_count(one.rows, lang)}"
            yield Act(one.batch, one.kind, one.at, said, one.rows, bool(one.undone))
            continue
        act = _Standing(session, _steps_of(session, found.step.position))
        numbers = act.numbers
        yield Act(
            act.name, act.kind, act.newest.recorded_at, act.said(lang), len(numbers), undone=not act.targets
        )


def undo(
    session: Session,
    named: str,
    *,
    also_acted: bool = False,
    lang: str = "zh",
    progress: Progress | None = None,
) -> Undone:
    """Take back a batch, or the act that a name or the id of one of its steps tells of.

    Args:
        named: a batch, the name of an act, or eight or more digits of a step's id that lies not far back.
        also_acted: take back also what was acted on since.

    Raises:
        Refused: "undo_unknown", "batch_undone", "retract_again", "undo_acted_since", "undo_erase", "undo_undoing".
        Cancelled: stopped through `progress`; the caller's transaction must be rolled back.
    """
    if batch := _batch(session, named):
        return _undo_batch(session, batch, lang, progress, also_acted=also_acted)
    position = _named_position(session, named) or _position_of_id(session, named)
    if position is None:
        raise Refused("undo_unknown", "no such act", said=named[:80])
    held = _steps_of(session, position)
    if batch := _batch(session, held[0].group):
        return _undo_batch(session, batch, lang, progress, also_acted=also_acted)
    taken = held[0].body.get("batch") if held[0].kind == "retract" else None
    if taken and _batch(session, str(taken)):
        raise Refused("undo_undoing", "an undoing of a batch", batch=str(taken))
    act = _Standing(session, held)
    if not act.targets:
        raise Refused("retract_again", "retracted already", step=act.kind, number=act.numbers[0])
    return act.take_back(lang, also_acted=also_acted)


# a batch -------------------------------------------------------------------------------------


def _batch(session: Session, named: str) -> Any:
    return session.db.execute(_BATCH, {"batch": named}).one_or_none() if named else None


def _undo_batch(
    session: Session,
    batch: Any,
    lang: str,
    progress: Progress | None,
    *,
    also_acted: bool = False,
    whole: bool = False,
) -> Undone:
    done = batches.run(session, batch.batch, also_acted=also_acted, progress=progress)
    said = _batch_said(session, batch, lang)
    if whole and not done.retracted:
        raise Refused("undo_acted_since", "acted on since", said=said, numbers=_some(done.kept))
    return Undone(
        said, len(done.numbers), done.numbers, batch.kind, done.kept, done.retracted, name=batch.batch
    )


def _batch_said(session: Session, batch: Any, lang: str) -> str:
    """Return what a batch was: an import by its file, an act on many by its step, a hand-over by its people."""
    what = words.say(BATCH_WORDS, batch.kind, lang)
    if batch.kind == "bulk":
        return f"{what} {words.say(words.STEPS, batch.file, lang)}"
    if batch.kind == "handover":
        people = [session.catalogue.name("worker", code) or "…" for code in batch.file.split("→")]
        return f"{what} {' → '.join(people)}"
    return f"{what} {batch.file}"


# an act --------------------------------------------------------------------------------------


class _Standing:
    """The steps of one act, and which of them stand."""

    def __init__(self, session: Session, written: Sequence[Step]) -> None:
        self.session, self.written = session, sorted(written)
        self.newest = self.written[-1]
        self.kind = self.newest.kind
        self.name = self.newest.group or f"{self.newest.device}-{self.newest.epoch}-{self.newest.seq}"
        ids = steps.subject_ids(session.db, list({step.subject for step in written}))
        self._names = {number: name for name, number in ids.items()}
        self._held = steps.of_subjects(session.db, sorted(self._names))
        self._states: Mapping[int, CaseState] = {n: fold(held) for n, held in self._held.items()}
        self._of = {n: [s for s in self.written if s.subject == name] for n, name in self._names.items()}
        self.targets = [
            step
            for number, of_one in self._of.items()
            for step in of_one
            if step.id not in self._states[number].retracted
        ]

    @property
    def numbers(self) -> tuple[str, ...]:
        """The numbers of its cases, that of its newest step's first."""
        order = sorted(self._of, key=lambda n: (self._names[n] != self.newest.subject, n))
        return tuple(shown_number(self._states[n]) for n in order)

    def said(self, lang: str) -> str:
        """Return what the act was: its step and its cases."""
        return f"{words.say(words.STEPS, self.kind, lang)} {_some(self.numbers)}"

    def take_back(self, lang: str, *, also_acted: bool = False) -> Undone:
        """Retract what stands of the act, as one act."""
        said, wanted = self.said(lang), {step.id for step in self.targets}
        if any(step.kind == "erase" for step in self.targets):
            raise Refused("undo_erase", "erased is erased")
        if not also_acted and (since := self._acted_since()):
            raise Refused("undo_acted_since", "acted on since", said=said, numbers=_some(since))
        session, renewal = self.session, Renewal(self.session)
        group, retracted = session.log.next_name(), 0
        for number, of_one in self._of.items():
            targets = [step for step in of_one if step.id in wanted]
            if not targets:
                continue
            state, held = self._states[number], self._held[number]
            written = batches.retract_all(
                session, state, held, targets, reason=REASON, batch=self.name, group=group
            )
            retracted += len(written)
            renewal.add(number, [*held, *written])
        session.log.flush()
        renewal.write()
        numbers = self.numbers
        if place := place_memory.taken_back(session, self.written[0]):
            said += f"；不再记住“{place}”" if lang == "zh" else f"; “{place}” is remembered so no longer"
        return Undone(said, len(numbers), numbers, self.kind, retracted=retracted, name=self.name)

    def _acted_since(self) -> list[str]:
        """Return the cases that have a standing step written after the act, takings back aside."""
        found = []
        for number, of_one in self._of.items():
            last, own = max(step.position for step in of_one), {step.id for step in of_one}
            state = self._states[number]
            gone = state.retracted | own
            later = (step for step in self._held[number] if step.position > last and step.id not in gone)
            if any(step.kind != "retract" for step in later):
                found.append(shown_number(state))
        return found


def _steps_of(session: Session, position: int) -> list[Step]:
    """Return the steps of the act that wrote the step at a position; of a batch that step alone."""
    (step,) = steps.between(session.db, position, position)
    return [step, *retracting.act_of(session, step)]


# finding -------------------------------------------------------------------------------------


def _acts_of(session: Session, actor: str) -> Iterator[_Found]:
    """Yield the acts on cases of a worker that lie not far back, the newest first, takings back left out."""
    at, seen = steps.last_position(session.db), set()
    for _ in range(LOOK_BACK // PART):
        first = at - PART + 1
        for row in session.db.execute(_BACK, {"first": first, "last": at}).all():
            if row.position > at:
                continue  # within a group that was stepped over
            at = row.position - 1
            if row.group:
                at = _first_of(session, row) - 1
                if row.group in seen:
                    continue
                seen.add(row.group)
            if row.actor == actor and row.scope == TOWN and not _takes_back(session, row):
                yield _Found(row, _batch(session, row.group))
        at = min(at, first - 1)
        if at < 1:
            return


def _takes_back(session: Session, row: Any) -> bool:
    """Tell whether a step is no act to be taken back: part of an undoing, or not of a case."""
    if not row.name.startswith("case:"):
        return True
    if row.kind != "retract":
        return False
    (step,) = steps.between(session.db, row.position, row.position)
    return bool(step.body.get("batch"))


def _first_of(session: Session, row: Any) -> int:
    """Return where the group of a step begins, if it lies in the log in one piece, else the step's own position."""
    number = row.group.rpartition("-")[2]
    if not number.isdecimal():
        return int(row.position)
    first = session.db.execute(_AT, {"stream": row.stream, "seq": int(number)}).one_or_none()
    if first is None or first.group != row.group or row.position - first.position != row.seq - int(number):
        return int(row.position)
    return int(first.position)


def _named_position(session: Session, named: str) -> int | None:
    """Return the position of the step that a name `<device>-<epoch>-<number>` tells of."""
    rest, _, number = named.rpartition("-")
    device, _, epoch = rest.rpartition("-")
    if not (device and epoch.isdecimal() and number.isdecimal() and max(len(epoch), len(number)) < 19):
        return None
    asked = {"device": device, "epoch": int(epoch), "scope": TOWN}
    stream = session.db.execute(_STREAM, asked).scalar()
    if stream is None:
        return None
    row = session.db.execute(_AT, {"stream": stream, "seq": int(number)}).one_or_none()
    return int(row.position) if row is not None and row.name.startswith("case:") else None


def _position_of_id(session: Session, named: str) -> int | None:
    """Return the position of the one step not far back whose id begins so."""
    wanted = named.strip().lower()
    if not SHORTEST_ID <= len(wanted) <= 64 or set(wanted) - set("0123456789abcdef"):
        return None
    last = steps.last_position(session.db)
    rows = session.db.execute(_IDS, {"first": last - LOOK_BACK, "last": last})
    found = [row.position for row in rows if row.id.hex().startswith(wanted)]
    return int(found[0]) if len(found) == 1 else None


def _some(numbers: Sequence[str]) -> str:
    """Return the first few numbers, and how many there are."""
    shown = "、".join(numbers[:NAMED])
    return shown if len(numbers) <= NAMED else f"{shown} …（{len(numbers):,}）"


def _count(number: int, lang: str) -> str:
    return f"{number:,} 件" if lang == "zh" else f"({number:,})"


def _actor(session: Session) -> str:
    return session.catalogue.name("worker", session.actor) or "—"


_BATCH = select(BATCHES).where(BATCHES.c.batch == bindparam("batch"))
_STREAM = select(STREAMS.c.id).where(
    STREAMS.c.device == bindparam("device"),
    STREAMS.c.epoch == bindparam("epoch"),
    STREAMS.c.scope == bindparam("scope"),
)
_STEP = (
    select(
        STEPS.c.position,
        STEPS.c.stream,
        STEPS.c.seq,
        STEPS.c.kind,
        STEPS.c.group,
        STEPS.c.actor,
        STREAMS.c.scope,
        SUBJECTS.c.name,
    )
    .join(STREAMS, STREAMS.c.id == STEPS.c.stream)
    .join(SUBJECTS, SUBJECTS.c.id == STEPS.c.subject)
)
_BACK = _STEP.where(STEPS.c.position.between(bindparam("first"), bindparam("last"))).order_by(
    STEPS.c.position.desc()
)
_AT = _STEP.where(STEPS.c.stream == bindparam("stream"), STEPS.c.seq == bindparam("seq"))
_IDS = select(STEPS.c.position, STEPS.c.id).where(
    STEPS.c.position.between(bindparam("first"), bindparam("last"))
)
