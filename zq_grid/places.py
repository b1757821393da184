"""Finds where a case is, in the town's own territory, from the words of its place and from coordinates.

Pure in what it is given: plain catalogue entries in, frozen places out. What is ambiguous is offered as
candidates and never chosen; spelling is the matter of `zq_grid.rules.address`.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from zq_grid.rules.address import normalise, split, without_room
from zq_grid.rules.outlines import point
from zq_grid.territory import Entry, Grid, Hit, Range, Territory, door_ahead

_CACHED = 4096
# A known name with one of these behind it is another, unknown estate: 金桂新苑三期.
_ANOTHER = re.compile(r"第?[一二三四五六七八九十0-9]{1,2}[期区]|[东西南北中A-Z][区苑园]")


class Candidate(NamedTuple):
    """One reading of a place. `name` is for people; codes are None where the words don't go so far.

    `key` is "" where the reading knows neither an estate nor a door on a street.
    """

    name: str
    neighbourhood: str | None
    area: str | None
    grid: str | None = None
    micro_grid: str | None = None
    estate: str | None = None
    building: str | None = None
    key: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a case is. A code is None where nothing is known or the candidates don't agree on it.

    Attributes:
        how: "outline" (coordinates lie in a grid), "address" (words), "none".
        certain: exactly one reading, nothing against it. Its grid may still be None (a whole village).
        conflict: words and coordinates, or the words among themselves, name different places.
        candidates: what to offer; the readings of the words, where coordinates decided those that fit.
        key: equal for two spellings of the same place, up to the building; "" for an empty place.
    """

    neighbourhood: str | None
    area: str | None
    grid: str | None
    micro_grid: str | None
    estate: str | None
    building: str | None
    room: str | None
    how: str
    certain: bool
    conflict: bool
    candidates: tuple[Candidate, ...]
    key: str


class _Reading(NamedTuple):
    candidates: tuple[Candidate, ...]
    room: str | None
    key: str
    sure: bool
    conflict: bool


class Gazetteer:
    """Looks up places in one town's territory; build it anew when the catalogue changes."""

    def __init__(self, territory: Territory) -> None:
        self._territory = territory
        self._cached = lru_cache(_CACHED)(self._resolve)

    @classmethod
    def build(
        cls,
        areas: Iterable[Entry],
        neighbourhoods: Iterable[Entry],
        grids: Iterable[Entry],
        estates: Iterable[Entry],
        streets: Iterable[Entry],
    ) -> "Gazetteer":
        """Return a gazetteer of these catalogue entries (the fields of resources/catalogue/town).

        References that lead nowhere are kept as they are: whoever edits the catalogue is told elsewhere.

        Raises:
            KeyError: an entry lacks its code, name or owner.
        """
        territory = Territory()
        known = {entry["code"] for entry in areas}
        for entry in neighbourhoods:
            territory.add_neighbourhood(entry, known)
        for entry in grids:
            territory.add_grid(entry)
        for entry in streets:
            territory.add_street(entry)
        for entry in estates:
            territory.add_estate(entry)
        return cls(territory)

    def resolve(self, text: str, lon: str | None = None, lat: str | None = None) -> Place:
        """Return where `text` is, and the coordinates (decimal degrees) if both are given and readable.

        Never raises: what can't be found comes back with `how` "none", and still with a key.
        """
        return self._cached(text, lon or "", lat or "")

    def neighbourhood_by_name(self, text: str) -> str | None:
        """Return the code for a cell of a 居村委 column: any usual form of its name, or a code; else None."""
        return self._territory.neighbourhood_by_name(text)

    def grid_by_name(self, text: str, neighbourhood: str | None = None) -> str | None:
        """Return the code for a cell of a 网格 column; `neighbourhood` (a code) completes 第 2 网格."""
        return self._territory.grid_by_name(text, neighbourhood)

    def _resolve(self, text: str, lon: str, lat: str) -> Place:
        reading = self._read(normalise(text))
        where = point(lon, lat) if lon and lat else None
        if where is None:
            return _place(reading)
        code = self._territory.outlines.at(where)
        if code is None:
            # Outside every grid: the words stand, but whoever looks at it must know.
            return _place(reading._replace(conflict=bool(reading.candidates)))
        grid = self._territory.grids[code]
        key = reading.key or f"@{where[0] // 100},{where[1] // 100}"
        fitting = _fitting(reading.candidates, grid)
        if fitting:
            # The outline settles which of the readings is meant, and a quarrel of the words with it.
            meant = tuple(one._replace(grid=code) for one in fitting)
            key = _common(meant).key or key
            return _place(_Reading(meant, reading.room, key, reading.sure, False), "outline")
        outlined = self._on_grid(grid.name, code)
        against = bool(reading.candidates)
        told = _Reading((outlined, *reading.candidates), reading.room, key, True, against)
        return _place(told, "outline", (outlined,))

    def _read(self, text: str) -> _Reading:
        """Return the readings of a normalised text."""
        hits = self._territory.scan(text)
        streets = _streets_meant(hits, text)
        estates = tuple(dict.fromkeys(code for hit in hits for code in hit.estates))
        named_end = max((hit.end for hit in hits if hit.estates), default=0)
        beside = split(text, streets[0].end if streets else 0)
        inside = split(text, named_end) if estates else beside
        in_lane = self._in_lane(streets, beside.lane)
        both = tuple(code for code in estates if code in in_lane)
        conflict = bool(estates and in_lane and not both)
        found: list[Candidate] = []
        sure = True
        if estates or in_lane:
            building = inside.building or inside.number or beside.building or beside.number
            meant = both or tuple(dict.fromkeys(estates + in_lane))
            if estates and not both and _ANOTHER.match(text, named_end):
                sure = False
                found = [one._replace(key="") for one in self._in_estates(self._alike(meant), building)[0]]
            else:
                found, sure = self._in_estates(meant, building)
        elif streets:
            found, sure = self._on_streets(streets, beside.lane, beside.number)
        found, apart = self._with_neighbourhoods(found, hits)
        key = _common(found).key or without_room(text)
        return _Reading(tuple(found), inside.room or beside.room or None, key, sure, conflict or apart)

    def _in_lane(self, streets: Sequence[Hit], lane: str) -> tuple[str, ...]:
        """Return the estates of a lane: of these streets, or of any where no street is named."""
        lanes = self._territory.lanes
        owners = [code for hit in streets for code in hit.streets] or [""]
        return tuple(estate for owner in owners for estate in lanes.get((owner, lane), ())) if lane else ()

    def _with_neighbourhoods(
        self, found: list[Candidate], hits: Sequence[Hit]
    ) -> tuple[list[Candidate], bool]:
        """Narrow `found` to the neighbourhoods named beside it; True if none of it lies in them."""
        named = dict.fromkeys(code for hit in hits if not hit.estates for code in hit.neighbourhoods)
        if not named:
            return found, False
        if not found:
            return [self._candidate(self._territory.short[code], code) for code in named], False
        narrowed = [one for one in found if one.neighbourhood in named]
        return narrowed or found, not narrowed

    def _in_estates(self, codes: Sequence[str], building: str) -> tuple[list[Candidate], bool]:
        """Return the readings of `building` in these estates; False if none of them has that building.

        Without a building, or with an unknown one, each grid of the estate is a reading.
        """
        digits = re.match("[0-9]+", building)
        known: list[Candidate] = []
        vague: list[Candidate] = []
        for code in codes:
            estate = self._territory.estates[code]
            holding = [held for held in estate.ranges if digits and held.holds(int(digits[0]))]
            key = f"{code}/{building}" if building else code
            area = self._territory.area_of.get(estate.neighbourhood)
            for grid, micros in _by_grid(holding or estate.ranges).items():
                micro = micros[0] if len(micros) == 1 else None
                (known if holding else vague).append(
                    Candidate(
                        estate.name, estate.neighbourhood, area, grid, micro, code, building or None, key
                    )
                )
        return known or vague, bool(known) or not building

    def _on_streets(self, hits: Sequence[Hit], lane: str, number: str) -> tuple[list[Candidate], bool]:
        """Return the readings of a door on a street, or the grids along it when no door is named."""
        streets = [
            self._territory.streets[code] for code in dict.fromkeys(c for hit in hits for c in hit.streets)
        ]
        if not (lane or number):
            along = [dict.fromkeys(held.grid for held in street.ranges) for street in streets]
            corner = [grid for grid in along[0] if all(grid in other for other in along)]
            met = corner or [grid for grids in along for grid in grids]
            name = "、".join(street.name for street in streets)
            return [self._on_grid(name, grid) for grid in dict.fromkeys(met)], True
        door = int(re.split("[^0-9]", lane or number)[0])
        found: list[Candidate] = []
        for street in streets:
            doors = () if lane else self._territory.doors.get(street.code, ())
            if estates := [estate for held, estate in doors if held.holds(door)]:
                found += self._in_estates(estates, number)[0]
                continue
            key = "/".join(filter(None, (street.code, lane and f"{lane}弄", number)))
            grids = (held.grid for held in street.ranges if held.holds(door))
            found += [self._on_grid(street.name, grid)._replace(key=key) for grid in grids]
        # A lane that no estate has is placed by the doors beside it: likely, not certain.
        return found, not lane

    def _alike(self, codes: Sequence[str]) -> tuple[str, ...]:
        """Return all estates named like these: what an unknown phase may be, or be near to."""
        estates = self._territory.estates
        stems = tuple(estates[code].name for code in codes)
        alike = (code for code, estate in estates.items() if estate.name.startswith(stems))
        return tuple(dict.fromkeys((*codes, *alike)))

    def _on_grid(self, name: str, code: str) -> Candidate:
        grid = self._territory.grids.get(code)
        return self._candidate(name, grid.neighbourhood if grid else None)._replace(grid=code)

    def _candidate(self, name: str, neighbourhood: str | None) -> Candidate:
        return Candidate(name, neighbourhood, self._territory.area_of.get(neighbourhood or ""))


def _place(reading: _Reading, how: str = "", meant: tuple[Candidate, ...] = ()) -> Place:
    """Return the place of what `meant` (or else all readings) agree on."""
    chosen = meant or reading.candidates
    common = _common(chosen)
    return Place(
        neighbourhood=common.neighbourhood,
        area=common.area,
        grid=common.grid,
        micro_grid=common.micro_grid,
        estate=common.estate,
        building=common.building,
        room=reading.room,
        how=how or ("address" if chosen else "none"),
        certain=len(chosen) == 1 and reading.sure and not reading.conflict,
        conflict=reading.conflict,
        candidates=reading.candidates,
        key=reading.key,
    )


def _common(candidates: Sequence[Candidate]) -> Candidate:
    """Return what all of them say alike, None (name and key: "") where they differ."""
    if len(candidates) == 1:
        return candidates[0]
    return Candidate(
        name=_agreed(one.name for one in candidates) or "",
        neighbourhood=_agreed(one.neighbourhood for one in candidates),
        area=_agreed(one.area for one in candidates),
        grid=_agreed(one.grid for one in candidates),
        micro_grid=_agreed(one.micro_grid for one in candidates),
        estate=_agreed(one.estate for one in candidates),
        building=_agreed(one.building for one in candidates),
        key=_agreed(one.key for one in candidates) or "",
    )


def _agreed(values: Iterable[str | None]) -> str | None:
    found = set(values)
    return found.pop() if len(found) == 1 else None


def _fitting(candidates: Sequence[Candidate], grid: Grid) -> list[Candidate]:
    exact = [one for one in candidates if one.grid == grid.code]
    return exact or [
        one for one in candidates if one.grid is None and one.neighbourhood == grid.neighbourhood
    ]


def _streets_meant(hits: Sequence[Hit], text: str) -> list[Hit]:
    """Return the streets named; if a door number follows one of them, that one alone."""
    named = [hit for hit in hits if hit.streets]
    return [hit for hit in named if door_ahead(text, hit.end)][:1] or named


def _by_grid(ranges: Iterable[Range]) -> dict[str | None, list[str | None]]:
    """Return the micro-grids of each grid; an estate without any ranges lies in no known grid."""
    found: dict[str | None, list[str | None]] = {}
    for held in ranges:
        micros = found.setdefault(held.grid, [])
        if held.micro not in micros:
            micros.append(held.micro)
    return found or {None: [None]}
