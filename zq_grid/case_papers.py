"""One case looked up for paper: case sheet 案件处置单 and dispatch sheet 交办单, masked, as of its last step."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import select

from db.tables import CASES, FOREVER
from zq_grid import cases, limit_words, steps, summary_rows, together, views, words
from zq_grid.bulletin_words import second
from zq_grid.catalogue import Catalogue
from zq_grid.errors import Refused
from zq_grid.papers import strangers
from zq_grid.papers.figures import EMPTY
from zq_grid.papers.of_case import CasePaper, ClockLine, DispatchPaper, Other, Pair, TimeLine
from zq_grid.rules import clocks as clock_rules
from zq_grid.rules.clocks import ClockRow
from zq_grid.rules.state import CaseState
from zq_grid.rules.step import Step, order
from zq_grid.rules.text import hide_personal, mask_name, to_building
from zq_grid.rules.vocabulary import STEPS
from zq_grid.session import Session

NAMED = {"neighbourhood": "neighbourhood", "grid": "grid", "estate": "estate", "unit": "unit", "type": "type"}
NAMED |= {"worker": "worker", "assisting": "unit", "micro_grid": "micro_grid"}
# In the order of print; the rest of what a log says is told by the text, the place and the clocks.
FACTS = (
    "order_number", "platform_number", "source", "kind", "mode", "urgency", "category", "accepted_at",
    "dispatched_at", "received_at", "platform_due", "neighbourhood", "grid", "unit", "assisting", "worker",
    "reporter", "phone", "anonymous", "confidential", "reply_wanted",
)  # fmt: skip
ALWAYS = ("source", "kind", "neighbourhood", "grid", "unit", "worker", "reporter", "phone")
CLOSING = (
    "verdict", "fact_finding", "claim_finding", "finding_words", "reply", "reply_channel", "reply_at",
    "conclusion", "grid",
)  # fmt: skip
UNTOLD = frozenset(
    [
        "precision",
        "place_key",
        "lon",
        "lat",
        "extra",
        "hash",
        "name",
        "size",
        "number",
        "estate",
        "micro_grid",
    ]
)
# The log is told by the facts above, a closing by the conclusions.
TOLD = {"log": ("source", "kind"), "close": ("verdict", "to_complete", "platform")}
TASKS = ("sign", "contact", "attend", "meet", "meet_medium", "call", "remove", "feedback", "close")
CALLERS = ("reporter", "phone")


def case_sheet(session: Session, number: str) -> CasePaper:
    """Return what stands on the sheet of one case: facts, closings, clocks, timeline, the cases beside it.

    Raises:
        Refused: "case_unknown", "case_ambiguous".
    """
    subject, state = cases.show(session, number)
    return _Reader(session, subject, state).sheet()


def dispatch_sheet(session: Session, number: str, *, third_party: bool = False) -> DispatchPaper:
    """Return what stands on the sheet by which a case is handed to its unit.

    Args:
        session: for reading.
        number: of the case.
        third_party: for a company or other party outside: neither caller nor flat nor any number.

    Raises:
        Refused: "case_unknown", "case_ambiguous", "not_dispatched".
    """
    subject, state = cases.show(session, number)
    return _Reader(session, subject, state).dispatch(third_party)


class _Reader:
    """One case while it is put into words."""

    def __init__(self, session: Session, subject: int, state: CaseState) -> None:
        self.session, self.subject, self.state = session, subject, state
        self.known: Catalogue = session.catalogue.with_places(session.db)
        self.caller = views.caller_of(state)
        began = state.rounds[0].began.did_at if state.rounds else session.now
        own = self.known.type_at(str(state.get("type") or ""), began).get("field", ())
        self.own: Mapping[str, Mapping[str, Any]] = {one["key"]: one for one in own}
        last = max((step.arrived_at for step in state.steps), default=None)
        self.as_of = EMPTY if last is None else second(last)

    def sheet(self) -> CasePaper:
        state = self.state
        facts = [("事项类型", self.known.name("type", str(state.get("type") or "")) or EMPTY)]
        facts += [pair for name in FACTS if (pair := self._fact(name)) is not None]
        facts += [
            ("办理轮次", f"第 {len(state.rounds)} 轮"),
            ("地址", self._place(str(state.get("place") or ""), False)),
        ]
        return CasePaper(
            town=self._town(),
            number=summary_rows.shown_number(state),
            type_name=facts[0][1],
            stage=words.say(words.STAGES, "retracted" if state.gone_log else state.stage),
            facts=tuple((name, said or EMPTY) for name, said in facts),
            text=self._said("text", state.get("text")) or EMPTY,
            as_of=self.as_of,
            own=tuple((str(one["name"]), said) for key, one in self.own.items() if (said := self._own(key))),
            closings=tuple(self._closings()),
            clocks=tuple(self._clocks()),
            timeline=tuple(self._timeline()),
            others=tuple(self._others()),
            flags=tuple(self._flags()),
        )

    def dispatch(self, third_party: bool) -> DispatchPaper:
        state = self.state
        if not state.dispatches or not state.get("unit"):
            shown = summary_rows.shown_number(state)
            raise Refused("not_dispatched", "no unit holds this case", number=shown)
        last = max(state.dispatches, key=order)
        wanted = ("source", "kind", "mode", "urgency", "neighbourhood", "grid", *CALLERS, "reply_wanted")
        names = [
            name for name in wanted if not (third_party and name in (*CALLERS, "reply_wanted", "source"))
        ]
        place = str(state.get("place") or "")
        facts = [("事项类型", self.known.name("type", str(state.get("type") or "")) or EMPTY)]
        facts += [pair for name in names if (pair := self._fact(name)) is not None]
        facts.append(("地址", self._place(place, third_party) or EMPTY))
        text = state.get("text")
        said = (
            self._stranger(str(text)) if third_party and isinstance(text, str) else self._said("text", text)
        )
        reason = str(last.body.get("reason") or "")
        return DispatchPaper(
            town=self._town(),
            number=summary_rows.shown_number(state),
            unit=self.known.name("unit", str(state.get("unit"))),
            assisting=self._said("assisting", state.get("assisting")),
            at=_minute(last.did_at),
            facts=tuple(facts),
            text=said or EMPTY,
            tasks=tuple(self._tasks(third_party)),
            words=self._stranger(reason) if third_party else self._said("reason", reason),
            as_of=self.as_of,
            third_party=third_party,
        )

    # facts ------------------------------------------------------------------------------------

    def _town(self) -> str:
        return str((self.known.get("station", self.session.station) or {}).get("name", ""))

    def _fact(self, name: str) -> Pair | None:
        found = self.state.get(name)
        if name in CALLERS and self.state.get("anonymous") == "yes":
            found = "匿名"
        said = self._said(name, found)
        if not said and name not in ALWAYS:
            return None
        return words.say(words.FACTS, name), said or EMPTY

    def _own(self, name: str) -> str:
        found = self.state.get(name)
        if found is None and self.state.rounds:
            found = self.state.closing(name)
        return self._said(name, found)

    def _said(self, name: str, found: Any) -> str:
        """Return a fact in words, masked; "" where there is none."""
        if found is None or found in ("", [], {}):
            return ""
        if found == "匿名":
            return "匿名"
        entry = self.own.get(name)
        masked = views.value(name, found, masked=True, caller=self.caller)
        if entry and entry.get("personal") == "yes" and isinstance(found, str):
            masked = mask_name(found)
        return self._words(name, masked, entry)

    def _words(self, name: str, found: Any, entry: Mapping[str, Any] | None) -> str:
        if isinstance(found, Mapping):
            return "，".join(f"{key} {self._words('', value, None)}" for key, value in found.items())
        if isinstance(found, list | tuple):
            return "；".join(self._words(name, item, None) for item in found)
        said = str(found)
        if name in NAMED:
            return self.known.name(NAMED[name], said)
        if name.endswith(("_at", "_due")) or name == "until":
            return said[:16].replace("T", " ")
        if name in {"into", "to"} and said.startswith("case:"):
            return said.rpartition(":")[2]
        if entry and "choices" in entry:
            return next((c.partition(" ")[2] for c in entry["choices"] if c.partition(" ")[0] == said), said)
        return words.value(name, said)

    def _place(self, place: str, third_party: bool) -> str:
        return self._stranger(to_building(place)) if third_party else hide_personal(place)

    def _stranger(self, text: str) -> str:
        persons = {self.caller}
        for step in self.state.steps:
            person = step.body.get("person") or step.body.get("reporter")
            persons |= {person} if isinstance(person, str) else set()
        return strangers.hidden(text, persons)

    def _flags(self) -> Iterator[str]:
        state = self.state
        for name, said in (("confidential", "个人信息保密"), ("anonymous", "匿名")):
            if state.get(name) == "yes":
                yield said
        if state.supervised:
            yield "督办"
        if state.joined:
            yield "并单办理"
        if state.clashes():
            yield f"待核对差异 {len(state.clashes())} 项"

    def _closings(self) -> Iterator[tuple[str, tuple[Pair, ...]]]:
        for number, current in enumerate(self.state.rounds):
            found = [(name, self.state.closing(name, number)) for name in CLOSING if name in current.closing]
            pairs = [(words.say(words.FACTS, name), self._said(name, said)) for name, said in found]
            if told := tuple(pair for pair in pairs if pair[1]):
                yield f"第 {number + 1} 轮", told

    # clocks -----------------------------------------------------------------------------------

    def _rows(self) -> list[ClockRow]:
        return clock_rules.clocks(self.state, self.known)

    def _clocks(self) -> Iterator[ClockLine]:
        several = len(self.state.rounds) > 1
        for row in sorted(self._rows(), key=lambda row: (row.round, row.started, row.due or FOREVER)):
            yield self._clock(row, f"\n第 {row.round} 轮" if several else "")

    def _clock(self, row: ClockRow, which: str = "") -> ClockLine:
        late = row.due is not None and row.stopped is not None and row.stopped > row.due and not row.unjudged
        if row.unjudged:
            state = "无法判定"
        elif row.stopped is not None:
            state = "逾期" if late else "按时"
        else:
            state = "计时中" if row.live else "已中止" if row.due is None else "未发生"
        return ClockLine(
            words.say(words.CLOCKS, row.kind) + which,
            EMPTY if row.due is None else _minute(row.due),
            EMPTY if row.stopped is None else _minute(row.stopped),
            f"{state}，延期待批" if row.waiting else state,
            limit_words.words(row, self.known),
            late,
        )

    def _tasks(self, third_party: bool) -> Iterator[ClockLine]:
        last = len(self.state.rounds)
        rows = [row for row in self._rows() if row.round == last and row.due is not None]
        newest = max((row.nth for row in rows if row.kind == "sign"), default=0)
        for kind in TASKS:
            # a party outside never speaks to the caller
            if third_party and kind in ("contact", "call"):
                continue
            yield from (
                self._clock(row)
                for row in rows
                if row.kind == kind and row.stopped is None and (kind != "sign" or row.nth == newest)
            )

    # timeline ---------------------------------------------------------------------------------

    def _timeline(self) -> Iterator[TimeLine]:
        """Yield the steps in the order of the fold; what an amendment replaced stands before its arrow."""
        held: dict[str, str] = {}
        for step in sorted(self.state.steps, key=order):
            gone = step.id in self.state.retracted
            facts = ((name, step.body[name]) for name in _ordered(step))
            told = [part for name, found in facts if (part := self._part(step, name, found, held))]
            if not gone:
                held.update(
                    (name, said) for name, found in step.body.items() if (said := self._said(name, found))
                )
            yield TimeLine(
                _minute(step.did_at),
                words.say(words.STEPS, step.kind),
                self._by(step),
                "；".join(part.removesuffix("。") for part in told),
                gone,
            )

    def _part(self, step: Step, name: str, found: Any, held: Mapping[str, str]) -> str:
        if name in UNTOLD or name not in TOLD.get(step.kind, (name,)):
            return ""
        said = self._said(name, found)
        if not said:
            return ""
        called = str(self.own[name]["name"]) if name in self.own else words.say(words.FACTS, name)
        if step.kind == "amend" and name != "reason":
            return f"{called} {held.get(name, '（无）')} → {said}"
        if name in ("step", "steps"):
            return f"{called} {said[:8]}"
        return f"{called} {said}"

    def _by(self, step: Step) -> str:
        who = self.known.name("worker", step.actor)
        behalf = step.on_behalf_of
        if not behalf:
            return who
        return (
            f"{who}（代{hide_personal(behalf if isinstance(behalf, str) else '、'.join(map(str, behalf)))}）"
        )

    # other cases ------------------------------------------------------------------------------

    def _others(self) -> Iterator[Other]:
        state, session = self.state, self.session
        joined = together.joined_set(session, self.subject)
        yield from self._lines("并单", joined)
        names = (
            ("拆单", state.sub_cases),
            *((f"关联（{words.value('why', why)}）", [to]) for to, why in state.links),
        )
        for relation, found in names:
            wanted = [number for name in found if (number := steps.subject_id(session.db, name)) is not None]
            yield from self._lines(relation, wanted)

    def _lines(self, relation: str, subjects: Sequence[int]) -> Iterator[Other]:
        if not subjects:
            return
        query = select(CASES).where(CASES.c.subject.in_(subjects)).order_by(CASES.c.number)
        for row in self.session.db.execute(query):
            yield Other(
                relation,
                row.number,
                self.known.name("type", row.type),
                hide_personal(to_building(row.place or "")) or EMPTY,
                words.say(words.STAGES, row.stage),
            )


def _ordered(step: Step) -> list[str]:
    """Return the names of what a step says in the order of the vocabulary, the case type's own last."""
    known = list(STEPS.get(step.kind, ()))
    return sorted(step.body, key=lambda name: (known.index(name) if name in known else len(known), name))


def _minute(at: int) -> str:
    """Return a moment to the minute; the end of a day as 24:00."""
    said = second(at)
    return f"{said[:10]} 24:00" if said.endswith("23:59:59") else said[:16]
