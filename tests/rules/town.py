"""A catalogue small enough to hold in the head, for tests of the rules without a store."""

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from zq_grid.rules.known import CalendarChange
from zq_grid.rules.worktime import Calendar, CalendarYear

RESOURCES = Path(__file__).parents[2] / "resources"


def _toml(name: str) -> dict[str, Any]:
    return tomllib.loads((RESOURCES / name).read_text("utf-8"))


class Town:
    """The seed's limits, types and calendars, in force since ever."""

    def __init__(self, changes: Sequence[CalendarChange] = ()) -> None:
        self.limits = _toml("catalogue/limits.toml")
        self.types = {
            p.stem: _toml(f"catalogue/types/{p.name}") for p in (RESOURCES / "catalogue/types").glob("*.toml")
        }
        years = [CalendarYear.from_entry(_toml(f"calendar/{year}.toml")) for year in (2024, 2025, 2026)]
        self.calendar = Calendar(years)
        self.changes = list(changes)

    def limits_at(self, _moment: int) -> Mapping[str, Any]:
        return self.limits

    def type_at(self, code: str, _moment: int) -> Mapping[str, Any]:
        return self.types.get(code, {})

    def calendar_at(self, moment: int) -> Calendar:
        return next((c.calendar for c in reversed(self.changes) if c.defined_at <= moment), self.calendar)

    def calendars_after(self, moment: int) -> Sequence[CalendarChange]:
        return [change for change in self.changes if change.defined_at > moment]

    def area_of(self, _neighbourhood: str, _moment: int) -> str | None:
        return "a1"


KNOWN = Town()
