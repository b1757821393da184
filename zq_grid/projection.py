"""From steps to the tables people see. One path for act, import, exchange and rebuild: fold, replace the summary rows."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import bindparam, delete, insert, select, update

from db import search
from db.tables import CASE_FACTS, CASES, CLOCKS, FOREVER, ROUNDS, SUBJECTS
from zq_grid import catalogue as catalogues
from zq_grid import steps
from zq_grid.catalogue import Catalogue
from zq_grid.progress import Progress
from zq_grid.rules import clocks, facts, gates, limits
from zq_grid.rules.canonical import canonical, is_commitment
from zq_grid.rules.clocks import ClockRow
from zq_grid.rules.facts import RoundFacts
from zq_grid.rules.fold import ERASED, Ancestry, CaseState, fold
from zq_grid.rules.step import Step
from zq_grid.session import Session

EXCERPT = 160
SUMMARIES = ("cases", "clocks", "rounds", "case_facts", "search")
# Steps after which the words that search finds a case by may differ.
WORDY = frozenset({"log", "amend", "retract", "erase"})


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
        self, subject: int, held: list[Step], *, fresh: bool = False, worded: bool = True, state: CaseState | None = None
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
        joined = steps.subject_ids(db, [n for s in states.values() for n in _named(s)])
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
            if rows:
                db.execute(_PUT[table.name], rows)
        self._versions(made)
        words = [(subject, made[subject].tokens()) for subject in made if subject in self._worded]
        search.put(db, words, fresh=self._fresh)
        session.touched.update(SUMMARIES)
        self._held.clear()

    def _versions(self, made: "Mapping[int, _Rows]") -> None:
        """Bring the versions of rounds up to date: a new version where a fact changed."""
        db, whole = self._session.db, self._session.catalogue
        olds = [subject for subject in made if subject not in self._fresh]
        standing: dict[int, dict[int, Any]] = {subject: {} for subject in olds}
        for start in range(0, len(olds), steps.CHUNK):
            rows = db.execute(_STANDING, {"subjects": olds[start : start + steps.CHUNK]})
            for row in rows:
                standing[row.subject][row.round] = row
        ended: list[dict[str, Any]] = []
        begun: list[dict[str, Any]] = []
        again: list[int] = []
        for subject, row in made.items():
            held = self._held[subject][0]
            arrivals = [step.arrived_at for step in sorted(held)]
            newest = arrivals[-1]
            versions = standing.get(subject, {})
            in_order = newest >= whole.newest_known and arrivals == sorted(arrivals)
            single = subject not in self._fresh or all(step.arrived_at == newest for step in held)
            if in_order and single and (versions or subject in self._fresh):
                moved = _moved(subject, row.rounds, versions, newest)
                ended += moved[0]
                begun += moved[1]
            else:
                again.append(subject)
                begun += versions_of(subject, held, whole)
        for subject in again:
            db.execute(delete(ROUNDS).where(ROUNDS.c.subject == subject))
        if ended:
            replaced = [e for e in ended if e["b_until"] == e["b_since"]]
            closed = [e for e in ended if e["b_until"] != e["b_since"]]
            if replaced:
                db.execute(_UNSAY, replaced)
            if closed:
                db.execute(_END, closed)
        if begun:
            db.execute(_PUT["rounds"], begun)


def _moved(
    subject: int, now: Sequence[RoundFacts], standing: Mapping[int, Any], at: int
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return the versions that end at `at` and those that begin."""
    ended: list[dict[str, Any]] = []
    begun: list[dict[str, Any]] = []
    current = {row.round: row for row in now}
    for number, old in standing.items():
        new = current.get(number)
        if new is None or _differs(old, new):
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
    standing: dict[int, tuple[int, RoundFacts]] = {}
    rows: list[dict[str, Any]] = []
    for at in moments:
        part = [step for step in held if step.arrived_at <= at]
        now = {row.round: row for row in facts.rounds(fold(part, universe), whole.known(at))}
        for number in [n for n, (_, row) in standing.items() if now.get(n) != row]:
            since, row = standing.pop(number)
            rows.append({"subject": subject, "since": since, "until": at, **row._asdict()})
        for number, row in now.items():
            if number not in standing:
                standing[number] = (at, row)
    rows += [{"subject": subject, "since": s, "until": FOREVER, **row._asdict()} for s, row in standing.values()]
    return rows


def _named(state: CaseState) -> list[str]:
    names = [state.joined[0]] if state.joined else []
    parent = state.get("parent")
    return [*names, parent] if isinstance(parent, str) and parent else names


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
        return gates.incomplete(self.state, self.known.type_at(type_, began), self.known.limits_at(began)["callers"])

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

    def tokens(self) -> set[str]:
        """Return what search finds the case by: its numbers, place, title and text."""
        state = self.state
        found: set[str] = set()
        if self.logged:
            for value in (shown_number(state), *(state.get(f) for f in ("place", "title", "text", "platform_number"))):
                if isinstance(value, str):
                    found |= search.bigrams(value)
        return found


def shown_number(state: CaseState) -> str:
    """Return the number a case is known by: the order's, else the station's own."""
    return _text(state.get("order_number")) or _text(state.get("number")) or "?"


def _text(value: object) -> str | None:
    if value == ERASED or is_commitment(value) or not isinstance(value, str):
        return None
    return value or None


_DROP = {t.name: delete(t).where(t.c.subject == bindparam("b_subject")) for t in (CASES, CLOCKS, CASE_FACTS)}
_PUT = {t.name: insert(t) for t in (CASES, CLOCKS, CASE_FACTS, ROUNDS)}
_STANDING = select(ROUNDS).where(
    ROUNDS.c.subject.in_(bindparam("subjects", expanding=True)), ROUNDS.c.until == bindparam("forever", FOREVER)
)
_THIS = (
    ROUNDS.c.subject == bindparam("b_subject"),
    ROUNDS.c.round == bindparam("b_round"),
    ROUNDS.c.since == bindparam("b_since"),
)
_END = update(ROUNDS).where(*_THIS).values(until=bindparam("b_until"))
# a version that lived for no time at all was never seen by anybody
_UNSAY = delete(ROUNDS).where(*_THIS, ROUNDS.c.since == bindparam("b_until"))


def renew_for_catalogue(session: Session, changed: Iterable[Step]) -> int:
    """Renew the cases that a change of the catalogue concerns; returns how many.

    A calendar moves provisional limits that have not passed; any other entry concerns only rounds that began after
    it was defined, which a store meets when an entry arrives late from elsewhere (R3.5, R3.13).
    """
    db = session.db
    concerned: set[int] = set()
    for step in changed:
        if step.body.get("kind") == "calendar":
            due = select(CLOCKS.c.subject).where(CLOCKS.c.provisional == 1)
            concerned.update(db.execute(due).scalars())
        began = select(CASES.c.subject).where(CASES.c.received_at >= step.did_at)
        concerned.update(db.execute(began).scalars())
    session.catalogue = catalogues.load(db, session.store).with_places(db)
    _again(session, sorted(concerned), at=session.now)
    return len(concerned)


def _again(session: Session, subjects: Sequence[int], at: int) -> None:
    """Replace the rows of cases whose steps did not change but whose catalogue did, at the moment `at`."""
    for start in range(0, len(subjects), steps.CHUNK):
        part = subjects[start : start + steps.CHUNK]
        renewal = Renewal(session)
        for subject, held in steps.of_subjects(session.db, part).items():
            session.db.execute(delete(ROUNDS).where(ROUNDS.c.subject == subject))
            renewal.add(subject, held, worded=False)
        renewal.write()


def rebuild(session: Session, progress: Progress) -> int:
    """Drop every summary and read it from the log again; returns how many cases there are."""
    db = session.db
    for table in (CASES, CLOCKS, ROUNDS, CASE_FACTS):
        db.execute(delete(table))
    search.clear(db)
    catalogues.rebuild(session)
    session.catalogue = catalogues.load(db, session.store).with_places(db)
    every = db.execute(select(SUBJECTS.c.id).where(SUBJECTS.c.name.like("case:%")).order_by(SUBJECTS.c.id))
    subjects = every.scalars().all()
    for start in range(0, len(subjects), steps.CHUNK):
        progress.report(start, len(subjects), "重建")
        renewal = Renewal(session)
        for subject, held in steps.of_subjects(db, subjects[start : start + steps.CHUNK]).items():
            if held:
                renewal.add(subject, held, fresh=True)
        renewal.write()
    progress.report(len(subjects), len(subjects), "重建")
    session.touched.update(SUMMARIES)
    return len(subjects)
