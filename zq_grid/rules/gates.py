"""What a step must say before it is taken, and what a case must know before it is closed (docs/rules.md R6).

Every answer is a list of the facts that are missing, by name, so that the form can show them.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from zq_grid.rules import renting
from zq_grid.rules.facts import caller
from zq_grid.rules.state import CaseState
from zq_grid.rules.vocabulary import STEPS

CLOSED_ELSEWHERE = 2
TO_COMPLETE = 1
PLAIN_TRUE = {"fact_finding": "true", "claim_finding": "reasonable"}


def of_step(kind: str, body: Mapping[str, Any]) -> list[str]:
    """Return the facts that a step of this kind lacks in itself."""
    missing = [name for name, fact in STEPS[kind].items() if fact.needed and not body.get(name)]
    if kind == "close" and body.get("to_complete") == "yes":
        return []
    if kind == "contact":
        missing += _contact(body)
    elif kind == "visit" and body.get("satisfaction") in {"fairly", "so_so", "dissatisfied"}:
        missing += [] if body.get("words") else ["words"]
    elif kind == "ask_extension" and not body.get("until") and not body.get("days"):
        missing.append("until")
    elif kind == "close":
        missing += _findings(body)
    elif kind == "attach" and "hash" in missing:
        missing = ["file" if name == "hash" else name for name in missing]
    elif kind == "amend" and not set(body) - {"reason", "precision"}:
        missing.append("field")
    return missing


def _contact(body: Mapping[str, Any]) -> list[str]:
    if body.get("reached") in {"no", "not_assessed"}:
        return [] if body.get("reason") else ["reason"]
    return [] if body.get("person") else ["person"]


def _findings(body: Mapping[str, Any]) -> list[str]:
    doubted = any(body.get(field) not in {None, plain} for field, plain in PLAIN_TRUE.items())
    return ["finding_words"] if doubted and not body.get("finding_words") else []


def of_log(body: Mapping[str, Any], own: Mapping[str, Any]) -> list[str]:
    """Return the facts that a new case lacks: those of `log`, and those its type asks for at once."""
    missing = of_step("log", body)
    if not (body.get("place") or body.get("lon")):
        missing.append("place")
    if not (body.get("text") or body.get("title")):
        missing.append("text")
    return missing + [f["key"] for f in _needed(own, "log", body) if not body.get(f["key"])]


def of_closing(
    state: CaseState,
    own: Mapping[str, Any],
    callers: Sequence[str],
    body: Mapping[str, Any],
    *,
    borrowed_contact: bool = False,
) -> list[str]:
    """Return what a case lacks to be closed with `body`, or, with an empty body, what its last closing lacks.

    Args:
        own: the entry of its case type.
        callers: the sources that have a caller.
        borrowed_contact: an approved repeat, whose caller was contacted in the order it was merged into.
    """
    facts = {**{name: state.closing(name) for name in STEPS["close"]}, **body}
    missing: list[str] = []
    current = state.rounds[-1]
    has_caller = caller(state, callers) is None and state.get("kind") != "thanks"
    if has_caller and not borrowed_contact and not current.contacts:
        missing.append("contact")
    if not any(a.attends for a in state.rounds):
        missing.append("attend")
    if not current.handles:
        missing.append("handle")
    wanted = {"verdict", "conclusion"} | (
        {"fact_finding", "claim_finding", "reply", "reply_channel"} if has_caller else set()
    )
    missing += [name for name in STEPS["close"] if name in wanted and not facts.get(name)]
    if has_caller:
        missing += _findings(facts)
    if not facts.get("grid") and not state.get("grid"):
        missing.append("grid")
    missing += [f["key"] for f in _needed(own, "close", body, state) if not _known(f["key"], state, body)]
    rooms = body.get("rooms") or state.get("rooms")
    if renting.wants_rooms(own) and isinstance(rooms, list | tuple):
        missing += renting.missing(rooms)
    taken = {photo.body.get("stage") for photo in state.photos}
    missing += [f"photo_{stage}" for stage in own.get("photos", ()) if stage not in taken]
    return missing


def _known(key: str, state: CaseState, body: Mapping[str, Any]) -> bool:
    return bool(body.get(key) or state.get(key))


def _needed(
    own: Mapping[str, Any], at: str, body: Mapping[str, Any], state: CaseState | None = None
) -> list[Mapping[str, Any]]:
    found = []
    for field in own.get("field", ()):
        show = field.get("show_when", {})
        shown = all((body.get(k) or (state.get(k) if state else None)) == v for k, v in show.items())
        if field.get("needed") == at and shown:
            found.append(field)
    return found


def incomplete(state: CaseState, own: Mapping[str, Any], callers: Sequence[str]) -> int:
    """Return 1 for a closing saved as 待补, 2 for one made on the platform (待补录), 0 when nothing is missing."""
    if state.stage != "closed":
        return 0
    why = TO_COMPLETE if state.closing("to_complete") == "yes" else 0
    why = CLOSED_ELSEWHERE if state.closing("platform") == "yes" else why
    if why and not of_closing(state, own, callers, {}):
        return 0
    return why
