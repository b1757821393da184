"""Whether the log is what was signed: chains without gaps, ids, signatures, commitments, parents."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import Connection, bindparam, func, select

from db.tables import DEVICES, PERSONAL, STEPS, STREAMS, SUBJECTS
from zq_grid.rules import canonical

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

ZERO = bytes(32)


class Finding(NamedTuple):
    """One thing that is not as it should be. `subject` is a stream, a case or an entry; `facts` fill the sentence."""

    code: str
    subject: str
    facts: Mapping[str, object] = {}


def chains(db: Connection) -> Iterator[Finding]:
    """Yield what is wrong with the chains: every stream counts from 1, and each step names the one before."""
    streams = {row.id: row for row in db.execute(select(STREAMS))}
    last: dict[int, Any] = {}
    for row in db.execute(_LINKS).yield_per(10_000):
        before = last.get(row.stream)
        named = streams.get(row.stream)
        name = _name(named) if named is not None else str(row.stream)
        wanted = before.seq + 1 if before else 1
        if row.seq != wanted:
            yield Finding("chain_gap", name, {"seq": row.seq, "expected": wanted})
        elif row.prev != (before.id if before else ZERO):
            yield Finding("chain_broken", name, {"seq": row.seq})
        if before and row.lamport <= before.lamport:
            yield Finding("lamport_wrong", name, {"seq": row.seq})
        last[row.stream] = row
    for number, stream in streams.items():
        end = last.get(number)
        if (stream.seq, stream.head) != ((end.seq, end.id) if end else (0, ZERO)):
            yield Finding("chain_end", _name(stream), {"seq": end.seq if end else 0, "expected": stream.seq})
    count, first, newest = db.execute(_POSITIONS).one()
    if count and (first, newest) != (1, count):
        yield Finding("position_gap", "", {"steps": count, "last": newest})


_LINKS = select(STEPS.c.stream, STEPS.c.seq, STEPS.c.id, STEPS.c.prev, STEPS.c.lamport).order_by(
    STEPS.c.stream, STEPS.c.seq
)
_POSITIONS = select(func.count(), func.min(STEPS.c.position), func.max(STEPS.c.position)).select_from(STEPS)


def _name(stream: Any) -> str:
    return f"{stream.device}-{stream.epoch}-{stream.scope}"


class Prover:
    """Proves the steps of some subjects at a time; the devices' public keys are read once."""

    def __init__(self, db: Connection) -> None:
        self._db = db
        self._keys: dict[str, Ed25519PublicKey] = {}

    def devices(self) -> Iterator[Finding]:
        """Read the devices; yield those whose name is not that of their key."""
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

        for row in self._db.execute(select(DEVICES)):
            if hashlib.sha256(row.public_key).hexdigest()[:8] != row.device:
                yield Finding("device_key", row.device)
            elif len(row.public_key) == 32:
                self._keys[row.device] = Ed25519PublicKey.from_public_bytes(row.public_key)

    def subjects(self, numbers: Sequence[int]) -> Iterator[Finding]:
        """Yield what is wrong with the steps of these subjects (of at most a few hundred)."""
        rows = self._db.execute(_STEPS, {"subjects": list(numbers)}).all()
        bodies: dict[int, Mapping[str, Any]] = {}
        lamports = {(row.subject, row.id): row.lamport for row in rows}
        for row in rows:
            yield from self._step(row, bodies)
            for at in range(0, len(row.parents), 32):
                parent = lamports.get((row.subject, row.parents[at : at + 32]))
                if parent is None:
                    yield _about(row, "parent_missing")
                elif parent >= row.lamport:
                    yield _about(row, "lamport_wrong")
        names = {row.position: row for row in rows}
        held: set[tuple[int, str]] = set()
        for value in self._db.execute(_VALUES, {"subjects": list(numbers)}):
            held.add((value.position, value.field))
            if not _committed(value, bodies.get(value.position, {})):
                yield _about(names[value.position], "commitment_wrong", field=value.field)

        yield from _vanished(rows, bodies, held)

    def _step(self, row: Any, bodies: dict[int, Mapping[str, Any]]) -> Iterator[Finding]:
        try:
            body = json.loads(row.body)
            canonical.check(body)
            if not isinstance(body, dict) or canonical.canonical(body).decode() != row.body:
                raise ValueError("another form")
        except ValueError:
            yield _about(row, "body_form")
            return
        bodies[row.position] = body
        identity = canonical.step_id(_fields(row, body))
        if identity != row.id.hex():
            yield _about(row, "id_wrong")
        key = self._keys.get(row.device)
        if key is None:
            yield _about(row, "device_unknown", device=row.device)
        elif not _signed(key, row):
            yield _about(row, "signature_wrong")


_STEPS = (
    select(STEPS, STREAMS.c.device, STREAMS.c.epoch, STREAMS.c.scope, SUBJECTS.c.name)
    .join(STREAMS, STREAMS.c.id == STEPS.c.stream)
    .join(SUBJECTS, SUBJECTS.c.id == STEPS.c.subject)
    .where(STEPS.c.subject.in_(bindparam("subjects", expanding=True)))
    .order_by(STEPS.c.position)
)
_VALUES = (
    select(PERSONAL)
    .join(STEPS, STEPS.c.position == PERSONAL.c.position)
    .where(STEPS.c.subject.in_(bindparam("subjects", expanding=True)))
)


def _vanished(
    rows: Sequence[Any], bodies: Mapping[int, Mapping[str, Any]], held: set[tuple[int, str]]
) -> Iterator[Finding]:
    """Yield the personal values that are gone although no step erased them."""
    erased: set[tuple[int, str]] = set()
    for row in rows:
        fields = bodies.get(row.position, {}).get("fields")
        if row.kind == "erase" and isinstance(fields, list):
            erased.update((row.subject, str(field)) for field in fields)
    for row in rows:
        for field, value in bodies.get(row.position, {}).items():
            gone = canonical.is_commitment(value) and (row.position, field) not in held
            if gone and (row.subject, field) not in erased:
                yield _about(row, "value_missing", field=field)


def _about(row: Any, code: str, **facts: object) -> Finding:
    return Finding(code, row.name, {"step": row.kind, "id": row.id.hex()[:16], **facts})


def _fields(row: Any, body: Mapping[str, Any]) -> dict[str, Any]:
    parents = row.parents.hex()
    return {
        "device": row.device,
        "epoch": row.epoch,
        "scope": row.scope,
        "seq": row.seq,
        "prev": row.prev.hex(),
        "kind": row.kind,
        "version": row.version,
        "subject": row.name,
        "group": row.group or "",
        "parents": [parents[at : at + 64] for at in range(0, len(parents), 64)],
        "lamport": row.lamport,
        "did_at": row.did_at,
        "recorded_at": row.recorded_at,
        "actor": row.actor,
        "on_behalf_of": row.on_behalf_of or "",
        "body": body,
    }


def _signed(key: "Ed25519PublicKey", row: Any) -> bool:
    from cryptography.exceptions import InvalidSignature

    try:
        key.verify(row.signature, canonical.signed_bytes(row.id.hex()))
    except InvalidSignature:
        return False
    return True


def _committed(row: Any, body: Mapping[str, Any]) -> bool:
    try:
        return bool(body.get(row.field) == canonical.commitment(row.salt, row.field, json.loads(row.value)))
    except ValueError:
        return False
