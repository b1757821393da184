"""How a list of cases is walked, so that it costs what it shows: which index leads, and what is asked of it.

At a million cases a row of `cases` is dear (its page must be read and decrypted) and an entry of an index cheap.
So a list is a walk along one index that answers everything by itself; a second filter is a set of subjects made from
its own index; rows are fetched only for what is shown. SQLite is told which index leads; PostgreSQL finds its own way
by the same conditions.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, func, literal, select, text, tuple_

from db import search
from db.tables import CASES, FOREVER
from db.tables.summary import LISTED, LIVE
from zq_grid import bodies, list_marks, pinyin
from zq_grid.rules.lifecycle import OPEN
from zq_grid.session import Session

# Up to so many rows are rather fetched than a set made of another filter.
FEW = 1500
# Many cases have a word: this number, and one in so many. Then a list is walked and their texts are looked at.
DENSE, ONE_IN = 2000, 40
# Two filters that so many cases pass are held against each other row by row along the list.
MANY = 50_000
# So many rows are looked at, and so many at once, before a list is rather made from sets.
LOOKS, PART = 3000, 500
# A single character stands in so many cases that it is looked up in the texts of those that have the other words.
AMONG = 5000
_NEWEST, _DUE, _NUMBER = ("received_at", "subject"), ("due", "subject"), ("number", "subject")
# filters that only live cases pass
_LIVELY = frozenset({"due_since", "due_until", "owes"})
_STAGES_OPEN = CASES.c.stage.in_(sorted(OPEN))
_GROUPS = {name: CASES.c.stage.in_(sorted(stages)) for name, stages in list_marks.STAGES_OF.items()}


@dataclass(frozen=True, slots=True)
class Leg:
    """One walk: the index that leads (of SQLite), what must hold, the columns of the order and its direction."""

    conditions: tuple[ColumnElement[bool], ...]
    index: str
    keys: tuple[str, ...] = _NEWEST
    down: bool = True

    def query(self, after: Sequence[Any] | None = None) -> Select[Any]:
        """Return the query for the keys of all cases of the leg, in order, behind those of `after`."""
        columns = [CASES.c[name] for name in self.keys]
        query = self._of(select(*columns))
        if after is not None:
            here, there = tuple_(*columns), tuple_(*map(literal, after))
            query = query.where(here < there if self.down else here > there)
        return query.order_by(*(column.desc() if self.down else column for column in columns))

    def count(self) -> Select[Any]:
        """Return the query for the number of cases."""
        return self._of(select(func.count()).select_from(CASES))

    def _of(self, query: Select[Any]) -> Select[Any]:
        return query.with_hint(CASES, self.index, "sqlite").where(*self.conditions)


class Asked:
    """The filters of a list, read once; `nothing` if no case can pass them."""

    def __init__(self, session: Session, filters: Mapping[str, Any]) -> None:
        self._session, self._db = session, session.db
        self._dialect = session.db.dialect.name
        self._indexed = self._dialect == "sqlite"
        self._filters = {name: said for name, said in filters.items() if said not in (None, "", False)}
        self.terms = search.terms(self._filters.get("search", ""), pinyin.readings, bodies.number)
        self._counted: dict[str, int] | None = None
        self.nothing = "search" in self._filters and not self.terms

    @cached_property
    def _found(self) -> search.Condition | None:
        """The query for the cases that have the words; where they are few, they are looked for but once."""
        found = self._asked_for
        if found is None or not self._indexed:
            return found
        some = self._db.execute(text(f"{found.sql} LIMIT {FEW + 1}"), found.values).scalars().all()
        if len(some) > FEW:
            return found
        return search.Condition("SELECT value FROM json_each(:found)", {"found": str(sorted(set(some)))})

    @cached_property
    def _asked_for(self) -> search.Condition | None:
        if not self.terms:
            return None
        single = [term for term in self.terms if term.single]
        others = [term for term in self.terms if not term.single]
        if self._indexed and single and others:
            narrowed = search.matching(self._dialect, others)
            if self._at_most(narrowed, AMONG) < AMONG:
                return search.among(self._dialect, narrowed, single)
        return search.matching(self._dialect, self.terms)

    @cached_property
    def _size(self) -> tuple[bool, bool]:
        """Whether few, and whether very many cases have the words, found out without counting all of them."""
        if self._found is None or not self._indexed:
            return False, False
        last = self._db.execute(select(func.max(CASES.c.subject))).scalar() or 0
        enough = max(DENSE, int(last) // ONE_IN)
        n = self._at_most(self._found, enough)
        return n <= FEW and n < enough, n >= enough

    def _at_most(self, found: search.Condition, enough: int) -> int:
        counting = text(f"SELECT count(*) FROM (SELECT 1 FROM ({found.sql}) LIMIT :enough)")
        return int(self._db.execute(counting, {**found.values, "enough": enough}).scalar_one())

    @property
    def few(self) -> bool:
        """Few cases have the words."""
        return self._size[0]

    @property
    def dense(self) -> bool:
        """So many cases have the words that one meets them soon along any list."""
        return self._size[1]

    @cached_property
    def combined(self) -> bool:
        """Two or more columns are asked for, and many cases pass each."""
        equal = {name: said for name, said in self._filters.items() if name in LISTED}
        return (
            self._indexed
            and len(equal) > 1
            and not self._live(self._filters)
            and "number" not in self._filters
            and min(self._sizes(equal).values()) >= MANY
        )

    @property
    def looks(self) -> int:
        """How many rows it is worth to look at along the list before sets are made."""
        if not self._indexed:
            return 0
        # of one character or a spelling it is dear to find out how many cases have it
        dear = any(term.readings or min(map(len, term.runs)) == 1 for term in self.terms)
        return LOOKS if dear or self.dense or self.combined else 0

    # legs -------------------------------------------------------------------------------------

    def legs(self, sort: str) -> list[Leg]:
        """Return the walks that make the list: one, or two where cases with a limit come before those without."""
        if sort == "number":
            return [self._by_number()]
        if sort == "due":
            return [self._with_due(), self.leg(due=False)]
        return [replace(self.leg(), down=sort != "oldest")]

    def leg(self, *, due: bool | None = None, words: bool = True) -> Leg:
        """Return the walk from the newest to the oldest.

        Args:
            due: False leaves out cases with a running limit.
            words: False leaves out what search asks.
        """
        filters = dict(self._filters)
        filters.pop("search", None)
        if due is False:
            if filters.get("light") not in (None, "none"):
                return Leg((false(),), "")
            filters["light"] = "none"
        found = self._set() if words else []
        if not self._indexed:
            return Leg((*self._plain(filters), *found), "")
        if found and self.few and filters.keys() - {"since", "until"}:
            return Leg((*self._plain(filters), *found), "NOT INDEXED")
        if found and not self.dense and not filters.keys() - {"since", "until"}:
            return Leg((*self._plain(filters), *found), _by("moment"))
        leg = self._led(filters)
        return Leg((*leg.conditions, *found), leg.index)

    def _set(self) -> list[ColumnElement[bool]]:
        """Return that the words are there, as one condition."""
        if self._found is None:
            return []
        sql = text(f"cases.subject IN ({self._found.sql})").bindparams(**self._found.values)
        return [sql]  # type: ignore[list-item]

    def _led(self, filters: dict[str, Any]) -> Leg:
        """Return a walk along the index that suits the filters best, so that it needs no rows."""
        stage, light = filters.get("stage"), filters.get("light")
        equal = {name: filters[name] for name in LISTED if name in filters}
        if "number" in filters:
            return Leg(self._plain(filters), _by("number"))
        if (
            light not in (None, "none")
            or filters.get("no_owner")
            or filters.keys() & _LIVELY
            or stage in _GROUPS
            or (stage in OPEN and equal)
        ):
            live: ColumnElement[bool] = text(LIVE)  # type: ignore[assignment]
            return Leg((live, *self._plain(filters)), _by("live"))
        if filters.keys() & list_marks.LEADING:
            return Leg(self._plain(filters), _by("moment"))
        marks = [name for name in ("incomplete", "clashes") if name in filters]
        if not equal and stage is None and len(marks) + (light == "none") == 1:
            return Leg(self._plain(filters), _by(marks[0] if marks else "without_due"))
        leading, few = self._leading(equal)
        if few:
            return Leg(self._plain(filters), _by(leading))
        beside = {name: said for name, said in equal.items() if name != leading}
        covered = {name: said for name, said in filters.items() if name not in {*beside, *marks, "light"}}
        sets = [_among(name, said) for name, said in beside.items()]
        index = leading or ("stage" if stage else "received")
        return Leg((*self._plain(covered), *sets, *_marked(marks, light)), _by(index))

    def _live(self, filters: Mapping[str, Any]) -> bool:
        """Tell whether all cases that pass are among those that something is still to be done about."""
        stage, equal = filters.get("stage"), filters.keys() & LISTED
        lights = filters.get("light") not in (None, "none")
        marked = bool(filters.keys() & {"no_owner", *_LIVELY})
        return lights or marked or stage in _GROUPS or (stage in OPEN and bool(equal))

    def _leading(self, equal: Mapping[str, str]) -> tuple[str, bool]:
        """Return the column that fewest cases pass, and whether they are few."""
        if len(equal) < 2:
            return next(iter(equal), ""), False
        sizes = self._sizes(equal)
        least = min(sizes, key=lambda name: (sizes[name], name))
        return least, sizes[least] <= FEW

    def _sizes(self, equal: Mapping[str, str]) -> dict[str, int]:
        """Return how many cases pass each column, counted up to `MANY`."""
        if self._counted is None:
            self._counted = {}
            for name, said in equal.items():
                some = select(CASES.c.subject).where(_is(CASES.c[name], said)).limit(MANY).subquery()
                self._counted[name] = int(
                    self._db.execute(select(func.count()).select_from(some)).scalar_one()
                )
        return self._counted

    def _with_due(self) -> Leg:
        filters = {name: said for name, said in self._filters.items() if name != "search"}
        shown = (CASES.c.due.is_not(None), *self._plain(filters), *self._set())
        if not filters and not self.few:
            return Leg(shown, _by("due"), _DUE, down=False)
        if self.few:
            return Leg(shown, "NOT INDEXED", _DUE, down=False)
        live: ColumnElement[bool] = text(LIVE)  # type: ignore[assignment]
        return Leg((live, *shown), _by("live"), _DUE, down=False)

    def _by_number(self) -> Leg:
        leg = self.leg()
        if not leg.conditions or not self._indexed or leg.index == _by("number"):
            return Leg(leg.conditions, _by("number"), _NUMBER, down=False)
        # the walk along the numbers asks for nothing but whether a case is one of those
        chosen = leg.query().order_by(None).with_only_columns(CASES.c.subject).subquery()
        return Leg((CASES.c.subject.in_(select(chosen.c.subject)),), _by("number"), _NUMBER, down=False)

    # conditions -------------------------------------------------------------------------------

    def _plain(self, filters: Mapping[str, Any]) -> tuple[ColumnElement[bool], ...]:
        """Return the conditions on the columns of `cases`."""
        found = [_is(CASES.c[name], filters[name]) for name in (*LISTED, "number") if name in filters]
        stage = filters.get("stage")
        if stage:
            found.append(_GROUPS.get(stage, CASES.c.stage == stage))
        if "no_owner" in filters:
            found += [_STAGES_OPEN, CASES.c.neighbourhood.is_(None)]
        found += [_more(name) for name in ("incomplete", "clashes") if name in filters]
        if "since" in filters:
            found.append(CASES.c.received_at >= filters["since"])
        if "until" in filters:
            found.append(CASES.c.received_at < filters["until"])
        if "due_since" in filters:
            found.append(CASES.c.due >= filters["due_since"])
        if "due_until" in filters:
            found.append(CASES.c.due < filters["due_until"])
        found += list_marks.conditions(filters, self._session.now)
        if light := filters.get("light"):
            found.append(lit(light, self._session.now))
        return tuple(found)

    # counting and looking ---------------------------------------------------------------------

    def count(self) -> int:
        """Return how many cases pass."""
        if self.nothing:
            return 0
        if self._found is not None and self._filters.keys() == {"search"}:
            once = self._found
            if any(term.numbers for term in self.terms):
                once = search.matching(self._dialect, self.terms, once=True)
            counting = text(f"SELECT count(*) FROM ({once.sql}) AS found")
            return int(self._db.execute(counting, once.values).scalar_one())
        return int(self._db.execute(self.leg().count()).scalar_one())

    def looked_through(
        self, sort: str, *, after: Sequence[Any] | None = None, most: int | None = None
    ) -> Iterator[list[Any] | None]:
        """Yield the cases that pass, found by looking at row after row of the list; None when `most` is used up.

        Args:
            sort: newest or oldest.
            after: the keys of the last case that was had already.
            most: rows to look at.
        """
        beside: tuple[ColumnElement[bool], ...] = ()
        if self.combined:
            filters = {name: said for name, said in self._filters.items() if name != "search"}
            equal = {name: said for name, said in filters.items() if name in LISTED}
            leading = self._leading(equal)[0]
            alone = {name: filters[name] for name in (leading, "since", "until", "stage") if name in filters}
            leg, beside = Leg(self._plain(alone), _by(leading)), self._plain(filters)
        else:
            leg = self.leg(words=False)
        leg = replace(leg, down=sort != "oldest")
        looked = 0
        while True:
            part = self._db.execute(leg.query(after).limit(PART)).all()
            passed = self._passing([row.subject for row in part], beside)
            yield [row for row in part if row.subject in passed]
            looked += len(part)
            if len(part) < PART:
                return
            after = tuple(part[-1])
            if most is not None and looked >= most:
                yield None
                return

    def _passing(self, subjects: Sequence[int], beside: Sequence[ColumnElement[bool]]) -> set[int]:
        """Return those that pass conditions on their rows and have the words, looked up case by case."""
        if beside and subjects:
            query = select(CASES.c.subject).with_hint(CASES, "NOT INDEXED", "sqlite")
            query = query.where(CASES.c.subject.in_(subjects), *beside)
            subjects = self._db.execute(query).scalars().all()
        if not self.terms:
            return set(subjects)
        stands = search.stands(self._dialect, self.terms)
        looking = text(
            "SELECT w.subject FROM json_each(:subjects) j JOIN case_words w ON w.subject = j.value"
            f" WHERE {stands.sql}"
        )
        return set(self._db.execute(looking, {**stands.values, "subjects": str(list(subjects))}).scalars())


def _by(index: str) -> str:
    return f"INDEXED BY ix_cases_{index}"


def _more(name: str) -> ColumnElement[bool]:
    """Return that a count is not nought, written as the index of such cases has it."""
    found: ColumnElement[bool] = text(f"cases.{name} > 0")  # type: ignore[assignment]
    return found


def _is(column: ColumnElement[Any], said: str | tuple[str, ...]) -> ColumnElement[bool]:
    """Return that a column equals what was said, or one of several."""
    return column.in_(said) if isinstance(said, tuple) else column == said


def _among(name: str, said: str) -> ColumnElement[bool]:
    """Return that a column equals, as a set made from the column's own index."""
    other = CASES.alias()
    return CASES.c.subject.in_(select(other.c.subject).where(_is(other.c[name], said)))


def _marked(marks: Sequence[str], light: str | None) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    for name in marks:
        marked = text(f"cases.subject IN (SELECT m.subject FROM cases m WHERE m.{name} > 0)")
        found.append(marked)  # type: ignore[arg-type]
    if light == "none":
        other = CASES.alias()
        found.append(CASES.c.subject.not_in(select(other.c.subject).where(other.c.due.is_not(None))))
    return found


def lit(light: str, now: int) -> ColumnElement[bool]:
    """Return the condition for a light."""
    yellow, orange, red = (
        func.coalesce(CASES.c[f"{name}_at"], FOREVER) for name in ("yellow", "orange", "red")
    )
    shown = CASES.c.due.is_not(None)
    conditions: dict[str, ColumnElement[bool]] = {
        "none": CASES.c.due.is_(None),
        "red": and_(shown, red <= now),
        "orange": and_(shown, red > now, orange <= now),
        "yellow": and_(shown, red > now, orange > now, yellow <= now),
        "green": and_(shown, red > now, orange > now, yellow > now),
    }
    return conditions[light]
