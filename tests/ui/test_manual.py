"""The manual: a page for every page of the window in both languages, found by words, shown as plain text."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from tests import manual_pictures
from tests.manual_pictures import THEMES
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


def test_every_picture_a_page_asks_for_is_there_in_both_themes_and_languages():
    asked = set()
    for lang in LANGUAGES:
        for page in manual.PAGES:
            for block in manual.blocks(manual.text_of(page, lang)):
                if block.kind == "picture":
                    asked |= {(block.mark, theme, lang) for theme in THEMES}
    assert len(asked) >= len(PAGES) * len(THEMES) * len(LANGUAGES)
    found = {one: manual.picture_of(*one) for one in asked}
    assert [one for one, path in found.items() if path is None] == []
    kept = set((resources.ROOT / "manual" / "pictures").iterdir())
    assert kept == set(found.values())
    assert max(path.stat().st_size for path in kept) <= manual_pictures.MOST
    assert sum(path.stat().st_size for path in kept) <= 3_000_000


@pytest.mark.parametrize(("theme", "lang"), [("light", "zh"), ("dark", "en")])
def test_the_manual_shows_the_picture_of_its_theme_and_language(qtbot, tmp_path, theme, lang):
    make_store(tmp_path / "ws").close()
    with window(qtbot, tmp_path / "ws", lang=lang, theme=theme) as program:
        for name, *_rest in PAGES:
            program.shell.open_page(name)
            settle(qtbot, program)
            program.shell.help()
            panel = program.shell.manual_panel
            assert panel.page == name
            settle(qtbot, program)  # what the page before showed is gone
            shown = [one.pixmap() for one in panel.area.findChildren(QLabel) if not one.pixmap().isNull()]
            assert len(shown) == 1, name
            kept = QImage(str(manual.picture_of(name, theme, lang)))
            assert round(shown[0].deviceIndependentSize().width()) == manual.SHOWN
            corner = shown[0].toImage().pixelColor(4, 4).lightness(), kept.pixelColor(6, 6).lightness()
            assert abs(corner[0] - corner[1]) < 24, name
            panel.close_panel()
