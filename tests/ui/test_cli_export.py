"""The commands that let data out, as people call them."""

import inspect

import pytest
import typer

from tests.exported import about, column, sheets
from tests.run_cli import call, refused, run
from ui import cli_export, cli_lists
from zq_grid import setup
from zq_grid.rules import worktime


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    folder = tmp_path_factory.mktemp("exports") / "cli"
    workspace = setup.new_workspace(folder, practice=True, clock=lambda: worktime.parse("2026-11-02")[0])
    workspace.close()
    given = (
        "--type",
        "noise",
        "--source",
        "hotline",
        "--place",
        "朝阳村",
        "--text",
        "=1+1",
        "--reporter",
        "李四",
    )
    for order in ("777001", "777002"):
        run(folder, "log", *given, "--order", order, options=("--now", "2026-11-02T10:00:00+08:00"))
    return folder


def test_the_command_line_exports_cases_and_says_how_many(data, tmp_path):
    now, out = ("--now", "2026-11-02T11:00:00+08:00"), tmp_path / "a.xlsx"
    said = run(data, "export", "cases", "--out", str(out), "--type", "noise", "--sort", "number", options=now)
    assert said == {
        "out": str(out),
        "rows": 2,
        "sheets": 1,
        "masked": True,
        "shortened": 0,
        "guarded": 2,
        "confidential": 0,
    }
    assert column(out, "编号") == ["777001", "777002"]
    assert column(out, "诉求人") == ["李**", "李**"]
    assert "已导出全部 2 件" in call(data, "export", "cases", "--out", str(out), options=now).out


def test_the_command_line_unmasks_only_for_a_reason_and_by_who_may(data, tmp_path):
    now, out = ("--now", "2026-11-02T11:00:00+08:00"), str(tmp_path / "a.xlsx")
    asked = ("export", "cases", "--unmask", "--out", out)
    assert refused(data, *asked, options=now)["refused"] == "reveal_reason"
    as_other = (*now, "--as", "w010")
    assert refused(data, *asked, "--reason", "核对", options=as_other)["refused"] == "reveal_list"
    assert not (tmp_path / "a.xlsx").exists()
    said = run(data, *asked, "--reason", "核对", "--number", "777001", options=now)
    assert (said["masked"], said["rows"]) == (False, 1)
    assert column(out, "诉求人") == ["李四"]
    assert run(data, "audit", options=now)["reveals"][0]["filter"] == {"number": "777001"}


def test_a_number_that_no_case_bears_is_refused_and_nothing_is_written_or_logged(data, tmp_path):
    now, out = ("--now", "2026-11-02T11:00:00+08:00"), tmp_path / "none.xlsx"
    looks = run(data, "audit", options=now)["total"]
    for more in ((), ("--unmask", "--reason", "核对"), ("--number", "777001")):
        said = refused(data, "export", "cases", "--number", "nope", *more, "--out", str(out), options=now)
        assert said["refused"] == "case_unknown"
    assert refused(data, "list", "--number", "nope", options=now)["refused"] == "case_unknown"
    assert not out.exists()
    assert run(data, "audit", options=now)["total"] == looks


def test_filters_that_nothing_passes_make_a_table_of_headers_that_says_none(data, tmp_path):
    now, out = ("--now", "2026-11-02T11:00:00+08:00"), tmp_path / "none.xlsx"
    said = run(data, "export", "cases", "--stage", "closed", "--out", str(out), options=now)
    assert said["rows"] == 0
    assert len(sheets(out)["案件"]) == 1
    assert about(out)["件数"].startswith("0 件")
    assert run(data, "list", "--number", "777001", "--stage", "closed", options=now)["total"] == 0


def test_several_numbers_are_all_exported_in_any_spelling(data, tmp_path):
    now, out = ("--now", "2026-11-02T11:00:00+08:00"), tmp_path / "two.xlsx"
    wanted = [item for number in ("777002", "７７７００１", "777002") for item in ("--number", number)]
    assert run(data, "export", "cases", *wanted, "--out", str(out), options=now)["rows"] == 2
    assert about(out)["筛选条件"] == "编号：777002、777001"
    unmasked = ("--unmask", "--reason", "核对", "--out", str(out))
    assert run(data, "export", "cases", *wanted, *unmasked, options=now)["rows"] == 2
    assert run(data, "audit", options=now)["reveals"][0]["filter"] == {"number": "777002、777001"}
    assert run(data, "list", "--number", "７７７００１", options=now)["total"] == 1


@pytest.mark.parametrize(
    "command", [("list",), ("export", "cases", "--out", "x.csv"), ("bulk", "note", "--yes")]
)
@pytest.mark.parametrize(
    ("asked", "code"),
    [
        (("--number", ""), "wrong_use"),
        (("--unit", ""), "wrong_use"),
        (("--search", ""), "wrong_use"),
        (("--with-deputies",), "wrong_use"),
        (("--since", "2026-11-03", "--until", "2026-11-02"), "range_reversed"),
        (("--since", "2026-11-03", "--until", "2026-11-03"), "range_reversed"),
        (("--due-since", "2026-11-03", "--due-until", "2026-11-02"), "range_reversed"),
        (("--unit", "castle"), "entry_unknown"),
        (("--grid", "castle"), "entry_unknown"),
        (("--worker", "nobody"), "worker_unknown"),
        (("--source", "moon"), "filter_unknown"),
        (("--kind", "song"), "filter_unknown"),
    ],
)
def test_a_filter_that_can_hold_nothing_is_refused_in_a_sentence(data, command, asked, code):
    for lang in ("zh", "en"):
        said = refused(data, *command, *asked, options=("--lang", lang))
        assert said["refused"] == (
            "bulk_none" if command[0] == "bulk" and asked == ("--number", "") else code
        )
        assert not set(said["reason"]) & set("—{}")


def test_filters_take_names_as_well_as_codes(data):
    assert run(data, "list", "--type", "噪声扰民")["total"] == 2


def test_the_command_line_exports_rates(data, tmp_path):
    out = tmp_path / "a.xlsx"
    asked = ("--from", "2026-11-01", "--to", "2026-12-01", "--by", "unit", "--as-of", "2026-12-01")
    said = run(data, "export", "rates", *asked, "--out", str(out))
    assert said["rows"] == len(sheets(out)["四率"]) - 1
    assert about(out)["截至"] == "2026-12-01 00:00"
    assert (
        refused(data, "export", "rates", *asked, "--out", str(out), "--profile", "x")["refused"]
        == "profile_unknown"
    )


def test_export_is_a_group_of_commands():
    assert isinstance(cli_export.COMMANDS["export"], typer.Typer)
    said = call(None, "export", "--help")
    assert (said.code, "cases" in said.out, "rates" in said.out) == (0, True, True)


def test_every_option_of_list_that_chooses_cases_is_an_option_of_export():
    def options(command):
        return set(inspect.signature(command).parameters)

    assert options(cli_lists.COMMANDS["list"]) - {"offset", "limit"} <= options(cli_export.cases)
