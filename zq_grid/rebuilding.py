"""Summary rows anew for many cases: the whole store from its log, and the cases that a changed catalogue concerns."""

from collections.abc import Iterable, Iterator, Sequence

from sqlalchemy import Connection, Index, Select, delete, func, or_, select

from db import bulk, search
from db.engine import roomy
from db.tables import CLOCKS, FOREVER, METADATA, ROUNDS, STEPS, STORE, SUBJECTS, SUMMARY
from zq_grid import catalogue as catalogues
from zq_grid import crew, steps
from zq_grid.progress import Progress
from zq_grid.projection import SUMMARIES, Renewal, insert
from zq_grid.rules.step import Step
from zq_grid.session import Session

# Kinds of entries that summary rows depend on, and those that move limits of rounds begun before them.
TELLING = frozenset({"limits", "type", "neighbourhood", "calendar", "office"})
MOVING = frozenset({"calendar", "office"})


def renew_for_catalogue(session: Session, changed: Iterable[Step]) -> int:
    """Renew the cases that a change of the catalogue concerns; returns how many.

    A calendar moves provisional limits that have not passed; any other entry concerns only rounds that began after
    it was defined, which a store meets when an entry arrives late from elsewhere (R3.5, R3.13), and cases that
    named the entry before anybody defined it.
    """
    db = session.db
    session.catalogue = catalogues.load(db).with_places(db)
    concerned: set[int] = set()
    for step in changed:
        kind = step.body.get("kind")
        if kind in TELLING:
            for query in _touched_by(session, str(kind), str(step.body.get("code")), step.did_at):
                concerned.update(db.execute(query).scalars())
    _again(session, sorted(concerned))
    return len(concerned)


def _touched_by(session: Session, kind: str, code: str, at: int) -> Iterator[Select[int]]:
    """Yield queries whose subjects an entry that is in force from `at` may concern, rather too many than too few."""
    current = ROUNDS.c.until == FOREVER
    yield select(STEPS.c.subject).where(STEPS.c.did_at >= at)
    yield select(ROUNDS.c.subject).where(current, ROUNDS.c.began_at >= at)
    if kind in MOVING:
        # also limits that are not in force: ours beside the platform's, the contact that nobody promised
        open_limits = (CLOCKS.c.due.is_(None), CLOCKS.c.due >= at, CLOCKS.c.ours >= at, CLOCKS.c.target >= at)
        yield select(CLOCKS.c.subject).where(or_(*open_limits))
        yield select(ROUNDS.c.subject).where(
            current, or_(ROUNDS.c.contact_due >= at, ROUNDS.c.close_due >= at)
        )
    elif kind != "limits" and len(session.catalogue.versions(kind, code)) == 1:
        column = ROUNDS.c.type if kind == "type" else ROUNDS.c.neighbourhood
        yield select(ROUNDS.c.subject).where(current, column == code)


def _again(session: Session, subjects: Sequence[int]) -> None:
    """Replace the rows of cases whose steps did not change but whose catalogue did."""
    for start in range(0, len(subjects), steps.CHUNK):
        part = subjects[start : start + steps.CHUNK]
        bulk.drop(session.db, ROUNDS.name, part)
        renewal = Renewal(session)
        for subject, held in steps.of_subjects(session.db, part).items():
            if any(step.kind == "log" for step in held):
                renewal.add(subject, held, worded=False)
        renewal.write()


def after_upgrade(db: Connection, now: int) -> None:
    """Fill the summaries of a store whose tables were just brought up to date."""
    store = {row.key: row.value for row in db.execute(select(STORE))}
    catalogue = catalogues.load(db, anew=True).with_places(db)
    session = Session(
        db, now, store.get("owner", ""), store.get("station", ""), catalogue, store.get("store", "")
    )
    rebuild(session, Progress())


def rebuild(session: Session, progress: Progress) -> int:
    """Drop every summary and read it from the log again; returns how many cases there are."""
    db = session.db
    cases = int(db.execute(select(func.count()).where(SUBJECTS.c.name.like("case:%"))).scalar_one())
    last = db.execute(select(func.max(SUBJECTS.c.id))).scalar() or 0
    parts = ((first, first + steps.CHUNK - 1) for first in range(1, last + 1, steps.CHUNK))
    with roomy(db), crew.Folding(session, cases) as folding:
        catalogues.rebuild(session)
        session.catalogue = catalogues.load(db, anew=True).with_places(db)
        folding.begin(parts)
        indexes = _emptied(db, cases)
        for part, rows in folding:
            progress.report(min(part[0] - 1, cases), cases, "重建")
            insert(session, rows)
        for index in indexes:
            index.create(db)
        search.forget(db)
    if session.writer is not None:
        session.writer.projected = max(session.writer.projected, steps.last_position(db))
    session.touched.update(SUMMARIES)
    return cases


def _emptied(db: Connection, cases: int) -> list[Index]:
    """Empty every summary and return the indexes that are sooner made of all rows at once than row by row."""
    METADATA.create_all(db, SUMMARY)  # one that was dropped comes back too
    every = [index for table in SUMMARY for index in table.indexes] if cases >= crew.WORTH else []
    for index in every:
        index.drop(db, checkfirst=True)
    for table in SUMMARY:
        db.execute(delete(table))
    search.clear(db)
    for index in every:
        if index.info.get("few"):
            index.create(db)
    return [index for index in every if not index.info.get("few")]
