"""A new workspace filled with its seed: limits, types, territory, units, people, calendar, profiles."""

import tomllib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from zq_grid import catalogue, entries
from zq_grid.errors import Refused
from zq_grid.resources import ROOT, toml
from zq_grid.workspace import Workspace, create

TOWN_FILES = ("areas", "neighbourhoods", "grids", "estates", "streets", "units", "workers")


def seed(town: Mapping[str, Any] | None = None) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield (kind, code, entry) of the seed; `town` replaces the demo town's territory, units, people and station."""
    yield "limits", "general", toml("catalogue/limits.toml")
    yield "office", "hours", toml("catalogue/office.toml")
    for folder, kind in (("catalogue/types", "type"), ("catalogue/profiles", "profile")):
        for path in sorted((ROOT / folder).glob("*.toml")):
            entry = tomllib.loads(path.read_text("utf-8"))
            yield kind, entry["code"], entry
    for path in sorted((ROOT / "calendar").glob("*.toml")):
        entry = tomllib.loads(path.read_text("utf-8"))
        yield "calendar", str(entry["year"]), entry
    whole = town or demo_town()
    for kind in ("station", "area", "neighbourhood", "grid", "estate", "street", "unit", "worker"):
        for entry in whole.get(kind, ()):
            yield kind, entry["code"], entry


def demo_town() -> dict[str, Any]:
    """Return the invented town that comes with the program."""
    found: dict[str, Any] = {"station": [toml("catalogue/station.toml")]}
    for name in TOWN_FILES:
        found.update(toml(f"catalogue/town/{name}.toml"))
    return found


def read_town(path: Path) -> dict[str, Any]:
    """Read a town of one's own, one TOML file in the form of `resources/catalogue/town`.

    Raises:
        Refused: "file_missing", "path_unusable", "town_invalid".
    """
    try:
        found = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError as error:
        raise Refused("file_missing", "no such file", name=str(path)) from error
    except OSError as error:
        raise Refused("path_unusable", str(error), path=str(path)) from error
    except ValueError as error:
        raise Refused("town_invalid", f"not TOML: {error}", file=str(path), fault=str(error)) from error
    for kind in ("station", "neighbourhood", "unit", "worker"):
        if not isinstance(found.get(kind), list) or not found[kind]:
            raise Refused("town_invalid", f"no [[{kind}]]", file=str(path), fault=f"[[{kind}]]")
    return found


def new_workspace(
    folder: Path,
    url: str | None = None,
    *,
    town: Mapping[str, Any] | None = None,
    practice: bool = False,
    clock: Callable[[], int],
) -> Workspace:
    """Create a workspace and write its seed as one act.

    Raises:
        Refused: what `create` refuses, and "entry_invalid" for a town that doesn't hold together.
    """
    found = [(kind, code, entries.check(kind, entry)) for kind, code, entry in seed(town)]
    stations = [entry for kind, _, entry in found if kind == "station"]
    workers = [(code, entry) for kind, code, entry in found if kind == "worker"]
    owner = next(
        (code for code, entry in workers if "administrator" in entry.get("roles", ())), workers[0][0]
    )
    workspace = create(folder, url, station=stations[0]["code"], owner=owner, practice=practice, clock=clock)
    with workspace.write() as session:
        catalogue.define(session, found, seed=True)
    return workspace
