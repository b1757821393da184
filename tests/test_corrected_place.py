"""A corrected place counts where it is, not where the case was first thought to be."""

from tests.stores import act, log, make_store


def keys_of(store):
    with store.read() as session:
        rows = session.db.exec_driver_sql("SELECT number, place_key FROM cases").all()
        return {row[0]: row[1] for row in rows}


def test_an_amended_place_is_the_same_place_as_a_case_logged_there(tmp_path):
    store = make_store(tmp_path / "ws")
    wrong = log(store, order_number="20261102000001", place="和溪五村 12 号", text="楼上漏水")
    right = log(store, order_number="20261102000002", place="和溪三村 9 号", text="楼道堆物")
    before = keys_of(store)
    act(store, wrong, "amend", place="和溪三村9号楼", reason="来电人更正")
    after = keys_of(store)
    store.close()
    assert before[wrong] != before[right]
    assert after[wrong] == after[right] == before[right]


def test_a_key_that_is_given_with_the_place_stays(tmp_path):
    store = make_store(tmp_path / "ws")
    one = log(store, order_number="20261102000001", place="和溪五村 12 号", text="楼上漏水")
    log(store, order_number="20261102000002", place="和溪三村 9 号", text="楼道堆物")
    act(store, one, "amend", place="和溪三村 9 号", place_key="e-hexi3/9a", reason="现场核实")
    assert keys_of(store)[one] == "e-hexi3/9a"
    store.close()
