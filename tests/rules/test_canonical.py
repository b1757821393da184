"""A step's bytes are its canonical form for ever, whoever writes them down and however quickly."""

import json

from hypothesis import given
from hypothesis import strategies as st

from zq_grid.rules import canonical

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
WHOLE = st.integers(-(2**53), 2**53)
BODY = st.dictionaries(TEXT, st.recursive(TEXT | WHOLE, st.lists, max_leaves=4), max_size=4)
DEEP = st.recursive(
    TEXT | WHOLE, lambda inner: st.lists(inner) | st.dictionaries(TEXT, inner, max_size=5), max_leaves=12
)


def written_plainly(value):
    """The form as docs/architecture.md has it, by the language's own writer: every store's chains rest on it."""
    said = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return said.encode()


@given(DEEP)
def test_the_form_is_the_one_that_every_store_was_written_in(value):
    assert canonical.canonical(value) == written_plainly(value)
    assert canonical.said(value).encode() == written_plainly(value)


def test_every_character_is_written_as_ever():
    every = [chr(code) for code in range(0x110000) if not 0xD800 <= code < 0xE000]
    assert canonical.canonical(every) == written_plainly(every)
    corners = [
        chr(code) for code in (0, 1, 0x41, 0x7F, 0x80, 0x7FF, 0x800, 0xE000, 0xFFFF, 0x10000, 0x10FFFF)
    ]
    keys = {a + b: "" for a in reversed(corners) for b in ["", *corners]}
    assert canonical.canonical(keys) == written_plainly(keys)


@given(st.lists(TEXT, min_size=8, max_size=8), st.lists(WHOLE, min_size=6, max_size=6), st.lists(TEXT), BODY)
def test_written_by_its_writer_a_step_has_its_canonical_bytes(words, numbers, parents, body):
    texts = ("actor", "device", "group", "kind", "on_behalf_of", "prev", "scope", "subject")
    wholes = ("did_at", "epoch", "lamport", "recorded_at", "seq", "version")
    fields = {
        **dict(zip(texts, words, strict=True)),
        **dict(zip(wholes, numbers, strict=True)),
        "parents": parents,
        "body": body,
    }
    written = canonical.canonical(body).decode()
    assert canonical.new_step_bytes(fields, written) == canonical.step_bytes(fields)
    assert canonical.step_id(fields, written) == canonical.step_id(fields)
