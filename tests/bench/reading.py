"""Questions that people ask all day: lists, search, counts, rates, duplicates, the week on paper."""

from collections.abc import Callable
from statistics import median
from time import perf_counter
from typing import Any
from unittest import mock

from db.tables import FOREVER
from tests.bench.measure import Figure, figure
from zq_grid import bulletin, duplicates, lists, rates
from zq_grid.bulletin_rates import FourRates
from zq_grid.papers import weekly
from zq_grid.rules import worktime
from zq_grid.session import Session
from zq_grid.workspace import Workspace

WEEK = (worktime.parse("2026-11-09")[0], worktime.parse("2026-11-16")[0])
YEAR = (worktime.parse("2025-11-17")[0], worktime.parse("2026-11-16")[0])
FOUR = ("first_contact", "on_time_closing", "actual_resolution", "satisfaction")
DEEP = 10_000  # the page that is looked at far down the list
Question = Callable[[], object]


def questions(workspace: Workspace) -> list[Figure]:
    """Time every question on one open session, warm."""
    with workspace.read() as session:
        session.catalogue.with_places(session.db)
        found = [
            *pages(session),
            *searches(session),
            *counts(session),
            *figures(session),
            *likely_duplicates(session),
        ]
    return [*found, *paper(workspace)]


def combinations(session: Session) -> dict[str, dict[str, Any]]:
    """Return the twelve selections of which the newest 50 must come at once."""
    some = lists.page(session, limit=1, count=False).rows[0]
    return {
        "all": {},
        "stage closed": {"stage": "closed"},
        "open": {"stage": "open"},
        "type": {"type": "noise"},
        "unit": {"unit": "housing"},
        "area": {"area": "a1"},
        "neighbourhood": {"neighbourhood": some.neighbourhood},
        "source": {"source": "hotline"},
        "red light": {"light": "red"},
        "nearest limit first": {"sort": "due"},
        "no owner": {"no_owner": True},
        "open of a type in an area": {"stage": "open", "type": "noise", "area": "a1"},
    }


def pages(session: Session) -> list[Figure]:
    """Time first pages and deep ones, beside the raw engine's walk for the same."""
    found = []
    for name, filters in combinations(session).items():
        first = _page(session, filters)
        found.append(figure(f"newest 50: {name}", first, "p95 ≤ 30", _raw_page(session, filters, 0)))
    total = lists.count(session)
    deep = min(DEEP, total // 50) - 1
    for name, filters in combinations(session).items():
        offset = min(deep * 50, max(0, lists.count(session, **_without_sort(filters)) - 50))
        title = f"page {offset // 50 + 1:,}: {name}"
        found.append(
            figure(title, _page(session, filters, offset), "p95 ≤ 30", _raw_page(session, filters, offset))
        )
    return found


def _without_sort(filters: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in filters.items() if name != "sort"}


def _page(session: Session, filters: dict[str, Any], offset: int = 0) -> Question:
    return lambda: lists.page(session, limit=50, offset=offset, count=False, **filters)


def _raw_page(session: Session, filters: dict[str, Any], offset: int) -> Question | None:
    """Return the plain SQL for a selection by equal columns; None for those that need more words."""
    plain = {"stage", "type", "unit", "area", "neighbourhood", "source"}
    if not set(filters) <= plain or filters.get("stage") == "open":
        return None
    where = " AND ".join(f"{name} = '{value}'" for name, value in filters.items()) or "1 = 1"
    sql = (
        f"SELECT * FROM cases WHERE {where} ORDER BY received_at DESC, subject DESC LIMIT 50 OFFSET {offset}"
    )
    return lambda: session.db.exec_driver_sql(sql).fetchall()


def searches(session: Session) -> list[Figure]:
    """Time the first 50 of each kind of search, beside a scan where one can be asked for."""
    some = lists.page(session, limit=1, offset=200, count=False).rows[0]
    phone = session.db.exec_driver_sql("SELECT key FROM case_keys WHERE kind = 'phone' LIMIT 1").scalar_one()
    kinds = {
        "1 character": "违",
        "2 characters": "群租",
        "4 characters": "加装电梯",
        "2 words": "噪音 施工",
        "phone tail": phone[::-1][-4:],
        "order number": some.number,
        "number tail": some.number[-6:],
        "pinyin initials": "hxwc",
        "full pinyin": "hexiwucun",
        "address": "和溪五村12号",
        "nothing has it": "龘靐",
    }
    found = []
    for name, said in kinds.items():
        scan = (
            f"SELECT subject FROM case_words WHERE instr(words, '{said}') > 0 ORDER BY subject DESC LIMIT 50"
        )
        raw = (
            (lambda sql=scan: session.db.exec_driver_sql(sql).fetchall())
            if name == "nothing has it"
            else None
        )
        found.append(figure(f"search: {name}", _page(session, {"search": said}), "p95 ≤ 30", raw, runs=20))
    found.append(
        figure(
            "search and filters",
            _page(session, {"search": "漏水", "stage": "open", "area": "a1"}),
            "p95 ≤ 30",
            runs=20,
        )
    )
    return found


def counts(session: Session) -> list[Figure]:
    """Time exact counts."""
    kinds: dict[str, dict[str, Any]] = {
        "all": {},
        "open": {"stage": "open"},
        "type": {"type": "noise"},
        "red light": {"light": "red"},
        "search 2 characters": {"search": "群租"},
        "search 1 character": {"search": "违"},
    }
    raw = "SELECT count(*) FROM cases"
    return [
        figure(
            f"exact count: {name}",
            lambda filters=filters: lists.count(session, **filters),
            "≤ 500",
            (lambda: session.db.exec_driver_sql(raw).fetchall()) if name == "all" else None,
            runs=9,
        )
        for name, filters in kinds.items()
    ]


def figures(session: Session) -> list[Figure]:
    """Time the rates of a week, of a past moment, of a year by week."""
    asked: dict[str, Any] = {"start": WEEK[0], "end": WEEK[1], "by": "neighbourhood", "keys": FOUR}
    plain = (
        f"SELECT neighbourhood, count(*), sum(contact_first_at <= contact_due) FROM rounds WHERE until = {FOREVER} "
        f"AND source = 'hotline' AND contact_due >= {WEEK[0]} AND contact_due < {WEEK[1]} GROUP BY 1"
    )
    past = worktime.parse("2026-11-18T12:00:00+08:00")[0]

    def year() -> None:
        week = 7 * 86_400
        for start in range(YEAR[0], YEAR[1], week):
            rates.rates(session, start=start, end=start + week, keys=FOUR)

    return [
        figure(
            "a week's four rates by neighbourhood",
            lambda: rates.rates(session, **asked),
            "≤ 25",
            lambda: session.db.exec_driver_sql(plain).fetchall(),
        ),
        figure("the same as of a past moment", lambda: rates.rates(session, as_of=past, **asked), "≤ 50"),
        figure("a year's four rates by week", year, "≤ 1,000", runs=5),
    ]


def likely_duplicates(session: Session) -> list[Figure]:
    """Time the candidates for a new case, as one types."""
    rows = lists.page(session, limit=40, offset=500, count=False).rows
    asked = iter(rows * 10)

    def one() -> None:
        row = next(asked)
        duplicates.candidates(session, text=row.text, place=row.place, phone="13800001234")

    return [figure("duplicate candidates for a new case", one, "p95 ≤ 50", runs=40)]


def paper(workspace: Workspace) -> list[Figure]:
    """Time the week's bulletin from the store to its PDF, and the recount that it is held against apart."""
    whole: list[float] = []
    recounts: list[float] = []
    confirmed = FourRates.confirmed

    def timed(four: FourRates) -> bool:
        began = perf_counter()
        try:
            return confirmed(four)
        finally:
            recounts.append((perf_counter() - began) * 1000)

    with mock.patch.object(FourRates, "confirmed", timed):
        for _ in range(5):
            began = perf_counter()
            with workspace.read() as session:
                weekly.draw(bulletin.week(session, year=2026, week=46))
            whole.append((perf_counter() - began) * 1000)
    drawn = sorted(all_ - recount for all_, recount in zip(whole[1:], recounts[1:], strict=True))
    recounts = sorted(recounts[1:])
    return [
        Figure("the week's bulletin as PDF", median(drawn), drawn[-1], "≤ 1,500"),
        Figure("its recount", median(recounts), recounts[-1]),
    ]
