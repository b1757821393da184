"""How places and people are spelled in Latin letters, so that `hxwc` and `hexiwucun` find 和溪五村.

Readings come from `resources/pinyin`, read when first needed: a general table (tests/pinyin_table.py makes it),
words that aren't read character by character, and our own corrections, of which surnames matter most.
"""

import re
from functools import cache, lru_cache
from typing import NamedTuple

from zq_grid import resources

_CHINESE = re.compile("[〇㐀-䶿一-鿿]+")
_VOWEL = re.compile("[aeiouv]")
_CAPITAL = re.compile(r"[A-Z][a-z]*")
_LONGEST_WORD = 3
_LONGEST_SURNAME = 2
# More spellings of one typed word than this are not looked for; ordinary ones have at most four.
_MOST = 16
_LONGEST_TYPED = 40


class _Readings(NamedTuple):
    characters: dict[str, str]
    words: dict[str, tuple[str, ...]]
    surnames: dict[str, tuple[str, ...]]
    syllables: frozenset[str]
    beginnings: frozenset[str]


@cache
def _readings() -> _Readings:
    folder = resources.ROOT / "pinyin"
    characters: dict[str, str] = {}
    for line in (folder / "characters.txt").read_text("utf-8").splitlines():
        said, _, found = line.partition(" ")
        characters.update(dict.fromkeys(found, said))
    words = {}
    for line in (folder / "words.txt").read_text("utf-8").splitlines():
        word, *said_so = line.split(" ")
        words[word] = tuple(said_so)
    own = resources.toml("pinyin/own.toml")
    characters.update(own["characters"])
    words.update({word: tuple(said.split(" ")) for word, said in own["words"].items()})
    surnames = {name: tuple(said.split(" ")) for name, said in own["surnames"].items()}
    # without a vowel (嗯 n, 噷 hm) they would cut every typed word in senseless ways
    syllables = {s for s in characters.values() if _VOWEL.search(s)}
    beginnings = {syllable[:end] for syllable in syllables for end in range(1, len(syllable) + 1)}
    return _Readings(characters, words, surnames, frozenset(syllables), frozenset(beginnings))


def syllables(run: str) -> list[str]:
    """Return the syllables of a run of Chinese characters; one that no table has is left out."""
    known = _readings()
    found: list[str] = []
    at = 0
    while at < len(run):
        for length in range(_LONGEST_WORD, 1, -1):
            if word := known.words.get(run[at : at + length]):
                found += word
                at += length
                break
        else:
            if said := known.characters.get(run[at]):
                found.append(said)
            at += 1
    return found


def of_name(name: str) -> list[str]:
    """Return the syllables of a person's name, the surname read as a surname: 单 shan, 尉迟 yu chi."""
    known = _readings()
    for length in range(_LONGEST_SURNAME, 0, -1):
        if said := known.surnames.get(name[:length]):
            return [*said, *syllables(name[length:])]
    return syllables(name)


@lru_cache(maxsize=20_000)
def _of_place(place: str) -> tuple[str, str]:
    return _lines([syllables(run) for run in _CHINESE.findall(place)])


@lru_cache(maxsize=5_000)
def _of_caller(name: str) -> tuple[str, str]:
    return _lines([of_name(run) for run in _CHINESE.findall(name)])


def _lines(runs: list[list[str]]) -> tuple[str, str]:
    first = " ".join("".join(said[0] for said in run) for run in runs if run)
    return first, " ".join("".join(said.capitalize() for said in run) for run in runs if run)


def spelled(place: str, caller: str) -> str:
    """Return how a place and a caller are spelled: a line of initials, and one in full, each syllable with a capital.

    `和溪五村 12 号`, `王小明` → `hxwc h wxm` and `HeXiWuCun Hao WangXiaoMing`; "" where nothing is Chinese.
    """
    initials, full = zip(_of_place(place), _of_caller(caller), strict=True)
    return f"{' '.join(filter(None, initials))}\n{' '.join(filter(None, full))}".strip()


def readings(typed: str) -> tuple[str, ...]:
    """Return how typed small letters can be cut into syllables, the last one possibly unfinished: xian → Xian, XiAn."""
    if len(typed) > _LONGEST_TYPED:
        return ()
    known = _readings()
    # from the end to the front: what can follow each place
    ways: list[list[str]] = [[] for _ in typed] + [[""]]
    longest = max(map(len, known.syllables))
    for start in range(len(typed) - 1, -1, -1):
        for end in range(start + 1, min(len(typed), start + longest) + 1):
            part = typed[start:end]
            if part in (known.beginnings if end == len(typed) else known.syllables):
                ways[start] += [part.capitalize() + rest for rest in ways[end]]
        ways[start] = sorted(ways[start], key=_cuts)[:_MOST]
    return tuple(ways[0])


def _cuts(way: str) -> tuple[int, str]:
    return len(_CAPITAL.findall(way)), way
