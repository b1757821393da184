"""Whose figure a round is: who had the case when that round ended, whoever has it now (R4.10)."""

import pytest
from sqlalchemy import select

from db.tables import CASES
from tests.recount_histories import History
from tests.standing import standing
from tests.stores import CLOSING, DAY, act, handled, make_store
from zq_grid import checking, confirm, handover, rates, rebuilding, steps, undoing
from zq_grid.handover import Asked
from zq_grid.progress import Progress
from zq_grid.rules import worktime

GIVER, TAKER = "w010", "w011"
ORDER = "20261102000001"
FOUR = ("first_contact", "on_time_closing", "actual_resolution", "satisfaction")


@pytest.fixture
def store(tmp_path):
    """An order that one worker closed, and that has been taken up again."""
    made = make_store(tmp_path / "store")
    number = handled(made, ORDER, upto="submit")
    act(made, number, "assign", worker=GIVER)
    act(made, number, "close", **CLOSING)
    act(made, number, "visit", by="centre", satisfaction="dissatisfied", words="没修好")
    act(made, number, "reopen", reason="不满意")
    made.clock.pass_(20 * DAY)
    yield made
    made.close()


def by_worker(store):
    first, last = (worktime.parse(day)[0] for day in ("2026-11-01", "2026-12-01"))
    with store.read() as session:
        found = rates.rates(session, start=first, end=last, by="worker")
        confirm.confirm(
            session.catalogue,
            found,
            steps.of_subjects(
                session.db, session.db.execute(select(CASES.c.subject)).scalars().all()
            ).values(),
            start=first,
            end=last,
            as_of=session.now,
            by="worker",
            profile={"basis": "due", "weights": WEIGHTS},
        )
    return {(one.key, one.group): (one.numerator, one.denominator) for one in found}


WEIGHTS = {"satisfied": "1.0", "fairly": "0.8", "so_so": "0.6", "dissatisfied": "0"}


def first_round(found):
    return {key: said for key, said in found.items() if key[0] in FOUR}


def test_a_hand_over_in_the_second_round_moves_no_figure_of_the_first(store):
    before = by_worker(store)
    assert {group for _, group in first_round(before)} == {GIVER}
    with store.write() as session:
        done = handover.act(session, Asked(to=TAKER, worker=GIVER))
    assert len(done.cases) == 1
    after = by_worker(store)
    assert first_round(after) == first_round(before)
    assert after["recheck_count", TAKER][1] == 1
    assert list(checking.check(store, deep=True).findings) == []
    kept = standing(store)
    with store.write() as session:
        rebuilding.rebuild(session, Progress())
    assert standing(store) == kept
    with store.write() as session:
        undoing.undo_last(session)
    assert by_worker(store) == before


def test_an_assignment_written_down_late_belongs_to_the_round_of_its_day():
    history = History()
    history.log()
    history.do("assign", "11-02 10:00", worker="w7")
    history.do("submit", "11-03 10:00")
    history.do("close", "11-03 10:00", verdict="solved")
    history.do("reopen", "11-04 10:00", reason="-")
    history.do("assign", "11-03 09:00", worker="w9")
    history.do("assign", "11-04 11:00", worker="w8")
    assert history.groups("on_time_closing", "worker") == {"w9": 1}
    assert history.groups("recheck_on_time", "worker") == {"w8": 1}


def test_a_round_that_nobody_had_stays_without_owner_when_the_next_one_is_assigned():
    history = History()
    history.log()
    history.do("submit", "11-03 10:00")
    history.do("close", "11-03 10:00", verdict="solved")
    history.do("reopen", "11-04 10:00", reason="-")
    history.do("assign", "11-04 11:00", worker="w8")
    assert history.groups("actual_resolution", "worker") == {"": 1}
