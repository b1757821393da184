"""The bundled Chinese fonts for paper: registered once, always embedded, honest about what they lack.

ReportLab knows no fallback from one font to another, so text is cut here into runs that a font can draw.
"""

import logging
import unicodedata
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any

from reportlab import rl_config
from reportlab.lib.fonts import addMapping
from reportlab.pdfbase import pdfmetrics, ttfonts

log = logging.getLogger(__name__)

REGULAR, BOLD = "ZQ-Regular", "ZQ-Bold"
FOLDER = Path(__file__).resolve().parents[2] / "resources" / "fonts"
FILES = {REGULAR: "NotoSansSC-Regular.ttf", BOLD: "NotoSansSC-Bold.ttf"}
MISSING = "〓"
"""The printer's mark for a character that the fonts don't have."""


@cache
def register() -> None:
    """Make both fonts known to ReportLab; further calls do nothing."""
    for name, file in FILES.items():
        pdfmetrics.registerFont(ttfonts.TTFont(name, str(FOLDER / file)))
    for bold in (0, 1):
        for italic in (0, 1):
            addMapping(REGULAR, bold, italic, BOLD if bold else REGULAR)
            addMapping(BOLD, bold, italic, BOLD)
    pdfmetrics.registerFontFamily(REGULAR, REGULAR, BOLD, REGULAR, BOLD)
    ttfonts.makeToUnicodeCMap = to_unicode
    # Nothing here reads markup; should anything ever do so, it must not fetch what a citizen's text names.
    rl_config.trustedHosts, rl_config.trustedSchemes = [], []


def to_unicode(name: str, subset: Sequence[int]) -> str:
    """Return the table by which a reader turns glyphs back into text.

    ReportLab's own writes characters beyond U+FFFF with five hex digits, which readers take for two; the
    format (Adobe Technical Note 5411) wants UTF-16BE, and no more than 100 lines in a block.
    """
    lines = [
        f"<{code:02X}> <{chr(point).encode('utf-16-be').hex().upper()}>" for code, point in enumerate(subset)
    ]
    blocks = [lines[start : start + 100] for start in range(0, len(lines), 100)]
    return "\n".join(
        [
            "/CIDInit /ProcSet findresource begin",
            "12 dict begin",
            "begincmap",
            f"/CIDSystemInfo << /Registry ({name}) /Ordering ({name}) /Supplement 0 >> def",
            f"/CMapName /{name} def",
            "/CMapType 2 def",
            "1 begincodespacerange",
            f"<00> <{len(subset) - 1:02X}>",
            "endcodespacerange",
            *[line for block in blocks for line in (f"{len(block)} beginbfchar", *block, "endbfchar")],
            "endcmap",
            "CMapName currentdict /CMap defineresource pop",
            "end",
            "end",
        ]
    )


@cache
def _face(font: str) -> Any:
    register()
    return pdfmetrics.getFont(font).face


def clean(text: str) -> str:
    """Return `text` as it can be printed: what is missing as 〓 (logged by code point), no controls.

    Line feeds stay; tabs become spaces; what has no width of its own (joiners, direction marks) goes.
    """
    glyphs, kept = _face(REGULAR).charToGlyph, []
    for character in text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " "):
        if character == "\n" or ord(character) in glyphs:
            kept.append(character)
        elif unicodedata.category(character) not in {"Cc", "Cf", "Mn", "Zl", "Zp"}:
            _report(character)
            kept.append(" " if unicodedata.category(character) == "Zs" else MISSING)
    return "".join(kept)


@cache
def _report(character: str) -> None:
    """Log a missing character, once; one character tells nothing about a person."""
    log.warning("no glyph for U+%04X", ord(character))


def runs(text: str, bold: bool) -> Iterator[tuple[str, str]]:
    """Yield (font, part) for cleaned `text`: what the smaller bold font lacks is drawn in regular."""
    glyphs = _face(BOLD).charToGlyph if bold else {}
    for is_bold, part in groupby(text, key=lambda character: bold and ord(character) in glyphs):
        yield (BOLD if is_bold else REGULAR), "".join(part)


def width(text: str, size: float, bold: bool = False) -> float:
    """Return the width of cleaned `text` in points."""
    return sum(_advance(character, bold) for character in text) * size / 1000


@cache
def _advance(character: str, bold: bool) -> float:
    """Return the width of one character in thousandths of the size."""
    ((font, _),) = runs(character, bold)
    face = _face(font)
    advance: float = face.charWidths.get(ord(character), face.defaultWidth)
    return advance
