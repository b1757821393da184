"""My day in the real window: figures are doors, keys open and act, what changes elsewhere shows."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from tests.stores import handled, log, make_store, numbers
from tests.ui.window import settle, window


@pytest.fixture
def town(qtbot, tmp_path):
    """A window on a town with a case in each hand."""
    made = make_store(tmp_path / "ws")
    given = numbers()
    for upto in ("accept", "dispatch", "sign"):
        handled(made, next(given), upto)
    log(made, order_number=next(given))
    clock = made.clock
    made.close()
    with window(qtbot, tmp_path / "ws", clock=clock) as program:
        settle(qtbot, program)
        yield program, qtbot


def page(program):
    return program.shell.pages["my_day"]


def opened(program, monkeypatch):
    """Note what the window is asked to open."""
    asked = []
    monkeypatch.setattr(program.context.window, "open_page", lambda name, **what: asked.append((name, what)))
    return asked


def test_the_window_begins_with_what_has_to_be_done(town):
    program, _qtbot = town
    my_day = page(program)
    assert program.shell.current == "my_day"
    assert my_day.boxes["to_accept"].number.text() == "1"
    assert my_day.boxes["to_dispatch"].number.text() == "1"
    assert my_day.model.rowCount() == 2
    assert my_day.tabs["waiting"].text().endswith("2")
    assert program.shell._badges["cases"].text() == "4"
    assert program.shell.focusWidget() is my_day.table


def test_enter_opens_the_case_and_space_its_next_step(town, monkeypatch):
    program, _qtbot = town
    asked = opened(program, monkeypatch)
    table = page(program).table
    number = table.record().case.number
    QTest.keyClick(table, Qt.Key.Key_Return)
    QTest.keyClick(table, Qt.Key.Key_Space)
    assert asked == [
        ("cases", {"number": number}),
        ("cases", {"number": number, "step": table.record().step}),
    ]


def test_every_box_is_a_door_by_its_digit_by_enter_and_by_a_click(town, monkeypatch):
    program, _qtbot = town
    asked = opened(program, monkeypatch)
    my_day = page(program)
    for nth, _box in enumerate(my_day.boxes, 1):
        QTest.keyClick(my_day.table, str(nth))
    assert len(asked) == len(my_day.boxes)
    assert asked[0] == ("cases", {"conditions": {"stage": "received"}, "sort": "due"})
    first = my_day.boxes["to_accept"]
    first.setFocus()
    QTest.keyClick(first, Qt.Key.Key_Return)
    QTest.mouseClick(first, Qt.MouseButton.LeftButton)
    assert asked[-2:] == [asked[0], asked[0]]


def test_behind_every_box_stand_just_as_many_cases_as_it_says(town):
    program, qtbot = town
    my_day = page(program)
    for key in list(my_day.boxes):
        said = int(my_day.boxes[key].number.text())
        my_day.open_box(key)
        settle(qtbot, program)
        settle(qtbot, program)
        assert program.shell.current == "cases"
        assert program.shell.pages["cases"].list.model.rowCount() == said, key
        program.shell.open_page("my_day")
        settle(qtbot, program)


def test_w_shows_what_waits_for_others(town):
    program, qtbot = town
    my_day = page(program)
    QTest.keyClick(my_day.table, "w")
    settle(qtbot, program)
    assert my_day.showing == "waiting"
    assert {one.step for one in my_day.model._rows} == {"sign", "handle"}
    QTest.keyClick(my_day.table, "w")
    assert my_day.showing == "doing"


def test_m_looks_at_ones_own_cases_and_says_so(town):
    program, qtbot = town
    my_day = page(program)
    assert "全镇" in program.shell.hint.text()
    QTest.keyClick(my_day.table, "m")
    settle(qtbot, program)
    assert my_day.scope == "mine"
    assert my_day.model.rowCount() == 0
    assert my_day.empty.isVisible()
    assert "我经办的" in program.shell.hint.text()


def test_an_act_in_the_window_shows_at_once(town):
    program, qtbot = town
    my_day = page(program)

    def work(workspace, _progress):
        from zq_grid import together

        with workspace.write() as session:
            return together.act(session, "20261102000004", "accept", {})

    program.context.worker.act(work)
    settle(qtbot, program)
    settle(qtbot, program)
    assert my_day.boxes["to_accept"].number.text() == "0"
    assert my_day.boxes["to_dispatch"].number.text() == "2"


def test_the_rates_of_the_week_stand_beside_and_open_the_rates(town, monkeypatch):
    program, qtbot = town
    week = page(program).week
    qtbot.waitUntil(lambda: len(week._weeks) == 8)
    assert week.rates["satisfaction"].percent.text() == "—", "no base is neither 0 nor 100"
    asked = opened(program, monkeypatch)
    QTest.mouseClick(week.rates["satisfaction"], Qt.MouseButton.LeftButton)
    week.kept.click()
    assert asked == [("rates", {"key": "satisfaction"}), ("settings", {"part": "backups"})]
    assert "还没有" in week.kept.text()


def test_where_there_is_no_room_the_week_becomes_a_tab_and_boxes_one_line(qtbot, tmp_path):
    made = make_store(tmp_path / "ws")
    handled(made, "20261102000001", "accept")
    clock = made.clock
    made.close()
    with window(qtbot, tmp_path / "ws", clock=clock, text_size=150) as program:
        program.shell.resize(1280, 720)
        settle(qtbot, program)
        my_day = page(program)
        assert my_day.tabs["week"].isVisible()
        assert not my_day.week.isVisible()
        my_day.tabs["week"].click()
        assert my_day.week.isVisible()
        assert not my_day.table.isVisible()
        for figure in my_day.boxes.values():
            words = figure.title
            assert words.width() >= words.fontMetrics().horizontalAdvance(words.text()), words.text()
        program.shell.resize(1920, 1080)
        settle(qtbot, program)
        assert my_day.week.isVisible()
        assert my_day.table.isVisible()
        assert not my_day.tabs["week"].isVisible()


def test_every_action_has_a_key_of_its_own(town):
    program, _qtbot = town
    names = {action.name for action in page(program).actions_here()}
    assert {"打开案件", "办下一步", "现在要做／等待他方"} <= names
    keys = [action.key for action in page(program).actions_here()]
    assert len(keys) == len(set(keys)), "no key means two things"
