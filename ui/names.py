"""What codes are called, and who works here: read once when the store opens and when the catalogue changes."""

from dataclasses import dataclass
from typing import Any

KINDS = ("type", "unit", "area", "neighbourhood", "grid", "estate", "worker", "station")
ROLES = {
    "grid_worker": ("网格员", "grid worker"),
    "dispatcher": ("派遣员", "dispatcher"),
    "handler": ("承办人", "handler"),
    "supervisor": ("督办主管", "supervisor"),
    "leader": ("分管领导", "leader"),
    "administrator": ("管理员", "administrator"),
}


@dataclass(frozen=True)
class Names:
    """Who works here, what they may (`zq_grid.rights`), and (kind, code) → name."""

    actor: str
    actor_name: str
    roles: tuple[str, ...]
    role_name: str
    station_name: str
    practice: bool
    defines: bool
    staffs: bool
    names: dict[tuple[str, str], str]


def read(workspace: Any, language: str) -> Names:
    """Read the names; on the worker's thread."""
    from zq_grid import rights

    with workspace.read() as session:
        known = session.catalogue.with_places(session.db)
        names = {
            (kind, code): str((language == "en" and entry.get("english")) or entry.get("name", code))
            for kind in KINDS
            for code, entry in known.current(kind).items()
        }
        me = known.get("worker", session.actor) or {}
        roles = tuple(me.get("roles", ()))
        station = known.name("station", session.station) if session.station else ""
        may = rights.may_define(session, "worker"), rights.may_staff(session, "")
    shown = ROLES.get(roles[0], (roles[0], roles[0]))[language == "en"] if roles else ""
    name = str(me.get("name", workspace.actor))
    return Names(workspace.actor, name, roles, shown, station, workspace.practice, *may, names)
