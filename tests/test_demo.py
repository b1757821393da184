"""The demo does the main job through the services, tells the same story again, and prints what it did."""

import io
import json
from collections import Counter

import pytest
from openpyxl import load_workbook
from PIL import Image
from sqlalchemy import text

from tests.stores import DAY, dump, reopen
from zq_grid import bulletin, checking, demo, lists, photos, rebuilding, views
from zq_grid.errors import Refused
from zq_grid.papers import figures, pictures, weekly
from zq_grid.progress import Cancelled, Progress
from zq_grid.rules import worktime

NOW = worktime.parse("2026-11-24T15:00:00+08:00")[0]
FEW = 120
MONDAY = worktime.parse("2026-11-16T00:00:00+08:00")[0]


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
        " approve_exclusion void check refuse suspend resume link attach note assign"
    )
    assert set(wanted.split()) <= kinds


def test_everything_holds_together_to_the_last_step(town):
    found = checking.check(town[1], deep=True)
    assert found.findings == ()


def test_what_was_told_quickly_is_summed_up_as_what_went_through_the_services(town):
    before = dump(town[1])
    with town[1].write() as session:
        rebuilding.rebuild(session, Progress())
    assert dump(town[1]) == before


def test_every_closing_passed_its_gate(log):
    closes = [step["body"] for step in log if step["kind"] == "close"]
    assert len(closes) > 80
    assert not any("to_complete" in body or "platform" in body for body in closes)


def test_nothing_happens_before_it_is_told_or_after_today(log):
    assert all(step["did_at"] <= step["recorded_at"] == step["arrived_at"] for step in log)
    arrivals = [step["arrived_at"] for step in log]
    assert arrivals == sorted(arrivals)
    assert arrivals[-1] <= worktime.to_text(NOW)


def test_no_step_is_flagged_and_no_value_is_in_dispute(town):
    _, workspace = town
    with workspace.read() as session:
        assert session.db.execute(text("SELECT sum(flags), sum(clashes) FROM cases")).one() == (0, 0)


def test_all_phones_are_such_as_nobody_has(town):
    phones = [value for field, value in personal(town[1]) if field == "phone"]
    assert phones
    assert all(len(phone) == 11 and phone.startswith("154") for phone in phones)


def test_people_texts_and_places_are_many(town, log):
    values = personal(town[1])
    names = [value for field, value in values if field in ("reporter", "warned_person")]
    assert len(set(names)) > 0.8 * len(names)
    texts = [value.partition("：")[2] for field, value in values if field == "text"]
    assert len(set(texts)) > 0.7 * len(texts)
    logged = [step["body"] for step in log if step["kind"] == "log"]
    assert len({body.get("neighbourhood") for body in logged}) > 20
    assert len({body["type"] for body in logged}) >= 15


def test_two_years_are_told_and_the_last_quarter_weighs_most(log):
    days = [step["did_at"][:10] for step in log if step["kind"] == "log"]
    assert min(days) < "2025-06"
    assert sum(day >= "2026-08-24" for day in days) > FEW / 2


def test_a_building_that_came_back_is_linked_to_the_first_and_was_forced_down(log):
    (link,) = [step for step in log if step["kind"] == "link" and step["body"]["why"] == "related"]
    held = [step for step in log if step["subject"] == link["subject"]]
    first = [step for step in log if step["subject"] == link["body"]["to"]]
    assert {"supervise", "attach", "check", "close"} <= {step["kind"] for step in held}
    assert [step["body"]["way_removed"] for step in (*first, *held) if step["kind"] == "close"] == [
        "self",
        "forced",
    ]
    assert first[0]["body"]["place"] == held[0]["body"]["place"]


def test_a_stopped_transfer_a_refused_return_and_a_late_asking_can_be_opened(town, log):
    assert any(step["body"].get("outcome") == "transfer_stopped" for step in log)
    assert any(step["kind"] == "rule_return" and step["body"]["upheld"] == "no" for step in log)
    with town[1].read() as session:
        late = "SELECT count(*) FROM clocks WHERE kind = 'close' AND target IS NOT NULL"
        assert session.db.execute(text(late)).scalar() == 1


def test_something_waits_on_every_desk_today(town):
    with town[1].read() as session:

        def waits(**filters):
            return lists.page(session, limit=50, **filters).total

        assert waits(stage="received") >= 1
        assert waits(stage="accepted") >= 3
        assert waits(owes="contact") >= 3
        assert waits(light="red") >= 2
        assert waits(light="orange") + waits(light="yellow") >= 3
        assert waits(to_visit=True) >= 2
        assert waits(asks="extension") == waits(asks="exclusion") == 1


def test_photos_show_before_and_after_and_are_kept(town, log):
    shown = [step["body"] for step in log if step["kind"] == "attach"]
    assert {body["stage"] for body in shown} == {"before", "after"}
    for body in shown:
        with Image.open(io.BytesIO(photos.read(town[1], body["hash"]))) as picture:
            assert picture.size == (640, 480)


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
            s["kind"] == "rule_return" and "同意退单" in str(s["body"]) and s["did_at"] < end for s in held
        )
        open_ += kinds["close"] <= kinds["reopen"] and not (kinds["withdraw"] or kinds["refuse"] or back)
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
    done = demo.run(tmp_path / "town", now=worktime.parse(now)[0], cases_wanted=90, seed=7)
    assert done.cases == 90
    assert done.week.to_day < worktime.day_of(worktime.parse(now)[0])
    assert done.week.to_day > worktime.day_of(worktime.parse(now)[0] - 8 * DAY)


def test_pictures_go_where_they_are_asked_for(tmp_path):
    done = demo.run(tmp_path / "town", now=NOW, cases_wanted=80, shots=tmp_path / "a" / "b")
    assert done.paper == tmp_path / "a" / "b" / "weekly-2026-W47.pdf"
    assert {path.parent for path in done.pictures} == {tmp_path / "a" / "b"}


def test_a_folder_with_a_store_is_left_alone(town):
    _, workspace = town
    with pytest.raises(Refused) as refused:
        demo.run(workspace.folder, now=NOW)
    assert refused.value.code == "store_exists"


@pytest.mark.parametrize("cases", [0, 79, 60_001])
def test_too_few_or_too_many_cases_are_refused_before_anything_is_made(tmp_path, cases):
    with pytest.raises(Refused) as refused:
        demo.run(tmp_path / "town", now=NOW, cases_wanted=cases)
    assert refused.value.code == "demo_size"
    assert not (tmp_path / "town").exists()


def test_it_says_how_far_it_is_to_the_end(tmp_path):
    told = []
    progress = Progress(lambda done, total, what: told.append((done, total, what)))
    demo.run(tmp_path / "town", now=NOW, cases_wanted=80, progress=progress)
    story = [done for done, total, what in told if what == "演示" and total == 80]
    assert story == sorted(story)
    assert (story[0], story[-1]) == (0, 80)
    assert len(set(story)) > 10


@pytest.mark.parametrize("after", [0, 30])
def test_it_can_be_stopped_and_what_was_done_is_whole(tmp_path, after):
    progress = Progress(lambda done, _total, _what: progress.cancel() if done >= after else None)
    with pytest.raises(Cancelled):
        demo.run(tmp_path / "town", now=NOW, cases_wanted=100, progress=progress)
    workspace = reopen(tmp_path / "town", lambda: NOW)
    with workspace.read() as session:
        assert after <= lists.page(session, limit=1).total < 100
    assert checking.check(workspace, deep=True).findings == ()
    workspace.close()


def test_the_window_may_take_pictures_of_its_pages(tmp_path):
    def pictures(folder, shots):
        with reopen(folder, lambda: NOW).read() as session:
            shown = lists.page(session, limit=1).total
        (shots / "cases.png").write_text(str(shown))
        return [shots / "cases.png"]

    done = demo.run(tmp_path / "town", now=NOW, cases_wanted=80, shots=tmp_path / "shots", pictures=pictures)
    assert done.pictures[-1].read_text() == "82"  # with two sub-cases


def test_a_town_on_a_server_is_told_without_photos(tmp_path, fresh_pg):
    done = demo.run(tmp_path / "town", now=NOW, cases_wanted=80, url=fresh_pg)
    assert (done.cases, done.steps["attach"]) == (80, 0)
    assert done.paper.read_bytes().startswith(b"%PDF-")


@pytest.mark.long
@pytest.mark.parametrize("seed", range(1, 3))
def test_the_rates_of_eight_weeks_are_those_of_a_town(tmp_path, seed):
    done = demo.run(tmp_path / "town", now=NOW, seed=seed, cases_wanted=3000)
    means = []
    for nth in range(4):
        parts = [point.figures[nth] for point in done.week.trend]
        means.append(
            float(100 * sum(part.numerator for part in parts) / sum(part.denominator for part in parts))
        )
    contact, on_time, resolution, satisfaction = means
    assert 97 <= contact <= 100
    assert 97 <= on_time <= 100
    assert 40 <= resolution <= 80
    assert 70 <= satisfaction <= 90
