"""A step's bytes, written the quick way by whoever writes it, are its canonical form."""

from hypothesis import given
from hypothesis import strategies as st

from zq_grid.rules import canonical

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
WHOLE = st.integers(-(2**53), 2**53)
BODY = st.dictionaries(TEXT, st.recursive(TEXT | WHOLE, st.lists, max_leaves=4), max_size=4)


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
