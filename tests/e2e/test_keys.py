"""One table of what daily work may cost in keys besides text, each done by real key events in the window."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from PySide6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot

from tests.stores import act, log, reopen
from tests.ui import new_case_scene as scene
from tests.ui.case_window import (
    ACCEPTED,
    CLOSED,
    HANDLED,
    NOW,
    RECEIVED,
    SIGNED,
    Cases,
    case_window,
    make_cases,
)
from tests.ui.keys import CTRL, SHIFT, Hands, Key
from tests.ui.window import LONG, settle, window

Press = Callable[[Hands], object]
# What is done at which case, the most keys it may take, the keys, the step that the store then holds.
DAILY: tuple[tuple[str, str, int, Press, str], ...] = (
    ("accept", RECEIVED, 1, lambda h: h.press(Key.Key_A), "accept"),
    (
        "contact reached",
        RECEIVED,
        4,
        lambda h: h.press(Key.Key_C).press(Key.Key_1).press(Key.Key_Return),
        "contact",
    ),
    (
        "contact not reached",
        RECEIVED,
        4,
        lambda h: h.press(Key.Key_C).press(Key.Key_2).press(Key.Key_1).press(Key.Key_Return),
        "contact",
    ),
    (
        "another unit than the proposed one",
        ACCEPTED,
        4,
        lambda h: h.press(Key.Key_D).write("房屋管理所").press(Key.Key_Return).press(Key.Key_Return),
        "dispatch",
    ),
    ("return visit", CLOSED, 6, lambda h: h.press(Key.Key_V).press(Key.Key_1).press(Key.Key_Return), "visit"),
    (
        "extension",
        SIGNED,
        8,
        lambda h: (
            h.press(Key.Key_X).press(Key.Key_5).press(Key.Key_Tab).press(Key.Key_1).press(Key.Key_Return)
        ),
        "ask_extension",
    ),
    (
        "return to the district",
        ACCEPTED,
        8,
        lambda h: (
            h.press(Key.Key_R)
            .press(Key.Key_Backtab, SHIFT)
            .press(Key.Key_2)
            .press(Key.Key_1)
            .press(Key.Key_Return)
        ),
        "return",
    ),
    (
        "closing with canned texts",
        HANDLED,
        12,
        lambda h: (
            h.press(Key.Key_E)
            .press(Key.Key_1, times=3)
            .press(Key.Key_Tab)
            .press(Key.Key_1)
            .press(Key.Key_1)
            .press(Key.Key_Return)
        ),
        "close",
    ),
)


@pytest.mark.parametrize(("what", "number", "most", "press", "step"), DAILY, ids=[one[0] for one in DAILY])
def test_a_daily_step_takes_no_more_keys_than_promised(
    qtbot: QtBot, tmp_path: Path, what: str, number: str, most: int, press: Press, step: str
) -> None:
    with case_window(qtbot, make_cases(tmp_path / "w")) as cases:
        cases.stand_at(number)
        press(cases.hands)
        cases.rest()
        assert cases.steps(number)[-1] == step, what
        assert cases.hands.keys <= most, what


def test_all_proposed_dispatches_take_three_keys(qtbot: QtBot, tmp_path: Path) -> None:
    folder = make_cases(tmp_path / "w")
    store = reopen(folder, lambda: NOW - 60)
    more = [log(store, type="noise"), log(store, type="consultation")]
    for number in more:
        act(store, number, "accept")
    store.close()
    with case_window(qtbot, folder) as cases:
        for key in (Key.Key_5, Key.Key_P, Key.Key_Return):
            cases.hands.press(key)
            cases.rest()
        assert cases.hands.keys == 3
        assert all(cases.steps(number)[-1] == "dispatch" for number in (*more, ACCEPTED))


# the offscreen platform says that a dialog can't take the whole keyboard for itself
@pytest.mark.qt_log_ignore("grabbing the keyboard", extend=True)
def test_an_import_takes_three_keys_and_one_in_the_dialog(qtbot: QtBot, tmp_path: Path) -> None:
    book = tmp_path / "工单.xlsx"
    with xlsxwriter.Workbook(str(book)) as made:
        sheet = made.add_worksheet("表")
        sheet.write_row(0, 0, ("工单编号", "受理时间", "工单类型", "诉求地址", "内容描述"))
        sheet.write_row(1, 0, ("20261102009999", "2026-11-02 08:00:00", "投诉", "和溪五村 3 号", "楼上漏水"))
    with window(qtbot, make_cases(tmp_path / "w"), page="import", clock=lambda: NOW) as program:
        page: Any = program.shell.pages["import"]
        hands = Hands()
        _answer_the_dialog(page, hands, book)
        hands.press(Key.Key_O, CTRL)
        qtbot.waitUntil(lambda: page.state == "ready", timeout=LONG)
        program.shell.activateWindow()  # as a window manager does when a dialog goes
        qtbot.waitUntil(lambda: QApplication.focusWidget() is not None, timeout=LONG)
        hands.press(Key.Key_Return)
        qtbot.waitUntil(lambda: page.state == "done", timeout=LONG)
        hands.press(Key.Key_Return)
        settle(qtbot, program)
        assert (page.state, hands.keys) == ("start", 3 + 1)
        assert page.start.model.record(0).rows == 1


def _answer_the_dialog(page: Any, hands: Hands, book: Path) -> None:
    """Type a path into the file dialog as soon as it is there."""
    from PySide6.QtCore import QCoreApplication, Qt, QTimer

    QCoreApplication.setAttribute(Qt.ApplicationAttribute.AA_DontUseNativeDialogs)

    def answer() -> None:
        dialog = QApplication.activeModalWidget()
        if isinstance(dialog, QFileDialog) and dialog.isAncestorOf(QApplication.focusWidget() or page):
            hands.write(str(book)).press(Key.Key_Return)
        else:
            QTimer.singleShot(10, answer)

    QTimer.singleShot(10, answer)


def test_a_case_by_telephone_takes_at_most_twenty_five_keys(qtbot: QtBot, tmp_path: Path) -> None:
    with window(qtbot, scene.store(tmp_path), page="my_day", clock=lambda: scene.NOW) as program:
        hands = Hands().press(Key.Key_N, CTRL)
        settle(qtbot, program)
        hands.write("和溪五村 12 号 601 室").press(Key.Key_Tab).write("楼上夜间装修打孔，噪音很大")
        scene.rest(qtbot, program)
        hands.press(Key.Key_Tab, times=2).press(Key.Key_1).press(Key.Key_3)
        hands.write("王小明").press(Key.Key_Tab).write("13800000001").press(Key.Key_Return, CTRL)
        scene.rest(qtbot, program)
        _number, state = scene.newest(program)
        assert (state.get("type"), state.get("reporter")) == ("noise", "王小明")
        assert hands.keys <= 25


def test_every_page_is_one_key_away_and_every_action_of_it_has_a_name(qtbot: QtBot, tmp_path: Path) -> None:
    with case_window(qtbot, make_cases(tmp_path / "w")) as cases:
        shell: Any = cases.program.shell
        assert all(action.key and action.name for action in shell._page_actions())
        assert all(action.name for action in shell._actions_here())
        assert isinstance(cases, Cases)
