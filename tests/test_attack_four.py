"""What a stranger broke with files and their names on the command line, once each, so that it stays mended."""

import pytest

from tests.run_cli import call, refused, run
from tests.stores import make_store


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    where = tmp_path_factory.mktemp("attack") / "data"
    make_store(where).close()
    run(where, "log", "--type", "noise", "--place", "abc", "--text", "x", "--order", "20261102000001")
    return where


def held(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.name in {"key", "device"}}


WRITING = [
    ("backup", "--out"),
    ("report", "weekly", "--week", "2026-W40", "--out"),
    ("paper", "case", "20261102000001", "--out"),
    ("paper", "dispatch", "20261102000001", "--out"),
]


@pytest.mark.parametrize("command", WRITING, ids=lambda command: "-".join(command[:2]))
@pytest.mark.parametrize(
    "name", ["key", "store.db", "store.db-wal", "device", "../data/key", "files/ab/photo.jpg"]
)
def test_no_command_writes_over_what_the_store_is_made_of(folder, command, name):
    (folder / "files" / "ab").mkdir(parents=True, exist_ok=True)
    before = held(folder)
    for lang in ("zh", "en"):
        said = refused(folder, *command, str(folder / name), options=("--lang", lang))
        assert said["refused"] == "file_of_store"
        assert not set(said["reason"]) & set("{}")
    assert held(folder) == before
    assert run(folder, "check")["findings"] == []


def test_a_link_to_the_key_is_the_key(folder, tmp_path):
    (tmp_path / "out.pdf").symlink_to(folder / "key")
    command = ("paper", "case", "20261102000001", "--out", str(tmp_path / "out.pdf"))
    assert refused(folder, *command)["refused"] == "file_of_store"


def test_a_file_of_that_name_in_another_folder_is_anybody_s(folder, tmp_path):
    assert run(folder, "backup", "--out", str(tmp_path / "key"))["bytes"] > 0
    (tmp_path / "elsewhere").mkdir()
    assert run(folder, "backup", "--out", str(tmp_path / "elsewhere" / "store.db"))["bytes"] > 0


@pytest.mark.parametrize("out", ["", ".", "{folder}"])
def test_a_backup_to_a_folder_is_refused(folder, out):
    said = refused(folder, "backup", "--out", out.format(folder=folder))
    assert said["refused"] == "cannot_write"


def test_nothing_is_said_to_be_looked_at_where_the_file_can_not_be_written(folder, tmp_path):
    (tmp_path / "a.xlsx").mkdir()
    asked = ("export", "cases", "--unmask", "--reason", "核对", "--out", str(tmp_path / "a.xlsx"))
    assert refused(folder, *asked)["refused"] == "cannot_write"
    assert run(folder, "audit")["total"] == 0


@pytest.mark.parametrize("week", ["0001-W01", "1999-W52", "0000-W01"])
def test_a_week_before_this_century_is_none(folder, tmp_path, week):
    said = refused(folder, "report", "weekly", "--week", week, "--out", str(tmp_path / "a.pdf"))
    assert (said["refused"], week in said["reason"]) == ("week_unknown", True)


@pytest.mark.parametrize(
    ("options", "command"),
    [
        (("--db", ""), ("list",)),
        (("--as", ""), ("list",)),
        ((), ("handover", "--to", "w004", "--from", "", "--grid", "hexi5-02")),
        ((), ("bulk", "note", "--number", "20261102000001", "--field", "text=x", "--preview", "--yes")),
        ((), ("duplicates", "20261102000001", "--until", "2026-01-01")),
        ((), ("duplicates", "20261102000001", "--type", "noise")),
    ],
    ids=lambda given: "-".join(given[:2]),
)
def test_what_is_empty_or_contradicts_itself_is_wrong_use(folder, options, command):
    before = run(folder, "check")["steps"]
    assert refused(folder, *command, options=options)["refused"] == "wrong_use"
    assert run(folder, "check")["steps"] == before


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (("steps", "--case", ""), "case_unknown"),
        (("clocks", "--case", ""), "case_unknown"),
        (("audit", "--number", ""), "case_unknown"),
        (("handover", "--to", "w004", "--grid", "castle"), "entry_unknown"),
        (("handover", "--to", "w004", "--from", "w005", "--type", "castle"), "entry_unknown"),
        (("duplicates", "--text", "漏水", "--type", "castle"), "type_unknown"),
        (("act", "20261102000001", "log"), "step_again"),
        (("bulk", "log", "--number", "20261102000001", "--yes"), "bulk_step"),
        (("retire", "moon", "x"), "kind_unknown"),
        (("retire", "unit", "police", "--superseded-by", "castle"), "entry_unknown"),
        (("retire", "unit", "police", "--superseded-by", "police"), "entry_unknown"),
        (("absence", "w004", "--since", "1900-01-01", "--deputy", "w005"), "did_long_ago"),
        (("absence", "w004", "--end", "--since", "2026-01-01"), "absence_unknown"),
        (("replay", "/"), "file_locked"),
    ],
    ids=lambda given: "-".join(given[:2]) if isinstance(given, tuple) else None,
)
def test_what_there_is_not_is_refused_by_its_name(folder, command, code):
    assert refused(folder, *command)["refused"] == code


def test_a_missing_town_file_is_named(tmp_path):
    said = refused(tmp_path / "new", "init", "--town", str(tmp_path / "town.toml"))
    assert (said["refused"], "town.toml" in said["reason"]) == ("file_missing", True)
    assert not (tmp_path / "new").exists()


def test_a_preview_on_behalf_of_somebody_is_still_good_when_it_is_confirmed_later(folder):
    asked = ("bulk", "note", "--number", "20261102000001", "--field", "text=x", "--on-behalf-of", "居委电话")
    first, later = ("--now", "2026-11-03T09:00:00+08:00"), ("--now", "2026-11-03T09:10:00+08:00")
    other = ("log", "--type", "noise", "--place", "abc", "--text", "x")
    number = run(folder, *other, options=first)["number"]
    asked = tuple(number if one == "20261102000001" else one for one in asked)
    token = run(folder, *asked, "--preview", options=first)["token"]
    assert run(folder, *asked, "--token", token, "--yes", options=later)["taken"] == 1
    note = run(folder, "show", number, options=later)["steps"][-1]
    assert (note["did_at"], note["on_behalf_of"]) == ("2026-11-03T09:10:00+08:00", "居委电话")


@pytest.mark.parametrize("at", ["9999-12-31T23:59:59-20:00", "1960-01-01", "2300-01-01"])
def test_a_history_of_no_time_is_refused_line_by_line(folder, tmp_path, at):
    file = tmp_path / "history.jsonl"
    line = f'{{"step": "log", "at": "{at}", "number": "A", "body": {{"type": "noise", "place": "x", "text": "y"}}}}'
    file.write_text(line, "utf-8")
    told = run(folder, "replay", str(file))
    assert (told["steps"], [one["code"] for one in told["refused"]]) == (0, ["fact_form"])
    assert "这一行没有写入" in told["refused"][0]["reason"]


def test_a_worker_who_did_nothing_is_told_so_by_the_list(folder):
    assert "没有可以撤销" in call(folder, "undo", "--list", options=("--as", "w063")).out


@pytest.mark.parametrize("now", ["1999-12-31", "2200-01-01", "9000-01-01", ""])
def test_practice_happens_in_these_two_centuries(folder, now):
    assert refused(folder, "list", options=("--now", now))["refused"] == "fact_form"


def test_a_demo_whose_pictures_have_no_place_builds_no_town(tmp_path):
    (tmp_path / "file").touch()
    where = tmp_path / "town"
    assert (
        refused(where, "demo", "--cases", "100", "--shots", str(tmp_path / "file" / "x"))["refused"]
        == "cannot_write"
    )
    assert not where.exists()
