"""Whatever two files say of the same orders: counted once, written once, settled by an answer, never flagged."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from db.tables import CASES
from tests.importing.practice import Town, counts
from zq_grid.importing import commit
from zq_grid.importing.headers import map_headers
from zq_grid.importing.plan import plan
from zq_grid.importing.table import SheetInfo, Table

CELLS = {
    "工单编号": ["1", "2", "3"],
    "受理时间": ["", "2026-10-20", "2026-10-20 09:00:00"],
    "内容描述": ["漏水", "【最近派发的工单编号：1，工单内容：漏水】催办", "【最近办结工单：2】催办"],
    "派遣时间": ["", "2026-10-21"],
    "主办单位": ["", "网格中心", "外局"],
    "处理完成时间": ["", "2026-10-22 10:00:00"],
    "结案时间": ["", "2026-10-21", "2026-10-23"],
    "解决情况": ["", "已解决", "办了", "解释说明"],
    "先行联系": ["", "是", "否", "未评价"],
    "综合满意度": ["", "满意", "不满意", "未回访"],
    "回访时间": ["", "2026-10-24"],
    "答复要点": ["", "好", "坏"],
    "热线12345重复工单号": ["", "1", "3"],
    "原因": ["", "甲"],
}
ROWS = st.lists(st.tuples(*map(st.sampled_from, CELLS.values())), max_size=4)
SIDES = st.sampled_from([None, "dissatisfied", "unresolved", "not_contacted"])


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    town = Town(tmp_path_factory.mktemp("town"))
    yield town
    town.workspace.close()


def planned(rows):
    cells = [tuple(cell or None for cell in row) for row in [tuple(CELLS), *rows]]
    table = Table("表", (SheetInfo("表", len(cells), True),), cells)
    return plan(table, map_headers(table))


@settings(max_examples=100, deadline=None)
@given(ROWS, ROWS, SIDES, st.sampled_from(["theirs", "ours", "keep"]))
def test_a_second_file_is_written_once_and_asks_no_more_once_it_is_answered(town, rows, others, side, answer):
    first, second = planned(rows), planned(others)

    def work(session):
        def take(**more):
            return commit.run(session, second, file="x", side_list=side, **more)

        commit.run(session, first, file="x")
        dry, done = take(dry_run=True), take()
        assert (counts(dry), dry.linked, dry.asked) == (counts(done), done.linked, done.asked)
        again = take()
        assert (again.batch, again.new, again.amended, again.linked) == ("", 0, 0, 0)
        answered = take(answers=dict.fromkeys("123", answer))
        assert answered.rows == sum(counts(answered)) == len(others)
        last = take()
        assert (last.batch, len(last.asked)) == ("", len(answered.asked))
        assert answer != "ours" or not answered.asked
        flagged = select(CASES.c.number).where(CASES.c.flags > 0)
        assert session.db.execute(flagged).all() == []

    town.without_trace(work)
