"""The index by which two Chinese characters are found: pairs of neighbours, kept by either engine.

SQLite holds them in FTS5, PostgreSQL as a tsvector; the tokens are the same, made by `bigrams`.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from itertools import pairwise

from sqlalchemy import Connection

_RUN = re.compile(r"[^\W_]+")
# One expression holds at most 256 words.
_AT_ONCE = 100
_PAIR = 2
# Many: this number, and one case in so many.
DENSE, ONE_IN = 1000, 40
CREATE = {
    "sqlite": (
        "CREATE VIRTUAL TABLE search USING fts5(tokens, content='', contentless_delete=1, detail=none,"
        " tokenize='unicode61 remove_diacritics 0')",
    ),
    "postgresql": (
        "CREATE TABLE search (subject BIGINT PRIMARY KEY, tokens TSVECTOR NOT NULL)",
        "CREATE INDEX ix_search_tokens ON search USING gin (tokens)",
    ),
}


def folded(text: str) -> str:
    """Return text as it is compared: full width to half, capitals to small."""
    return text.lower() if text.isascii() else unicodedata.normalize("NFKC", text).lower()


def bigrams(text: str) -> set[str]:
    """Return the tokens of a text: neighbours in each run of letters and digits, and each run's last character."""
    found: set[str] = set()
    for run in _RUN.findall(folded(text)):
        found.update(map(str.__add__, run, run[1:]))
        found.add(run[-1])
    return found


def wanted(query: str) -> tuple[list[str], list[str]]:
    """Return (whole tokens, prefixes) that every hit must have; a single character is a prefix."""
    tokens: list[str] = []
    prefixes: list[str] = []
    for run in _RUN.findall(folded(query)):
        if len(run) == 1:
            prefixes.append(run)
        tokens += [a + b for a, b in pairwise(run)]
    return tokens, prefixes


def put(
    connection: Connection, rows: Sequence[tuple[int, Iterable[str]]], *, fresh: Iterable[int] = ()
) -> None:
    """Replace the tokens of subjects; those in `fresh` had none before."""
    if not rows:
        return
    new = set(fresh)
    if connection.dialect.name == "sqlite":
        old = [(subject,) for subject, _ in rows if subject not in new]
        if old:
            connection.exec_driver_sql("DELETE FROM search WHERE rowid = ?", old)
        connection.exec_driver_sql(
            "INSERT INTO search(rowid, tokens) VALUES (?, ?)", [(s, " ".join(sorted(t))) for s, t in rows]
        )
        return
    connection.exec_driver_sql(
        "INSERT INTO search(subject, tokens) VALUES (%s, array_to_tsvector(%s))"
        " ON CONFLICT (subject) DO UPDATE SET tokens = EXCLUDED.tokens",
        [(subject, sorted(tokens)) for subject, tokens in rows],
    )


def condition(dialect: str, query: str, *, dense: bool = False) -> tuple[str, dict[str, str]] | None:
    """Return SQL on `cases.subject` and its parameters for a query; None if the query has no letter or digit.

    Pairs of characters narrow; that longer words really stand in the text as they were typed is then looked up.

    Args:
        dialect: of the engine.
        query: as typed.
        dense: many cases match (`is_dense`): look into each case's text while walking the list in its order,
            instead of fetching all that match and sorting them.
    """
    tokens, prefixes = wanted(query)
    if not tokens and not prefixes:
        return None
    stands = "instr" if dialect == "sqlite" else "strpos"
    runs = {f"run{n}": run for n, run in enumerate(_RUN.findall(folded(query))) if dense or len(run) > _PAIR}
    looked = " AND ".join(f"{stands}(w.words, :{name}) > 0" for name in runs)
    found = f"EXISTS (SELECT 1 FROM case_words w WHERE w.subject = cases.subject AND {looked})"
    if dense:
        return found, runs
    if dialect == "sqlite":
        words = [f'"{token}"' for token in tokens] + [f'"{prefix}"*' for prefix in prefixes]
        matched = "cases.subject IN (SELECT rowid FROM search WHERE search MATCH :match)"
        joined = " AND ".join(words)
    else:
        words = [f"'{token}'" for token in tokens] + [f"'{prefix}':*" for prefix in prefixes]
        matched = "cases.subject IN (SELECT subject FROM search WHERE tokens @@ CAST(:match AS tsquery))"
        joined = " & ".join(words)
    return (f"{matched} AND {found}" if runs else matched), {"match": joined, **runs}


def is_dense(connection: Connection, query: str) -> bool:
    """Tell whether so many cases match that walking a list in its order meets them soon; PostgreSQL decides itself."""
    if connection.dialect.name != "sqlite" or (asked := condition("sqlite", query)) is None:
        return False
    last = connection.exec_driver_sql("SELECT max(subject) FROM cases").scalar() or 0
    enough = max(DENSE, int(last) // ONE_IN)
    counting = "SELECT count(*) FROM (SELECT 1 FROM search WHERE search MATCH ? LIMIT ?)"
    return int(connection.exec_driver_sql(counting, (asked[1]["match"], enough)).scalar_one()) >= enough


def holds(connection: Connection, subject: int, tokens: Iterable[str]) -> bool:
    """Tell whether a subject is found by each of these tokens."""
    wanted = sorted(tokens)
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
