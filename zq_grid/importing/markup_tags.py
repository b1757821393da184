"""Takes a web page apart into tags and text, in time that grows no faster than the page.

Not `html.parser`: that looks for the end of an unclosed tag or comment again and again. Here a tag that
doesn't end within a megabyte ends the reading, and what is no text for a reader (scripts, styles, comments)
is skipped without being kept. Source of the rules: the HTML standard, section “Tokenization”.
"""

import re
from collections.abc import Iterator
from typing import Protocol

from zq_grid.importing.kinds import NotRead

LONGEST_TAG = 1 << 20
MOST_BROKEN = 100  # tags with a quotation mark that is never closed
_VALUE = r"""=\s*+(?:"[^"]*+"|'[^']*+'|(?!["']))"""
TAG = re.compile(rf"<(/?)([a-zA-Z][^\s/>]*+)((?:[^>=]++|{_VALUE})*+)>")
BROKEN = re.compile(r"<(/?)([a-zA-Z][^\s/>]*+)([^>]*+)>")
# One whole cell without tags in it: nearly all of a large export.
_INSIDE = _VALUE.replace('[^"]', '[^"<]').replace("[^']", "[^'<]")
CELL = re.compile(rf"<t[dhDH](\s(?:[^<>=]++|{_INSIDE})*+)?>([^<]*+)</t[dhDH]\s*+>\s*+")
OPENS = re.compile(r"<(?:/?[a-zA-Z]|[!?]|/.)", re.DOTALL)
NAMED = re.compile(r"</?[a-zA-Z]")
# What is between these is no text of the page; of a list of choices nobody knows which was meant.
RAW = frozenset(
    ("script", "style", "title", "select", "template", "svg", "object", "applet", "iframe", "noframes", "xmp")
)
RAW_END = {name: re.compile(rf"</{name}(?=[\s/>])", re.IGNORECASE) for name in RAW}
COMMENT_END = re.compile(r"--!?>")
OTHER_END = re.compile(">")
OVERLAP = 16  # characters that the beginning of an end may take
LONGEST_ASIDE = 1 << 16


class Listener(Protocol):
    """Whom the tags and texts are told."""

    def start(self, name: str, attributes: str) -> None:
        """Hear of a tag that opens; `name` in small letters, `attributes` as written."""

    def end(self, name: str) -> None:
        """Hear of a tag that closes."""

    def text(self, content: str) -> None:
        """Hear a piece of text as written, entities and all."""

    def cell(self, attributes: str, content: str) -> None:
        """Hear a whole cell that holds nothing but text."""

    def aside(self, kind: str, content: str) -> None:
        """Hear what was skipped, "comment" or the name of a tag, unless it is very long."""

    @property
    def enough(self) -> bool:
        """Say whether to stop."""

    @property
    def open(self) -> bool:
        """Say whether a table was begun and not ended."""


class Tokens:
    """Reads one page, given in chunks, to a `Listener`."""

    def __init__(self, chunks: Iterator[str], to: Listener, heard: frozenset[str]) -> None:
        self._chunks = chunks
        self._to = to
        self._heard = heard  # the names of the tags that are told
        self._buffer = ""
        self._at = 0
        self._last = False
        self._times_broken = 0

    def run(self) -> None:
        """Read to the end.

        Raises:
            NotRead: a tag is too long, or a comment or script in a table is never closed.
        """
        while self._more():
            if self._to.enough:
                return
            self._through()

    def _more(self) -> bool:
        """Read on, keeping what is not yet dealt with; say whether anything came or is left."""
        if self._last:
            return False
        chunk = next(self._chunks, "")
        self._last = not chunk
        self._buffer = self._buffer[self._at :] + chunk
        self._at = 0
        return True

    def _through(self) -> None:
        """Deal with the buffer as far as it is whole."""
        to, buffer, at = self._to, self._buffer, 0
        while True:
            if whole := CELL.match(buffer, at):
                to.cell(whole[1] or "", whole[2])
                at = whole.end()
            elif tag := TAG.match(buffer, at):
                at = self._tag(tag)
                buffer = self._buffer
            elif buffer.startswith("<", at):
                after = self._other(at)
                if after < 0:  # not whole yet
                    break
                at, buffer = after, self._buffer
            else:
                opens = buffer.find("<", at)
                stop = len(buffer) if opens < 0 else opens
                if stop > at:
                    to.text(buffer[at:stop])
                at = stop
                if opens < 0:
                    break
        self._at = at

    def _tag(self, tag: re.Match[str]) -> int:
        """Tell of a tag; return where to go on."""
        closes, name, attributes = tag.groups()
        name = name.lower()
        if name in self._heard:
            if closes:
                self._to.end(name)
            else:
                self._to.start(name, attributes)
        elif name in RAW and not closes and not attributes.endswith("/"):
            return self._skip(tag.end(), RAW_END[name], name)
        return tag.end()

    def _other(self, at: int) -> int:
        """Deal with a "<" that begins no whole tag; return where to go on, -1 where more must be read first."""
        buffer = self._buffer
        left = len(buffer) - at
        if left < 4 and not self._last:
            return -1
        if not OPENS.match(buffer, at):
            self._to.text("<")
            return at + 1
        if NAMED.match(buffer, at):
            return self._broken(at) if left >= LONGEST_TAG or self._last else -1
        if not buffer.startswith("<!--", at):
            return self._skip(at + 1, OTHER_END, "")
        if buffer.startswith((">", "->"), at + 4):
            return buffer.index(">", at) + 1
        return self._skip(at + 4, COMMENT_END, "comment")

    def _broken(self, at: int) -> int:
        """Deal with a tag that has no end, or a quotation mark without one: it goes to the next ">"."""
        self._times_broken += 1
        if broken := BROKEN.match(self._buffer, at):
            if self._times_broken > MOST_BROKEN:
                raise NotRead("file_corrupt")
            return self._tag(broken)
        if self._last:  # cut off in the middle of a tag
            return len(self._buffer)
        raise NotRead("file_corrupt")

    def _skip(self, at: int, end: re.Pattern[str], kind: str) -> int:
        """Return the place of `end`, or behind the end of a comment, reading on as far as need be."""
        begins = at
        while True:
            if found := end.search(self._buffer, at):
                if kind and 0 <= begins <= found.start() <= begins + LONGEST_ASIDE:
                    self._to.aside(kind, self._buffer[begins : found.start()])
                return found.start() if kind in RAW else found.end()
            if self._last:
                if kind and self._to.open:
                    raise NotRead("file_corrupt")
                return len(self._buffer)
            self._at = max(at, len(self._buffer) - OVERLAP)
            begins = -1
            self._more()
            at = 0
            if self._to.enough:
                return len(self._buffer)
