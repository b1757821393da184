"""The demo's nine weeks as a plan: who does what when, from an invented call to an invented answer.

Nothing is written here. Times are seconds UTC and follow office hours, so that clocks run as they do in life;
the same seed and the same today give the same plan.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any, NamedTuple

from zq_grid import demo_words as said
from zq_grid.catalogue import Catalogue
from zq_grid.demo_words import Matter
from zq_grid.rules import worktime

MINUTE, HOUR, DAY = 60, 3600, 86_400
WEEKS = 9
NOBODYS_PLACES = ("镇北环河绿道东侧", "高架桥下空地", "公交站旁边")
# So many orders in a hundred go another way than the plain one.
LATE_CONTACT, LATE_SUBMIT, NEGLECTED, RETURNED, EXTENDED, ENTERED_LATE = 1.5, 1.5, 1.0, 3.0, 4.0, 2.5


class Deed(NamedTuple):
    """One step to be taken: recorded when, done when, by whom, on which case, with which facts."""

    recorded: int
    at: int
    actor: str
    label: str
    kind: str
    body: Mapping[str, Any]


@dataclass
class Order:
    """One case of the plan. `by_file`: it comes in a workbook, so nobody logs it by hand."""

    label: str
    received: int
    matter: Matter
    facts: dict[str, str]
    unit: str
    deeds: list[Deed] = field(default_factory=list)
    by_file: bool = False
    logged: int = 0


@dataclass
class Town:
    """What the plan needs of the catalogue: places by neighbourhood, people, the calendar."""

    places: Sequence[tuple[str, str, Sequence[str]]]
    calendar: worktime.Calendar
    routes: Mapping[str, str]
    handlers: Mapping[str, str]

    @classmethod
    def of(cls, known: Catalogue, at: int) -> "Town":
        """Read a catalogue that has its places."""
        streets = {code: entry["name"] for code, entry in known.current("street").items()}
        places: dict[str, list[str]] = {}
        for entry in known.current("estate").values():
            spellings = places.setdefault(str(entry["neighbourhood"]), [])
            numbers = [n for span in entry["buildings"] for n in (span["from"], span["to"])]
            lanes = [a for a in entry["addresses"] if "lane" in a]
            for number in numbers[:6]:
                spellings.append(f"{entry['name']}{number}号楼")
                spellings += [f"{streets[a['street']]}{a['lane']}弄{number}号" for a in lanes[:1]]
        busy = sorted(places, key=lambda code: (-len(places[code]), code))
        handlers: dict[str, str] = {}
        for code, entry in known.current("worker").items():
            if "handler" in entry.get("roles", ()) and entry.get("unit"):
                handlers.setdefault(str(entry["unit"]), code)
        routes = {code: str(entry.get("route", "")) for code, entry in known.current("type").items()}
        named = [(code, str(known.name("neighbourhood", code)), places[code]) for code in busy]
        return cls(named, known.calendar_at(at), routes, handlers)


class Story:
    """Makes the plan, case by case."""

    def __init__(self, town: Town, rng: Random, begin: int, now: int) -> None:
        self.town, self.rng, self.begin, self.now = town, rng, begin, now
        self.calendar = town.calendar
        self._numbers = 0
        # a few neighbourhoods call much more often than the others
        self.weights = [20, 16, 13, 9, 7] + [2] * max(0, len(town.places) - 5)

    # small things -----------------------------------------------------------------------------

    def chance(self, percent: float) -> bool:
        """Return True so many times in a hundred."""
        return self.rng.random() * 100 < percent

    def office(self, at: int, least: int, most: int) -> int:
        """Return a moment some office minutes after another."""
        seconds = self.rng.randrange(least * MINUTE, most * MINUTE + 1)
        return worktime.add_working_seconds(at, seconds, self.calendar)

    def due(self, at: int, days: int) -> int:
        """Return the end of the n-th working day after a moment."""
        return worktime.due(at, "working_days", days, self.calendar).at

    def moment(self, since: int, until: int) -> int:
        """Return when a citizen calls: more by day than at night, on working days more than at weekends."""
        while True:
            at = self.rng.randrange(since, until)
            hour = (at + worktime.OFFSET) % DAY // HOUR
            weekend = worktime.day_of(at).weekday() > 4
            likely = (1.0 if 8 <= hour < 20 else 0.25 if 6 <= hour < 23 else 0.03) * (
                0.55 if weekend else 1.0
            )
            if self.rng.random() < likely:
                return at

    def place(self) -> tuple[str, str]:
        """Return an address and its neighbourhood's code; now and then one that nobody can find."""
        if self.chance(1.5):
            return self.rng.choice(NOBODYS_PLACES), ""
        code, _, spellings = self.rng.choices(self.town.places, self.weights[: len(self.town.places)])[0]
        room = f"{self.rng.randrange(1, 7)}0{self.rng.randrange(1, 5)}室" if self.chance(60) else ""
        return self.rng.choice(spellings) + room, code

    def unit(self, type_: str, neighbourhood: str) -> str:
        """Return who handles a type there."""
        route = self.town.routes.get(type_, "")
        if route not in ("neighbourhood", ""):
            return route
        return f"n-{neighbourhood}" if neighbourhood else "centre"

    def number(self, at: int) -> str:
        """Return the next number of the hotline's form: the date and six digits."""
        self._numbers += 1
        return f"{worktime.day_of(at):%Y%m%d}{20_000 + self._numbers * 37:06}"

    def handler(self, unit: str) -> str:
        """Return a worker of a unit, else the dispatcher who writes down what the unit tells by telephone."""
        return self.town.handlers.get(unit, DISPATCHER)

    def spread(self, share: int) -> list[int]:
        """Return the moments at which `share` cases are received, in order."""
        return sorted(self.moment(self.begin, self.now - HOUR) for _ in range(share))

    # cases ------------------------------------------------------------------------------------

    def hotline(self, received: int, matter: Matter | None = None) -> Order:
        """Return an order of the hotline and what is done about it."""
        matter = matter or said.pick(self.rng, said.MATTERS)
        place, neighbourhood = self.place()
        name, phone = said.person(self.rng)
        label = self.number(received)
        facts = {
            "type": matter.type,
            "kind": matter.kind,
            "source": "hotline",
            "order_number": label,
            "place": place,
            "text": f"{place}：{matter.text}",
            "reporter": name,
            "phone": phone,
            "accepted_at": worktime.to_text(received),
        }
        if self.chance(4):
            facts |= {"anonymous": "yes"}
            del facts["reporter"], facts["phone"]
        elif self.chance(3):
            facts["reply_wanted"] = "no"
        return Order(label, received, matter, facts, self.unit(matter.type, neighbourhood))

    def without_caller(self, received: int, source: str) -> Order:
        """Return a case that a patrol or another office found."""
        table = said.POLICE if source == "police_transfer" else said.PATROL
        matter = said.pick(self.rng, table)
        place, neighbourhood = self.place()
        facts = {"type": matter.type, "source": source, "place": place, "text": f"{place}：{matter.text}"}
        label = f"{source}-{received}-{self.rng.randrange(10**6)}"
        return Order(label, received, matter, facts, self.unit(matter.type, neighbourhood))

    def fraud(self, received: int) -> Order:
        """Return an alert of the anti-fraud centre."""
        level, kind = self.rng.choice(said.FRAUDS)
        place, _ = self.place()
        matter = Matter("fraud_alert", "", "反诈预警，请上门劝阻。", "当面核实，未转账。", "已当面劝阻。")
        facts = {
            "type": "fraud_alert",
            "source": "anti_fraud_centre",
            "place": place,
            "text": "反诈预警，请上门劝阻。",
            "alert_level": level,
            "fraud_kind": kind,
            "warned_person": said.person(self.rng)[0],
        }
        return Order(f"fraud-{received}-{self.rng.randrange(10**6)}", received, matter, facts, "police")


DISPATCHER, CENTRE, LEADER = "w004", "w005", "w003"


def closing(order: Order, verdict: str, **more: Any) -> dict[str, Any]:
    """Return the facts of a closing: with a caller also the reply; always a conclusion."""
    done = order.matter.result
    facts: dict[str, Any] = {
        "verdict": verdict,
        "fact_finding": "true",
        "claim_finding": "reasonable",
        "reply": done,
        "reply_channel": "phone",
        "conclusion": f"{order.matter.findings}{done}",
        "grid": "lw1-01",
    }
    if verdict in ("explained", "partly"):
        facts |= {"claim_finding": "partly", "finding_words": "诉求部分合理，其余已解释说明。"}
    elif verdict == "not_ours":
        facts |= {"finding_words": "经核实不属本镇职责。", "claim_finding": "unreasonable"}
    if order.matter.type == "illegal_building_new":
        facts |= {"building_kind": "sun_room", "area_m2": "12.50", "to_complete": "yes"}
    elif order.matter.type == "group_renting":
        facts |= {"renting_kind": "divided"}
    elif order.matter.type == "fraud_alert":
        facts |= {"outcome": "in_person"}
    return facts | more
