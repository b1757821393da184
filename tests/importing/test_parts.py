"""Next month's workbook calls its columns by names that nobody has met."""

import pytest
from openpyxl import Workbook, load_workbook

from tests.importing.test_headers import table
from zq_grid.importing.headers import map_headers
from zq_grid.importing.plan import plan
from zq_grid.importing.reader import read

NUMBERS = [f"XF-{n:05d}" for n in range(6)]
TEXTS = [f"楼上第 {n} 次漏水，物业说不归他们管" for n in range(6)]
TIMES = [f"2026-01-0{n + 1} 09:03" for n in range(6)]


def mapped(columns):
    rows = list(zip(*columns.values(), strict=True))
    mapping = map_headers(table(list(columns), *rows))
    return {column.header: column.field for column in mapping.columns if column.field}


def test_unknown_names_are_taken_apart():
    assert mapped(
        {
            "信件编号": NUMBERS,
            "写信人": ["张三", "李四", "王五", "赵六", "钱七", "孙八"],
            "写信人手机": ["13800000001"] * 6,
            "信件标题": ["漏水"] * 6,
            "写信日期": TIMES,
            "信件内容": TEXTS,
            "涉事地点": ["和溪五村12号"] * 6,
            "信件类别": ["城建", "城建", "环保", "城建", "环保", "城建"],
            "限期办结日期": TIMES,
            "实际办结日期": TIMES,
        }
    ) == {
        "信件编号": "order_number",
        "写信人": "reporter",
        "写信人手机": "phone",
        "信件标题": "title",
        "写信日期": "accepted_at",
        "信件内容": "text",
        "涉事地点": "place",
        "信件类别": "category1",
        "限期办结日期": "platform_due",
        "实际办结日期": "closed_at",
    }


@pytest.mark.parametrize(
    ("header", "cells"),
    [
        ("信件编号", ["1", "1", "1", "1", "2", "2"]),  # numbers nothing
        ("信件编号", TEXTS),
        ("写信日期", TEXTS),
        ("信件内容", ["有", "有", "有", "无事", "有", "有"]),
        ("写信人手机", TEXTS),
        ("信件类别", TEXTS),
        ("写信人", [text * 3 for text in TEXTS]),
        ("经办人", ["张三"] * 6),
        ("答复的详情", TEXTS),
        ("办理情况", TEXTS),
        ("承办人手机", ["13800000001"] * 6),
        ("应回访日期", TIMES),
        ("申请结案日期", TIMES),
        ("受理截止日期", TIMES),
    ],
)
def test_parts_are_no_ground_where_the_values_or_other_parts_speak_against_it(header, cells):
    assert header not in mapped({"工单标题": ["某事"] * 6, header: cells})


@pytest.mark.parametrize("said", ["预计办结日期", "计划办结的时间", "承诺办结日期", "规定办结日期"])
def test_when_it_should_be_closed_is_a_limit_and_not_a_closing(said):
    assert mapped({"工单标题": ["某事"] * 6, said: TIMES})[said] == "platform_due"


def test_of_two_contents_the_fuller_is_taken_and_of_two_times_neither():
    assert mapped({"信访事由": TEXTS, "信访详情": [text * 2 for text in TEXTS]}) == {"信访详情": "text"}
    assert mapped({"诉求标题": TEXTS, "写信时间": TIMES, "报修日期": TIMES}) == {"诉求标题": "title"}


def test_a_real_file_under_new_names_is_planned_as_before(shared_data, tmp_path):
    path = shared_data / "chinese" / "e2_sample.xlsx"
    book = load_workbook(path, read_only=True)
    rows = [list(row) for row in book.worksheets[0].iter_rows(values_only=True) if any(row)]
    book.close()
    rows[0] = ["信件编号", "写信人", "信件标题", "写信时间", "信件内容", "信件类别"]
    other = Workbook()
    for row in rows:
        other.active.append(row)
    other.save(tmp_path / "next.xlsx")

    def of(file):
        found = read(file)
        return [row.facts for row in plan(found, map_headers(found)).rows]

    assert of(tmp_path / "next.xlsx") == of(path)
