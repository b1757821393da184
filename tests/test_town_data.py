"""The invented town must hold together: counts, references, doors, and outlines that tile without a gap."""

import csv
import re
import tomllib
from collections import Counter, defaultdict
from pathlib import Path

import pytest

from zq_grid.rules.outlines import inside

TOWN = Path(__file__).resolve().parents[1] / "resources" / "catalogue" / "town"
FILES = ("areas", "neighbourhoods", "grids", "estates", "streets", "units", "workers")
ROLES = {"grid_worker", "dispatcher", "handler", "supervisor", "leader", "administrator"}
STATIONS = {"urban_mgmt", "housing", "police", "market", "safety", "justice", "centre", "peace", "planning"}
STATIONS |= {"environ", "greening", "water", "labour", "fire"}


def load():
    kinds = {}
    for file in FILES:
        kinds |= tomllib.loads((TOWN / f"{file}.toml").read_text("utf-8"))
    return kinds


DATA = load()
BY_CODE = {kind: {entry["code"]: entry for entry in rows} for kind, rows in DATA.items()}


def ring(grid):
    """Return the outline in units of 0.00001 degrees."""
    return [(int(lon.replace(".", "")), int(lat.replace(".", ""))) for lon, lat in grid["outline"]]


def grid_of_door(street, number):
    """Return the neighbourhoods that a door number of a street lies in."""
    side = "odd" if number % 2 else "even"
    return {
        BY_CODE["grid"][held["grid"]]["neighbourhood"]
        for held in BY_CODE["street"][street]["numbers"]
        if held["from"] <= number <= held["to"] and held["side"] == side
    }


def leaves(value):
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for one in value:
            yield from leaves(one)
    else:
        yield value


def test_the_town_is_as_large_as_promised():
    kinds = Counter(entry["kind"] for entry in DATA["neighbourhood"])
    assert kinds == {"committee": 24, "village": 8}
    assert [len(DATA[kind]) for kind in ("town", "area", "grid", "street")] == [1, 5, 120, 40]
    assert Counter(entry["kind"] for entry in DATA["estate"]) == {"estate": 160, "group": 40}
    grids = Counter(entry["neighbourhood"] for entry in DATA["grid"])
    assert set(grids.values()) == {3, 4, 5}
    assert {len(entry["micro_grids"]) for entry in DATA["grid"]} == {3, 4}
    assert len(DATA["worker"]) >= 60


def test_every_entry_has_a_short_code_and_a_name_and_stands_in_order():
    for kind, rows in DATA.items():
        codes = [entry["code"] for entry in rows]
        assert codes == sorted(set(codes)), kind
        assert all(re.fullmatch("[a-z0-9_-]{1,10}", code) for code in codes), kind
        assert all(entry["name"].strip() for entry in rows), kind


def test_no_value_is_a_float():
    assert {type(value) for value in leaves(DATA)} == {str, int}


@pytest.mark.parametrize("kind", ["area", "neighbourhood", "grid", "street", "unit"])
def test_no_two_of_a_kind_share_a_name(kind):
    assert [name for name, n in Counter(entry["name"] for entry in DATA[kind]).items() if n > 1] == []


def test_estates_differ_by_name_though_some_share_an_alias():
    names = Counter(entry["name"] for entry in DATA["estate"])
    assert max(names.values()) == 1
    aliases = Counter(alias for entry in DATA["estate"] for alias in entry["aliases"])
    assert aliases["莲湾新城"] == 3


def test_all_references_lead_somewhere():
    micros = {micro["code"] for grid in DATA["grid"] for micro in grid["micro_grids"]}
    wanted = [("town", entry["town"]) for entry in DATA["area"]]
    wanted += [("area", entry["area"]) for entry in DATA["neighbourhood"]]
    wanted += [("neighbourhood", entry["neighbourhood"]) for entry in DATA["grid"] + DATA["estate"]]
    wanted += [("street", door["street"]) for entry in DATA["estate"] for door in entry["addresses"]]
    wanted += [("grid", held["grid"]) for entry in DATA["street"] for held in entry["numbers"]]
    wanted += [("unit", entry["unit"]) for entry in DATA["worker"]]
    wanted += [("neighbourhood", code) for entry in DATA["worker"] for code in entry["neighbourhoods"]]
    wanted += [("grid", code) for entry in DATA["worker"] for code in entry["grids"]]
    assert [(kind, code) for kind, code in wanted if code not in BY_CODE[kind]] == []
    assert {held["micro"] for entry in DATA["estate"] for held in entry["buildings"]} <= micros


def test_every_building_lies_in_one_grid_of_its_neighbourhood():
    for estate in DATA["estate"]:
        buildings = Counter()
        for held in estate["buildings"]:
            assert BY_CODE["grid"][held["grid"]]["neighbourhood"] == estate["neighbourhood"], estate["code"]
            assert held["micro"].rsplit("-", 1)[0] == held["grid"], estate["code"]
            buildings.update(range(held["from"], held["to"] + 1))
        assert set(buildings.values()) == {1}, estate["code"]
        assert len(buildings) == max(buildings) - min(buildings) + 1, estate["code"]


def test_the_estate_of_the_worked_examples_has_sixty_buildings():
    estate = BY_CODE["estate"]["e-hexi5"]
    assert (estate["name"], estate["neighbourhood"]) == ("和溪五村", "hexi5")
    assert (estate["buildings"][0]["from"], estate["buildings"][-1]["to"]) == (1, 60)
    assert len({held["grid"] for held in estate["buildings"]}) == 4


def test_lanes_and_doors_of_an_estate_are_on_its_own_side_of_the_street():
    owners = Counter()
    for estate in DATA["estate"]:
        for door in estate["addresses"]:
            numbers = [door["lane"]] if "lane" in door else range(door["from"], door["to"] + 1, 2)
            for number in numbers:
                assert grid_of_door(door["street"], number) == {estate["neighbourhood"]}, estate["code"]
                owners[door["street"], number] += 1
    assert set(owners.values()) == {1}


def test_one_lane_number_stands_on_two_streets_of_different_neighbourhoods():
    found = {
        estate["neighbourhood"]
        for estate in DATA["estate"]
        for door in estate["addresses"]
        if door.get("lane") == 600
    }
    assert found == {"yinx", "zhuxi"}


def test_the_doors_of_a_street_overlap_nowhere():
    for street in DATA["street"]:
        doors = Counter()
        for held in street["numbers"]:
            first = held["from"] + (held["from"] % 2 != (held["side"] == "odd"))
            doors.update(range(first, held["to"] + 1, 2))
        assert set(doors.values()) == {1}, street["code"]


def test_households_of_a_neighbourhood_are_the_sum_of_its_estates_and_groups():
    sums = Counter()
    for estate in DATA["estate"]:
        sums[estate["neighbourhood"]] += estate["households"]
    assert sums == {entry["code"]: entry["households"] for entry in DATA["neighbourhood"]}


def edges(grid):
    corners = ring(grid)
    return list(zip(corners, corners[1:] + corners[:1], strict=True))


def test_outlines_fit_together_edge_to_edge_without_a_hole():
    all_edges = Counter(edge for grid in DATA["grid"] for edge in edges(grid))
    assert set(all_edges.values()) == {1}
    outer = {start: end for start, end in all_edges if (end, start) not in all_edges}
    walked, at = 1, next(iter(outer.values()))
    while at != next(iter(outer)):
        walked, at = walked + 1, outer[at]
    assert walked == len(outer)


def test_the_grids_of_a_neighbourhood_touch_each_other():
    owners = defaultdict(set)
    for grid in DATA["grid"]:
        for start, end in edges(grid):
            owners[frozenset((start, end))].add(grid["code"])
    for code in BY_CODE["neighbourhood"]:
        own = {grid["code"] for grid in DATA["grid"] if grid["neighbourhood"] == code}
        reached = {min(own)}
        for _ in own:
            reached |= {grid for pair in owners.values() if pair & reached for grid in pair & own}
        assert reached == own


def test_no_point_lies_in_two_grids():
    rings = [ring(grid) for grid in DATA["grid"]]
    boxes = [(min(r)[0], max(r)[0], min(y for _, y in r), max(y for _, y in r), r) for r in rings]
    west, east = min(box[0] for box in boxes), max(box[1] for box in boxes)
    south, north = min(box[2] for box in boxes), max(box[3] for box in boxes)
    held = Counter()
    for x in range(west, east, (east - west) // 90):
        for y in range(south, north, (north - south) // 90):
            near = (box[4] for box in boxes if box[0] <= x <= box[1] and box[2] <= y <= box[3])
            held[sum(inside(one, x, y) for one in near)] += 1
    assert set(held) <= {0, 1}
    assert held[1] > held[0]


def test_every_neighbourhood_is_a_unit_of_its_own_league():
    leagues = defaultdict(set)
    for unit in DATA["unit"]:
        leagues[unit["league"]].add(unit["code"])
    assert leagues["neighbourhood"] == {f"n-{code}" for code in BY_CODE["neighbourhood"]}
    assert all(BY_CODE["unit"][code]["neighbourhood"] == code[2:] for code in leagues["neighbourhood"])
    assert leagues["station"] >= STATIONS
    assert len(leagues["station"]) >= 20
    assert len({unit["short"] for unit in DATA["unit"]}) == len(DATA["unit"])


def test_the_directory_is_complete_and_its_numbers_are_invented():
    phones = [unit["directory"]["phone"] for unit in DATA["unit"]]
    assert all(re.fullmatch("5400[0-9]{4}", phone) for phone in phones)
    assert len(set(phones)) == len(phones)
    assert all(unit["directory"]["director"] and unit["directory"]["liaison"] for unit in DATA["unit"])


def test_every_role_is_held_and_every_grid_is_covered():
    assert {role for worker in DATA["worker"] for role in worker["roles"]} == ROLES
    covered = [
        code for worker in DATA["worker"] if "grid_worker" in worker["roles"] for code in worker["grids"]
    ]
    assert sorted(covered) == sorted(BY_CODE["grid"])
    for worker in DATA["worker"]:
        owners = {BY_CODE["grid"][code]["neighbourhood"] for code in worker["grids"]}
        assert owners <= set(worker["neighbourhoods"]), worker["code"]


def test_the_people_of_the_worked_examples_are_there():
    workers = BY_CODE["worker"]
    assert (workers["w001"]["name"], workers["w001"]["unit"]) == ("沈晓梅", "centre")
    assert set(workers["w001"]["roles"]) == {"administrator", "supervisor", "dispatcher"}
    assert {"周建国", "陆敏"} <= {worker["name"] for worker in DATA["worker"]}


def test_no_estate_bears_a_real_name(shared_data):
    with (shared_data / "gazetteer" / "MinH_with_station_info.csv").open(
        encoding="utf-8-sig", newline=""
    ) as file:
        rows = list(csv.reader(file))[1:]
    cells = {
        part
        for title, _, _, area, *_ in rows
        for part in (title.split("·")[-1].split(" ")[0], *area.split("-"))
    }
    real = {re.sub(r"[（(].*", "", cell) for cell in cells} - {""}
    ours = {
        name
        for kind in ("estate", "neighbourhood")
        for e in DATA[kind]
        for name in (e["name"], *e["aliases"])
    }
    assert real
    assert ours & real == set()
    assert {
        street["name"] for street in DATA["street"] if any(name.startswith(street["name"]) for name in real)
    } == set()
