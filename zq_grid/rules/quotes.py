"""Older orders that a reminder call quotes: which they are, and what the caller said besides.

The hotline's system puts the older order into the text of the new one, in brackets and a dozen wordings
(docs/domain.md §7): 【最近派发的工单编号：…，工单内容：…】, 最近办结工单号：…, 【重新交办，关联工单…】. What is quoted
was said in another order: search, counts and the look for duplicates read `own_words`.
"""

import re
import unicodedata
from collections.abc import Mapping
from typing import NamedTuple

_LABEL = r"工单\s{0,4}(?:编\s{0,4})?(?:号码?)?"
# 最近 … 工单编号： with or without its bracket, or any bracket that names an order of the hotline's 14 digits
_OPENING = re.compile(
    rf"(?P<bracket>[【\[〔]\s{{0,9}})?最近[一-龥]{{0,8}}?{_LABEL}\s{{0,4}}[:：]\s{{0,9}}"
    rf"|[【\[〔][^【】\[\]〔〕]{{0,24}}?{_LABEL}\s{{0,4}}[:：]?\s{{0,9}}(?=['‘’]?(?:HX)?20[0-9]{{12}}(?![0-9]))"
)
# An order's number as somebody types it into a text: the day, then six digits.
_PLAIN_NUMBER = re.compile(
    r"(?<![0-9])20[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])[0-9]{6}(?![0-9])"
)
_NUMBER = re.compile(r"[^，,;；。！？!?【】\[\]〔〕\s]{1,60}")
_BETWEEN = re.compile(r"[\s，,;；、]{0,9}")
_CONTENT = re.compile(r"(?:工单)?(?:诉求)?内容\s{0,4}[:：]\s{0,9}")
_PREFIX = re.compile(r"^(?:(?:热线)?12345(?:热线)?\s*[-—–_:：]\s*|HX\s*)+(?=\S)")
_NOISE = re.compile(r"[\s'’‘`\-—_.：:#№]+")
_OPEN, _CLOSE = frozenset("【[〔"), frozenset("】]〕")
_BLANKS = " \t\r\n\v\f\u00a0\u3000\u200b\ufeff"


class Quote(NamedTuple):
    """One quoted order: its number as orders are compared ("" where none can be read), the words quoted from it.

    `start` and `end` say where it stands in the text.
    """

    number: str
    words: str
    start: int
    end: int


def quotes(text: str) -> tuple[Quote, ...]:
    """Return the orders quoted in `text`, as they follow; what they quote themselves is part of their words.

    A quote runs to the bracket that closes it, brackets inside it counted; one that is cut off runs to the last
    closing bracket, else to the end of the text. Without any bracket it is the number alone, unless 工单内容 follows:
    then all the rest is quoted. Total; the time grows with the length of the text.
    """
    if "工单" not in text:
        return ()
    found: list[Quote] = []
    last_close = max(text.rfind(mark) for mark in _CLOSE)
    at = 0
    while opening := _OPENING.search(text, at):
        quote = _quote(text, opening, last_close)
        found.append(quote)
        at = quote.end
    return tuple(found)


def mentioned(text: str) -> tuple[str, ...]:
    """Return every order that a text names, by a quote or just by its 14 digits that begin with a day."""
    return tuple(dict.fromkeys((*quoted_numbers(text), *_PLAIN_NUMBER.findall(text))))


def own_words(text: str) -> str:
    """Return `text` without the orders quoted in it; a text without quotes comes back as it is."""
    found = quotes(text)
    if not found:
        return text
    parts, at = [], 0
    for quote in found:
        parts.append(text[at : quote.start])
        at = quote.end
    parts.append(text[at:])
    return "".join(parts).strip(_BLANKS)


def quoted_numbers(text: str) -> tuple[str, ...]:
    """Return the numbers of the orders quoted in `text`, each once, in the spelling that orders are compared by."""
    return tuple(dict.fromkeys(quote.number for quote in quotes(text) if quote.number))


def named_orders(text: object, beside: object) -> dict[str, str]:
    """Return number → why (reminder, related): the orders that a case names.

    Args:
        text: of the case; what isn't text is left out.
        beside: what an import left beside the case: `quoted`, the order that the text quoted before it was
            taken out, and `repeat_of`, the order that the hotline calls this one a repeat of.
    """
    found: dict[str, str] = {}
    if isinstance(beside, Mapping):
        for name, why in (("repeat_of", "related"), ("quoted", "reminder")):
            said = beside.get(name)
            if isinstance(said, str) and (number := _number(said)):
                found[number] = why
    if isinstance(text, str):
        found.update(dict.fromkeys(quoted_numbers(text), "reminder"))
    return found


def _quote(text: str, opening: re.Match[str], last_close: int) -> Quote:
    bracketed = opening["bracket"] is not None or opening[0][0] in _OPEN
    at = opening.end()
    said = _NUMBER.match(text, at)
    if said:
        at = said.end()
    behind = _BETWEEN.match(text, at)
    content = _CONTENT.match(text, behind.end() if behind else at)
    end, closed = _end(text, at, last_close, bracketed, content is not None)
    first = content.end() if content else behind.end() if behind else at
    words = text[min(first, end - closed) : end - closed].strip(_BLANKS)
    return Quote(_number(said[0]) if said else "", words, opening.start(), end)


def _end(text: str, at: int, last_close: int, bracketed: bool, content: bool) -> tuple[int, int]:
    """Return where a quote ends, and 1 if a bracket closes it there, else 0."""
    if not bracketed and not content:
        # 最近派发的工单编号：…】 without its first bracket is closed at once, or it is a mention in a sentence
        return (at + 1, 1) if text[at : at + 1] in _CLOSE else (at, 0)
    depth = 1
    for place in range(at, last_close + 1):
        if text[place] in _OPEN:
            depth += 1
        elif text[place] in _CLOSE:
            depth -= 1
            if depth == 0:
                return place + 1, 1
    return (last_close + 1, 1) if last_close >= at else (len(text), 0)


def _number(said: str) -> str:
    """Return a number in one spelling; words in its place (“反黑”) are no number."""
    number, before = unicodedata.normalize("NFKC", said).upper().strip(" '’‘`"), ""
    while number != before:
        number, before = _NOISE.sub("", _PREFIX.sub("", number)), number
    return number if any("0" <= mark <= "9" for mark in number) else ""
