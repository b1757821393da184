"""What the search index knows of words: how rare they are, and which cases bear them.

Kept apart from `db.search`, whose answers are exact: here counts stop at a cap and lists at a limit.
"""

import json
from collections.abc import Iterable, Sequence

from sqlalchemy import Connection

_COUNT_SQLITE = (
    "SELECT t.value, (SELECT count(*) FROM (SELECT 1 FROM search"
    " WHERE search MATCH '\"' || t.value || '\"' LIMIT ?)) FROM json_each(?) t"
)
# Without MATERIALIZED the planner, which can't see the word, may walk the table until the limit is reached.
_COUNT_POSTGRES = (
    "SELECT t.word, (WITH found AS MATERIALIZED (SELECT 1 FROM search"
    " WHERE tokens @@ CAST(quote_literal(t.word) AS tsquery))"
    " SELECT count(*) FROM (SELECT 1 FROM found LIMIT %s) f) FROM unnest(CAST(%s AS text[])) AS t(word)"
)
_COMMON_POSTGRES = (
    "SELECT e.word FROM pg_stats s CROSS JOIN LATERAL unnest(CAST(CAST(s.most_common_elems AS text) AS text[]),"
    " s.most_common_elem_freqs) AS e(word, share)"
    " WHERE s.schemaname = current_schema() AND s.tablename = 'search' AND s.attname = 'tokens'"
    " AND e.word = ANY(CAST(%s AS text[]))"
    " AND e.share * (SELECT reltuples FROM pg_class WHERE oid = CAST('search' AS regclass)) >= %s"
)


def counts(connection: Connection, tokens: Iterable[str], cap: int) -> dict[str, int]:
    """Return token → how many cases bear it, at most `cap`: beyond that a word tells nothing."""
    wanted = sorted(tokens)
    if not wanted:
        return {}
    if connection.dialect.name == "sqlite":
        rows = connection.exec_driver_sql(_COUNT_SQLITE, (cap, json.dumps(wanted)))
        return {token: int(count) for token, count in rows}
    # the posting list of a word has no early end here: those known to be common aren't looked at
    common = set(connection.exec_driver_sql(_COMMON_POSTGRES, (wanted, cap)).scalars())
    found = dict.fromkeys(common, cap)
    rare = [token for token in wanted if token not in common]
    found.update(
        (token, int(count)) for token, count in connection.exec_driver_sql(_COUNT_POSTGRES, (cap, rare))
    )
    return found


def bearers(connection: Connection, tokens: Sequence[str], limit: int) -> list[int]:
    """Return the subjects that bear all these tokens, those that came last first, at most `limit`."""
    if not tokens:
        return []
    if connection.dialect.name == "sqlite":
        match = " AND ".join(f'"{token}"' for token in tokens)
        query = "SELECT rowid FROM search WHERE search MATCH ? ORDER BY rowid DESC LIMIT ?"
    else:
        match = " & ".join(f"'{token}'" for token in tokens)
        query = (
            "WITH found AS MATERIALIZED (SELECT subject FROM search WHERE tokens @@ CAST(%s AS tsquery))"
            " SELECT subject FROM found ORDER BY subject DESC LIMIT %s"
        )
    return list(connection.exec_driver_sql(query, (match, limit)).scalars())
