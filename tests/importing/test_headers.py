import pytest

from zq_grid.errors import ImportRejected, Refused
from zq_grid.importing.headers import map_headers, recognised, require_cases
from zq_grid.importing.table import SheetInfo, Table
from zq_grid.importing.words import seed

# docs/domain.md §7, word for word.
SEEN = {
    "order_number": "12345工单编号 · 工单编号 · 热线12345工单编号 · 留言编号",
    "platform_number": "任务号 · 任务编号",
    "accepted_at": "12345受理时间 · 受理时间 · 发现时间 · 留言时间",
    "received_at": "接单时间",
    "source": "12345工单来源 · 工单来源 · 案件来源 · 渠道来源 · 问题来源",
    "kind": "12345工单类型 · 工单类型 · 业务类型 · 诉求类型 · 处理方式",
    "place": "12345诉求区域 · 诉求区域 · 街道 · 街镇 · 小区名称 · 小区地址 · "
    "12345诉求地址 · 诉求地址 · 发生地址",
    "neighbourhood": "居村委",
    "text": "12345内容描述 · 内容描述 · 问题描述 · 诉求内容 · 市民诉求 · 留言详情",
    "title": "留言主题",
    "category1": "一级业务分类 · 一级分类 · 案件属性",
    "category2": "二级业务分类 · 大类",
    "category3": "三级业务分类 · 小类",
    "category4": "四级业务分类 · 子类",
    "category5": "五级业务分类",
    "unit": "主办单位 · 主责部门 · 三级主责部门 · 承办单位 · 处置部门",
    "reply": "答复市民要点 · 答复要点 · 反馈结论 · 答复意见",
    "result": "解决情况 · 结案评判 · 办理结果 · 处理结果",
    "contact": "先行联系",
    "satisfaction": "综合满意度 · 回访满意度",
    "duplicate": "热线12345工单是否重复",
    "repeat_of": "热线12345重复工单号",
    "dispatched_at": "派遣时间",
    "submitted_at": "处理完成时间",
    "visited_at": "回访时间",
    "closed_at": "结案时间 · closed_dt · Closed Date",
    "replied_at": "答复时间",
    "platform_due": "截止时间 · 处理时限 · 要求办结时间 · 应办结时间 · target_dt · Due Date",
}


def table(*rows):
    width = max(map(len, rows))
    return Table(
        "表", (SheetInfo("表", len(rows), True),), [(*row, *[None] * (width - len(row))) for row in rows]
    )


def fields(*rows, **more):
    return {column.header: column.field for column in map_headers(table(*rows), **more).columns}


@pytest.mark.parametrize(
    ("header", "field"), [(header, field) for field, seen in SEEN.items() for header in seen.split(" · ")]
)
def test_every_header_that_was_seen_is_known(header, field):
    assert fields([header])[header] == field


@pytest.mark.parametrize(
    "header",
    [
        "工单编号*",
        "工 单\n编号",
        "【工单编号】",
        "工单编号（必填）",
        "12345-工单编号",
        "１２３４５工单编号",
        "Unique Key",
        "UNIQUE_KEY",
    ],
)
def test_spaces_brackets_case_and_the_prefix_make_no_difference(header):
    assert list(fields([header, "内容描述"]).values()) == ["order_number", "text"]


def test_the_header_need_not_be_the_first_row():
    rows = [["颛桥镇工单汇总"], [], ["工单编号", "受理时间", "内容描述"], [1, "2026-01-05", "漏水"]]
    assert map_headers(table(*rows)).header_row == 2


def test_two_merged_header_rows_are_joined():
    rows = [
        ["序号", "12345工单", None, None, "诉求", None, "结案时间"],
        [None, "编号", "来源", "类型", "地址", "内容", None],
        [1, "20260105000001", "电话", "投诉", "和溪五村", "漏水", "2026-01-06"],
    ]
    mapping = map_headers(table(*rows))
    assert mapping.header_row == 1
    assert [(column.header, column.field) for column in mapping.columns] == [
        ("序号", None),
        ("12345工单编号", "order_number"),
        ("12345工单来源", "source"),
        ("12345工单类型", "kind"),
        ("诉求地址", "place"),
        ("诉求内容", "text"),
        ("结案时间", "closed_at"),
    ]


def test_a_row_of_data_is_not_taken_for_a_second_header():
    rows = [["工单编号", "内容描述", "来源"], ["A1", "标题", None], ["A2", "地址", None]]
    assert map_headers(table(*rows)).header_row == 0


def test_of_two_columns_the_better_header_has_the_field_and_the_other_stays():
    mapping = map_headers(table(["编号", "工单编号", "内容描述"]))
    assert mapping.column("order_number").header == "工单编号"
    assert mapping.unknown == ("编号",)


def test_all_columns_that_name_a_place_are_kept_the_most_specific_first():
    mapping = map_headers(table(["街镇", "小区名称", "诉求地址", "内容描述"]))
    assert [column.header for column in mapping.columns_of("place")] == ["诉求地址", "小区名称", "街镇"]
    assert [column.index for column in mapping.columns] == [0, 1, 2, 3]


def test_a_second_way_of_handling_becomes_the_mode():
    assert fields(["业务类型", "处理方式"]) == {"业务类型": "kind", "处理方式": "mode"}


def test_what_is_missing_is_named():
    assert map_headers(table(["留言主题", "受理时间", "颜色"])).missing == ("order_number", "place")


def test_an_override_wins_over_the_aliases():
    got = fields(["工单编号", "颜色", "内容描述"], ["1", "红", "漏水"], overrides={"order_number": "颜色"})
    assert got == {"工单编号": None, "颜色": "order_number", "内容描述": "text"}


def test_an_override_finds_a_header_that_nothing_else_would_show():
    rows = [["报表", "2026"], ["甲", "乙"], ["A1", "漏水"]]
    mapping = map_headers(table(*rows), overrides={"order_number": "甲", "text": "乙"})
    assert mapping.header_row == 1
    assert mapping.recognised


@pytest.mark.parametrize(
    ("overrides", "code"),
    [({"colour": "工单编号"}, "import_map_field"), ({"text": "颜色"}, "import_map_header")],
)
def test_an_override_of_nothing_is_refused(overrides, code):
    with pytest.raises(Refused) as refusal:
        map_headers(table(["工单编号", "内容描述"]), overrides=overrides)
    assert refusal.value.code == code


VALUES = {
    "工单编码": [f"2026010500000{n}" for n in range(5)],
    "受理时间点": [f"2026-01-0{n + 1} 09:03" for n in range(5)],
    "诉求地点": ["和溪五村12号"] * 5,
    "联系人电话": ["13800000001"] * 5,
    "问题的描述": ["楼上漏水，物业说不归他们管"] * 5,
    "承办的单位": ["城管中队"] * 5,
    "诉求类别": ["投诉", "求助", "咨询", "投诉", "建议"],
}
GUESSED = {
    "工单编码": "order_number",
    "受理时间点": "accepted_at",
    "诉求地点": "place",
    "联系人电话": "phone",
    "问题的描述": "text",
    "承办的单位": "unit",
    "诉求类别": "kind",
}


def guessed(columns, known=("工单标题",)):
    header = [*known, *columns]
    rows = [[*["某事"] * len(known), *row] for row in zip(*columns.values(), strict=True)]
    mapping = map_headers(table(header, *rows))
    return {column.header: column.field for column in mapping.columns if column.why == "guess"}


def test_renamed_headers_are_guessed_where_name_and_values_agree():
    assert guessed(VALUES) == GUESSED


@pytest.mark.parametrize("header", GUESSED)
def test_a_name_alone_is_no_ground_for_a_guess(header):
    assert guessed({header: ["甲", "乙", "丙", "丁", "戊"]}) == {}
    assert guessed({header: VALUES[header][:2]}) == {}


def test_values_alone_are_no_ground_for_a_guess():
    assert guessed({"甲乙丙": VALUES["工单编码"], "丁戊己": VALUES["联系人电话"]}) == {}


def test_a_header_that_is_like_two_fields_is_not_guessed():
    assert guessed({"处理时间": VALUES["受理时间点"]}) == {}


def test_a_field_that_two_columns_could_be_is_nobody_s():
    assert guessed({"工单编码": VALUES["工单编码"], "工单编马": VALUES["工单编码"]}) == {}


def test_a_field_that_is_found_already_is_not_guessed_again():
    assert guessed({"联系人电话": VALUES["联系人电话"], "联系电话": VALUES["联系人电话"]}) == {}


def test_guessing_can_be_left_out():
    made = table(["工单标题", "工单编码"], *[["某事", number] for number in VALUES["工单编码"]])
    assert map_headers(made, guess=False).unknown == ("工单编码",)


def test_each_column_says_why_it_is_what_it_is():
    header = ["工单编号", "颜色", "说明", "备注", "联系人电话"]
    rows = [[f"A{n}", "红", "漏水", "x", "13800000001"] for n in range(3)]
    mapping = map_headers(
        table(header, *rows), overrides={"title": "颜色"}, proposed={"text": "说明", "reply": "无此列"}
    )
    assert [(column.field, column.why) for column in mapping.columns] == [
        ("order_number", "word"),
        ("title", "told"),
        ("text", "profile"),
        (None, ""),
        ("phone", "guess"),
    ]


def test_a_table_of_something_else_is_refused():
    other = table(["一级分类", "二级分类"], ["城乡建设", "安全生产"])
    with pytest.raises(ImportRejected) as refusal:
        require_cases(other, map_headers(other))
    assert refusal.value.code == "file_no_header"


def test_an_empty_table_has_no_header():
    empty = Table("表", (), [])
    assert map_headers(empty).header_row == -1
    assert not map_headers(empty).recognised


def test_a_row_tells_how_many_fields_it_names():
    assert recognised(["工单编号", "受理时间", "颜色", None, 5]) == 2


def test_every_value_of_the_word_list_is_one_that_a_case_knows():
    from zq_grid.rules import vocabulary

    words = seed()
    assert set(words.values["kind"].values()) == set(vocabulary.KINDS)
    assert set(words.values["mode"].values()) == set(vocabulary.MODES)
    assert set(words.values["source"].values()) == set(vocabulary.SOURCES)
    assert set(words.values["verdict"].values()) == set(vocabulary.VERDICTS)
    assert set(words.values["satisfaction"].values()) == {*vocabulary.ANSWERED, *vocabulary.UNANSWERED}


def test_no_word_has_two_values():
    import tomllib

    from zq_grid.importing.words import SEED, key

    table = tomllib.loads(SEED.read_text("utf-8"))
    for known in table["values"].values():
        keys = [key(word) or word for words in known.values() for word in words]
        assert len(keys) == len(set(keys))
