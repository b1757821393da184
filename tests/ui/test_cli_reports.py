"""Printing the week and building the demo from the command line."""

import json

import pytest

from tests.run_cli import call, refused, run

NOW = ("--now", "2026-11-24T15:00:00+08:00")
LATER = ("--now", "2026-11-24T15:01:00+08:00")


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    folder = tmp_path_factory.mktemp("reports") / "town"
    told = run(folder, "demo", "--cases", "100", options=NOW)
    return folder, told


def weekly(town, out, *more, options=NOW):
    return run(town[0], "report", "weekly", "--week", "2026-W47", "--out", str(out), *more, options=options)


def test_the_week_is_printed_and_described(town, tmp_path):
    told = weekly(town, tmp_path / "week.pdf")
    assert (tmp_path / "week.pdf").read_bytes().startswith(b"%PDF-")
    assert told["out"] == str(tmp_path / "week.pdf")
    assert (told["week"], told["check_code"]) == ("2026-W47", town[1]["check_code"])
    assert told["pages"] >= 4
    assert told["cut"] <= "2026-11-24T15:00:00+08:00"


def test_a_minute_later_the_bytes_are_the_same(town, tmp_path):
    weekly(town, tmp_path / "one.pdf")
    weekly(town, tmp_path / "two.pdf", options=LATER)
    assert (tmp_path / "one.pdf").read_bytes() == (tmp_path / "two.pdf").read_bytes()


def test_the_printed_cut_can_be_asked_for(town, tmp_path):
    first = weekly(town, tmp_path / "one.pdf")
    assert weekly(town, tmp_path / "two.pdf", "--as-of", first["cut"]) == {
        **first,
        "out": str(tmp_path / "two.pdf"),
    }
    assert (tmp_path / "one.pdf").read_bytes() == (tmp_path / "two.pdf").read_bytes()


def test_an_earlier_cut_says_what_was_known_then(town, tmp_path):
    told = weekly(town, tmp_path / "week.pdf", "--as-of", "2026-11-20T12:00:00+08:00")
    assert told["cut"] <= "2026-11-20T12:00:00+08:00"
    assert told["check_code"] != town[1]["check_code"]


def test_an_earlier_paper_is_replaced_whole(town, tmp_path):
    out = tmp_path / "week.pdf"
    out.write_bytes(b"old")
    weekly(town, out)
    assert out.read_bytes().endswith(b"%%EOF\n")
    assert [path.name for path in tmp_path.iterdir()] == ["week.pdf"]


def test_the_answer_is_a_sentence_in_either_language(town, tmp_path):
    out = str(tmp_path / "week.pdf")
    said = call(town[0], "report", "weekly", "--week", "2026-W47", "--out", out, options=NOW)
    assert said.out.startswith("已打印 2026-W47 周报，共 ")
    said = call(
        town[0], "report", "weekly", "--week", "2026-W47", "--out", out, options=(*NOW, "--lang", "en")
    )
    assert "2026-W47" in said.out
    assert said.out.isascii()


@pytest.mark.parametrize(
    "week", ["", "2026", "2026-47", "2026-W", "2026-W0", "2026-W54", "26-W01", "2026-W４7", "x-W1"]
)
def test_what_is_no_week_is_refused(town, tmp_path, week):
    found = refused(
        town[0], "report", "weekly", "--week", week, "--out", str(tmp_path / "week.pdf"), options=NOW
    )
    assert found["refused"] == "week_unknown"
    assert not (tmp_path / "week.pdf").exists()


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("weekly", "--week", "2027-W10"), "week_ahead"),
        (("monthly", "--week", "2026-W47"), "wrong_use"),
        (("weekly", "--week", "2026-W47", "--profile", "nobodys"), "profile_unknown"),
        (("weekly", "--week", "2026-W47", "--as-of", "gestern"), "fact_form"),
    ],
)
def test_what_cannot_be_printed_is_said(town, tmp_path, arguments, code):
    out = tmp_path / "week.pdf"
    assert refused(town[0], "report", *arguments, "--out", str(out), options=NOW)["refused"] == code
    assert not out.exists()


def test_a_missing_folder_is_said(town, tmp_path):
    out = tmp_path / "nowhere" / "week.pdf"
    found = refused(town[0], "report", "weekly", "--week", "2026-W47", "--out", str(out), options=NOW)
    assert found["refused"] == "folder_missing"


def test_the_demo_says_what_it_did(town):
    _, told = town
    assert told["cases"] == 100
    assert told["week"] == "2026-W47"
    assert set(told["rates"]) == {"first_contact", "on_time_closing", "actual_resolution", "satisfaction"}
    assert told["steps"]["close"] > 60
    assert len(told["pictures"]) >= 4


def test_the_demo_is_told_line_by_line_in_either_language(tmp_path):
    said = call(tmp_path / "zh", "demo", "--cases", "80", options=NOW)
    lines = said.out.splitlines()
    assert [line.split(".")[0].strip() for line in lines] == [str(n) for n in range(1, 12)]
    assert "周四率：先行联系率 " in said.out
    assert str(tmp_path / "zh") in lines[-2]
    said = call(
        tmp_path / "en",
        "demo",
        "--cases",
        "80",
        "--shots",
        str(tmp_path / "shots"),
        options=(*NOW, "--lang", "en"),
    )
    assert said.out.replace("莲湾镇", "").isascii()
    assert (tmp_path / "shots" / "weekly-2026-W47-page-1.png").exists()


def test_the_demo_leaves_a_workspace_alone(town):
    found = refused(town[0], "demo", "--cases", "80", options=NOW)
    assert found["refused"] == "store_exists"
    assert json.dumps(found)
