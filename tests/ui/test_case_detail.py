"""One case beside the list: what is shown and what is not, calling, correcting, photos, ties, its way, its forms."""

import pytest
from PIL import Image
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication
from PySide6.QtWidgets import QApplication, QPushButton

from tests.stores import Clock, log, reopen
from tests.test_settling import apart
from tests.ui.case_window import (
    ACCEPTED,
    CLOSED,
    HANDLED,
    NOW,
    RECEIVED,
    SIGNED,
    case_window,
    make_cases,
)
from tests.ui.keys import CTRL, Key
from zq_grid import reveals

PHONE = "13800000001"


@pytest.fixture
def folder(tmp_path):
    return make_cases(tmp_path / "w")


@pytest.fixture
def cases(qtbot, folder):
    with case_window(qtbot, folder) as found:
        yield found


def form(cases):
    return cases.page.detail.form


def looks(cases):
    with cases.program.context.worker.workspace.read() as session:
        return reveals.looks(session)[1]


# who called -----------------------------------------------------------------------------------


def test_who_called_is_masked_until_a_call_and_again_when_the_case_is_left(cases):
    cases.stand_at(RECEIVED)
    assert PHONE not in cases.said()
    assert "138****0001" in cases.said()
    cases.hands.press(Key.Key_T)
    cases.rest()
    assert PHONE in cases.said()
    assert "王小明" in cases.said()
    assert [(look.case, look.reason) for look in looks(cases)] == [(RECEIVED, "联系诉求人")]
    cases.stand_at(SIGNED)
    cases.stand_at(RECEIVED)
    assert PHONE not in cases.said()


def test_who_called_is_masked_again_when_the_page_is_left(cases):
    cases.stand_at(RECEIVED)
    cases.hands.press(Key.Key_T)
    cases.rest()
    cases.page.hide()
    cases.page.show()
    cases.rest()
    assert PHONE not in cases.said()


def test_lists_show_no_phone_that_stands_in_a_text(qtbot, folder):
    made = reopen(folder, Clock(NOW - 600))
    number = log(made, text="请打 13912345678 找李师傅", place="和溪一村 9 号")
    made.close()
    with case_window(qtbot, folder) as cases:
        cases.stand_at(number)
        row = cases.page.list.table.record()
        assert "13912345678" not in row.text
        assert "13912345678" not in cases.said()


# what is shown --------------------------------------------------------------------------------


def test_a_limit_says_why_it_is_when_it_is(cases):
    cases.stand_at(RECEIVED)
    said = cases.said()
    assert "办结期限" in said
    assert "个工作日" in said
    assert "24:00 前" in said


def test_the_number_is_copied_by_a_click(cases):
    cases.stand_at(RECEIVED)
    cases.page.detail.head.number.click()
    assert QGuiApplication.clipboard().text() == RECEIVED
    assert RECEIVED in cases.toast


def test_the_strong_action_is_the_step_that_comes_next(cases):
    expected = {RECEIVED: "接单", ACCEPTED: "派遣", CLOSED: "回访", HANDLED: "结案"}
    for number, words in expected.items():
        cases.stand_at(number)
        foot = cases.page.detail._foot_box.itemAt(0).widget()
        assert foot.text().startswith(words)


def test_a_step_that_does_not_fit_says_so_and_writes_nothing(cases):
    cases.stand_at(RECEIVED)
    cases.hands.press(Key.Key_E)
    cases.rest()
    assert "待接单" in cases.toast
    assert "不能结案" in cases.toast
    assert cases.steps(RECEIVED) == ["log"]


def test_the_way_shows_old_and_new_and_strikes_what_was_taken_back(cases):
    cases.stand_at(SIGNED)
    cases.hands.press(Key.Key_F)
    form(cases).form.set_values({"unit": "environ", "reason": "不属物业"})
    form(cases).submit()
    cases.rest()
    said = cases.said()
    assert "房屋管理所 → 生态环境办公室" in said
    cases.page.detail.begin("retract")
    choice = cases.read(SIGNED)["steps"][-1]
    form(cases).form.set_values({"step": choice["step"], "reason": "点错了"})
    form(cases).submit()
    cases.rest()
    assert "transfer" not in cases.steps(SIGNED)
    struck = [one.what for one in cases.page.detail.parts[-1]._lines.take(8) if one.what.font().strikeOut()]
    assert [one.text().split(" ")[0] for one in struck] == ["转办"]


# correcting -----------------------------------------------------------------------------------


def test_a_fact_is_corrected_in_place(cases):
    cases.stand_at(RECEIVED)
    cases.page.detail._correct("kind")
    cases.rest()
    assert form(cases).form.fields["field"].value() == "kind"
    form(cases).form.set_values({"kind": "report"})
    form(cases).submit()
    cases.rest()
    assert cases.read(RECEIVED)["facts"]["kind"] == "report"
    assert "投诉 → 举报" in cases.said()


def test_a_corrected_fact_is_chosen_by_its_name(cases):
    cases.stand_at(RECEIVED)
    cases.hands.press(Key.Key_M).write("地址").press(Key.Key_Return).write("和溪一村 4 号").press(
        Key.Key_Return
    )
    cases.rest()
    assert cases.read(RECEIVED)["facts"]["place"] == "和溪一村 4 号"


def test_a_difference_is_settled_by_choosing_a_value(qtbot, folder):
    made = reopen(folder, Clock(NOW - 600))
    apart(made, RECEIVED, "place", "和溪一村 1 号", "和溪一村 2 号")
    made.close()
    with case_window(qtbot, folder) as cases:
        cases.view("clashes")
        part = cases.page.detail.differences
        assert "和溪一村 1 号" in cases.said(part)
        next(one for one in part.findChildren(QPushButton) if one.isVisible()).click()
        cases.rest()
        assert cases.read(RECEIVED)["clashes"] == []
        assert cases.numbers() == []


# forms ----------------------------------------------------------------------------------------


def test_what_the_gate_misses_stands_at_its_field_and_what_must_come_first_is_a_button(cases):
    cases.stand_at(ACCEPTED)
    cases.hands.press(Key.Key_O)
    form(cases).form.set_values({"who": "张三"})
    form(cases).submit()
    cases.rest()
    assert form(cases).form.fields["findings"].below.text() == "必填"
    form(cases).form.set_values({"findings": "属实"})
    form(cases).submit()
    cases.rest()
    cases.stand_at(ACCEPTED)
    cases.hands.press(Key.Key_H).write("已处理").press(Key.Key_Return)
    cases.rest()
    cases.stand_at(ACCEPTED)
    cases.hands.press(Key.Key_E)
    values = {"verdict": "solved", "fact_finding": "true", "claim_finding": "reasonable"}
    form(cases).form.set_values({**values, "conclusion": "好", "reply": "好"})
    form(cases).submit()
    cases.rest()
    assert cases.steps(ACCEPTED)[-1] == "handle"
    assert "先行联系" in cases.said(form(cases))
    first = form(cases)._lack_flow.itemAt(0).widget()
    assert "先行联系" in first.text()
    first.click()
    cases.rest()
    assert form(cases).kind == "contact"
    cases.hands.press(Key.Key_1).press(Key.Key_Return)
    cases.rest()
    cases.stand_at(ACCEPTED)
    cases.hands.press(Key.Key_E)
    cases.rest()
    assert form(cases).form.fields["conclusion"].value() == "好"  # what was typed is still there


def test_what_was_typed_is_there_again_after_the_window_was_closed(qtbot, folder):
    with case_window(qtbot, folder) as cases:
        cases.stand_at(RECEIVED)
        cases.hands.press(Key.Key_N).write("市民说周三在家")
        cases.rest()
    with case_window(qtbot, folder) as cases:
        cases.stand_at(RECEIVED)
        cases.hands.press(Key.Key_N)
        cases.rest()
        assert form(cases).form.fields["text"].value() == "市民说周三在家"
        cases.hands.press(Key.Key_Return)
        cases.rest()
        assert cases.body(RECEIVED)["text"] == "市民说周三在家"
        cases.hands.press(Key.Key_N)
        cases.rest()
        assert form(cases).form.fields["text"].value() == ""


def test_a_step_done_earlier_today_is_entered_with_its_time(cases):
    cases.stand_at(RECEIVED)
    cases.hands.press(Key.Key_N).write("早上来过")
    form(cases).form.set_values({"did_at": "9:30"})
    cases.hands.press(Key.Key_Return)
    cases.rest()
    assert cases.read(RECEIVED)["steps"][-1]["did_at"] == "2026-11-02T09:30:00+08:00"


def test_esc_leaves_a_form_and_the_list_has_the_keys_again(cases):
    cases.stand_at(RECEIVED)
    cases.hands.press(Key.Key_C).press(Key.Key_Escape)
    assert form(cases) is None
    cases.hands.press(Key.Key_A)
    cases.rest()
    assert cases.steps(RECEIVED) == ["log", "accept"]


def test_a_page_opened_for_a_step_begins_with_it(cases):
    cases.program.shell.open_page("cases", number=SIGNED, step="contact")
    cases.rest()
    assert cases.page.detail.number == SIGNED
    assert form(cases).kind == "contact"


@pytest.mark.parametrize(
    "kind", ["split", "escalate", "exclude", "suspend", "withdraw", "erase", "link", "assign"]
)
def test_every_other_step_has_a_form_that_can_be_filled(cases, kind):
    cases.stand_at(SIGNED)
    cases.page.detail.begin(kind)
    cases.rest()
    values = {
        "split": {"unit_1": "housing", "unit_2": "environ"},
        "escalate": {"level": "centre", "reason": "多部门"},
        "exclude": {"indicator": "satisfaction", "reason": "无法联系"},
        "suspend": {"reason": "等待鉴定"},
        "withdraw": {"reason": "市民撤回"},
        "erase": {"erase_phone": "yes", "reason": "市民要求"},
        "link": {"to": CLOSED, "why": "related"},
        "assign": {"worker": "w001"},
    }[kind]
    form(cases).form.set_values(values)
    form(cases).submit()
    cases.rest()
    assert kind in cases.steps(SIGNED)


# ties and photos ------------------------------------------------------------------------------


def test_a_case_that_may_repeat_another_is_joined_and_parted_again(qtbot, folder):
    made = reopen(folder, Clock(NOW - 1200))
    again = log(made, place="和溪一村 3 号 301 室", text="楼上漏水，请尽快处理", reporter="李四")
    made.close()
    with case_window(qtbot, folder) as cases:
        cases.stand_at(again)
        assert RECEIVED in [one.number for one in cases.page.detail.ties.alike]
        cases.hands.press(Key.Key_J).press(Key.Key_1).press(Key.Key_Return)
        cases.rest()
        assert cases.steps(again)[-1] == "merge"
        assert "并入" in cases.said(cases.page.detail.ties)
        cases.page.detail.ties._act("unmerge", {})
        cases.rest()
        assert cases.steps(again)[-1] == "unmerge"


def drop(widget, path):
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    buttons, held = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    copy, where = Qt.DropAction.CopyAction, QPointF(20, 20)
    QApplication.sendEvent(widget, QDragEnterEvent(where.toPoint(), copy, data, buttons, held))
    QApplication.sendEvent(widget, QDropEvent(where, copy, data, buttons, held))


def test_a_photo_that_is_dropped_is_attached_with_its_stage_and_shown(cases, tmp_path):
    Image.new("RGB", (640, 480), "grey").save(tmp_path / "after.jpg")
    cases.stand_at(HANDLED)
    drop(cases.page.detail, tmp_path / "after.jpg")
    assert form(cases).kind == "attach"
    form(cases).form.fields["stage"].setFocus()
    cases.hands.press(Key.Key_3).press(Key.Key_Return)
    cases.rest()
    said = cases.body(HANDLED)
    assert (said["stage"], said["name"]) == ("after", "after.jpg")
    (thumb,) = cases.page.detail.photos._thumbs.take(1)
    assert not thumb.pixmap().isNull()


def test_what_is_no_picture_is_refused_in_words(cases, tmp_path):
    (tmp_path / "bad.jpg").write_bytes(b"no picture")
    cases.stand_at(HANDLED)
    drop(cases.page.detail, tmp_path / "bad.jpg")
    form(cases).form.set_values({"stage": "after"})
    form(cases).submit()
    cases.rest()
    assert "bad.jpg" in cases.said(form(cases))
    assert cases.steps(HANDLED)[-1] == "submit"


def test_ctrl_z_takes_the_last_step_back_and_says_what_it_was(cases):
    cases.stand_at(RECEIVED)
    cases.hands.press(Key.Key_A)
    cases.rest()
    cases.hands.press(Key.Key_Z, CTRL)
    cases.rest()
    assert cases.steps(RECEIVED) == ["log", "retract"]
    assert "已撤销" in cases.toast
