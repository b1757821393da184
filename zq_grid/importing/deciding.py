"""What one row becomes: a new case, steps on a known one, a question to a person, a rejection, or nothing."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from zq_grid import intake
from zq_grid.importing import follow, outcome, reminders, side_lists
from zq_grid.importing.compare import Compared, Difference, compare, undone_steps
from zq_grid.importing.follow import Follow
from zq_grid.importing.outcome import Act, Telling
from zq_grid.importing.plan import PlannedRow, Rejected
from zq_grid.importing.prepare import Moment, Prepared, log_body, rejected, shown_field
from zq_grid.importing.reminders import Target
from zq_grid.importing.twins import Twins
from zq_grid.importing.units import Units
from zq_grid.rules import limits
from zq_grid.rules.fold import fold
from zq_grid.rules.lifecycle import OPEN
from zq_grid.rules.state import CaseState
from zq_grid.rules.step import Step
from zq_grid.session import Session

ANSWERS = ("theirs", "ours", "keep")
KEPT_OURS = "导入核对，保留本机："


@dataclass(frozen=True, slots=True)
class Asked:
    """A row that only a person can settle, of which nothing was written: each fact as here and as there."""

    line: int
    number: str
    differences: tuple[Difference, ...]


@dataclass(frozen=True, slots=True)
class Proposed:
    """An order that the file calls a repeat of another one, both open here: a person may merge them."""

    line: int
    number: str
    into: str


@dataclass(slots=True)
class Decided:
    """Steps for one case: new, or known with the steps `held`. `name` is "" for one without an order number."""

    name: str
    acts: list[Act]
    held: list[Step] = field(default_factory=list)
    state: CaseState | None = None


@dataclass(slots=True)
class Tally:
    """What became of the rows so far.

    `came`: number → name of the orders that are new. `linked`: name of a case and of the one it was linked to.
    `left`: names of the cases whose row is asked.
    """

    counts: Counter[str] = field(default_factory=Counter)
    asked: list[Asked] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)
    proposed: list[Proposed] = field(default_factory=list)
    settled: set[str] = field(default_factory=set)
    came: dict[str, str] = field(default_factory=dict)
    linked: set[tuple[str, str]] = field(default_factory=set)
    left: set[str] = field(default_factory=set)


class Decider:
    """Decides row by row; what it says is counted in `tally`, and nothing is written."""

    def __init__(
        self,
        session: Session,
        rows: Sequence[Prepared],
        side: side_lists.Kind | None,
        answers: Mapping[str, str],
        tally: Tally,
    ) -> None:
        self.session, self.side, self.answers, self.tally = session, side, answers, tally
        self.now = Moment(session.now)
        # of the cases that come again in the file, what was said first
        named = Counter(one.name for one in rows)
        self.again = frozenset(name for name, times in named.items() if name and times > 1)
        self.made: dict[str, PlannedRow] = {}
        self.units = Units(session)
        self.targets: dict[str, Target] = reminders.targets(session, rows)
        self.twins = Twins(session, rows)

    def decide(self, one: Prepared, held: list[Step]) -> Decided | None:
        """Count what a row becomes; return the steps it asks for, None for none."""
        if earlier := self.made.get(one.name):
            self._again(one, earlier)
            return None
        state = fold(held) if held else None
        if state is None or (state.gone_log and _logs(held) <= undone_steps(state, held)):
            return self._new(one, held, state)
        self._make(one)
        return self._known(one, held, state)

    def _make(self, one: Prepared) -> None:
        if one.name in self.again:
            self.made[one.name] = one.row

    def _reject(self, row: Rejected) -> None:
        self.tally.rejected.append(row)

    def _again(self, one: Prepared, earlier: PlannedRow) -> None:
        """Count a row whose number, spelled otherwise, came before in the same file."""
        mine, first = one.row.facts | one.row.outcome, earlier.facts | earlier.outcome
        different = sorted(name for name in mine | first if mine.get(name) != first.get(name))
        if different := [name for name in different if name != "order_number"]:
            columns = "、".join(f"“{shown_field(name)}”" for name in different)
            line = str(earlier.line)
            self._reject(rejected(one.row, "row_repeated_differs", first=line, columns=columns))
        else:
            self.tally.counts["unchanged"] += 1

    def _telling(self, one: Prepared, state: CaseState | None = None) -> Telling:
        arrival = one.arrival
        if arrival is None and state is not None:
            start = limits.arrival(state)
            # when an order was logged says nothing of when it arrived; for the lists kept by hand it must do
            told = start.what != "logged" or self.side is not None
            arrival = Moment(start.at, start.day_only) if told else None
        elif arrival is None and self.side is not None:
            arrival = self.now
        said = one.row.outcome
        unit = self.units.code(said["unit"]) if "unit" in said else ""
        now, final = self.session.now, self.side is not None
        return outcome.telling(one.body, said, arrival, now, unit=unit, final=final, state=state)

    # new cases --------------------------------------------------------------------------------

    def _new(self, one: Prepared, held: list[Step], state: CaseState | None) -> Decided | None:
        number = str(one.body.get("order_number", ""))
        if not one.has_substance:
            code = "row_unknown_number" if self.side is None else "row_side_unknown"
            shown = "" if self.side is None else side_lists.NAMES[self.side]
            self._reject(rejected(one.row, code, number=number, list=shown))
            return None
        if one.name:
            self._make(one)
            self.tally.came[number] = one.name
        elif self.twins.take(one):
            self.tally.counts["unchanged"] += 1
            return None
        now = self.session.now
        when = one.arrival if one.arrival and one.arrival.at <= now else self.now
        following = outcome.sequence(self._telling(one))
        kept = outcome.left(one.row.outcome, following)
        if one.quoted:
            kept["quoted"] = one.quoted
            if one.quoted not in self.targets and one.row.quote_words:
                kept["quote_words"] = one.row.quote_words
        body = log_body(self.session, one, kept)
        self.tally.counts["new"] += 1
        links = self._links(one, when)
        self._propose(one, open_=not any(act.kind == "close" for act in following))
        if self.side is not None:
            following += side_lists.rest(self.side, one.row, CaseState(), (), following, self.now)[0]
        return Decided(one.name, [Act("log", body, when), *links, *following], held, state)

    def _links(
        self, one: Prepared, when: Moment, held: Sequence[Step] = (), state: CaseState | None = None
    ) -> list[Act]:
        named = reminders.named_by(one)
        if not named:
            return []
        acts = reminders.links(named, self.targets, one.name, when, held, state)
        self.tally.counts["linked"] += len(acts)
        self.tally.linked.update((one.name, str(act.body["to"])) for act in acts)
        return acts

    def _propose(self, one: Prepared, *, open_: bool) -> None:
        """Propose a merge where the file itself calls the order a repeat; never done without a person."""
        told = one.row.outcome
        if not open_ or not one.name or told.get("duplicate") == "no":
            return
        for number, why in reminders.named_by(one).items():
            target = self.targets.get(number)
            called = why == "related" or number == told.get("repeat_of")
            if called and target and target.open and target.name != one.name:
                self.tally.proposed.append(Proposed(one.row.line, str(one.body["order_number"]), number))

    # known cases ------------------------------------------------------------------------------

    def _known(self, one: Prepared, held: list[Step], state: CaseState) -> Decided | None:
        compared = compare(self.session, state, held, one.body)
        overrules = {"verdict"} if self.side == "unresolved" else set()
        found = follow.follow(state, held, self._telling(one, state), self.now, overrules=overrules)
        work = list(found.acts)
        asked = [*compared.asked, *found.asked]
        if self.side is not None:
            more, questions = side_lists.rest(self.side, one.row, state, held, work, self.now)
            work += more
            asked += questions
        if asked:
            settled = self._settled(one, compared, found, asked)
            if settled is None:
                return None
            work = settled + work
        amends = [Act("amend", compared.changes, self.now)] if compared.changes else []
        links = self._links(one, self.now, held, state)
        self._propose(one, open_=state.stage in OPEN and not any(act.kind == "close" for act in work))
        self.tally.counts["amended" if amends or work else "unchanged"] += 1
        acts = _merged(amends, work)
        for act in acts:
            if act.kind == "amend":
                intake.rekey(self.session, act.body)
        # a link is taken while the case is open, so it comes before what may close it
        acts = [
            *(act for act in acts if act.kind == "amend"),
            *links,
            *(a for a in acts if a.kind != "amend"),
        ]
        return Decided(one.name, acts, held, state) if acts else None

    def _settled(
        self, one: Prepared, compared: Compared, found: Follow, asked: Sequence[Difference]
    ) -> list[Act] | None:
        """Return the steps by which a person's answer settles what is asked; None where it stays asked."""
        number = str(one.body["order_number"])
        answer = self.answers.get(number)
        fields = [difference.field for difference in asked]
        if answer == "theirs":
            remedied = compared.fits and all(f in compared.theirs or f in found.remedies for f in fields)
            if remedied:
                self.tally.settled.add(number)
                amends = [Act("amend", dict(compared.theirs), self.now)] if compared.theirs else []
                return [*amends, *(act for acts in found.remedies.values() for act in acts)]
        elif answer == "ours":
            self.tally.settled.add(number)
            shown = "、".join(dict.fromkeys(shown_field(name) for name in fields))
            declined = {difference.field: difference.there for difference in asked}
            return [Act("note", {"text": f"{KEPT_OURS}{shown}", "declined": declined}, self.now)]
        self.tally.asked.append(Asked(one.row.line, number, tuple(asked)))
        self.tally.left.add(one.name)
        return None


def _merged(amends: Sequence[Act], work: Sequence[Act]) -> list[Act]:
    """Return the acts with all amendments of one row as one step, first of all."""
    changes: dict[str, object] = {}
    for act in (*amends, *work):
        if act.kind == "amend":
            changes.update(act.body)
    rest = [act for act in work if act.kind != "amend"]
    if not changes:
        return rest
    return [Act("amend", changes, next(act.when for act in (*amends, *work) if act.kind == "amend")), *rest]


def _logs(held: Sequence[Step]) -> set[str]:
    return {step.id for step in held if step.kind == "log"}
