"""Who may do what beyond the day's work: change the catalogue, enter that others are away. Window and command line ask here.

Rights keep colleagues from changing by mistake what all figures rest on; who holds the key file holds the store.
"""

from zq_grid.errors import Refused
from zq_grid.session import Session

ADMINISTRATOR = "administrator"
# What the store learns while people work, and what they say of themselves.
LEARNED = frozenset({"alias", "place", "import", "absence"})
# Who sees to it that somebody does the work of the absent.
STAFFING = frozenset({ADMINISTRATOR, "supervisor", "dispatcher"})


def may_define(session: Session, kind: str) -> bool:
    """Tell whether whoever works here may change entries of a kind; everybody may where nobody is administrator."""
    return kind in LEARNED or _holds(session, frozenset({ADMINISTRATOR}))


def may_staff(session: Session, worker: str) -> bool:
    """Tell whether whoever works here may enter that a worker is away or hand their work over."""
    return worker == session.actor or _holds(session, STAFFING)


def require_define(session: Session, kind: str) -> None:
    """Refuse a change of the catalogue by who may not.

    Raises:
        Refused: "right_catalogue".
    """
    if not may_define(session, kind):
        raise Refused("right_catalogue", "no administrator", **_said(session, frozenset({ADMINISTRATOR})))


def require_staff(session: Session, worker: str) -> None:
    """Refuse to arrange for another's work by who may not.

    Raises:
        Refused: "right_staff".
    """
    if not may_staff(session, worker):
        raise Refused("right_staff", "neither theirs nor a superior", **_said(session, STAFFING))


def _holds(session: Session, roles: frozenset[str]) -> bool:
    current = session.catalogue.current("worker")
    mine = current.get(session.actor, {}).get("roles", ())
    return not roles.isdisjoint(mine) or not _holders(session, roles)


def _holders(session: Session, roles: frozenset[str]) -> list[str]:
    current = session.catalogue.current("worker").items()
    return [code for code, entry in current if not roles.isdisjoint(entry.get("roles", ()))]


def _said(session: Session, roles: frozenset[str]) -> dict[str, str]:
    name = session.catalogue.name
    who = [name("worker", code) for code in _holders(session, roles)[:3]]
    return {"worker": name("worker", session.actor), "who": "、".join(who)}
