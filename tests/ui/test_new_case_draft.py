"""Drafts of new cases, and saving them: nothing typed is lost, what was saved can be taken back."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.ui import new_case_scene as scene
from tests.ui.keys import ALT, CTRL, SHIFT, Hands, Key
from tests.ui.new_case_scene import NOW, count, newest, read
from tests.ui.window import settle, window
from zq_grid import drafts

ROOT = Path(__file__).resolve().parents[2]


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


# the draft -------------------------------------------------------------------------------------


def test_the_draft_is_kept_while_one_types_on(qtbot, program, page, rest):
    hands = Hands()
    for nth in range(12):
        hands.write(f"第{nth}句，")
        qtbot.wait(40)
        if read(program, drafts.read):
            break
    assert read(program, drafts.read)["place"].startswith("第0句，")
    rest()
    assert page.foot.state.text().startswith("草稿已保存")


def test_moving_on_keeps_the_draft_at_once(qtbot, program, page):
    Hands().write("和溪五村").press(Key.Key_Tab)
    assert not page.draft.is_due()
    settle(qtbot, program)
    assert read(program, drafts.read)["place"] == "和溪五村"


def test_esc_keeps_the_draft_and_goes_back(program, page, rest):
    hands = Hands()
    program.shell.before = "cases"
    hands.write("和溪五村").press(Key.Key_Escape)
    rest()
    assert program.shell.current == "cases"
    assert read(program, drafts.read)["place"] == "和溪五村"
    program.shell.open_page("new_case")
    assert page.form.place.value() == "和溪五村"


def test_what_is_typed_is_kept_when_the_window_closes_at_once(qtbot, folder):
    with window(qtbot, folder, page="new_case", clock=lambda: NOW):
        Hands().write("和溪五村 12 号，刚写到一")
    with window(qtbot, folder, page="new_case", clock=lambda: NOW) as again:
        assert again.shell.pages["new_case"].form.place.value() == "和溪五村 12 号，刚写到一"


TYPIST = """
import sys
from pathlib import Path
from PySide6.QtWidgets import QApplication
from ui.app import Program, application
from tests.ui.keys import Hands, Key

app = application()
program = Program(Path(sys.argv[1]), clock=lambda: int(sys.argv[2]))
program.first = "new_case"
program.start()
hands, said, shown = Hands(), iter(sys.argv[3:]), set()
while True:
    app.processEvents()
    page = program.shell.here
    if page is None or page.draft.held:
        continue
    if not page.draft.is_due() and program.context.worker.idle():
        word = next(said, None)
        if word is None:
            print("typed", flush=True)
            said = iter(())
        elif word == "TAB":
            hands.press(Key.Key_Tab)
        else:
            hands.write(word)
"""


def test_after_a_kill_in_the_middle_of_a_sentence_everything_is_back(qtbot, folder):
    words = ("和溪五村 12 号 601 室", "TAB", "楼上装修噪音，", "今早七点又开", "始施")
    typist = subprocess.Popen(
        [sys.executable, "-c", TYPIST, str(folder), str(NOW), *words],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
    )
    assert typist.stdout is not None
    with typist.stdout as told:
        assert told.readline() == b"typed\n"
    typist.send_signal(signal.SIGKILL if hasattr(signal, "SIGKILL") else signal.SIGTERM)
    typist.wait()
    with window(qtbot, folder, page="new_case", clock=lambda: NOW) as program:
        form = program.shell.pages["new_case"].form
        assert form.place.value() == "和溪五村 12 号 601 室"
        assert form.text.value() == "楼上装修噪音，今早七点又开始施"
        assert form.type_ == "noise"
        assert program.shell.pages["new_case"].foot.state.text() == "已找回草稿"


def test_emptying_the_form_can_be_taken_back(program, page, rest):
    hands = Hands()
    hands.write("和溪五村").press(Key.Key_N, CTRL | SHIFT)
    rest()
    assert page.form.is_empty()
    assert read(program, drafts.read) == {}
    program.shell.toast.does.click()
    rest()
    assert page.form.place.value() == "和溪五村"


# after saving ----------------------------------------------------------------------------------


def save_one(hands, rest):
    hands.write("和溪五村 12 号").press(Key.Key_Tab).write("夜间噪音")
    rest()
    hands.press(Key.Key_Return, CTRL)
    rest()


def test_a_saved_case_can_be_taken_back_and_its_words_return(program, page, rest):
    before = count(program)
    save_one(Hands(), rest)
    assert count(program) == before + 1
    program.shell.toast.does.click()
    rest()
    assert count(program) == before
    assert page.form.text.value() == "夜间噪音"
    assert page.form.place.value() == "和溪五村 12 号"


def test_the_source_stays_for_the_next_case_and_for_the_next_day(qtbot, program, page, rest, folder):
    page.form.head.fields["source"].set_value("patrol")
    save_one(Hands(), rest)
    assert page.form.head.fields["source"].value() == "patrol"
    assert read(program, drafts.habits) == {"source": "patrol"}


def test_alt_and_enter_saves_and_opens_the_case(program, page, rest):
    hands = Hands()
    hands.write("和溪五村 12 号").press(Key.Key_Tab).write("夜间噪音")
    rest()
    hands.press(Key.Key_Return, ALT)
    rest()
    assert program.shell.current == "cases"
    assert program.shell.pages["cases"].detail.number == newest(program)[0]


def test_a_case_saved_as_the_window_closes_is_there_and_its_draft_is_gone(qtbot, folder):
    with window(qtbot, folder, page="new_case", clock=lambda: NOW) as program:
        hands = Hands()
        hands.write("和溪五村 12 号").press(Key.Key_Tab).write("夜间噪音")
        scene.rest(qtbot, program)
        hands.press(Key.Key_Return, CTRL)
    with window(qtbot, folder, page="new_case", clock=lambda: NOW) as again:
        assert newest(again)[1].get("text") == "夜间噪音"
        assert read(again, drafts.read) == {}
        assert again.shell.pages["new_case"].form.is_empty()
