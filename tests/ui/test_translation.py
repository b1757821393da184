"""Every Chinese word of the window has its English, and no English stands for words that nobody says."""

import ast
from pathlib import Path

import pytest

from ui import tr
from zq_grid import resources

ROOT = Path(__file__).resolve().parents[2]
# Chinese tables whose words go through tr() later, by the name that holds them.
TABLES = {"PAGES", "USES", "VIEWS", "TITLES", "WORDS", "PARTS", "HINTS"}


def said_in(tree: ast.AST) -> set[str]:
    """Return the texts given to tr(), and those in tables of words."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "tr" and node.args:
            found |= {one.value for one in ast.walk(node.args[0]) if isinstance(one, ast.Constant)}
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            names = {getattr(target, "id", "") for target in targets}
            if names & TABLES:
                found |= {one.value for one in ast.walk(node.value) if isinstance(one, ast.Constant)}
    return {text for text in found if isinstance(text, str) and any(ord(letter) > 0x2E7F for letter in text)}


def everything_said() -> set[str]:
    files = (ROOT / "ui").rglob("*.py")
    return {text for path in files for text in said_in(ast.parse(path.read_text("utf-8")))}


def english() -> dict[str, str]:
    found: dict[str, str] = {}
    for part in sorted((resources.ROOT / "i18n/en").glob("*.toml")):
        found |= resources.toml(f"i18n/en/{part.name}")
    return found


def test_every_text_of_the_window_has_its_english():
    assert sorted(everything_said() - set(english())) == []


def test_no_english_stands_for_words_that_nobody_says():
    assert sorted(set(english()) - everything_said()) == []


def test_a_text_has_one_english():
    found: dict[str, set[str]] = {}
    for part in sorted((resources.ROOT / "i18n/en").glob("*.toml")):
        for chinese, said in resources.toml(f"i18n/en/{part.name}").items():
            found.setdefault(chinese, set()).add(said)
    assert {chinese: said for chinese, said in found.items() if len(said) > 1} == {}


def test_both_languages_fill_the_same_places():
    for chinese, said in english().items():
        names = [{part[1] for part in tr.places(text)} for text in (chinese, said)]
        assert names[0] == names[1], chinese


def test_a_language_that_is_none_is_refused():
    with pytest.raises(KeyError):
        tr.speak("fr")
