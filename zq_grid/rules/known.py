"""What the rules may ask of catalogue, territory and calendar: the rules see this face, never the store."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, Protocol

from zq_grid.rules.worktime import Calendar


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
