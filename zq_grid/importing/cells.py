"""Reads single cells into a row of facts: one way for each sort of field."""

import re
from collections import Counter
from collections.abc import Callable, Container
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from zq_grid.importing import values
from zq_grid.importing.headers import LEVELS, PLACE
from zq_grid.importing.sheet_dates import Order, OrderUnknown, when
from zq_grid.importing.table import ERRORS, Cell
from zq_grid.importing.words import Words, key

LONGEST = 20_000  # characters of a cell
OFTEN, MOST_SEEN = 40, 20_000  # cells no longer than this are remembered, and how many of them
LONGEST_WORD = 60  # of a word that nobody knows, as it is listed
LONGEST_VERDICT = 12
TIMES_OF_LOG = frozenset({"accepted_at", "dispatched_at", "received_at", "platform_due"})
ARRIVALS = frozenset({"accepted_at", "dispatched_at", "received_at"})
TIMES = TIMES_OF_LOG | {"contacted_at", "submitted_at", "visited_at", "closed_at", "replied_at"}
NUMBERS = frozenset({"order_number", "platform_number", "repeat_of"})
FLAGS = frozenset({"anonymous", "confidential", "reply_wanted", "duplicate"})
# A word that one vocabulary doesn't know may be in the next: 处理方式 holds kinds here, modes there.
CHOICES: dict[str, tuple[str, ...]] = {
    "kind": ("kind", "mode"),
    "mode": ("mode", "kind"),
    "urgency": ("urgency",),
    "contact": ("contact",),
    "satisfaction": ("satisfaction",),
    "source": ("source",),
}
DEGREES = {"lon": 180, "lat": 90}
DEGREES_ONLY = re.compile(
    r"(?:POINT\s*)?\(?\s*-?\d{1,3}\.\d+\s*[,，\s]\s*-?\d{1,3}\.\d+\s*\)?", re.IGNORECASE
)
# What is no fact of `log` but of later steps.
OUTCOME = TIMES - TIMES_OF_LOG | {
    "unit",
    "reply",
    "result",
    "verdict",
    "contact",
    "satisfaction",
    "duplicate",
    "repeat_of",
}


def _is_status(name: str, text: str) -> bool:
    """Tell whether a column of times says how far an order is (未办结, ####) and not when something was."""
    return name not in ARRIVALS and not any(map(str.isdigit, text))


class Bad(Exception):
    """The row can't be imported: a code of `sentences.ROWS` and its facts."""

    def __init__(self, code: str, **facts: str) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts


class Column(NamedTuple):
    """A column to read; `header` is unlike all others, the rest says how its dates are written.

    `clock`: the place of the column that has the time of day.
    """

    place: int
    header: str
    field: str | None
    order: Order | None = None
    midnights: bool = False
    clock: int | None = None


@dataclass(slots=True)
class Row:
    """A row while it is being read."""

    line: int
    facts: dict[str, str] = field(default_factory=dict)
    extra: dict[str, str] = field(default_factory=dict)
    outcome: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    levels: dict[str, str] = field(default_factory=dict)
    quote: values.Quote | None = None
    order_header: str = ""
    source_said: tuple[str, str] | None = None
    failed: list[tuple[Column, str]] = field(default_factory=list)  # formulas without a result

    def put(self, name: str, value: str) -> None:
        """Note a fact where it belongs; what came first stays."""
        (self.outcome if name in OUTCOME else self.facts).setdefault(name, value)

    def keep(self, column: Column, text: str) -> None:
        """Keep a value beside the row that no word of ours fits, and say so."""
        self.extra[column.header] = text
        shown = values.one_line(text)[:30]
        self.notes.append(f"“{column.header}”的“{shown}”未识别，已作为附加信息保留。")

    def bad_formula(self, fields: Container[str | None] | None = None) -> Bad:
        """Return that the row lacks what a formula should have said, of `fields` if one of them failed."""
        failed = [one for one in self.failed if fields is None or one[0].field in fields]
        column, word = (failed or self.failed)[-1]
        return Bad("row_formula_error", column=column.header, value=word)


class Cells:
    """Knows for each field how a cell becomes a fact."""

    def __init__(self, words: Words) -> None:
        self._words = words
        self.unknown: Counter[tuple[str, str]] = Counter()  # (vocabulary, word) → rows
        self._seen: dict[Cell, tuple[str, bool]] = {}
        self._ways: dict[str, Callable[[Row, Column, str, str], None]] = {
            **dict.fromkeys(NUMBERS, self._number),
            **dict.fromkeys(FLAGS, self._flag),
            **dict.fromkeys(CHOICES, self._choice),
            **dict.fromkeys(DEGREES, self._degrees),
            **dict.fromkeys(LEVELS, self._level),
            "result": self._result,
            PLACE: self._place,
            "text": self._text,
            "reporter": self._reporter,
            "phone": self._phone,
            "reply": self._words_as_they_are,
        }

    def take(self, row: Row, column: Column, cell: Cell) -> None:
        """Read one cell into `row`.

        Raises:
            Bad: what stands there spoils the row.
        """
        name = column.field
        if cell in ERRORS:
            row.failed.append((column, str(cell)))
            if name == "order_number":
                raise row.bad_formula()
            return
        if name in TIMES:
            self._time(row, column, name, cell)
            return
        text, empty = self._seen.get(cell) or self._text_of(cell)
        if not text:
            return
        if len(text) > LONGEST:
            raise Bad("row_text_too_long", column=column.header, length=str(len(text)), limit=str(LONGEST))
        # For a flag "无" is an answer, everywhere else it is nothing.
        if empty and name not in FLAGS:
            return
        if name is None:
            row.extra[column.header] = text
        elif name in NUMBERS and isinstance(cell, date):
            raise Bad("row_bad_number", column=column.header, value=text)
        else:
            self._ways.get(name, self._line)(row, column, name, text)

    def _text_of(self, cell: Cell) -> tuple[str, bool]:
        """Return a cell as text, and whether that stands for nothing; short cells come again and again."""
        text = values.clean(cell)
        found = text, self._words.is_placeholder(text)
        if len(text) <= OFTEN and len(self._seen) < MOST_SEEN:
            self._seen[cell] = found
        return found

    def _unknown(self, row: Row, column: Column, vocabulary: str, text: str) -> None:
        row.keep(column, text)
        self.unknown[vocabulary, values.one_line(text)[:LONGEST_WORD]] += 1

    def _time(self, row: Row, column: Column, name: str, cell: Cell) -> None:
        try:
            read = when(cell, column.order, midnight_is_day=column.midnights)
        except (ValueError, OverflowError) as trouble:
            text = values.one_line(values.clean(cell))
            if (name == "platform_due" and values.is_span(text)) or _is_status(name, text):
                row.keep(column, text)
                return
            code = "row_date_order" if isinstance(trouble, OrderUnknown) else "row_bad_date"
            raise Bad(code, column=column.header, value=text[:60]) from None
        if read:
            row.put(name, read.text)

    def _number(self, row: Row, column: Column, name: str, text: str) -> None:
        try:
            number = values.normalise_number(text)
        except ValueError as trouble:
            if name == "repeat_of":
                row.keep(column, text)
                return
            code = "row_number_rounded" if isinstance(trouble, values.Rounded) else "row_bad_number"
            raise Bad(code, column=column.header, value=values.one_line(text)[:60]) from None
        if number:
            row.put(name, number)
            if name == "order_number":
                row.order_header = key(column.header)

    def _flag(self, row: Row, column: Column, name: str, text: str) -> None:
        if value := self._words.value("flag", text):
            row.facts.pop(name, None)  # what a name (匿名) let us guess
            row.put(name, value)
        elif not self._words.is_placeholder(text):
            self._unknown(row, column, name, text)

    def _choice(self, row: Row, column: Column, name: str, text: str) -> None:
        if name == "source":
            row.source_said = (column.header, text)
        for vocabulary in CHOICES[name]:
            if value := self._words.value(vocabulary, text):
                row.put(vocabulary, value)
                return
        self._unknown(row, column, name, text)

    def _result(self, row: Row, column: Column, name: str, text: str) -> None:
        said = values.one_line(text)
        row.put("result", said)
        if value := self._words.value("verdict", text):
            row.put("verdict", value)
        elif len(said) <= LONGEST_VERDICT:  # what is longer tells the result in words
            self.unknown["verdict", said] += 1

    def _degrees(self, row: Row, column: Column, name: str, text: str) -> None:
        try:
            degrees = values.coordinate(text, DEGREES[name])
        except ValueError:
            row.keep(column, text)
            return
        if degrees:
            row.put(name, degrees)

    def _level(self, row: Row, column: Column, name: str, text: str) -> None:
        row.levels[name] = values.one_line(text).replace("/", "／")

    def _place(self, row: Row, column: Column, name: str, text: str) -> None:
        """Take the first filled column, the most specific; keep the others. `{…}`, `(40.8, -73.9)` are a program's."""
        if PLACE in row.facts or text.startswith("{") or DEGREES_ONLY.fullmatch(text):
            row.extra[column.header] = text
        else:
            row.facts[PLACE] = self._words.street(values.one_line(text))

    def _text(self, row: Row, column: Column, name: str, text: str) -> None:
        row.quote = values.without_quotes(text)
        if row.quote.text:
            row.put("text", row.quote.text)

    def _reporter(self, row: Row, column: Column, name: str, text: str) -> None:
        if key(text) in self._words.anonymous_names:
            row.put("anonymous", "yes")
        else:
            self._line(row, column, name, text)

    def _phone(self, row: Row, column: Column, name: str, text: str) -> None:
        row.put("phone", "".join(values.without_unseen(text).lstrip("'‘’`").split()))

    def _words_as_they_are(self, row: Row, column: Column, name: str, text: str) -> None:
        row.put(name, text)

    def _line(self, row: Row, column: Column, name: str, text: str) -> None:
        row.put(name, values.one_line(text))
