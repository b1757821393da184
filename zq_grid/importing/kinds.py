"""Tells what a file is by its content, since names lie: an .xls that is .xlsx, a web page saved as .csv."""

import codecs
import re
import zipfile
from typing import IO, Literal

Kind = Literal["workbook", "text"]
Markup = Literal["html", "xml", "mail"]
HEAD = 8192
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
UTF16 = (b"\xff\xfe", b"\xfe\xff")
OTHERS: tuple[tuple[bytes, str], ...] = (
    (b"\x89PNG", "图片"),
    (b"\xff\xd8\xff", "图片"),
    (b"GIF8", "图片"),
    (b"BM", "图片"),
    (b"II*\x00", "图片"),
    (b"MM\x00*", "图片"),
    (b"%PDF", "PDF 文件"),
    (b"Rar!", "压缩包"),
    (b"7z\xbc\xaf", "压缩包"),
    (b"\x1f\x8b", "压缩包"),
    (b"MZ", "程序"),
    (b"\x7fELF", "程序"),
    (b"SQLite format 3", "数据库"),
    (b"{\\rtf", "Word 文档"),
    (b"\x09\x00", "Excel 4.0 及更早的旧格式文件"),
    (b"\x09\x02", "Excel 4.0 及更早的旧格式文件"),
    (b"\x09\x04", "Excel 4.0 及更早的旧格式文件"),
)
MARKUP = re.compile(
    r"<(!doctype\s+html|html|head|body|table|meta|script|style|div|title|center|form|!--|!\[)", re.IGNORECASE
)
WORKBOOK = re.compile(r"<(?:\w+:)?Workbook[\s>]")
XML = re.compile(r"<\?xml|<\w[\w:.-]*\s[^>]*xmlns", re.IGNORECASE)
HTML, TABLE, ROW = (re.compile(rf"<{tag}[\s>]", re.IGNORECASE) for tag in ("html", "table", "tr"))
MAIL = re.compile(r"(?:[\w-]+:[^\n]*\n(?:[ \t][^\n]*\n)*)*?MIME-Version:", re.IGNORECASE)
SEPARATORS = "\t\n,;|<"
NO_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")
# How a workbook of 1995 or later with a password begins: its first record, then perhaps write protection.
FILEPASS = re.compile(
    rb"\x09\x08(?:\x10\x00\x00\x06\x05\x00.{12}|\x08\x00\x00\x05\x05\x00.{4})(?:\x86\x00\x00\x00)?"
    rb"\x2f\x00[\x04-\xff]\x00",
    re.DOTALL,
)
STRAY = 3
CONTROL = re.compile(rb"[\x00-\x06\x0e-\x19\x1c-\x1f\x7f]")


class NotRead(Exception):
    """The file is refused: `args` are the code and the facts of its sentence."""

    def __init__(self, code: str, **facts: str) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts


def kind_of(name: str, file: IO[bytes]) -> Kind:
    """Return how to read `file`, which is left at its beginning.

    Raises:
        NotRead: it is neither a workbook nor text, or has a password.
    """
    head = file.read(HEAD)
    file.seek(0)
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        _look_into_zip(file)
        return "workbook"
    if head.startswith(OLE):
        _look_into_ole(file)
        return "workbook"
    if name.startswith("~$"):
        raise NotRead("file_not_table", what="由 Office 或 WPS 打开文件时留下的临时文件")
    if not head.startswith(UTF16) and utf16_order(head) is None:
        _refuse_bytes(head)
    return "text"


def utf16_order(head: bytes) -> str | None:
    """Return the encoding of `head`, the beginning of a file, where it is UTF-16 without a mark.

    Read in the wrong order, or where one NUL strayed into a text, hardly any separator is left.
    """
    if b"\0" not in head:
        return None
    seen = sum(head.count(ord(mark)) for mark in SEPARATORS)
    for encoding in ("utf-16-le", "utf-16-be"):
        try:
            text = codecs.getincrementaldecoder(encoding)().decode(head)
        except UnicodeDecodeError:
            continue
        separators = sum(map(text.count, SEPARATORS))
        if separators and separators >= 0.2 * seen and not NO_TEXT.search(text):
            return encoding
    return None


def markup_of(text: str) -> Markup | None:
    """Return what kind of markup `text`, the beginning of a file, is; None for plain text."""
    text = text.lstrip()
    if not text.startswith("<"):
        return "mail" if MAIL.match(text[:4096]) else None
    if WORKBOOK.search(text[:4096]):
        return "xml"
    if MARKUP.match(text) or HTML.search(text[:4096]) or (TABLE.search(text) and ROW.search(text)):
        return "html"
    return "xml" if XML.match(text) else None


def _refuse_bytes(head: bytes) -> None:
    for beginning, what in OTHERS:
        # Two letters alone may well begin a text: then the control characters decide.
        if head.startswith(beginning) and (len(beginning) > 2 or CONTROL.search(head)):
            raise NotRead("file_not_table", what=what)
    # a stray control character is a slip of some program; many are no text at all
    if b"\0" in head or len(CONTROL.findall(head)) > STRAY:
        raise NotRead("file_not_table", what="程序数据")


def _look_into_zip(file: IO[bytes]) -> None:
    try:
        with zipfile.ZipFile(file) as archive:
            names = archive.namelist()
            locked = any(entry.flag_bits & 1 for entry in archive.infolist())
            mimetype = _beginning(archive, "mimetype", names)
            manifest = _beginning(archive, "META-INF/manifest.xml", names)
    except (zipfile.BadZipFile, NotImplementedError, OSError, ValueError, RuntimeError, EOFError):
        raise NotRead("file_corrupt") from None
    file.seek(0)
    if locked or b"encryption-data" in manifest:
        raise NotRead("file_password")
    if any(name.startswith("xl/") for name in names) or b"opendocument.spreadsheet" in mimetype:
        return
    if any(name.startswith("word/") for name in names) or b"opendocument.text" in mimetype:
        raise NotRead("file_not_table", what="Word 文档")
    if any(name.startswith("ppt/") for name in names):
        raise NotRead("file_not_table", what="演示文稿")
    if "[Content_Types].xml" in names:  # an Office file whose parts lie elsewhere: let the reader try
        return
    raise NotRead("file_not_table", what="压缩包")


def _beginning(archive: zipfile.ZipFile, name: str, names: list[str]) -> bytes:
    """Return at most 64 KB of a member: a bomb inflates no further."""
    if name not in names or archive.getinfo(name).flag_bits & 1:
        return b""
    with archive.open(name) as member:
        return member.read(1 << 16)


def _look_into_ole(file: IO[bytes]) -> None:
    content = file.read()
    file.seek(0)
    names = ("EncryptedPackage", "Workbook", "Book", "WordDocument")
    streams = {name for name in names if name.encode("utf-16-le") in content}
    if "EncryptedPackage" in streams or FILEPASS.search(content):
        raise NotRead("file_password")
    if not streams & {"Workbook", "Book"}:
        raise NotRead("file_not_table", what="Word 文档" if "WordDocument" in streams else "其他 Office 文件")
