"""The week as frozen figures: they add up, they hold against an independent count, and no clock gets into them."""

from datetime import date

import pytest

from tests.random_histories import histories
from tests.stores import DAY, HOUR, MINUTE, MONDAY, Clock, act, change, clone, log, make_store
from zq_grid import bulletin, bulletin_words, cases, catalogue, practice, projection, views
from zq_grid.errors import Refused
from zq_grid.papers import figures, weekly
from zq_grid.progress import Cancelled, Progress
from zq_grid.rules import worktime

WEEK = {"year": 2026, "week": 45}  # 2–8 November, whose Monday is stores.MONDAY
SUNDAY = worktime.parse("2026-11-09T00:00:00+08:00")[0]
CLOSING = {
    "verdict": "solved",
    "fact_finding": "true",
    "claim_finding": "reasonable",
    "reply": "已修好",
    "reply_channel": "phone",
    "conclusion": "已修复。",
}


def at(text):
    return worktime.parse(text)[0]


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    made = make_store(tmp_path_factory.mktemp("bulletin") / "store")
    made.close()
    return made


@pytest.fixture
def store(tmp_path, template):
    made = clone(template, tmp_path / "store", Clock())
    yield made
    made.close()


def week(store, **asked):
    with store.read() as session:
        return bulletin.week(session, **{**WEEK, **asked})


def when(store, text):
    store.clock.at = at(text)


def order(store, number, moment, **facts):
    """Log an order of the hotline at a moment."""
    store.clock.at = at(moment)
    return log(store, order_number=number, **facts)


def steps(store, number, *kinds, **facts):
    """Take steps ten minutes apart."""
    bodies = {
        "contact": {"reached": "yes"},
        "attend": {"who": "两名工作人员", "findings": "属实"},
        "handle": {"result": "已修好"},
        "close": CLOSING,
        "visit": {"by": "centre", "satisfaction": "satisfied"},
    }
    for kind in kinds:
        store.clock.at += 10 * MINUTE
        act(store, number, kind, **{**bodies.get(kind, {}), **(facts if kind == kinds[-1] else {})})


BEGIN = ("accept", "dispatch", "sign", "contact", "attend")
WHOLE = (*BEGIN, "handle", "submit", "close")


# by hand --------------------------------------------------------------------------------------


def test_a_week_worked_out_by_hand(store):
    order(store, "20261102000001", "2026-11-02T09:00:00+08:00")
    steps(store, "20261102000001", *WHOLE, "visit", satisfaction="fairly", words="来得有点晚")
    order(store, "20261102000002", "2026-11-02T10:00:00+08:00", place="金桂新苑 27 号")
    steps(store, "20261102000002", *BEGIN[:1])
    log(store, source="patrol", order_number=None, reporter=None, phone=None, place="没有这个地方")
    when(store, "2026-11-10T10:00:00+08:00")
    found = week(store)
    assert [figure.share for figure in found.total.figures] == ["1/2", "0/0", "1/1", "0.8/1"]
    assert [(box.name, box.value) for box in found.boxes] == [
        ("受理", "3"),
        ("办结", "1"),
        ("在办", "2"),
        ("逾期未办结", "0"),
        ("不满意件复核", "0"),
        ("市民满意率", "80.0%"),
    ]
    assert [(row.name, row.figures[0].share) for row in found.neighbourhoods] == [
        ("和溪五村居委", "1/1"),
        ("金桂新苑居委", "0/1"),
        ("无归属", "0/0"),
    ]
    assert [(row.code, row.figures[0].share) for row in found.stations] == [("housing", "1/1"), ("", "0/1")]
    assert found.structure.by_source == (("12345 热线", 2), ("网格巡查", 1))
    assert found.structure.by_area[-1] == ("无归属", 1)
    assert dict(found.unmatched) == {"受理未识别居村": 1, "计入四率而无承办单位": 1}
    assert "受理各类工单 3 件" in found.paragraph
    assert "12345 热线 2 件、占 66.7%" in found.paragraph


def test_the_near_limit_is_what_turns_yellow_by_sunday_night(store):
    order(store, "20261102000001", "2026-11-02T09:00:00+08:00")  # due on Monday the 9th
    order(store, "20261102000002", "2026-11-03T09:00:00+08:00")  # due on Tuesday the 10th
    when(store, "2026-11-12T10:00:00+08:00")
    found = week(store)
    assert [(row.number, row.light, row.due, row.late) for row in found.near_limit] == [
        ("20261102000001", "yellow", "11-09 24:00", "1 个工作日")
    ]
    assert found.overdue == ()
    assert found.lists_at == " 11 月 8 日 24 时"


# the cut --------------------------------------------------------------------------------------


def test_two_runs_without_a_step_between_give_the_same_bytes(store):
    order(store, "20261102000001", "2026-11-02T09:00:00+08:00")
    when(store, "2026-11-09T08:00:00+08:00")
    first = weekly.draw(week(store))
    store.clock.at += 400 * DAY
    assert weekly.draw(week(store)) == first


def test_the_cut_names_the_last_step_and_changes_with_the_next(store):
    order(store, "20261102000001", "2026-11-02T09:00:00+08:00")
    when(store, "2026-11-09T08:00:00+08:00")
    first = week(store).cut
    assert first.as_of == "2026-11-02 09:00:00"
    steps(store, "20261102000001", "accept")
    second = week(store).cut
    assert second.as_of == "2026-11-09 08:10:00"
    assert second.position == first.position + 1
    assert second.check_code != first.check_code


def test_an_earlier_cut_can_be_printed_again_to_the_byte(store):
    order(store, "20261102000001", "2026-11-02T09:00:00+08:00")
    when(store, "2026-11-09T08:00:00+08:00")
    known = store.clock.at
    first = weekly.draw(week(store, as_of=known))
    store.clock.at += HOUR
    order(store, "20261102000009", "2026-11-09T10:00:00+08:00", accepted_at="2026-11-02T11:00:00+08:00")
    with store.write() as session:
        entry = dict(session.catalogue.get("neighbourhood", "hexi5"), name="改了名的居委")
        catalogue.define(session, [("neighbourhood", "hexi5", entry)])
    assert weekly.draw(week(store, as_of=known)) == first
    now = week(store)
    assert now.boxes[0].value == "2"
    assert "改了名的居委" in [row.name for row in now.neighbourhoods]
    assert (now.cut.catalogue_version, week(store, as_of=known).cut.catalogue_version) == (2, 1)


def test_the_check_code_is_the_digest_of_all_ids(store):
    from zq_grid.steps import digest

    order(store, "20261102000001", "2026-11-02T09:00:00+08:00")
    when(store, "2026-11-09T08:00:00+08:00")
    with store.read() as session:
        code = digest(row["id"] for row in views.all_steps(session))
    assert week(store).cut.check_code.replace("-", "") == code


def test_a_week_that_still_runs_is_judged_at_its_last_step(store):
    order(store, "20261102000001", "2026-11-02T09:00:00+08:00", kind="consultation")
    when(store, "2026-11-05T09:00:00+08:00")
    found = week(store)
    assert found.total.figures[0].denominator == 0, (
        "contact is due on the 3rd, and nothing is known after the 2nd"
    )
    order(store, "20261102000002", "2026-11-04T09:00:00+08:00")
    found = week(store)
    assert found.total.figures[0].share == "0/1"
    assert [row.number for row in found.overdue] == ["20261102000001"]
    assert "本周尚未结束" in found.paragraph
    assert found.lists_at == " 11 月 4 日 09:00 "


def test_a_week_that_has_not_begun_is_refused(store):
    with pytest.raises(Refused) as refused:
        week(store, week=46)
    assert refused.value.code == "week_ahead"


@pytest.mark.parametrize(("year", "number"), [(2026, 0), (2026, 54), (2025, 53), (0, 1)])
def test_a_week_that_no_calendar_has_is_refused(store, year, number):
    with pytest.raises(Refused) as refused:
        week(store, year=year, week=number)
    assert refused.value.code == "week_unknown"


# as it stood on Sunday ------------------------------------------------------------------------


def test_an_extension_granted_on_monday_does_not_reach_back_into_sundays_list(store):
    order(store, "20261102000001", "2026-10-29T09:00:00+08:00")  # due on Thursday the 5th
    steps(store, "20261102000001", *BEGIN)
    when(store, "2026-11-05T09:00:00+08:00")
    steps(store, "20261102000001", "ask_extension", days="5", reason="等配件")
    when(store, "2026-11-09T09:00:00+08:00")
    steps(store, "20261102000001", "grant_extension", days="5")
    (late,) = week(store).overdue
    assert (late.due, late.late, late.waiting) == ("11-05 24:00", "1 个工作日", True)
    assert week(store).total.figures[1].denominator == 0, (
        "by all that is known the limit lies in the next week"
    )


def test_what_was_done_on_friday_and_written_down_on_monday_is_not_in_sundays_list(store):
    order(store, "20261102000001", "2026-10-29T09:00:00+08:00")
    steps(store, "20261102000001", *BEGIN, "handle")
    when(store, "2026-11-09T09:00:00+08:00")
    assert len(week(store).overdue) == 1
    with store.write() as session:
        from zq_grid import together

        together.act(session, "20261102000001", "submit", {}, did_at=at("2026-11-05T16:00:00+08:00"))
    found = week(store)
    assert found.overdue == ()
    assert found.total.figures[1].share == "1/1"
    assert found.total.late_entered == 1


def test_a_case_closed_on_monday_was_open_on_sunday(store):
    order(store, "20261102000001", "2026-11-06T09:00:00+08:00")
    steps(store, "20261102000001", *BEGIN)
    when(store, "2026-11-09T09:00:00+08:00")
    steps(store, "20261102000001", "handle", "submit", "close")
    found = week(store)
    assert (found.boxes[1].value, found.boxes[2].value) == ("0", "1")


def test_an_order_taken_back_or_counted_with_another_is_nowhere(store):
    for nth in (1, 2, 3):
        order(store, f"2026110200000{nth}", "2026-10-29T09:00:00+08:00")
        steps(store, f"2026110200000{nth}", "accept")
    act(store, "20261102000001", "void", reason="登错")
    act(store, "20261102000002", "merge", into="20261102000003", repeat="yes", reason="同一人同一事")
    when(store, "2026-11-09T09:00:00+08:00")
    found = week(store, week=44)
    assert (found.boxes[0].value, found.boxes[2].value) == ("1", "1")
    assert [row.number for row in week(store).overdue] == ["20261102000003"]


def test_fraud_alerts_are_counted_and_never_listed(store):
    order(
        store,
        None,
        "2026-10-29T09:00:00+08:00",
        source="anti_fraud_centre",
        type="fraud_alert",
        kind=None,
        alert_level="high",
        text="反诈预警：刷单",
    )
    when(store, "2026-11-09T09:00:00+08:00")
    found = week(store)
    assert found.overdue == ()
    assert found.boxes[3].value == "1"
    assert any("逾期 1 件、临期 0 件未列名" in rule for rule in found.rules)
    assert week(store, week=44).structure.by_type == (("反诈预警", 1),)


def test_no_flat_no_phone_and_no_caller_is_printed(store):
    place = "和溪五村 12 号 601 室，联系 13912345678"
    order(store, "20261102000001", "2026-10-29T09:00:00+08:00", place=place, reporter="欧阳测试")
    when(store, "2026-11-09T09:00:00+08:00")
    found = week(store)
    (row,) = found.overdue
    assert row.place.startswith("和溪五村")
    for secret in ("601", "13912345678", "13800000001", "欧阳"):
        assert secret not in repr(found)


# compared -------------------------------------------------------------------------------------


def test_a_first_week_has_nothing_to_compare_with(store):
    order(store, "20261102000001", "2026-11-02T09:00:00+08:00")
    when(store, "2026-11-16T09:00:00+08:00")
    assert {change.text for box in week(store).boxes for change in box.changes} == {"—"}
    following = week(store, week=46)
    assert [change.text for change in following.boxes[0].changes] == ["▼1 件", "—"]


def test_the_same_week_of_the_year_before_is_compared(store):
    order(store, "20251103000001", "2025-11-03T09:00:00+08:00")
    when(store, "2026-11-09T09:00:00+08:00")
    assert [change.text for change in week(store).boxes[0].changes] == ["持平", "▼1 件"]


def test_a_fifty_third_week_has_no_year_before(store):
    order(store, "20261102000001", "2026-11-02T09:00:00+08:00")
    when(store, "2027-01-08T09:00:00+08:00")
    assert [c.text for c in week(store, week=53).boxes[0].changes] == ["持平", "—"]


def test_an_empty_store_prints_a_week_of_nothing(store):
    when(store, "2026-11-16T09:00:00+08:00")
    found = week(store)
    assert found.paragraph == "本周无受理、无办结，无在办工单。"
    assert [row.name for row in found.neighbourhoods] == ["无归属"]
    assert weekly.draw(found).startswith(b"%PDF-")


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


# held against the recount, and told in words --------------------------------------------------


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


# against an independent count -----------------------------------------------------------------


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


def test_monday_is_the_day_these_tests_count_from():
    assert worktime.day_of(MONDAY).isocalendar()[:2] == (WEEK["year"], WEEK["week"])
    assert worktime.day_of(SUNDAY).isocalendar()[:2] == (WEEK["year"], WEEK["week"] + 1)
