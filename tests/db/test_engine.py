"""The engine beneath: settings of every connection, states of a store by their words, copies."""

import sqlite3
import threading

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, OperationalError

from db import engine
from db.engine import StoreError, open_file, open_server, transaction

KEY = bytes(range(32))


@pytest.fixture
def opened(tmp_path):
    made = open_file(tmp_path / "a.db", KEY)
    with transaction(made, write=True) as db:
        db.execute(text("CREATE TABLE t (a INTEGER PRIMARY KEY, b TEXT)"))
    yield made
    made.dispose()


def put(made, value):
    with transaction(made, write=True) as db:
        db.execute(text("INSERT INTO t (b) VALUES (:b)"), {"b": value})


def held(made):
    with transaction(made, write=False) as db:
        return db.execute(text("SELECT b FROM t ORDER BY a")).scalars().all()


def code(function, *arguments, **options):
    with pytest.raises(StoreError) as error:
        function(*arguments, **options)
    return error.value.code


@pytest.mark.parametrize(
    ("version", "sound"),
    [
        ((3, 51, 3), True),
        ((3, 53, 4), True),
        ((4, 0, 0), True),
        ((3, 51, 2), False),
        ((3, 51, 0), False),
        ((3, 50, 7), True),
        ((3, 50, 6), False),
        ((3, 44, 6), True),
        ((3, 44, 5), False),
        ((3, 45, 0), False),
        ((3, 40, 1), False),
    ],
)
def test_versions_that_can_lose_commits_are_known(version, sound):
    assert engine.sound(version) is sound


def test_an_unsound_engine_opens_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr(engine, "sound", lambda _version: False)
    assert code(open_file, tmp_path / "a.db", KEY) == "unsafe_engine"
    assert list(tmp_path.iterdir()) == []


def test_every_connection_is_set_up_for_safety(opened):
    wanted = {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "secure_delete": 1,
        "trusted_schema": 0,
    }
    with opened.connect() as first, opened.connect() as second:
        for connection in (first, second):
            found = {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in wanted}
            assert found == wanted


def test_a_file_is_encrypted_from_its_first_byte(opened, tmp_path):
    put(opened, "SECRETWORD")
    opened.dispose()
    raw = (tmp_path / "a.db").read_bytes()
    assert not raw.startswith(b"SQLite format 3")
    assert b"SECRETWORD" not in raw
    with sqlite3.connect(tmp_path / "a.db") as plain, pytest.raises(sqlite3.DatabaseError):
        plain.execute("SELECT * FROM t")
    plain.close()


def test_what_ends_well_is_kept_and_what_raises_is_not(opened):
    put(opened, "a")

    def fail():
        with transaction(opened, write=True) as db:
            db.execute(text("INSERT INTO t (b) VALUES ('b')"))
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    with transaction(opened, write=False) as db:
        db.execute(text("INSERT INTO t (b) VALUES ('c')"))
    assert held(opened) == ["a"]


def test_a_reader_sees_one_moment_while_others_write(opened):
    put(opened, "a")
    with transaction(opened, write=False) as db:
        assert db.execute(text("SELECT count(*) FROM t")).scalar() == 1
        put(opened, "b")
        assert db.execute(text("SELECT count(*) FROM t")).scalar() == 1
    assert held(opened) == ["a", "b"]


def test_a_second_writer_waits_its_turn_and_then_gives_up(tmp_path, opened, monkeypatch):
    monkeypatch.setattr(engine, "BUSY_SECONDS", 0.05)
    other = open_file(tmp_path / "a.db", KEY)
    with transaction(opened, write=True):
        assert code(put, other, "b") == "busy"
    put(other, "b")
    other.dispose()


def test_a_second_writer_gets_its_turn_when_the_first_is_done(tmp_path, opened):
    other = open_file(tmp_path / "a.db", KEY)
    started = threading.Event()

    def second():
        started.set()
        put(other, "second")

    thread = threading.Thread(target=second)
    with transaction(opened, write=True) as db:
        thread.start()
        started.wait(5)
        db.execute(text("INSERT INTO t (b) VALUES ('first')"))
    thread.join(10)
    assert held(opened) == ["first", "second"]
    other.dispose()


def test_another_key_is_said_to_be_wrong(tmp_path, opened):
    opened.dispose()
    other = open_file(tmp_path / "a.db", bytes(32))
    assert code(held, other) == "wrong_key"
    other.dispose()


def test_a_torn_page_is_corruption(tmp_path, opened):
    for _ in range(200):
        put(opened, "x" * 500)
    engine.finish(opened)
    raw = bytearray((tmp_path / "a.db").read_bytes())
    raw[6 * 4096 : 7 * 4096] = bytes(4096)
    (tmp_path / "a.db").write_bytes(raw)
    again = open_file(tmp_path / "a.db", KEY)
    assert code(held, again) in {"corrupt", "wrong_key", "io"}
    again.dispose()


def test_a_full_disk_is_full_and_nothing_is_half_done(opened):
    with opened.connect() as raw:
        raw.exec_driver_sql("PRAGMA max_page_count = 5")
    assert code(put, opened, "x" * 100_000) == "full"
    assert held(opened) == []


def test_a_folder_that_is_not_there_cannot_be_opened(tmp_path):
    made = open_file(tmp_path / "none" / "a.db", KEY)
    assert code(held, made) == "io"
    made.dispose()


def test_a_mistake_of_ours_is_no_state_of_the_store(opened):
    with pytest.raises(OperationalError), transaction(opened, write=False) as db:
        db.execute(text("SELECT * FROM nowhere"))


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("database is locked", "busy"),
        ("database or disk is full", "full"),
        ("file is not a database", "wrong_key"),
        ("database disk image is malformed", "corrupt"),
        ("disk I/O error", "io"),
        ("attempt to write a readonly database", "io"),
        ("unable to open database file", "io"),
        ("connection failed: Connection refused", "unreachable"),
        ("canceling statement due to lock timeout", "busy"),
    ],
)
def test_what_engines_say_is_understood(said, expected):
    found = engine.classified(OperationalError("SELECT 1", {}, Exception(said)))
    assert isinstance(found, StoreError)
    assert found.code == expected


def test_what_nobody_understands_stays_what_it_was():
    error = DBAPIError("SELECT 1", {}, Exception("no such column: x"))
    assert engine.classified(error) is error


# closing and copying --------------------------------------------------------------------------


def test_finishing_leaves_one_file(tmp_path, opened):
    put(opened, "a")
    engine.finish(opened)
    assert [path.name for path in tmp_path.iterdir()] == ["a.db"]


def test_finishing_while_another_reads_loses_nothing(tmp_path, opened):
    put(opened, "a")
    other = open_file(tmp_path / "a.db", KEY)
    with transaction(other, write=False) as db:
        db.execute(text("SELECT * FROM t")).all()
        put(opened, "b")
        assert engine.empty_log(opened) is False
        engine.finish(opened)
    assert held(other) == ["a", "b"]
    other.dispose()


def test_a_store_is_taken_alone_only_while_nobody_else_has_it(tmp_path, opened, monkeypatch):
    monkeypatch.setattr(engine, "BUSY_SECONDS", 0)
    put(opened, "a")  # its connection waits in the pool
    assert code(engine.take_alone, open_file(tmp_path / "a.db", KEY)) == "busy"
    opened.dispose()
    engine.take_alone(open_file(tmp_path / "a.db", KEY))
    assert [path.name for path in tmp_path.iterdir()] == ["a.db"]
    assert held(opened) == ["a"]


def test_a_copy_holds_what_was_committed_when_it_was_made(tmp_path, opened):
    put(opened, "a")
    engine.copy(opened, tmp_path / "b.db", KEY)
    put(opened, "b")
    copied = open_file(tmp_path / "b.db", KEY)
    assert held(copied) == ["a"]
    with transaction(copied, write=False) as db:
        assert engine.damage(db, deep=True) == []
    copied.dispose()
    assert code(held, open_file(tmp_path / "b.db", bytes(32))) == "wrong_key"


@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_a_copy_to_nowhere_says_so(tmp_path, opened):
    assert code(engine.copy, opened, tmp_path / "none" / "b.db", KEY) == "io"


def test_a_key_is_changed_whole(tmp_path, opened):
    put(opened, "a")
    opened.dispose()
    engine.change_key(tmp_path / "a.db", KEY, bytes(32))
    assert code(held, opened) == "wrong_key"
    again = open_file(tmp_path / "a.db", bytes(32))
    assert held(again) == ["a"]
    again.dispose()
    assert code(engine.change_key, tmp_path / "a.db", KEY, bytes(32)) == "wrong_key"


def test_a_changed_page_is_found(tmp_path, opened):
    for _ in range(200):
        put(opened, "x" * 500)
    engine.finish(opened)
    raw = bytearray((tmp_path / "a.db").read_bytes())
    raw[len(raw) - 2000] ^= 1
    (tmp_path / "a.db").write_bytes(raw)
    again = open_file(tmp_path / "a.db", KEY)
    with transaction(again, write=False) as db:
        assert db.exec_driver_sql("PRAGMA cipher_integrity_check").all()
    again.dispose()


# a server -------------------------------------------------------------------------------------


@pytest.mark.parametrize("url", ["sqlite://", "nonsense", "mysql://a/b", "oracle+none://a"])
def test_only_a_server_of_the_right_kind_is_one(url):
    assert code(open_server, url) == "unreachable"


def test_nobody_at_the_address(monkeypatch):
    made = open_server("postgresql://nobody@127.0.0.1:9/none")
    assert code(transaction(made, write=False).__enter__) == "unreachable"
    made.dispose()


def test_one_writer_at_a_time_on_a_server_and_readers_see_one_moment(fresh_pg, monkeypatch):
    monkeypatch.setattr(engine, "BUSY_SECONDS", 1)
    one, two = open_server(fresh_pg), open_server(fresh_pg)
    with transaction(one, write=True) as db:
        db.execute(text("CREATE TABLE t (a SERIAL PRIMARY KEY, b TEXT)"))
    with transaction(one, write=True):
        assert code(put, two, "b") == "busy"
    with transaction(two, write=False) as db:
        assert db.execute(text("SELECT count(*) FROM t")).scalar() == 0
        put(one, "a")
        assert db.execute(text("SELECT count(*) FROM t")).scalar() == 0
    assert held(two) == ["a"]
    with transaction(two, write=False) as db:
        assert engine.damage(db, deep=True) == []
    assert engine.empty_log(one) is True
    for made in (one, two):
        engine.finish(made)
