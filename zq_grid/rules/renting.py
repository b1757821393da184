"""Group renting, computed from the table of rooms: any one criterion is enough (domain, section 6)."""

from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

LEAST_M2 = Decimal(5)
MOST_PERSONS = 2
NOT_FOR_LIVING = frozenset({"kitchen", "bathroom", "balcony", "cellar"})
USES = ("bedroom", "divided", "bed_let", "dormitory", *sorted(NOT_FOR_LIVING))
NEEDED = ("use", "m2", "persons")
MANAGED_ROOMS, MANAGED_PERSONS = 10, 15


def wants_rooms(own: Mapping[str, Any]) -> bool:
    """Tell whether a case type carries the table of rooms."""
    return any(field.get("widget") == "rooms" for field in own.get("field", ()))


def missing(rooms: Sequence[Any]) -> list[str]:
    """Return which cells of the table are missing or unreadable, as `rooms[2].m2`."""
    wrong = []
    for index, room in enumerate(rooms):
        cells = room if isinstance(room, Mapping) else {}
        wrong += [
            f"rooms[{index}].{key}" for key in NEEDED if _number(cells, key) is None and not _use(cells, key)
        ]
    return wrong


def _use(cells: Mapping[str, Any], key: str) -> bool:
    return key == "use" and cells.get("use") in USES


def _number(cells: Mapping[str, Any], key: str) -> Decimal | None:
    if key == "use":
        return None
    try:
        value = Decimal(str(cells.get(key)))
    except InvalidOperation:
        return None
    return value if value.is_finite() and value >= 0 else None


def criteria(rooms: Sequence[Any]) -> list[str]:
    """Return which criteria the rooms meet: dormitory, divided, not_for_living, under_5_m2, over_2_persons.

    Source: domain, section 6 (family in one room is excepted from the number of persons).
    """
    met: set[str] = set()
    for room in rooms:
        cells = room if isinstance(room, Mapping) else {}
        use, m2, persons = cells.get("use"), _number(cells, "m2"), _number(cells, "persons")
        if use == "dormitory":
            met.add("dormitory")
        if use in {"divided", "bed_let"}:
            met.add("divided")
        if use in NOT_FOR_LIVING:
            met.add("not_for_living")
        if persons and m2 is not None and m2 < LEAST_M2 * persons:
            met.add("under_5_m2")
        if persons and persons > MOST_PERSONS and cells.get("family") != "yes":
            met.add("over_2_persons")
    return sorted(met)


def needs_manager(rooms: Sequence[Any]) -> bool:
    """Tell whether the place needs a named manager and a register: 10 let rooms or 15 persons."""
    persons = sum(_number(room, "persons") or 0 for room in rooms if isinstance(room, Mapping))
    return len(rooms) >= MANAGED_ROOMS or persons >= MANAGED_PERSONS
