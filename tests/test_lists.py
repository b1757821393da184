"""Lists: what search finds is what a plain look through the texts finds, however many match."""

import pytest

from db import search
from tests.stores import make_store
from zq_grid import cases, lists

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
    monkeypatch.setattr(search, "DENSE", enough)
    monkeypatch.setattr(search, "ONE_IN", 10**9)
    with workspace.read() as session:
        page = lists.page(session, search=query, limit=100)
    found = {int(row.text.rpartition("第")[2].rstrip("号")) for row in page.rows}
    assert found == plain(query)
    assert page.total == len(page.rows) == len(found)
