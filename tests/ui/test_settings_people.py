"""Settings, people: absences and hand-over by keys, in the real window, and what the store holds afterwards."""

import pytest
from PySide6.QtCore import Qt

from tests.stores import DAY, act, log, make_store
from tests.ui.keys import CTRL, Hands, Key
from tests.ui.window import settle, window
from zq_grid import absences, lists, people

GIVER, TAKER, THIRD = "w010", "w011", "w012"


@pytest.fixture
def opened(qtbot, tmp_path):
    """The part People, with three cases in one worker's hands, and how to wait for it."""
    made = make_store(tmp_path / "ws")
    numbers = [log(made, order_number=f"2026110200000{nth}") for nth in (1, 2, 3)]
    for number in numbers:
        act(made, number, "assign", worker=GIVER)
    clock = made.clock
    made.close()
    with window(qtbot, tmp_path / "ws", clock=clock, page="settings") as program:
        program.shell.open_page("settings", part="people")

        def rest():
            for _ in range(3):
                settle(qtbot, program)

        rest()
        part = program.shell.pages["settings"].parts["people"]

        def stand_at(worker):
            part.table.choose([one[1] for one in part.model._rows].index(worker))
            part.table.setFocus(Qt.FocusReason.OtherFocusReason)
            rest()

        yield program, part, rest, stand_at


def read(program, work):
    """Ask the open store, from the test."""
    with program.context.worker.workspace.read() as session:
        return work(session)


def hands_of(program, worker):
    return read(program, lambda session: lists.count(session, worker=worker, stage="open"))


def away(program, worker):
    def work(session):
        return [one for one in absences.every(session.catalogue) if one.worker == worker and not one.ended]

    return read(program, work)


def enter(hands, deputy, since="", until=""):
    """Fill the form of an absence by keys, from the list of people."""
    hands.press(Key.Key_O)
    if since:
        hands.press(Key.Key_A, CTRL).write(since)
    hands.press(Key.Key_Tab).write(until).press(Key.Key_Tab).write(deputy)
    hands.press(Key.Key_Return, CTRL)


def test_an_absence_is_entered_by_keys_and_taken_back_by_the_message(opened):
    program, part, rest, stand_at = opened
    stand_at(GIVER)
    hands = Hands()
    hands.press(Key.Key_O).press(Key.Key_Return, CTRL)
    rest()
    assert part.away.form.fields["deputy"].below.text() == "请填写"
    stand_at(GIVER)
    enter(hands, name_of(program, TAKER), until="2026-11-06")
    rest()
    (one,) = away(program, GIVER)
    assert (one.since, one.until, one.deputy) == ("2026-11-02", "2026-11-06", TAKER)
    assert "代办" in part.away.said.text()
    assert part.away.table.record().code == one.code
    program.shell.toast.does.click()
    rest()
    assert away(program, GIVER) == []


def name_of(program, worker):
    return read(program, lambda session: session.catalogue.name("worker", worker))


def test_who_is_back_early_is_there_again_by_one_key_and_away_again_by_undo(opened):
    program, part, rest, stand_at = opened
    stand_at(GIVER)
    hands = Hands()
    enter(hands, name_of(program, TAKER), since="2026-11-01")
    rest()
    stand_at(GIVER)
    hands.press(Key.Key_E)
    rest()
    assert away(program, GIVER) == []
    assert part.away.table.record().ended, "what was is still listed"
    assert not part.away.end.isVisible()
    program.shell.toast.does.click()
    rest()
    assert [one.since for one in away(program, GIVER)] == ["2026-11-01"]


def test_an_absence_that_lies_ahead_is_cancelled_before_it_begins(opened):
    program, part, rest, stand_at = opened
    stand_at(GIVER)
    hands = Hands()
    enter(hands, name_of(program, TAKER), since="2026-11-20", until="2026-11-22")
    rest()
    assert part.away.end.text() == "取消这次登记"
    stand_at(GIVER)
    hands.press(Key.Key_E)
    rest()
    assert away(program, GIVER) == []


def test_what_is_handed_over_is_listed_first_and_goes_and_comes_back_as_one(opened):
    program, part, rest, stand_at = opened
    stand_at(GIVER)
    hands = Hands()
    hands.press(Key.Key_H).write(name_of(program, TAKER)).press(Key.Key_Return, CTRL)
    rest()
    over = part.hand_over
    assert over.model.rowCount() == 3
    assert hands_of(program, TAKER) == 0, "nothing is written before the list was seen"
    assert "3 件" in over.does.text()
    hands.press(Key.Key_Return)
    rest()
    assert (hands_of(program, GIVER), hands_of(program, TAKER)) == (0, 3)
    assert "已移交 3 件" in program.shell.toast.words.text()
    program.shell.toast.does.click()
    rest()
    assert (hands_of(program, GIVER), hands_of(program, TAKER)) == (3, 0)


def test_another_answer_takes_the_list_away_and_esc_too(opened):
    program, part, rest, stand_at = opened
    stand_at(GIVER)
    hands = Hands()
    hands.press(Key.Key_H).write(name_of(program, TAKER)).press(Key.Key_Return, CTRL)
    rest()
    over = part.hand_over
    hands.press(Key.Key_Escape)
    assert not over.list.isVisible()
    hands.press(Key.Key_Return, CTRL)
    rest()
    assert over.list.isVisible()
    over.form.fields["to"].setFocus()
    hands.press(Key.Key_A, CTRL).write(name_of(program, THIRD)).press(Key.Key_Tab)
    assert not over.list.isVisible()
    assert hands_of(program, THIRD) == 0


def test_work_of_one_grid_goes_over_whoever_has_it(opened):
    program, part, rest, stand_at = opened
    grid = read(program, grid_of)
    stand_at(THIRD)
    hands = Hands()
    hands.press(Key.Key_H).write(name_of(program, TAKER)).press(Key.Key_Tab)
    over = part.hand_over
    over.form.fields["whose"].setFocus()
    hands.press(Key.Key_2)
    over.form.fields["grid"].setFocus()
    hands.write(read(program, lambda session: session.catalogue.name("grid", grid))).press(
        Key.Key_Return, CTRL
    )
    rest()
    assert over.model.rowCount() == 3
    over.does.setFocus()
    hands.press(Key.Key_Return)
    rest()
    assert hands_of(program, TAKER) == 3


def grid_of(session):
    """Return the grid in which the three cases lie."""
    known = session.catalogue.current("grid")
    return next(code for code in known if lists.count(session, grid=code, stage="open"))


def test_a_receiver_who_is_away_is_asked_about_and_the_deputy_gets_it(opened):
    program, part, rest, stand_at = opened
    stand_at(TAKER)
    hands = Hands()
    enter(hands, name_of(program, THIRD))
    rest()
    stand_at(GIVER)
    hands.press(Key.Key_H).write(name_of(program, TAKER)).press(Key.Key_Return, CTRL)
    rest()
    over = part.hand_over
    assert over.form.fields["deputy"].isVisible()
    assert over.form.fields["deputy"].below.text() == "请填写"
    over.form.fields["deputy"].setFocus()
    hands.press(Key.Key_1).press(Key.Key_Return, CTRL)
    rest()
    hands.press(Key.Key_Return)
    rest()
    assert (hands_of(program, TAKER), hands_of(program, THIRD)) == (0, 3)
    program.context.worker.workspace.clock.pass_(DAY)
    stand_at(TAKER)
    hands.press(Key.Key_O)
    part.away.table.setFocus()
    hands.press(Key.Key_E)
    rest()
    stand_at(TAKER)
    hands.press(Key.Key_B)
    rest()
    assert over.model.rowCount() == 3, "what the deputy was given goes back"
    hands.press(Key.Key_Return)
    rest()
    assert (hands_of(program, TAKER), hands_of(program, THIRD)) == (3, 0)


def test_who_may_not_arrange_for_others_sees_it_and_may_for_themselves(qtbot, tmp_path):
    made = make_store(tmp_path / "ws")
    clock = made.clock
    made.close()
    with window(qtbot, tmp_path / "ws", clock=clock, worker=GIVER, page="settings") as program:
        program.shell.open_page("settings", part="people")
        for _ in range(3):
            settle(qtbot, program)
        part = program.shell.pages["settings"].parts["people"]
        part.show_tab("away")
        for worker, may in ((TAKER, False), (GIVER, True)):
            part.table.choose([one[1] for one in part.model._rows].index(worker))
            for _ in range(2):
                settle(qtbot, program)
            assert part.away.does.isEnabled() is may
    assert people.KIND == "worker"


def test_esc_goes_back_to_the_list_where_keys_are_actions_again(opened):
    _program, part, rest, stand_at = opened
    stand_at(GIVER)
    hands = Hands()
    hands.press(Key.Key_O)
    assert not part.table.hasFocus()
    hands.press(Key.Key_Escape)
    assert part.table.hasFocus()
    hands.press(Key.Key_H)
    rest()
    assert part.tab == "hand_over"
