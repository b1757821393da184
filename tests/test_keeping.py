"""Backups that can be put back, and a store that survives being put back, wrong files and all."""

import os
import shutil
import time
from datetime import datetime, timedelta

import pytest

from db import upgrade
from tests import stores
from tests.stores import HOUR, act, change, handled, log, make_store, plain_file, reopen
from zq_grid import checking, keeping
from zq_grid.errors import Refused
from zq_grid.workspace import read_key


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


@pytest.fixture
def elsewhere(tmp_path):
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    return folder


def refusal(function, *arguments, **options):
    with pytest.raises(Refused) as refused:
        function(*arguments, **options)
    return refused.value.code


def whole(workspace):
    return not checking.check(workspace, deep=True).findings


def files(folder):
    return sorted(path.name for path in folder.iterdir())


# backing up -----------------------------------------------------------------------------------


def test_a_backup_lies_in_the_folder_of_backups_named_by_shanghai_time(store):
    made = keeping.backup(store)
    assert made == store.folder / "backups" / f"{datetime(2026, 11, 2, 10, 10):%Y%m%d-%H%M%S}.zqb"
    assert files(made.parent) == [made.name]


def test_a_backup_is_encrypted_and_holds_what_was_only_in_the_write_ahead_log(store, elsewhere):
    log(store, order_number="20261102000002", text="龘靐齉之事")
    made = keeping.backup(store, elsewhere / "一.zqb")
    raw = made.read_bytes()
    assert not raw.startswith(b"SQLite format 3")
    assert "龘靐齉".encode() not in raw
    pages = b"".join(stores.pages(made, read_key(store.folder)))
    assert "龘靐齉".encode() in pages


def test_a_backup_replaces_an_older_one_and_leaves_nothing_beside(store, elsewhere):
    out = elsewhere / "last.zqb"
    out.write_bytes(b"older")
    keeping.backup(store, out)
    assert out.stat().st_size > 100_000
    assert files(elsewhere) == ["last.zqb"]
    assert files(store.folder / "backups") == []


def test_a_backup_into_no_folder_is_refused(store, elsewhere):
    assert refusal(keeping.backup, store, elsewhere / "none" / "a.zqb") == "folder_missing"


def test_a_backup_over_a_folder_is_refused(store, elsewhere):
    assert refusal(keeping.backup, store, elsewhere) == "cannot_write"
    assert files(elsewhere) == []


def test_a_backup_of_a_broken_log_does_not_replace_a_good_one(store, elsewhere):
    out = keeping.backup(store, elsewhere / "good.zqb")
    good = out.read_bytes()
    change(store, "UPDATE steps SET kind = 'void' WHERE position = (SELECT max(position) FROM steps)")
    assert refusal(keeping.backup, store, out) == "backup_damaged"
    assert out.read_bytes() == good


def test_a_backup_while_another_connection_reads_and_writes(store, elsewhere):
    other = reopen(store.folder, store.clock)
    with other.read() as session:
        made = keeping.backup(store, elsewhere / "a.zqb")
        assert session.catalogue
    log(other, order_number="20261102000009")
    other.close()
    assert made.exists()


def test_a_server_is_backed_up_by_its_own_tools(tmp_path, fresh_pg):
    workspace = make_store(tmp_path / "ws", url=fresh_pg)
    assert refusal(keeping.backup, workspace) == "server_backup"
    assert (
        refusal(keeping.restore, workspace.folder, tmp_path / "a", clock=workspace.clock, url=fresh_pg)
        == "server_backup"
    )
    workspace.close()


def test_a_copy_aside_is_a_store_that_opens(store):
    made = keeping.copy_aside(store.engine, store.folder, "before-upgrade-0001")
    assert made.parent.name == "backups"
    assert made.name.startswith("before-upgrade-0001-")
    log(store, order_number="20261102000002")
    store.close()
    keeping.restore(store.folder, made, clock=store.clock)
    again = reopen(store.folder, store.clock)
    assert stores.count(again, "cases") == 1
    again.close()


# putting back ---------------------------------------------------------------------------------


def test_what_is_put_back_is_what_was_backed_up_and_the_replaced_store_is_kept(store):
    before = stores.dump(store)
    made = keeping.backup(store)
    store.clock.pass_(HOUR)
    log(store, order_number="20261102000002")
    store.close()
    kept = keeping.restore(store.folder, made, clock=store.clock)
    assert kept.name == "store.db.before-restore-20261102-111000"
    again = reopen(store.folder, store.clock)
    assert stores.dump(again) == before
    again.close()
    # and the kept one can be put back in turn
    keeping.restore(store.folder, kept, clock=store.clock)
    again = reopen(store.folder, store.clock)
    assert stores.count(again, "cases") == 2
    assert whole(again)
    again.close()


def test_a_restored_store_begins_a_new_epoch_and_gives_no_number_twice(store):
    made = keeping.backup(store)
    log(store, order_number="20261102000002")
    given = set(stores.streams(store))
    store.close()
    keeping.restore(store.folder, made, clock=store.clock)
    again = reopen(store.folder, store.clock)
    known = set(stores.streams(again))
    log(again, order_number="20261102000003")
    new = set(stores.streams(again)) - known
    assert len(new) == 1
    assert not new & given
    epochs = {epoch for _, epoch, _, _ in stores.streams(again)}
    assert len(epochs) == 2
    again = stores.reopen_as_is(again)
    log(again, order_number="20261102000004")
    assert len({epoch for _, epoch, _, _ in stores.streams(again)}) == 2
    assert whole(again)
    again.close()


def test_a_backup_goes_to_a_new_machine_with_its_key_beside_it(store, elsewhere, tmp_path):
    out = keeping.backup(store, elsewhere / "a.zqb")
    new = tmp_path / "new"
    assert refusal(keeping.restore, new, out, clock=store.clock) == "key_missing"
    shutil.copy(store.folder / "key", elsewhere / "key")
    assert keeping.restore(new, out, clock=store.clock) is None
    again = reopen(new, store.clock)
    log(again, order_number="20261102000002")
    devices = {device for device, _, _, _ in stores.streams(again)}
    assert len(devices) == 2
    assert whole(again)
    again.close()


def test_a_backup_with_another_key_is_encrypted_anew_for_the_folder(store, elsewhere, tmp_path):
    out = keeping.backup(store, elsewhere / "a.zqb")
    shutil.copy(store.folder / "key", elsewhere / "key")
    other = make_store(tmp_path / "other")
    other.close()
    key = read_key(other.folder)
    kept = keeping.restore(other.folder, out, clock=store.clock)
    assert read_key(other.folder) == key
    again = reopen(other.folder, store.clock)
    assert stores.count(again, "cases") == 1
    assert whole(again)
    again.close()
    # the store that stood there before can still be read
    keeping.restore(other.folder, kept, clock=store.clock)
    again = reopen(other.folder, store.clock)
    assert stores.count(again, "cases") == 0
    again.close()


def test_a_damaged_store_is_replaced_and_its_bytes_are_kept_with_its_log(store):
    made = keeping.backup(store)
    log(store, order_number="20261102000002")
    shutil.copytree(store.folder, copied := store.folder.parent / "copied")
    broken = bytearray((copied / "store.db").read_bytes())
    broken[4096:] = os.urandom(len(broken) - 4096)
    broken[:100] = os.urandom(100)
    (copied / "store.db").write_bytes(broken)
    wal = (copied / "store.db-wal").read_bytes()
    kept = keeping.restore(copied, copied / "backups" / made.name, clock=store.clock)
    assert kept.read_bytes() == bytes(broken)
    assert kept.with_name(kept.name + "-wal").read_bytes() == wal
    again = reopen(copied, store.clock)
    assert stores.count(again, "cases") == 1
    assert whole(again)
    again.close()


def test_a_store_that_somebody_has_open_is_not_replaced(store, monkeypatch):
    monkeypatch.setattr("db.engine.BUSY_SECONDS", 0)
    made = keeping.backup(store)
    log(store, order_number="20261102000002")
    assert refusal(keeping.restore, store.folder, made, clock=store.clock) == "store_busy"
    assert stores.count(store, "cases") == 2
    assert not [name for name in files(store.folder) if "before-restore" in name or name.startswith(".")]
    number = log(store, order_number="20261102000003")
    act(store, number, "accept")
    assert len({epoch for _, epoch, _, _ in stores.streams(store)}) == 1


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda path: None, "file_missing"),
        (lambda path: path.mkdir(), "file_missing"),
        (plain_file, "store_plain"),
        (lambda path: path.write_bytes(b""), "store_empty"),
        (lambda path: path.write_bytes(b"PK\x03\x04 something else"), "backup_not_store"),
        (lambda path: path.write_bytes(os.urandom(8192)), "store_wrong_key"),
    ],
    ids=["none", "folder", "plain", "empty", "other", "noise"],
)
def test_what_is_no_backup_is_refused_and_the_store_stays(store, elsewhere, make, code):
    make(elsewhere / "b.zqb")
    store.close()
    before = {name: (store.folder / name).read_bytes() for name in ("store.db", "key", "device")}
    assert refusal(keeping.restore, store.folder, elsewhere / "b.zqb", clock=store.clock) == code
    assert {name: (store.folder / name).read_bytes() for name in before} == before
    assert files(store.folder) == sorted(
        [*before, "backups"] if (store.folder / "backups").exists() else before
    )


def test_a_backup_of_another_key_is_refused(store, elsewhere, tmp_path):
    other = make_store(tmp_path / "other")
    made = keeping.backup(other, elsewhere / "b.zqb")
    other.close()
    store.close()
    assert refusal(keeping.restore, store.folder, made, clock=store.clock) == "store_wrong_key"


def test_a_backup_of_a_newer_program_is_refused(store, elsewhere):
    change(store, "UPDATE alembic_version SET version_num = '9999'")
    made = keeping.backup(store, elsewhere / "b.zqb")
    change(store, "UPDATE alembic_version SET version_num = ?", upgrade.HEAD)
    store.close()
    assert refusal(keeping.restore, store.folder, made, clock=store.clock) == "store_too_new"


@pytest.mark.parametrize("at", [0, 1, -1], ids=["first page", "second page", "last page"])
def test_a_backup_with_a_flipped_bit_is_refused(store, elsewhere, at):
    made = keeping.backup(store, elsewhere / "b.zqb")
    raw = bytearray(made.read_bytes())
    raw[(at % (len(raw) // 4096)) * 4096 + 2000] ^= 1
    made.write_bytes(raw)
    store.close()
    code = refusal(keeping.restore, store.folder, made, clock=store.clock)
    assert code in {"store_wrong_key", "store_corrupt", "backup_damaged", "store_io"}
    again = reopen(store.folder, store.clock)
    assert whole(again)
    again.close()


def test_a_backup_whose_log_was_changed_is_refused(store, elsewhere):
    change(store, "UPDATE steps SET did_at = did_at + 1 WHERE position = (SELECT max(position) FROM steps)")
    store.close()
    shutil.copy(store.folder / "store.db", elsewhere / "b.zqb")
    assert refusal(keeping.restore, store.folder, elsewhere / "b.zqb", clock=store.clock) == "backup_damaged"


def test_a_restore_where_the_device_file_is_damaged_changes_nothing(store):
    made = keeping.backup(store)
    store.close()
    (store.folder / "device").write_text("{}")
    before = (store.folder / "store.db").read_bytes()
    assert refusal(keeping.restore, store.folder, made, clock=store.clock) == "device_unreadable"
    assert (store.folder / "store.db").read_bytes() == before


# pruning --------------------------------------------------------------------------------------


def test_pruning_keeps_hours_days_and_months(tmp_path):
    folder = tmp_path / "backups"
    folder.mkdir()
    newest = datetime(2026, 11, 2, 9, 37, 30)
    for back in range(0, 500 * 24, 5):  # every five hours for 500 days
        (folder / f"{newest - timedelta(hours=back):%Y%m%d-%H%M%S}.zqb").touch()
    for minutes in (15, 30):
        (folder / f"{newest - timedelta(minutes=minutes):%Y%m%d-%H%M%S}.zqb").touch()
    for name in ("before-upgrade-0001-20261102T010203Z.db", "mine.zqb", "20261102-0907.zqb"):
        (folder / name).touch()
    gone = keeping.prune(tmp_path)
    left = files(folder)
    assert "before-upgrade-0001-20261102T010203Z.db" in left
    assert {"mine.zqb", "20261102-0907.zqb"} < set(left)
    dated = [datetime.strptime(name, "%Y%m%d-%H%M%S.zqb") for name in left if name[15:] == ".zqb"]
    assert max(dated) == newest
    assert newest - timedelta(minutes=15) not in dated
    assert len({f"{at:%Y%m%d%H}" for at in dated}) >= 24
    assert len({f"{at:%Y%m%d}" for at in dated}) >= 30
    assert len({f"{at:%Y%m}" for at in dated}) == 12
    assert len(dated) <= 24 + 30 + 12
    assert len(gone) + len(dated) == 500 * 24 / 5 + 2
    assert keeping.prune(tmp_path) == []


def test_pruning_clears_away_what_a_killed_program_left_a_day_ago(tmp_path):
    folder = tmp_path / "backups"
    folder.mkdir()
    for place in (tmp_path, folder):
        for name, age in ((".zq-0a.tmp", 2), (".zq-0a.tmp-wal", 2), (".zq-0b.tmp", 0), ("store.db", 2)):
            (place / name).touch()
            at = time.time() - age * 86_400
            os.utime(place / name, (at, at))
    assert keeping.prune(tmp_path) == []
    assert files(folder) == [".zq-0b.tmp", "store.db"]
    assert files(tmp_path) == [".zq-0b.tmp", "backups", "store.db"]


def test_pruning_where_nothing_was_backed_up(tmp_path):
    assert keeping.prune(tmp_path) == []
