"""Whatever is done, the window's thread is free again within a tenth of a second, with ten thousand cases in the store."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tests.bench import town
from tests.e2e.watch import Watch
from tests.ui.keys import ALT, CTRL, Hands, Key
from tests.ui.window import settle, window
from ui.app import Program
from ui.shell import PAGES

CASES, ROWS = 10_000, 2000
HEADER = ("工单编号", "受理时间", "工单类型", "诉求地址", "内容描述", "市民姓名", "联系电话")
LONG = 120_000


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A town with ten thousand cases over two years."""
    place = tmp_path_factory.mktemp("town") / "w"
    town.build(place, CASES)
    return place


@pytest.fixture
def watch() -> Iterator[Watch]:
    """Beat until the test ends, then fail if a beat was missing."""
    with Watch() as found:
        yield found
    found.check()


@pytest.fixture
def program(qtbot: QtBot, folder: Path, watch: Watch) -> Iterator[Program]:
    """The window on that town; its opening is watched too."""
    watch.at("opening the window")
    with window(qtbot, folder, clock=lambda: town.END) as made:
        yield made
        watch.at("closing the window")


def open_page(qtbot: QtBot, program: Program, watch: Watch, name: str) -> Any:
    """Open a page by its key and wait until it is filled."""
    watch.at(f"opening {name}")
    program.shell.open_page(name)
    settle(qtbot, program)
    qtbot.wait(150)
    settle(qtbot, program)
    return program.shell.pages[name]


@pytest.mark.parametrize("name", [name for name, *_rest in PAGES])
def test_a_page_opens_and_opens_again_without_holding_the_window(qtbot, program, watch, name):
    open_page(qtbot, program, watch, name)
    open_page(qtbot, program, watch, "cases" if name == "my_day" else "my_day")
    open_page(qtbot, program, watch, name)


def test_moving_through_ten_thousand_cases_never_holds_the_window(qtbot, program, watch):
    page, hands = open_page(qtbot, program, watch, "cases"), Hands()
    page.views.choose("all")
    settle(qtbot, program)
    assert page.list.model.rowCount() == CASES
    watch.at("going down the list")
    for _ in range(60):
        hands.press(Key.Key_Down)
        qtbot.wait(8)
    watch.at("turning pages")
    for _ in range(25):
        hands.press(Key.Key_PageDown)
        qtbot.wait(8)
    watch.at("going to the end and back")
    hands.press(Key.Key_End, CTRL)
    settle(qtbot, program)
    hands.press(Key.Key_Home, CTRL)
    settle(qtbot, program)
    watch.at("dragging the bar")
    bar = page.list.table.verticalScrollBar()
    for at in range(0, bar.maximum(), bar.maximum() // 80):
        bar.setValue(at)
        qtbot.wait(4)
    settle(qtbot, program)


def test_typing_a_search_never_holds_the_window(qtbot, program, watch):
    page = open_page(qtbot, program, watch, "cases")
    page.views.choose("all")
    settle(qtbot, program)
    Hands().press(Key.Key_Slash)
    assert page.search.hasFocus()
    watch.at("typing a search")
    for letter in "louti dongting 13800000":
        QTest.keyClick(page.search, letter)
        qtbot.wait(30)
    page.search.clear()
    for words in ("违", "违法搭建", "漏水", "和溪五村"):
        page.search.clear()
        Hands().write(words)
        qtbot.wait(200)
    settle(qtbot, program)
    watch.at("typing in the palette")
    hands = Hands().press(Key.Key_K, CTRL)
    for words in ("楼", "楼道", "充电"):
        hands.write(words)
        qtbot.wait(100)
    settle(qtbot, program)
    hands.press(Key.Key_Escape)


@pytest.mark.long
def test_importing_two_thousand_rows_never_holds_the_window(qtbot, program, watch, tmp_path):
    watch.at("writing the workbook of this test", LONG)
    book = tmp_path / "工单.xlsx"
    with xlsxwriter.Workbook(str(book)) as made:
        sheet = made.add_worksheet("工单明细")
        sheet.write_row(0, 0, HEADER)
        for nth in range(ROWS):
            number, at = f"2026112299{nth:04}", f"2026-11-22 {8 + nth % 10:02}:{nth % 60:02}:00"
            place, said = f"和溪{'一二三四五'[nth % 5]}村 {nth % 60 + 1} 号", town.text_of(nth)
            sheet.write_row(nth + 1, 0, (number, at, "投诉", place, said, "王小明", "13800000001"))
    page = open_page(qtbot, program, watch, "import")
    watch.at("trying an import")
    page.take(book)
    qtbot.waitUntil(lambda: page.state == "ready", timeout=LONG)
    watch.at("importing")
    Hands().press(Key.Key_Return)
    open_page(qtbot, program, watch, "cases")
    open_page(qtbot, program, watch, "import")
    qtbot.waitUntil(lambda: page.state == "done", timeout=LONG)
    settle(qtbot, program)
    assert page.ran.new == ROWS
    watch.at("taking the import back")
    page.undo_this()
    settle(qtbot, program)


@pytest.mark.long
def test_computing_rates_never_holds_the_window(qtbot, program, watch):
    page, hands = open_page(qtbot, program, watch, "rates"), Hands()
    watch.at("by week, by month")
    for key in (Key.Key_BracketLeft, Key.Key_BracketLeft, Key.Key_BracketRight, Key.Key_M, Key.Key_W):
        hands.press(key)
        settle(qtbot, program)
    for by in ("neighbourhood", "type", "worker"):
        watch.at(f"by {by}")
        page.bar.by.set_value(by)
        page.refresh()
        settle(qtbot, program)
    watch.at("the cases behind figures")
    for key in (Key.Key_1, Key.Key_I, Key.Key_O, Key.Key_P, Key.Key_2, Key.Key_4):
        hands.press(key)
        settle(qtbot, program)


@pytest.mark.long
def test_printing_the_week_never_holds_the_window(qtbot, program, watch):
    page = open_page(qtbot, program, watch, "papers")
    watch.at("making the week's paper")
    Hands().press(Key.Key_F5)
    qtbot.waitUntil(lambda: page.made is not None, timeout=LONG)
    settle(qtbot, program)
    watch.at("turning over the paper")
    for _ in range(3):
        Hands().press(Key.Key_Plus)
        settle(qtbot, program)


def test_a_call_that_holds_the_window_is_named(qtbot):
    with Watch() as found:
        found.at("adding up")
        qtbot.wait(30)
        _adds_up_for_long()
        qtbot.wait(30)
    assert [one.doing for one in found.late] == ["adding up"]
    assert "_adds_up_for_long" in str(found.late[0])
    with pytest.raises(AssertionError, match="adding up"):
        found.check()


def _adds_up_for_long() -> None:
    import time

    until = time.thread_time() + 0.25
    while time.thread_time() < until:
        sum(range(1000))


def test_alt_and_a_number_opens_every_page(qtbot, program, watch):
    hands = Hands()
    watch.at("opening pages by their keys")
    for key, name in ((Key.Key_2, "cases"), (Key.Key_4, "rates"), (Key.Key_1, "my_day")):
        hands.press(key, ALT)
        settle(qtbot, program)
        assert program.shell.current == name
