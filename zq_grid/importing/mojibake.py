"""Tells Chinese from other languages whose bytes happen to read as Chinese, which almost all bytes do.

Measured on the texts of four city halls: of their characters 99 % and more are in GB 2312 and none is private. Of
20,000 runs of six characters one has all of them in its first half, as Korean has, hardly a common one among them,
and makes common syllables of Korean; of their 4,835 texts none.
"""

import codecs
from collections import Counter

LEAST = 5  # different characters beyond ASCII; fewer tell nothing
PRIVATE = range(0xE000, 0xF900)
HANZI = range(0x3400, 0xA000)
KANA = range(0x3041, 0x3100)
COMMON = frozenset(
    "的一是不了在有人我他这中大来上个国到说们为时要就出会可也对生能而子那得下自之年后作里多发没用道行家种事成方同路号村楼区市民政府小住"
)
COMMON_KOREAN = frozenset("이다는을의가에하고리사지도로기어대시자인은를서한아해나일수정주원부전상보제구동")


def encoding_of(sample: bytes) -> str | None:
    """Return the encoding of a text that is no UTF-8 and can be read as GB 18030; None for none that we know.

    Args:
        sample: its beginning, which may end in the middle of a character.
    """
    read = _counted(sample, "gb18030")
    if len(read) < LEAST:
        return "gb18030"
    total = read.total()
    private = {character for character in read if ord(character) in PRIVATE}
    if len(private) >= 3 and _share(read, private) >= 0.15:
        return "big5hkscs" if _is_big5(sample) else None
    simplified = {character for character in read if _place(character, "gb2312")}
    if _share(read, simplified) < 0.3 and _share_of(sample, "cp932", KANA) >= 0.2:
        return None
    hanzi = {character for character in read if ord(character) in HANZI}
    first_half = all(0xB0 <= _place(character, "gb2312") <= 0xC8 for character in hanzi)
    if len(hanzi) >= LEAST and first_half and _share(read, COMMON) <= 0.2:
        korean = _counted(sample, "cp949")
        if korean.total() >= total and _share(korean, COMMON_KOREAN) >= 0.3:
            return None
    return "gb18030"


def _is_big5(sample: bytes) -> bool:
    """Say whether it is Big5 beyond doubt: nearly all of it the characters that are in daily use."""
    read = _counted(sample, "big5hkscs")
    hanzi = {character: times for character, times in read.items() if ord(character) in HANZI}
    daily = sum(times for character, times in hanzi.items() if 0xA4 <= _place(character, "big5") <= 0xC6)
    return len(hanzi) >= LEAST and daily >= 0.9 * sum(hanzi.values())


def _counted(sample: bytes, encoding: str) -> "Counter[str]":
    """Return how often each character beyond ASCII occurs; none where the encoding doesn't fit."""
    try:
        text = codecs.getincrementaldecoder(encoding)().decode(sample)
    except UnicodeDecodeError:
        return Counter()
    found = Counter(text)
    return Counter({character: times for character, times in found.items() if character > "\x7f"})


def _share(read: "Counter[str]", characters: set[str] | frozenset[str]) -> float:
    return sum(read[character] for character in characters) / max(1, read.total())


def _share_of(sample: bytes, encoding: str, characters: range) -> float:
    read = _counted(sample, encoding)
    return _share(read, {character for character in read if ord(character) in characters})


def _place(character: str, encoding: str) -> int:
    """Return the first of the two bytes that a character has, 0 where it has none."""
    try:
        encoded = character.encode(encoding)
    except UnicodeEncodeError:
        return 0
    return encoded[0] if len(encoded) == 2 else 0
