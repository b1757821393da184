"""New cases of a large import are folded by another process: the same rows to the byte, and done without where it fails."""

import sys

import pytest
from sqlalchemy.exc import DBAPIError

from tests.importing.practice import HEADER, ROW, Town, changed
from tests.stores import dump
from zq_grid import checking, crew, projection, rebuilding, steps
from zq_grid.importing import folding, reader, run
from zq_grid.progress import Cancelled, Progress
from zq_grid.rules.step import Step

LATER = [*HEADER, "处置结果", "办结时间", "满意度", "备注"]
ROWS = [
    [
        *changed(number=f"2026102000{n:04}"),
        "实际解决",
        "2026-10-23 10:00:00",
        "不满意",
        f"第 {n} 件\t“引号”\\",
    ]
    for n in range(60)
]


@pytest.fixture
def town(tmp_path, monkeypatch):
    """A town in which an import is large from its first rows on, and written in many parts."""
    monkeypatch.setattr(folding, "WORTH", 1)
    monkeypatch.setattr(crew, "cores", lambda: 2)
    monkeypatch.setattr(steps, "CHUNK", 7)
    town = Town(tmp_path)
    yield town
    town.workspace.close()


def rebuilt(town):
    with town.workspace.write() as session:
        rebuilding.rebuild(session, Progress())
    return dump(town.workspace)


def test_another_process_folds_an_import_to_the_byte(town, monkeypatch):
    with monkeypatch.context() as patched:
        patched.setattr(projection, "afresh", _not_here)
        assert town.take(LATER, *ROWS).new == 60
    found = dump(town.workspace)
    assert len(found["cases"]) == 60
    assert found == rebuilt(town)
    assert town.found("引号") == []  # beside the case, not among its words
    assert len(town.found("漏水")) == 60
    assert checking.check(town.workspace, deep=True).findings == ()


def test_an_import_into_a_server_is_folded_beside_too(tmp_path, fresh_pg, town, monkeypatch):
    shared = Town(tmp_path / "shared", fresh_pg)
    with monkeypatch.context() as patched:
        patched.setattr(projection, "afresh", _not_here)
        shared.take(LATER, *ROWS)
    before = dump(shared.workspace)
    assert len(before["cases"]) == 60
    assert before == rebuilt(shared)
    shared.workspace.close()


def test_known_and_new_cases_of_one_file_agree_with_the_log(town):
    town.take(HEADER, *(row[: len(HEADER)] for row in ROWS[:20]))
    town.take(LATER, *ROWS)
    assert dump(town.workspace) == rebuilt(town)


@pytest.mark.parametrize(
    "command", [[sys.executable, "-c", "import sys; sys.exit(3)"], ["./nothing here"]], ids=["dies", "absent"]
)
def test_an_import_does_without_a_process_that_fails(town, monkeypatch, command):
    monkeypatch.setattr(crew, "command", lambda: command)
    assert town.take(LATER, *ROWS).new == 60
    assert dump(town.workspace) == rebuilt(town)


@pytest.mark.parametrize("at", [1, 8, 15, 30, 42, 59])
def test_stopped_while_others_fold_and_write_nothing_is_left(town, at):
    table = town.workbook(LATER, *ROWS)
    before = town.everything()

    def tell(done, _total, what):
        if what == "导入" and done >= at:
            raise Cancelled

    turn = sys.getswitchinterval()
    with pytest.raises(Cancelled):
        run.run_file(town.workspace, table, progress=Progress(tell))
    assert town.everything() == before
    assert dump(town.workspace)["cases"] == []
    assert sys.getswitchinterval() == turn
    assert town.take(LATER, *ROWS).new == 60


@pytest.mark.parametrize("table", ["steps", "personal", "cases", "rounds"])
def test_what_the_engine_refuses_behind_is_told_and_nothing_is_left(town, table):
    before = town.everything()
    with town.workspace.transaction(write=True) as db:
        known = db.exec_driver_sql("SELECT count(*) FROM subjects").scalar_one()
        db.exec_driver_sql(
            f"CREATE TRIGGER refuse BEFORE INSERT ON {table} WHEN (SELECT count(*) FROM subjects) > {known + 30}"
            " BEGIN SELECT RAISE(ABORT, 'refused by a test'); END"
        )
    with pytest.raises(DBAPIError, match="refused by a test"):
        town.take(LATER, *ROWS)
    with town.workspace.transaction(write=True) as db:
        db.exec_driver_sql("DROP TRIGGER refuse")
    assert town.everything() == before
    assert town.take(LATER, *ROWS).new == 60
    assert dump(town.workspace) == rebuilt(town)


def test_a_large_file_is_read_while_the_process_starts(town, monkeypatch):
    monkeypatch.setattr(folding, "EARLY", 1)
    order = []
    for module in (crew, reader):
        command = module.command
        monkeypatch.setattr(module, "command", lambda m=module, c=command: order.append(m) or c())
    assert town.take(LATER, *ROWS).new == 60
    assert order == [crew, reader]
    assert dump(town.workspace) == rebuilt(town)


def test_without_new_cases_the_process_is_let_go(town, monkeypatch):
    monkeypatch.setattr(folding, "EARLY", 1)
    table = town.workbook(LATER, *ROWS)
    assert run.run_file(town.workspace, table).new == 60
    before = town.everything()
    again = run.run_file(town.workspace, table)
    assert (again.new, again.unchanged) == (0, 60)
    assert town.everything() == before


def test_a_small_import_starts_no_process(town, monkeypatch):
    monkeypatch.setattr(folding, "WORTH", 2_000)
    monkeypatch.setattr(crew, "command", _not_here)
    assert town.take(HEADER, ROW).new == 1
    assert dump(town.workspace) == rebuilt(town)


def test_steps_come_out_of_the_pipe_as_they_went_in(town):
    town.take(LATER, *ROWS[:3])
    with town.workspace.read() as session:
        held = steps.of_range(session.db, 1, 10_000, "case:")
    assert held
    again = {subject: of_one for some in crew.taken(crew.handed(held)) for subject, of_one in some.items()}
    assert again == held
    assert all(isinstance(step, Step) for of_one in again.values() for step in of_one)


def _not_here(*_args, **_more):
    raise AssertionError("folded by the process that imports")
