"""From steps to the tables people see. One path for act, import, exchange and rebuild: fold, replace the summary rows."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Select, bindparam, delete, or_, select, update

from db import bulk, search
from db.tables import CASE_FACTS, CASE_WORDS, CASES, CLOCKS, FOREVER, METADATA, ROUNDS, STEPS, SUBJECTS
from zq_grid import catalogue as catalogues
from zq_grid import steps
from zq_grid.catalogue import Catalogue
from zq_grid.progress import Progress
from zq_grid.rules import clocks, facts, gates, limits
from zq_grid.rules.ancestry import Ancestry
from zq_grid.rules.canonical import canonical, is_commitment
from zq_grid.rules.clocks import ClockRow
from zq_grid.rules.facts import RoundFacts
from zq_grid.rules.fold import fold
from zq_grid.rules.state import ERASED, CaseState
from zq_grid.rules.step import Step
from zq_grid.rules.telling import Telling, tellable
from zq_grid.session import Session

EXCERPT = 160
SUMMARIES = ("cases", "clocks", "rounds", "case_facts", "case_words", "search")
# Steps after which the words that search finds a case by may differ.
WORDY = frozenset({"log", "amend", "retract", "erase"})
WORDS_OF = frozenset({"place", "title", "text", "platform_number"})


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
        states = {subject: state or fold(held) for subject, (held, state) in self._held.items()}
        joined = _numbers(session, {n for s in states.values() for n in _named(s)})
        made = {subject: _Rows(subject, state, whole, joined) for subject, state in states.items()}
        old = [{"b_subject": subject} for subject in made if subject not in self._fresh]
        if old:
            for table in (CASES, CLOCKS, CASE_FACTS):
                db.execute(_DROP[table.name], old)
        for table, rows in (
            (CASES, [row.case() for row in made.values() if row.logged]),
            (CLOCKS, [found for row in made.values() for found in row.clocks()]),
            (CASE_FACTS, [found for row in made.values() for found in row.facts()]),
        ):
            bulk.insert(db, table, rows)
        self._versions(made)
        if session.writer is not None:
            newest = max(step.position for held, _ in self._held.values() for step in held)
            session.writer.projected = max(session.writer.projected, newest)
        words = {subject: made[subject].words() for subject in made if subject in self._worded}
        if worded := [{"b_subject": subject} for subject in words if subject not in self._fresh]:
            db.execute(_DROP["case_words"], worded)
        bulk.insert(db, CASE_WORDS, [{"subject": subject, "words": text} for subject, text in words.items()])
        search.put(db, [(s, search.bigrams(text)) for s, text in words.items()], fresh=self._fresh)
        session.touched.update(SUMMARIES)
        for noted in (self._held, self._fresh, self._worded):
            noted.clear()

    def _versions(self, made: "Mapping[int, _Rows]") -> None:
        """Bring the versions of rounds up to date: a new version where a fact changed."""
        db, whole = self._session.db, self._session.catalogue
        olds = [subject for subject in made if subject not in self._fresh]
        standing: dict[int, dict[int, Any]] = {subject: {} for subject in olds}
        for start in range(0, len(olds), steps.CHUNK):
            rows = db.execute(_STANDING, {"subjects": olds[start : start + steps.CHUNK]})
            for version in rows:
                standing[version.subject][version.round] = version
        ended: list[dict[str, Any]] = []
        begun: list[dict[str, Any]] = []
        again: list[dict[str, int]] = []
        for subject, row in made.items():
            held = self._held[subject][0]
            newest = max(step.arrived_at for step in held)
            versions = standing.get(subject, {})
            moved = None
            if (
                newest >= whole.newest_known
                and (versions or subject in self._fresh)
                and self._in_order(subject, newest)
            ):
                moved = _moved(subject, row.rounds, versions, newest)
            if moved is not None:
                ended += moved[0]
                begun += moved[1]
            else:
                again.append({"b_subject": subject})
                begun += versions_of(subject, held, whole)
        if again:
            db.execute(_DROP["rounds"], again)
        if ended:
            db.execute(_END, ended)
        bulk.insert(db, ROUNDS, begun)

    def _in_order(self, subject: int, newest: int) -> bool:
        """Tell whether the steps of a case that are new in this renewal arrived together, after or with the others."""
        writer = self._session.writer
        old = writer.projected if writer and subject not in self._fresh else 0
        return all(step.arrived_at == newest for step in self._held[subject][0] if step.position > old)


def _moved(
    subject: int, now: Sequence[RoundFacts], standing: Mapping[int, Any], at: int
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]] | None:
    """Return the versions that end at `at` and those that begin; None where one began no earlier than `at`.

    A version that would live for no time at all was never seen by anybody, and the one before it may still hold.
    """
    ended: list[dict[str, Any]] = []
    begun: list[dict[str, Any]] = []
    current = {row.round: row for row in now}
    for number, old in standing.items():
        new = current.get(number)
        if new is None or _differs(old, new):
            if old.since >= at:
                return None
            ended.append({"b_subject": subject, "b_round": number, "b_since": old.since, "b_until": at})
    gone = {end["b_round"] for end in ended}
    for number, row in current.items():
        if number not in standing or number in gone:
            begun.append({"subject": subject, "since": at, "until": FOREVER, **row._asdict()})
    return ended, begun


def _differs(old: Any, new: RoundFacts) -> bool:
    return any(getattr(old, field) != value for field, value in zip(new._fields, new, strict=True))


def versions_of(subject: int, held: Sequence[Step], whole: Catalogue) -> list[dict[str, Any]]:
    """Return every version of a case's rounds: what was known after each arrival of a step or of a calendar.

    This is the long way, for rebuilding and for steps that arrive out of order; it gives what `Renewal` adds up to.
    """
    first = min(step.arrived_at for step in held)
    moments = sorted({step.arrived_at for step in held} | {at for at in whole.arrivals if at > first})
    universe = Ancestry(held)
    telling = Telling(universe) if tellable(universe) else None
    standing: dict[int, tuple[int, RoundFacts]] = {}
    rows: list[dict[str, Any]] = []
    for at in moments:
        state = telling.until(at) if telling else fold([s for s in held if s.arrived_at <= at], universe)
        now = {row.round: row for row in facts.rounds(state, whole.known(at))}
        for number in [n for n, (_, row) in standing.items() if now.get(n) != row]:
            since, row = standing.pop(number)
            rows.append({"subject": subject, "since": since, "until": at, **row._asdict()})
        for number, row in now.items():
            if number not in standing:
                standing[number] = (at, row)
    rows += [
        {"subject": subject, "since": s, "until": FOREVER, **row._asdict()} for s, row in standing.values()
    ]
    return rows


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


def expected(session: Session, held: Mapping[int, list[Step]]) -> dict[str, list[dict[str, Any]]]:
    """Return the rows that every summary table should have of these cases, by table, and their `search` tokens."""
    found: dict[str, list[dict[str, Any]]] = {name: [] for name in SUMMARIES}
    states = {subject: fold(steps_of) for subject, steps_of in held.items()}
    joined = _numbers(session, {name for state in states.values() for name in _named(state)})
    for subject, state in states.items():
        rows = _Rows(subject, state, session.catalogue, joined)
        found["cases"] += [rows.case()] if rows.logged else []
        found["clocks"] += rows.clocks()
        found["case_facts"] += rows.facts()
        found["rounds"] += versions_of(subject, held[subject], session.catalogue)
        found["case_words"].append({"subject": subject, "words": rows.words()})
        found["search"].append({"subject": subject, "tokens": search.bigrams(rows.words())})
    return found


class _Rows:
    """The summary rows of one case."""

    def __init__(self, subject: int, state: CaseState, known: Catalogue, joined: Mapping[str, int]) -> None:
        self.subject, self.state, self.known, self._joined = subject, state, known, joined
        self.logged = bool(state.rounds) and not state.gone_log
        self.rounds: list[RoundFacts] = facts.rounds(state, known)
        self._clocks: list[ClockRow] = clocks.clocks(state, known) if self.logged else []

    def case(self) -> dict[str, Any]:
        """Return the row of `cases`."""
        state, first = self.state, self.rounds[0]
        live = [clock for clock in self._clocks if clock.live]
        nearest = min(live, key=lambda c: (c.due or FOREVER, c.kind), default=None)
        last = self.rounds[-1]
        return {
            "subject": self.subject,
            "number": shown_number(state),
            "type": first.type,
            "kind": _text(state.get("kind")),
            "mode": _text(state.get("mode")),
            "source": first.source,
            "stage": state.stage,
            "round": last.round,
            "place": _text(state.get("place")),
            "place_key": _text(state.get("place_key")),
            "text": (_text(state.get("text")) or _text(state.get("title")) or "")[:EXCERPT] or None,
            "neighbourhood": first.neighbourhood,
            "area": first.area,
            "grid": _text(state.get("grid")),
            "unit": _text(state.get("unit")),
            "worker": last.worker,
            "received_at": limits.arrival(state).at,
            "due": nearest.due if nearest else None,
            "due_kind": nearest.kind if nearest else None,
            "yellow_at": min((c.yellow_at for c in live if c.yellow_at is not None), default=None),
            "orange_at": min((c.orange_at for c in live if c.orange_at is not None), default=None),
            "red_at": min((c.red_at for c in live if c.red_at is not None), default=None),
            "closed_at": last.closed_at,
            "verdict": last.verdict,
            "joined": self._joined.get(state.joined[0]) if state.joined else None,
            "parent": self._joined.get(str(state.get("parent"))),
            "clashes": len(state.clashes()),
            "flags": len(state.flags),
            "incomplete": self._incomplete(first.type),
            "steps": len(state.steps),
        }

    def _incomplete(self, type_: str) -> int:
        began = self.state.rounds[-1].began.did_at
        return gates.incomplete(
            self.state, self.known.type_at(type_, began), self.known.limits_at(began)["callers"]
        )

    def clocks(self) -> list[dict[str, Any]]:
        """Return the rows of `clocks`."""
        return [{"subject": self.subject, **row._asdict()} for row in self._clocks]

    def facts(self) -> list[dict[str, Any]]:
        """Return the rows of `case_facts`: the type's own facts that are listed."""
        if not self.logged:
            return []
        own = self.known.type_at(self.rounds[0].type, self.state.rounds[0].began.did_at)
        found = []
        for field in own.get("field", ()):
            value = self.state.get(field["key"]) if field.get("listed") == "yes" else None
            if value not in (None, "") and not isinstance(value, Mapping):
                shown = value if isinstance(value, str) else canonical(value).decode()
                found.append({"subject": self.subject, "field": field["key"], "value": shown})
        return found

    def words(self) -> str:
        """Return what search finds the case by, folded: its numbers, place, title and text; "" where it isn't listed."""
        state = self.state
        if not self.logged:
            return ""
        found = (shown_number(state), *(state.get(f) for f in sorted(WORDS_OF)))
        return "\n".join(search.folded(value) for value in found if isinstance(value, str))


def shown_number(state: CaseState) -> str:
    """Return the number a case is known by: the order's, else the station's own."""
    return _text(state.get("order_number")) or _text(state.get("number")) or "?"


def _text(value: object) -> str | None:
    if value == ERASED or is_commitment(value) or not isinstance(value, str):
        return None
    return value or None


_DROP = {
    t.name: delete(t).where(t.c.subject == bindparam("b_subject"))
    for t in (CASES, CLOCKS, CASE_FACTS, CASE_WORDS, ROUNDS)
}
_STANDING = select(ROUNDS).where(
    ROUNDS.c.subject.in_(bindparam("subjects", expanding=True)),
    ROUNDS.c.until == bindparam("forever", FOREVER),
)
_THIS = (
    ROUNDS.c.subject == bindparam("b_subject"),
    ROUNDS.c.round == bindparam("b_round"),
    ROUNDS.c.since == bindparam("b_since"),
)
_END = update(ROUNDS).where(*_THIS).values(until=bindparam("b_until"))


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
        session.db.execute(_DROP["rounds"], [{"b_subject": subject} for subject in part])
        renewal = Renewal(session)
        for subject, held in steps.of_subjects(session.db, part).items():
            if any(step.kind == "log" for step in held):
                renewal.add(subject, held, worded=False)
        renewal.write()


def rebuild(session: Session, progress: Progress) -> int:
    """Drop every summary and read it from the log again; returns how many cases there are."""
    db = session.db
    tables = [CASES, CLOCKS, ROUNDS, CASE_FACTS, CASE_WORDS]
    METADATA.create_all(db, tables)  # one that was dropped comes back too
    for table in tables:
        db.execute(delete(table))
    search.clear(db)
    catalogues.rebuild(session)
    session.catalogue = catalogues.load(db, anew=True).with_places(db)
    every = db.execute(select(SUBJECTS.c.id).where(SUBJECTS.c.name.like("case:%")).order_by(SUBJECTS.c.id))
    subjects = every.scalars().all()
    for start in range(0, len(subjects), steps.CHUNK):
        progress.report(start, len(subjects), "重建")
        renewal = Renewal(session)
        for subject, held in steps.of_subjects(db, subjects[start : start + steps.CHUNK]).items():
            if held:
                renewal.add(subject, held, fresh=True)
        renewal.write()
    session.touched.update(SUMMARIES)
    return len(subjects)
