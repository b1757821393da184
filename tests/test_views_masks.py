"""What a screen shows of persons: masked by default, also in facts that only a case type has."""

from tests.stores import act, log, make_store
from zq_grid import cases, projection, views


def test_a_person_named_in_a_types_own_fact_is_shown_masked(tmp_path):
    store = make_store(tmp_path / "ws")
    number = log(
        store, type="illegal_building_new", place="和溪五村 12 号", text="搭建阳光房", party="赵铁柱"
    )
    act(store, number, "accept")
    with store.read() as session:
        subject = cases.find(session, number)
        state = projection.state_of(session, subject)
        shown = views.case(session, subject, state)
        whole = views.case(session, subject, state, masked=False)
    store.close()
    assert shown["facts"]["party"] == "赵**"
    assert shown["steps"][0]["body"]["party"] == "赵**"
    assert whole["facts"]["party"] == "赵铁柱"
