"""Who is away, who stands in, what goes back to whom: nothing goes to a deputy silently."""

import pytest

from tests.run_cli import call, refused, run
from tests.stores import DAY, Clock, Refused, act, handled, log, make_store
from zq_grid import absences, catalogue, checking, entries, lists, people, reveals

AWAY, DEPUTY, THIRD = "w010", "w011", "w012"
# the clock of the stores stands at 2026-11-02
TODAY, LATER = "2026-11-02", "2026-11-06"


@pytest.fixture
def store(tmp_path):
    made = make_store(tmp_path / "store")
    yield made
    made.close()


def absent(store, worker=AWAY, deputy=DEPUTY, since=TODAY, until=LATER):
    with store.write() as session:
        return people.be_absent(session, worker, since=since, until=until, deputy=deputy)


def assign(store, number, worker=AWAY, **more):
    return act(store, number, "assign", worker=worker, **more).step.body


def person(store, code):
    with store.read() as session:
        return next(one for one in people.workers(session) if one.code == code)


def returns(store, worker=AWAY):
    with store.read() as session:
        return [row.number for row in people.returns(session, worker)]


def listed(store, **filters):
    with store.read() as session:
        found = lists.page(session, **filters)
        assert found.total == len(found.rows) == lists.count(session, **filters)
        walked = [row.number for part in lists.walk(session, size=2, **filters) for row in part]
        assert walked == [row.number for row in found.rows]
        return sorted(walked)


def test_an_absent_worker_is_given_nothing_before_somebody_says_who_does_it(store):
    number = log(store)
    absent(store)
    with pytest.raises(Refused) as refusal:
        assign(store, number)
    assert refusal.value.code == "worker_absent"
    with store.read() as session:
        named = session.catalogue.name("worker", DEPUTY)
    assert refusal.value.facts["deputy"] == named
    assert assign(store, number, deputy="yes") == {"worker": DEPUTY, "instead_of": AWAY}
    assert assign(store, number, deputy="no") == {"worker": AWAY}
    assert assign(store, number, worker=THIRD, deputy="yes") == {"worker": THIRD}


def test_an_absence_counts_on_its_days_only(store):
    number = log(store)
    absent(store, since="2026-11-03", until="2026-11-04")
    assert assign(store, number) == {"worker": AWAY}
    for day in (3, 4):
        store.clock.at = Clock().at + (day - 2) * DAY
        with pytest.raises(Refused):
            assign(store, number)
    store.clock.pass_(DAY)
    assert assign(store, number) == {"worker": AWAY}


def test_a_deputy_who_is_away_too_is_stood_in_for_and_a_circle_has_nobody(store):
    number = log(store)
    absent(store)
    absent(store, DEPUTY, THIRD)
    assert assign(store, number, deputy="yes") == {"worker": THIRD, "instead_of": AWAY}
    entry = {"code": "elsewhere", "worker": THIRD, "since": TODAY, "deputy": AWAY}
    with store.write() as session:  # as it would arrive from a station that knew nothing of the others
        catalogue.define(session, [("absence", "elsewhere", entry)])
    with pytest.raises(Refused) as refusal:
        assign(store, number, deputy="yes")
    assert (refusal.value.code, refusal.value.facts["deputy"]) == ("worker_absent", "—")


def test_the_deputys_list_shows_both_when_asked(store):
    mine, theirs, others = (log(store, order_number=f"2026110200000{n}") for n in (1, 2, 3))
    for number, worker in ((mine, DEPUTY), (theirs, AWAY), (others, THIRD)):
        assign(store, number, worker=worker)
    absent(store)
    assert listed(store, worker=DEPUTY) == [mine]
    for more in ({}, {"stage": "open"}, {"stage": "received", "type": "property_management"}):
        assert listed(store, worker=DEPUTY, with_deputies=True, **more) == [mine, theirs]
    assert listed(store, worker=THIRD, with_deputies=True) == [others]
    assert listed(store, with_deputies=True) == [mine, theirs, others]
    store.clock.pass_(7 * DAY)
    assert listed(store, worker=DEPUTY, with_deputies=True) == [mine]


def test_standing_in_gives_no_leave_to_export_the_others_callers(store):
    absent(store)
    store.actor = DEPUTY
    with store.write() as session:
        assert reveals.reveal_list(session, reason="核对", filters={"worker": DEPUTY}).count == 0
        with pytest.raises(Refused) as refusal:
            reveals.reveal_list(session, reason="核对", filters={"worker": DEPUTY, "with_deputies": True})
    assert refusal.value.code == "reveal_list"


def test_when_the_absence_ends_what_is_not_closed_is_listed_for_return(store):
    numbers = [handled(store, f"2026110200000{n}", upto="dispatch") for n in (1, 2, 3)]
    absent(store)
    for number in numbers:
        assign(store, number, deputy="yes")
    assign(store, numbers[1], worker=THIRD)
    act(store, numbers[2], "void", reason="误登记")
    assert returns(store) == [numbers[0]]
    assert person(store, AWAY).to_return == 0
    assert person(store, DEPUTY).stands_in_for == (AWAY,)
    with store.write() as session:
        ended = people.come_back(session, AWAY)
    assert (ended.worker, ended.deputy) == (AWAY, DEPUTY)
    assert (person(store, AWAY).to_return, person(store, AWAY).absence) == (1, None)
    assert assign(store, numbers[0]) == {"worker": AWAY}
    assert returns(store) == []
    assert list(checking.check(store, deep=True).findings) == []


def test_a_retracted_assignment_to_the_deputy_is_not_listed_for_return(store):
    number = log(store)
    absent(store)
    step = act(store, number, "assign", worker=AWAY, deputy="yes").step
    assert returns(store) == [number]
    act(store, number, "retract", step=step.id, reason="派错")
    assert returns(store) == []


def test_people_shows_cases_in_hand_and_who_left_with_some(store):
    numbers = [log(store, order_number=f"2026110200000{n}") for n in (1, 2)]
    for number in numbers:
        assign(store, number)
    assert (person(store, AWAY).open, person(store, AWAY).needs_handover) == (2, False)
    with store.write() as session:
        catalogue.retire(session, "worker", AWAY)
    found = person(store, AWAY)
    assert (found.left, found.open, found.needs_handover) == (True, 2, True)
    for number in numbers:
        assign(store, number, worker=DEPUTY)
    with store.read() as session:
        assert AWAY not in {one.code for one in people.workers(session)}
    assert person(store, DEPUTY).open == 2


@pytest.mark.parametrize(
    "wrong",
    [
        {"since": "2026-13-01"},
        {"since": "gestern"},
        {"since": "2026-11-06", "until": "2026-11-02"},
        {"until": "20261106"},
        {"deputy": AWAY},
    ],
)
def test_an_absence_that_makes_no_sense_is_refused(wrong):
    entry = {"code": "x", "worker": AWAY, "since": TODAY, "until": LATER, "deputy": DEPUTY, **wrong}
    with pytest.raises(Refused) as refusal:
        entries.check("absence", entry)
    assert refusal.value.code == "entry_invalid"


def test_an_absence_without_an_end_lasts_until_it_is_ended(store):
    absent(store, until="")
    store.clock.pass_(400 * DAY)
    with store.write() as session:
        found = absences.of_worker(session.catalogue, AWAY, session.now)
        assert found is not None
        assert not found.over(session.now)
        people.come_back(session, AWAY)
        assert absences.of_worker(session.catalogue, AWAY, session.now) is None
        with pytest.raises(Refused) as refusal:
            people.come_back(session, AWAY)
    assert refusal.value.code == "absence_none"


def code_of(store, *absence):
    with pytest.raises(Refused) as refusal:
        absent(store, *absence)
    return refusal.value.code


def test_nobody_is_away_twice_at_once_and_the_same_first_day_changes_an_absence(store):
    absent(store)
    for since, until in (("2026-11-06", ""), ("2026-10-20", "2026-11-02"), ("2026-11-03", "2026-11-04")):
        assert code_of(store, AWAY, THIRD, since, until) == "absence_overlaps"
    assert absent(store, until="2026-11-20").until == "2026-11-20"
    assert absent(store, since="2026-11-21", until="").since == "2026-11-21"
    assert code_of(store, AWAY, THIRD, "2027-05-01", "") == "absence_overlaps"


def test_deputies_may_have_deputies_as_long_as_somebody_is_there_in_the_end(store):
    absent(store)
    assert code_of(store, DEPUTY, AWAY, "2026-11-06", "2026-11-09") == "absence_circle"
    absent(store, DEPUTY, AWAY, "2026-11-07", "2026-11-09")
    absent(store, DEPUTY, THIRD, "2026-11-04", "2026-11-06")
    assert code_of(store, THIRD, AWAY, "2026-11-01", "") == "absence_circle"
    absent(store, THIRD, AWAY, "2026-10-01", "2026-11-03")


def test_the_workers_of_a_circle_are_named(store):
    absent(store)
    with pytest.raises(Refused) as refusal, store.write() as session:
        people.be_absent(session, DEPUTY, since=TODAY, deputy=AWAY)
    with store.read() as session:
        one, other = (session.catalogue.name("worker", code) for code in (DEPUTY, AWAY))
    assert refusal.value.facts["workers"] == f"{one} → {other} → {one}"


def test_an_absence_that_lies_ahead_is_cancelled_by_its_first_day(store):
    absent(store, since="2026-11-10", until="2026-11-20")
    with store.write() as session, pytest.raises(Refused) as refusal:
        people.come_back(session, AWAY)
    assert (refusal.value.code, refusal.value.facts["since"]) == ("absence_ahead", "2026-11-10")
    with store.write() as session:
        people.come_back(session, AWAY, since="2026-11-10")
    assert absent(store, since="2026-11-12", until="").since == "2026-11-12"


def test_a_file_can_not_define_what_the_command_refuses(tmp_path):
    data, file = tmp_path / "ws", tmp_path / "absences.toml"
    run(data, "init")
    rows = [(AWAY, DEPUTY), (DEPUTY, AWAY)]
    file.write_text(
        "".join(
            f'[[absence]]\ncode = "{one}-x"\nworker = "{one}"\ndeputy = "{other}"\nsince = "{TODAY}"\n'
            for one, other in rows
        ),
        "utf-8",
    )
    assert refused(data, "define", "absence", str(file))["refused"] == "absence_circle"
    assert run(data, "catalogue", "absence")["entries"] == []


def test_ending_an_absence_takes_nothing_else_and_a_reason_alone_enters_none(tmp_path):
    data = tmp_path / "ws"
    run(data, "init")
    run(data, "absence", AWAY, "--deputy", DEPUTY)
    for wrong in (("--end", "--until", LATER), ("--end", "--deputy", THIRD), ("--reason", "病假")):
        assert refused(data, "absence", AWAY, *wrong)["refused"] == "wrong_use"
    assert "同一首日" in refused(data, "absence", AWAY, "--since", "2040-01-01", "--deputy", THIRD)["reason"]


def test_the_commands_enter_show_and_end_an_absence(tmp_path):
    data, now = tmp_path / "ws", ("--now", "2026-11-02T09:00:00+08:00")
    run(data, "init", "--practice", options=now)
    first = (
        "log",
        "--type",
        "noise",
        "--place",
        "和溪五村 12 号",
        "--text",
        "吵",
        "--order",
        "20261102000001",
    )
    run(data, *first, options=now)
    made = run(data, "absence", AWAY, "--deputy", DEPUTY, "--until", LATER, options=now)
    assert (made["absence"]["since"], made["absence"]["until"]) == (TODAY, LATER)
    told = ("act", "20261102000001", "assign", "--field", f"worker={AWAY}")
    said = refused(data, *told, options=now)
    assert (said["refused"], "deputy=yes" in said["reason"]) == ("worker_absent", True)
    run(data, *told, "--field", "deputy=yes", options=now)
    shown = run(data, "absence", AWAY, options=now)
    assert [one["number"] for one in shown["to_return"]] == ["20261102000001"]
    found = {one["code"]: one for one in run(data, "people", options=now)["workers"]}
    assert (found[AWAY]["absent"]["deputy"], found[DEPUTY]["open"]) == (DEPUTY, 1)
    assert run(data, "absence", AWAY, "--end", options=now)["ended"]
    assert refused(data, "absence", AWAY, "--end", options=now)["refused"] == "absence_none"
    assert refused(data, "absence", AWAY, "--since", TODAY, options=now)["refused"] == "wrong_use"
    assert "待收回 20261102000001" in call(data, "absence", AWAY, options=now).out
    assert "在岗" in call(data, "people", options=now).out


@pytest.mark.pg
def test_on_a_shared_server_it_is_the_same(tmp_path, fresh_pg):
    store = make_store(tmp_path / "store", url=fresh_pg, clock=Clock())
    number = log(store)
    absent(store)
    assign(store, number, deputy="yes")
    assert (returns(store), person(store, DEPUTY).open) == ([number], 1)
    assert listed(store, worker=DEPUTY, with_deputies=True) == [number]
    store.close()
