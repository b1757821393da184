"""Reads CSV and its cousins: the encoding tried in order, the delimiter found by what makes a table."""

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from itertools import chain
from typing import IO

from zq_grid.importing.headers import recognised
from zq_grid.importing.kinds import UTF16, NotRead, refuse_markup

CHUNK = 1 << 20
SAMPLE = 1 << 16
DELIMITERS = ",\t;|"
LONGEST_CELL = 1 << 20
# Put after the last line: where it doesn't stand alone, a quotation mark before it was never closed.
END = "\ue000\ue001"
NAMED = re.compile(r"sep=([,\t;|])\r?\n", re.IGNORECASE)


def rows(file: IO[bytes]) -> Iterator[list[str]]:
    """Yield the rows of the text `file`.

    Raises:
        NotRead: no encoding fits, the text is a web page, holds NUL, or a quotation mark is never closed.
    """
    encoding = _encoding(file)
    file.seek(0)
    text = io.TextIOWrapper(file, encoding=encoding, newline="")
    sample = text.read(SAMPLE)
    refuse_markup(sample[:4096])
    text.seek(0)
    if named := NAMED.match(sample):
        text.readline()
    csv.field_size_limit(LONGEST_CELL)
    reader = csv.reader(chain(text, (END,)), delimiter=named[1] if named else delimiter(sample))
    begins = 1
    try:
        for row in reader:
            if row and row[-1].endswith(END):
                if len(row) > 1 or row[0] != END:
                    raise NotRead("file_quote_open", line=str(begins + bool(named)))
                return
            yield row
            begins = reader.line_num + 1
    except csv.Error:
        raise NotRead("file_corrupt") from None
    finally:
        text.detach()


def delimiter(sample: str) -> str:
    """Return what separates the cells of `sample`, the beginning of a text; "," when nothing does."""
    return max(DELIMITERS, key=lambda mark: (_worth(sample, mark), -DELIMITERS.index(mark)))


def _worth(sample: str, mark: str) -> tuple[int, int, float]:
    """Return how good a table `mark` makes: headers that we know, then rows of one width, then that width."""
    lines = io.StringIO(sample, newline="")
    found = []
    try:
        found = [row for row in csv.reader(lines, delimiter=mark) if any(map(str.strip, row))]
    except csv.Error:
        return (0, 0, 0.0)
    if len(sample) >= SAMPLE and len(found) > 1:
        found.pop()  # cut off in the middle
    if not found:
        return (0, 0, 0.0)
    width, times = Counter(map(len, found)).most_common(1)[0]
    if width == 1:
        return (0, 0, 0.0)
    known = max(recognised(row) for row in found[:10])
    share = times / len(found)
    return (known, int(share >= 0.8), width if share >= 0.8 else share)


def _encoding(file: IO[bytes]) -> str:
    beginning = file.read(4)
    if beginning.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        raise NotRead("file_encoding")
    candidates = ("utf-16",) if beginning.startswith(UTF16) else ("utf-8-sig", "gb18030")
    for encoding in candidates:
        if _fits(file, encoding):
            return encoding
    raise NotRead("file_encoding")


def _fits(file: IO[bytes], encoding: str) -> bool:
    """Say whether all of `file` decodes; a NUL in the text shows that it is none."""
    decoder = codecs.getincrementaldecoder(encoding)()
    file.seek(0)
    try:
        while chunk := file.read(CHUNK):
            if "\0" in decoder.decode(chunk):
                raise NotRead("file_not_table", what="程序数据")
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True
