"""The page of papers: what is shown is what is printed, and what left is written down."""

import subprocess

import pytest
from PySide6.QtCore import Qt
from PySide6.QtPrintSupport import QPrinter
from PySide6.QtTest import QTest

from tests.stores import Clock, act, make_store, reopen
from tests.ui.a_week import WEEK, make_week, page_of
from tests.ui.window import settle
from ui.pages.papers import prepare
from zq_grid import bulletin, printed
from zq_grid.papers import raster, weekly


@pytest.fixture
def store(tmp_path):
    return tmp_path / "store", make_week(tmp_path / "store")


@pytest.fixture
def opened(qtbot, store):
    with page_of(qtbot, store[0], "papers") as (program, page):
        program.shell.open_page("papers", week=WEEK)
        settle(qtbot, program)
        yield program, page


def register(program):
    return [program.shell.pages["papers"].past.model().record(row) for row in range(rows(program))]


def rows(program):
    return program.shell.pages["papers"].past.model().rowCount()


def seen(qtbot, page):
    qtbot.waitUntil(lambda: page.view.sheets.rendered(0), timeout=10_000)


def test_the_preview_is_the_paper_that_the_services_draw(opened, store, qtbot):
    _program, page = opened
    workspace = reopen(store[0], Clock(page.context.clock()))
    with workspace.read() as session:
        paper = weekly.draw(bulletin.week(session, year=2026, week=45))
    workspace.close()
    assert page.made.paper == paper
    assert page.view.sheets.pages() == len(raster.sizes(paper))
    assert page.made.code in page.view.told.text()
    seen(qtbot, page)
    picture = page.view.sheets.viewport().grab().toImage()
    colours = {picture.pixelColor(x, 60).name() for x in range(20, picture.width() - 20)}
    assert "#ffffff" in colours


def test_pages_scroll_grow_and_stay_sharp(opened, qtbot):
    _program, page = opened
    sheets = page.view.sheets
    seen(qtbot, page)
    sheets.setFocus()
    QTest.keyClick(sheets, Qt.Key.Key_Plus)
    assert sheets.zoom == 1.25
    qtbot.waitUntil(lambda: sheets.rendered(0), timeout=10_000)
    QTest.keyClick(sheets, Qt.Key.Key_End)
    assert page.view.at.text().startswith(f"第 {sheets.pages()} 页")
    qtbot.waitUntil(lambda: sheets.rendered(sheets.pages() - 1), timeout=10_000)
    QTest.keyClick(sheets, Qt.Key.Key_0)
    assert sheets.zoom == 1.0


def test_a_saved_paper_is_noted_with_its_check_code_and_can_be_made_again(opened, qtbot, tmp_path):
    program, page = opened
    first, code = page.made.paper, page.made.code
    page.save_to(tmp_path / "week.pdf")
    settle(qtbot, program)
    assert (tmp_path / "week.pdf").read_bytes() == first
    [line] = register(program)
    assert (line.kind, line.what, line.way, line.code) == ("weekly", WEEK, "save", code)

    def amend(workspace, _progress):
        act(workspace, page_case, "amend", verdict="partly")

    page_case = "20261102000200"
    program.context.worker.act(amend)
    settle(qtbot, program)
    assert page.ask.again.isVisible()
    assert page.made.paper == first
    QTest.keyClick(page, Qt.Key.Key_F5)
    settle(qtbot, program)
    assert page.made.paper != first
    page.past.choose(0)
    QTest.keyClick(page.past, Qt.Key.Key_Return)
    settle(qtbot, program)
    assert page.made.code == code
    assert page.made.paper == first


def test_the_rates_say_where_they_differ_from_the_printed_week(opened, qtbot, tmp_path):
    program, page = opened
    page.save_to(tmp_path / "week.pdf")
    settle(qtbot, program)
    program.shell.open_page("rates", week=WEEK)
    settle(qtbot, program)
    bar = program.shell.pages["rates"].bar
    assert not bar.differs.isVisible()
    program.context.worker.act(lambda w, _p: act(w, "20261102000200", "amend", verdict="partly"))
    settle(qtbot, program)
    assert bar.differs.isVisible()
    assert "1/1 → 0/1" in bar.differs.toolTip()
    bar.differs.click()
    settle(qtbot, program)
    rate = program.shell.pages["rates"].board.whole.rates["actual_resolution"]
    assert (rate.numerator, rate.denominator) == (1, 1)


def test_a_paper_is_printed_page_by_page_and_noted(opened, qtbot, tmp_path):
    program, page = opened
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    printer.setOutputFileName(str(tmp_path / "printed.pdf"))
    prepare(printer, page.made)
    page.print_on(printer)
    settle(qtbot, program)
    sizes = raster.sizes((tmp_path / "printed.pdf").read_bytes())
    assert len(sizes) == len(page.made.sizes)
    assert all(abs(width - 595) < 2 and abs(height - 842) < 2 for width, height in sizes)
    assert [line.way for line in register(program)] == ["print"]
    ours = raster.raster(page.made.paper, 0, 0.5)
    theirs = raster.raster((tmp_path / "printed.pdf").read_bytes(), 0, 0.5)
    far = sum(abs(a - b) > 90 for a, b in zip(ours.pixels, theirs.pixels, strict=False))
    assert far < len(ours.pixels) / 50


def test_sheets_of_a_case_are_shown_by_number_and_a_wrong_number_is_said(opened, store, qtbot):
    program, page = opened
    number = store[1][0]
    page.setFocus()
    QTest.keyClick(page, Qt.Key.Key_2)
    assert page.ask.number.hasFocus()
    QTest.keyClicks(page.ask.number, number)
    QTest.keyClick(page.ask.number, Qt.Key.Key_Return)
    settle(qtbot, program)
    assert number in page.made.name
    QTest.keyClicks(page.ask.number, "9")
    QTest.keyClick(page.ask.number, Qt.Key.Key_Return)
    settle(qtbot, program)
    assert page.made is None
    assert f"{number}9" in page.view.empty.next.text()
    assert not page.ask.printing.isEnabled()


def test_a_week_that_has_not_begun_is_refused_in_the_preview(opened, qtbot):
    program, page = opened
    for _week in range(2):
        page.view.sheets.setFocus()
        QTest.keyClick(page, Qt.Key.Key_BracketRight)
    settle(qtbot, program)
    assert page.made is None
    assert page.view.empty.next.text()
    QTest.keyClick(page, Qt.Key.Key_BracketLeft)
    settle(qtbot, program)
    assert page.made is not None


def test_making_a_paper_can_be_stopped_and_begun_again(opened, qtbot):
    program, page = opened
    page.setFocus()
    QTest.keyClick(page, Qt.Key.Key_F5)
    QTest.keyClick(page, Qt.Key.Key_Escape)
    assert page.view.empty.said.text() == "已取消"
    settle(qtbot, program)
    assert page.made is None
    QTest.keyClick(page, Qt.Key.Key_F5)
    settle(qtbot, program)
    assert page.made is not None


def test_the_register_keeps_the_newest_lines_and_knows_only_its_own_words(tmp_path):
    workspace = make_store(tmp_path / "store")
    with workspace.write() as session:
        for nth in range(printed.MOST + 2):
            what = f"2026-W{nth % 50 + 1:02}"
            printed.note(session, kind="weekly", what=what, way="print", pages=6, cut="", profile="default")
        with pytest.raises(ValueError, match="fax"):
            printed.note(session, kind="weekly", what="2026-W01", way="fax", pages=6, cut="")
    with workspace.read() as session:
        found = printed.listed(session)
        assert len(found) == printed.MOST
        assert found[0].what == what
        assert printed.last_week(session, what, "default") == found[0]
        assert printed.last_week(session, what, "other") is None
    workspace.close()


def test_the_text_of_a_saved_paper_can_be_read(opened, qtbot, tmp_path):
    program, page = opened
    page.save_to(tmp_path / "week.pdf")
    settle(qtbot, program)
    text = subprocess.run(["pdftotext", tmp_path / "week.pdf", "-"], capture_output=True, check=True).stdout
    assert page.made.code in text.decode()
