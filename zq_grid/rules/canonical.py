"""One way to write a step down as bytes, so that its id, its chain and its signature mean the same everywhere.

The form is frozen: `docs/architecture.md`, “Steps”. Changing anything here would orphan every store.
"""

import hashlib
import json
import unicodedata
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from typing import Any

STEP_DOMAIN = b"zq-grid step 1\n"
SIGNATURE_DOMAIN = b"zq-grid signature 1\n"
PERSONAL_DOMAIN = b"zq-grid personal 1\n"
COMMITMENT = "$"
BIGGEST = 2**53

_encode = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode


def canonical(value: object) -> bytes:
    """Return the canonical JSON of `value`: sorted keys, no spaces, UTF-8, no floats (call `check` first)."""
    return _encode(value).encode()


def check(value: object, path: str = "body") -> None:
    """Raise ValueError naming the place if `value` can't be written canonically.

    Allowed: text in NFC without lone surrogates, integers within ±2^53, lists, objects with text keys.
    """
    if isinstance(value, str):
        if not value.isascii():
            _check_text(value, path)
    elif isinstance(value, Mapping):
        for key, item in value.items():
            if not isinstance(key, str):
                raise ValueError(f"{path}: key {key!r}")
            check(key, path)
            check(item, f"{path}.{key}" if not isinstance(item, str) or not item.isascii() else path)
    elif isinstance(value, list | tuple):
        for index, item in enumerate(value):
            check(item, f"{path}[{index}]")
    elif isinstance(value, bool) or not isinstance(value, int):
        raise ValueError(f"{path}: {type(value).__name__} has no canonical form")
    elif abs(value) > BIGGEST:
        raise ValueError(f"{path}: integer too big")


def _check_text(text: str, path: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise ValueError(f"{path}: text with a lone surrogate") from error
    if not unicodedata.is_normalized("NFC", text):
        raise ValueError(f"{path}: text not in NFC")


def step_bytes(fields: Mapping[str, Any]) -> bytes:
    """Return the bytes whose SHA-256 is the step's id; `fields` are the signed columns by name."""
    return STEP_DOMAIN + canonical(fields)


def step_id(fields: Mapping[str, Any]) -> str:
    """Return the id, 64 hex digits, of the step with these signed columns."""
    return hashlib.sha256(step_bytes(fields)).hexdigest()


def signed_bytes(identity: str) -> bytes:
    """Return what a device signs for the step with this id."""
    return SIGNATURE_DOMAIN + bytes.fromhex(identity)


def commitment(salt: bytes, field: str, value: object) -> dict[str, str]:
    """Return what stands in a body for a personal value: a salted hash that the chain can keep for ever."""
    digest = hashlib.sha256(PERSONAL_DOMAIN + salt + canonical([field, value])).digest()
    return {COMMITMENT: urlsafe_b64encode(digest).decode().rstrip("=")}


def is_commitment(value: object) -> bool:
    """Tell whether a body's value stands for a detached personal value."""
    return isinstance(value, Mapping) and set(value) == {COMMITMENT}
