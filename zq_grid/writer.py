"""The only writer of the log: numbers, chains, signatures, and personal values put beside the step."""

import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, bindparam, func, insert, select, update

from db import bulk, quick
from db.tables import DEVICES, PERSONAL, STEPS, STREAMS, SUBJECTS
from zq_grid import steps
from zq_grid.errors import Refused
from zq_grid.rules import canonical
from zq_grid.rules.step import Step
from zq_grid.rules.vocabulary import VERSIONS
from zq_grid.steps import TOWN

if TYPE_CHECKING:
    from zq_grid.device import Device

_GENESIS = "0" * 64
SALT = 16
# Salts fetched from the machine at once: by the first step that needs any, by the next of the same act.
FIRST, SALTED = 8, 512
# So many steps are worth another thread; signing lets go of the interpreter.
MANY, HANDS = 250, 4


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
        self._salts: list[bytes] = []
        self._salted = FIRST
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
        rows = quick.rows(db, _MY_STREAMS, {"device": device.id})
        mine = {scope: seq for _, epoch, scope, seq, _, _ in rows if epoch == device.epoch}
        if device.settle(mine, elsewhere=len(mine) < len(rows)):
            mine = {}
        if not rows:
            self._introduce()
        self._lamport = max((lamport for *_, lamport in rows), default=0)
        self._streams = {
            scope: [number, seq, head.hex()]
            for number, epoch, scope, seq, head, _ in rows
            if epoch == device.epoch
        }
        last_position, last_subject = quick.rows(db, _LAST, {})[0]
        self._position = last_position or 0
        self._next_subject = self._first_subject = (last_subject or 0) + 1
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
            found = steps.subject_id(self._db, name)
            if found is None:
                found = self._next_subject
                self._next_subject += 1
                self._new_subjects.append({"id": found, "name": name})
            self._subjects[name] = found
        return found

    def is_new(self, number: int) -> bool:
        """Tell whether a subject has no steps yet, neither in the store nor among those added here."""
        return number >= self._first_subject and number not in self._written

    def expect(self, names: Sequence[str], known: Mapping[str, int] | None = None) -> None:
        """Look up many subjects at once, before adding to them one by one; `known` are those of them that the store has."""
        self._begin()
        if known is None:
            known = steps.subject_ids(self._db, names)
        for name in names:
            if name not in self._subjects:
                number = known.get(name)
                if number is None:
                    number = self._next_subject
                    self._new_subjects.append({"id": number, "name": name})
                    self._next_subject += 1
                self._subjects[name] = number

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
        """Append one step and return it with its personal values in place; it is signed when it is written.

        Args:
            body: canonical JSON values only; `personal` names those that are detached from the signed bytes.
            parents: ids of the subject's head steps as the author saw them, `above` the largest lamport of them.

        Raises:
            Refused: "not_canonical" for a value that has no canonical form.
        """
        _check(body)
        stream = self._stream(scope)
        self._lamport = max(self._lamport, above) + 1
        self._position += 1
        signed, detached = self._detach(body, personal)
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
        arrived = recorded_at if arrived_at is None else arrived_at
        text = canonical.said(signed)
        identity = canonical.step_id(fields, text)
        stream[1], stream[2] = fields["seq"], identity
        self._changed.add(scope)
        number = self.subject_id(subject)
        self._written.add(number)
        self._steps.append(_row(fields, self._position, arrived, stream[0], number, identity, text))
        self._personal += [{"position": self._position, **row} for row in detached]
        fields.update(body=dict(body), parents=tuple(parents))
        return Step(position=self._position, arrived_at=arrived, id=identity, **fields)

    def _detach(
        self, body: Mapping[str, Any], personal: Iterable[str]
    ) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        """Return the body with commitments in place of personal values, and the values with their salts."""
        signed, detached = dict(body), []
        for field in personal:
            if field in signed:
                said, salt = canonical.said(body[field]), self._salt()
                signed[field] = canonical.commitment_to(salt, field, said)
                detached.append({"field": field, "salt": salt, "value": said})
        return signed, detached

    def _salt(self) -> bytes:
        if not self._salts:
            chance = secrets.token_bytes(SALT * self._salted)
            self._salts = [chance[at : at + SALT] for at in range(0, len(chance), SALT)]
            self._salted = SALTED
        return self._salts.pop()

    def flush(self) -> None:
        """Sign and write what was added so far."""
        self._sign(at_once=True)
        self._taken()()

    def signed(self) -> Callable[[], None]:
        """Sign what was added so far and return what writes it: to be called once, in this transaction, in turn."""
        self._sign(at_once=False)
        return self._taken()

    def _taken(self) -> Callable[[], None]:
        added = ((SUBJECTS, self._new_subjects), (STEPS, self._steps), (PERSONAL, self._personal))
        self._new_subjects, self._steps, self._personal = [], [], []
        moved = [
            {"b_id": s[0], "b_seq": s[1], "b_head": bytes.fromhex(s[2]), "b_lamport": self._lamport}
            for scope, s in (self._streams or {}).items()
            if scope in self._changed
        ]
        self._changed.clear()

        def write() -> None:
            for table, rows in added:
                bulk.insert(self._db, table, rows)
            for stream in moved:
                quick.run(self._db, _ADVANCE, stream)

        return write

    def _sign(self, *, at_once: bool) -> None:
        """Sign the steps added; many on all cores at once, since signing takes more than all the rest of a step."""
        rows, key = self._steps, self._device.key if self._steps else None
        if key is None:
            return
        said = [canonical.signed_bytes(row["id"].hex()) for row in rows]
        if len(said) < MANY or not at_once:
            signatures = [key.sign(one) for one in said]
        else:
            with ThreadPoolExecutor(HANDS) as hands:
                parts = [said[at : at + MANY] for at in range(0, len(said), MANY)]
                signed = hands.map(lambda part: [key.sign(one) for one in part], parts)
                signatures = list(chain.from_iterable(signed))
        for row, signature in zip(rows, signatures, strict=True):
            row["signature"] = signature

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
    identity: str,
    body: str,
) -> dict[str, Any]:
    """Return the row of `steps` for the signed columns of a step, but for its signature."""
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
        "body": body,
    }


_MY_STREAMS = select(
    STREAMS.c.id, STREAMS.c.epoch, STREAMS.c.scope, STREAMS.c.seq, STREAMS.c.head, STREAMS.c.lamport
).where(STREAMS.c.device == bindparam("device"))
_LAST = select(
    select(func.max(STEPS.c.position)).scalar_subquery(), select(func.max(SUBJECTS.c.id)).scalar_subquery()
)
_ADVANCE = (
    update(STREAMS)
    .where(STREAMS.c.id == bindparam("b_id"))
    .values(seq=bindparam("b_seq"), head=bindparam("b_head"), lamport=bindparam("b_lamport"))
)


def _check(body: Mapping[str, Any]) -> None:
    try:
        canonical.check(body)
    except ValueError as error:
        raise Refused("not_canonical", str(error), place=str(error)) from error
