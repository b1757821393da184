"""Joined orders: handled in one act, counted each for itself; repeats counted once; un-merged, each goes on alone."""

import contextlib

import pytest

from tests.run_cli import refused, run
from tests.stores import CLOSING, DAY, HOUR, MONDAY, Refused, act, dump, log, make_store
from zq_grid import checking, confirm, rates, rebuilding, steps
from zq_grid.progress import Progress
from zq_grid.rules import worktime

A, B, C = "20261102000001", "20261102000002", "20261102000003"
WEEK = MONDAY - 9 * HOUR, MONDAY - 9 * HOUR + 7 * DAY
FOUR = ("first_contact", "on_time_closing", "actual_resolution", "satisfaction")


@pytest.fixture
def store(tmp_path):
    with contextlib.closing(make_store(tmp_path / "ws")) as workspace:
        for number, phone in ((A, "13800000001"), (B, "13800000002"), (C, "13800000003")):
            log(workspace, order_number=number, phone=phone)
            act(workspace, number, "accept")
            workspace.clock.pass_(60)
        yield workspace


def figures(store, start=WEEK[0], end=WEEK[1]):
    """Return key → (numerator, denominator, why left out), after both calculations were held against each other."""
    with store.read() as session:
        shown = rates.rates(session, start=start, end=end)
        told = steps.of_range(session.db, 1, 1000, "case:").values()
        confirm.confirm(session.catalogue, shown, told, start=start, end=end, as_of=session.now)
        found = [rate for rate in shown if rate.key in FOUR]
    return {rate.key: (int(rate.numerator), int(rate.denominator), dict(rate.excluded)) for rate in found}


def handled_together(store, number):
    """Take the joint steps on one of the joined orders, up to and with feedback."""
    for kind, facts in (
        ("dispatch", {}),
        ("sign", {}),
        ("attend", {"who": "张三", "findings": "属实"}),
        ("handle", {"result": "已修好"}),
        ("submit", {}),
    ):
        store.clock.pass_(HOUR // 2)
        act(store, number, kind, **facts)


def kinds(store, number):
    """Return the kinds of a case's steps, in order."""
    return [step["kind"] for step in run(store.folder, "show", number, options=now(store))["steps"]]


def now(store):
    return ("--now", worktime.to_text(store.clock()))


def whole(store):
    """Hold the log against the summaries."""
    return checking.check(store, deep=True).findings == ()


def test_joined_orders_keep_their_own_contact_visit_and_place_in_every_base(store):
    act(store, B, "merge", into=A)
    act(store, A, "contact", reached="yes")
    handled_together(store, A)
    with pytest.raises(Refused) as error:
        act(store, A, "close", **CLOSING)
    assert (error.value.code, error.value.facts["missing"], error.value.facts["number"]) == (
        "gate",
        ["contact"],
        B,
    )
    act(store, B, "contact", reached="no", reason="三次未接通")
    assert act(store, A, "close", **CLOSING).joined == (B,)
    act(store, A, "visit", by="centre", satisfaction="satisfied")
    assert kinds(store, B).count("visit") == 0
    store.clock.pass_(6 * DAY)
    found = figures(store)
    assert found["first_contact"] == (1, 3, {})  # A reached, B not reached, C never called
    assert found["actual_resolution"] == (2, 2, {})
    assert found["satisfaction"] == (1, 1, {})
    assert whole(store)


def test_an_approved_repeat_is_counted_once_borrows_the_contact_and_comes_back_when_un_merged(store):
    act(store, C, "withdraw", reason="来电撤回")
    act(store, B, "merge", into=A, repeat="yes", reason="同一诉求人同一事项")
    act(store, A, "contact", reached="yes")
    handled_together(store, A)
    assert act(store, A, "close", **CLOSING).joined == (B,)
    store.clock.pass_(6 * DAY)
    found = figures(store)
    assert found["first_contact"] == (1, 1, {"repeat": 1, "withdrawn": 1})
    assert found["actual_resolution"] == (1, 1, {"repeat": 1})
    act(store, B, "unmerge", reason="是两件事")
    found = figures(store)
    assert found["first_contact"] == (1, 2, {"withdrawn": 1})
    assert found["actual_resolution"] == (2, 2, {})
    assert whole(store)


def test_after_a_joint_closing_un_merged_orders_are_reopened_each_for_itself(store):
    act(store, B, "merge", into=A)
    for number in (A, B):
        act(store, number, "contact", reached="yes")
    handled_together(store, B)
    assert act(store, B, "close", **CLOSING).joined == (A,)
    act(store, B, "unmerge", reason="楼层不同")
    act(store, B, "reopen", reason="仍在漏水")
    assert act(store, B, "handle", result="重做防水").joined == ()
    stages = {n: run(store.folder, "show", n, options=now(store))["stage"] for n in (A, B)}
    assert stages == {A: "closed", B: "handling"}
    before = kinds(store, A)
    act(store, B, "contact", reached="yes")  # each round owes its own
    act(store, B, "submit")
    act(store, B, "close", **CLOSING)
    assert kinds(store, A) == before
    assert whole(store)


def test_a_joint_closing_taken_back_opens_all_and_a_later_closing_closes_all(store):
    act(store, B, "merge", into=A)
    for number in (A, B):
        act(store, number, "contact", reached="yes")
    handled_together(store, A)
    closed = act(store, A, "close", **CLOSING)
    assert act(store, B, "retract", step=step_of(store, B, "close"), reason="误结").joined == (A,)
    assert {run(store.folder, "show", n, options=now(store))["stage"] for n in (A, B)} == {"submitted"}
    again = act(store, B, "close", **CLOSING)
    assert (closed.joined, again.joined) == ((B,), (A,))


def step_of(store, number, kind):
    shown = run(store.folder, "show", number, options=now(store))["steps"]
    return next(step["step"] for step in shown if step["kind"] == kind)


def test_a_chain_of_merges_is_one_set_and_un_merging_the_middle_takes_its_tail_along(store):
    act(store, B, "merge", into=A)
    act(store, C, "merge", into=B)
    assert act(store, C, "attend", who="张三", findings="属实").joined == (A, B)
    # C was merged into what led at that moment: A
    act(store, B, "unmerge")
    assert act(store, C, "attend", who="张三", findings="属实").joined == (A,)
    assert act(store, B, "attend", who="李四", findings="属实").joined == ()


def test_an_order_that_can_not_take_a_joint_step_is_named_and_left(store):
    act(store, A, "dispatch")
    act(store, B, "merge", into=A)
    done = act(store, A, "sign")
    assert (done.joined, done.skipped) == ((), (B,))
    assert kinds(store, B) == ["log", "accept", "merge"]


def test_nothing_is_merged_into_a_closed_order_or_into_its_own_follower(store):
    act(store, B, "merge", into=A)
    for number, into, code in ((A, B, "merge_leads"), (A, A, "merge_itself")):
        said = refused(store.folder, "act", number, "merge", "--field", f"into={into}", options=now(store))
        assert said["refused"] == code
        assert ("已经并入" in said["reason"]) == (into == B)
    act(store, A, "void", reason="登记错误")
    said = refused(store.folder, "act", C, "merge", "--field", f"into={A}", options=now(store))
    assert said["refused"] == "merge_closed"


def test_the_same_merge_is_refused_the_second_time_and_another_kind_of_it_is_not(store):
    act(store, B, "merge", into=A)
    act(store, C, "merge", into=B)
    for number, into in ((B, A), (C, A), (C, B)):
        with pytest.raises(Refused) as refusal:
            act(store, number, "merge", into=into)
        assert (refusal.value.code, refusal.value.facts["into"]) == ("merge_again", A)
    act(store, B, "merge", into=A, repeat="yes", reason="同一诉求人同一事项")
    act(store, B, "unmerge")
    act(store, B, "merge", into=A)


def test_what_is_closed_is_named_where_an_order_is_to_join_its_follower(store):
    act(store, B, "merge", into=A)
    act(store, A, "void", reason="登记错误")
    with pytest.raises(Refused) as refusal:
        act(store, C, "merge", into=B)
    assert (refusal.value.code, refusal.value.facts["number"]) == ("merge_closed", A)


def test_joins_survive_a_rebuild(store):
    act(store, B, "merge", into=A)
    act(store, C, "merge", into=A, repeat="yes", reason="同一诉求人同一事项")
    act(store, C, "unmerge")
    before = dump(store)
    with store.write() as session:
        rebuilding.rebuild(session, Progress())
    assert dump(store) == before


def test_an_order_whose_log_was_taken_back_takes_nobody_in(store):
    with store.read() as session:
        told = steps.of_range(session.db, 1, 1000, "case:").values()
        logged = next(held[0].id for held in told if held[0].body.get("order_number") == B)
    act(store, B, "retract", step=logged, reason="登记有误")
    with pytest.raises(Refused) as refusal:
        act(store, A, "merge", into=f"case:hotline:{B}")
    assert refusal.value.code in {"merge_closed", "case_unknown", "case_retracted"}
