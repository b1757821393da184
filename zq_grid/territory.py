"""The town's territory as an index: what each name may mean, whose each door is, which grid lies where.

Built from catalogue entries by `zq_grid.places`, which reads places with it; knows no wording of addresses
beyond a name and what follows it.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from zq_grid.rules.address import arabic, doors, normalise
from zq_grid.rules.outlines import Outlines

Entry = Mapping[str, Any]

# 金桂新苑路 is a road, not the estate; 金桂新苑路口 is a corner of the estate.
_ROAD = re.compile(r"[东西南北中]?路(?![口边上旁灯面])")
_DOOR = re.compile(
    r"[临甲乙丙丁]?[0-9]{1,5}(?:支?弄|[甲乙丙丁A-Z]?(?:号?[-至到、和][0-9]{1,4})?号(?![线楼]))"
)
_LAST_NUMBER = re.compile(r"[0-9]{1,4}$")
# What people leave out or put in: 北港3组, 金桂新苑小区2期, 西街5号 for 西街队.
_IN_VILLAGE = re.compile(r"^(.+)村([0-9]{1,3}组)$")
_PHASE = re.compile(r"^(.{2,}?)(第?[一二三四五六七八九十0-9]{1,2}期|[东西南北A-Z]区)$")
_HAMLET = re.compile(r"^(.*[^村〇零一二两三四五六七八九十0-9])[队宅]$")
_COMMITTEE = re.compile(r"(?:居民委员会|村民委员会|居委会|村委会|居委|村委|居民区|社区)$")
_TOWN = re.compile(r"^.{2,6}镇(?=.)")
_GRID = re.compile(r"^(.*?)第?0*([0-9]{1,3})号?网格$")


class Range(NamedTuple):
    """A run of door or building numbers, on one `side` (odd, even) of the street or on all."""

    first: int
    last: int
    grid: str
    micro: str | None = None
    side: str = "all"

    def holds(self, number: int) -> bool:
        """Say whether `number` is one of them."""
        if not self.first <= number <= self.last:
            return False
        return self.side == "all" or (self.side == "odd") == bool(number % 2)


class Estate(NamedTuple):
    """A residential estate or a village group, and the grids of its buildings."""

    code: str
    name: str
    neighbourhood: str
    ranges: tuple[Range, ...]


class Street(NamedTuple):
    """A street and the grids of its doors; lanes count as doors."""

    code: str
    name: str
    ranges: tuple[Range, ...]


class Grid(NamedTuple):
    """A grid, without its outline."""

    code: str
    name: str
    neighbourhood: str


class Hit(NamedTuple):
    """A known name found in a text: where it ends, and the codes of all it may mean there."""

    end: int
    estates: tuple[str, ...]
    neighbourhoods: tuple[str, ...]
    streets: tuple[str, ...]


@dataclass(slots=True)
class _Named:
    """All that one name may mean. `bare` streets (without 路) and `hamlets` (without 队) need a number behind them."""

    estates: tuple[str, ...] = ()
    neighbourhoods: tuple[str, ...] = ()
    streets: tuple[str, ...] = ()
    bare: tuple[str, ...] = ()
    hamlets: tuple[str, ...] = ()


class Territory:
    """Names, doors and outlines of one town.

    Attributes:
        area_of: neighbourhood → area, None where the area is unknown.
        short: neighbourhood → the name people use.
        lanes: (street, lane) → estates; street "" holds the lanes of all streets.
        doors: street → (door numbers, estate) of estates that have street doors instead of a lane.
    """

    def __init__(self) -> None:
        self.area_of: dict[str, str | None] = {}
        self.short: dict[str, str] = {}
        self.grids: dict[str, Grid] = {}
        self.estates: dict[str, Estate] = {}
        self.streets: dict[str, Street] = {}
        self.lanes: dict[tuple[str, str], tuple[str, ...]] = {}
        self.doors: dict[str, list[tuple[Range, str]]] = {}
        self.outlines = Outlines()
        self._names: dict[str, _Named] = {}
        self._lengths: dict[str, list[int]] = {}
        self._stems: dict[str, set[str]] = {}
        self._grid_numbers: dict[tuple[str, int], str] = {}

    def add_neighbourhood(self, entry: Entry, areas: set[str]) -> None:
        """Add one entry; `areas` are the codes that exist."""
        code, area = entry["code"], entry.get("area")
        self.area_of[code] = area if area in areas else None
        self.short[code] = entry.get("short", entry["name"])
        for name in (entry["name"], self.short[code], *entry.get("aliases", ())):
            for form in _spellings(name):
                named = self._name(form)
                named.neighbourhoods = _with(named.neighbourhoods, code)
                stem = _COMMITTEE.sub("", form)
                for known in {form, stem, stem.removesuffix("村"), stem.removesuffix("居")} - {""}:
                    self._stems.setdefault(known, set()).add(code)

    def add_grid(self, entry: Entry) -> None:
        """Add one entry with its outline, if it has one."""
        grid = Grid(entry["code"], entry["name"], entry["neighbourhood"])
        self.grids[grid.code] = grid
        if "number" in entry:
            self._grid_numbers[grid.neighbourhood, entry["number"]] = grid.code
        self.outlines.add(grid.code, entry.get("outline", ()))

    def add_street(self, entry: Entry) -> None:
        """Add one entry; an alias without 路, 街 or 道 counts only before a number."""
        code = entry["code"]
        self.streets[code] = Street(code, entry["name"], _ranges(entry.get("numbers", ())))
        for name in (entry["name"], *entry.get("aliases", ())):
            for form in _spellings(name):
                named = self._name(form)
                if name == entry["name"] or name.endswith(("路", "街", "道")):
                    named.streets = _with(named.streets, code)
                else:
                    named.bare = _with(named.bare, code)
                if form.endswith("路") and len(form) > 2:
                    named = self._name(form[:-1])
                    named.bare = _with(named.bare, code)

    def add_estate(self, entry: Entry) -> None:
        """Add one entry, an estate or a village group."""
        code = entry["code"]
        ranges = _ranges(entry.get("buildings", ()))
        self.estates[code] = Estate(code, entry["name"], entry["neighbourhood"], ranges)
        for name in (entry["name"], *entry.get("aliases", ())):
            for form in _spellings(name):
                self._add_estate_name(form, code)
        for door in entry.get("addresses", ()):
            if "lane" in door:
                for key in ((door["street"], str(door["lane"])), ("", str(door["lane"]))):
                    self.lanes[key] = _with(self.lanes.get(key, ()), code)
            else:
                side = "odd" if door["from"] % 2 else "even"
                held = Range(door["from"], door["to"], "", None, side)
                self.doors.setdefault(door["street"], []).append((held, code))

    def _add_estate_name(self, form: str, code: str) -> None:
        short = _IN_VILLAGE.sub(r"\1\2", form)
        longer = _PHASE.sub(r"\1小区\2", form)
        for said in {form, short, longer}:
            named = self._name(said)
            named.estates = _with(named.estates, code)
        if (hamlet := _HAMLET.match(form)) and len(hamlet[1]) > 1:
            named = self._name(hamlet[1])
            named.hamlets = _with(named.hamlets, code)

    def scan(self, text: str) -> list[Hit]:
        """Return the known names in a normalised text, from the left, each time the longest that fits."""
        hits: list[Hit] = []
        at, size = 0, len(text)
        while at < size:
            for length in self._lengths.get(text[at], ()):
                end = at + length
                named = self._names.get(text[at:end]) if end <= size else None
                if named and (hit := _standing(named, text, end)):
                    hits.append(hit)
                    at = end
                    break
            else:
                at += 1
        return hits

    def neighbourhood_by_name(self, text: str) -> str | None:
        """Return the one neighbourhood that a cell of a 居村委 column names, by name or code."""
        bare = text.strip().lower().removeprefix("n-")
        if bare in self.area_of:
            return bare
        written = _TOWN.sub("", normalise(text))
        for form in (written, _COMMITTEE.sub("", written)):
            codes = self._stems.get(form, set())
            if len(codes) == 1:
                return next(iter(codes))
        return None

    def grid_by_name(self, text: str, neighbourhood: str | None = None) -> str | None:
        """Return the grid that a cell of a 网格 column names, by name or code."""
        bare = text.strip().lower()
        if bare in self.grids:
            return bare
        match = _GRID.match(normalise(text))
        if not match:
            return None
        owner = self.neighbourhood_by_name(match[1]) if match[1] else neighbourhood
        return self._grid_numbers.get((owner or "", int(match[2])))

    def _name(self, form: str) -> _Named:
        if form not in self._names:
            self._names[form] = _Named()
            lengths = self._lengths.setdefault(form[0], [])
            if len(form) not in lengths:
                lengths.append(len(form))
                lengths.sort(reverse=True)
        return self._names[form]


def door_ahead(text: str, at: int) -> bool:
    """Say whether a lane or a door number begins at `text[at]`."""
    return _DOOR.match(text, at) is not None


def number_last(text: str, at: int) -> bool:
    """Say whether all that is left at `text[at]` is a number: a door without its 号."""
    return _LAST_NUMBER.match(text, at) is not None


def held_by(ranges: Iterable[Range], number: str) -> list[Range]:
    """Return the ranges that hold a number, or either end of a run of numbers."""
    ends = doors(number)
    return [held for held in ranges if any(held.holds(end) for end in ends)] if ends else []


def nearest(ranges: Sequence[Range], number: str) -> list[Range]:
    """Return the ranges of the doors that come closest to a number which none holds."""
    ends = doors(number)
    if not ends or not ranges:
        return []
    away = [(max(held.first - ends[0], ends[0] - held.last, 0), held) for held in ranges]
    least = min(distance for distance, _ in away)
    return [held for distance, held in away if distance == least]


def _standing(named: _Named, text: str, end: int) -> Hit | None:
    """Return what a name means before `text[end:]`, None if nothing."""
    following = text[end : end + 1]
    if following and following in "路东西南北中" and _ROAD.match(text, end):
        return None
    streets, estates = named.streets, named.estates
    if (named.bare or named.hamlets) and following.isdigit() and door_ahead(text, end):
        streets += tuple(code for code in named.bare if code not in streets)
        estates += tuple(code for code in named.hamlets if code not in estates)
    if not (streets or estates or named.neighbourhoods):
        return None
    return Hit(end, estates, named.neighbourhoods, streets)


def _spellings(name: str) -> set[str]:
    form = normalise(name)
    return {form, arabic(form)} - {""}


def _with(codes: tuple[str, ...], code: str) -> tuple[str, ...]:
    return codes if code in codes else (*codes, code)


def _ranges(entries: Iterable[Entry]) -> tuple[Range, ...]:
    return tuple(
        Range(one["from"], one["to"], one["grid"], one.get("micro"), one.get("side", "all"))
        for one in entries
    )
