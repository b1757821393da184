"""Whether a store is whole: its file, its log, its summaries against the log, its figures worked out twice."""

import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Table, func, select, text

from db import search
from db.engine import damage
from db.tables import BATCHES, CASES, ENTRIES, FOREVER, ROUNDS, STEPS, STORE, SUBJECTS, SUMMARY
from zq_grid import catalogue, projection, proving, rates, steps
from zq_grid.confirm import RecountCatalogue
from zq_grid.errors import Refused
from zq_grid.progress import Progress
from zq_grid.proving import Finding
from zq_grid.recount import recount
from zq_grid.rules import worktime
from zq_grid.session import Session
from zq_grid.workspace import Workspace

__all__ = ["Finding", "Report", "check", "quick"]

SAMPLE = 200
WEEKS = 8
# Days whose numbers are looked at.
COUNTERS = 7
WEEK = 7 * worktime.DAY
BY_SUBJECT: tuple[Table, ...] = SUMMARY


@dataclass(frozen=True, slots=True)
class Report:
    """How many steps and cases were looked at, and what was found wrong; `findings` is empty for a whole store."""

    steps: int
    cases: int
    findings: tuple[Finding, ...]


def check(workspace: Workspace, *, deep: bool = False, progress: Progress | None = None) -> Report:
    """Look for anything in a store that doesn't agree with the rest of it; changes nothing.

    Args:
        workspace: open; others may go on writing meanwhile.
        deep: every step, every summary row and every page; else all chains, and of the rest a sample of
            subjects, half of them those that changed last.
        progress: told about every few hundred subjects.

    Raises:
        Cancelled: stopped through `progress`.
    """
    progress = progress or Progress()
    try:
        with workspace.read() as session:
            return _check(session, progress, deep=deep)
    except Refused as refusal:
        if refusal.code != "store_corrupt":
            raise
        return Report(0, 0, (Finding("file_damaged", "", {"said": str(refusal)}),))


def quick(workspace: Workspace) -> list[Finding]:
    """Return what is wrong with the file, the chains, and the steps of a sample of subjects; no summary is read."""
    with workspace.read() as session:
        found = [Finding("file_damaged", "", {"said": said}) for said in damage(session.db, deep=False)]
        found += proving.chains(session.db)
        prover = proving.Prover(session.db)
        found += prover.devices()
        found += prover.subjects(_sample(session))
        return found


def _check(session: Session, progress: Progress, *, deep: bool) -> Report:
    db = session.db
    session.catalogue.with_places(db)
    found = [Finding("file_damaged", "", {"said": said}) for said in damage(db, deep=deep)]
    found += proving.chains(db)
    prover = proving.Prover(db)
    found += prover.devices()
    found += _readable(_entries(session))
    found += _strays(session)
    found += _batches(session)
    found += _counters(session)
    numbers = _every(session) if deep else _sample(session)
    for start in range(0, len(numbers), steps.CHUNK):
        progress.report(start, len(numbers), "检查")
        part = numbers[start : start + steps.CHUNK]
        found += prover.subjects(part)
        found += _readable(_summaries(session, part))
    progress.report(len(numbers), len(numbers), "检查")
    if deep:
        found += _index(session, numbers)
    found += _readable(_figures(session, numbers if deep else None))
    return Report(_count(session, STEPS), _count(session, CASES), tuple(found))


def _readable(findings: Iterator[Finding]) -> Iterator[Finding]:
    """Pass findings on; where a body in the log can't even be read, nothing can be compared with it."""
    try:
        yield from findings
    except ValueError as error:
        yield Finding("log_unreadable", "", {"said": str(error)})


def _count(session: Session, table: Table) -> int:
    return int(session.db.execute(select(func.count()).select_from(table)).scalar_one())


# which subjects -------------------------------------------------------------------------------


def _every(session: Session) -> list[int]:
    return list(session.db.execute(select(SUBJECTS.c.id).order_by(SUBJECTS.c.id)).scalars())


def _sample(session: Session) -> list[int]:
    """Return the subjects that changed last, and as many by lot."""
    newest = session.db.execute(select(STEPS.c.subject).order_by(STEPS.c.position.desc()).limit(SAMPLE * 5))
    late = list(dict.fromkeys(newest.scalars()))[: SAMPLE // 2]
    last = session.db.execute(select(func.max(SUBJECTS.c.id))).scalar() or 0
    lot = random.Random(session.now).sample(range(1, last + 1), min(SAMPLE, last))
    return sorted({*late, *lot[: SAMPLE - len(late)]})


# summaries ------------------------------------------------------------------------------------


def _entries(session: Session) -> Iterator[Finding]:
    """Compare the catalogue's summary with its steps, all of it."""
    fresh = catalogue.rows_of(session.db, catalogue.names(session.db))
    for row in _differing(ENTRIES, _rows(session, ENTRIES, None), fresh):
        yield Finding("summary_differs", catalogue.subject_of(row[0], row[1]), {"table": ENTRIES.name})


def _summaries(session: Session, numbers: Sequence[int]) -> Iterator[Finding]:
    """Compare the summary rows of some cases with what their steps add up to now."""
    held = steps.of_subjects(session.db, numbers)
    of_cases = {number: part for number, part in held.items() if part and part[0].subject.startswith("case:")}
    names = {number: part[0].subject for number, part in of_cases.items()}
    fresh = projection.expected(session, of_cases)
    for table in BY_SUBJECT:
        stored = _rows(session, table, numbers)
        place = table.columns.keys().index("subject")
        for number in sorted({row[place] for row in _differing(table, stored, fresh[table.name])}):
            subject = names.get(number) or steps.subject_name(session.db, number)
            yield Finding("summary_differs", subject, {"table": table.name})
    for row in fresh["search"]:
        if not search.holds(session.db, row["subject"], row["tokens"].split()):
            yield Finding("search_misses", names[row["subject"]])


def _rows(session: Session, table: Table, numbers: Sequence[int] | None) -> Sequence[Mapping[Any, Any]]:
    query = select(table)
    if numbers is not None:
        query = query.where(table.c.subject.in_(numbers))
    return session.db.execute(query).mappings().all()


def _differing(
    table: Table, stored: Iterable[Mapping[Any, Any]], fresh: Iterable[Mapping[Any, Any]]
) -> set[tuple[Any, ...]]:
    """Return the rows that only one side has, as tuples in the order of the table's columns."""
    columns = table.columns.keys()
    sides = [{tuple(row[name] for name in columns) for row in rows} for rows in (stored, fresh)]
    return sides[0] ^ sides[1]


def _strays(session: Session) -> Iterator[Finding]:
    """Find rows of cases that no step tells of, logged cases without rows, and cases joined to none."""
    db = session.db
    with_steps = select(STEPS.c.subject)
    for table in BY_SUBJECT:
        rows = select(table.c.subject).where(table.c.subject.not_in(with_steps)).distinct()
        for number in db.execute(rows).scalars():
            yield Finding("summary_stray", str(number), {"table": table.name})
    logged = select(STEPS.c.subject).where(STEPS.c.kind == "log")
    lost = select(SUBJECTS.c.name).where(
        SUBJECTS.c.id.in_(logged),
        SUBJECTS.c.id.not_in(select(ROUNDS.c.subject).where(ROUNDS.c.until == FOREVER)),
    )
    for name in db.execute(lost).scalars():
        yield Finding("summary_missing", name, {"table": ROUNDS.name})
    for column, code in ((CASES.c.joined, "joined_missing"), (CASES.c.parent, "parent_case_missing")):
        broken = select(CASES.c.number).where(column.is_not(None), column.not_in(select(CASES.c.subject)))
        for number in db.execute(broken).scalars():
            yield Finding(code, number)


# what this store alone knows -------------------------------------------------------------------


def _batches(session: Session) -> Iterator[Finding]:
    """Find batches whose first or last step isn't theirs: such a batch can't be taken back whole."""
    for place in ("first", "last"):
        theirs = select(STEPS.c.position).where(
            STEPS.c.position == BATCHES.c[place], STEPS.c.group == BATCHES.c.batch
        )
        for batch in session.db.execute(select(BATCHES.c.batch).where(~theirs.exists())).scalars():
            yield Finding("batch_broken", batch, {"at": place})


def _counters(session: Session) -> Iterator[Finding]:
    """Find days, of the last that had new cases, whose next number was given before."""
    keys = select(STORE.c.key, STORE.c.value).where(STORE.c.key.like("number:%"))
    station = (session.station or "zq").upper()
    for key, value in session.db.execute(keys.order_by(STORE.c.key.desc()).limit(COUNTERS)):
        begin = f"{station}-{key.partition(':')[2]}-"
        given = select(CASES.c.number).where(CASES.c.number >= begin, CASES.c.number < begin + ":")
        numbers = (number.removeprefix(begin) for number in session.db.execute(given).scalars())
        highest = max((int(nth) for nth in numbers if nth.isdecimal()), default=0)
        if not value.isdecimal() or int(value) < highest:
            yield Finding("counter_behind", begin + "…", {"counter": value, "given": str(highest)})


def _index(session: Session, numbers: Sequence[int]) -> Iterator[Finding]:
    """Compare which cases the search index holds with those that there are."""
    known = set(numbers)
    indexed = set(search.subjects(session.db))
    every = set(session.db.execute(select(CASES.c.subject)).scalars())
    for number in sorted(indexed ^ every):
        name = steps.subject_name(session.db, number) if number in known else str(number)
        yield Finding("search_stray", name)


# figures --------------------------------------------------------------------------------------


def _figures(session: Session, numbers: Sequence[int] | None) -> Iterator[Finding]:
    """Work the rates of the last weeks out a second time, each week from the cases that its rows name.

    Args:
        session: for reading.
        numbers: all subjects; then the weeks are also worked out in one go, from every case there is.
    """
    today = worktime.day_of(session.now)
    start = worktime.day_start(today - timedelta(days=today.weekday()))
    weeks = [(start - back * WEEK, start - (back - 1) * WEEK) for back in range(WEEKS)]
    for since, until in weeks:
        yield from _compared(session, since, until, _counted(session, since, until))
    if numbers is not None:
        yield from _compared(session, weeks[-1][0], weeks[0][1], numbers)


def _compared(session: Session, start: int, end: int, numbers: Sequence[int]) -> Iterator[Finding]:
    versions = session.catalogue.versions("profile", "default")
    in_force = [version for version in versions if version.defined_at <= start] or versions[:1]
    if not in_force or in_force[-1].known_at:
        return  # the second calculation follows the rules as they come, not what a town made of them
    again: dict[str, list[Any]] = {}
    known = RecountCatalogue(session.catalogue)
    for at in range(0, len(numbers), steps.CHUNK):
        held = steps.of_subjects(session.db, numbers[at : at + steps.CHUNK])
        every = [step for part in held.values() for step in part]
        for rate in recount(every, known, start=start, end=end, as_of=session.now):
            again[rate.key] = _added(again.get(rate.key), _counts(rate))
    for shown in rates.rates(session, start=start, end=end):
        if shown.key in again and again[shown.key] != _counts(shown):
            week = worktime.day_of(start).isoformat()
            yield Finding("rate_differs", shown.key, {"from": week, "shown": shown.value or ""})


def _counts(rate: Any) -> list[Any]:
    figures = [rate.numerator, rate.denominator, rate.raw_numerator, rate.raw_denominator]
    return [*figures, dict(rate.excluded)]


def _added(one: list[Any] | None, other: list[Any]) -> list[Any]:
    if one is None:
        return other
    reasons = {
        reason: one[-1].get(reason, 0) + other[-1].get(reason, 0) for reason in {**one[-1], **other[-1]}
    }
    return [*(a + b for a, b in zip(one[:-1], other[:-1], strict=True)), reasons]


def _counted(session: Session, start: int, end: int) -> list[int]:
    """Return the cases of which anything falls into a period by what is known now."""
    found: set[int] = set()
    for column in ("contact_due", "close_due", "closed_at", "visit_at", "began_at"):
        # literal, since the index of each column holds only the rows of this condition
        query = text(
            f"SELECT subject FROM rounds WHERE {column} >= :start AND {column} < :end"
            f" AND until = {FOREVER} AND source = 'hotline'"
        )
        found.update(session.db.execute(query, {"start": start, "end": end}).scalars())
    return sorted(found)
