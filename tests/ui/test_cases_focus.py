"""Keys go on reaching a page, whatever becomes of its list under the hands."""

import pytest
from PySide6.QtWidgets import QApplication, QPushButton, QWidget

from tests.stores import make_store
from tests.ui.case_window import ACCEPTED, RECEIVED, case_window, make_cases
from tests.ui.keys import Key
from tests.ui.window import window


@pytest.fixture
def cases(qtbot, tmp_path):
    with case_window(qtbot, make_cases(tmp_path / "w")) as found:
        yield found


def is_here(cases):
    """Tell whether the page, or a part of it, has the focus."""
    focused = QApplication.focusWidget()
    return focused is cases.page or cases.page.isAncestorOf(focused)


def test_the_focus_comes_to_a_list_that_has_become_empty(cases):
    cases.view("to_complete")
    assert cases.numbers() == []
    next(
        one for one in cases.program.shell.findChildren(QPushButton) if not cases.page.isAncestorOf(one)
    ).setFocus()
    assert not is_here(cases)
    cases.page.take_focus()
    assert is_here(cases)
    cases.hands.press(Key.Key_9)
    cases.rest()
    assert RECEIVED in cases.numbers()


def test_enter_pressed_twice_on_a_preview_does_it_once_and_goes_nowhere(cases):
    cases.view("to_dispatch")
    cases.hands.press(Key.Key_P)
    cases.rest()
    cases.hands.press(Key.Key_Return).press(Key.Key_Return)
    assert is_here(cases)
    cases.rest()
    assert cases.program.shell.current == "cases"
    assert cases.steps(ACCEPTED).count("dispatch") == 1
    assert is_here(cases)


def test_the_focus_stays_on_the_page_when_what_had_it_is_hidden_or_grey(cases):
    search, shell = cases.page.search, cases.program.shell
    for close in (lambda part: part.setEnabled(False), lambda part: part.hide()):
        # Qt looks for the next part that takes the focus: here all that lie behind are outside the page
        QWidget.setTabOrder(search, next(one for one in shell.nav.values()))
        search.setFocus()
        assert QApplication.focusWidget() is search
        close(search)
        assert is_here(cases)
        search.setEnabled(True)


def test_on_a_day_with_nothing_to_do_keys_reach_the_page(qtbot, tmp_path):
    make_store(tmp_path / "w").close()
    with window(qtbot, tmp_path / "w", page="my_day") as program:
        page = program.shell.pages["my_day"]
        assert not page.table.isVisible()
        focused = QApplication.focusWidget()
        assert focused is page or page.isAncestorOf(focused)
