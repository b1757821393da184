"""The only writer of the log, and how it is read back."""

import hashlib
import json
import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, bindparam, func, insert, select, update

from db import bulk
from db.tables import DEVICES, PERSONAL, STEPS, STREAMS, SUBJECTS
from zq_grid.errors import Refused
from zq_grid.rules import canonical
from zq_grid.rules.step import Step
from zq_grid.rules.vocabulary import VERSIONS

if TYPE_CHECKING:
    from zq_grid.device import Device

TOWN, CATALOGUE = "town", "catalogue"
CHUNK = 500
_GENESIS = "0" * 64


class Writer:
    """Appends steps within one transaction; rows are buffered and written by `flush`."""

    def __init__(self, db: Connection, device: "Device", *, station: str) -> None:
        self._db, self._device, self._station = db, device, station
        self._steps: list[dict[str, Any]] = []
        self._personal: list[dict[str, Any]] = []
        self._new_subjects: list[dict[str, Any]] = []
        self._subjects: dict[str, int] = {}
        self._written: set[int] = set()
        self._streams: dict[str, list[Any]] | None = None
        self._changed: set[str] = set()
        self._position = 0
        self._next_subject = self._first_subject = 0
        self.first_position = 0
        # up to here the summaries know the log (`zq_grid.projection`)
        self.projected = 0

    # numbers ----------------------------------------------------------------------------------

    def _begin(self) -> dict[str, list[Any]]:
        """Read, inside the transaction, where this device's chains stand."""
        if self._streams is not None:
            return self._streams
        device, db = self._device, self._db
        rows = db.execute(_MY_STREAMS, {"device": device.id}).all()
        mine = {row.scope: row.seq for row in rows if row.epoch == device.epoch}
        if device.settle(mine):
            mine = {}
        if not rows:
            self._introduce()
        lamport = max((row.lamport for row in rows), default=0)
        self._lamport = lamport
        self._streams = {
            row.scope: [row.id, row.seq, row.head.hex()] for row in rows if row.epoch == device.epoch
        }
        self._position = db.execute(_LAST_POSITION).scalar() or 0
        self._next_subject = self._first_subject = (db.execute(_LAST_SUBJECT).scalar() or 0) + 1
        self.first_position = self._position + 1
        self.projected = self._position
        return self._streams

    def _introduce(self) -> None:
        known = self._db.execute(select(DEVICES.c.device).where(DEVICES.c.device == self._device.id)).scalar()
        if known is None:
            row = {"device": self._device.id, "public_key": self._device.public_key, "station": self._station}
            self._db.execute(insert(DEVICES), row)

    def _stream(self, scope: str) -> list[Any]:
        streams = self._begin()
        if scope not in streams:
            self.flush()
            number = (self._db.execute(select(func.max(STREAMS.c.id))).scalar() or 0) + 1
            row = {
                "id": number,
                "device": self._device.id,
                "epoch": self._device.epoch,
                "scope": scope,
                "seq": 0,
                "head": bytes(32),
                "lamport": self._lamport,
            }
            self._db.execute(insert(STREAMS), row)
            streams[scope] = [number, 0, _GENESIS]
        return streams[scope]

    def next_name(self, scope: str = TOWN) -> str:
        """Return `<device>-<epoch>-<seq>` of the step written next: the name of its group or unnumbered case."""
        following = self._stream(scope)[1] + 1  # first of all, since it may begin an epoch
        return f"{self._device.id}-{self._device.epoch}-{'' if scope == TOWN else scope + '-'}{following}"

    def subject_id(self, name: str) -> int:
        """Return this store's number for a subject, giving one if it has none."""
        found = self._subjects.get(name)
        if found is None:
            self._begin()
            found = subject_id(self._db, name)
            if found is None:
                found = self._next_subject
                self._next_subject += 1
                self._new_subjects.append({"id": found, "name": name})
            self._subjects[name] = found
        return found

    def is_new(self, number: int) -> bool:
        """Tell whether a subject has no steps yet, neither in the store nor among those added here."""
        return number >= self._first_subject and number not in self._written

    def expect(self, names: Sequence[str]) -> None:
        """Look up many subjects at once, before adding to them one by one."""
        self._begin()
        known = subject_ids(self._db, names)
        for name in names:
            if name not in self._subjects:
                if name not in known:
                    known[name] = self._next_subject
                    self._new_subjects.append({"id": self._next_subject, "name": name})
                    self._next_subject += 1
                self._subjects[name] = known[name]

    # appending --------------------------------------------------------------------------------

    def add(
        self,
        kind: str,
        subject: str,
        body: Mapping[str, Any],
        *,
        personal: Iterable[str] = (),
        parents: Sequence[str] = (),
        did_at: int,
        recorded_at: int,
        actor: str,
        on_behalf_of: str = "",
        group: str = "",
        scope: str = TOWN,
        arrived_at: int | None = None,
        above: int = 0,
    ) -> Step:
        """Append one step and return it with its personal values in place.

        Args:
            body: canonical JSON values only; `personal` names those that are detached from the signed bytes.
            parents: ids of the subject's head steps as the author saw them, `above` the largest lamport of them.

        Raises:
            Refused: "not_canonical" for a value that has no canonical form.
        """
        try:
            canonical.check(body)
        except ValueError as error:
            raise Refused("not_canonical", str(error), place=str(error)) from error
        stream = self._stream(scope)
        self._lamport = max(self._lamport, above) + 1
        self._position += 1
        signed, detached = _detach(body, personal)
        fields: dict[str, Any] = {
            "device": self._device.id,
            "epoch": self._device.epoch,
            "scope": scope,
            "seq": stream[1] + 1,
            "prev": stream[2],
            "kind": kind,
            "version": VERSIONS[kind],
            "subject": subject,
            "group": group,
            "parents": list(parents),
            "lamport": self._lamport,
            "did_at": did_at,
            "recorded_at": recorded_at,
            "actor": actor,
            "on_behalf_of": on_behalf_of,
            "body": signed,
        }
        identity = canonical.step_id(fields)
        arrived = recorded_at if arrived_at is None else arrived_at
        signature = self._device.key.sign(canonical.signed_bytes(identity))
        stream[1], stream[2] = fields["seq"], identity
        self._changed.add(scope)
        number = self.subject_id(subject)
        self._written.add(number)
        self._steps.append(_row(fields, self._position, arrived, stream[0], number, signature, identity))
        self._personal += [{"position": self._position, **row} for row in detached]
        fields.update(body=dict(body), parents=tuple(parents))
        return Step(position=self._position, arrived_at=arrived, id=identity, signature=signature, **fields)

    def flush(self) -> None:
        """Write what was added so far."""
        for table, rows in ((SUBJECTS, self._new_subjects), (STEPS, self._steps), (PERSONAL, self._personal)):
            bulk.insert(self._db, table, rows)
            rows.clear()
        if self._changed and self._streams is not None:
            moved = [
                {"b_id": s[0], "b_seq": s[1], "b_head": bytes.fromhex(s[2]), "b_lamport": self._lamport}
                for scope, s in self._streams.items()
                if scope in self._changed
            ]
            self._db.execute(_ADVANCE, moved)
            self._changed.clear()

    def highest(self) -> dict[str, int] | None:
        """Return scope → highest number after this transaction, or None if nothing was written."""
        if self._streams is None or not self.last_position:
            return None
        return {scope: stream[1] for scope, stream in self._streams.items()}

    @property
    def last_position(self) -> int:
        """The position of the last step added here, 0 if none was."""
        return self._position if self._streams is not None and self._position >= self.first_position else 0


def _row(
    fields: Mapping[str, Any],
    position: int,
    arrived: int,
    stream: int,
    subject: int,
    signature: bytes,
    identity: str,
) -> dict[str, Any]:
    """Return the row of `steps` for the signed columns of a step."""
    return {
        **fields,
        "position": position,
        "arrived_at": arrived,
        "stream": stream,
        "subject": subject,
        "id": bytes.fromhex(identity),
        "prev": bytes.fromhex(fields["prev"]),
        "parents": b"".join(map(bytes.fromhex, fields["parents"])),
        "group": fields["group"] or None,
        "on_behalf_of": fields["on_behalf_of"] or None,
        "body": canonical.canonical(fields["body"]).decode(),
        "signature": signature,
    }


_MY_STREAMS = select(STREAMS).where(STREAMS.c.device == bindparam("device"))
_LAST_POSITION = select(func.max(STEPS.c.position))
_LAST_SUBJECT = select(func.max(SUBJECTS.c.id))
_ADVANCE = (
    update(STREAMS)
    .where(STREAMS.c.id == bindparam("b_id"))
    .values(seq=bindparam("b_seq"), head=bindparam("b_head"), lamport=bindparam("b_lamport"))
)
_SUBJECT = select(SUBJECTS.c.id).where(SUBJECTS.c.name == bindparam("name"))


def _detach(body: Mapping[str, Any], personal: Iterable[str]) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Return the body with commitments in place of personal values, and the values with their salts."""
    signed, detached = dict(body), []
    for field in personal:
        if field in signed:
            salt = secrets.token_bytes(16)
            signed[field] = canonical.commitment(salt, field, signed[field])
            detached.append(
                {"field": field, "salt": salt, "value": canonical.canonical(body[field]).decode()}
            )
    return signed, detached


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


def between(db: Connection, first: int, last: int, *, values: bool = True) -> Iterator[Step]:
    """Yield the steps from position `first` to `last`, in order of arrival in this store's log."""
    while first <= last:
        rows = db.execute(_BETWEEN, {"first": first, "last": min(last, first + CHUNK - 1)}).all()
        for _, step in _rows(db, rows, values=values):
            yield step
        first += CHUNK


def last_position(db: Connection) -> int:
    """Return the position of the newest step, 0 in an empty log."""
    return int(db.execute(_LAST_POSITION).scalar() or 0)


def _rows(db: Connection, rows: Sequence[Any], *, values: bool = True) -> list[tuple[int, Step]]:
    detached: dict[int, dict[str, Any]] = {}
    wanted = [row[0] for row in rows if '{"$"' in row[18]] if values else []
    if wanted:
        for position, field, value in db.execute(_VALUES_OF, {"positions": wanted}):
            detached.setdefault(position, {})[field] = json.loads(value)
    return [(row[20], _step(row, detached.get(row[0]))) for row in rows]


def _step(row: Any, values: Mapping[str, Any] | None) -> Step:
    body = json.loads(row[18])
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
