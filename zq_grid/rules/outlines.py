"""Says in which outline a point lies: exact whole-number ray casting behind bounding boxes."""

import re
from collections.abc import Iterable, Sequence

Point = tuple[int, int]
"""Longitude and latitude in millionths of a degree."""

_COORDINATE = re.compile(r"\s*([+-]?)([0-9]{1,3})(?:\.([0-9]*))?\s*")


class Outlines:
    """Simple polygons, each known by a code; they are expected not to overlap."""

    def __init__(self) -> None:
        self._boxes: list[tuple[int, int, int, int, Sequence[Point], str]] = []

    def add(self, code: str, corners: Iterable[Sequence[str]]) -> None:
        """Add a polygon of (longitude, latitude) pairs in decimal degrees; under three corners it is none."""
        ring = [found for lon, lat in corners if (found := point(lon, lat))]
        if len(ring) >= 3:
            east, north = zip(*ring, strict=True)
            self._boxes.append((min(east), min(north), max(east), max(north), ring, code))

    def at(self, where: Point) -> str | None:
        """Return the code of the outline that holds `where`, None outside of all."""
        x, y = where
        for left, bottom, right, top, ring, code in self._boxes:
            if left <= x <= right and bottom <= y <= top and inside(ring, x, y):
                return code
        return None


def point(lon: str, lat: str) -> Point | None:
    """Return decimal degrees as a point, None where either can't be read as a plain decimal."""
    x, y = millionths(lon), millionths(lat)
    return None if x is None or y is None else (x, y)


def millionths(text: str) -> int | None:
    """Return decimal degrees as whole millionths, digits beyond the sixth cut off; None if unreadable."""
    match = _COORDINATE.fullmatch(text)
    if not match:
        return None
    size = int(match[2]) * 1_000_000 + int(f"{match[3] or ''}000000"[:6])
    return -size if match[1] == "-" else size


def inside(ring: Sequence[Point], x: int, y: int) -> bool:
    """Say by ray casting whether a point lies in `ring`; on a shared edge it lies in exactly one of two."""
    odd = False
    x1, y1 = ring[-1]
    for x2, y2 in ring:
        if (y1 > y) != (y2 > y):
            side = (x - x1) * (y2 - y1) - (x2 - x1) * (y - y1)
            if side < 0 < y2 - y1 or y2 - y1 < 0 < side:
                odd = not odd
        x1, y1 = x2, y2
    return odd
