"""A week of a bulletin for tests: orders and steps at moments told by hand."""

from typing import Any

from tests.stores import CLOSING, MINUTE, act, log
from zq_grid import bulletin
from zq_grid.papers.figures import Week
from zq_grid.rules import worktime
from zq_grid.workspace import Workspace

WEEK = {"year": 2026, "week": 45}  # 2–8 November, whose Monday is stores.MONDAY


BEGIN = ("accept", "dispatch", "sign", "contact", "attend")
WHOLE = (*BEGIN, "handle", "submit", "close")


def at(text: str) -> int:
    """Return a moment."""
    return worktime.parse(text)[0]


def week(store: Workspace, **asked: Any) -> Week:
    """Return the bulletin of a week, by default the forty-fifth."""
    with store.read() as session:
        return bulletin.week(session, **{**WEEK, **asked})


def when(store: Workspace, text: str) -> None:
    """Set the clock."""
    store.clock.at = at(text)


def order(store: Workspace, number: str | None, moment: str, **facts: Any) -> str:
    """Log an order of the hotline at a moment."""
    store.clock.at = at(moment)
    return log(store, order_number=number, **facts)


def steps(store: Workspace, number: str, *kinds: str, **facts: Any) -> None:
    """Take steps ten minutes apart."""
    bodies = {
        "contact": {"reached": "yes"},
        "attend": {"who": "两名工作人员", "findings": "属实"},
        "handle": {"result": "已修好"},
        "close": CLOSING,
        "visit": {"by": "centre", "satisfaction": "satisfied"},
    }
    for kind in kinds:
        store.clock.at += 10 * MINUTE
        act(store, number, kind, **{**bodies.get(kind, {}), **(facts if kind == kinds[-1] else {})})
