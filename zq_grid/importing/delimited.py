"""Reads CSV and its cousins: the encoding tried in order, the delimiter found by what makes a table."""

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from itertools import chain
from typing import IO

from zq_grid.importing import mojibake
from zq_grid.importing.headers import recognised
from zq_grid.importing.kinds import HEAD, UTF16, NotRead, utf16_order

CHUNK = 1 << 20
LOOKED_AT = 1 << 18  # bytes that tell a language
SAMPLE = 1 << 16
DELIMITERS = ",\t;|"
LONGEST_CELL = 1 << 20
DECLARED = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?([\w-]+)""", re.IGNORECASE)
OTHER_ENCODINGS = {
    "big5": "big5hkscs",
    "big5-hkscs": "big5hkscs",
    "windows-1252": "cp1252",
    "iso-8859-1": "cp1252",
    "shift_jis": "cp932",
    "euc-kr": "cp949",
}
KEPT = re.compile(r'="((?:[^"]|"")*)"', re.DOTALL)
NAMED = re.compile(r"sep=([,\t;|])\r?\n", re.IGNORECASE)


def beginning(file: IO[bytes], encoding: str) -> str:
    """Return the beginning of the text `file`, by which its kind is told."""
    file.seek(0)
    decoder = codecs.getincrementaldecoder(encoding)()
    return decoder.decode(file.read(SAMPLE))


def rows(file: IO[bytes], encoding: str) -> Iterator[list[str]]:
    """Yield the rows of the text `file`.

    Raises:
        NotRead: a cell is too long, or a quotation mark is never closed.
    """
    file.seek(0)
    text = io.TextIOWrapper(file, encoding=encoding, newline="")
    sample = text.read(SAMPLE)
    text.seek(0)
    if named := NAMED.match(sample):
        text.readline()
    csv.field_size_limit(LONGEST_CELL)
    ended: list[bool] = []
    lines = chain(text, _end(ended))
    reader = csv.reader(lines, delimiter=named[1] if named else delimiter(sample))
    begins = 1
    try:
        for row in reader:
            if ended:  # what asks for a line after the last one is a quotation mark that was never closed
                raise NotRead("file_quote_open", line=str(begins + bool(named)))
            yield [_unwrapped(cell) for cell in row] if '="' in "".join(row) else row
            begins = reader.line_num + 1
    except csv.Error:
        raise NotRead("file_corrupt") from None
    finally:
        text.detach()


def _end(ended: list[bool]) -> Iterator[str]:
    """Yield no line, and note that one was asked for."""
    ended.append(True)
    yield from ()


def _unwrapped(cell: str) -> str:
    """Return the text that Excel was to keep a text: it stands there as the formula ="…"."""
    found = KEPT.fullmatch(cell)
    return found[1].replace('""', '"') if found else cell


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


def encoding_of(file: IO[bytes]) -> str:
    """Return the encoding in which all of `file` is text.

    What a page says of itself counts only where it isn't UTF-8: many say GB2312 and are not.

    Raises:
        NotRead: none fits, or the text holds NUL.
    """
    file.seek(0)
    head = file.read(HEAD)
    if head.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        raise NotRead("file_encoding")
    order = "utf-16" if head.startswith(UTF16) else utf16_order(head)
    for encoding in (order,) if order else ("utf-8-sig", *_declared(head), "gb18030"):
        if _fits(file, encoding):
            return encoding if encoding != "gb18030" else _chinese(file)
    raise NotRead("file_encoding")


def _chinese(file: IO[bytes]) -> str:
    """Return the encoding of a text that may be GB 18030.

    Raises:
        NotRead: it is another language in an encoding of its own.
    """
    file.seek(0)
    encoding = mojibake.encoding_of(file.read(LOOKED_AT))
    if encoding is None or (encoding != "gb18030" and not _fits(file, encoding)):
        raise NotRead("file_encoding")
    return encoding


def _declared(head: bytes) -> list[str]:
    """Return the encoding that a page names, of those that could be meant and aren't tried anyway."""
    found = DECLARED.search(head) if head.lstrip().startswith(b"<") else None
    name = found[1].decode("ascii").lower() if found else ""
    return [OTHER_ENCODINGS[name]] if name in OTHER_ENCODINGS else []


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
