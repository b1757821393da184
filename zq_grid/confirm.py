"""Holding the rates against the recount: the catalogue in the form that `recount` asks for, and the comparison."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any

from zq_grid.catalogue import Catalogue
from zq_grid.errors import Refused
from zq_grid.rates import Rate
from zq_grid.recount import recount_cases
from zq_grid.recount_case import Version
from zq_grid.rules.step import Step
from zq_grid.rules.worktime import CalendarYear

NOTHING: tuple[Any, ...] = (0, 0, 0, 0, {})


class RecountCatalogue:
    """What `recount` may ask of the catalogue."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue

    def limits_at(self, moment: int) -> Mapping[str, Any]:
        """Return the general limits in force for a round begun at `moment`."""
        return self._catalogue.limits_at(moment)

    def type_at(self, code: str, moment: int) -> Mapping[str, Any] | None:
        """Return the case type in force for a round begun at `moment`."""
        return self._catalogue.type_at(code, moment)

    def calendars(self) -> Sequence[Version]:
        """Return every version of every year's calendar, in order of definition."""
        return self._calendars

    @cached_property
    def _calendars(self) -> Sequence[Version]:
        found = [
            (version.defined_at, version.position, version.known_at, CalendarYear.from_entry(version.entry))
            for code in self._catalogue.current("calendar")
            for version in self._catalogue.versions("calendar", code)
        ]
        return [(at, known, year) for at, _, known, year in sorted(found, key=lambda one: one[:2])]

    def area_of(self, neighbourhood: str, moment: int) -> str | None:
        """Return the area of a neighbourhood as it was at `moment`."""
        return self._catalogue.area_of(neighbourhood, moment)


def confirm(
    catalogue: Catalogue,
    shown: Iterable[Rate],
    cases: Iterable[Iterable[Step]],
    *,
    start: int,
    end: int,
    as_of: int,
    by: str | None = None,
    profile: Mapping[str, Any] | None = None,
) -> None:
    """Raise Refused("recount_differs") unless both calculations agree on every figure.

    Args:
        shown: what `rates.rates` said; `cases`: the steps of each case that the figures may touch.
    """
    asked = {"start": start, "end": end, "as_of": as_of, "by": by, "profile": profile}
    again = {(r.key, r.group): r for r in recount_cases(cases, RecountCatalogue(catalogue), **asked)}  # type: ignore[arg-type]
    for rate in shown:
        other = again.pop((rate.key, rate.group), None)
        mine = figures(rate)
        theirs = figures(other) if other else NOTHING
        if mine != theirs:
            raise Refused(
                "recount_differs",
                f"{rate.key} {rate.group}: {mine} {theirs}",
                key=rate.key,
                group=rate.group or "",
            )
    for key, group in again:
        raise Refused("recount_differs", f"{key} {group} only by recount", key=key, group=group or "")


def figures(rate: Any) -> tuple[Any, ...]:
    """Return what must agree of a rate, by whichever way it was counted."""
    return (rate.numerator, rate.denominator, rate.raw_numerator, rate.raw_denominator, dict(rate.excluded))
