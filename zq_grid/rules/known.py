"""What the rules may ask of catalogue, territory and calendar: the rules see this face, never the store."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, Protocol

from zq_grid.rules.worktime import Calendar, Office


class CalendarChange(NamedTuple):
    """From `defined_at` on, `calendar` is the whole calendar in force."""

    defined_at: int
    calendar: Calendar


class Known(Protocol):
    """The catalogue as it was known at one moment; `moment` below is when a round began (R3.5)."""

    def limits_at(self, moment: int) -> Mapping[str, Any]:
        """Return the general limits (`resources/catalogue/limits.toml` shows the form)."""

    def type_at(self, code: str, moment: int) -> Mapping[str, Any]:
        """Return the case type, or an empty mapping for an unknown code."""

    def calendar_at(self, moment: int) -> Calendar:
        """Return the calendar made of the years entered by `moment`."""

    def calendars_after(self, moment: int) -> Sequence[CalendarChange]:
        """List what the calendar became later, in order."""

    def area_of(self, neighbourhood: str, moment: int) -> str | None:
        """Return the area a neighbourhood belonged to."""


def office_of(entry: Mapping[str, Any]) -> Office:
    """Return the office hours that an entry of the catalogue says: `hours`, each from and to as HH:MM."""
    ranges = []
    for pair in entry["hours"]:
        opens, closes = (int(said[:2]) * 3600 + int(said[3:5]) * 60 for said in (pair["from"], pair["to"]))
        ranges.append((opens, closes))
    return Office(tuple(ranges))
