"""What must hold of rates whatever the cases: parts add up, strangers change nothing, groups sum to the whole."""

import random
from collections import Counter

import pytest

from tests.random_histories import DAY, histories
from zq_grid import cases, confirm, practice, rates, setup, together
from zq_grid.rules import worktime

START = worktime.parse("2026-08-24")[0]


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    """Return a store with random histories, and the moments at which they arrived."""
    lines, moments = histories(77, 60)
    workspace = setup.new_workspace(
        tmp_path_factory.mktemp("rates") / "ws", practice=True, clock=lambda: moments[-1]
    )
    with workspace.write() as session:
        practice.replay(session, lines)
    return workspace, moments


def figures(session, start, end, as_of, by=None):
    return {(r.key, r.group): r for r in rates.rates(session, start=start, end=end, as_of=as_of, by=by)}


def summed(parts):
    """Return for each indicator the sums of all its counts."""
    total: dict[str, list] = {}
    for rate in parts:
        sums = total.setdefault(rate.key, [0, 0, 0, 0, Counter()])
        for place, value in enumerate(confirm.figures(rate)[:4]):
            sums[place] += value
        sums[4].update(rate.excluded)
    return total


@pytest.mark.parametrize("seed", range(6))
def test_splitting_a_period_adds_up(town, seed):
    workspace, moments = town
    die = random.Random(seed)
    as_of = die.choice(moments)
    start = START + die.randrange(0, 40 * DAY)
    end = start + die.randrange(2, 60 * DAY)
    cuts = sorted(die.randrange(start + 1, end) for _ in range(3))
    with workspace.read() as session:
        whole = figures(session, start, end, as_of).values()
        parts = [rate for a, b in zip([start, *cuts], [*cuts, end], strict=True) if a < b
                 for rate in figures(session, a, b, as_of).values()]  # fmt: skip
    assert summed(parts) == summed(whole)


@pytest.mark.parametrize("by", rates.GROUPS)
def test_the_groups_add_up_to_the_whole(town, by):
    workspace, moments = town
    with workspace.read() as session:
        whole = figures(session, START, START + 120 * DAY, moments[-1])
        parts = figures(session, START, START + 120 * DAY, moments[-1], by)
    some = {key: sums for key, sums in summed(whole.values()).items() if any(sums)}
    assert summed(parts.values()) == some


def test_an_as_of_before_everything_is_empty_and_every_number_is_the_length_of_a_list(town):
    workspace, moments = town
    with workspace.read() as session:
        assert all(
            r.denominator == 0 and not r.excluded
            for r in figures(session, START, START + 90 * DAY, 1).values()
        )
        for as_of in moments[:: len(moments) // 5]:
            shown = figures(session, START, START + 90 * DAY, as_of)
            listed = rates.explain(session, start=START, end=START + 90 * DAY, as_of=as_of)
            for (key, _), rate in shown.items():
                mine = [one for one in listed if one.key == key]
                assert sum(not one.out for one in mine) == rate.denominator
                assert sum(one.weight for one in mine if not one.out) == rate.numerator
                assert Counter(one.out for one in mine if one.out) == Counter(rate.excluded)


def test_a_case_outside_changes_nothing(town):
    workspace, moments = town
    period = (START, START + 90 * DAY, moments[-1] + 400 * DAY)
    with workspace.read() as session:
        before = {key: confirm.figures(rate) for key, rate in figures(session, *period).items()}
    with workspace.write() as session:
        session.now = moments[-1] + 300 * DAY
        hotline = {
            "type": "noise",
            "source": "hotline",
            "place": "朝阳村",
            "text": "吵",
            "order_number": "20270801000001",
        }
        cases.log(session, hotline)
        patrol = cases.log(
            session, {"type": "noise", "source": "patrol", "place": "朝阳村", "text": "吵"}, did_at=START
        )
        together.act(session, patrol.number, "accept", {}, did_at=START + 60)
    with workspace.read() as session:
        assert {key: confirm.figures(rate) for key, rate in figures(session, *period).items()} == before
