"""In English nothing of the window is Chinese: every page, form, list, message and tip, on a store in Latin letters."""

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from PySide6.QtWidgets import QLineEdit, QMenu

from tests.stores import DAY, MONDAY
from tests.ui import english_town
from tests.ui.english_town import ACCEPTED, CLOSED, DISPATCHED, HANDLED, LATE, PLACE, RECEIVED, TEXT, TWIN
from tests.ui.screen_words import CHINESE, chinese_shown
from tests.ui.window import settle, window
from ui.app import Program, application
from ui.pages import next_step
from ui.pages.entry_form import EntryForm
from ui.pages.settings import PARTS
from ui.shell import PAGES
from ui.widgets.picker import Picker
from zq_grid import resources, words
from zq_grid.refusals import TEXTS
from zq_grid.rules.vocabulary import STEPS

NOW = MONDAY + 10 * DAY
# What may be Chinese: the name of that language, canned texts for the record, the notice a calendar goes back to.
MAY_BE = {"中文", "1 中文"}


def data() -> set[str]:
    """Return the texts that are data of the seed, not words of the window."""
    phrases = resources.toml("phrases.toml")
    found = set(MAY_BE)

    def gather(said: Any) -> None:
        if isinstance(said, str):
            found.add(said)
        for one in said.values() if isinstance(said, dict) else said if isinstance(said, list) else ():
            gather(one)

    gather(phrases)
    for path in (resources.ROOT / "calendar").glob("*.toml"):
        found.add(str(resources.toml(f"calendar/{path.name}")["source"]))
    return found


DATA = data()


@pytest.fixture(scope="module")
def seeded(tmp_path_factory):
    """One store for all; each test opens a copy."""
    yield english_town.make_town(tmp_path_factory.mktemp("town") / "w")
    application(lang="zh")


def written(widget: Any) -> bool:
    """Tell whether a field holds what an entry says, which is data: its Chinese name stands there to be changed."""
    inside = isinstance(widget, QLineEdit) and not isinstance(widget, Picker)
    while inside and widget is not None and not isinstance(widget, EntryForm):
        widget = widget.parent()
    return inside and widget is not None


class Reader:
    """The open window, and what of it was Chinese so far."""

    def __init__(self, qtbot, program: Program) -> None:
        self.qtbot, self.program, self.shell = qtbot, program, program.shell
        self.found: dict[str, str] = {}

    def page(self, name: str, **what: Any) -> Any:
        """Open a page, wait until it is there, read it."""
        self.shell.open_page(name, **what)
        self.look(name)
        return self.shell.pages[name]

    def look(self, where: str) -> None:
        """Wait until nothing is due and read all that is shown."""
        for _ in range(3):
            settle(self.qtbot, self.program)
            self.qtbot.wait(1)
        for who, said in chinese_shown(written):
            left = said
            for one in sorted(DATA, key=len, reverse=True):
                left = left.replace(one, "")
            if CHINESE.search(left):
                self.found.setdefault(said, f"{where}: {who}")

    def timers(self, *timers: Any) -> None:
        """Wait until these are no longer running."""
        self.qtbot.waitUntil(lambda: not any(one.isActive() for one in timers), timeout=5000)


@contextmanager
def english(qtbot, seeded: Path, folder: Path, **how: Any) -> Iterator[Reader]:
    """Open the window in English; in the end nothing of it may have been Chinese."""
    copy = folder / "w"
    shutil.copytree(seeded, copy)
    with window(qtbot, copy, lang="en", clock=lambda: NOW, **how) as program:
        made = Reader(qtbot, program)
        yield made
        assert made.found == {}


def test_every_page_is_english(qtbot, seeded, tmp_path):
    with english(qtbot, seeded, tmp_path) as at:
        for name, *_rest in PAGES:
            at.page(name)
            at.shell.keys_panel.open()
            at.look(f"keys of {name}")
            at.shell.keys_panel.close_panel()
        for said in ("", "c", "a", "20261102"):
            at.shell.open_palette()
            at.shell.palette_panel.field.setText(said)
            at.shell.palette_panel.typed(said)
            at.timers(at.shell.palette_panel._wait)
            at.look(f"palette {said}")
            at.shell.palette_panel.close_panel()


def test_every_part_of_the_settings_is_english(qtbot, seeded, tmp_path):
    with english(qtbot, seeded, tmp_path) as at:
        page = at.page("settings")
        for name, *_rest in PARTS:
            page.open_part(name)
            at.look(f"settings {name}")
            part = page.parts[name]
            for nth in range(min(3, part.model.rowCount()) if hasattr(part, "form") else 0):
                part.table.choose(nth)
                at.look(f"settings {name} {nth}")


@pytest.mark.parametrize("number", [RECEIVED, ACCEPTED, DISPATCHED, HANDLED, CLOSED, LATE])
def test_a_case_and_every_form_of_its_steps_are_english(qtbot, seeded, tmp_path, number, monkeypatch):
    monkeypatch.setattr(QMenu, "popup", lambda *_where: None)
    with english(qtbot, seeded, tmp_path, page="cases") as at:
        page = at.page("cases", number=number)
        detail = page.detail
        at.look(f"case {number}")
        detail.more()
        menus = [one.text() for menu in detail.findChildren(QMenu) for one in menu.actions()]
        assert [one for one in menus if CHINESE.search(one)] == []
        for kind in detail.case["can"]:
            if kind in next_step.AT_ONCE:
                continue
            detail.begin(kind)
            at.look(f"form of {kind}")
            if detail.form is None:
                continue  # what was done before took it away; that is said
            for field in ("text", "unit", "platform_due") if kind == "amend" else ():
                detail.leave_form()
                detail.begin("amend", field=field)
                at.look(f"amend {field}")
            detail.form.submit()
            at.look(f"{kind} with nothing said")
            if detail.form is not None:
                detail.leave_form()
        detail.call()
        at.look("caller shown")


def test_what_is_said_after_acts_and_when_they_dont_fit_is_english(qtbot, seeded, tmp_path):
    with english(qtbot, seeded, tmp_path, page="cases") as at:
        page = at.page("cases", number=RECEIVED)
        detail = page.detail
        detail.begin("accept")
        at.look("accepted")
        at.shell.undo()
        at.look("undone")
        detail.begin("close")
        at.look("closing what isn't handled")
        page.opened(number=ACCEPTED)
        at.look("accepted")
        detail.begin("merge", into=TWIN, reason="One matter")
        detail.form.submit()
        at.look("merged")
        detail.begin("split", unit_1="greening", unit_2="market", reason="Two matters")
        detail.form.submit()
        at.look("split")


def test_lists_views_conditions_bulk_and_export_are_english(qtbot, seeded, tmp_path):
    with english(qtbot, seeded, tmp_path, page="cases") as at:
        page = at.page("cases")
        for view in page.views.ordered:
            page.views.choose(view.name)
            at.timers(page.views._soon)
            at.look(f"view {view.name}")
        page.views.choose("all")
        at.look("all")
        page.add_condition()
        for said in ("", "s", "d", "11-1..11-7", "open"):
            page._adding.field.setText(said)
            page._adding.typed(said)
            at.look(f"conditions {said}")
        page._adding.close_panel()
        page.export()
        at.look("export")
        page._exporting.close_panel()
        page.save_view()
        at.look("saving a view")
        page.list.table.selectAll()
        at.look("selected")
        for step in ("dispatch", "assign", "contact"):
            page.bulk.begin(step)
            at.look(f"many: {step}")


def test_logging_a_case_is_english(qtbot, seeded, tmp_path):
    with english(qtbot, seeded, tmp_path, page="new_case") as at:
        page = at.page("new_case")
        for type_ in sorted({code for kind, code in at.program.context.names if kind == "type"}):
            page.form.set_typed({"type": type_, "place": PLACE, "text": TEXT, "phone": "13900000002"})
            page._changed()
            at.timers(page._proposing, page._nearing)
            at.look(f"type {type_}")
        page.save()
        at.look("saved")


def workbook(path: Path) -> Path:
    """Write orders with all that can be wrong in them, and a second sheet that looks like orders too."""
    header = ["order_number", "accepted_at", "place", "text", "unit", "satisfaction", "phone", "Remarks"]
    row = [
        "20261109000001",
        "2026-11-09 10:00",
        "Oak Road 3",
        "A lamp",
        "Some unit",
        "so la la",
        "13900000002",
        "x",
    ]
    rows = [
        row,
        [*row[:3], "Another lamp", *row[4:]],
        ["20261109000002", "sometime", *row[2:]],
        ["2.0261109E+13", *row[1:]],
        ["20261109000003", "2026-11-09", "", "", *row[4:]],
        [HANDLED, "2026-11-02 09:00", "Elm Street 1", "Another text", "", "", "", ""],
    ]
    with xlsxwriter.Workbook(path) as book:
        for name in ("Orders", "July"):
            sheet = book.add_worksheet(name)
            for nth, cells in enumerate([header, *rows]):
                sheet.write_row(nth, 0, cells)
    return path


def test_importing_a_workbook_is_english(qtbot, seeded, tmp_path):
    with english(qtbot, seeded, tmp_path, page="import") as at:
        page = at.page("import")
        page.take(workbook(tmp_path / "orders.xlsx"))
        at.qtbot.waitUntil(lambda: page.state == "ready", timeout=20_000)
        for part in ("asked", "rejected", "unknown", "notes"):
            page.review.show_part(part)
            at.look(f"import {part}")
        assert page.ran.rejected
        assert page.ran.problems
        page.go()
        at.qtbot.waitUntil(lambda: page.state == "done", timeout=20_000)
        at.look("imported")
        page.undo_this()
        at.look("taken back")
        broken = tmp_path / "picture.xlsx"
        broken.write_bytes(b"\x89PNG\r\n")
        page.take(broken)
        at.look("no table")


def test_rates_and_papers_are_english(qtbot, seeded, tmp_path):
    with english(qtbot, seeded, tmp_path, page="rates") as at:
        page = at.page("rates")
        for action in page.actions_here():
            if action.key in set("IOPSWMR[T"):
                action.run()
                at.look(f"rates: {action.name}")
        at.shell.open_page("papers")
        at.look("papers")


def test_qts_own_words_follow_the_language_of_a_window_that_stands(qtbot):
    said = {}
    for lang in ("zh", "en", "zh"):
        application(lang=lang)
        field = QLineEdit("text")
        qtbot.addWidget(field)
        said[lang] = " ".join(one.text() for one in field.createStandardContextMenu().actions())
    assert not CHINESE.search(said["en"])
    assert CHINESE.search(said["zh"])


# words beside the window -----------------------------------------------------------------------


def test_no_english_of_a_refusal_or_of_a_word_is_chinese():
    pairs = {code: pair[1] for code, pair in TEXTS.items()}
    for table in (words.STEPS, words.STAGES, words.FACTS, words.OUT, words.CLOCKS, words.LIGHTS, words.RATES):
        pairs |= {code: pair[1] for code, pair in table.items()}
    for values in words.VALUES.values():
        pairs |= {code: pair[1] for code, pair in values.items()}
    assert {code: said for code, said in pairs.items() if CHINESE.search(said)} == {}


def test_every_step_stage_and_coded_value_has_its_words():
    assert set(STEPS) <= set(words.STEPS)
    facts = [(name, fact) for table in STEPS.values() for name, fact in table.items()]
    told = {
        (name, value)
        for name, fact in facts
        for value in fact.choices
        if name != "precision"
        and value not in words.VALUES.get("channel" if name == "reply_channel" else name, {})
        and value not in words.FLAGS
    }
    assert told == set()


def test_every_type_field_and_indicator_of_the_catalogue_has_an_english_name():
    nameless = []
    for folder, parts in (("types", "field"), ("profiles", "indicator")):
        for path in sorted((resources.ROOT / "catalogue" / folder).glob("*.toml")):
            entry = resources.toml(f"catalogue/{folder}/{path.name}")
            named = [entry, *entry.get(parts, ())]
            nameless += [(path.stem, one["name"]) for one in named if not one.get("english")]
            nameless += [
                (path.stem, one["english"]) for one in named if CHINESE.search(one.get("english", ""))
            ]
    assert nameless == []


def test_what_work_is_called_while_it_goes_on_has_its_english():
    said = set()
    for path in (resources.ROOT.parent / "zq_grid").rglob("*.py"):
        source = path.read_text("utf-8")
        said |= set(
            re.findall(r'(?:\.report\([^"\n]*|_tell\([^"\n]*|^WHAT = )"([^"]+)"', source, re.MULTILINE)
        )
    assert {one for one in said if CHINESE.search(one)} - set(words.WORK) == set()
