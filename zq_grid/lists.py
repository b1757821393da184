"""Lists of cases: filters, order, one page, and how many there are in all."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, select

from db.tables import CASES
from db.tables.summary import LISTED
from zq_grid import absences
from zq_grid.errors import Refused
from zq_grid.list_marks import STAGES_OF
from zq_grid.list_plans import PART, Asked
from zq_grid.rules.lifecycle import STAGES
from zq_grid.session import Session

LIGHTS = ("green", "yellow", "orange", "red", "none")
SORTS = ("newest", "oldest", "due", "number")
EQUAL = LISTED
FILTERS = frozenset(
    {
        *EQUAL,
        *("stage", "light", "search", "incomplete", "clashes", "no_owner", "number", "since", "until"),
        *("with_deputies", "due_since", "due_until", "to_visit", "to_review", "owes", "asks"),
    }
)
MOST = 1000


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A case as lists show it. Times are seconds UTC."""

    subject: int
    number: str
    type: str
    stage: str
    round: int
    place: str
    text: str
    unit: str
    neighbourhood: str
    received_at: int
    due: int | None
    due_kind: str
    light: str
    clashes: int
    incomplete: int


@dataclass(frozen=True, slots=True)
class Page:
    """A part of a list and the exact number of cases in all of it."""

    total: int
    rows: tuple[CaseRow, ...]


def page(
    session: Session,
    *,
    sort: str = "newest",
    offset: int = 0,
    limit: int = 50,
    count: bool = True,
    **filters: Any,
) -> Page:
    """Return a page of the cases that pass all filters.

    Args:
        filters: stage (or open, with_centre, with_unit), light, search, incomplete, clashes, no_owner (open and of no
            neighbourhood), number, since and until (of receipt, seconds UTC, half-open), the columns of `EQUAL`, and
            with_deputies (beside worker: the cases of those whom this worker stands in for now, too), due_since and
            due_until (of the nearest limit), to_visit (closed, and a return visit is still owed), to_review (answered
            dissatisfied within 30 days and not handled again), owes (accept, sign, contact or close: a promise still
            to keep), asks (extension, exclusion, return or any: a ruling is awaited).
        limit: at most 1000.
        count: without it `total` is 0, and costs nothing.

    Raises:
        Refused: "filter_unknown" for a word that no such filter has.
    """
    asked = _read(session, sort, filters)
    if asked.nothing:
        return Page(0, ())
    total = asked.count() if count else 0
    subjects = _subjects(session, asked, sort, max(0, offset), min(max(0, limit), MOST))
    return Page(total, tuple(_rows(session, subjects)))


def window(
    session: Session, first: int, count: int, *, sort: str = "newest", **filters: Any
) -> tuple[CaseRow, ...]:
    """Return the cases that stand at `first` and behind it in a list, for a view that shows a part of it."""
    return page(session, sort=sort, offset=first, limit=count, count=False, **filters).rows


def count(session: Session, **filters: Any) -> int:
    """Return exactly how many cases pass all filters (those of `page`).

    Raises:
        Refused: "filter_unknown".
    """
    return _read(session, "newest", filters).count()


def walk(
    session: Session, *, sort: str = "newest", after: CaseRow | None = None, size: int = MOST, **filters: Any
) -> Iterator[tuple[CaseRow, ...]]:
    """Yield all cases that pass all filters, in order, a part at a time; each part costs what it holds.

    Args:
        sort: one of SORTS.
        after: the last case that was had already; the walk goes on behind it.
        size: cases in a part, at most 1000.
        filters: as for `page`.

    Raises:
        Refused: "filter_unknown".
    """
    asked = _read(session, sort, filters)
    held: list[int] = []
    for keys in _keys(session, asked, sort, after, size) if not asked.nothing else ():
        held += keys
        while len(held) >= size:
            yield tuple(_rows(session, held[:size]))
            held = held[size:]
    if held:
        yield tuple(_rows(session, held))


def _read(session: Session, sort: str, filters: dict[str, Any]) -> Asked:
    _check(sort, filters)
    filters = dict(filters)
    worker = filters.get("worker")
    if filters.pop("with_deputies", False) and worker:
        away = absences.stood_in_for(session.catalogue, worker, session.now)
        filters["worker"] = (worker, *away) if away else worker
    return Asked(session, filters)


def _subjects(session: Session, asked: Asked, sort: str, offset: int, limit: int) -> list[int]:
    """Return the cases of one page, in order."""
    if sort in {"newest", "oldest"} and offset + limit <= PART and (most := asked.looks):
        found: list[int] = []
        for part in asked.looked_through(sort, most=most):
            if part is None:
                break
            found += [row.subject for row in part]
            if len(found) >= offset + limit:
                return found[offset : offset + limit]
        else:
            return found[offset : offset + limit]
    subjects: list[int] = []
    legs = asked.legs(sort)
    for leg in legs:
        query = leg.query().offset(offset).limit(limit - len(subjects))
        subjects += [row.subject for row in session.db.execute(query)]
        if len(subjects) == limit or leg is legs[-1]:
            break
        offset = 0 if subjects else max(0, offset - int(session.db.execute(leg.count()).scalar_one()))
    return subjects


def _keys(session: Session, asked: Asked, sort: str, after: CaseRow | None, size: int) -> Iterator[list[int]]:
    """Yield the cases behind `after`, in order, in parts of any size."""
    if (asked.dense or asked.combined) and sort in {"newest", "oldest"}:
        behind = None if after is None else (after.received_at, after.subject)
        for part in asked.looked_through(sort, after=behind):
            yield [row.subject for row in part or ()]
        return
    legs = asked.legs(sort)
    if len(legs) > 1 and after is not None and after.due is None:
        legs = legs[1:]
    for leg in legs:
        last = None if after is None else tuple(getattr(after, key) for key in leg.keys)
        after = None
        while True:
            rows = session.db.execute(leg.query(last).limit(size)).all()
            yield [row.subject for row in rows]
            if len(rows) < size:
                break
            last = tuple(rows[-1])


def _rows(session: Session, subjects: Sequence[int]) -> Iterator[CaseRow]:
    """Yield the cases of these subjects, in their order."""
    if subjects:
        rows = session.db.execute(_FETCH, {"subjects": list(subjects)})
        found = {row.subject: _row(row, session.now) for row in rows}
        for subject in subjects:
            yield found[subject]


_COLUMNS = tuple(
    CASES.c[name]
    for name in [
        "subject",
        "number",
        "type",
        "stage",
        "round",
        "place",
        "text",
        "unit",
        "neighbourhood",
        "received_at",
        "due",
        "due_kind",
        "yellow_at",
        "orange_at",
        "red_at",
        "clashes",
        "incomplete",
    ]
)


_FETCH = select(*_COLUMNS).where(CASES.c.subject.in_(bindparam("subjects", expanding=True)))


def _check(sort: str, filters: dict[str, Any]) -> None:
    if unknown := filters.keys() - FILTERS:
        raise TypeError(f"no filter {', '.join(sorted(unknown))}")
    if sort not in SORTS:
        raise Refused("filter_unknown", f"no order {sort}", filter="sort", said=sort, known="、".join(SORTS))
    for name, known in (("stage", (*STAGES, *STAGES_OF)), ("light", LIGHTS)):
        said = filters.get(name)
        if said and said not in known:
            raise Refused(
                "filter_unknown", f"no {name} {said}", filter=name, said=said, known="、".join(known)
            )


def light_of(row: Any, now: int) -> str:
    """Return the light of a case row: that of its most pressing live clock."""
    if row.due is None:
        return "none"
    if row.red_at is not None and row.red_at <= now:
        return "red"
    if row.orange_at is not None and row.orange_at <= now:
        return "orange"
    return "yellow" if row.yellow_at is not None and row.yellow_at <= now else "green"


def _row(row: Any, now: int) -> CaseRow:
    return CaseRow(
        row.subject,
        row.number,
        row.type,
        row.stage,
        row.round,
        row.place or "",
        row.text or "",
        row.unit or "",
        row.neighbourhood or "",
        row.received_at,
        row.due,
        row.due_kind or "",
        light_of(row, now),
        row.clashes,
        row.incomplete,
    )
