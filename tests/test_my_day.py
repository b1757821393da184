"""My day: every box counts exactly the cases of its list, for whoever looks, on both engines."""

import pytest

from tests.run_cli import refused, run
from tests.stores import DAY, HOUR, act, handled, log, make_store, numbers, reopen
from zq_grid import bulletin, catalogue, kept, lists, my_day, printed
from zq_grid.errors import Refused
from zq_grid.rate_board import FOUR
from zq_grid.rules import worktime


@pytest.fixture(params=["file", "server"])
def town(request, tmp_path):
    """A town in which everything that a box counts happens."""
    url = request.getfixturevalue("fresh_pg") if request.param == "server" else None
    made = make_store(tmp_path / "ws", url=url)
    given = numbers()
    said = {"received": next(given), "accepted": next(given), "dispatched": next(given)}
    log(made, order_number=said["received"])
    log(made, order_number=said["accepted"])
    act(made, said["accepted"], "accept")
    for name, upto in (("dispatched", "dispatch"), ("signed", "sign"), ("submitted", "submit")):
        said[name] = said.get(name) or next(given)
        handled(made, said[name], upto)
    for name in ("visited", "bad", "again"):
        said[name] = closed(made, next(given))
    visit(made, said["visited"], "satisfied")
    visit(made, said["bad"], "dissatisfied")
    visit(made, said["again"], "dissatisfied")
    act(made, said["again"], "reopen", reason="不满意")
    said["to_visit"] = closed(made, next(given))
    said["extension"] = handled(made, next(given), "sign")
    act(made, said["extension"], "ask_extension", days="5", reason="配件未到")
    said["return"] = handled(made, next(given), "dispatch")
    act(made, said["return"], "return", to="centre", reason="不是我方职责")
    yield made, said
    made.close()


CLOSING = {
    "verdict": "solved",
    "fact_finding": "true",
    "claim_finding": "reasonable",
    "reply": "已修好",
    "reply_channel": "phone",
    "conclusion": "已办结",
}


def closed(workspace, number):
    handled(workspace, number)
    act(workspace, number, "close", **CLOSING)
    return number


def visit(workspace, number, satisfaction):
    words = {} if satisfaction == "satisfied" else {"words": "没有修好"}
    act(workspace, number, "visit", by="centre", channel="phone", satisfaction=satisfaction, **words)


def day_of(workspace, actor=None, **how):
    workspace.actor = actor or workspace.actor
    with workspace.read() as session:
        return my_day.day(session, **how)


def box(day, key):
    return next(one for one in day.boxes if one.key == key)


def listed(workspace, **filters):
    with workspace.read() as session:
        return [row.number for row in lists.page(session, limit=1000, **filters).rows]


def test_every_box_counts_the_cases_that_its_door_opens(town):
    made, _said = town
    for actor in ("w001", "w004", "w033"):
        for scope in ("town", "place", "mine"):
            day = day_of(made, actor, scope=scope)
            for one in day.boxes:
                assert one.count == len(listed(made, **one.filters)), (actor, scope, one.key)


def test_each_condition_of_a_case_is_in_its_box(town):
    made, said = town
    day = day_of(made)
    found = {one.key: set(listed(made, **one.filters)) for one in day.boxes}
    assert found["to_accept"] == {said["received"]}
    assert found["to_dispatch"] == {said["accepted"]}
    assert found["asks"] == {said["extension"], said["return"]}
    assert box(day, "asks").parts == {"extension": 1, "return": 1}
    assert found["to_visit"] == {said["to_visit"]}
    assert found["to_review"] == {said["bad"]}, "one that is handled again is no longer to review"
    assert listed(made, stage="open", owes="contact") == [
        one
        for one in listed(made, stage="open")
        if one in {said["received"], said["accepted"], said["again"]}
    ]


def test_a_ruling_and_its_undoing_leave_and_fill_the_box(town):
    made, said = town
    act(made, said["return"], "rule_return", upheld="yes")
    ruled = act(made, said["extension"], "refuse_extension", reason="理由不足")
    assert listed(made, asks="any") == []
    act(made, said["extension"], "retract", step=ruled.step.id, reason="误点")
    assert listed(made, asks="any") == [said["extension"]]
    act(made, said["extension"], "withdraw", reason="市民撤回")
    assert listed(made, asks="any") == [], "nobody rules on a case that is gone"
    act(made, said["visited"], "exclude", indicator="satisfaction", reason="重复", document="1号")
    assert listed(made, asks="exclusion") == [said["visited"]], "an exclusion is asked of closed cases too"
    act(made, said["visited"], "approve_exclusion", indicator="satisfaction")
    assert listed(made, asks="any") == []


def test_the_centre_sees_what_the_centre_does_and_a_worker_what_the_unit_does(town):
    made, said = town
    centre = day_of(made, "w004", waiting=True)
    steps = {one.case.number: one.step for one in centre.doing}
    assert steps[said["received"]] == "accept"
    assert steps[said["accepted"]] == "dispatch"
    assert steps[said["submitted"]] == "close"
    assert steps[said["to_visit"]] == "visit"
    waits = {one.case.number: one.step for one in centre.waiting}
    assert waits[said["dispatched"]] == "sign"
    assert not waits.keys() & steps.keys()
    assert centre.open == len(listed(made, stage="open"))
    assert centre.waiting_total == len(waits)
    for number in (said["signed"], said["again"]):
        act(made, number, "assign", worker="w033")
    worker = day_of(made, "w033", scope="mine")
    assert {one.case.number: one.step for one in worker.doing} == {
        said["signed"]: "handle",
        said["again"]: "contact",
    }


def test_a_supervisor_sees_rulings_and_what_lies_late_with_others(town):
    made, said = town
    first = {one.case.number: one.step for one in day_of(made).doing}
    assert first[said["extension"]] == "grant_extension"
    assert first[said["return"]] == "rule_return"
    assert first[said["bad"]] == "reopen"
    made.clock.pass_(15 * DAY)
    day = day_of(made)
    late = [one for one in day.doing if one.step == "supervise"]
    assert said["dispatched"] in {one.case.number for one in late}
    assert day.doing[0].step == "supervise"
    assert box(day, "overdue").count == len(listed(made, due_until=made.clock()))


def test_due_today_ends_at_midnight(town):
    made, _said = town
    due = set(listed(made, due_since=made.clock(), due_until=made.clock() + HOUR))
    day = day_of(made)
    assert due <= set(listed(made, **box(day, "due_today").filters))
    made.clock.pass_(DAY)
    assert not due & set(listed(made, **box(day_of(made), "due_today").filters))


def test_a_bad_answer_older_than_thirty_days_is_no_longer_proposed(town):
    made, _said = town
    made.clock.pass_(31 * DAY)
    assert listed(made, to_review=True) == []


def test_the_rates_of_a_week_are_those_of_ones_own_place(town):
    made, _said = town
    with made.read() as session:
        whole = my_day.four(session)
        assert set(whole.rates) == set(FOUR)
        assert whole.rates["satisfaction"].denominator == 3
        assert my_day.four(session, back=1).rates["satisfaction"].denominator == 0
    made.actor = "w033"
    with made.read() as session:
        assert my_day.scopes(session)["place"] == {"neighbourhood": "hexi5"}
        assert my_day.four(session).rates["satisfaction"].denominator == 3
    made.actor = "w049"  # of a village where nothing happened
    with made.read() as session:
        assert my_day.four(session).rates == {}


def test_the_bulletin_of_last_week_is_known_to_be_out_once_it_is_printed(town):
    made, _said = town
    with made.write() as session:
        assert my_day.bulletin_out(session) is None
        how = {"kind": "weekly", "way": "print", "pages": 7, "cut": "x", "profile": "default"}
        printed.note(session, what="2026-W44", **how)
        assert my_day.bulletin_out(session) == session.now
        assert kept.under(session, printed.PREFIX)


def test_a_word_that_no_ruling_or_promise_has_is_refused(town):
    made, _said = town
    for filters in ({"asks": "money"}, {"owes": "smile"}):
        with made.read() as session, pytest.raises(Refused) as told:
            lists.count(session, **filters)
        assert told.value.code == "filter_unknown"


def test_the_command_line_lists_what_waits_for_a_ruling(tmp_path):
    made = make_store(tmp_path / "ws")
    number = handled(made, "20261102000001", "sign")
    act(made, number, "ask_extension", days="5", reason="配件未到")
    made.close()
    assert [one["number"] for one in run(tmp_path / "ws", "list", "--asks", "extension")["cases"]] == [number]
    assert run(tmp_path / "ws", "list", "--owes", "sign")["total"] == 0
    assert run(tmp_path / "ws", "list", "--to-review")["total"] == 0
    refused(tmp_path / "ws", "list", "--asks", "money")


@pytest.fixture
def two_stations(tmp_path, fresh_pg):
    """A town whose second station shares the store: there a station is who writes."""
    store = make_store(tmp_path / "ws", url=fresh_pg)
    assert my_day_of(store) is None  # a town of one station waits for nobody
    with store.write() as session:
        catalogue.define(session, [("station", "east", {"code": "east", "name": "东片站"})])
    yield store, fresh_pg
    store.close()


def my_day_of(store):
    with store.read() as session:
        return my_day.unreported(session)


def test_a_station_of_which_nothing_came_this_week_is_named_to_the_supervisor_and_in_the_paper(
    two_stations, tmp_path
):
    store, url = two_stations
    assert my_day_of(store) == ("东片站",)
    with store.read() as session:
        year, week, _ = worktime.day_of(store.clock()).isocalendar()
        assert bulletin.week(session, year=year, week=week).cut.missing == ("东片站",)
    other = reopen(tmp_path / "east", store.clock, url)
    other.station = "east"
    log(other)
    other.close()
    assert my_day_of(store) == ()
    with store.read() as session:
        assert bulletin.week(session, year=year, week=week).cut.missing == ()
    store.clock.pass_(7 * DAY)
    assert my_day_of(store) == ("东片站",)


def test_a_worker_is_not_told_which_stations_are_silent(two_stations):
    store, _url = two_stations
    store.actor = next(code for code, one in workers(store).items() if one["roles"] == ["grid_worker"])
    assert my_day_of(store) is None


def workers(store):
    with store.read() as session:
        return session.catalogue.current("worker")
