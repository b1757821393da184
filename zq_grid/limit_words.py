"""How a limit was worked out, as one sentence that can be checked by finger on a wall calendar."""

from zq_grid import limit_words_en, limit_words_zh
from zq_grid.rules import clocks
from zq_grid.rules.clocks import ClockRow
from zq_grid.rules.explain import Explanation
from zq_grid.rules.known import Known


def words(row: ClockRow, known: Known, lang: str = "zh") -> str:
    """Return the sentence under a clock, in a language ("zh" or "en")."""
    told = clocks.explained(row, known)
    if told is None:
        return limit_words_en.SUSPENDED if lang == "en" else limit_words_zh.SUSPENDED
    return sentence(told, lang)


def sentence(told: Explanation, lang: str = "zh") -> str:
    """Return an explanation in words.

    The year is named at the start and wherever it changes. Where the limit in force is not what the rule gives
    (extended, suspended), the sentence names both, with the notes between.
    """
    return limit_words_en.sentence(told) if lang == "en" else limit_words_zh.sentence(told)
