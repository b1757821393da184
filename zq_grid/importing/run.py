"""A file, from its path to its steps: read, columns found, rows planned, all written in one transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import NamedTuple

from zq_grid import visible
from zq_grid.importing import aliases, commit, profiles, reader
from zq_grid.importing.aliases import Alias, Unknown
from zq_grid.importing.commit import Imported
from zq_grid.importing.folding import Folding
from zq_grid.importing.headers import Mapping as Columns
from zq_grid.importing.headers import map_headers, require_cases
from zq_grid.importing.plan import Plan, Rejected, plan
from zq_grid.importing.profiles import Chosen, Told
from zq_grid.importing.rejects import write_rejects
from zq_grid.importing.sentences import Problem, some
from zq_grid.importing.table import SheetInfo, Table
from zq_grid.importing.words import Words
from zq_grid.progress import Progress
from zq_grid.session import Session
from zq_grid.workspace import Workspace

NAME = 31  # characters of a sheet's name; a spreadsheet gives it no more
ENOUGH = 2  # known headers that make a sheet one of cases
NO_COLUMNS = Columns(-1, (), (), ())


@dataclass(frozen=True, slots=True)
class Read:
    """How a file was read: which sheet of which, by which profile, which column became what.

    `profile` is the code of the profile that was used, `saved` of the one that was defined; `unknown` are the
    words that nobody knows, `aliases` those defined with this import.
    """

    sheet: str = ""
    sheets: tuple[SheetInfo, ...] = ()
    profile: str | None = None
    saved: str | None = None
    columns: Columns = NO_COLUMNS
    unknown: tuple[Unknown, ...] = ()
    aliases: tuple[Alias, ...] = ()


@dataclass(frozen=True, slots=True)
class Ran(Imported):
    """What became of a file, and how it was read."""

    read: Read = Read()


def run_file(
    workspace: Workspace,
    path: Path,
    *,
    profile: str = "",
    propose: bool = True,
    save_profile: str = "",
    overrides: Mapping[str, str] | None = None,
    sheet: str | None = None,
    taught: Sequence[Alias] = (),
    answers: Mapping[str, str] | None = None,
    dry_run: bool = False,
    rejects: Path | None = None,
    progress: Progress | None = None,
) -> Ran:
    """Import a file: read it in a child process, find its columns, write its rows in one transaction.

    Args:
        workspace: to import into.
        path: of the file.
        profile: an entry `import` of the catalogue, by code or name: `source`, `sheet`, `date_order`, `map`
            (field → header). Without it the remembered one is used that the file's headers resemble.
        propose: whether a profile that nobody named may be used, and this file's reading be remembered.
        save_profile: a name under which to remember how this file was read.
        overrides: field → header; they win over the profile.
        sheet: its name, else the profile's, else the first with headers that we know.
        taught: what words of value columns mean; defined in the same transaction.
        answers: order number → what a person decided on a row that was asked, see `commit.run`.
        dry_run: only say what would be done.
        rejects: a workbook for the rows that couldn't be imported; written only if there are any, and before
            anything is committed.
        progress: told about reading and writing.

    Raises:
        ImportRejected: the file can't be read, or holds no cases.
        Refused: "import_profile_unknown", "import_map_…", "alias_…", "folder_missing", "cannot_write".
        Cancelled: stopped. Whatever is raised, nothing was written.
    """
    told = Told(overrides or {}, sheet, visible.fact(save_profile))
    name = visible.fact(path.name)  # as it is kept with the batch and shown in lists
    progress = progress or Progress()
    with Folding() as folding:
        if not dry_run:
            folding.start_early(path)
        file = _opened(workspace, path, profile, propose, told, taught, progress)
        with workspace.read() if dry_run else workspace.write() as session:
            new = (aliases.new_ones if dry_run else aliases.define)(session, taught)
            done, unknown = _taken(session, file, name, dry_run, progress, answers, folding)
            saved = None
            if not dry_run and (propose or save_profile):
                saved = profiles.remember(session, file.columns, file.chosen, told, name)
            if rejects is not None and done.rejected:
                write_rejects(rejects, file.columns, done.rejected)
    table = file.table
    read = Read(table.name, table.sheets, file.chosen.code or None, saved, file.columns, unknown, tuple(new))
    return Ran(**{one.name: getattr(done, one.name) for one in fields(done)}, read=read)


class _File(NamedTuple):
    """A file that was read and planned; its one plan is taken out by whoever writes it."""

    table: Table
    columns: Columns
    planned: list[Plan]
    chosen: Chosen
    words: Words

    @property
    def source(self) -> str:
        """Of rows that name none."""
        return str(self.chosen.entry.get("source", "hotline"))


@commit.without_sweeping()
def _opened(
    workspace: Workspace,
    path: Path,
    profile: str,
    propose: bool,
    told: Told,
    taught: Sequence[Alias],
    progress: Progress,
) -> _File:
    """Read a file, choose how, and plan its rows."""
    with workspace.read() as session:
        words = aliases.words_of(session.catalogue, taught)
        known = session.catalogue.current(profiles.KIND)
    chosen = profiles.named(known, profile) if profile else Chosen()
    table = reader.read(path, sheet=told.sheet or chosen.entry.get("sheet"), progress=progress)
    if not profile and propose:
        chosen = profiles.proposal(known, table, words)
        table = _other_sheet(path, table, chosen, told.sheet, progress)
    columns = _columns(path.name, table, words, chosen, told)
    file = _File(table, columns, [], chosen, words)
    order = chosen.entry.get("date_order")
    planned = plan(table, columns, words=words, source=file.source, date_order=order, progress=progress)
    if not told.sheet:
        planned = replace(planned, problems=(*planned.problems, *_others(table)))
    return file._replace(planned=[planned])


def _taken(
    session: Session,
    file: _File,
    name: str,
    dry_run: bool,
    progress: Progress,
    answers: Mapping[str, str] | None,
    folding: Folding,
) -> tuple[Imported, tuple[Unknown, ...]]:
    """Write the rows of a file; nobody else keeps them, so that those that are done with can go."""
    planned, unknown = aliases.settle(session, file.planned.pop(), file.words)
    settled = [planned]
    del planned
    done = commit.run(
        session,
        settled.pop(),
        file=name,
        source=file.source,
        dry_run=dry_run,
        progress=progress,
        answers=answers,
        folding=folding,
    )
    return replace(done, rejected=_with_cells(done.rejected, file.table)), unknown


def _others(table: Table) -> list[Problem]:
    """Return a note naming the sheets that look like cases too and were not read."""
    others = [one for one in table.sheets if one.name != table.name and (one.known or 0) >= ENOUGH]
    if not others:
        return []
    shown = some([f"“{one.name[:NAME]}”（{one.rows} 行）" for one in others])
    return [Problem("note_other_sheets", {"sheet": table.name, "others": shown})]


def _columns(file: str, table: Table, words: Words, chosen: Chosen, told: Told) -> Columns:
    """Return the columns of a table; what a person asked for by name must be there, what was proposed may be."""
    advised = chosen.entry.get("map", {})
    if not chosen.proposed:
        map_headers(table, words=words, overrides={**advised, **told.overrides}, guess=False)
    columns = map_headers(table, words=words, overrides=told.overrides, proposed=advised)
    require_cases(table, columns, file)
    return columns


def _other_sheet(path: Path, table: Table, chosen: Chosen, sheet: str | None, progress: Progress) -> Table:
    """Return the sheet that a proposed profile names, if this workbook has it."""
    wanted = chosen.entry.get("sheet")
    if sheet or not wanted or wanted == table.name or wanted not in {known.name for known in table.sheets}:
        return table
    return reader.read(path, sheet=wanted, progress=progress)


def _with_cells(rows: Sequence[Rejected], table: Table) -> tuple[Rejected, ...]:
    """Return the rejected rows with their cells, in the order of the sheet."""
    return tuple(replace(row, cells=row.cells or table.rows[row.line - 1]) for row in rows)
