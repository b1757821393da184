"""The index by which two Chinese characters are found: pairs of neighbours, kept by either engine.

SQLite holds them in FTS5 with their places, so that a longer word is a phrase and needs no second look; PostgreSQL
holds a tsvector of the same tokens, and looks the word up in the case's text. What a query means is `terms`.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from itertools import pairwise
from operator import add
from typing import NamedTuple

from sqlalchemy import Connection

from db import bulk, quick

_RUN = re.compile(r"[^\W_]+")
_HYPHENED = re.compile(r"[^\W_]+(?:-+[^\W_]+)*")
_NUMBER = re.compile(r"(?=.*[0-9])[0-9a-z-]{4,}")
# A whole telephone number, mobile or with its area, however it is parted.
_APART = r"[\s().\-\u2010-\u2015]{0,2}"
_PHONE = re.compile(
    rf"(?<![^\W_])(?<!-)(?:\+|00)?(?:86{_APART})?"
    rf"(1[3-9][0-9]{_APART}[0-9]{{4}}{_APART}[0-9]{{4}}"
    rf"|\(?0(?:10|2[0-9]|[3-9][0-9][0-9]){_APART}[2-9][0-9]{{2,3}}{_APART}[0-9]{{4}})(?![^\W_]|-)"
)
_DIGITS = re.compile("[0-9]+")
_LATIN = re.compile(r"[a-zü]{2,}")
_SYLLABLE = re.compile(r"[A-Z][a-z]*")
# One expression holds at most 256 words; of a longer query the first words count.
_AT_ONCE = 100
_PAIR = 2
# Tokens of one kind never meet those of another: these characters stand in no text that we fold.
INITIAL, SYLLABLE = "\ue000", "\ue001"
LAST = "\U0010ffff"
# The engine's own table of letters ends with Unicode 6.1; what is newer, or was no letter then, is spelled with two
# private characters.
_NEWER = re.compile("[\U00010000-\U0010ffff\u19b0-\u19c9\u4db6-\u4dbf\u9fcd-\u9fff]")
CREATE = {
    "sqlite": (
        # only spelled syllables are longer than two characters: these are typed unfinished
        "CREATE VIRTUAL TABLE search USING fts5(tokens, content='', contentless_delete=1, prefix='3',"
        " tokenize='unicode61 remove_diacritics 0')",
    ),
    "postgresql": (
        "CREATE TABLE search (subject BIGINT PRIMARY KEY, tokens TSVECTOR NOT NULL)",
        "CREATE INDEX ix_search_tokens ON search USING gin (tokens)",
    ),
}
Spell = Callable[[str], tuple[str, ...]]
# The marks of nearly every Chinese text, put first as NFKC would put them: what is left it mostly passes unread.
_MARKS = tuple(zip("，：；！？（）", ",:;!?()", strict=True))
Bare = Callable[[str], str]
# What is shorter without its hyphens is a house number or a day rather than an order's number.
_SHORTEST_BARE = 9


def folded(text: str) -> str:
    """Return text as it is compared: full width to half, capitals to small."""
    if text.isascii():
        return text.lower()
    for wide, plain in _MARKS:
        text = text.replace(wide, plain)
    # the engine knows but one small sigma
    return unicodedata.normalize("NFKC", text).lower().replace("ς", "σ")


# what a case is found by -----------------------------------------------------------------------


def tokens(words: str, pinyin: str = "") -> list[str]:
    """Return the tokens of a case in the order of its words.

    Args:
        words: what it says, folded: of each run of letters and digits the pairs of neighbours, and its last character.
        pinyin: a line of initials (pairs of neighbours) and a line of syllables, each with a capital.
    """
    found: list[str] = []
    for run in _RUN.findall(words):
        found += [*map(add, run, run[1:]), run[-1]]
    if not words.isascii() and _NEWER.search(words):
        found = [_plain(token) for token in found]
    if pinyin:
        found += _spelling(pinyin)
    return found


def line(words: str, pinyin: str = "") -> str:
    """Return `tokens` parted by blanks, as `put` takes them: of a million cases one text each is quicker than its parts."""
    return " ".join(tokens(words, pinyin))


@lru_cache(maxsize=20_000)
def _spelling(pinyin: str) -> tuple[str, ...]:
    initials, _, full = pinyin.partition("\n")
    found: list[str] = []
    # a bare sign ends each run, so that no phrase goes on into the next
    for run in initials.split(" "):
        found += [*(INITIAL + a + b for a, b in pairwise(run)), INITIAL]
    for run in full.split(" "):
        found += [*(SYLLABLE + syllable.lower() for syllable in _SYLLABLE.findall(run)), SYLLABLE]
    return tuple(found)


def _plain(token: str) -> str:
    return _NEWER.sub(lambda c: chr(0xE400 + (ord(c[0]) >> 10)) + chr(0xEC00 + (ord(c[0]) & 0x3FF)), token)


# what is asked --------------------------------------------------------------------------------


class Term(NamedTuple):
    """One word of a query. A case has it if every run stands in its words, or any of the other ways holds."""

    runs: tuple[str, ...]
    numbers: tuple[str, ...] = ()
    initials: str = ""
    readings: tuple[str, ...] = ()

    @property
    def single(self) -> bool:
        """Whether it is one character: the index answers that dearly."""
        return len(self.runs) == len(self.runs[0]) == 1


def _unread(_typed: str) -> tuple[str, ...]:
    return ()


def _as_typed(typed: str) -> str:
    return typed


def terms(query: str, spell: Spell = _unread, bare: Bare = _as_typed) -> list[Term]:
    """Return the words of a query; a case must have all of them. Empty if the query has no letter or digit.

    Words are parted by anything that is neither letter nor digit, and found
    - in the words of the case, as they stand there;
    - with four or more of `0-9a-z-`, a digit among them: also as beginning or end of one of its numbers, as typed or
      as `bare` has them kept (no hyphens, no prefix), or (digits alone) as the end of the caller's phone;
    - with two or more Latin letters: also among the initials of place and caller, and as the syllables that `spell`
      cuts the word into, from the beginning of any syllable on, the last one possibly unfinished.

    A whole telephone number is one word, parted by blanks, dots or brackets too; the country's prefix doesn't count.
    """
    found: list[Term] = []
    for word in _HYPHENED.findall(_PHONE.sub(_hyphened, folded(query))):
        runs = _RUN.findall(word)
        if _NUMBER.fullmatch(word):
            kept = bare(word)
            numbers = (word, folded(kept)) if len(kept) >= _SHORTEST_BARE else (word,)
            runs = list(dict.fromkeys(runs))[:_AT_ONCE]
            found.append(Term(tuple(runs), numbers=tuple(dict.fromkeys(numbers))))
            continue
        for run in runs:
            latin = run.replace("ü", "v") if _LATIN.fullmatch(run) else ""
            found.append(Term((run,), initials=latin, readings=spell(latin) if latin else ()))
    return list(dict.fromkeys(found))[:_AT_ONCE]


def _hyphened(phone: re.Match[str]) -> str:
    return "-".join(_DIGITS.findall(phone[1]))


class Condition(NamedTuple):
    """A piece of SQL and its parameters."""

    sql: str
    values: dict[str, str]


def matching(dialect: str, asked: Sequence[Term], *, once: bool = False) -> Condition:
    """Return the query that yields every subject that has all the words; with `once`, none of them twice."""
    values: dict[str, str] = {}
    parts: list[str] = []
    plain = [term for term in asked if not term.numbers]
    if plain:
        parts.append(_in_text(dialect, plain, values, "m"))
    for nth, term in enumerate(term for term in asked if term.numbers):
        ways = [_in_runs(dialect, term.runs, values, f"n{nth}_")]
        ways += [
            f"SELECT subject FROM case_keys WHERE kind = '{kind}' AND key >= :{name} AND key < :{name}_"
            for kind, name in _keys(term, values, f"k{nth}_")
        ]
        parts.append((" UNION " if once else " UNION ALL ").join(ways))
    if len(parts) == 1:
        return Condition(parts[0], values)
    each = (f"SELECT subject FROM ({part}) AS p{nth}" for nth, part in enumerate(parts))
    return Condition(" INTERSECT ".join(each), values)


def among(dialect: str, found: Condition, asked: Sequence[Term]) -> Condition:
    """Return those of the subjects found that have more words, looked up in their texts."""
    more = stands(dialect, asked)
    sql = f"SELECT f.subject FROM ({found.sql}) AS f JOIN case_words w ON w.subject = f.subject WHERE {more.sql}"
    return Condition(sql, {**found.values, **more.values})


def stands(dialect: str, asked: Sequence[Term]) -> Condition:
    """Return a condition on `w.subject`, `w.words` and `w.pinyin` of `case_words` that holds if a case has all the words."""
    values: dict[str, str] = {}
    found = []
    for nth, term in enumerate(asked):
        ways = [_looked(dialect, term, values, f"w{nth}_")]
        ways += [
            "EXISTS (SELECT 1 FROM case_keys k WHERE k.subject = w.subject"
            f" AND k.kind = '{kind}' AND k.key >= :{name} AND k.key < :{name}_)"
            for kind, name in _keys(term, values, f"k{nth}_")
        ]
        found.append(f"({' OR '.join(ways)})")
    return Condition(" AND ".join(found), values)


def _keys(term: Term, values: dict[str, str], name: str) -> list[tuple[str, str]]:
    """Return (kind of key, name of the parameter that keys begin with)."""
    wanted = [(kind, said) for n in term.numbers for kind, said in (("head", n), ("number", n[::-1]))]
    if term.numbers and (digits := term.numbers[0].replace("-", "")).isdigit():
        wanted.append(("phone", digits[::-1]))
    found = []
    for nth, (kind, begins) in enumerate(wanted):
        values[f"{name}{nth}"], values[f"{name}{nth}_"] = begins, begins + LAST
        found.append((kind, f"{name}{nth}"))
    return found


def _in_text(dialect: str, asked: Sequence[Term], values: dict[str, str], name: str) -> str:
    """Return the query that yields subjects that have all the words in their text or its spelling."""
    values[name] = (" AND " if dialect == "sqlite" else " & ").join(_match(dialect, term) for term in asked)
    if dialect == "sqlite":
        return f"SELECT rowid AS subject FROM search WHERE search MATCH :{name}"
    long = [t for t in asked if t.initials or len(t.runs) > 1 or len(t.runs[0]) > _PAIR]
    found = f"SELECT s.subject FROM search s WHERE s.tokens @@ CAST(:{name} AS tsquery)"
    if not long:
        return found
    looked = " AND ".join(_looked(dialect, term, values, f"{name}l{n}_") for n, term in enumerate(long))
    return f"{found} AND EXISTS (SELECT 1 FROM case_words w WHERE w.subject = s.subject AND {looked})"


def _in_runs(dialect: str, runs: Sequence[str], values: dict[str, str], name: str) -> str:
    """Return the query that yields subjects that have the runs of a number in their text: 2-1424, 5-301."""
    single = tuple(run for run in runs if len(run) == 1)
    if dialect == "sqlite" and single and any(len(run) > _PAIR for run in runs):
        # of the few that have the long run the text is read sooner than the index lists all that have one digit
        longer = Term(tuple(run for run in runs if len(run) > 1))
        found = _in_text(dialect, [longer], values, name)
        looked = _looked(dialect, Term(single), values, f"{name}s")
        return (
            f"SELECT f.subject FROM ({found}) AS f JOIN case_words w ON w.subject = f.subject WHERE {looked}"
        )
    return _in_text(dialect, [Term(tuple(runs))], values, name)


def _match(dialect: str, term: Term) -> str:
    """Return the expression of an engine's index for one word."""
    ways = [[_grams(run) for run in term.runs]]
    if term.initials:
        ways.append([[INITIAL + a + b for a, b in pairwise(term.initials)]])
    ways += [[[SYLLABLE + s.lower() for s in _SYLLABLE.findall(way)]] for way in term.readings]
    # the last syllable may be unfinished, and a single character begins a pair
    opened = [
        any(len(run) == 1 for run in term.runs),
        *[False] * bool(term.initials),
        *[True] * len(term.readings),
    ]
    phrase, both, either = (_phrase, " AND ", " OR ") if dialect == "sqlite" else (_all_of, " & ", " | ")
    found = [
        both.join(phrase(part, open_) for part in parts) for parts, open_ in zip(ways, opened, strict=True)
    ]
    return f"({either.join(f'({way})' for way in found)})"


def _grams(run: str) -> list[str]:
    return [_plain(a + b) for a, b in pairwise(run)] or [_plain(run)]


def _phrase(parts: Sequence[str], opened: bool) -> str:
    return f'"{" ".join(parts)}"' + "*" * opened


def _all_of(parts: Sequence[str], opened: bool) -> str:
    return " & ".join(f"'{part}'" for part in parts) + ":*" * opened


def _looked(dialect: str, term: Term, values: dict[str, str], name: str) -> str:
    """Return the condition on `w` that a word stands in the text or in its spelling."""
    at = "instr" if dialect == "sqlite" else "strpos"
    for nth, run in enumerate(term.runs):
        values[f"{name}{nth}"] = run
    ways = [" AND ".join(f"{at}(w.words, :{name}{nth}) > 0" for nth in range(len(term.runs)))]
    spellings = [term.initials, *term.readings] if term.initials else []
    for nth, way in enumerate(spellings):
        values[f"{name}s{nth}"] = way
        # small letters stand in the syllables too, behind the line of initials: `ao` is no initials of XiaoMing
        within = f"BETWEEN 1 AND {at}(w.pinyin, '\n')" if nth == 0 else "> 0"
        ways.append(f"{at}(w.pinyin, :{name}s{nth}) {within}")
    return f"({' OR '.join(ways)})"


# keeping it -----------------------------------------------------------------------------------


def put(connection: Connection, rows: Sequence[tuple[int, str]], *, fresh: Iterable[int] = ()) -> None:
    """Replace the tokens of subjects, or take them off where none are left; those in `fresh` had none before.

    Args:
        rows: subjects, each with its tokens as `line` gives them.
    """
    new = set(fresh)
    old = [(subject,) for subject, tokens in rows if subject not in new or not tokens]
    rows = [row for row in rows if row[1]]
    if connection.dialect.name == "sqlite":
        if old:
            quick.run_many(connection, "DELETE FROM search WHERE rowid = ?", old)
        if not rows:
            return
        said = bulk.packed(rows) if len(rows) >= bulk.COPIED else None
        if said is None:
            quick.run_many(connection, "INSERT INTO search(rowid, tokens) VALUES (?, ?)", rows)
        else:
            put_packed(connection, said)
        return
    kept = {subject for subject, _ in rows}
    gone = [row for row in old if row[0] not in kept]
    if gone:
        connection.exec_driver_sql("DELETE FROM search WHERE subject = %s", gone)
    if not rows:
        return
    connection.exec_driver_sql(
        "INSERT INTO search(subject, tokens) VALUES (%s, array_to_tsvector(%s))"
        " ON CONFLICT (subject) DO UPDATE SET tokens = EXCLUDED.tokens",
        [(subject, sorted(set(tokens.split(" ")))) for subject, tokens in rows],
    )


def put_packed(connection: Connection, said: bytes) -> None:
    """Insert the tokens of subjects that had none, packed by `db.bulk`, into a store of SQLite."""
    bulk.insert_packed(connection, "search", ("rowid", "tokens"), said)


def holds(connection: Connection, subject: int, tokens: Iterable[str]) -> bool:
    """Tell whether a subject is found by each of these tokens."""
    wanted = sorted(set(tokens))
    for start in range(0, len(wanted), _AT_ONCE):
        part = wanted[start : start + _AT_ONCE]
        if connection.dialect.name == "sqlite":
            match = " AND ".join(f'"{token}"' for token in part)
            query = "SELECT rowid FROM search WHERE search MATCH ? AND rowid = ?"
        else:
            match = " & ".join(f"'{token}'" for token in part)
            query = "SELECT subject FROM search WHERE tokens @@ CAST(%s AS tsquery) AND subject = %s"
        if connection.exec_driver_sql(query, (match, subject)).scalar() is None:
            return False
    return True


def subjects(connection: Connection) -> list[int]:
    """Return every subject that the index holds, in order."""
    key = "rowid" if connection.dialect.name == "sqlite" else "subject"
    return list(connection.exec_driver_sql(f"SELECT {key} FROM search ORDER BY 1").scalars())


def forget(connection: Connection) -> None:
    """Leave nothing of replaced tokens behind: until they are merged, parts of the index keep what was dropped."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("INSERT INTO search(search) VALUES ('optimize')")


def clear(connection: Connection) -> None:
    """Empty the index."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("DROP TABLE IF EXISTS search")
        connection.exec_driver_sql(CREATE["sqlite"][0])
    else:
        connection.exec_driver_sql("DELETE FROM search")
