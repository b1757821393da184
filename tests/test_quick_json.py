"""JSON read quickly says what JSON read slowly says, and refuses what that refuses."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zq_grid import quick_json

WORDS = st.text(st.characters())  # halves of characters among them
ANY = st.recursive(
    WORDS | st.integers() | st.booleans() | st.none() | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS, inner, max_size=4),
    max_leaves=10,
)


@given(ANY, st.booleans())
def test_it_reads_what_the_slow_reader_reads(value, ascii_only):
    said = json.dumps(value, ensure_ascii=ascii_only)
    assert quick_json.read(said) == value
    if ascii_only:
        assert quick_json.read(said.encode()) == value


@pytest.mark.parametrize("said", ["", "{", "[1] [2]", "nul", "[01]", '["a\tb"]', "[1,]", '"\ud800'])
def test_what_is_no_json_is_refused(said):
    with pytest.raises(ValueError, match=r".+"):
        quick_json.read(said)
