"""No number is ever given twice: copies, stores put back, and lost memories begin a new epoch."""

import hashlib
import json
import os
import shutil
import stat

import pytest

from tests import stores
from tests.stores import clone, log, reopen_as_is, streams
from zq_grid import device
from zq_grid.device import Device
from zq_grid.errors import Refused

STORE = "0123456789abcdef"


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "data"
    made.mkdir()
    return made


@pytest.fixture
def store(tmp_path, template):
    workspace = stores.moved(template.folder, tmp_path / "store", stores.Clock())
    yield workspace
    workspace.close()


def epochs(workspace):
    return {epoch for _, epoch, _, _ in streams(workspace)}


def memory(folder):
    place = hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:24]
    return device.home() / "stores" / f"{place}.json"


# the key --------------------------------------------------------------------------------------


def test_a_device_is_named_by_its_public_key_and_keeps_its_name(folder):
    one = Device(folder, STORE)
    assert one.id == hashlib.sha256(one.public_key).hexdigest()[:8]
    assert Device(folder, STORE).id == one.id
    assert Device(folder, STORE).public_key == one.public_key


@pytest.mark.skipif(os.name == "nt", reason="modes of files are another matter there")
def test_only_its_owner_can_read_the_private_key(folder):
    Device(folder, STORE)
    assert stat.S_IMODE((folder / "device").stat().st_mode) == 0o600


@pytest.mark.parametrize(
    "said",
    [
        "",
        "{",
        "[]",
        "{}",
        '{"device": "x"}',
        '{"device": "x", "private_key": "zz"}',
        '{"device": "x", "private_key": "00"}',
        '{"device": "x", "private_key": 7}',
        '{"device": 7, "private_key": "' + "00" * 32 + '"}',
        '{"device": "x", "private_key": "' + "00" * 32 + '", "epoch": "soon"}',
        "\u0000\uffff",
    ],
)
def test_a_damaged_device_file_is_refused_and_left_as_it_is(folder, said):
    (folder / "device").write_text(said, "utf-8")
    with pytest.raises(Refused) as refused:
        Device(folder, STORE)
    assert refused.value.code == "device_unreadable"
    assert (folder / "device").read_text("utf-8") == said


def test_a_secret_is_written_whole_or_not_at_all(folder):
    device.write_secret(folder / "a", b"one")
    device.write_secret(folder / "a", b"two")
    assert (folder / "a").read_bytes() == b"two"
    with pytest.raises(OSError, match="No such file"):
        device.write_secret(folder / "none" / "a", b"three")
    assert [path.name for path in folder.iterdir()] == ["a"]


# the memory outside ---------------------------------------------------------------------------


def test_a_new_store_begins_in_epoch_one_and_stays_there(folder):
    one = Device(folder, STORE)
    assert one.settle({}) is False
    one.remember({"town": 3})
    assert Device(folder, STORE).settle({"town": 3}) is False
    assert Device(folder, STORE).epoch == 1


def test_a_store_with_more_than_is_remembered_is_the_one_remembered(folder):
    Device(folder, STORE).remember({"town": 3})
    assert Device(folder, STORE).settle({"town": 5, "catalogue": 1}) is False


@pytest.mark.parametrize("highest", [{}, {"town": 2}, {"catalogue": 9}])
def test_a_store_with_less_than_is_remembered_begins_a_new_epoch_once(folder, highest):
    Device(folder, STORE).remember({"town": 3})
    one = Device(folder, STORE)
    assert one.settle(highest) is True
    assert one.settle({}) is False
    assert one.epoch > 1
    assert Device(folder, STORE).epoch == one.epoch


@pytest.mark.parametrize("damage", [None, "", "{", "[1]x"])
def test_a_store_nobody_remembers_here_begins_a_new_epoch(folder, damage):
    Device(folder, STORE).remember({"town": 3})
    memory(folder).unlink() if damage is None else memory(folder).write_text(damage)
    assert Device(folder, STORE).settle({"town": 3}) is True


def test_a_shorter_memory_leaves_nothing_of_a_longer_one(folder):
    Device(folder, STORE).remember({"town": 3_000_000, "catalogue": 12})
    Device(folder, STORE).remember({"town": 4})
    assert Device(folder, STORE).settle({"town": 4}) is False


def test_a_memory_cut_off_in_the_middle_is_none(folder):
    Device(folder, STORE).remember({"town": 3})
    whole = memory(folder).read_text()
    for cut in (whole[:-1], whole + "}", whole[1:]):
        memory(folder).write_text(cut)
        assert Device(folder, STORE).settle({"town": 3}) is True
        Device(folder, STORE).remember({"town": 3})


def test_another_store_at_the_same_place_begins_a_new_epoch(folder):
    Device(folder, STORE).remember({"town": 3})
    assert Device(folder, "another").settle({"town": 3}) is True


def test_a_memory_that_cannot_be_written_is_forgotten_rather_than_old(folder, monkeypatch, tmp_path):
    one = Device(folder, STORE)
    one.remember({"town": 3})
    old = memory(folder)
    # a folder where the new memory should go: writing it fails whoever asks
    kept = old.parent / "kept"
    old.rename(kept)
    old.mkdir()
    (old / "in the way").touch()
    one.remember({"town": 4})
    assert [path.name for path in old.parent.iterdir() if path.name.startswith(old.name + ".")] == []
    shutil.rmtree(old)
    assert Device(folder, STORE).settle({"town": 4}) is True


def test_acting_goes_on_where_no_memory_can_be_kept(store, tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    monkeypatch.setenv("ZQ_GRID_HOME", str(tmp_path / "file" / "below"))
    first = reopen_as_is(store)
    log(first)
    log(first)
    assert len(epochs(first)) == 2  # nothing is remembered of the epoch in which the store was set up
    again = reopen_as_is(first)
    log(again)
    log(again)
    assert len(epochs(again)) == 3
    again.close()


# stores that were copied, moved, put back -------------------------------------------------------


def test_closing_and_opening_begins_no_epoch(store):
    log(store)
    again = reopen_as_is(store)
    log(again)
    assert epochs(again) == {1}
    again.close()


def test_both_copies_of_a_store_go_on_and_never_give_the_same_number(store, tmp_path):
    log(store)
    common = set(streams(store))
    copied = clone(store, tmp_path / "copied")
    here = stores.reopen(store.folder)
    for _ in range(3):
        log(here)
        log(copied)
    mine, theirs = (set(streams(workspace)) - common for workspace in (here, copied))
    assert len(mine) == len(theirs) == 3
    assert not mine & theirs
    assert epochs(here) == {1}
    assert len(epochs(copied)) == 2
    copied.close()
    here.close()


def test_two_copies_of_one_copy_begin_two_epochs(store, tmp_path):
    first = clone(store, tmp_path / "first")
    second = clone(first, tmp_path / "second")
    first = stores.reopen(first.folder)
    log(first)
    log(second)
    assert not (set(streams(first)) ^ set(streams(second))) & set(streams(store))
    assert not {s for s in streams(first) if s[2] == "town"} & {s for s in streams(second) if s[2] == "town"}
    first.close()
    second.close()


def test_a_store_put_back_by_hand_begins_a_new_epoch(store, tmp_path):
    log(store)
    store.close()
    shutil.copy(store.folder / "store.db", tmp_path / "old.db")
    later = stores.reopen(store.folder)
    log(later)
    given = set(streams(later))
    later.close()
    shutil.copy(tmp_path / "old.db", store.folder / "store.db")
    back = stores.reopen(store.folder)
    known = set(streams(back))
    log(back)
    assert not (set(streams(back)) - known) & given
    assert len(epochs(back)) == 2
    back.close()


def test_a_whole_folder_put_back_begins_a_new_epoch(store, tmp_path):
    log(store)
    store.close()
    shutil.copytree(store.folder, tmp_path / "old")
    later = stores.reopen(store.folder)
    log(later)
    given = set(streams(later))
    later.close()
    shutil.rmtree(store.folder)
    shutil.copytree(tmp_path / "old", store.folder)
    back = stores.reopen(store.folder)
    known = set(streams(back))
    log(back)
    assert not (set(streams(back)) - known) & given
    back.close()


def test_a_number_that_was_acknowledged_is_remembered(store):
    log(store)
    remembered = json.loads(memory(store.folder).read_text())
    highest = {
        scope: max(s for _, _, of, s in streams(store) if of == scope) for scope in ("town", "catalogue")
    }
    assert remembered == {"store": store.info["store"], "epoch": 1, "highest": highest}


def test_an_unnumbered_case_bears_the_epoch_that_its_own_first_step_began(store, tmp_path):
    log(store)
    copied = clone(store, tmp_path / "copied")
    with copied.write() as session:
        made = stores.cases.log(session, stores.ORDER)
    assert made.step.subject == f"case:{copied.device.id}-{made.step.epoch}-1"
    copied.close()


def test_an_act_on_the_catalogue_never_has_the_name_of_an_act_on_a_case(store):
    with store.write() as session:
        names = [session.log.next_name(scope) for scope in ("town", "catalogue", "audit")]
    assert len({name.rpartition("-")[0] for name in names}) == 3


def test_a_lost_device_file_makes_a_new_device_and_the_work_goes_on(store):
    log(store)
    store.close()
    (store.folder / "device").unlink()
    again = stores.reopen(store.folder)
    log(again)
    assert len({name for name, _, _, _ in streams(again)}) == 2
    again.close()


def test_with_a_damaged_device_file_the_store_can_be_read_but_not_written(store):
    number = log(store)
    store.close()
    (store.folder / "device").write_text("?")
    again = stores.reopen(store.folder)
    with again.read() as session:
        assert stores.cases.find(session, number)
    with pytest.raises(Refused) as refused:
        log(again)
    assert refused.value.code == "device_unreadable"
    assert stores.count(again, "cases") == 1
    again.close()


def test_an_epoch_that_stands_only_in_a_copied_device_file_is_never_gone_on_with(tmp_path):
    folder = tmp_path / "first"
    folder.mkdir()
    one = Device(folder, STORE)
    # a first write began an epoch and died: the store holds no step of it
    one.begin_epoch()
    shutil.copytree(folder, tmp_path / "second")
    for place in ("first", "second"):
        again = Device(tmp_path / place, STORE)
        assert again.settle({}) is True
        assert again.epoch != one.epoch


def test_a_device_that_gave_numbers_in_another_epoch_does_not_begin_at_one_again(tmp_path):
    assert Device(tmp_path, STORE).settle({}, elsewhere=True) is True
