"""Nothing opens a window of its own, and nothing stands wider than there is room for, at any text size."""

import pytest
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication, QPushButton, QScrollArea, QWidget

from tests.stores import DAY, handled, log, make_store
from tests.ui.window import settle, window
from ui.pages.settings import PARTS
from ui.shell import PAGES


class Strangers(QObject):
    """Notes every window but the program's own that is shown."""

    def __init__(self, own):
        super().__init__()
        self.own, self.seen = own, []

    def eventFilter(self, watched, event):
        shows = event.type() == QEvent.Type.Show and isinstance(watched, QWidget) and watched.isWindow()
        if shows and watched is not self.own:
            self.seen.append(f"{type(watched).__name__} {watched.objectName()} {watched.accessibleName()}")
        return False


@pytest.fixture(params=[("zh", 100), ("en", 150)], ids=str)
def program(request, qtbot, tmp_path):
    lang, size = request.param
    made = make_store(tmp_path / "ws")
    handled(made, "20261102000001", upto="sign")
    log(
        made,
        order_number="20261102000002",
        place="和溪一村 3 号 301 室，靠近北门的第二个花坛旁边",
        type="noise",
    )
    made.clock.pass_(DAY)
    clock = made.clock
    made.close()
    with window(qtbot, tmp_path / "ws", clock=clock, text_size=size, lang=lang) as found:
        found.shell.resize(1280, 720)
        settle(qtbot, found)
        yield found
        found.shell.close()


def test_no_page_and_no_part_opens_a_window_of_its_own(qtbot, program):
    strangers = Strangers(program.shell)
    app = QApplication.instance()
    app.installEventFilter(strangers)
    try:
        for name, *_rest in PAGES:
            program.shell.open_page(name)
            for _ in range(2):
                settle(qtbot, program)
        for name, *_rest in PARTS:
            program.shell.open_page("settings", part=name)
            for _ in range(2):
                settle(qtbot, program)
        program.shell.open_page("cases", number="20261102000001", step="contact")
        for _ in range(3):
            settle(qtbot, program)
    finally:
        app.removeEventFilter(strangers)
    assert strangers.seen == []


def test_what_scrolls_down_is_never_wider_than_its_room_and_no_button_is_squeezed(qtbot, program):
    for name, *_rest in PAGES:
        program.shell.open_page(name, **({"number": "20261102000001"} if name == "cases" else {}))
        for _ in range(3):
            settle(qtbot, program)
            qtbot.wait(60)
        page = program.shell.here
        for area in page.findChildren(QScrollArea):
            if area.isVisible() and area.widget() is not None:
                assert area.widget().width() <= area.viewport().width(), f"{name}: {type(area).__name__}"
        squeezed = [
            f"{one.text()} {one.width()} < {one.minimumSizeHint().width()}"
            for one in page.findChildren(QPushButton)
            if one.isVisible()
            and one.text()
            and one.minimumWidth() < one.maximumWidth()
            and one.property("role") not in {"phrase", "link"}
            and one.width() < one.minimumSizeHint().width() - 1
        ]
        assert squeezed == [], name
