"""New case, by keyboard on a real store: what is typed, proposed, refused, joined, pasted."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QInputMethodEvent
from PySide6.QtWidgets import QApplication, QLabel

from tests.stores import Clock, act, reopen
from tests.ui import new_case_scene as scene
from tests.ui.keys import ALT, CTRL, SHIFT, Hands, Key
from tests.ui.new_case_scene import NOW, SAID, count, hint, newest, texts
from tests.ui.window import settle, window


@pytest.fixture
def folder(tmp_path):
    """A store with one order of the hotline."""
    return scene.store(tmp_path)


@pytest.fixture
def program(qtbot, folder):
    with window(qtbot, folder, page="new_case", clock=lambda: NOW) as made:
        yield made


@pytest.fixture
def page(program):
    return program.shell.pages["new_case"]


@pytest.fixture
def rest(qtbot, program):
    """Wait until nothing is due any more."""
    return lambda: scene.rest(qtbot, program)


# the telephone ---------------------------------------------------------------------------------


def test_a_case_by_telephone_takes_few_keys_besides_its_words(program, page, rest):
    hands = Hands()
    hands.press(Key.Key_N, CTRL)
    hands.write("和溪五村 12 号 601 室").press(Key.Key_Tab)
    hands.write("楼上夜间装修打孔，噪音很大")
    rest()
    hands.press(Key.Key_Tab)  # the type: suggested
    hands.press(Key.Key_Tab).press(Key.Key_1)  # complaint
    hands.press(Key.Key_3)  # renovation
    hands.write("王小明").press(Key.Key_Tab).write("13800000001")
    hands.press(Key.Key_Return, CTRL)
    rest()
    assert hands.keys <= 25
    number, state = newest(program)
    facts = {
        name: state.get(name)
        for name in ("type", "kind", "noise_source", "reporter", "phone", "grid", "source")
    }
    assert facts == {
        "type": "noise",
        "kind": "complaint",
        "noise_source": "renovation",
        "reporter": "王小明",
        "phone": "13800000001",
        "grid": "hexi5-02",
        "source": "station",
    }
    assert number in program.shell.toast.words.text()
    assert page.form.is_empty()
    assert page.form.place.line.hasFocus()


def test_what_saving_will_do_is_shown_while_typing(page, rest):
    Hands().write("和溪五村 12 号 601 室").press(Key.Key_Tab).write("夜间噪音")
    rest()
    assert hint(page.form.place).startswith("莲湾片区 › 和溪五村居委 › 第 2 网格 › 微网格 2-1")
    assert hint(page.form.kind.fields["type"]) == "按内容推荐"
    shown = texts(page.side.after)
    assert "生态环境办公室" in shown
    assert "11-23（周一）24:00 前" in shown
    assert any(one.startswith("自2026年11月22日10:40登记起算") for one in shown)


def test_a_type_that_a_person_chose_is_not_guessed_over(page, rest):
    hands = Hands()
    page.form.kind.fields["type"].setFocus()
    hands.write("wy")  # 物业管理, by its initials
    hands.press(Key.Key_Tab)
    page.form.text.setFocus()
    hands.write("夜间噪音")
    rest()
    assert page.form.type_ == "property_management"
    assert "matter" in page.form.own.fields


def test_an_ambiguous_place_is_settled_with_the_arrows(program, page, rest):
    hands = Hands()
    hands.write("和溪五村")
    rest()
    assert "按 ↓ 选择" in hint(page.form.place)
    assert page.form.place.list.isVisible()
    hands.press(Key.Key_Down, times=2).press(Key.Key_Return)
    rest()
    chosen = page.form.place.chosen()
    assert hint(page.form.place).startswith("已选：和溪五村")
    hands.press(Key.Key_Tab).write("夜间噪音")
    rest()
    hands.press(Key.Key_Return, CTRL)
    rest()
    _number, state = newest(program)
    assert (state.get("grid"), state.get("place")) == (chosen["grid"], "和溪五村")


def test_a_place_that_nobody_knows_asks_for_the_neighbourhood(program, page, rest):
    hands = Hands()
    hands.write("火星路边的小店")
    rest()
    assert page.form.where.isVisible()
    hands.press(Key.Key_Tab).write("hxwc").press(Key.Key_Tab).write("夜间噪音")
    rest()
    hands.press(Key.Key_Return, CTRL)
    rest()
    assert newest(program)[1].get("neighbourhood") == "hexi5"


def test_times_are_read_as_they_are_typed_and_odd_ones_are_said_at_their_field(program, page, rest):
    hands = Hands()
    hands.write("和溪五村 12 号").press(Key.Key_Tab).write("夜间噪音")
    rest()
    received = page.form.head.fields["received_at"]
    received.setFocus()
    hands.write("明年").press(Key.Key_Return, CTRL)
    rest()
    assert "收件时间" not in hint(received)
    assert "明年" in hint(received)
    assert received.edit.hasFocus()
    received.edit.selectAll()
    hands.write("昨天 16:00").press(Key.Key_Return, CTRL)
    rest()
    assert newest(program)[1].get("received_at") == "2026-11-21T16:00:00+08:00"


# what is missing -------------------------------------------------------------------------------


def test_what_is_missing_is_said_at_its_field_and_nothing_is_saved(program, page, rest):
    before = count(program)
    Hands().write("和溪五村 12 号").press(Key.Key_Return, CTRL)
    rest()
    assert {key for key, one in page.form.fields().items() if hint(one) == "必填"} == {"text", "type"}
    assert page.form.text.edit.hasFocus()
    assert count(program) == before


def test_an_order_that_is_there_already_is_said_at_its_number(program, page, rest):
    hands = Hands()
    hands.write("和溪五村 12 号").press(Key.Key_Tab).write("夜间噪音")
    page.form.head.fields["source"].set_value("hotline")
    page.form.head.fields["order_number"].setFocus()
    hands.write("20261121000001")
    rest()
    hands.press(Key.Key_Return, CTRL)
    rest()
    assert "已经登记过" in hint(page.form.head.fields["order_number"])
    assert page.form.text.value() == "夜间噪音"


def test_enter_goes_on_to_the_next_field_and_never_saves(program, page, rest):
    before = count(program)
    hands = Hands()
    hands.write("和溪五村 12 号").press(Key.Key_Return)
    assert page.form.text.edit.hasFocus()
    hands.write("夜间噪音").press(Key.Key_Return).write("第二行")
    rest()
    assert page.form.text.value() == "夜间噪音\n第二行"
    assert count(program) == before


def test_words_that_are_still_being_composed_are_not_part_of_the_case(page):
    QApplication.sendEvent(page.form.place.line, QInputMethodEvent("hexi", []))
    assert page.form.place.value() == ""


# what it may repeat ----------------------------------------------------------------------------


def test_a_likely_repeat_is_shown_opened_beside_and_joined_by_keys(program, page, rest):
    hands = Hands()
    hands.write("和溪三村9号楼203室").press(Key.Key_Tab).write(SAID)
    rest()
    assert "20261121000001" in texts(page.side.near)
    hands.press(Key.Key_1, CTRL)
    rest()
    assert page.side.is_beside()
    assert page.side.beside.number == "20261121000001"
    hands.press(Key.Key_J, CTRL)
    assert "保存时并入 20261121000001" in texts(page.side.after)
    hands.press(Key.Key_Return, CTRL)
    rest()
    assert newest(program)[1].joined == ("case:hotline:20261121000001", False)


def test_a_settled_case_is_linked_and_esc_closes_what_is_beside(qtbot, folder):
    workspace = reopen(folder, Clock(NOW))
    act(workspace, "20261121000001", "withdraw", reason="市民撤回")
    workspace.close()
    with window(qtbot, folder, page="new_case", clock=lambda: NOW) as program:
        page, hands = program.shell.pages["new_case"], Hands()

        def rest():
            qtbot.waitUntil(lambda: not (page._nearing.isActive() or page.draft.is_due()), timeout=5000)
            settle(qtbot, program)

        hands.write("和溪三村9号楼203室").press(Key.Key_Tab).write(SAID)
        rest()
        hands.press(Key.Key_1, CTRL)
        rest()
        hands.press(Key.Key_J, CTRL)
        assert page.side.tie == ""
        hands.press(Key.Key_Escape)
        assert not page.side.is_beside()
        assert program.shell.current == "new_case"
        hands.press(Key.Key_1, CTRL).press(Key.Key_L, CTRL).press(Key.Key_Return, CTRL)
        rest()
        assert newest(program)[1].links == [("case:hotline:20261121000001", "related")]


def test_earlier_calls_of_a_phone_are_said_below_it(page, rest):
    page.form.caller.fields["phone"].setFocus()
    Hands().write("13900000002")
    rest()
    assert hint(page.form.caller.fields["phone"]) == "此前来电 1 次"


# texts that needn't be typed -------------------------------------------------------------------


def test_a_pasted_order_fills_its_fields_and_its_text(program, page, rest):
    QGuiApplication.clipboard().setText(
        "工单编号：20261122104012\n诉求人：王女士\n联系电话：13800005678\n诉求地址：和溪五村12号601室\n"
        "受理时间：2026-11-22 09:15:30\n是否保密：是\n内容描述：楼上装修噪音，要求停止。"
    )
    hands = Hands()
    page.form.text.setFocus()
    hands.press(Key.Key_V, CTRL)
    rest()
    assert page.form.text.value() == "楼上装修噪音，要求停止。"
    assert hint(page.form.text).startswith("已从粘贴的内容填入：")
    hands.press(Key.Key_Return, CTRL)
    rest()
    number, state = newest(program)
    names = ("source", "phone", "reporter", "place", "accepted_at", "confidential")
    assert number == "20261122104012"
    assert [state.get(name) for name in names] == [
        "hotline",
        "13800005678",
        "王女士",
        "和溪五村12号601室",
        "2026-11-22T09:15:30+08:00",
        "yes",
    ]


def test_a_paste_never_overwrites_what_was_typed(page, rest):
    QGuiApplication.clipboard().setText("和溪五村12号楼上太吵，电话13800005678")
    hands = Hands()
    hands.write("金桂新苑 3 号")
    hands.press(Key.Key_V, CTRL | SHIFT)
    rest()
    assert page.form.place.value() == "金桂新苑 3 号"
    assert page.form.caller.fields["phone"].value() == "13800005678"
    assert page.form.text.value() == "和溪五村12号楼上太吵，电话13800005678"


def test_a_canned_text_is_written_by_alt_and_its_digit_only_in_the_text(program, page, rest):
    hands = Hands()
    page.form.text.setFocus()
    hands.press(Key.Key_1, ALT)
    rest()
    assert page.form.text.value() == page.phrases.texts()[0]
    assert program.shell.current == "new_case"
    page.form.place.setFocus()
    hands.press(Key.Key_2, ALT)
    rest()
    assert program.shell.current == "cases"


def test_a_text_can_be_kept_as_a_phrase_of_its_type(page, rest):
    hands = Hands()
    page.form.text.setFocus()
    hands.write("噪音：楼下棋牌室通宵营业。")
    rest()
    hands.press(Key.Key_S, ALT)
    rest()
    assert page.phrases.texts()[0] == "噪音：楼下棋牌室通宵营业。"
    assert page.form.text.value() == "噪音：楼下棋牌室通宵营业。"


# what people see -------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("text_size", [100, 150])
def test_nothing_stands_outside_of_a_small_window(qtbot, folder, lang, text_size):
    with window(qtbot, folder, page="new_case", clock=lambda: NOW, lang=lang, text_size=text_size) as program:
        program.shell.resize(1280, 720)
        settle(qtbot, program)
        page = program.shell.pages["new_case"]
        assert program.shell.width() == 1280
        assert page.form.width() <= page.area.viewport().width()
        for one in page.form.fields().values():
            if one.isVisible():
                assert one.minimumSizeHint().width() <= one.width() or one.spec.widget == "flag", one.spec.key


def test_every_key_of_the_page_is_listed_once(page):
    keys = [one.key for one in page.actions_here()]
    assert len(keys) == len(set(keys))


def test_a_citizens_words_are_never_read_as_markup(page, rest):
    Hands().write("<b>和溪五村</b> 12 号").press(Key.Key_Tab).write("<img src=x> 噪音")
    rest()

    assert all(one.textFormat() == Qt.TextFormat.PlainText for one in page.findChildren(QLabel))
