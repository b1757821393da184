"""Places that a person said once: remembered for the next case, proposed after a correction, applied to open cases."""

import itertools

import pytest
from sqlalchemy import select

from db.tables import CASES
from tests.run_cli import refused, run
from tests.stores import Refused, act, dump, handled, log, make_store, reopen_as_is
from zq_grid import catalogue as catalogues
from zq_grid import checking, entries, place_memory, rates, rebuilding
from zq_grid.progress import Progress

HERE = "某某苑 3 号 502 室"


@pytest.fixture
def workspace(tmp_path):
    found = make_store(tmp_path / "data")
    yield found
    found.close()


def stands(workspace, number):
    """Return where a case is, as lists show it."""
    with workspace.read() as session:
        columns = [CASES.c[name] for name in ("neighbourhood", "grid", "area", "place_key")]
        return tuple(session.db.execute(select(*columns).where(CASES.c.number == number)).one())


def todo(workspace, **options):
    with workspace.read() as session:
        session.catalogue.with_places(session.db)
        return place_memory.todo(session, **options)


def remember(workspace, text, **target):
    with workspace.write() as session:
        return place_memory.remember(session, text, **target)


def define(workspace, kind, entry):
    with workspace.write() as session:
        step = catalogues.define(session, [(kind, entry["code"], entries.check(kind, entry))])
        session.log.flush()
        rebuilding.renew_for_catalogue(session, step)


def entry_of(workspace, kind, code):
    with workspace.read() as session:
        return dict(session.catalogue.with_places(session.db).get(kind, code))


def is_sound(workspace):
    return checking.check(workspace, deep=True).findings == ()


# the list to work off -------------------------------------------------------------------------


def test_places_that_nobody_knows_are_listed_with_their_open_cases_newest_first(workspace):
    for place in ("某某苑3号", "某某苑三号201室", "无名路口"):
        log(workspace, place=place)
        workspace.clock.pass_(60)
    log(workspace, place="和溪五村 12 号")
    found = todo(workspace)
    assert [(one.said, one.open) for one in found.places] == [("无名路口", 1), ("某某苑3号", 2)]
    assert (found.open, found.distinct, found.nameless, found.complete) == (3, 2, 0, True)
    assert [one.said for one in todo(workspace, limit=1).places] == ["无名路口"]


def test_an_ambiguous_place_is_listed_with_its_readings_and_not_placed(workspace):
    log(workspace, place="西街队5号")
    (one,) = todo(workspace).places
    assert {reading.neighbourhood for reading in one.now.candidates} == {"beig", "nanw"}


def test_closed_cases_and_cases_without_any_place_are_not_places_to_work_off(workspace):
    number = log(workspace, place="某某苑3号")
    act(workspace, number, "withdraw", reason="市民撤回")
    log(workspace, place="（）")
    found = todo(workspace)
    assert (found.places, found.open, found.nameless) == ((), 1, 1)


def test_the_list_walks_along_an_index_and_sorts_no_table(workspace):
    with workspace.read() as session:
        newest = (
            select(CASES.c.subject)
            .where(CASES.c.neighbourhood.is_(None))
            .order_by(CASES.c.received_at.desc(), CASES.c.subject.desc())
            .limit(place_memory.LOOKED_AT)
        )
        near = select(CASES.c.subject).where(*place_memory._lying_in(["某某苑"]))
        for query in (newest, near):
            said = str(query.compile(session.db, compile_kwargs={"literal_binds": True}))
            plan = [row[3] for row in session.db.exec_driver_sql(f"EXPLAIN QUERY PLAN {said}")]
            assert all("USING" in step and "INDEX" in step for step in plan), plan


# remembering ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ({"grid": "hexi5-02"}, ("hexi5", "hexi5-02")),
        ({"grid": "和溪五村第2网格"}, ("hexi5", "hexi5-02")),
        ({"neighbourhood": "银杏居委"}, ("yinx", None)),
        ({"estate": "e-jingui"}, ("jingu", "jingu-01")),
    ],
)
def test_the_next_case_at_a_remembered_place_is_placed_by_it(workspace, target, expected):
    before = log(workspace, place=HERE)
    remember(workspace, "某某苑三号", **target)
    after = log(workspace, place="市民反映住在某某苑3号楼502，楼上漏水")
    assert stands(workspace, after)[:2] == expected
    assert stands(workspace, before)[0] is None
    assert is_sound(workspace)


def test_an_estate_remembered_by_its_name_places_all_its_buildings(workspace):
    remember(workspace, "某某苑", grid="hexi5-02")
    assert stands(workspace, log(workspace, place="某某苑 99 号"))[1] == "hexi5-02"
    assert stands(workspace, log(workspace, place="另一苑 99 号"))[1] is None


def test_a_lane_remembered_places_the_doors_inside_it_but_not_the_street(workspace):
    remember(workspace, "金枫路18弄", neighbourhood="yinx")
    assert stands(workspace, log(workspace, place="金枫路 18 弄 3 号"))[0] == "yinx"
    assert stands(workspace, log(workspace, place="金枫路 16 弄 3 号"))[0] != "yinx"


def test_what_is_remembered_of_an_estate_doesnt_move_buildings_known_by_themselves(workspace):
    remember(workspace, "和溪五村", neighbourhood="yinx")
    assert stands(workspace, log(workspace, place="和溪五村 12 号"))[0] == "hexi5"
    remember(workspace, "和溪五村12号", neighbourhood="yinx")
    assert stands(workspace, log(workspace, place="莲湾大道1513弄12号"))[0] == "yinx"


def test_another_name_of_an_estate_makes_the_same_place_and_so_finds_duplicates(workspace):
    remember(workspace, "老水泥厂宿舍", estate="e-hexi5")
    found = {
        stands(workspace, log(workspace, place=place))[3] for place in ("老水泥厂宿舍12号", "和溪五村12号")
    }
    assert found == {"e-hexi5/12"}


def test_a_place_forgotten_places_no_more_and_can_be_remembered_again(workspace):
    remember(workspace, HERE, grid="hexi5-02")
    with workspace.write() as session:
        place_memory.forget(session, "某某苑三号")
    assert stands(workspace, log(workspace, place=HERE))[0] is None
    with workspace.write() as session, pytest.raises(Refused) as refusal:
        place_memory.forget(session, "某某苑三号")
    assert refusal.value.code == "entry_unknown"
    remember(workspace, HERE, grid="hexi5-03")
    assert stands(workspace, log(workspace, place=HERE))[1] == "hexi5-03"


def test_a_remembered_grid_that_was_taken_out_of_use_places_nothing(workspace):
    remember(workspace, HERE, grid="hexi5-02")
    with workspace.write() as session:
        catalogues.retire(session, "grid", "hexi5-02")
    assert stands(workspace, log(workspace, place=HERE))[0] is None


@pytest.mark.parametrize(
    ("text", "target", "code"),
    [
        ("", {"grid": "hexi5-02"}, "place_nameless"),
        ("一" * 200, {"grid": "hexi5-02"}, "place_nameless"),
        *(
            (said, {"grid": "hexi5-02"}, "place_nameless")
            for said in ("号", "12号", "A", "3弄", "666", "小区门口", "1号楼", "3号地块")
        ),
        ("某某苑", {"grid": "nowhere-01"}, "territory_unknown"),
        ("某某苑", {"estate": "e-none"}, "territory_unknown"),
        ("某某苑", {"neighbourhood": "无此居委"}, "territory_unknown"),
        ("某某苑", {}, "entry_invalid"),
        ("某某苑", {"grid": "hexi5-02", "neighbourhood": "hexi5"}, "entry_invalid"),
    ],
)
def test_what_cant_be_remembered_is_refused(workspace, text, target, code):
    with workspace.write() as session, pytest.raises(Refused) as refusal:
        place_memory.remember(session, text, **target)
    assert refusal.value.code == code


def current(workspace):
    with workspace.read() as session:
        return list(session.catalogue.with_places(session.db).current("place").values())


@pytest.mark.parametrize("said", ["五村", "万科", "ABC9号", "某某苑3号", "和溪五村12号", "老菜场"])
def test_a_short_name_is_a_name(workspace, said):
    remember(workspace, said, grid="hexi5-02")
    assert [entry["grid"] for entry in current(workspace)] == ["hexi5-02"]


# amending open cases --------------------------------------------------------------------------


def test_open_cases_are_amended_in_one_act_that_is_undone_as_one(workspace):
    inside = [log(workspace, place=f"某某苑{n}号") for n in range(1, 6)]
    outside = log(workspace, place="某某苑东区里弄")
    closed = log(workspace, place="某某苑9号")
    act(workspace, closed, "withdraw", reason="市民撤回")
    done = remember(workspace, "某某苑", grid="hexi5-02", apply=True)
    assert list(done.amended) == inside
    assert {stands(workspace, number)[:3] for number in inside} == {("hexi5", "hexi5-02", "a1")}
    assert stands(workspace, outside)[0] is stands(workspace, closed)[0] is None
    assert is_sound(workspace)
    assert [one.said for one in todo(workspace).places] == ["某某苑东区里弄"]
    with workspace.read() as session:
        _, state = place_memory.cases.show(session, inside[2])
    act(workspace, inside[2], "retract", step=state.steps[-1].id, reason="记错了")
    assert {stands(workspace, number)[0] for number in inside} == {None}
    assert is_sound(workspace)


def test_an_act_on_more_cases_than_one_look_back_is_undone_whole(workspace, monkeypatch):
    monkeypatch.setattr("zq_grid.retracting.NEAR", 3)
    numbers = [log(workspace, place=f"某某苑{n}号") for n in range(1, 12)]
    remember(workspace, "某某苑", grid="hexi5-02", apply=True)
    with workspace.read() as session:
        _, state = place_memory.cases.show(session, numbers[5])
    act(workspace, numbers[5], "retract", step=state.steps[-1].id, reason="记错了")
    assert {stands(workspace, number)[0] for number in numbers} == {None}


def test_changing_what_is_remembered_moves_the_cases_again_and_leaves_no_old_grid(workspace):
    number = log(workspace, place="某某苑12号")
    remember(workspace, "某某苑", estate="e-hexi5", apply=True)
    assert stands(workspace, number)[:2] == ("hexi5", "hexi5-02")
    done = remember(workspace, "某某苑", neighbourhood="yinx", apply=True)
    assert done.amended == (number,)
    assert stands(workspace, number)[:3] == (
        "yinx",
        None,
        entry_of(workspace, "neighbourhood", "yinx")["area"],
    )
    assert remember(workspace, "某某苑", neighbourhood="yinx", apply=True).amended == ()
    before = dump(workspace)
    with workspace.write() as session:
        rebuilding.rebuild(session, Progress())
    assert dump(workspace) == before


def test_remembered_places_are_read_again_at_the_next_start_and_on_both_engines(fresh_pg, tmp_path):
    workspace = make_store(tmp_path / "pg", url=fresh_pg)
    try:
        numbers = [log(workspace, place=f"某某苑{n}号") for n in range(1, 4)]
        assert [one.open for one in todo(workspace).places] == [1, 1, 1]
        assert list(remember(workspace, "某某苑", grid="hexi5-02", apply=True).amended) == numbers
        assert is_sound(workspace)
    finally:
        workspace.close()


def test_remembered_places_last(workspace):
    remember(workspace, "某某苑", grid="hexi5-02")
    again = reopen_as_is(workspace)
    try:
        assert stands(again, log(again, place=HERE))[1] == "hexi5-02"
    finally:
        again.close()


# proposing ------------------------------------------------------------------------------------


def test_a_correction_of_a_place_is_proposed_for_remembering(workspace):
    number = log(workspace, place=HERE)
    log(workspace, place="某某苑3号门口")
    act(workspace, number, "amend", neighbourhood="hexi5", grid="hexi5-02")
    with workspace.read() as session:
        session.catalogue.with_places(session.db)
        found = place_memory.proposal(session, number)
    assert (found.said, found.kind, found.target, found.alike) == ("某某苑3号", "grid", "hexi5-02", 1)
    remember(workspace, found.place, grid=found.target)
    with workspace.read() as session:
        session.catalogue.with_places(session.db)
        assert place_memory.proposal(session, number) is None


def test_nothing_is_proposed_where_nothing_was_corrected_or_the_words_say_it_already(workspace):
    untouched, known = log(workspace, place=HERE), log(workspace, place="和溪五村12号")
    act(workspace, known, "amend", grid="hexi5-02")
    undone = log(workspace, place=HERE)
    step = act(workspace, undone, "amend", neighbourhood="yinx").step
    act(workspace, undone, "retract", step=step.id, reason="记错了")
    with workspace.read() as session:
        session.catalogue.with_places(session.db)
        assert [place_memory.proposal(session, n) for n in (untouched, known, undone)] == [None] * 3


# figures --------------------------------------------------------------------------------------


def by_area(workspace):
    week = (workspace.clock.at - 7 * 86_400, workspace.clock.at + 7 * 86_400)
    with workspace.read() as session:
        found = rates.rates(session, start=week[0], end=week[1], by="area")
    return {one.group: one.numerator for one in found if one.key == "first_contact" and one.denominator}


def test_boundaries_drawn_anew_leave_older_cases_and_their_figures_alone(workspace):
    old = handled(workspace, "20261102000001")
    workspace.clock.pass_(4 * 86_400)
    figures, where = by_area(workspace), stands(workspace, old)
    estate = entry_of(workspace, "estate", "e-hexi5")
    define(
        workspace,
        "estate",
        {**estate, "buildings": [{**one, "grid": "yinx-01"} for one in estate["buildings"]]},
    )
    define(workspace, "grid", {**entry_of(workspace, "grid", "yinx-01"), "neighbourhood": "yinx"})
    define(workspace, "neighbourhood", {**entry_of(workspace, "neighbourhood", "hexi5"), "area": "a4"})
    assert stands(workspace, old) == where
    assert by_area(workspace) == figures == {"a1": 1}
    new = log(workspace, order_number="20261106000001")
    assert stands(workspace, new)[1:3] == ("yinx-01", "a4")
    before = dump(workspace)
    with workspace.write() as session:
        rebuilding.rebuild(session, Progress())
    assert dump(workspace) == before
    assert is_sound(workspace)


def test_a_corrected_place_corrects_the_figures(workspace):
    number = handled(workspace, "20261102000001")
    workspace.clock.pass_(4 * 86_400)
    area = entry_of(workspace, "neighbourhood", "anhe")["area"]
    act(workspace, number, "amend", neighbourhood="anhe")
    assert by_area(workspace) == {area: 1}


# the command line -----------------------------------------------------------------------------


def test_places_are_found_listed_set_and_forgotten_from_the_command_line(workspace, tmp_path):
    number = log(workspace, place=HERE)
    workspace.close()
    data = workspace.folder
    found = run(data, "places", "find", "莲湾新城 8 号")
    assert (found["certain"], found["neighbourhood"]) == (False, None)
    assert {one["neighbourhood"] for one in found["candidates"]} == {"lw1", "lw2", "lw3"}
    listed = run(data, "places", "todo")
    assert [(one["said"], one["open"]) for one in listed["places"]] == [("某某苑3号", 1)]
    done = run(data, "places", "set", HERE, "--neighbourhood", "hexi5", "--apply")
    assert (done["neighbourhood"], done["amended"]) == ("hexi5", [number])
    assert run(data, "places", "find", "某某苑3号")["remembered"] == done["code"]
    assert run(data, "places", "todo")["places"] == []
    amended = run(data, "act", number, "amend", "--field", "grid=yinx-01", "--field", "neighbourhood=yinx")
    assert amended["remember"] == {"said": "某某苑3号", "grid": "yinx-01", "alike": 0}
    run(data, "places", "forget", HERE)
    assert run(data, "places", "find", "某某苑3号")["how"] == "none"
    wrong = itertools.starmap(
        refused, [(data, "places", "set", HERE), (data, "places", "lose", HERE), (data, "places")]
    )
    assert [one["refused"] for one in wrong] == ["wrong_use"] * 3
