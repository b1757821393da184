"""Reads web pages, XML spreadsheets and pages saved as mail: workbooks that only a browser or Excel knows."""

import codecs
import io
from collections.abc import Iterator
from typing import IO

from zq_grid.importing import markup_html, markup_mail, markup_xml
from zq_grid.importing.kinds import Markup, NotRead
from zq_grid.importing.lines import Out
from zq_grid.importing.markup_sheets import Sheets

CHUNK = 1 << 18
NAMES: dict[Markup, str] = {"html": "网页（HTML）", "mail": "网页（MHTML）"}


def read(file: IO[bytes], encoding: str, markup: Markup, sheet: str | None, out: Out) -> None:
    """Write the rows of `sheet`, or of the table that looks most like cases.

    Raises:
        NotRead: the file holds no table, is broken, or is too much.
    """
    sheets = Sheets(out, sheet)
    if markup == "xml":
        markup_xml.read(_chunks(file, encoding), sheets)
    elif markup == "html":
        markup_html.read(_chunks(file, encoding), sheets)
    else:
        for page, page_encoding in markup_mail.pages(file):
            markup_html.read(_chunks(page, page_encoding), sheets)
    if not len(sheets):
        if markup == "xml":
            raise NotRead("file_empty")
        raise NotRead("file_not_table", what=NAMES[markup])
    sheets.end()


def _chunks(file: IO[bytes], encoding: str) -> Iterator[str]:
    """Yield the text of `file`, its lines ended in one way."""
    file.seek(0)
    decoder = io.IncrementalNewlineDecoder(codecs.getincrementaldecoder(encoding)(), translate=True)
    while content := file.read(CHUNK):
        if chunk := decoder.decode(content):
            yield chunk
    if chunk := decoder.decode(b"", final=True):
        yield chunk
