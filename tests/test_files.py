import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from zq_grid import files
from zq_grid.errors import Refused

resource = pytest.importorskip("resource", reason="no limits on file size here")
ROOT = Path(__file__).resolve().parents[1]


def test_a_new_file_holds_the_bytes_and_leaves_no_neighbour(tmp_path):
    files.replace(tmp_path / "周报.pdf", b"one")
    assert (tmp_path / "周报.pdf").read_bytes() == b"one"
    assert os.listdir(tmp_path) == ["周报.pdf"]


def test_an_old_file_is_replaced_and_keeps_its_mode(tmp_path):
    path = tmp_path / "a.pdf"
    path.write_bytes(b"old")
    path.chmod(0o640)
    files.replace(path, b"new")
    assert path.read_bytes() == b"new"
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_a_new_file_follows_the_umask_so_a_shared_folder_stays_readable(tmp_path):
    before = os.umask(0o022)
    try:
        files.replace(tmp_path / "a.pdf", b"new")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "a.pdf").stat().st_mode) == 0o644


def test_the_target_of_a_link_is_replaced_not_the_link(tmp_path):
    (tmp_path / "real.pdf").write_bytes(b"old")
    (tmp_path / "link.pdf").symlink_to("real.pdf")
    files.replace(tmp_path / "link.pdf", b"new")
    assert (tmp_path / "link.pdf").is_symlink()
    assert (tmp_path / "real.pdf").read_bytes() == b"new"


def test_a_missing_folder_is_refused(tmp_path):
    with pytest.raises(Refused) as refused:
        files.replace(tmp_path / "no" / "a.pdf", b"x")
    assert refused.value.code == "folder_missing"
    assert refused.value.facts == {"folder": str(tmp_path / "no")}


def test_a_folder_in_the_way_is_refused_and_kept(tmp_path):
    (tmp_path / "a.pdf").mkdir()
    with pytest.raises(Refused) as refused:
        files.replace(tmp_path / "a.pdf", b"x")
    assert refused.value.code == "cannot_write"
    assert os.listdir(tmp_path) == ["a.pdf"]


def test_an_open_reader_keeps_the_old_bytes(tmp_path):
    path = tmp_path / "a.pdf"
    path.write_bytes(b"old")
    with path.open("rb") as reader:
        files.replace(path, b"new")
        assert reader.read() == b"old"


def test_a_full_disk_leaves_the_old_file_whole(tmp_path):
    """A limit on file size, in a process of its own, stops the write midway as a full disk does."""
    path = tmp_path / "a.pdf"
    path.write_bytes(b"old")
    script = (
        "import sys, pathlib\n"
        "from zq_grid import files\n"
        "from zq_grid.errors import Refused\n"
        "try:\n"
        "    files.replace(pathlib.Path(sys.argv[1]), b'n' * 100_000)\n"
        "except Refused as refusal:\n"
        "    print(refusal.code, refusal.facts['reason'])\n"
    )

    def limit() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, 10_000))

    ran = subprocess.run(
        [sys.executable, "-B", "-c", script, str(path)],
        cwd=ROOT,
        preexec_fn=limit,
        capture_output=True,
        text=True,
        check=True,
    )
    assert ran.stdout.split() == ["cannot_write", "disk_full"]
    assert path.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["a.pdf"]


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may write anywhere")
def test_a_folder_without_permission_is_refused(tmp_path):
    (tmp_path / "a.pdf").write_bytes(b"old")
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(Refused) as refused:
            files.replace(tmp_path / "a.pdf", b"new")
    finally:
        tmp_path.chmod(0o700)
    assert refused.value.facts["reason"] == "permission"
    assert (tmp_path / "a.pdf").read_bytes() == b"old"


# what a killed program leaves -----------------------------------------------------------------

WRITING = (
    "import sys, pathlib\n"
    "from zq_grid import export_book\n"
    "from zq_grid.export_book import Column\n"
    "with export_book.writing(pathlib.Path(sys.argv[1]), author='x', at=0) as book:\n"
    "    table = book.table('案件', [Column('电话')])\n"
    "    for _ in range(2000):\n"
    "        table.row(('13912345678' * 100,))\n"
    "    print('ready', flush=True)\n"
    "    sys.stdin.read()\n"
)


def writer(path):
    """Start a program that has written much and waits to be told to go on."""
    command = [sys.executable, "-B", "-c", WRITING, str(path)]
    running = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert running.stdout.readline() == "ready\n"
    return running


def left_in(folder):
    return [path.name for path in folder.iterdir() if path.name.startswith(".zq-")]


def unmasked(folder):
    whole = (path for path in folder.rglob("*") if path.is_file())
    return any(b"13912345678" in path.read_bytes() for path in whole)


@pytest.mark.parametrize("name", ["a.xlsx", "a.csv"])
def test_what_a_killed_export_left_is_gone_after_the_next_file_in_that_folder(tmp_path, name):
    with writer(tmp_path / name) as running:
        running.kill()
    assert unmasked(tmp_path)
    files.replace(tmp_path / "b.txt", b"other")
    assert left_in(tmp_path) == []
    assert [path.name for path in tmp_path.iterdir()] == ["b.txt"]


@pytest.mark.parametrize("name", ["a.xlsx", "a.csv"])
def test_an_export_that_is_running_is_left_alone_and_comes_whole(tmp_path, name):
    with writer(tmp_path / name) as running:
        before = sorted(left_in(tmp_path))
        files.replace(tmp_path / "b.txt", b"other")
        with files.replacing(tmp_path / "c.txt") as near:
            near.write_text("one more at once")
            files.replace(tmp_path / "d.txt", b"within")
            assert near.exists()
        assert sorted(left_in(tmp_path)) == before
        running.communicate("")
    assert running.returncode == 0
    assert left_in(tmp_path) == []
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([name, "b.txt", "c.txt", "d.txt"])


def test_what_older_versions_left_goes_after_a_day_and_nothing_of_anybody_else_s(tmp_path):
    names = (
        ".zq-0123456789abcdef.tmp",
        ".zq-0123456789abcdee.tmp",
        ".zq-ab12_x9z",
        ".zq-new2_x9z",
        ".zq-mine",
        "zq-x",
    )
    for name in names:
        (tmp_path / name).mkdir() if name.endswith("9z") else (tmp_path / name).touch()
        if name not in {names[1], names[3]}:
            os.utime(tmp_path / name, (0, 0))
    (tmp_path / ".zq-0000000000000000.tmp").symlink_to(tmp_path / "zq-x")
    files.replace(tmp_path / "b.txt", b"other")
    kept = {
        ".zq-0123456789abcdee.tmp",
        ".zq-new2_x9z",
        ".zq-mine",
        "zq-x",
        "b.txt",
        ".zq-0000000000000000.tmp",
    }
    assert {path.name for path in tmp_path.iterdir()} == kept
