"""Small histories made by hand for the tests of the second calculation, and a town to hold them against."""

import tomllib
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

from zq_grid import recount
from zq_grid.rules.step import Step
from zq_grid.rules.worktime import DAY, CalendarYear, day_of, parse

CALENDARS = Path(__file__).resolve().parents[1] / "resources" / "calendar"
LIMITS: dict[str, Any] = {
    "contact": {"rule": "working_days", "n": 1},
    "contact_urgent": {"rule": "elapsed_hours", "n": 2},
    "close": {
        "mode": {
            "supervised": {"rule": "working_days", "n": 3},
            "recheck": {"rule": "working_days", "n": 3},
        },
        "kind": {
            "consultation": {"rule": "working_days", "n": 1},
            "suggestion": {"rule": "working_days", "n": 1},
            "request": {"rule": "working_days", "n": 5},
            "complaint": {"rule": "working_days", "n": 5},
            "report": {"rule": "working_days", "n": 5},
            "thanks": {"none": "yes"},
        },
        "default": {"rule": "working_days", "n": 5},
    },
    "second_round": {"rule": "working_days", "n": 3},
    "supervised": {"rule": "working_days", "n": 3},
    "callers": ["hotline", "station", "wechat", "petition_visit", "enterprise"],
}
LOG = {"source": "hotline", "kind": "complaint", "mode": "transfer", "type": "noise"}
LONG_AGO = -(2**62)


def at(text: str) -> int:
    """Return the second of "11-02 09:00" or "11-02" (2026), or of a whole ISO text."""
    return parse(text if text[4:5] == "-" else f"2026-{text}".replace(" ", "T"))[0]


def calendar_year(number: int) -> CalendarYear:
    """Return the real calendar of a year."""
    return CalendarYear.from_entry(tomllib.loads((CALENDARS / f"{number}.toml").read_text("utf-8")))


class Town:
    """A catalogue with histories: calendars, limits, types and areas with the moment they were defined."""

    def __init__(self) -> None:
        self.years = [(LONG_AGO, LONG_AGO, calendar_year(number)) for number in (2025, 2026)]
        self.limits = [(LONG_AGO, LIMITS)]
        self.types: dict[str, dict[str, Any]] = {}
        self.areas = [(LONG_AGO, {"n1": "east"})]

    def limits_at(self, moment: int) -> Mapping[str, Any]:
        return [entry for since, entry in self.limits if since <= moment][-1]

    def type_at(self, code: str, moment: int) -> Mapping[str, Any] | None:
        return self.types.get(code)

    def calendars(self) -> list[tuple[int, int, CalendarYear]]:
        return self.years

    def area_of(self, neighbourhood: str, moment: int) -> str | None:
        return [areas for since, areas in self.areas if since <= moment][-1].get(neighbourhood)


class History:
    """Steps in the making: each sees all that was written before it, unless `parents` says otherwise."""

    def __init__(self) -> None:
        self.town = Town()
        self.steps: list[Step] = []
        self._heads: dict[str, tuple[str, ...]] = {}

    def log(self, did_at: str = "11-02 09:00", /, **body: Any) -> Step:
        """Log the order A: a hotline complaint received when it is logged."""
        return self.do("log", did_at, **{**LOG, **body})

    def do(
        self,
        kind: str,
        did_at: str,
        /,
        *,
        subject: str = "A",
        recorded: str = "",
        sees: tuple[Step, ...] | None = None,
        lamport: int = 0,
        device: str = "d1",
        **body: Any,
    ) -> Step:
        number = len(self.steps) + 1
        parents = self._heads.get(subject, ()) if sees is None else tuple(step.id for step in sees)
        known = at(recorded or did_at)
        step = Step(
            position=number,
            arrived_at=known,
            id=f"{number:064x}",
            device=device,
            epoch=1,
            scope="town",
            seq=number,
            prev="",
            kind=kind,
            version=1,
            subject=subject,
            group="",
            parents=parents,
            lamport=lamport or number,
            did_at=at(did_at),
            recorded_at=known,
            actor="w1",
            on_behalf_of="",
            body=body,
        )
        self.steps.append(step)
        left = tuple(head for head in self._heads.get(subject, ()) if head not in parents)
        self._heads[subject] = (*left, step.id)
        return step

    def rate(self, key: str, start: str, end: str, *, as_of: str = "2027-12-31", **how: Any) -> recount.Rate:
        """Return one ungrouped rate of the period."""
        [found] = [rate for rate in self.rates(start, end, as_of=as_of, **how) if rate.key == key]
        return found

    def rates(self, start: str, end: str, *, as_of: str = "2027-12-31", **how: Any) -> list[recount.Rate]:
        return recount.recount(self.steps, self.town, start=at(start), end=at(end), as_of=at(as_of), **how)

    def figure(self, key: str, start: str, end: str, **how: Any) -> tuple[Fraction, int]:
        rate = self.rate(key, start, end, **how)
        return rate.numerator, rate.denominator

    def out(self, key: str, start: str = "10-01", end: str = "2027-06-01", **how: Any) -> dict[str, int]:
        """Return what is out of a rate, by reason; the period is wide."""
        return dict(self.rate(key, start, end, **how).excluded)

    def all_time(self, key: str, **how: Any) -> tuple[Fraction, int]:
        return self.figure(key, "2025-01-01", "2028-01-01", **how)

    def groups(self, key: str, by: str, start: str = "10-01", end: str = "2027-06-01") -> dict[Any, int]:
        """Return the base of each group of a rate."""
        return {rate.group: rate.denominator for rate in self.rates(start, end, by=by) if rate.key == key}

    def counted_on(self, key: str = "on_time_closing") -> str:
        """Return the day, as "11-09", on which the one order of the history is in the base of `key`."""
        first_day = at("10-01")
        for day in range(first_day, first_day + 200 * DAY, DAY):
            rates = recount.recount(self.steps, self.town, start=day, end=day + DAY, as_of=at("2027-12-31"))
            if any(rate.key == key and rate.denominator for rate in rates):
                return day_of(day).isoformat()[5:]
        return "never"
