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
