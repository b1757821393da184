"""Words on the screen: Chinese stands in the code, English comes from resources/i18n/en/*.toml."""

from collections.abc import Mapping
from string import Formatter
from typing import Any

from zq_grid import resources

LANGUAGES = ("zh", "en")
_said: dict[str, str] = {}


class _Spoken:
    """The one setting that every widget's text depends on; set before the window is built."""

    language = "zh"


def speak(language: str) -> None:
    """Set the language of everything that is built from now on.

    Raises:
        KeyError: none of LANGUAGES.
    """
    if language not in LANGUAGES:
        raise KeyError(language)
    _Spoken.language = language
    _said.clear()
    if language == "en":
        for part in sorted((resources.ROOT / "i18n/en").glob("*.toml")):
            _said.update(resources.toml(f"i18n/en/{part.name}"))


def language() -> str:
    """Return the language that is spoken."""
    return _Spoken.language


def tr(text: str, **facts: Any) -> str:
    """Return a text in the language that is spoken, its {places} filled."""
    said = _said.get(text, text)
    return said.format_map(facts) if facts else said


def word(words: Mapping[str, tuple[str, str]], key: str) -> str:
    """Return a word of `zq_grid.words` for a key of the code; the key itself where there is none."""
    found = words.get(key)
    return key if found is None else found[_Spoken.language == "en"]


def places(text: str) -> list[tuple[str, str]]:
    """Return the {places} of a text: what stands before each, and its name."""
    return [(before, name) for before, name, _form, _conversion in Formatter().parse(text) if name]
