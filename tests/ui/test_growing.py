"""Pages are there before somebody opens them, built a piece at a time in quiet moments, never under typing hands."""

import time

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from tests.stores import log, make_store
from tests.ui.window import LONG, settle, window
from ui.growing import QUIET_MS
from ui.shell import PAGES

PIECE = 0.1  # seconds of work that the window may be held


@pytest.fixture
def store(tmp_path):
    made = make_store(tmp_path / "ws")
    log(made)
    clock = made.clock
    made.close()
    return tmp_path / "ws", clock


def test_all_pages_are_built_while_nobody_does_anything(qtbot, store):
    with window(qtbot, store[0], clock=store[1], ahead=True) as program:
        shell = program.shell
        assert shell.growing.works_ahead
        qtbot.waitUntil(lambda: not shell.growing.works_ahead, timeout=LONG)
        assert [name for name, *_rest in PAGES if not shell.pages[name].built] == []
        assert shell.current == "my_day"
        assert shell.focusWidget() is shell.pages["my_day"].table, "nobody's focus moved"


def test_nothing_is_built_while_somebody_types(qtbot, store):
    with window(qtbot, store[0], clock=store[1], ahead=True) as program:
        shell = program.shell
        built = {name for name, page in shell.pages.items() if page.built}
        until = time.monotonic() + 3 * QUIET_MS / 1000
        while time.monotonic() < until:
            QTest.keyClick(shell.windowHandle(), Qt.Key.Key_Down)
            qtbot.wait(QUIET_MS // 6)
        assert {name for name, page in shell.pages.items() if page.built} <= built
        qtbot.waitUntil(lambda: not shell.growing.works_ahead, timeout=LONG)


@pytest.mark.parametrize("name", [name for name, *_rest in PAGES if name != "my_day"])
def test_no_piece_of_a_page_holds_the_window_for_a_tenth_of_a_second(qtbot, store, name):
    with window(qtbot, store[0], clock=store[1]) as program:
        page, took = program.shell.place(name), []
        while not page.built:
            began = time.thread_time()
            page.grow()
            took.append(time.thread_time() - began)
        assert max(took) < PIECE


def test_a_page_that_is_not_built_yet_comes_with_what_it_was_opened_for(qtbot, store):
    with window(qtbot, store[0], clock=store[1]) as program:
        shell = program.shell
        shell.open_page("settings", part="units")
        assert shell.here is None
        assert shell.title.text() == "管理", "its name stands there at once"
        settle(qtbot, program)
        assert shell.here is shell.pages["settings"]
        assert shell.here.part == "units"


def test_who_goes_on_before_a_page_is_there_is_not_called_back(qtbot, store):
    with window(qtbot, store[0], clock=store[1]) as program:
        shell = program.shell
        shell.open_page("new_case")
        shell.open_page("rates")
        shell.open_page("my_day")
        for _ in range(3):
            settle(qtbot, program)
            qtbot.wait(30)
        assert shell.current == "my_day"
        assert shell.stack.currentWidget() is shell.pages["my_day"]


def test_a_window_may_be_closed_while_a_page_is_on_its_way(qtbot, store):
    with window(qtbot, store[0], clock=store[1], ahead=True) as program:
        program.shell.open_page("cases")
        assert program.shell.close()
        assert not program.shell.growing.works_ahead
