"""The demo's side ways: what a town's desk sees now and then, each shown once in the week that is printed."""

from collections.abc import Iterator

from zq_grid import demo_words as said
from zq_grid.demo_course import ANSWERS, Course
from zq_grid.demo_story import CENTRE, DAY, HOUR, LEADER, MINUTE, Order, closing
from zq_grid.rules import worktime


class Specials(Course):
    """Cases that are merged, returned, split, supervised, left out or neglected."""

    def all(self, reported: int) -> Iterator[Order]:
        """Yield one case, or a group, for each side way; `reported` is the Monday of the printed week."""
        yield from self._flood(reported + DAY + 19 * HOUR)
        yield from self._repeat(reported + 9 * HOUR)
        yield self._rooms(reported + 10 * HOUR)
        yield self._supervised(reported + DAY + 9 * HOUR)
        yield self._refused_and_back(reported + DAY + 10 * HOUR)
        yield self._excluded(
            reported - 6 * DAY + 14 * HOUR, "actual_resolution", "不合理诉求", "莲城运〔2026〕31 号"
        )
        yield self._excluded(
            reported - 5 * DAY + 15 * HOUR, "satisfaction", "重复诉求", "莲城运〔2026〕32 号"
        )
        yield self._voided(reported + 2 * DAY + 9 * HOUR)
        yield self._neglected(reported - 4 * DAY + 9 * HOUR)
        yield self._waiting(reported - 5 * DAY + 10 * HOUR)
        yield self._dissatisfied(reported - 3 * DAY + 9 * HOUR)
        yield self._split(reported + 2 * DAY + 10 * HOUR)
        for day, hour in ((-2, 15), (-1, 10), (5, 16), (6, 9)):
            yield self.story.with_caller(
                reported + day * DAY + hour * HOUR, said.of_type(self.rng, "municipal")
            )

    def by_hand(self, received: int, kind: str) -> Order:
        """Return an order of the desk's, logged at once, of the first matter of a type."""
        order = self.story.with_caller(received, said.of_type(self.rng, kind))
        name, phone = said.person(self.rng)
        order.facts |= {"reporter": name, "phone": phone}
        for flag in ("anonymous", "reply_wanted"):
            order.facts.pop(flag, None)
        order.logged = received + 10 * MINUTE
        return order

    def _flood(self, received: int) -> Iterator[Order]:
        """Four callers, one flooded garage: handled together, each contacted and asked by itself."""
        story = self.story
        spot = self.story.troubled[0]
        place = spot.said
        four = [self.by_hand(received + n * 17 * MINUTE, "property_management") for n in range(4)]
        lead = four[0]
        for order in four:
            order.unit, order.grid = lead.unit, spot.grid
            order.facts |= {
                "place": place,
                "text": f"{place}：暴雨后地下车库积水没过脚踝，水管倒灌，车子开不出来。",
            }
            self.do(order, order.logged + 5 * MINUTE, "accept")
        at = max(order.logged for order in four) + 20 * MINUTE
        for order in four[1:]:
            at = self.do(order, at + MINUTE, "merge", into=lead.label, reason="同一车库积水，一并处置")
        at = self.do(lead, at + 5 * MINUTE, "dispatch", unit=lead.unit)
        actor = story.handler(lead.unit)
        at = self.do(lead, at + 20 * MINUTE, "sign", actor)
        for order in four:
            at = self.do(
                order,
                at + 6 * MINUTE,
                "contact",
                actor,
                reached="yes",
                person=order.facts["reporter"],
                channel="phone",
            )
        at = self.do(
            lead,
            at + 40 * MINUTE,
            "attend",
            actor,
            who="物业、居委、房管所",
            findings="车库集水井水泵跳闸，积水约 20 厘米。",
        )
        at = self.do(lead, at + 3 * HOUR, "handle", actor, result="抽干积水，更换水泵，加装水位报警。")
        at = self.do(lead, story.office(at, 60, 200), "submit", actor)
        at = self.do(lead, story.office(at, 20, 60), "close", **closing(lead, "solved"))
        for order in four:
            at = self.visited(order, story.office(at, 20, 60), self.draw(ANSWERS[:2]))
        yield from four

    def _repeat(self, received: int) -> Iterator[Order]:
        """The same caller again with the same matter: counted once."""
        first = self.by_hand(received, "noise")
        again = self.by_hand(received + 5 * HOUR, "noise")
        again.facts |= {name: first.facts[name] for name in ("reporter", "phone", "place")}
        again.grid = first.grid
        self.called(first, plain=True)
        at = self.do(again, again.logged + 5 * MINUTE, "accept")
        self.do(
            again,
            at + 10 * MINUTE,
            "merge",
            LEADER,
            into=first.label,
            repeat="yes",
            reason="同一诉求人同一事项，批准并单",
        )
        yield first
        yield again

    def _rooms(self, received: int) -> Order:
        """Group renting with its table of rooms, from which the criteria are worked out."""
        order = self.by_hand(received, "group_renting")
        self.called(order, plain=True)
        rooms = [
            {"use": "divided", "m2": "8.5", "persons": 2},
            {"use": "bedroom", "m2": "12", "persons": 3},
            {"use": "balcony", "m2": "4.2", "persons": 1},
        ]
        order.deeds = [
            deed._replace(body={**deed.body, "rooms": rooms}) if deed.kind == "attend" else deed
            for deed in order.deeds
        ]
        return order

    def _supervised(self, received: int) -> Order:
        order = self.by_hand(received, "noise")
        self.called(order, plain=True)
        at = order.logged + 2 * HOUR
        self.do(
            order, at, "supervise", LEADER, order="督〔2026〕12 号", reason="媒体关注，三个工作日内办结。"
        )
        self.do(order, at + 10 * MINUTE, "escalate", LEADER, level="centre", reason="跨单位协调")
        return order

    def _refused_and_back(self, received: int) -> Order:
        """An order of another town's: returned to the district, upheld, out of every rate."""
        order = self.by_hand(received, "other")
        at = self.do(order, order.logged + 5 * MINUTE, "accept")
        at = self.do(order, at + 20 * MINUTE, "return", to="district", reason="地点在邻镇，非本镇辖区。")
        self.do(
            order, self.story.office(at, 200, 500), "rule_return", CENTRE, upheld="yes", words="同意退单。"
        )
        return order

    def _excluded(self, received: int, indicator: str, reason: str, document: str) -> Order:
        order = self.by_hand(received, "property_management")
        self.called(order, plain=True)
        ends = [deed.recorded for deed in order.deeds if deed.kind == "close"]
        at = self.do(
            order, ends[-1] + 20 * HOUR, "exclude", indicator=indicator, reason=reason, document=document
        )
        self.do(order, at + 3 * HOUR, "approve_exclusion", LEADER, indicator=indicator, document=document)
        return order

    def _voided(self, received: int) -> Order:
        order = self.story.found(received, said.of_type(self.rng, "municipal", "patrol"), "patrol")
        order.logged = received + 5 * MINUTE
        self.do(order, order.logged + 10 * MINUTE, "void", reason="同一处重复登记。")
        return order

    def begun(self, received: int, kind: str) -> tuple[Order, int]:
        """Return an order that was contacted and looked at in good time."""
        order = self.by_hand(received, kind)
        actor = self.story.handler(order.unit)
        at = self.do(order, order.logged + 5 * MINUTE, "accept")
        at = self.do(order, at + 5 * MINUTE, "dispatch", unit=order.unit)
        at = self.do(order, self.story.office(at, 10, 40), "sign", actor)
        person = order.facts["reporter"]
        at = self.do(order, at + 20 * MINUTE, "contact", actor, reached="yes", person=person, channel="phone")
        findings = order.matter.findings
        return order, self.do(
            order, self.story.office(at, 60, 300), "attend", actor, who="两名工作人员", findings=findings
        )

    def finished(self, order: Order, at: int, answer: str = "so_so") -> Order:
        """Plan the end of an order that was begun, up to the citizen's answer."""
        at = self.do(order, at, "handle", self.story.handler(order.unit), result=order.matter.result)
        at = self.do(order, at + 10 * MINUTE, "submit", self.story.handler(order.unit))
        at = self.do(order, self.story.office(at, 20, 60), "close", **closing(order, "partly"))
        self.visited(order, self.story.office(at, 60, 200), answer)
        return order

    def _neglected(self, received: int) -> Order:
        """Past its limit on Sunday, and put right only the week after."""
        order, _ = self.begun(received, "other")
        return self.finished(order, self.story.office(received + 11 * DAY, 60, 200))

    def _waiting(self, received: int) -> Order:
        """More time was asked for in time; on Sunday nobody had decided yet, on Monday it was granted."""
        order, at = self.begun(received, "property_management")
        asked = worktime.day_start(worktime.day_of(self.story.due(received, 5))) + 10 * HOUR
        actor = self.story.handler(order.unit)
        asked = self.do(
            order, max(at, asked), "ask_extension", actor, days="5", reason="维修资金表决未满公示期。"
        )
        monday = received + 12 * DAY - HOUR
        at = self.do(
            order,
            max(monday, self.story.office(asked, 30, 60)),
            "grant_extension",
            LEADER,
            days="5",
            document="莲城运延〔2026〕9 号",
        )
        return self.finished(order, self.story.office(at, 900, 1200))

    def _dissatisfied(self, received: int) -> Order:
        """The citizen isn't satisfied, and the matter is taken up again."""
        order, at = self.begun(received, "property_management")
        self.finished(order, self.story.office(at, 60, 200), "dissatisfied")
        self.second_round(order, self.story.office(order.deeds[-1].recorded, 20, 200))
        return order

    def _split(self, received: int) -> Order:
        matter = said.of_type(self.rng, "street_order", "patrol")
        order = self.story.found(received, matter, "street_patrol")
        order.logged = received + 5 * MINUTE
        at = self.do(order, order.logged + 5 * MINUTE, "accept")
        at = self.do(order, at + 5 * MINUTE, "dispatch", unit="urban_mgmt")
        parts = [{"unit": "market", "text": "核查证照"}, {"unit": "greening", "text": "清理绿地"}]
        at = self.do(order, at + 20 * MINUTE, "split", sub_cases=parts, reason="涉及两个单位")
        whole, story = order.label, self.story
        for part in ("#1", "#2", ""):
            order.label = whole + part
            if part:
                at = self.do(order, at + 30 * MINUTE, "sign")
            who = "执法队员、网格员"
            at = self.do(order, story.office(at, 30, 90), "attend", who=who, findings=order.matter.findings)
            at = self.do(order, story.office(at, 60, 200), "handle", result=order.matter.result)
            at = self.do(order, at + 10 * MINUTE, "submit")
            at = self.do(order, story.office(at, 20, 60), "close", **closing(order, "solved"))
        return order
