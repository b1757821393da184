"""What a workbook before 2007 says of its texts and its days, and how to have its texts read rightly.

The library that reads workbooks knows code pages of one byte to a character; of others it makes rubbish. So it
is told that a text of Excel 95 is Western, which loses no byte, and the bytes are decoded here.
Source: [MS-XLS] and OpenOffice's description of the file format, records BOF, CODEPAGE and 1904 (DATEMODE).
"""

import re
import struct
from typing import NamedTuple

from zq_grid.importing.kinds import NotRead

# The beginning of the part that tells of the whole workbook, in Excel 95 and in later ones.
BEGINNING = re.compile(rb"\x09\x08(?:\x08\x00\x00\x05|\x10\x00\x00\x06)\x05\x00")
CODE_PAGE, SINCE_1904, SHEET, END = 0x42, 0x22, 0x85, 0x0A
LOOKED_AT = 4096  # bytes: both records stand near the beginning
WESTERN, UNICODE = 1252, 1200
CODECS = {932: "cp932", 936: "gb18030", 949: "cp949", 950: "big5hkscs", 1361: "johab", 54936: "gb18030"}
# What the library makes of the bytes 80 to 9F where it takes them for Western, and back.
BACK = {
    ord(bytes([byte]).decode("cp1252")): byte
    for byte in range(0x80, 0xA0)
    if byte not in b"\x81\x8d\x8f\x90\x9d"
}


class OldExcel(NamedTuple):
    """A workbook to hand to the library; `codec` is what the bytes of its texts are in, None where it knows.

    `bytes_only`: its texts can hold neither NUL nor U+FFFD, so that these show what nobody could read.
    """

    content: bytes
    codec: str | None
    bytes_only: bool
    since_1904: bool

    def text(self, said: str) -> str:
        """Return what stands in a cell for which the library gave `said`.

        Raises:
            NotRead: that is no text of the encoding that the workbook names.
        """
        try:
            text = said.translate(BACK).encode("latin-1").decode(self.codec) if self.codec else said
        except UnicodeError:
            raise NotRead("file_encoding") from None
        if self.bytes_only and ("\0" in text or "\ufffd" in text):
            raise NotRead("file_encoding")
        return text


def look(content: bytes) -> OldExcel:
    """Return how to read the workbook whose file holds `content`."""
    changed, codec, since_1904 = bytearray(content), None, False
    beginnings = list(BEGINNING.finditer(content))
    newer = any(found[0][2] == 16 for found in beginnings)
    for found in beginnings:
        fifth = found[0][2] != 16
        if newer and fifth:  # a file for both: the newer part is the one that is read
            continue
        page, days = _records(content, found.start())
        since_1904 = since_1904 or days
        if page is None:
            continue
        (number,) = struct.unpack_from("<H", content, page)
        if fifth and number in CODECS:
            codec = CODECS[number]
            struct.pack_into("<H", changed, page, WESTERN)
        elif not fifth and number != UNICODE:
            struct.pack_into("<H", changed, page, UNICODE)
    return OldExcel(bytes(changed), codec, bool(beginnings) and not newer, since_1904)


def _records(content: bytes, place: int) -> tuple[int | None, bool]:
    """Return where the number of the code page stands, and whether days are counted from 1904."""
    end = min(len(content), place + LOOKED_AT) - 6
    page, since_1904 = None, False
    while place < end:
        kind, length, value = struct.unpack_from("<HHH", content, place)
        if kind in {SHEET, END}:
            break
        if kind == CODE_PAGE and length == 2:
            page = place + 4
        elif kind == SINCE_1904 and length == 2:
            since_1904 = value == 1
        place += 4 + length
    return page, since_1904
