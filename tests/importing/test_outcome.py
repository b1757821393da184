import pytest
from sqlalchemy import select

from db.tables import CASES
from tests.importing.practice import HEADER, ROW, Town, body, counts, reminding, second
from zq_grid import catalogue, rates
from zq_grid.importing.outcome import NOT_TOLD
from zq_grid.importing.units import Units

NUMBER = ROW[0]


@pytest.fixture
def town(tmp_path):
    town = Town(tmp_path)
    yield town
    town.workspace.close()


OUTCOME = [
    "处理完成时间",
    "结案时间",
    "解决情况",
    "先行联系",
    "综合满意度",
    "回访时间",
    "答复要点",
    "主办单位",
]
WHOLE = ["2026-10-22 15:00:00", "2026-10-23", "实际解决", "是", "满意", "2026-10-24", "已修好", "房管所"]


OF_OUTCOME = ("result", "verdict", "contact", "satisfaction", "visited_at", "reply")


def said(step):
    return (step.kind, step.did_at, step.body.get("precision", "second"))


def test_a_closing_that_is_told_whole_becomes_steps_at_its_own_times(town):
    town.take([*HEADER, *OUTCOME], [*ROW, *WHOLE])
    done = town.steps(NUMBER)
    assert [said(step) for step in done[1:]] == [
        ("accept", second("2026-10-20"), "day"),
        ("contact", second("2026-10-20"), "day"),
        ("handle", second("2026-10-22T15:00:00+08:00"), "second"),
        ("submit", second("2026-10-22T15:00:00+08:00"), "second"),
        ("close", second("2026-10-23"), "day"),
        ("visit", second("2026-10-24"), "day"),
    ]
    bodies = {step.kind: step.body for step in done}
    assert bodies["handle"]["result"] == "实际解决"
    assert bodies["close"] == {
        "verdict": "solved",
        "platform": "yes",
        "to_complete": "yes",
        "reply": "已修好",
        "precision": "day",
    }
    assert bodies["contact"] == {"reached": "yes", "channel": "platform", "precision": "day"}
    assert bodies["visit"]["by"] == "centre"
    assert bodies["log"]["extra"] == {"unit": "房管所"}
    assert town.case(NUMBER).flags == []
    assert town.column(select(CASES.c.stage)) == ["closed"]
    assert town.column(select(CASES.c.incomplete)) == [2]


CLOSED = ["accept", "handle", "submit", "close"]
OPEN = ["accept", "contact", "handle", "submit"]


@pytest.mark.parametrize(
    ("cells", "kinds", "kept"),
    [
        ({}, ["accept", "contact", "handle", "submit", "close", "visit"], set()),
        ({"先行联系": "", "综合满意度": "", "回访时间": ""}, CLOSED, set()),
        ({"先行联系": "未评价", "综合满意度": ""}, ["accept", "contact", *CLOSED[1:]], {"visited_at"}),
        ({"结案时间": ""}, [*OPEN, "visit"], {"verdict", "reply"}),
        ({"结案时间": "", "先行联系": "否"}, ["accept", *OPEN[2:], "visit"], {"verdict", "reply", "contact"}),
        ({"结案时间": "", "处理完成时间": ""}, ["contact"], None),
        ({"解决情况": "办了"}, ["accept", "contact", *CLOSED[1:], "visit"], set()),
        ({"解决情况": ""}, ["accept", "contact", *CLOSED[1:], "visit"], set()),
        ({"结案时间": "2026-12-23"}, [*OPEN, "visit"], {"closed_at", "verdict", "reply"}),
        ({"结案时间": "2026-10-19"}, [*OPEN, "visit"], {"closed_at", "verdict", "reply"}),
        ({"处理完成时间": "2026-10-01", "先行联系": ""}, [*CLOSED, "visit"], {"submitted_at"}),
        ({"答复要点": "长" * 4001, "先行联系": ""}, [*CLOSED, "visit"], {"reply"}),
    ],
)
def test_only_what_is_told_with_a_sound_time_is_written_and_the_rest_is_kept(town, cells, kinds, kept):
    outcome = [cells.get(name, cell) for name, cell in zip(OUTCOME, WHOLE, strict=True)]
    town.take([*HEADER, *OUTCOME], [*ROW, *outcome])
    assert town.kinds(NUMBER) == ["log", *kinds]
    left = set(body(town)["extra"])
    assert left == {"unit"} | (kept if kept is not None else {*OF_OUTCOME} - {"contact"})
    assert town.case(NUMBER).flags == []
    assert counts(town.take([*HEADER, *OUTCOME], [*ROW, *outcome])) == (0, 0, 1, 0, 0)


def test_a_closing_that_comes_with_a_later_file_closes_what_is_open_here(town):
    town.take(HEADER, ROW)
    for kind, facts in (("accept", {}), ("contact", {"reached": "yes", "person": "本人"})):
        town.act(NUMBER, kind, facts)
    done = town.take([*HEADER, *OUTCOME], [*ROW, *WHOLE])
    assert counts(done) == (0, 1, 0, 0, 0)
    assert town.kinds(NUMBER) == ["log", "accept", "contact", "handle", "submit", "close", "visit"]
    assert town.case(NUMBER).flags == []
    assert counts(town.take([*HEADER, *OUTCOME], [*ROW, *WHOLE])) == (0, 0, 1, 0, 0)


def test_a_case_that_was_reopened_here_is_not_closed_by_the_old_file(town):
    town.take([*HEADER, *OUTCOME], [*ROW, *WHOLE])
    town.act(NUMBER, "reopen", {"reason": "市民不满意"})
    assert counts(town.take([*HEADER, *OUTCOME], [*ROW, *WHOLE])) == (0, 0, 1, 0, 0)


def test_a_closed_reminder_is_linked_before_it_is_closed(town):
    row = [*reminding("20261021000001", NUMBER), *WHOLE]
    row[1] = "2026-10-21 08:00:00"
    town.take([*HEADER, *OUTCOME], [*ROW, *[""] * 8], row)
    assert town.kinds("20261021000001")[:3] == ["log", "link", "accept"]
    assert town.case("20261021000001").flags == []


# by whom, and how far


DISPATCHED = [*HEADER, "派遣时间", "接单时间", "主办单位"]


def test_an_order_dispatched_elsewhere_is_with_its_unit_here(town):
    town.take(DISPATCHED, [*ROW, "2026-10-20 10:00:00", "2026-10-20 10:30:00", "网格中心"])
    done = town.steps(NUMBER)
    assert [said(step) for step in done[1:]] == [
        ("accept", second("2026-10-20T10:30:00+08:00"), "second"),
        # the unit can't have had it before the town
        ("dispatch", second("2026-10-20T10:30:00+08:00"), "second"),
    ]
    assert (town.case(NUMBER).get("unit"), town.case(NUMBER).stage) == ("centre", "dispatched")
    assert "extra" not in body(town)
    assert counts(town.take(DISPATCHED, [*ROW, "2026-10-20 10:00:00", "", "网格中心"])) == (0, 0, 1, 0, 0)


@pytest.mark.parametrize("cells", [("2026-10-20 10:00:00", "外区某局"), ("", "网格中心")])
def test_a_unit_that_is_not_ours_or_that_got_the_order_nobody_knows_when_is_kept(town, cells):
    town.take([*HEADER, "派遣时间", "主办单位"], [*ROW, *cells])
    assert town.kinds(NUMBER) == ["log"]
    assert body(town)["extra"] == {"unit": cells[1]}


def test_a_word_that_two_units_share_names_neither(town):
    entries = [("unit", code, {"name": name, "short": "一中队", "league": "station"}) for code, name in UNITS]
    with town.workspace.write() as session:
        catalogue.define(session, entries)
    with town.workspace.read() as session:
        units = Units(session)
    assert [units.code(said) for said in ("一中队", "城管（一）", "城管(一)", "")] == ["", "x-1", "x-1", ""]


UNITS = (("x-1", "城管（一）"), ("x-2", "城管（二）"))


def test_a_closing_without_a_verdict_is_counted_for_no_verdict_until_it_is_told(town):
    header = [*HEADER, "结案时间", "解决情况"]
    town.take(header, [*ROW, "2026-10-23 10:00:00", ""])
    assert town.column(select(CASES.c.incomplete)) == [2]
    assert [step.body.get("result") for step in town.steps(NUMBER) if step.kind == "handle"] == [NOT_TOLD]
    (rate,) = resolution(town)
    assert (rate.denominator, rate.excluded) == (0, {"no_verdict": 1})
    assert counts(town.take(header, [*ROW, "2026-10-23 10:00:00", "解释说明"])) == (0, 1, 0, 0, 0)
    assert town.kinds(NUMBER)[-1] == "amend"
    (rate,) = resolution(town)
    assert (rate.numerator, rate.denominator, rate.excluded) == (0, 1, {})
    assert counts(town.take(header, [*ROW, "2026-10-23 10:00:00", "解释说明"])) == (0, 0, 1, 0, 0)


def resolution(town):
    with town.workspace.read() as session:
        found = rates.rates(session, start=second("2026-10-19"), end=second("2026-10-26"))
    return [one for one in found if one.key == "actual_resolution"]


def test_what_a_closing_elsewhere_lacks_can_be_filled_in_afterwards(town):
    header = [*HEADER, "结案时间", "解决情况"]
    town.take(header, [*ROW, "2026-10-23 10:00:00", "实际解决"])
    town.act(NUMBER, "contact", {"reached": "yes", "person": "本人"})
    town.act(NUMBER, "attend", {"who": "张三", "findings": "属实"})
    facts = {
        "fact_finding": "true",
        "claim_finding": "reasonable",
        "conclusion": "已修好",
        "grid": "hexi5-02",
    }
    town.act(NUMBER, "amend", {**facts, "reply": "已修好", "reply_channel": "phone"})
    assert (town.case(NUMBER).stage, town.case(NUMBER).flags) == ("closed", [])
    assert town.column(select(CASES.c.incomplete)) == [0]


# results that come later


CLOSED_ROW = [*HEADER, "结案时间", "解决情况", "先行联系", "综合满意度"]


def closed(town, *cells, number=NUMBER):
    """Import an order closed elsewhere with these results."""
    return town.take(CLOSED_ROW, [number, *ROW[1:], "2026-10-23 10:00:00", *cells])


def test_results_that_a_later_export_brings_become_the_missing_steps(town):
    closed(town, "解释说明", "", "")
    assert counts(closed(town, "解释说明", "是", "满意")) == (0, 1, 0, 0, 0)
    assert town.kinds(NUMBER)[-2:] == ["contact", "visit"]
    assert town.case(NUMBER).flags == []
    before = town.everything()
    assert counts(closed(town, "解释说明", "是", "满意")) == (0, 0, 1, 0, 0)
    assert town.everything() == before


@pytest.mark.parametrize(
    ("cells", "difference"),
    [
        (("实际解决", "是", "满意"), ("verdict", "explained", "solved")),
        (("解释说明", "否", "满意"), ("contact", "yes", "no")),
        (("解释说明", "是", "不满意"), ("satisfaction", "satisfied", "dissatisfied")),
    ],
)
def test_a_result_that_contradicts_what_is_known_here_is_asked_and_answered(town, cells, difference):
    closed(town, "解释说明", "是", "满意")
    before = town.everything()
    done = closed(town, *cells)
    assert (counts(done), done.asked[0].differences) == ((0, 0, 0, 1, 0), (difference,))
    assert town.everything() == before
    row = [*ROW, "2026-10-23 10:00:00", *cells]
    theirs = town.take_answered(CLOSED_ROW, row, answers={f"12345-{NUMBER}": "theirs"})
    assert (counts(theirs), theirs.problems) == ((0, 1, 0, 0, 0), ())
    state, field = town.case(NUMBER), difference[0]
    current = state.rounds[0]
    now = {
        "verdict": state.closing("verdict"),
        "contact": current.contacts[0].body["reached"],
        "satisfaction": current.visits[0].body["satisfaction"],
    }
    assert now == {"verdict": "explained", "contact": "yes", "satisfaction": "satisfied"} | {
        field: difference[2]
    }
    assert (state.flags, len(current.contacts), len(current.visits)) == ([], 1, 1)
    # neither of the two files asks again
    assert counts(closed(town, *cells)) == (0, 0, 1, 0, 0)
    assert counts(closed(town, "解释说明", "是", "满意")) == (0, 0, 1, 0, 0)
    town.take_back(theirs.batch)
    assert town.case(NUMBER).closing("verdict") == "explained"
    assert [step.body["satisfaction"] for step in town.case(NUMBER).rounds[0].visits] == ["satisfied"]


def test_a_closing_of_the_next_round_is_told_apart_from_the_first(town):
    closed(town, "解释说明", "是", "不满意")
    town.act(NUMBER, "reopen", {"reason": "市民不满意"})
    assert counts(closed(town, "解释说明", "是", "不满意")) == (0, 0, 1, 0, 0)
    town.later(40 * 3600)
    row = [*ROW, "2026-11-03 10:00:00", "实际解决", "是", "满意"]
    assert counts(town.take(CLOSED_ROW, row)) == (0, 1, 0, 0, 0)
    assert [said(step)[0] for step in town.steps(NUMBER)[-4:]] == ["handle", "submit", "close", "visit"]
    state = town.case(NUMBER)
    assert (state.stage, len(state.rounds), state.flags) == ("closed", 2, [])
    assert (state.closing("verdict", 0), state.closing("verdict", 1)) == ("explained", "solved")
    assert counts(town.take(CLOSED_ROW, row)) == (0, 0, 1, 0, 0)


def test_a_result_that_a_person_took_back_is_not_written_again(town):
    closed(town, "解释说明", "是", "满意")
    visit = town.steps(NUMBER)[-1]
    town.act(NUMBER, "retract", {"step": visit.id, "reason": "录错"})
    assert counts(closed(town, "解释说明", "是", "满意")) == (0, 0, 1, 0, 0)


def test_of_an_order_of_which_nobody_knows_when_it_arrived_no_contact_can_be_dated(town):
    header, row = [*HEADER, "先行联系"], [*ROW, "是"]
    row[1] = ""
    assert counts(town.take(header, row)) == (1, 0, 0, 0, 0)
    assert (town.kinds(NUMBER), body(town)["extra"]) == (["log"], {"contact": "yes"})
    assert counts(town.take(header, row)) == (0, 0, 1, 0, 0)
