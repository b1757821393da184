"""Rows put in many at a time are the rows that were given, whichever way the engine takes them."""

import pytest
from sqlalchemy import select

from db import bulk
from db.tables import CASE_WORDS, CLOCKS, DEVICES
from tests.stores import make_store

ODD = (
    "",
    "甲",
    '"',
    "\\",
    "\\n",
    "\n\t\r",
    "\x1f\x7f",
    "\u2028",
    "𠮷\U0010ffff",
    "null",
    "1",
    "{}",
    "\\u0041",
    "'",
)


@pytest.fixture
def store(tmp_path):
    workspace = make_store(tmp_path / "store")
    yield workspace
    workspace.close()


@pytest.mark.parametrize("more", [(), ("a\x00b",)], ids=["packed", "one by one"])
def test_odd_texts_come_back_as_they_were_given(store, more):
    texts = [*(ODD * 5), *more]
    rows = [(nth, text, text[::-1]) for nth, text in enumerate(texts, 1)]
    assert len(rows) > bulk.COPIED
    assert (bulk.packed(rows) is None) == bool(more)
    with store.transaction(write=True) as db:
        bulk.insert_values(db, CASE_WORDS, rows)
    with store.transaction(write=False) as db:
        assert [tuple(row) for row in db.execute(select(CASE_WORDS).order_by(CASE_WORDS.c.subject))] == rows


def test_integers_and_nothing_come_back_as_they_were_given(store):
    numbers = [0, -1, 2**53 + 1, 2**60, -(2**60)]
    facts = ("log", None, None, "r", 7, 0, "ours", 1, 0, 0, None, None, 5, None)
    rows = [
        (nth, 1, "close", 0, numbers[nth % 5], *facts, numbers[nth % 4], None)
        for nth in range(bulk.COPIED + 5)
    ]
    with store.transaction(write=True) as db:
        bulk.insert_values(db, CLOCKS, rows)
    with store.transaction(write=False) as db:
        assert [tuple(row) for row in db.execute(select(CLOCKS).order_by(CLOCKS.c.subject))] == rows


def test_bytes_come_back_as_they_were_given(store):
    every = bytes(range(256))
    rows = [(f"{nth:03}", every[nth:] if nth else b"", "甲") for nth in range(bulk.COPIED + 5)]
    with store.transaction(write=True) as db:
        bulk.insert_values(db, DEVICES, rows)
    with store.transaction(write=False) as db:
        query = select(DEVICES).where(DEVICES.c.station == "甲").order_by(DEVICES.c.device)
        assert [tuple(row) for row in db.execute(query)] == rows


def test_only_the_subjects_named_are_dropped(store):
    with store.transaction(write=True) as db:
        bulk.insert_values(db, CASE_WORDS, [(nth, "甲", "") for nth in range(1, 6)])
        bulk.drop(db, "case_words", [2, 4, 77])
        bulk.drop(db, "case_words", [])
        assert db.execute(select(CASE_WORDS.c.subject)).scalars().all() == [1, 3, 5]
