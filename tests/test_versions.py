"""Versions of rounds told in one pass are those of a fold made anew at each moment, and other processes say the same."""

import sys

import pytest

from db.tables import FOREVER
from tests import stores
from tests.random_histories import histories
from tests.stores import HOUR, act, dump, handled, make_store
from zq_grid import crew, practice, rebuilding, steps, together
from zq_grid.progress import Progress
from zq_grid.rules import facts
from zq_grid.rules.ancestry import Ancestry
from zq_grid.rules.fold import fold
from zq_grid.versions import told


@pytest.fixture
def store(tmp_path):
    workspace = make_store(tmp_path / "store")
    yield workspace
    workspace.close()


def lived(workspace, seed, count):
    lines, _ = histories(seed, count, "2026-11-20" if seed % 2 else "2026-08-24")
    with workspace.write() as session:
        practice.replay(session, lines)


def anew(held, whole):
    """Yield (moment, facts of each round) with nothing kept from one moment to the next."""
    first = min(step.arrived_at for step in held)
    universe = Ancestry(held)
    for at in sorted({step.arrived_at for step in held} | {at for at in whole.arrivals if at > first}):
        state = fold([step for step in held if step.arrived_at <= at], universe)
        yield at, facts.rounds(state, whole.known(at))


def looked_up(versions, at):
    rows = [row for row in versions if row[2] <= at < row[3]]
    return sorted((row[1], *row[4:]) for row in rows)


@pytest.mark.parametrize("seed", [1, 2])
def test_told_in_one_pass_every_moment_is_as_if_folded_anew(store, seed):
    lived(store, seed, 25)
    with store.read() as session:
        whole = session.catalogue.with_places(session.db)
        every = steps.of_range(session.db, 1, 10**6, "case:")
        assert len(every) > 20
        for subject, held in every.items():
            state, versions = told(subject, held, whole)
            for at, now in anew(held, whole):
                assert looked_up(versions, at) == sorted(tuple(row) for row in now)
            assert all(row[3] == FOREVER or row[2] < row[3] for row in versions)
            again = fold(held)
            assert (state.head_steps, state.heads, state.flags) == (
                again.head_steps,
                again.heads,
                again.flags,
            )
            assert facts.rounds(state, whole) == facts.rounds(again, whole)


# side by side ---------------------------------------------------------------------------------


def rebuilt(workspace):
    with workspace.write() as session:
        rebuilding.rebuild(session, Progress())
    return dump(workspace)


@pytest.fixture
def crowd(monkeypatch):
    """Make a small store worth other processes, in many parts."""
    monkeypatch.setattr(crew, "WORTH", 1)
    monkeypatch.setattr(crew, "cores", lambda: 2)
    monkeypatch.setattr(steps, "CHUNK", 150)
    return monkeypatch


def not_here(*_args, **_more):
    raise AssertionError("folded by the process that rebuilds")


def test_other_processes_fold_a_rebuild_to_the_byte(store, crowd):
    lived(store, 3, 30)
    before = dump(store)
    crowd.setattr(crew, "here", not_here)
    assert rebuilt(store) == before


def test_other_processes_read_a_server_too(tmp_path, fresh_pg, crowd):
    workspace = make_store(tmp_path / "store", url=fresh_pg)
    lived(workspace, 5, 10)
    before = dump(workspace)
    crowd.setattr(crew, "here", not_here)
    assert rebuilt(workspace) == before
    workspace.close()


@pytest.mark.parametrize("ended", ["import sys; sys.exit(3)", "import os; os.close(0); os.close(1)"])
def test_a_process_that_dies_is_done_without(store, crowd, ended):
    lived(store, 4, 10)
    before = dump(store)
    crowd.setattr(crew, "command", lambda: [sys.executable, "-c", ended])
    assert rebuilt(store) == before


def test_a_process_that_cannot_be_started_is_done_without(store, crowd, tmp_path):
    handled(store, "20261102000001")
    before = dump(store)
    crowd.setattr(crew, "command", lambda: [str(tmp_path / "nothing here")])
    assert rebuilt(store) == before


def test_what_only_this_transaction_holds_is_folded_here(store, crowd):
    number = handled(store, "20261102000001")
    with store.write() as session:
        together.act(session, number, "note", {"text": "甲"})
        rebuilding.rebuild(session, Progress())
        session.now += HOUR
        together.act(session, number, "assign", {"worker": "w001"})
    before = dump(store)
    assert rebuilt(store) == before
    act(store, number, "assign", worker="w002")
    assert stores.count(store, "cases") == 1
