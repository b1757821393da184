"""The page of papers lists what a bulletin corrects before it is printed, and the register keeps that it did."""

import pytest

from tests.stores import act
from tests.ui.a_week import WEEK, make_week, page_of
from tests.ui.window import settle


@pytest.fixture
def opened(qtbot, tmp_path):
    make_week(tmp_path / "store")
    with page_of(qtbot, tmp_path / "store", "papers") as (program, page):
        program.shell.open_page("papers", week=WEEK)
        settle(qtbot, program)
        yield program, page


def test_what_a_paper_corrects_is_listed_before_it_is_printed(opened, qtbot, tmp_path):
    program, page = opened
    assert not page.view.corrections.isVisible()
    page.save_to(tmp_path / "week.pdf")
    settle(qtbot, program)
    program.context.worker.act(lambda w, _p: act(w, "20261102000200", "amend", verdict="partly"))
    settle(qtbot, program)
    page.make()
    settle(qtbot, program)
    assert page.view.corrections.isVisible()
    said = (
        "更正：2026 年第 45 周实际解决率（本期首次印发时） 100.0%（1/1）更正为 0.0%（0/1）：更正事实 1 件。"
    )
    assert page.view.corrections.text() == said
    page.save_to(tmp_path / "again.pdf")
    settle(qtbot, program)
    newest = page.past.model().record(0)
    assert [(one["key"], one["old"], one["new"]) for one in newest.announced] == [
        ("actual_resolution", "1/1", "0/1")
    ]
