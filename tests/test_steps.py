"""The log's only writer: chains, numbers, personal values apart, all or nothing."""

import json

import pytest
from sqlalchemy import select

from db.tables import DEVICES, PERSONAL, STEPS, STREAMS, SUBJECTS
from tests import stores
from tests.stores import DAY, MONDAY, act, log, reopen_as_is, streams
from zq_grid import checking, steps
from zq_grid.errors import Refused
from zq_grid.rules import canonical, step
from zq_grid.steps import CATALOGUE, TOWN

NOBODY = {"did_at": MONDAY, "recorded_at": MONDAY, "actor": "w001"}


@pytest.fixture
def store(tmp_path, template):
    workspace = stores.moved(template.folder, tmp_path / "store", stores.Clock())
    yield workspace
    workspace.close()


@pytest.fixture
def sound(store):
    yield store
    assert checking.quick(store) == []


def note(workspace, subject="case:x", body=None, **options):
    with workspace.write() as session:
        return session.log.add("note", subject, body or {"text": "记"}, **{**NOBODY, **options})


# numbers and chains ---------------------------------------------------------------------------


def test_steps_of_one_stream_count_up_and_each_names_the_one_before(sound):
    made = [note(sound) for _ in range(3)]
    assert [one.seq for one in made] == [1, 2, 3]
    assert [one.prev for one in made] == ["0" * 64, made[0].id, made[1].id]
    assert [one.position for one in made] == [made[0].position + n for n in range(3)]
    assert len({one.lamport for one in made}) == 3


def test_every_scope_has_its_own_numbers(sound):
    first, second = note(sound), note(sound, scope="station:lw")
    third = note(sound)
    assert (first.seq, second.seq, third.seq) == (1, 1, 2)
    assert third.prev == first.id
    assert {scope for _, _, scope, _ in streams(sound)} == {TOWN, CATALOGUE, "station:lw"}


def test_numbers_go_on_after_closing(sound):
    one = note(sound)
    again = reopen_as_is(sound)
    two = note(again)
    assert (two.seq, two.prev) == (2, one.id)
    assert two.lamport > one.lamport
    again.close()


def test_an_id_covers_everything_that_was_signed(sound):
    made = note(sound, group="g", on_behalf_of="甲", body={"text": "记", "n": 3, "list": ["a", {"b": "c"}]})
    assert made.id == canonical.step_id(step.signed_fields(made))
    with sound.read() as session:
        written = next(steps.between(session.db, made.position, made.position))
    assert (written.id, step.signed_fields(written)) == (made.id, step.signed_fields(made))
    sound.device.key.public_key().verify(written.signature, canonical.signed_bytes(made.id))


def test_a_step_stands_above_those_that_it_follows(sound):
    early = note(sound)
    late = note(sound, parents=(early.id,), above=900)
    assert late.lamport == 901
    assert note(sound).lamport == 902
    assert late.parents == (early.id,)


def test_it_arrives_when_it_was_written_down_unless_said_otherwise(sound):
    assert note(sound, recorded_at=MONDAY + DAY).arrived_at == MONDAY + DAY
    assert note(sound, arrived_at=MONDAY + 2 * DAY).arrived_at == MONDAY + 2 * DAY


def test_many_subjects_are_named_once_and_found_by_name(sound):
    names = [f"case:{n}" for n in range(1200)]
    with sound.write() as session:
        session.log.expect(names[:600])
        for name in [*names, *names[:10]]:
            session.log.add("note", name, {"text": "记"}, **NOBODY)
    with sound.read() as session:
        found = steps.subject_ids(session.db, names)
        assert len(set(found.values())) == 1200
        assert steps.subject_name(session.db, found["case:7"]) == "case:7"
        held = steps.of_subjects(session.db, [found["case:7"], found["case:77"]])
        assert [len(part) for part in held.values()] == [2, 1]
        assert steps.subject_id(session.db, "case:none") is None


# personal values ------------------------------------------------------------------------------


def test_personal_values_lie_beside_the_step_and_their_commitments_in_it(sound):
    made = note(sound, body={"text": "王小明来过", "n": 1}, personal=["text", "absent"])
    with sound.transaction(write=False) as db:
        body = json.loads(
            db.execute(select(STEPS.c.body).where(STEPS.c.position == made.position)).scalar_one()
        )
        value = db.execute(select(PERSONAL).where(PERSONAL.c.position == made.position)).one()
    assert body["n"] == 1
    assert canonical.is_commitment(body["text"])
    assert body["text"] == canonical.commitment(value.salt, "text", "王小明来过")
    assert made.body == {"text": "王小明来过", "n": 1}
    with sound.read() as session:
        (held,) = steps.of_subject(session.db, steps.subject_id(session.db, "case:x"))
        (bare,) = steps.between(session.db, made.position, made.position, values=False)
    assert held._replace(signature=made.signature) == made
    assert canonical.is_commitment(bare.body["text"])


def test_the_same_value_is_committed_to_differently_each_time(sound):
    one, two = (note(sound, personal=["text"]) for _ in range(2))
    with sound.transaction(write=False) as db:
        rows = db.execute(
            select(STEPS.c.body).where(STEPS.c.position.in_((one.position, two.position)))
        ).scalars()
        assert len(set(rows)) == 2


def test_a_forgotten_value_leaves_its_commitment_and_a_whole_chain(store):
    one, two = (note(store, body={"text": "记", "who": "甲"}, personal=["text", "who"]) for _ in range(2))
    with store.write() as session:
        assert steps.forget(session.db, [one.position], ["text", "phone"]) == 1
    with store.read() as session:
        first, second = steps.between(session.db, one.position, two.position)
    assert canonical.is_commitment(first.body["text"])
    assert (first.body["who"], second.body["text"]) == ("甲", "记")
    # the chain is whole, and that nobody asked for it is said
    assert {finding.code for finding in checking.quick(store)} == {"value_missing"}


# all or nothing -------------------------------------------------------------------------------


class Stop(Exception):
    pass


def test_an_act_that_fails_leaves_nothing_behind(sound):
    before = {
        table.name: stores.count(sound, table.name) for table in (STEPS, STREAMS, SUBJECTS, PERSONAL, DEVICES)
    }
    whole = stores.dump(sound)

    def fail():
        with sound.write() as session:
            stores.cases.log(session, stores.ORDER)
            session.log.add("note", "case:y", {"text": "记"}, personal=["text"], scope="new", **NOBODY)
            session.log.flush()
            raise Stop

    with pytest.raises(Stop):
        fail()
    assert {name: stores.count(sound, name) for name in before} == before
    assert stores.dump(sound) == whole
    assert note(sound).seq == 1


@pytest.mark.parametrize(
    "value", [1.5, None, True, "e\u0301", "\ud800", 2**60, {1: "a"}, {"a": [1.0]}, b"x"], ids=repr
)
def test_what_has_no_canonical_form_is_refused_before_a_number_is_given(sound, value):
    with sound.write() as session:
        with pytest.raises(Refused) as refused:
            session.log.add("note", "case:x", {"text": value}, **NOBODY)
        made = session.log.add("note", "case:x", {"text": "记"}, **NOBODY)
    assert refused.value.code == "not_canonical"
    assert made.seq == 1


def test_a_reading_session_has_no_log(store):
    with store.read() as session, pytest.raises(RuntimeError):
        _ = session.log


def test_what_a_reading_session_changes_is_thrown_away(store):
    with store.read() as session:
        session.db.exec_driver_sql("DELETE FROM entries")
    assert stores.count(store, "entries") > 100


def test_reading_between_positions_comes_in_order_and_in_any_portion(sound):
    for _ in range(3):
        note(sound)
    with sound.read() as session:
        last = steps.last_position(session.db)
        every = list(steps.between(session.db, 1, last))
        assert [one.position for one in every] == list(range(1, last + 1))
        assert list(steps.between(session.db, last - 1, last)) == every[-2:]
        assert list(steps.between(session.db, last + 1, last + 9)) == []


def test_a_check_code_is_the_same_in_any_order_and_differs_with_any_step(sound):
    ids = [note(sound).id for _ in range(4)]
    assert steps.digest(ids) == steps.digest(reversed(ids))
    assert steps.digest(ids) != steps.digest(ids[1:])
    assert len(steps.digest([])) == 8


def test_the_clock_may_go_back_and_the_chain_goes_on(sound):
    number = log(sound, order_number="20261102000001")
    sound.clock.pass_(-30 * DAY)
    act(sound, number, "accept")
    log(sound, order_number="20261102000002")
    assert [s for _, _, scope, s in streams(sound) if scope == TOWN] == [1, 2, 3]
    assert checking.check(sound, deep=True).findings == ()
