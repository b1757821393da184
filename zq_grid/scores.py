"""The score sheet of a metric profile: points of each group from its rates and its share of the intake (R5)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from sqlalchemy import Connection, text

from db.tables import FOREVER
from zq_grid.errors import Refused
from zq_grid.rates import GROUPS, Rate


@dataclass(frozen=True, slots=True)
class Score:
    """Points of one group by the profile's score sheet (R5); exact fractions."""

    group: str
    share: Fraction
    first_contact: Fraction
    resolution: Fraction
    satisfaction: Fraction
    deduction: Fraction

    @property
    def total(self) -> Fraction:
        """The sum, less the deduction."""
        return self.share + self.first_contact + self.resolution + self.satisfaction - self.deduction


def scores(found: Sequence[Rate], sheet: Mapping[str, str], intake: Mapping[str, int]) -> list[Score]:
    """Return the score of each group in one league.

    Args:
        found: the grouped rates of the groups of this league.
        sheet: points as decimal strings: share, first_contact, resolution, satisfaction, overdue (per order).
        intake: orders received in the period, by group; its sum is the league's intake.
    """
    points = {name: Fraction(value) for name, value in sheet.items()}
    by_group: dict[str, dict[str, Rate]] = {}
    for rate in found:
        by_group.setdefault(rate.group or "", {})[rate.key] = rate
    whole = sum(intake.values())
    made = []
    for group in sorted({*by_group, *intake}):
        mine = by_group.get(group, {})
        late = mine.get("on_time_closing")
        resolution = mine.get("actual_resolution")
        made.append(
            Score(
                group=group,
                share=points["share"] * Fraction(intake.get(group, 0), whole) if whole else Fraction(0),
                first_contact=points["first_contact"] * _share(mine.get("first_contact")),
                resolution=points["resolution"] if resolution and _settled(resolution) else Fraction(0),
                satisfaction=points["satisfaction"] * _share(mine.get("satisfaction")),
                deduction=points["overdue"] * (late.denominator - int(late.numerator))
                if late
                else Fraction(0),
            )
        )
    return made


def _settled(resolution: Rate) -> bool:
    return resolution.denominator > 0


def _share(rate: Rate | None) -> Fraction:
    return rate.numerator / rate.denominator if rate and rate.denominator else Fraction(0)


def intake(db: Connection, *, start: int, end: int, by: str) -> dict[str, int]:
    """Return the hotline orders received in a period, by group."""
    column = "unit_close" if by == "unit" else by
    if by not in GROUPS:
        raise Refused("group_unknown", f"no grouping {by}", group=by, known="、".join(GROUPS))
    sql = (
        f"SELECT COALESCE({column}, '') AS grp, count(*) AS n FROM rounds WHERE until = {FOREVER} AND source = 'hotline' "
        "AND round = 1 AND gone IS NULL AND began_at >= :start AND began_at < :end GROUP BY 1 ORDER BY 1"
    )
    return {row.grp: row.n for row in db.execute(text(sql), {"start": start, "end": end})}
