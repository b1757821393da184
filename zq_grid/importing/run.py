"""A file, from its path to its steps: read, columns found, rows planned, all written in one transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from zq_grid.errors import Refused
from zq_grid.importing import commit, reader
from zq_grid.importing.commit import Imported
from zq_grid.importing.headers import map_headers, require_cases
from zq_grid.importing.plan import Rejected, plan
from zq_grid.importing.rejects import write_rejects
from zq_grid.importing.table import Table
from zq_grid.progress import Progress
from zq_grid.workspace import Workspace


def run_file(
    workspace: Workspace,
    path: Path,
    *,
    profile: str = "",
    overrides: Mapping[str, str] | None = None,
    sheet: str | None = None,
    dry_run: bool = False,
    rejects: Path | None = None,
    progress: Progress | None = None,
) -> Imported:
    """Import a file: read it in a child process, find its columns, write its rows in one transaction.

    Args:
        workspace: to import into.
        path: of the file.
        profile: an entry `import` of the catalogue: `source`, `sheet`, `date_order`, `map` (field → header).
        overrides: field → header; they win over the profile.
        sheet: its name, else the profile's, else the first with headers that we know.
        dry_run: only say what would be done.
        rejects: a workbook for the rows that couldn't be imported; written only if there are any, and before
            anything is committed.
        progress: told about reading and writing.

    Raises:
        ImportRejected: the file can't be read, or holds no cases.
        Refused: "import_profile_unknown", "import_map_…", "folder_missing", "cannot_write".
        Cancelled: stopped. Whatever is raised, nothing was written.
    """
    progress = progress or Progress()
    known = _profile(workspace, profile)
    table = reader.read(path, sheet=sheet or known.get("sheet"), progress=progress)
    mapping = map_headers(table, overrides={**known.get("map", {}), **(overrides or {})})
    require_cases(table, mapping)
    source = str(known.get("source", "hotline"))
    planned = plan(table, mapping, source=source, date_order=known.get("date_order"))
    with workspace.read() if dry_run else workspace.write() as session:
        done = commit.run(session, planned, file=path.name, source=source, dry_run=dry_run, progress=progress)
        done = replace(done, rejected=_with_cells(done.rejected, table))
        if rejects is not None and done.rejected:
            write_rejects(rejects, mapping, done.rejected)
    return done


def _profile(workspace: Workspace, name: str) -> Mapping[str, Any]:
    if not name:
        return {}
    with workspace.read() as session:
        known = session.catalogue.current("import")
    if name not in known:
        raise Refused("import_profile_unknown", f"no profile {name}", profile=name, known="、".join(known))
    return known[name]


def _with_cells(rows: Sequence[Rejected], table: Table) -> tuple[Rejected, ...]:
    """Return the rejected rows with their cells, in the order of the sheet."""
    return tuple(replace(row, cells=row.cells or table.rows[row.line - 1]) for row in rows)
