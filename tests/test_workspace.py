"""Opening and making a workspace: what is wrong is said with its own word, and nothing is made worse by it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from db.tables import BATCHES, KEPT, SUMMARY
from tests import stores
from tests.stores import act, change, handled, lies_in, log, make_store, plain_file, reopen, reopen_as_is
from zq_grid import checking, keeping, rebuilding, setup, workspace
from zq_grid.errors import Refused
from zq_grid.progress import Progress

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture
def store(tmp_path, template):
    made = stores.moved(template.folder, tmp_path / "store", stores.Clock())
    yield made
    made.close()


def refusal(function, *arguments, **options):
    with pytest.raises(Refused) as refused:
        function(*arguments, **options)
    return refused.value.code


# opening --------------------------------------------------------------------------------------


def test_a_folder_without_a_store_is_refused_and_stays_empty(tmp_path):
    assert refusal(reopen, tmp_path) == "store_missing"
    assert refusal(reopen, tmp_path / "none") == "store_missing"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (lambda folder: (folder / "key").unlink(), "key_missing"),
        (lambda folder: (folder / "key").write_text("schlüssel", "utf-8"), "key_damaged"),
        (lambda folder: (folder / "key").write_text("00" * 31), "key_damaged"),
        (lambda folder: (folder / "key").write_text("00" * 32), "store_wrong_key"),
        (lambda folder: (folder / "store.db").write_bytes(b""), "store_empty"),
        (lambda folder: (folder / "store.db").write_bytes(os.urandom(40_960)), "store_wrong_key"),
        (lambda folder: (folder / "store.db").unlink() or plain_file(folder / "store.db"), "store_plain"),
        (lambda folder: (folder / "store.db").unlink() or (folder / "store.db").mkdir(), "store_io"),
        (lambda folder: (folder / "store.db").unlink(), "store_missing"),
    ],
    ids=["no key", "words", "short key", "other key", "empty", "noise", "plain", "folder", "gone"],
)
def test_what_cannot_be_opened_is_named_and_left_as_it_is(store, spoil, code):
    store.close()
    spoil(store.folder)
    before = {p.name: p.read_bytes() for p in store.folder.iterdir() if p.is_file()}
    assert refusal(reopen, store.folder) == code
    left = {p.name: p.read_bytes() for p in store.folder.iterdir() if p.is_file() and "-" not in p.name}
    assert left == before


def test_a_store_of_a_newer_program_is_refused_unchanged(store):
    change(store, "UPDATE alembic_version SET version_num = '9999'")
    store.close()
    before = (store.folder / "store.db").read_bytes()
    with pytest.raises(Refused) as refused:
        reopen(store.folder)
    assert (refused.value.code, refused.value.facts["revision"]) == ("store_too_new", "9999")
    assert (store.folder / "store.db").read_bytes() == before
    assert not (store.folder / "backups").exists()


def made_older(store):
    """Bring the tables of a store back to what the first release made."""
    with store.transaction(write=True) as db:
        for table in (*SUMMARY, BATCHES, KEPT):
            db.exec_driver_sql(f"DROP TABLE {table.name}")
        db.exec_driver_sql("DROP TABLE search")
        for index in ("ix_steps_arrived", "ix_steps_raised", "ix_entries_position"):
            db.exec_driver_sql(f"DROP INDEX {index}")
        for name in ("cases", "clocks", "rounds", "case_facts", "case_words", "search"):
            db.exec_driver_sql(f"CREATE TABLE {name} (subject INTEGER)")
        db.exec_driver_sql("CREATE TABLE batches (batch TEXT PRIMARY KEY, first INTEGER)")
        db.exec_driver_sql("INSERT INTO batches VALUES ('b', 1)")
        db.exec_driver_sql("UPDATE alembic_version SET version_num = '0001'")


def test_an_older_store_is_copied_then_upgraded_and_has_the_summaries_of_its_log(store):
    log(store, order_number="20261102000001")
    whole = stores.dump(store)
    made_older(store)
    store.close()
    again = reopen(store.folder)
    assert stores.dump(again) == whole
    with again.read() as session:
        assert session.db.exec_driver_sql("SELECT batch, kind FROM batches").all() == [("b", "import")]
    again.close()
    (kept,) = (store.folder / "backups").iterdir()
    assert kept.name.startswith("before-upgrade-0001-")
    keeping.restore(store.folder, kept, clock=store.clock)
    again = reopen(store.folder)
    assert stores.dump(again) == whole
    again.close()


def test_no_server_at_the_address_is_said_as_such(tmp_path):
    for url in ("postgresql://nobody@127.0.0.1:9/none", "nonsense://x", "sqlite://"):
        assert refusal(reopen, tmp_path / "ws", url=url) == "store_unreachable"


def test_an_empty_database_holds_no_store(tmp_path, fresh_pg):
    assert refusal(reopen, tmp_path / "ws", url=fresh_pg) == "store_missing"


# making ---------------------------------------------------------------------------------------


def test_a_second_store_at_the_same_place_is_refused(store):
    assert refusal(make_store, store.folder) == "store_exists"
    assert stores.count(store, "entries") > 100


def test_a_second_store_in_the_same_database_is_refused(tmp_path, fresh_pg):
    make_store(tmp_path / "one", url=fresh_pg).close()
    assert refusal(make_store, tmp_path / "two", url=fresh_pg) == "store_exists"


@pytest.mark.parametrize(
    "spoil",
    [
        lambda folder: (folder / "key").unlink(),
        lambda folder: (folder / "key").write_text("00" * 32),
        lambda folder: (folder / "store.db").write_bytes(os.urandom(8192)),
    ],
    ids=["no key", "other key", "noise"],
)
def test_a_store_that_cannot_be_read_is_not_made_anew_over(store, spoil):
    store.close()
    spoil(store.folder)
    before = (store.folder / "store.db").read_bytes()
    assert refusal(make_store, store.folder) == "store_exists"
    assert (store.folder / "store.db").read_bytes() == before


def test_setting_up_goes_on_where_it_was_cut_short(tmp_path, monkeypatch):
    folder = tmp_path / "ws"

    class Cut(Exception):
        pass

    def cut(*_arguments, **_options):
        raise Cut

    for name, module in (("upgrade", workspace.migrations), ("define", setup.catalogue)):
        monkeypatch.setattr(module, name, cut)
        with pytest.raises(Cut):
            make_store(folder)
        monkeypatch.undo()
        assert refusal(reopen, folder) == "store_missing"
    key = (folder / "key").read_text()
    made = make_store(folder)
    log(made)
    assert (folder / "key").read_text() == key
    assert checking.check(made, deep=True).findings == ()
    made.close()


def test_a_file_in_the_way_of_the_folder_is_refused(tmp_path):
    (tmp_path / "ws").touch()
    assert refusal(make_store, tmp_path / "ws") == "cannot_write"


# what lies on the disk ------------------------------------------------------------------------

SECRET = "龘靐齉之事"


def test_neither_store_nor_log_shows_a_word_of_what_they_hold(store):
    number = log(store, text=SECRET, order_number="20261102000001")
    act(store, number, "note", text=SECRET)
    files = [store.folder / name for name in ("store.db", "store.db-wal")]
    assert files[1].stat().st_size > 0
    for when in ("open", "closed"):
        for path in files:
            raw = path.read_bytes() if path.exists() else b""
            assert SECRET.encode() not in raw, (when, path.name)
            assert b"property_management" not in raw
            assert not raw.startswith(b"SQLite format 3")
        store.close()
    assert lies_in(store, SECRET)


def test_closing_leaves_one_file_and_nothing_beside(store):
    log(store)
    store.close()
    assert sorted(path.name for path in store.folder.iterdir()) == ["device", "key", "store.db"]


def test_what_was_erased_is_gone_from_every_page_of_the_file(store):
    number = handled(store, "20261102000001")
    log(store, text="龘出没", reporter="乙", phone="1", order_number="20261102000002")
    act(store, number, "amend", text=SECRET, reason="补充")
    act(store, number, "note", text="甲：" + SECRET)
    store.close()
    assert lies_in(store, SECRET)
    assert lies_in(store, "靐齉")
    again = reopen(store.folder, store.clock)
    act(again, number, "erase", fields=["text", "reporter", "phone", "person"], reason="本人要求")
    # already before closing: the write-ahead log was emptied too
    assert not lies_in(again, SECRET)
    assert (again.folder / "store.db-wal").stat().st_size == 0
    again.close()
    for word in (SECRET, "靐", "齉", "王小明", "13800000001"):
        assert not lies_in(store, word), word
    assert lies_in(store, "龘出")
    again = reopen(store.folder, store.clock)
    assert checking.check(again, deep=True).findings == ()
    with again.write() as session:
        rebuilding.rebuild(session, Progress())
    assert checking.check(again, deep=True).findings == ()
    again.close()
    assert not lies_in(store, "靐")


# being busy, being full -----------------------------------------------------------------------

HOLD = """
import sys
from pathlib import Path
from zq_grid.workspace import open_workspace
found = open_workspace(Path(sys.argv[1]), clock=lambda: 0)
with found.transaction(write=True):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_store_that_another_process_writes_is_busy_and_then_free(store, monkeypatch):
    log(store)
    store.engine.dispose()
    monkeypatch.setattr("db.engine.BUSY_SECONDS", 0.1)
    command = [sys.executable, "-c", HOLD, str(store.folder)]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout.readline() == "held\n"
        assert refusal(log, store) == "store_busy"
        with store.read() as session:
            assert session.catalogue
        other.stdin.close()
        assert other.wait(20) == 0
    log(store)
    assert stores.count(store, "cases") == 2


def test_a_full_disk_stores_nothing_of_an_act_and_the_next_one_works(store):
    number = log(store, order_number="20261102000001")
    whole, given = stores.dump(store), stores.streams(store)
    with store.engine.connect() as raw:
        pages = raw.exec_driver_sql("PRAGMA page_count").scalar_one()
        assert raw.exec_driver_sql(f"PRAGMA max_page_count = {pages}").scalar_one() == pages
    assert refusal(act, store, number, "note", text="长" * 15_000) == "store_full"
    assert (stores.dump(store), stores.streams(store)) == (whole, given)
    again = reopen_as_is(store)
    act(again, number, "note", text="长" * 15_000)
    assert {epoch for _, epoch, _, _ in stores.streams(again)} >= {1}
    assert checking.check(again, deep=True).findings == ()
    again.close()


def test_those_who_listen_are_told_what_changed_once_it_is_stored(tmp_path):
    told = []
    made = make_store(tmp_path / "ws")
    made.close()
    made = workspace.open_workspace(made.folder, clock=made.clock, tell=told.append)
    number = log(made)
    assert "cases" in told[-1]
    act(made, number, "erase", fields=["text"], reason="本人要求")
    assert "personal" in told[-1]
    count = len(told)
    assert refusal(act, made, number, "close") in {"gate", "step_stage", "step_not_handled"}
    assert len(told) == count
    made.close()


def test_the_catalogues_of_two_copies_in_one_process_are_not_mixed_up(store, tmp_path):
    copied = stores.clone(store, tmp_path / "copied")
    here = reopen(store.folder)
    for made, name in ((here, "此"), (copied, "彼")):
        with made.write() as session:
            entry = dict(session.catalogue.get("type", "noise"))
            setup.catalogue.define(session, [("type", "noise", {**entry, "name": name})])
    for made, name in ((here, "此"), (copied, "彼"), (here, "此")):
        with made.read() as session:
            assert session.catalogue.name("type", "noise") == name
    copied.close()
    here.close()
