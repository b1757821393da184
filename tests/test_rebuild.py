"""Summaries are what the steps add up to: dropped and read from the log again, they are the same to the byte."""

import json
import random

import pytest

from tests import stores
from tests.random_histories import calendar_2027, histories
from tests.stores import DAY, HOUR, MINUTE, ORDER, act, dump, handled, log, make_store
from zq_grid import cases, catalogue, practice, projection, rebuilding, together
from zq_grid.progress import Progress
from zq_grid.rules import worktime

SHORT, LONG = range(4), range(4, 80)


def rebuilt(workspace):
    with workspace.write() as session:
        rebuilding.rebuild(session, Progress())
    return dump(workspace)


def same(workspace):
    """Say where summaries and log part; nothing for a store that is as it should be."""
    before = dump(workspace)
    after = rebuilt(workspace)
    return {
        name: sorted(set(before[name]) ^ set(after[name]), key=repr)
        for name in before
        if before[name] != after[name]
    }


@pytest.fixture
def store(tmp_path):
    workspace = make_store(tmp_path / "store")
    yield workspace
    workspace.close()


def define(workspace, kind, code, entry):
    with workspace.write() as session:
        steps = catalogue.define(session, [(kind, code, entry)])
        return rebuilding.renew_for_catalogue(session, steps)


def current(workspace, kind, code):
    with workspace.read() as session:
        return dict(session.catalogue.with_places(session.db).get(kind, code))


def calendar(version=1):
    entry = calendar_2027(stores.MONDAY, version)["body"]["entry"]
    return "calendar", "2027", {**entry, "code": "2027"}


# random lives of many cases -------------------------------------------------------------------


def lived(workspace, seed, *, together_in_one):
    """Replay random histories, arrivals out of order: in one transaction, or as many acts after each other."""
    lines, _ = histories(seed, 40, "2026-11-20" if seed % 2 else "2026-08-24")
    if together_in_one:
        with workspace.write() as session:
            assert practice.replay(session, lines).steps > 200
        return
    die = random.Random(seed)
    told: dict[str, str] = {}
    for line in map(json.loads, lines):
        if any("@" in str(value) for value in line["body"].values()):
            continue  # a reference to another line means nothing when it is told alone
        line["number"] = told.get(line["number"], line["number"])
        if die.random() < 0.2:
            line["recorded_at"] = line["at"]  # the same second again, or an earlier one
        with workspace.write() as session:
            told |= practice.replay(session, [json.dumps(line)]).numbers


@pytest.mark.parametrize("seed", SHORT)
def test_random_lives_rebuild_to_the_byte(store, seed):
    lived(store, seed, together_in_one=seed < 2)
    assert same(store) == {}


@pytest.mark.long
@pytest.mark.parametrize("seed", LONG)
def test_many_random_lives_rebuild_to_the_byte(store, seed):
    lived(store, seed, together_in_one=seed % 3 == 0)
    assert same(store) == {}


def test_random_lives_rebuild_to_the_byte_on_a_server(tmp_path, fresh_pg):
    workspace = make_store(tmp_path / "store", url=fresh_pg)
    lived(workspace, 1, together_in_one=True)
    assert same(workspace) == {}
    workspace.close()


def test_both_engines_hold_the_same_summaries(store, tmp_path, fresh_pg):
    served = make_store(tmp_path / "served", url=fresh_pg)
    lines, _ = histories(5, 12, "2026-11-20")
    for workspace in (store, served):
        with workspace.write() as session:
            practice.replay(session, lines)
    here, there = dump(store), dump(served)
    # an entry's JSON and the numbers of subjects depend on nothing else
    assert here == there
    served.close()


# calendars ------------------------------------------------------------------------------------


def due(workspace, number, kind="close"):
    with workspace.transaction(write=False) as db:
        row = db.exec_driver_sql(
            "SELECT k.due, k.ours, k.provisional FROM clocks k JOIN cases c ON c.subject = k.subject"
            f" WHERE c.number = '{number}' AND k.kind = '{kind}' AND k.round = 1"
        ).one()
    return worktime.to_text(row.due)[:10], row.ours and worktime.to_text(row.ours)[:10], row.provisional


def test_a_calendar_entered_late_moves_open_provisional_limits_and_no_passed_one(store):
    at = lambda day: worktime.parse(f"{day}T09:00:00+08:00")[0]  # noqa: E731
    store.clock.at = at("2026-12-28")
    log(store, order_number="20261228000001")
    store.clock.at = at("2027-01-05")
    log(store, order_number="20270105000001")
    log(store, order_number="20270105000002", platform_due="2027-01-20")
    log(store, order_number="20270105000003", anonymous="yes", platform_due="2027-01-08")
    log(store, order_number="20270105000004", kind="thanks")
    gone = log(store, order_number="20270105000005")
    act(store, gone, "retract", step=first_step(store, gone), reason="记错")
    store.clock.at = at("2027-01-06")
    assert due(store, "20261228000001") == ("2027-01-04", "2027-01-04", 1)
    assert due(store, "20270105000001") == ("2027-01-12", "2027-01-12", 1)
    assert define(store, *calendar()) > 0
    assert due(store, "20261228000001") == ("2027-01-04", "2027-01-04", 1)
    assert due(store, "20270105000001") == ("2027-01-11", "2027-01-11", 0)
    assert due(store, "20270105000002") == ("2027-01-20", "2027-01-11", 0)
    assert same(store) == {}


def first_step(workspace, number):
    with workspace.read() as session:
        return cases.show(session, number)[1].steps[0].id


def test_changed_office_hours_hold_for_what_begins_after_them(store):
    log(store, order_number="20261102000001")
    before = dump(store)["clocks"]
    store.clock.pass_(HOUR)
    hours = current(store, "office", "hours")
    define(store, "office", "hours", {**hours, "hours": [{"from": "10:00", "to": "11:00"}]})
    assert dump(store)["clocks"] == before
    log(store, order_number="20261102000002")
    first, second = (due(store, f"2026110200000{n}", "accept")[0] for n in (1, 2))
    assert (first, second) == ("2026-11-02", "2026-11-05")
    assert same(store) == {}


def test_entries_that_cases_named_before_anybody_defined_them(store):
    with store.write() as session:
        # as it would come from another station, whose catalogue is ahead
        cases.log(
            session, {**ORDER, "neighbourhood": "xincun", "order_number": "20261102000001"}, strict=False
        )
    store.clock.pass_(DAY)
    define(store, "neighbourhood", "xincun", {"code": "xincun", "name": "新村", "area": "a1"})
    store.clock.pass_(DAY)
    define(store, "type", "noise", {**current(store, "type", "noise"), "name": "噪声"})
    limits = current(store, "limits", "general")
    define(store, "limits", "general", {**limits, "contact": {"rule": "elapsed_hours", "n": 1}})
    assert same(store) == {}


def test_a_look_back_that_was_taken_before_the_places_were_read_knows_them_too(store):
    began = store.clock()
    store.clock.pass_(DAY)
    define(store, *calendar())
    again = stores.reopen_as_is(store)
    with again.read() as session:
        assert session.catalogue.known(began).versions("grid", "hexi5-02") == []
        session.catalogue.with_places(session.db)
        assert len(session.catalogue.known(began).versions("grid", "hexi5-02")) == 1
        assert session.catalogue.known(began).versions("calendar", "2027") == []
    again.close()


# what falls together, comes late, or names what is not there ------------------------------------


def test_there_and_back_within_one_second_leaves_no_trace_in_the_versions(store):
    number = handled(store, "20261102000001")
    store.clock.pass_(HOUR)
    done = act(store, number, "exclude", indicator="all", reason="重复")
    act(store, number, "approve_exclusion")
    act(store, number, "retract", step=done.step.id, reason="记错")
    assert same(store) == {}


def test_a_step_that_arrives_late_changes_what_was_known_from_then_on_only(store):
    number = handled(store, "20261102000001")
    store.clock.pass_(2 * DAY)
    act(store, number, "assign", worker="w001")
    store.clock.pass_(-DAY)  # a clock set back is how a practice store learns of the past
    act(store, number, "assign", worker="w002")
    store.clock.pass_(3 * DAY)
    act(store, number, "transfer", unit="police", reason="不属本单位")
    assert same(store) == {}


def test_split_cases_and_a_split_taken_back_whole(store):
    number = handled(store, "20261102000001", "handle")
    done = act(store, number, "split", sub_cases=["housing", "police"])
    assert len(done.made) == 2
    assert same(store) == {}
    store.clock.pass_(MINUTE)
    act(store, number, "retract", step=done.step.id, reason="不必拆分")
    assert stores.count(store, "cases") == 1
    assert same(store) == {}


def test_a_case_merged_into_one_that_arrives_later_finds_it(store):
    number = handled(store, "20261102000001", "handle")
    with store.write() as session:
        subject = cases.find(session, number)
        one = cases.draft(session, subject, "note", {"text": "自他站而来"}, strict=True)
        one.kind, one.body = "merge", {"into": "case:hotline:20261102000002", "repeat": "no"}
        renewal = projection.Renewal(session)
        cases.write(session, renewal, one, did_at=session.now)
        session.log.flush()
        renewal.write()
    assert same(store) == {}
    with store.read() as session, pytest.raises(stores.Refused) as refused:
        cases.find(session, "20261102000002")
    assert refused.value.code == "case_unknown"
    store.clock.pass_(MINUTE)
    log(store, order_number="20261102000002")
    with store.read() as session:
        both = {cases.find(session, f"2026110200000{n}") for n in (1, 2)}
        assert {subject, *together.joined_set(session, subject)} == both
    assert same(store) == {}


def test_what_was_erased_stays_erased(store):
    number = log(store, order_number="20261102000001", text="龘靐齉之事")
    store.clock.pass_(MINUTE)
    act(store, number, "erase", fields=["text", "reporter", "phone"], reason="本人要求")
    assert same(store) == {}
    assert "龘靐" not in repr(dump(store))


# mending --------------------------------------------------------------------------------------


def test_rebuilding_mends_what_was_changed_behind_the_log(store):
    handled(store, "20261102000001")
    whole = dump(store)
    for statement in (
        "UPDATE cases SET stage = 'closed'",
        "DELETE FROM clocks",
        "UPDATE rounds SET close_due = 0",
        "INSERT INTO case_facts VALUES (999, 'x', 'y')",
        "UPDATE entries SET entry = replace(entry, '5', '6') WHERE kind = 'limits'",
    ):
        assert stores.change(store, statement) > 0
    again = stores.reopen_as_is(store)
    assert dump(again) != whole
    with again.read() as session:
        assert session.catalogue.limits_at(store.clock())["close"]["default"]["n"] == 6
    assert rebuilt(again) == whole
    with again.read() as session:
        assert session.catalogue.limits_at(store.clock())["close"]["default"]["n"] == 5
    again.close()


def test_rebuilding_in_the_midst_of_acts_is_the_same(store):
    number = handled(store, "20261102000001")
    with store.write() as session:
        together.act(session, number, "note", {"text": "甲"})
        rebuilding.rebuild(session, Progress())
        session.now += HOUR
        together.act(session, number, "assign", {"worker": "w001"})
    assert same(store) == {}


def test_a_rebuild_brings_back_tables_that_were_dropped(store):
    handled(store, "20261102000001")
    before = dump(store)
    with store.transaction(write=True) as db:
        for table in ("cases", "clocks", "rounds", "case_facts", "case_words", "search"):
            db.exec_driver_sql(f"DROP TABLE {table}")
    with store.write() as session:
        rebuilding.rebuild(session, Progress())
    assert dump(store) == before
