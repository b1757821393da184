"""What a bulletin says of earlier printings whose figures have changed since: frozen, in words, and as it is kept."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from zq_grid.papers.figures import EMPTY, Figure

# Why an order counts otherwise than it did when the paper was printed; the first that fits.
WHY = {
    "excluded": ("批准剔除", "approved exclusions"),
    "readmitted": ("取消剔除", "exclusions taken back"),
    "void": ("作废", "void"),
    "retracted": ("撤销登记", "logs taken back"),
    "sub_case": ("拆单", "split"),
    "refused": ("不予受理", "refused"),
    "returned": ("退单", "returned"),
    "repeat": ("并单", "merged as repeats"),
    "withdrawn": ("诉求撤回", "withdrawn"),
    "taken_back": ("撤销步骤", "steps taken back"),
    "amended": ("更正事实", "facts corrected"),
    "extended": ("同意延期", "extensions granted"),
    "entered_late": ("补录", "entered late"),
    "arrived_late": ("迟到数据", "arrived late"),
    "done_since": ("期后办理", "done since"),
    "other": ("其他", "other reasons"),
    "many": ("涉及工单", "orders concerned"),
    "rules": ("统计口径调整", "counting rules changed"),
}


@dataclass(frozen=True)
class Correction:
    """One figure of an earlier printing as it was told, and as it is known by now.

    `week` is the ISO week (2026-W46) that was printed; `again` where it is the very week of this paper, printed
    before. `why` counts the orders that count otherwise by reason (keys of WHY), empty where it can't be told.
    """

    week: str
    old: Figure
    new: Figure
    why: tuple[tuple[str, int], ...] = ()
    again: bool = False

    @property
    def words(self) -> str:
        """The sentence of the paper, such as 第 46 周先行联系率 95.9%（189/197）更正为 96.4%（190/197）：补录 1 件."""
        year, _, number = self.week.partition("-W")
        before = "（本期首次印发时）" if self.again else ""
        said = f"{year} 年第 {int(number)} 周{self.new.name}{before} {told(self.old)}更正为 {told(self.new)}"
        why = self.reasons("zh")
        return f"{said}：{why}。" if why else f"{said}。"

    def english(self, name: str) -> str:
        """The same for a screen in English, where the indicator is called `name`."""
        before = " (first printing of this week)" if self.again else ""
        old, new = (
            f"{EMPTY if one.value is None else f'{one.value}%'} ({one.share})" for one in (self.old, self.new)
        )
        why = self.reasons("en")
        return f"{self.week} {name}{before}: {old} → {new}{f'; {why}' if why else ''}"

    def reasons(self, lang: str) -> str:
        """Return why, in one line: 补录 1 件、批准剔除 2 件."""
        parts = []
        for code, count in self.why:
            chinese, english = WHY.get(code, WHY["other"])
            if lang == "en":
                parts.append(f"{english} {count:,}" if count else english)
            else:
                parts.append(f"{chinese} {count:,} 件" if count else chinese)
        return (", " if lang == "en" else "、").join(parts)


def told(figure: Figure) -> str:
    """Return a figure as a sentence has it: 95.9%（189/197）, —（0/0） for an empty base."""
    return f"{EMPTY if figure.value is None else f'{figure.value}%'}（{figure.share}）"


def share(figure: Figure) -> str:
    """Return numerator and base as they are kept: 83.6/99, exact but for the seventh decimal."""
    number = Fraction(figure.numerator)
    if number.denominator == 1:
        return f"{number.numerator}/{figure.denominator}"
    size = round(number * 10**6)
    return f"{size // 10**6}.{size % 10**6:06}".rstrip("0") + f"/{figure.denominator}"


def figure(key: str, name: str, kept: str) -> Figure | None:
    """Return a figure from what `share` made of it; None for what can't be read."""
    above, slash, below = kept.partition("/")
    try:
        number, base = Fraction(above), int(below)
    except (ValueError, ZeroDivisionError):
        return None
    if not slash or base < 0:
        return None
    return plain(Figure(key, name, number, base, 0, 0))


def plain(one: Figure) -> Figure:
    """Return a figure whose numerator reads the same whether it was weighed or kept: 84, 83.6."""
    number = Fraction(one.numerator)
    return replace(one, numerator=int(number) if number.denominator == 1 else number)


def kept(one: Correction) -> dict[str, Any]:
    """Return a correction as plain JSON values."""
    return {
        "week": one.week,
        "key": one.new.key,
        "name": one.new.name,
        "old": share(one.old),
        "new": share(one.new),
        "why": [list(said) for said in one.why],
        "again": one.again,
    }


def read(rows: Iterable[Mapping[str, Any]]) -> tuple[Correction, ...]:
    """Return corrections from what `kept` made of them."""
    found = []
    for row in rows:
        old, new = (figure(str(row["key"]), str(row["name"]), str(row[side])) for side in ("old", "new"))
        if old is not None and new is not None:
            why = tuple((str(code), int(count)) for code, count in row["why"])
            found.append(Correction(str(row["week"]), old, new, why, bool(row["again"])))
    return tuple(found)
