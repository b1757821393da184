"""What may follow what: one table that the door refuses by and the fold flags by.

Source: docs/architecture.md “What may follow what”.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from zq_grid.rules.state import CaseState

OPEN = frozenset(["received", "accepted", "dispatched", "signed", "handling", "submitted"])
ACTIVE = OPEN - {"received"}
STAGES = (*sorted(OPEN), "closed", "refused", "returned", "withdrawn", "void")
EVERY = frozenset(STAGES)
OPEN_OR_CLOSED = OPEN | {"closed"}

# Stages in which a step may be taken; what needs more than the stage stands in `_more`.
WHEN: dict[str, frozenset[str]] = {
    "accept": frozenset({"received"}),
    "refuse": frozenset({"received"}),
    "dispatch": ACTIVE,
    "transfer": ACTIVE - {"accepted"},
    "sign": frozenset({"dispatched"}),
    "attend": ACTIVE | {"closed"},
    "handle": ACTIVE,
    "check": ACTIVE,
    "submit": ACTIVE - {"submitted"},
    "close": ACTIVE,
    "return": OPEN - {"submitted"},
    "rule_return": OPEN,
    "visit": ACTIVE | {"closed"},
    "reopen": frozenset({"closed"}),
    "contact": OPEN_OR_CLOSED,
    "assign": OPEN,
    "ask_extension": OPEN,
    "grant_extension": OPEN,
    "refuse_extension": OPEN,
    "suspend": OPEN,
    "resume": OPEN,
    "escalate": OPEN,
    "supervise": OPEN,
    "link": OPEN_OR_CLOSED,
    "merge": OPEN,
    "split": OPEN,
    "unmerge": OPEN_OR_CLOSED,
    "amend": OPEN_OR_CLOSED,
    "attach": OPEN_OR_CLOSED,
    "exclude": OPEN_OR_CLOSED,
    "approve_exclusion": OPEN_OR_CLOSED,
    "note": EVERY,
    "erase": EVERY,
    "retract": EVERY,
    "withdraw": EVERY - {"withdrawn", "void"},
    "void": EVERY - {"void"},
}
NEEDS_HANDLING = frozenset({"check", "submit", "close"})


def objection(state: CaseState, kind: str, body: Mapping[str, Any], at: int | None = None) -> str | None:
    """Return why a step of `kind`, done `at`, doesn't fit a case in `state` (a refusal code), or None if it does."""
    allowed = WHEN.get(kind)
    if allowed is None:
        return (
            None if kind == "log" and not state.logged else "step_again" if kind == "log" else "step_unknown"
        )
    if not state.logged:
        # what takes a log back, or brings it back, stands outside the life of the case
        return None if kind in {"retract", "erase"} else "step_before_log"
    if state.stage not in allowed:
        return "step_stage"
    return _more(state, kind, body, at)


def _more(state: CaseState, kind: str, body: Mapping[str, Any], at: int | None) -> str | None:
    current = state.rounds[-1]
    if kind in NEEDS_HANDLING:
        return None if current.handles else "step_not_handled"
    if kind == "visit":
        # a visit made before the reopening belongs to the round before, which was closed (R2.3)
        earlier = current.number > 1 and at is not None and at < current.began.did_at
        return None if earlier or current.handles or state.stage == "closed" else "step_not_handled"
    if kind == "return":
        fits = state.pending_return is None and (body.get("to") != "centre" or state.stage == "dispatched")
        return None if fits else "step_return_pending" if state.pending_return else "step_stage"
    if kind == "rule_return":
        return None if state.pending_return else "step_no_return"
    if kind in {"grant_extension", "refuse_extension"}:
        return None if current.extension_pending else "step_no_request"
    if kind in {"suspend", "resume"}:
        return None if (state.suspended is None) == (kind == "suspend") else f"step_{kind}"
    if kind == "unmerge":
        return None if state.joined else "step_not_joined"
    if kind == "approve_exclusion":
        wanted = body.get("indicator")
        fits = any(not e.approved and wanted in {None, e.indicator} for e in state.exclusions)
        return None if fits else "step_no_exclusion"
    return None
