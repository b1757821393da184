"""The step as every rule reads it: one immutable row of the log, personal values filled in where held."""

from collections.abc import Mapping
from typing import Any, NamedTuple


class Step(NamedTuple):
    """One thing that was done to one subject. Times are seconds UTC; ids are 64 hex digits.

    `position` and `arrived_at` belong to this store and lie outside the signed bytes.
    """

    position: int
    arrived_at: int
    id: str
    device: str
    epoch: int
    scope: str
    seq: int
    prev: str
    kind: str
    version: int
    subject: str
    group: str
    parents: tuple[str, ...]
    lamport: int
    did_at: int
    recorded_at: int
    actor: str
    on_behalf_of: str
    body: Mapping[str, Any]
    signature: bytes = b""


# Where a step stands among the others of its case.
Place = tuple[int, str, int, str, int]


def order(step: Step) -> Place:
    """The one order in which a subject's steps are folded (R2.1)."""
    return (step.lamport, step.device, step.epoch, step.scope, step.seq)


def signed_fields(step: Step) -> dict[str, Any]:
    """Return the columns that the id covers; `body` must hold commitments, not personal values."""
    return {
        "device": step.device,
        "epoch": step.epoch,
        "scope": step.scope,
        "seq": step.seq,
        "prev": step.prev,
        "kind": step.kind,
        "version": step.version,
        "subject": step.subject,
        "group": step.group,
        "parents": list(step.parents),
        "lamport": step.lamport,
        "did_at": step.did_at,
        "recorded_at": step.recorded_at,
        "actor": step.actor,
        "on_behalf_of": step.on_behalf_of,
        "body": step.body,
    }
