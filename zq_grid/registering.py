"""A new case written by hand, and what was waiting for it: reminders that quoted its number before it was here."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from zq_grid import bodies, cases
from zq_grid.cases import Draft, Logged
from zq_grid.errors import Refused
from zq_grid.projection import Renewal
from zq_grid.rules.vocabulary import STEPS
from zq_grid.session import Session
from zq_grid.summary_rows import shown_number


class Registered(NamedTuple):
    """The new case, and the numbers of the reminders that were linked to it in the same act."""

    logged: Logged
    linked: tuple[str, ...] = ()


def register(
    session: Session,
    facts: Mapping[str, Any],
    *,
    did_at: int | None = None,
    day_only: bool = False,
    on_behalf_of: str = "",
    chosen: bool = False,
) -> Registered:
    """Log a new case as `cases.log`, and link to it every case that named its number before it was here.

    An import does the same (`zq_grid.importing.reminders`). Log and links are one act and are taken back as one.

    Args:
        chosen: whether the key of the place was offered and chosen, of several that the words may mean.

    Raises:
        Refused: as `cases.log`; "fact_unknown" for what the program gives a case itself.
    """
    refused = bodies.OURS - {"place_key"} if chosen else bodies.OURS
    if ours := [name for name in facts if name in refused and facts[name]]:
        known = "、".join(name for name in STEPS["log"] if name not in bodies.OURS)
        raise Refused("fact_unknown", f"{ours} is ours", step="log", fact=ours[0], known=known)
    given: dict[str, Any] = {"did_at": did_at, "day_only": day_only, "on_behalf_of": on_behalf_of}
    number = bodies.number(bodies.text(facts.get("order_number") or ""))
    if not number:
        return Registered(cases.log(session, facts, **given))
    from zq_grid.importing import reminders  # most cases are waited for by none

    name = cases.subject_for({"order_number": number, "source": facts.get("source") or "hotline"}, "")
    found = list(reminders.waiting(session, {number: name}, session.now))
    if not found:
        return Registered(cases.log(session, facts, **given))
    group = session.log.next_name()
    made = cases.log(session, facts, group=group, **given)
    renewal = Renewal(session)
    for one in found:
        shown = shown_number(one.state)
        for act in one.acts:
            link = Draft(one.subject, one.held[0].subject, shown, one.held, one.state, "link", act.body)
            cases.write(session, renewal, link, did_at=session.now, group=group)
    session.log.flush()
    renewal.write()
    return Registered(made, tuple(shown_number(one.state) for one in found))
