"""Places of which cases come again and again, to the building (docs/rules.md R7.9)."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import NamedTuple

from sqlalchemy import bindparam, text

from zq_grid.bulletin_checks import states
from zq_grid.bulletin_cut import Span, as_known, chunks
from zq_grid.bulletin_open import REAL, Received, Standing
from zq_grid.bulletin_words import Names
from zq_grid.papers.figures import EMPTY
from zq_grid.papers.findings import HotSpot, HotSpots
from zq_grid.rules import worktime
from zq_grid.rules.text import hide_personal, to_building
from zq_grid.session import Session

LEAST, WEEKS, LISTED = 3, 4, 20
_KEYS = text(
    "SELECT subject, place_key FROM cases WHERE subject IN :subjects AND place_key IS NOT NULL"
).bindparams(bindparam("subjects", expanding=True))
_OFTEN = text(
    "SELECT place_key FROM cases WHERE place_key IN :keys AND received_at >= :since AND received_at < :end"
    f" GROUP BY place_key HAVING count(*) >= {LEAST}"
).bindparams(bindparam("keys", expanding=True))
_CASES = text(
    "SELECT subject, place_key, place FROM cases"
    " WHERE place_key IN :keys AND received_at >= :since AND received_at < :end"
).bindparams(bindparam("keys", expanding=True))
_REAL = text(
    as_known(
        "subject, type, began_at, COALESCE(neighbourhood, '') AS neighbourhood",
        f"{REAL} AND round = 1 AND began_at >= :since AND began_at < :end AND subject IN :subjects",
    )
).bindparams(bindparam("subjects", expanding=True))


class _Case(NamedTuple):
    subject: int
    key: str
    place: str
    type: str
    began_at: int
    neighbourhood: str


def hot_spots(
    session: Session,
    span: Span,
    names: Names,
    intake: Sequence[Received],
    here: Standing,
    later: frozenset[int],
) -> HotSpots:
    """Return the places with at least three cases in four weeks, one of them in this week.

    Cases of confidential types are left out. The place is that of the last case, cut after the building.

    Args:
        session, span, names: of the bulletin.
        intake: what the week received.
        here: what stood open.
        later: the cases of which more is known by now; their places are read from their steps.
    """
    hidden = {
        code for code, entry in names.known.current("type").items() if entry.get("confidential") == "yes"
    }
    since = worktime.day_start(span.monday - timedelta(weeks=WEEKS - 1))
    told = _told_later(session, span, later)
    keys = _keys(session, (one.subject for one in intake if one.type not in hidden), told)
    cases = [one for one in _cases(session, span, since, keys, told) if one.type not in hidden]
    counts = Counter(one.key for one in cases)
    fresh = Counter(one.key for one in cases if one.began_at >= span.start)
    often = [key for key, count in counts.items() if count >= LEAST and fresh[key]]
    often.sort(key=lambda key: (-counts[key], -fresh[key], key))
    by_key: dict[str, list[_Case]] = {key: [] for key in often[:LISTED]}
    for one in cases:
        if one.key in by_key:
            by_key[one.key].append(one)
    rows = tuple(_row(found, fresh[key], names, here) for key, found in by_key.items())
    return HotSpots(rows, len(often), LEAST, WEEKS)


def _row(found: Sequence[_Case], fresh: int, names: Names, here: Standing) -> HotSpot:
    last = max(found, key=lambda one: (one.began_at, one.subject))
    types = Counter(names.type(one.type) for one in found)
    return HotSpot(
        hide_personal(to_building(last.place)) or EMPTY,
        names.neighbourhood(last.neighbourhood),
        "、".join(f"{name} {n}" for name, n in sorted(types.items(), key=lambda one: (-one[1], one[0]))),
        fresh,
        len(found),
        sum(one.subject in here.subjects for one in found),
    )


Told = Mapping[int, tuple[str, str]]


def _told_later(session: Session, span: Span, later: Iterable[int]) -> dict[int, tuple[str, str]]:
    """Return key and place of the cases that were changed since, as the cut knows them."""
    return {
        subject: (str(state.get("place_key") or ""), str(state.get("place") or ""))
        for subject, state in states(session, span, later)
        if state.logged
    }


def _keys(session: Session, subjects: Iterable[int], told: Told) -> set[str]:
    wanted = set(subjects)
    found = {key for subject, (key, _) in told.items() if subject in wanted and key}
    for part in chunks(wanted - told.keys()):
        found.update(row.place_key for row in session.db.execute(_KEYS, {"subjects": part}))
    return found


def _cases(session: Session, span: Span, since: int, keys: set[str], told: Told) -> list[_Case]:
    """Return the cases of these places received in the weeks looked back on, as the cut knows them."""
    window = {"since": since, "end": span.end}
    moved = Counter(key for key, _ in told.values())
    ordered = sorted(keys)
    often: set[str] = {key for key in ordered if moved[key]}
    size = 500
    for start in range(0, len(ordered), size):
        asked = {**window, "keys": ordered[start : start + size]}
        often.update(session.db.execute(_OFTEN, asked).scalars())
    places: dict[int, tuple[str, str]] = {subject: one for subject, one in told.items() if one[0] in often}
    ordered = sorted(often)
    for start in range(0, len(ordered), size):
        for row in session.db.execute(_CASES, {**window, "keys": ordered[start : start + size]}):
            if row.subject not in told:
                places[row.subject] = (row.place_key, row.place or "")
    found: list[_Case] = []
    for part in chunks(places):
        rows = session.db.execute(_REAL, {**window, "moment": span.moment, "subjects": part})
        found += [
            _Case(row.subject, *places[row.subject], row.type, row.began_at, row.neighbourhood)
            for row in rows
        ]
    return sorted(found)
