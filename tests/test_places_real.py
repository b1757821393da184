"""Places in real texts that nobody wrote for us, and in whole letters."""

import csv
import time

import pytest
from python_calamine import CalamineWorkbook

from tests.test_places import TOWN_PLACES, build


@pytest.mark.parametrize(
    "sign", ["和", "1", "一", "弄", "12-", "12、", "住在", "A1", "1号至", "银杏路", "和溪五村12号", " 1"]
)
def test_a_whole_letter_is_read_in_linear_time(sign):
    letter = (sign * 20_000)[:20_000]
    best = 1.0
    for _ in range(3):
        start = time.process_time()
        TOWN_PLACES.resolve(letter)
        best = min(best, time.process_time() - start)
    assert best < 0.05


def test_estates_of_a_real_district_are_found_in_sentences_and_nothing_else_is(shared_data):
    with (shared_data / "gazetteer" / "MinH_with_station_info.csv").open(
        encoding="utf-8-sig", newline=""
    ) as file:
        listed = [row[3].split("-") for row in list(csv.reader(file))[1:]]
    owner = {parts[2]: parts[1] for parts in listed if len(parts) == 3 and all(parts)}
    codes = {name: f"n{at}" for at, name in enumerate(sorted(set(owner.values())))}
    estates = [
        {
            "code": f"e{at}",
            "name": name,
            "neighbourhood": codes[owner[name]],
            "buildings": [{"from": 1, "to": 99, "grid": f"g{at}"}],
        }
        for at, name in enumerate(sorted(owner))
    ]
    named = [{"code": code, "name": f"{name}居委", "area": "a"} for name, code in codes.items()]
    found = build(areas=[{"code": "a"}], neighbourhoods=named, grids=[], estates=estates, streets=[])
    assert len(estates) > 600
    # 万源城E1 and a building behind it run together: nobody could tell them apart
    apart = [estate for estate in estates if not estate["name"][-1].isdigit()]
    for estate in apart:
        for said in ("市民反映住在{}十二幢，楼上漏水", "闵行区{}12号502室", "{}小区１２栋"):
            place = found.resolve(said.format(estate["name"]))
            assert (place.estate, place.building, place.certain) == (estate["code"], "12", True), estate
    sheet = CalamineWorkbook.from_path(shared_data / "chinese" / "e2_sample.xlsx").get_sheet_by_index(0)
    letters = [str(cell) for row in sheet.to_python()[1:] for cell in (row[2], row[4])]
    assert len(letters) > 900
    # written in another province: two of them name 万科城, which exists there too
    assert {one.name for text in letters for one in found.resolve(text).candidates} <= {"万科城"}
    assert all(TOWN_PLACES.resolve(text).how == "none" for text in letters)
