"""What somebody has typed of a new case and not saved yet: kept at each pause, found again after any end of the program.

A draft lies in the encrypted store, one for each worker, never in the log; saving the case takes it away in the same
transaction.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from zq_grid import kept, registering, together
from zq_grid.errors import Refused
from zq_grid.session import Session

PREFIX = "draft:new_case:"
HABITS = "habit:new_case:"
PHRASES = "phrases:log.text:"
MOST_PHRASES = 9


@dataclass(frozen=True, slots=True)
class Saved:
    """A case that was logged from a draft: its number and key. `unit`: where it would go; `steps`: what was written, in order."""

    number: str
    subject: int
    unit: str | None
    steps: tuple[str, ...]


def read(session: Session) -> dict[str, Any]:
    """Return the draft of whoever works here, empty where there is none."""
    found = kept.get(session, PREFIX + session.actor, {})
    return found if isinstance(found, dict) else {}


def keep(session: Session, values: Mapping[str, Any]) -> None:
    """Keep what was typed, in place of what was kept; nothing typed means no draft."""
    if values:
        kept.put(session, PREFIX + session.actor, dict(values))
    else:
        kept.drop(session, PREFIX + session.actor)


def habits(session: Session) -> dict[str, str]:
    """Return what whoever works here chose last and may choose again: `source`."""
    found = kept.get(session, HABITS + session.actor, {})
    return found if isinstance(found, dict) else {}


def save(
    session: Session, facts: Mapping[str, Any], *, on_behalf_of: str = "", tie: str = "", to: str = ""
) -> Saved:
    """Log the case of a draft, tie it to another where asked, and drop the draft: all or nothing.

    Args:
        facts: those of `log` and of the type.
        tie: "merge" joins it into case `to`; "reminder" or "related" links it there; "" does neither.

    Raises:
        Refused: what `cases.log` and `together.act` refuse; the draft stays then.
    """
    made = registering.register(session, facts, on_behalf_of=on_behalf_of, chosen=True).logged
    steps = [made.step.id]
    if tie == "merge":
        steps.append(together.act(session, made.number, "merge", {"into": to}).step.id)
    elif tie:
        steps.append(together.act(session, made.number, "link", {"to": to, "why": tie}).step.id)
    kept.drop(session, PREFIX + session.actor)
    kept.put(session, HABITS + session.actor, {"source": made.step.body["source"]})
    return Saved(made.number, made.subject, made.unit, tuple(steps))


def unsave(session: Session, saved: Saved, reason: str) -> None:
    """Take back a case that was just logged, with what was written in the same breath.

    Raises:
        Refused: "retract_again" where somebody did so before.
    """
    for step in reversed(saved.steps):
        together.act(session, saved.number, "retract", {"step": step, "reason": reason})


# canned texts ---------------------------------------------------------------------------------


def phrases(session: Session, type_: str) -> tuple[str, ...]:
    """Return the canned texts that people here kept for cases of a type."""
    found = kept.get(session, PHRASES + type_, [])
    return tuple(str(one) for one in found) if isinstance(found, list) else ()


def keep_phrase(session: Session, type_: str, said: str) -> bool:
    """Keep a canned text for a type, or let it go if it is kept already; returns whether it is kept now.

    Raises:
        Refused: "phrase_empty" for blanks, "phrase_many" for a tenth.
    """
    text = said.strip()[:500]
    if not text:
        raise Refused("phrase_empty", "no text")
    held = list(phrases(session, type_))
    if text in held:
        kept.put(session, PHRASES + type_, [one for one in held if one != text])
        return False
    if len(held) >= MOST_PHRASES:
        raise Refused("phrase_many", "nine kept", most=MOST_PHRASES)
    kept.put(session, PHRASES + type_, [*held, text])
    return True
