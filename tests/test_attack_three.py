"""What a stranger broke with the command line alone, once each, so that it stays mended."""

import time

import pytest

from tests.run_cli import call, refused, run
from tests.stores import log, make_store
from zq_grid import lists
from zq_grid.rules import worktime

NOBODY = "没有工作人员“”"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    where = tmp_path_factory.mktemp("attack")
    make_store(where).close()
    return where


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.pg)])
def store(request, tmp_path):
    url = request.getfixturevalue("fresh_pg") if request.param == "postgresql" else None
    workspace = make_store(tmp_path / "store", url=url)
    yield workspace
    workspace.close()


def found(workspace, query):
    with workspace.read() as session:
        page = lists.page(session, search=query, limit=3)
        return page.total, [row.number for row in page.rows]


@pytest.mark.parametrize("query", ["ao 水", "水 ian", "ang", "ang 水", "ing 水"])
def test_letters_inside_a_syllable_are_no_initials(store, query):
    # 安宁, 牛刚: an, ng and AnNing, NiuGang; 王小天: WangXiaoTian
    log(store, place="安宁", reporter="牛刚", text="漏水", order_number="1")
    log(store, place="abc", reporter="王小天", text="停水", order_number="2")
    assert found(store, query) == (0, [])


@pytest.mark.parametrize(
    ("query", "number"), [("an 水", "1"), ("ng 漏", "1"), ("wxt 水", "2"), ("xiaot 水", "2")]
)
def test_initials_and_syllables_are_found_beside_a_single_character(store, query, number):
    log(store, place="安宁", reporter="牛刚", text="漏水", order_number="1")
    log(store, place="abc", reporter="王小天", text="停水", order_number="2")
    assert found(store, query) == (1, [number])


def test_an_offset_beyond_all_numbers_is_wrong_use(folder):
    assert refused(folder, "list", "--offset", "9" * 20)["refused"] == "wrong_use"
    assert run(folder, "list", "--offset", str(2**53))["cases"] == []


def test_a_wrong_due_date_is_told_by_the_option_as_it_is_typed(folder):
    assert "--due-since" in refused(folder, "list", "--due-since", "soon")["reason"]
    assert "--due-until" in refused(folder, "list", "--due-until", "soon")["reason"]


def test_an_absence_without_a_deputy_is_told_as_that(folder):
    said = refused(folder, "absence", "w004", "--since", "2026-11-20")
    assert said["refused"] == "wrong_use"
    assert "--deputy" in said["reason"]
    assert NOBODY not in said["reason"]


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (("places", "find", "nowhere"), "Not found"),
        (("places", "todo"), "open cases are nobody's"),
        (("places", "set", "abc 9 号", "--neighbourhood", "hexi5"), "Remembered: "),
        (("places", "forget", "abc 9 号"), "No longer remembered: "),
        (("log", "--type", "noise", "--place", "abc", "--text", "x"), "Proposed unit: "),
    ],
    ids=lambda given: given[0] + given[1] if isinstance(given, tuple) else None,
)
def test_places_and_log_speak_english_where_asked_to(folder, command, said):
    told = call(folder, *command, options=("--lang", "en"))
    assert told.code == 0, told.err
    assert said in told.out
    assert not any(word in told.out for word in ("查不到", "件数", "已记住", "不再记住", "已登记"))


@pytest.mark.parametrize("command", [("list", "--type"), ("list", "--number"), ("undo",)], ids="-".join)
def test_letters_in_another_coding_are_refused_with_a_sentence(folder, command):
    assert refused(folder, *command, "\udcff水")["refused"] == "wrong_use"


@pytest.mark.parametrize(
    ("point", "code"),
    [
        (("--lon", "nan", "--lat", "31.0"), "fact_form"),
        (("--lon", "121.4", "--lat", "inf"), "fact_form"),
        (("--lon", "1214", "--lat", "31.0"), "fact_form"),
        (("--lon", "121.4", "--lat", "-91"), "fact_form"),
        (("--lon", "", "--lat", ""), "fact_form"),
        (("--lon", "121.4"), "wrong_use"),
    ],
)
def test_a_point_that_is_none_is_refused_by_the_name_of_its_option(folder, point, code):
    said = refused(folder, "places", "find", "和溪五村", *point)
    assert said["refused"] == code
    assert "--l" in said["reason"]


def test_a_list_of_acts_takes_no_name_of_one(folder):
    for more in (("x",), ("--also-acted",)):
        assert refused(folder, "undo", "--list", *more)["refused"] == "wrong_use"
    assert refused(folder, "undo", "--also-acted")["refused"] == "wrong_use"


@pytest.mark.parametrize("at", ["1900-01-01", "1999-12-31T23:59:59+08:00", "0001-01-01"])
def test_nothing_was_done_before_this_century(folder, at):
    new = ("log", "--type", "noise", "--place", "abc", "--text", "x")
    number = run(folder, *new)["number"]
    for command in (
        new,
        ("act", number, "note", "--field", "text=x"),
        ("bulk", "accept", "--number", number, "--yes"),
    ):
        said = refused(folder, *command, "--at", at)
        assert said["refused"] == "did_long_ago"
        assert at[:10] in said["reason"]
    assert run(folder, *new, "--at", "2000-01-01")["number"]


NOISE = ("log", "--type", "noise", "--place", "abc", "--text", "x")


@pytest.mark.parametrize(
    ("more", "code"),
    [
        (("--field", "number=LW-1"), "fact_unknown"),
        (("--field", "parent=case:x"), "fact_unknown"),
        (("--field", "place_key=e-hexi5"), "fact_unknown"),
        (("--field", "precision=day"), "fact_unknown"),
        (("--field", "lon=nan", "--field", "lat=31"), "fact_form"),
        (("--field", "lon=121.4", "--field", "lat=310"), "fact_form"),
        (("--field", "estate=castle"), "territory_unknown"),
        (("--order", "---"), "fact_form"),
        (("--at", ""), "fact_form"),
        (("--at", "9999-12-31T23:59:59-23:59"), "fact_form"),
        (("--field", "received_at=9999-12-31T23:59:59-23:59"), "fact_form"),
        (("--field", "received_at=0001-01-01T00:00:00+23:59"), "fact_form"),
    ],
)
def test_a_case_can_not_be_given_what_is_the_program_s_own_or_what_is_none(folder, more, code):
    before = run(folder, "list")["total"]
    for lang in ("zh", "en"):
        assert refused(folder, *NOISE, *more, options=("--lang", lang))["refused"] == code
    assert run(folder, "list")["total"] == before


def test_an_act_of_the_wrong_year_is_refused_and_one_of_last_week_is_not(folder):
    number = run(folder, *NOISE)["number"]
    early = ("--at", worktime.day_of(int(time.time()) - 91 * worktime.DAY).isoformat())
    late = ("--at", worktime.day_of(int(time.time()) - 7 * worktime.DAY).isoformat())
    supervised = ("supervise", "--field", "order=x")
    assert refused(folder, "act", number, *supervised, *early)["refused"] == "did_before_case"
    bulk = refused(folder, "bulk", "note", "--number", number, "--field", "text=x", "--yes", *early)
    assert [one["code"] for one in bulk["refused"]] == ["did_before_case"]
    assert run(folder, "act", number, *supervised, *late)["stage"] == "received"


@pytest.mark.parametrize(
    "command",
    [
        ("rates", "--from", "2026-11-02", "--to", "2026-11-09", "--as-of", ""),
        ("duplicates", "--since", "2026-11-02", "--until", ""),
        ("steps", "--since", ""),
        ("audit", "--since", ""),
        ("absence", "w004", "--since", "", "--deputy", "w005"),
        ("report", "weekly", "--week", "2026-W40", "--out", "x.pdf", "--as-of", ""),
        ("bulk", "accept", "--stage", "received", "--yes", "--at", ""),
    ],
    ids=lambda command: command[0],
)
def test_an_empty_time_is_none_and_not_now(folder, command):
    assert refused(folder, *command)["refused"] == "fact_form"


def test_a_case_without_a_number_is_asked_for_in_quotes(folder):
    assert "“”" in refused(folder, "show", "")["reason"]
