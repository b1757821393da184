"""Keys that are pressed faster than the store answers do what they were meant for, at the case they were meant for."""

import threading
from contextlib import contextmanager

import pytest
from PySide6.QtWidgets import QApplication

from tests.stores import act
from tests.ui.case_window import ACCEPTED, HANDLED, RECEIVED, SIGNED, case_window, make_cases
from tests.ui.keys import Key
from ui import held_keys
from ui.worker import READ, WRITE


@pytest.fixture
def cases(qtbot, tmp_path):
    with case_window(qtbot, make_cases(tmp_path / "w")) as found:
        found.stand_at(SIGNED)
        assert found.numbers()[found.page.list.table.currentIndex().row() + 1] == ACCEPTED
        yield found


@contextmanager
def slow(cases, lane, first=lambda workspace: None):
    """Let a lane of the store answer only after the block: a machine that is busy with something else."""
    go, begun = threading.Event(), threading.Event()

    def work(workspace, _progress):
        begun.set()
        go.wait(30)
        first(workspace)

    cases.program.context.worker.ask(work, lane=lane, rank=-1)
    assert begun.wait(30)
    try:
        yield
    finally:
        go.set()
    cases.qtbot.waitUntil(lambda: not cases.page._held._held, timeout=10_000)
    cases.rest()


def contacts(cases, *numbers):
    """Count the contacts of cases."""
    return [cases.steps(number).count("contact") for number in numbers]


def test_an_act_after_an_arrow_is_the_next_cases(cases):
    before = contacts(cases, SIGNED)
    with slow(cases, READ):
        cases.hands.press(Key.Key_Down).press(Key.Key_C).press(Key.Key_1).press(Key.Key_Return)
        cases.qtbot.wait(60)
        assert cases.page.detail.form is None
    assert contacts(cases, SIGNED, ACCEPTED) == [*before, 1]


def test_an_act_after_a_digit_is_of_the_list_that_was_asked_for(cases):
    with slow(cases, READ):
        cases.hands.press(Key.Key_4).press(Key.Key_A)
        cases.qtbot.wait(60)
    assert cases.steps(RECEIVED) == ["log", "accept"]
    assert cases.toast.startswith(RECEIVED)


def test_whoever_types_on_while_a_step_is_taken_goes_on_at_the_next_case(cases):
    before = contacts(cases, SIGNED)
    with slow(cases, WRITE):
        for _ in range(2):
            cases.hands.press(Key.Key_C).press(Key.Key_1).press(Key.Key_Return).press(Key.Key_Return)
            cases.hands.press(Key.Key_Down)
        cases.qtbot.wait(60)
    assert contacts(cases, SIGNED, ACCEPTED) == [before[0] + 1, 1]


def test_keys_pressed_in_the_belief_that_it_was_done_are_let_go_when_it_was_refused(cases):
    cases.stand_at(HANDLED)
    with slow(cases, WRITE, lambda workspace: act(workspace, HANDLED, "void", reason="重复登记")):
        cases.hands.press(Key.Key_C).press(Key.Key_1).press(Key.Key_Return)
        cases.hands.press(Key.Key_Down).press(Key.Key_A).press(Key.Key_2)
        cases.qtbot.wait(60)
    assert cases.steps(ACCEPTED) == ["log", "accept"]
    assert cases.page.detail.form is not None
    assert cases.page.detail.form.isAncestorOf(QApplication.focusWidget())
    assert HANDLED in cases.page.detail.number


def test_esc_lets_held_keys_go(cases):
    with slow(cases, READ):
        cases.hands.press(Key.Key_Down).press(Key.Key_C).press(Key.Key_1).press(Key.Key_Escape)
        cases.qtbot.wait(60)
    assert cases.page.detail.number == ACCEPTED
    assert cases.page.detail.form is None


def test_behind_something_long_keys_are_free_again_after_some_seconds(cases, monkeypatch):
    monkeypatch.setattr(held_keys, "GIVE_UP_MS", 50)
    with slow(cases, WRITE):
        cases.hands.press(Key.Key_C).press(Key.Key_1).press(Key.Key_Return).press(Key.Key_Down)
        cases.qtbot.waitUntil(lambda: not cases.page._held._held)
        cases.hands.press(Key.Key_Escape)
        assert cases.page.detail.form is None
        cases.hands.press(Key.Key_Down)
        cases.qtbot.waitUntil(lambda: cases.page.detail.number == ACCEPTED)
    assert contacts(cases, SIGNED, ACCEPTED) == [2, 0]


def test_the_search_is_there_at_once_unless_a_step_is_being_taken(cases):
    with slow(cases, READ):
        cases.hands.press(Key.Key_Down).press(Key.Key_Slash)
        assert cases.page.search.hasFocus()
    cases.stand_at(SIGNED)
    with slow(cases, WRITE):
        cases.hands.press(Key.Key_C).press(Key.Key_1).press(Key.Key_Return)
        cases.hands.press(Key.Key_Slash).press(Key.Key_A)
        assert not cases.page.search.hasFocus()
    assert cases.page.search.text() == "a"
    assert cases.page.search.hasFocus()


def test_going_through_the_list_never_waits(cases):
    with slow(cases, READ):
        at = cases.page.list.table.currentIndex().row()
        cases.hands.press(Key.Key_Up).press(Key.Key_Down, times=2)
        assert cases.page.list.table.currentIndex().row() == at + 1
