"""The few hundred cases that one may repeat, gathered by index alone; `duplicates.py` weighs them.

Every way ends at a number of its own, so that the time hardly grows with the store.
"""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import bindparam, or_, select

from db import likeness
from db.search import tokens
from db.tables import CASE_KEYS, CASE_WORDS, CASES
from zq_grid import bodies, steps
from zq_grid.alike import DAY, FAR, NEAR, Matter
from zq_grid.session import Session

# How many cases each way leads to.
OF_PLACE, OF_ESTATE, OF_CALLER, OF_NAME, OF_WORD, OF_WORDS = 60, 120, 60, 60, 200, 60
# Of how many words it is asked how rare they are, and how many of the rarest lead to cases.
ASKED, LEADING = 96, 14
LINKS = ("distinct", "link")
BATCH = 500


def row(session: Session, subject: int) -> Any | None:
    """Return one case as `rows` has it, or None where it isn't listed."""
    return session.db.execute(_ONE, {"subject": subject}).one_or_none()


def keys(session: Session, subject: int) -> list[Any]:
    """Return (kind, key) under which a case can be looked up."""
    return list(session.db.execute(_KEYS, {"subject": subject}))


def rows(session: Session, subjects: Sequence[int]) -> list[Any]:
    """Return number, stage, type, place, time and words of cases."""
    found: list[Any] = []
    for start in range(0, len(subjects), BATCH):
        found += session.db.execute(_SOME, {"subjects": subjects[start : start + BATCH]})
    return found


def quoted(session: Session, quotes: Iterable[str], own: Iterable[str]) -> set[int]:
    """Return the cases whose numbers a case quotes, and those that quote one of its own."""
    found = set(by_number(session, quotes))
    mine = {bodies.number(number) for number in own if number}
    if mine:
        asked = {"kind": "quotes", "keys": sorted(mine), "most": OF_CALLER}
        found.update(session.db.execute(_BY_KEY, asked).scalars())
    return found


def by_number(session: Session, numbers: Iterable[str]) -> list[int]:
    """Return the cases that bear these numbers."""
    wanted = sorted(numbers)[:BATCH]
    return list(session.db.execute(_BY_NUMBER, {"numbers": wanted}).scalars()) if wanted else []


def callers(session: Session, phones: Iterable[str]) -> set[int]:
    """Return the cases whose caller has one of these phones; confidential ones are not told."""
    backwards = sorted(phone[::-1] for phone in phones)
    if not backwards:
        return set()
    asked = {"kind": "phone", "keys": backwards, "most": OF_CALLER}
    return set(session.db.execute(_BY_KEY, asked).scalars())


def near(session: Session, one: Matter) -> set[int]:
    """Return the cases at the same place, and those of the same month in the same estate or lane."""
    db, where = session.db, one.where
    if not where.key:
        return set()
    span = {"since": one.received_at - FAR * DAY, "until": one.received_at + FAR * DAY}
    found = set(db.execute(_AT, {"key": where.key, "most": OF_PLACE, **span}).scalars())
    if where.estate:
        span = {"since": one.received_at - NEAR * DAY, "until": one.received_at + NEAR * DAY}
        # keys of a known estate begin with its code and a stroke, which 0 follows; others with the name itself
        low, high = ("/", "0") if where.coded else ("", "\uffff")
        whole = {
            "key": where.estate,
            "low": where.estate + low,
            "high": where.estate + high,
            "most": OF_ESTATE,
        }
        found.update(db.execute(_ABOUT, {**whole, **span}).scalars())
    return found


def led(session: Session, one: Matter, words: str) -> dict[int, int]:
    """Return the cases that the names and the rarest words of the text lead to, with points for a first sorting."""
    db = session.db
    points: Counter[int] = Counter()
    for name in sorted(one.names):
        parts = sorted(pair for pair in tokens(name) if len(pair) > 1)
        points.update(dict.fromkeys(likeness.bearers(db, parts, OF_NAME), 30))
    pairs = sorted(one.tokens - one.at_place)
    if len(pairs) > ASKED:
        # the beginning says what it is about
        pairs = sorted(pairs, key=words.lower().find)[:ASKED]
    rare = {word: count for word, count in likeness.counts(db, pairs, OF_WORD).items() if 0 < count < OF_WORD}
    weights: dict[int, float] = {}
    for word in sorted(rare, key=lambda word: (rare[word], word))[:LEADING]:
        weight = math.log(OF_WORD / rare[word])
        for subject in likeness.bearers(db, [word], OF_WORD):
            weights[subject] = weights.get(subject, 0.0) + weight
    for subject in sorted(weights, key=lambda subject: (-weights[subject], -subject))[:OF_WORDS]:
        points[subject] += min(60, round(4 * weights[subject]))
    return points


def settled(session: Session, subject: int) -> tuple[set[int], set[int]]:
    """Return the cases that were called distinct from one, and those linked with it, on either side."""
    db = session.db
    mine = [one for one in keys(session, subject) if one.kind in LINKS]
    ids = steps.subject_ids(db, [one.key for one in mine])
    found: dict[str, set[int]] = {kind: set() for kind in LINKS}
    for one in mine:
        if one.key in ids:
            found[one.kind].add(ids[one.key])
    for one in db.execute(_NAMING, {"kinds": LINKS, "key": steps.subject_name(db, subject)}):
        found[one.kind].add(one.subject)
    return found["distinct"], found["link"]


_COLUMNS = (
    CASES.c.subject,
    CASES.c.number,
    CASES.c.stage,
    CASES.c.type,
    CASES.c.place,
    CASES.c.place_key,
    CASES.c.text,
    CASES.c.received_at,
    CASES.c.parent,
    CASE_WORDS.c.words,
)
_JOINED = CASES.outerjoin(CASE_WORDS, CASE_WORDS.c.subject == CASES.c.subject)
_ONE = select(*_COLUMNS).select_from(_JOINED).where(CASES.c.subject == bindparam("subject"))
_SOME = (
    select(*_COLUMNS).select_from(_JOINED).where(CASES.c.subject.in_(bindparam("subjects", expanding=True)))
)
_KEYS = select(CASE_KEYS.c.kind, CASE_KEYS.c.key).where(CASE_KEYS.c.subject == bindparam("subject"))
_NAMING = select(CASE_KEYS.c.kind, CASE_KEYS.c.subject).where(
    CASE_KEYS.c.kind.in_(bindparam("kinds", expanding=True)), CASE_KEYS.c.key == bindparam("key")
)
_BY_KEY = (
    select(CASE_KEYS.c.subject)
    .where(CASE_KEYS.c.kind == bindparam("kind"), CASE_KEYS.c.key.in_(bindparam("keys", expanding=True)))
    .order_by(CASE_KEYS.c.subject.desc())
    .limit(bindparam("most"))
)
_BY_NUMBER = select(CASES.c.subject).where(CASES.c.number.in_(bindparam("numbers", expanding=True)))
_SPAN = CASES.c.received_at.between(bindparam("since"), bindparam("until"))
_NEWEST = CASES.c.received_at.desc(), CASES.c.subject.desc()
_AT = (
    select(CASES.c.subject)
    .where(CASES.c.place_key == bindparam("key"), _SPAN)
    .order_by(*_NEWEST)
    .limit(bindparam("most"))
)
# All of an estate by its keys; the sum keeps the planner from walking through all that came in those days instead.
_WHEN = CASES.c.received_at + 0
_ABOUT = (
    select(CASES.c.subject)
    .where(
        CASES.c.place_key >= bindparam("key"),
        CASES.c.place_key < bindparam("high"),
        or_(CASES.c.place_key == bindparam("key"), CASES.c.place_key >= bindparam("low")),
        _WHEN.between(bindparam("since"), bindparam("until")),
    )
    .order_by(_WHEN.desc(), CASES.c.subject.desc())
    .limit(bindparam("most"))
)
