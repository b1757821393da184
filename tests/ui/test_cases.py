"""The list of cases: views, conditions, search, what stands where after an act, acts on many, the list out."""

import pytest
from openpyxl import load_workbook

from tests.stores import Clock, act, log, reopen
from tests.ui.case_window import (
    ACCEPTED,
    CLOSED,
    HANDLED,
    NOW,
    RECEIVED,
    SIGNED,
    case_window,
    make_cases,
)
from tests.ui.keys import CTRL, SHIFT, Key
from ui.pages import cases_conditions as conditions
from zq_grid import kept, lists, reveals


@pytest.fixture
def folder(tmp_path):
    return make_cases(tmp_path / "w")


@pytest.fixture
def cases(qtbot, folder):
    with case_window(qtbot, folder) as found:
        yield found


def counts(cases):
    return {name: made.count.text() for name, made in cases.page.views.buttons.items()}


def test_every_view_shows_its_count_and_follows_what_is_done(cases):
    found = counts(cases)
    assert (found["open"], found["to_accept"], found["to_dispatch"]) == ("4", "1", "1")
    assert (found["to_visit"], found["all"]) == ("1", "5")
    cases.stand_at(RECEIVED)
    cases.hands.press(Key.Key_A)
    cases.rest()
    found = counts(cases)
    assert (found["to_accept"], found["to_dispatch"]) == ("0", "2")


def test_a_digit_chooses_a_view(cases):
    cases.hands.press(Key.Key_6)
    cases.rest()
    assert cases.page.views.current == "to_visit"
    assert cases.numbers() == [CLOSED]
    assert cases.page.detail.number == CLOSED


def test_arrows_move_through_the_list_and_the_case_beside_follows(cases):
    cases.view("all")
    first, second = cases.numbers()[:2]
    assert cases.page.detail.number == first
    cases.hands.press(Key.Key_Down)
    cases.rest()
    assert cases.page.detail.number == second
    assert second in cases.said() or cases.page.detail.head.number.text() == second


def test_after_an_act_one_stands_at_the_next_case_of_the_queue(qtbot, folder):
    made = reopen(folder, Clock(NOW - 600))
    others = [log(made, place=f"和溪一村 {nth} 号") for nth in (7, 8)]
    made.close()
    with case_window(qtbot, folder) as cases:
        cases.view("to_accept")
        queue = cases.numbers()
        assert set(queue) == {RECEIVED, *others}
        cases.hands.press(Key.Key_Down)
        cases.rest()
        cases.hands.press(Key.Key_A)
        cases.rest()
        assert cases.numbers() == [queue[0], queue[2]]
        assert cases.page.detail.number == queue[2]


def test_what_is_typed_cuts_the_list_and_marks_the_hits(cases):
    cases.view("all")
    cases.hands.press(Key.Key_Slash).write("电梯")
    cases.rest()
    assert cases.numbers() == [ACCEPTED]
    assert cases.page.list.table.painter.marked == "电梯"
    assert cases.page.count.text() == "1 件"
    cases.hands.press(Key.Key_Escape)
    cases.rest()
    assert len(cases.numbers()) == 5


def test_a_condition_is_found_by_pinyin_and_goes_by_its_chip(cases):
    cases.view("all")
    cases.hands.press(Key.Key_Plus).write("zaosheng").press(Key.Key_Return)
    cases.rest()
    assert cases.numbers() == [ACCEPTED]
    assert "类型：噪声扰民" in cases.page.chips._chips.take(1)[0].text()
    cases.page.chips._chips.take(1)[0].click()
    cases.rest()
    assert len(cases.numbers()) == 5


@pytest.mark.parametrize(
    ("said", "days"),
    [
        ("11-1..11-7", "2026-11-01..2026-11-07"),
        ("11月1日到11月7日", "2026-11-01..2026-11-07"),
        ("2025-11-02", "2025-11-02..2025-11-02"),
        ("11-7..11-1", "2026-11-01..2026-11-07"),
        ("2-30", ""),
        ("城管", ""),
    ],
)
def test_days_are_read_as_people_write_them(said, days):
    assert conditions.read_days(said, NOW) == days


def test_a_week_goes_from_monday_to_sunday():
    since, until = conditions.span_of("week", NOW)
    assert until - since == 7 * 86_400
    assert conditions.span_of("2026-11-02..2026-11-08", NOW) == (since, until)


def test_a_view_is_kept_with_its_conditions_and_found_again(qtbot, folder):
    with case_window(qtbot, folder) as cases:
        cases.view("all")
        cases.page._cut(type="noise")
        cases.rest()
        cases.hands.press(Key.Key_S, CTRL)
        cases.hands.where.selectAll()
        cases.hands.write("噪声").press(Key.Key_Return)
        cases.rest()
        assert "噪声" in cases.toast
    with case_window(qtbot, folder) as cases:
        cases.view("view:噪声")
        assert cases.numbers() == [ACCEPTED]
        assert counts(cases)["view:噪声"] == "1"
        cases.hands.press(Key.Key_Delete)
        cases.rest()
        assert "view:噪声" not in cases.page.views.buttons
        with cases.program.context.worker.workspace.read() as session:
            assert kept.under(session, "view:") == {}


def test_an_empty_list_says_what_to_do_next(cases):
    cases.view("clashes")
    assert "没有符合条件的案件" in cases.said(cases.page.list)
    assert "换一个视图" in cases.said(cases.page.list)
    assert "没有选中案件" in cases.said()


# many -----------------------------------------------------------------------------------------


def test_a_step_on_many_says_first_what_becomes_of_each_and_one_undo_takes_it_back(cases):
    cases.view("all")
    cases.hands.press(Key.Key_A, CTRL)
    cases.rest()
    assert "已选 5 件" in cases.said(cases.page.bulk)
    cases.hands.press(Key.Key_N).write("一并提醒").press(Key.Key_Tab)
    cases.page.bulk._entered()
    cases.rest()
    assert "5 件可以办理" in cases.said(cases.page.bulk)
    cases.hands.press(Key.Key_Return)
    cases.rest()
    assert all(cases.steps(number)[-1] == "note" for number in (RECEIVED, SIGNED, CLOSED))
    cases.program.shell.toast.does.click()
    cases.rest()
    assert all("note" not in cases.steps(number) for number in (RECEIVED, SIGNED, CLOSED))


def test_what_cannot_take_a_step_is_named_and_left_as_it_is(cases):
    cases.view("open")
    cases.hands.press(Key.Key_Down, SHIFT, times=3)
    cases.rest()
    cases.hands.press(Key.Key_A)
    cases.rest()
    lines = {line.number: line for line in cases.page.bulk.lines._rows}
    assert lines[RECEIVED].refusal is None
    assert lines[HANDLED].refusal.code == "step_stage"
    cases.hands.press(Key.Key_Return)
    cases.rest()
    assert cases.steps(RECEIVED)[-1] == "accept"
    assert cases.steps(HANDLED)[-1] == "submit"
    assert "3 件未动" in cases.toast


def test_facts_that_all_cases_need_are_asked_for_at_their_fields(cases):
    cases.view("open")
    cases.hands.press(Key.Key_Down, SHIFT)
    cases.rest()
    cases.hands.press(Key.Key_F)
    cases.page.bulk._entered()
    cases.rest()
    assert cases.page.bulk.pages.currentIndex() == 1
    assert cases.page.bulk.form.fields["reason"].below.text() == "必填"


# out ------------------------------------------------------------------------------------------


def test_the_list_is_written_to_a_workbook_masked(cases, tmp_path):
    cases.view("open")
    cases.hands.press(Key.Key_E, CTRL)
    panel = cases.page._exporting
    panel.form.set_values({"path": str(tmp_path / "a.xlsx")})
    cases.hands.press(Key.Key_Return)
    cases.rest()
    rows = list(load_workbook(tmp_path / "a.xlsx").worksheets[0].values)
    assert len(rows) == 5
    assert "已导出 4 件" in cases.toast
    assert not any("王小明" in str(cell) or "13800000001" in str(cell) for row in rows for cell in row)


def test_in_full_the_list_needs_a_reason_and_is_recorded(cases, tmp_path):
    cases.view("open")
    cases.hands.press(Key.Key_E, CTRL)
    panel = cases.page._exporting
    panel.form.set_values({"path": str(tmp_path / "a.xlsx"), "mask": "open"})
    panel.write()
    assert panel.form.fields["reason"].below.text() == "必填"
    panel.form.set_values({"reason": "逐件回访"})
    panel.write()
    cases.rest()
    with cases.program.context.worker.workspace.read() as session:
        total, looks = reveals.looks(session)
    if total:  # whoever is entitled; else the refusal says why nothing was written
        assert (looks[0].reason, looks[0].count) == ("逐件回访", 4)
        assert (tmp_path / "a.xlsx").exists()
    else:
        assert not (tmp_path / "a.xlsx").exists()
        assert cases.toast


# duplicates -----------------------------------------------------------------------------------


def test_pairs_that_may_repeat_are_worked_off_by_one_click_each(qtbot, folder):
    made = reopen(folder, Clock(NOW - 1200))
    again = log(made, place="和溪一村 3 号 301 室", text="楼上漏水，请尽快处理", reporter="王小明")
    act(made, again, "accept")
    made.close()
    with case_window(qtbot, folder) as cases:
        cases.view("alike")
        found = [(one.number, one.other) for one in cases.page.alike._found]
        assert (again, RECEIVED) in found
        cases.page.alike.table.choose(found.index((again, RECEIVED)))
        before = len(found)
        cases.page.alike.distinct()
        cases.rest()
        assert len(cases.page.alike._found) == before - 1
        cases.page.alike.begin()
        cases.rest()
        assert (again, RECEIVED) not in [(one.number, one.other) for one in cases.page.alike._found]


def test_everything_that_can_be_chosen_as_a_condition_cuts_the_list(cases):
    seen = set()
    with cases.program.context.worker.workspace.read() as session:
        for option in conditions.options(cases.program.context):
            name, _, value = option.value.partition(":")
            if (name, name in conditions.NAMED) in seen and name in conditions.NAMED:
                continue
            seen.add((name, name in conditions.NAMED))
            assert option.words
            assert lists.count(session, **conditions.resolve({name: value}, NOW, "w001")) >= 0
    assert {name for name, _ in seen} == set(conditions.TITLES)


def test_a_page_opened_with_conditions_shows_them_as_chips(cases):
    marks = {"stage": "open", "owes": "contact"}
    cases.program.shell.open_page("cases", conditions=marks, sort="due")
    cases.rest()
    assert RECEIVED in cases.numbers()
    assert CLOSED not in cases.numbers()
    assert cases.page.chips._names == ["stage", "owes"]
