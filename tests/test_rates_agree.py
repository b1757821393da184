"""The rates by SQL and the recount by a walk agree, figure by figure and case by case, at every moment asked."""

import random

import pytest
from sqlalchemy import select

from db.tables import SUBJECTS
from tests.random_histories import DAY, histories
from zq_grid import confirm, practice, rates, setup, steps
from zq_grid.recount import recount
from zq_grid.rules import worktime

CASES = 72
SHORT, LONG = range(14), range(14, 140)
PERIODS = (7, 30, 90)


def pictures(found):
    return {(r.key, r.group): confirm.figures(r) for r in found if confirm.figures(r) != confirm.NOTHING}


def named(found, names):
    """Return for each figure which subjects are in with weight, in the base only, and out."""
    made = {}
    for one in found:
        where = "out" if one.out else "in" if one.weight else "base"
        made.setdefault((one.key, where), []).append(names[one.subject])
    return {key: sorted(subjects) for key, subjects in made.items()}


def renamed(found):
    made = {}
    for rate in found:
        numbers = rate.numbers
        for where, subjects in (
            ("in", numbers.counted_in),
            ("base", numbers.counted_out),
            ("out", numbers.excluded),
        ):
            if subjects:
                made[(rate.key, where)] = sorted(subjects)
    return made


def agree(tmp_path, seed, looks):
    start = "2026-11-20" if seed % 3 == 0 else "2026-08-24"
    lines, moments = histories(seed, CASES, start)
    workspace = setup.new_workspace(tmp_path / "ws", practice=True, clock=lambda: moments[-1])
    with workspace.write() as session:
        told = practice.replay(session, lines)
    assert told.steps > 8 * CASES
    die = random.Random(seed)
    with workspace.read() as session:
        held = list(steps.between(session.db, 1, steps.last_position(session.db)))
        known = confirm.RecountCatalogue(session.catalogue)
        names = {row.id: row.name for row in session.db.execute(select(SUBJECTS))}
        for look in range(looks):
            as_of = die.choice(moments) if look else moments[-1] + 40 * DAY
            first = worktime.day_start(worktime.day_of(as_of - die.randrange(0, 60 * DAY)))
            asked = {"start": first, "end": first + die.choice(PERIODS) * DAY, "as_of": as_of}
            by = die.choice((None, *rates.GROUPS))
            for code in ("default", "closing-basis"):
                profile = rates.profile(session, code, first)
                mine = rates.rates(session, **asked, by=by, profile_code=code)
                other = recount(held, known, **asked, by=by, profile=profile)
                assert pictures(mine) == pictures(other), (seed, asked, by, code)
                listed = rates.explain(session, **asked, profile_code=code)
                assert named(listed, names) == renamed(recount(held, known, **asked, profile=profile))
    workspace.close()


@pytest.mark.parametrize("seed", SHORT)
def test_both_ways_of_counting_agree_on_a_thousand_histories(tmp_path, seed):
    agree(tmp_path, seed, looks=8)


@pytest.mark.long
@pytest.mark.parametrize("seed", LONG)
def test_both_ways_of_counting_agree_on_ten_thousand_histories(tmp_path, seed):
    agree(tmp_path, seed, looks=8)
