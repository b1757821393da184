"""What is promised of a new case before it is saved is what saving writes."""

import pytest

from tests.stores import Clock, log, make_store
from zq_grid import cases, proposals, views
from zq_grid.rules import worktime

FRIDAY = worktime.parse("2026-09-18T19:20:00+08:00")[0]
FACTS = {
    "type": "noise",
    "kind": "complaint",
    "source": "station",
    "place": "和溪五村 12 号 601 室",
    "text": "楼上装修噪音",
    "phone": "13800000001",
}


def proposed(workspace, **facts):
    with workspace.read() as session:
        return proposals.propose(session, {**FACTS, **facts})


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.pg)])
def workspace(request, tmp_path):
    url = request.getfixturevalue("fresh_pg") if request.param == "postgresql" else None
    made = make_store(tmp_path / "w", url=url, clock=Clock(FRIDAY))
    yield made
    made.close()


@pytest.fixture
def town(tmp_path):
    made = make_store(tmp_path / "w", clock=Clock(FRIDAY))
    yield made
    made.close()


@pytest.mark.parametrize(
    "facts",
    [
        {},
        {"urgency": "urgent"},
        {"kind": "consultation"},
        {"mode": "supervised"},
        {"kind": "thanks"},
        {"source": "patrol", "phone": ""},
        {"anonymous": "yes"},
        {"received_at": "2026-09-17T16:40:00+08:00"},
        {"platform_due": "2026-09-25T12:00:00+08:00", "source": "hotline"},
        {"type": "fraud_alert", "alert_level": "high"},
        {"type": "illegal_building_new"},
    ],
)
def test_the_limits_promised_are_the_limits_written(town, facts):
    promised = proposed(town, **facts).promises
    with town.write() as session:
        made = cases.log(session, {**FACTS, **facts})
    with town.read() as session:
        written = views.clocks_of(session, [made.subject])
    assert {(one.kind, worktime.to_text(one.due), one.words) for one in promised} == {
        (one["kind"], one["due"], one["explanation"]) for one in written if one["due"]
    }


def test_unit_place_and_reason_are_those_of_saving(workspace):
    found = proposed(workspace)
    with workspace.write() as session:
        made = cases.log(session, FACTS)
    assert found.unit == made.unit == "environ"
    assert found.why == "type"
    assert found.chain == ("莲湾片区", "和溪五村居委", "第 2 网格", "微网格 2-1")
    assert found.place.grid == made.step.body["grid"]


def test_the_reason_says_who_takes_what_no_type_names_a_unit_for(town):
    assert proposed(town, type="other").why == "neighbourhood"
    assert proposed(town, type="other", place="火星路 1 号").why == "centre"


def test_an_ambiguous_place_offers_its_readings_and_each_sets_its_own_grid(town):
    found = proposed(town, place="和溪五村")
    assert len(found.choices) > 1
    assert found.chain == ("莲湾片区", "和溪五村居委")
    grids = {one.facts["grid"] for one in found.choices}
    assert len(grids) > 1
    chosen = found.choices[1].facts
    assert proposed(town, place="和溪五村", **chosen).chain[2:] != ()


def test_the_type_is_guessed_from_the_words_and_never_as_other(town):
    assert proposed(town, type="", text="楼道里有人群租，隔断出租").guess == "group_renting"
    assert proposed(town, type="", text="今天天气很好").guess == ""


def test_earlier_cases_of_a_phone_are_counted(town):
    log(town)
    log(town, text="电梯坏了")
    assert proposed(town).calls == 2
    assert proposed(town, phone="139").calls == 0


def test_half_typed_facts_keep_nothing_from_being_proposed(town):
    found = proposed(town, received_at="2026-09-", urgency="soon", order_number="2026")
    assert found.unit == "environ"
    assert found.promises
