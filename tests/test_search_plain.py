"""Search over real texts finds exactly what a plain look through all cases finds, on both engines."""

import random
import re
from dataclasses import dataclass

import pytest
from python_calamine import CalamineWorkbook

from db import search
from tests.stores import MONDAY, make_store
from zq_grid import cases, list_plans, lists, pinyin

PLACES = (
    "和溪五村 12 号",
    "金桂新苑27号601室",
    "颛兴路12弄3号",
    "闵行区莘庄镇",
    "ＡＢ大厦B座",
    "朝阳村",
    "无",
)
CALLERS = ("单田芳", "曾小明", "尉迟恭", "解放", "𠮷野家", "王丽", "")
TYPES = ("noise", "other", "property_management")
COUNT = 240
BY_HAND = (
    *(
        "群租",
        "的",
        "号",
        "12",
        "12 号",
        "和溪五村 12 号",
        "ａｂ",
        "B座",
        "电梯 物业",
        "物业，电梯",
        "𠮷",
        "𠮷野家",
        "野家",
    ),
    *(
        "shan",
        "ceng",
        "zeng",
        "yuchi",
        "yuchig",
        "ycg",
        "xie",
        "xi",
        "hx",
        "hxwc",
        "hexiwucun",
        "anqi",
        "minhang",
    ),
    *(
        "xinzhuang",
        "xzz",
        "mhq",
        "chaoyang",
        "cy",
        "jgxy",
        "wang",
        "wanglil",
        "li",
        "ab",
        "abl",
        "zx lu",
        "NOISE",
    ),
    *(
        "2026",
        "202611",
        "0000",
        "0012",
        "20261102000012",
        "1380",
        "0007",
        "138-0000-0007",
        "00-07",
        "2-000012",
        "1-100 室",
        "5-2026110",
        "1-123-8",
        "-0007-",
        "2026-11",
        "20261102-000012",
        "2026110200-",
        "（20261102000012）",
        "编号20261102000012，",
    ),
    *(
        "没有这样的话",
        "'; DROP TABLE cases; --",
        "NEAR(电梯)",
        '"电梯"',
        "电梯*",
        "%",
        "a_b",
        "\ue000hx",
        "hx\x00wc",
    ),
)


@dataclass(frozen=True)
class Told:
    """A case as it was told, for a plain look."""

    words: str
    numbers: tuple[str, ...]
    phone: str
    initials: str
    full: str
    type: str


@pytest.fixture(scope="module", params=["file", "server"])
def town(request, shared_data, tmp_path_factory):
    url = request.getfixturevalue("module_pg") if request.param == "server" else None
    workspace = make_store(tmp_path_factory.mktemp("plain"), url=url)
    yield workspace, tell(workspace, real_texts(shared_data))
    workspace.close()


@pytest.fixture(scope="module")
def module_pg(pg_url):
    from tests.conftest import _database

    with _database(pg_url) as url:
        yield url


def real_texts(shared_data):
    rows = CalamineWorkbook.from_path(str(shared_data / "chinese" / "e2_sample.xlsx")).get_sheet_by_index(0)
    return [str(row[4]).strip()[:400] for row in rows.to_python()[1:] if len(row) > 4 and row[4]]


def tell(workspace, texts):
    """Log cases; return what was told of each, by number."""
    chance = random.Random(11)
    told = {}
    with workspace.write() as session:
        for nth in range(COUNT):
            facts = {
                "type": TYPES[nth % 3],
                "place": chance.choice(PLACES),
                "text": texts[nth % len(texts)],
                "reporter": chance.choice(CALLERS),
                "phone": f"1380000{nth:04}",
                "order_number": f"20261102{nth:06}",
            }
            if nth % 5 == 0:
                facts["confidential"] = "yes"
            if nth % 7 == 0:
                facts["text"] = "【最近派发的工单编号：20261101000001，工单内容：恐龙】" + facts["text"]
            number = cases.log(session, facts).number
            told[number] = plainly(facts, texts[nth % len(texts)])
    return told


def plainly(facts, text):
    shown = facts.get("confidential") != "yes"
    caller, phone = (facts["reporter"], facts["phone"]) if shown else ("", "")
    initials, _, full = pinyin.spelled(facts["place"], caller).partition("\n")
    words = search.folded("\n".join((facts["place"], text, caller)))
    return Told(words, (facts["order_number"],), phone, initials, full, facts["type"])


def stands(told, word):
    """Tell whether one word is in a case; hyphens part no number."""
    runs = re.findall(r"[^\W_]+", word)
    if re.fullmatch("[0-9a-z-]{4,}", word) and re.search("[0-9]", word):
        digits = word.replace("-", "")
        known = {word, digits} if len(digits) > 8 else {word}
        return (
            all(run in told.words for run in runs)
            or any(number.startswith(k) or number.endswith(k) for number in told.numbers for k in known)
            or (digits.isdigit() and told.phone.endswith(digits))
        )
    return all(run in told.words or spelled(told, run) for run in runs)


def spelled(told, run):
    if not re.fullmatch("[a-z]{2,}", run):
        return False
    return run in told.initials or any(way in told.full for way in pinyin.readings(run))


def plain(told, query, **filters):
    words = re.findall(r"[^\W_]+(?:-+[^\W_]+)*", search.folded(query))
    if not re.search(r"[^\W_]", query):
        return set()
    found = {number for number, one in told.items() if all(stands(one, word) for word in words)}
    return {number for number in found if filters.get("type") in (None, told[number].type)}


def queries(told):
    chance = random.Random(3)
    texts = [one.words for one in told.values()]
    for _ in range(120):
        text = chance.choice(texts)
        start = chance.randrange(len(text))
        yield text[start : start + chance.choice((1, 2, 2, 3, 4, 6, 12))]
    for _ in range(30):
        text = chance.choice(texts)
        yield " ".join(text[(at := chance.randrange(len(text))) : at + 2] for _ in range(2))


@pytest.mark.parametrize("dense", [True, False], ids=["many", "some"])
def test_every_query_finds_what_a_plain_look_finds(town, dense, monkeypatch):
    workspace, told = town
    monkeypatch.setattr(list_plans, "DENSE", 1 if dense else 10**6)
    monkeypatch.setattr(list_plans, "FEW", 0 if dense else 40)
    with workspace.read() as session:
        for query in (*BY_HAND, *queries(told)):
            page = lists.page(session, search=query, limit=1000)
            expected = plain(told, query)
            assert {row.number for row in page.rows} == expected, query
            assert page.total == len(page.rows) == len(expected), query


@pytest.mark.parametrize("dense", [True, False], ids=["many", "some"])
def test_search_and_a_filter_find_what_has_both(town, dense, monkeypatch):
    workspace, told = town
    monkeypatch.setattr(list_plans, "DENSE", 1 if dense else 10**6)
    with workspace.read() as session:
        for nth, query in enumerate(("物业", "的", "hx", "2026", "电梯 小区", "shan", "20261102000012")):
            type_ = TYPES[nth % 3]
            page = lists.page(session, search=query, type=type_, limit=1000)
            assert {row.number for row in page.rows} == plain(told, query, type=type_), query
            assert page.total == len(page.rows)
            assert lists.count(session, search=query, type=type_, stage="open", since=MONDAY) == page.total
            assert lists.count(session, search=query, type=type_, until=MONDAY) == 0


def test_quoted_orders_and_confidential_callers_are_not_found(town):
    workspace, told = town
    with workspace.read() as session:
        assert lists.count(session, search="恐龙") == 0
        for number in list(told)[:5]:
            shown = lists.count(session, search=f"1380000{number[-4:]}")
            assert shown == (0 if int(number[-6:]) % 5 == 0 else 1)
