"""Finding by two characters, by any part, the same on both engines."""

import pytest
from sqlalchemy import text

from db import search
from db.engine import open_file, open_server, transaction

TEXTS = {
    1: "和溪五村 12 号漏水",
    2: "金桂新苑 27 号",
    3: "群租：ＡＢＣ大厦 B座",
    4: "五村和溪",
    8: "和溪，溪五，五村",
    5: "",
    6: "a&b <c> 'x' | !y :* \"z\" 100%",
    7: "x" * 3000 + "".join(chr(0x4E00 + n) for n in range(600)),
}


@pytest.fixture(params=["file", "server"])
def db(request, tmp_path):
    if request.param == "file":
        made = open_file(tmp_path / "a.db", bytes(32))
    else:
        made = open_server(request.getfixturevalue("fresh_pg"))
    with transaction(made, write=True) as connection:
        for statement in search.CREATE[connection.dialect.name]:
            connection.execute(text(statement))
        connection.execute(text("CREATE TABLE cases (subject BIGINT PRIMARY KEY)"))
        connection.execute(text("INSERT INTO cases VALUES (:n)"), [{"n": n} for n in TEXTS])
        words = "CREATE TABLE case_words (subject BIGINT PRIMARY KEY, words TEXT, pinyin TEXT)"
        connection.execute(text(words))
        connection.execute(text("CREATE TABLE case_keys (kind TEXT, key TEXT, subject BIGINT)"))
        tell(connection, TEXTS)
        yield connection
    made.dispose()


def tell(connection, texts, fresh=TEXTS):
    """Write what the cases say, both to the index and as they said it."""
    connection.execute(text("DELETE FROM case_words WHERE subject = :n"), [{"n": n} for n in texts])
    rows = [{"n": n, "words": search.folded(said)} for n, said in texts.items()]
    connection.execute(text("INSERT INTO case_words VALUES (:n, :words, '')"), rows)
    search.put(connection, [(n, search.line(search.folded(said))) for n, said in texts.items()], fresh=fresh)


def found(db, query):
    asked = search.terms(query)
    if not asked:
        return None
    wanted = search.matching(db.dialect.name, asked)
    hits = sorted(db.execute(text(wanted.sql), wanted.values).scalars())
    stands = search.stands(db.dialect.name, asked)
    looked = text(f"SELECT subject FROM case_words w WHERE {stands.sql}")
    assert sorted(db.execute(looked, stands.values).scalars()) == hits
    return hits


@pytest.mark.parametrize(
    ("query", "hits"),
    [
        ("和溪", [1, 4, 8]),
        ("五村", [1, 4, 8]),
        ("和溪五村", [1]),
        ("溪五", [1, 8]),
        ("漏水", [1]),
        ("水漏", []),
        ("村和溪五", []),
        ("村 12", [1]),
        ("水", [1]),
        ("号", [1, 2]),
        ("12", [1]),
        ("27 号", [2]),
        ("abc", [3]),
        ("ＡＢＣ", [3]),
        ("Abc大", [3]),
        ("b座", [3]),
        ("金桂 新苑", [2]),
        ("没有这个", []),
        ("a", [3, 6]),
        ("", None),
        ("，。！", None),
        ("'; DROP TABLE cases; --", []),
        ('"', None),
        ("NOT a OR b", []),
        ("NEAR(和溪)", []),
        ("*", None),
        (":* | &", None),
    ],
)
def test_a_query_finds_the_same_on_both_engines(db, query, hits):
    assert found(db, query) == hits


def test_new_tokens_replace_the_old_ones(db):
    tell(db, {1: "飞线充电", 2: ""}, fresh=())
    assert found(db, "和溪五村") == []
    assert found(db, "飞线") == [1]
    assert found(db, "金桂") == []
    assert search.subjects(db) == sorted(number for number, said in TEXTS.items() if said and number != 2)
    search.put(db, [])


def test_a_case_is_held_by_all_its_tokens_and_by_no_other(db):
    for subject, said in TEXTS.items():
        assert search.holds(db, subject, search.tokens(search.folded(said)))
    assert not search.holds(db, 1, {"和溪", "金桂"})
    assert not search.holds(db, 99, {"和溪"})
    assert not search.holds(db, 7, {*search.tokens(TEXTS[7]), "没有"})


def test_an_emptied_index_finds_nothing_and_can_be_filled_again(db):
    search.clear(db)
    db.execute(text("DELETE FROM case_words"))
    assert search.subjects(db) == []
    assert found(db, "和溪") == []
    tell(db, {1: TEXTS[1]})
    assert found(db, "和溪") == [1]


def test_forgetting_keeps_what_stands(db):
    tell(db, {1: "飞线充电"}, fresh=())
    search.forget(db)
    assert found(db, "飞线") == [1]
    assert found(db, "和溪") == [4, 8]


@pytest.mark.parametrize(
    ("said", "tokens"),
    [
        ("和溪五村", ["和溪", "溪五", "五村", "村"]),
        ("12号", ["12", "2号", "号"]),
        ("A b", ["a", "b"]),
        ("", []),
        ("_", []),
        ("Ｎｏ．５", ["no", "o", "5"]),
    ],
)
def test_tokens_are_neighbours_and_the_last_character_of_each_run(said, tokens):
    assert search.tokens(search.folded(said)) == tokens


def test_spellings_are_pairs_of_initials_and_syllables_that_meet_no_text():
    found = search.tokens("", "hx w\nHeXi Wang")
    assert found == [
        *("\ue000hx", "\ue000", "\ue000"),
        *("\ue001he", "\ue001xi", "\ue001", "\ue001wang", "\ue001"),
    ]


def test_a_long_query_is_cut_and_still_answered(db):
    assert found(db, "x" * 3000) == [7]
    assert found(db, " ".join(f"和溪{chr(0x4E00 + n)}" for n in range(400))) == []
    assert found(db, "和溪 " * 400) == [1, 4, 8]
