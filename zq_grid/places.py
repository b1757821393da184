"""Finds where a case is, in the town's own territory, from the words of its place and from coordinates.

Pure in what it is given: plain catalogue entries in, frozen places out. What is ambiguous is offered as
candidates and never chosen; spelling is the matter of `zq_grid.rules.address`.
"""

import re
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from zq_grid.rules.address import Address, doors, normalise, split, without_building, without_room
from zq_grid.rules.outlines import point
from zq_grid.territory import Entry, Grid, Hit, Range, Territory, door_ahead, held_by, nearest, number_last

_CACHED = 4096
# Longer texts are whole letters: read each time, so that the cache stays small.
_LONGEST_CACHED = 200
# A known name with one of these behind it is another, unknown estate: 金桂新苑三期.
_ANOTHER = re.compile(r"(?:小区)?(?:第?[一二三四五六七八九十0-9]{1,2}[期区]|[东西南北中A-Z][区苑园])")
# 和溪五村对面的金桂新苑: what stands before these only says where to look.
_LANDMARK = re.compile(
    r"(?:小区|[0-9]{1,4}号楼?|[东西南北]?大?门)?(?:正?对面|隔壁|旁边?|附近|后面|前面|[东西南北][侧面边])的?"
)


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
        remembered: code of the catalogue entry by which a person said where this is, None where nobody did.
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
    remembered: str | None = None


class _Reading(NamedTuple):
    candidates: tuple[Candidate, ...]
    room: str | None
    key: str
    sure: bool
    conflict: bool
    remembered: str | None = None


class Gazetteer:
    """Looks up places in one town's territory; build it anew when the catalogue changes."""

    def __init__(self, territory: Territory, remembered: Iterable[Entry] = ()) -> None:
        self._territory = territory
        self._remembered = {entry["said"]: entry for entry in remembered if self._knows(entry)}
        self._cached = lru_cache(_CACHED)(self._resolve)

    @classmethod
    def build(
        cls,
        areas: Iterable[Entry],
        neighbourhoods: Iterable[Entry],
        grids: Iterable[Entry],
        estates: Iterable[Entry],
        streets: Iterable[Entry],
        remembered: Iterable[Entry] = (),
    ) -> "Gazetteer":
        """Return a gazetteer of these catalogue entries (the fields of resources/catalogue/town).

        References that lead nowhere are kept as they are: whoever edits the catalogue is told elsewhere.
        `remembered` are entries of kind `place`; one whose target is gone is left out.

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
        return cls(territory, remembered)

    def resolve(self, text: str, lon: str | None = None, lat: str | None = None) -> Place:
        """Return where `text` is, and the coordinates (decimal degrees) if both are given and readable.

        Never raises: what can't be found comes back with `how` "none", and still with a key.
        """
        found = self._cached if len(text) <= _LONGEST_CACHED else self._resolve
        return found(text, lon or "", lat or "")

    def said(self, text: str) -> str:
        """Return the key by which `text` is remembered: as `Place.key`, from its words and the territory alone."""
        return self._of_words(normalise(text)).key

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
            return _place(reading._replace(candidates=meant, key=key, conflict=False), "outline")
        outlined = self._on_grid(grid.name, code)
        against = bool(reading.candidates)
        told = _Reading((outlined, *reading.candidates), reading.room, key, True, against, None)
        return _place(told, "outline", (outlined,))

    def _knows(self, entry: Entry) -> bool:
        known = self._territory
        tables: dict[str, Container[str]] = {
            "estate": known.estates,
            "grid": known.grids,
            "neighbourhood": known.area_of,
        }
        return any(entry.get(name, "") in table for name, table in tables.items())

    def _read(self, text: str) -> _Reading:
        """Return the readings of a normalised text: what a person said of it before counts more than its words."""
        own = self._of_words(text)
        if not self._remembered:
            return own
        entry = self._remembered.get(own.key)
        if entry is None and not (len(own.candidates) == 1 and own.sure and not own.conflict):
            wider = (self._remembered.get(key) for key in _wider(own.key, text))
            entry = next((found for found in wider if found), None)
        return self._recalled(own, text, entry) if entry else own

    def _recalled(self, own: _Reading, text: str, entry: Entry) -> _Reading:
        """Return the one reading that a remembered place gives, with the building that the words name."""
        sure = True
        if estate := entry.get("estate"):
            beside = split(text)
            found, sure = self._in_estates((estate,), _numbers(beside))
        elif grid := entry.get("grid"):
            found = [self._on_grid(self._territory.grids[grid].name, grid)]
        else:
            code = entry["neighbourhood"]
            found = [self._candidate(self._territory.short[code], code)]
        key = _common(found).key or own.key
        return _Reading(tuple(found), own.room, key, sure, False, entry["code"])

    def _of_words(self, text: str) -> _Reading:
        """Return the readings of a normalised text by the names and numbers in it."""
        hits = _meant(self._territory.scan(text), text)
        streets = _streets_meant(hits, text)
        estates = tuple(dict.fromkeys(code for hit in hits for code in hit.estates))
        named_end = max((hit.end for hit in hits if hit.estates), default=0)
        beside = split(text, streets[0].end if streets else 0, named=bool(streets))
        inside = split(text, named_end, named=True) if estates else beside
        in_lane = self._in_lane(streets, beside.lane)
        both = tuple(code for code in estates if code in in_lane)
        conflict = bool(estates and in_lane and not both)
        found: list[Candidate] = []
        sure = True
        if estates or in_lane:
            numbers = _numbers(inside) or _numbers(beside)
            meant = both or tuple(dict.fromkeys(estates + in_lane))
            if estates and not both and _ANOTHER.match(text, named_end):
                sure = False
                found = [one._replace(key="") for one in self._in_estates(self._alike(meant), numbers)[0]]
            else:
                found, sure = self._in_estates(meant, numbers)
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

    def _in_estates(self, codes: Sequence[str], numbers: Sequence[str]) -> tuple[list[Candidate], bool]:
        """Return the readings in these estates of the first of `numbers` that is a building; False if none of them is.

        Without a building, or with an unknown one, each grid of the estate is a reading.
        """
        estates = [self._territory.estates[code] for code in codes]
        ranges = [held for estate in estates for held in estate.ranges]
        building = next((one for one in numbers if held_by(ranges, one)), numbers[0] if numbers else "")
        known: list[Candidate] = []
        vague: list[Candidate] = []
        for estate in estates:
            code, holding = estate.code, held_by(estate.ranges, building)
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
            key = "+".join(sorted(street.code for street in streets)) if len(streets) > 1 else ""
            return [self._on_grid(name, grid)._replace(key=key) for grid in dict.fromkeys(met)], True
        found: list[Candidate] = []
        # A lane that no estate has is placed by the doors beside it: likely, not certain.
        sure = not lane
        for street in streets:
            registered = () if lane else self._territory.doors.get(street.code, ())
            named = [estate for held, estate in registered if held_by((held,), number)]
            if named:
                found += self._in_estates(tuple(dict.fromkeys(named)), (number,))[0]
                continue
            key = "/".join(filter(None, (street.code, lane and f"{lane}弄", number)))
            held = held_by(street.ranges, lane or number)
            sure = sure and bool(held)
            near = held or nearest(street.ranges, lane or number)
            grids = dict.fromkeys(one.grid for one in near)
            found += [self._on_grid(street.name, grid)._replace(key=key) for grid in grids]
        return found, sure

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
        remembered=reading.remembered,
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
    ahead = [hit for hit in named if door_ahead(text, hit.end) or number_last(text, hit.end)]
    return ahead[:1] or named


def _meant(hits: list[Hit], text: str) -> list[Hit]:
    """Return the names without those that only say beside what the place lies."""
    kept = [hit for hit in hits if not _LANDMARK.match(text, hit.end)]
    return kept if any(hit.estates or hit.streets for hit in kept) else hits


def _numbers(address: Address) -> tuple[str, ...]:
    """Return what may be a building in an address, the likelier first; a letter alone is an entrance."""
    named = (
        (address.building, address.number) if doors(address.building) else (address.number, address.building)
    )
    return tuple(filter(None, named))


def _wider(key: str, text: str) -> Iterable[str]:
    """Yield the keys of what a place lies in, the narrowest first: its lane, its estate; never a whole street."""
    parts = key.split("/")
    for size in range(len(parts) - 1, 0, -1):
        if size > 1 or not key.startswith("s-"):
            yield "/".join(parts[:size])
    if len(parts) == 1:
        yield without_building(text)


def _by_grid(ranges: Iterable[Range]) -> dict[str | None, list[str | None]]:
    """Return the micro-grids of each grid; an estate without any ranges lies in no known grid."""
    found: dict[str | None, list[str | None]] = {}
    for held in ranges:
        micros = found.setdefault(held.grid, [])
        if held.micro not in micros:
            micros.append(held.micro)
    return found or {None: [None]}
