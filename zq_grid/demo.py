"""A demo town made by doing the main job: import, route, contact, handle, visit, close, print the week."""

import logging
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from random import Random

from zq_grid import bulletin, cases, files, setup, together
from zq_grid.demo_specials import Specials
from zq_grid.demo_story import DAY, DISPATCHER, HOUR, MINUTE, WEEKS, Deed, Order, Story, Town
from zq_grid.demo_workbook import workbook
from zq_grid.errors import Refused
from zq_grid.importing import run as importing
from zq_grid.papers.figures import Week
from zq_grid.progress import Progress
from zq_grid.rules import worktime
from zq_grid.session import Session
from zq_grid.workspace import Workspace

log = logging.getLogger(__name__)
FEWEST, MOST = 40, 5000
# Of a hundred ordinary cases, how many come from where.
SOURCES = (
    ("hotline", 72),
    ("patrol", 14),
    ("police_transfer", 4),
    ("anti_fraud_centre", 4),
    ("street_patrol", 3),
    ("video", 2),
    ("inspection", 1),
)
EXPORTED = 8 * HOUR + 45 * MINUTE  # when the weekend's export is imported on a Monday


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


def run(
    folder: Path,
    *,
    now: int,
    cases_wanted: int = 400,
    seed: int = 1,
    shots: Path | None = None,
    url: str | None = None,
    progress: Progress | None = None,
) -> Done:
    """Make a practice workspace with an invented town and nine weeks of work, and print its last whole week.

    Args:
        folder: where the workspace, its workbooks and the paper go.
        now: the demo's today, seconds UTC.
        cases_wanted: how many cases, 40 to 5,000.
        seed: of what is invented; the same seed and now tell the same story.
        shots: where the paper and the pictures of its pages go instead.
        url: of a shared store, instead of one in the folder.
        progress: told about each week.

    Raises:
        Refused: "store_exists" where there is one already, "demo_size", and what `create` refuses.
        Cancelled: stopped through `progress`.
    """
    if not FEWEST <= cases_wanted <= MOST:
        raise Refused("demo_size", "too few or too many", said=cases_wanted, least=FEWEST, most=MOST)
    monday = worktime.day_of(now).toordinal() - worktime.day_of(now).weekday()
    begin = worktime.day_start(datetime.fromordinal(monday).date()) - (WEEKS - 1) * 7 * DAY
    clock = Clock(begin - DAY)
    workspace = setup.new_workspace(folder, url, practice=True, clock=clock)
    try:
        teller = _Teller(workspace, clock, begin, now, Random(f"{seed} {begin}"), progress or Progress())
        teller.tell(cases_wanted)
        clock.at = now
        teller.print_week(shots)
        return teller.done
    finally:
        workspace.close()


class _Teller:
    """Takes the plan's steps through the services, at the plan's times."""

    def __init__(
        self, workspace: Workspace, clock: Clock, begin: int, now: int, rng: Random, progress: Progress
    ) -> None:
        self.workspace, self.clock, self.begin, self.now = workspace, clock, begin, now
        self.rng, self.progress, self.done = rng, progress, Done()
        self.numbers: dict[str, str] = {}
        workspace.actor = DISPATCHER
        with workspace.write() as session:
            known = session.catalogue
            self.town = Town.of(known, begin)
            self.done.town = str((known.get("station", session.station) or {}).get("town", ""))
            kinds = ("area", "neighbourhood", "grid", "estate", "unit", "worker", "type")
            self.done.places = {kind: len(known.current(kind)) for kind in kinds}
        self.story = Story(self.town, rng, begin, now)
        self.course = Specials(self.story)

    @property
    def reported(self) -> int:
        """The Monday of the last whole week."""
        return self.begin + (WEEKS - 2) * 7 * DAY

    # the plan ---------------------------------------------------------------------------------

    def _orders(self, wanted: int) -> list[Order]:
        """Return all cases in the order of their receipt, each with what is done about it."""
        orders = list(self.course.all(self.reported))
        planned = {id(order) for order in orders}
        weights = [weight for _, weight in SOURCES]
        named = [source for source, _ in SOURCES]
        received = self.story.spread(wanted - len(orders))
        orders += [self._ordinary(at, self.rng.choices(named, weights)[0]) for at in received]
        orders.sort(key=lambda order: order.received)
        for order in orders:
            if id(order) in planned:
                continue
            if order.facts["source"] == "hotline":
                order.by_file = (monday := self._export_of(order.received)) is not None
                order.logged = monday or order.received + self.rng.randrange(4, 20) * MINUTE
                if order.by_file:
                    order.facts.pop("reply_wanted", None)
                self.course.hotline(order)
            else:
                order.logged = order.received + self.rng.randrange(2, 8) * MINUTE
                self.course.without_caller(order)
        return orders

    def _ordinary(self, received: int, source: str) -> Order:
        if source == "hotline":
            return self.story.hotline(received)
        return (
            self.story.fraud(received)
            if source == "anti_fraud_centre"
            else self.story.without_caller(received, source)
        )

    def _export_of(self, received: int) -> int | None:
        """Return when the file that holds an order is imported: what comes at weekends waits for Monday."""
        since = (received - self.begin) % (7 * DAY)
        if since < 5 * DAY:
            return None
        monday = received - since + 7 * DAY + EXPORTED
        return monday if monday <= self.now else None

    # doing it ---------------------------------------------------------------------------------

    def tell(self, wanted: int) -> None:
        """Do everything that the plan holds up to now: each Monday the weekend's file first."""
        orders = [order for order in self._orders(wanted) if order.logged <= self.now]
        acts: list[tuple[int, Order | Deed]] = [(o.logged, o) for o in orders if not o.by_file]
        acts += [(deed.recorded, deed) for order in orders for deed in order.deeds]
        acts.sort(key=lambda act: act[0])
        mondays = [self.begin + nth * 7 * DAY + EXPORTED for nth in range(WEEKS)]
        for nth, monday in enumerate(mondays):
            self.progress.report(nth, WEEKS, "演示")
            self._import(nth, monday, [o for o in orders if o.by_file and o.logged == monday], orders)
            until = mondays[nth + 1] if nth + 1 < WEEKS else self.now + 1
            since = monday if nth else 0
            self._do([act for at, act in acts if since <= at < until])
        self.done.cases = len(orders)
        self.progress.report(WEEKS, WEEKS, "演示")

    def _import(self, nth: int, monday: int, orders: Sequence[Order], every: Sequence[Order]) -> None:
        if not orders or monday > self.now:
            return
        older = [o for o in every if o.label in self.numbers and o.facts["source"] == "hotline"]
        made = datetime.fromisoformat(worktime.to_text(monday)).replace(tzinfo=None)
        folder = self.workspace.folder / "samples"
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"hotline-{made:%Y-%m-%d}.xlsx"
        files.replace(path, workbook(orders, older[-30:], made, nth, self.rng))
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
        if not acts:
            return
        with self.workspace.write() as session:
            for act in acts:
                if isinstance(act, Order):
                    self._log(session, act)
                elif act.recorded <= self.now:
                    self._act(session, act)

    def _log(self, session: Session, order: Order) -> None:
        session.now, session.actor = order.logged, DISPATCHER
        made = cases.log(session, order.facts, did_at=order.received)
        self.numbers[order.label] = made.number
        self.done.steps["log"] += 1

    def _act(self, session: Session, deed: Deed) -> None:
        session.now, session.actor = deed.recorded, deed.actor
        body = dict(deed.body)
        if "into" in body:
            body["into"] = self.numbers[body["into"]]
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
