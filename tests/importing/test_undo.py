import pytest
from sqlalchemy import select

from db.tables import BATCHES, CASES, FOREVER, ROUNDS, STEPS
from tests.importing.practice import HEADER, ROW, Town
from tests.stores import dump
from zq_grid import checking, rebuilding
from zq_grid.errors import Refused
from zq_grid.importing import run, undo
from zq_grid.progress import Cancelled, Progress

NUMBER, OTHER, THIRD = "20261020000001", "20261020000002", "20261020000003"
OUTCOME = ["结案时间", "解决情况", "先行联系", "综合满意度"]
WHOLE = ["2026-10-23", "实际解决", "是", "满意"]


@pytest.fixture
def town(tmp_path):
    town = Town(tmp_path)
    yield town
    town.workspace.close()


def row(number, text="楼上漏水，物业不管"):
    return (number, *ROW[1:4], text)


def code(town, batch, **more):
    with pytest.raises(Refused) as refusal:
        town.take_back(batch, **more)
    return refusal.value.code


def without(summary, *names):
    """Return the rows of cases by number, without the count of steps, which only grows."""
    columns = [column.name for column in CASES.c]
    cases = [dict(zip(columns, found, strict=True)) for found in summary["cases"]]
    return {case["number"]: {n: v for n, v in case.items() if n not in names} for case in cases}


@pytest.mark.parametrize("name", ["e2_sample.xlsx", "e3_sample.xlsx", "e4_sample.xlsx"])
def test_a_file_of_messages_comes_in_whole_once_and_goes_out_whole(town, shared_data, name):
    town.take(HEADER, ROW)
    before = town.summary()
    town.later()
    done = run.run_file(town.workspace, shared_data / "chinese" / name)
    # one number stands twice in e2 with another category: that row is named, none is lost
    assert (done.new + len(done.rejected), done.asked, done.unchanged) == (done.rows, (), 0)
    assert done.rows == {"e2_sample.xlsx": 495, "e3_sample.xlsx": 30, "e4_sample.xlsx": 120}[name]
    assert [rejected.code for rejected in done.rejected] == ["row_repeated_differs"] * (
        name == "e2_sample.xlsx"
    )
    steps = town.number_of_steps()
    again = run.run_file(town.workspace, shared_data / "chinese" / name)
    assert (again.batch, again.unchanged) == ("", done.new)
    assert town.number_of_steps() == steps
    assert len(town.found("小区")) > 1
    undone = town.take_back(done.batch)
    assert (undone.retracted, undone.kept) == (done.new, ())
    assert town.summary() == before
    assert town.found("小区") == []
    assert town.found("漏水") == [NUMBER]


def test_undoing_restores_the_lists_to_the_byte(town):
    town.take([*HEADER, "截止时间"], [*row(NUMBER), "2026-11-05"])
    town.act(NUMBER, "accept", {})
    before = town.summary()
    reminder = row(THIRD, f"【最近派发的工单编号：{NUMBER}，工单内容：漏水】催办")
    done = town.take([*HEADER, *OUTCOME], [*row(OTHER), *WHOLE], [*reminder, *[""] * 4])
    assert (done.new, done.linked) == (2, 1)
    undone = town.take_back(done.batch)
    assert undone.retracted == 9
    assert town.summary() == before


def test_of_a_case_that_was_only_amended_nothing_remains_but_the_steps(town):
    town.take([*HEADER, "截止时间"], [*row(NUMBER), "2026-11-05"])
    before = town.summary()
    done = town.take([*HEADER, "截止时间", "任务号", *OUTCOME], [*row(NUMBER), "2026-11-12", "P1", *WHOLE])
    assert town.case(NUMBER).stage == "closed"
    town.take_back(done.batch)
    after = town.summary()
    assert town.case(NUMBER).get("platform_due") == "2026-11-05"
    assert without(after, "steps") == without(before, "steps")
    assert (after["clocks"], after["facts"]) == (before["clocks"], before["facts"])
    # since when a version of a round stands is what "as of" goes by: it was different in between
    assert [standing[:2] + standing[3:] for standing in after["rounds"]] == [
        standing[:2] + standing[3:] for standing in before["rounds"]
    ]


def test_the_newest_step_is_taken_back_first(town):
    done = town.take([*HEADER, *OUTCOME], [*row(NUMBER), *WHOLE])
    steps = town.steps(NUMBER)
    town.take_back(done.batch)
    retracts = [step for step in town.steps(NUMBER) if step.kind == "retract"]
    assert [step.body["step"] for step in retracts] == [step.id for step in reversed(steps)]
    assert len({step.group for step in retracts}) == 1
    assert town.case(NUMBER).flags == []


def test_what_people_have_worked_on_since_is_left_and_named(town):
    done = town.take(HEADER, row(NUMBER), row(OTHER), row(THIRD))
    town.act(NUMBER, "accept", {})
    town.act(OTHER, "retract", {"step": town.act(OTHER, "note", {"text": "错记"}).id, "reason": "错记"})
    undone = town.take_back(done.batch)
    assert (undone.retracted, undone.kept) == (2, (NUMBER,))
    assert town.column(select(CASES.c.number)) == [NUMBER]
    assert code(town, done.batch) == "batch_undone"
    assert town.take_back(done.batch, also_acted=True).retracted == 1
    assert town.column(select(CASES.c.number)) == []
    assert code(town, done.batch, also_acted=True) == "batch_undone"


def test_what_a_later_import_added_to_counts_as_worked_on(town):
    first = town.take(HEADER, row(NUMBER), row(OTHER))
    second = town.take([*HEADER, "截止时间"], [*row(NUMBER), "2026-11-12"])
    assert town.take_back(first.batch).kept == (NUMBER,)
    town.take_back(second.batch)
    assert town.take_back(first.batch).kept == ()
    assert town.column(select(CASES.c.number)) == []


def test_undoing_twice_or_what_never_was_is_refused(town):
    done = town.take(HEADER, row(NUMBER))
    town.take_back(done.batch)
    before = town.everything()
    assert code(town, done.batch) == "batch_undone"
    assert code(town, "x-1-1") == "batch_unknown"
    assert town.everything() == before


def test_after_undoing_the_same_file_is_logged_anew(town):
    header = [*HEADER, *OUTCOME]
    rows = [[*row(NUMBER), *WHOLE], [*row("", "没有编号"), *[""] * 4]]
    first = town.take(header, *rows)
    seen = town.summary()
    town.take_back(first.batch)
    second = town.take(header, *rows)
    assert (second.new, second.batch != first.batch) == (2, True)
    aside = ("steps", "flags")
    assert without(town.summary(), *aside)[NUMBER] == without(seen, *aside)[NUMBER]
    assert town.take(header, *rows).unchanged == 2
    assert town.found("漏水") == [NUMBER]
    assert town.take_back(second.batch).retracted == 8
    assert town.column(select(CASES.c.number)) == []


def test_an_amendment_that_was_undone_is_made_again(town):
    header = [*HEADER, "截止时间"]
    town.take(header, [*row(NUMBER), "2026-11-05"])
    amended = town.take(header, [*row(NUMBER), "2026-11-12"])
    town.take_back(amended.batch)
    again = town.take(header, [*row(NUMBER), "2026-11-12"])
    assert again.amended == 1
    assert town.case(NUMBER).get("platform_due") == "2026-11-12"


def test_stopped_in_the_middle_an_undo_leaves_everything(town):
    done = town.take(HEADER, *(row(f"2026102100{n:04}") for n in range(600)))
    before = town.everything()

    def tell(finished, _total, _what):
        if finished:
            raise Cancelled

    with pytest.raises(Cancelled):
        town.take_back(done.batch, progress=Progress(tell))
    assert town.everything() == before
    assert town.take_back(done.batch).retracted == 600


def test_a_batch_says_how_much_of_it_was_taken_back(town):
    done = town.take(HEADER, row(NUMBER), row(OTHER))
    town.act(NUMBER, "accept", {})
    town.take_back(done.batch)
    assert town.column(select(BATCHES.c.undone)) == [undo.PARTLY]
    town.take_back(done.batch, also_acted=True)
    assert town.column(select(BATCHES.c.undone)) == [undo.WHOLE]
    assert {step.kind for step in town.steps(NUMBER)} == {"log", "accept", "retract"}


def test_on_a_shared_server_it_is_the_same(tmp_path, fresh_pg):
    town = Town(tmp_path, fresh_pg)
    header = [*HEADER, "截止时间", *OUTCOME]
    town.take(header, [*row(NUMBER), "2026-11-05", *[""] * 4])
    before = town.summary()
    rows = [[*row(OTHER), "", *WHOLE], [*row("", "没有编号"), "", *[""] * 4]]
    done = town.take(header, *rows)
    assert (done.new, town.take(header, *rows).unchanged) == (2, 2)
    assert town.found("没有") != []
    town.take_back(done.batch)
    assert town.summary() == before
    assert town.found("没有") == []
    assert len(town.column(select(STEPS.c.id).where(STEPS.c.kind == "retract"))) == 8
    town.workspace.close()


# what people see, to the byte


def seen(dumped):
    """Return what a dump shows to people: of rounds what stands, not what was known in between."""
    columns = [column.name for column in ROUNDS.c]
    until, gone = columns.index("until"), columns.index("gone")
    rounds = [row for row in dumped["rounds"] if row[until] == FOREVER and row[gone] != "retracted"]
    return {**dumped, "rounds": rounds}


@pytest.mark.parametrize("name", ["e2_sample.xlsx", "e3_sample.xlsx", "e4_sample.xlsx"])
def test_after_undoing_a_real_file_every_summary_is_as_it_was_to_the_byte(town, shared_data, name):
    town.take([*HEADER, "截止时间"], [*row(NUMBER), "2026-11-05"])
    before = seen(dump(town.workspace))
    town.later()
    done = run.run_file(town.workspace, shared_data / "chinese" / name)
    assert seen(dump(town.workspace)) != before
    town.take_back(done.batch)
    assert seen(dump(town.workspace)) == before


def test_a_store_that_imports_and_undoes_passes_every_check_and_rebuilds_to_the_byte(town):
    quoting = row(THIRD, f"【最近派发的工单编号：{NUMBER}，工单内容：漏水】催办")
    town.take([*HEADER, *OUTCOME], [*quoting, *[""] * 4], [*row(OTHER), *WHOLE])
    later = town.take(HEADER, row(NUMBER))
    assert later.linked == 1
    asked = town.take_answered(
        [*HEADER, *OUTCOME], [*row(OTHER, "另一件事"), *WHOLE], answers={OTHER: "ours"}
    )
    town.take_back(asked.batch)
    town.take_back(later.batch)
    assert list(checking.check(town.workspace, deep=True).findings) == []
    before = dump(town.workspace)
    with town.workspace.write() as session:
        rebuilding.rebuild(session, Progress())
    assert dump(town.workspace) == before
