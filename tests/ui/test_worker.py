"""The threads beside the window: order, what is not wanted any more, what is done for sure, errors, the end."""

import threading

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from ui.worker import READ, WRITE, Worker
from zq_grid.errors import Refused

LONG = 20_000


class Store:
    """Something that is opened and closed."""

    closed = False

    def close(self) -> None:
        self.closed = True


@pytest.fixture
def worker(qtbot: QtBot):
    store = Store()
    made = Worker(lambda tell: store)
    made.start()
    qtbot.waitUntil(lambda: made.workspace is store, timeout=LONG)
    yield made
    made.close()
    assert store.closed


def done(qtbot, worker):
    qtbot.waitUntil(worker.idle, timeout=LONG)


class Gate:
    """Holds a thread until it is opened."""

    def __init__(self, worker, lane=READ):
        self.reached, self.open = threading.Event(), threading.Event()
        worker.ask(self.hold, lane=lane)
        assert self.reached.wait(20)

    def hold(self, _store, _progress):
        self.reached.set()
        assert self.open.wait(20)


def test_an_answer_comes_on_the_thread_of_the_window(qtbot, worker):
    there, here = [], []
    worker.ask(
        lambda _s, _p: there.append(threading.current_thread().name),
        lambda _n: here.append(threading.current_thread()),
    )
    done(qtbot, worker)
    assert there == ["store-read"]
    assert here == [threading.main_thread()]


def test_what_matters_more_goes_first_and_equals_in_the_order_asked(qtbot, worker):
    gate, order = Gate(worker), []
    for name, rank in (("count", 6), ("rows", 2), ("more rows", 2), ("case", 1)):
        worker.ask(lambda _s, _p, name=name: order.append(name), rank=rank)
    gate.open.set()
    done(qtbot, worker)
    assert order == ["case", "rows", "more rows", "count"]


def test_a_question_that_was_asked_anew_is_neither_worked_on_nor_answered(qtbot, worker):
    gate, worked, answered = Gate(worker), [], []
    for said in ("楼", "楼道", "楼道充电"):
        worker.ask(lambda _s, _p, said=said: worked.append(said) or said, answered.append, key="search")
    gate.open.set()
    done(qtbot, worker)
    assert worked == answered == ["楼道充电"]


def test_reading_goes_on_while_something_long_is_written(qtbot, worker):
    gate, found = Gate(worker, WRITE), []
    worker.ask(lambda _s, _p: 47, found.append)
    qtbot.waitUntil(lambda: found == [47], timeout=LONG)
    gate.open.set()
    done(qtbot, worker)


def test_acts_are_done_one_at_a_time_in_their_order(qtbot, worker):
    gate, order = Gate(worker, WRITE), []
    for nth in range(5):
        worker.act(lambda _s, _p, nth=nth: order.append(nth))
    assert order == []
    gate.open.set()
    done(qtbot, worker)
    assert order == [0, 1, 2, 3, 4]


def test_an_answer_for_a_page_that_is_gone_is_dropped(qtbot, worker):
    gate, answered, page = Gate(worker), [], QObject()
    worker.ask(lambda _s, _p: 1, answered.append, owner=page)
    page.deleteLater()
    qtbot.wait(1)
    gate.open.set()
    done(qtbot, worker)
    assert answered == []


def test_a_cancelled_job_ends_without_a_complaint(qtbot, worker):
    begun, complaints = threading.Event(), []
    worker.broken.connect(complaints.append)
    worker.refused.connect(complaints.append)

    def work(_store, progress):
        begun.set()
        while True:
            progress.report(1, 2, "")

    job = worker.act(work)
    assert begun.wait(20)
    job.cancel()
    done(qtbot, worker)
    assert complaints == []
    assert job.over


def test_a_refusal_and_a_bug_are_told_apart_and_whoever_asked_may_take_them(qtbot, worker, caplog):
    refused, broken, taken = [], [], []
    worker.refused.connect(refused.append)
    worker.broken.connect(broken.append)

    def fails(error):
        def work(_store, _progress):
            raise error

        return work

    worker.ask(fails(Refused("no_such_case", "none")))
    worker.ask(fails(ValueError("bug")))
    worker.ask(fails(Refused("no_such_case", "none")), failed=taken.append)
    done(qtbot, worker)
    assert [type(one) for one in (*refused, *broken, *taken)] == [Refused, ValueError, Refused]
    assert [one.message for one in caplog.records if one.levelname == "ERROR"] == ["work failed: "]


def test_progress_of_ten_thousand_rows_is_told_a_hundred_times(qtbot, worker):
    told, gate = [], Gate(worker, WRITE)

    def work(_store, progress):
        for nth in range(10_000):
            progress.report(nth, 10_000, "行")

    worker.act(work).progressed.connect(lambda *said: told.append(said))
    gate.open.set()
    done(qtbot, worker)
    assert len(told) == 100


def test_only_a_job_with_a_title_that_lasts_half_a_second_is_late(qtbot, worker):
    late = []
    worker.late.connect(lambda job: late.append(job.title))
    worker.ask(lambda _s, _p: None, title="short")
    gate = Gate(worker, WRITE)
    worker.act(lambda _s, _p: None, title="long")
    qtbot.waitUntil(lambda: late == ["long"], timeout=LONG)
    gate.open.set()
    done(qtbot, worker)


def test_what_was_promised_is_done_though_the_window_closes_and_the_rest_is_not(qtbot):
    order = []
    made = Worker(lambda tell: Store())
    made.start()
    gate = Gate(made, WRITE)
    made.act(lambda _s, _p: order.append("draft"), sure=True)
    made.act(lambda _s, _p: order.append("report"))
    threading.Timer(0.05, gate.open.set).start()
    made.close()
    assert order == ["draft"]


def test_a_store_that_does_not_open_is_told_and_the_threads_end(qtbot):
    def opening(_tell):
        raise Refused("store_missing", "none")

    made, failed = Worker(opening), []
    made.failed_to_open.connect(failed.append)
    made.start()
    qtbot.waitUntil(lambda: bool(failed), timeout=LONG)
    made.close()
    assert failed[0].code == "store_missing"
    assert not any(thread.is_alive() for thread in made._threads)
