"""How the log is read back (`zq_grid.writer` writes it), and how personal values are removed from beside it."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, bindparam, func, select

from db.tables import PERSONAL, STEPS, STREAMS, SUBJECTS
from zq_grid.rules.step import Step

if TYPE_CHECKING:
    pass

TOWN, CATALOGUE = "town", "catalogue"
CHUNK = 500


_LAST_POSITION = select(func.max(STEPS.c.position))
_SUBJECT = select(SUBJECTS.c.id).where(SUBJECTS.c.name == bindparam("name"))


def subject_id(db: Connection, name: str) -> int | None:
    """Return this store's number for a subject, or None."""
    found: int | None = db.execute(_SUBJECT, {"name": name}).scalar()
    return found


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

_READ = (
    select(
        STEPS.c.position,
        STEPS.c.arrived_at,
        STEPS.c.id,
        STREAMS.c.device,
        STREAMS.c.epoch,
        STREAMS.c.scope,
        STEPS.c.seq,
        STEPS.c.prev,
        STEPS.c.kind,
        STEPS.c.version,
        SUBJECTS.c.name,
        STEPS.c.group,
        STEPS.c.parents,
        STEPS.c.lamport,
        STEPS.c.did_at,
        STEPS.c.recorded_at,
        STEPS.c.actor,
        STEPS.c.on_behalf_of,
        STEPS.c.body,
        STEPS.c.signature,
        STEPS.c.subject,
    )
    .join(STREAMS, STREAMS.c.id == STEPS.c.stream)
    .join(SUBJECTS, SUBJECTS.c.id == STEPS.c.subject)
)
_OF_ONE = _READ.where(STEPS.c.subject == bindparam("subject"))
_OF_MANY = _READ.where(STEPS.c.subject.in_(bindparam("subjects", expanding=True)))
_OF_RANGE = _READ.where(
    STEPS.c.subject.between(bindparam("first"), bindparam("last")), SUBJECTS.c.name.like(bindparam("named"))
).order_by(STEPS.c.subject, STEPS.c.position)
_BETWEEN = _READ.where(STEPS.c.position.between(bindparam("first"), bindparam("last"))).order_by(
    STEPS.c.position
)
_VALUES_OF = select(PERSONAL.c.position, PERSONAL.c.field, PERSONAL.c.value).where(
    PERSONAL.c.position.in_(bindparam("positions", expanding=True))
)


def of_subject(db: Connection, subject: int) -> list[Step]:
    """Return the steps of one subject with the personal values held here, in no promised order."""
    return [step for _, step in _rows(db, db.execute(_OF_ONE, {"subject": subject}).all())]


def of_subjects(db: Connection, subjects: Sequence[int]) -> dict[int, list[Step]]:
    """Return the steps of each subject (of at most a few hundred)."""
    found: dict[int, list[Step]] = {subject: [] for subject in subjects}
    for subject, step in _rows(db, db.execute(_OF_MANY, {"subjects": list(subjects)}).all()):
        found[subject].append(step)
    return found


def of_range(db: Connection, first: int, last: int, named: str) -> dict[int, list[Step]]:
    """Return the steps of each subject numbered `first` to `last` whose name begins with `named` and that has any."""
    found: dict[int, list[Step]] = {}
    asked = {"first": first, "last": last, "named": f"{named}%"}
    for subject, step in _rows(db, db.execute(_OF_RANGE, asked).all()):
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
    return int(db.execute(_LAST_POSITION).scalar() or 0)


def _rows(db: Connection, rows: Sequence[Any], *, values: bool = True) -> list[tuple[int, Step]]:
    detached: dict[int, dict[str, Any]] = {}
    wanted = [row[0] for row in rows if '{"$"' in row[18]] if values else []
    if wanted:
        for position, field, value in db.execute(_VALUES_OF, {"positions": wanted}):
            detached.setdefault(position, {})[field] = _read_json(value)
    return [(row[20], _step(row, detached.get(row[0]))) for row in rows]


def _read_json(said: str) -> Any:
    """Return what canonical JSON says: as `json.loads`, past its looks for blanks at both ends.

    Raises:
        ValueError: it is no JSON, or has something before or behind it.
    """
    value, end = _decode(said)
    if end != len(said):
        raise ValueError("more than one value")
    return value


_decode = json.JSONDecoder().raw_decode


def _step(row: Any, values: Mapping[str, Any] | None) -> Step:
    body = _read_json(row[18])
    if values:
        body.update(values)
    parents = row[12].hex()
    return Step(
        row[0],
        row[1],
        row[2].hex(),
        row[3],
        row[4],
        row[5],
        row[6],
        row[7].hex(),
        row[8],
        row[9],
        row[10],
        row[11] or "",
        tuple(parents[at : at + 64] for at in range(0, len(parents), 64)),
        row[13],
        row[14],
        row[15],
        row[16],
        row[17] or "",
        body,
        row[19],
    )


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
