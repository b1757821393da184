"""Real workbooks, and a large one, become planned rows."""

from datetime import datetime, timedelta

import pytest
import xlsxwriter

from zq_grid.errors import ImportRejected
from zq_grid.importing.headers import map_headers
from zq_grid.importing.plan import plan
from zq_grid.importing.reader import read

HEADER = ["工单编号", "受理时间", "工单类型", "诉求地址", "内容描述"]
REAL = {
    "chinese/e2_sample.xlsx": (494, 1, 0),
    "chinese/e3_sample.xlsx": (30, 0, 0),
    "chinese/e4_sample.xlsx": (120, 0, 0),
    "western/boston311-100.csv": (100, 0, 0),
    "western/boston311-dmy-100.csv": (100, 0, 0),
    "western/boston311-100-notime.csv": (100, 0, 0),
    "western/boston311-100-20dupes-random.csv": (100, 0, 20),
    "western/kexinjiao_311_500.csv": (500, 0, 0),
}


@pytest.mark.parametrize("name", REAL)
def test_real_files_are_planned_as_they_were_counted_by_hand(shared_data, name):
    table = read(shared_data / name)
    result = plan(table, map_headers(table))
    repeats = sum(row.repeats is not None for row in result.rows)
    assert (len(result.rows), len(result.rejected), repeats) == REAL[name]


def test_the_two_spellings_of_the_boston_dates_say_the_same(shared_data):
    plans = []
    for name in ("boston311-100.csv", "boston311-dmy-100.csv"):
        table = read(shared_data / "western" / name)
        plans.append(
            [(row.order_number, row.facts, row.outcome) for row in plan(table, map_headers(table)).rows]
        )
    assert plans[0] == plans[1]


def test_the_id_that_stands_twice_in_the_real_file_is_shown(shared_data):
    table = read(shared_data / "chinese" / "e2_sample.xlsx")
    (one,) = plan(table, map_headers(table)).rejected
    assert one.sentence == "与第 100 行编号相同，但“一级分类”不同，已保留第 100 行。"


def test_every_real_file_can_be_planned(shared_data):
    for folder in ("importer", "chinese", "western"):
        for path in sorted((shared_data / folder).iterdir()):
            try:
                table = read(path)
            except ImportRejected:
                continue
            result = plan(table, map_headers(table))
            assert len(result.rows) + len(result.rejected) < len(table.rows) + 1


def test_twenty_thousand_rows_are_read_and_planned(tmp_path):
    header = [
        *HEADER,
        "派遣时间",
        "截止时间",
        "结案时间",
        "居村委",
        "一级业务分类",
        "二级业务分类",
        "主办单位",
        "答复要点",
    ]
    header += [
        "解决情况",
        "先行联系",
        "综合满意度",
        "联系电话",
        "工单来源",
        *[f"备用{place}" for place in range(7)],
    ]
    path = tmp_path / "年.xlsx"
    with xlsxwriter.Workbook(
        str(path), {"constant_memory": True, "default_date_format": "yyyy-mm-dd hh:mm:ss"}
    ) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, header)
        for line in range(1, 20_001):
            at = datetime(2026, 1, 1, 8) + timedelta(minutes=7 * line)
            text = "居民反映楼上漏水，物业不处理，要求尽快解决。" * 10
            row = [20260101000000 + line, f"{at}", "投诉", f"都市路{line}号", f"{text}{line}", at, at, at]
            row += [
                f"第{line % 40}居委",
                "城乡建设",
                "物业管理",
                "房管所",
                "已联系市民。",
                "实际解决",
                "是",
                "满意",
            ]
            row += [13800000000 + line, "热线", *"1234567"]
            sheet.write_row(line, 0, row)
    assert len(header) == 25
    table = read(path)
    result = plan(table, map_headers(table))
    assert (len(result.rows), len(result.rejected)) == (20_000, 0)
