"""The page of imports, with real workbooks and real keys: nothing is written before Enter, all can be taken back."""

from pathlib import Path

import openpyxl
import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QTimer, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QLineEdit

from tests.importing.practice import HEADER, ROW, Town, changed
from tests.ui.window import settle, window
from zq_grid import lists
from zq_grid.importing import history

Key = Qt.Key


@pytest.fixture
def town(tmp_path):
    return Town(tmp_path)


@pytest.fixture
def opened(qtbot, town):
    """The page, and a way to the store beside it; the workspace of the test is closed while the window has it."""
    town.workspace.close()
    with window(qtbot, town.folder / "ws", page="import", clock=lambda: town.now + 3600) as program:
        yield program, program.shell.pages["import"]


def number_of_cases(program):
    with program.context.worker.workspace.read() as session:
        return lists.count(session)


def facts(program, number):
    with program.context.worker.workspace.read() as session:
        [row] = lists.page(session, number=number).rows
        return row


def imports(program):
    with program.context.worker.workspace.read() as session:
        return history.listed(session)


def choose_in_dialog(path: Path) -> None:
    """Type a path into the next file dialog and press Enter, as soon as it stands."""
    timer = QTimer(QApplication.instance())

    def answer() -> None:
        dialog = QApplication.activeModalWidget()
        if isinstance(dialog, QDialog):
            timer.stop()
            edit = dialog.findChild(QLineEdit, "fileNameEdit")
            edit.setText(str(path))
            QTest.keyClick(edit, Key.Key_Return)

    timer.timeout.connect(answer)
    timer.start(10)


def take(qtbot, program, path):
    program.shell.pages["import"].take(path)
    settle(qtbot, program)


def figures(page):
    return {name: figure.number.text() for name, figure in page.review.figures.items()}


def focus(page):
    # after a dialog of the system no window is active offscreen; the page's own window knows where its focus is
    return QApplication.focusWidget() or page.window().focusWidget()


def press(page, key):
    QTest.keyClick(focus(page), key)


def find(table, wanted):
    rows = range(table.model().rowCount())
    table.choose(next(nth for nth in rows if wanted(table.model().record(nth))))


def test_three_keys_import_a_workbook_besides_choosing_it(opened, town, qtbot):
    program, page = opened
    path = town.workbook(HEADER, ROW, changed(number="20261020000002"))
    choose_in_dialog(path)
    QTest.keyClick(page, Key.Key_O, Qt.KeyboardModifier.ControlModifier)
    settle(qtbot, program)
    assert figures(page)["new"] == "2"
    assert number_of_cases(program) == 0
    press(page, Key.Key_Return)
    settle(qtbot, program)
    assert number_of_cases(program) == 2
    assert page.said.text().startswith("批次")
    press(page, Key.Key_Return)
    settle(qtbot, program)
    assert page.stack.currentIndex() == 0
    assert [page.start.model.record(0).file, page.start.model.record(0).rows] == [path.name, 2]


def test_a_file_dropped_on_the_page_is_tried(opened, town, qtbot):
    program, page = opened
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(town.workbook(HEADER, ROW)))])
    copy, left, none = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    entered = QDragEnterEvent(QPoint(50, 50), copy, mime, left, none)
    QApplication.sendEvent(page, entered)
    assert entered.isAccepted()
    QApplication.sendEvent(page, QDropEvent(QPointF(50, 50), copy, mime, left, none))
    settle(qtbot, program)
    assert figures(page)["new"] == "1"
    assert number_of_cases(program) == 0


def test_a_column_gets_its_field_by_keyboard_and_the_trial_is_made_anew(opened, town, qtbot):
    program, page = opened
    header = ("工单编号", "受理时间", "工单类型", "啥地方", "内容描述")
    take(qtbot, program, town.workbook(header, ROW))
    assert figures(page)["new"] == "1"
    QTest.keyClick(page, Key.Key_1)
    find(page.review.columns, lambda one: one.header == "啥地方")
    assert page.review.columns.record().field is None
    press(page, Key.Key_Return)
    QTest.keyClicks(focus(page), "place")
    press(page, Key.Key_Return)
    settle(qtbot, program)
    assert (page.review.columns.record().field, page.review.columns.record().why) == ("place", "told")
    press(page, Key.Key_Tab)
    page.go_on.setFocus()
    press(page, Key.Key_Return)
    settle(qtbot, program)
    assert facts(program, ROW[0]).place == ROW[3]


def test_a_file_of_unknown_headers_shows_them_and_is_read_once_they_are_told(opened, town, qtbot):
    program, page = opened
    take(qtbot, program, town.workbook(("甲", "乙", "丙"), ("20261020000001", "和溪五村12号", "楼上漏水")))
    assert not page.go_on.isEnabled()
    assert [page.review.columns.model().record(nth).header for nth in range(3)] == ["甲", "乙", "丙"]
    for header, field in (("甲", "order_number"), ("乙", "place"), ("丙", "text")):
        page.map(header, field)
        settle(qtbot, program)
    assert figures(page)["new"] == "1"
    page.go()
    settle(qtbot, program)
    assert facts(program, "20261020000001").place == "和溪五村12号"


def test_a_word_that_nobody_knows_is_given_a_meaning(opened, town, qtbot):
    program, page = opened
    take(qtbot, program, town.workbook(HEADER, changed(kind="唠叨")))
    QTest.keyClick(page, Key.Key_4)
    one = page.review.unknown.record()
    assert (one.field, one.word, one.rows) == ("kind", "唠叨", 1)
    press(page, Key.Key_Return)
    QTest.keyClicks(focus(page), "complaint")
    press(page, Key.Key_Return)
    settle(qtbot, program)
    assert page.review.unknown.model().rowCount() == 0
    page.go()
    settle(qtbot, program)
    assert facts(program, ROW[0]).number == ROW[0]
    take(qtbot, program, town.workbook(HEADER, changed(kind="唠叨", number="20261020000009")))
    assert page.review.unknown.model().rowCount() == 0


def test_what_differs_is_answered_by_a_letter_and_written_with_the_import(opened, town, qtbot):
    program, page = opened
    other = "20261020000002"
    for rows in ((ROW, changed(number=other)),):
        take(qtbot, program, town.workbook(HEADER, *rows))
        page.go()
        settle(qtbot, program)
    take(
        qtbot,
        program,
        town.workbook(HEADER, changed(place="别处9号"), changed(number=other, place="别处9号")),
    )
    assert figures(page)["asked"] == "2"
    QTest.keyClick(page, Key.Key_2)
    assert page.review.asked.record().number == ROW[0]
    press(page, Key.Key_T)
    assert page.review.asked.record().number == other
    press(page, Key.Key_O)
    assert page.go_on.text().startswith("导入 2 件")
    page.go_on.setFocus()
    press(page, Key.Key_Return)
    settle(qtbot, program)
    assert facts(program, ROW[0]).place == "别处9号"
    assert facts(program, other).place == ROW[3]
    assert figures(page)["asked"] == "0"


def test_rejected_rows_are_said_and_can_be_saved_put_right_and_imported(opened, town, qtbot, tmp_path):
    program, page = opened
    take(qtbot, program, town.workbook(HEADER, ROW, changed(number="20261020000002", at="去年")))
    assert figures(page)["rejected"] == "1"
    assert "去年" in page.review.rejected.model().record(0).sentence
    page.go()
    settle(qtbot, program)
    choose_in_dialog(tmp_path / "rest.xlsx")
    press(page, Key.Key_J)
    settle(qtbot, program)
    book = openpyxl.load_workbook(tmp_path / "rest.xlsx")
    book.active["B2"] = "2026-10-20 10:00:00"
    book.save(tmp_path / "rest.xlsx")
    take(qtbot, program, tmp_path / "rest.xlsx")
    assert (figures(page)["new"], figures(page)["rejected"]) == ("1", "0")


def test_an_import_is_taken_back_from_the_history_only_when_it_is_asked_twice(opened, town, qtbot):
    program, page = opened
    take(qtbot, program, town.workbook(HEADER, ROW))
    page.go()
    settle(qtbot, program)
    page.go()
    settle(qtbot, program)
    page.start.table.setFocus()
    press(page, Key.Key_U)
    settle(qtbot, program)
    assert number_of_cases(program) == 1
    press(page, Key.Key_U)
    settle(qtbot, program)
    assert number_of_cases(program) == 0
    assert [one.undone for one in imports(program)] == ["whole"]
    assert page.start.model.index(0, 4).data() == "已撤销"


def test_the_import_just_made_is_taken_back_by_one_key(opened, town, qtbot):
    program, page = opened
    take(qtbot, program, town.workbook(HEADER, ROW))
    page.go()
    settle(qtbot, program)
    press(page, Key.Key_U)
    settle(qtbot, program)
    assert number_of_cases(program) == 0
    assert page.stack.currentIndex() == 0


def test_a_file_that_is_no_table_is_said_where_one_looks(opened, town, qtbot):
    program, page = opened
    path = town.folder / "a.xlsx"
    path.write_bytes(b"%PDF-1.4 no table")
    take(qtbot, program, path)
    assert page.stack.currentIndex() == 0
    assert "a.xlsx" in page.start.wrong.text()
    take(qtbot, program, town.workbook(HEADER, ROW))
    assert page.stack.currentIndex() == 1
    assert page.start.wrong.text() == ""


def test_a_cancelled_import_writes_nothing_and_can_be_tried_again(opened, town, qtbot):
    program, page = opened
    rows = [changed(number=f"202610200{nth:05}") for nth in range(1, 400)]
    take(qtbot, program, town.workbook(HEADER, *rows))
    page.go()
    page._job.cancel()
    settle(qtbot, program)
    assert number_of_cases(program) == 0
    assert "没有写入" in program.shell.toast.words.text()
    page.go()
    settle(qtbot, program)
    assert number_of_cases(program) == 399


def test_another_sheet_of_the_workbook_can_be_read(opened, town, qtbot):
    import xlsxwriter

    program, page = opened
    path = town.folder / "two.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        for name, rows in (
            ("一月", [ROW]),
            ("二月", [changed(number=f"2026102000001{n}") for n in range(3)]),
        ):
            sheet = book.add_worksheet(name)
            for line, row in enumerate([HEADER, *rows]):
                for column, cell in enumerate(row):
                    sheet.write_string(line, column, cell)
    take(qtbot, program, path)
    chosen = page.review.sheets.value()
    other = "二月" if chosen == "一月" else "一月"
    page.review.sheets.setFocus()
    page.review.sheets.set_value(other)
    page.review.sheets.activated.emit(page.review.sheets.currentIndex())
    settle(qtbot, program)
    assert page.review.sheets.value() == other
    assert figures(page)["new"] == {"一月": "1", "二月": "3"}[other]
