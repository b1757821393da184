"""The demo does the main job through the services, tells the same story again, and prints what it did."""

import io
import json
from collections import Counter

import pytest
from openpyxl import load_workbook
from PIL import Image
from sqlalchemy import text

from tests.stores import DAY, reopen
from zq_grid import bulletin, demo, lists, views
from zq_grid.errors import Refused
from zq_grid.papers import figures, pictures, weekly
from zq_grid.progress import Cancelled, Progress
from zq_grid.rules import worktime

NOW = worktime.parse("2026-11-24T15:00:00+08:00")[0]
FEW = 60


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    folder = tmp_path_factory.mktemp("demo") / "town"
    done = demo.run(folder, now=NOW, cases_wanted=FEW)
    workspace = reopen(folder, lambda: NOW)
    yield done, workspace
    workspace.close()


@pytest.fixture(scope="module")
def log(town):
    with town[1].read() as session:
        return list(views.all_steps(session))


def personal(workspace):
    with workspace.transaction(write=False) as db:
        rows = db.execute(text("SELECT field, value FROM personal")).all()
    return [(row.field, json.loads(row.value)) for row in rows]


def test_as_many_cases_as_asked_are_there(town):
    done, workspace = town
    assert done.cases == FEW
    with workspace.read() as session:
        parts = session.db.execute(text("SELECT count(*) FROM cases WHERE parent IS NOT NULL")).scalar()
        assert lists.page(session, limit=1).total == FEW + parts


def test_what_it_says_it_did_stands_in_the_log(town, log):
    done, _ = town
    kinds = Counter(step["kind"] for step in log if step["subject"].startswith("case:"))
    kinds.subtract(
        {"log": 2, "accept": 2, "dispatch": 2, "link": done.imported["linked"]}
    )  # split and reminders
    assert +kinds == +done.steps


def test_every_side_way_is_shown(log):
    kinds = {step["kind"] for step in log}
    wanted = (
        "visit reopen ask_extension grant_extension return rule_return merge split supervise escalate exclude"
        " approve_exclusion void check"
    )
    assert set(wanted.split()) <= kinds


def test_nothing_happens_before_it_is_told_or_after_today(log):
    assert all(step["did_at"] <= step["recorded_at"] == step["arrived_at"] for step in log)
    arrivals = [step["arrived_at"] for step in log]
    assert arrivals == sorted(arrivals)
    assert arrivals[-1] <= worktime.to_text(NOW)


def test_no_step_is_flagged_and_no_value_is_in_dispute(town):
    _, workspace = town
    with workspace.read() as session:
        assert session.db.execute(text("SELECT sum(flags), sum(clashes) FROM cases")).one() == (0, 0)


def test_all_people_and_phones_are_invented(town):
    found = personal(town[1])
    phones = {value for field, value in found if field == "phone"}
    assert phones
    assert all(len(phone) == 11 and phone.startswith("138000000") for phone in phones)
    names = {value for field, value in found if field in ("reporter", "person", "warned_person")}
    assert all(name[0] in "甲乙丙丁戊己庚辛壬癸" and name[1] == "某" for name in names)


def test_the_workbooks_are_there_to_be_opened_and_were_imported_row_by_row(town):
    done, _ = town
    rows = 0
    for path in done.workbooks:
        sheet = load_workbook(path, read_only=True).active
        rows += sum(any(row) for row in sheet.iter_rows(min_row=3, values_only=True))
    found = done.imported
    assert rows == found["rows"] == found["new"] + found["unchanged"] + found["rejected"]
    assert found["rejected"] == 1
    assert list(done.workbooks[0].parent.glob("rejects-*.xlsx"))


def test_joined_orders_were_handled_together(town, log):
    done, _ = town
    assert done.joined > 15
    grouped = Counter(step["group"] for step in log if step["kind"] == "attend" and step["group"])
    assert max(grouped.values()) == 4


def test_the_printed_week_is_that_of_the_report_command_to_the_byte(town):
    done, workspace = town
    with workspace.read() as session:
        again = bulletin.week(session, year=2026, week=47)
    assert weekly.draw(again) == done.paper.read_bytes()
    assert done.paper == workspace.folder / "weekly-2026-W47.pdf"


def test_the_week_adds_up_and_shows_its_lists(town):
    week = town[0].week
    assert figures.adds_up(week.neighbourhoods, week.total)
    assert figures.adds_up(week.stations, week.total)
    assert sum(count for _, count in week.structure.by_type) == int(week.boxes[0].value)
    assert any(row.waiting for row in week.overdue)
    assert int(week.boxes[3].value) >= len(week.overdue) >= 2
    assert {one.reason for one in week.exclusions} == {"不合理诉求", "重复诉求"}
    assert week.sheets[0].title == "不满意件复核"


def test_open_and_overdue_are_what_a_plain_look_at_the_log_finds(town, log):
    end = worktime.to_text(worktime.parse("2026-11-23T00:00:00+08:00")[0])
    by_case = {}
    for step in log:
        by_case.setdefault(step["subject"], []).append(step)
    open_ = closed = 0
    for subject, held in by_case.items():
        logged = next((step for step in held if step["kind"] == "log"), None)
        if not subject.startswith("case:") or logged["body"].get("parent") or logged["did_at"] >= end:
            continue
        if any(
            s["kind"] == "void" or (s["kind"] == "merge" and s["body"].get("repeat") == "yes") for s in held
        ):
            continue
        kinds = Counter(step["kind"] for step in held if step["did_at"] < end)
        back = any(
            s["kind"] == "rule_return" and "退单" in str(s["body"]) and s["did_at"] < end for s in held
        )
        open_ += kinds["close"] <= kinds["reopen"] and not kinds["withdraw"] and not back
        closed += any(s["kind"] == "close" and "2026-11-16" <= s["did_at"] < end for s in held)
    week = town[0].week
    assert (week.boxes[1].value, week.boxes[2].value) == (str(closed), str(open_))


def test_there_is_a_picture_of_every_page(town):
    done, workspace = town
    assert len(done.pictures) == pictures.count(done.paper.read_bytes()) >= 4
    for path in done.pictures:
        assert path.parent == workspace.folder / "shots"
        with Image.open(io.BytesIO(path.read_bytes())) as picture:
            assert picture.height > picture.width > 900


def test_the_same_seed_and_today_tell_the_same_story(tmp_path, town):
    again = demo.run(tmp_path / "again", now=NOW, cases_wanted=FEW)
    assert again.steps == town[0].steps
    mine, other = again.week, town[0].week
    assert (mine.total, mine.boxes, mine.overdue, mine.structure) == (
        other.total,
        other.boxes,
        other.overdue,
        other.structure,
    )
    assert demo.run(tmp_path / "other", now=NOW, cases_wanted=FEW, seed=2).week.total != other.total


@pytest.mark.parametrize(
    "now",
    [
        "2026-11-22T22:40:00+08:00",  # Sunday night
        "2026-11-23T00:00:00+08:00",  # the first second of a week
        "2026-10-08T08:00:00+08:00",  # after the long holiday
        "2026-02-24T12:00:00+08:00",  # after New Year, into the year before
        "2031-05-05T12:00:00+08:00",  # no calendar entered
    ],
)
def test_any_day_can_be_today(tmp_path, now):
    done = demo.run(tmp_path / "town", now=worktime.parse(now)[0], cases_wanted=45, seed=7)
    assert done.cases == 45
    assert done.week.to_day < worktime.day_of(worktime.parse(now)[0])
    assert done.week.to_day > worktime.day_of(worktime.parse(now)[0] - 8 * DAY)


def test_pictures_go_where_they_are_asked_for(tmp_path):
    done = demo.run(tmp_path / "town", now=NOW, cases_wanted=40, shots=tmp_path / "a" / "b")
    assert done.paper == tmp_path / "a" / "b" / "weekly-2026-W47.pdf"
    assert {path.parent for path in done.pictures} == {tmp_path / "a" / "b"}


def test_a_folder_with_a_store_is_left_alone(town):
    _, workspace = town
    with pytest.raises(Refused) as refused:
        demo.run(workspace.folder, now=NOW)
    assert refused.value.code == "store_exists"


@pytest.mark.parametrize("cases", [0, 39, 5001])
def test_too_few_or_too_many_cases_are_refused_before_anything_is_made(tmp_path, cases):
    with pytest.raises(Refused) as refused:
        demo.run(tmp_path / "town", now=NOW, cases_wanted=cases)
    assert refused.value.code == "demo_size"
    assert not (tmp_path / "town").exists()


def test_it_can_be_stopped(tmp_path):
    progress = Progress()
    progress.cancel()
    with pytest.raises(Cancelled):
        demo.run(tmp_path / "town", now=NOW, progress=progress)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(1, 4))
def test_the_rates_of_nine_weeks_are_those_of_a_town(tmp_path, seed):
    done = demo.run(tmp_path / "town", now=NOW, seed=seed)
    means = []
    for nth in range(4):
        parts = [point.figures[nth] for point in done.week.trend]
        means.append(
            float(100 * sum(part.numerator for part in parts) / sum(part.denominator for part in parts))
        )
    contact, on_time, resolution, satisfaction = means
    assert 97 <= contact <= 100
    assert 95 <= on_time <= 100
    assert 40 <= resolution <= 80
    assert 70 <= satisfaction <= 90
