"""What lists ask of a case beyond its own row: a visit or a contact still owed, a ruling awaited, a bad answer."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, text

from db.tables.summary import DISSATISFIED, TO_VISIT
from zq_grid.errors import Refused
from zq_grid.rules.lifecycle import OPEN

# Words that stand for several stages: all open ones, and those in which the next act is the centre's, or the unit's.
STAGES_OF: dict[str, frozenset[str]] = {
    "open": OPEN,
    "with_centre": frozenset({"received", "accepted", "submitted"}),
    "with_unit": frozenset({"dispatched", "signed", "handling"}),
}
# Promises that somebody must still keep, by the clock that runs for them.
OWED = ("accept", "sign", "contact", "close")
# What a supervisor has to rule on.
ASKED = ("extension", "exclusion", "return")
ANY = "any"
# These lead by themselves: few cases pass, and the index of each names them.
LEADING = frozenset({"to_visit", "to_review", "asks"})
DAYS = 30  # for so long a dissatisfied answer is proposed to be handled again
_DAY = 86_400
_OPEN = ", ".join(f"'{stage}'" for stage in sorted(OPEN))
_NO_LATER = (
    "NOT EXISTS (SELECT 1 FROM rounds later WHERE later.subject = r.subject AND later.round > r.round)"
)


def conditions(filters: Mapping[str, Any], now: int) -> list[ColumnElement[bool]]:
    """Return the conditions of the filters to_visit, to_review, owes and asks.

    Raises:
        Refused: "filter_unknown" for a word that owes or asks doesn't know.
    """
    found: list[Any] = []
    if "to_visit" in filters:
        # the index of such rounds has it word for word
        found.append(
            text(f"cases.subject IN (SELECT r.subject FROM rounds r WHERE {TO_VISIT} AND {_NO_LATER})")
        )
    if "to_review" in filters:
        bad = f"{DISSATISFIED} AND r.visit_at >= :reviewed_since AND r.gone IS NULL"
        query = f"SELECT r.subject FROM rounds r WHERE {bad} AND {_NO_LATER}"
        found.append(text(f"cases.subject IN ({query})").bindparams(reviewed_since=now - DAYS * _DAY))
    if "owes" in filters:
        kind = _known("owes", filters["owes"], OWED)
        query = "SELECT 1 FROM clocks o WHERE o.subject = cases.subject AND o.kind = :owed AND o.live = 1"
        found.append(text(f"EXISTS ({query})").bindparams(owed=kind))
    if "asks" in filters:
        asked = _known("asks", filters["asks"], (*ASKED, ANY))
        query = (
            "SELECT k.subject FROM case_keys k JOIN cases c ON c.subject = k.subject"
            f" WHERE k.kind = 'asks' AND k.key {'> :asked' if asked == ANY else '= :asked'}"
            f" AND (k.key = 'exclusion' OR c.stage IN ({_OPEN}))"
        )
        asked = "" if asked == ANY else asked
        found.append(text(f"cases.subject IN ({query})").bindparams(asked=asked))
    return found


def _known(name: str, said: str, known: tuple[str, ...]) -> str:
    if said not in known:
        raise Refused("filter_unknown", f"no {name} {said}", filter=name, said=said, known="、".join(known))
    return said
