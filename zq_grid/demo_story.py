"""The demo's two years as a plan: who does what when, from an invented call to an invented answer.

Nothing is written here. Times are seconds UTC and follow office hours, so that clocks run as they do in life;
the same seed and the same today give the same plan.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from random import Random
from typing import Any, NamedTuple

from zq_grid import demo_words as said
from zq_grid import intake
from zq_grid.catalogue import Catalogue
from zq_grid.demo_words import Matter
from zq_grid.rules import worktime

MINUTE, HOUR, DAY = 60, 3600, 86_400
# Two years; the last quarter of a year at real weight, one in ten before. The week that the printed one is compared
# with, and the one before it, whose cases are closed in it, have real weight too.
WEEKS, HEAVY, LIGHT = 104, 13, 0.1
YEAR_BEFORE = (WEEKS - 2 - 53, WEEKS - 2 - 52)
STORM = 5  # so many weeks before the printed one
DISPATCHER, CENTRE, LEADER = "w004", "w005", "w003"
# What comes in in one week, by where it comes from (domain, section 1); the second name is that of the words.
STREAMS: tuple[tuple[str, str, int], ...] = (
    ("hotline", "hotline", 96),
    ("patrol", "patrol", 230),
    ("video", "patrol", 20),
    ("street_patrol", "patrol", 14),
    ("safety_inspection", "safety", 10),
    ("inspection", "patrol", 4),
    ("station", "hotline", 6),
    ("wechat", "hotline", 3),
    ("petition_visit", "petition", 2),
    ("enterprise", "enterprise", 1),
    ("police_transfer", "police", 89),
    ("anti_fraud_centre", "", 53),
    ("mediation_desk", "dispute", 26),
    ("mediation_desk", "labour", 32),
)
CALLERS = frozenset({"hotline", "station", "wechat", "petition_visit", "enterprise"})
ROUND_THE_CLOCK = frozenset({"police_transfer", "anti_fraud_centre", "video"})
NOBODYS_PLACES = ("镇北环河绿道东侧", "高架桥下空地", "公交站旁边")
FRAUD = (
    "extreme officials",
    "high investment",
    "high brushing",
    "medium customer_service",
    "medium loan",
    "low other",
)
FRAUD_WORDS = {
    "officials": "接到自称公检法来电，要求把存款转入“安全账户”",
    "investment": "被拉入荐股群，下载投资软件，准备充值",
    "brushing": "在网上刷单，已做小额任务，对方要求垫付大额",
    "customer_service": "接到自称客服来电，称误开会员须取消扣费",
    "loan": "网上申请贷款，对方要求先交保证金",
    "other": "收到陌生链接短信，点击后填写了银行卡号",
}
# Who needn't be met in person has until then to be told.
FAR = {"medium": 20, "low": 40}


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
    """One case of the plan. `by_file`: it comes in a workbook, so nobody logs it by hand; `photos`: what it shows."""

    label: str
    received: int
    matter: Matter
    facts: dict[str, str]
    unit: str
    grid: str
    deeds: list[Deed] = field(default_factory=list)
    by_file: bool = False
    logged: int = 0
    actor: str = DISPATCHER


class Spot(NamedTuple):
    """A place that can be found: how people say it, and where it lies."""

    said: str
    neighbourhood: str
    grid: str


@dataclass
class Town:
    """What the plan needs of the catalogue: places by neighbourhood, doors of streets, people, the calendar."""

    estates: Sequence[tuple[str, int, Sequence[Spot]]]
    doors: Sequence[Spot]
    calendar: worktime.Calendar
    routes: Mapping[str, str]
    handlers: Mapping[str, str]
    known: Catalogue

    @classmethod
    def of(cls, known: Catalogue, at: int) -> "Town":
        """Read a catalogue that has its places."""
        streets = known.current("street")
        homes: dict[str, list[Spot]] = {}
        for entry in known.current("estate").values():
            own = str(entry["neighbourhood"])
            lanes = [a for a in entry["addresses"] if "lane" in a]
            for span in entry["buildings"]:
                for number in range(int(span["from"]), int(span["to"]) + 1):
                    spelled = [f"{entry['name']}{number}号楼"]
                    spelled += [f"{streets[a['street']]['name']}{a['lane']}弄{number}号" for a in lanes[:1]]
                    homes.setdefault(own, []).extend(Spot(s, own, str(span["grid"])) for s in spelled)
        grids = {code: str(entry["neighbourhood"]) for code, entry in known.current("grid").items()}
        doors = [
            Spot(f"{entry['name']}{number}号", grids[span["grid"]], str(span["grid"]))
            for entry in streets.values()
            for span in entry["numbers"]
            for number in range(
                int(span["from"]) + (span["side"] == "even") * (int(span["from"]) % 2), span["to"], 6
            )
        ]
        handlers: dict[str, str] = {}
        for code, entry in known.current("worker").items():
            if "handler" in entry.get("roles", ()) and entry.get("unit"):
                handlers.setdefault(str(entry["unit"]), code)
        routes = {code: str(entry.get("route", "")) for code, entry in known.current("type").items()}
        households = {c: int(e["households"]) for c, e in known.current("neighbourhood").items()}
        estates = [(code, households[code], homes[code]) for code in sorted(homes)]
        return cls(estates, doors, known.calendar_at(at), routes, handlers, known)


class Story:
    """Makes the plan, case by case."""

    def __init__(self, town: Town, rng: Random, begin: int, now: int) -> None:
        self.town, self.rng, self.begin, self.now = town, rng, begin, now
        self.calendar = town.calendar
        self._numbers = 0
        # where many live many call, more than by their share
        self.weights = [households**2 for _, households, _ in town.estates]
        # some houses call again and again
        self.troubled = [self._home() for _ in range(9)]
        self.storm = begin + (WEEKS - 2 - STORM) * 7 * DAY

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

    def moment(self, since: int, until: int, *, night: bool = False) -> int:
        """Return when something comes in: more by day than at night, and on working days unless `night`."""
        while True:
            at = self.rng.randrange(since, until)
            hour = (at + worktime.OFFSET) % DAY // HOUR
            weekend = worktime.day_of(at).weekday() > 4
            likely = 1.0 if 8 <= hour < 20 else 0.6 if night else 0.25 if 6 <= hour < 23 else 0.03
            if self.rng.random() < likely * (0.55 if weekend and not night else 1.0):
                return at

    def season(self, at: int) -> str:
        """Return what time of the year, or what weather, it is."""
        if self.storm + DAY <= at < self.storm + 4 * DAY:
            return "storm"
        day = worktime.day_of(at)
        return "summer" if day.month in (7, 8) else "holiday" if (day.month, day.day) in HOLIDAYS else ""

    # places -----------------------------------------------------------------------------------

    def _home(self) -> Spot:
        _, _, spots = self.rng.choices(self.town.estates, self.weights)[0]
        return self.rng.choice(spots)

    def place(self, *, street: bool = False) -> Spot:
        """Return where something is; now and then a place that nobody can find."""
        if self.chance(0.8):
            return Spot(self.rng.choice(NOBODYS_PLACES), "", self.rng.choice(self.town.doors).grid)
        if street:
            return self.rng.choice(self.town.doors)
        return self.rng.choice(self.troubled) if self.chance(2) else self._home()

    def unit(self, type_: str, neighbourhood: str) -> str:
        """Return who handles a type there."""
        route = self.town.routes.get(type_, "")
        if route not in ("neighbourhood", ""):
            return route
        return f"n-{neighbourhood}" if neighbourhood else "centre"

    def number(self, at: int) -> str:
        """Return the next number of the hotline's form: the date and six digits."""
        self._numbers += 1
        return f"{worktime.day_of(at):%Y%m%d}{(20_000 + self._numbers * 37) % 1_000_000:06}"

    def handler(self, unit: str) -> str:
        """Return a worker of a unit, else the dispatcher who writes down what the unit tells by telephone."""
        return self.town.handlers.get(unit, DISPATCHER)

    # how much of what -------------------------------------------------------------------------

    def shares(self, wanted: int) -> list[list[tuple[str, str, int]]]:
        """Return for each week what comes in: source, words, moment; `wanted` cases in all."""
        cells, weights = [], []
        for nth in range(WEEKS):
            start = self.begin + nth * 7 * DAY
            end = min(start + 7 * DAY, self.now - HOUR)
            if end <= start:
                continue
            heavy = nth >= WEEKS - HEAVY or nth in YEAR_BEFORE
            much = (1.0 if heavy else LIGHT) * (end - start) / (7 * DAY)
            for source, stream, weekly in STREAMS:
                cells.append((nth, source, stream, start, end))
                weights.append(much * weekly * self._busy(source, worktime.day_of(start)))
        found: list[list[tuple[str, str, int]]] = [[] for _ in range(WEEKS)]
        stormy = wanted // 60
        for cell in self.rng.choices(cells, weights, k=wanted - stormy):
            nth, source, stream, start, end = cell
            at = self.moment(start, end, night=source in ROUND_THE_CLOCK)
            found[nth].append((source, stream, at))
        ways = (("hotline", "hotline"), ("patrol", "patrol"), ("police_transfer", "police"))
        for _ in range(stormy):
            at = self.rng.randrange(self.storm + DAY, self.storm + 4 * DAY)
            found[WEEKS - 2 - STORM].append((*self.rng.choices(ways, (5, 3, 2))[0], at))
        return found

    @staticmethod
    def _busy(source: str, monday: date) -> float:
        """Return how much more than usual comes in: heat, the long holiday, New Year."""
        if monday.month in (7, 8):
            return 1.2 if source in ("hotline", "police_transfer") else 0.95
        if monday.month == 10 and monday.day < 8:
            return 1.15 if source == "police_transfer" else 0.7
        return 0.75 if monday.month == 2 else 1.0

    # cases ------------------------------------------------------------------------------------

    def ordinary(self, source: str, stream: str, at: int) -> Order:
        """Return a case that comes in by a source at a moment."""
        if source == "anti_fraud_centre":
            return self.fraud(at)
        matter = said.pick(self.rng, stream, self.season(at))
        return self.with_caller(at, matter, source) if source in CALLERS else self.found(at, matter, source)

    def with_caller(self, received: int, matter: Matter, source: str = "hotline") -> Order:
        """Return an order that somebody called in."""
        spot = self.place()
        room = f"{self.rng.randrange(1, 7)}0{self.rng.randrange(1, 5)}室" if self.chance(60) else ""
        place = spot.said + (room if spot.neighbourhood else "")
        name, phone = said.person(self.rng)
        label = self.number(received) if source == "hotline" else f"{source}-{received}-{self._next()}"
        facts = {
            "type": matter.type,
            "kind": matter.kind or "request",
            "source": source,
            "place": place,
            "text": f"{place}：{matter.text}",
            "reporter": name,
            "phone": phone,
            "accepted_at": worktime.to_text(received),
            **{name: value for name, value in matter.facts.items() if name not in LATER},
        }
        if source == "hotline":
            facts["order_number"] = label
        if self.chance(4):
            facts |= {"anonymous": "yes"}
            del facts["reporter"], facts["phone"]
        elif self.chance(3):
            facts["reply_wanted"] = "no"
        return Order(label, received, matter, facts, self.unit(matter.type, spot.neighbourhood), spot.grid)

    def found(self, received: int, matter: Matter, source: str) -> Order:
        """Return a case that a patrol or another office found."""
        spot = self.place(street=source in ("patrol", "street_patrol", "video") and self.chance(70))
        facts = {
            "type": matter.type,
            "source": source,
            "place": spot.said,
            "text": f"{spot.said}：{matter.text}",
            **{name: value for name, value in matter.facts.items() if name not in LATER},
        }
        if matter.type == "labour_dispute":
            facts["workers_count"] = str(self.rng.randrange(1, 9))
        label = f"{source}-{received}-{self._next()}"
        order = Order(label, received, matter, facts, self.unit(matter.type, spot.neighbourhood), spot.grid)
        if source == "patrol":
            order.actor = self.handler(f"n-{spot.neighbourhood}")
        return order

    def fraud(self, received: int, said_so: str = "") -> Order:
        """Return an alert of the anti-fraud centre; `said_so` is "<level> <kind>"."""
        level, kind = (said_so or self.rng.choices(FRAUD, (2, 4, 6, 6, 4, 5))[0]).split()
        spot = self.place()
        text = (
            f"反诈预警：{FRAUD_WORDS[kind]}，请{'立即见面' if level in ('extreme', 'high') else '及时'}劝阻。"
        )
        matter = Matter(
            "fraud_alert", "", text, "当面核实，讲明骗术，未转账。", "已当面劝阻，协助卸载软件。", {}
        )
        facts = {
            "type": "fraud_alert",
            "source": "anti_fraud_centre",
            "place": spot.said,
            "text": text,
            "alert_level": level,
            "fraud_kind": kind,
            "warned_person": said.person(self.rng)[0],
        }
        return Order(f"fraud-{received}-{self._next()}", received, matter, facts, "police", spot.grid)

    def _next(self) -> int:
        self._numbers += 1
        return self._numbers


# Facts of a matter that only the closing tells.
LATER = frozenset({"building_kind", "hazard_level"})
HOLIDAYS = frozenset([(1, 1), (5, 1), (5, 2), (5, 3), *((10, day) for day in range(1, 8))])


def in_words(town: Town, matter: Matter, text: str) -> bool:
    """Tell whether the words of an order alone say its type, as an import must guess it."""
    asks = any(f.get("needed") == "log" for f in (town.known.get("type", matter.type) or {}).get("field", ()))
    return not asks and intake.guess_type(town.known, text) == matter.type


def closing(order: Order, verdict: str, **more: Any) -> dict[str, Any]:
    """Return the facts of a closing: with a caller also the reply; always a conclusion."""
    done, type_ = order.matter.result, order.matter.type
    facts: dict[str, Any] = {
        "verdict": verdict,
        "conclusion": f"{order.matter.findings}{done}",
        "grid": order.grid,
    }
    if order.facts["source"] in CALLERS:
        facts |= {
            "fact_finding": "true",
            "claim_finding": "reasonable",
            "reply": done,
            "reply_channel": "phone",
        }
        if verdict in ("explained", "partly"):
            facts |= {"claim_finding": "partly", "finding_words": "诉求部分合理，其余已解释说明。"}
        elif verdict == "not_ours":
            facts |= {"finding_words": "经核实不属本镇职责。", "claim_finding": "unreasonable"}
    area = 6 + sum(map(ord, order.label)) % 30
    facts |= {
        "illegal_building_new": {
            "building_kind": order.matter.facts.get("building_kind", "other"),
            "area_m2": f"{area}.50",
            "way_removed": "self",
        },
        "group_renting": {"renting_kind": "divided"},
        "fraud_alert": {"outcome": "in_person"},
        "hazard": {"hazard_level": order.matter.facts.get("hazard_level", "general")},
        "dispute": {"agreement": "written"},
        "labour_dispute": {"agreement": "written", "settled_yuan": f"{area}00"},
        "petition": {"one_visit": "yes"},
    }.get(type_, {})
    return facts | more
