"""Jobs done behind: in order, on a thread, and none after one that failed."""

from contextlib import suppress
from threading import Event, get_ident

import pytest

from zq_grid.importing.behind import AHEAD, Behind


@pytest.fixture(params=[True, False], ids=["on a thread", "at once"])
def behind(request):
    with Behind(apart=request.param) as behind:
        yield behind


def test_jobs_are_done_in_their_order(behind):
    done = []
    for nth in range(3 * AHEAD):
        behind.put(lambda nth=nth: done.append(nth))
    behind.wait()
    assert done == list(range(3 * AHEAD))


def test_jobs_apart_are_done_while_the_caller_goes_on():
    going, threads = Event(), []
    with Behind(apart=True) as behind:
        behind.put(going.wait)
        behind.put(lambda: threads.append(get_ident()))
        assert threads == []
        going.set()
        behind.wait()
    assert threads != [get_ident()]
    assert len(threads) == 1


def test_a_job_that_fails_is_the_last_and_the_caller_learns_why():
    done = []
    with Behind(apart=True) as behind:
        with suppress(ValueError):  # it may have failed by then
            behind.put(_fail)
        with pytest.raises(ValueError, match="full"):
            behind.wait()
        with pytest.raises(ValueError, match="full"):
            behind.put(lambda: done.append(1))
    assert done == []


def test_leaving_waits_for_the_job_that_is_being_done():
    begun, going, done = Event(), Event(), []

    def long():
        begun.set()
        going.wait()
        done.append("ended")

    with Behind(apart=True) as behind:
        behind.put(long)
        begun.wait()
        assert done == []
        going.set()
    assert done == ["ended"]
    behind.__exit__()  # once more does no harm
    assert done == ["ended"]


def _fail():
    raise ValueError("full")
