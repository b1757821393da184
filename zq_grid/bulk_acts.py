"""One step on a selection of cases: what it would do to each, then all of them in one transaction and one batch.

Preview and act are one walk over the cases as they stood before: what is written to one never changes what is said of
another. A case that can't take the step is left out and named; the joined orders of a case get a joint step with it,
once (R4.12). The batch is taken back whole by `zq_grid.undoing`.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import bindparam, insert, or_, select

from db.tables import BATCHES, CASES
from zq_grid import bodies, cases, lists, steps, together
from zq_grid.cases import Draft
from zq_grid.errors import Refused
from zq_grid.manner import Manner
from zq_grid.progress import Progress
from zq_grid.projection import Renewal
from zq_grid.rules.canonical import canonical
from zq_grid.rules.step import Step
from zq_grid.rules.vocabulary import JOINT, STEPS
from zq_grid.session import Session

# One transaction holds the store's turn to write: so many cases take well under a minute.
MOST = 20_000
REPORT_EVERY = 50
# What must be looked at case by case.
ALONE = frozenset({"log", "split", "retract", "erase"})
# Facts that say where a case goes; whatever else a step carries may name people.
SHOWN = frozenset({"unit", "worker", "instead_of"})


@dataclass(frozen=True, slots=True)
class Choice:
    """Which cases: by their numbers, by their keys in this store, or all that pass the filters of a list."""

    numbers: tuple[str, ...] = ()
    subjects: tuple[int, ...] = ()
    filters: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Line:
    """What becomes of one case: `refusal` says why nothing does.

    `joined` are the other orders that get the step with it, `skipped` those that can't; `with_` is the chosen case
    with which this one, joined to it, gets the step. `facts` are who and where it goes, as codes.
    """

    number: str
    refusal: Refused | None = None
    joined: tuple[str, ...] = ()
    skipped: tuple[str, ...] = ()
    with_: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Told:
    """What a step does to a selection, or did. `token` is for acting on just what was previewed; `batch` "" until then."""

    step: str
    lines: tuple[Line, ...]
    token: str = ""
    batch: str = ""
    steps: int = 0

    @property
    def taken(self) -> tuple[Line, ...]:
        """The chosen cases that get the step."""
        return tuple(line for line in self.lines if line.refusal is None)

    @property
    def refused(self) -> tuple[Line, ...]:
        """The chosen cases that are left out."""
        return tuple(line for line in self.lines if line.refusal is not None)


def preview(
    session: Session,
    choice: Choice,
    kind: str,
    given: Mapping[str, Any],
    *,
    manner: Manner | None = None,
    progress: Progress | None = None,
) -> Told:
    """Say what a step would do to each chosen case; a session for reading will do.

    Args:
        session: of the caller.
        choice: which cases.
        kind: of the step; `given` its facts, as text.
        manner: when and for whom; now unless given, or where its `did_at` is 0.
        progress: told about every fifty cases.

    Raises:
        Refused: "step_unknown", "bulk_step", "bulk_none", "bulk_many", "filter_unknown", "did_in_future".
        Cancelled: stopped through `progress`.
    """
    walk = _Walk(session, kind, given, _manner(session, manner), progress or Progress())
    lines = walk.over(_chosen(session, choice))
    return Told(kind, lines, _token(session, choice, kind, given, manner), steps=walk.steps)


def act(
    session: Session,
    choice: Choice,
    kind: str,
    given: Mapping[str, Any],
    *,
    manner: Manner | None = None,
    token: str = "",
    batch_kind: str = "bulk",
    label: str = "",
    progress: Progress | None = None,
) -> Told:
    """Take a step on every chosen case that can take it, all or nothing within the caller's transaction.

    Args:
        session: of the caller, for writing.
        choice: which cases.
        kind: of the step; `given` its facts, as text.
        manner: when and for whom; now unless given, or where its `did_at` is 0.
        token: of a preview; what has changed since is left out and said.
        batch_kind: kept with the batch, `label` beside it: the kind of step unless given.
        progress: told about every fifty cases.

    Raises:
        Refused: as `preview`, and "bulk_stale" where something else than what was previewed is asked.
        Cancelled: stopped through `progress`; the caller's transaction must be rolled back.
    """
    seen = _read_token(session, token, choice, kind, given, manner) if token else None
    when = replace(session, now=seen.moment) if seen else session
    walk = _Walk(session, kind, given, _manner(session, manner), progress or Progress())
    walk.newest = seen.position if seen else None
    walk.writing = True
    lines = walk.over(_chosen(when, choice))
    if walk.last:
        taken = sum(line.refusal is None for line in lines)
        _note(session, walk, batch_kind, label or kind, taken)
    return Told(kind, lines, batch=walk.batch if walk.last else "", steps=walk.steps)


def _manner(session: Session, manner: Manner | None) -> Manner:
    said = manner or Manner(session.now)
    return replace(said, did_at=cases.moment_of(session, said.did_at or None))


def _note(session: Session, walk: "_Walk", kind: str, label: str, taken: int) -> None:
    row = {
        "batch": walk.batch,
        "kind": kind,
        "first": walk.first,
        "last": walk.last,
        "at": session.now,
        "actor": session.actor,
        "file": label,
        "rows": taken,
        "undone": 0,
    }
    session.db.execute(insert(BATCHES), row)
    session.touched.add("batches")


# which cases ---------------------------------------------------------------------------------


def _chosen(session: Session, choice: Choice) -> list[tuple[int, str, Refused | None]]:
    """Return key and number of each case once, or why a number has no case."""
    if choice.subjects:
        found: list[tuple[int, str, Refused | None]] = [(s, "", None) for s in dict.fromkeys(choice.subjects)]
    elif choice.numbers:
        found = _of_numbers(session, choice.numbers)
    elif any(said not in (None, "", False) for said in choice.filters.values()):
        _refuse_many(lists.count(session, **choice.filters))
        found = [
            (row.subject, row.number, None)
            for rows in lists.walk(session, sort="oldest", **choice.filters)
            for row in rows
        ]
    else:
        found = []
    if not found:
        raise Refused("bulk_none", "no cases")
    _refuse_many(len(found))
    return found


def _refuse_many(count: int) -> None:
    if count > MOST:
        raise Refused("bulk_many", "too many", count=f"{count:,}", most=f"{MOST:,}")


def _of_numbers(session: Session, numbers: Sequence[str]) -> list[tuple[int, str, Refused | None]]:
    """Look numbers up, some hundred at a time; each case once, in the order given."""
    wanted = list(dict.fromkeys(filter(None, map(bodies.text, numbers))))
    _refuse_many(len(wanted))
    known: dict[str, list[int]] = {}
    for start in range(0, len(wanted), steps.CHUNK):
        part = wanted[start : start + steps.CHUNK]
        asked = list({*part, *map(bodies.number, part)})
        for row in session.db.execute(_BY_NUMBERS, {"numbers": asked}):
            known.setdefault(row.number, []).append(row.subject)
    found: dict[int | str, tuple[int, str, Refused | None]] = {}
    for number in wanted:
        there = known.get(number) or known.get(bodies.number(number)) or []
        try:
            subject = there[0] if len(there) == 1 else cases.find(session, number)
        except Refused as refusal:
            found[number] = (0, number[:60], refusal)
        else:
            found.setdefault(subject, (subject, number, None))
    return list(found.values())


# tokens --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Seen:
    """What a preview saw: the last step of the log, and when."""

    position: int
    moment: int


def _token(
    session: Session, choice: Choice, kind: str, given: Mapping[str, Any], manner: Manner | None
) -> str:
    """Return a token that tells the store as it is and what is asked of it."""
    position = steps.last_position(session.db)
    return f"{position}.{session.now}.{session.catalogue.last}.{_digest(choice, kind, given, manner)}"


def _digest(choice: Choice, kind: str, given: Mapping[str, Any], manner: Manner | None) -> str:
    asked = {
        "choice": [list(choice.numbers), list(choice.subjects), _words(choice.filters)],
        "step": [kind, _words(given)],
        "manner": [str(manner.did_at), str(manner.day_only), manner.on_behalf_of] if manner else [],
    }
    return hashlib.sha256(canonical(asked)).hexdigest()[:16]


def _words(said: Mapping[str, Any]) -> dict[str, str]:
    return {name: str(value) for name, value in said.items() if value not in (None, "", False)}


def _read_token(
    session: Session, token: str, choice: Choice, kind: str, given: Mapping[str, Any], manner: Manner | None
) -> _Seen:
    """Return what a token tells.

    Raises:
        Refused: "bulk_stale" if it is of another question, or the catalogue has changed.
    """
    parts = token.split(".")
    whole = len(parts) == 4 and all(part.isdecimal() and len(part) < 19 for part in parts[:3])
    if not whole or parts[3] != _digest(choice, kind, given, manner):
        raise Refused("bulk_stale", "another question")
    if int(parts[2]) != session.catalogue.last:
        raise Refused("bulk_stale", "the catalogue has changed")
    return _Seen(int(parts[0]), int(parts[1]))


# the walk ------------------------------------------------------------------------------------


class _Walk:
    """One walk over the chosen cases, some hundred at a time; `writing` or only looking."""

    def __init__(
        self, session: Session, kind: str, given: Mapping[str, Any], manner: Manner, progress: Progress
    ) -> None:
        if kind not in ALONE:
            cases.refuse_unknown_step(kind)
        else:
            known = "、".join(one for one in STEPS if one not in ALONE)
            raise Refused("bulk_step", "not in bulk", step=kind, known=known)
        self.session, self.kind, self.given, self.manner = session, kind, given, manner
        self.progress = progress
        self.writing = False
        self.newest: int | None = None
        # cases that get the step, by their keys, with the chosen case that brought it
        self.done: dict[int, str] = {}
        self.batch, self.first, self.last, self.steps = "", 0, 0, 0

    def over(self, chosen: Sequence[tuple[int, str, Refused | None]]) -> tuple[Line, ...]:
        """Say of each case what becomes of it, and write it if this walk writes."""
        lines: list[Line] = []
        for start in range(0, len(chosen), steps.CHUNK):
            lines += self._part(chosen[start : start + steps.CHUNK], start, len(chosen))
        self.progress.report(len(chosen), len(chosen), "批量办理")
        return tuple(lines)

    def _part(
        self, part: Sequence[tuple[int, str, Refused | None]], before: int, total: int
    ) -> Iterator[Line]:
        db = self.session.db
        subjects = [subject for subject, _, refusal in part if refusal is None]
        held = steps.of_subjects(db, subjects) if subjects else {}
        numbers = {row.subject: row.number for row in db.execute(_NUMBERS, {"subjects": subjects})}
        family = set(db.execute(_JOINED, {"subjects": subjects}).scalars()) if self.kind in JOINT else set()
        renewal = Renewal(self.session)
        for place, (subject, said, refusal) in enumerate(part):
            if place % REPORT_EVERY == 0:
                self.progress.report(before + place, total, "批量办理")
            number = numbers.get(subject, said)
            if refusal is not None:
                yield Line(number, refusal)
            elif subject in self.done:
                yield Line(number, with_=self.done[subject])
            else:
                yield self._one(renewal, subject, number, held[subject], subject in family)
        if self.writing:
            self.session.log.flush()
            renewal.write()

    def _one(self, renewal: Renewal, subject: int, number: str, held: list[Step], joined: bool) -> Line:
        session, manner = self.session, self.manner
        others: list[Draft] = []
        skipped: list[str] = []
        try:
            one = cases.drafted(session, subject, held, self.kind, self.given, strict=True, at=manner.did_at)
            together.prepare(session, one, manner)
            if joined:
                others, skipped = together.joint_orders(session, one, manner, but=self.done)
            for draft in (one, *others):
                self._refuse_changed(draft)
                self._refuse_open_parts(draft)
        except Refused as refusal:
            return Line(number, refusal)
        for draft in (one, *others):
            self.done[draft.subject] = one.number
            self.steps += 1
            if self.writing:
                self._write(renewal, draft)
        facts = {name: str(said) for name, said in one.body.items() if name in SHOWN}
        return Line(one.number, None, tuple(o.number for o in others), tuple(skipped), facts=facts)

    def _refuse_changed(self, one: Draft) -> None:
        if self.newest is not None and any(step.position > self.newest for step in one.held):
            raise Refused("bulk_changed", "changed since the preview", number=one.number)

    def _refuse_open_parts(self, one: Draft) -> None:
        """Refuse the closing of a case whose sub-cases this very act closes: they were open when it was asked."""
        if self.kind != "close" or "yes" in (one.body.get("to_complete"), one.body.get("platform")):
            return
        parts = self.session.db.execute(_PARTS, {"parent": one.subject}).all()
        if still := [row.number for row in parts if row.subject in self.done]:
            raise Refused("sub_cases_open", "sub-cases", number=one.number, numbers="、".join(still))

    def _write(self, renewal: Renewal, one: Draft) -> None:
        self.batch = self.batch or self.session.log.next_name()
        step, _ = cases.write(self.session, renewal, one, group=self.batch, **self.manner.told())
        self.first = self.first or step.position
        self.last = step.position


_BY_NUMBERS = select(CASES.c.number, CASES.c.subject).where(
    CASES.c.number.in_(bindparam("numbers", expanding=True))
)
_NUMBERS = select(CASES.c.subject, CASES.c.number).where(
    CASES.c.subject.in_(bindparam("subjects", expanding=True))
)
# of some cases those that have followers or follow
_leading = CASES.alias("followers")
_JOINED = select(CASES.c.subject).where(
    CASES.c.subject.in_(bindparam("subjects", expanding=True)),
    or_(
        CASES.c.joined.is_not(None),
        select(_leading.c.subject).where(_leading.c.joined == CASES.c.subject).exists(),
    ),
)
_PARTS = select(CASES.c.subject, CASES.c.number).where(CASES.c.parent == bindparam("parent"))
