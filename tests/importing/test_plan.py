from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zq_grid.importing.headers import map_headers
from zq_grid.importing.plan import plan
from zq_grid.importing.sentences import ROWS
from zq_grid.importing.table import SheetInfo, Table
from zq_grid.importing.words import seed

HEADER = ["工单编号", "受理时间", "工单类型", "诉求地址", "内容描述"]

QUOTES = [
    "【最近派发的工单编号：20260105000001，工单内容：楼上漏水【急】，请处理】市民催办，要求尽快。",
    "市民催办，【最近派发的工单编号:20260105000001,工单内容:楼上漏水】要求尽快。",
    "市民催办，要求尽快。\n【最近派发的工单编号： 20260105000001 ，工单内容：楼上漏水",
    "市民催办，[最近派发工单编号：HX20260105000001；工单内容：楼上漏水]要求尽快。",
]


def planned(header, *rows, **more):
    width = max(len(header), *map(len, rows), 0)
    cells = [(*row, *[None] * (width - len(row))) for row in [header, *rows]]
    table = Table("表", (SheetInfo("表", len(cells), True),), cells)
    return plan(table, map_headers(table), **more)


def facts(header, *rows, **more):
    result = planned(header, *rows, **more)
    assert result.rejected == ()
    return result.rows[0].facts


def rejected(header, *rows, **more):
    return [(row.line, row.code) for row in planned(header, *rows, **more).rejected]


def test_a_row_becomes_the_facts_of_a_case():
    row = ["'12345-20260105000001", "2026/1/5 9:03", "投诉", "和溪五村12号", "\n\t\t\n\t漏水\n很久了\t"]
    (one,) = planned(HEADER, row).rows
    assert one.line == 2
    assert one.order_number == "20260105000001"
    assert one.facts == {
        "order_number": "20260105000001",
        "accepted_at": "2026-01-05T09:03:00+08:00",
        "kind": "complaint",
        "place": "和溪五村12号",
        "text": "漏水\n很久了",
        "source": "hotline",
    }
    assert (one.extra, one.outcome, one.notes, one.quoted, one.repeats) == ({}, {}, (), None, None)


def test_what_happened_later_is_kept_apart_from_the_case():
    header = [
        "工单编号",
        "内容描述",
        "结案时间",
        "解决情况",
        "先行联系",
        "综合满意度",
        "答复要点",
        "主办单位",
    ]
    header += ["热线12345工单是否重复", "热线12345重复工单号", "回访时间", "派遣时间"]
    row = ["1", "漏水", "2026-01-09", "实际解决", "未评价", "基本满意", "已修好。\n请查收。", "房管所"]
    row += ["是", "HX20260101000007", 46032, "2026-01-05 10:00"]
    (one,) = planned(header, row).rows
    assert one.outcome == {
        "closed_at": "2026-01-09",
        "result": "实际解决",
        "verdict": "solved",
        "contact": "not_assessed",
        "satisfaction": "fairly",
        "reply": "已修好。\n请查收。",
        "unit": "房管所",
        "duplicate": "yes",
        "repeat_of": "20260101000007",
        "visited_at": "2026-01-10",
    }
    assert one.facts["dispatched_at"] == "2026-01-05T10:00:00+08:00"


@pytest.mark.parametrize("nothing", ["无", "-", "nan", "NaN", "空", "N/A", "不详", "——", " ", "\t\n", "　"])
def test_a_placeholder_is_nothing(nothing):
    got = facts([*HEADER, "居村委", "颜色"], [nothing, nothing, nothing, nothing, "漏水", nothing, nothing])
    assert got == {"text": "漏水", "source": "hotline"}


@pytest.mark.parametrize(
    ("header", "cell", "name", "value"),
    [
        ("工单类型", "求助类", "kind", "request"),
        ("处理方式", "督办", "mode", "supervised"),
        ("工单类型", "回访复核", "mode", "recheck"),
        ("是否匿名", "是", "anonymous", "yes"),
        ("是否匿名", "无", "anonymous", "no"),
        ("是否保密", "TRUE", "confidential", "yes"),
        ("是否需要回复", "不需要", "reply_wanted", "no"),
        ("紧急程度", "特急", "urgency", "urgent"),
        ("紧急程度", "一般", "urgency", "normal"),
        ("市民姓名", "匿名市民", "anonymous", "yes"),
        ("联系电话", 13800001234, "phone", "13800001234"),
        ("联系电话", "'138 0000 1234", "phone", "13800001234"),
        ("经度", "121.40912345678", "lon", "121.4091235"),
        ("纬度", 31, "lat", "31"),
        ("问题来源", "网格巡查", "source", "patrol"),
        ("截止时间", date(2026, 1, 12), "platform_due", "2026-01-12"),
    ],
)
def test_words_become_the_values_that_a_case_knows(header, cell, name, value):
    assert facts(["内容描述", header], ["漏水", cell])[name] == value


@pytest.mark.parametrize(
    ("header", "cell"),
    [
        ("工单类型", "奇怪"),
        ("是否匿名", "看情况"),
        ("经度", "东"),
        ("纬度", 121),
        ("问题来源", "梦"),
        ("处理时限", "5个工作日"),
    ],
)
def test_a_word_that_nobody_knows_is_kept_and_said(header, cell):
    (row,) = planned(["内容描述", header], ["漏水", cell]).rows
    assert row.extra == {header: str(cell)}
    assert len(row.notes) == 1
    assert set(row.facts) == {"text", "source"}


def test_columns_that_nobody_knows_are_kept():
    (row,) = planned(["内容描述", "备注", "备注", None], ["漏水", "急", 5, "角落"]).rows
    assert row.extra == {"备注": "急", "备注(2)": "5", "第 4 列": "角落"}


def test_the_most_specific_place_wins_and_the_others_are_kept():
    header = ["内容描述", "街镇", "小区名称", "诉求地址"]
    whole, street = planned(header, ["a", "颛桥镇", "和溪五村", "12号"], ["b", "颛桥镇", "无", None]).rows
    assert whole.facts["place"] == "12号"
    assert whole.extra == {"街镇": "颛桥镇", "小区名称": "和溪五村"}
    assert street.facts["place"] == "颛桥镇"


def test_levels_of_a_category_are_joined():
    got = facts(["内容描述", "一级分类", "二级分类", "三级分类"], ["漏水", "城乡建设", "无", "给水/排水"])
    assert got["category"] == "城乡建设/给水／排水"


def test_the_title_stands_in_for_a_missing_text():
    got = facts(["留言主题", "留言详情"], ["漏水了", None])
    assert (got["title"], got["text"]) == ("漏水了", "漏水了")


def test_an_order_of_the_hotline_stays_the_hotlines_whatever_the_source_is_called():
    (row,) = planned(["工单编号", "工单来源", "内容描述"], [20260105000001, "微信", "漏水"]).rows
    assert row.facts["source"] == "hotline"
    assert row.extra == {"工单来源": "微信"}
    assert facts(["案件编号", "案件来源", "内容描述"], ["XC-1", "视频", "漏水"])["source"] == "video"
    assert facts(["编号", "内容描述"], ["XC-1", "漏水"], source="patrol")["source"] == "patrol"


@pytest.mark.parametrize("text", QUOTES)
def test_the_older_order_quoted_by_a_reminder_is_named_and_its_text_left_out(text):
    (row,) = planned(HEADER, ["20260106000009", None, None, None, text]).rows
    assert row.quoted == "20260105000001"
    assert row.facts["text"].replace("\n", "") in {"市民催办，要求尽快。", "市民催办，"}
    assert "楼上漏水" in row.quote_words


def test_a_text_that_is_nothing_but_a_quote_says_so():
    text = "【最近派发的工单编号：20260105000001，工单内容：漏水】"
    assert facts(HEADER, ["20260106000009", None, None, None, text])["text"] == "引用工单 20260105000001"


def test_an_order_that_quotes_itself_quotes_nothing():
    (row,) = planned(HEADER, ["1", None, None, None, "a【最近派发的工单编号：1，工单内容：x】"]).rows
    assert row.quoted is None


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (["1", None, "投诉", None, "无"], "row_no_text_and_place"),
        (["1", "昨天", None, None, "漏水"], "row_bad_date"),
        (["1", "1/5/2026", None, None, "漏水"], "row_date_order"),
        (["合计", None, None, None, "漏水"], "row_bad_number"),
        (["1、2、3", None, None, None, "漏水"], "row_bad_number"),
        ([date(2026, 1, 5), None, None, None, "漏水"], "row_bad_number"),
        (["2.02601E+13", None, None, None, "漏水"], "row_number_rounded"),
        (["1", None, None, None, "漏" * 20_001], "row_text_too_long"),
    ],
)
def test_a_row_that_cannot_be_read_is_rejected_with_the_reason(row, code):
    (one,) = planned(HEADER, row).rejected
    assert (one.line, one.code, one.cells) == (2, code, tuple(row))
    assert "{" not in one.sentence
    assert code in ROWS


def test_a_bad_date_is_named_with_its_column():
    (one,) = planned(HEADER, ["1", "昨天", None, None, "漏水"]).rejected
    assert one.sentence == "“受理时间”的时间“昨天”无法识别。"
    assert one.facts == {"column": "受理时间", "value": "昨天"}


def test_a_row_that_repeats_another_word_for_word_says_which():
    row = ["1", "2026-01-05", "投诉", None, "漏水"]
    first, again = planned(HEADER, row, ["12345-1", "2026/1/5", "投诉类", None, "漏水 "]).rows
    assert (first.repeats, again.repeats) == (None, 2)


def test_a_row_that_repeats_a_number_and_says_something_else_is_rejected():
    result = planned(
        [*HEADER, "序号"], ["1", None, "投诉", None, "漏水", 1], ["1", None, "咨询", None, "停电", 2]
    )
    assert [row.line for row in result.rows] == [2]
    assert result.rejected[0].sentence == "与第 2 行编号相同，但“工单类型”、“内容描述”不同，已保留第 2 行。"


def test_a_list_of_numbers_kept_by_hand_needs_no_text():
    header = ["工单编号", "综合满意度"]
    (row,) = planned(header, ["20260105000001", "不满意"], [None, "满意"]).rows
    assert row.outcome == {"satisfaction": "dissatisfied"}
    assert rejected(header, ["20260105000001", "不满意"], [None, "满意"]) == [(3, "row_no_text_and_place")]


def test_no_column_of_numbers_is_no_hindrance():
    (row,) = planned(["内容描述", "诉求地址"], ["漏水", "和溪五村"]).rows
    assert row.order_number is None


def test_blank_rows_and_a_header_in_the_middle_are_no_cases():
    result = planned(HEADER, ["1", None, None, None, "a"], [], HEADER, ["2", None, None, None, "b"])
    assert [(row.line, row.order_number) for row in result.rows] == [(2, "1"), (5, "2")]
    assert result.rejected == ()


def test_days_and_months_are_told_apart_by_the_whole_file():
    header = ["工单编号", "受理时间", "结案时间", "内容描述"]
    rows = [["1", "21/01/2026", "05/02/2026", "a"], ["2", "03/01/2026", "06/02/2026", "b"]]
    result = planned(header, *rows)
    assert [row.outcome["closed_at"] for row in result.rows] == ["2026-02-05", "2026-02-06"]
    unclear = planned(header, ["1", None, "05/02/2026", "a"])
    assert unclear.rejected[0].code == "row_date_order"
    assert len(unclear.problems) == 1
    told = planned(header, ["1", None, "05/02/2026", "a"], date_order="mdy")
    assert told.rows[0].outcome["closed_at"] == "2026-05-02"


def test_a_column_of_midnights_holds_days():
    rows = [["1", "2026-01-05 00:00:00", None, None, "a"], ["2", "2026-01-06 00:00:00", None, None, "b"]]
    assert [row.facts["accepted_at"] for row in planned(HEADER, *rows).rows] == ["2026-01-05", "2026-01-06"]


CELLS = st.one_of(
    st.none(),
    st.text(max_size=20),
    st.integers(),
    st.dates(),
    st.datetimes(),
    st.sampled_from(
        [
            "无",
            "是",
            "投诉",
            "2026-01-05",
            "1/5/2026",
            "【最近派发的工单编号：1，工单内容：",
            "2.0E+13",
            *QUOTES,
        ]
    ),
)
HEADERS = st.sampled_from([names[0] for names in seed().fields.values()] + ["备注", "诉求地址", "小区名称"])


@given(st.lists(HEADERS | CELLS, min_size=6, max_size=6), st.lists(st.lists(CELLS, min_size=6, max_size=6)))
def test_whatever_stands_in_the_cells_each_row_is_planned_or_rejected(header, rows):
    table = Table("表", (), [tuple(row) for row in [header, *rows]])
    mapping = map_headers(table)
    result = plan(table, mapping)
    lines = [row.line for row in result.rows] + [row.line for row in result.rejected]
    assert len(lines) == len(set(lines))
    data = enumerate(table.rows[mapping.header_row + 1 :], mapping.header_row + 2)
    filled = {line for line, row in data if any(cell is not None for cell in row)}
    assert set(lines) <= filled
    assert all(row.order_number is None or row.order_number for row in result.rows)
    assert all(value for row in result.rows for value in row.facts.values())


def test_a_town_is_one_place_with_or_without_its_suffix():
    header = ["工单编号", "街镇", "内容描述"]
    places = [
        facts(header, [1, said, "漏水"])["place"] for said in ("颛桥", "颛桥镇", "江川路", "江川路街道")
    ]
    assert places == ["颛桥镇", "颛桥镇", "江川路街道", "江川路街道"]


def test_the_title_above_the_header_and_the_sheet_are_told():
    rows = [("颛桥镇\n不满意件", None), (None, None), ("工单编号", "内容描述"), (1, "漏水")]
    made = Table("六月", (), rows)
    found = plan(made, map_headers(made))
    assert (found.sheet, found.title) == ("六月", "颛桥镇 不满意件")


def test_words_that_no_list_knows_are_counted():
    header = [*HEADER, "解决情况", "是否匿名"]
    rows = [[n, None, "投诉急件", "x", "漏水", "已上门办结了", "也许"] for n in (1, 2)]
    assert planned(header, *rows).unknown == {
        ("kind", "投诉急件"): 2,
        ("verdict", "已上门办结了"): 2,
        ("anonymous", "也许"): 2,
    }


def test_a_midnight_without_a_day_is_no_time():
    assert "accepted_at" not in facts(HEADER, [1, "00:00:00", "投诉", "x", "漏水"])


@pytest.mark.parametrize("said", ["(40.8, -73.9)", "POINT (-73.9 40.8)", "{'latitude': '40.8'}"])
def test_degrees_are_no_address(said):
    header = ["Unique Key", "Descriptor", "Location", "Street Name"]
    assert facts(header, ["59694038", "Loud music", said, "WEST 140 STREET"])["place"] == "WEST 140 STREET"


def test_a_row_that_only_says_what_it_is_about_is_a_case():
    header = ["unique_key", "complaint_type", "descriptor", "incident_address"]
    assert facts(header, ["59694979", "Illegal Fireworks", "N/A", ""])["text"] == "Illegal Fireworks"


@pytest.mark.parametrize(
    "header",
    [
        ["SR_NUMBER", "SR_TYPE", "OWNER_DEPARTMENT", "CREATED_DATE", "CLOSED_DATE", "STREET_ADDRESS"],
        ["CaseID", "Category", "Responsible Agency", "Opened", "Closed", "Address"],
        ["SRNumber", "RequestType", "Assigned Department", "CreatedDate", "ClosedDate", "Address"],
        [
            "SERVICEREQUESTID",
            "SERVICECODEDESCRIPTION",
            "Agency Name",
            "ADDDATE",
            "RESOLUTIONDATE",
            "STREETADDRESS",
        ],
        [
            "service_request_id",
            "service_name",
            "agency_responsible",
            "requested_datetime",
            "closed_at",
            "address",
        ],
    ],
)
def test_the_headers_of_other_towns_are_known(header):
    row = [
        "SR26-00000001",
        "Graffiti",
        "Sanitation",
        "08/21/2026 03:04:00 PM",
        "08/25/2026 09:00:00 AM",
        "12 ASHLAND",
    ]
    one, *_others = planned(header, row, ["SR2", *row[1:]], ["SR3", *row[1:]]).rows
    assert (one.order_number, one.facts["category"], one.facts["place"]) == (row[0], "Graffiti", row[5])
    assert one.facts["accepted_at"] == "2026-08-21T15:04:00+08:00"
    assert (one.outcome["closed_at"], one.outcome["unit"]) == ("2026-08-25T09:00:00+08:00", "Sanitation")


def test_a_column_closed_that_says_yes_and_no_costs_no_row():
    header = ["case_id", "opened", "closed", "due", "description"]
    rows = [[f"A{n}", f"2026-11-0{n} 09:00", "Yes", "No", "Street light out in front"] for n in range(1, 5)]
    result = planned(header, *rows)
    assert (len(result.rows), result.rejected) == (4, ())
    assert result.rows[0].extra == {"closed": "Yes", "due": "No"}
    assert result.rows[0].facts["accepted_at"] == "2026-11-01T09:00:00+08:00"
