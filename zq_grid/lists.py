"""Lists of cases: filters, order, one page, and how many there are in all."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, text

from db import search as index
from db.tables import CASES
from zq_grid.errors import Refused
from zq_grid.rules.lifecycle import OPEN, STAGES
from zq_grid.session import Session

LIGHTS = ("green", "yellow", "orange", "red", "none")
SORTS = ("newest", "oldest", "due", "number")
EQUAL = ("type", "unit", "area", "neighbourhood", "grid", "worker", "source", "kind")
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
        filters: stage (or `open`), light, search, incomplete, clashes, and the columns named in EQUAL.
        limit: at most 1000.

    Raises:
        Refused: "filter_unknown" for a word that no such filter has.
    """
    _check(sort, filters)
    conditions = where(session, filters)
    if conditions is None:
        return Page(0, ())
    total = 0
    if count:
        total = int(
            session.db.execute(select(func.count()).select_from(CASES).where(*conditions)).scalar_one()
        )
    if filters.get("search") and sort != "number" and index.is_dense(session.db, filters["search"]):
        conditions = where(session, filters, dense=True) or []
    wanted = (max(0, offset), min(max(0, limit), MOST))
    if sort == "due":
        rows = _by_due(session, conditions, *wanted)
    else:
        rows = _rows(session, _sorted(select(*_COLUMNS).where(*conditions), sort), *wanted)
    return Page(total, tuple(_row(row, session.now) for row in rows))


def _rows(session: Session, query: Select[Any], offset: int, limit: int) -> list[Any]:
    return list(session.db.execute(query.offset(offset).limit(limit)))


def _by_due(session: Session, conditions: list[ColumnElement[bool]], offset: int, limit: int) -> list[Any]:
    """Return cases by their nearest limit, then those without one, newest first: two walks along an index."""
    due = (*conditions, CASES.c.due.is_not(None))
    query = select(*_COLUMNS).where(*due).order_by(CASES.c.due, CASES.c.subject)
    rows = _rows(session, query, offset, limit)
    if len(rows) < limit:
        before = int(session.db.execute(select(func.count()).select_from(CASES).where(*due)).scalar_one())
        rest = _sorted(select(*_COLUMNS).where(*conditions, CASES.c.due.is_(None)), "newest")
        rows += _rows(session, rest, max(0, offset - before), limit - len(rows))
    return rows


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


def _check(sort: str, filters: dict[str, Any]) -> None:
    if sort not in SORTS:
        raise Refused("filter_unknown", f"no order {sort}", filter="sort", said=sort, known="、".join(SORTS))
    for name, known in (("stage", (*STAGES, "open")), ("light", LIGHTS)):
        said = filters.get(name)
        if said and said not in known:
            raise Refused(
                "filter_unknown", f"no {name} {said}", filter=name, said=said, known="、".join(known)
            )


def where(
    session: Session, filters: dict[str, Any], *, dense: bool = False
) -> list[ColumnElement[bool]] | None:
    """Return the conditions of these filters, or None if nothing can pass them (`dense`: see `db.search`)."""
    found: list[ColumnElement[bool]] = [CASES.c[name] == filters[name] for name in EQUAL if filters.get(name)]
    stage = filters.get("stage")
    if stage == "open":
        found.append(CASES.c.stage.in_(sorted(OPEN)))
    elif stage:
        found.append(CASES.c.stage == stage)
    if filters.get("incomplete"):
        found.append(CASES.c.incomplete > 0)
    if filters.get("clashes"):
        found.append(CASES.c.clashes > 0)
    if light := filters.get("light"):
        found.append(_lit(light, session.now))
    if wanted := filters.get("search"):
        condition = index.condition(session.db.dialect.name, wanted, dense=dense)
        if condition is None:
            return None
        found.append(text(condition[0]).bindparams(**condition[1]))  # type: ignore[arg-type]
    return found


def _lit(light: str, now: int) -> ColumnElement[bool]:
    yellow, orange, red = CASES.c.yellow_at, CASES.c.orange_at, CASES.c.red_at
    shown = CASES.c.due.is_not(None)
    conditions: dict[str, ColumnElement[bool]] = {
        "none": CASES.c.due.is_(None),
        "red": and_(shown, red <= now),
        "orange": and_(shown, red > now, orange <= now),
        "yellow": and_(shown, red > now, orange > now, yellow <= now),
        "green": and_(shown, red > now, orange > now, or_(yellow > now, yellow.is_(None))),
    }
    return conditions[light]


def light_of(row: Any, now: int) -> str:
    """Return the light of a case row: that of its most pressing live clock."""
    if row.due is None:
        return "none"
    if row.red_at is not None and row.red_at <= now:
        return "red"
    if row.orange_at is not None and row.orange_at <= now:
        return "orange"
    return "yellow" if row.yellow_at is not None and row.yellow_at <= now else "green"


def _sorted(query: Select[Any], sort: str) -> Select[Any]:
    received, subject = CASES.c.received_at, CASES.c.subject
    if sort == "number":
        return query.order_by(CASES.c.number, subject)
    return (
        query.order_by(received, subject)
        if sort == "oldest"
        else query.order_by(received.desc(), subject.desc())
    )


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
