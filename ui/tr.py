"""Words on the screen: Chinese stands in the code, English comes from resources/i18n/en/*.toml."""

from collections.abc import Iterable, Mapping
from string import Formatter
from typing import Any

from zq_grid import resources
from zq_grid.value_words import straight

LANGUAGES = ("zh", "en")
_said: dict[str, str] = {}


class _Spoken:
    """The one setting that every widget's text depends on; set before the window is built."""

    language = "zh"


class _Counted(str):
    """A fact in words, by which `one|many` chooses."""

    __slots__ = ()

    def __format__(self, form: str) -> str:
        one, choice, many = form.partition("|")
        return (one if self == "1" else many) if choice else super().__format__(form)


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
            words = resources.toml(f"i18n/en/{part.name}")
            _said.update({chinese: straight(said) for chinese, said in words.items()})


def language() -> str:
    """Return the language that is spoken."""
    return _Spoken.language


def tr(text: str, **facts: Any) -> str:
    """Return a text in the language that is spoken, its {places} filled.

    English may choose a word by a count: `{n} {n:case|cases}`.
    """
    said = _said.get(text, text)
    if "|" in said:
        facts = {name: _Counted(value) for name, value in facts.items()}
    return said.format_map(facts) if facts else said


def word(words: Mapping[str, tuple[str, str]], key: str) -> str:
    """Return a word of `zq_grid.words` for a key of the code, as a label: in English with a capital letter.

    The key itself where there is no word for it.
    """
    return capital(inside(words, key)) if key in words else key


def inside(words: Mapping[str, tuple[str, str]], key: str) -> str:
    """Return a word of `zq_grid.words` as it stands inside a sentence."""
    found = words.get(key)
    return key if found is None else found[_Spoken.language == "en"]


def capital(said: str) -> str:
    """Return words as they begin a line: in English with a capital letter."""
    return said[:1].upper() + said[1:] if _Spoken.language == "en" else said


def listed(parts: Iterable[str]) -> str:
    """Return several things in one line."""
    return (", " if _Spoken.language == "en" else "、").join(parts)


def named(name: str, said: str) -> str:
    """Return what something is called and what it says."""
    return tr("{name}：{said}", name=name, said=said)


def places(text: str) -> list[tuple[str, str]]:
    """Return the {places} of a text: what stands before each, and its name."""
    return [(before, name) for before, name, _form, _conversion in Formatter().parse(text) if name]
