"""The contact and close limits of each round, for the second calculation of the rates (R3).

Written from docs/rules.md alone; shares no code with the clocks that the window shows. Suspensions aren't
here: hotline orders keep running (R3.12), and only hotline orders are counted (R4.1).
"""

from bisect import bisect_right
from collections.abc import Sequence

from zq_grid.recount_case import (
    RE_TYPING,
    Case,
    Catalogue,
    Facts,
    Limit,
    Lineage,
    Round,
    place,
    seconds,
)
from zq_grid.rules import worktime
from zq_grid.rules.step import Step

Span = Facts


class Calendars:
    """The holiday tables known at a moment, in order of definition; building a calendar costs far more than asking it."""

    def __init__(self, catalogue: Catalogue, as_of: int) -> None:
        self.versions = [version for version in catalogue.calendars() if version[1] <= as_of]
        self._defined_at = [version[0] for version in self.versions]
        self._built: dict[int, worktime.Calendar] = {}

    def defined_by(self, moment: int) -> int:
        """Return how many tables had been defined by `moment`."""
        return bisect_right(self._defined_at, moment)

    def first(self, count: int) -> worktime.Calendar:
        """Return the calendar made of the first `count` tables: of each year the last one counts."""
        if count not in self._built:
            years = {year.year: year for _defined_at, _known_at, year in self.versions[:count]}
            self._built[count] = worktime.Calendar(years.values())
        return self._built[count]


def work_out(case: Case, catalogue: Catalogue, calendars: Calendars) -> None:
    """Set `contact` and `close` of every round of `case`, as known when `calendars` were."""
    for around in case.rounds:
        clocks = _Clocks(around, catalogue, calendars, case.lineage)
        clocks.run(around.events)
        around.contact, around.close = clocks.contact, clocks.close


def worked_out(start: int, by_day: bool, span: Span, calendar: worktime.Calendar) -> Limit:
    """Return the limit `span` after `start`; it can be worked out anew while a year is missing (R3.13)."""
    rule = str(span["rule"])
    due = worktime.due(start, rule, int(span["n"]), calendar)

    def again(newer: worktime.Calendar) -> Limit:
        return worked_out(start, by_day, span, newer)

    return Limit(due.at, worktime.hours_limited(rule), by_day, again if due.provisional else None)


def _longer(limit: Limit, days: int, calendar: worktime.Calendar) -> Limit:
    """Return the end of the `days`-th working day after the day of `limit` (R3.8)."""
    due = worktime.due(limit.at, "working_days", days, calendar)

    def again(newer: worktime.Calendar) -> Limit:
        return _longer(limit.again(newer) if limit.again else limit, days, newer)

    return Limit(due.at, again=again if due.provisional or limit.again else None)


def _platform(text: object) -> int | None:
    """Read a limit that the platform carries; a bare date means the end of that day (R3.6)."""
    found = seconds(text)
    if found is None:
        return None
    at, by_day = found
    return worktime.day_end(worktime.day_of(at)) if by_day else at


class _Clocks:
    """The two clocks of one round while its events are gone through by time (R3.10)."""

    def __init__(self, around: Round, catalogue: Catalogue, calendars: Calendars, lineage: Lineage) -> None:
        self._round, self._catalogue, self._lineage = around, catalogue, lineage
        self._began = around.began.did_at
        self._limits = catalogue.limits_at(self._began)
        self._calendars, self._defined = calendars, calendars.defined_by(self._began)
        self._calendar = calendars.first(self._defined)
        self._words = {name: around.facts.get(name) for name in RE_TYPING}
        self._platform = _platform(around.facts.get("platform_due")) if around.number == 1 else None
        self._heads: list[tuple[Step, int | None]] = []
        self._asked: list[tuple[Step, bool]] = []
        self._on_paper = False
        self.contact = self._first_contact()
        self.close = self._first_close()

    def run(self, events: Sequence[Step]) -> None:
        """Let everything that moves a limit take effect, by time; of equal times calendars go first."""
        versions = self._calendars.versions
        for step in sorted(events, key=lambda step: (step.did_at, place(step))):
            while self._defined < len(versions) and versions[self._defined][0] <= step.did_at:
                self._define()
            getattr(self, f"_{step.kind}")(step)
        while self._defined < len(versions):
            self._define()

    def _define(self) -> None:
        """Let the next table take effect (R3.13)."""
        defined_at = self._calendars.versions[self._defined][0]
        self._defined += 1
        self._calendar = self._calendars.first(self._defined)
        if self.contact and self.contact.again and self.contact.at >= defined_at:
            self.contact = self.contact.again(self._calendar)
        if self.close and self.close.again and self.close.at >= defined_at:
            self.close = self.close.again(self._calendar)

    def _first_contact(self) -> Limit | None:
        if self._thanks() or self._round.facts.get("source") not in self._limits.get("callers", ()):
            return None
        urgent = self._words["urgency"] == "urgent"
        return self._from_start(self._limits["contact_urgent" if urgent else "contact"])

    def _first_close(self) -> Limit | None:
        if self._thanks():
            return None
        return Limit(self._platform) if self._platform is not None else self._from_start(self._close_span())

    def _from_start(self, span: Span) -> Limit:
        return worked_out(self._round.start, self._round.start_is_day, span, self._calendar)

    def _thanks(self) -> bool:
        kinds = self._limits["close"].get("kind", {})
        return self._words["kind"] == "thanks" or "none" in kinds.get(self._words["kind"], {})

    def _close_span(self) -> Span:
        """Return the first rule that fits (R3.4)."""
        if self._round.number > 1:
            return self._of_limits("second_round")
        close, words = self._limits["close"], self._words
        for table, word in (("mode", words["mode"]), ("kind", words["kind"])):
            if "rule" in (found := close.get(table, {}).get(word, {})):
                return dict(found)
        entry = self._catalogue.type_at(str(words["type"] or ""), self._began) or {}
        own = entry.get("limits", {}).get("close", {})
        return dict(own if "rule" in own else close["default"])

    def _of_limits(self, name: str) -> Span:
        return dict(self._limits[name])

    def _amend(self, step: Step) -> None:
        if RE_TYPING & step.body.keys():
            self._words.update({name: step.body[name] for name in RE_TYPING & step.body.keys()})
            self._retype(step.did_at)
        if "platform_due" in step.body:
            self._platform_says(step)

    def _retype(self, at: int) -> None:
        """Work the limits out anew from the original start, unless they have passed (R3.7)."""
        if self.contact is None or self.contact.at >= at:
            self.contact = self._first_contact()
        if self.close is not None and self.close.at < at:
            return
        # What the platform, a granted extension or a supervision set stays the limit in force (R3.7).
        if self._thanks() or self.close is None or not (self._platform is not None or self._on_paper):
            self.close = self._first_close()

    def _platform_says(self, step: Step) -> None:
        """Take the platform's word; of two that don't know of each other the earlier limit (R3.10)."""
        if any(self._lineage.saw(head, step) for head, _due in self._heads):
            return
        self._heads = [(head, due) for head, due in self._heads if not self._lineage.saw(step, head)]
        self._heads.append((step, _platform(step.body["platform_due"])))
        self._on_paper = False
        self._platform = min((due for _head, due in self._heads if due is not None), default=None)
        if self._thanks() and self.close is not None and self._platform is not None:
            # thanks have no limit to move, but for one that had passed before they were called thanks (R3.7)
            self.close = Limit(self._platform)
        else:
            self.close = self._first_close()

    def _ask_extension(self, step: Step) -> None:
        self._asked.append((step, self.close is not None and step.did_at <= self.close.at))

    def _grant_extension(self, step: Step) -> None:
        """Move the limit if it was asked for in time; a late asking that follows takes nothing away."""
        asked, self._asked = self._asked, []
        in_time = [ask for ask, timely in asked if timely]
        if not in_time or self.close is None:
            return
        self._on_paper = True
        for body in (step.body, in_time[-1].body):
            if (until := seconds(body.get("until"))) is not None:
                self.close = Limit(worktime.day_end(worktime.day_of(until[0])))
                return
            if days := body.get("days"):
                self.close = _longer(self.close, int(days), self._calendar)
                return

    def _refuse_extension(self, _step: Step) -> None:
        self._asked = []

    def _supervise(self, step: Step) -> None:
        if self.close is not None and self.close.at >= step.did_at:
            by_day = step.body.get("precision") == "day"
            self._on_paper = True
            self.close = worked_out(step.did_at, by_day, self._of_limits("supervised"), self._calendar)
