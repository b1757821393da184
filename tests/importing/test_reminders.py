import pytest
from sqlalchemy import select

from db.tables import CASE_KEYS, STEPS
from tests.importing.practice import HEADER, ROW, Town, body, changed, counts, reminding
from tests.run_cli import run
from tests.stores import ORDER
from zq_grid import checking, drafts, rebuilding, registering, undoing
from zq_grid.importing.reminders import QUOTES
from zq_grid.progress import Progress

OLD, NEW, OTHER = ROW[0], "20261021000001", "20261021000002"
LINKED = [(f"case:hotline:{OLD}", "reminder")]
REPEATS = [*HEADER, "热线12345工单是否重复", "热线12345重复工单号"]


@pytest.fixture
def town(tmp_path):
    town = Town(tmp_path)
    yield town
    town.workspace.close()


def links(town, number=NEW):
    return town.case(number).links


def test_an_order_that_comes_with_a_later_file_is_linked_when_it_arrives(town):
    first = town.take(HEADER, reminding(NEW, OLD), reminding(OTHER, OLD))
    assert (first.linked, links(town)) == (0, [])
    done = town.take(HEADER, ROW)
    assert (counts(done), done.linked) == ((1, 0, 0, 0, 0), 2)
    assert (links(town), links(town, OTHER)) == (LINKED, LINKED)
    again = town.take(HEADER, ROW, reminding(NEW, OLD))
    assert (counts(again), again.linked, again.batch) == ((0, 0, 2, 0, 0), 0, "")


def test_it_is_linked_also_when_the_reminder_was_closed_meanwhile(town):
    town.take([*HEADER, "结案时间"], [*reminding(NEW, OLD), "2026-10-24"])
    town.take(HEADER, ROW)
    assert (town.case(NEW).stage, links(town), town.case(NEW).flags) == ("closed", LINKED, [])


def test_a_dry_run_counts_the_links_and_writes_none(town):
    town.take(HEADER, reminding(NEW, OLD))
    before = town.everything()
    assert town.take(HEADER, ROW, dry_run=True).linked == 1
    assert town.everything() == before


def test_undoing_the_later_file_takes_its_links_back_and_the_reminder_waits_again(town):
    town.take(HEADER, reminding(NEW, OLD))
    done = town.take(HEADER, ROW)
    assert town.take_back(done.batch).retracted == 2
    assert links(town) == []
    assert town.take(HEADER, ROW).linked == 1
    assert links(town) == LINKED


def test_a_case_lies_under_the_numbers_that_it_names_so_that_none_is_searched_for(town):
    town.take(REPEATS, [*reminding(NEW, OLD), "是", "12345-A7"], [*changed(number=OTHER), "", ""])
    keys = select(CASE_KEYS.c.key).where(CASE_KEYS.c.kind == QUOTES).order_by(CASE_KEYS.c.key)
    assert town.column(keys) == [OLD, "A7"]
    before = town.summary()
    with town.workspace.write() as session:
        rebuilding.rebuild(session, Progress())
    assert (town.column(keys), town.summary()) == ([OLD, "A7"], before)


def test_the_quoted_words_are_no_words_of_the_case(town):
    town.take(HEADER, changed(number=NEW, text=f"【最近派发的工单编号：{OLD}，工单内容：路灯不亮】市民催办"))
    assert (town.found("路灯"), town.found("催办")) == ([], [NEW])
    # where the older order isn't here, what was quoted from it stands nowhere else
    assert body(town, NEW)["extra"] == {"quoted": OLD, "quote_words": "路灯不亮"}
    # the catalogue may bear the word
    assert not any(
        "路灯" in said for said in town.column(select(STEPS.c.body).where(STEPS.c.kind != "define"))
    )


def test_a_number_that_two_cases_bear_means_neither(town):
    town.take([*HEADER, "工单来源"], [*changed(number="A7"), "12345"], [*changed(number="A8"), "12345"])
    town.take([*HEADER, "案件来源"], [*changed(number="A7"), "网格巡查"])
    assert town.take(HEADER, reminding(NEW, "A7"), reminding(OTHER, "A8")).linked == 1
    assert (links(town), links(town, OTHER)) == ([], [("case:hotline:A8", "reminder")])


# repeats


def test_an_order_that_the_hotline_calls_a_repeat_is_linked_and_its_merge_proposed(town):
    town.take(HEADER, ROW)
    done = town.take(REPEATS, [*changed(number=NEW), "是", f"12345-{OLD}"])
    assert (done.new, done.linked, links(town)) == (1, 1, [(f"case:hotline:{OLD}", "related")])
    assert [(one.line, one.number, one.into) for one in done.proposed] == [(2, NEW, OLD)]
    assert town.case(NEW).joined is None
    again = town.take(REPEATS, [*changed(number=NEW), "是", OLD])
    assert (counts(again), again.linked, len(again.proposed)) == ((0, 0, 1, 0, 0), 0, 1)


@pytest.mark.parametrize(("flag", "closed"), [("否", ""), ("是", "2026-10-24")])
def test_no_merge_is_proposed_for_what_is_closed_or_said_to_be_no_repeat(town, flag, closed):
    town.take(HEADER, ROW)
    done = town.take([*REPEATS, "结案时间"], [*changed(number=NEW), flag, OLD, closed])
    assert (done.proposed, len(links(town))) == ((), 1)


def test_a_repeat_of_an_order_that_comes_later_is_linked_when_it_arrives(town):
    town.take(REPEATS, [*changed(number=NEW), "是", OLD])
    assert town.take(HEADER, ROW).linked == 1
    assert links(town) == [(f"case:hotline:{OLD}", "related")]


def test_an_order_that_names_itself_is_linked_to_nothing(town):
    done = town.take(REPEATS, [*reminding(OLD, OLD), "是", OLD])
    assert (done.new, done.linked, done.proposed, links(town, OLD)) == (1, 0, (), [])


def test_a_circle_over_several_files_is_linked_all_round(town):
    a, b, c = "20261021000011", "20261021000012", "20261021000013"
    for one, other in ((a, b), (b, c), (c, a)):
        town.take(HEADER, reminding(one, other))
    for one, other in ((a, b), (b, c), (c, a)):
        assert links(town, one) == [(f"case:hotline:{other}", "reminder")]


def test_on_a_shared_server_it_is_the_same(tmp_path, fresh_pg):
    town = Town(tmp_path, fresh_pg)
    town.take(HEADER, reminding(NEW, OLD))
    assert town.take(HEADER, ROW).linked == 1
    assert links(town) == LINKED
    town.workspace.close()


# logged by hand -------------------------------------------------------------------------------


def log(town, **facts):
    with town.workspace.write() as session:
        return registering.register(session, {**ORDER, "order_number": OLD, **facts})


def test_an_order_that_is_logged_by_hand_is_linked_by_the_reminders_that_waited_for_it(town):
    town.take(HEADER, reminding(NEW, OLD), reminding(OTHER, OLD))
    assert log(town).linked == (NEW, OTHER)
    assert (links(town), links(town, OTHER)) == (LINKED, LINKED)
    assert not checking.check(town.workspace, deep=True).findings
    again = town.take(HEADER, ROW, reminding(NEW, OLD))
    assert again.linked == 0


def test_the_log_and_its_links_are_one_act_and_the_reminder_waits_again_after_it_is_undone(town):
    town.take(HEADER, reminding(NEW, OLD))
    log(town)
    with town.workspace.write() as session:
        undoing.undo_last(session)
    assert links(town) == []
    assert log(town).linked == (NEW,)
    assert links(town) == LINKED


def test_nothing_is_linked_to_an_order_of_another_number_or_to_none(town):
    town.take(HEADER, reminding(NEW, OLD))
    assert log(town, order_number=OTHER).linked == ()
    assert log(town, order_number=None, source="patrol").linked == ()
    assert links(town) == []


def test_a_draft_that_is_saved_and_taken_back_does_the_same(town):
    town.take(HEADER, reminding(NEW, OLD))
    with town.workspace.write() as session:
        saved = drafts.save(session, {**ORDER, "order_number": OLD})
    assert links(town) == LINKED
    with town.workspace.write() as session:
        drafts.unsave(session, saved, "误登")
    assert links(town) == []


def test_the_command_says_which_reminders_were_linked(town):
    town.take(HEADER, reminding(NEW, OLD))
    town.workspace.close()
    given = ("log", "--type", "noise", "--place", "abc", "--text", "x", "--order", f"{OLD[:8]}-{OLD[8:]}")
    assert run(town.workspace.folder, *given)["linked"] == [NEW]
