"""What stood open: quick counts are those of folding every case; the five dimensions, who is overdue, hot spots."""

import pytest

from tests.bulletin_weeks import BEGIN, WHOLE, order, steps, week, when
from tests.random_histories import histories
from tests.stores import DAY, HOUR, Clock, act, clone, log, make_store
from zq_grid import bulletin_cut, bulletin_open, practice, together
from zq_grid.papers.figures import adds_up
from zq_grid.rules import worktime

# quick and slow -------------------------------------------------------------------------------


def folded(session, known, span):
    """Return what stood open by folding every candidate: the slow way."""
    reader = bulletin_open._Reader(known, span)
    candidates = [one.subject for one in bulletin_open._candidates(session, span)]
    found = [reader.case(told) for told in bulletin_open._states(session, span, candidates)]
    return [one for one in found if one is not None]


@pytest.mark.parametrize("seed", range(6))
def test_what_is_not_folded_is_counted_as_if_it_were(tmp_path, template, seed):
    lines, moments = histories(seed + 20, 60)
    store = clone(template, tmp_path / "store", Clock(moments[-1]))
    seen = set()
    try:
        with store.write() as session:
            practice.replay(session, lines)
        with store.read() as session:
            known = session.catalogue.with_places(session.db).known(moments[-1])
            for back in range(1, 11):
                year, number, _ = worktime.day_of(moments[-1] - back * 7 * DAY).isocalendar()
                for as_of in (None, moments[-1] - (back - 1) * 7 * DAY):
                    span = bulletin_cut.cut(session, year, number, as_of)
                    slow = folded(session, known, span)
                    for listed in (True, False):
                        quick = bulletin_open.standing(session, known, span, listed=listed)
                        late = [one for one in slow if one.light == "red"]
                        assert (quick.open, quick.late) == (len(slow), len(late))
                        assert quick.subjects == {one.subject for one in slow}
                    listed_now = bulletin_open.standing(session, known, span)
                    near = [one for one in slow if one.light in bulletin_open.NEAR]
                    assert len(listed_now.near) + listed_now.hidden_near == len(near)
                    assert sorted(row.number for row in listed_now.overdue) == sorted(
                        one.row.number for one in late if not one.hidden
                    )
                    seen.add((bool(late), bool(near)))
    finally:
        store.close()
    assert any(late for late, _ in seen), "no history had anything overdue"


# five dimensions ------------------------------------------------------------------------------


def line(found, name):
    return next(row for row in found.checklist if row.name == name)


def test_the_five_dimensions_by_hand(store):
    order(store, "20261102000001", "2026-11-02T09:00:00+08:00")
    steps(store, "20261102000001", *WHOLE)
    order(store, "20261102000002", "2026-11-02T09:00:00+08:00", type="noise")
    store.clock.at += 9 * HOUR  # after office hours: four working hours have passed
    steps(store, "20261102000002", "accept", "dispatch")
    act(store, "20261102000002", "escalate", level="leader", reason="多次反映")
    act(store, "20261102000002", "supervise", order="督〔2026〕1号", reason="反复")
    act(store, "20261102000002", "transfer", unit="housing", reason="职责")
    log(store, type="noise", source="patrol", order_number=None, reporter=None, phone=None)
    when(store, "2026-11-16T10:00:00+08:00")
    found = week(store)
    one, noise, total = (line(found, name) for name in ("物业管理", "噪声扰民", "合计"))
    assert (one.received, one.accepted.share, one.closed.share, one.counts) == (1, "1/1", "0/0", (0,) * 6)
    assert (noise.received, noise.accepted.share) == (2, "0/2"), "one late, one never"
    assert noise.closed.share == "0/1", "three working days after the supervision are over on Thursday"
    assert noise.counts == (1, 1, 1, 1, 1, 0)
    assert (total.received, total.accepted.share, total.closed.share, total.counts) == (
        3,
        "1/3",
        "0/1",
        (1, 1, 1, 1, 1, 0),
    )
    following = week(store, week=46)
    assert line(following, "噪声扰民").counts == (0, 0, 0, 1, 2, 1), "five working days after Thursday"


def test_a_step_taken_back_escalates_nothing(store):
    order(store, "20261102000001", "2026-11-02T09:00:00+08:00")
    steps(store, "20261102000001", "accept")
    done = act(store, "20261102000001", "escalate", level="leader", reason="多次反映")
    act(store, "20261102000001", "retract", step=done.step.id, reason="点错了")
    when(store, "2026-11-09T10:00:00+08:00")
    assert line(week(store), "合计").counts[0] == 0


def test_the_checklist_of_an_earlier_cut_does_not_know_what_came_later(store):
    order(store, "20261102000001", "2026-11-06T16:00:00+08:00")
    when(store, "2026-11-09T12:00:00+08:00")
    known = store.clock.at
    first = week(store, as_of=known)
    store.clock.at += HOUR
    with store.write() as session:
        together.act(
            session, "20261102000001", "accept", {}, did_at=worktime.parse("2026-11-06T16:30:00+08:00")[0]
        )
    assert line(first, "合计").accepted.share == "0/1"
    assert line(week(store, as_of=known), "合计").accepted.share == "0/1"
    assert line(week(store), "合计").accepted.share == "1/1"


# who is overdue -------------------------------------------------------------------------------


def test_overdue_by_unit_adds_up_to_the_box_hidden_cases_too(store):
    for nth in (1, 2):
        order(store, f"2026110200000{nth}", f"2026-10-2{7 + nth}T09:00:00+08:00")
        steps(store, f"2026110200000{nth}", *BEGIN[:2])
    order(store, "20261102000003", "2026-10-28T09:00:00+08:00", place="没有这个地方")
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
    assert sum(row.overdue for row in found.loads) == int(found.boxes[3].value) == 4
    assert [(row.name, row.overdue, row.longest) for row in found.loads] == [
        ("房管所", 2, 2),
        ("无归属", 2, 2),
    ]


def test_every_unit_has_a_row_and_the_rows_add_up(store):
    order(store, "20261102000001", "2026-11-02T09:00:00+08:00")
    steps(store, "20261102000001", *WHOLE)
    order(store, "20261102000002", "2026-11-02T10:00:00+08:00")
    when(store, "2026-11-10T10:00:00+08:00")
    found = week(store)
    assert adds_up(found.units, found.total)
    assert [row.name for row in found.units] == ["房管所", "无归属"]


# hot spots ------------------------------------------------------------------------------------


def test_a_place_with_three_cases_in_four_weeks_is_hot_whatever_its_flats(store):
    for nth, day in enumerate(("10-14", "10-29", "11-03")):
        place = f"和溪五村 12 号 {nth + 1}01 室"
        order(store, f"2026110200000{nth}", f"2026-{day}T09:00:00+08:00", place=place)
    order(store, "20261102000005", "2026-11-03T10:00:00+08:00", place="和溪五村 13 号")
    when(store, "2026-11-09T09:00:00+08:00")
    (spot,) = week(store).hot_spots.rows
    assert (spot.place, spot.neighbourhood) == ("和溪五村 12 号", "和溪五村居委")
    assert (spot.types, spot.week, spot.weeks, spot.open) == ("物业管理 3", 1, 3, 3)
    assert week(store, week=46).hot_spots.rows == (), "nothing came in that week"


def test_a_hot_spot_needs_cases_that_count_within_four_weeks(store):
    for nth, day in enumerate(("10-11", "10-29", "11-03", "11-04")):
        order(store, f"2026110200000{nth}", f"2026-{day}T09:00:00+08:00")
    when(store, "2026-11-09T09:00:00+08:00")
    assert week(store).hot_spots.rows[0].weeks == 3, "the eleventh of October lies before"
    act(store, "20261102000003", "void", reason="登错")
    assert week(store).hot_spots.rows == ()


def test_hot_spots_of_an_earlier_cut_are_as_they_were_known(store):
    for nth in range(3):
        order(store, f"2026110200000{nth}", "2026-11-03T09:00:00+08:00")
    when(store, "2026-11-09T09:00:00+08:00")
    known = store.clock.at
    first = week(store, as_of=known).hot_spots
    assert len(first.rows) == 1
    store.clock.at += HOUR
    moved = {"place": "金桂新苑 27 号", "place_key": "jingui/27", "reason": "地址写错"}
    act(store, "20261102000000", "amend", **moved)
    assert week(store, as_of=known).hot_spots == first
    assert week(store).hot_spots.rows == ()


def test_fraud_alerts_make_no_hot_spot(store):
    for nth in range(3):
        order(
            store,
            f"F{nth}",
            "2026-11-03T09:00:00+08:00",
            source="anti_fraud_centre",
            type="fraud_alert",
            kind=None,
            alert_level="high",
            text="反诈预警：刷单",
        )
    when(store, "2026-11-09T09:00:00+08:00")
    assert week(store).hot_spots.rows == ()


@pytest.mark.pg
def test_the_week_is_the_same_on_postgresql(tmp_path, fresh_pg):
    found = []
    for url in (None, fresh_pg):
        made = make_store(tmp_path / f"store-{url is None}", url=url, clock=Clock())
        try:
            for nth in range(3):
                order(made, f"2026110200000{nth}", "2026-10-29T09:00:00+08:00")
            steps(made, "20261102000000", *WHOLE)
            order(made, "20261102000008", "2026-11-03T09:00:00+08:00", type="noise")
            steps(made, "20261102000008", "accept", "dispatch")
            act(made, "20261102000008", "escalate", level="leader", reason="多次反映")
            order(made, "20261102000009", "2026-11-04T09:00:00+08:00")
            when(made, "2026-11-09T09:00:00+08:00")
            known = made.clock.at
            made.clock.at += HOUR
            steps(made, "20261102000001", "accept")
            found.append((week(made), week(made, as_of=known)))
        finally:
            made.close()
    for here, there in zip(*found, strict=True):
        assert (here.checklist, here.loads, here.hot_spots) == (there.checklist, there.loads, there.hot_spots)
        assert (here.units, here.overdue, here.boxes) == (there.units, there.overdue, there.boxes)
    assert found[0][0].hot_spots.rows[0].weeks == 5
