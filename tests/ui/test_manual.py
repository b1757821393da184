"""The manual: a page for every page of the window in both languages, found by words, shown as plain text."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from tests.stores import make_store
from tests.ui.window import settle, window
from ui import manual
from ui.shell import PAGES
from zq_grid import resources

LANGUAGES = ("zh", "en")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_page_of_the_window_has_a_page_of_the_manual(lang):
    assert {name for name, *_rest in PAGES} <= set(manual.PAGES)
    for page in manual.PAGES:
        kinds = [block.kind for block in manual.blocks(manual.text_of(page, lang))]
        assert kinds.count("title") == 1
        assert kinds[0] == "title", page
        assert len(kinds) > 6, page


def test_both_languages_say_the_same_in_the_same_order():
    for page in manual.PAGES:
        shapes = [[block.kind for block in manual.blocks(manual.text_of(page, lang))] for lang in LANGUAGES]
        assert shapes[0] == shapes[1], page


def test_no_page_lies_there_that_nobody_can_open():
    for lang in LANGUAGES:
        found = {path.stem for path in (resources.ROOT / "manual" / lang).glob("*.md")}
        assert found == set(manual.PAGES)


def test_markup_of_any_other_kind_stays_words():
    said = "# T\n<b>x</b> [a](http://b)\n![p](https://evil/x.png)\n**fat**"
    found = list(manual.blocks(said))
    assert [one.kind for one in found] == ["title", "text", "text", "text"]
    assert found[1].words == "<b>x</b> [a](http://b)"
    assert found[3].words == "fat"


def test_search_finds_pages_that_have_every_word():
    assert [one.page for one in manual.search("备份 密钥", "zh")] == ["start", "keeping"]
    assert manual.search("PHONE mask", "en")[0].page == "cases"
    assert manual.search("zebra", "en") == []
    assert manual.search("  ", "zh") == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_f1_opens_the_page_for_where_one_is(qtbot, tmp_path, lang):
    make_store(tmp_path / "ws").close()
    with window(qtbot, tmp_path / "ws", lang=lang) as program:
        shell = program.shell
        QTest.keyClick(shell.pages["my_day"].table, Qt.Key.Key_F1)
        panel = shell.manual_panel
        assert panel.isVisible()
        assert panel.page == "my_day"
        assert shell.focusWidget() is panel.search
        panel.search.insert("备份" if lang == "zh" else "backup")
        listed = panel.listed
        assert manual.title_of("keeping", lang) in listed
        assert manual.title_of("limits", lang) not in listed
        QTest.keyClick(panel.search, Qt.Key.Key_Return)
        assert panel.page == "start"
        assert all(one.textFormat() == Qt.TextFormat.PlainText for one in panel.area.findChildren(QLabel))
        QTest.keyClicks(panel.search, " zzz")
        assert panel.listed == ()
        QTest.keyClick(panel.search, Qt.Key.Key_Escape)
        assert not panel.isVisible()
        shell.open_page("settings")
        settle(qtbot, program)
        shell.help()
        assert shell.manual_panel is panel
        assert panel.page == "settings"
