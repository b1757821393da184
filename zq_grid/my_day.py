"""What somebody has to do now: boxes with counts, each a door to its list; the cases in order; the week's four rates."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from zq_grid import bulletin_cut, lists, printed, rates
from zq_grid.list_marks import ASKED
from zq_grid.lists import CaseRow
from zq_grid.rate_board import FOUR, WEEK
from zq_grid.rates import Rate
from zq_grid.rules import worktime
from zq_grid.session import Session

MINE, PLACE, UNIT, TOWN = "mine", "place", "unit", "town"
SUPERVISING = frozenset({"supervisor", "leader", "administrator"})
CENTRE = frozenset({"dispatcher", *SUPERVISING})
MOST = 60
# What each kind of worker sees, in order; whoever has several roles sees the first that fits.
SUPERVISOR = ("to_accept", "to_dispatch", "asks", "due_today", "overdue", "to_visit", "to_review", "clashes")
DISPATCHER = (
    *("to_accept", "to_dispatch", "to_contact", "due_today", "overdue", "to_visit", "incomplete", "clashes"),
)
WORKER = ("to_sign", "to_contact", "due_today", "near", "overdue", "to_visit", "incomplete", "clashes")
_FILTERS: dict[str, dict[str, Any]] = {
    "to_accept": {"stage": "received"},
    "to_dispatch": {"stage": "accepted"},
    "to_sign": {"stage": "dispatched"},
    "to_contact": {"stage": "open", "owes": "contact"},
    "asks": {"asks": "any"},
    "near": {"light": "orange"},
    "to_visit": {"to_visit": True},
    "to_review": {"to_review": True},
    "incomplete": {"incomplete": True},
    "clashes": {"clashes": True},
    "open": {"stage": "open"},
}
BOXES = (*_FILTERS, "due_today", "overdue")
# What comes next at a stage.
_NEXT = {"received": "accept", "accepted": "dispatch", "dispatched": "sign", "submitted": "close"}
_RULINGS = {"extension": "grant_extension", "exclusion": "approve_exclusion", "return": "rule_return"}


@dataclass(frozen=True, slots=True)
class Box:
    """One thing to do: how many cases, and the filters of `zq_grid.lists` that give exactly those.

    `parts`: how many of each kind, where the box has kinds.
    """

    key: str
    count: int
    filters: Mapping[str, Any]
    parts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Doing:
    """One case of the list, and the step that comes next."""

    step: str
    case: CaseRow


@dataclass(frozen=True, slots=True)
class Day:
    """What is to be done in one scope.

    `scopes` are those that this worker may look at, the usual one first. `doing` are the cases in which this side
    acts next, by limit; `waiting` those in which somebody else does; the totals say how many there are in all.
    """

    scope: str
    scopes: tuple[str, ...]
    boxes: tuple[Box, ...]
    doing: tuple[Doing, ...]
    doing_total: int
    waiting: tuple[Doing, ...]
    waiting_total: int
    open: int


@dataclass(frozen=True, slots=True)
class Four:
    """The four rates of one week, from `monday` on; `version` is that of the profile."""

    monday: date
    rates: Mapping[str, Rate]
    version: int


def scopes(session: Session) -> dict[str, dict[str, Any]]:
    """Return what this worker may look at: scope → filters, the usual one first."""
    me = _me(session)
    found: dict[str, dict[str, Any]] = {}
    places, unit = tuple(map(str, me.get("neighbourhoods", ()))), str(me.get("unit", ""))
    if _of_centre(me):
        found[TOWN] = {}
    if len(places) == 1:
        found[PLACE] = {"neighbourhood": places[0]}
    elif unit and unit != "centre":
        found[UNIT] = {"unit": unit}
    found[MINE] = {"worker": session.actor, "with_deputies": True}
    return found


def _me(session: Session) -> Mapping[str, Any]:
    return session.catalogue.get("worker", session.actor) or {}


def _of_centre(me: Mapping[str, Any]) -> bool:
    roles = set(me.get("roles", ()))
    return bool(roles & CENTRE) or not roles


def boxes_of(roles: Sequence[str]) -> tuple[str, ...]:
    """Return which boxes somebody with these roles sees, in order."""
    if SUPERVISING & set(roles) or not roles:
        return SUPERVISOR
    return DISPATCHER if "dispatcher" in roles else WORKER


def filters_of(key: str, now: int) -> dict[str, Any]:
    """Return the filters of a box (one of BOXES) at a moment.

    Raises:
        KeyError: no such box.
    """
    if key == "overdue":
        return {"due_until": now}
    if key == "due_today":
        tomorrow = worktime.day_start(worktime.day_of(now) + timedelta(days=1))
        return {"due_since": now, "due_until": tomorrow}
    return dict(_FILTERS[key])


def day(session: Session, *, scope: str = "", waiting: bool = False, most: int = MOST) -> Day:
    """Return what is to be done in a scope; the worker's usual one where it isn't named or isn't theirs.

    Args:
        session: for reading; its actor is whose day it is.
        scope: one of `scopes`.
        waiting: list also what waits for others; its number is always told.
        most: how long a list may be.
    """
    known, me = scopes(session), _me(session)
    chosen = scope if scope in known else next(iter(known))
    own, roles = known[chosen], tuple(me.get("roles", ()))
    boxes = tuple(_box(session, key, own) for key in boxes_of(roles))
    ours, theirs = ("with_centre", "with_unit") if _of_centre(me) else ("with_unit", "with_centre")
    counted = {box.key: box.count for box in boxes}
    doing: list[Doing] = []
    more = [key for key in ("asks", "to_review", "to_visit") if key in counted]
    if counted.get("asks"):
        doing += _rulings(session, own, most)
    seen = {one.case.subject for one in doing}
    doing += [one for one in _by_limit(session, own, ours, most) if one.case.subject not in seen]
    late = 0
    if SUPERVISING & set(roles):
        found = lists.page(session, sort="due", limit=most, stage=theirs, due_until=session.now, **own)
        late, doing = found.total, [*(Doing("supervise", case) for case in found.rows), *doing]
    for key, step in (("to_review", "reopen"), ("to_visit", "visit")):
        if counted.get(key) and len(doing) < most:
            page = lists.page(session, sort="oldest", limit=most, count=False, **own, **_FILTERS[key])
            doing += [Doing(step, case) for case in page.rows]
    ours_open = lists.count(session, stage=ours, **own)
    theirs_open = lists.count(session, stage=theirs, **own)
    return Day(
        chosen,
        tuple(known),
        boxes,
        tuple(doing[:most]),
        max(len(doing), late + ours_open + sum(counted[key] for key in more)),
        tuple(_by_limit(session, own, theirs, most)) if waiting else (),
        theirs_open,
        ours_open + theirs_open,
    )


def _box(session: Session, key: str, own: Mapping[str, Any]) -> Box:
    filters = {**own, **filters_of(key, session.now)}
    count = lists.count(session, **filters)
    parts: dict[str, int] = {}
    if key == "asks" and count:
        parts = {what: lists.count(session, **own, asks=what) for what in ASKED}
    return Box(key, count, filters, {what: n for what, n in parts.items() if n})


def _rulings(session: Session, own: Mapping[str, Any], most: int) -> Iterator[Doing]:
    seen: set[int] = set()
    for what, step in _RULINGS.items():
        for case in lists.page(session, sort="oldest", limit=most, count=False, **own, asks=what).rows:
            if case.subject not in seen:
                seen.add(case.subject)
                yield Doing(step, case)


def _by_limit(session: Session, own: Mapping[str, Any], stage: str, most: int) -> Iterator[Doing]:
    for case in lists.page(session, sort="due", limit=most, count=False, stage=stage, **own).rows:
        yield Doing(next_of(case), case)


def next_of(case: CaseRow) -> str:
    """Return the step that comes next for an open case, as far as a list can tell."""
    if case.stage in {"signed", "handling"}:
        return "contact" if case.due_kind in {"contact", "call"} else "handle"
    return _NEXT.get(case.stage, "note")


# the rates ------------------------------------------------------------------------------------


def four(session: Session, *, scope: str = "", back: int = 0, profile_code: str = "default") -> Four:
    """Return the four rates of a scope for the week that runs, or for one so many weeks back, by its profile (R7.2).

    Raises:
        Refused: "profile_unknown".
    """
    known = scopes(session)
    own = known[scope if scope in known else next(iter(known))]
    by, group = next(
        ((name, own[name]) for name in ("neighbourhood", "unit", "worker") if name in own), (None, None)
    )
    today = worktime.day_of(session.now)
    monday = today - timedelta(days=today.weekday(), weeks=back)
    start = worktime.day_start(monday)
    told = rates.rates(session, start=start, end=start + WEEK, by=by, profile_code=profile_code, keys=FOUR)
    found = {rate.key: rate for rate in told if by is None or rate.group == group}
    return Four(monday, found, int(rates.profile(session, profile_code, start).get("version", 1)))


def bulletin_out(session: Session, *, profile_code: str = "default") -> int | None:
    """Return when last week's bulletin was last printed or saved here, seconds UTC, None for never."""
    today = worktime.day_of(session.now)
    year, week, _day = (today - timedelta(weeks=1)).isocalendar()
    last = printed.last_week(session, f"{year}-W{week:02}", profile_code)
    return last.at if last else None


def unreported(session: Session) -> tuple[str, ...] | None:
    """Return the stations of which nothing has arrived this week; None for whom it doesn't concern, or in a town of one."""
    me = _me(session)
    stations = session.catalogue.current("station")
    if len(stations) < 2 or not (SUPERVISING & set(me.get("roles", ())) or not me.get("roles")):
        return None
    today = worktime.day_of(session.now)
    monday = worktime.day_start(today - timedelta(days=today.weekday()))
    return bulletin_cut.unreported(session, session.catalogue, monday, session.now)
