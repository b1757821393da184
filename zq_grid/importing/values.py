"""Single values of a stranger's cells made ours: text, numbers of orders, coordinates, quoted orders."""

import re
import unicodedata
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import NamedTuple

from zq_grid.importing.table import Cell
from zq_grid.rules import quotes

BLANKS = " \t\r\n\v\f\u00a0\u3000\u200b\u200c\u200d\u2060\ufeff"
_UNSEEN: dict[int, str | None] = dict.fromkeys((*range(9), 11, 12, *range(14, 32), 127, 8203, 8288, 65279))
_UNSEEN |= dict.fromkeys(range(0xD800, 0xE000))
# Marks of writing direction turn what a person reads around; the two separators are ends of lines.
_UNSEEN |= dict.fromkeys((0x200E, 0x200F, 0x61C, *range(0x202A, 0x202F), *range(0x2066, 0x206A)))
_UNSEEN |= dict.fromkeys(range(0x80, 0xA0))
_UNSEEN |= {0x85: "\n", 0x2028: "\n", 0x2029: "\n"}
# Between digits nothing unseen means anything; in words a joiner may (it holds composed signs together).
_UNSEEN_IN_NUMBERS = _UNSEEN | dict.fromkeys((0xAD, 0x200C, 0x200D))
_APOSTROPHES = "'‘’`´＇"
_PREFIX = re.compile(
    r"(?:热线)?12345(?:热线)?(?:工单)?[-_:/#]+|热线12345(?=\d)|12345(?=20\d{12}$)|HX[-_:]?(?=\d)"
)
LONGEST_NUMBER = 40
_NUMBER = re.compile(rf"[\w./#()〔〕\[\]-]{{1,{LONGEST_NUMBER}}}")
_FRACTION = re.compile(r"[0-9]{9,}\.[0-9]+")
_ROUNDED = re.compile(r"\d(?:\.\d+)?[eE]\+?\d+")
_DAYS_ONLY = re.compile(r"\d{1,3}|\d+\s*个?\s*(?:工作)?\s*(?:日|天|小时|工作日)(?:内)?")
_LABEL = re.compile(
    r"(?:NO[.:]|NO(?=20\d{12}$)|(?:12345|热线)?(?:工单|案件|受理|诉求|事件)?(?:编号|单号|号)[:#]?)(?=[A-Z0-9])"
)


class Quote(NamedTuple):
    """A text without the older orders that it quotes; `number` and `words` of the first of them."""

    text: str
    number: str | None
    words: str | None


class Rounded(ValueError):
    """A number that a spreadsheet has turned into an approximation: its last digits are gone."""


def clean(cell: Cell) -> str:
    """Return the cell as text of several lines, without blanks at the ends and without unseen characters."""
    if not isinstance(cell, str):
        return "" if cell is None else f"{cell}"
    text = cell
    if not text.isprintable():
        text = text.replace("\r\n", "\n").replace("\r", "\n").translate(_UNSEEN)
    return text.strip(BLANKS)


def without_unseen(text: str) -> str:
    """Return a number, a phone or a date without the characters that nobody sees."""
    return text if text.isprintable() else text.translate(_UNSEEN_IN_NUMBERS)


def one_line(text: str) -> str:
    """Return `text` on one line, each run of blanks as one space."""
    return " ".join(text.split())


def normalise_number(text: str) -> str:
    """Return the number of an order as it is compared: one spelling however it was typed.

    NFKC, capitals, without blanks and leading apostrophes, without a label (工单号：), the prefixes "12345-" and "HX", without
    the ".0" that a spreadsheet adds; unseen characters are dropped. The empty text stays empty.

    Raises:
        Rounded: the spreadsheet kept it as 2.02601E+13.
        ValueError: it is no number of an order: no digit, blanks of meaning, a fraction, more than 40 characters.
    """
    if text.isdecimal() and text.isascii() and len(text) <= LONGEST_NUMBER and not text.startswith("12345"):
        return text  # as nearly all are
    number = "".join(unicodedata.normalize("NFKC", without_unseen(text)).split()).strip(_APOSTROPHES)
    if not number:
        return ""
    if _ROUNDED.fullmatch(number):
        raise Rounded(text)
    number = unicodedata.normalize("NFKC", number.upper())
    if label := _LABEL.match(number):
        number = number[label.end() :]
    number = re.sub(r"^(\d+)\.0+$", r"\1", number)
    if _FRACTION.fullmatch(number):
        raise ValueError("a number with a fraction")
    while (shorter := _PREFIX.sub("", number, count=1) if _PREFIX.match(number) else number) != number:
        number = shorter.strip(_APOSTROPHES)
    if not _NUMBER.fullmatch(number) or not any("0" <= mark <= "9" for mark in number):
        raise ValueError("no number of an order")
    return number


def is_hotline_number(number: str) -> bool:
    """Say whether `number` has the hotline's form: 14 digits, a date and six more (docs/domain.md §5)."""
    if len(number) != 14 or not number.isascii() or not number.isdigit() or not number.startswith("20"):
        return False
    try:
        date(int(number[:4]), int(number[4:6]), int(number[6:8]))
    except ValueError:
        return False
    return True


def coordinate(text: str, most: int) -> str | None:
    """Return degrees as a decimal text with at most seven places; None for zero, which means "not known".

    Raises:
        ValueError: it is no number or lies beyond `most`.
    """
    try:
        degrees = Decimal(unicodedata.normalize("NFKC", text))
    except InvalidOperation:
        raise ValueError("no number") from None
    if not degrees.is_finite() or abs(degrees) > most:
        raise ValueError("beyond the globe")
    rounded = degrees.quantize(Decimal("0.0000001")).normalize()
    return f"{rounded:f}" if rounded else None


def is_span(text: str) -> bool:
    """Say whether a limit is written as a span (5个工作日), not as a time."""
    return bool(_DAYS_ONLY.fullmatch(unicodedata.normalize("NFKC", text)))


def without_quotes(text: str) -> Quote:
    """Return `text` without the older orders quoted in it by a reminder call (`rules/quotes.py`)."""
    found = quotes.quotes(text)
    if not found:
        return Quote(text, None, None)
    first = next((one for one in found if one.number), found[0])
    return Quote(quotes.own_words(text), first.number or None, first.words or None)
