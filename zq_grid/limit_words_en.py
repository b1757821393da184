"""How a limit was worked out, in English (see `zq_grid.limit_words`)."""

from collections.abc import Iterator, Sequence
from datetime import date

from zq_grid import words as known_words
from zq_grid.limit_words_zh import clock, length
from zq_grid.rules import worktime
from zq_grid.rules.explain import Explanation
from zq_grid.rules.worktime import DAY, OFFSET

KINDS = {
    "accept": "Acceptance limit",
    "sign": "Signing limit",
    "contact": "First contact limit",
    "close": "Closing limit",
    "attend": "Attendance limit",
    "meet": "Meeting limit",
    "meet_medium": "Meeting limit",
    "call": "First call limit",
    "remove": "Removal limit",
    "feedback": "Feedback limit",
    "reinspect": "Re-inspection limit",
}
STARTS = {
    "received": "town receipt",
    "dispatched": "district dispatch",
    "accepted": "city acceptance",
    "logged": "log",
    "reopened": "re-opening",
    "dispatch": "dispatch",
    "supervised": "supervision",
}
UNITS = {
    "working_days": "working day",
    "working_hours": "working hour",
    "elapsed_hours": "hour",
    "elapsed_minutes": "minute",
    "natural_days": "natural day",
    "natural_days_statutory": "natural day",
}
NOTES = {
    "extension": "an extension was granted",
    "waiting": "an extension is asked for and not yet decided",
    "target": "the limit has passed and a later target was set: it still counts as overdue",
}
SUSPENDED = "The clock is suspended; when it is resumed, it counts on by the same rule."
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
WEEK = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def sentence(told: Explanation) -> str:
    """Return an explanation as one sentence."""
    words = _Words(told)
    title = KINDS.get(told.kind, "Limit")
    what = STARTS.get(told.start_what, "")
    begin = f"from {words.start()}" + (f" ({what})" if what else "")
    parts = ", ".join([begin, *words.counted()] if told.ours is not None else [begin])
    own = f"due by {words.moment(told.ours)}" if told.ours is not None else ""
    limit = f"due by {words.moment(told.due)}"
    notes = [NOTES[note] for note in told.notes]
    doubt = words.doubt()
    if told.platform:
        head = f"{title}: as the platform set it, due by {words.moment(told.due, year=True)}"
        tail = [f"by our own rule {parts}, {own}" if own else f"counted {begin}", *notes, *doubt]
    elif told.ours is None or told.ours == told.due:
        head = f"{title}: {parts}, {limit}"
        tail = [*notes, *doubt]
    else:
        head = f"{title}: {parts}, at first {own}"
        tail = [*notes, f"now {limit}", *doubt]
    return "; ".join([head, *tail]) + "."


class _Words:
    """The words of one sentence: dates are told against its year, times as exactly as its rule needs."""

    def __init__(self, told: Explanation) -> None:
        self.told = told
        self.year = worktime.day_of(told.started).year

    def day(self, day: date, *, year: bool = False) -> str:
        shown = f"{day.day} {MONTHS[day.month - 1]}"
        return f"{shown} {day.year}" if year or day.year != self.year else shown

    def start(self) -> str:
        exact = worktime.hours_limited(self.told.rule)
        second = (self.told.started + OFFSET) % DAY
        return f"{self.day(worktime.day_of(self.told.started), year=True)} {clock(second, exact=exact)}"

    def moment(self, at: int, *, year: bool = False) -> str:
        second = (at + OFFSET) % DAY
        return f"{self.day(worktime.day_of(at), year=year)} {'24:00' if second == DAY - 1 else clock(second)}"

    def span(self, first: date, last: date) -> str:
        if first == last:
            return self.day(first)
        if (first.year, first.month) == (last.year, last.month):
            return f"{first.day}–{self.day(last)}"
        return f"{self.day(first, year=first.year != last.year)} – {self.day(last)}"

    def counted(self) -> Iterator[str]:
        """Yield the clauses between the start and the limit."""
        rule, n = self.told.rule, self.told.n
        if rule in worktime.DAY_RULES:
            yield "not counting that day"
        yield f"{n} {UNITS[rule]}{'' if n == 1 else 's'}"
        if rule in {"natural_days", "elapsed_hours", "elapsed_minutes"}:
            yield "holidays count as well"
        yield from self._put_off()
        yield from self._hours()
        yield from self._calendar()

    def _calendar(self) -> Iterator[str]:
        """Say which rest days were skipped and which make-up days counted."""
        shown, before = [], "-"
        for run in self.told.skipped:
            name = "" if run.name == before else f"{_rest(run.name)} "
            shown.append(name + self.span(run.first, run.last))
            before = run.name
        if shown:
            yield f"skipping {_and(shown)}"
        if self.told.made_up:
            days = [f"{self.day(day)} ({WEEK[day.weekday()]})" for day in self.told.made_up]
            yield f"counting {'make-up days' if len(days) > 1 else 'the make-up day'} {_and(days)}"

    def _put_off(self) -> Iterator[str]:
        """Say what became of a statutory limit's last day."""
        found = self.told.put_off
        if found is not None and found.rests:
            rests = _and([_rest(name) for name in found.rests])
            yield f"ending on {self.day(found.day)} ({rests}), so moved to the next working day"
        elif found is not None:
            day = f"{self.day(found.day)} ({WEEK[found.day.weekday()]})"
            yield f"ending on the make-up day {day}, so not moved"

    def _hours(self) -> Iterator[str]:
        """Name the office hours and how much of each day was used."""
        if self.told.office:
            yield f"office hours only ({_and([f'{clock(a)}–{clock(b)}' for a, b in self.told.office])})"
        if self.told.used:
            used = [
                f"{length(seconds, (' h', ' min', ' s'), ' ')} on {self.day(day)}"
                for day, seconds in self.told.used
            ]
            yield f"of which {_and(used)}"

    def doubt(self) -> list[str]:
        """Say which years' tables are missing."""
        if not self.told.provisional:
            return []
        coming, gone = _and([*map(str, self.told.coming)]), _and([*map(str, self.told.gone)])
        clauses = [f"the holidays of {coming} are not announced yet"] * bool(coming)
        clauses += [f"the holidays of {gone} are not entered"] * bool(gone)
        return [f"provisional, as {_and(clauses)}" if clauses else "provisional"]


def _rest(name: str) -> str:
    return known_words.holiday(name, "en") if name else "weekend"


def _and(parts: Sequence[str]) -> str:
    return " and ".join(filter(None, (", ".join(parts[:-1]), *parts[-1:])))
