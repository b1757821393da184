"""Text from outside on its way to a person: what would steer a screen is made visible, a fact stays on its line.

Names of files, headers, sheets and options come from strangers. Sent raw to a terminal, an ESC recolours or
clears it, a bidirectional control turns a name around, a newline makes one sentence look like two.
"""

import re

# What begins a new line or moves the cursor along one: a blank within a fact.
_BREAKS = re.compile("[\t\n\v\f\r\x1c-\x1e\x85\u2028\u2029]+")
_SIGN = "\ufffd"
# The Unicode names: ALM, LRM, RLM, the embeddings and overrides, the isolates.
_BIDI = (0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A))
# Half a pair stands for a byte of a file name that is no UTF-8 (PEP 383), and no store or stream takes it.
_HALVES = re.compile("[\ud800-\udfff]")
_SHOWN = {
    **{code: chr(0x2400 + code) for code in range(0x20)},
    0x7F: "\u2421",
    **dict.fromkeys((*range(0x80, 0xA0), *_BIDI), _SIGN),
}


def fact(said: str) -> str:
    """Return one fact as it may stand in a sentence or a table: one line, nothing that steers a screen.

    A control shows as its picture (ESC as “␛”), one of U+0080–U+009F or of direction as “�”, a break as a blank.
    """
    if said.isascii() and said.isprintable():
        return said
    return whole(_BREAKS.sub(" ", said).translate(_SHOWN))


def lines(said: str) -> str:
    """Return what is printed in one go: the newlines, which are ours, stay; else as `fact`."""
    if said.isascii() and said.replace("\n", "").isprintable():
        return said
    return "\n".join(map(fact, said.split("\n")))


def whole(said: str) -> str:
    """Return text that can be stored and written: half a surrogate pair, the sign of a foreign byte, as “�”."""
    return _HALVES.sub(_SIGN, said)
