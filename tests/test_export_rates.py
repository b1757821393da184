"""Rates as files: numbers with their exact fractions, what was left out and why, and the basis they rest on."""

from fractions import Fraction

import openpyxl
import pytest

from tests.exported import about, everything, fill, sheets
from tests.stores import act, log, make_store
from zq_grid import exports, rates
from zq_grid.rules import worktime

MONTH = {"start": worktime.parse("2026-11-01")[0], "end": worktime.parse("2026-12-01")[0]}


@pytest.fixture(scope="module")
def workspace(tmp_path_factory):
    found = make_store(tmp_path_factory.mktemp("exports") / "store")
    fill(found)
    yield found
    found.close()


def write_rates(workspace, path, **asked):
    with workspace.read() as session:
        done = exports.rates(session, path, **{**MONTH, **asked})
        return done, rates.rates(session, **{**MONTH, **{k: v for k, v in asked.items() if k != "lang"}})


def test_rates_are_numbers_with_their_fractions_beside_them_and_blank_where_nothing_was_counted(
    workspace, tmp_path
):
    done, figures = write_rates(workspace, tmp_path / "a.xlsx")
    head, *rows = sheets(done.path)["四率"]
    assert [row[1] for row in rows] == [rate.name for rate in figures]
    for row, rate in zip(rows, figures, strict=True):
        cells = dict(zip(head, row, strict=True))
        if rate.measure == "count":
            assert (cells["分子"], cells["分母"], cells["百分比"]) == (rate.denominator, None, None)
        elif not rate.denominator:
            assert (cells["百分比"], cells["精确值"]) == (None, None)
        else:
            assert Fraction(str(cells["分子"])) == rate.numerator
            assert cells["百分比"] == pytest.approx(float(rate.numerator / rate.denominator))
            assert cells["精确值"] == f"{rates.exact(rate.numerator)}/{rate.denominator}"
    satisfied = dict(zip(head, rows[3], strict=True))
    assert (satisfied["分子"], satisfied["分母"], satisfied["精确值"]) == (0.8, 1, "0.8/1")
    book = openpyxl.load_workbook(done.path)
    assert book["四率"].cell(2, head.index("百分比") + 1).number_format == "0.0%"
    book.close()


def test_rates_by_group_begin_with_the_whole_and_name_what_was_left_out_and_why(workspace, tmp_path):
    number = log(workspace, order_number="20261102000297", anonymous="yes", reporter=None)
    done, figures = write_rates(workspace, tmp_path / "a.xlsx", by="neighbourhood", as_of=MONTH["end"])
    head, *rows = sheets(done.path)["四率"]
    whole = [row for row in rows if row[0] == "全镇"]
    assert len(rows) == len(whole) + len(figures)
    place = head.index("分母")
    contact = [row for row in rows if row[1] == "先行联系率"]
    assert contact[0][place] == sum(row[place] for row in contact[1:])
    outs = [row for row in sheets(done.path)["未计入"][1:] if row[1] == "先行联系率" and row[0] != "全镇"]
    expected = [n for rate in figures if rate.key == "first_contact" for n in rate.excluded.values()]
    assert sorted(row[3] for row in outs) == sorted(expected)
    assert "匿名" in {row[2] for row in outs}
    act(workspace, number, "void", reason="测试")


def test_rates_say_their_period_moment_profile_and_basis(workspace, tmp_path):
    told = about(write_rates(workspace, tmp_path / "a.xlsx")[0].path)
    assert told["统计期"] == "2026-11-01 00:00 至 2026-12-01 00:00（不含）"
    assert told["统计口径"] == "统计口径（应办结）第 3 版"
    assert told["统计基准"] == "应办结"
    english = about(write_rates(workspace, tmp_path / "b.xlsx", lang="en")[0].path, "About")
    assert english["Profile"] == "Default profile (by limit), version 3"


def test_the_reasons_of_exclusions_hide_numbers(workspace, tmp_path):
    number = log(workspace, order_number="20261102000296")
    act(workspace, number, "exclude", indicator="all", reason="来电人 13912345678 撤诉", document="1")
    act(workspace, number, "approve_exclusion")
    done, _ = write_rates(workspace, tmp_path / "a.xlsx", as_of=MONTH["end"])
    assert "139****5678" in everything(done.path)
    assert "13912345678" not in everything(done.path)
    act(workspace, number, "void", reason="测试")
