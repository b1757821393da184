"""The demo's tales: matters that one opens and reads from beginning to end, and what waits on today's desk."""

from collections.abc import Callable, Iterator

from zq_grid import demo_words as said
from zq_grid.demo_specials import Specials
from zq_grid.demo_story import CALLERS, CENTRE, DAY, DISPATCHER, HOUR, LEADER, MINUTE, Deed, Order, closing
from zq_grid.rules import worktime

SECONDS = 30  # what stands in time before now


class Tales(Specials):
    """Cases with a history of their own."""

    def tales(self, reported: int) -> Iterator[Order]:
        """Yield the orders of each tale; `reported` is the Monday of the printed week."""
        yield from self._relapse(reported)
        yield self._stopped(reported + 2 * DAY + 14 * HOUR)
        yield self._return_refused(reported + DAY + 11 * HOUR)
        yield self._asked_late(reported - 14 * DAY + 10 * HOUR)
        yield self._not_taken(reported + 3 * DAY + 11 * HOUR)
        yield self._suspended(reported - 3 * DAY + 10 * HOUR)

    def _relapse(self, reported: int) -> Iterator[Order]:
        """A terrace built over, cleared, and built over again three months later: supervised, removed, checked."""
        spot = self.story.troubled[1]
        orders = []
        for received in (reported - 91 * DAY + 10 * HOUR, reported + DAY + 9 * HOUR):
            order = self.by_hand(received, "illegal_building_new")
            order.grid = spot.grid
            order.facts["place"] = spot.said
            order.facts["text"] = f"{spot.said}：{order.matter.text}"
            orders.append(order)
        first, again = orders
        again.matter = again.matter._replace(result="依法强制拆除，材料当场清运。")
        again.facts["text"] = f"{spot.said}：三个月前拆掉的阳光房又在搭，违章搭建回潮，钢架已经立起来了。"
        for order in orders:
            actor, at = self.story.handler("urban_mgmt"), order.logged
            at = self.do(order, at + MINUTE, "accept")
            if order is again:
                self.do(order, at + 3 * MINUTE, "link", to=first.label, why="related")
                number = f"督〔{worktime.day_of(at).year}〕13 号"
                self.do(
                    order, at + 20 * MINUTE, "supervise", LEADER, order=number, reason="拆后回潮，从严处置。"
                )
            at = self.do(order, at + 2 * MINUTE, "dispatch", unit="urban_mgmt")
            at = self.do(order, at + 3 * MINUTE, "sign", actor)
            person = order.facts["reporter"]
            at = self.do(
                order, at + 9 * MINUTE, "contact", actor, reached="yes", person=person, channel="phone"
            )
            at = self.attended(order, max(at, order.received + 50 * MINUTE), "执法队员、网格员")
            way = "forced" if order is again else "self"
            area = {"removed_m2": "18.50"} if order is again else {}
            at = self.put_right(order, at + 3 * HOUR, way_removed=way, **area)
            at = self.do(
                order, self.story.office(at, 60, 200), "check", CENTRE, passed="yes", words="现场已清。"
            )
            at = self.do(order, at + 10 * MINUTE, "submit", actor)
            at = self.story.office(at, 20, 60)
            at = self.do(order, at, "close", **closing(order, "solved", area_m2="18.50", way_removed=way))
            self.visited(order, self.story.office(at, 60, 200), "satisfied")
            if order is again:
                words = "列入长期盯防，7 日、30 日、90 日复查。"
                self.do(order, self.story.office(at, 10, 30), "note", text=words)
        yield from orders

    def _stopped(self, received: int) -> Order:
        """Half of the money was gone; the rest was stopped at the bank's counter."""
        order = self.story.fraud(received, "extreme officials")
        order.logged = received + 2 * MINUTE
        actor, person = self.story.handler("police"), order.facts["warned_person"]
        at = self.do(order, order.logged, "accept")
        at = self.do(order, at, "dispatch", unit="police")
        at = self.do(order, at, "sign", actor)
        no = "占线，判断正与骗子通话，立即上门。"
        at = self.do(order, at + 2 * MINUTE, "contact", actor, reached="no", reason=no, channel="phone")
        findings = "在银行柜台前见到本人，正准备向“安全账户”转账。"
        at = self.do(
            order, received + 41 * MINUTE, "attend", actor, who="民警、网格员", findings=findings, met="yes"
        )
        at = self.do(order, at + MINUTE, "contact", actor, reached="yes", person=person, channel="door")
        done = "拦下第二笔转账，已转出的 20,000 元即报止付。"
        at = self.do(order, at + 40 * MINUTE, "handle", actor, result=done)
        self.do(order, at + 5 * MINUTE, "note", actor, text="3 日、7 日回看，由网格员上门。")
        end = closing(
            order, "solved", outcome="transfer_stopped", money_moved="20000", conclusion=findings + done
        )
        self.do(order, at + 3 * HOUR, "close", **end)
        return order

    def _return_refused(self, received: int) -> Order:
        """The unit held that it wasn't theirs; the centre held that it was."""
        order = self.by_hand(received, "parking")
        story, unit = self.story, self.story.unit("parking", "")
        at = self.do(order, order.logged + 5 * MINUTE, "accept")
        at = self.do(order, at + 5 * MINUTE, "dispatch", unit=unit)
        why = "消防通道属物业管理范围，请改派。"
        at = self.do(order, story.office(at, 30, 60), "return", story.handler(unit), to="centre", reason=why)
        no = "通道接市政道路，职责清单第 12 项，不予退单。"
        at = self.do(order, story.office(at, 20, 60), "rule_return", CENTRE, upheld="no", words=no)
        at = self.do(order, story.office(at, 10, 30), "sign", story.handler(unit))
        person = order.facts["reporter"]
        at = story.office(at, 10, 30)
        at = self.do(order, at, "contact", story.handler(unit), reached="yes", person=person, channel="phone")
        at = self.attended(order, story.office(at, 60, 300), "两名工作人员")
        return self.finished(order, story.office(at, 60, 400), "fairly")

    def _asked_late(self, received: int) -> Order:
        """More time was asked for a day after the limit: granted as a target, and overdue all the same."""
        order, _ = self.begun(received, "environment")
        story = self.story
        asked = story.office(story.due(received, 5), 60, 120)
        actor = story.handler(order.unit)
        why = "商户更换净化器，到货晚于预期。"
        asked = self.do(order, asked, "ask_extension", actor, days="3", reason=why)
        number = f"莲城运延〔{worktime.day_of(asked).year}〕11 号"
        at = self.do(order, story.office(asked, 30, 90), "grant_extension", LEADER, days="3", document=number)
        return self.finished(order, story.office(at, 600, 900))

    def _not_taken(self, received: int) -> Order:
        """Not for the town to decide: it lies with a court."""
        order = self.by_hand(received, "property_management")
        words = "已进入诉讼程序，告知向法院反映。"
        self.do(order, order.logged + 25 * MINUTE, "refuse", ground="in_litigation", words=words)
        return order

    def _suspended(self, received: int) -> Order:
        """A hazard whose clock stood still while the works waited for a permit."""
        order = self.story.found(received, said.of_type(self.rng, "hazard", "safety"), "safety_inspection")
        order.logged, story = received + 5 * MINUTE, self.story
        actor = story.handler(order.unit)
        at = self.do(order, order.logged + 10 * MINUTE, "accept")
        at = self.do(order, at + 5 * MINUTE, "dispatch", unit=order.unit)
        at = self.do(order, story.office(at, 10, 40), "sign", actor)
        at = self.attended(order, story.office(at, 30, 120), "安监员两名")
        at = self.do(order, story.office(at, 60, 100), "suspend", LEADER, reason="动火作业须先取得许可。")
        at = self.do(order, at + 4 * DAY, "resume", LEADER, reason="许可已取得。")
        at = self.put_right(order, story.office(at, 200, 500))
        at = self.do(order, story.office(at, 30, 90), "check", CENTRE, passed="yes", words="复查合格，销号。")
        self.do(order, story.office(at, 10, 60), "close", **closing(order, "solved"))
        return order

    # today ------------------------------------------------------------------------------------

    def today(self) -> Iterator[Order]:
        """Yield what waits at this moment: to accept, to dispatch, to contact, due, overdue, to visit."""
        now, back = self.story.now, self._back
        kinds = ("noise", "municipal", "parking", "property_management", "environment", "greening")
        waits = ("", "accept", "accept", "sign", "sign", "sign")
        for nth, (kind, last) in enumerate(zip(kinds, waits, strict=True)):
            yield self._until(self.by_hand(now - (200 - 31 * nth) * MINUTE, kind), last)
        for nth, kind in enumerate(("street_order", "hazard")):
            source = ("patrol", "safety_inspection")[nth]
            stream = ("patrol", "safety")[nth]
            order = self.story.found(
                now - (90 + nth * 20) * MINUTE, said.of_type(self.rng, kind, stream), source
            )
            order.logged = order.received + 3 * MINUTE
            yield self._until(order, "accept")
        yield self._until(self.by_hand(back(1) + 9 * HOUR, "ebike_charging"), "sign")
        for nth, kind in enumerate(("municipal", "greening", "environment")):
            yield self._until(self.by_hand(back(5) + (10 + nth) * HOUR, kind), "attend")
        for days, kind in ((6, "property_management"), (6, "noise")):
            yield self._until(self.by_hand(back(days) + 10 * HOUR, kind), "attend")
        for nth, kind in enumerate(("parking", "municipal", "consultation")):
            yield self._until(self.by_hand(back(2) + (9 + nth) * HOUR, kind), "close")

        yield from self._asked(back)

    def _asked(self, back: Callable[[int], int]) -> Iterator[Order]:
        """Yield what waits for the leader's word: more time, and an order left out of a rate."""
        later = self._until(self.by_hand(back(4) + 9 * HOUR, "environment"), "attend")
        why = "整改须错开营业时间，申请延期三个工作日。"
        asked = {"days": "3", "reason": why}
        out = self._until(self.by_hand(back(3) + 9 * HOUR, "noise"), "close")
        left = {"indicator": "satisfaction", "reason": "不合理诉求", "document": "情况说明"}
        for order, kind, body in ((later, "ask_extension", asked), (out, "exclude", left)):
            at = self.story.now - 20 * MINUTE
            order.deeds.append(Deed(at, at, self.story.handler(order.unit), order.label, kind, body))
            yield order

    def _back(self, days: int) -> int:
        """Return the beginning of the day from which n working days end today, or lately if today is none."""
        story = self.story
        day = worktime.day_start(worktime.day_of(story.now))
        while story.due(day, days) > worktime.day_start(worktime.day_of(story.now)) + DAY:
            day -= DAY
        return day

    def _until(self, order: Order, last: str) -> Order:
        """Take an order as far as a step, and no further."""
        story, unit = self.story, order.unit
        order.logged = min(order.logged, story.now)
        if last:
            actor = story.handler(unit)
            caller = order.facts["source"] in CALLERS
            steps: list[tuple[str, str, dict[str, str]]] = [("accept", DISPATCHER, {})]
            steps += [("dispatch", DISPATCHER, {"unit": unit}), ("sign", actor, {})] * (last != "accept")
            if last in ("attend", "close"):
                person = {"reached": "yes", "person": order.facts["reporter"], "channel": "phone"}
                steps += [("contact", actor, person)] * caller
                steps += [("attend", actor, {"who": "两名工作人员", "findings": order.matter.findings})]
            if last == "close":
                steps += [("handle", actor, {"result": order.matter.result}), ("submit", actor, {})]
                steps += [("close", DISPATCHER, closing(order, "solved"))]
            self._soon(order, steps)
        return order

    def _soon(self, order: Order, steps: list[tuple[str, str, dict[str, str]]]) -> None:
        """Plan steps between the logging and now, the first one quick, none after now."""
        room = max(0, self.story.now - SECONDS - order.logged)
        gap = min(25 * MINUTE, room // (len(steps) + 1))
        for nth, (kind, actor, body) in enumerate(steps, 1):
            at = order.logged + nth * gap
            order.deeds.append(Deed(at, at, actor, order.label, kind, body))
