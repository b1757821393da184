import random
import time

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from db.tables import CASES
from tests.importing.practice import HEADER, ROW, Town, body, changed, counts
from zq_grid import catalogue
from zq_grid.errors import ImportRejected, Refused
from zq_grid.importing import commit, run
from zq_grid.importing.headers import map_headers
from zq_grid.importing.plan import plan
from zq_grid.importing.table import SheetInfo, Table
from zq_grid.progress import Cancelled, Progress


@pytest.fixture
def town(tmp_path):
    town = Town(tmp_path)
    yield town
    town.workspace.close()


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
