"""Bulletins of random histories: the parts add up, the recount agrees, and a plain walk counts the same."""

from datetime import date

import pytest

from tests.bulletin_weeks import week
from tests.random_histories import histories
from tests.stores import DAY, Clock, clone
from zq_grid import cases, practice, projection, views
from zq_grid.papers import figures, weekly
from zq_grid.rules import worktime


def whole_sum(rows):
    return [sum(row.figures[n].denominator for row in rows) for n in range(4)]


def walked(session, start, end):
    """Return (received, closed, open) of a week, from a plain walk over the steps of each case."""
    received, closed, open_ = set(), set(), set()
    subjects = {row["subject"] for row in views.all_steps(session) if row["subject"].startswith("case:")}
    for subject in subjects:
        state = projection.state_of(session, cases.steps.subject_id(session.db, subject))
        if not state.logged or state.gone_log or state.stage == "void" or state.get("parent"):
            continue
        if state.joined and state.joined[1]:
            continue
        arrival = next(
            at for name in ("received_at", "dispatched_at", "accepted_at", "") if (at := _time(state, name))
        )
        live = [step for step in state.steps if step.id not in state.retracted]
        if start <= arrival < end:
            received.add(subject)
        closings = [min(s.did_at for s in r.closes) for r in state.rounds if r.closes]
        if any(start <= one < end for one in closings):
            closed.add(subject)
        stops = [s.did_at for s in live if s.kind in ("withdraw", "refuse")]
        if arrival < end and not closings and not stops and state.stage != "returned":
            open_.add(subject)
    return received, closed, open_


def _time(state, name):
    if not name:
        return state.rounds[0].began.did_at
    value = state.get(name)
    return worktime.parse(value)[0] if value else None


@pytest.mark.parametrize("seed", range(5))
def test_random_histories_add_up_and_are_confirmed(tmp_path, template, seed):
    lines, moments = histories(seed, 40)
    store = clone(template, tmp_path / "store", Clock(moments[-1]))
    try:
        with store.write() as session:
            practice.replay(session, lines)
        for back in (2, 5, 8):
            monday = worktime.day_of(moments[-1] - back * 7 * DAY)
            year, number, _ = monday.isocalendar()
            start = worktime.day_start(date.fromisocalendar(year, number, 1))
            found = week(store, year=year, week=number)
            assert figures.adds_up(found.neighbourhoods, found.total)
            assert figures.adds_up(found.stations, found.total)
            assert whole_sum(found.stations) == [figure.denominator for figure in found.total.figures]
            intake = int(found.boxes[0].value)
            for shares in (found.structure.by_source, found.structure.by_type, found.structure.by_area):
                assert sum(count for _, count in shares) == intake
            assert int(found.boxes[3].value) == len(found.overdue), "no type of these is hidden"
            with store.read() as session:
                received, closed, never_left = walked(session, start, start + 7 * DAY)
            assert len(received) == intake
            assert len(closed) == int(found.boxes[1].value)
            assert len(never_left) <= int(found.boxes[2].value)
            assert weekly.draw(found).startswith(b"%PDF-")
    finally:
        store.close()
