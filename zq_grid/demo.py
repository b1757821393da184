"""A demo town made by doing the main job: import, route, contact, handle, visit, close, print the week.

The weeks before the printed one are told quickly (`demo_past`); from its Monday on all goes through the services, as
when people work.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from heapq import heappop, heappush
from pathlib import Path
from random import Random
from typing import NamedTuple

from zq_grid import bulletin, cases, files, rebuilding, setup, together
from zq_grid import demo_words as said
from zq_grid.demo_past import Past
from zq_grid.demo_photos import Album
from zq_grid.demo_story import (
    CALLERS,
    DAY,
    DISPATCHER,
    HOUR,
    MINUTE,
    WEEKS,
    Deed,
    Order,
    Story,
    Town,
    in_words,
)
from zq_grid.demo_tales import Tales
from zq_grid.demo_workbook import workbook
from zq_grid.errors import Refused
from zq_grid.importing import run as importing
from zq_grid.papers.figures import Week
from zq_grid.progress import Cancelled, Progress
from zq_grid.rules import worktime
from zq_grid.session import Session
from zq_grid.workspace import Workspace

FEWEST, MOST, USUAL = 80, 60_000, 13_000
EXPORTED = 8 * HOUR + 45 * MINUTE  # when the weekend's export is imported on a Monday


# So many acts of the last weeks are one transaction.
BATCH = 400
Pictures = Callable[[Path, Path], list[Path]]


class Clock:
    """The time it is in the story; a workspace asks it."""

    def __init__(self, at: int) -> None:
        self.at = at

    def __call__(self) -> int:
        """Return the moment, seconds UTC."""
        return self.at


@dataclass
class Done:
    """What the demo did, for whoever tells it."""

    town: str = ""
    places: dict[str, int] = field(default_factory=dict)
    cases: int = 0
    steps: Counter[str] = field(default_factory=Counter)
    workbooks: list[Path] = field(default_factory=list)
    imported: Counter[str] = field(default_factory=Counter)
    proposed: int = 0
    joined: int = 0
    iso_week: str = ""
    week: Week | None = None
    paper: Path | None = None
    pictures: list[Path] = field(default_factory=list)


class _Export(NamedTuple):
    """A Monday morning's file of what came in over the weekend."""

    monday: int


def run(
    folder: Path,
    *,
    now: int,
    cases_wanted: int = USUAL,
    seed: int = 1,
    shots: Path | None = None,
    url: str | None = None,
    progress: Progress | None = None,
    pictures: Pictures | None = None,
) -> Done:
    """Make a practice workspace with an invented town and two years of work, and print its last whole week.

    The last 13 weeks, and the week that the printed one is compared with, have the weight of a real town's; of the
    weeks before there is one case in ten.

    Args:
        folder: where the workspace, its workbooks, its photos and the paper go.
        now: the demo's today, seconds UTC.
        cases_wanted: how many cases, 80 to 60,000.
        seed: of what is invented; the same seed and now tell the same story.
        shots: where the paper and the pictures of its pages go instead.
        url: of a shared store, instead of one in the folder.
        progress: told how many of the cases are there.
        pictures: takes pictures of the window's pages, given the closed workspace's folder and where they go.

    Raises:
        Refused: "store_exists" where there is one already, "demo_size", and what `create` refuses.
        Cancelled: stopped through `progress`; what was done until then is there.
    """
    if not FEWEST <= cases_wanted <= MOST:
        raise Refused("demo_size", "too few or too many", said=cases_wanted, least=FEWEST, most=MOST)
    monday = worktime.day_of(now).toordinal() - worktime.day_of(now).weekday()
    begin = worktime.day_start(datetime.fromordinal(monday).date()) - (WEEKS - 1) * 7 * DAY
    clock = Clock(begin - DAY)
    workspace = setup.new_workspace(folder, url, practice=True, clock=clock)
    try:
        album = None if url else Album(workspace, seed)
        told = _Teller(workspace, clock, begin, now, Random(f"{seed} {begin}"), progress or Progress(), album)
        told.tell(cases_wanted)
        clock.at = now
        told.print_week(shots)
    finally:
        workspace.close()
    if pictures is not None:
        told.done.pictures += pictures(folder, shots or folder / "shots")
    return told.done


class _Teller:
    """Takes the plan's steps through the services, at the plan's times."""

    def __init__(
        self,
        workspace: Workspace,
        clock: Clock,
        begin: int,
        now: int,
        rng: Random,
        progress: Progress,
        album: Album | None,
    ) -> None:
        self.workspace, self.clock, self.begin, self.now = workspace, clock, begin, now
        self.rng, self.progress, self.album, self.done = rng, progress, album, Done()
        self.numbers: dict[str, str] = {}
        # what is still to be done, by time; of equal times in the order of the plan
        self.agenda: list[tuple[int, int, Order | Deed | _Export]] = []
        self.exports: dict[int, list[Order]] = {}
        self.wanted = self.nth = 0
        workspace.actor = DISPATCHER
        with workspace.write() as session:
            known = session.catalogue
            self.town = Town.of(known, begin)
            self.done.town = str((known.get("station", session.station) or {}).get("town", ""))
            kinds = ("area", "neighbourhood", "grid", "estate", "unit", "worker", "type")
            self.done.places = {kind: len(known.current(kind)) for kind in kinds}
        self.story = Story(self.town, rng, begin, now)
        self.course = Tales(self.story)

    @property
    def reported(self) -> int:
        """The Monday of the last whole week; from then on all goes through the services."""
        return self.begin + (WEEKS - 2) * 7 * DAY

    # the plan ---------------------------------------------------------------------------------

    def _planned(self, wanted: int) -> Iterator[list[Order]]:
        """Yield the cases of each week in the order of their receipt, each with what is done about it."""
        course = self.course
        tales = [*course.all(self.reported), *course.tales(self.reported), *course.today()]
        known = {id(order) for order in tales}
        weeks = self.story.shares(wanted - len(tales))
        for nth, coming in enumerate(weeks):
            start = self.begin + nth * 7 * DAY
            orders = [self.story.ordinary(*one) for one in sorted(coming, key=lambda one: one[2])]
            orders += [order for order in tales if start <= order.received < start + 7 * DAY]
            for order in orders:
                if id(order) not in known or not order.logged:
                    self._logged(order)
                    course.go(order)
            yield sorted(orders, key=lambda order: order.received)

    def _logged(self, order: Order) -> None:
        """Decide how a case gets here: by hand, or in the file of a weekend."""
        monday = self._export_of(order)
        order.by_file = monday is not None
        quick = order.facts["source"] not in CALLERS
        order.logged = monday or order.received + self.rng.randrange(*((2, 8) if quick else (4, 20))) * MINUTE
        if not order.by_file:
            return
        while not in_words(self.town, order.matter, order.facts["text"]):
            order.matter = said.pick(self.rng, "hotline")
            order.facts["text"] = f"{order.facts['place']}：{order.matter.text}"
        order.facts |= {"type": order.matter.type, "kind": order.matter.kind}
        order.facts.pop("reply_wanted", None)
        code = next((spot.neighbourhood for spot in self.town.doors if spot.grid == order.grid), "")
        order.unit = self.story.unit(order.matter.type, code)

    def _export_of(self, order: Order) -> int | None:
        """Return when the file that holds an order is imported: what comes at weekends waits for Monday."""
        since = (order.received - self.begin) % (7 * DAY)
        if order.facts["source"] != "hotline" or since < 5 * DAY:
            return None
        monday = order.received - since + 7 * DAY + EXPORTED
        return monday if self.reported <= monday <= self.now else None

    def _note(self, orders: Sequence[Order]) -> None:
        """Put the cases of a week, and what is done about them, on the agenda."""
        for order in orders:
            if order.logged > self.now:
                continue
            self.done.cases += 1
            if not order.by_file:
                self._at(order.logged, order)
            elif order.logged in self.exports:
                self.exports[order.logged].append(order)
            else:
                self.exports[order.logged] = [order]
                self._at(order.logged, _Export(order.logged))
            for deed in order.deeds:
                self._at(deed.recorded, deed)

    def _at(self, at: int, act: Order | Deed | _Export) -> None:
        self.nth += 1
        heappush(self.agenda, (at, self.nth, act))

    def _due(self, until: int) -> Iterator[Order | Deed | _Export]:
        """Yield what is to be done before a moment."""
        while self.agenda and self.agenda[0][0] < until:
            yield heappop(self.agenda)[2]

    # doing it ---------------------------------------------------------------------------------

    def tell(self, wanted: int) -> None:
        """Do everything that the plan holds up to now."""
        self.wanted = wanted
        weeks = self._planned(wanted)
        past = Past()
        try:
            for nth in range(WEEKS - 2):
                self._note(next(weeks))
                self._long_ago(past, self.begin + (nth + 1) * 7 * DAY)
        finally:
            # also when stopped: what was told until then must be seen
            with self.workspace.write() as session:
                rebuilding.rebuild(session, Progress(self._heard))
        for orders in weeks:
            self._note(orders)
        self._lately()
        self.progress.report(wanted, wanted, "演示")

    def _heard(self, done: int, total: int, what: str) -> None:
        with suppress(Cancelled):
            self.progress.report(done, total, what)

    def _told(self) -> None:
        self.progress.report(min(self.done.steps["log"], self.wanted), self.wanted, "演示")

    def _long_ago(self, past: Past, until: int) -> None:
        self._told()
        acts = [act for act in self._due(until) if not isinstance(act, _Export)]
        with self.workspace.write() as session:
            past.expect(session, acts)
            for act in acts:
                if isinstance(act, Order):
                    self.numbers[act.label] = past.log(session, act)
                    self.done.steps["log"] += 1
                elif deed := self._pictured(act):
                    past.act(session, deed)
                    self.done.steps[deed.kind] += 1
        past.keep({act.label for _, _, act in self.agenda if isinstance(act, Deed)})

    def _lately(self) -> None:
        """Do what is left through the services, the weekend's file at its hour."""
        acts: list[Order | Deed] = []
        for act in self._due(self.now + 1):
            if not isinstance(act, _Export):
                acts.append(act)
            if acts and (isinstance(act, _Export) or len(acts) >= BATCH):
                self._do(acts)
                acts = []
            if isinstance(act, _Export):
                self._import(act.monday, self.exports[act.monday])
        self._do(acts)

    def _import(self, monday: int, orders: Sequence[Order]) -> None:
        made = datetime.fromisoformat(worktime.to_text(monday)).replace(tzinfo=None)
        older = [label for label in list(self.numbers)[-400:] if label.isdecimal()][-30:]
        folder = self.workspace.folder / "samples"
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"hotline-{made:%Y-%m-%d}.xlsx"
        rows = workbook(
            orders, [self.numbers[label] for label in older], made, len(self.done.workbooks), self.rng
        )
        files.replace(path, rows)
        self.clock.at = monday
        found = importing.run_file(
            self.workspace, path, rejects=path.with_name(f"rejects-{made:%Y-%m-%d}.xlsx")
        )
        self.done.workbooks.append(path)
        self.done.imported.update(
            rows=found.rows,
            new=found.new,
            unchanged=found.unchanged,
            linked=found.linked,
            rejected=len(found.rejected),
        )
        self.done.steps["log"] += found.new
        self.numbers |= {order.label: order.label for order in orders}

    def _do(self, acts: Sequence[Order | Deed]) -> None:
        self._told()
        with self.workspace.write() as session:
            for act in acts:
                if isinstance(act, Order):
                    self._log(session, act)
                elif deed := self._pictured(act):
                    self._act(session, deed)

    def _pictured(self, deed: Deed) -> Deed | None:
        """Return a deed with the picture it is about; without pictures a closing is one to be completed."""
        if deed.kind == "attach":
            if self.album is None:
                return None
            return deed._replace(body=self.album.facts(int(deed.body["scene"]), deed.body["stage"]))
        if self.album is None and deed.kind == "close" and "area_m2" in deed.body:
            return deed._replace(body={**deed.body, "to_complete": "yes"})
        return deed

    def _log(self, session: Session, order: Order) -> None:
        session.now, session.actor = order.logged, order.actor
        made = cases.log(session, order.facts, did_at=order.received)
        self.numbers[order.label] = made.number
        self.done.steps["log"] += 1

    def _act(self, session: Session, deed: Deed) -> None:
        session.now, session.actor = deed.recorded, deed.actor
        body = dict(deed.body)
        for name in ("into", "to"):
            body |= {name: self.numbers[body[name]]} if body.get(name) in self.numbers else {}
        done = together.act(session, self.numbers[deed.label], deed.kind, body, did_at=deed.at)
        for place, number in enumerate(done.made, 1):
            self.numbers[f"{deed.label}#{place}"] = number
        self.done.steps[deed.kind] += 1 + len(done.joined)
        self.done.joined += len(done.joined)
        self.done.proposed += bool(done.proposes)

    # the paper --------------------------------------------------------------------------------

    def print_week(self, shots: Path | None) -> None:
        """Print the last whole week, and draw each of its pages as a picture."""
        from zq_grid.papers import pictures as pages
        from zq_grid.papers import weekly

        year, week, _ = worktime.day_of(self.reported).isocalendar()
        with self.workspace.read() as session:
            self.done.week = bulletin.week(session, year=year, week=week)
        drawn = weekly.draw(self.done.week)
        pictures = shots or self.workspace.folder / "shots"
        folder = shots or self.workspace.folder
        try:
            pictures.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise Refused("folder_missing", str(error), folder=str(pictures)) from error
        self.done.iso_week = f"{year}-W{week:02}"
        self.done.paper = folder / f"weekly-{self.done.iso_week}.pdf"
        files.replace(self.done.paper, drawn)
        for page, picture in enumerate(pages.pages(drawn), 1):
            path = pictures / f"weekly-{self.done.iso_week}-page-{page}.png"
            files.replace(path, picture)
            self.done.pictures.append(path)
