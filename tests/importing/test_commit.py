import random
import time

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from db.tables import BATCHES, CASES, PERSONAL, STEPS
from tests.importing.practice import HEADER, ROW, Town, second
from zq_grid import catalogue, projection
from zq_grid.errors import ImportRejected, Refused
from zq_grid.importing import commit, run
from zq_grid.importing.headers import map_headers
from zq_grid.importing.plan import plan
from zq_grid.importing.table import SheetInfo, Table
from zq_grid.progress import Cancelled, Progress

NUMBER = ROW[0]
NOON = "2026-10-21 12:00:00"


@pytest.fixture
def town(tmp_path):
    town = Town(tmp_path)
    yield town
    town.workspace.close()


def counts(done):
    return (done.new, done.amended, done.unchanged, len(done.asked), len(done.rejected))


def changed(**facts):
    """Return HEADER's row with other cells."""
    return tuple(
        facts.get(name, cell)
        for name, cell in zip(("number", "at", "kind", "place", "text"), ROW, strict=True)
    )


def body(town, number=NUMBER):
    return town.steps(number)[0].body


# new cases


def test_a_row_becomes_a_case_with_its_type_its_place_and_its_words(town):
    done = town.take([*HEADER, "诉求人", "联系电话", "坐席"], [*ROW, "张三", "13800000001", "A12"])
    assert (done.rows, counts(done), done.linked) == (1, (1, 0, 0, 0, 0), 0)
    state = town.case(NUMBER)
    assert (state.get("type"), state.get("kind"), state.get("source")) == (
        "property_management",
        "complaint",
        "hotline",
    )
    assert (state.get("neighbourhood"), state.get("reporter"), state.get("phone")) == (
        "hexi5",
        "张三",
        "13800000001",
    )
    assert state.get("extra") == {"坐席": "A12"}
    assert state.flags == []
    assert town.found("漏水") == [NUMBER]


def test_names_phones_and_words_of_citizens_stand_in_no_signed_body(town):
    town.take([*HEADER, "诉求人", "联系电话", "坐席"], [*ROW, "张三", "13800000001", "A12"])
    bodies = "".join(town.column(select(STEPS.c.body).where(STEPS.c.kind == "log")))
    assert not any(value in bodies for value in ("张三", "13800000001", "楼上漏水", "A12"))
    assert set(town.column(select(PERSONAL.c.field))) == {"text", "reporter", "phone", "extra"}


def test_an_import_is_one_batch_and_one_group_of_steps(town):
    done = town.take(HEADER, ROW, changed(number="20261020000002"))
    with town.workspace.read() as session:
        (batch,) = session.db.execute(select(BATCHES))
    of_batch = (STEPS.c.group == done.batch) & (STEPS.c.kind == "log")
    written = town.column(select(STEPS.c.position).where(of_batch).order_by(STEPS.c.position))
    assert (batch.batch, batch.rows, batch.undone, batch.file) == (done.batch, 2, 0, "1.xlsx")
    assert [batch.first, batch.last] == written


def test_a_case_was_done_when_it_arrived(town):
    town.take([*HEADER, "派遣时间"], [*ROW, "2026-10-20 10:30:00"])
    (log,) = town.steps(NUMBER)
    assert log.did_at == second("2026-10-20T10:30:00+08:00")
    assert log.recorded_at == town.now
    assert "precision" not in log.body


def test_of_a_bare_date_only_the_day_is_known(town):
    town.take(HEADER, changed(at="2026-10-20"))
    (log,) = town.steps(NUMBER)
    assert (log.did_at, log.body["precision"]) == (second("2026-10-20"), "day")
    assert log.body["accepted_at"] == "2026-10-20"


def test_a_row_without_a_time_or_with_one_that_is_still_to_come_arrived_now(town):
    town.take(HEADER, changed(at=None), changed(number="20261020000002", at="2031-01-01 08:00:00"))
    for number in (NUMBER, "20261020000002"):
        (log,) = town.steps(number)
        assert (log.did_at, town.case(number).flags) == (town.now, [])


def test_a_type_that_asks_at_once_for_facts_that_no_file_has_is_left_to_a_person(town):
    with town.workspace.read() as session:
        words = session.catalogue.current("type")["fraud_alert"]["words"]
    town.take(HEADER, changed(text="".join(words)))
    assert body(town)["type"] == "other"


def test_a_neighbourhood_that_the_territory_does_not_know_is_only_kept(town):
    town.take(
        [*HEADER, "居村委"],
        [*ROW, "和溪五村居委会"],
        [*changed(number="20261020000002", place="x"), "西安村"],
    )
    assert body(town)["neighbourhood"] == "hexi5"
    assert "neighbourhood" not in body(town, "20261020000002")
    assert body(town, "20261020000002")["extra"] == {"neighbourhood": "西安村"}


def test_an_import_gives_the_rows_that_a_rebuild_gives(town):
    header = [*HEADER, "结案时间", "解决情况"]
    town.take(header, [*ROW, "2026-10-22", "实际解决"], [*changed(number="20261020000002"), "", ""])
    town.take([*HEADER, "截止时间"], [*changed(number="20261020000002"), "2026-11-09"])
    before, rounds = town.summary(), town.everything()["rounds"]
    with town.workspace.write() as session:
        projection.rebuild(session, Progress())
    assert (town.summary(), town.everything()["rounds"]) == (before, rounds)


# once more


def test_the_same_file_again_writes_nothing(town):
    town.take(HEADER, ROW)
    before = town.everything()
    done = town.take(HEADER, ROW)
    assert (done.batch, counts(done)) == ("", (0, 0, 1, 0, 0))
    assert town.everything() == before


def test_a_row_that_repeats_another_is_unchanged_however_its_number_is_spelled(town):
    header = [*HEADER[:3], "平台编号", *HEADER[3:]]
    one = ["A-100", *ROW[1:3], "P-1", *ROW[3:]]
    other = ["A100", *one[1:]]
    differs = ["A.100", *one[1:3], "P-2", *one[4:]]
    done = town.take(header, one, one, other, differs)
    assert counts(done) == (1, 0, 2, 0, 1)
    assert done.rejected[0].sentence == "与第 2 行编号相同，但“任务号”不同，已保留第 2 行。"


def test_rows_without_a_number_are_known_again_each_for_itself(town):
    header, row = HEADER[1:], ROW[1:]
    other = ["", *row[1:3], "没有时间的一件"]
    assert counts(town.take(header, row, row, other)) == (3, 0, 0, 0, 0)
    assert counts(town.take(header, row, row, other)) == (0, 0, 3, 0, 0)
    assert counts(town.take(header, row, row, row)) == (1, 0, 2, 0, 0)
    assert counts(town.take(["诉求地址"], [row[2]])) == (1, 0, 0, 0, 0)
    assert counts(town.take(["诉求地址"], [row[2]])) == (0, 0, 1, 0, 0)
    numbers = sorted(town.column(select(CASES.c.number)))
    assert [number.split("-", 1)[1] for number in numbers] == [
        "261020-01",
        "261020-02",
        "261020-03",
        "261102-01",
        "261102-02",
    ]


def test_an_unnumbered_row_that_was_amended_here_is_not_logged_again(town):
    town.take(HEADER[1:], ROW[1:])
    (number,) = town.column(select(CASES.c.number))
    town.act(number, "amend", {"text": "楼上漏水，已另报", "place": "和溪五村13号"})
    assert counts(town.take(HEADER[1:], ROW[1:])) == (0, 0, 1, 0, 0)


# known orders


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


# reminders


def reminding(number, quoted):
    return changed(number=number, text=f"【最近派发的工单编号：{quoted}，工单内容：漏水】市民催办 {number}")


def links(town, number):
    return town.case(number).links


def test_a_reminder_is_linked_to_the_order_that_it_quotes(town):
    town.take(HEADER, ROW)
    done = town.take(HEADER, reminding("20261021000001", NUMBER))
    assert (done.new, done.linked) == (1, 1)
    assert links(town, "20261021000001") == [(f"case:hotline:{NUMBER}", "reminder")]
    again = town.take(HEADER, reminding("20261021000001", NUMBER))
    assert (again.unchanged, again.linked, again.batch) == (1, 0, "")


def test_chains_and_circles_within_a_file_are_linked_wherever_the_rows_stand(town):
    a, b, c = "20261021000001", "20261021000002", "20261021000003"
    done = town.take(
        HEADER, reminding(a, b), reminding(b, c), reminding(c, a), reminding("20261021000004", "9")
    )
    assert (done.new, done.linked) == (4, 3)
    for one, other in ((a, b), (b, c), (c, a)):
        assert links(town, one) == [(f"case:hotline:{other}", "reminder")]


def test_an_order_that_comes_later_is_linked_when_the_reminder_is_seen_again(town):
    town.take(HEADER, reminding("20261021000001", NUMBER))
    done = town.take(HEADER, ROW, reminding("20261021000001", NUMBER))
    assert (counts(done), done.linked) == ((1, 0, 1, 0, 0), 1)


def test_a_link_that_a_person_took_back_is_not_made_again(town):
    rows = [ROW, reminding("20261021000001", NUMBER)]
    town.take(HEADER, *rows)
    town.act(
        "20261021000001", "retract", {"step": town.steps("20261021000001")[1].id, "reason": "不是一件事"}
    )
    done = town.take(HEADER, *rows)
    assert (counts(done), done.linked) == ((0, 0, 2, 0, 0), 0)


# closed elsewhere

OUTCOME = [
    "处理完成时间",
    "结案时间",
    "解决情况",
    "先行联系",
    "综合满意度",
    "回访时间",
    "答复要点",
    "主办单位",
]
WHOLE = ["2026-10-22 15:00:00", "2026-10-23", "实际解决", "是", "满意", "2026-10-24", "已修好", "房管所"]


def said(step):
    return (step.kind, step.did_at, step.body.get("precision", "second"))


def test_a_closing_that_is_told_whole_becomes_steps_at_its_own_times(town):
    town.take([*HEADER, *OUTCOME], [*ROW, *WHOLE])
    done = town.steps(NUMBER)
    assert [said(step) for step in done[1:]] == [
        ("accept", second("2026-10-20"), "day"),
        ("contact", second("2026-10-20"), "day"),
        ("handle", second("2026-10-22T15:00:00+08:00"), "second"),
        ("submit", second("2026-10-22T15:00:00+08:00"), "second"),
        ("close", second("2026-10-23"), "day"),
        ("visit", second("2026-10-24"), "day"),
    ]
    bodies = {step.kind: step.body for step in done}
    assert bodies["handle"]["result"] == "实际解决"
    assert bodies["close"] == {"verdict": "solved", "platform": "yes", "reply": "已修好", "precision": "day"}
    assert bodies["contact"] == {"reached": "yes", "channel": "platform", "precision": "day"}
    assert bodies["visit"]["by"] == "centre"
    assert bodies["log"]["extra"] == {"unit": "房管所"}
    assert town.case(NUMBER).flags == []
    assert town.column(select(CASES.c.stage)) == ["closed"]
    assert town.column(select(CASES.c.incomplete)) == [2]


CLOSED = ["accept", "handle", "submit", "close"]


@pytest.mark.parametrize(
    ("cells", "kinds", "kept"),
    [
        ({}, ["accept", "contact", "handle", "submit", "close", "visit"], set()),
        ({"先行联系": "", "综合满意度": "", "回访时间": ""}, CLOSED, set()),
        ({"先行联系": "未评价", "综合满意度": ""}, ["accept", "contact", *CLOSED[1:]], {"visited_at"}),
        (
            {"结案时间": ""},
            [],
            {"submitted_at", "result", "verdict", "contact", "satisfaction", "visited_at", "reply"},
        ),
        (
            {"解决情况": "办了"},
            [],
            {"submitted_at", "closed_at", "result", "contact", "satisfaction", "visited_at", "reply"},
        ),
        ({"结案时间": "2026-12-23"}, [], None),
        ({"结案时间": "2026-10-19"}, [], None),
        ({"处理完成时间": "2026-10-01", "先行联系": ""}, [*CLOSED, "visit"], {"submitted_at"}),
        ({"答复要点": "长" * 4001, "先行联系": ""}, [*CLOSED, "visit"], {"reply"}),
    ],
)
def test_of_a_closing_only_what_is_sound_is_written_and_the_rest_is_kept(town, cells, kinds, kept):
    outcome = [cells.get(name, cell) for name, cell in zip(OUTCOME, WHOLE, strict=True)]
    town.take([*HEADER, *OUTCOME], [*ROW, *outcome])
    assert town.kinds(NUMBER) == ["log", *kinds]
    left = set(body(town)["extra"])
    assert left == ({"unit"} | kept if kept is not None else left)
    assert kept is not None or {"closed_at", "verdict", "unit"} <= left
    assert counts(town.take([*HEADER, *OUTCOME], [*ROW, *outcome])) == (0, 0, 1, 0, 0)


def test_a_closing_that_comes_with_a_later_file_closes_what_is_open_here(town):
    town.take(HEADER, ROW)
    for kind, facts in (("accept", {}), ("contact", {"reached": "yes", "person": "本人"})):
        town.act(NUMBER, kind, facts)
    done = town.take([*HEADER, *OUTCOME], [*ROW, *WHOLE])
    assert counts(done) == (0, 1, 0, 0, 0)
    assert town.kinds(NUMBER) == ["log", "accept", "contact", "handle", "submit", "close", "visit"]
    assert town.case(NUMBER).flags == []
    assert counts(town.take([*HEADER, *OUTCOME], [*ROW, *WHOLE])) == (0, 0, 1, 0, 0)


def test_a_case_that_was_reopened_here_is_not_closed_by_the_old_file(town):
    town.take([*HEADER, *OUTCOME], [*ROW, *WHOLE])
    town.act(NUMBER, "reopen", {"reason": "市民不满意"})
    assert counts(town.take([*HEADER, *OUTCOME], [*ROW, *WHOLE])) == (0, 0, 1, 0, 0)


def test_a_closed_reminder_is_linked_before_it_is_closed(town):
    row = [*reminding("20261021000001", NUMBER), *WHOLE]
    row[1] = "2026-10-21 08:00:00"
    town.take([*HEADER, *OUTCOME], [*ROW, *[""] * 8], row)
    assert town.kinds("20261021000001")[:3] == ["log", "link", "accept"]
    assert town.case("20261021000001").flags == []


# nothing by halves


def test_stopped_anywhere_an_import_leaves_nothing(town):
    rows = [changed(number=f"2026102000{n:04}") for n in range(700)]
    table = town.workbook(HEADER, *rows)
    before = town.everything()
    reports = []
    whole = Progress(lambda *said: reports.append(said))
    town.without_trace(lambda session: commit.run(session, _planned(HEADER, *rows), file="x", progress=whole))
    for stop in [1, len(reports), *random.Random(7).sample(range(2, len(reports)), 6)]:
        left = stop

        def tell(_done, _total, _what):
            nonlocal left
            left -= 1
            if not left:
                raise Cancelled

        with pytest.raises(Cancelled):
            run.run_file(town.workspace, table, progress=Progress(tell))
        assert town.everything() == before
    assert town.column(select(CASES.c.number)) == []
    assert run.run_file(town.workspace, table).new == 700


def test_a_dry_run_says_the_same_and_consumes_nothing(town):
    town.take(HEADER, ROW)
    before, content = town.everything(), (town.folder / "ws" / "store.db").read_bytes()
    header = [*HEADER, "截止时间"]
    rows = [
        [*ROW, "2026-11-12"],
        [*changed(number=""), ""],
        [*changed(number="20261020000002"), ""],
        [*[""] * 5, "x"],
    ]
    dry = town.take(header, *rows, dry_run=True)
    assert town.everything() == before
    assert (town.folder / "ws" / "store.db").read_bytes() == content
    wet = town.take(header, *rows)
    assert dry.batch == ""
    assert counts(dry) == counts(wet) == (2, 1, 0, 0, 1)
    assert town.column(select(CASES.c.number).where(CASES.c.number.like("%-01")))


def test_rejected_rows_are_written_with_their_reasons_before_anything_is_committed(town):
    out = town.folder / "未导入.xlsx"
    done = town.take(HEADER, ROW, changed(number="20261020000002", at="某天"), rejects=out)
    assert counts(done) == (1, 0, 0, 0, 1)
    rows = list(openpyxl.load_workbook(out).active.values)
    assert rows[1] == ("20261020000002", "某天", *ROW[2:], "“受理时间”的时间“某天”无法识别。")
    with pytest.raises(Refused):
        town.take(
            HEADER, changed(number="1"), changed(number="2", at="某天"), rejects=town.folder / "no" / "x.xlsx"
        )
    with pytest.raises(Refused, match="no case"):
        town.case("1")


def test_a_profile_says_once_how_a_file_is_written(town):
    with town.workspace.write() as session:
        entry = {"code": "district", "source": "patrol", "date_order": "dmy", "map": {"text": "说明"}}
        catalogue.define(session, [("import", "district", entry)])
    header = ["编号", "受理时间", "诉求地址", "说明"]
    town.take(header, ["X1", "03/10/2026", "和溪五村12号", "占道"], profile="district")
    assert body(town, "X1")["accepted_at"] == "2026-10-03"
    assert (body(town, "X1")["source"], body(town, "X1")["text"]) == ("patrol", "占道")
    with pytest.raises(Refused) as refusal:
        town.take(header, profile="other")
    assert refusal.value.code == "import_profile_unknown"


def test_a_file_without_cases_is_refused(town):
    with pytest.raises(ImportRejected, match="no column"):
        town.take(["甲", "乙"], ["1", "2"])


# real files


@pytest.mark.parametrize(
    ("name", "overrides"),
    [
        ("boston311-100.csv", {"text": "case_title", "category1": "reason"}),
        ("boston311-100-notime.csv", {}),
        ("boston311-100-20dupes-random.csv", {}),
        ("boston311-dmy-100.csv", {}),
        ("kexinjiao_311_500.csv", {"text": "complaint_type", "title": "descriptor"}),
    ],
)
def test_service_requests_of_other_cities_come_in_once(town, shared_data, name, overrides):
    path = shared_data / "western" / name
    done = run.run_file(town.workspace, path, overrides=overrides)
    again = run.run_file(town.workspace, path, overrides=overrides)
    assert done.rows == again.rows == sum(counts(done)) == sum(counts(again))
    assert done.new >= 80
    assert len(town.column(select(CASES.c.number))) == done.new
    assert (again.batch, again.new, again.amended, again.asked) == ("", 0, 0, ())


def test_the_same_orders_with_less_exact_times_change_nothing(town, shared_data):
    run.run_file(town.workspace, shared_data / "western" / "boston311-100.csv")
    for name in ("boston311-100-notime.csv", "boston311-dmy-100.csv"):
        done = run.run_file(town.workspace, shared_data / "western" / name)
        assert (done.amended, done.asked) == (0, ())


# anything, and much of it

CELLS = {
    "工单编号": st.sampled_from(["", "1", "2", "3-1", "31", "x"]),
    "受理时间": st.sampled_from(["", "2026-10-20", "2026-10-20 09:00:00", "2031-01-01", "某天"]),
    "诉求地址": st.sampled_from(["", "和溪五村12号", "居委会"]),
    "内容描述": st.sampled_from(["", "漏水", "【最近派发的工单编号：1，工单内容：漏水】催办", "\u0085"]),
    "任务号": st.sampled_from(["", "P1", "P2"]),
    "结案时间": st.sampled_from(["", "2026-10-21", "2026-10-19", "2031-01-01"]),
    "解决情况": st.sampled_from(["", "已解决", "办了"]),
    "先行联系": st.sampled_from(["", "是", "否"]),
}


def _planned(header, *rows):
    cells = [tuple(cell or None for cell in row) for row in [header, *rows]]
    table = Table("表", (SheetInfo("表", len(cells), True),), cells)
    return plan(table, map_headers(table))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(*CELLS.values()), max_size=8))
def test_whatever_the_rows_say_each_counts_once_and_the_second_time_nothing_is_written(town, rows):
    planned = _planned(tuple(CELLS), *rows)

    def work(session):
        dry = commit.run(session, planned, file="x", dry_run=True)
        first = commit.run(session, planned, file="x")
        return dry, first, commit.run(session, planned, file="x")

    dry, first, again = town.without_trace(work)
    assert counts(dry) == counts(first)
    for done in (first, again):
        assert done.rows == sum(counts(done)) == len(planned.rows) + len(planned.rejected)
    assert (again.batch, again.new, again.amended, again.linked) == ("", 0, 0, 0)


def test_five_thousand_orders_come_in_within_seconds(town):
    rows = [
        changed(
            number=f"2026102{n:07}",
            place=f"和溪五村{n % 60 + 1}号{n}室",
            text=f"第 {n} 件，楼上漏水，物业不管",
        )
        for n in range(5_000)
    ]
    planned = _planned(HEADER, *rows)
    started = time.perf_counter()
    with town.workspace.write() as session:
        done = commit.run(session, planned, file="x")
    assert counts(done) == (5_000, 0, 0, 0, 0)
    assert time.perf_counter() - started < 20
