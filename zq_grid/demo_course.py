"""How the demo's ordinary cases go, from acceptance to the citizen's answer."""

from typing import Any

from zq_grid import demo_words as said
from zq_grid.demo_story import (
    CENTRE,
    DISPATCHER,
    ENTERED_LATE,
    EXTENDED,
    HOUR,
    LATE_CONTACT,
    LATE_SUBMIT,
    LEADER,
    MINUTE,
    NEGLECTED,
    RETURNED,
    Deed,
    Order,
    Story,
    closing,
)
from zq_grid.rules import worktime

LIMITS = {"consultation": 1, "suggestion": 1}
VERDICTS = (("solved", 62), ("explained", 22), ("partly", 12), ("not_ours", 4))
ANSWERS = (("satisfied", 54), ("fairly", 26), ("so_so", 8), ("dissatisfied", 7), ("no_answer", 5))


class Course:
    """Adds deeds to orders. Each `_…` returns the moment from which the next deed may follow."""

    def __init__(self, story: Story) -> None:
        self.story, self.rng = story, story.rng

    def do(self, order: Order, at: int, kind: str, actor: str = DISPATCHER, /, **body: Any) -> int:
        """Plan one step, written down a few minutes after it was done."""
        recorded = at + self.rng.randrange(0, 9) * MINUTE
        order.deeds.append(Deed(recorded, at, actor, order.label, kind, body))
        return recorded

    # the plain course -------------------------------------------------------------------------

    def hotline(self, order: Order, *, plain: bool = False) -> None:
        """Take an order of the hotline from acceptance to the citizen's answer; `plain`: it isn't withdrawn."""
        story = self.story
        at = story.office(order.logged, 5, 50)
        at = self.do(order, at, "accept")
        if story.chance(1) and not plain:
            self.do(order, at + 20 * MINUTE, "withdraw", reason="诉求人来电表示已自行解决，撤回。")
            return
        at = self._dispatched(order, story.office(at, 3, 30))
        at = self._contacted(order, at)
        at = self._handled(order, at)
        self._closed(order, at)

    def _dispatched(self, order: Order, at: int) -> int:
        story = self.story
        if story.chance(RETURNED):
            at = self.do(order, at, "dispatch", unit="civil")
            back = "非本单位职责，建议改派。"
            at = self.do(
                order, story.office(at, 20, 60), "return", story.handler("civil"), to="centre", reason=back
            )
            at = self.do(order, story.office(at, 10, 30), "rule_return", upheld="yes", words="同意，改派。")
            at = story.office(at, 3, 10)
        at = self.do(order, at, "dispatch", unit=order.unit)
        return self.do(order, story.office(at, 15, 70), "sign", story.handler(order.unit))

    def _contacted(self, order: Order, at: int) -> int:
        story, facts = self.story, order.facts
        if "reporter" not in facts or facts.get("reply_wanted") == "no" or facts.get("kind") == "thanks":
            return at
        actor = story.handler(order.unit)
        at = story.office(at, 10, 60)
        if story.chance(2.5):
            words = "三次未接通，已发短信告知。"
            return self.do(order, at, "contact", actor, reached="not_assessed", reason=words, channel="phone")
        if story.chance(6):
            at = self.do(order, at, "contact", actor, reached="no", reason="无人接听", channel="phone")
            at = story.office(at, 20, 60)
        if story.chance(LATE_CONTACT) and order.matter.kind not in LIMITS:
            at = story.office(story.due(order.received, 1), 20, 150)
        if story.chance(ENTERED_LATE):
            body = {"reached": "yes", "person": facts["reporter"], "channel": "phone"}
            order.deeds.append(Deed(at + 26 * HOUR, at, actor, order.label, "contact", body))
            return at + 27 * HOUR
        return self.do(order, at, "contact", actor, reached="yes", person=facts["reporter"], channel="phone")

    def _handled(self, order: Order, at: int) -> int:
        """Go there, put it right, hand it in: mostly well within the limit, sometimes late, rarely not at all."""
        story, calendar = self.story, self.story.calendar
        actor = story.handler(order.unit)
        days = LIMITS.get(order.matter.kind, 5)
        due = story.due(order.received, days)
        share = self.rng.uniform(0.15, 0.85)
        if story.chance(EXTENDED) and days > 1:
            due = self._extended(order, due)
            share = self.rng.uniform(0.75, 0.95)
        left = max(40 * MINUTE, worktime.working_seconds_between(at, due, calendar))
        if story.chance(LATE_SUBMIT):
            share = self.rng.uniform(1.05, 1.4)
        elif story.chance(NEGLECTED):
            share = self.rng.uniform(2.5, 4.0)
        end = worktime.add_working_seconds(at, int(left * share), calendar)
        visit = worktime.add_working_seconds(at, int(left * share * self.rng.uniform(0.3, 0.6)), calendar)
        who = f"{story.rng.choice('甲乙丙丁')}、{story.rng.choice('戊己庚辛')}两名工作人员"
        visit = self.do(order, visit, "attend", actor, who=who, findings=order.matter.findings)
        end = self.do(order, max(end, visit + 5 * MINUTE), "handle", actor, result=order.matter.result)
        return self.do(order, end + 10 * MINUTE, "submit", actor)

    def _extended(self, order: Order, due: int) -> int:
        """Ask in time for five more days, and get them the day after."""
        story = self.story
        asked = worktime.day_start(worktime.day_of(due)) + 10 * HOUR
        actor = story.handler(order.unit)
        asked = self.do(order, asked, "ask_extension", actor, days="5", reason="需维保厂家到场，配件在途。")
        self.do(
            order,
            story.office(asked, 30, 200),
            "grant_extension",
            LEADER,
            days="5",
            document="莲城运延〔2026〕7 号",
        )
        return story.due(due, 5)

    def _closed(self, order: Order, at: int) -> None:
        story = self.story
        verdict = self.draw(VERDICTS)
        at = self.do(order, story.office(at, 20, 300), "close", **closing(order, verdict))
        if (
            order.facts.get("reply_wanted") == "no"
            or "reporter" not in order.facts
            or order.matter.kind == "thanks"
        ):
            return
        at = story.office(at, 60, 900)
        answer = self.draw(ANSWERS)
        at = self.visited(order, at, answer)
        if answer == "dissatisfied" and story.chance(75):
            self.second_round(order, story.office(at, 20, 200))

    def visited(self, order: Order, at: int, answer: str) -> int:
        """Plan the centre's call and its answer."""
        words = {"dissatisfied": said.DISSATISFIED, "fairly": said.LUKEWARM, "so_so": said.LUKEWARM}.get(
            answer
        )
        more = {"words": self.rng.choice(words)} if words else {}
        return self.do(order, at, "visit", CENTRE, by="centre", channel="phone", satisfaction=answer, **more)

    def second_round(self, order: Order, at: int) -> None:
        """Plan what follows a dissatisfied answer."""
        story, actor = self.story, self.story.handler(order.unit)
        at = self.do(order, at, "reopen", reason="回访不满意，再次办理。")
        person = order.facts["reporter"]
        at = self.do(
            order, story.office(at, 20, 90), "contact", actor, reached="yes", person=person, channel="phone"
        )
        findings = "单位负责人到场复核，约定整改时间。"
        at = self.do(
            order,
            story.office(at, 60, 300),
            "attend",
            actor,
            who="单位负责人",
            findings=findings,
            unit_head="yes",
        )
        at = self.do(
            order, story.office(at, 60, 420), "handle", actor, result="已按约定整改，现场与诉求人确认。"
        )
        at = self.do(order, at + 10 * MINUTE, "submit", actor)
        at = self.do(order, story.office(at, 20, 120), "close", **closing(order, "solved"))
        self.visited(order, story.office(at, 60, 600), "satisfied" if story.chance(70) else "fairly")

    def draw(self, table: tuple[tuple[str, int], ...]) -> str:
        """Return a word by its weight."""
        return self.rng.choices([word for word, _ in table], [weight for _, weight in table])[0]

    # cases without a caller -------------------------------------------------------------------

    def without_caller(self, order: Order) -> None:
        """Take what a patrol found from acceptance to closing."""
        story = self.story
        urgent = order.matter.type in ("illegal_building_new", "fraud_alert")
        at = self.do(
            order, order.logged + 3 * MINUTE if urgent else story.office(order.logged, 5, 60), "accept"
        )
        at = self.do(
            order, at + 4 * MINUTE if urgent else story.office(at, 5, 40), "dispatch", unit=order.unit
        )
        actor = story.handler(order.unit)
        at = self.do(order, at + 5 * MINUTE if urgent else story.office(at, 10, 80), "sign", actor)
        if order.matter.type == "fraud_alert":
            person = order.facts["warned_person"]
            at = self.do(
                order, at + 6 * MINUTE, "contact", actor, reached="yes", person=person, channel="phone"
            )
        at = at + self.rng.randrange(15, 60) * MINUTE if urgent else story.office(at, 60, 700)
        who = "民警、网格员" if order.matter.type == "fraud_alert" else "网格员两名"
        met = {"met": "yes"} if order.matter.type == "fraud_alert" else {}
        at = self.do(order, at, "attend", actor, who=who, findings=order.matter.findings, **met)
        at = at + self.rng.randrange(20, 200) * MINUTE if urgent else story.office(at, 60, 900)
        if story.chance(3):
            at = story.office(story.due(order.received, 5), 300, 900)
        at = self.do(order, at, "handle", actor, result=order.matter.result)
        if story.chance(30):
            at = self.do(order, story.office(at, 20, 120), "check", CENTRE, passed="yes")
        at = self.do(order, at + 12 * MINUTE, "submit", actor)
        self.do(order, story.office(at, 20, 200), "close", **closing(order, "solved"))
