"""The page of rates: what it shows is what is counted, and every figure opens its cases."""

from fractions import Fraction

import openpyxl
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from tests.exported import fill
from tests.stores import Clock, act, make_store, reopen
from tests.ui.a_week import WEEK, make_week, page_of
from tests.ui.window import settle
from zq_grid import rate_board, rates
from zq_grid.importing import history
from zq_grid.rules import worktime

START = worktime.parse("2026-11-02")[0]
END = START + 7 * 86_400


@pytest.fixture
def folder(tmp_path):
    make_week(tmp_path / "store")
    return tmp_path / "store"


@pytest.fixture
def opened(qtbot, folder):
    with page_of(qtbot, folder, "rates") as (program, page):
        program.shell.open_page("rates", week=WEEK)
        settle(qtbot, program)
        yield program, page


def counted(folder, **asked):
    workspace = reopen(folder, Clock(START + 10 * 86_400))
    with workspace.read() as session:
        found = rates.rates(session, start=START, end=END, **asked)
    workspace.close()
    return {(rate.key, rate.group): rate for rate in found}


def rows_of(table):
    model = table.model()
    return [
        [model.index(row, column).data() for column in range(model.columnCount())]
        for row in range(model.rowCount())
    ]


def press(widget, key, modifier=Qt.KeyboardModifier.NoModifier):
    QTest.keyClick(widget, key, modifier)


def test_the_boxes_and_the_table_show_what_is_counted(opened, folder):
    _program, page = opened
    whole, grouped = counted(folder), counted(folder, by="neighbourhood")
    for key, box in page.boxes.four.items():
        rate = whole[key, None]
        assert box.percent.text() == (f"{rate.value}%" if rate.value else "—")
        assert box.base.text() == f"{rates.exact(rate.numerator)}/{rate.denominator}"
    shown = {page.table.sorted.record(row).group for row in range(page.table.sorted.rowCount())}
    assert shown == {None, *(group for _key, group in grouped)}
    assert rows_of(page.table)[0][0] == "全镇"
    assert rows_of(page.table)[-1][0] in {"无归属", *page.context.names.values()}


def test_a_digit_chooses_the_rate_and_letters_choose_counted_in_counted_out_and_left_out(opened, qtbot):
    program, page = opened
    page.table.setFocus()
    press(page.table, Qt.Key.Key_1)
    settle(qtbot, program)
    assert page.key == "first_contact"
    rate = page.board.whole.rates["first_contact"]
    for key, only, number in (
        (Qt.Key.Key_I, "in", rate.reached),
        (Qt.Key.Key_O, "missed", rate.denominator - rate.reached),
        (Qt.Key.Key_P, "out", sum(rate.excluded.values())),
    ):
        press(page.table, key)
        settle(qtbot, program)
        assert page.behind.only == only
        assert page.behind.model.rowCount() == number
        assert page.behind.tabs[only].text().endswith(f" {number}")
    assert rate.denominator > rate.reached > 0


def test_the_arrows_walk_through_the_groups_and_the_list_follows(opened, qtbot):
    program, page = opened
    page.table.setFocus()
    press(page.table, Qt.Key.Key_1)
    for _row in range(1, page.table.sorted.rowCount()):
        press(page.table, Qt.Key.Key_Down)
        settle(qtbot, program)
        shown = page.table.record()
        rate = shown.rates.get("first_contact")
        assert page.behind.heading.text().startswith(shown.name)
        assert page.behind.model.rowCount() == (rate.reached if rate else 0)


def test_enter_on_a_case_behind_a_figure_opens_it(opened, qtbot):
    program, page = opened
    press(page, Qt.Key.Key_1)
    settle(qtbot, program)
    press(page.table, Qt.Key.Key_L)
    assert page.behind.table.hasFocus()
    page.behind.table.choose(0)
    number = page.behind.table.record().number
    press(page.behind.table, Qt.Key.Key_Return)
    settle(qtbot, program)
    assert program.shell.current == "cases"
    assert program.shell.pages["cases"].detail.number == number


def test_a_header_orders_the_table_and_empty_bases_stay_at_the_end(opened, qtbot):
    _program, page = opened
    page.table.sort_by(1)
    found = [page.table.sorted.record(row) for row in range(page.table.sorted.rowCount())]
    assert found[0].group is None
    bases = [one.rates.get("first_contact") for one in found[1:]]
    values = [Fraction(one.numerator, one.denominator) for one in bases if one and one.denominator]
    assert values == sorted(values, reverse=True)
    assert not any(one and one.denominator for one in bases[len(values) :])


def test_the_week_moves_by_brackets_and_as_of_looks_back(opened, qtbot, folder):
    program, page = opened
    press(page.table, Qt.Key.Key_BracketLeft)
    settle(qtbot, program)
    assert page.period.week_name == "2026-W44"
    assert page.boxes.four["first_contact"].percent.text() == "—"
    press(page.table, Qt.Key.Key_BracketRight)
    page.bar.known.setFocus()
    QTest.keyClicks(page.bar.known, "2026-11-02 08:00")
    page.bar.known.editingFinished.emit()
    settle(qtbot, program)
    assert page.board.whole.rates["actual_resolution"].denominator == 0
    assert counted(folder)["actual_resolution", None].denominator == 1


def test_a_moment_that_is_none_is_refused_in_words(opened, qtbot):
    program, page = opened
    page.bar.set_as_of("昨天")
    page.refresh()
    assert "昨天" in program.shell.toast.words.text()


def test_what_is_shown_can_be_exported_with_its_groups(opened, qtbot, tmp_path):
    program, page = opened
    page.export_to(tmp_path / "rates.xlsx")
    settle(qtbot, program)
    book = openpyxl.load_workbook(tmp_path / "rates.xlsx", read_only=True)
    groups = {row[0] for row in book["四率"].iter_rows(min_row=2, values_only=True)}
    book.close()
    assert {"全镇", *(one[0] for one in rows_of(page.table))} == groups


def test_a_commit_elsewhere_is_shown_at_once(opened, qtbot):
    program, page = opened
    number = page.board.whole.rates["actual_resolution"].denominator

    def close_another(workspace, _progress):
        with workspace.read() as session:
            rows = rate_board.cases(session, start=START, end=END, key="first_contact", only="missed")
        for kind, facts in (("accept", {}), ("handle", {"result": "好了"}), ("close", CLOSED)):
            act(workspace, rows[-1].number, kind, **facts)

    program.context.worker.act(close_another)
    settle(qtbot, program)
    program.shell.open_page("rates", week="2026-W46")
    settle(qtbot, program)
    assert page.board.whole.rates["actual_resolution"].denominator == 1
    assert number == 1


CLOSED = {"verdict": "solved", "to_complete": "yes"}


def test_the_groups_of_the_board_add_up_and_parts_of_a_list_join_to_the_whole(tmp_path):
    workspace = make_store(tmp_path / "store")
    fill(workspace)
    adds_up(workspace)
    workspace.close()


def test_the_board_adds_up_on_a_server_too(tmp_path, fresh_pg):
    workspace = make_store(tmp_path / "store", url=fresh_pg)
    fill(workspace)
    adds_up(workspace)
    with workspace.read() as session:
        assert history.count(session) == 0
    workspace.close()


def adds_up(workspace):
    with workspace.read() as session:
        for by in rates.GROUPS:
            found = rate_board.board(session, start=START, end=END, before=(START - 7, START), by=by)
            for key, rate in found.whole.rates.items():
                mine = [row.rates[key] for row in found.rows if key in row.rates]
                assert sum(one.denominator for one in mine) == rate.denominator
                assert sum(one.reached for one in mine) == rate.reached
        asked = {"start": START, "end": END, "key": "first_contact", "only": "missed"}
        whole = rate_board.cases(session, **asked)
        parts = [rate_board.cases(session, **asked, offset=at, limit=2) for at in range(0, len(whole), 2)]
        assert [one for part in parts for one in part] == list(whole)
        weeks = rate_board.trend(session, monday=worktime.day_of(START))
        assert weeks[-1].values["first_contact"] == found.whole.rates["first_contact"].value
        assert len(weeks) == rate_board.WEEKS
        last = found.rows[-1]
        mine = rate_board.cases(session, **{**asked, "by": rates.GROUPS[-1]}, group=last.group)
        rate = last.rates["first_contact"]
        assert len(mine) == rate.denominator - rate.reached
