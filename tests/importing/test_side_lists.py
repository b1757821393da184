import pytest
import xlsxwriter

from tests.importing.practice import HEADER, ROW, Town, changed, counts, second
from zq_grid.importing import run, side_lists

NUMBER, OTHER = ROW[0], "20261020000002"
OUTCOME = [*HEADER, "结案时间", "解决情况", "先行联系", "综合满意度"]


@pytest.fixture
def town(tmp_path):
    town = Town(tmp_path)
    yield town
    town.workspace.close()


def closed(town, verdict="实际解决", contact="", satisfaction="", number=NUMBER):
    town.take(OUTCOME, [number, *ROW[1:], "2026-10-23 10:00:00", verdict, contact, satisfaction])


def listed(town, name, header, *rows):
    """Import a side list from a file of that name."""
    town.later()
    path = town.workbook(header, *rows)
    return run.run_file(town.workspace, path.rename(town.folder / f"{name}.xlsx"))


def last(town, number=NUMBER):
    step = town.steps(number)[-1]
    return step.kind, {name: said for name, said in step.body.items() if name != "precision"}


@pytest.mark.parametrize(
    ("file", "sheet", "title", "headers", "kind"),
    [
        ("10月不满意件.xlsx", "Sheet1", "", [], "dissatisfied"),
        ("附件3.xlsx", "未解决件", "", [], "unresolved"),
        ("附件3.xlsx", "Sheet1", "2026年10月未先行联系工单清单", [], "not_contacted"),
        ("附件3.xlsx", "Sheet1", "", ["工单编号", "未联系原因"], "not_contacted"),
        ("不满意件.xlsx", "未解决件", "", [], "unresolved"),
        ("不满意件和未解决件.xlsx", "Sheet1", "", [], None),
        ("10月满意度.xlsx", "不满意率", "未联系率、未解决率", ["不满意度"], None),
        ("已解决.xlsx", "已先行联系", "", [], None),
    ],
)
def test_a_side_list_is_known_by_what_it_is_called(file, sheet, title, headers, kind):
    assert side_lists.kind_of(file, sheet, title, headers) == kind


def test_a_list_of_the_dissatisfied_becomes_visits_with_the_citizens_words(town):
    closed(town)
    header = ["工单编号", "回访日期", "不满意原因", "市民意见"]
    row = [NUMBER, "2026-10-26", "未修好", "还在漏"]
    done = listed(town, "10月不满意件", header, row)
    assert (done.side_list, counts(done)) == ("dissatisfied", (0, 1, 0, 0, 0))
    assert last(town) == (
        "visit",
        {"by": "centre", "satisfaction": "dissatisfied", "reasons": "未修好", "words": "还在漏"},
    )
    assert (town.steps(NUMBER)[-1].did_at, town.case(NUMBER).flags) == (second("2026-10-26"), [])
    before = town.everything()
    assert counts(listed(town, "10月不满意件", header, row)) == (0, 0, 1, 0, 0)
    assert town.everything() == before


def test_a_date_under_any_header_tells_when_and_else_it_was_on_the_day_of_closing(town):
    closed(town)
    closed(town, number=OTHER)
    header = ["工单编号", "登记日期", "备注"]
    listed(town, "不满意件", header, [NUMBER, "2026/10/27", "差"], [OTHER, "", "差"])
    days = [town.steps(number)[-1].did_at for number in (NUMBER, OTHER)]
    assert days == [second("2026-10-27"), second("2026-10-23")]


def test_words_that_come_after_the_answer_are_noted_once(town):
    closed(town, satisfaction="不满意")
    assert counts(listed(town, "不满意件", ["工单编号"], [NUMBER])) == (0, 0, 1, 0, 0)
    assert counts(listed(town, "不满意件", ["工单编号", "市民意见"], [NUMBER, "还在漏"])) == (0, 1, 0, 0, 0)
    assert last(town) == ("note", {"text": "不满意件：还在漏"})
    assert counts(listed(town, "不满意件", ["工单编号", "市民意见"], [NUMBER, "还在漏"])) == (0, 0, 1, 0, 0)


def test_who_was_satisfied_here_and_is_listed_as_dissatisfied_is_asked(town):
    closed(town, satisfaction="满意")
    before = town.everything()
    (asked,) = listed(town, "不满意件", ["工单编号"], [NUMBER]).asked
    assert asked.differences == (("satisfaction", "satisfied", "dissatisfied"),)
    assert town.everything() == before


@pytest.mark.parametrize("name", ["不满意件", "未解决件"])
def test_an_order_that_is_still_open_here_gets_a_note(town, name):
    town.take(HEADER, ROW)
    row = [NUMBER, "仍在漏水"]
    assert counts(listed(town, name, ["工单编号", "原因"], row)) == (0, 1, 0, 0, 0)
    assert last(town) == ("note", {"text": f"{name}：仍在漏水"})
    assert town.case(NUMBER).stage == "received"
    assert counts(listed(town, name, ["工单编号", "原因"], row)) == (0, 0, 1, 0, 0)


def test_a_list_of_the_unresolved_amends_the_verdict_as_it_tells(town):
    closed(town)
    row = [NUMBER, "部分解决", "等物业"]
    done = listed(town, "未解决件", ["工单编号", "解决情况", "未解决原因"], row)
    assert counts(done) == (0, 1, 0, 0, 0)
    assert town.case(NUMBER).closing("verdict") == "partly"
    assert town.kinds(NUMBER)[-2:] == ["amend", "note"]
    assert counts(listed(town, "未解决件", ["工单编号", "解决情况", "未解决原因"], row)) == (0, 0, 1, 0, 0)
    # and the export of the month, which still says solved, doesn't turn it back
    closed(town)
    assert town.case(NUMBER).closing("verdict") == "partly"


def test_a_list_of_the_unresolved_that_names_no_verdict_is_asked_where_it_says_solved_here(town):
    closed(town)
    closed(town, verdict="解释说明", number=OTHER)
    header, rows = ["工单编号", "原因"], ([NUMBER, "等物业"], [OTHER, "等物业"])
    done = listed(town, "未解决件", header, *rows)
    assert counts(done) == (0, 1, 0, 1, 0)
    assert done.asked[0].differences == (("verdict", "solved", "unresolved"),)
    assert last(town, OTHER) == ("note", {"text": "未解决件：等物业"})
    assert counts(listed(town, "未解决件", header, *rows)) == (0, 0, 1, 1, 0)
    theirs = town.take_answered(header, *rows, answers={NUMBER: "theirs"}, name="未解决件.xlsx")
    assert (len(theirs.asked), len(theirs.problems)) == (1, 1)
    ours = town.take_answered(header, *rows, answers={NUMBER: "ours"}, name="未解决件.xlsx")
    assert counts(ours) == (0, 1, 1, 0, 0)
    assert counts(listed(town, "未解决件", header, *rows)) == (0, 0, 2, 0, 0)


def test_a_list_of_those_not_contacted_says_so_with_its_reason(town):
    town.take(HEADER, ROW, changed(number=OTHER))
    header = ["工单编号", "先行联系", "未联系原因"]
    rows = ([NUMBER, "", "电话打不通"], [OTHER, "未评价", "匿名"])
    assert counts(listed(town, "未先行联系件", header, *rows)) == (0, 2, 0, 0, 0)
    assert last(town) == ("contact", {"reached": "no", "channel": "platform", "reason": "电话打不通"})
    assert last(town, OTHER)[1]["reached"] == "not_assessed"
    assert counts(listed(town, "未先行联系件", header, *rows)) == (0, 0, 2, 0, 0)


def test_an_order_that_was_contacted_here_and_closed_is_asked_before_it_counts_as_missed(town):
    closed(town, contact="是")
    closed(town, number=OTHER)
    header, rows = ["工单编号", "原因"], ([NUMBER, "超时"], [OTHER, "超时"])
    done = listed(town, "未先行联系件", header, *rows)
    assert (counts(done), done.asked[0].differences) == ((0, 1, 0, 1, 0), (("contact", "yes", "no"),))
    assert (last(town, OTHER)[0], town.case(OTHER).flags, town.case(OTHER).stage) == ("contact", [], "closed")


def test_a_number_that_is_not_here_is_rejected_with_the_name_of_the_list(town):
    closed(town)
    done = listed(town, "不满意件", ["工单编号", "市民意见"], [OTHER, "x"], [NUMBER, "y"])
    assert counts(done) == (0, 1, 0, 0, 1)
    assert (
        done.rejected[0].sentence
        == f"不满意件中的工单“{OTHER}”不在本库，这一行也没有内容和地址，无法新建。请先导入当月工单，再导入本表。"
    )


def test_a_side_list_is_taken_back_like_any_import(town):
    closed(town, contact="是")
    before = town.case(NUMBER)
    done = listed(town, "未解决件", ["工单编号", "解决情况"], [NUMBER, "解释说明"])
    assert town.take_back(done.batch).retracted == 1
    after = town.case(NUMBER)
    assert (after.closing("verdict"), after.stage) == (before.closing("verdict"), before.stage)


def test_the_sheet_of_a_workbook_tells_which_list_it_is(town):
    closed(town)
    path = town.folder / "十月清单.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        book.add_worksheet("说明").write_string(0, 0, "本月清单")
        sheet = book.add_worksheet("不满意件")
        for column, cells in enumerate((("工单编号", NUMBER), ("市民意见", "还在漏"))):
            for line, cell in enumerate(cells):
                sheet.write_string(line, column, cell)
    done = run.run_file(town.workspace, path, sheet="不满意件")
    assert (done.side_list, last(town)[0]) == ("dissatisfied", "visit")
