"""From planned rows to steps: what each row becomes, in one transaction, a batch that can be taken back."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import bindparam, insert, select

from db.tables import BATCHES, CASES, SUBJECTS
from zq_grid import bodies, cases, steps, summary_rows
from zq_grid.importing import outcome
from zq_grid.importing.compare import Difference, compare, undone_steps
from zq_grid.importing.outcome import Act
from zq_grid.importing.plan import Plan, PlannedRow, Rejected
from zq_grid.importing.prepare import NO_FACTS, Moment, Prepared, log_body, prepare, rejected, shown_field
from zq_grid.importing.twins import Twins
from zq_grid.progress import Progress
from zq_grid.projection import Renewal
from zq_grid.rules.fold import fold
from zq_grid.rules.lifecycle import WHEN
from zq_grid.rules.state import CaseState
from zq_grid.rules.step import Step
from zq_grid.session import Session

REPORT_EVERY = 50


@dataclass(frozen=True, slots=True)
class Asked:
    """A row that only a person can settle, of which nothing was written: each fact as here and as there."""

    line: int
    number: str
    differences: tuple[Difference, ...]


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of a file. `rows` is the sum of new, amended, unchanged, asked and rejected.

    `batch` is "" where nothing was written, and in a dry run. `linked` counts rows, beside the others.
    """

    batch: str
    rows: int
    new: int
    amended: int
    unchanged: int
    linked: int
    asked: tuple[Asked, ...] = ()
    rejected: tuple[Rejected, ...] = ()
    problems: tuple[str, ...] = ()


@dataclass(slots=True)
class Decided:
    """What a row becomes: steps on a case that is new, or known with the steps `held`."""

    one: Prepared
    acts: list[Act]
    held: list[Step] = field(default_factory=list)
    state: CaseState | None = None


def run(
    session: Session,
    planned: Plan,
    *,
    file: str,
    source: str = "hotline",
    dry_run: bool = False,
    progress: Progress | None = None,
) -> Imported:
    """Write what planned rows say as steps, all or nothing within the caller's transaction.

    Args:
        session: of the caller; a reading one will do for a dry run.
        planned: the rows.
        file: the file's name, kept with the batch.
        source: of rows that name none.
        dry_run: only say what would be done.
        progress: told about every fifty rows.

    Raises:
        Cancelled: stopped through `progress`; the caller's transaction must be rolled back.
    """
    return _Import(session, planned, source, dry_run, progress or Progress()).run(file)


class _Import:
    """One run over the rows of one file."""

    def __init__(
        self, session: Session, planned: Plan, source: str, dry_run: bool, progress: Progress
    ) -> None:
        self.session, self.planned, self.source = session, planned, source
        self.dry_run, self.progress = dry_run, progress
        session.catalogue.with_places(session.db)
        self.counts: Counter[str] = Counter()
        self.asked: list[Asked] = []
        self.rejected: list[Rejected] = list(planned.rejected)
        self.bad: dict[int, Rejected] = {}
        self.made: dict[str, Prepared] = {}
        self.targets: dict[str, str] = {}
        self.batch, self.first, self.last = "", 0, 0

    def run(self, file: str) -> Imported:
        """Prepare all rows, then decide and write them some hundred at a time."""
        rows = [one for one in self._prepared() if one is not None]
        self.targets = self._targets(rows)
        self.twins = Twins(self.session, rows)
        for start in range(0, len(rows), steps.CHUNK):
            decided = list(self._decided(rows[start : start + steps.CHUNK], start, len(rows)))
            if not self.dry_run:
                self._write(decided)
        self.progress.report(len(rows), len(rows), "导入")
        total = len(self.planned.rows) + len(self.planned.rejected)
        if self.last:
            self._note_batch(file, total)
        self.rejected.sort(key=lambda row: row.line)
        count = self.counts
        return Imported(
            self.batch,
            total,
            count["new"],
            count["amended"],
            count["unchanged"],
            count["linked"],
            tuple(self.asked),
            tuple(self.rejected),
            self.planned.problems,
        )

    def _prepared(self) -> Iterator[Prepared | None]:
        total = len(self.planned.rows)
        for done, row in enumerate(self.planned.rows):
            if done % REPORT_EVERY == 0:
                self.progress.report(done, total, "核对")
            yield self._prepare(row)

    def _prepare(self, row: PlannedRow) -> Prepared | None:
        if row.repeats is not None:
            if first := self.bad.get(row.repeats):
                self._reject(rejected(row, first.code, **first.facts))
            else:
                self.counts["unchanged"] += 1
            return None
        found = prepare(self.session, row, self.source)
        if isinstance(found, Rejected):
            self._reject(found)
            return None
        return found

    def _reject(self, row: Rejected) -> None:
        self.rejected.append(row)
        self.bad[row.line] = row

    def _targets(self, rows: Sequence[Prepared]) -> dict[str, str]:
        """Return number → case for the older orders that reminders quote: of this file, else of the store."""
        wanted = {one.quoted for one in rows if one.quoted}
        here = {one.body["order_number"]: one.name for one in rows if one.name and one.has_substance}
        found = {number: here[number] for number in wanted if number in here}
        others = sorted(wanted - set(found))
        several: set[str] = set()
        for start in range(0, len(others), steps.CHUNK):
            part = others[start : start + steps.CHUNK]
            for row in self.session.db.execute(_BY_NUMBERS, {"numbers": part}):
                if row.number in found:
                    several.add(row.number)
                found[row.number] = row.name
        return {number: name for number, name in found.items() if number not in several}

    # deciding ---------------------------------------------------------------------------------

    def _decided(self, rows: Sequence[Prepared], before: int, total: int) -> Iterator[Decided]:
        names = [one.name for one in rows if one.name and one.name not in self.made]
        known = steps.subject_ids(self.session.db, names)
        held = steps.of_subjects(self.session.db, list(known.values())) if known else {}
        for place, one in enumerate(rows):
            if place % REPORT_EVERY == 0:
                self.progress.report(before + place, total, "导入")
            if decided := self._decide(one, held.get(known.get(one.name, 0), [])):
                yield decided

    def _decide(self, one: Prepared, held: list[Step]) -> Decided | None:
        """Count what a row becomes; return the steps it asks for, None for none."""
        if one.name and (earlier := self.made.get(one.name)):
            self._again(one, earlier)
            return None
        state = fold(held) if held else None
        if state is None or (state.gone_log and _logs(held) <= undone_steps(state, held)):
            return self._new(one, held, state)
        self.made[one.name] = one
        compared = compare(self.session, state, held, one.body)
        if compared.asked:
            self.asked.append(Asked(one.row.line, str(one.body["order_number"]), compared.asked))
            return None
        now = Moment(self.session.now)
        acts = [Act("amend", compared.changes, now)] if compared.changes else []
        links = self._links(one, now) if self._may_link(one, held, state) else []
        told = outcome.sequence(one.body, one.row.outcome, one.arrival, self.session.now)
        closing = outcome.missing(state, held, told)
        self.counts["amended" if acts or closing else "unchanged"] += 1
        acts += links + closing
        return Decided(one, acts, held, state) if acts else None

    def _again(self, one: Prepared, earlier: Prepared) -> None:
        """Count a row whose number, spelled otherwise, came before in the same file."""
        mine, first = one.body | one.row.outcome, earlier.body | earlier.row.outcome
        if different := sorted(name for name in mine | first if mine.get(name) != first.get(name)):
            columns = "、".join(f"“{shown_field(name)}”" for name in different)
            line = str(earlier.row.line)
            self._reject(rejected(one.row, "row_repeated_differs", first=line, columns=columns))
        else:
            self.counts["unchanged"] += 1

    def _new(self, one: Prepared, held: list[Step], state: CaseState | None) -> Decided | None:
        if not one.has_substance:
            number = str(one.body.get("order_number", ""))
            self._reject(rejected(one.row, "row_unknown_number", number=number))
            return None
        if one.name:
            self.made[one.name] = one
        elif self.twins.take(one):
            self.counts["unchanged"] += 1
            return None
        now = self.session.now
        when = one.arrival if one.arrival and one.arrival.at <= now else Moment(now)
        following = outcome.sequence(one.body, one.row.outcome, one.arrival, now)
        body = log_body(self.session, one, outcome.left(one.row.outcome, following))
        self.counts["new"] += 1
        return Decided(one, [Act("log", body, when), *self._links(one, when), *following], held, state)

    def _links(self, one: Prepared, when: Moment) -> list[Act]:
        target = self.targets.get(one.quoted) if one.quoted else None
        if not target or target == one.name:
            return []
        self.counts["linked"] += 1
        return [Act("link", {"to": target, "why": "reminder"}, when)]

    def _may_link(self, one: Prepared, held: Sequence[Step], state: CaseState) -> bool:
        """Tell whether a known case takes a link that it never had."""
        if not one.quoted or state.gone_log or state.stage not in WHEN["link"]:
            return False
        undone, target = undone_steps(state, held), self.targets.get(one.quoted)
        return not any(s.kind == "link" and s.id not in undone and s.body.get("to") == target for s in held)

    # writing ----------------------------------------------------------------------------------

    def _write(self, decided: Sequence[Decided]) -> None:
        """Append the steps of some hundred cases and replace their summary rows in one go."""
        if not decided:
            return
        session = self.session
        self.batch = self.batch or session.log.next_name()
        self._give_numbers(decided)
        session.log.expect([each.one.name for each in decided if each.one.name])
        renewal = Renewal(session)
        for each in decided:
            self._append(each, renewal)
        session.log.flush()
        renewal.write()

    def _append(self, each: Decided, renewal: Renewal) -> None:
        session, log = self.session, self.session.log
        name = each.one.name or cases.subject_for(NO_FACTS, log.next_name())
        own = self._own(each)
        parents = each.state.head_steps if each.state else ()
        above = max((step.lamport for step in each.held), default=0)
        held = list(each.held)
        for act in each.acts:
            body = {**act.body, "precision": "day"} if act.when.day_only else act.body
            step = log.add(
                act.kind,
                name,
                body,
                personal=bodies.personal(act.kind, body, own),
                parents=parents,
                above=above,
                did_at=act.when.at,
                recorded_at=session.now,
                actor=session.actor,
                group=self.batch,
            )
            parents, above = (step.id,), step.lamport
            held.append(step)
            self.first = self.first or step.position
            self.last = step.position
        worded = any(act.kind in summary_rows.WORDY for act in each.acts)
        renewal.add(log.subject_id(name), held, fresh=not each.held, worded=worded)

    def _own(self, each: Decided) -> Mapping[str, Any]:
        """Return the entry of the case's type, which says what of its own facts is personal."""
        type_ = each.state.get("type") if each.state else each.acts[0].body.get("type")
        return self.session.catalogue.get("type", str(type_)) or NO_FACTS

    def _give_numbers(self, decided: Sequence[Decided]) -> None:
        """Give new cases without an order number the station's own, of the day they were reported."""
        days: dict[int, list[dict[str, Any]]] = {}
        for each in decided:
            log = each.acts[0]
            if log.kind == "log" and not each.one.name:
                days.setdefault(log.when.day.at, []).append(log.body)
        for day, waiting in days.items():
            numbers = cases.next_numbers(self.session, day, len(waiting))
            for body, number in zip(waiting, numbers, strict=True):
                body["number"] = number

    def _note_batch(self, file: str, total: int) -> None:
        row = {
            "batch": self.batch,
            "kind": "import",
            "first": self.first,
            "last": self.last,
            "at": self.session.now,
            "actor": self.session.actor,
            "file": file,
            "rows": total,
            "undone": 0,
        }
        self.session.db.execute(insert(BATCHES), row)
        self.session.touched.add("batches")


def _logs(held: Sequence[Step]) -> set[str]:
    return {step.id for step in held if step.kind == "log"}


_BY_NUMBERS = (
    select(CASES.c.number, SUBJECTS.c.name)
    .join(SUBJECTS, SUBJECTS.c.id == CASES.c.subject)
    .where(CASES.c.number.in_(bindparam("numbers", expanding=True)))
)
