"""How a limit was worked out, as one Chinese sentence that can be checked by finger on a wall calendar."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from itertools import groupby
from typing import NamedTuple

from zq_grid.rules import worktime
from zq_grid.rules.worktime import DAY, OFFSET, Calendar

KINDS = {
    "accept": "接单",
    "sign": "签收",
    "contact": "先行联系",
    "close": "办结",
    "attend": "到场",
    "meet": "见面",
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
_WEEK = "一二三四五六日"
_FEW_DAYS = 3  # a limit in working hours that takes more is not told day by day


def explain(
    *,
    kind: str,
    started: int,
    start_what: str,
    rule: str,
    n: int,
    due: int,
    provisional: bool,
    calendar: Calendar,
    platform: bool = False,
    notes: tuple[str, ...] = (),
) -> str:
    """Say in one sentence from when the limit counts, what was skipped, and when it is due.

    The year is named at the start and wherever it changes. Where `due` is not what the rule gives (extended,
    suspended), the sentence names both, with the notes between.

    Args:
        kind: the clock, a key of `KINDS`; others are shown as a plain 期限.
        started: when the clock began, in seconds.
        start_what: which arrival that is, a key of `STARTS`.
        rule: a rule of `worktime.due`.
        n: the number of units; below 1 where only the platform's limit is known.
        due: the limit in force.
        provisional: a year not yet announced went into the limit.
        calendar: the calendar it was worked out with.
        platform: the limit was carried in by the platform.
        notes: further clauses, without full stop.

    Raises:
        ValueError: the rule is unknown.
    """
    words = _Words(worktime.day_of(started).year, rule, calendar)
    title = f"{KINDS.get(kind, '')}期限"
    begin = f"自{words.start(started)}{STARTS.get(start_what, '')}起算"
    limit = f"{words.moment(due)}前"
    ours = worktime.due(started, rule, n, calendar) if n > 0 else None
    parts = [begin] if ours is None else [begin, *words.counted(started, n, ours.at)]
    own = f"{words.moment(ours.at)}前" if ours else ""
    doubt = words.doubt(started, n, max(due, ours.at if ours else due)) if provisional else ()
    if platform:
        head = f"{title}：以平台截止时间为准，{words.year_of(due)}{limit}"
        tail = [f"按本镇时限{'，'.join(parts)}，为{own}" if ours else begin, *notes, *doubt]
    elif ours is None or ours.at == due:
        head = f"{title}：{'，'.join([*parts, limit])}"
        tail = [*notes, *doubt]
    else:
        head = f"{title}：{'，'.join(parts)}，原期限为{own}"
        tail = [*notes, f"现期限为{limit}", *doubt]
    return "；".join([head, *tail]) + "。"


class _Run(NamedTuple):
    """Neighbouring days of one name."""

    name: str
    first: date
    last: date


class _Words:
    """The words of one sentence: dates are told against its year, times as exactly as its rule needs."""

    def __init__(self, year: int, rule: str, calendar: Calendar) -> None:
        self.year, self.rule, self.calendar = year, rule, calendar

    def day(self, day: date, year: int | None = None) -> str:
        shown = "" if day.year == (year or self.year) else f"{day.year}年"
        return f"{shown}{day.month}月{day.day}日"

    def start(self, at: int) -> str:
        day = worktime.day_of(at)
        exact = worktime.hours_limited(self.rule)
        return f"{day.year}年{day.month}月{day.day}日{_clock((at + OFFSET) % DAY, exact=exact)}"

    def year_of(self, at: int) -> str:
        """Return the year where `moment` would leave it out."""
        return f"{self.year}年" if worktime.day_of(at).year == self.year else ""

    def moment(self, at: int) -> str:
        second = (at + OFFSET) % DAY
        shown = "24:00" if second == DAY - 1 else _clock(second)
        return self.day(worktime.day_of(at)) + shown

    def span(self, first: date, last: date) -> str:
        if first == last:
            return self.day(first)
        if (first.year, first.month) == (last.year, last.month):
            return f"{self.day(first)}至{last.day}日"
        return f"{self.day(first)}至{self.day(last, first.year)}"

    def counted(self, started: int, n: int, end: int) -> list[str]:
        """Return the clauses between the start and the limit."""
        amount = f"{n}{UNITS[self.rule]}"
        first, last = worktime.day_of(started), worktime.day_of(end)
        if self.rule in worktime.DAY_RULES:
            lead = ["当日不计", amount]
            if self.rule == "working_days":
                return [*lead, *self._calendar(_days(first, last, skip=1))]
            if self.rule == "natural_days":
                return [*lead, "节假日照常计算"]
            return [*lead, *self._put_off(first + timedelta(days=n), last)]
        if self.rule == "working_hours":
            return [amount, *self._hours(started, end), *self._calendar(_days(first, last))]
        return [amount, "节假日照常计时"]

    def _calendar(self, days: Iterable[date]) -> list[str]:
        """Say which rest days were skipped and which make-up days counted."""
        days = list(days)
        skipped = "、".join(
            (run.name if new else "") + self.span(run.first, run.last)
            for run, new in _named_once(self._rests(day for day in days if not self.calendar.is_working(day)))
        )
        made_up = "、".join(
            f"{self.day(day)}（周{_WEEK[day.weekday()]}）"
            for day in days
            if self.calendar.is_working(day) and self.calendar.holiday(day)
        )
        return [*([f"跳过{skipped}"] if skipped else []), *([f"计入调休上班日{made_up}"] if made_up else [])]

    def _rests(self, days: Iterable[date]) -> Iterator[_Run]:
        """Yield the rest days as runs: a number that rises with the day makes neighbours one group."""
        marked = enumerate(days)
        for (name, _), group in groupby(
            marked, key=lambda pair: (self._rest(pair[1]), pair[1].toordinal() - pair[0])
        ):
            run = [day for _, day in group]
            yield _Run(name, run[0], run[-1])

    def _rest(self, day: date) -> str:
        return self.calendar.holiday(day) or "周末"

    def _put_off(self, end: date, last: date) -> list[str]:
        """Say what became of a statutory limit whose last day is `end`."""
        if end != last:
            rests = [day for day in _days(end, last) if not self.calendar.is_working(day)]
            names = "、".join(dict.fromkeys(self._rest(day) for day in rests))
            return [f"期满日{self.day(end)}逢{names}，顺延至其后第一个工作日"]
        if self.calendar.holiday(end):
            return [f"期满日{self.day(end)}（周{_WEEK[end.weekday()]}）为调休上班日，不顺延"]
        return []

    def _hours(self, started: int, end: int) -> list[str]:
        """Name the office hours and how much of each day was used."""
        hours = "、".join(f"{_clock(a)}至{_clock(b)}" for a, b in self.calendar.office.ranges)
        days = _days(worktime.day_of(started), worktime.day_of(end))
        used = [(day, self._used(day, started, end)) for day in days if self.calendar.is_working(day)]
        used = [(day, seconds) for day, seconds in used if seconds]
        told = "、".join(f"{self.day(day)}{_length(seconds)}" for day, seconds in used)
        return [f"只计办公时间{hours}", *([f"其中{told}"] if 1 < len(used) <= _FEW_DAYS else [])]

    def _used(self, day: date, started: int, end: int) -> int:
        first, last = max(started, worktime.day_start(day)), min(end, worktime.day_end(day))
        return worktime.working_seconds_between(first, last, self.calendar)

    def doubt(self, started: int, n: int, end: int) -> tuple[str, ...]:
        """Say which years' tables are missing: those to come aren't announced, those gone aren't entered."""
        unasked = {"working_days": 1, "natural_days_statutory": n}.get(self.rule, 0)
        first = worktime.day_of(started + unasked * DAY).year
        years = [y for y in range(first, worktime.day_of(end).year + 1) if y not in self.calendar.years]
        newest = max(self.calendar.years, default=0)
        coming = "、".join(f"{year}年" for year in years if year > newest)
        gone = "、".join(f"{year}年" for year in years if year < newest)
        clauses = [f"{coming}放假安排尚未公布"] * bool(coming) + [f"{gone}放假安排未录入"] * bool(gone)
        return (f"其中{'，'.join(clauses)}，为暂定期限" if clauses else "为暂定期限",)


def _days(first: date, last: date, skip: int = 0) -> Iterator[date]:
    for number in range(skip, (last - first).days + 1):
        yield first + timedelta(days=number)


def _named_once(runs: Iterable[_Run]) -> Iterator[tuple[_Run, bool]]:
    """Yield each run and whether its name differs from the one before."""
    before = ""
    for run in runs:
        yield run, run.name != before
        before = run.name


def _clock(second: int, *, exact: bool = True) -> str:
    minutes, rest = divmod(second, 60)
    shown = f"{minutes // 60:02}:{minutes % 60:02}"
    return f"{shown}:{rest:02}" if exact and rest else shown


def _length(seconds: int) -> str:
    hours, rest = divmod(seconds, 3600)
    minutes, rest = divmod(rest, 60)
    parts = ((hours, "小时"), (minutes, "分钟"), (rest, "秒"))
    return "".join(f"{amount}{unit}" for amount, unit in parts if amount)
