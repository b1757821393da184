"""A file whose columns nobody knows: its sheets and headers, so that a person can say what they are."""

from pathlib import Path

from zq_grid.importing import aliases, reader
from zq_grid.importing.headers import map_headers
from zq_grid.importing.run import Read
from zq_grid.progress import Progress
from zq_grid.session import Session


def look(session: Session, path: Path, *, sheet: str | None = None, progress: Progress | None = None) -> Read:
    """Return the sheets and the headers of a file, whatever is known of them; nothing is planned or written.

    Raises:
        ImportRejected: the file can't be read.
        Cancelled: stopped through `progress`.
    """
    table = reader.read(path, sheet=sheet, progress=progress or Progress())
    columns = map_headers(table, words=aliases.words_of(session.catalogue))
    return Read(table.name, table.sheets, None, None, columns)
