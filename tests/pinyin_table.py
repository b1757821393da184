"""Makes `resources/pinyin/*.txt` from the library pypinyin: `python -m tests.pinyin_table`. The program reads only these."""

from collections import defaultdict
from pathlib import Path

from pypinyin import lazy_pinyin
from pypinyin.constants import PHRASES_DICT, PINYIN_DICT

FOLDER = Path(__file__).resolve().parents[1] / "resources" / "pinyin"
LENGTHS = (2, 3)


def characters() -> str:
    """Return a line a syllable: the syllable and the characters that are read so."""
    lines: defaultdict[str, list[str]] = defaultdict(list)
    for code in sorted(PINYIN_DICT):
        said = lazy_pinyin(chr(code))[0]
        if said.isascii() and said.isalpha() and _common(code):
            lines[said].append(chr(code))
    return "".join(f"{said} {''.join(found)}\n" for said, found in sorted(lines.items()))


def words() -> str:
    """Return a line a word that isn't read character by character: 银行 yin hang."""
    found = []
    for word in sorted(PHRASES_DICT):
        if len(word) in LENGTHS and all(_common(ord(c)) for c in word):
            said = lazy_pinyin(word)
            if len(said) == len(word) and said != [lazy_pinyin(c)[0] for c in word]:
                found.append(f"{word} {' '.join(said)}\n")
    return "".join(found)


def _common(code: int) -> bool:
    return 0x4E00 <= code <= 0x9FFF or 0x3400 <= code <= 0x4DBF or code == 0x3007


if __name__ == "__main__":
    (FOLDER / "characters.txt").write_text(characters(), "utf-8")
    (FOLDER / "words.txt").write_text(words(), "utf-8")
