"""What a stranger broke with the command line alone, once each, so that it stays mended."""

import pytest

from tests.run_cli import call, refused, run
from tests.stores import log, make_store
from zq_grid import lists

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
