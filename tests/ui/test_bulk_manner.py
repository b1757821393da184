"""Acts on many in the window: for somebody else, at another time; English counts of one and of many."""

import pytest

from tests.ui.case_window import RECEIVED, case_window, make_cases
from tests.ui.keys import CTRL, SHIFT, Key
from ui import tr
from zq_grid import cases as services
from zq_grid import steps


@pytest.fixture
def cases(qtbot, tmp_path):
    with case_window(qtbot, make_cases(tmp_path / "w")) as found:
        yield found


def last(cases, number):
    """Return the last step of a case."""
    with cases.program.context.worker.workspace.read() as session:
        held = steps.of_subject(session.db, services.find(session, number))
    return max(held, key=lambda step: step.position)


def test_a_step_on_many_can_be_recorded_for_somebody_else_and_another_time(cases):
    cases.view("all")
    cases.hands.press(Key.Key_A, CTRL)
    cases.rest()
    bulk = cases.page.bulk
    bulk.begin("note")
    bulk.form.set_values({"text": "电话提醒", "on_behalf_of": "城管中队 电话", "did_at": "08:05"})
    bulk._entered()
    cases.rest()
    assert "代 城管中队 电话 办理" in cases.said(bulk)
    bulk.act()
    cases.rest()
    written = last(cases, RECEIVED)
    assert (written.kind, written.on_behalf_of) == ("note", "城管中队 电话")
    assert written.did_at < written.recorded_at


def test_a_step_that_asks_for_nothing_can_be_done_for_somebody_too(cases):
    cases.view("all")
    cases.hands.press(Key.Key_A, CTRL)
    cases.rest()
    bulk = cases.page.bulk
    bulk.begin("accept")
    cases.rest()
    assert bulk.more.isVisible()
    bulk.more.click()
    cases.rest()
    bulk.form.set_values({"on_behalf_of": "王师傅"})
    bulk._entered()
    cases.rest()
    bulk.act()
    cases.rest()
    assert last(cases, RECEIVED).on_behalf_of == "王师傅"


def test_a_time_that_is_none_is_said_at_its_field_before_anything_is_asked(cases):
    cases.view("all")
    cases.hands.press(Key.Key_Down, SHIFT)
    cases.rest()
    bulk = cases.page.bulk
    bulk.begin("note")
    bulk.form.set_values({"text": "提醒", "did_at": "昨天下午茶"})
    bulk._entered()
    cases.rest()
    assert bulk.pages.currentIndex() == 1
    assert bulk.form.fields["did_at"].below.text()


def test_english_counts_one_case_and_many_cases():
    tr.speak("en")
    try:
        assert tr.tr("{n} 件将移交给{who}。", n="1", who="Wang") == "1 case goes to Wang. "
        assert tr.tr("{n} 件将移交给{who}。", n="1,200", who="Wang") == "1,200 cases go to Wang. "
        assert tr.tr("{n} 件不能移交，会留下不动。", n="1") == "1 can't and stays as it is."
        assert tr.tr("收回转出的 {n} 件", n=1) == "Take 1 case back"
    finally:
        tr.speak("zh")
