"""What the steps add up to. Every row here can be dropped and rebuilt from the log, to the byte."""

from sqlalchemy import Column, Index, Integer, Table, text

from db.tables.base import METADATA, Key, Time, Word

# Rows that nothing has replaced are known until for ever.
FOREVER = 2**60
# Columns that a list may be cut by, each with an index of its own.
LISTED = ("type", "unit", "area", "neighbourhood", "grid", "worker", "source", "kind")
# Cases that something is still to be done about: few among many, so one index has all that lists of them ask for.
LIVE = (
    "(due IS NOT NULL OR stage IN ('received', 'accepted', 'dispatched', 'signed', 'handling', 'submitted'))"
)
# Rounds that a return visit is still owed for, unless a later one began.
TO_VISIT = (
    f"until = {FOREVER} AND closed_at IS NOT NULL AND visit_at IS NULL AND caller IS NULL AND gone IS NULL"
)
# Rounds whose caller answered that they are not satisfied.
DISSATISFIED = f"until = {FOREVER} AND satisfaction = 'dissatisfied'"
_LIVE_COLUMNS = (
    *("received_at", "subject", "stage", *LISTED),
    *("due", "yellow_at", "orange_at", "red_at", "incomplete", "clashes"),
)


def _some(name: str, which: str, *columns: str) -> Index:
    """Return an index of some rows."""
    return Index(name, *columns, sqlite_where=text(which), postgresql_where=text(which))


def _few(name: str, which: str, *columns: str) -> Index:
    """Return an index of few rows among many: it is filled along with them sooner than by another look at all."""
    return Index(name, *columns, sqlite_where=text(which), postgresql_where=text(which), info={"few": True})


CASES = Table(
    "cases",
    METADATA,
    Column("subject", Key, primary_key=True, autoincrement=False),
    Column("number", Word, nullable=False),
    Column("type", Word, nullable=False),
    Column("kind", Word),
    Column("mode", Word),
    Column("source", Word, nullable=False),
    Column("stage", Word, nullable=False),
    Column("round", Integer, nullable=False),
    Column("place", Word),
    Column("place_key", Word),
    Column("text", Word),
    Column("neighbourhood", Word),
    Column("area", Word),
    Column("grid", Word),
    Column("unit", Word),
    Column("worker", Word),
    Column("received_at", Time, nullable=False),
    Column("due", Time),
    Column("due_kind", Word),
    Column("yellow_at", Time),
    Column("orange_at", Time),
    Column("red_at", Time),
    Column("closed_at", Time),
    Column("verdict", Word),
    Column("joined", Key),
    Column("parent", Key),
    Column("clashes", Integer, nullable=False),
    Column("flags", Integer, nullable=False),
    Column("incomplete", Integer, nullable=False),
    Column("steps", Integer, nullable=False),
    Index("ix_cases_number", "number"),
    Index("ix_cases_received", "received_at", "subject"),
    # Each list is walked in its index alone, the stage beside it; rows are fetched for what is shown.
    Index("ix_cases_stage", "stage", "received_at", "subject"),
    *(Index(f"ix_cases_{name}", name, "received_at", "subject", "stage") for name in LISTED),
    _few("ix_cases_live", LIVE, *_LIVE_COLUMNS),
    _few("ix_cases_due", "due IS NOT NULL", "due", "subject"),
    _some("ix_cases_without_due", "due IS NULL", "received_at", "subject"),
    _few("ix_cases_incomplete", "incomplete > 0", "received_at", "subject"),
    _few("ix_cases_clashes", "clashes > 0", "received_at", "subject"),
    # What search finds is put in order by this, without the rows.
    Index("ix_cases_moment", "subject", "received_at"),
    _some("ix_cases_place_key", "place_key IS NOT NULL", "place_key", "received_at"),
    _few("ix_cases_joined", "joined IS NOT NULL", "joined"),
    _few("ix_cases_parent", "parent IS NOT NULL", "parent"),
    comment="One row a case, as it stands now. Limits are the nearest of its live clocks.",
)

CASE_FACTS = Table(
    "case_facts",
    METADATA,
    Column("subject", Key, primary_key=True, autoincrement=False),
    Column("field", Word, primary_key=True),
    Column("value", Word, nullable=False),
    Index("ix_case_facts_value", "field", "value"),
    sqlite_with_rowid=False,
    comment="A type's own facts that its catalogue entry marks `listed`.",
)

CASE_WORDS = Table(
    "case_words",
    METADATA,
    Column("subject", Key, primary_key=True, autoincrement=False),
    Column("words", Word, nullable=False),
    Column("pinyin", Word, nullable=False),
    comment="The text by which search finds a case, folded, and how place and caller are spelled.",
)

CASE_KEYS = Table(
    "case_keys",
    METADATA,
    Column("kind", Word, primary_key=True),
    Column("key", Word, primary_key=True),
    Column("subject", Key, primary_key=True, autoincrement=False),
    Index("ix_case_keys_subject", "subject", "kind", "key"),
    sqlite_with_rowid=False,
    comment="What a case is looked up by: numbers and phones backwards (a tail is a prefix), orders quoted, rulings awaited.",
)

CLOCKS = Table(
    "clocks",
    METADATA,
    Column("subject", Key, primary_key=True, autoincrement=False),
    Column("round", Integer, primary_key=True, autoincrement=False),
    Column("kind", Word, primary_key=True),
    Column("nth", Integer, primary_key=True, autoincrement=False),
    Column("started", Time, nullable=False),
    Column("start_what", Word, nullable=False),
    Column("due", Time),
    Column("stopped", Time),
    Column("rule", Word, nullable=False),
    Column("n", Integer, nullable=False),
    Column("provisional", Integer, nullable=False),
    Column("source", Word, nullable=False),
    Column("live", Integer, nullable=False),
    Column("unjudged", Integer, nullable=False),
    Column("waiting", Integer, nullable=False),
    Column("ours", Time),
    Column("target", Time),
    Column("began", Time, nullable=False),
    Column("yellow_at", Time),
    Column("orange_at", Time),
    Column("red_at", Time),
    _few("ix_clocks_provisional", "provisional = 1", "provisional"),
    _few("ix_clocks_live", "live = 1", "subject", "kind"),
    sqlite_with_rowid=False,
    comment="One row a promise: what must be done by when, and when it was.",
)

_CURRENT = text(f"until = {FOREVER} AND source = 'hotline'")
_OLDER = text(f"until < {FOREVER} AND source = 'hotline'")
_TIMES = {"contact": "contact_due", "close": "close_due", "closed": "closed_at", "visit": "visit_at"}
# Beside the time by which a rate counts: what a week by neighbourhood asks for, so that the index answers alone.
_BESIDE = {
    "contact": (
        "contact_first",
        "contact_first_at",
        "caller",
        "contact_unjudged",
        "contact_kept",
        "excluded_contact",
    ),
    "close": ("stopped_at", "close_unjudged", "excluded_close"),
    "closed": ("verdict", "excluded_verdict"),
    "visit": ("satisfaction", "caller", "excluded_visit"),
}

ROUNDS = Table(
    "rounds",
    METADATA,
    Column("subject", Key, primary_key=True, autoincrement=False),
    Column("round", Integer, primary_key=True, autoincrement=False),
    Column("since", Time, primary_key=True, autoincrement=False),
    Column("until", Time, nullable=False),
    Column("source", Word, nullable=False),
    Column("type", Word, nullable=False),
    Column("neighbourhood", Word),
    Column("area", Word),
    Column("worker", Word),
    Column("unit_contact", Word),
    Column("unit_close", Word),
    Column("began_at", Time, nullable=False),
    Column("contact_due", Time),
    Column("contact_first", Word),
    Column("contact_first_at", Time),
    Column("contact_unjudged", Integer, nullable=False),
    Column("close_due", Time),
    Column("stopped_at", Time),
    Column("close_unjudged", Integer, nullable=False),
    Column("closed_at", Time),
    Column("verdict", Word),
    Column("visit_at", Time),
    Column("satisfaction", Word),
    Column("caller", Word),
    Column("gone", Word),
    Column("gone_at", Time),
    Column("contact_kept", Integer, nullable=False),
    Column("excluded_contact", Word),
    Column("excluded_close", Word),
    Column("excluded_verdict", Word),
    Column("excluded_visit", Word),
    Column("excluded_all", Word),
    Column("late_entered", Integer, nullable=False),
    Column("waiting", Integer, nullable=False),
    Column("ended_at", Time),
    # What the week's bulletin asks of every source: begun, still open, ended in the week, fallen due, known since.
    _some("ix_rounds_began", f"until = {FOREVER}", "began_at"),
    _some("ix_rounds_began_before", f"until < {FOREVER} AND source = 'hotline'", "began_at"),
    _few("ix_rounds_open", f"until = {FOREVER} AND ended_at IS NULL", "subject"),
    _some("ix_rounds_ended", f"until = {FOREVER} AND ended_at IS NOT NULL", "ended_at", "began_at"),
    _few("ix_rounds_other_due", f"until = {FOREVER} AND source <> 'hotline'", "close_due"),
    _some("ix_rounds_until", f"until < {FOREVER}", "until"),
    _few("ix_rounds_to_visit", TO_VISIT, "subject", "round"),
    _few("ix_rounds_dissatisfied", DISSATISFIED, "visit_at", "subject", "round"),
    *(
        Index(
            f"ix_rounds_{name}",
            column,
            "round",
            "since",
            "neighbourhood",
            "gone",
            "gone_at",
            "late_entered",
            *_BESIDE[name],
            sqlite_where=_CURRENT,
            postgresql_where=_CURRENT,
        )
        for name, column in _TIMES.items()
    ),
    *(
        Index(
            f"ix_rounds_{name}_before",
            column,
            "since",
            "until",
            sqlite_where=text(f"{column} IS NOT NULL AND {_OLDER.text}"),
            postgresql_where=text(f"{column} IS NOT NULL AND {_OLDER.text}"),
        )
        for name, column in _TIMES.items()
    ),
    sqlite_with_rowid=False,
    comment="The facts that rates count, with versions: what was known from `since` until `until` (arrival times).",
)
