"""What people paste into the search: numbers and telephones as other programs and other people write them."""

import contextlib

import pytest

from db import search
from tests.stores import log, make_store
from zq_grid import duplicates, lists

ORDER, OTHER = "20261102000001", "20261102000002"


@pytest.fixture(scope="module", params=["file", "server"])
def store(request, tmp_path_factory):
    url = request.getfixturevalue("module_pg") if request.param == "server" else None
    with contextlib.closing(make_store(tmp_path_factory.mktemp("five"), url=url)) as workspace:
        log(workspace, order_number=ORDER, phone="+86 138-0000-0001", text="油烟扰民", reporter="")
        log(workspace, order_number=OTHER, phone="13911112222/021-6489 1234转802", text="群租", reporter="")
        for nth, said in enumerate(("6489 7777", "1391111333313922224444", "（021）5555－6666")):
            log(workspace, order_number=f"2026110300000{nth}", phone=said, text="噪音", reporter="")
        yield workspace


@pytest.fixture(scope="module")
def module_pg(pg_url):
    from tests.conftest import _database

    with _database(pg_url) as url:
        yield url


def found(workspace, query, **filters):
    """Return the numbers that a query finds, the first page's and the whole walk's being the same."""
    with workspace.read() as session:
        page = lists.page(session, search=query, limit=lists.MOST, **filters)
        walked = [row.number for part in lists.walk(session, search=query, **filters) for row in part]
    assert page.total == len(page.rows)
    assert [row.number for row in page.rows] == walked
    return sorted(walked)


@pytest.mark.parametrize(
    "query",
    [
        "13800000001",
        "138 0000 0001",
        "138-0000-0001",
        "138.0000.0001",
        "138–0000–0001",
        "138\u00a00000\u00a00001",
        "１３８　００００　０００１",
        "+86 138 0000 0001",
        "+8613800000001",
        "0086-13800000001",
        "8613800000001",
        "(138)0000-0001",
        "\u202d138 0000 0001\u202c",
        "0000-0001",
        "油烟 138 0000 0001",
    ],
)
def test_a_telephone_is_found_however_it_is_parted(store, query):
    assert found(store, query) == [ORDER]


@pytest.mark.parametrize(
    ("query", "number"),
    [
        ("13911112222", OTHER),
        ("021-64891234", OTHER),
        ("（021）6489 1234", OTHER),
        ("021 6489 1234", OTHER),
        ("64891234", OTHER),
        ("64897777", "20261103000000"),
        ("139 1111 3333", "20261103000001"),
        ("22224444", "20261103000001"),
        ("(021)55556666", "20261103000002"),
    ],
)
def test_each_of_several_telephones_in_one_field_is_found_by_its_end(store, query, number):
    assert found(store, query) == [number]


@pytest.mark.parametrize(
    "query",
    [
        ORDER,
        f"12345-{ORDER}",
        f"12345－{ORDER}",
        f"HX{ORDER}",
        f"{ORDER}，",
        f"'{ORDER}",
        f"（{ORDER}）",
        f"#{ORDER}",
        "20261102-000001",
        "２０２６１１０２０００００１",
        f"油烟，{ORDER}；",
    ],
)
def test_an_order_is_found_by_its_number_as_other_programs_write_it(store, query):
    assert found(store, query) == [ORDER]
    assert found(store, query, type="property_management") == [ORDER]


@pytest.mark.parametrize("query", ["12-3", "2026-11-02", "138 0000 0002", "0001 0002", "021"])
def test_house_numbers_and_days_are_no_numbers_of_orders(store, query):
    assert found(store, query) == []


@pytest.mark.parametrize("query", ["1-" * 3000, "1-2-" * 1500, "a9-" * 400, "漏水" * 2000, "9" * 5000])
def test_a_pasted_page_is_answered_and_never_an_error(store, query):
    assert found(store, query, type="noise") == []


def test_a_long_row_of_numbers_asks_for_each_of_them_once():
    assert search.terms("1-2-" * 1500)[0].runs == ("1", "2")


def test_a_caller_with_several_telephones_is_known_by_each(store):
    with store.read() as session:
        for said in ("13911112222", "+86 139 1111 2222", "021-64891234", "13700000000 13911112222"):
            reasons = {one.number: one.reasons for one in duplicates.candidates(session, phone=said, least=0)}
            assert "same_caller" in reasons[OTHER], said


@pytest.mark.parametrize("query", ["ΟΔΟΣ", "οδος", "οδοσ", "ᦰᦱ"])
def test_letters_that_the_engine_has_in_no_table_are_found_as_they_are_written(tmp_path, query):
    with contextlib.closing(make_store(tmp_path / "ws")) as workspace:
        log(workspace, order_number=ORDER, text="ΟΔΟΣΑ, ᦰᦱᦲ")
        log(workspace, order_number=OTHER, text="οδυς, xy")
        assert found(workspace, query) == [ORDER]


@pytest.mark.parametrize("filters", [{}, {"type": "noise"}, {"stage": "open", "source": "hotline"}])
@pytest.mark.parametrize("query", ["扰", "扰民", "扰民 噪音", "hx", "2026"])
def test_a_walk_goes_on_without_gap_or_repetition_while_cases_are_added(tmp_path, filters, query):
    with contextlib.closing(make_store(tmp_path / "ws")) as workspace:
        for nth in range(60):
            log(workspace, order_number=f"20261102{nth:06}", text="噪音扰民", type="noise")
            workspace.clock.pass_(nth % 3)
        before, met, last = set(found(workspace, query, **filters)), [], None
        assert len(before) == 60
        for turn in range(60 // 7 + 4):
            with workspace.read() as session:
                part = next(lists.walk(session, search=query, size=7, after=last, **filters), ())
            met += [row.number for row in part]
            last = part[-1] if part else last
            log(workspace, order_number=f"20261103{turn:06}", text="噪音扰民", type="noise")
        assert len(met) == len(set(met))
        assert set(met) == before
