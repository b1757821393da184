import pytest
from sqlalchemy import select

from db.tables import STEPS
from tests.importing.practice import HEADER, ROW, Town, changed, counts
from zq_grid.errors import Refused
from zq_grid.importing.prepare import shown_field

NUMBER = ROW[0]


@pytest.fixture
def town(tmp_path):
    town = Town(tmp_path)
    yield town
    town.workspace.close()


@pytest.mark.parametrize(
    ("column", "first", "second_"),
    [
        ("截止时间", "2026-10-28", "2026-10-30"),
        ("任务号", "P-1", "P-2"),
        ("紧急程度", "一般", "紧急"),
        ("一级分类", "城市管理", "物业管理"),
        ("是否保密", "否", "是"),
        ("是否匿名", "否", "是"),
        ("是否需要回复", "是", "否"),
        ("标题", "漏水", "楼上漏水"),
    ],
)
def test_what_the_platform_says_anew_is_taken_over(town, column, first, second_):
    town.take([*HEADER, column], [*ROW, first])
    done = town.take([*HEADER, column], [*ROW, second_])
    assert counts(done) == (0, 1, 0, 0, 0)
    assert town.kinds(NUMBER) == ["log", "amend"]
    assert counts(town.take([*HEADER, column], [*ROW, second_])) == (0, 0, 1, 0, 0)
    assert counts(town.take([*HEADER, column], [*ROW, first])) == (0, 0, 1, 0, 0)


@pytest.mark.parametrize(
    ("fact", "cells"),
    [
        ("text", {"text": "另一件事"}),
        ("accepted_at", {"at": "2026-10-20 09:04:00"}),
        ("place", {"place": "和溪五村13号"}),
        ("kind", {"kind": "咨询"}),
    ],
)
def test_the_same_number_with_another_content_is_asked_and_nothing_is_written(town, fact, cells):
    town.take(HEADER, ROW)
    before = town.everything()
    done = town.take([*HEADER, "截止时间"], [*changed(**cells), "2026-11-20"])
    assert counts(done) == (0, 0, 0, 1, 0)
    (asked,) = done.asked
    assert (asked.line, asked.number, asked.differences[0].field) == (2, NUMBER, fact)
    assert town.everything() == before


def test_a_difference_names_both_values(town):
    town.take([*HEADER, "电话"], [*ROW, "13800000001"])
    (asked,) = town.take([*HEADER, "电话"], [*ROW, "13800000002"]).asked
    assert asked.differences == (("phone", "13800000001", "13800000002"),)


def test_what_is_missing_here_is_filled_in(town):
    town.take([HEADER[0], HEADER[4]], [ROW[0], ROW[4]])
    done = town.take([*HEADER, "诉求人"], [*ROW, "张三"])
    assert counts(done) == (0, 1, 0, 0, 0)
    state = town.case(NUMBER)
    assert (state.get("reporter"), state.get("place"), state.get("grid")) == (
        "张三",
        "和溪五村12号",
        "hexi5-02",
    )
    assert counts(town.take([*HEADER, "诉求人"], [*ROW, "张三"])) == (0, 0, 1, 0, 0)


def test_blanks_and_full_width_letters_make_no_difference(town):
    town.take([*HEADER, "电话"], [*changed(text="Ａ栋 漏水\n很久"), "138-0000-0001"])
    done = town.take([*HEADER, "电话"], [*changed(text="A栋漏水很久 "), "13800000001"])
    assert counts(done) == (0, 0, 1, 0, 0)


def test_a_file_that_knows_only_the_day_says_nothing_against_a_time(town):
    town.take([*HEADER, "截止时间"], [*ROW, "2026-10-28 17:00:00"])
    done = town.take([*HEADER, "截止时间"], [*changed(at="2026-10-20"), "2026-10-28"])
    assert counts(done) == (0, 0, 1, 0, 0)


def test_a_clock_time_sharpens_a_day(town):
    town.take(HEADER, changed(at="2026-10-20"))
    assert counts(town.take(HEADER, ROW)) == (0, 1, 0, 0, 0)
    assert town.case(NUMBER).get("accepted_at") == "2026-10-20T09:03:00+08:00"
    assert counts(town.take(HEADER, changed(at="2026-10-20"))) == (0, 0, 1, 0, 0)


def test_what_a_person_amended_is_not_turned_back_by_the_old_file(town):
    header, row = [*HEADER, "电话", "截止时间"], [*ROW, "13800000001", "2026-10-28"]
    town.take(header, row)
    town.act(NUMBER, "amend", {"phone": "13900000009", "platform_due": "2026-11-09", "text": "改过的内容"})
    before = town.everything()
    assert counts(town.take(header, row)) == (0, 0, 1, 0, 0)
    assert town.everything() == before
    assert counts(town.take(header, [*ROW, "13800000001", "2026-11-12"])) == (0, 1, 0, 0, 0)
    assert town.case(NUMBER).get("phone") == "13900000009"


def test_an_erased_value_is_never_filled_in_again(town):
    header, row = [*HEADER, "诉求人"], [*ROW, "张三"]
    town.take(header, row)
    town.act(NUMBER, "erase", {"fields": ["reporter"], "reason": "本人要求"})
    assert counts(town.take(header, row)) == (0, 0, 1, 0, 0)
    assert counts(town.take(header, [*ROW, "李四"])) == (0, 0, 1, 0, 0)


def test_where_no_amend_fits_it_is_asked(town):
    town.take(HEADER, ROW)
    town.act(NUMBER, "void", {"reason": "误登"})
    done = town.take([*HEADER, "截止时间"], [*ROW, "2026-11-12"])
    assert counts(done) == (0, 0, 0, 1, 0)
    assert town.kinds(NUMBER) == ["log", "void"]


def test_a_case_that_a_person_took_back_does_not_return_with_the_same_file(town):
    town.take(HEADER, ROW)
    town.act(NUMBER, "retract", {"step": town.steps(NUMBER)[0].id, "reason": "误登"})
    assert counts(town.take(HEADER, ROW)) == (0, 0, 1, 0, 0)
    assert counts(town.take([*HEADER, "截止时间"], [*ROW, "2026-11-12"])) == (0, 0, 0, 1, 0)


def test_a_side_list_meets_its_orders_and_names_those_it_does_not_find(town):
    town.take(HEADER, ROW)
    done = town.take(["工单编号", "解决情况"], [NUMBER, "已解决"], ["20261020000077", "已解决"])
    assert counts(done) == (0, 0, 1, 0, 1)
    assert done.rejected[0].sentence == "没有编号为“20261020000077”的工单，这一行也没有内容和地址，无法新建。"
    assert done.rejected[0].cells == ("20261020000077", "已解决")


# answers


def answered(town, header, *rows, **answers):
    return town.take_answered(
        header, *rows, answers={f"2026102000000{n[1:]}": said for n, said in answers.items()}
    )


def test_where_the_file_is_right_the_case_is_amended_and_not_asked_again(town):
    header, row = [*HEADER, "电话"], [*changed(text="另一件事", kind="咨询"), "13800000001"]
    town.take(HEADER, ROW)
    done = answered(town, header, row, n1="theirs")
    assert (counts(done), done.problems) == ((0, 1, 0, 0, 0), ())
    assert town.kinds(NUMBER) == ["log", "amend"]
    state = town.case(NUMBER)
    assert [state.get(name) for name in ("text", "kind", "phone")] == [
        "另一件事",
        "consultation",
        "13800000001",
    ]
    assert counts(town.take(header, row)) == (0, 0, 1, 0, 0)
    town.take_back(done.batch)
    assert town.case(NUMBER).get("text") == ROW[4]
    assert counts(town.take(header, row)) == (0, 0, 0, 1, 0)


def test_where_we_are_right_that_is_remembered_and_not_asked_again(town):
    header, row = [*HEADER, "截止时间"], [*changed(text="另一件事，电话13800000009"), "2026-11-20"]
    town.take(HEADER, ROW)
    done = answered(town, header, row, n1="ours")
    assert counts(done) == (0, 1, 0, 0, 0)
    state = town.case(NUMBER)
    assert (state.get("text"), state.get("platform_due"), state.flags) == (ROW[4], "2026-11-20", [])
    assert town.steps(NUMBER)[-1].body["text"] == f"导入核对，保留本机：{shown_field('text')}"
    before = town.everything()
    assert counts(town.take(header, row)) == (0, 0, 1, 0, 0)
    assert town.everything() == before
    # what was declined is the citizen's own words, and lies beside the signed body
    assert not any("另一件事" in said for said in town.column(select(STEPS.c.body)))
    # another text again is another question
    assert counts(town.take(HEADER, changed(text="又一件事"))) == (0, 0, 0, 1, 0)


def test_a_decision_that_was_taken_back_is_asked_again(town):
    town.take(HEADER, ROW)
    done = answered(town, HEADER, changed(text="另一件事"), n1="ours")
    town.take_back(done.batch)
    assert counts(town.take(HEADER, changed(text="另一件事"))) == (0, 0, 0, 1, 0)


def test_what_is_left_undecided_stays_asked(town):
    town.take(HEADER, ROW)
    before = town.everything()
    done = answered(town, HEADER, changed(text="另一件事"), n1="keep")
    assert (counts(done), done.problems) == ((0, 0, 0, 1, 0), ())
    assert town.everything() == before


def test_an_answer_settles_its_own_order_only(town):
    rows = [ROW, changed(number="20261020000002")]
    town.take(HEADER, *rows)
    others = [changed(text="另一件事"), changed(number="20261020000002", text="另一件事")]
    done = answered(town, HEADER, *others, n2="theirs")
    assert counts(done) == (0, 1, 0, 1, 0)
    assert done.asked[0].number == NUMBER


def test_an_answer_to_what_was_not_asked_is_named(town):
    town.take(HEADER, ROW)
    done = answered(town, HEADER, ROW, n1="theirs", n7="ours")
    assert counts(done) == (0, 0, 1, 0, 0)
    assert [NUMBER in done.problems[0].words(), "20261020000007" in done.problems[1].words()] == [True, True]


def test_a_case_that_takes_no_amend_stays_asked_and_may_be_kept_as_it_is(town):
    town.take(HEADER, ROW)
    town.act(NUMBER, "void", {"reason": "误登"})
    header, row = [*HEADER, "截止时间"], [*ROW, "2026-11-12"]
    theirs = answered(town, header, row, n1="theirs")
    assert (counts(theirs), len(theirs.problems)) == ((0, 0, 0, 1, 0), 1)
    assert counts(answered(town, header, row, n1="ours")) == (0, 1, 0, 0, 0)
    assert counts(town.take(header, row)) == (0, 0, 1, 0, 0)


def test_a_word_that_is_no_answer_is_refused(town):
    town.take(HEADER, ROW)
    with pytest.raises(Refused) as refusal:
        answered(town, HEADER, changed(text="另一件事"), n1="yes")
    assert refusal.value.code == "import_answer"


# the same workbook a month later


def test_of_a_workbook_with_other_headers_only_the_changed_rows_are_amended_or_asked(town):
    rows = [
        (
            f"202610200{n:05}",
            "2026-10-20 09:03:00",
            "投诉",
            f"和溪五村{n % 40 + 1}号",
            f"漏水 {n}",
            "2026-10-30",
        )
        for n in range(400)
    ]
    town.take([*HEADER, "截止时间"], *rows)
    steps = town.number_of_steps()
    renamed = [
        "热线12345工单编号",
        "12345受理时间",
        "12345工单类型",
        "12345诉求地址",
        "12345内容描述",
        "要求办结时间",
    ]
    amended, asked = set(range(0, 200, 10)), set(range(5, 105, 10))
    again = [
        (
            f"12345-{number}",
            at,
            kind,
            place,
            f"{text} 另加" if n in asked else text,
            due if n not in amended else "2026-11-06",
        )
        for n, (number, at, kind, place, text, due) in enumerate(rows)
    ]
    done = town.take(renamed, *again)
    assert counts(done) == (0, 20, 370, 10, 0)
    assert {one.line - 2 for one in done.asked} == asked
    assert {one.differences[0].field for one in done.asked} == {"text"}
    assert town.number_of_steps() == steps + 20
