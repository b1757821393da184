"""A step on a selection: what is previewed is what is done, in one transaction, one batch, one undo."""

import contextlib
import json
import random

import pytest

from tests.run_cli import call, refused, run
from tests.standing import standing
from tests.stores import CLOSING, ORDER, Clock, Refused, act, handled, log, make_store
from zq_grid import bulk_acts, cases, checking, steps, undoing
from zq_grid.bulk_acts import Choice
from zq_grid.progress import Cancelled, Progress
from zq_grid.rules.fold import fold


@pytest.fixture
def store(tmp_path):
    made = make_store(tmp_path / "store")
    yield made
    made.close()


def orders(store, count, upto="accept"):
    return [handled(store, f"202611020{n:05d}", upto=upto) for n in range(1, count + 1)]


def preview(store, kind, given=None, **choice):
    with store.read() as session:
        return bulk_acts.preview(session, Choice(**choice), kind, given or {})


def bulk(store, kind, given=None, *, token="", progress=None, **choice):
    with store.write() as session:
        return bulk_acts.act(session, Choice(**choice), kind, given or {}, token=token, progress=progress)


def code(call_, *given, **more):
    with pytest.raises(Refused) as refusal:
        call_(*given, **more)
    return refusal.value.code


def told(found):
    """Return what was told of each case, comparable."""
    return [
        (one.number, one.refusal.code if one.refusal else "", one.joined, one.skipped, one.with_, one.facts)
        for one in found.lines
    ]


def kinds(store, number):
    with store.read() as session:
        held = steps.of_subject(session.db, cases.find(session, number))
        state = fold(held)
        return [step.kind for step in sorted(held) if step.id not in state.retracted]


def test_every_case_that_can_take_the_step_gets_it_and_the_others_are_named(store):
    ready = tuple(orders(store, 3))
    late = handled(store, "20261102000009", upto="dispatch")
    done = bulk(store, "dispatch", numbers=(*ready, late, "20269999999999", ready[0]))
    assert [line.number for line in done.taken] == [*ready, late]
    assert [(line.number, line.refusal.code) for line in done.refused] == [("20269999999999", "case_unknown")]
    signed = bulk(store, "accept", numbers=(*ready, log(store, order_number="20261102000010")))
    assert [line.refusal.code for line in signed.refused] == ["step_stage"] * 3
    assert list(checking.check(store, deep=True).findings) == []


def test_one_undo_leaves_every_summary_as_it_was(store):
    given = tuple(orders(store, 4))
    before = standing(store)
    store.clock.pass_(600)
    done = bulk(store, "dispatch", numbers=given)
    assert standing(store) != before
    with store.write() as session:
        undone = undoing.undo(session, done.batch)
    assert (undone.kind, undone.cases, set(undone.numbers)) == ("bulk", 4, set(given))
    assert standing(store) == before
    assert list(checking.check(store, deep=True).findings) == []


def test_a_selection_by_filters_is_that_of_the_list(store):
    orders(store, 3)
    handled(store, "20261102000009", upto="dispatch")
    done = bulk(store, "note", {"text": "已告知"}, filters={"stage": "accepted"})
    assert len(done.taken) == 3
    assert "note" not in kinds(store, "20261102000009")


def test_no_selection_and_a_step_that_must_be_looked_at_alone_are_refused(store):
    (number,) = orders(store, 1)
    assert code(bulk, store, "accept") == "bulk_none"
    assert code(bulk, store, "accept", filters={"stage": "", "no_owner": False}) == "bulk_none"
    assert code(bulk, store, "accept", filters={"stage": "closed"}) == "bulk_none"
    for kind in ("retract", "erase", "split", "log"):
        assert code(bulk, store, kind, numbers=(number,)) == "bulk_step"
    assert code(bulk, store, "nonsense", numbers=(number,)) == "step_unknown"
    assert code(bulk, store, "accept", filters={"stage": "nonsense"}) == "filter_unknown"
    with store.read() as session:
        assert [one.kind for one in undoing.acts(session)] == ["accept", "log"]


def test_joined_orders_get_the_step_once_chosen_or_not(store):
    first, second, third = orders(store, 3)
    act(store, second, "merge", into=first)
    act(store, third, "merge", into=first)
    found = preview(store, "dispatch", numbers=(second, first))
    assert [(one.number, set(one.joined), one.with_) for one in found.lines] == [
        (second, {first, third}, ""),
        (first, set(), second),
    ]
    done = bulk(store, "dispatch", numbers=(second, first))
    assert (told(done), done.steps) == (told(found), 3)
    assert [kinds(store, number).count("dispatch") for number in (first, second, third)] == [1, 1, 1]


def test_a_parent_is_not_closed_in_the_act_that_closes_its_sub_cases(store, monkeypatch):
    monkeypatch.setattr(steps, "CHUNK", 1)
    parent = handled(store, "20261102000001", upto="accept")
    with store.read() as session:
        units = list(session.catalogue.current("unit"))[:2]
    subs = act(store, parent, "split", sub_cases=[{"unit": unit} for unit in units]).made
    every = (*subs, parent)
    for number in every:
        act(store, number, "contact", reached="yes", person="王小明")
        act(store, number, "attend", who="张三", findings="属实")
        act(store, number, "handle", result="已修好")
    found = preview(store, "close", CLOSING, numbers=every)
    assert [one.refusal.code if one.refusal else "" for one in found.lines] == ["", "", "sub_cases_open"]
    assert told(bulk(store, "close", CLOSING, numbers=every)) == told(found)
    assert bulk(store, "close", CLOSING, numbers=(parent,)).refused == ()


# preview and act -----------------------------------------------------------------------------

GIVEN = {
    "accept": {},
    "dispatch": {},
    "assign": {"worker": "w002"},
    "sign": {},
    "attend": {"who": "张三", "findings": "属实"},
    "handle": {"result": "已修好"},
    "submit": {},
    "close": CLOSING,
    "contact": {"reached": "yes"},
    "note": {"text": "已告知"},
    "suspend": {"reason": "等材料"},
    "supervise": {"reason": "领导关注"},
    "withdraw": {"reason": "市民撤回"},
    "visit": {"by": "centre", "satisfaction": "satisfied"},
    "reopen": {"reason": "复发"},
    "escalate": {"level": "area", "reason": "跨部门"},
    "merge": {"into": "20261102000001"},
    "amend": {"neighbourhood": "nowhere"},
}
STEPS_OF = ("accept", "contact", "dispatch", "sign", "attend", "handle", "submit")


class Enough(Exception):
    """Rolls a try back."""


def motley(store, rng):
    """Log cases in all stages, some joined, one split, a sub-case of it closed."""
    made = []
    for nth in range(1, 15):
        upto = rng.choice(STEPS_OF)
        made.append(handled(store, f"202611020{nth:05d}", upto=upto))
    leader = made[0]
    for follower in (made[1], made[2], made[3]):
        act(store, follower, "merge", into=leader)
    with store.read() as session:
        units = list(session.catalogue.current("unit"))[:2]
    made += act(store, made[5], "split", sub_cases=[{"unit": unit} for unit in units]).made
    act(store, made[-1], "attend", who="张三", findings="属实")
    act(store, made[-1], "handle", result="已修好")
    act(store, made[7], "void", reason="误登记")
    return made


@pytest.mark.parametrize("seed", range(3))
def test_what_is_previewed_is_what_is_done(store, monkeypatch, seed):
    monkeypatch.setattr(steps, "CHUNK", 3)
    rng = random.Random(seed)
    made = motley(store, rng)
    taken = 0
    for _ in range(60):
        kind = rng.choice(sorted(GIVEN))
        chosen = tuple(rng.sample(made, rng.randint(1, len(made))))
        found = preview(store, kind, GIVEN[kind], numbers=chosen)
        with contextlib.suppress(Enough), store.write() as session:
            done = bulk_acts.act(session, Choice(numbers=chosen), kind, GIVEN[kind], token=found.token)
            assert told(done) == told(found)
            assert done.steps == found.steps
            last = session.log.last_position
            written = list(steps.between(session.db, last - done.steps + 1, last)) if last else []
            assert [step.kind for step in written] == [kind] * done.steps
            assert len({step.subject for step in written}) == done.steps
            taken += len(done.taken)
            raise Enough
        if rng.random() < 0.15:
            bulk(store, kind, GIVEN[kind], numbers=chosen)
    assert taken > 50
    assert list(checking.check(store, deep=True).findings) == []


def test_a_case_that_changed_after_the_preview_is_left_out_and_named(store):
    given = tuple(orders(store, 3))
    found = preview(store, "dispatch", numbers=given)
    act(store, given[1], "note", text="刚来电")
    done = bulk(store, "dispatch", numbers=given, token=found.token)
    assert [(line.number, line.refusal.code) for line in done.refused] == [(given[1], "bulk_changed")]
    assert "dispatch" not in kinds(store, given[1])


def test_an_order_joined_to_a_changed_one_is_left_out_with_it(store):
    first, second = orders(store, 2)
    act(store, second, "merge", into=first)
    found = preview(store, "dispatch", numbers=(first,))
    act(store, second, "note", text="刚来电")
    done = bulk(store, "dispatch", numbers=(first,), token=found.token)
    assert [line.refusal.code for line in done.refused] == ["bulk_changed"]
    assert done.batch == ""


def test_a_case_that_came_to_the_selection_after_the_preview_is_not_acted_on(store):
    orders(store, 2)
    filters = {"stage": "accepted"}
    found = preview(store, "dispatch", filters=filters)
    late = handled(store, "20261102000077", upto="accept")
    done = bulk(store, "dispatch", filters=filters, token=found.token)
    assert [line.number for line in done.refused] == [late]
    assert (len(done.taken), kinds(store, late)) == (2, ["log", "accept"])


def test_a_case_whose_light_changed_by_time_alone_stays_as_it_was_previewed(store):
    given = orders(store, 2)
    filters = {"light": "green"}
    found = preview(store, "note", {"text": "提醒"}, filters=filters)
    store.clock.pass_(86_400 * 30)
    assert len(found.taken) == 2
    done = bulk(store, "note", {"text": "提醒"}, filters=filters, token=found.token)
    assert {line.number for line in done.taken} == set(given)


def test_a_token_is_good_only_for_what_was_previewed(store):
    given = tuple(orders(store, 2))
    token = preview(store, "dispatch", numbers=given).token
    assert code(bulk, store, "sign", numbers=given, token=token) == "bulk_stale"
    assert code(bulk, store, "dispatch", numbers=given[:1], token=token) == "bulk_stale"
    assert code(bulk, store, "dispatch", {"reason": "另一个"}, numbers=given, token=token) == "bulk_stale"
    for nonsense in ("x", "1.2.3", "a.b.c.d", f"{token}.1"):
        assert code(bulk, store, "dispatch", numbers=given, token=nonsense) == "bulk_stale"


def test_stopped_in_the_middle_nothing_is_written(store, monkeypatch):
    monkeypatch.setattr(steps, "CHUNK", 2)
    given = tuple(orders(store, 6))
    before = standing(store)

    def tell(done, _total, _what):
        if done >= 4:
            raise Cancelled

    with pytest.raises(Cancelled):
        bulk(store, "dispatch", numbers=given, progress=Progress(tell))
    assert standing(store) == before
    assert len(bulk(store, "dispatch", numbers=given).taken) == 6


def test_too_many_cases_are_refused_before_anything_is_read(store, monkeypatch):
    monkeypatch.setattr(bulk_acts, "MOST", 2)
    given = tuple(orders(store, 3))
    assert code(bulk, store, "dispatch", numbers=given) == "bulk_many"
    assert code(bulk, store, "dispatch", filters={"stage": "accepted"}) == "bulk_many"


@pytest.mark.pg
def test_on_a_shared_server_it_is_the_same(tmp_path, fresh_pg):
    store = make_store(tmp_path / "store", url=fresh_pg, clock=Clock())
    first, second, third = orders(store, 3)
    act(store, second, "merge", into=first)
    before = standing(store)
    found = preview(store, "dispatch", filters={"stage": "accepted"})
    done = bulk(store, "dispatch", filters={"stage": "accepted"}, token=found.token)
    assert (told(done), done.steps) == (told(found), 3)
    assert {line.number for line in done.taken} == {first, second, third}
    with store.write() as session:
        assert undoing.undo(session, done.batch).cases == 3
    assert standing(store) == before
    assert list(checking.check(store, deep=True).findings) == []
    store.close()


# the command ---------------------------------------------------------------------------------


@pytest.fixture
def data(tmp_path):
    folder = tmp_path / "ws"
    workspace = make_store(folder)
    for nth in (1, 2, 3):
        with workspace.write() as session:
            cases.log(session, {**ORDER, "order_number": f"2026110200000{nth}"})
    workspace.close()
    return folder


def test_the_command_previews_asks_for_a_yes_acts_and_is_undone(data, tmp_path):
    wanted = ("bulk", "accept", "--stage", "received")
    seen = run(data, *wanted, "--preview")
    assert (seen["taken"], seen["batch"], seen["preview"]) == (3, "", True)
    assert refused(data, *wanted)["refused"] == "bulk_confirm"
    run(data, "act", "20261102000003", "note", "--field", "text=来电")
    done = run(data, *wanted, "--token", seen["token"], "--yes")
    assert [one["number"] for one in done["cases"]] == ["20261102000001", "20261102000002"]
    assert [(one["number"], one["code"]) for one in done["refused"]] == [("20261102000003", "bulk_changed")]
    assert done["refused"][0]["reason"].endswith("请重新预览。这一件没有改动。")
    undone = run(data, "undo", done["batch"])
    assert (undone["kind"], undone["cases"], undone["kept"]) == ("bulk", 2, [])
    assert run(data, "list", "--stage", "received")["total"] == 3


def test_numbers_come_from_a_file_of_any_coding_or_from_options(data, tmp_path):
    path = tmp_path / "编号.csv"
    path.write_bytes("20261102000001,漏水\r\n\r\n20261102000002,吵\r\n没有这个\r\n".encode("gb18030"))
    done = run(data, "bulk", "accept", "--numbers-from", str(path), "--yes")
    assert (done["taken"], [one["code"] for one in done["refused"]]) == (2, ["case_unknown"])
    assert run(data, "bulk", "accept", "--number", "20261102000003", "--yes")["taken"] == 1
    for file in (tmp_path / "nowhere.txt", data):
        assert refused(data, "bulk", "note", "--numbers-from", str(file), "--yes")["refused"] in {
            "file_missing",
            "numbers_unreadable",
        }
    mixed = ("bulk", "note", "--number", "1", "--stage", "open", "--yes")
    assert refused(data, *mixed)["refused"] == "wrong_use"
    assert refused(data, "bulk", "note", "--yes")["refused"] == "bulk_none"


def test_in_words_it_says_how_many_and_how_to_undo(data):
    said = call(data, "bulk", "accept", "--stage", "received", "--yes").out
    assert "接单：已写入 3 件，不能写入 0 件" in said
    assert "zq-grid undo " in said
    english = call(data, "bulk", "accept", "--stage", "open", "--preview", options=("--lang", "en")).out
    assert "accept: 0 cases would get it, 3 left out" in english
    assert json.loads(call(data, "undo", options=("--json",)).out)["cases"] == 3
