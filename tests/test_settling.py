"""Settling: what two gave apart is shown masked, one value is chosen, and the difference is gone on a rebuild too."""

import pytest

from tests.stores import Refused, act, dump, log, make_store
from zq_grid import cases, lists, rebuilding, settling, steps
from zq_grid.progress import Progress
from zq_grid.projection import Renewal, state_of


@pytest.fixture(params=["file", "server"])
def store(request, tmp_path):
    url = request.getfixturevalue("fresh_pg") if request.param == "server" else None
    made = make_store(tmp_path / "w", url=url)
    yield made
    made.close()


def apart(workspace, number, field, *values):
    """Amend a field as authors do who don't know of each other."""
    with workspace.write() as session:
        subject = cases.find(session, number)
        drafts = [cases.draft(session, subject, "amend", {field: one}, strict=True) for one in values]
        written = [cases.write(session, Renewal(session), one, did_at=session.now)[0] for one in drafts]
        session.log.flush()
        renewal = Renewal(session)
        renewal.add(subject, steps.of_subject(session.db, subject))
        renewal.write()
        return [step.id for step in written]


def shown(workspace, number):
    with workspace.read() as session:
        state = state_of(session, cases.find(session, number))
        return settling.differences(session, state), state


def test_both_values_are_shown_masked_with_who_gave_them(store):
    number = log(store)
    ids = apart(store, number, "phone", "13900000001", "13900000002")
    (one,), _ = shown(store, number)
    assert (one["field"], one["settles"]) == ("phone", True)
    assert {value["step"] for value in one["values"]} == set(ids)
    assert {value["value"] for value in one["values"]} == {"139****0001", "139****0002"}


@pytest.mark.parametrize("nth", [0, 1])
def test_the_chosen_value_counts_and_the_difference_is_gone(store, nth):
    number = log(store)
    ids = apart(store, number, "place", "和溪一村 1 号", "和溪一村 2 号")
    with store.read() as session:
        assert lists.count(session, clashes=True) == 1
    with store.write() as session:
        settling.settle(session, number, "place", ids[nth])
    found, state = shown(store, number)
    assert found == []
    assert state.get("place") == f"和溪一村 {nth + 1} 号"
    before = dump(store)
    with store.write() as session:
        rebuilding.rebuild(session, Progress())
    assert dump(store) == before


def test_what_is_not_in_dispute_cannot_be_settled(store):
    number = log(store)
    ids = apart(store, number, "place", "和溪一村 1 号", "和溪一村 2 号")
    with store.write() as session:
        settling.settle(session, number, "place", ids[0])
    with pytest.raises(Refused, match="not in dispute"), store.write() as session:
        settling.settle(session, number, "place", ids[1])
    act(store, number, "note", text="记下")
    with pytest.raises(Refused, match="not in dispute"), store.write() as session:
        settling.settle(session, number, "phone", ids[0])
