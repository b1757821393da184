"""Whatever is changed behind the program's back is found and named; a store as it should be has no findings."""

import pytest

from tests import stores
from tests.random_histories import histories
from tests.stores import DAY, act, change, handled, log, make_store
from zq_grid import bulk_acts, checking, practice, rebuilding
from zq_grid.bulk_acts import Choice
from zq_grid.progress import Cancelled, Progress

CASE = "case:hotline:20261102000001"
LAST = "(SELECT max(position) FROM steps)"
# steps of the one case stand after the seed; its first is its log
FIRST = "(SELECT min(position) FROM steps WHERE kind = 'log')"


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    workspace = make_store(tmp_path_factory.mktemp("template") / "store")
    handled(workspace, "20261102000001")
    workspace.close()
    return workspace


@pytest.fixture
def store(tmp_path, template):
    workspace = stores.moved(template.folder, tmp_path / "store", stores.Clock(template.clock()))
    yield workspace
    workspace.close()


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    """A store in which many cases were lived through."""
    lines, moments = histories(3, 40, "2026-11-20")
    workspace = make_store(
        tmp_path_factory.mktemp("town") / "store", clock=stores.Clock(moments[-1] - 20 * DAY)
    )
    with workspace.write() as session:
        practice.replay(session, lines)
    yield workspace
    workspace.close()


def codes(workspace, **options):
    return {finding.code for finding in checking.check(workspace, **options).findings}


# nothing to find ------------------------------------------------------------------------------


@pytest.mark.parametrize("deep", [False, True])
def test_a_whole_store_has_no_findings(town, deep):
    found = checking.check(town, deep=deep)
    assert found.findings == ()
    assert found.cases == stores.count(town, "cases") > 30
    assert found.steps == stores.count(town, "steps") > 800


def test_a_fresh_store_has_no_findings(store):
    assert checking.quick(store) == []
    assert codes(store, deep=True) == set()


def test_a_server_is_checked_alike(tmp_path, fresh_pg):
    workspace = make_store(tmp_path / "ws", url=fresh_pg)
    handled(workspace, "20261102000001")
    assert codes(workspace, deep=True) == set()
    change(workspace, "DELETE FROM clocks")
    change(workspace, "UPDATE search SET tokens = array_to_tsvector(ARRAY['xy'])")
    assert codes(workspace) == {"summary_differs", "search_misses"}
    workspace.close()


def test_checking_changes_nothing(store):
    change(store, "DELETE FROM clocks")
    before = stores.dump(store)
    assert codes(store, deep=True) == {"summary_differs"}
    assert stores.dump(store) == before


def test_checking_can_be_stopped_and_says_how_far_it_is(town):
    told = []
    checking.check(town, progress=Progress(lambda done, total, what: told.append((done, total, what))))
    assert told[-1][0] == told[-1][1] > 0
    stopped = Progress()
    stopped.cancel()
    with pytest.raises(Cancelled):
        checking.check(town, progress=stopped)


# the log --------------------------------------------------------------------------------------

LOG_CHANGES = {
    "a step is gone from the middle": (
        f"DELETE FROM steps WHERE position = {LAST} - 1",
        {"chain_gap", "position_gap"},
    ),
    "the last step is gone": (f"DELETE FROM steps WHERE position = {LAST}", {"chain_end"}),
    "a stream's head was changed": ("UPDATE streams SET head = zeroblob(32)", {"chain_end"}),
    "a step names another before it": (
        f"UPDATE steps SET prev = zeroblob(32) WHERE position = {LAST}",
        {"chain_broken"},
    ),
    "a step was done at another time": (f"UPDATE steps SET did_at = 1 WHERE position = {LAST}", {"id_wrong"}),
    "a step is of another kind": (f"UPDATE steps SET kind = 'void' WHERE position = {LAST}", {"id_wrong"}),
    "another acted": (f"UPDATE steps SET actor = 'w009' WHERE position = {LAST}", {"id_wrong"}),
    "it was done for somebody": (
        f"UPDATE steps SET on_behalf_of = '甲' WHERE position = {LAST}",
        {"id_wrong"},
    ),
    "its body says something else": (
        """UPDATE steps SET body = '{"result":"没修"}' WHERE kind = 'handle'""",
        {"id_wrong"},
    ),
    "its body is written another way": (
        "UPDATE steps SET body = replace(body, ':', ': ') WHERE kind = 'handle'",
        {"body_form"},
    ),
    "its body is no JSON": (
        "UPDATE steps SET body = '{' WHERE kind = 'accept'",
        {"body_form", "log_unreadable"},
    ),
    "it is signed by nobody": (
        f"UPDATE steps SET signature = zeroblob(64) WHERE position = {LAST}",
        {"signature_wrong"},
    ),
    "its device's key is another's": (
        "UPDATE devices SET public_key = zeroblob(32)",
        {"device_key", "device_unknown"},
    ),
    "its device is gone": ("DELETE FROM devices", {"device_unknown"}),
    "a personal value is another's": (
        """UPDATE personal SET value = '"李四"' WHERE field = 'reporter'""",
        {"commitment_wrong"},
    ),
    "a personal value has another salt": ("UPDATE personal SET salt = zeroblob(16)", {"commitment_wrong"}),
    "a personal value belongs to another fact": (
        "UPDATE personal SET field = 'person' WHERE field = 'phone'",
        {"commitment_wrong"},
    ),
    "it follows what nobody did": (
        f"UPDATE steps SET parents = zeroblob(32) WHERE position = {LAST}",
        {"parent_missing", "id_wrong"},
    ),
    "it comes before what it follows": (
        f"UPDATE steps SET lamport = 1 WHERE position = {LAST}",
        {"lamport_wrong", "id_wrong"},
    ),
}


@pytest.mark.parametrize("what", LOG_CHANGES)
def test_a_changed_log_is_found_at_once(store, what):
    statement, expected = LOG_CHANGES[what]
    with store.engine.connect() as raw:
        raw.exec_driver_sql("PRAGMA foreign_keys = OFF")
        assert raw.exec_driver_sql(statement).rowcount > 0
        raw.exec_driver_sql("PRAGMA foreign_keys = ON")
    found = {finding.code for finding in checking.quick(store)}
    assert expected - {"log_unreadable"} <= found
    assert expected <= codes(store)
    assert expected <= codes(store, deep=True)


def test_a_step_signed_again_by_another_device_is_found(store, tmp_path):
    other = make_store(tmp_path / "other")
    with store.transaction(write=True) as db:
        row = db.exec_driver_sql(f"SELECT position, id FROM steps WHERE position = {LAST}").one()
        forged = other.device.key.sign(b"zq-grid signature 1\n" + row.id)
        db.exec_driver_sql("UPDATE steps SET signature = ? WHERE position = ?", (forged, row.position))
    other.close()
    assert codes(store) == {"signature_wrong"}


def test_a_finding_names_the_case_and_the_step(store):
    change(store, f"UPDATE steps SET did_at = 1 WHERE position = {LAST}")
    found = [finding for finding in checking.quick(store) if finding.code == "id_wrong"]
    assert [(finding.subject, finding.facts["step"]) for finding in found] == [(CASE, "submit")]


# the summaries --------------------------------------------------------------------------------

SUMMARY_CHANGES = {
    "another stage": ("UPDATE cases SET stage = 'closed'", "cases"),
    "a case without its row": ("DELETE FROM cases", "cases"),
    "another limit": ("UPDATE clocks SET due = due + 1", "clocks"),
    "a clock too many": (
        "INSERT INTO clocks SELECT subject, round, 'meet', nth, started, start_what, due, stopped, rule, n, provisional,"
        " source, live, unjudged, waiting, ours, target, began, yellow_at, orange_at, red_at FROM clocks LIMIT 1",
        "clocks",
    ),
    "another version of the past": (
        "UPDATE rounds SET contact_first = 'no' WHERE until < 1152921504606846976",
        "rounds",
    ),
    "a version lost": ("DELETE FROM rounds WHERE until < 1152921504606846976", "rounds"),
    "a fact that nobody told": ("INSERT INTO case_facts SELECT subject, 'x', 'y' FROM cases", "case_facts"),
    "another catalogue": ("UPDATE entries SET retired = 1 WHERE kind = 'type' AND code = 'noise'", "entries"),
    "an entry without its row": ("DELETE FROM entries WHERE kind = 'street'", "entries"),
}


@pytest.mark.parametrize("what", SUMMARY_CHANGES)
def test_a_changed_summary_is_found_and_a_rebuild_mends_it(store, what):
    statement, table = SUMMARY_CHANGES[what]
    assert change(store, statement) > 0
    found = checking.check(store).findings
    assert {(f.code, f.facts["table"]) for f in found if f.code == "summary_differs"} == {
        ("summary_differs", table)
    }
    assert checking.quick(store) == []
    with store.write() as session:
        rebuilding.rebuild(session, Progress())
    assert codes(store, deep=True) == set()


def test_rows_of_cases_that_no_step_tells_of_are_found(store):
    change(store, "INSERT INTO case_facts VALUES (9999, 'x', 'y')")
    assert codes(store) == {"summary_stray"}


def test_a_logged_case_without_any_rows_is_found(store):
    for table in ("cases", "rounds", "clocks"):
        change(store, f"DELETE FROM {table}")
    assert {"summary_missing", "summary_differs"} == codes(store)


def test_a_case_that_search_no_longer_finds_is_found(store):
    change(store, "DELETE FROM search")
    assert codes(store) == {"search_misses"}
    assert codes(store, deep=True) == {"search_misses", "search_stray"}


def test_a_case_that_search_finds_though_it_is_none_is_found(store):
    change(store, "INSERT INTO search(rowid, tokens) VALUES (9999, '鬼屋')")
    assert codes(store, deep=True) == {"search_stray"}


def test_joined_orders_whose_leader_is_gone_are_listed(store):
    log(store, order_number="20261102000002")
    act(store, "20261102000002", "accept")
    act(store, "20261102000002", "merge", into="20261102000001")
    assert codes(store) == set()
    with store.read() as session:
        first = session.db.exec_driver_sql(
            f"SELECT lower(hex(id)) FROM steps WHERE position = {FIRST}"
        ).scalar_one()
    act(store, "20261102000001", "retract", step=first, reason="登记错")
    found = checking.check(store).findings
    assert [(f.code, f.subject) for f in found] == [("joined_missing", "20261102000002")]


# the figures ----------------------------------------------------------------------------------


def counted(town, stopped):
    """Return the key of a round that the rates of the last weeks count as closed in time, and when that was."""
    with town.transaction(write=False) as db:
        return db.exec_driver_sql(
            "SELECT subject, since, stopped_at FROM rounds WHERE source = 'hotline' AND round = 1 AND gone IS NULL"
            " AND caller IS NULL AND excluded_close IS NULL AND close_unjudged = 0 AND until = 1152921504606846976"
            f" AND close_due BETWEEN ? AND ? AND {stopped} LIMIT 1",
            (town.clock() - 20 * DAY, town.clock()),
        ).one()


def test_a_figure_that_the_steps_do_not_bear_out_is_found(town):
    row = counted(town, "stopped_at <= close_due")
    statement = "UPDATE rounds SET stopped_at = ? WHERE subject = ? AND round = 1 AND since = ?"
    change(town, statement, row.stopped_at + 60 * DAY, row.subject, row.since)
    try:
        assert codes(town, deep=True) == {"rate_differs", "summary_differs"}
        assert "rate_differs" in codes(town)
    finally:
        change(town, statement, row.stopped_at, row.subject, row.since)


def test_a_case_lost_from_the_rounds_is_found_by_the_deep_recount(town):
    subject = counted(town, "1 = 1").subject
    change(town, "UPDATE rounds SET source = 'patrol' WHERE subject = ?", subject)
    try:
        assert "rate_differs" in codes(town, deep=True)
    finally:
        change(town, "UPDATE rounds SET source = 'hotline' WHERE subject = ?", subject)


def test_a_personal_value_that_vanished_without_an_erasure_is_found(store):
    assert change(store, "DELETE FROM personal WHERE field = 'person'") >= 1
    assert "value_missing" in codes(store)


def test_an_erased_value_is_no_finding(store):
    act(store, "20261102000001", "erase", fields="phone", reason="期满")
    assert codes(store, deep=True) == set()


# what this store alone knows -------------------------------------------------------------------


def bulk_note(store, *numbers):
    with store.write() as session:
        return bulk_acts.act(session, Choice(numbers=numbers), "note", {"text": "已核"}).batch


def test_a_batch_that_lost_its_steps_is_named_and_a_whole_one_is_not(store):
    batch = bulk_note(store, "20261102000001")
    assert codes(store) == set()
    change(store, f"UPDATE batches SET last = {LAST} + 5")
    assert [(one.code, one.subject) for one in checking.check(store).findings] == [("batch_broken", batch)]
    change(store, f"UPDATE batches SET last = {LAST}, first = {FIRST}")
    assert codes(store) == {"batch_broken"}


def test_a_counter_of_numbers_that_fell_behind_is_named(store):
    for _ in range(11):
        log(store, source="patrol", reporter=None, phone=None)
    assert codes(store) == set()
    assert change(store, "UPDATE store SET value = '10' WHERE key LIKE 'number:%'") == 1
    assert codes(store) == {"counter_behind"}
    change(store, "UPDATE store SET value = 'x' WHERE key LIKE 'number:%'")
    assert codes(store) == {"counter_behind"}
