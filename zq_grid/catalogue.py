"""What varies is data: types, limits, units, territory, calendar, people, profiles, as `define` and `retire` steps say.

The store's catalogue counts; the TOML in `resources/` is its seed and its form of exchange. An entry has
versions; which one a round is judged by is R3.5, which calendar a limit follows R3.13.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, and_, bindparam, delete, func, insert, select

from db import quick
from db.tables import ENTRIES, STEPS, SUBJECTS
from zq_grid import steps
from zq_grid.errors import Refused
from zq_grid.rules.known import CalendarChange, office_of
from zq_grid.rules.step import Step, order
from zq_grid.rules.worktime import Calendar, CalendarYear, Office
from zq_grid.session import Session
from zq_grid.steps import CATALOGUE

if TYPE_CHECKING:
    from zq_grid.places import Gazetteer

KINDS = (
    "limits", "office", "type", "unit", "area", "neighbourhood", "grid", "estate", "street", "place", "worker",
    "absence", "calendar", "profile", "station", "import", "alias",
)  # fmt: skip
# Entries of the seed are in force and known since ever (R3.5): 2000-01-01 00:00 +08:00.
SEED_TIME = 946_656_000
# What only writing and naming need is read when first asked for: it is most of the catalogue.
PLACES = ("grid", "estate", "street", "place")
# Without these nothing can be counted: they are defined anew, never retired.
SPARED = frozenset({"limits", "office", "station", "calendar"})


class Version(NamedTuple):
    """One version of one entry. Times are seconds UTC; `known_at` is 0 for the seed."""

    defined_at: int
    known_at: int
    position: int
    edition: int
    retired: bool
    entry: Mapping[str, Any]


class Catalogue:
    """All versions, read by kind when first asked for. Good for as long as no `define` arrives."""

    def __init__(self, db: Connection, last: int, edition: int, newest_known: int) -> None:
        self.last, self.edition, self.newest_known = last, edition, newest_known
        self._read: dict[str, dict[str, list[Version]]] = {}
        self._load(db, [kind for kind in KINDS if kind not in PLACES])
        self._gazetteer: Gazetteer | None = None

    def _load(self, db: Connection, kinds: Sequence[str]) -> None:
        found: dict[str, dict[str, list[Version]]] = {kind: {} for kind in kinds}
        for row in db.execute(_VERSIONS, {"kinds": list(kinds)}):
            known, entry = (row.defined_at, row.known_at), json.loads(row.entry)
            version = Version(*known, row.position, row.edition, bool(row.retired), entry)
            found[row.kind].setdefault(row.code, []).append(version)
        # at once, since a reader in another thread may hold the same catalogue
        self._read = {**self._read, **found}

    def __getstate__(self) -> dict[str, Any]:
        """Give what another process needs: the versions; what was worked out of them it works out itself."""
        return {**self.__dict__, "_gazetteer": None, "_looks": {}}

    def with_places(self, db: Connection) -> "Catalogue":
        """Read the territory too, which only writing and naming need."""
        if "grid" not in self._read:
            self._load(db, PLACES)
            # looks back that were taken before knew nothing of places
            for worked_out in ("_looks", "arrivals"):
                self.__dict__.pop(worked_out, None)
        return self

    # versions ---------------------------------------------------------------------------------

    def versions(self, kind: str, code: str) -> list[Version]:
        """Return the versions of an entry in order of definition."""
        return self._read.get(kind, {}).get(code, [])

    def at(self, kind: str, code: str, moment: int) -> Mapping[str, Any] | None:
        """Return the version of an entry in force for a round begun at `moment`: the last defined by then, else the first."""
        versions = self._read.get(kind, {}).get(code)
        if not versions:
            return None
        if len(versions) == 1:
            return versions[0].entry
        return next((v.entry for v in reversed(versions) if v.defined_at <= moment), versions[0].entry)

    def codes(self, kind: str) -> list[str]:
        """Return the codes of all entries of a kind, retired ones too."""
        return sorted(self._read.get(kind, {}))

    def current(self, kind: str) -> dict[str, Mapping[str, Any]]:
        """Return the newest version of every entry of a kind that is not retired."""
        return {
            code: vs[-1].entry for code, vs in sorted(self._read.get(kind, {}).items()) if not vs[-1].retired
        }

    def get(self, kind: str, code: str) -> Mapping[str, Any] | None:
        """Return the newest version of an entry, retired or not."""
        versions = self.versions(kind, code)
        return versions[-1].entry if versions else None

    def name(self, kind: str, code: str | None, lang: str = "zh") -> str:
        """Return the name people know an entry by, the English one where it has one; its code where there is none."""
        entry = self.get(kind, code) if code else None
        english = entry.get("english") if entry and lang == "en" else None
        return str(english or entry.get("name", code)) if entry else code or ""

    # the face that the rules see (rules/known.py) ---------------------------------------------

    def limits_at(self, moment: int) -> Mapping[str, Any]:
        """Return the general limits in force for a round begun at `moment`."""
        return self.at("limits", "general", moment) or {}

    def type_at(self, code: str, moment: int) -> Mapping[str, Any]:
        """Return the case type in force for a round begun at `moment`; empty for an unknown code."""
        return self.at("type", code, moment) or {}

    def area_of(self, neighbourhood: str, moment: int) -> str | None:
        """Return the area of a neighbourhood as it was at `moment`."""
        entry = self.at("neighbourhood", neighbourhood, moment)
        return str(entry["area"]) if entry and "area" in entry else None

    @cached_property
    def _calendars(self) -> list[CalendarChange]:
        """The whole calendar, with the office hours, after each change of either, in order."""
        found = [("office", v) for v in self.versions("office", "hours")]
        office = office_of(found[0][1].entry) if found else Office()
        found += [("calendar", v) for vs in self._read["calendar"].values() for v in vs if not v.retired]
        years: dict[int, CalendarYear] = {}
        changes: list[CalendarChange] = []
        for kind, version in sorted(found, key=lambda one: (one[1].defined_at, one[1].position)):
            if kind == "office":
                office = office_of(version.entry)
            else:
                year = CalendarYear.from_entry(version.entry)
                years[year.year] = year
            if changes and changes[-1].defined_at == version.defined_at:
                changes.pop()
            changes.append(CalendarChange(version.defined_at, Calendar(years.values(), office)))
        return changes or [CalendarChange(0, Calendar((), office))]

    def calendar_at(self, moment: int) -> Calendar:
        """Return the calendar of the years entered by `moment`."""
        changes = self._calendars
        if len(changes) == 1:
            return changes[0].calendar if changes[0].defined_at <= moment else self._bare
        return next((c.calendar for c in reversed(changes) if c.defined_at <= moment), self._bare)

    @cached_property
    def _bare(self) -> Calendar:
        return Calendar(())

    def calendars_after(self, moment: int) -> Sequence[CalendarChange]:
        """List what the calendar became after `moment`."""
        return [change for change in self._calendars if change.defined_at > moment]

    # looking back -----------------------------------------------------------------------------

    def known(self, moment: int) -> "Catalogue":
        """Return the catalogue as this store knew it at `moment`; what was never known by then keeps its first version.

        A calendar that had not arrived is left out: its absence means something (R3.13).
        """
        if moment >= self.newest_known:
            return self
        return self._earlier(max((k for k in self.arrivals if k <= moment), default=0))

    @cached_property
    def arrivals(self) -> list[int]:
        """When the catalogue changed after its seed, in order."""
        found = {v.known_at for kind in self._read.values() for vs in kind.values() for v in vs}
        return sorted(found - {0})

    def _earlier(self, moment: int) -> "Catalogue":
        memo: dict[int, Catalogue] = self.__dict__.setdefault("_looks", {})
        if moment not in memo:
            past = object.__new__(Catalogue)
            past.last, past.edition, past.newest_known = self.last, self.edition, moment
            past._gazetteer = None
            past._read = {
                kind: {
                    code: [v for v in vs if v.known_at <= moment] or ([] if kind == "calendar" else vs[:1])
                    for code, vs in entries.items()
                }
                for kind, entries in self._read.items()
            }
            memo[moment] = past
        return memo[moment]

    # people and places ------------------------------------------------------------------------

    def gazetteer(self) -> "Gazetteer":
        """Return the places of the town for finding addresses in them (call `with_places` before)."""
        if self._gazetteer is None:
            from zq_grid.places import Gazetteer  # a list of cases needs no addresses read

            kinds = (self.current(kind).values() for kind in ("area", "neighbourhood", *PLACES))
            self._gazetteer = Gazetteer.build(*kinds)
        return self._gazetteer

    def worker(self, named: str) -> str:
        """Return the code of an active worker by code or name.

        Raises:
            Refused: "worker_unknown", or "worker_ambiguous" where several bear the name.
        """
        workers = self.current("worker")
        if named in workers:
            return named
        found = [code for code, entry in workers.items() if entry.get("name") == named]
        if len(found) != 1:
            code = "worker_ambiguous" if found else "worker_unknown"
            raise Refused(code, f"{len(found)} workers so named", worker=named, codes="、".join(found))
        return found[0]


_VERSIONS = (
    select(ENTRIES)
    .where(ENTRIES.c.kind.in_(bindparam("kinds", expanding=True)))
    .order_by(ENTRIES.c.kind, ENTRIES.c.code, ENTRIES.c.defined_at, ENTRIES.c.position)
)
_LAST = select(func.max(ENTRIES.c.position))
_STATE = select(func.max(ENTRIES.c.edition), func.max(ENTRIES.c.known_at))
# By engine, not by the store's id: copies of one store differ, and so does a store before and after a restore.
_cache: WeakKeyDictionary[Engine, Catalogue] = WeakKeyDictionary()


def load(db: Connection, *, anew: bool = False) -> Catalogue:
    """Return the catalogue of an open store, read only when it changed, or `anew`."""
    last = quick.rows(db, _LAST, {})[0][0] or 0
    found = None if anew else _cache.get(db.engine)
    if found is None or found.last != last:
        edition, newest = db.execute(_STATE).one()
        found = _cache[db.engine] = Catalogue(db, last, edition or 0, newest or 0)
    return found


# writing --------------------------------------------------------------------------------------


def subject_of(kind: str, code: str) -> str:
    """Return the name of an entry as a subject of steps."""
    return f"catalogue:{kind}:{code}"


def define(
    session: Session, entries: Iterable[tuple[str, str, Mapping[str, Any]]], *, seed: bool = False
) -> list[Step]:
    """Write whole entries, one `define` each, as one act; returns the steps.

    Args:
        entries: (kind, code, entry); see `zq_grid.entries.check` for their forms.
        seed: in force since ever; only when a workspace is set up.
    """
    log = session.log
    group = log.next_name(CATALOGUE)
    entries = list(entries)
    names = [subject_of(kind, code) for kind, code, _ in entries]
    log.expect(names)
    heads = {} if seed else _heads(session, names)
    written = [
        log.add(
            "define",
            name,
            {"kind": kind, "code": code, "entry": dict(entry)},
            parents=heads.get(name, ()),
            did_at=SEED_TIME if seed else session.now,
            recorded_at=session.now,
            actor=session.actor,
            group=group,
            scope=CATALOGUE,
        )
        for name, (kind, code, entry) in zip(names, entries, strict=True)
    ]
    log.flush()
    _summarise(session, names)
    return written


def retire(session: Session, kind: str, code: str, *, superseded_by: str = "") -> Step:
    """Take an entry out of use; its code is never given again.

    Raises:
        Refused: "entry_unknown".
    """
    entry = session.catalogue.current(kind).get(code)
    if entry is None:
        raise Refused("entry_unknown", f"no {kind} {code}", kind=kind, entry=code)
    if kind in SPARED or code in {"default", session.actor, "centre"}:
        raise Refused("entry_needed", f"{kind} {code} is needed", kind=kind, entry=code)
    name = subject_of(kind, code)
    body: dict[str, Any] = {"kind": kind, "code": code}
    if superseded_by:
        body["superseded_by"] = superseded_by
    step = session.log.add(
        "retire",
        name,
        body,
        parents=_heads(session, [name]).get(name, ()),
        did_at=session.now,
        recorded_at=session.now,
        actor=session.actor,
        scope=CATALOGUE,
    )
    session.log.flush()
    _summarise(session, [name])
    return step


def _heads(session: Session, names: Sequence[str]) -> dict[str, tuple[str, ...]]:
    numbers = steps.subject_ids(session.db, names)
    found: dict[str, tuple[str, ...]] = {}
    for name, number in numbers.items():
        held = sorted(steps.of_subject(session.db, number), key=order)
        found[name] = (held[-1].id,) if held else ()
    return found


def _summarise(session: Session, names: Sequence[str]) -> None:
    """Replace the summary rows of these entries by what their steps say."""
    rows = rows_of(session.db, names)
    for kind, code in {(row["kind"], row["code"]) for row in rows}:
        session.db.execute(delete(ENTRIES).where(ENTRIES.c.kind == kind, ENTRIES.c.code == code))
    session.db.execute(insert(ENTRIES), rows)
    session.touched.add("entries")


def rows_of(db: Connection, names: Sequence[str]) -> list[dict[str, Any]]:
    """Return the rows of `entries` that the steps of these subjects add up to."""
    numbers = list(steps.subject_ids(db, names).values())
    rows: list[dict[str, Any]] = []
    editions = _editions(db)
    for start in range(0, len(numbers), steps.CHUNK):
        for found in steps.of_subjects(db, numbers[start : start + steps.CHUNK]).values():
            rows += _rows(found, editions)
    return rows


# Said as a range, which the index of names answers; among the cases it would be looked for in vain.
_AN_ENTRY = and_(SUBJECTS.c.name >= "catalogue:", SUBJECTS.c.name < "catalogue;")


def names(db: Connection) -> list[str]:
    """Return the names of all entries as subjects of steps."""
    return list(db.execute(select(SUBJECTS.c.name).where(_AN_ENTRY)).scalars())


def _rows(held: Sequence[Step], editions: Mapping[str, int]) -> list[dict[str, Any]]:
    rows = []
    entry: Any = {}
    for step in sorted(held, key=order):
        entry = step.body.get("entry", entry)
        seeded = step.did_at == SEED_TIME
        rows.append(
            {
                "kind": step.body["kind"],
                "code": step.body["code"],
                "position": step.position,
                "defined_at": step.did_at,
                "known_at": 0 if seeded else step.arrived_at,
                "edition": editions.get(step.group or step.id, 0),
                "retired": int(step.kind == "retire"),
                "entry": json.dumps(entry, ensure_ascii=False, sort_keys=True),
            }
        )
    return rows


def _editions(db: Connection) -> dict[str, int]:
    """Return the edition of the catalogue that each act on it made: 1 is the seed."""
    rows = db.execute(
        select(STEPS.c.group, STEPS.c.id)
        .where(STEPS.c.subject.in_(select(SUBJECTS.c.id).where(_AN_ENTRY)))
        .order_by(STEPS.c.position)
    )
    editions: dict[str, int] = {}
    for group, identity in rows:
        editions.setdefault(group or identity.hex(), len(editions) + 1)
    return editions


def rebuild(session: Session) -> None:
    """Drop the catalogue's summary and read it from the log again."""
    session.db.execute(delete(ENTRIES))
    if every := names(session.db):
        _summarise(session, every)
