"""A hand-over moves open work as one act, can be taken back, and moves no figure of what was closed before."""

import os
import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.run_cli import refused, run
from tests.standing import standing
from tests.stores import CLOSING, DAY, Clock, Refused, act, handled, log, make_store, reopen
from zq_grid import cases, catalogue, checking, handover, lists, people, rates, undoing
from zq_grid.handover import Asked
from zq_grid.rules import worktime

GIVER, TAKER, THIRD = "w010", "w011", "w012"
ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture
def store(tmp_path):
    made = make_store(tmp_path / "store")
    yield made
    made.close()


def town(store):
    """Make orders of three workers, some of them closed; return the open ones of the giver."""
    open_ = []
    for nth in range(1, 10):
        number = handled(store, f"2026110200{nth:04d}", upto="submit" if nth % 3 == 0 else "dispatch")
        worker = (GIVER, TAKER, THIRD)[nth % 2 if nth < 8 else 2]
        act(store, number, "assign", worker=worker)
        if nth % 3 == 0:
            act(store, number, "close", **CLOSING)
        elif worker == GIVER:
            open_.append(number)
    return open_


def go(store, **asked):
    with store.write() as session:
        return handover.act(session, Asked(**asked))


def code(store, **asked):
    with pytest.raises(Refused) as refusal:
        go(store, **asked)
    return refusal.value.code


def worker_of(store, *given):
    with store.read() as session:
        return [cases.show(session, number)[1].get("worker") for number in given]


def figures(store, by):
    """Return every rate of the month by worker or neighbourhood, as known now."""
    with store.read() as session:
        first, last = (worktime.parse(day)[0] for day in ("2026-11-01", "2026-12-01"))
        found = rates.rates(session, start=first, end=last, by=by)
        return {(one.key, one.group): (one.numerator, one.denominator) for one in found}


def test_open_cases_go_over_as_one_act_and_come_back_with_one_undo(store):
    open_ = town(store)
    before = standing(store)
    store.clock.pass_(600)
    done = go(store, to=TAKER, worker=GIVER)
    assert {row.number for row in done.cases} == set(open_)
    assert set(worker_of(store, *open_)) == {TAKER}
    with store.write() as session:
        undone = undoing.undo_last(session)
    assert (undone.kind, undone.cases, undone.name) == ("handover", len(open_), done.told.batch)
    assert standing(store) == before
    assert list(checking.check(store, deep=True).findings) == []


def test_the_preview_names_the_same_cases_and_writes_nothing(store):
    town(store)
    with store.read() as session:
        seen = handover.preview(session, Asked(to=TAKER, worker=GIVER))
    with store.write() as session:
        done = handover.act(session, Asked(to=TAKER, worker=GIVER), token=seen.told.token)
    assert (seen.cases, seen.told.lines, seen.told.batch) == (done.cases, done.told.lines, "")
    assert [row.due for row in seen.cases] == sorted(row.due for row in seen.cases)


def test_what_joins_the_work_after_the_preview_makes_it_stale(store):
    town(store)
    with store.read() as session:
        seen = handover.preview(session, Asked(to=TAKER, worker=GIVER))
    act(store, log(store, order_number="20261102999999"), "assign", worker=GIVER)
    with pytest.raises(Refused) as refusal, store.write() as session:
        handover.act(session, Asked(to=TAKER, worker=GIVER), token=seen.told.token)
    assert refusal.value.code == "bulk_stale"


def test_closed_work_keeps_its_worker_and_no_figure_moves_by_place(store):
    town(store)
    store.clock.pass_(20 * DAY)
    by_place, by_worker = figures(store, "neighbourhood"), figures(store, "worker")
    closed = [f"2026110200{nth:04d}" for nth in (3, 6, 9)]
    kept = worker_of(store, *closed)
    go(store, to=TAKER, worker=GIVER)
    assert worker_of(store, *closed) == kept
    assert figures(store, "neighbourhood") == by_place
    after = figures(store, "worker")
    for key in ("actual_resolution", "satisfaction"):
        assert {who: said for who, said in after.items() if who[0] == key} == {
            who: said for who, said in by_worker.items() if who[0] == key
        }
    totals = [
        [sum(said[n] for who, said in found.items() if who[0] == "on_time_closing") for n in (0, 1)]
        for found in (by_worker, after)
    ]
    assert totals[0] == totals[1]


def test_a_grid_goes_over_whole_but_for_what_the_receiver_has(store):
    open_ = town(store)
    with store.read() as session:
        grid = str(session.db.exec_driver_sql("SELECT grid FROM cases LIMIT 1").scalar_one())
        every = lists.count(session, stage="open", grid=grid)
        held = lists.count(session, stage="open", grid=grid, worker=TAKER)
    done = go(store, to=TAKER, grid=grid)
    assert len(done.cases) == every - held
    assert set(open_) <= {row.number for row in done.cases}
    assert code(store, to=TAKER, grid=grid) == "bulk_none"


def test_only_a_type_goes_over_when_asked(store):
    town(store)
    other = log(store, type="noise", order_number="20261102999999")
    act(store, other, "assign", worker=GIVER)
    assert [row.number for row in go(store, to=TAKER, worker=GIVER, type="noise").cases] == [other]


def test_a_hand_over_to_oneself_of_nothing_or_to_a_stranger_is_refused(store):
    town(store)
    assert code(store, to=GIVER, worker=GIVER) == "handover_same"
    assert code(store, to=TAKER) == "handover_what"
    assert code(store, to="nobody", worker=GIVER) == "worker_unknown"
    assert code(store, to=TAKER, worker="nobody") == "worker_unknown"
    assert code(store, to=TAKER, worker="w015") == "bulk_none"


def test_who_has_left_is_found_by_code_and_by_name(store):
    open_ = town(store)
    with store.write() as session:
        name = session.catalogue.name("worker", GIVER)
        catalogue.retire(session, "worker", GIVER)
    with store.read() as session:
        assert [one.code for one in people.workers(session) if one.needs_handover] == [GIVER]
        assert people.anyone(session, name) == GIVER
    assert len(go(store, to=TAKER, worker=GIVER).cases) == len(open_)
    with store.read() as session:
        assert [one.code for one in people.workers(session) if one.needs_handover] == []


def test_work_goes_back_to_who_was_away(store):
    open_ = town(store)
    with store.write() as session:
        people.be_absent(session, GIVER, since="2026-11-02", deputy=TAKER)
    for number in open_[:2]:
        act(store, number, "assign", worker=GIVER, deputy="yes")
    with store.write() as session:
        people.come_back(session, GIVER)
    done = go(store, to=GIVER, back=True)
    assert {row.number for row in done.cases} == set(open_[:2])
    assert code(store, to=GIVER, back=True) == "bulk_none"


def test_an_absent_receivers_work_goes_to_the_deputy_only_when_said(store):
    open_ = town(store)
    with store.write() as session:
        people.be_absent(session, TAKER, since="2026-11-02", deputy=THIRD)
    done = go(store, to=TAKER, worker=GIVER)
    assert (done.cases, {line.refusal.code for line in done.told.refused}) == ((), {"worker_absent"})
    done = go(store, to=TAKER, worker=GIVER, deputy="yes")
    assert len(done.cases) == len(open_)
    assert set(worker_of(store, *open_)) == {THIRD}


@pytest.mark.skipif(os.name == "nt", reason="processes are killed here")
def test_killed_in_the_middle_it_is_there_whole_or_not_at_all(tmp_path):
    store = make_store(tmp_path / "store")
    open_ = town(store)
    store.close()
    program = (
        "import sys, time; from pathlib import Path; from tests.stores import reopen, Clock\n"
        "from zq_grid import handover; from zq_grid.handover import Asked\n"
        "store = reopen(Path(sys.argv[1]), Clock(Clock().at + 86400))\n"
        "while True:\n"
        "    for to, worker in (('w011', 'w010'), ('w010', 'w011')):\n"
        "        with store.write() as session: handover.act(session, Asked(to=to, worker=worker))\n"
        "        print(to, flush=True)\n"
    )
    rng = random.Random(1)
    for _ in range(4):
        command = [sys.executable, "-c", program, str(tmp_path / "store")]
        child = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE)
        for _ in range(rng.randint(1, 6)):
            child.stdout.readline()
        child.send_signal(signal.SIGKILL)
        child.wait()
        child.stdout.close()
        store = reopen(tmp_path / "store", Clock(Clock().at + 2 * DAY))
        assert len(set(worker_of(store, *open_))) == 1
        assert list(checking.check(store, deep=True).findings) == []
        store.close()


def test_the_command_previews_hands_over_and_is_undone(tmp_path):
    store = make_store(tmp_path / "ws")
    open_ = town(store)
    store.close()
    data, now = tmp_path / "ws", ("--now", "2026-11-03T09:00:00+08:00")
    wanted = ("handover", "--from", GIVER, "--to", TAKER)
    seen = run(data, *wanted, "--preview", options=now)
    assert (seen["taken"], seen["batch"]) == (len(open_), "")
    assert {"number", "place", "stage", "due", "light"} <= seen["cases"][0].keys()
    done = run(data, *wanted, "--token", seen["token"], options=now)
    assert done["cases"] == seen["cases"]
    undone = run(data, "undo", done["batch"], options=now)
    assert (undone["kind"], undone["cases"]) == ("handover", len(open_))
    assert refused(data, "handover", "--to", TAKER, options=now)["refused"] == "handover_what"


@pytest.mark.pg
def test_on_a_shared_server_it_is_the_same(tmp_path, fresh_pg):
    store = make_store(tmp_path / "store", url=fresh_pg, clock=Clock())
    open_ = town(store)
    before = standing(store)
    done = go(store, to=TAKER, worker=GIVER)
    assert {row.number for row in done.cases} == set(open_)
    with store.write() as session:
        undoing.undo(session, done.told.batch)
    assert standing(store) == before
    store.close()
