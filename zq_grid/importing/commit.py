"""From planned rows to steps: what each row becomes, in one transaction, a batch that can be taken back."""

import gc
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from sqlalchemy import insert

from db.tables import BATCHES
from zq_grid import bodies, cases, steps, summary_rows
from zq_grid.errors import Refused
from zq_grid.importing import reminders, side_lists
from zq_grid.importing.deciding import ANSWERS, Asked, Decided, Decider, Proposed, Tally
from zq_grid.importing.folding import Folding
from zq_grid.importing.plan import Plan, PlannedRow, Rejected
from zq_grid.importing.prepare import NO_FACTS, Prepared, prepare, rejected
from zq_grid.importing.sentences import Problem
from zq_grid.progress import Progress
from zq_grid.projection import Renewal
from zq_grid.rules.step import Step
from zq_grid.session import Session

__all__ = ["Asked", "Imported", "Proposed", "run"]

REPORT_EVERY = 50
# Characters of text in rows that are written together: what finds a case by its words takes fifty times as many bytes.
MUCH = 400_000


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of a file. `rows` is the sum of new, amended, unchanged, asked and rejected.

    `batch` is "" where nothing was written, and in a dry run. `linked` counts the links between orders, beside the
    others; some may be of cases that were here before and waited for an order of this file. `proposed` are merges
    that a person may make. `side_list` is the kind of side list that the file was taken for, else None.
    """

    batch: str
    rows: int
    new: int
    amended: int
    unchanged: int
    linked: int
    asked: tuple[Asked, ...] = ()
    rejected: tuple[Rejected, ...] = ()
    problems: tuple[Problem, ...] = ()
    proposed: tuple[Proposed, ...] = ()
    side_list: str | None = None


def run(
    session: Session,
    planned: Plan,
    *,
    file: str,
    source: str = "hotline",
    dry_run: bool = False,
    progress: Progress | None = None,
    answers: Mapping[str, str] | None = None,
    side_list: side_lists.Kind | None = None,
    folding: Folding | None = None,
) -> Imported:
    """Write what planned rows say as steps, all or nothing within the caller's transaction.

    Args:
        session: of the caller; a reading one will do for a dry run.
        planned: the rows.
        file: the file's name, kept with the batch.
        source: of rows that name none.
        dry_run: only say what would be done.
        progress: told about every fifty rows.
        answers: order number → what a person decided on a row that was asked: `theirs` (the file is right), `ours`
            (what stands here is right; remembered, so that it isn't asked again), `keep` (not decided yet).
        side_list: the table is one of the lists kept by hand; found out by its names unless told.
        folding: the caller's, begun before the file was read; else one of its own.

    Raises:
        Refused: "import_answer" for an answer that is none of these.
        Cancelled: stopped through `progress`; the caller's transaction must be rolled back.
    """
    told = {bodies.number(number): answer for number, answer in (answers or {}).items()}
    for number, answer in told.items():
        if answer not in ANSWERS:
            known = "、".join(ANSWERS)
            raise Refused("import_answer", f"no answer {answer}", number=number, said=answer, known=known)
    side = side_list or side_lists.of_plan(planned, file)
    # what is done beside must end before the caller ends its transaction
    with without_sweeping(), folding or Folding() as folded:
        importing = _Import(session, planned, source, dry_run, progress or Progress(), told, side, folded)
        del planned
        return importing.run(file)


@contextmanager
def without_sweeping() -> Iterator[None]:
    """Keep the collector of cycles from walking over all the rows again and again; an import makes no cycles."""
    swept = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if swept:
            gc.enable()


def _at_once(rows: Sequence[Prepared]) -> int:
    """Return how many of the last rows are written in one go: some hundred, fewer where each says very much."""
    characters = 0
    for count, one in enumerate(islice(reversed(rows), steps.CHUNK), 1):
        characters += len(one.body.get("text") or "")
        if characters >= MUCH:
            return count
    return steps.CHUNK


class _Import:
    """One run over the rows of one file."""

    def __init__(
        self,
        session: Session,
        planned: Plan,
        source: str,
        dry_run: bool,
        progress: Progress,
        answers: Mapping[str, str],
        side: side_lists.Kind | None,
        folding: Folding,
    ) -> None:
        self.session, self.planned, self.source, self.folding = session, planned, source, folding
        self.known: dict[str, int] = {}
        self.dry_run, self.progress = dry_run, progress
        self.answers, self.side = answers, side
        session.catalogue.with_places(session.db)
        self.tally = Tally(rejected=list(planned.rejected))
        self.bad: dict[int, Rejected] = {}
        self.batch, self.first, self.last = "", 0, 0

    def run(self, file: str) -> Imported:
        """Prepare all rows, then decide and write them some hundred at a time."""
        rows = [one for one in self._prepared() if one is not None]
        whole = len(self.planned.rows) + len(self.planned.rejected)
        # from here on what is done with can go
        self.planned = replace(self.planned, rows=())
        decider = Decider(self.session, rows, self.side, self.answers, self.tally)
        # looked up before anything is written; what is written from here on is known to the writer
        self.known = steps.subject_ids(self.session.db, [one.name for one in rows if one.name])
        self.folding.expect(self.session, len(rows) - len(self.known))
        rows.reverse()
        total = len(rows)
        while rows:
            part = rows[: -_at_once(rows) - 1 : -1]
            del rows[-len(part) :]
            decided = list(self._decided(decider, part, total - len(rows) - len(part), total))
            if not self.dry_run:
                self._write(decided)
        self.folding.finish()
        self._link_waiting()
        self.progress.report(total, total, "导入")
        if self.last:
            self._note_batch(file, whole)
        tally = self.tally
        count = tally.counts
        return Imported(
            self.batch,
            whole,
            count["new"],
            count["amended"],
            count["unchanged"],
            count["linked"],
            tuple(tally.asked),
            tuple(sorted(tally.rejected, key=lambda row: row.line)),
            (*self.planned.problems, *self._unused()),
            tuple(tally.proposed),
            self.side,
        )

    def _unused(self) -> Iterator[Problem]:
        """Name the answers that settled nothing."""
        asked = {one.number for one in self.tally.asked}
        for number, answer in self.answers.items():
            if number not in self.tally.settled | asked:
                yield Problem("note_not_asked", {"number": number, "answer": answer})
            elif number in asked and answer == "theirs":
                yield Problem("note_not_theirs", {"number": number})

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
                self.tally.counts["unchanged"] += 1
            return None
        told = side_lists.as_told(self.side, row) if self.side else row
        found = prepare(self.session, told, self.source)
        if isinstance(found, Rejected):
            self._reject(found)
            return None
        return found

    def _reject(self, row: Rejected) -> None:
        self.tally.rejected.append(row)
        self.bad[row.line] = row

    def _decided(
        self, decider: Decider, rows: Sequence[Prepared], before: int, total: int
    ) -> Iterator[Decided]:
        known = {one.name: self.known[one.name] for one in rows if one.name in self.known}
        held: dict[int, list[Step]] = {}
        if known:
            self.folding.behind.wait()
            held = steps.of_subjects(self.session.db, list(known.values()))
        for place, one in enumerate(rows):
            if place % REPORT_EVERY == 0:
                self.progress.report(before + place, total, "导入")
            if decided := decider.decide(one, held.get(known.get(one.name, 0), [])):
                yield decided

    def _link_waiting(self) -> None:
        """Link the cases that named one of the new orders before it was here."""
        part: list[Decided] = []
        for found in reminders.waiting(self.session, self.tally.came, self.session.now):
            name = found.held[0].subject
            acts = [act for act in found.acts if (name, act.body["to"]) not in self.tally.linked]
            if name in self.tally.left or not acts:
                continue
            self.tally.counts["linked"] += len(acts)
            self.known[name] = found.subject
            part.append(Decided(name, acts, found.held, found.state))
            if len(part) == steps.CHUNK and not self.dry_run:
                self._write(part)
                part = []
        if not self.dry_run:
            self._write(part)

    # writing ----------------------------------------------------------------------------------

    def _write(self, decided: Sequence[Decided]) -> None:
        """Append the steps of some hundred cases and replace their summary rows in one go."""
        if not decided:
            return
        session = self.session
        self.batch = self.batch or session.log.next_name()
        self._give_numbers(decided)
        session.log.expect([each.name for each in decided if each.name], self.known)
        renewal = Renewal(session)
        fresh: dict[int, list[Step]] = {}
        for each in decided:
            subject, held = self._append(each)
            if each.held:
                worded = any(act.kind in summary_rows.WORDY for act in each.acts)
                renewal.add(subject, held, worded=worded)
            else:
                fresh[subject] = held
        write = session.log.signed()
        if len(fresh) < len(decided):
            self.folding.behind.wait()
            write()
            renewal.write()
        else:
            self.folding.behind.put(write)
        self.folding.put(fresh)

    def _append(self, each: Decided) -> tuple[int, list[Step]]:
        """Append the steps of one case; return its number in this store and all steps that it has now."""
        session, log = self.session, self.session.log
        name = each.name or cases.subject_for(NO_FACTS, log.next_name())
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
        return log.subject_id(name), held

    def _own(self, each: Decided) -> Mapping[str, Any]:
        """Return the entry of the case's type, which says what of its own facts is personal."""
        type_ = each.state.get("type") if each.state else each.acts[0].body.get("type")
        return self.session.catalogue.get("type", str(type_)) or NO_FACTS

    def _give_numbers(self, decided: Sequence[Decided]) -> None:
        """Give new cases without an order number the station's own, of the day they were reported."""
        days: dict[int, list[dict[str, Any]]] = {}
        for each in decided:
            log = each.acts[0]
            if log.kind == "log" and not each.name:
                days.setdefault(log.when.day.at, []).append(log.body)
        if days:
            self.folding.behind.wait()
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
