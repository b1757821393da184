"""How a limit was worked out, in Chinese (see `zq_grid.limit_words`)."""

from collections.abc import Iterator
from datetime import date

from zq_grid.rules import worktime
from zq_grid.rules.explain import Explanation
from zq_grid.rules.worktime import DAY, OFFSET

KINDS = {
    "accept": "接单",
    "sign": "签收",
    "contact": "先行联系",
    "close": "办结",
    "attend": "到场",
    "meet": "见面",
    "meet_medium": "见面",
    "call": "首次电话",
    "remove": "拆除",
    "feedback": "反馈",
    "reinspect": "复查",
}
STARTS = {
    "received": "镇接单",
    "dispatched": "区派遣",
    "accepted": "市受理",
    "logged": "登记",
    "reopened": "重新办理",
    "dispatch": "派至",
    "supervised": "督办",
}
UNITS = {
    "working_days": "个工作日",
    "working_hours": "个工作小时",
    "elapsed_hours": "小时",
    "elapsed_minutes": "分钟",
    "natural_days": "个自然日",
    "natural_days_statutory": "个自然日",
}
NOTES = {
    "extension": "经批准延期",
    "waiting": "延期申请待批",
    "target": "期限已过，另定目标时间，仍计逾期",
}
SUSPENDED = "已中止计时，恢复后按原办法续算。"
WEEK = "一二三四五六日"


def sentence(told: Explanation) -> str:
    """Return an explanation as one sentence."""
    words = _Words(told)
    title = f"{KINDS.get(told.kind, '')}期限"
    begin = f"自{words.start()}{STARTS.get(told.start_what, '')}起算"
    limit = f"{words.moment(told.due)}前"
    parts = [begin, *words.counted()] if told.ours is not None else [begin]
    own = f"{words.moment(told.ours)}前" if told.ours is not None else ""
    notes = [NOTES[note] for note in told.notes]
    doubt = words.doubt()
    if told.platform:
        head = f"{title}：以平台截止时间为准，{words.year_of(told.due)}{limit}"
        tail = [f"按本镇时限{'，'.join(parts)}，为{own}" if own else begin, *notes, *doubt]
    elif told.ours is None or told.ours == told.due:
        head = f"{title}：{'，'.join([*parts, limit])}"
        tail = [*notes, *doubt]
    else:
        head = f"{title}：{'，'.join(parts)}，原期限为{own}"
        tail = [*notes, f"现期限为{limit}", *doubt]
    return "；".join([head, *tail]) + "。"


class _Words:
    """The words of one sentence: dates are told against its year, times as exactly as its rule needs."""

    def __init__(self, told: Explanation) -> None:
        self.told = told
        self.year = worktime.day_of(told.started).year

    def day(self, day: date, year: int | None = None) -> str:
        shown = "" if day.year == (year or self.year) else f"{day.year}年"
        return f"{shown}{day.month}月{day.day}日"

    def start(self) -> str:
        day = worktime.day_of(self.told.started)
        exact = worktime.hours_limited(self.told.rule)
        return f"{day.year}年{day.month}月{day.day}日{clock((self.told.started + OFFSET) % DAY, exact=exact)}"

    def year_of(self, at: int) -> str:
        """Return the year where `moment` would leave it out."""
        return f"{self.year}年" if worktime.day_of(at).year == self.year else ""

    def moment(self, at: int) -> str:
        second = (at + OFFSET) % DAY
        shown = "24:00" if second == DAY - 1 else clock(second)
        return self.day(worktime.day_of(at)) + shown

    def span(self, first: date, last: date) -> str:
        if first == last:
            return self.day(first)
        if (first.year, first.month) == (last.year, last.month):
            return f"{self.day(first)}至{last.day}日"
        return f"{self.day(first)}至{self.day(last, first.year)}"

    def counted(self) -> Iterator[str]:
        """Yield the clauses between the start and the limit."""
        rule = self.told.rule
        if rule in worktime.DAY_RULES:
            yield "当日不计"
        yield f"{self.told.n}{UNITS[rule]}"
        if rule == "natural_days":
            yield "节假日照常计算"
        elif rule in {"elapsed_hours", "elapsed_minutes"}:
            yield "节假日照常计时"
        yield from self._put_off()
        yield from self._hours()
        yield from self._calendar()

    def _calendar(self) -> Iterator[str]:
        """Say which rest days were skipped and which make-up days counted."""
        shown, before = [], "-"
        for run in self.told.skipped:
            shown.append(("" if run.name == before else run.name or "周末") + self.span(run.first, run.last))
            before = run.name
        if shown:
            yield f"跳过{'、'.join(shown)}"
        if self.told.made_up:
            yield "计入调休上班日" + "、".join(
                f"{self.day(day)}（周{WEEK[day.weekday()]}）" for day in self.told.made_up
            )

    def _put_off(self) -> Iterator[str]:
        """Say what became of a statutory limit's last day."""
        found = self.told.put_off
        if found is not None and found.rests:
            names = "、".join(name or "周末" for name in found.rests)
            yield f"期满日{self.day(found.day)}逢{names}，顺延至其后第一个工作日"
        elif found is not None:
            yield f"期满日{self.day(found.day)}（周{WEEK[found.day.weekday()]}）为调休上班日，不顺延"

    def _hours(self) -> Iterator[str]:
        """Name the office hours and how much of each day was used."""
        if self.told.office:
            yield "只计办公时间" + "、".join(f"{clock(a)}至{clock(b)}" for a, b in self.told.office)
        if self.told.used:
            yield "其中" + "、".join(f"{self.day(day)}{length(seconds)}" for day, seconds in self.told.used)

    def doubt(self) -> list[str]:
        """Say which years' tables are missing."""
        if not self.told.provisional:
            return []
        coming = "、".join(f"{year}年" for year in self.told.coming)
        gone = "、".join(f"{year}年" for year in self.told.gone)
        clauses = [f"{coming}放假安排尚未公布"] * bool(coming) + [f"{gone}放假安排未录入"] * bool(gone)
        return [f"其中{'，'.join(clauses)}，为暂定期限" if clauses else "为暂定期限"]


def clock(second: int, *, exact: bool = True) -> str:
    """Return a second of the day as a clock shows it."""
    minutes, rest = divmod(second, 60)
    shown = f"{minutes // 60:02}:{minutes % 60:02}"
    return f"{shown}:{rest:02}" if exact and rest else shown


def length(seconds: int, units: tuple[str, str, str] = ("小时", "分钟", "秒"), join: str = "") -> str:
    """Return a length of time in words."""
    hours, rest = divmod(seconds, 3600)
    minutes, rest = divmod(rest, 60)
    return join.join(
        f"{amount}{unit}" for amount, unit in zip((hours, minutes, rest), units, strict=True) if amount
    )
