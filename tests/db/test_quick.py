"""Statements past SQLAlchemy's execution: the same rows, and an engine's complaint is the same state of the store."""

import pytest
from sqlalchemy import bindparam, select, update

from db import bulk, engine, quick
from db.engine import CACHED, ROOMY, StoreError
from db.tables import CASE_KEYS, METADATA, STORE

NAMED = select(STORE.c.key, STORE.c.value).where(STORE.c.value >= bindparam("least"), STORE.c.key != "z")
CHANGE = update(STORE).where(STORE.c.key == bindparam("b_key")).values(value=bindparam("b_value"))


@pytest.fixture(params=["file", pytest.param("server", marks=pytest.mark.pg)])
def opened(request, tmp_path):
    if request.param == "file":
        made = engine.open_file(tmp_path / "store.db", bytes(32))
    else:
        made = engine.open_server(request.getfixturevalue("fresh_pg"))
    with engine.transaction(made, write=True) as db:
        METADATA.create_all(db, [STORE, CASE_KEYS])
        quick.run_many(
            db,
            bulk._prepared(STORE, db.dialect.name),
            [("a", "一"), ("b", "二"), ("z", "二")],
        )
    yield made
    made.dispose()


def test_a_query_finds_what_sqlalchemy_finds(opened):
    with engine.transaction(opened, write=False) as db:
        for least in ("", "一", "二", "龥"):
            asked = {"least": least}
            assert [*map(tuple, quick.rows(db, NAMED, asked))] == [*map(tuple, db.execute(NAMED, asked))]


def test_a_statement_changes_what_sqlalchemy_would(opened):
    with engine.transaction(opened, write=True) as db:
        quick.run(db, CHANGE, {"b_key": "a", "b_value": "三"})
        held = dict(map(tuple, db.execute(select(STORE.c.key, STORE.c.value))))
        assert held == {"a": "三", "b": "二", "z": "二"}


def test_what_was_run_is_taken_back_with_its_transaction(opened):
    def broken():
        with engine.transaction(opened, write=True) as db:
            quick.run(db, CHANGE, {"b_key": "a", "b_value": "三"})
            raise RuntimeError

    with pytest.raises(RuntimeError):
        broken()
    with engine.transaction(opened, write=False) as db:
        assert [row[1] for row in quick.rows(db, NAMED, {"least": ""})] == ["一", "二"]


def test_a_full_disk_is_said_as_such(tmp_path):
    made = engine.open_file(tmp_path / "store.db", bytes(32))
    with engine.transaction(made, write=True) as db:
        METADATA.create_all(db, [CASE_KEYS])
        db.exec_driver_sql(f"PRAGMA max_page_count = {db.exec_driver_sql('PRAGMA page_count').scalar() + 2}")

    def fill():
        with engine.transaction(made, write=True) as db:
            for nth in range(40):
                bulk.insert_values(db, CASE_KEYS, [("head", "x" * 2000, nth)])

    with pytest.raises(StoreError) as found:
        fill()
    assert found.value.code == "full"
    made.dispose()


def test_room_is_given_back_whatever_happens(tmp_path):
    made = engine.open_file(tmp_path / "store.db", bytes(32))

    def cached(db):
        return db.exec_driver_sql("PRAGMA cache_size").scalar()

    def broken(db):
        with engine.roomy(db):
            assert cached(db) == -ROOMY
            raise RuntimeError

    with engine.transaction(made, write=True) as db:
        with pytest.raises(RuntimeError):
            broken(db)
        assert cached(db) == -CACHED
    made.dispose()
