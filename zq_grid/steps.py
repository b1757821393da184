"""How the log is read back (`zq_grid.writer` writes it), and how personal values are removed from beside it."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from sqlalchemy import Connection, bindparam, func, select

from db import quick
from db.tables import PERSONAL, STEPS, STREAMS, SUBJECTS
from zq_grid import quick_json
from zq_grid.rules.step import Step

TOWN, CATALOGUE = "town", "catalogue"
CHUNK = 500


_LAST_POSITION = select(func.max(STEPS.c.position))
_SUBJECT = select(SUBJECTS.c.id).where(SUBJECTS.c.name == bindparam("name"))


def subject_id(db: Connection, name: str) -> int | None:
    """Return this store's number for a subject, or None."""
    found = quick.rows(db, _SUBJECT, {"name": name})
    return int(found[0][0]) if found else None


def subject_ids(db: Connection, names: Sequence[str]) -> dict[str, int]:
    """Return the numbers of those subjects that this store has."""
    found: dict[str, int] = {}
    for start in range(0, len(names), CHUNK):
        part = names[start : start + CHUNK]
        rows = db.execute(select(SUBJECTS.c.name, SUBJECTS.c.id).where(SUBJECTS.c.name.in_(part)))
        found.update((row.name, row.id) for row in rows)
    return found


def subject_name(db: Connection, number: int) -> str:
    """Return the name of a subject by its number in this store."""
    return str(db.execute(select(SUBJECTS.c.name).where(SUBJECTS.c.id == number)).scalar_one())


# reading --------------------------------------------------------------------------------------

_SAID = (STREAMS.c.device, STREAMS.c.epoch, STREAMS.c.scope, SUBJECTS.c.name)
_READ = (
    select(*STEPS.columns, *_SAID)
    .join(STREAMS, STREAMS.c.id == STEPS.c.stream)
    .join(SUBJECTS, SUBJECTS.c.id == STEPS.c.subject)
)
_OF_ONE = _READ.where(STEPS.c.subject == bindparam("subject"))
_OF_MANY = _READ.where(STEPS.c.subject.in_(bindparam("subjects", expanding=True)))
_BETWEEN = _READ.where(STEPS.c.position.between(bindparam("first"), bindparam("last"))).order_by(
    STEPS.c.position
)
# Of many subjects the names and the few streams are read once, not with every step.
_OF_RANGE = (
    select(*STEPS.columns)
    .where(STEPS.c.subject.between(bindparam("first"), bindparam("last")))
    .order_by(STEPS.c.subject, STEPS.c.position)
)
_NAMES = select(SUBJECTS.c.id, SUBJECTS.c.name).where(
    SUBJECTS.c.id.between(bindparam("first"), bindparam("last")), SUBJECTS.c.name.like(bindparam("named"))
)
_STREAMS = select(STREAMS.c.id, STREAMS.c.device, STREAMS.c.epoch, STREAMS.c.scope)
_VALUES_OF = select(PERSONAL.c.position, PERSONAL.c.field, PERSONAL.c.value).where(
    PERSONAL.c.position.in_(bindparam("positions", expanding=True))
)
_VALUES_BETWEEN = select(PERSONAL.c.position, PERSONAL.c.field, PERSONAL.c.value).where(
    PERSONAL.c.position.between(bindparam("first"), bindparam("last"))
)
# Steps with values that lie so close together in the log are read as a range: the others of it cost less than a list.
_CLOSE = 4
_COLUMNS = len(STEPS.columns)
_STREAM_AT, _SUBJECT_AT, _BODY_AT = map([*STEPS.columns.keys()].index, ("stream", "subject", "body"))
# How a commitment to a personal value looks in canonical JSON; and the length of an id in hex digits.
_COMMITS, _ID = '{"$"', 64


def of_subject(db: Connection, subject: int) -> list[Step]:
    """Return the steps of one subject with the personal values held here, in no promised order."""
    return [step for _, step in _rows(db, quick.rows(db, _OF_ONE, {"subject": subject}))]


def of_subjects(db: Connection, subjects: Sequence[int], *, values: bool = True) -> dict[int, list[Step]]:
    """Return the steps of each subject (of at most a few hundred); without `values` bodies keep their commitments."""
    found: dict[int, list[Step]] = {subject: [] for subject in subjects}
    for subject, step in _rows(db, db.execute(_OF_MANY, {"subjects": list(subjects)}).all(), values=values):
        found[subject].append(step)
    return found


def of_range(db: Connection, first: int, last: int, named: str) -> dict[int, list[Step]]:
    """Return the steps of each subject numbered `first` to `last` whose name begins with `named` and that has any."""
    asked = {"first": first, "last": last}
    names = {number: str(name) for number, name in quick.rows(db, _NAMES, {**asked, "named": f"{named}%"})}
    rows = [row for row in quick.rows(db, _OF_RANGE, asked) if row[_SUBJECT_AT] in names]
    streams = {stream: said for stream, *said in quick.rows(db, _STREAMS, {})}
    values = _values(db, rows)
    found: dict[int, list[Step]] = {}
    for row in rows:
        subject = row[_SUBJECT_AT]
        step = _step(row, streams[row[_STREAM_AT]], names[subject], values)
        found.setdefault(subject, []).append(step)
    return found


def between(db: Connection, first: int, last: int, *, values: bool = True) -> Iterator[Step]:
    """Yield the steps from position `first` to `last`, in order of arrival in this store's log."""
    while first <= last:
        rows = db.execute(_BETWEEN, {"first": first, "last": min(last, first + CHUNK - 1)}).all()
        for _, step in _rows(db, rows, values=values):
            yield step
        first += CHUNK


def newest_of_scope(db: Connection, scope: str, *, since: int = 0, limit: int) -> list[Step]:
    """Return the newest steps of a scope that arrived since, the newest first: a walk back along its few streams."""
    found: list[Step] = []
    for stream in db.execute(select(STREAMS.c.id).where(STREAMS.c.scope == scope)).scalars().all():
        query = _READ.where(STEPS.c.stream == stream, STEPS.c.arrived_at >= since)
        rows = db.execute(query.order_by(STEPS.c.seq.desc()).limit(limit)).all()
        found += [step for _, step in _rows(db, rows)]
    return sorted(found, key=lambda step: -step.position)[:limit]


def last_position(db: Connection) -> int:
    """Return the position of the newest step, 0 in an empty log."""
    return int(quick.rows(db, _LAST_POSITION, {})[0][0] or 0)


def _rows(db: Connection, rows: Sequence[Any], *, values: bool = True) -> list[tuple[int, Step]]:
    detached = _values(db, rows) if values else {}
    found = []
    for row in rows:
        *stream, name = row[_COLUMNS:]
        found.append((row[_SUBJECT_AT], _step(row[:_COLUMNS], stream, name, detached)))
    return found


def _values(db: Connection, rows: Sequence[Any]) -> dict[int, dict[str, Any]]:
    """Return the personal values held of those steps whose body commits to any, by position."""
    wanted = [row[0] for row in rows if _COMMITS in row[_BODY_AT]]
    if not wanted:
        return {}
    first, last = min(wanted), max(wanted)
    if last - first < _CLOSE * len(wanted):
        held = quick.rows(db, _VALUES_BETWEEN, {"first": first, "last": last})
    else:
        held = db.execute(_VALUES_OF, {"positions": wanted}).all()
    found: dict[int, dict[str, Any]] = {}
    for position, field, value in held:
        found.setdefault(position, {})[field] = quick_json.read(value)
    return found


def _step(row: Any, stream: Sequence[Any], name: str, detached: Mapping[int, Mapping[str, Any]]) -> Step:
    """Return a step from its row in `steps` and what that row names by number."""
    (position, arrived_at, _, seq, identity, prev, kind, version, _, group, parents, lamport,
     did_at, recorded_at, actor, on_behalf_of, said, signature) = row  # fmt: skip
    device, epoch, scope = stream
    body = quick_json.read(said)
    if position in detached:
        body.update(detached[position])
    return _made(
        (
            position,
            arrived_at,
            identity.hex(),
            device,
            epoch,
            scope,
            seq,
            prev.hex(),
            kind,
            version,
            name,
            group or "",
            _ids(parents),
            lamport,
            did_at,
            recorded_at,
            actor,
            on_behalf_of or "",
            body,
            signature,
        )
    )


# The fields in their order: at a million cases their names cost more than the rest of a step.
_made = partial(tuple.__new__, Step)


def _ids(joined: bytes) -> tuple[str, ...]:
    said = joined.hex()
    return (said,) if len(said) == _ID else tuple(said[at : at + _ID] for at in range(0, len(said), _ID))


def forget(db: Connection, positions: Sequence[int], fields: Iterable[str]) -> int:
    """Remove personal values for good; the commitments stay in the chain. Returns how many were removed."""
    gone = 0
    for start in range(0, len(positions), CHUNK):
        part = list(positions[start : start + CHUNK])
        gone += db.execute(
            PERSONAL.delete().where(PERSONAL.c.position.in_(part), PERSONAL.c.field.in_(list(fields)))
        ).rowcount
    return gone


def digest(ids: Iterable[str]) -> str:
    """Return a short check code of a set of steps, the same whatever their order."""
    total = 0
    for identity in ids:
        total ^= int(identity, 16)
    return hashlib.sha256(total.to_bytes(32, "big")).hexdigest()[:8].upper()
