"""Where a store must not live: what others can change under it, or what can be pulled out."""

from pathlib import Path

import pytest

from tests import stores
from zq_grid import setup, shares
from zq_grid.errors import Refused

MOUNTS = """\
/dev/sda1 / ext4 rw 0 0
proc /proc proc rw 0 0
//server/town /mnt/town cifs rw 0 0
server:/home /srv/home nfs4 rw 0 0
/dev/sdb1 /srv/home/local ext4 rw 0 0
me@host:/ /mnt/two\\040words fuse.sshfs rw 0 0
/dev/sde1 /mnt/over ext4 rw 0 0
server:/over /mnt/over nfs rw 0 0
server:/x /mnt/共\\040享 nfs rw 0 0
/dev/sdc1 /media/me/STICK vfat rw 0 0
/dev/sdd1 /run/media/me/STICK vfat rw 0 0
nonsense
"""


@pytest.mark.parametrize(
    ("folder", "why"),
    [
        ("/var/lib/town", None),
        ("/mnt/town", "network"),
        ("/mnt/town/deep/below", "network"),
        ("/mnt/township", None),
        ("/srv/home/me", "network"),
        ("/srv/home/local/me", None),
        ("/mnt/two words/data", "network"),
        ("/mnt/over/data", "network"),
        ("/mnt/共 享/data", "network"),
        ("/media/me/STICK/data", "removable"),
        ("/run/media/me/STICK", "removable"),
        ("/srv/OneDrive - 颛桥/data", "cloud"),
        ("/srv/me/坚果云/data", "cloud"),
        ("/srv/me/Dropbox", "cloud"),
        ("//server/share/data", "network"),
        ("\\\\server\\share\\data", "network"),
    ],
)
def test_a_place_is_judged_by_the_mount_nearest_to_it_and_by_its_name(folder, why):
    assert shares.unsafe(Path(folder), MOUNTS) == why


def test_no_table_of_mounts_refuses_nothing(tmp_path, monkeypatch):
    monkeypatch.setenv("ZQ_GRID_MOUNTS", str(tmp_path / "none"))
    shares.refuse(tmp_path)


@pytest.fixture
def on_a_share(tmp_path, monkeypatch):
    table = tmp_path / "mounts"
    shared = tmp_path / "shared"
    shared.mkdir()
    table.write_text(f"/dev/sda1 / ext4 rw 0 0\n//server/a {shared} cifs rw 0 0\n", "utf-8")
    monkeypatch.setenv("ZQ_GRID_MOUNTS", str(table))
    return shared


def test_no_store_is_made_on_a_share(on_a_share):
    with pytest.raises(Refused) as refused:
        setup.new_workspace(on_a_share / "ws", clock=stores.Clock())
    assert (refused.value.code, refused.value.facts["why"]) == ("store_share", "network")
    assert not list((on_a_share / "ws").iterdir())


def test_no_store_is_opened_on_a_share(on_a_share, tmp_path, monkeypatch):
    stores.make_store(tmp_path / "ws").close()
    (tmp_path / "ws").rename(on_a_share / "ws")
    with pytest.raises(Refused) as refused:
        stores.reopen(on_a_share / "ws")
    assert refused.value.code == "store_share"
    monkeypatch.delenv("ZQ_GRID_MOUNTS")
    stores.reopen(on_a_share / "ws").close()


def test_a_link_to_a_share_is_as_unsafe_as_the_share(on_a_share, tmp_path):
    (tmp_path / "here").symlink_to(on_a_share)
    with pytest.raises(Refused) as refused:
        shares.refuse(tmp_path / "here" / "ws")
    assert refused.value.code == "store_share"
