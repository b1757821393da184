"""How the demo's ordinary cases go, from acceptance to the citizen's answer."""

from typing import Any

from zq_grid import demo_words as said
from zq_grid.demo_story import (
    CALLERS,
    CENTRE,
    DISPATCHER,
    FAR,
    HOUR,
    LEADER,
    MINUTE,
    Deed,
    Order,
    Story,
    closing,
)
from zq_grid.rules import worktime

LIMITS = {"consultation": 1, "suggestion": 1}
VERDICTS = (("solved", 62), ("explained", 22), ("partly", 12), ("not_ours", 4))
ANSWERS = (("satisfied", 54), ("fairly", 26), ("so_so", 8), ("dissatisfied", 7), ("no_answer", 5))
SECOND_ANSWERS = (("satisfied", 55), ("fairly", 28), ("so_so", 12), ("dissatisfied", 5))
# So many orders in a hundred go another way than the plain one.
LATE_ACCEPT = 0.7
LATE_CONTACT, LATE_SUBMIT, NEGLECTED, RETURNED, EXTENDED, ENTERED_LATE = 1.2, 0.5, 0.2, 3.0, 4.0, 2.5
# Types of which pictures are taken: before by who goes there, after by who put it right.
PICTURED = frozenset({"illegal_building_new"})
WORDS = {"dissatisfied": "dissatisfied", "fairly": "lukewarm", "so_so": "lukewarm"}


class Course:
    """Adds deeds to orders. Each `_…` returns the moment from which the next deed may follow."""

    def __init__(self, story: Story) -> None:
        self.story, self.rng = story, story.rng

    def do(
        self, order: Order, at: int, kind: str, actor: str = DISPATCHER, most: int = 9, /, **body: Any
    ) -> int:
        """Plan one step, written down less than `most` minutes after it was done; returns when."""
        recorded = at + self.rng.randrange(most) * MINUTE
        order.deeds.append(Deed(recorded, at, actor, order.label, kind, body))
        return recorded

    def go(self, order: Order) -> None:
        """Take a case the way that cases of its source go."""
        source = order.facts["source"]
        if source in CALLERS:
            self.called(order)
        elif source == "anti_fraud_centre":
            self.warned(order)
        elif source == "police_transfer" or order.matter.type == "illegal_building_new":
            self.at_once(order)
        elif source == "mediation_desk":
            self.mediated(order)
        else:
            self.patrolled(order)

    # orders with a caller ---------------------------------------------------------------------

    def called(self, order: Order, *, plain: bool = False) -> None:
        """Take an order of a caller's from acceptance to the citizen's answer; `plain`: it isn't withdrawn."""
        story = self.story
        at = self._accepted(order)
        if story.chance(1) and not plain:
            self.do(order, at + 20 * MINUTE, "withdraw", reason="诉求人来电表示已自行解决，撤回。")
            return
        at = self._dispatched(order, story.office(at, 3, 30))
        at = self._contacted(order, at)
        at = self._handled(order, at)
        self._closed(order, at)

    def _accepted(self, order: Order) -> int:
        """Accept an order within the hour, now and then past its four working hours."""
        least, most = (260, 400) if self.story.chance(LATE_ACCEPT) else (5, 55)
        return self.do(order, self.story.office(order.logged, least, most), "accept")

    def _dispatched(self, order: Order, at: int) -> int:
        story, handler = self.story, self.story.handler(order.unit)
        if story.chance(RETURNED):
            at = self.do(order, at, "dispatch", unit="civil")
            back = "非本单位职责，建议改派。"
            at = story.office(at, 20, 60)
            at = self.do(order, at, "return", story.handler("civil"), to="centre", reason=back)
            at = self.do(order, story.office(at, 10, 30), "rule_return", upheld="yes", words="同意，改派。")
            at = story.office(at, 3, 10)
        at = self.do(order, at, "dispatch", unit=order.unit)
        if handler != DISPATCHER:
            at = self.do(order, story.office(at, 1, 15), "assign", worker=handler)
        return self.do(order, story.office(at, 15, 70), "sign", handler)

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
        who = f"{self.rng.choice('张王李赵')}师傅、{self.rng.choice('陈周吴郑')}网格员"
        visit = self.attended(order, visit, who)
        end = self.put_right(order, max(end, visit + 5 * MINUTE))
        return self.do(order, end + 10 * MINUTE, "submit", story.handler(order.unit))

    def _extended(self, order: Order, due: int) -> int:
        """Ask in time for five more days, and get them the day after."""
        story = self.story
        asked = worktime.day_start(worktime.day_of(due)) + 10 * HOUR
        actor = story.handler(order.unit)
        asked = self.do(order, asked, "ask_extension", actor, days="5", reason="需维保厂家到场，配件在途。")
        document = f"莲城运延〔{worktime.day_of(asked).year}〕{1 + len(order.deeds)} 号"
        self.do(order, story.office(asked, 30, 200), "grant_extension", LEADER, days="5", document=document)
        return story.due(due, 5)

    def _closed(self, order: Order, at: int) -> None:
        story = self.story
        at = self.do(order, story.office(at, 20, 300), "close", **closing(order, self.draw(VERDICTS)))
        facts = order.facts
        if facts.get("reply_wanted") == "no" or "reporter" not in facts or facts.get("kind") == "thanks":
            return
        at = story.office(at, 60, 900)
        answer = self.draw(ANSWERS)
        at = self.visited(order, at, answer)
        if answer == "dissatisfied" and story.chance(75):
            self.second_round(order, story.office(at, 20, 200))

    def visited(self, order: Order, at: int, answer: str) -> int:
        """Plan the centre's call and its answer."""
        more = {"words": self.rng.choice(said.words(WORDS[answer]))} if answer in WORDS else {}
        return self.do(order, at, "visit", CENTRE, by="centre", channel="phone", satisfaction=answer, **more)

    def second_round(self, order: Order, at: int) -> None:
        """Plan what follows a dissatisfied answer."""
        story, actor = self.story, self.story.handler(order.unit)
        at = self.do(order, at, "reopen", reason="回访不满意，再次办理。")
        person = order.facts["reporter"]
        at = story.office(at, 20, 90)
        at = self.do(order, at, "contact", actor, reached="yes", person=person, channel="phone")
        at = story.office(at, 60, 300)
        findings = "单位负责人到场复核，约定整改时间。"
        at = self.do(order, at, "attend", actor, who="单位负责人", findings=findings, unit_head="yes")
        at = story.office(at, 60, 420)
        at = self.do(order, at, "handle", actor, result="已按约定整改，现场与诉求人确认。")
        at = at + 10 * MINUTE if not story.chance(3) else story.office(at, 1400, 1900)
        at = self.do(order, at, "submit", actor)
        at = self.do(order, story.office(at, 20, 120), "close", **closing(order, "solved"))
        self.visited(order, story.office(at, 60, 600), self.draw(SECOND_ANSWERS))

    def draw(self, table: tuple[tuple[str, int], ...]) -> str:
        """Return a word by its weight."""
        return self.rng.choices([word for word, _ in table], [weight for _, weight in table])[0]

    # on the spot ------------------------------------------------------------------------------

    def attended(self, order: Order, at: int, who: str, **more: Any) -> int:
        """Plan the way there, with a picture where one is needed."""
        actor = self.story.handler(order.unit)
        at = self.do(order, at, "attend", actor, who=who, findings=order.matter.findings, **more)
        return self._pictured(order, at, "before")

    def put_right(self, order: Order, at: int, **more: Any) -> int:
        """Plan the handling, with a picture where one is needed."""
        at = self._pictured(order, at, "after")
        return self.do(
            order, at, "handle", self.story.handler(order.unit), result=order.matter.result, **more
        )

    def _pictured(self, order: Order, at: int, stage: str) -> int:
        if order.matter.type not in PICTURED:
            return at
        scene = str(sum(map(ord, order.label)))
        return self.do(order, at + MINUTE, "attach", self.story.handler(order.unit), stage=stage, scene=scene)

    # cases without a caller -------------------------------------------------------------------

    def patrolled(self, order: Order) -> None:
        """Take what a patrol found from acceptance to closing."""
        story = self.story
        at = self._accepted(order)
        at = self.do(order, story.office(at, 5, 40), "dispatch", unit=order.unit)
        at = self.do(order, story.office(at, 10, 80), "sign", story.handler(order.unit))
        at = self.attended(order, story.office(at, 60, 700), "网格员两名")
        if story.chance(1.2):
            at = story.office(story.due(order.received, 5), 300, 900)
        at = self.put_right(order, story.office(at, 60, 700))
        if story.chance(20):
            at = self.do(order, story.office(at, 20, 120), "check", CENTRE, passed="yes")
        self.do(order, story.office(at, 20, 200), "close", **closing(order, "solved"))

    def at_once(self, order: Order) -> None:
        """Take what can't wait from acceptance to closing: what the police hand over, what is being built."""
        story, rng = self.story, self.rng
        at = self.do(order, order.logged + MINUTE, "accept", DISPATCHER, 2)
        at = self.do(order, at + MINUTE, "dispatch", DISPATCHER, 2, unit=order.unit)
        at = self.do(order, at + 2 * MINUTE, "sign", story.handler(order.unit), 2)
        at = order.received + rng.randrange(18, 29) * MINUTE
        if story.chance(2):
            at += rng.randrange(10, 40) * MINUTE
        at = self.attended(order, at, "网格员、居委干部")
        at = self.put_right(order, at + rng.randrange(15, 120) * MINUTE)
        verdict = "solved" if story.chance(92) else "explained"
        self.do(order, story.office(at, 5, 400), "close", **closing(order, verdict))

    def warned(self, order: Order) -> None:
        """Take an alert of the anti-fraud centre: called at once, met in time, looked after."""
        story, rng = self.story, self.rng
        actor, person = story.handler(order.unit), order.facts["warned_person"]
        at = self.do(order, order.logged + MINUTE, "accept", DISPATCHER, 2)
        at = self.do(order, at + MINUTE, "dispatch", DISPATCHER, 2, unit="police")
        at = self.do(order, at + 2 * MINUTE, "sign", actor, 2)
        at = self.do(order, at + 4 * MINUTE, "contact", actor, reached="yes", person=person, channel="phone")
        far = FAR.get(order.facts["alert_level"])
        outcome = "by_phone" if far == FAR["low"] else self.draw(OUTCOMES)
        at += rng.randrange(20, 60) * MINUTE if far is None else rng.randrange(1, far) * HOUR // 2
        if story.chance(1.5):
            at += 3 * HOUR
        met = {} if outcome in ("by_phone", "false_alert") else {"met": "yes"}
        at = self.attended(order, at, "民警、网格员", **met)
        at = self.put_right(order, at + rng.randrange(5, 60) * MINUTE)
        self.do(
            order, at + rng.randrange(20, 300) * MINUTE, "close", **closing(order, "solved", outcome=outcome)
        )

    def mediated(self, order: Order) -> None:
        """Take a dispute to the mediation desk: heard within days, settled well before its limit."""
        story = self.story
        at = self.do(order, story.office(order.logged, 5, 40), "accept")
        at = self.do(order, story.office(at, 2, 20), "dispatch", unit=order.unit)
        at = self.do(order, story.office(at, 10, 60), "sign", story.handler(order.unit))
        at = self.attended(order, story.office(at, 120, 900), "常驻调解员、司法所")
        at = self.put_right(order, story.office(at, 60, 1500))
        agreement = "not_settled" if story.chance(0.6) else "oral" if story.chance(35) else "written"
        verdict = "explained" if agreement == "not_settled" else "solved"
        self.do(order, story.office(at, 10, 120), "close", **closing(order, verdict, agreement=agreement))


OUTCOMES = (
    ("in_person", 86),
    ("transfer_stopped", 6),
    ("cheated_reported", 3),
    ("false_alert", 3),
    ("elsewhere", 2),
)
