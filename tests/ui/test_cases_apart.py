"""A case that was asked for by its number stays before one's eyes, whatever the list beside it does."""

import pytest

from tests.stores import log
from tests.ui.case_window import CLOSED, HANDLED, RECEIVED, SIGNED, case_window, make_cases
from tests.ui.keys import Key


@pytest.fixture
def cases(qtbot, tmp_path):
    with case_window(qtbot, make_cases(tmp_path / "w")) as found:
        yield found


def ask_for(cases, number):
    """Open a case by its number, as the palette and every link do."""
    cases.program.shell.open_page("cases", number=number)
    cases.rest()


def come_in(cases, text):
    """Have a case logged, as an import beside the page would."""
    log(cases.program.context.worker.workspace, text=text)
    cases.rest()


def test_the_keys_reach_the_case_that_was_asked_for_not_the_first_of_the_list(cases):
    cases.view("to_visit")
    assert cases.numbers() == [CLOSED]
    cases.page.setFocus()
    ask_for(cases, SIGNED)
    cases.page.take_focus()
    cases.rest()
    assert cases.page.detail.number == SIGNED
    cases.hands.press(Key.Key_C).press(Key.Key_1).press(Key.Key_Return)
    cases.rest()
    assert cases.steps(SIGNED)[-1] == "contact"
    assert "contact" not in cases.steps(CLOSED)[-1:]


def test_the_arrows_go_from_it_to_the_first_of_the_list(cases):
    cases.view("to_visit")
    ask_for(cases, SIGNED)
    cases.page.take_focus()
    cases.hands.press(Key.Key_Down)
    cases.rest()
    assert cases.page.detail.number == CLOSED


def test_it_stays_when_something_comes_into_the_empty_list_beside_it(cases):
    cases.program.shell.open_page("cases", search="井盖松动")
    cases.rest()
    assert cases.numbers() == []
    ask_for(cases, HANDLED)
    come_in(cases, "门口井盖松动，骑车危险")
    assert len(cases.numbers()) == 1
    assert cases.page.detail.number == HANDLED


def test_it_stays_while_the_list_beside_it_stays_empty(cases):
    cases.view("to_complete")
    ask_for(cases, HANDLED)
    come_in(cases, "路灯不亮")
    assert cases.numbers() == []
    assert cases.page.detail.number == HANDLED
    assert "和溪五村 12 号" in cases.said()


def test_another_list_begins_at_its_first_case_again(cases):
    ask_for(cases, HANDLED)
    cases.view("to_accept")
    assert cases.page.detail.number == RECEIVED
    cases.view("to_complete")
    assert cases.page.detail.number == ""
