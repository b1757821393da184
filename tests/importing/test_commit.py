import pytest
from sqlalchemy import select

from db.tables import BATCHES, CASES, PERSONAL, STEPS
from tests.importing.practice import HEADER, ROW, Town, body, changed, counts, reminding, second
from zq_grid import rebuilding
from zq_grid.progress import Progress

NUMBER = ROW[0]


@pytest.fixture
def town(tmp_path):
    town = Town(tmp_path)
    yield town
    town.workspace.close()


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
        rebuilding.rebuild(session, Progress())
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
    timed, timeless = ["", "2026-10-20", "", "", "x"], ["", "", "", "", "x"]
    assert counts(town.take(HEADER, timed)) == (1, 0, 0, 0, 0)
    assert counts(town.take(HEADER, timeless, timed, timed)) == (2, 0, 1, 0, 0)
    numbers = sorted(town.column(select(CASES.c.number)))
    assert [number.split("-", 1)[1] for number in numbers] == [
        "261020-01",
        "261020-02",
        "261020-03",
        "261020-04",
        "261020-05",
        "261102-01",
        "261102-02",
        "261102-03",
    ]


def test_an_unnumbered_row_that_was_amended_here_is_not_logged_again(town):
    town.take(HEADER[1:], ROW[1:])
    (number,) = town.column(select(CASES.c.number))
    town.act(number, "amend", {"text": "楼上漏水，已另报", "place": "和溪五村13号"})
    assert counts(town.take(HEADER[1:], ROW[1:])) == (0, 0, 1, 0, 0)


# reminders


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
