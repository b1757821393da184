"""Random histories of cases as a station might live them, rounds, lateness and second thoughts included."""

import json
import random
from collections.abc import Iterator
from typing import Any

from zq_grid.rules import worktime

HOUR, DAY = 3600, 86_400
TYPES = ("noise", "property_management", "illegal_building_new", "group_renting", "consultation", "other")
KINDS = ("complaint", "request", "report", "consultation", "suggestion", "thanks", None)
PLACES = ("和溪五村 12 号", "金桂新苑 27 号", "朝阳村", "无名路 9999 号")
CLOSING = {
    "fact_finding": "true",
    "claim_finding": "reasonable",
    "reply": "已告知",
    "reply_channel": "phone",
    "conclusion": "已处理。",
    "grid": "hexi5-02",
}


class History:
    """One case's lines for `practice.replay`, told by a die."""

    def __init__(self, die: random.Random, label: str, start: int) -> None:
        self.die, self.label, self.now = die, label, start
        self.others: list[str] = []

    def line(self, step: str, body: dict[str, Any], *, number: str | None = None) -> dict[str, Any]:
        """Return one line; now and then it is written down late, or only its day is known."""
        die = self.die
        did = self.now - die.randrange(0, 2 * DAY) if die.random() < 0.1 else self.now
        late = die.randrange(0, 5 * DAY) if die.random() < 0.15 else 0
        at = worktime.to_text(did)
        if die.random() < 0.04:
            at = at[:10]
        return {
            "at": at,
            "recorded_at": worktime.to_text(max(did, self.now) + late),
            "number": number or self.label,
            "step": step,
            "body": body,
        }

    def wait(self, longest: int) -> None:
        """Let some time pass, sometimes to the second of midnight."""
        self.now += self.die.randrange(60, longest)
        if self.die.random() < 0.1:
            self.now = worktime.day_end(worktime.day_of(self.now)) + self.die.choice((0, 1))

    def log(self, order: str) -> dict[str, Any]:
        """Return the line that begins the case."""
        die = self.die
        body: dict[str, Any] = {
            "type": die.choice(TYPES),
            "source": "hotline" if die.random() < 0.9 else die.choice(("patrol", "wechat", "station")),
            "place": die.choice(PLACES),
            "text": "说的事情",
            "reporter": "甲",
            "phone": "13800000001",
            "anonymous": "yes" if die.random() < 0.08 else "no",
            "reply_wanted": "no" if die.random() < 0.06 else "yes",
            "order_number": order,
        }
        if kind := die.choice(KINDS):
            body["kind"] = kind
        body["mode"] = die.choice(("transfer", "transfer", "supervised", "recheck"))
        if die.random() < 0.1:
            body["urgency"] = "urgent"
        if die.random() < 0.8:
            received = self.now - die.randrange(0, DAY)
            text = worktime.to_text(received)
            body["received_at" if die.random() < 0.8 else "accepted_at"] = (
                text[:10] if die.random() < 0.08 else text
            )
        if die.random() < 0.1:
            due = worktime.to_text(self.now + die.randrange(DAY, 9 * DAY))
            body["platform_due"] = due[:10] if die.random() < 0.4 else due
        return self.line("log", body)

    def middle(self) -> tuple[str, dict[str, Any]]:
        """Return a step that may come at any time while the case is open."""
        die = self.die
        day = worktime.day_of(self.now + die.randrange(0, 12 * DAY)).isoformat()
        return die.choice((*self.limiting(day), *self.moving(), *self.talking()))

    def limiting(self, day: str) -> tuple[tuple[str, dict[str, Any]], ...]:
        """Return what moves limits, or facts that figures are counted by."""
        die = self.die
        return (
            ("ask_extension", {"until": day, "reason": "配件"}),
            ("ask_extension", {"days": die.randrange(1, 4), "reason": "配件"}),
            ("grant_extension", {"until": day}),
            ("grant_extension", {"days": die.randrange(1, 4)}),
            ("grant_extension", {}),
            ("refuse_extension", {"reason": "不同意"}),
            ("supervise", {"order": "督 1"}),
            ("suspend", {"reason": "等"}),
            ("resume", {}),
            ("amend", {"type": die.choice(TYPES)}),
            ("amend", {"kind": die.choice([k for k in KINDS if k])}),
            ("amend", {"mode": die.choice(("transfer", "supervised"))}),
            ("amend", {"urgency": die.choice(("urgent", "normal"))}),
            ("amend", {"platform_due": day}),
            ("amend", {"anonymous": die.choice(("yes", "no"))}),
            ("amend", {"neighbourhood": die.choice(("hexi5", "jingu", "chao"))}),
        )

    def moving(self) -> tuple[tuple[str, dict[str, Any]], ...]:
        """Return what moves the case between units, orders and levels."""
        die = self.die
        into = die.choice(self.others) if self.others else self.label
        return (
            ("dispatch", {"unit": die.choice(("housing", "police", "urban_mgmt"))}),
            ("transfer", {"unit": die.choice(("housing", "police")), "reason": "不属本单位"}),
            ("assign", {"worker": die.choice(("w001", "w002", "w003"))}),
            ("sign", {}),
            ("return", {"to": die.choice(("centre", "district")), "reason": "不属"}),
            ("rule_return", {"upheld": die.choice(("yes", "no", "no"))}),
            ("escalate", {"level": "area", "reason": "难"}),
            ("merge", {"into": into, "repeat": die.choice(("yes", "no"))}),
            ("unmerge", {}),
        )

    def talking(self) -> tuple[tuple[str, dict[str, Any]], ...]:
        """Return contacts, early visits, exclusions and notes."""
        die = self.die
        indicator = die.choice(
            ("first_contact", "on_time_closing", "satisfaction", "actual_resolution", "all")
        )
        answer = die.choice(("satisfied", "no_answer"))
        reached = die.choice(("yes", "yes", "no", "not_assessed"))
        return (
            ("contact", {"reached": reached, "person": "甲", "reason": "无人"}),
            ("contact", {"reached": "yes", "person": "甲"}),
            ("exclude", {"indicator": indicator, "reason": die.choice(("重复", "不合理"))}),
            ("approve_exclusion", {}),
            ("visit", {"by": die.choice(("centre", "unit")), "satisfaction": answer, "words": "好"}),
            ("note", {"text": "记"}),
        )

    def visit(self) -> tuple[str, dict[str, Any]]:
        """Return a return visit with a random answer."""
        die = self.die
        answer = die.choice(
            ("satisfied", "fairly", "so_so", "dissatisfied", "no_answer", "not_asked", "refused")
        )
        return "visit", {
            "by": die.choice(("centre", "centre", "unit")),
            "satisfaction": answer,
            "words": "话",
        }

    def lines(self, order: str) -> Iterator[dict[str, Any]]:
        """Tell the whole case."""
        die = self.die
        yield self.log(order)
        self.wait(6 * HOUR)
        if die.random() < 0.03:
            yield self.line("refuse", {"ground": "other"})
            return
        if die.random() < 0.97:
            yield self.line("accept", {})
        for _ in range(die.randrange(1, 4)):
            for _ in range(die.randrange(0, 6)):
                self.wait(2 * DAY)
                yield self.line(*self.middle())
            self.wait(3 * DAY)
            yield self.line("attend", {"who": "沈", "findings": "属实"})
            self.wait(DAY)
            yield self.line("handle", {"result": "好"})
            if die.random() < 0.8:
                self.wait(2 * DAY)
                yield self.line("submit", {})
            self.wait(DAY)
            if die.random() < 0.85:
                verdict = die.choice(("solved", "explained", "partly", "returned", "not_ours"))
                done = die.choice(({"to_complete": "yes"}, {}))
                yield self.line("contact", {"reached": "no", "reason": "无人接听"})
                yield self.line("close", {**CLOSING, "verdict": verdict, **done})
                for _ in range(die.randrange(0, 3)):
                    self.wait(2 * DAY)
                    yield self.line(*self.visit())
                if die.random() < 0.1:
                    yield self.line("amend", {"verdict": die.choice(("solved", "partly"))})
            if die.random() < 0.05:
                yield self.line(die.choice(("withdraw", "void")), {"reason": "撤"})
                return
            self.wait(2 * DAY)
            yield self.line("reopen", {"reason": "不满意"})


def histories(seed: int, count: int, start: str = "2026-08-24") -> tuple[list[str], list[int]]:
    """Return JSON lines of `count` cases told after each other, with retractions, and the moments they arrive at.

    A history that reaches into 2027 has that year's calendar entered, and later changed, in its midst.
    """
    die = random.Random(seed)
    first = worktime.parse(start)[0]
    lines: list[str] = []
    moments: list[int] = []
    labels: list[str] = []

    def tell(line: dict[str, Any]) -> int:
        lines.append(json.dumps(line, ensure_ascii=False))
        moments.append(worktime.parse(line["recorded_at"])[0])
        return len(lines)

    for nth in range(count):
        label = f"L{nth}"
        history = History(die, label, first + die.randrange(0, 60 * DAY))
        history.others = labels[-5:]
        mine: list[int] = []
        for line in history.lines(f"2026{seed % 10000:04d}{nth:06d}"):
            mine.append(tell(line))
            if die.random() < 0.06:
                body = {"step": f"@{die.choice(mine)}", "reason": "记错"}
                mine.append(tell(history.line("retract", body)))
        labels.append(label)
        if start > "2026-11" and nth in {count // 3, 2 * count // 3}:
            tell(calendar_2027(first + die.randrange(20 * DAY, 50 * DAY), version=nth))
    return lines, sorted(moments)


def calendar_2027(at: int, version: int) -> dict[str, Any]:
    """Return the line that enters an invented calendar of 2027."""
    entry = {
        "year": 2027,
        "version": version + 1,
        "off": [
            {"from": "2027-01-01", "to": "2027-01-03", "name": "元旦"},
            {"from": "2027-01-13", "to": "2027-01-14", "name": "假"},
        ],
        "work": [{"day": "2027-01-09", "name": "元旦"}, {"day": f"2027-01-{16 + version % 2}", "name": "假"}],
    }
    when = worktime.to_text(at)
    return {
        "at": when,
        "recorded_at": when,
        "number": "",
        "step": "define",
        "body": {"kind": "calendar", "entry": entry},
    }
