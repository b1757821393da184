"""The three ways to read what was known at a past moment find the same, on both engines."""

import random
from contextlib import closing

import pytest

from tests.random_histories import DAY, histories
from zq_grid import practice, rates, rates_sql, setup
from zq_grid.rates_sql import Older


@pytest.fixture(params=["sqlite", "postgresql"])
def told(request, tmp_path):
    """A store with histories of 60 cases, and the moments at which anything arrived."""
    url = request.getfixturevalue("fresh_pg") if request.param == "postgresql" else None
    lines, moments = histories(7, 60, "2026-08-24")
    with closing(setup.new_workspace(tmp_path / "ws", url, practice=True, clock=lambda: moments[-1])) as made:
        with made.write() as session:
            practice.replay(session, lines)
        yield made, sorted(moments)


@pytest.mark.parametrize("by", [None, "neighbourhood", "unit"])
def test_few_or_many_replaced_versions_are_read_alike(told, by):
    workspace, moments = told
    die = random.Random(3)
    counted = 0
    with workspace.read() as session:
        indicators = tuple(
            map(rates_sql.compiled, rates.profile(session, "default", moments[0])["indicator"])
        )
        for _ in range(12):
            moment = die.choice(moments)
            asked = {"start": moment - 40 * DAY, "end": moment + DAY, "moment": moment}
            found = []
            for older in (Older.FEW, Older.MANY):
                statement = rates_sql.summed(indicators, by, older, session.db.dialect.name)
                found.append(sorted(map(repr, session.db.execute(statement, asked))))
            assert found[0] == found[1]
            counted += len(found[0])
    assert counted > 50


def test_nothing_replaced_is_looked_for_behind_the_newest_step(told):
    workspace, moments = told
    with workspace.read() as session:
        assert rates_sql.older(session, moments[-1] + 1) is Older.NONE
        assert rates_sql.older(session, moments[len(moments) // 2]) is Older.FEW


def test_what_is_picked_are_the_rounds_that_are_explained(told):
    workspace, moments = told
    asked = {"start": moments[0], "end": moments[-1], "as_of": moments[len(moments) * 2 // 3]}
    keys = ("first_contact", "on_time_closing")
    with workspace.read() as session:
        for only in ("out", "late", "all"):
            explained = rates.explain(session, **asked, by="unit", only=only, keys=keys)
            picked = rates.picked(session, **asked, by=("unit", "neighbourhood"), only=only, keys=keys)
            assert sorted((one.key, one.subject, one.out or "", one.groups[0]) for one in picked) == sorted(
                (one.key, one.subject, one.out or "", one.group or "") for one in explained
            )
            if only == "all":
                assert len(picked) > 20
