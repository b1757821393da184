"""A bulletin announces what changed in weeks that were printed before: each correction once, always the same bytes."""

import pytest

from tests.bulletin_weeks import WHOLE, at, order, steps, when
from tests.run_cli import call, run
from tests.stores import act, make_store
from zq_grid import bulletin, bulletin_cut, printed, together
from zq_grid.papers import weekly

MONDAY = "2026-11-09T08:00:00+08:00"
NEXT = "2026-11-16T08:00:00+08:00"
ORDER = "20261102000001"


def look(store, week=45, **asked):
    with store.read() as session:
        return bulletin.week(session, year=2026, week=week, **asked)


def issue(store, week=45, *, as_of=None):
    """Print a bulletin, and return it."""
    found = look(store, week, as_of=as_of)
    with store.write() as session:
        moment = bulletin_cut.cut(session, 2026, week, as_of).moment
        told = {"figures": printed.figures_of(found), "announced": printed.announced_of(found)}
        printed.note(
            session,
            kind="weekly",
            what=f"2026-W{week:02}",
            way="print",
            pages=6,
            cut=found.cut.as_of,
            code=found.cut.check_code,
            profile="default",
            as_of=moment,
            **told,
        )
    return found


def said(found):
    return [
        (one.week, one.new.key, one.old.share, one.new.share, dict(one.why), one.again)
        for one in found.corrections
    ]


@pytest.fixture
def week45(store):
    """An order contacted, done and closed in week 45, and one that nobody called; the week is printed."""
    order(store, ORDER, "2026-11-02T09:00:00+08:00")
    steps(store, ORDER, *WHOLE)
    order(store, "20261102000002", "2026-11-02T10:00:00+08:00")
    steps(store, "20261102000002", "accept", "dispatch", "sign")
    when(store, MONDAY)
    assert issue(store).corrections == ()
    return store


def late_call(store, moment="2026-11-10T08:00:00+08:00"):
    """Write down a week later that the second order was called in time."""
    when(store, moment)
    with store.write() as session:
        when_done = {"did_at": at("2026-11-02T16:00:00+08:00")}
        together.act(session, "20261102000002", "contact", {"reached": "yes"}, **when_done)


LATE = ("2026-W45", "first_contact", "1/2", "2/2", {"entered_late": 1}, False)


def test_the_next_bulletin_announces_a_figure_of_a_printed_week_that_changed(week45):
    late_call(week45)
    when(week45, NEXT)
    found = look(week45, 46)
    assert said(found) == [LATE]
    assert found.corrections[0].words == (
        "2026 年第 45 周先行联系率 50.0%（1/2）更正为 100.0%（2/2）：补录 1 件。"
    )
    assert weekly.draw(found).startswith(b"%PDF-")


def test_a_correction_is_announced_in_one_bulletin_and_in_every_printing_of_it(week45):
    late_call(week45)
    when(week45, NEXT)
    first = issue(week45, 46)
    assert weekly.draw(issue(week45, 46)) == weekly.draw(first)
    order(week45, "20261116000001", "2026-11-16T09:00:00+08:00")
    assert said(issue(week45, 46)) == [LATE]
    when(week45, "2026-11-23T08:00:00+08:00")
    assert said(look(week45, 47)) == []


def test_what_changes_again_after_its_announcement_is_announced_from_there(week45):
    late_call(week45)
    when(week45, NEXT)
    issue(week45, 46)
    when(week45, "2026-11-17T08:00:00+08:00")
    act(week45, ORDER, "amend", verdict="partly")
    act(week45, "20261102000002", "void", reason="误录")
    when(week45, "2026-11-23T08:00:00+08:00")
    assert said(look(week45, 47)) == [
        ("2026-W45", "first_contact", "2/2", "1/1", {"void": 1}, False),
        ("2026-W45", "actual_resolution", "1/1", "0/1", {"amended": 1}, False),
        ("2026-W46", "on_time_closing", "1/2", "1/1", {"void": 1}, False),
    ]


def test_the_reissue_of_a_week_says_what_its_first_printing_said(week45):
    late_call(week45)
    assert said(issue(week45)) == [(*LATE[:-1], True)]
    assert "（本期首次印发时）" in look(week45).corrections[0].words
    when(week45, NEXT)
    assert said(look(week45, 46)) == []


def test_a_paper_that_was_printed_says_again_what_it_said(week45):
    with week45.read() as session:
        moment = bulletin_cut.cut(session, 2026, 45, None).moment
    first = weekly.draw(look(week45))
    late_call(week45)
    assert weekly.draw(issue(week45)) != first
    assert weekly.draw(look(week45, as_of=moment)) == first


def test_an_approved_exclusion_is_told_as_the_reason(week45):
    when(week45, "2026-11-10T08:00:00+08:00")
    facts = {"indicator": "first_contact", "reason": "无法联系", "document": "会议纪要 3 号"}
    act(week45, "20261102000002", "exclude", **facts)
    act(week45, "20261102000002", "approve_exclusion", indicator="first_contact")
    when(week45, NEXT)
    assert [one[3:5] for one in said(look(week45, 46))] == [("1/1", {"excluded": 1})]


def test_what_left_before_the_week_was_over_is_no_issue_to_correct(store):
    order(store, ORDER, "2026-11-02T09:00:00+08:00")
    when(store, "2026-11-04T09:00:00+08:00")
    issue(store)
    steps(store, ORDER, *WHOLE)
    when(store, MONDAY)
    assert said(look(store)) == []
    when(store, NEXT)
    assert said(look(store, 46)) == []


def test_a_week_tells_nothing_of_later_weeks_and_another_profile_nothing_of_this_one(week45):
    when(week45, "2026-11-23T08:00:00+08:00")
    late_call(week45, "2026-11-24T08:00:00+08:00")
    assert said(look(week45, 44)) == []
    assert said(look(week45, 47, profile="closing-basis")) == []
    assert said(look(week45, 47)) == [LATE]


def test_only_the_last_four_printed_weeks_are_looked_at(week45):
    for week in range(46, 50):
        when(week45, f"2026-{'11' if week < 49 else '12'}-{(16, 23, 30, 7)[week - 46]:02}T08:00:00+08:00")
        issue(week45, week)
    late_call(week45, "2026-12-08T08:00:00+08:00")
    when(week45, "2026-12-14T08:00:00+08:00")
    assert said(look(week45, 50)) == []


def test_many_sheets_of_cases_do_not_push_a_bulletin_out_of_the_register(week45):
    with week45.write() as session:
        for nth in range(printed.MOST + 3):
            printed.note(session, kind="case", what=f"{nth}", way="print", pages=1, cut="")
    late_call(week45)
    when(week45, NEXT)
    assert said(look(week45, 46)) == [LATE]


def test_the_command_lists_what_it_corrects_and_keeps_that_it_did(tmp_path):
    folder = tmp_path / "town"
    clock = ("--now", "2026-11-24T15:00:00+08:00")
    run(folder, "demo", "--cases", "100", options=clock)
    asked = ("report", "weekly", "--out", str(tmp_path / "week.pdf"), "--week")
    assert run(folder, *asked, "2026-W47", options=clock)["corrections"] == []
    period = ("--from", "2026-11-16", "--to", "2026-11-23", "--explain")
    found = {one["key"]: one for one in run(folder, "rates", *period, options=clock)["rates"]}
    number = found["actual_resolution"]["counted_in"][0]
    amended = ("--now", "2026-11-24T15:30:00+08:00")
    run(folder, "act", number, "amend", "--field", "verdict=partly", options=amended)
    later = ("--now", "2026-12-01T08:00:00+08:00")
    [one] = run(folder, *asked, "2026-W48", options=later)["corrections"]
    assert (one["week"], one["key"], one["why"]) == ("2026-W47", "actual_resolution", {"amended": 1})
    assert one["old"]["share"] != one["new"]["share"]
    assert run(folder, *asked, "2026-W48", options=later)["corrections"] == [one]
    last = ("--now", "2026-12-08T08:00:00+08:00")
    assert run(folder, *asked, "2026-W49", options=last)["corrections"] == []


def test_a_paper_is_written_while_another_process_writes_for_long(week45, tmp_path):
    out = tmp_path / "week.pdf"
    with week45.write():
        said_ = call(week45.folder, "report", "weekly", "--week", "2026-W44", "--out", str(out))
    assert said_.code == 0
    assert "没有记入印发登记" in said_.err
    assert out.read_bytes().startswith(b"%PDF-")


@pytest.mark.pg
def test_on_a_shared_server_it_is_the_same(tmp_path, fresh_pg):
    store = make_store(tmp_path / "store", url=fresh_pg)
    order(store, ORDER, "2026-11-02T09:00:00+08:00")
    steps(store, ORDER, *WHOLE)
    order(store, "20261102000002", "2026-11-02T10:00:00+08:00")
    steps(store, "20261102000002", "accept", "dispatch", "sign")
    when(store, MONDAY)
    issue(store)
    late_call(store)
    when(store, NEXT)
    assert said(issue(store, 46)) == [LATE]
    when(store, "2026-11-23T08:00:00+08:00")
    assert said(look(store, 47)) == []
    store.close()
