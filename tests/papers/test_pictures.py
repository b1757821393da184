"""The papers look as they did when somebody last looked at them. See `pictures.py` for how to keep new ones."""

import os
from dataclasses import replace

import pytest

from tests.papers import pictures
from tests.papers.sample import case, dispatch, week
from zq_grid.papers import case_sheet, weekly


@pytest.fixture(scope="module")
def papers():
    return {
        "week": weekly.draw(week()),
        "week-empty": weekly.draw(week(cases=0, late=0)),
        "case": case_sheet.draw_case(case()),
        "dispatch": case_sheet.draw_dispatch(dispatch()),
        "dispatch-third": case_sheet.draw_dispatch(dispatch(third_party=True)),
    }


@pytest.mark.parametrize(
    ("name", "number"),
    [
        *(("week", number) for number in range(4)),
        ("week-empty", 0),
        ("case", 0),
        ("dispatch", 0),
        ("dispatch-third", 0),
    ],
)
def test_a_page_looks_as_it_did(papers, name, number):
    assert pictures.differs(papers[name], number, f"{name}-{number + 1}") <= pictures.SHARE


@pytest.mark.skipif("PAPERS_KEEP" in os.environ, reason="references are being kept")
def test_a_figure_that_changed_is_seen():
    one = week()
    box = replace(one.boxes[0], value="999")
    changed = weekly.draw(replace(one, boxes=(box, *one.boxes[1:])))
    assert pictures.differs(changed, 0, "week-1") > pictures.SHARE
