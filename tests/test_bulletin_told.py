"""What a bulletin says of itself: confirmed or not, by which rules and limits, with what left out, which issue."""

from datetime import date

import pytest

from tests.bulletin_weeks import WHOLE, order, steps, week, when
from tests.stores import act, change
from zq_grid import bulletin_words, catalogue
from zq_grid.errors import Refused
from zq_grid.papers import figures
from zq_grid.progress import Cancelled, Progress


def test_a_figure_that_the_recount_does_not_confirm_is_not_issued(store):
    order(store, "20261102000001", "2026-11-02T09:00:00+08:00")
    steps(store, "20261102000001", *WHOLE)
    when(store, "2026-11-09T09:00:00+08:00")
    assert change(store, "UPDATE rounds SET verdict = 'explained'") > 0
    with pytest.raises(Refused) as refused:
        week(store)
    assert refused.value.code == "recount_differs"
    assert refused.value.facts["key"] == "actual_resolution"


def with_profile(store, **changes):
    with store.write() as session:
        entry = {**session.catalogue.get("profile", "default"), "code": "ours", **changes}
        catalogue.define(session, [("profile", "ours", entry)])


def test_the_rules_tell_the_weights_of_the_profile_that_counted(store):
    order(store, "20261102000001", "2026-11-02T09:00:00+08:00")
    with store.read() as session:
        indicators = [dict(one) for one in session.catalogue.get("profile", "default")["indicator"]]
    for one in indicators:
        if one["key"] == "satisfaction":
            one["weights"] = {**one["weights"], "so_so": "0.5"}
    with_profile(store, indicator=indicators, name="本镇口径", version=7)
    steps(store, "20261102000001", *WHOLE, "visit", satisfaction="so_so", words="一般")
    when(store, "2026-11-09T09:00:00+08:00")
    found = week(store, profile="ours")
    assert found.total.figures[3].share == "0.5/1"
    assert found.cut.profile_version == 7
    assert "“本镇口径第 7 版”" in found.rules[0]
    assert any("满意 1、基本满意 0.8、一般 0.5、不满意 0" in rule for rule in found.rules)
    assert any("结果一致" in rule for rule in found.rules)


def test_a_profile_that_the_town_rewrote_is_said_to_be_unconfirmed(store):
    order(store, "20261102000001", "2026-11-02T09:00:00+08:00")
    with store.read() as session:
        indicators = [dict(one) for one in session.catalogue.get("profile", "default")["indicator"]]
    indicators[0] = {**indicators[0], "out": []}
    with_profile(store, indicator=indicators)
    when(store, "2026-11-09T09:00:00+08:00")
    rules = week(store, profile="ours").rules
    assert any("未作第二套算法的复算核对" in rule for rule in rules)
    assert not any("结果一致" in rule for rule in rules)


def test_the_rules_tell_the_limits_in_force_that_week(store):
    with store.write() as session:
        entry = dict(session.catalogue.get("limits", "general"))
        entry["contact"] = {"rule": "working_days", "n": 2}
        catalogue.define(session, [("limits", "general", entry)])
    when(store, "2026-11-16T09:00:00+08:00")
    assert any("先行联系 1 个工作日" in rule for rule in week(store).rules), "defined after that Monday 00:00"
    assert any("先行联系 2 个工作日" in rule for rule in week(store, week=46).rules)


def test_the_closing_basis_gives_points_and_says_so(store):
    order(store, "20261102000001", "2026-11-02T09:00:00+08:00")
    steps(store, "20261102000001", *WHOLE, "visit")
    when(store, "2026-11-09T09:00:00+08:00")
    found = week(store, profile="closing-basis")
    assert [row.score for row in found.neighbourhoods] == [95, None]
    assert any(rule.startswith("考核得分") for rule in found.rules)
    assert any("结果一致" in rule for rule in found.rules)


def test_approved_exclusions_are_told_with_reason_and_document(store):
    order(store, "20261102000001", "2026-11-02T09:00:00+08:00")
    steps(store, "20261102000001", *WHOLE)
    act(
        store,
        "20261102000001",
        "exclude",
        indicator="actual_resolution",
        reason="不合理诉求",
        document="申 1 号",
    )
    act(store, "20261102000001", "approve_exclusion", document="批 2 号")
    when(store, "2026-11-09T09:00:00+08:00")
    found = week(store)
    assert found.exclusions == (figures.Exclusion("不合理诉求", 1, "批 2 号、申 1 号"),)
    assert (found.total.figures[2].share, found.total.figures[2].raw_share) == ("0/0", "1/1")


def test_a_long_week_can_be_stopped(store):
    progress = Progress()
    progress.cancel()
    when(store, "2026-11-09T09:00:00+08:00")
    with pytest.raises(Cancelled):
        week(store, progress=progress)


@pytest.mark.parametrize(
    ("published", "first", "issue"),
    [
        (date(2025, 1, 6), "2025-01-06", (1, 1)),
        (date(2025, 12, 29), "2025-01-06", (52, 52)),
        (date(2026, 1, 5), "2025-01-06", (1, 53)),
        (date(2026, 11, 23), "2025-01-06", (47, 99)),
        (date(2026, 11, 23), "2026-11-09", (3, 3)),
        (date(2024, 1, 8), "2025-01-06", (1, 1)),
    ],
)
def test_issues_are_numbered_by_the_year_of_publication(published, first, issue):
    assert bulletin_words.issues(published, first) == issue
