"""Every refusal that the code can raise has its words in both languages, and every place in them is filled."""

import re
import string
from pathlib import Path

import pytest

from zq_grid.errors import Refused
from zq_grid.importing import sentences_en
from zq_grid.importing.sentences import SENTENCES
from zq_grid.refusals import SAFE, TEXTS, sentence

ROOT = Path(__file__).parents[1]
RAISED = re.compile(r"(?:Refused|ImportRejected)\(\s*\"([a-z_]+)\"")
BY_TABLE = {"step_stage", "step_not_handled", "step_again"}


def raised():
    for folder in ("zq_grid", "ui"):
        for path in (ROOT / folder).rglob("*.py"):
            for code in RAISED.findall(path.read_text("utf-8")):
                yield code, path.name


def test_every_code_that_is_raised_has_words():
    without = {code: file for code, file in raised() if code not in TEXTS and code not in SENTENCES}
    assert without == {}


def test_what_the_table_of_steps_objects_has_words():
    source = (ROOT / "zq_grid/rules/lifecycle.py").read_text("utf-8")
    codes = set(re.findall(r"\"(step_[a-z_]+)\"", source)) | {"step_suspend", "step_resume"}
    assert codes - set(TEXTS) == set()


@pytest.mark.parametrize(
    "code", ["busy", "full", "io", "wrong_key", "corrupt", "unsafe_engine", "unreachable"]
)
def test_what_an_engine_says_has_words(code):
    assert f"store_{code}" in TEXTS


@pytest.mark.parametrize("code", sorted(TEXTS))
def test_both_languages_name_the_same_facts(code):
    chinese, english = TEXTS[code]
    named = [
        {name for _, name, _, _ in string.Formatter().parse(text) if name} for text in (chinese, english)
    ]
    assert named[0] == named[1]
    assert chinese.endswith("。")
    assert english.endswith(".")


def test_every_sentence_of_an_import_is_there_in_both_languages_and_names_the_same_facts():
    assert set(sentences_en.SENTENCES) == set(SENTENCES)
    for code, chinese in SENTENCES.items():
        english = sentences_en.SENTENCES[code]
        named = [
            {name for _, name, _, _ in string.Formatter().parse(text) if name} for text in (chinese, english)
        ]
        assert (named[0], english[-1]) == (named[1], "."), code


def test_a_sentence_says_that_nothing_was_changed_unless_nobody_can_know():
    assert sentence(Refused("store_busy")).endswith(SAFE[0])
    assert SAFE[0] not in sentence(Refused("store_io"))
