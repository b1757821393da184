"""What must not stand in the repository: where packages came from, and the paths of one machine.

The forbidden words are put together from pieces, or this file would be the first to be found.
"""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
HOSTS = ("pypi" + ".org", "python" + "hosted", "registry.npm" + "js", "npm" + "js.org", "index" + "-url")
MIRRORS = r"//[a-z.-]*(" + "|".join(("py" + "pi", "n" + "pm", "python" + "h")) + r")[a-z.-]*/"
REGISTRY = re.compile("|".join(map(re.escape, HOSTS)) + "|" + MIRRORS, re.IGNORECASE)
# At the start of a word only: a folder of that name inside another, or in an address, is no path of a machine.
MACHINE = re.compile(r"(?<![\w.~)}*-])/(root|home|work|tmp|Users)" + "/")
MAY_USE_TMP = {"Makefile"}


def tracked() -> list[Path]:
    """Return the files that git holds or is about to hold."""
    if not shutil.which("git") or not (ROOT / ".git").exists():
        pytest.skip("not a git checkout, so there is no list of files")
    command = [
        "git",
        "-c",
        "safe.directory=*",
        "ls-files",
        "-z",
        "--cached",
        "--others",
        "--exclude-standard",
    ]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, text=True).stdout
    return [path for name in listed.split("\0") if name and (path := ROOT / name).is_file()]


def lines(path: Path) -> list[str]:
    """Return the lines of `path`, none when it is not text."""
    try:
        return path.read_text("utf-8").splitlines()
    except UnicodeDecodeError:
        return []


def places(pattern: re.Pattern[str], files: list[Path]) -> list[str]:
    """Return "file:line: text" for each line that `pattern` finds."""
    return [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()[:120]}"
        for path in files
        for number, line in enumerate(lines(path), 1)
        if pattern.search(line)
    ]


def test_no_file_says_where_packages_came_from():
    assert places(REGISTRY, tracked()) == []


def test_no_file_holds_a_path_of_one_machine():
    files = [path for path in tracked() if path.name not in MAY_USE_TMP]
    assert Path(__file__) in files
    assert places(MACHINE, files) == []


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("cd /{}/someone", True),
        ('open("/{}/x")', True),
        ("build/{}/x", False),
        ("https://example.org/{}/x", False),
        ("~/{}/x", False),
    ],
)
@pytest.mark.parametrize("folder", ["root", "home", "work", "tmp"])
def test_a_path_of_a_machine_is_told_from_others(line, folder, found):
    assert bool(MACHINE.search(line.format(folder))) is found


@pytest.mark.parametrize("host", [*HOSTS, "//mirror.py" + "pi.example/simple", "//files.n" + "pm.example/x"])
def test_a_registry_is_found_in_any_case(host):
    assert REGISTRY.search(f"see {host.upper()}")
