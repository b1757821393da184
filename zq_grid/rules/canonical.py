"""One way to write a step down as bytes, so that its id, its chain and its signature mean the same everywhere.

The form is frozen: `docs/architecture.md`, “Steps”. Changing anything here would orphan every store.
"""

import unicodedata
from binascii import b2a_base64
from collections.abc import Mapping
from hashlib import sha256
from json.encoder import encode_basestring
from typing import Any

import msgspec

STEP_DOMAIN = b"zq-grid step 1\n"
SIGNATURE_DOMAIN = b"zq-grid signature 1\n"
PERSONAL_DOMAIN = b"zq-grid personal 1\n"
COMMITMENT = "$"
BIGGEST = 2**53
_URL_SAFE = bytes.maketrans(b"+/", b"-_")

# Sorted keys, no spaces; that it goes on writing so, byte for byte, tests/rules/test_canonical.py watches.
_encode = msgspec.json.Encoder(order="deterministic").encode


def canonical(value: object) -> bytes:
    """Return the canonical JSON of `value`: sorted keys, no spaces, UTF-8, no floats (call `check` first)."""
    return _encode(value)


def said(value: object) -> str:
    """Return `canonical` as text."""
    return _encode(value).decode()


def check(value: object, path: str = "body") -> None:
    """Raise ValueError naming the place if `value` can't be written canonically.

    Allowed: text in NFC without lone surrogates, integers within ±2^53, lists, objects with text keys.
    """
    if isinstance(value, str):
        if not value.isascii():
            _check_text(value, path)
    elif isinstance(value, Mapping):
        _check_members(value, path)
    elif isinstance(value, list | tuple):
        for index, item in enumerate(value):
            check(item, f"{path}[{index}]")
    elif isinstance(value, bool) or not isinstance(value, int):
        raise ValueError(f"{path}: {type(value).__name__} has no canonical form")
    elif abs(value) > BIGGEST:
        raise ValueError(f"{path}: integer too big")


def _check_members(value: Mapping[Any, object], path: str) -> None:
    for key, item in value.items():
        if not isinstance(key, str):
            raise ValueError(f"{path}: key {key!r}")
        if not key.isascii():
            _check_text(key, path)
        if not isinstance(item, str):
            check(item, f"{path}.{key}")
        elif not item.isascii():
            _check_text(item, f"{path}.{key}")


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


def new_step_bytes(fields: Mapping[str, Any], body: str) -> bytes:
    """Return `step_bytes` where the canonical JSON of the body is at hand: it isn't written a second time.

    For columns that are known to be the text and the integers they should be; in the order of their names.
    """
    say = encode_basestring
    whole = (
        f'{{"actor":{say(fields["actor"])},"body":{body},"device":{say(fields["device"])}'
        f',"did_at":{fields["did_at"]},"epoch":{fields["epoch"]},"group":{say(fields["group"])}'
        f',"kind":{say(fields["kind"])},"lamport":{fields["lamport"]}'
        f',"on_behalf_of":{say(fields["on_behalf_of"])},"parents":[{",".join(map(say, fields["parents"]))}]'
        f',"prev":{say(fields["prev"])},"recorded_at":{fields["recorded_at"]},"scope":{say(fields["scope"])}'
        f',"seq":{fields["seq"]},"subject":{say(fields["subject"])},"version":{fields["version"]}}}'
    )
    return STEP_DOMAIN + whole.encode()


def step_id(fields: Mapping[str, Any], body: str | None = None) -> str:
    """Return the id, 64 hex digits, of the step with these signed columns (`body`: see `new_step_bytes`)."""
    return sha256(step_bytes(fields) if body is None else new_step_bytes(fields, body)).hexdigest()


def signed_bytes(identity: str) -> bytes:
    """Return what a device signs for the step with this id."""
    return SIGNATURE_DOMAIN + bytes.fromhex(identity)


def commitment(salt: bytes, field: str, value: object) -> dict[str, str]:
    """Return what stands in a body for a personal value: a salted hash that the chain can keep for ever."""
    return commitment_to(salt, field, said(value))


def commitment_to(salt: bytes, field: str, value: str) -> dict[str, str]:
    """Return `commitment` where the canonical JSON of the value is at hand."""
    digest = sha256(PERSONAL_DOMAIN + salt + f"[{encode_basestring(field)},{value}]".encode()).digest()
    return {COMMITMENT: b2a_base64(digest, newline=False).translate(_URL_SAFE, b"=").decode()}


def is_commitment(value: object) -> bool:
    """Tell whether a body's value stands for a detached personal value."""
    return not isinstance(value, str) and isinstance(value, Mapping) and set(value) == {COMMITMENT}
