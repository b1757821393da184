"""The window around the pages: how it begins, what its keys do everywhere, how it says what went wrong, how it ends."""

import threading

import pytest
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QWidget

from tests.stores import ORDER, Clock, log, make_store, reopen
from tests.ui.case_window import NOW, RECEIVED, make_cases
from tests.ui.keys import ALT, CTRL, Hands, Key
from tests.ui.window import LONG, settle, window
from ui import crash, look
from ui.app import Program, application
from ui.shell import PAGES
from zq_grid.errors import Refused


@pytest.fixture
def folder(tmp_path):
    return make_cases(tmp_path / "w")


@pytest.fixture
def program(qtbot, folder):
    with window(qtbot, folder, clock=lambda: NOW) as made:
        yield made


def words(part):
    """Return what can be read in a part of the window."""
    shown = [one for one in part.findChildren(QLabel) if one.isVisible()]
    return "\n".join(one.text() for one in [*shown, *part.findChildren(QPushButton)])


def beginning(qtbot, folder):
    """Open the window where no store can be opened; returns it when that is said."""
    application()
    made = Program(folder, clock=lambda: NOW)
    made.start()
    qtbot.waitUntil(lambda: made.shell.title.text() == "开始使用", timeout=LONG)
    return made


# beginning and ending --------------------------------------------------------------------------


def test_the_first_start_offers_a_demo_town_or_to_set_up_and_setting_up_opens_the_window(qtbot, tmp_path):
    made = beginning(qtbot, tmp_path / "new")
    welcome = made.shell.stack.currentWidget()
    assert {"试用演示镇", "设立本站"} <= set(words(welcome).split("\n"))
    assert str(tmp_path / "new") in words(welcome)
    assert not made.shell.search.isEnabled()
    welcome.begin.click()
    qtbot.waitUntil(lambda: made.shell.current == "my_day", timeout=LONG)
    settle(qtbot, made)
    assert made.shell.foot.text() == "莲湾镇城运中心"
    made.shell.close()


def test_a_store_whose_key_is_wrong_says_so_and_opens_once_the_key_is_back(qtbot, folder):
    key = folder / "key"
    right = key.read_bytes()
    key.write_bytes(b"0" * len(right))
    made = beginning(qtbot, folder)
    said = words(made.shell.stack.currentWidget())
    assert "数据没有打开" in said
    assert "密钥" in said
    key.write_bytes(right)
    again = next(one for one in made.shell.findChildren(QPushButton) if one.text() == "再试一次")
    again.click()
    qtbot.waitUntil(lambda: made.shell.current == "my_day", timeout=LONG)
    settle(qtbot, made)
    made.shell.close()


def test_closing_while_a_job_runs_stops_it_and_leaves_nothing_half_written(qtbot, folder):
    begun = threading.Event()

    def work(workspace, progress):
        from zq_grid import cases

        with workspace.write() as session:
            cases.log(session, ORDER)
            begun.set()
            while True:
                progress.report(1, 2, "…")

    with window(qtbot, folder, clock=lambda: NOW) as made:
        made.context.worker.act(work, title="很长的工作")
        qtbot.waitUntil(begun.is_set, timeout=LONG)
        made.shell.close()
        assert not any(thread.is_alive() for thread in made.context.worker._threads)
    store = reopen(folder, Clock(NOW))
    with store.read() as session:
        from zq_grid import lists

        assert lists.count(session) == 5
    store.close()


def test_a_job_that_lasts_shows_itself_and_can_be_stopped(qtbot, program):
    go_on = threading.Event()

    def work(_workspace, progress):
        while not go_on.is_set():
            progress.report(3, 10, "读取")

    program.context.worker.act(work, title="很长的工作")
    running = program.shell.running
    qtbot.waitUntil(running.isVisible, timeout=LONG)
    qtbot.waitUntil(lambda: running.part.text() == "读取 3 / 10", timeout=LONG)
    assert running.title.text() == "很长的工作"
    running.stop.click()
    settle(qtbot, program)
    assert not running.isVisible()
    go_on.set()


def test_no_page_opens_a_window_of_its_own_while_it_is_built(qtbot, folder):
    shown = []

    class Eyes(QObject):
        def eventFilter(self, watched, event):
            if event.type() == QEvent.Type.Show and isinstance(watched, QWidget) and watched.isWindow():
                shown.append(watched)
            return False

    eyes = Eyes()
    application().installEventFilter(eyes)
    with window(qtbot, folder, clock=lambda: NOW) as made:
        for name, *_rest in PAGES:
            made.shell.open_page(name)
            settle(qtbot, made)
        assert [one for one in shown if one is not made.shell] == []
    QApplication.instance().removeEventFilter(eyes)


# keys ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "held", "name"),
    [
        (Key.Key_1, ALT, "my_day"),
        (Key.Key_2, ALT, "cases"),
        (Key.Key_N, CTRL, "new_case"),
        (Key.Key_3, ALT, "import"),
        (Key.Key_4, ALT, "rates"),
        (Key.Key_5, ALT, "papers"),
        (Key.Key_6, ALT, "settings"),
    ],
)
def test_each_page_has_its_key(qtbot, program, key, held, name):
    program.shell.open_page("cases" if name == "my_day" else "my_day")
    settle(qtbot, program)
    Hands().press(key, held)
    settle(qtbot, program)
    assert program.shell.current == name
    assert program.shell.nav[name].isChecked()
    assert program.shell.title.text() == program.shell.pages[name].title
    assert QApplication.focusWidget() is not None


def test_ctrl_k_finds_a_page_and_enter_opens_it(qtbot, program):
    Hands().press(Key.Key_K, CTRL).write("四率").press(Key.Key_Return)
    settle(qtbot, program)
    assert program.shell.current == "rates"
    assert not program.shell.palette_panel.isVisible()


def test_what_is_typed_right_after_ctrl_k_goes_into_its_field(qtbot, program):
    program.shell.open_page("cases")
    settle(qtbot, program)
    hands = Hands().press(Key.Key_K, CTRL)
    assert program.shell.palette_panel.isVisible()
    assert hands.where is program.shell.palette_panel.field


def test_ctrl_k_finds_what_can_be_done_here(qtbot, program):
    program.shell.open_page("cases")
    settle(qtbot, program)
    Hands().press(Key.Key_K, CTRL).write("换一种排序").press(Key.Key_Return)
    settle(qtbot, program)
    assert program.shell.pages["cases"].sort != "newest"


def test_ctrl_k_finds_a_case_by_what_was_said(qtbot, program):
    hands = Hands().press(Key.Key_K, CTRL).write("漏水，请尽快")
    model = program.shell.palette_panel.model
    qtbot.waitUntil(lambda: model.rowCount() == 1, timeout=LONG)
    hands.press(Key.Key_Return)
    settle(qtbot, program)
    assert program.shell.current == "cases"
    assert program.shell.pages["cases"].detail.number == RECEIVED


def test_enter_before_the_search_has_answered_opens_what_it_finds(qtbot, program):
    Hands().press(Key.Key_K, CTRL).write(RECEIVED).press(Key.Key_Return)
    assert program.shell.palette_panel.isVisible()
    qtbot.waitUntil(lambda: not program.shell.palette_panel.isVisible(), timeout=LONG)
    settle(qtbot, program)
    assert program.shell.pages["cases"].detail.number == RECEIVED


def test_what_ctrl_k_does_not_find_stays_in_its_field(qtbot, program):
    panel = program.shell.palette_panel
    hands = Hands().press(Key.Key_K, CTRL).write("没有这样的案件").press(Key.Key_Return)
    qtbot.waitUntil(lambda: not panel._wait.isActive(), timeout=LONG)
    settle(qtbot, program)
    hands.press(Key.Key_Return)
    assert panel.isVisible()
    assert panel.field.text() == "没有这样的案件"


def test_what_ctrl_k_finds_shows_no_telephone_number_of_anybody(qtbot, tmp_path):
    made = make_store(tmp_path / "w", clock=Clock(NOW - 60))
    log(made, text="请联系王先生 13812345678，楼上漏水")
    made.close()
    with window(qtbot, tmp_path / "w", clock=lambda: NOW) as program:
        Hands().press(Key.Key_K, CTRL).write("楼上漏水")
        model = program.shell.palette_panel.model
        qtbot.waitUntil(lambda: model.rowCount() == 1, timeout=LONG)
        assert "漏水" in model.record(0).text
        assert "13812345678" not in model.record(0).text


def test_the_list_of_keys_scrolls_with_the_arrows(qtbot, program):
    program.shell.open_page("cases")
    settle(qtbot, program)
    panel = program.shell.keys_panel
    program.shell.resize(1120, 640)
    panel.open()
    qtbot.wait(10)
    Hands().press(Key.Key_Down, times=3)
    assert panel._area.verticalScrollBar().value() > 0


def test_escape_closes_the_palette_and_gives_the_focus_back(qtbot, program):
    program.shell.open_page("cases")
    settle(qtbot, program)
    hands = Hands()
    before = hands.where
    hands.press(Key.Key_K, CTRL).write("楼").press(Key.Key_Escape)
    assert not program.shell.palette_panel.isVisible()
    assert hands.where is before


def test_a_question_mark_lists_every_key_of_the_page_and_of_everywhere(qtbot, program):
    program.shell.open_page("cases")
    settle(qtbot, program)
    from PySide6.QtTest import QTest

    QTest.keyClicks(Hands().where, "?")
    panel = program.shell.keys_panel
    assert panel.isVisible()
    said = words(panel)
    for one in (*program.shell._actions_here(), *program.shell._everywhere()):
        if one.key:
            assert one.name in said
    Hands().press(Key.Key_Escape)
    assert not panel.isVisible()


def test_no_key_means_two_things_on_a_page(qtbot, program):
    everywhere = {one.key for one in program.shell._everywhere()}
    for name, *_rest in PAGES:
        program.shell.open_page(name)
        settle(qtbot, program)
        keys = [one.key for one in program.shell._actions_here() if one.key and one.can()]
        assert sorted(keys) == sorted(set(keys)), name
        assert not set(keys) & everywhere, name


def test_f1_opens_the_manual(qtbot, program):
    program.shell.open_page("cases")
    settle(qtbot, program)
    before = words(program.shell)
    Hands().press(Key.Key_F1)
    settle(qtbot, program)
    assert words(program.shell) != before
    assert not program.shell.toast.isVisible()


def test_ctrl_z_takes_the_last_act_back_on_any_page(qtbot, program):
    program.shell.open_page("cases", number=RECEIVED)
    settle(qtbot, program)
    detail = program.shell.pages["cases"].detail
    qtbot.waitUntil(lambda: detail.case is not None and detail.case["number"] == RECEIVED, timeout=LONG)
    detail.begin("accept")
    settle(qtbot, program)
    program.shell.open_page("my_day")
    settle(qtbot, program)
    Hands().press(Key.Key_Z, CTRL)
    settle(qtbot, program)
    assert "已撤销" in program.shell.toast.words.text()


# saying ----------------------------------------------------------------------------------------


def test_a_refusal_is_said_in_words_and_a_bug_keeps_its_traces_but_no_words_of_a_case(qtbot, program, folder):
    def refuses(_workspace, _progress):
        raise Refused("no_such_case", "none", number="1")

    def breaks(_workspace, _progress):
        raise ValueError("王小明 13800000001")

    program.context.worker.ask(refuses)
    settle(qtbot, program)
    assert program.shell.toast.words.text()
    program.context.worker.ask(breaks)
    settle(qtbot, program)
    assert "程序出了差错" in program.shell.toast.words.text()
    (kept,) = (folder / "crashes").iterdir()
    assert "ValueError" in kept.read_text("utf-8")
    assert "王小明" not in kept.read_text("utf-8")
    crash.keep_in(folder)


def test_another_look_and_language_begin_anew_on_the_same_page_and_are_kept(qtbot, program, folder):
    program.shell.open_page("cases")
    settle(qtbot, program)
    old = program.shell
    program.change(theme="dark", text_size=130, lang="en")
    qtbot.waitUntil(lambda: program.shell.current == "cases", timeout=LONG)
    settle(qtbot, program)
    assert program.shell is not old
    assert program.shell.title.text() == "Cases"
    assert program.context.tokens.name == "dark"
    assert look.read(folder) == look.Look("dark", 130, "en", program.context.actor)
    program.change(theme="light", text_size=100, lang="zh")
    qtbot.waitUntil(lambda: program.shell.current == "cases", timeout=LONG)
    settle(qtbot, program)
    assert program.shell.title.text() == "案件"


def test_a_number_beside_a_page_is_shown_and_goes_at_nought(program):
    program.shell.badge("papers", 1234)
    assert program.shell._badges["papers"].text() == "1,234"
    program.shell.badge("papers", 2_000_000)
    assert program.shell._badges["papers"].text() == "99,999+"
    program.shell.badge("papers", 0)
    assert not program.shell._badges["papers"].isVisible()


def test_every_button_of_every_page_says_what_it_is_to_a_screen_reader(qtbot, program):
    for name, *_rest in PAGES:
        program.shell.open_page(name)
        settle(qtbot, program)
        buttons = [one for one in program.shell.pages[name].findChildren(QPushButton) if one.isVisible()]
        assert [one for one in buttons if not (one.accessibleName() or one.text())] == []


def test_an_empty_station_says_on_every_page_what_to_do_next(qtbot, tmp_path):
    made = make_store(tmp_path / "w", clock=Clock(NOW))
    made.close()
    with window(qtbot, tmp_path / "w", clock=lambda: NOW) as program:
        for name in ("my_day", "cases", "import", "papers"):
            program.shell.open_page(name)
            settle(qtbot, program)
            assert words(program.shell.pages[name]).strip()
