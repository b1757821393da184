"""Acting for a colleague who is away, in the real window: it is asked, proposed where it fits, and kept with the step."""

import pytest

from tests.stores import act, reopen
from tests.ui.case_window import ACCEPTED, HANDLED, RECEIVED, SIGNED, case_window, make_cases
from tests.ui.keys import ALT, CTRL, Key
from zq_grid import people

AWAY, ME = "w010", "w011"


@pytest.fixture
def opened(qtbot, tmp_path):
    """The page Cases of somebody who stands in for a colleague, two of whose cases are among those shown."""
    folder = make_cases(tmp_path / "w")
    made = reopen(folder)
    for number in (SIGNED, RECEIVED):
        act(made, number, "assign", worker=AWAY)
    with made.write() as session:
        people.be_absent(session, AWAY, since="2026-11-01", deputy=ME)
        name = session.catalogue.name("worker", AWAY)
    made.close()
    with case_window(qtbot, folder, worker=ME) as found:
        yield found, name


def last(cases, number):
    return cases.read(number)["steps"][-1]


def test_on_a_colleagues_case_their_name_stands_in_the_form_and_goes_into_the_step(opened):
    cases, name = opened
    cases.stand_at(SIGNED)
    cases.hands.press(Key.Key_C).press(Key.Key_1).press(Key.Key_Return, CTRL)
    cases.rest()
    assert cases.steps(SIGNED)[-1] == "contact"
    assert last(cases, SIGNED)["on_behalf_of"] == name
    assert name in cases.said(), "the course of the case says it"


def test_a_step_that_asks_nothing_else_asks_for_whom_on_a_colleagues_case(opened):
    cases, name = opened
    cases.stand_at(RECEIVED)
    cases.hands.press(Key.Key_A)
    cases.rest()
    assert cases.steps(RECEIVED)[-1] != "accept"
    assert cases.page.detail.form.form.fields["on_behalf_of"].value() == name
    cases.hands.press(Key.Key_Return, CTRL)
    cases.rest()
    assert cases.steps(RECEIVED)[-1] == "accept"
    assert last(cases, RECEIVED)["on_behalf_of"] == name


def test_on_other_cases_nothing_is_proposed_and_a_digit_fills_the_colleague_in(opened):
    cases, name = opened
    cases.stand_at(HANDLED)
    cases.hands.press(Key.Key_N)
    cases.rest()
    fields = cases.page.detail.form.form.fields
    assert fields["on_behalf_of"].value() == ""
    cases.hands.write("已与物业核对")
    fields["on_behalf_of"].setFocus()
    cases.hands.press(Key.Key_1, ALT).press(Key.Key_Return, CTRL)
    cases.rest()
    assert cases.body(HANDLED)["text"] == "已与物业核对"
    assert last(cases, HANDLED)["on_behalf_of"] == name


def test_ones_own_step_says_nothing_of_others(opened):
    cases, _name = opened
    cases.stand_at(ACCEPTED)
    cases.hands.press(Key.Key_N).write("已看").press(Key.Key_Return, CTRL)
    cases.rest()
    assert cases.steps(ACCEPTED)[-1] == "note"
    assert not last(cases, ACCEPTED).get("on_behalf_of")
