"""The register of what was printed or saved here: which paper, by whom, on which steps, with which figures.

It is kept beside the log (`kept`): a paper is no act on a case, and each machine answers for its own printer.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from zq_grid import kept
from zq_grid.papers import corrected
from zq_grid.papers.figures import Week
from zq_grid.session import Session

PREFIX = "printed:"
WEEKLY = "weekly"
KINDS = (WEEKLY, "case", "dispatch", "third_party")
WAYS = ("print", "save")
MOST = 500  # of bulletins, and of sheets; older lines are forgotten


@dataclass(frozen=True, slots=True)
class Printed:
    """One line. `what` is the week (2026-W47) or the case's number, `cut` the moment that its data go up to.

    `code` is the check code at the foot of a bulletin, "" for sheets of a case; `figures` are its four rates as
    they were printed: key → "189/191", `as_of` the moment for which the same bulletin can be made again,
    `announced` the corrections of earlier weeks that stood in it (`corrected.kept`). Times are seconds UTC.
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
    announced: Sequence[Mapping[str, Any]] = ()


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
    announced: Sequence[Mapping[str, Any]] = (),
) -> Printed:
    """Write down that a paper left this machine, and return the line.

    Raises:
        ValueError: no such kind or way.
    """
    if kind not in KINDS or way not in WAYS:
        raise ValueError(f"no {kind} by {way}")
    made = Printed(
        kind,
        what,
        way,
        session.now,
        session.actor,
        pages,
        cut,
        code,
        profile,
        as_of,
        dict(figures or {}),
        list(announced),
    )
    before = kept.under(session, PREFIX)
    number = max((int(key.rpartition(":")[2]) for key in before), default=0) + 1
    kept.put(session, f"{PREFIX}{number:08}", asdict(made))
    # a busy desk prints hundreds of sheets; what the bulletins told must be known for longer
    same = sorted(key for key, one in before.items() if (one["kind"] == WEEKLY) is (kind == WEEKLY))
    for key in same[: max(0, len(same) + 1 - MOST)]:
        kept.drop(session, key)
    return made


def note_saved(
    session: Session, what: str, week: Week, *, pages: int, profile: str, as_of: int
) -> Printed | None:
    """Write down that a bulletin was saved; None where the very same paper is in the register already.

    What a schedule writes every hour without anything new is one paper.
    """
    same = (what, as_of, week.cut.check_code)
    if any((one.what, one.as_of, one.code) == same for one in weeks(session, profile)):
        return None
    return note(
        session,
        kind=WEEKLY,
        what=what,
        way="save",
        pages=pages,
        cut=week.cut.as_of,
        code=week.cut.check_code,
        profile=profile,
        as_of=as_of,
        figures=figures_of(week),
        announced=announced_of(week),
    )


def figures_of(week: Week) -> dict[str, str]:
    """Return the four rates of a bulletin as its line of the register keeps them."""
    return {one.key: corrected.share(one) for one in week.total.figures}


def announced_of(week: Week) -> list[dict[str, Any]]:
    """Return the corrections of a bulletin as its line of the register keeps them."""
    return [corrected.kept(one) for one in week.corrections]


def listed(session: Session, limit: int = MOST) -> tuple[Printed, ...]:
    """Return what was printed, the newest first."""
    found = kept.under(session, PREFIX)
    return tuple(Printed(**found[key]) for key in sorted(found, reverse=True)[:limit])


def weeks(session: Session, profile: str) -> tuple[Printed, ...]:
    """Return the bulletins that were printed by a profile, of whatever week, in the order of printing."""
    found = reversed(listed(session, 2 * MOST))
    return tuple(one for one in found if (one.kind, one.profile) == (WEEKLY, profile))


def last_week(session: Session, week: str, profile: str) -> Printed | None:
    """Return the last bulletin of a week that was printed or saved by a profile, None where there is none."""
    return next((one for one in reversed(weeks(session, profile)) if one.what == week), None)
