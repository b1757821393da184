"""Absences as the command line says them, deputies of many, and a hand-over of very many as one act."""

import pytest
from sqlalchemy import event, select

from db.tables import CASES
from tests.run_cli import call, run
from tests.stores import DAY, act, handled, log, make_store
from zq_grid import catalogue, checking, handover, lists, people, undoing
from zq_grid.errors import Refused
from zq_grid.handover import Asked

AWAY, DEPUTY, THIRD = "w010", "w011", "w012"


@pytest.fixture
def store(tmp_path):
    made = make_store(tmp_path / "store")
    yield made
    made.close()


def absent(store, worker, deputy, since, until=""):
    with store.write() as session:
        return people.be_absent(session, worker, since=since, until=until, deputy=deputy)


def test_an_absence_without_an_end_and_who_stands_in_are_said_by_name(tmp_path):
    made = make_store(tmp_path / "store")
    deputy = made_name(made, DEPUTY)
    made.close()
    folder = tmp_path / "store"
    said = call(folder, "absence", AWAY, "--since", "2026-11-02", "--deputy", DEPUTY)
    assert f"2026-11-02 起，{deputy} 代办" in said.out
    english = call(folder, "absence", AWAY, options=("--lang", "en")).out
    assert f"since 2026-11-02, {deputy} stands in" in english
    assert "2026-11-02 起" in call(folder, "people").out
    assert "is back" in call(folder, "absence", AWAY, "--end", options=("--lang", "en")).out


def made_name(store, code):
    with store.read() as session:
        return session.catalogue.name("worker", code)


def test_a_deputy_of_many_is_read_once_for_all_whom_they_stood_in_for(store):
    number = log(store)
    for nth, worker in enumerate((AWAY, THIRD, "w013", "w014")):
        absent(store, worker, DEPUTY, f"2026-11-0{nth + 2}", f"2026-11-0{nth + 2}")
    act(store, number, "assign", worker=AWAY, deputy="yes")
    store.clock.pass_(30 * DAY)
    asked = []
    with store.read() as session:
        event.listen(session.db, "before_cursor_execute", lambda *given: asked.append(given[2]))
        found = {one.code: one.to_return for one in people.workers(session)}
    assert (found[AWAY], found[THIRD]) == (1, 0)
    assert sum("FROM steps" in statement for statement in asked) == 1


def test_what_goes_to_the_deputy_of_a_deputy_comes_back_to_the_first(store):
    absent(store, AWAY, DEPUTY, "2026-11-02")
    absent(store, DEPUTY, THIRD, "2026-11-02")
    number = log(store)
    act(store, number, "assign", worker=AWAY, deputy="yes")
    with store.write() as session:
        people.come_back(session, AWAY)
        back = handover.act(session, Asked(to=AWAY, back=True))
    assert [row.number for row in back.cases] == [number]
    with store.read() as session:
        assert lists.count(session, worker=AWAY, stage="open") == 1
        assert people.returns(session, AWAY) == ()


def test_a_deputy_who_has_left_gets_nothing(store):
    absent(store, AWAY, DEPUTY, "2026-11-02")
    with store.write() as session:
        catalogue.retire(session, "worker", DEPUTY)
    number = log(store)
    with pytest.raises(Refused) as refusal:
        act(store, number, "assign", worker=AWAY, deputy="yes")
    assert refusal.value.code == "worker_absent"


def test_a_grid_where_nobody_has_a_case_goes_over_too_and_one_undo_gives_it_back_to_nobody(store):
    numbers = [handled(store, f"2026110200{nth:04d}", upto="accept") for nth in range(1, 4)]
    with store.read() as session:
        grid = str(session.db.execute(select(CASES.c.grid).limit(1)).scalar_one())
    with store.write() as session:
        done = handover.act(session, Asked(to=THIRD, grid=grid))
    assert {row.number for row in done.cases} == set(numbers)
    with store.write() as session:
        undoing.undo_last(session)
    with store.read() as session:
        assert people.open_cases(session) == {}
    assert list(checking.check(store, deep=True).findings) == []


def test_a_hand_over_that_no_case_can_take_ends_with_one(tmp_path):
    made = make_store(tmp_path / "store")
    act(made, log(made), "assign", worker=AWAY)
    absent(made, DEPUTY, THIRD, "2026-11-02")
    made.close()
    said = call(tmp_path / "store", "handover", "--from", AWAY, "--to", DEPUTY)
    assert said.code == 1
    assert "没有办成" in said.err
    assert run(tmp_path / "store", "handover", "--from", AWAY, "--to", DEPUTY, "--preview")["taken"] == 0
