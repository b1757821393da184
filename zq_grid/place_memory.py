"""What a person said once of a place, for every later case there; and the list of places that nobody knows yet.

A remembered place is an entry of the catalogue (kind `place`): `said`, the place in the spelling of `Place.key`, and
the one estate, grid or neighbourhood that it means. `zq_grid.places` reads places with it.
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, case, func, or_, select

from db.tables import CASES
from zq_grid import cases, entries, steps
from zq_grid import catalogue as catalogues
from zq_grid.errors import Refused
from zq_grid.places import Candidate, Place
from zq_grid.projection import Renewal
from zq_grid.rules.lifecycle import OPEN
from zq_grid.rules.state import CaseState
from zq_grid.rules.step import Step
from zq_grid.session import Session

TARGETS = ("estate", "grid", "neighbourhood")
FIELDS = ("neighbourhood", "grid", "micro_grid", "estate", "place_key")
REASON = "按记住的地点更正"
# A longer "place" is a letter, and no other case will say the same.
LONGEST_SAID = 80
LOOKED_AT = 20_000
MOST = 500
CHUNK = 500
_LAST = "\U0010ffff"
# Doors, lanes and numbers, and what every estate has: a text of nothing else names no place.
_COMMON = re.compile(
    r"小区|附近|旁边?|对面|路口|门口|门前|大门|楼下|车库|停车场"
    r"|[甲乙丙丁临]?[A-Z]?[0-9〇零一二三四五六七八九十百千-]*[A-Z]?(?:支?弄|号楼?|幢|栋|座|室|单元|层|楼|门)|[0-9-]+|[^0-9A-Za-z一-龥]"
)
_SHORTEST_NAME = 2


@dataclass(frozen=True, slots=True)
class Unknown:
    """A place that no neighbourhood was found for, and its open cases. `newest`: seconds UTC of the last arrival.

    `now`: what the territory and the memory say of it today, which may be more than when the cases were logged.
    """

    said: str
    place: str
    open: int
    newest: int
    number: str
    now: Place


@dataclass(frozen=True, slots=True)
class Todo:
    """Open cases without a neighbourhood, by place, the newest first.

    `open` counts these cases, `nameless` those among them that name no place at all, `distinct` their places.
    `complete` is False where older cases were not looked at.
    """

    places: tuple[Unknown, ...]
    open: int
    nameless: int
    distinct: int
    complete: bool


@dataclass(frozen=True, slots=True)
class Remembered:
    """A place as it is remembered from now on, and the numbers of the cases that were amended in one act (`group`)."""

    code: str
    said: str
    kind: str
    target: str
    name: str
    step: Step
    amended: tuple[str, ...] = ()
    group: str = ""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A correction worth remembering: `place` of case `number` means `target`; `alike` other open cases say the same."""

    number: str
    place: str
    said: str
    kind: str
    target: str
    name: str
    alike: int


def todo(session: Session, *, limit: int = 50) -> Todo:
    """List the places of open cases for which no neighbourhood was found, to be worked off.

    Looks at the newest LOOKED_AT cases without a neighbourhood, closed ones among them, and no further.

    Args:
        limit: how many places, at most 500.
    """
    newest = (
        select(CASES.c.place_key, CASES.c.place, CASES.c.number, CASES.c.received_at, CASES.c.stage)
        .where(CASES.c.neighbourhood.is_(None))
        .order_by(CASES.c.received_at.desc(), CASES.c.subject.desc())
        .limit(LOOKED_AT)
        .subquery()
    )
    is_open = newest.c.stage.in_(sorted(OPEN))
    looked, still, named, distinct = session.db.execute(
        select(
            func.count(),
            func.count(case((is_open, 1))),
            func.count(case((is_open, newest.c.place_key))),
            func.count(func.distinct(case((is_open, newest.c.place_key)))),
        ).select_from(newest)
    ).one()
    last = func.max(newest.c.received_at)
    rows = session.db.execute(
        select(
            newest.c.place_key,
            func.min(newest.c.place).label("place"),
            func.count().label("open"),
            last.label("newest"),
            func.max(newest.c.number).label("number"),
        )
        .where(is_open, newest.c.place_key.is_not(None))
        .group_by(newest.c.place_key)
        .order_by(last.desc(), newest.c.place_key)
        .limit(min(max(0, limit), MOST))
    ).all()
    found = tuple(
        Unknown(
            row.place_key,
            row.place or "",
            row.open,
            row.newest,
            row.number,
            session.gazetteer.resolve(row.place or ""),
        )
        for row in rows
    )
    return Todo(found, still, still - named, distinct, looked < LOOKED_AT)


def remember(
    session: Session,
    text: str,
    *,
    estate: str = "",
    grid: str = "",
    neighbourhood: str = "",
    apply: bool = False,
) -> Remembered:
    """Remember what a place means: one estate, grid or neighbourhood, by code (the last two also by name).

    The next case with the same place, or with a place inside it that is not known by itself, is placed by it. Older
    cases stay as they are, unless `apply`: then every open case that it places is amended, in one act.

    Raises:
        Refused: "place_nameless" for a text that names no place, "territory_unknown", "entry_invalid" where not
            exactly one of the three is given.
    """
    said = session.gazetteer.said(text)
    if not _names_a_place(said):
        raise Refused("place_nameless", "no place", said=text[:60])
    given = {"estate": estate, "grid": grid, "neighbourhood": neighbourhood}
    named = {kind: _code(session, kind, value) for kind, value in given.items() if value}
    code = "p-" + hashlib.sha256(said.encode()).hexdigest()[:16]
    entry = entries.check("place", {"code": code, "name": said, "said": said, **named})
    before = session.catalogue.get("place", code)
    (step,) = catalogues.define(session, [("place", code, entry)])
    session.catalogue = catalogues.load(session.db).with_places(session.db)
    kind, target = next(iter(named.items()))
    name = session.catalogue.name(kind, target)
    if not apply:
        return Remembered(code, said, kind, target, name, step)
    ranges = [said, *([str(before["estate"])] if before and before.get("estate") else [])]
    group, amended = _amend(session, code, ranges)
    return Remembered(code, said, kind, target, name, step, amended, group)


def _names_a_place(said: str) -> bool:
    """Tell whether a key says which place it is of: it has a code of the territory, or a name beside its doors."""
    known = said.startswith(("e-", "s-"))
    return len(said) <= LONGEST_SAID and (known or len(_COMMON.sub("", said)) >= _SHORTEST_NAME)


def forget(session: Session, text: str) -> Step:
    """Remember a place no longer; cases that it placed stay where they are.

    Raises:
        Refused: "entry_unknown" for a place that is not remembered.
    """
    said = session.gazetteer.said(text)
    entry = next((e for e in session.catalogue.current("place").values() if e["said"] == said), None)
    if entry is None:
        raise Refused("entry_unknown", "not remembered", kind="place", entry=said[:LONGEST_SAID] or text[:60])
    return catalogues.retire(session, "place", str(entry["code"]))


def taken_back(session: Session, first: Step) -> str:
    """Let go of what was remembered in the act whose first amend is taken back; returns the place, "" if it wasn't such.

    What the place meant before holds again. A place that means something else since stays as it is.
    """
    if first.kind != "amend" or not first.group or first.body.get("reason") != REASON or first.position < 2:
        return ""
    (before,) = steps.between(session.db, first.position - 1, first.position - 1)
    same_act = (before.actor, before.recorded_at) == (first.actor, first.recorded_at)
    if before.kind != "define" or before.body.get("kind") != "place" or not same_act:
        return ""
    code = str(before.body["code"])
    versions = session.catalogue.with_places(session.db).versions("place", code)
    at = next((n for n, one in enumerate(versions) if one.position == before.position), None)
    if at is None or versions[-1].retired or versions[-1].entry != versions[at].entry:
        return ""
    if at and not versions[at - 1].retired:
        catalogues.define(session, [("place", code, versions[at - 1].entry)])
    else:
        catalogues.retire(session, "place", code)
    session.catalogue = catalogues.load(session.db).with_places(session.db)
    return str(versions[-1].entry["said"])


def proposal(session: Session, number: str) -> Proposal | None:
    """Return what to remember after a person corrected where a case is; None where words alone would say the same.

    Raises:
        Refused: "case_unknown", "case_ambiguous".
    """
    subject, state = cases.show(session, number)
    place = state.get("place")
    corrected = _corrected(state)
    if not corrected or not isinstance(place, str):
        return None
    said = session.gazetteer.said(place)
    if not _names_a_place(said):
        return None
    now = session.gazetteer.resolve(place)
    if all(getattr(now, kind) == target for kind, target in corrected.items()):
        return None
    kind, target = next(iter(corrected.items()))
    alike = select(CASES.c.subject).where(*_lying_in([said]), CASES.c.subject != subject).limit(MOST)
    count = session.db.execute(select(func.count()).select_from(alike.subquery())).scalar_one()
    name = session.catalogue.name(kind, target)
    return Proposal(number, place, said, kind, target, name, int(count))


def _corrected(state: CaseState) -> dict[str, str]:
    """Return what the last correction of a case's place says that still holds, the narrowest first."""
    amends = [s for s in state.steps if s.kind == "amend" and s.id not in state.retracted]
    last = next((s for s in reversed(amends) if any(name in s.body for name in TARGETS)), None)
    if last is None:
        return {}
    return {
        name: last.body[name]
        for name in TARGETS
        if last.body.get(name) and state.get(name) == last.body[name]
    }


def _code(session: Session, kind: str, said: str) -> str:
    """Return the code of an entry of the territory that is in use."""
    found: str | None = said
    if kind == "neighbourhood":
        found = session.gazetteer.neighbourhood_by_name(said)
    elif kind == "grid":
        found = session.gazetteer.grid_by_name(said)
    if not found or found not in session.catalogue.current(kind):
        raise Refused("territory_unknown", f"no {kind} {said}", fact=kind, said=said[:40])
    return found


# amending -------------------------------------------------------------------------------------


def _lying_in(keys: list[str]) -> tuple[Any, ...]:
    """Return the conditions on open cases whose place is, or may lie in, one of these."""
    near = [and_(CASES.c.place_key >= key, CASES.c.place_key < key + _LAST) for key in keys]
    return (CASES.c.place_key.is_not(None), or_(*near), CASES.c.stage.in_(sorted(OPEN)))


def _amend(session: Session, code: str, keys: list[str]) -> tuple[str, tuple[str, ...]]:
    """Amend every open case that the entry `code` places elsewhere than it stands; returns the act and the numbers."""
    found = session.db.execute(select(CASES.c.subject).where(*_lying_in(keys)).order_by(CASES.c.subject))
    subjects = list(found.scalars())
    group = session.log.next_name() if subjects else ""
    numbers: list[str] = []
    for start in range(0, len(subjects), CHUNK):
        renewal = Renewal(session)
        for draft in _drafts(session, code, subjects[start : start + CHUNK]):
            cases.write(session, renewal, draft, did_at=session.now, group=group)
            numbers.append(draft.number)
        session.log.flush()
        renewal.write()
    return (group if numbers else ""), tuple(numbers)


def _drafts(session: Session, code: str, subjects: list[int]) -> Iterator[cases.Draft]:
    for subject in subjects:
        one = cases.draft(session, subject, "amend", {"reason": REASON}, strict=True)
        said = [one.state.get(name) for name in ("place", "lon", "lat")]
        text, lon, lat = (value if isinstance(value, str) else "" for value in said)
        place = session.gazetteer.resolve(text, lon, lat)
        if place.remembered != code:
            continue
        meant = {**{name: getattr(place, name) for name in FIELDS[:-1]}, "place_key": place.key}
        # "" takes back a value that belongs to the place where the case was thought to be
        changed = {n: v or "" for n, v in meant.items() if (v or "") != (one.state.get(n) or "")}
        if changed.keys() & set(TARGETS):
            one.body.update(changed)
            yield one


def shown(candidates: tuple[Candidate, ...]) -> list[dict[str, str | None]]:
    """Return candidates as plain values, for people to choose from."""
    return [{name: value for name, value in one._asdict().items() if value} for one in candidates]
