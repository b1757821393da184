"""Settings in the real window: whoever works here, the look, forms of the catalogue, calendar, backups, checks."""

import json
from datetime import date

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from tests.stores import DAY, Clock, handled, log, make_store, reopen
from tests.ui.window import LONG, settle, window
from ui import look
from ui.look import Look
from ui.pages.settings import PARTS
from ui.pages.settings_calendar import days_of, entry_days
from ui.widgets.confirm import Confirm


@pytest.fixture
def opened(qtbot, tmp_path):
    """A window on Settings, and how to open a part of it."""
    made = make_store(tmp_path / "ws")
    handled(made, "20261102000001", "accept")
    clock = made.clock
    made.close()
    with window(qtbot, tmp_path / "ws", clock=clock, page="settings") as program:

        def part(name):
            program.shell.open_page("settings", part=name)
            settle(qtbot, program)
            settle(qtbot, program)
            return program.shell.pages["settings"].parts[name]

        yield program, qtbot, part


def again(qtbot, program):
    """Wait until the window that was begun anew stands."""
    qtbot.waitUntil(lambda: program.shell.here is not None, timeout=LONG)
    settle(qtbot, program)
    settle(qtbot, program)


def read(program, work):
    """Ask the open store, from the test."""
    with program.context.worker.workspace.read() as session:
        return work(session)


# who and how ----------------------------------------------------------------------------------


def test_enter_makes_somebody_else_the_one_who_works_here_and_it_is_remembered(opened, tmp_path):
    program, qtbot, part = opened
    who = part("who")
    QTest.keyClicks(who.search, "w033")
    assert who.model.rowCount() == 1
    QTest.keyClick(who.search, Qt.Key.Key_Return)
    again(qtbot, program)
    assert program.context.actor == "w033"
    assert program.shell.current == "settings"
    assert program.shell.who.text().startswith(program.context.actor_name)
    assert look.read(tmp_path / "ws").worker == "w033"


def test_a_look_takes_effect_at_once_and_is_kept(opened, tmp_path):
    program, qtbot, part = opened
    part("look").fields["theme"].segments.set_value("dark")
    part("look").fields["theme"].changed.emit()
    again(qtbot, program)
    assert program.context.tokens.name == "dark"
    part("look").fields["text_size"].segments.set_value("150")
    part("look").fields["text_size"].changed.emit()
    again(qtbot, program)
    assert program.context.tokens.size("base") == 20
    kept = json.loads((tmp_path / "ws" / look.FILE).read_text("utf-8"))
    assert kept == {"theme": "dark", "text_size": 150, "language": "zh", "worker": "w001"}
    part("look").fields["lang"].segments.set_value("en")
    part("look").fields["lang"].changed.emit()
    again(qtbot, program)
    assert program.shell.nav["settings"].text() == "Settings"
    part("look").fields["lang"].segments.set_value("zh")
    part("look").fields["lang"].changed.emit()
    again(qtbot, program)


@pytest.mark.parametrize(
    "said", ["", "{", "[]", '{"theme": "pink", "text_size": 7, "language": 3, "worker": 4}']
)
def test_a_look_that_cannot_be_read_is_the_first_one(tmp_path, said):
    (tmp_path / look.FILE).write_text(said)
    assert look.read(tmp_path) == Look()


def test_a_look_that_cannot_be_kept_stops_nobody(tmp_path):
    look.write(tmp_path / "gone", Look(theme="dark"))
    assert look.read(tmp_path / "gone") == Look()


# the catalogue --------------------------------------------------------------------------------


def test_every_part_opens_and_says_something(opened):
    program, _qtbot, part = opened
    for name, _where, _words in PARTS:
        part(name)
        assert program.shell.hint.text(), name


def test_a_type_is_changed_in_its_form_and_saved_by_key(opened):
    program, qtbot, part = opened
    types = part("types")
    rows = [one[1] for one in types.model._rows]
    types.table.choose(rows.index("noise"))
    settle(qtbot, program)
    form = types.form._forms[0][0]
    form.fields["name"].set_value("噪声")
    form.fields["name"].changed.emit()
    assert types.keep.isEnabled()
    types.save_entry()
    settle(qtbot, program)
    settle(qtbot, program)
    assert read(program, lambda session: session.catalogue.name("type", "noise")) == "噪声"
    assert types.versions.rowCount() == 2
    assert "已保存" in program.shell.toast.words.text()
    assert not types.keep.isEnabled()


def test_what_is_not_allowed_is_said_and_the_typed_form_stays(opened):
    program, qtbot, part = opened
    limits = part("limits")
    limits.table.choose([one[1] for one in limits.model._rows].index("general"))
    settle(qtbot, program)
    field = next(
        form.fields[key]
        for form, paths in limits.form._forms
        for key, path in paths.items()
        if path == ("sign", "n")
    )
    field.set_value("0")
    field.changed.emit()
    limits.save_entry()
    settle(qtbot, program)
    assert limits.keep.isEnabled()
    assert field.below.text() == "这里不合要求"
    assert field.value() == "0"
    assert len(read(program, lambda session: session.catalogue.versions("limits", "general"))) == 1
    assert program.shell.toast.isVisible()


def test_a_limit_is_chosen_from_its_list_and_the_wheel_changes_none(opened):
    program, qtbot, part = opened
    limits = part("limits")
    limits.table.choose([one[1] for one in limits.model._rows].index("general"))
    settle(qtbot, program)
    fields = {path: form.fields[key] for form, paths in limits.form._forms for key, path in paths.items()}
    combo = fields["second_round", "rule"].combo
    wheel = QWheelEvent(
        *(QPointF(5, 5), QPointF(5, 5), QPoint(0, -120), QPoint(0, -120)),
        *(Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False),
    )
    QApplication.sendEvent(combo, wheel)
    assert combo.currentData() == "working_days"
    combo.setFocus()
    QTest.keyClick(combo, Qt.Key.Key_End)
    limits.save_entry()
    settle(qtbot, program)
    settle(qtbot, program)
    general = read(program, lambda session: session.catalogue.current("limits")["general"])
    assert general["second_round"] == {"rule": "natural_days", "n": 3}
    assert general["close"]["default"] == {"rule": "working_days", "n": 5}


def test_where_there_is_little_room_parts_are_chosen_in_one_line(qtbot, tmp_path):
    made = make_store(tmp_path / "ws")
    clock = made.clock
    made.close()
    with window(qtbot, tmp_path / "ws", clock=clock, page="settings", text_size=150) as program:
        program.shell.resize(1280, 720)
        settle(qtbot, program)
        settings = program.shell.pages["settings"]
        assert settings.chooser.isVisible()
        assert not settings.side.isVisible()
        settings.chooser.setCurrentIndex(settings.chooser.findData("about"))
        settings.chooser.activated.emit(settings.chooser.currentIndex())
        assert settings.part == "about"
        program.shell.resize(1920, 1080)
        settle(qtbot, program)
        assert settings.side.isVisible()


def test_only_an_administrator_may_save(qtbot, tmp_path):
    made = make_store(tmp_path / "ws")
    clock = made.clock
    made.close()
    with window(qtbot, tmp_path / "ws", clock=clock, worker="w033", page="settings") as program:
        program.shell.open_page("settings", part="units")
        settle(qtbot, program)
        units = program.shell.pages["settings"].parts["units"]
        form = units.form._forms[0][0]
        form.fields["name"].set_value("别的")
        form.fields["name"].changed.emit()
        assert not units.keep.isEnabled()
        assert not units.new.isEnabled()
        assert "管理员" in units.state.text()


def test_a_new_unit_begins_with_an_empty_form(opened):
    program, qtbot, part = opened
    units = part("units")
    units.add()
    form = units.form._forms[0][0]
    for key, said in (("code", "new1"), ("name", "新单位")):
        form.fields[key].set_value(said)
        form.fields[key].changed.emit()
    units.save_entry()
    settle(qtbot, program)
    settle(qtbot, program)
    assert read(program, lambda session: session.catalogue.name("unit", "new1")) == "新单位"
    assert units.table.record()[1] == "new1"


def test_the_tree_shows_where_a_place_lies_and_narrows_by_words(opened):
    _program, _qtbot, part = opened
    places = part("territory")
    places.search.insert("和溪五村")
    item = places._items["neighbourhood", "hexi5"]
    assert not item.isHidden()
    assert item.parent() is places._items["area", str(places._rows["neighbourhood", "hexi5"][3]["area"])]
    assert places._items["neighbourhood", "anhe"].isHidden()
    places.tree.setCurrentItem(item)
    assert places.form.entry()["code"] == "hexi5"


# calendar -------------------------------------------------------------------------------------


def test_days_go_through_the_calendar_and_come_out_the_same(opened):
    program, _qtbot, _part = opened
    for entry in read(program, lambda session: session.catalogue.current("calendar")).values():
        off, work = days_of(dict(entry))
        assert entry_days(off, work) == {"off": entry["off"], "work": entry["work"]}


def test_space_turns_a_day_and_what_comes_after_the_saving_follows_it(opened):
    program, qtbot, part = opened
    before = read(program, due_of)
    calendar = part("calendar")
    year = calendar.year
    assert year.current == date(2026, 11, 2)
    QTest.keyClick(year, Qt.Key.Key_Right)
    assert year.current == date(2026, 11, 3)
    QTest.keyClick(year, Qt.Key.Key_Space)
    assert year.kind_of(date(2026, 11, 3)) == "off"
    calendar.go(1)
    assert calendar._shown == 2026, "what is not saved is not lost by looking elsewhere"
    calendar.save_year()
    settle(qtbot, program)
    settle(qtbot, program)
    entry = read(program, lambda session: session.catalogue.current("calendar")["2026"])
    assert entry["version"] == 2
    assert read(program, due_of) == before, "a limit that is settled stays"

    def work(workspace, _progress):
        return handled(workspace, "20261102000055", "accept")

    program.context.worker.act(work)
    settle(qtbot, program)
    settle(qtbot, program)
    assert read(program, due_of) == before + DAY
    calendar.go(2)
    assert "暂定" in calendar.state.text()


def due_of(session):
    from zq_grid import lists

    return lists.page(session, stage="open", limit=1).rows[0].due


# keeping --------------------------------------------------------------------------------------


def test_a_backup_is_made_listed_and_put_back_after_a_yes(opened, tmp_path):
    program, qtbot, part = opened
    backups = part("backups")
    backups.make()
    settle(qtbot, program)
    settle(qtbot, program)
    assert backups.model.rowCount() == 1

    def work(workspace, _progress):
        return log(workspace, order_number="20261102000099")

    program.context.worker.act(work)
    settle(qtbot, program)
    backups.table.opened.emit(backups.table.record())
    question = program.shell.findChild(Confirm)
    assert program.shell.focusWidget() is question.no, "Enter alone must not replace a store"
    old = program.shell
    QTest.mouseClick(question.yes, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: program.shell is not old, timeout=LONG)
    again(qtbot, program)
    assert program.shell.current == "settings"
    assert "已恢复" in program.shell.toast.words.text()
    assert read(program, count) == 1
    assert list((tmp_path / "ws").glob("store.db.before-restore-*"))


def count(session):
    from zq_grid import lists

    return lists.count(session)


def test_a_backup_that_is_none_leaves_the_store_as_it_is(opened, tmp_path):
    program, qtbot, _part = opened
    bad = tmp_path / "bad.zqb"
    bad.write_bytes(b"\0" * 8192)
    old = program.shell
    program.restore(bad)
    qtbot.waitUntil(lambda: program.shell is not old, timeout=LONG)
    again(qtbot, program)
    assert program.shell.toast.isVisible()
    assert read(program, count) == 1


def test_checks_say_that_all_agree_and_name_what_does_not(opened):
    program, qtbot, part = opened
    checks = part("checks")
    checks.check(deep=True)
    settle(qtbot, program)
    assert "全部一致" in checks.said.text()
    with program.context.worker.workspace.transaction(write=True) as db:
        db.exec_driver_sql("UPDATE cases SET place = 'elsewhere'")
    checks.check(deep=True)
    settle(qtbot, program)
    assert checks.model.rowCount() == 1
    checks.rebuild()
    settle(qtbot, program)
    assert "已重建 1 件" in checks.said.text()
    checks.check(deep=True)
    settle(qtbot, program)
    assert "全部一致" in checks.said.text()


def test_whoever_left_is_not_who_works_here_at_the_next_start(qtbot, tmp_path):
    made = make_store(tmp_path / "ws")
    made.close()
    look.write(tmp_path / "ws", Look(worker="nobody"))
    kept = look.read(tmp_path / "ws")
    with window(qtbot, tmp_path / "ws", clock=Clock(), remembered=kept.worker) as program:
        assert program.context.actor == "w001"
    reopen(tmp_path / "ws").close()
