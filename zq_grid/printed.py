"""The register of what was printed or saved here: which paper, by whom, on which steps, with which figures.

It is kept beside the log (`kept`): a paper is no act on a case, and each machine answers for its own printer.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field

from zq_grid import kept
from zq_grid.session import Session

PREFIX = "printed:"
KINDS = ("weekly", "case", "dispatch", "third_party")
WAYS = ("print", "save")
MOST = 500  # older lines are forgotten


@dataclass(frozen=True, slots=True)
class Printed:
    """One line. `what` is the week (2026-W47) or the case's number, `cut` the moment that its data go up to.

    `code` is the check code at the foot of a bulletin, "" for sheets of a case; `figures` are its four rates as
    they were printed: key → "189/191", `as_of` the moment for which the same bulletin can be made again. Times are
    seconds UTC.
    """

    kind: str
    what: str
    way: str
    at: int
    actor: str
    pages: int
    cut: str
    code: str = ""
    profile: str = ""
    as_of: int | None = None
    figures: Mapping[str, str] = field(default_factory=dict)


def note(
    session: Session,
    *,
    kind: str,
    what: str,
    way: str,
    pages: int,
    cut: str,
    code: str = "",
    profile: str = "",
    as_of: int | None = None,
    figures: Mapping[str, str] | None = None,
) -> Printed:
    """Write down that a paper left this machine, and return the line.

    Raises:
        ValueError: no such kind or way.
    """
    if kind not in KINDS or way not in WAYS:
        raise ValueError(f"no {kind} by {way}")
    made = Printed(
        kind, what, way, session.now, session.actor, pages, cut, code, profile, as_of, dict(figures or {})
    )
    before = kept.under(session, PREFIX)
    number = max((int(key.rpartition(":")[2]) for key in before), default=0) + 1
    kept.put(session, f"{PREFIX}{number:08}", asdict(made))
    for key in sorted(before)[: max(0, len(before) + 1 - MOST)]:
        kept.drop(session, key)
    return made


def listed(session: Session, limit: int = MOST) -> tuple[Printed, ...]:
    """Return what was printed, the newest first."""
    found = kept.under(session, PREFIX)
    return tuple(Printed(**found[key]) for key in sorted(found, reverse=True)[:limit])


def last_week(session: Session, week: str, profile: str) -> Printed | None:
    """Return the last bulletin of a week that was printed or saved by a profile, None where there is none."""
    wanted = ("weekly", week, profile)
    return next((one for one in listed(session) if (one.kind, one.what, one.profile) == wanted), None)
