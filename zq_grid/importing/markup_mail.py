"""The pages within a “single file web page”: a mail of several parts, as Excel and browsers save one.

Not the library's `email`, which keeps a whole tree and takes long over hostile headers.
"""

import binascii
import io
import re
from collections.abc import Iterator
from typing import IO

from zq_grid.importing.delimited import encoding_of
from zq_grid.importing.kinds import NotRead

LONGEST_LINE = 1 << 16
LONGEST_HEADER = 1 << 16
MOST_PARTS = 5_000
BOUNDARY = re.compile(rb"""boundary\s*=\s*(?:"([^"\r\n]{1,200})"|([^\s;"]{1,200}))""", re.IGNORECASE)
PAGE = re.compile(rb"^Content-Type:\s*(?:text/html|application/xhtml)", re.IGNORECASE | re.MULTILINE)
CODED = re.compile(rb"^Content-Transfer-Encoding:\s*([\w-]+)", re.IGNORECASE | re.MULTILINE)


def pages(file: IO[bytes]) -> Iterator[tuple[IO[bytes], str]]:
    """Yield each page with its encoding.

    Raises:
        NotRead: the mail is broken, or its text in no encoding that we know.
    """
    file.seek(0)
    header = _header(file)
    found = BOUNDARY.search(header)
    if found is None:  # a page alone
        if PAGE.search(header):
            yield _page(header, _body(file, b"--\0"))
        return
    boundary = b"--" + (found[1] or found[2])
    _body(file, boundary, keep=False)
    for _ in range(MOST_PARTS):
        header = _header(file)
        if not header:
            return
        wanted = bool(PAGE.search(header))
        content = _body(file, boundary, keep=wanted)
        if wanted:
            yield _page(header, content)
    raise NotRead("file_too_big", what=f"超过 {MOST_PARTS} 个部分")


def _header(file: IO[bytes]) -> bytes:
    """Return the lines down to the first empty one."""
    lines = bytearray()
    while line := file.readline(LONGEST_LINE):
        if not line.strip():
            if lines:
                break
            continue
        lines += line
        if len(lines) > LONGEST_HEADER:
            raise NotRead("file_corrupt")
    return bytes(lines)


def _body(file: IO[bytes], boundary: bytes, *, keep: bool = True) -> bytearray:
    """Return what stands before the next line that is `boundary`."""
    content = bytearray()
    while line := file.readline(LONGEST_LINE):
        if line.startswith(boundary):
            break
        if keep:
            content += line
    return content


def _page(header: bytes, content: bytearray) -> tuple[IO[bytes], str]:
    coded = CODED.search(header)
    how = coded[1].lower() if coded else b""
    try:
        if how == b"base64":
            plain = io.BytesIO(binascii.a2b_base64(content))
        elif how == b"quoted-printable":
            plain = io.BytesIO(binascii.a2b_qp(content))
        else:
            plain = io.BytesIO(content)
    except binascii.Error:
        raise NotRead("file_corrupt") from None
    return plain, encoding_of(plain)
