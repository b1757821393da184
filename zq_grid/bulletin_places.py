"""Places of which cases come again and again, to the building (docs/rules.md R7.9)."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any, NamedTuple

from sqlalchemy import String, bindparam, text

from zq_grid import bulletin_cut
from zq_grid.bulletin_checks import states
from zq_grid.bulletin_cut import Span, as_known, chunks
from zq_grid.bulletin_open import REAL, Standing
from zq_grid.bulletin_words import Names
from zq_grid.papers.figures import EMPTY
from zq_grid.papers.findings import HotSpot, HotSpots
from zq_grid.rules import worktime
from zq_grid.rules.address import names_nothing
from zq_grid.rules.text import hide_personal, to_building
from zq_grid.session import Session

LEAST, WEEKS, LISTED = 3, 4, 20
# What can make a place another one; no other step says anything of it.
TELL_PLACES = ("log", "amend", "retract", "erase")
_FIRST = f"{REAL} AND round = 1 AND began_at >= :since AND began_at < :end"
_KEY = "(SELECT place_key FROM cases WHERE cases.subject = rounds.subject) AS place_key"
_AT_PLACES = (
    "SELECT place_key, count(*) AS n, sum(CASE WHEN began_at >= :start THEN 1 ELSE 0 END) AS fresh FROM ("
    + as_known(f"began_at, {_KEY}", _FIRST + " AND type NOT IN :hidden{only}")
    + ") AS q WHERE place_key IS NOT NULL GROUP BY place_key HAVING count(*) >= :least"
)
_SUBJECTS = text(as_known("subject", _FIRST))
_hidden: Any = bindparam("hidden", expanding=True, type_=String)
_subjects: Any = bindparam("subjects", expanding=True)
_COUNTS = text(_AT_PLACES.format(only="")).bindparams(_hidden)
_COUNTS_OF = text(_AT_PLACES.format(only=" AND subject IN :subjects")).bindparams(_hidden, _subjects)
_CASES = text(
    "SELECT subject, place_key, place FROM cases"
    " WHERE place_key IN :keys AND received_at >= :since AND received_at < :end"
).bindparams(bindparam("keys", expanding=True, type_=String))
_REAL = text(
    as_known(
        "subject, type, began_at, COALESCE(neighbourhood, '') AS neighbourhood",
        f"{_FIRST} AND subject IN :subjects",
    )
).bindparams(_subjects)


class _Case(NamedTuple):
    subject: int
    key: str
    place: str
    type: str
    began_at: int
    neighbourhood: str


def hot_spots(session: Session, span: Span, names: Names, here: Standing) -> HotSpots:
    """Return the places with at least three cases in four weeks, one of them in this week.

    Cases of confidential types are left out. The place is that of the last case, cut after the building.

    Args:
        session, span, names: of the bulletin.
        here: what stood open.
    """
    hidden = {
        code for code, entry in names.known.current("type").items() if entry.get("confidential") == "yes"
    }
    window = {**span.values, "since": worktime.day_start(span.monday - timedelta(weeks=WEEKS - 1))}
    told = _told_later(session, span, window)
    counts, fresh = _counts(session, window, hidden, told)
    often = [key for key, count in counts.items() if count >= LEAST and fresh[key] and not names_nothing(key)]
    often.sort(key=lambda key: (-counts[key], -fresh[key], key))
    by_key: dict[str, list[_Case]] = {key: [] for key in often[:LISTED]}
    for one in _cases(session, window, by_key.keys(), told):
        if one.type not in hidden:
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


def _told_later(session: Session, span: Span, window: Mapping[str, int]) -> dict[int, tuple[str, str]]:
    """Return key and place of the cases whose place may have been changed since, as the cut knows them."""
    if not bulletin_cut.looks_back(session, span):
        return {}
    subjects = session.db.execute(_SUBJECTS, window).scalars().all()
    later = bulletin_cut.later(session, span, subjects, TELL_PLACES)
    return {
        subject: (str(state.get("place_key") or ""), str(state.get("place") or ""))
        for subject, state in states(session, span, later)
        if state.logged
    }


def _counts(
    session: Session, window: Mapping[str, int], hidden: Collection[str], told: Told
) -> tuple[Counter[str], Counter[str]]:
    """Return by place how many cases the weeks looked back on received, and the week itself, as the cut knows them."""
    # a place that has too few may have more by what is told apart
    asked = {**window, "hidden": sorted(hidden), "least": 1 if told else LEAST}
    counts: Counter[str] = Counter()
    fresh: Counter[str] = Counter()

    def add(rows: Iterable[Any], sign: int) -> None:
        for row in rows:
            counts[row.place_key] += sign * row.n
            fresh[row.place_key] += sign * int(row.fresh)

    add(session.db.execute(_COUNTS, asked), 1)
    for part in chunks(told):
        # where they stand by now is not where the cut knows them to be
        add(session.db.execute(_COUNTS_OF, {**asked, "subjects": part, "least": 1}), -1)
        for row in session.db.execute(_REAL, {**window, "subjects": part}):
            key = told[row.subject][0]
            if key and row.type not in hidden:
                counts[key] += 1
                fresh[key] += row.began_at >= window["start"]
    return counts, fresh


def _cases(session: Session, window: Mapping[str, int], keys: Collection[str], told: Told) -> list[_Case]:
    """Return the cases of these few places received in the weeks looked back on, as the cut knows them."""
    places: dict[int, tuple[str, str]] = {subject: one for subject, one in told.items() if one[0] in keys}
    for row in session.db.execute(_CASES, {**window, "keys": sorted(keys)}):
        if row.subject not in told:
            places[row.subject] = (row.place_key, row.place or "")
    found: list[_Case] = []
    for part in chunks(places):
        rows = session.db.execute(_REAL, {**window, "subjects": part})
        found += [
            _Case(row.subject, *places[row.subject], row.type, row.began_at, row.neighbourhood)
            for row in rows
        ]
    return sorted(found)
