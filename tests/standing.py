"""What the summaries say to people, apart from what tells that something was done and taken back again."""

from typing import Any

from db.tables import CASE_WORDS, CASES, ENTRIES, FOREVER, ROUNDS
from tests.stores import dump
from zq_grid.workspace import Workspace


def standing(workspace: Workspace) -> dict[str, list[tuple[Any, ...]]]:
    """Return every summary row as it stands: without since when, and without how many steps there are of a case."""
    said = dump(workspace)
    since, until = (ROUNDS.columns.keys().index(name) for name in ("since", "until"))
    gone, steps = ROUNDS.columns.keys().index("gone"), CASES.columns.keys().index("steps")
    words = CASE_WORDS.columns.keys().index("words")
    rounds = [row for row in said["rounds"] if row[until] == FOREVER and row[gone] != "retracted"]
    return {
        **said,
        "rounds": [without(row, since) for row in rounds],
        "cases": [without(row, steps) for row in said["cases"]],
        "case_words": [row for row in said["case_words"] if row[words]],
        ENTRIES.name: said[ENTRIES.name],
    }


def without(row: tuple[Any, ...], column: int) -> tuple[Any, ...]:
    """Return a row without one of its columns."""
    return (*row[:column], *row[column + 1 :])
