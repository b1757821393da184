"""The bulletin in words: names, issue, and the paragraph written from its figures (docs/rules.md R7.5)."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import Any, NamedTuple

from zq_grid.catalogue import Catalogue
from zq_grid.papers.figures import Change, Figure, RateRow, Shares, half_up
from zq_grid.rules import worktime

FOUR = {
    "first_contact": "先行联系率",
    "on_time_closing": "按时办结率",
    "actual_resolution": "实际解决率",
    "satisfaction": "市民满意率",
}
RECHECKS = ("recheck_count", "recheck_on_time", "recheck_turned")
SOURCES = {
    "hotline": "12345 热线",
    "patrol": "网格巡查",
    "station": "居村采集",
    "wechat": "微信上报",
    "video": "视频发现",
    "inspection": "区级督查",
    "anti_fraud_centre": "反诈中心",
    "police_transfer": "110 非警务",
    "petition_visit": "上门办信",
    "mediation_desk": "平安客厅",
    "safety_inspection": "安全检查",
    "street_patrol": "街面联治",
    "enterprise": "企业诉求",
}
NO_OWNER = "无归属"
LATE = "逾期未办结"


class Names:
    """The names that the cut's own catalogue has for codes."""

    def __init__(self, known: Catalogue) -> None:
        self.known = known

    def type(self, code: str) -> str:
        """Return the name of a case type."""
        return self.known.name("type", code) or "未归类"

    def neighbourhood(self, code: str) -> str:
        """Return the name of a neighbourhood; "" for none."""
        return self.known.name("neighbourhood", code)

    def area(self, code: str) -> str:
        """Return the name of an area."""
        return self.known.name("area", code) or NO_OWNER

    def unit(self, code: str) -> str:
        """Return the short name of a unit; "" for none."""
        return str((self.known.get("unit", code) or {}).get("short") or self.known.name("unit", code))

    def is_office(self, unit: str) -> bool:
        """Tell whether a unit is the office of a neighbourhood."""
        return (self.known.get("unit", unit) or {}).get("league") == "neighbourhood"

    def source(self, code: str) -> str:
        """Return the name of a source."""
        return SOURCES.get(code, code or "未注明")

    @staticmethod
    def indicator(profile: Mapping[str, Any], key: str) -> str:
        """Return what the profile calls an indicator."""
        named = (str(one["name"]) for one in profile["indicator"] if one["key"] == key)
        return next(named, FOUR.get(key, key))


class Counts(NamedTuple):
    """The counts of a week, in the order of the boxes."""

    received: int
    closed: int
    open: int
    late: int
    rechecks: int


BOXES = ("受理", "办结", "在办", LATE, "不满意件复核")


def shares(names: Iterable[str], last: str = "") -> Shares:
    """Return how often each name comes, the most frequent first; the name `last` at the end."""
    found = Counter(names)
    return tuple(sorted(found.items(), key=lambda one: (one[0] == last, -one[1], one[0])))


def second(at: int) -> str:
    """Return a moment as it is printed."""
    return worktime.to_text(at)[:19].replace("T", " ")


def lists_at(at: int) -> str:
    """Return the moment as at which lists stand: the end of a day as 11 月 22 日 24 时, else with its minutes."""
    day, time = worktime.day_of(at - 1), worktime.to_text(at)[11:16]
    if at == worktime.day_end(day) + 1:
        return f" {day.month} 月 {day.day} 日 24 时"
    day = worktime.day_of(at)
    return f" {day.month} 月 {day.day} 日 {time} "


def issues(published: date, first: str) -> tuple[int, int]:
    """Return the number of an issue within its year of publication, and since the first.

    Args:
        published: the Monday after the week.
        first: when the first issue was published, ISO; papers of weeks before it number from 1.
    """
    begun = min(date.fromisoformat(first), published) if first else published
    of_year = max(begun, date(published.year, 1, 1))
    return (published - of_year).days // 7 + 1, (published - begun).days // 7 + 1


def calendars(known: Catalogue, years: Sequence[str]) -> str:
    """Return which holiday tables the week's limits rest on."""
    found = []
    for year in years:
        entry = known.get("calendar", year)
        found.append(
            f"{year} 年节假日表第 {entry.get('version', 1)} 版" if entry else f"{year} 年节假日表未录入"
        )
    return "、".join(found)


# the paragraph --------------------------------------------------------------------------------


def paragraph(
    ended: bool,
    now: Counts,
    before: Counts | None,
    total: RateRow,
    last: Sequence[Figure] | None,
    sources: Shares,
    overdue_types: Shares,
) -> str:
    """Return the week in words, each sentence from a figure; no causes, which no figure knows."""
    if not any(now) and not any(figure.denominator for figure in total.figures):
        return "本周无受理、无办结，无在办工单。"
    first = "" if ended else "（本周尚未结束，以下为截至统计时点的数据。）"
    first += f"本周全镇受理各类工单 {now.received:,} 件"
    if before:
        first += f"，{_moved(now.received - before.received)}"
    first += f"；办结 {now.closed:,} 件"
    if before:
        first += f"，{_moved(now.closed - before.closed)}"
    first += "。"
    if sources:
        parts = "，".join(
            f"{name} {n:,} 件、占 {half_up(Fraction(n * 100, now.received))}%" for name, n in sources[:3]
        )
        first += f"受理中，{parts}。" if len(sources) > 1 else f"均来自{_spaced(sources[0][0])}。"
    first += f"{'周日 24 时' if ended else '截至统计时点'}在办 {now.open:,} 件，"
    first += _late(now.late, overdue_types)
    rates = "；".join(
        _rate(figure, last[place] if last else None) for place, figure in enumerate(total.figures)
    )
    return f"{first}\n12345 热线“四率”：{rates}。{_rechecks(now)}"


def _spaced(name: str) -> str:
    """Return a name as it stands behind a Chinese character: apart from it where it begins with a digit or Latin letter."""
    return f" {name}" if name[:1].isascii() else name


def _moved(difference: int) -> str:
    if not difference:
        return "与上周持平"
    return f"比上周{'增加' if difference > 0 else '减少'} {abs(difference):,} 件"


def _late(late: int, types: Shares) -> str:
    if not late:
        return f"无{LATE}工单。"
    named = "、".join(f"{name} {n:,} 件" for name, n in types[:3]) + ("等" if len(types) > 3 else "")
    return f"{LATE} {late:,} 件（{named}）。" if named else f"{LATE} {late:,} 件。"


def _rate(figure: Figure, before: Figure | None) -> str:
    if figure.value is None:
        return f"{figure.name}本周无应计工单"
    change = Change.of_rates("", figure, before)
    if change.difference is None:
        return f"{figure.name} {figure.value}%"
    if not change.direction:
        return f"{figure.name} {figure.value}%，与上周持平"
    size = half_up(abs(Fraction(change.difference)))
    return (
        f"{figure.name} {figure.value}%，比上周{'上升' if change.direction > 0 else '下降'} {size} 个百分点"
    )


def _rechecks(now: Counts) -> str:
    return (
        f"本周进入再次办理的不满意件 {now.rechecks:,} 件。"
        if now.rechecks
        else "本周无进入再次办理的不满意件。"
    )
