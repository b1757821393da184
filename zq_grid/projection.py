"""From steps to the tables people see. One path for act, import, exchange and rebuild: fold, replace the summary rows."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import bindparam, select, update

from db import bulk, search
from db.tables import CASE_FACTS, CASE_KEYS, CASE_WORDS, CASES, CLOCKS, FOREVER, ROUNDS, SUMMARY
from zq_grid import steps
from zq_grid.catalogue import Catalogue
from zq_grid.rules.fold import fold
from zq_grid.rules.state import CaseState
from zq_grid.rules.step import Step
from zq_grid.session import Session
from zq_grid.summary_rows import Rows
from zq_grid.versions import Version, moved, told, versions_of

# Cases folded at a time: their steps and states then stay in the processor's own memory, and it takes a quarter less.
TOGETHER = 50
SUMMARIES = ("cases", "clocks", "rounds", "case_facts", "case_words", "case_keys", "search")

Held = TypeVar("Held")

# Rows by table, values in the order of its columns; under "search" subjects with their tokens.
Lines = dict[str, list[tuple[Any, ...]]]
# The same, of a table all rows as one text where the engine takes that.
Packed = dict[str, list[tuple[Any, ...]] | bytes]


def state_of(session: Session, subject: int) -> CaseState:
    """Return what is known of a case now."""
    return fold(steps.of_subject(session.db, subject))


class Renewal:
    """Collects cases whose steps changed, and replaces their summary rows in one go."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._held: dict[int, tuple[list[Step], CaseState | None]] = {}
        self._fresh: set[int] = set()
        self._worded: set[int] = set()
        self._told: dict[int, list[Version]] = {}

    def add(
        self,
        subject: int,
        held: list[Step],
        *,
        fresh: bool = False,
        worded: bool = True,
        state: CaseState | None = None,
    ) -> None:
        """Note a case with all its steps; `fresh`: it had no rows; `worded`: search must be renewed too."""
        self._held[subject] = (held, state)
        if fresh:
            self._fresh.add(subject)
        if worded:
            self._worded.add(subject)

    def write(self) -> None:
        """Replace the rows of all cases noted."""
        if not self._held:
            return
        session, db = self._session, self._session.db
        whole = session.catalogue
        states = {subject: self._state(subject, held, state) for subject, (held, state) in self._held.items()}
        joined = _numbers(session, {n for s in states.values() for n in _named(s)})
        made = {subject: Rows(subject, state, whole, joined) for subject, state in states.items()}
        old = [subject for subject in made if subject not in self._fresh]
        for table in (CASES, CLOCKS, CASE_FACTS):
            bulk.drop(db, table.name, old)
        bulk.insert(db, CASES, [row.case() for row in made.values() if row.logged])
        bulk.insert_values(db, CLOCKS, [found for row in made.values() for found in row.clocks()])
        bulk.insert(db, CASE_FACTS, [found for row in made.values() for found in row.facts()])
        self._versions(made)
        if session.writer is not None:
            newest = max(step.position for held, _ in self._held.values() for step in held)
            session.writer.projected = max(session.writer.projected, newest)
        self._put_words([made[subject] for subject in made if subject in self._worded])
        session.touched.update(SUMMARIES)
        for noted in (self._held, self._fresh, self._worded, self._told):
            noted.clear()

    def _state(self, subject: int, held: list[Step], state: CaseState | None) -> CaseState:
        """Return what is known of a case; where its versions must be told the long way, both come of one fold."""
        if subject in self._fresh:
            arrivals = {step.arrived_at for step in held}
            if len(arrivals) > 1 or max(arrivals) < self._session.catalogue.newest_known:
                state, self._told[subject] = told(subject, held, self._session.catalogue)
        return state or fold(held)

    def _put_words(self, rows: Sequence[Rows]) -> None:
        """Replace what search and lookups find these cases by."""
        db = self._session.db
        old = [row.subject for row in rows if row.subject not in self._fresh]
        for table in (CASE_WORDS, CASE_KEYS):
            bulk.drop(db, table.name, old)
        words = [row.words() for row in rows if row.logged]
        bulk.insert_values(db, CASE_WORDS, words)
        bulk.insert_values(db, CASE_KEYS, [key for row in rows for key in row.case_keys()])
        gone = [(row.subject, "") for row in rows if not row.logged]
        found = [(subject, search.line(*said)) for subject, *said in words]
        search.put(db, [*gone, *found], fresh=self._fresh)

    def _versions(self, made: Mapping[int, Rows]) -> None:
        """Bring the versions of rounds up to date: a new version where a fact changed."""
        db, whole = self._session.db, self._session.catalogue
        olds = [subject for subject in made if subject not in self._fresh]
        standing: dict[int, dict[int, Any]] = {subject: {} for subject in olds}
        for start in range(0, len(olds), steps.CHUNK):
            part = olds[start : start + steps.CHUNK]
            rows = db.execute(_STANDING_OF_ONE if len(part) == 1 else _STANDING, _asked_for(part))
            for version in rows:
                standing[version.subject][version.round] = version
        ended: list[dict[str, Any]] = []
        begun: list[Version] = []
        again: list[int] = []
        for subject, row in made.items():
            if subject in self._told:
                begun += self._told[subject]
                continue
            held = self._held[subject][0]
            newest = max(step.arrived_at for step in held)
            versions = standing.get(subject, {})
            change = None
            if (
                newest >= whole.newest_known
                and (versions or subject in self._fresh)
                and self._in_order(subject, newest)
            ):
                change = moved(subject, row.rounds, versions, newest)
            if change is not None:
                ended += change[0]
                begun += change[1]
            else:
                again.append(subject)
                begun += versions_of(subject, held, whole)
        bulk.drop(db, ROUNDS.name, again)
        if ended:
            db.execute(_END, ended)
        bulk.insert_values(db, ROUNDS, begun)

    def _in_order(self, subject: int, newest: int) -> bool:
        """Tell whether the steps of a case that are new in this renewal arrived together, after or with the others."""
        writer = self._session.writer
        old = writer.projected if writer and subject not in self._fresh else 0
        return all(step.arrived_at == newest for step in self._held[subject][0] if step.position > old)


def _asked_for(subjects: Sequence[int]) -> dict[str, Any]:
    return {"subject": subjects[0]} if len(subjects) == 1 else {"subjects": subjects}


def _named(state: CaseState) -> list[str]:
    names = [state.joined[0]] if state.joined else []
    parent = state.get("parent")
    return [*names, parent] if isinstance(parent, str) and parent else names


def _numbers(session: Session, names: Iterable[str]) -> dict[str, int]:
    """Return the numbers of the cases that others name; one that is not here yet gets its number now."""
    wanted = sorted(name for name in names if name.startswith("case:"))
    if not wanted or session.writer is None:
        return steps.subject_ids(session.db, wanted)
    session.writer.expect(wanted)
    return {name: session.writer.subject_id(name) for name in wanted}


class Unnumbered(Exception):
    """A case names one that has no number in this store yet."""


def afresh(session: Session, held: Mapping[int, list[Step]], *, strict: bool = False) -> Lines:
    """Return all rows that every summary table should have of these cases; every one of them has steps.

    Raises:
        Unnumbered: if `strict`, where a case is named that only a session that writes could number.
    """
    whole = session.catalogue
    known = {subject: told(subject, of_one, whole) for subject, of_one in held.items()}
    names = {name for state, _ in known.values() for name in _named(state)}
    joined = _numbers(session, names)
    if strict and any(name.startswith("case:") and name not in joined for name in names):
        raise Unnumbered
    return _lines(known, whole, joined)


def apart(held: Mapping[int, list[Step]], whole: Catalogue) -> Lines:
    """Return what `afresh` does, without a store.

    Raises:
        Unnumbered: where a case is named by another.
    """
    known = {subject: told(subject, of_one, whole) for subject, of_one in held.items()}
    if any(name.startswith("case:") for state, _ in known.values() for name in _named(state)):
        raise Unnumbered
    return _lines(known, whole, {})


def lots(cases: Mapping[int, list[Held]]) -> Iterator[dict[int, list[Held]]]:
    """Yield cases some at a time, as they are best folded."""
    left = iter(cases.items())
    while some := dict(islice(left, TOGETHER)):
        yield some


def gathered(parts: Iterable[Lines]) -> Lines:
    """Return the rows of several lots of cases as one."""
    found: Lines = {name: [] for name in SUMMARIES}
    for part in parts:
        for name, rows in part.items():
            found[name] += rows
    return found


def _lines(
    known: Mapping[int, tuple[CaseState, list[Version]]], whole: Catalogue, joined: Mapping[str, int]
) -> Lines:
    found: Lines = {name: [] for name in SUMMARIES}
    for subject, (state, versions) in known.items():
        rows = Rows(subject, state, whole, joined)
        found["cases"] += [bulk.values(CASES, rows.case())] if rows.logged else []
        found["clocks"] += rows.clocks()
        found["case_facts"] += [bulk.values(CASE_FACTS, fact) for fact in rows.facts()]
        found["rounds"] += versions
        found["case_keys"] += rows.case_keys()
        if rows.logged:
            words = rows.words()
            found["case_words"].append(words)
            found["search"].append((subject, search.line(*words[1:])))
    return found


def packed(found: Lines, dialect: str) -> Packed:
    """Return rows as a store of this dialect takes them soonest from another process."""
    made: Packed = {**found}
    if dialect == "sqlite":
        for name, rows in found.items():
            said = bulk.packed(rows) if rows else None
            made[name] = rows if said is None else said
    return made


def insert(session: Session, found: Packed) -> None:
    """Insert the rows of cases that have none."""
    db = session.db
    for table in SUMMARY:
        rows = found[table.name]
        if isinstance(rows, bytes):
            bulk.insert_packed(db, table.name, tuple(table.columns.keys()), rows)
        else:
            bulk.insert_values(db, table, rows)
    words = found["search"]
    if isinstance(words, bytes):
        search.put_packed(db, words)
    else:
        search.put(db, words, fresh={subject for subject, _ in words})


def first_rows(session: Session, held: Mapping[int, list[Step]], found: Packed | None = None) -> None:
    """Insert the rows of new cases, all of whose steps this session wrote; `found` are the rows if they are known."""
    insert(session, {**afresh(session, held)} if found is None else found)
    if session.writer is not None:
        newest = max(step.position for steps_of in held.values() for step in steps_of)
        session.writer.projected = max(session.writer.projected, newest)
    session.touched.update(SUMMARIES)


def expected(session: Session, held: Mapping[int, list[Step]]) -> dict[str, list[dict[str, Any]]]:
    """Return the rows that every summary table should have of these cases, by table, and their `search` tokens."""
    found = afresh(session, held)
    columns = {table.name: table.columns.keys() for table in SUMMARY} | {"search": ["subject", "tokens"]}
    return {
        name: [dict(zip(columns[name], row, strict=True)) for row in rows] for name, rows in found.items()
    }


_CURRENT = select(ROUNDS).where(ROUNDS.c.until == bindparam("forever", FOREVER))
_STANDING = _CURRENT.where(ROUNDS.c.subject.in_(bindparam("subjects", expanding=True)))
_STANDING_OF_ONE = _CURRENT.where(ROUNDS.c.subject == bindparam("subject"))  # an act's: nothing to expand
_THIS = (
    ROUNDS.c.subject == bindparam("b_subject"),
    ROUNDS.c.round == bindparam("b_round"),
    ROUNDS.c.since == bindparam("b_since"),
)
_END = update(ROUNDS).where(*_THIS).values(until=bindparam("b_until"))
