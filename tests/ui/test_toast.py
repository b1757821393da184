"""Messages at the window's foot: they say what was done and never lie over the buttons that one needs next."""

import pytest
from PySide6.QtCore import QPoint, QRect

from tests.stores import act, log, make_store
from tests.ui.window import settle, window

LONG = "已记住：“道路坑洼”就是“市容环境”，以后导入同样的词不再询问；" * 3


@pytest.fixture(params=[(1280, 720, 100), (1280, 720, 150), (1920, 1080, 100)], ids=str)
def program(request, qtbot, tmp_path):
    made = make_store(tmp_path / "ws")
    act(made, log(made), "accept")
    clock = made.clock
    made.close()
    width, height, size = request.param
    with window(qtbot, tmp_path / "ws", clock=clock, text_size=size) as found:
        found.shell.resize(width, height)
        settle(qtbot, found)
        yield found


def rect(shell, widget):
    return QRect(widget.mapTo(shell, QPoint(0, 0)), widget.size())


@pytest.mark.parametrize("said", ["已接单", LONG], ids=["short", "long"])
@pytest.mark.parametrize("name", ["cases", "new_case", "import", "settings"])
def test_a_message_covers_no_button_at_the_foot_and_not_the_side_bar(qtbot, program, name, said):
    shell = program.shell
    shell.open_page(name, **({"part": "people"} if name == "settings" else {}))
    for _ in range(3):
        settle(qtbot, program)
    page = shell.here
    if name == "import":
        page.stack.setCurrentIndex(1)
    qtbot.waitUntil(lambda: any(one.isVisible() for one in page.feet()))
    shell.say(said, "撤销", lambda: None)
    qtbot.wait(1)
    toast = rect(shell, shell.toast)
    feet = [one for one in page.feet() if one.isVisible()]
    assert [one for one in feet if rect(shell, one).intersects(toast)] == []
    assert not rect(shell, shell.bar).intersects(toast)
    assert shell.rect().contains(toast)
    words = shell.toast.words
    assert words.height() >= words.heightForWidth(words.width()), "every line of it can be read"
