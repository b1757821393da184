"""Cases that may be about the same matter: proposed with a score and reasons, never joined by themselves.

A few hundred candidates are gathered by index (`gathering.py`: numbers quoted, caller, place, names and rare words
of the text), then weighed (`alike.py`). Two cases that a person called distinct (`link` with why: distinct) are
never proposed again.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from db.search import folded
from db.tables import CASES
from zq_grid import alike, bodies, gathering
from zq_grid.alike import DAY, LONGEST, Matter, Where
from zq_grid.catalogue import Catalogue
from zq_grid.progress import Progress
from zq_grid.rules.address import names_nothing, without_building
from zq_grid.rules.lifecycle import OPEN_OR_CLOSED
from zq_grid.rules.quotes import mentioned, own_words
from zq_grid.session import Session
from zq_grid.summary_rows import EXCERPT, phones
from zq_grid.together import joined_set

MOST = 5
# Below this a candidate is more often wrong than right (measured: tests/test_duplicates.py).
LEAST = 40
# How many of those gathered are read word by word.
READ = 120
# Of a case in a period so many are looked at: some are settled already.
OF_GROUP = 20
BATCH = 500
LONGEST_NAME = 20
_COUNTRY = ("0086", "86")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A case that may be about the same matter. `received_at`: seconds UTC; `score`: 0–100.

    `reasons`: same_number, quoted_number, same_place, same_estate, same_caller, similar_words.
    `joined`: handled together already; `linked`: a person or a quote linked the two.
    """

    subject: int
    number: str
    stage: str
    type: str
    place: str
    text: str
    received_at: int
    score: int
    reasons: tuple[str, ...]
    joined: bool = False
    linked: bool = False

    @property
    def why(self) -> str:
        """The first reason, or "" where only the sum of small signs speaks for it."""
        return self.reasons[0] if self.reasons else ""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two cases of a group: the later and the earlier one by number."""

    number: str
    other: str
    score: int
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """Cases that hang together by pairs nobody has settled yet, the earliest first."""

    cases: tuple[Candidate, ...]
    pairs: tuple[Pair, ...]


@dataclass
class _Asked:
    """What is looked for: the matter, who called, which orders it names, what it is itself named by."""

    matter: Matter
    phones: frozenset[str]
    quotes: frozenset[str]
    number: str
    order: str = ""
    parent: int | None = None
    words: str = ""


# asking ---------------------------------------------------------------------------------------


def candidates(
    session: Session,
    *,
    text: str = "",
    place: str = "",
    phone: str = "",
    order_number: str = "",
    type_: str = "",
    received_at: int | None = None,
    limit: int = MOST,
    least: int = LEAST,
) -> tuple[Candidate, ...]:
    """Return the cases that a new one may repeat, the likeliest first: before it is saved, as one types.

    Args:
        text: what was said, a quoted order included. `place`: as it was said.
        order_number: its own; a case that bears it is the first candidate.
        received_at: seconds UTC; now unless given.
        least: the lowest score that is shown.
    """
    text, place, phone = bodies.text(text), bodies.text(place), bodies.text(phone)
    at = session.now if received_at is None else received_at
    known = session.catalogue.with_places(session.db)
    key = session.gazetteer.resolve(place).key if place else ""
    words = f"{place}\n{text}"
    where = _where(known, key)
    asked = _Asked(
        alike.matter(0, type_, at, where, place, words),
        _phones(phone),
        frozenset(mentioned(text)),
        "",
        order=bodies.number(bodies.text(order_number)) if order_number else "",
        words=words,
    )
    return _found(session, asked, limit, least)


def of_case(
    session: Session, subject: int, *, limit: int = MOST, least: int = LEAST
) -> tuple[Candidate, ...]:
    """Return the cases, open or closed, that a case may repeat or be repeated by, the likeliest first.

    Args:
        subject: the case's key (`cases.find`).
    """
    session.catalogue.with_places(session.db)
    asked = _of_case(session, subject)
    return _found(session, asked, limit, least) if asked else ()


def groups(
    session: Session,
    *,
    since: int,
    until: int | None = None,
    least: int = LEAST,
    progress: Progress | None = None,
) -> list[Group]:
    """Return what should be looked at among the cases received from `since` to before `until`, seconds UTC.

    A pair is left out once its cases are joined, linked or called distinct. Cases refused, returned, withdrawn or
    void are left out. Each case is held against those received before it, so each pair is met once.
    """
    progress = progress or Progress()
    session.catalogue.with_places(session.db)
    subjects = _received(session, since, until)
    pairs: dict[tuple[int, int], Pair] = {}
    rows: dict[int, Candidate] = {}
    for done, subject in enumerate(subjects):
        if done % BATCH == 0:
            progress.report(done, len(subjects), "查重")
        asked = _of_case(session, subject)
        if asked is None:
            continue
        mine = (asked.matter.received_at, subject)
        for found in _found(session, asked, OF_GROUP, least):
            earlier = (found.received_at, found.subject) < mine
            if not earlier or found.joined or found.linked or found.stage not in OPEN_OR_CLOSED:
                continue
            pairs[subject, found.subject] = Pair(asked.number, found.number, found.score, found.reasons)
            rows[found.subject] = found
            rows.setdefault(subject, found)
    progress.report(len(subjects), len(subjects), "查重")
    return _grouped(session, pairs, rows)


def _grouped(
    session: Session, pairs: Mapping[tuple[int, int], Pair], rows: Mapping[int, Candidate]
) -> list[Group]:
    shown = {row.subject: row for row in gathering.rows(session, list(rows))}
    best: Counter[int] = Counter()
    for (one, other), pair in pairs.items():
        for subject in (one, other):
            best[subject] = max(best[subject], pair.score)
    made = []
    for members in alike.union(pairs):
        known = set(members)
        held = sorted(members, key=lambda subject: (shown[subject].received_at, subject))
        made.append(
            Group(
                tuple(_candidate(shown[subject], best[subject], ()) for subject in held),
                tuple(pair for (one, _), pair in pairs.items() if one in known),
            )
        )
    return sorted(made, key=lambda group: -max(pair.score for pair in group.pairs))


def _received(session: Session, since: int, until: int | None) -> list[int]:
    upto = session.now + DAY if until is None else until
    query = (
        select(CASES.c.subject)
        .where(CASES.c.received_at >= since, CASES.c.received_at < upto, CASES.c.stage.in_(OPEN_OR_CLOSED))
        .order_by(CASES.c.received_at, CASES.c.subject)
    )
    return list(session.db.execute(query).scalars())


# what a case is asked by ----------------------------------------------------------------------


def _of_case(session: Session, subject: int) -> _Asked | None:
    row = gathering.row(session, subject)
    if row is None:
        return None
    keys = gathering.keys(session, subject)
    where = _where(session.catalogue, row.place_key or "")
    phones = frozenset(said for key in keys if key.kind == "phone" for said in _phones(key.key[::-1]))
    quotes = frozenset(key.key for key in keys if key.kind == "quotes")
    quotes |= frozenset(mentioned(row.text or "")) - {row.number}
    return _Asked(_matter(row, where), phones, quotes, row.number, "", row.parent, row.words or "")


def _matter(row: Any, where: Where) -> Matter:
    return alike.matter(row.subject, row.type, row.received_at, where, row.place or "", _own_words(row))


def _own_words(row: Any) -> str:
    """Return what a case says, without the caller's name in the last line: a name is no matter."""
    words: str = row.words or ""
    rest, _, last = words.rpartition("\n")
    if not rest or len(last) > LONGEST_NAME:
        return words
    text = row.text or ""
    in_text = len(text) < EXCERPT and folded(own_words(text)).endswith(last)
    return words if in_text else rest


def _where(catalogue: Catalogue, key: str) -> Where:
    """Return a place's key with its estate or lane."""
    parts = key.split("/")
    if not key or catalogue.get("estate", parts[0]):
        return Where(key, parts[0], len(parts) > 1, bool(key))
    if len(parts) > 1 and parts[1].endswith("弄"):
        return Where(key, "/".join(parts[:2]), len(parts) > 2, True)
    if catalogue.get("street", parts[0]) or key.startswith("@"):
        return Where(key, key, True, True)  # a street is no estate: only the same door is near
    if names_nothing(key):
        return Where()  # two callers who tell no place aren't at the same one, nor at different ones
    return Where(key, without_building(key) or key, any("0" <= mark <= "9" for mark in key))


def _phones(said: str) -> frozenset[str]:
    """Return the spellings under which a caller's phones may have been written down."""
    found = set()
    for plain in phones(said):
        abroad = next((code for code in _COUNTRY if plain.startswith(code)), "")
        bare = plain.removeprefix(abroad) if len(plain) - len(abroad) == 11 else plain
        found |= {bare, *(code + bare for code in _COUNTRY)}
    return frozenset(found)


# weighing -------------------------------------------------------------------------------------


def _found(session: Session, asked: _Asked, limit: int, least: int) -> tuple[Candidate, ...]:
    """Return the candidates of what is asked, weighed and sorted."""
    me = asked.matter.subject
    quoted = gathering.quoted(session, asked.quotes, (asked.number, asked.order))
    callers = gathering.callers(session, asked.phones)
    named = set(gathering.by_number(session, [asked.order])) if asked.order else set()
    apart, linked = gathering.settled(session, me) if me else (set(), set())
    led = gathering.led(session, asked.matter, asked.words)
    wanted = {*quoted, *callers, *named, *gathering.near(session, asked.matter), *led} - apart - {me}
    rows = {}
    for row in gathering.rows(session, sorted(wanted)):
        related = (row.parent == me) if me else False
        related = related or (asked.parent is not None and asked.parent in (row.subject, row.parent))
        near = abs(row.received_at - asked.matter.received_at) <= LONGEST * DAY
        if row.stage != "void" and not related and (near or row.subject in quoted or row.subject in named):
            rows[row.subject] = row
    keys = {key: _where(session.catalogue, key) for key in {row.place_key or "" for row in rows.values()}}
    matters = {subject: _bare(row, keys[row.place_key or ""]) for subject, row in rows.items()}
    marks = {subject: {"quoted": subject in quoted, "same_caller": subject in callers} for subject in rows}
    first = {
        subject: alike.score(asked.matter, one, words=False, **marks[subject])[0] + led.get(subject, 0)
        for subject, one in matters.items()
    }
    made = []
    for subject in sorted(rows, key=lambda subject: (-first[subject], -subject))[:READ]:
        row = rows[subject]
        points, reasons = alike.score(asked.matter, _matter(row, matters[subject].where), **marks[subject])
        if subject in named:
            points, reasons = 100, ("same_number", *reasons)
        if points >= least:
            made.append(_candidate(row, points, reasons))
    made.sort(key=lambda one: (-one.score, -one.received_at, -one.subject))
    together = set(joined_set(session, me)) if me and made else set()
    return tuple(
        _tied(one, joined=one.subject in together, linked=one.subject in linked) for one in made[:limit]
    )


def _bare(row: Any, where: Where) -> Matter:
    """Return a case without its words, for a first sorting."""
    return Matter(row.subject, row.type, row.received_at, where)


def _candidate(row: Any, points: int, reasons: tuple[str, ...]) -> Candidate:
    return Candidate(
        row.subject,
        row.number,
        row.stage,
        row.type,
        row.place or "",
        row.text or "",
        row.received_at,
        points,
        reasons,
    )


def _tied(one: Candidate, *, joined: bool, linked: bool) -> Candidate:
    if not (joined or linked):
        return one
    values = {name: getattr(one, name) for name in Candidate.__slots__}
    return Candidate(**{**values, "joined": joined, "linked": linked})
