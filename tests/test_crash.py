"""Killed at any moment: what was acknowledged is there, log and summaries agree, the next act works."""

import os
import random
import select
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from tests import stores
from tests.crash_nursery import BULK
from tests.stores import log, make_store, reopen, streams
from zq_grid import checking, keeping, steps
from zq_grid.errors import Refused

pytestmark = pytest.mark.skipif(os.name == "nt", reason="processes are forked here")
ROOT = Path(__file__).resolve().parents[1]
PATIENCE = 30


class Nursery:
    """Processes that act on stores, started quickly and killed at will."""

    def __init__(self):
        command = [sys.executable, "-m", "tests.crash_nursery"]
        pipe = subprocess.PIPE
        self._program = subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, bufsize=0)
        self._rest = b""

    def _tell(self, line):
        self._program.stdin.write(f"{line}\n".encode())

    def _line(self):
        while b"\n" not in self._rest:
            ready, _, _ = select.select([self._program.stdout], [], [], PATIENCE)
            assert ready, "the process under test is silent"
            found = os.read(self._program.stdout.fileno(), 65_536)
            assert found, "the process under test is gone"
            self._rest += found
        line, _, self._rest = self._rest.partition(b"\n")
        words = line.decode().split()
        assert words[0] != "failed", words
        return words

    def start(self, task, folder, label="x"):
        """Start a process; return its number."""
        self._tell(f"{task} {folder} {label}")
        self.heard = []
        while (words := self._line())[0] != "pid":
            self.heard.append(words)
        return int(words[1])

    def first_word(self):
        """Wait until a process says anything."""
        if not self.heard:
            self.heard.append(self._line())

    def kill(self, *pids):
        """Kill processes; return all that was heard of them."""
        for pid in pids:
            os.kill(pid, signal.SIGKILL)
        self._tell("wait - -")
        while (words := self._line())[0] != "all":
            self.heard.append(words)
        return [words for words in self.heard if words[0] != "ended"]

    def killed(self, task, folder, label, longest):
        """Start a process, kill it at a random moment after its first word; return what it acknowledged."""
        pid = self.start(task, folder, label)
        self.first_word()
        ends = time.monotonic() + random.random() * longest
        while (left := ends - time.monotonic()) > 0:
            ready, _, _ = select.select([self._program.stdout], [], [], left)
            if ready:
                self._rest += os.read(self._program.stdout.fileno(), 65_536)
        return self.kill(pid)

    def close(self):
        """Let the program end."""
        self._program.stdin.close()
        self._program.wait(PATIENCE)
        self._program.stdout.close()


@pytest.fixture(scope="module")
def nursery():
    made = Nursery()
    yield made
    made.close()


@pytest.fixture
def folder(tmp_path, template):
    workspace = stores.moved(template.folder, tmp_path / "store", stores.Clock(int(time.time())))
    workspace.close()
    return workspace.folder


def subjects_of(session, said):
    return steps.subject_ids(session.db, [f"case:hotline:{number}" for number in said])


def whole(folder, said=(), told=()):
    """Reopen a store that somebody was killed over: see that it is whole, and that acting goes on."""
    workspace = reopen(folder, lambda: int(time.time()))
    try:
        assert checking.quick(workspace) == []
        with workspace.read() as session:
            session.catalogue.with_places(session.db)
            numbers = list(subjects_of(session, said).values())
            assert list(checking._summaries(session, numbers)) == []
            assert list(checking._strays(session)) == []
            kept(session, told)
        log(workspace)
        given = streams(workspace)
        assert len(set(given)) == len(given)
    finally:
        workspace.close()


def kept(session, told):
    """See that every act that was acknowledged is in the log."""
    wanted: dict[str, list[str]] = {}
    for _, number, kind in told:
        wanted.setdefault(number, []).append(kind)
    named = subjects_of(session, wanted)
    for number, kinds in wanted.items():
        held = steps.of_subject(session.db, named[f"case:hotline:{number}"])
        missing = Counter(kinds) - Counter(step.kind for step in held)
        assert not missing, (number, missing)


def crash_acting(nursery, folder, times):
    every = []
    for run in range(times):
        told = nursery.killed("acts", folder, f"2026{run:05d}", 0.06)
        every += told
        # the case that was being acted on may have got its last step, or begun, without a word
        label, begun = f"2026{run:05d}", len({number for _, number, _ in told})
        whole(folder, [f"{label}{n:05d}" for n in range(max(0, begun - 2), begun + 1)], told)
    workspace = reopen(folder)
    with workspace.read() as session:
        kept(session, every)
    assert checking.check(workspace, deep=True).findings == ()
    workspace.close()
    assert len(every) > times


def test_every_acknowledged_act_outlives_a_kill(nursery, folder):
    crash_acting(nursery, folder, 50)


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_every_acknowledged_act_outlives_a_thousand_kills(nursery, folder):
    crash_acting(nursery, folder, 1000)


def crash_importing(nursery, folder, times):
    for run in range(times):
        told = nursery.killed("bulks", folder, f"2026{run:05d}", 1.2)
        begun = [words[1] for words in told if words[0] == "begun"]
        done = [words[1] for words in told if words[0] == "bulk"]
        workspace = reopen(folder)
        with workspace.read() as session:
            stored = {
                label: len(subjects_of(session, [f"{label}{row:05d}" for row in range(BULK)]))
                for label in begun
            }
        workspace.close()
        assert set(stored.values()) <= {0, BULK}
        assert {stored[label] for label in done} <= {BULK}
        whole(folder, [f"{begun[-1]}{row:05d}" for row in range(BULK)])


def test_an_import_that_is_killed_is_there_whole_or_not_at_all(nursery, folder):
    crash_importing(nursery, folder, 5)


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_a_hundred_imports_that_are_killed_are_there_whole_or_not_at_all(nursery, folder):
    crash_importing(nursery, folder, 100)


def test_an_erasing_that_is_killed_left_the_chain_whole_and_no_value_where_it_was_acknowledged(
    nursery, folder
):
    for run in range(6):
        told = nursery.killed("erases", folder, f"2026{run:05d}", 0.08)
        whole(folder, [number for _, number, _ in told], told)
        workspace = reopen(folder)
        with workspace.read() as session:
            for subject in subjects_of(session, [number for _, number, _ in told]).values():
                shown = session.db.exec_driver_sql(
                    "SELECT text FROM cases WHERE subject = ?", (subject,)
                ).scalar_one()
                assert shown is None
        workspace.close()


# keeping --------------------------------------------------------------------------------------


def test_a_backup_that_is_killed_leaves_the_older_one(nursery, folder):
    workspace = reopen(folder)
    log(workspace, order_number="20261102000001")
    out = keeping.backup(workspace, folder.parent / "backup.zqb")
    workspace.close()
    for _ in range(4):
        nursery.killed("backups", folder, "x", 0.3)
        restored = folder.parent / "elsewhere" / "store"
        keeping.restore(restored, out_with_key(out, folder), clock=lambda: int(time.time()))
        whole(restored, ["20261102000001"])
    whole(folder)


def out_with_key(out, folder):
    (out.parent / "key").write_bytes((folder / "key").read_bytes())
    return out


def test_a_restore_that_is_killed_leaves_the_old_store_or_the_new_one(nursery, folder):
    workspace = reopen(folder)
    log(workspace, order_number="20261102000001")
    keeping.backup(workspace, folder.parent / "backup.zqb")
    workspace.close()
    given: Counter[tuple] = Counter()
    seen = set()
    for run in range(8):
        workspace = reopen(folder)
        before = set(streams(workspace))
        log(workspace, order_number=f"2026{run:010d}")
        given.update(set(streams(workspace)) - before)
        cases = stores.count(workspace, "cases")
        workspace.close()
        nursery.killed("restores", folder, "x", 0.35)
        workspace = reopen(folder)
        found = stores.count(workspace, "cases")
        assert found in {1, cases}
        seen.add(found == 1)
        assert checking.check(workspace).findings == ()
        workspace.close()
    assert set(given.values()) == {1}
    assert True in seen


def test_setting_up_that_is_killed_can_be_done_again(nursery, tmp_path):
    for run in range(6):
        folder = tmp_path / f"ws{run}"
        made = nursery.killed("sets_up", folder, "x", 0.35)
        if (refused := refusal(folder)) is not None:
            assert refused in {"store_missing", "store_empty"}
            assert ["made", "x"] not in made
            make_store(folder).close()
        whole(folder)


def refusal(folder):
    """Return why a store can't be opened, None if it can."""
    try:
        reopen(folder).close()
    except Refused as refused:
        return refused.code
    return None


# at once --------------------------------------------------------------------------------------


def test_two_processes_act_at_once_and_every_chain_stays_whole(nursery, folder):
    first = nursery.start("acts", folder, "202611")
    second = nursery.start("acts", folder, "202612")
    told = list(nursery.heard)
    nursery.heard = []
    while min(sum(words[1].startswith(label) for words in told) for label in ("202611", "202612")) < 25:
        told.append(nursery._line())
    told += nursery.kill(first, second)
    numbers = sorted({number for _, number, _ in told})
    whole(folder, numbers, told)
    workspace = reopen(folder)
    assert {epoch for _, epoch, _, _ in streams(workspace)} >= {1}
    assert checking.check(workspace, deep=True).findings == ()
    workspace.close()
