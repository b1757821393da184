"""The words of other people's spreadsheets (resources/catalogue/import.toml), ready to be compared."""

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

SEED = Path(__file__).resolve().parents[2] / "resources" / "catalogue" / "import.toml"
_SUFFIX = re.compile(r"(?:镇|街道|乡)$")
_TOWN = re.compile(r"^(?:上海市?)?(?:[一-龥]{2,3}区)?[一-龥]{2,4}(?:街道(?:办事处)?|镇(?:人民政府)?)(?=.)")
_BRACKETED = re.compile(r"[(\[{【〔〈《][^)\]}】〕〉》]*[)\]}】〕〉》]")
_NUMBERED = re.compile(r"^\s*(?:\d{1,2}[.、)]|\(\d{1,2}\)|[*#])\s*")
# Beside a Chinese name, set apart; short letters (ID, QQ) say something else.
_ENGLISH = re.compile(r"(?<=[一-龥)])[\s/|]+(?!URL\b)[A-Za-z]{3}[A-Za-z .'_#-]*$")


@lru_cache(maxsize=8192)
def key(text: str) -> str:
    """Return `text` as it is compared: NFKC, without case, spaces, brackets and punctuation."""
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKC", text).casefold()))


@lru_cache(maxsize=8192)
def _plain(text: str) -> str:
    """Return a placeholder as it is compared: punctuation counts here, as "-" is nothing else."""
    return unicodedata.normalize("NFKC", text).strip().casefold()


@dataclass(frozen=True)
class Part:
    """The header of `field` ends with one of `ends`, holds one of `has` (any where it is empty), none of `never`.

    `whole`: it is one of `ends` and nothing besides.
    """

    field: str
    ends: tuple[str, ...]
    has: tuple[str, ...]
    never: tuple[str, ...]
    whole: bool = False

    def fits(self, header: str) -> bool:
        """Tell whether a header, compared as `key` does, is made of these parts."""
        return (
            (header in self.ends if self.whole else header.endswith(self.ends))
            and (not self.has or any(word in header for word in self.has))
            and not self.forbids(header)
        )

    def forbids(self, header: str) -> bool:
        """Tell whether a part says that this header is not the field: 预计办结日期 is no day of closing."""
        return any(word in header for word in self.never)


@dataclass(frozen=True)
class Words:
    """What headers and values may be called. Build with `words_of`."""

    fields: Mapping[str, tuple[str, ...]]  # field → keys of its headers, the better first
    values: Mapping[str, Mapping[str, str]]  # vocabulary → key of the word → our value
    prefixes: tuple[str, ...]
    placeholders: frozenset[str]
    ignored: frozenset[str]
    expected: tuple[tuple[str, ...], ...]
    anonymous_names: frozenset[str]
    parts: tuple[Part, ...] = ()  # what unknown headers are made of
    nouns: tuple[str, ...] = ()  # what a header may begin with and mean the same
    streets: Mapping[str, str] = field(
        default_factory=dict
    )  # key of a town or street, short or whole → whole
    learned: Mapping[str, Mapping[str, str]] = field(
        default_factory=dict
    )  # unit, neighbourhood, type: by key

    def street(self, text: str) -> str:
        """Return the whole name of a town or street district, which people write with or without 镇, 街道."""
        return self.streets.get(key(text), text)

    def header_keys(self, header: str) -> tuple[str, ...]:
        """Return the keys under which `header` may be known, the most exact first."""
        whole = self._bare(key(header))
        short = self._bare(key(_BRACKETED.sub("", unicodedata.normalize("NFKC", header))))
        return (whole, short) if short and short != whole else (whole,)

    def like_keys(self, header: str) -> tuple[str, ...]:
        """Return the keys of other spellings of `header`, for those whose own are not known.

        Left out are the number before it (1.联系电话), the English beside it (工单编号 Order No.) and a noun that
        adds nothing (案件受理时间); 日期 is as good as 时间.
        """
        plain = unicodedata.normalize("NFKC", header)
        said = _NUMBERED.sub("", plain)
        if english := _ENGLISH.search(said):
            said = said[: english.start()]
        exact = self.header_keys(header)
        bare = (*exact, *self.header_keys(said)) if key(said) else exact
        short = [one.removeprefix(noun) for one in bare for noun in self.nouns if one.startswith(noun)]
        found = [*bare, *(one for one in short if len(one) > 1)]
        found += [one[:-2] + "时间" for one in found if one.endswith(("日期", "时刻"))]
        return tuple(dict.fromkeys(one for one in found if one not in exact))

    def value(self, vocabulary: str, text: str) -> str | None:
        """Return our value for the word `text`, None when it isn't known."""
        return self.values[vocabulary].get(key(text) or text.strip())

    def is_placeholder(self, text: str) -> bool:
        """Say whether `text` stands for an empty cell, as 无, - and nan do."""
        return len(text) <= 12 and _plain(text) in self.placeholders

    def _bare(self, compared: str) -> str:
        return without_prefix(compared, self.prefixes)


def without_prefix(compared: str, prefixes: tuple[str, ...]) -> str:
    """Return `compared` without the first of `prefixes` that leaves something: the "12345" comes and goes."""
    for prefix in prefixes:
        if compared.startswith(prefix) and len(compared) > len(prefix):
            return compared[len(prefix) :]
    return compared


def words_of(table: Mapping[str, Any]) -> Words:
    """Return the words of a parsed import.toml.

    Raises:
        KeyError: one of its tables is missing.
    """
    prefixes = tuple(sorted(map(key, table["prefixes"]), key=len, reverse=True))
    return Words(
        fields={
            field: tuple(dict.fromkeys(without_prefix(key(alias), prefixes) for alias in aliases))
            for field, aliases in table["fields"].items()
        },
        values={
            vocabulary: {key(word) or word: value for value, words in known.items() for word in words}
            for vocabulary, known in table["values"].items()
        },
        prefixes=prefixes,
        placeholders=frozenset(map(_plain, table["placeholders"])),
        ignored=frozenset(map(key, table["ignored_headers"])),
        expected=tuple(tuple(group.split("|")) for group in table["expected"]),
        anonymous_names=frozenset(map(key, table["anonymous_names"]["words"])),
        parts=parts_of(table),
        nouns=tuple(map(key, table.get("nouns", ()))),
        streets=streets_of(table.get("streets", ())),
    )


def parts_of(table: Mapping[str, Any]) -> tuple[Part, ...]:
    """Return the parts of a parsed import.toml."""

    def keys(one: Mapping[str, Any], name: str) -> tuple[str, ...]:
        return tuple(map(key, one.get(name, ())))

    return tuple(
        Part(one["field"], keys(one, "ends"), keys(one, "has"), keys(one, "never"), bool(one.get("whole")))
        for one in table.get("parts", ())
    )


def without_town(said: str) -> str:
    """Return the key of a name without the town or street district before it: 江川路街道红旗居委 → 红旗居委."""
    return _TOWN.sub("", key(said)) or key(said)


def streets_of(names: Iterable[str]) -> dict[str, str]:
    """Return every spelling of these names of towns and street districts → the whole name."""
    found: dict[str, str] = {}
    for name in names:
        short = _SUFFIX.sub("", name)
        for spelling in (
            name,
            short,
            f"{short}镇",
            f"{short}街道",
            f"{short}街道办事处",
            f"{short}镇人民政府",
        ):
            found.setdefault(key(spelling), name)
    return found


def with_learned(words: Words, learned: Iterable[tuple[str, str, str]]) -> Words:
    """Return `words` and the aliases (field, word said, our value) that a town has defined besides."""
    values = {vocabulary: dict(known) for vocabulary, known in words.values.items()}
    streets = dict(words.streets)
    others: dict[str, dict[str, str]] = {}
    for vocabulary, said, means in learned:
        if vocabulary == "street":
            streets[key(said)] = means
        elif vocabulary in values:
            values[vocabulary][key(said) or said.strip()] = means
        else:
            others.setdefault(vocabulary, {})[key(said)] = means
    return replace(words, values=values, streets=streets, learned=others)


@lru_cache(maxsize=1)
def seed() -> Words:
    """Return the words that ship with the program."""
    return words_of(tomllib.loads(SEED.read_text("utf-8")))
