"""Totals, headings, notes, headers again and ditto marks: what stands between the rows of a stranger's table."""

import pytest

from tests.importing.practice import Town, counts
from tests.importing.strange import CORE, NUMBERS, TEXTS, core, fields, planned


@pytest.fixture
def town(tmp_path):
    town = Town(tmp_path)
    yield town
    town.workspace.close()


def test_totals_headings_and_notes_are_no_orders_and_are_named():
    rows = [
        ["一、物业类", None, None, None],
        core(0),
        ["本页小计", "1件", None, None],
        CORE,
        core(1),
        ["合计", None, None, "2件"],
        ["注：1.办理时限自受理之日起算；2.本表仅供内部使用。", None, None, None],
        ["制表人：张三", None, "审核人：李四", "制表日期：2026年11月1日"],
        ["第 1 页，共 1 页", None, None, None],
    ]
    found = planned(CORE, *rows)
    assert [row.order_number for row in found.rows] == NUMBERS[:2]
    assert found.rejected == ()
    assert found.problems[0].facts == {"lines": "2、4、7、8、9、10", "count": "6"}
    assert "第 2、4、7、8、9、10 行" in found.problems[0].words()
    assert "2, 4, 7, 8, 9, 10" in found.problems[0].words("en")


def test_a_total_under_the_places_makes_no_case(town):
    rows = [["和溪五村", TEXTS[0], "2026-10-05"], ["合计", "共1条", ""], ["总计（件）", "1", ""]]
    assert counts(town.take(["小区名称", "问题描述", "登记时间"], *rows)) == (1, 0, 0, 0, 0)


@pytest.mark.parametrize(
    "row",
    [
        ["合计", None, None, "合计收费不合理，请核查"],  # says something: a person must look
        [NUMBERS[0], None, None, None],
        ["一、二号楼之间", None, None, TEXTS[0]],
        ["合计", "2026-10-05", None, "2件"],
        [None, "下周", None, None],
        [None, None, None, "备注：业主来电"],
        [None, None, "和溪五村", None],
    ],
)
def test_what_may_be_an_order_is_never_passed_over(row):
    found = planned(CORE, core(1), row)
    assert len(found.rows) + len(found.rejected) == 2
    assert found.problems == ()


def test_totals_and_headers_on_each_page_don_t_hide_what_a_column_is():
    header = ["案件号", "登记日期", "事发位置", "问题描述"]
    rows = []
    for n in range(4):
        rows += [core(n), ["本页小计", "1件", None, None], header]
    assert list(fields(header, *rows).values()) == ["order_number", "accepted_at", "place", "text"]


def test_ditto_marks_say_what_stands_above():
    header = [*CORE, "来电人", "联系电话"]
    rows = [
        core(0, "王先生", "13800000001"),
        [NUMBERS[1], "同上", "〃", "同上", "同上", "同上"],
        [NUMBERS[2], "2026-10-21", "″", TEXTS[2], '"', "同前"],
        ["同上", "2026-10-21", "和溪五村", TEXTS[3], "", ""],
    ]
    found = planned(header, *rows)
    assert [row.facts["reporter"] for row in found.rows] == ["王先生"] * 3
    assert [row.facts["phone"] for row in found.rows] == ["13800000001"] * 3
    assert [row.facts["place"] for row in found.rows] == ["和溪五村12号"] * 3
    assert found.rows[1].facts["accepted_at"] == "2026-10-20T09:03:00+08:00"
    assert found.rows[1].facts["text"] == TEXTS[0]
    # no order takes another's number
    assert [(bad.line, bad.code) for bad in found.rejected] == [(5, "row_bad_number")]


def test_a_rejected_row_carries_what_its_ditto_marks_stood_for():
    (bad,) = planned(CORE, core(0), [NUMBERS[1], "某天", "同上", TEXTS[1]]).rejected
    assert bad.cells[2] == "和溪五村12号"
