"""What a bulletin finds beside the four rates: the five dimensions by type, who is overdue, places that come again.

Like `figures`, frozen and already masked: counts of cases, texts in Chinese.
"""

from dataclasses import dataclass

from zq_grid.papers.figures import EMPTY, Figure


@dataclass(frozen=True)
class CheckRow:
    """One case type (or all) on the five-dimension checklist.

    `accepted` (及时受理) and `closed` (按期办结) are figures; `escalated` and `transferred` (提级转办),
    `supervised` and of those still open (跟踪督办), `overdue` and of those `long_overdue` (考核通报) are counts.
    """

    name: str
    received: int
    accepted: Figure
    closed: Figure
    escalated: int = 0
    transferred: int = 0
    supervised: int = 0
    supervised_open: int = 0
    overdue: int = 0
    long_overdue: int = 0

    @property
    def counts(self) -> tuple[int, ...]:
        """The counts after the two figures, in the order of print."""
        return (
            self.escalated,
            self.transferred,
            self.supervised,
            self.supervised_open,
            self.overdue,
            self.long_overdue,
        )

    @property
    def empty(self) -> bool:
        """Tell whether nothing at all is said of this type."""
        bases = (self.accepted.denominator, self.closed.denominator)
        return not any((self.received, *bases, *self.counts))


@dataclass(frozen=True)
class UnitLoad:
    """What one unit had open past its limit or near it. `longest` counts whole working days."""

    name: str
    overdue: int
    waiting: int
    longest: int
    near: int

    @property
    def late(self) -> str:
        """The longest delay in words."""
        if not self.overdue:
            return EMPTY
        return f"{self.longest} 个工作日" if self.longest else "不足 1 个工作日"


@dataclass(frozen=True)
class HotSpot:
    """One place of which several cases came: in the week, and in the weeks that are looked back on."""

    place: str
    neighbourhood: str
    types: str
    week: int
    weeks: int
    open: int


@dataclass(frozen=True)
class HotSpots:
    """The places that came again: those listed, how many there are in all, and by which rule."""

    rows: tuple[HotSpot, ...] = ()
    total: int = 0
    least: int = 3
    weeks: int = 4
