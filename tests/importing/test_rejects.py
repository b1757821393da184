from datetime import date, datetime

import openpyxl
import pytest

from zq_grid.errors import Refused
from zq_grid.importing.headers import map_headers
from zq_grid.importing.plan import plan
from zq_grid.importing.reader import read
from zq_grid.importing.rejects import write_rejects
from zq_grid.importing.table import Table

HEADER = ("工单编号", "受理时间", "内容描述", "备注")


def rejects(*rows):
    table = Table("表", (), [HEADER, *rows])
    mapping = map_headers(table)
    return mapping, plan(table, mapping).rejected


def test_rejected_rows_come_back_as_they_were_with_the_reason(tmp_path):
    path = tmp_path / "未导入.xlsx"
    rows = [
        ("合计", date(2026, 1, 5), "=1+1", 20260105000001),
        ("x", datetime(2026, 1, 5, 9, 3), "a", "http://example.org"),
    ]
    write_rejects(path, *rejects(*rows))
    sheet = openpyxl.load_workbook(path).active
    assert [cell.value for cell in sheet[1]] == [*HEADER, "未导入原因"]
    assert sheet["C2"].data_type == "s"
    assert sheet["D3"].hyperlink is None
    table = read(path)
    assert table.rows[1] == (*rows[0], "“工单编号”的编号“合计”无法识别。")
    assert table.rows[2][:4] == rows[1]


def test_rejected_rows_put_right_can_be_imported_again(tmp_path):
    path = tmp_path / "未导入.xlsx"
    write_rejects(path, *rejects((20260105000001, "昨天", "漏水", None)))
    book = openpyxl.load_workbook(path)
    book.active["B2"] = "2026-01-05"
    book.save(path)
    table = read(path)
    (row,) = plan(table, map_headers(table)).rows
    assert row.order_number == "20260105000001"
    assert row.extra == {}


def test_a_text_longer_than_a_cell_is_cut_visibly(tmp_path):
    path = tmp_path / "未导入.xlsx"
    write_rejects(path, *rejects(("1", None, "漏" * 40_000, None)))
    assert read(path).rows[1][2].endswith("漏…")


def test_a_folder_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(Refused):
        write_rejects(tmp_path / "无" / "未导入.xlsx", *rejects(("合计", None, "a", None)))
