"""JSON read at once: the quick reader, and the language's own for what only that one takes."""

import json
from typing import Any

import msgspec

_read = msgspec.json.Decoder().decode


def read(said: str | bytes) -> Any:
    """Return what JSON says, as `json.loads`.

    Raises:
        ValueError: it is no JSON, or has something before or behind it.
    """
    try:
        return _read(said)
    except (msgspec.DecodeError, UnicodeEncodeError):
        # halves of characters, which a damaged workbook or store may hold, and numbers without an end
        return json.loads(said)
