"""The parts of a zipped workbook: whether they are as they were written, and what the library doesn't tell.

The library that reads workbooks stops at the end of a table, before the checksum of its part is compared.
"""

import io
import posixpath
import re
import zipfile
import zlib
from collections.abc import Callable
from contextlib import suppress
from typing import IO
from xml.parsers import expat

from zq_grid.importing.kinds import NotRead

CHUNK = 1 << 18
LARGEST_LIST = 4 << 20  # bytes of the lists of sheets and of parts
LARGEST_CHECKED = 512 << 20  # bytes of a part; what is larger runs into the limits of reading
MOST_MENDED = 48 << 20  # bytes of all parts
BROKEN = (zipfile.BadZipFile, zlib.error, EOFError)
# A cell whose value is an error.
ERROR = re.compile(
    rb"(<(?:\w+:)?c\b[^<>]*?\st\s*=\s*[\"']e[\"'][^<>]*>"
    rb"(?:\s*<(?:\w+:)?f\b[^<>]*(?:/>|>[^<]*</(?:\w+:)?f\s*>))?\s*<(?:\w+:)?v\b[^<>]*>)[^<]*(?=<)"
)
BINARY = re.compile(r"xl/(?:worksheets/[^/]*|workbook|sharedstrings|styles)\.bin")


class Parts:
    """The parts of the zip archive `file`, known by their names as the library compares them."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._archive = zipfile.ZipFile(file)
        self._known = {_name(entry.filename): entry for entry in self._archive.infolist()}
        self._checked: set[str] = set()
        self._of_all: set[str] = set()
        self._of_sheet: dict[str, str] = {}
        self.since_1904 = False
        self._look()

    def check(self, sheet: str, hear: Callable[[bytes], None] | None = None) -> None:
        """Compare the checksums of what was read for `sheet`; `hear` is given the content of its own part.

        Raises:
            NotRead: one doesn't fit.
        """
        names = {self._of_sheet[sheet]} if sheet in self._of_sheet else set(self._of_sheet.values())
        for name in sorted((names | self._of_all) & self._known.keys() - self._checked):
            self._checked.add(name)
            entry = self._known[name]
            if entry.file_size > LARGEST_CHECKED:
                continue
            try:
                member = self._archive.open(entry)
            except (*BROKEN, NotImplementedError, RuntimeError, OSError, ValueError):
                continue  # the library reads what we can't
            try:
                with member as part:
                    own = hear if name == self._of_sheet.get(sheet) else None
                    while content := part.read(CHUNK):
                        if own:
                            own(content)
            except BROKEN:
                raise NotRead("file_corrupt") from None
            except (RuntimeError, OSError, ValueError):
                continue

    def plain_errors(self) -> io.BytesIO | None:
        """Return a workbook whose cells hold no error but #N/A; None where it is too large for that."""
        entries = [name for name in self._known if name.endswith((".xml", ".rels"))]
        if sum(self._known[name].file_size for name in entries) > MOST_MENDED:
            return None
        made = io.BytesIO()
        try:
            with zipfile.ZipFile(made, "w") as new:
                for name in entries:
                    content = self._archive.read(self._known[name])
                    if "worksheets/" in name and name.endswith(".xml"):
                        content = ERROR.sub(rb"\1#N/A", content)
                    new.writestr(self._known[name].filename, content)
        except (*BROKEN, NotImplementedError, RuntimeError, OSError, ValueError):
            return None
        made.seek(0)
        return made

    def _look(self) -> None:
        """Learn which part holds which sheet, and from which year days are counted."""
        book = next((name for name in self._known if posixpath.basename(name) == "workbook.xml"), None)
        if book is None:
            binary = {name for name in self._known if BINARY.fullmatch(name)}
            self._of_all = binary or {"content.xml"}
            return
        folder = posixpath.dirname(book)
        links = _name(posixpath.join(folder, "_rels/workbook.xml.rels"))
        self._of_all = {book, links}
        targets: dict[str, str] = {}
        for kind, said in self._elements(links):
            if kind == "Relationship" and "Target" in said:
                target = said["Target"]
                place = _name(posixpath.normpath(posixpath.join(f"/{folder}", target.replace("\\", "/"))))
                what = posixpath.basename(said.get("Type", ""))
                if what in {"sharedStrings", "styles"}:
                    self._of_all.add(place)
                elif what == "worksheet":
                    targets[said.get("Id", "")] = place
        for kind, said in self._elements(book):
            if kind == "workbookPr":
                self.since_1904 = said.get("date1904", "") in {"1", "true", "on"}
            elif kind == "sheet" and said.get("id") in targets:
                self._of_sheet[said.get("name", "")] = targets[said["id"]]

    def _elements(self, name: str) -> list[tuple[str, dict[str, str]]]:
        """Return the elements of a list with their attributes, both without namespaces."""
        found: list[tuple[str, dict[str, str]]] = []

        def start(kind: str, attributes: dict[str, str]) -> None:
            said = {key.rpartition("}")[2]: value for key, value in attributes.items()}
            found.append((kind.rpartition("}")[2], said))

        def doctype(*_said: object) -> None:
            raise NotRead("file_corrupt")

        parser = expat.ParserCreate(namespace_separator="}")
        parser.StartElementHandler = start
        parser.StartDoctypeDeclHandler = doctype
        with (
            suppress(*BROKEN, NotRead, NotImplementedError, RuntimeError, OSError, ValueError, KeyError),
            suppress(expat.ExpatError),
            self._archive.open(self._known[name]) as part,
        ):
            parser.Parse(part.read(LARGEST_LIST), True)
        return found


def _name(name: str) -> str:
    """Return how the library compares the names of parts."""
    return name.replace("\\", "/").lower().lstrip("/")
