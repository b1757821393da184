"""`--lang en`: neither the help nor what a command says is Chinese, on a store whose data is in Latin letters."""

import shutil

import pytest

from tests.run_cli import call
from tests.ui import english_town
from tests.ui.english_town import ACCEPTED, CLOSED, DISPATCHED, HANDLED, LATE, RECEIVED, TWIN
from tests.ui.screen_words import CHINESE
from tests.ui.test_english import workbook
from ui.cli import WHERE

EN = ("--lang", "en")
NOW = ("--now", "2026-11-12T10:00:00+08:00")
GROUPS = {"export": ("cases", "rates"), "report": ("weekly",), "paper": ("case", "dispatch"),
          "places": ("find", "todo", "set", "forget")}  # fmt: skip
ASKED = [
    ("list",),
    ("list", "--stage", "open", "--light", "red", "--asks", "extension"),
    *(("show", number) for number in (RECEIVED, ACCEPTED, DISPATCHED, HANDLED, CLOSED, LATE)),
    ("clocks",),
    ("duplicates", RECEIVED),
    ("duplicates", "--since", "2026-11-01"),
    ("rates", "--from", "2026-11-01", "--to", "2026-12-01"),
    ("rates", "--from", "2026-11-01", "--to", "2026-12-01", "--by", "type", "--explain"),
    ("people",),
    ("absence", "w006"),
    ("places", "find", "Maple Street 12"),
    ("places", "todo"),
    ("catalogue", "office"),
    ("audit",),
    ("undo", "--list"),
    ("bulk", "note", "--field", "text=Seen", "--number", RECEIVED, "--number", CLOSED, "--preview"),
    ("bulk", "accept", "--stage", "open", "--preview"),
    ("handover", "--to", "w007", "--from", "w006", "--preview"),
    ("check",),
    ("reveal", RECEIVED, "--reason", "To call back"),
    (
        "log",
        "--type",
        "noise",
        "--place",
        "Elm Street 3",
        "--text",
        "Loud at night",
        "--field",
        "grid=anhe-01",
    ),
    ("act", RECEIVED, "accept"),
    ("undo",),
    ("act", TWIN, "merge", "--field", f"into={RECEIVED}", "--field", "reason=One matter"),
    ("backup",),
    ("rebuild",),
]
REFUSED = [
    ("show", "77"),
    ("act", RECEIVED, "close"),
    ("act", ACCEPTED, "close", "--field", "verdict=solved"),
    ("act", RECEIVED, "visit", "--field", "satisfaction=great"),
    ("act", RECEIVED, "dance"),
    ("list", "--light", "pink"),
    ("list", "--unit", "nobody"),
    ("log", "--type", "nothing", "--place", "x"),
    ("log", "--type", "fraud_alert", "--place", "x", "--field", "level=some"),
    ("rates", "--from", "2026-12-01", "--to", "2026-11-01"),
    ("rates", "--from", "2026-11-01", "--to", "2026-12-01", "--profile", "none"),
    ("import", "/nowhere.xlsx"),
    ("report", "weekly", "--week", "47", "--out", "x.pdf"),
    ("undo", "77"),
    ("bulk", "accept", "--number", "77"),
    ("absence", "w006", "--since", "soon"),
    ("handover", "--to", "w007"),
    ("restore", "/nowhere.zqb"),
    ("reveal", RECEIVED, "--reason", ""),
    ("export", "cases", "--out", "/nowhere/at/all.xlsx"),
]  # fmt: skip


def chinese(said: str) -> list[str]:
    return [line for line in said.splitlines() if CHINESE.search(line)]


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    """Return a store that all commands may write to."""
    made = english_town.make_town(tmp_path_factory.mktemp("town") / "w")
    copy = made.parent / "copy"
    shutil.copytree(made, copy)
    return copy


@pytest.mark.parametrize("command", [(), *((name,) for name in WHERE),
                                     *((group, name) for group, below in GROUPS.items() for name in below)],
                         ids=" ".join)  # fmt: skip
def test_the_help_of_every_command_is_english_where_that_is_asked_for(command):
    said = call(None, *command, "--help", options=EN)
    assert (said.code, chinese(said.out + said.err)) == (0, [])
    assert "Usage:" in said.out


def test_without_a_wish_the_help_says_both():
    said = call(None, "list", "--help").out
    assert chinese(said)
    assert "list cases" in said


@pytest.mark.parametrize("asked", ASKED, ids=" ".join)
def test_what_a_command_says_is_english(town, asked):
    said = call(town, *asked, options=(*EN, *NOW))
    assert (said.code, chinese(said.out + said.err)) == (0, [])
    assert said.out.strip() or asked[0] in {"audit"}


@pytest.mark.parametrize("asked", REFUSED, ids=" ".join)
def test_what_is_refused_is_said_in_english(town, asked):
    said = call(town, *asked, options=(*EN, *NOW))
    assert said.code in (1, 2)
    assert (chinese(said.out + said.err), bool(said.err.strip())) == ([], True)


def test_an_import_speaks_english(town, tmp_path):
    path = workbook(tmp_path / "orders.xlsx")
    for more in (("--dry-run",), ()):
        said = call(town, "import", str(path), *more, options=(*EN, *NOW))
        assert (said.code, chinese(said.out + said.err)) == (0, [])
        assert "Only the sheet" in said.out
    broken = tmp_path / "picture.xlsx"
    broken.write_bytes(b"\x89PNG\r\n")
    said = call(town, "import", str(broken), options=EN)
    assert (said.code, chinese(said.err)) == (1, [])
    assert "a picture" in said.err
