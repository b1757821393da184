"""The platform's limit of an order that was amended: which word counts, for both calculations."""

import contextlib

import pytest

from tests.stores import DAY, HANDLING, HOUR, act, log, make_store
from zq_grid import confirm, rates, steps, together, views
from zq_grid.rules import worktime

NUMBER = "20261102000001"


@pytest.fixture
def store(tmp_path):
    with contextlib.closing(make_store(tmp_path / "ws")) as made:
        yield made


def due(store):
    """Return the day of the closing limit, after the rates were held against their recount."""
    with store.read() as session:
        start = worktime.parse("2026-11-01")[0]
        shown = rates.rates(session, start=start, end=start + 60 * DAY)
        told = steps.of_range(session.db, 1, 1000, "case:").values()
        profile = rates.profile(session, "default", start)
        asked = {"start": start, "end": start + 60 * DAY, "as_of": session.now, "profile": profile}
        confirm.confirm(session.catalogue, shown, told, **asked)
        clocks = [one for one in views.clocks_of(session) if one["kind"] == "close"]
        return clocks[-1]["due"][:10] if clocks and clocks[-1]["due"] else None


def amend(store, at="", **facts):
    when = worktime.parse(at)[0] if at else None
    with store.write() as session:
        together.act(session, NUMBER, "amend", facts, did_at=when)


def test_a_correction_that_is_dated_back_still_replaces_what_its_author_saw(store):
    log(store, order_number=NUMBER)
    store.clock.pass_(2 * DAY)
    amend(store, platform_due="2026-11-12")
    store.clock.pass_(HOUR)
    amend(store, at="2026-11-03T10:00:00+08:00", platform_due="2026-11-20")
    assert due(store) == "2026-11-20"
    store.clock.pass_(12 * DAY)
    assert due(store) == "2026-11-20"


def test_thanks_that_come_too_late_keep_a_limit_that_the_platform_may_move(store):
    log(store, order_number=NUMBER, platform_due="2026-11-03")
    store.clock.pass_(3 * DAY)
    amend(store, kind="thanks")
    assert due(store) == "2026-11-03"
    amend(store, platform_due="2026-11-04")
    assert due(store) == "2026-11-04"


def test_in_a_second_round_thanks_that_turn_out_to_be_more_have_the_platforms_limit(store):
    log(store, order_number=NUMBER, kind="thanks")
    for kind, facts in HANDLING:
        act(store, NUMBER, kind, **facts)
    closing = {
        "verdict": "solved",
        "fact_finding": "true",
        "claim_finding": "reasonable",
        "to_complete": "yes",
    }
    act(store, NUMBER, "close", reply="已告知", reply_channel="phone", conclusion="已办结", **closing)
    store.clock.pass_(HOUR)
    act(store, NUMBER, "reopen", reason="不满意")
    store.clock.pass_(HOUR)
    amend(store, platform_due="2026-11-25")
    assert due(store) is None
    store.clock.pass_(HOUR)
    amend(store, kind="complaint")
    assert due(store) == "2026-11-25"
    store.clock.pass_(30 * DAY)
    assert due(store) == "2026-11-25"
