"""Small tables of four orders, with whatever columns a test adds."""

from tests.importing.test_headers import table
from zq_grid.importing.headers import map_headers
from zq_grid.importing.plan import plan

NUMBERS = [f"2026102000000{n}" for n in range(1, 5)]
TEXTS = [f"第 {n} 件：楼道堆物很久没有人清理" for n in range(1, 5)]
CORE = ["工单编号", "受理时间", "诉求地址", "诉求内容"]


def core(n, *more):
    return [NUMBERS[n], "2026-10-20 09:03", "和溪五村12号", TEXTS[n], *more]


def planned(header, *rows):
    found = table(header, *rows)
    return plan(found, map_headers(found))


def fields(header, *rows):
    return {one.header: one.field for one in map_headers(table(header, *rows)).columns}
