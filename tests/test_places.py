import dataclasses
import time
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zq_grid.places import Gazetteer

TOWN = Path(__file__).resolve().parents[1] / "resources" / "catalogue" / "town"
SIGNS = "和溪五村金桂新苑二期银杏路南望江莲湾城居委朝阳组西街队弄号楼室栋#-0126十百AB "
COORDINATES = st.one_of(
    st.none(), st.text(max_size=12), st.decimals(-200, 200).map(str), st.just("121.40"), st.just("31.06")
)


def entries(kind, file):
    return tomllib.loads((TOWN / f"{file}.toml").read_text("utf-8"))[kind]


def build(**instead):
    files = {
        "areas": entries("area", "areas"),
        "neighbourhoods": entries("neighbourhood", "neighbourhoods"),
        "grids": entries("grid", "grids"),
        "estates": entries("estate", "estates"),
        "streets": entries("street", "streets"),
    }
    return Gazetteer.build(**files | instead)


TOWN_PLACES = build()


@pytest.fixture(scope="module")
def gazetteer():
    return TOWN_PLACES


def centre(grid):
    """Return a point of the outline near its middle, as decimal strings."""
    corners = [(int(lon.replace(".", "")), int(lat.replace(".", ""))) for lon, lat in grid["outline"]]
    lon, lat = (sum(axis) // len(corners) for axis in zip(*corners, strict=True))
    return f"{lon // 100_000}.{lon % 100_000:05d}", f"{lat // 100_000}.{lat % 100_000:05d}"


def middle_of(code):
    return centre(next(grid for grid in entries("grid", "grids") if grid["code"] == code))


@pytest.mark.parametrize(
    "written",
    [
        "和溪五村 12 号",
        "和溪五村12号",
        "和溪五村十二号",
        "和溪五村１２号",
        "和溪五村12号楼301室",
        "和溪五村十二幢",
        "和溪五村12#601",
        "和溪五村12-601",
        "和溪 5 村 12 号",
        "和溪新村五村12号",
        "莲湾镇和溪五村12号601室门口",
        "和溪五村居委和溪五村12号",
        "莲湾大道1513弄12号",
        "莲湾大道 1513 弄和溪五村 12 号",
        "和溪五村（莲湾大道1513弄）12号",
        "莲湾大道1513弄12号和溪五村",
        "莲湾大道一千五百一十三弄十二号",
        "莲湾大道1513弄12号A座",
        "和溪五村12",
        "和溪五村 12 601",
        "和溪五邨12座",
        "和溪五村小区12号楼下的超市",
        "银杏苑对面的和溪五村12号",
        "市民2026年11月2号反映住在和溪五村12号楼502，楼上漏水，电话13800000001",
    ],
)
def test_a_building_is_found_however_it_is_written(gazetteer, written):
    place = gazetteer.resolve(written)
    assert (place.neighbourhood, place.area) == ("hexi5", "a1")
    assert (place.grid, place.micro_grid) == ("hexi5-02", "hexi5-02-1")
    assert (place.estate, place.building) == ("e-hexi5", "12")
    assert (place.how, place.certain, place.conflict) == ("address", True, False)
    assert place.key == "e-hexi5/12"


def test_the_room_is_kept_and_makes_no_other_place(gazetteer):
    place = gazetteer.resolve("和溪五村 12 号 601 室")
    assert place.room == "601"
    assert place.key == gazetteer.resolve("和溪五村12号").key


@pytest.mark.parametrize(
    ("written", "estate", "neighbourhood"),
    [
        ("金桂新苑 27 号天井", "e-jingui", "jingu"),
        ("金桂新苑二期 3 号", "e-jingui2", "jinf"),
        ("金桂新苑2期3号", "e-jingui2", "jinf"),
        ("金桂二期3号", "e-jingui2", "jinf"),
        ("金桂新苑一期3号", "e-jingui", "jingu"),
        ("和溪十五村1号", "e-hexi15", "hexi3"),
        ("银杏东苑1号", "e-yinxdy", "yinx"),
        ("银杏路600弄3号", "e-yinxy", "yinx"),
        ("银杏600弄3号", "e-yinxy", "yinx"),
        ("望江路600弄3号", "e-zhuxy", "zhuxi"),
        ("莲湾新城b区8号", "e-lwxc-b", "lw2"),
        ("北港村三组12号", "g-beig-3", "beig"),
        ("北港村 西街队", "g-beig-1", "beig"),
        ("采莲路44号", "e-xiygy", "hexi5"),
        ("采莲路44", "e-xiygy", "hexi5"),
        ("采莲路44-46号", "e-xiygy", "hexi5"),
        ("采莲路44号乙", "e-xiygy", "hexi5"),
        ("金桂新苑小区二期 3 号", "e-jingui2", "jinf"),
        ("银杏路600支弄3号", "e-yinxy", "yinx"),
        ("银杏路600弄3", "e-yinxy", "yinx"),
        ("朝阳3组12号", "g-chao-3", "chao"),
        ("朝阳村第3村民小组12号", "g-chao-3", "chao"),
        ("北港村西街12号", "g-beig-1", "beig"),
    ],
)
def test_the_name_that_says_most_wins(gazetteer, written, estate, neighbourhood):
    place = gazetteer.resolve(written)
    assert (place.estate, place.neighbourhood, place.certain) == (estate, neighbourhood, True)


@pytest.mark.parametrize(
    ("written", "neighbourhoods"),
    [
        ("600 弄 3 号", {"yinx", "zhuxi"}),
        ("莲湾新城 8 号", {"lw1", "lw2", "lw3"}),
        ("西街队5号", {"beig", "nanw"}),
        ("西街5号", {"beig", "nanw"}),
        ("金桂新苑三期3号", {"jingu", "jinf"}),
        ("和溪五村与银杏苑之间", {"hexi5", "yinx"}),
    ],
)
def test_what_may_mean_several_places_is_offered_and_not_chosen(gazetteer, written, neighbourhoods):
    place = gazetteer.resolve(written)
    assert {one.neighbourhood for one in place.candidates} == neighbourhoods
    assert (place.neighbourhood, place.grid, place.estate) == (None, None, None)
    assert (place.how, place.certain) == ("address", False)


def test_candidates_that_agree_on_something_give_that_much(gazetteer):
    place = gazetteer.resolve("莲湾新城 8 号")
    assert place.area == "a1"
    place = gazetteer.resolve("金桂新苑")
    assert (place.neighbourhood, place.estate, place.grid) == ("jingu", "e-jingui", None)
    assert [one.grid for one in place.candidates] == ["jingu-01", "jingu-02", "jingu-03"]
    assert not place.certain


def test_a_building_that_only_one_of_them_has_decides(gazetteer):
    sizes = {
        code: max(held["to"] for held in estate["buildings"])
        for estate in entries("estate", "estates")
        if (code := estate["code"]).startswith("e-lwxc-")
    }
    largest = max(sizes, key=sizes.get)
    place = gazetteer.resolve(f"莲湾新城{sizes[largest]}号")
    assert (place.estate, place.certain) == (largest, True)


def test_a_building_that_no_one_has_is_not_certain(gazetteer):
    place = gazetteer.resolve("和溪五村 99 号")
    assert (place.neighbourhood, place.grid, place.certain) == ("hexi5", None, False)


def test_a_neighbourhood_beside_an_ambiguous_name_settles_it(gazetteer):
    assert gazetteer.resolve("银杏居委600弄3号").estate == "e-yinxy"
    assert gazetteer.resolve("南圩村西街队").estate == "g-nanw-1"
    assert gazetteer.resolve("莲湾二居莲湾新城8号").estate == "e-lwxc-b"


def test_words_that_contradict_each_other_are_reported(gazetteer):
    place = gazetteer.resolve("和溪五村居委金桂新苑27号")
    assert (place.conflict, place.certain) == (True, False)
    assert gazetteer.resolve("望江路600弄银杏苑3号").conflict


def test_a_door_on_a_street_lies_in_the_grid_on_its_side(gazetteer):
    place = gazetteer.resolve("中渠路 99 号门口")
    assert (place.neighbourhood, place.grid, place.key) == ("jind", "jind-02", "s-zhongqu/99")
    other_side = gazetteer.resolve("中渠路 98 号")
    assert other_side.certain
    assert other_side.grid not in {None, place.grid}


def test_a_corner_of_two_streets_offers_the_grids_that_both_touch(gazetteer):
    corner = gazetteer.resolve("银杏路金枫路路口")
    alone = gazetteer.resolve("银杏路")
    assert 0 < len(corner.candidates) < len(alone.candidates)
    assert not corner.certain


@pytest.mark.parametrize(
    "written", ["银杏路、金枫路口", "银杏路/金枫路", "金枫路与银杏路交叉口", "银杏路（近金枫路）有乱设摊"]
)
def test_a_corner_is_one_place_however_it_is_written(gazetteer, written):
    assert (
        gazetteer.resolve(written).key == gazetteer.resolve("银杏路金枫路路口").key == "s-jinfeng+s-yinxing"
    )


def test_a_run_of_buildings_in_two_grids_offers_both(gazetteer):
    place = gazetteer.resolve("和溪五村1-12号")
    assert {one.grid for one in place.candidates} == {"hexi5-01", "hexi5-02"}
    assert (place.neighbourhood, place.grid, place.certain) == ("hexi5", None, False)


def test_a_door_that_no_range_holds_offers_the_doors_nearest_to_it(gazetteer):
    place = gazetteer.resolve("银杏路临88号")
    assert {one.grid for one in place.candidates} == {"yinx-01", "yinx-02"}
    assert (place.neighbourhood, place.certain) == ("yinx", False)


def test_a_lane_nobody_registered_is_likely_but_not_certain(gazetteer):
    place = gazetteer.resolve("金枫路 18 弄 3 号")
    assert (place.grid, place.certain, place.key) == ("lw2-01", False, "s-jinfeng/18弄/3")


def test_a_village_or_committee_alone_is_certain_without_a_grid(gazetteer):
    for written, code in [("朝阳村", "chao"), ("朝阳村村委会", "chao"), ("银杏居委", "yinx")]:
        place = gazetteer.resolve(written)
        assert (place.neighbourhood, place.grid, place.certain) == (code, None, True)


@pytest.mark.parametrize(
    "written",
    ["", "某某苑3号", "望江南路3号", "金桂新苑路3号", "银杏", "和溪", "（已隐藏）", "12号", "三百二十弄3号"],
)
def test_the_unknown_stays_unknown(gazetteer, written):
    place = gazetteer.resolve(written)
    assert (place.how, place.neighbourhood, place.candidates) == ("none", None, ())
    assert not place.certain


def test_an_unknown_place_still_has_a_key_to_compare_by(gazetteer):
    assert gazetteer.resolve("某某苑 3 号 201 室").key == gazetteer.resolve("某某苑三号").key == "某某苑3号"
    assert gazetteer.resolve("").key == ""


def test_the_middle_of_every_grid_lies_in_it(gazetteer):
    wrong = []
    for grid in entries("grid", "grids"):
        place = gazetteer.resolve("", *centre(grid))
        if (place.grid, place.how, place.certain) != (grid["code"], "outline", True):
            wrong.append(grid["code"])
    assert wrong == []


def test_coordinates_and_words_that_agree_give_both(gazetteer):
    place = gazetteer.resolve("和溪五村 12 号", *middle_of("hexi5-02"))
    assert (place.how, place.certain, place.conflict) == ("outline", True, False)
    assert (place.grid, place.micro_grid, place.building) == ("hexi5-02", "hexi5-02-1", "12")
    assert place.key == "e-hexi5/12"


def test_coordinates_win_over_words_and_say_that_they_differ(gazetteer):
    place = gazetteer.resolve("和溪五村 12 号", *middle_of("jingu-03"))
    assert (place.neighbourhood, place.grid, place.how) == ("jingu", "jingu-03", "outline")
    assert (place.conflict, place.certain, place.estate) == (True, False, None)
    assert {one.grid for one in place.candidates} == {"jingu-03", "hexi5-02"}
    assert place.key == "e-hexi5/12"


def test_coordinates_settle_ambiguous_words(gazetteer):
    place = gazetteer.resolve("600弄3号", *middle_of("zhuxi-01"))
    assert (place.estate, place.certain, place.key) == ("e-zhuxy", True, "e-zhuxy/3")
    place = gazetteer.resolve("和溪五村", *middle_of("hexi5-03"))
    assert (place.grid, place.estate, place.certain) == ("hexi5-03", "e-hexi5", True)
    place = gazetteer.resolve("朝阳村", *middle_of("chao-02"))
    assert (place.grid, place.conflict) == ("chao-02", False)


def test_two_readings_in_one_grid_are_not_chosen_between(gazetteer):
    pair = ["e-hexi5", "e-xiygy"]
    shared = "hexi5-04"
    place = gazetteer.resolve("和溪五村和溪语公寓之间", *middle_of(shared))
    assert {one.estate for one in place.candidates} == set(pair)
    assert (place.grid, place.estate, place.certain) == (shared, None, False)


def test_coordinates_outside_the_town_leave_the_words_but_warn(gazetteer):
    place = gazetteer.resolve("和溪五村 12 号", "120.00", "30.00")
    assert (place.grid, place.how, place.conflict, place.certain) == ("hexi5-02", "address", True, False)
    assert not gazetteer.resolve("某某苑", "120.00", "30.00").conflict


@pytest.mark.parametrize(
    ("lon", "lat"), [("121.40", None), ("x", "y"), ("nan", "inf"), ("1e2", "3"), ("", "")]
)
def test_coordinates_that_are_none_are_as_if_absent(gazetteer, lon, lat):
    plain = gazetteer.resolve("和溪五村 12 号")
    assert dataclasses.asdict(gazetteer.resolve("和溪五村 12 号", lon, lat)) == dataclasses.asdict(plain)


def test_places_known_by_coordinates_alone_are_told_apart(gazetteer):
    keys = {gazetteer.resolve("", *middle_of(code)).key for code in ("hexi5-01", "hexi5-02")}
    assert len(keys) == 2
    assert "" not in keys


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("和溪五村", "hexi5"),
        ("和溪五村居委", "hexi5"),
        ("和溪五村居委会", "hexi5"),
        ("和溪５村居民委员会", "hexi5"),
        (" 莲湾镇 和溪五村居委会 ", "hexi5"),
        ("银杏", "yinx"),
        ("银杏社区", "yinx"),
        ("金桂居委", "jingu"),
        ("朝阳村", "chao"),
        ("朝阳村委会", "chao"),
        ("朝阳村村民委员会", "chao"),
        ("朝阳", "chao"),
        ("莲湾第一居委会", "lw1"),
        ("莲湾1居", "lw1"),
        ("hexi5", "hexi5"),
        ("N-HEXI5", "hexi5"),
        ("莲湾", None),
        ("某村", None),
        ("", None),
    ],
)
def test_a_cell_of_the_neighbourhood_column_is_understood(gazetteer, cell, code):
    assert gazetteer.neighbourhood_by_name(cell) == code


def test_every_neighbourhood_is_found_by_each_of_its_names(gazetteer):
    for entry in entries("neighbourhood", "neighbourhoods"):
        names = (entry["name"], entry["short"], *entry["aliases"], entry["name"] + "会")
        assert {gazetteer.neighbourhood_by_name(name) for name in names} >= {entry["code"]}
        assert gazetteer.neighbourhood_by_name(entry["name"]) == entry["code"]


def test_a_cell_of_the_grid_column_is_understood(gazetteer):
    assert gazetteer.grid_by_name("和溪五村第二网格") == "hexi5-02"
    assert gazetteer.grid_by_name("和溪五村居委会 第 2 网格") == "hexi5-02"
    assert gazetteer.grid_by_name("HEXI5-02") == "hexi5-02"
    assert gazetteer.grid_by_name("第 2 网格", "lw1") == "lw1-02"
    assert gazetteer.grid_by_name("第 2 网格") is None
    assert gazetteer.grid_by_name("和溪五村第9网格") is None
    assert all(gazetteer.grid_by_name(grid["name"]) == grid["code"] for grid in entries("grid", "grids"))


def test_a_town_without_anything_knows_nothing():
    empty = build(areas=[], neighbourhoods=[], grids=[], estates=[], streets=[])
    assert empty.resolve("和溪五村 12 号", "121.40", "31.06").how == "none"


def test_an_estate_that_lost_its_grids_still_says_whose_it_is():
    lost = build(estates=[{"code": "e-x", "name": "某某苑", "neighbourhood": "hexi5"}], grids=[], streets=[])
    place = lost.resolve("某某苑3号")
    assert (place.neighbourhood, place.estate, place.grid) == ("hexi5", "e-x", None)


@given(st.one_of(st.text(), st.text(SIGNS)), COORDINATES, COORDINATES)
def test_whatever_is_written_something_honest_comes_back(text, lon, lat):
    place = TOWN_PLACES.resolve(text, lon, lat)
    assert place.how in {"outline", "address", "none"}
    assert (place.how == "none") == (not place.candidates)
    if place.how == "address":
        for field in ("neighbourhood", "area", "grid", "estate"):
            said = {getattr(one, field) for one in place.candidates}
            assert getattr(place, field) == (said.pop() if len(said) == 1 else None)
    if place.certain:
        assert len(place.candidates) == 1
        assert not place.conflict
    TOWN_PLACES.neighbourhood_by_name(text)
    TOWN_PLACES.grid_by_name(text)


def test_a_new_address_is_found_in_some_tens_of_microseconds():
    texts = [
        f"{estate['name']} {n} 号 602 室" for estate in entries("estate", "estates") for n in range(1, 11)
    ]
    best = 1.0
    for _ in range(5):
        fresh = build(grids=[])
        start = time.process_time()
        for text in texts:
            fresh.resolve(text)
        best = min(best, (time.process_time() - start) / len(texts))
    assert best < 0.000_08
