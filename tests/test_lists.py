"""Lists: what search finds is what a plain look through the texts finds, however many match."""

import random
from types import SimpleNamespace

import pytest

from db import bulk, search
from db.tables import CASE_KEYS, CASE_WORDS, CASES, CLOCKS, FOREVER, ROUNDS
from tests.conftest import _database
from tests.run_cli import refused, run
from tests.stores import DAY, MONDAY, make_store
from zq_grid import cases, list_marks, list_plans, lists
from zq_grid.rules.lifecycle import OPEN, STAGES

TEXTS = (
    "楼上漏水，厨房吊顶已塌",
    "夜间施工噪音扰民，影响老人",
    "疑似群租，客厅隔断住了八个人",
    "群租房隔断，消防隐患；请 12345 回复",
    "ＡＢ楼 电梯故障abc",
    "噪音。扰民",
)
QUERIES = (
    "群租",
    "租",
    "群租房",
    "噪音扰民",
    "噪音 扰民",
    "ab",
    "ABC",
    "12345",
    "漏水厨房",
    "隔断",
    "八",
    "没有",
)


@pytest.fixture(scope="module")
def workspace(tmp_path_factory):
    found = make_store(tmp_path_factory.mktemp("lists"))
    with found.write() as session:
        for nth in range(30):
            facts = {"type": "noise", "place": "朝阳村", "text": f"{TEXTS[nth % 6]} 第{nth}号"}
            cases.log(session, facts)
    return found


def plain(query):
    """Return which of the thirty texts hold every word of the query."""
    words = search.folded(query).split()
    told = [search.folded(f"{TEXTS[nth % 6]} 第{nth}号") for nth in range(30)]
    return {nth for nth, text in enumerate(told) if all(word in text for word in words)}


@pytest.mark.parametrize("enough", [1, 1000], ids=["dense", "sparse"])
@pytest.mark.parametrize("query", QUERIES)
def test_search_finds_what_a_plain_look_finds(workspace, query, enough, monkeypatch):
    monkeypatch.setattr(list_plans, "DENSE", enough)
    monkeypatch.setattr(list_plans, "ONE_IN", 10**9)
    with workspace.read() as session:
        page = lists.page(session, search=query, limit=100)
    found = {int(row.text.rpartition("第")[2].rstrip("号")) for row in page.rows}
    assert found == plain(query)
    assert page.total == len(page.rows) == len(found)


# filters and orders ---------------------------------------------------------------------------

TYPES, UNITS = ("noise", "parking", "property_management"), ("housing", "police")
FILTERS = (
    {},
    {"stage": "open"},
    {"stage": "closed"},
    {"stage": "received"},
    {"stage": "received", "type": "noise"},
    {"type": "noise"},
    {"type": "noise", "unit": "housing"},
    {"type": "noise", "unit": "housing", "source": "hotline"},
    {"type": "noise", "unit": "housing", "stage": "closed"},
    {"unit": "police", "source": "patrol", "light": "none"},
    {"area": "a1"},
    {"neighbourhood": "n2"},
    {"grid": "g1", "kind": "request"},
    {"worker": "w1"},
    {"no_owner": True},
    {"no_owner": True, "type": "noise"},
    {"incomplete": True},
    {"clashes": True},
    {"incomplete": True, "clashes": True},
    {"incomplete": True, "unit": "housing"},
    {"incomplete": True, "stage": "open"},
    *({"light": light} for light in lists.LIGHTS),
    *({"light": light, "type": "parking"} for light in lists.LIGHTS),
    {"light": "red", "stage": "closed"},
    {"since": MONDAY + 40, "until": MONDAY + 80},
    {"since": MONDAY + 40, "until": MONDAY + 80, "type": "noise", "kind": "request"},
    {"number": "N0007"},
    {"number": "N0007", "type": "noise"},
    {"search": "噪音"},
    {"search": "噪音", "stage": "open"},
    {"search": "噪音 号", "type": "noise", "unit": "housing"},
    {"search": "噪音", "light": "red"},
    {"search": "噪音", "since": MONDAY + 40},
    {"search": "噪音", "incomplete": True, "light": "none"},
    {"search": "噪音", "number": "N0007"},
    {"search": "n0007"},
    {"due_since": MONDAY - 100, "due_until": MONDAY + 100},
    {"due_until": MONDAY + 1000, "type": "noise"},
    {"due_since": MONDAY + 1, "stage": "closed"},
    {"to_visit": True},
    {"to_visit": True, "type": "noise"},
    {"to_visit": True, "search": "噪音"},
    {"to_visit": True, "since": MONDAY + 40, "stage": "closed"},
    {"to_visit": True, "light": "none", "unit": "housing"},
    {"to_review": True},
    {"to_review": True, "type": "noise"},
    {"owes": "contact"},
    {"owes": "contact", "type": "noise", "search": "噪音"},
    {"owes": "sign"},
    {"asks": "extension"},
    {"asks": "any"},
    {"stage": "with_unit"},
    {"stage": "with_centre", "neighbourhood": "n1"},
    {"stage": "with_centre", "search": "噪音"},
    {"asks": "exclusion", "unit": "housing"},
)
# How large filters are thought to be: each way of walking a list must come to the same.
WAYS = {
    "as it is": {},
    "many": {"DENSE": 1, "FEW": 0, "MANY": 1, "PART": 7, "LOOKS": 14},
    "some": {"DENSE": 10**9, "FEW": 0, "AMONG": 0},
    "few": {"DENSE": 10**9, "FEW": 10**6, "AMONG": 10**6},
}


def made_rows():
    """Rows of cases in every condition, as no story would bring them together."""
    chance = random.Random(7)
    for nth in range(1, 161):
        stage = chance.choice((*STAGES, "closed", "closed"))
        due = chance.choice((None, MONDAY - 50, MONDAY + 500)) if chance.random() < 0.5 else None
        orange = None if due is None else due - chance.choice((10, 600))
        yield {
            **dict.fromkeys(column.name for column in CASES.columns),
            "subject": nth,
            "number": f"N{nth * 7919 % 1000:04}" if nth != 7 else "N0007",
            "type": chance.choice(TYPES),
            "kind": chance.choice(("request", None)),
            "source": chance.choice(("hotline", "patrol")),
            "stage": stage,
            "round": 1,
            "neighbourhood": chance.choice(("n1", "n2", None)),
            "area": chance.choice(("a1", None)),
            "grid": chance.choice(("g1", "g2")),
            "unit": chance.choice((*UNITS, None)),
            "worker": chance.choice(("w1", None)),
            "received_at": MONDAY + chance.randrange(100),
            "due": due,
            "yellow_at": None if due is None else chance.choice((None, due - 700)),
            "orange_at": orange,
            "red_at": due,
            "clashes": int(chance.random() < 0.2),
            "flags": 0,
            "incomplete": int(chance.random() < 0.2),
            "steps": 1,
        }


@pytest.fixture(scope="module", params=["file", "server"])
def rows(request, tmp_path_factory):
    url = request.getfixturevalue("module_pg") if request.param == "server" else None
    made = make_store(tmp_path_factory.mktemp("rows"), url=url)
    told = list(made_rows())
    with made.write() as session:
        bulk.insert(session.db, CASES, told)
        bulk.insert(session.db, ROUNDS, list(made_rounds()))
        words = [f"{'噪音扰民' if row['subject'] % 3 else '群租'} 第{row['subject']}号" for row in told]
        said = [
            {"subject": row["subject"], "words": word, "pinyin": ""}
            for row, word in zip(told, words, strict=True)
        ]
        bulk.insert(session.db, CASE_WORDS, said)
        keys = [{"kind": "head", "key": row["number"].lower(), "subject": row["subject"]} for row in told]
        keys += [{"kind": "asks", "key": what, "subject": nth} for what, nth in ASKED]
        bulk.insert(session.db, CASE_KEYS, keys)
        bulk.insert(session.db, CLOCKS, list(made_clocks(told)))
        search.put(session.db, [(row["subject"], search.line(row["words"])) for row in said])
    yield made, told
    made.close()


@pytest.fixture(scope="module")
def module_pg(pg_url):
    with _database(pg_url) as url:
        yield url


def made_rounds():
    """Rounds of the cases: told (the answer that is expected), and one or two rows of each case."""
    chance = random.Random(11)
    for nth in range(1, 161):
        last = chance.choice((1, 1, 2))
        for number in range(1, last + 1):
            for since, until in ((MONDAY, MONDAY + 9), (MONDAY + 9, FOREVER)):
                yield {
                    **{column.name: None if column.nullable else 0 for column in ROUNDS.columns},
                    "subject": nth,
                    "round": number,
                    "since": since,
                    "until": until,
                    "source": "hotline",
                    "type": "noise",
                    "began_at": MONDAY,
                    "closed_at": chance.choice((None, MONDAY + 5)) if number == last else MONDAY + 5,
                    "visit_at": chance.choice((None, None, MONDAY - 40 * DAY, MONDAY + 6)),
                    "satisfaction": chance.choice((None, "satisfied", "dissatisfied", "dissatisfied")),
                    "caller": chance.choice((None, None, "no_caller")),
                    "gone": chance.choice((None, None, "withdrawn")),
                }


def newest_round(nth):
    """Return the last round of a case as it is known now."""
    return [one for one in made_rounds() if one["subject"] == nth and one["until"] == FOREVER][-1]


def visit_owed(nth):
    """Tell whether the last round of a case is closed and still to be visited."""
    newest = newest_round(nth)
    return newest["closed_at"] is not None and not any(newest[n] for n in ("visit_at", "caller", "gone"))


def to_review(nth):
    """Tell whether the last answer about a case, of the last thirty days, was bad."""
    newest = newest_round(nth)
    bad = newest["satisfaction"] == "dissatisfied" and newest["gone"] is None
    return bad and (newest["visit_at"] or 0) >= MONDAY - 30 * DAY


def made_clocks(told):
    """A promise for some of the cases that something is still to be done about; kept ones beside them."""
    for row in told:
        if row["stage"] not in OPEN and row["due"] is None:
            continue
        for kind, every in (("contact", 2), ("sign", 3)):
            yield {
                **{column.name: None if column.nullable else 0 for column in CLOCKS.columns},
                "subject": row["subject"],
                "round": 1,
                "kind": kind,
                "start_what": "received_at",
                "rule": "working_days",
                "source": "ours",
                "live": int(row["subject"] % every == 0),
            }


OWED = frozenset(nth for nth in range(1, 161) if visit_owed(nth))
BAD = frozenset(nth for nth in range(1, 161) if to_review(nth))
ASKED = tuple(("extension" if nth % 2 else "exclusion", nth) for nth in range(3, 161, 7))


def passes(row, filters):
    """Tell plainly whether a row passes filters."""
    tests = {
        "stage": lambda said: row["stage"] in list_marks.STAGES_OF.get(said, {said}),
        "light": lambda said: lists.light_of(SimpleNamespace(**row), MONDAY) == said,
        "no_owner": lambda _: row["stage"] in OPEN and row["neighbourhood"] is None,
        "incomplete": lambda _: row["incomplete"] > 0,
        "clashes": lambda _: row["clashes"] > 0,
        "since": lambda said: row["received_at"] >= said,
        "until": lambda said: row["received_at"] < said,
        "due_since": lambda said: row["due"] is not None and row["due"] >= said,
        "due_until": lambda said: row["due"] is not None and row["due"] < said,
        "to_visit": lambda _: row["subject"] in OWED,
        "to_review": lambda _: row["subject"] in BAD,
        "owes": lambda said: (
            (row["stage"] in OPEN or row["due"] is not None)
            and row["subject"] % {"contact": 2, "sign": 3}[said] == 0
        ),
        "asks": lambda said: any(
            what == "exclusion" or row["stage"] in OPEN
            for what, nth in ASKED
            if nth == row["subject"] and said in {what, "any"}
        ),
        "search": lambda said: (
            row["number"].lower() == said if said.startswith("n") else row["subject"] % 3 > 0
        ),
    }
    return all(tests.get(name, lambda s, n=name: row[n] == s)(said) for name, said in filters.items())


ORDERS = {
    "newest": lambda row: (-row["received_at"], -row["subject"]),
    "oldest": lambda row: (row["received_at"], row["subject"]),
    "number": lambda row: (row["number"], row["subject"]),
    "due": lambda row: (
        (0, row["due"], row["subject"])
        if row["due"] is not None
        else (1, -row["received_at"], -row["subject"])
    ),
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("sort", ORDERS)
def test_every_filter_and_order_shows_what_a_plain_look_shows(rows, sort, way, monkeypatch):
    workspace, told = rows
    if WAYS[way] and workspace.engine.dialect.name != "sqlite":
        pytest.skip("PostgreSQL finds its own way")
    for name, value in WAYS[way].items():
        monkeypatch.setattr(list_plans, name, value)
    monkeypatch.setattr(lists, "PART", list_plans.PART)
    with workspace.read() as session:
        for filters in FILTERS:
            expected = [r["subject"] for r in sorted(told, key=ORDERS[sort]) if passes(r, filters)]
            whole = lists.page(session, sort=sort, limit=1000, **filters)
            assert [row.subject for row in whole.rows] == expected, filters
            assert whole.total == len(expected), filters
            for first, size in ((0, 5), (max(0, len(expected) - 2), 5), (70, 30)):
                shown = lists.window(session, first, size, sort=sort, **filters)
                assert [row.subject for row in shown] == expected[first : first + size], (filters, first)
            walked = list(lists.walk(session, sort=sort, size=33, **filters))
            assert [row.subject for part in walked for row in part] == expected, filters
            assert all(len(part) == 33 for part in walked[:-1])


@pytest.mark.parametrize("sort", ORDERS)
def test_a_walk_goes_on_behind_the_case_that_was_had_last(rows, sort):
    workspace, _ = rows
    with workspace.read() as session:
        for filters in ({}, {"type": "noise"}, {"search": "噪音"}):
            whole = [row for part in lists.walk(session, sort=sort, **filters) for row in part]
            for nth in (0, 20, len(whole) // 2, len(whole) - 1):
                behind = lists.walk(session, sort=sort, after=whole[nth], size=11, **filters)
                assert [row for part in behind for row in part] == whole[nth + 1 :]


def test_a_filter_that_there_is_not_is_an_error_and_not_ignored(rows):
    workspace, _ = rows
    with workspace.read() as session, pytest.raises(TypeError, match="no filter colour"):
        lists.page(session, colour="red")


def test_no_list_of_one_filter_reads_a_row_that_it_does_not_show(rows):
    workspace, _ = rows
    if workspace.engine.dialect.name != "sqlite":
        pytest.skip("PostgreSQL finds its own way")
    with workspace.read() as session:
        for filters in FILTERS:
            if "search" in filters or "number" in filters or len(filters) > 2:
                continue
            # cases to visit or to rule on are few: what else is asked of them is told by their rows
            marked = filters.keys() & list_marks.LEADING
            if marked and len(filters) > 1:
                continue
            for sort in ("newest", "oldest") if marked else ("newest", "oldest", "due"):
                for leg in list_plans.Asked(session, filters).legs(sort):
                    for query in (leg.query().limit(50), leg.count()):
                        _covered(session.db, query, filters)


def _covered(db, query, filters):
    compiled = query.compile(dialect=db.dialect, compile_kwargs={"render_postcompile": True})
    values = tuple(compiled.params[name] for name in compiled.positiontup)
    plan = [row[3] for row in db.exec_driver_sql(f"EXPLAIN QUERY PLAN {compiled}", values)]
    if len(filters.keys() & set(lists.EQUAL)) > 1:
        return  # in a small store rows are fetched, since few pass
    read = [line for line in plan if line.startswith(("SCAN cases", "SEARCH cases"))]
    # what the condition of an index of some rows says needs no second look, though the plan doesn't say so
    own = ("ix_cases_without_due", "ix_cases_incomplete", "ix_cases_clashes")
    assert all("COVERING INDEX" in line or any(name in line for name in own) for line in read), plan


def test_the_command_line_cuts_lists_by_the_same_filters(tmp_path):
    made = make_store(tmp_path / "ws")
    with made.write() as session:
        for nth, place in enumerate(("和溪五村 12 号", "无此地名", "和溪五村 13 号")):
            facts = {"type": "noise", "source": ("hotline", "station", "hotline")[nth], "place": place}
            cases.log(session, {**facts, "text": "夜间噪音", "reporter": "单明", "phone": f"1380000000{nth}"})
    made.close()
    folder = tmp_path / "ws"

    def places(*options):
        return [case["place"] for case in run(folder, "list", *options)["cases"]]

    assert len(places()) == 3
    assert places("--no-owner") == ["无此地名"]
    assert places("--source", "station") == ["无此地名"]
    assert places("--search", "hxwc", "--search", "hexi") == ["和溪五村 13 号", "和溪五村 12 号"]
    assert places("--search", "shanming 0001") == ["无此地名"]
    assert places("--until", "2026-11-02") == []
    assert len(places("--since", "2026-11-02", "--until", "2026-11-03", "--sort", "oldest")) == 3
    assert places("--incomplete") == places("--clashes") == places("--to-visit") == []
    assert len(places("--due-since", "2026-11-02", "--due-until", "2026-11-04")) == 3
    assert refused(folder, "list", "--since", "neulich")["refused"] == "fact_form"
    assert refused(folder, "list", "--light", "blue")["refused"] == "filter_unknown"
