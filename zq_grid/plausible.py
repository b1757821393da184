"""What no case and no act can be: refused at the door as a slip of the pen, before it moves a limit or a figure."""

from collections.abc import Mapping
from typing import Any

from zq_grid import bodies
from zq_grid.errors import Refused
from zq_grid.rules import limits, outlines, worktime
from zq_grid.rules.state import CaseState
from zq_grid.session import Session

FUTURE = 300
# 2000-01-01; ten years on
OLDEST, FARTHEST = 946_656_000, 10 * 366 * 86_400
# 2200-01-01: what lies beyond counts as absent (R1.2).
LAST = 7_258_089_600
# So long before a case is received somebody may have seen to it, and no longer.
EARLIEST = 90 * worktime.DAY


def refuse_too_early(state: CaseState, did_at: int, number: str) -> None:
    """Refuse an act long before its case was received: nearly always the year is wrong (R1.2).

    Raises:
        Refused: "did_before_case".
    """
    received = limits.arrival(state).at
    if did_at < received - EARLIEST:
        shown = {"at": worktime.to_text(did_at), "received": worktime.to_text(received)}
        most = EARLIEST // worktime.DAY
        raise Refused("did_before_case", "long before its case", number=number, most=most, **shown)


def refuse_implausible(session: Session, body: Mapping[str, Any]) -> None:
    """Refuse an arrival that lies ahead or before 2000, and a platform limit decades away: slips of the pen.

    Raises:
        Refused: "did_in_future", "fact_form".
    """
    for name in ("received_at", "dispatched_at", "accepted_at", "platform_due"):
        said = body.get(name)
        if not isinstance(said, str):
            continue
        at = worktime.parse(said)[0]
        if not OLDEST <= at <= session.now + FARTHEST:
            raise bodies.wrong(name, said, "2000–")
        if name != "platform_due" and at > session.now + FUTURE:
            raise Refused("did_in_future", f"{name} ahead", at=said, now=worktime.to_text(session.now))


def refuse_unknown_place(session: Session, body: Mapping[str, Any]) -> None:
    """Refuse a neighbourhood, grid or estate that the town doesn't have, and degrees that are none.

    Raises:
        Refused: "territory_unknown", "fact_form".
    """
    for name, most, like in (("lon", 180, "121.412345"), ("lat", 90, "31.065432")):
        said = body.get(name)
        if said and ((at := outlines.millionths(str(said))) is None or abs(at) > most * 1_000_000):
            raise bodies.wrong(name, said, like)
    for name in ("neighbourhood", "grid", "estate"):
        said = body.get(name)
        if said and session.catalogue.get(name, str(said)) is None:
            raise Refused("territory_unknown", f"no {name} {said}", fact=name, said=str(said)[:40])
