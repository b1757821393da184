"""Daily steps by the keyboard: how many keys each takes besides text, and that the store then says what was meant."""

import pytest

from tests.stores import Clock, act, handled, log, reopen
from tests.ui.case_window import ACCEPTED, CLOSED, HANDLED, NOW, RECEIVED, SIGNED, case_window, make_cases
from tests.ui.keys import ALT, CTRL, SHIFT, Key


@pytest.fixture
def folder(tmp_path):
    return make_cases(tmp_path / "w")


@pytest.fixture
def cases(qtbot, folder):
    with case_window(qtbot, folder) as found:
        yield found


def taken(cases, number, kind, most):
    """Hold what was pressed against the bar, and the store against what was meant; returns the step's facts."""
    cases.rest()
    assert cases.hands.keys <= most
    assert cases.steps(number)[-1] == kind
    return cases.body(number)


def test_one_key_accepts(cases):
    cases.stand_at(RECEIVED)
    cases.hands.press(Key.Key_A)
    taken(cases, RECEIVED, "accept", 1)


def test_enter_in_the_list_takes_the_step_that_comes_next(cases):
    cases.stand_at(RECEIVED)
    cases.hands.press(Key.Key_Return)
    taken(cases, RECEIVED, "accept", 1)


def test_a_contact_that_reached_takes_four_keys(cases):
    cases.stand_at(RECEIVED)
    cases.hands.press(Key.Key_C).press(Key.Key_1).press(Key.Key_Return)
    said = taken(cases, RECEIVED, "contact", 4)
    assert (said["reached"], said["channel"]) == ("yes", "phone")


def test_a_contact_that_did_not_reach_takes_four_keys_with_a_canned_reason(cases):
    cases.stand_at(RECEIVED)
    cases.hands.press(Key.Key_C).press(Key.Key_2).press(Key.Key_1).press(Key.Key_Return)
    said = taken(cases, RECEIVED, "contact", 4)
    assert said["reached"] == "no"
    assert said["reason"].startswith("多次拨打")


def test_a_return_visit_takes_six_keys(cases):
    cases.view("to_visit")
    assert cases.numbers() == [CLOSED]
    cases.hands.press(Key.Key_V).press(Key.Key_1).press(Key.Key_Return)
    said = taken(cases, CLOSED, "visit", 6)
    assert (said["satisfaction"], said["by"]) == ("satisfied", "centre")
    cases.rest()
    assert cases.numbers() == []


def test_a_dissatisfied_visit_proposes_to_handle_again_and_the_message_does_it(cases):
    cases.stand_at(CLOSED)
    cases.hands.press(Key.Key_V).press(Key.Key_4).write("还在漏").press(Key.Key_Return)
    assert taken(cases, CLOSED, "visit", 6)["words"] == "还在漏"
    assert "建议再次办理" in cases.toast
    cases.program.shell.toast.does.click()
    cases.rest()
    assert cases.page.detail.form.kind == "reopen"


def test_an_extension_takes_eight_keys(cases):
    cases.stand_at(SIGNED)
    hands = cases.hands.press(Key.Key_X).press(Key.Key_5).press(Key.Key_Tab).press(Key.Key_1)
    hands.press(Key.Key_Return)
    assert taken(cases, SIGNED, "ask_extension", 8)["days"] == 5


def test_a_return_takes_eight_keys(cases):
    cases.stand_at(ACCEPTED)
    hands = cases.hands.press(Key.Key_R).press(Key.Key_Backtab, SHIFT).press(Key.Key_2).press(Key.Key_1)
    hands.press(Key.Key_Return)
    assert taken(cases, ACCEPTED, "return", 8)["to"] == "district"


def test_a_closing_with_canned_texts_takes_twelve_keys(cases):
    cases.stand_at(HANDLED)
    hands = cases.hands.press(Key.Key_E).press(Key.Key_1, times=3)
    hands.press(Key.Key_Tab).press(Key.Key_1).press(Key.Key_1).press(Key.Key_Return)
    said = taken(cases, HANDLED, "close", 12)
    assert said["verdict"] == "solved"
    assert "已协调物业" in said["conclusion"]
    assert "电话告知" in said["reply"]


def test_three_keys_dispatch_all_that_wait_to_where_they_are_routed(qtbot, tmp_path):
    folder = make_cases(tmp_path / "w")
    made = reopen(folder, lambda: NOW - 60)
    more = [log(made, type=kind) for kind in ("noise", "property_management", "consultation")]
    for number in more:
        act(made, number, "accept")
    made.close()
    with case_window(qtbot, folder) as cases:
        cases.hands.press(Key.Key_5)  # the view of those that wait for a dispatch
        cases.rest()
        assert sorted(cases.numbers()) == sorted([ACCEPTED, *more])
        proposed = dict(cases.page.list.proposed)
        cases.hands.press(Key.Key_P)
        cases.rest()
        assert "4 件可以办理" in cases.said(cases.page.bulk)
        cases.hands.press(Key.Key_Return)
        cases.rest()
        assert cases.hands.keys <= 3
        assert {number: cases.body(number)["unit"] for number in more} == {n: proposed[n] for n in more}
        assert cases.numbers() == []
        assert "已派遣 4 件" in cases.toast
        cases.program.shell.toast.does.click()
        cases.rest()
        assert sorted(cases.numbers()) == sorted([ACCEPTED, *more])


def test_another_unit_than_the_proposed_one_takes_four_keys_besides_its_name(cases):
    cases.view("to_dispatch")
    before = cases.hands.keys
    cases.hands.press(Key.Key_D)
    cases.hands.write("房屋管理所").press(Key.Key_Return).press(Key.Key_Return)
    cases.rest()
    assert cases.hands.keys - before <= 4
    assert cases.body(ACCEPTED)["unit"] == "housing"


def test_alt_and_a_digit_takes_a_canned_text_in_a_field_that_holds_something(cases):
    cases.stand_at(RECEIVED)
    cases.hands.press(Key.Key_C).press(Key.Key_2).write("改").press(Key.Key_2, ALT)
    form = cases.page.detail.form.form
    assert form.fields["reason"].value().startswith("电话关机")


def test_a_digit_in_a_text_that_was_begun_is_a_digit(cases):
    cases.stand_at(RECEIVED)
    cases.hands.press(Key.Key_N).write("改约").press(Key.Key_1).write("点")
    assert cases.page.detail.form.form.fields["text"].value() == "改约1点"


def test_enter_takes_no_step_while_an_input_method_composes(cases):
    from PySide6.QtGui import QInputMethodEvent
    from PySide6.QtWidgets import QApplication

    cases.stand_at(RECEIVED)
    cases.hands.press(Key.Key_N)
    QApplication.sendEvent(cases.hands.where, QInputMethodEvent("shui", []))
    cases.hands.press(Key.Key_Return)
    cases.rest()
    assert cases.steps(RECEIVED) == ["log"]


def test_ctrl_and_enter_takes_the_step_and_the_undo_takes_it_back(cases):
    cases.stand_at(RECEIVED)
    cases.hands.press(Key.Key_N).write("约了下午").press(Key.Key_Return, CTRL)
    cases.rest()
    assert cases.steps(RECEIVED) == ["log", "note"]
    cases.hands.press(Key.Key_Z, CTRL)
    cases.rest()
    assert cases.steps(RECEIVED)[:1] == ["log"]
    assert "note" not in cases.steps(RECEIVED)


def test_every_key_is_listed_and_none_means_two_things(cases):
    cases.stand_at(RECEIVED)
    keys = [action.key for action in cases.page.actions_here() if action.key]
    assert len(keys) == len(set(keys))
    assert {"A", "D", "C", "V", "X", "R", "H", "S", "E", "N", "T", "U", "P", "/", "+"} <= set(keys)


def test_joined_orders_get_the_same_closing_and_the_message_says_so(qtbot, tmp_path):
    folder = make_cases(tmp_path / "w")
    made = reopen(folder, Clock(NOW - 3600))
    handled(made, "20261102000009", upto="accept")
    act(made, "20261102000009", "merge", into=SIGNED)
    made.close()
    with case_window(qtbot, folder) as cases:
        cases.stand_at(SIGNED)
        cases.hands.press(Key.Key_H).press(Key.Key_1).press(Key.Key_Return)
        cases.rest()
        assert "并写入并单 1 件" in cases.toast
        assert cases.steps("20261102000009")[-1] == "handle"
