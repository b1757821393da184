"""Undo takes back a worker's last act whole, never what others have built on, and finds it from the end of the log."""

import pytest
from sqlalchemy import event

from tests.run_cli import refused, run
from tests.standing import standing
from tests.stores import ORDER, Clock, Refused, act, handled, log, make_store, numbers
from zq_grid import bulk_acts, cases, checking, place_memory, steps, undoing
from zq_grid.bulk_acts import Choice
from zq_grid.rules.fold import fold

MINE, OTHER = "w001", "w002"


@pytest.fixture
def store(tmp_path):
    made = make_store(tmp_path / "store")
    made.actor = MINE
    yield made
    made.close()


def undo_last(store):
    with store.write() as session:
        return undoing.undo_last(session)


def undo(store, named, **more):
    with store.write() as session:
        return undoing.undo(session, named, **more)


def code(store, call, *given):
    with pytest.raises(Refused) as refusal:
        call(store, *given)
    return refusal.value.code


def as_(store, worker, call, *given, **facts):
    before, store.actor = store.actor, worker
    try:
        return call(store, *given, **facts)
    finally:
        store.actor = before


def stage(store, number):
    with store.read() as session:
        return fold(_held(session, number)).stage


def _held(session, number):
    return steps.of_subject(session.db, cases.find(session, number))


def test_a_worker_who_did_nothing_is_told_so(store):
    assert code(store, undo_last) == "undo_none"
    number = log(store)
    assert as_(store, OTHER, lambda s: code(s, undo_last)) == "undo_none"
    assert undo_last(store).numbers == (number,)
    assert code(store, undo_last) == "undo_none"


def test_undoing_again_and_again_goes_back_step_by_step(store):
    number = handled(store, "20261102000001", upto="sign")
    before = [stage(store, number)]
    said = []
    for _ in range(5):
        done = undo_last(store)
        said.append(done.kind)
        before.append(stage(store, number) if done.kind != "log" else "")
    assert said == ["sign", "dispatch", "contact", "accept", "log"]
    assert before == ["signed", "dispatched", "accepted", "accepted", "received", ""]
    assert code(store, undo_last) == "undo_none"


def test_what_was_undone_leaves_every_summary_as_it_was(store):
    handled(store, "20261102000001", upto="sign")
    before = standing(store)
    store.clock.pass_(600)
    act(store, "20261102000001", "attend", who="张三", findings="属实")
    undo_last(store)
    assert standing(store) == before
    assert list(checking.check(store, deep=True).findings) == []


def test_an_act_on_joined_orders_is_taken_back_from_all_of_them(store):
    first, second, third = (handled(store, f"2026110200000{n}", upto="accept") for n in (1, 2, 3))
    act(store, second, "merge", into=first)
    act(store, third, "merge", into=first)
    before = standing(store)
    done = act(store, second, "dispatch")
    assert set(done.joined) == {first, third}
    undone = undo_last(store)
    assert (undone.kind, undone.cases, set(undone.numbers)) == ("dispatch", 3, {first, second, third})
    assert standing(store) == before


def test_a_splitting_is_taken_back_with_its_sub_cases(store):
    number = handled(store, "20261102000001", upto="accept")
    before = standing(store)
    with store.read() as session:
        units = list(session.catalogue.current("unit"))[:2]
    act(store, number, "split", sub_cases=[{"unit": unit} for unit in units])
    assert undo_last(store).cases == 3
    assert standing(store) == before


def test_what_others_have_built_on_is_refused_and_named(store):
    number = handled(store, "20261102000001", upto="accept")
    as_(store, OTHER, act, number, "note", text="另一位的备注")
    with pytest.raises(Refused) as refusal:
        undo_last(store)
    assert (refusal.value.code, refusal.value.facts["numbers"]) == ("undo_acted_since", number)
    note = as_(store, OTHER, undo_last)
    assert note.kind == "note"
    assert undo_last(store).kind == "accept"


def test_the_acts_of_others_on_other_cases_are_no_hindrance(store):
    mine = log(store, order_number="20261102000001")
    for number in ("20261102000002", "20261102000003"):
        as_(store, OTHER, log, order_number=number)
    assert undo_last(store).numbers == (mine,)


def test_a_step_retracted_by_hand_is_an_act_that_can_be_taken_back(store):
    number = handled(store, "20261102000001", upto="accept")
    with store.read() as session:
        step = next(s for s in _held(session, number) if s.kind == "accept")
    act(store, number, "retract", step=step.id, reason="点错")
    assert stage(store, number) == "received"
    assert undo_last(store).kind == "retract"
    assert stage(store, number) == "accepted"


def test_erasing_can_not_be_undone_and_hides_nothing_older(store):
    number = handled(store, "20261102000001", upto="accept")
    act(store, number, "erase", fields=["phone"], reason="本人要求")
    assert code(store, undo_last) == "undo_erase"
    assert stage(store, number) == "accepted"


def test_an_act_is_undone_by_its_name_and_by_the_id_of_a_step(store):
    number = handled(store, "20261102000001", upto="contact")
    with store.read() as session:
        names = [one.name for one in undoing.acts(session)]
        contact = next(s for s in _held(session, number) if s.kind == "contact")
    assert undo(store, contact.id[:12]).kind == "contact"
    assert code(store, undo, contact.id[:12]) == "retract_again"
    assert undo(store, names[1]).kind == "accept"
    for nothing in ("0" * 12, "abc", f"{names[0]}0", "x-1-1", "", "9-9-99999999999999999999"):
        assert code(store, undo, nothing) == "undo_unknown"


def test_a_step_in_the_middle_is_only_undone_when_asked_for_outright(store):
    number = handled(store, "20261102000001", upto="contact")
    with store.read() as session:
        accept = next(s for s in _held(session, number) if s.kind == "accept")
    assert code(store, undo, accept.id) == "undo_acted_since"
    assert undo(store, accept.id, also_acted=True).kind == "accept"


def test_a_batch_keeps_what_others_have_worked_on_and_names_it(store):
    given = [log(store, order_number=number) for _, number in zip(range(5), numbers(), strict=False)]
    with store.write() as session:
        bulk_acts.act(session, Choice(numbers=tuple(given)), "accept", {})
    as_(store, OTHER, act, given[2], "note", text="在看")
    done = undo_last(store)
    assert (done.kind, done.cases, done.kept) == ("bulk", 4, (given[2],))
    assert undo_last(store).kind == "log"


def test_a_batch_that_others_have_worked_on_everywhere_is_refused(store):
    number = log(store, order_number="20261102000001")
    with store.write() as session:
        bulk_acts.act(session, Choice(numbers=(number,)), "accept", {})
    as_(store, OTHER, act, number, "note", text="在看")
    before = standing(store)
    assert code(store, undo_last) == "undo_acted_since"
    assert standing(store) == before


def test_a_step_of_the_undoing_of_a_batch_is_not_restored_alone(store):
    number = log(store, order_number="20261102000001")
    with store.write() as session:
        done = bulk_acts.act(session, Choice(numbers=(number,)), "accept", {})
        undoing.undo(session, done.batch)
        (retract,) = [s for s in _held(session, number) if s.kind == "retract"]
    assert code(store, undo, retract.id) == "undo_undoing"
    assert code(store, undo, done.batch) == "batch_undone"


def test_ones_last_act_is_found_behind_long_batches_of_others_with_few_looks(store):
    mine = log(store, order_number="20261101000001")
    given = [number for _, number in zip(range(600), numbers(), strict=False)]
    with store.write() as session:
        session.actor = OTHER
        for number in given:
            cases.log(session, {**ORDER, "order_number": number})
    for _ in range(4):
        with store.write() as session:
            session.actor = OTHER
            done = bulk_acts.act(session, Choice(numbers=tuple(given)), "note", {"text": "已告知"})
            undoing.undo(session, done.batch)
    with store.write() as session:
        asked = []
        event.listen(session.db, "before_cursor_execute", lambda *a: asked.append(a[2]))
        last = undoing.last(session)
        assert last is not None
        assert (last.kind, mine in last.said) == ("log", True)
        assert len(asked) < 60
        assert steps.last_position(session.db) > undoing.LOOK_BACK + 600


def test_the_command_takes_back_the_last_act_and_lists_the_latest(tmp_path):
    data = tmp_path / "ws"
    run(data, "init", "--practice")
    for number in ("20261102000001", "20261102000002"):
        run(data, "log", "--type", "noise", "--place", "和溪五村 12 号", "--text", "吵", "--order", number)
    listed = run(data, "undo", "--list")["acts"]
    assert [(one["kind"], one["cases"], one["undone"]) for one in listed] == [("log", 1, False)] * 2
    done = run(data, "undo")
    assert (done["kind"], done["numbers"], done["name"]) == ("log", ["20261102000002"], listed[0]["name"])
    assert [one["undone"] for one in run(data, "undo", "--list")["acts"]] == [True, False]
    assert run(data, "undo", listed[1]["name"])["numbers"] == ["20261102000001"]
    assert run(data, "list")["total"] == 0
    assert refused(data, "undo")["refused"] == "undo_none"
    assert refused(data, "undo", "nonsense")["refused"] == "undo_unknown"


@pytest.mark.pg
def test_on_a_shared_server_it_is_the_same(tmp_path, fresh_pg):
    store = make_store(tmp_path / "store", url=fresh_pg, clock=Clock())
    store.actor = MINE
    number = handled(store, "20261102000001", upto="accept")
    before = standing(store)
    act(store, number, "dispatch")
    assert undo_last(store).kind == "dispatch"
    assert standing(store) == before
    with store.write() as session:
        done = bulk_acts.act(session, Choice(numbers=(number,)), "note", {"text": "已告知"})
        found = list(undoing.acts(session))
    assert (found[0].name, found[0].undone, found[1].undone) == (done.batch, False, True)
    assert undo_last(store).kind == "bulk"
    assert standing(store) == before
    store.close()


def remembered(store):
    with store.read() as session:
        return {
            e["said"]: e["grid"] for e in session.catalogue.with_places(session.db).current("place").values()
        }


def set_place(store, grid):
    with store.write() as session:
        return place_memory.remember(session, "某某苑", grid=grid, apply=True)


def grid_of(store, number):
    with store.read() as session:
        return cases.show(session, number)[1].get("grid") or None


def test_a_place_that_was_applied_is_let_go_with_the_cases_it_moved(store):
    number = log(store, place="某某苑3号")
    set_place(store, "hexi5-02")
    set_place(store, "hexi5-03")
    said = undo_last(store).said
    assert "不再记住“某某苑”" in said
    assert (grid_of(store, number), remembered(store)) == ("hexi5-02", {"某某苑": "hexi5-02"})
    undo_last(store)
    assert (grid_of(store, number), remembered(store)) == (None, {})
    other = log(store, place="某某苑5号", order_number="20261102000777")
    assert grid_of(store, other) is None
    assert not checking.check(store, deep=True).findings


def test_a_place_that_means_something_else_since_stays_when_the_older_act_is_taken_back(store):
    log(store, place="某某苑3号")
    first = set_place(store, "hexi5-02")
    with store.write() as session:
        place_memory.remember(session, "某某苑", grid="hexi5-04")
        undoing.undo(session, first.group)
    assert remembered(store) == {"某某苑": "hexi5-04"}


def test_an_amend_of_ones_own_takes_no_place_with_it(store):
    number = log(store, place="某某苑3号")
    with store.write() as session:
        place_memory.remember(session, "某某苑", grid="hexi5-02")
    act(store, number, "amend", grid="hexi5-02", reason=place_memory.REASON)
    undo_last(store)
    assert remembered(store) == {"某某苑": "hexi5-02"}
