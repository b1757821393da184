"""All tables: the log, its summaries, the catalogue's summary, and what belongs to this store alone."""

from db.tables.base import METADATA
from db.tables.catalogue import ENTRIES
from db.tables.local import BATCHES, KEPT, STORE
from db.tables.log import DEVICES, PERSONAL, STEPS, STREAMS, SUBJECTS
from db.tables.summary import CASE_FACTS, CASE_KEYS, CASE_WORDS, CASES, CLOCKS, FOREVER, ROUNDS

__all__ = [
    "BATCHES",
    "CASES",
    "CASE_FACTS",
    "CASE_KEYS",
    "CASE_WORDS",
    "CLOCKS",
    "DEVICES",
    "ENTRIES",
    "FOREVER",
    "KEPT",
    "METADATA",
    "PERSONAL",
    "ROUNDS",
    "STEPS",
    "STORE",
    "STREAMS",
    "SUBJECTS",
    "SUMMARY",
]

# Derived from the log alone: a migration drops them, opening the store makes and fills them anew.
SUMMARY = (CASES, CLOCKS, ROUNDS, CASE_FACTS, CASE_WORDS, CASE_KEYS)
