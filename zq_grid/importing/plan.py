"""Turns a table and its mapping into planned rows: facts of a `log` step, and what else a row tells.

Nothing is looked up in a store and nothing is written: `commit` decides what a planned row becomes.
"""

from collections.abc import Mapping as Dictionary
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from zq_grid.importing import values
from zq_grid.importing.between import Between
from zq_grid.importing.cells import ARRIVALS, TIMES, Bad, Cells, Column, Row
from zq_grid.importing.clocks import together
from zq_grid.importing.covered import fill_down
from zq_grid.importing.headers import LEVELS, PLACE, ColumnMap, Mapping
from zq_grid.importing.sentences import Problem, sentence
from zq_grid.importing.sheet_dates import Order, all_midnight, column_order, since_1900
from zq_grid.importing.table import ERRORS, Cell, Table
from zq_grid.importing.words import Words, key, seed
from zq_grid.progress import Progress

REPORT_EVERY = 2_000
LONGEST_TITLE = 200
MOST_NAMED = 20  # lines that were passed over
FEWEST = 3  # cells that make a column
SUBSTANCE = ("text", "title", PLACE, "neighbourhood")


@dataclass(frozen=True, slots=True)
class PlannedRow:
    """One row that can be imported. `line` is the row of the sheet, from 1.

    `facts` go into `log` as they are; `outcome` holds facts of later steps (times, unit, reply, result in
    its own words, verdict, contact, satisfaction, duplicate, repeat_of); `extra` the columns we don't know.
    `quoted` is the older order named in a reminder, `quote_words` the text quoted from it.
    `repeats` is the earlier line with the same number and the same content. `notes` are sentences.
    `type` is the case type that the row's category means in this town (an alias), for a new case.
    """

    line: int
    order_number: str | None
    facts: dict[str, str]
    extra: dict[str, str]
    outcome: dict[str, str]
    quoted: str | None = None
    quote_words: str | None = None
    repeats: int | None = None
    notes: tuple[str, ...] = ()
    type: str | None = None


@dataclass(frozen=True, slots=True)
class Rejected:
    """One row that can't be imported: why, as code and sentence, and its cells as they came."""

    line: int
    code: str
    facts: dict[str, str]
    sentence: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """Every row of the table that holds anything is in `rows`, in `rejected`, or no order; `problems` name these too.

    `sheet` is its name, `title` what stands above the header. `unknown` counts the words of value columns that
    no vocabulary knows: (vocabulary, word) → rows.
    """

    rows: tuple[PlannedRow, ...]
    rejected: tuple[Rejected, ...]
    problems: tuple[Problem, ...] = ()
    sheet: str = ""
    title: str = ""
    unknown: Dictionary[tuple[str, str], int] = field(default_factory=dict)


def plan(
    table: Table,
    mapping: Mapping,
    *,
    words: Words | None = None,
    source: str = "hotline",
    date_order: Order | None = None,
    progress: Progress | None = None,
) -> Plan:
    """Return what the rows of `table` say. Total: whatever stands in the cells, it doesn't raise.

    Args:
        table: as read; ditto marks and rows of merged cells in it are replaced by what they stand for.
        mapping: of that table.
        words: the words of values, by default those that ship with the program.
        source: of rows that don't name one. An order in the hotline's form (14 digits that begin with a
            date), or from a column headed 12345…, is the hotline's whatever the row says: one order must
            not become two cases because a column was renamed.
        date_order: "dmy" or "mdy" for d/m/y dates, where the columns themselves can't tell.
        progress: told about every two thousand rows.

    Raises:
        Cancelled: stopped through `progress`.
    """
    return _Planner(table, mapping, words or seed(), source, date_order).plan(progress or Progress())


class _Planner:
    """Holds what all rows of one table share."""

    def __init__(
        self, table: Table, mapping: Mapping, words: Words, source: str, date_order: Order | None
    ) -> None:
        self.table = table
        self.mapping = mapping
        self.words = words
        self.source = source
        self.problems: list[Problem] = []
        self.first_row = mapping.header_row + 1
        fill_down(table.rows, table.merged, self.first_row)
        self.columns = self._columns(date_order)
        # what stands there stands under no header
        self.width = max((column.index + 1 for column in mapping.columns if column.header), default=0)
        self.failed: list[int] = []
        self.between = Between(mapping)
        self.side_list = not any(mapping.column(name) for name in SUBSTANCE)
        self.seen: dict[str, PlannedRow] = {}
        self.cells = Cells(words)

    def plan(self, progress: Progress) -> Plan:
        rows: list[PlannedRow] = []
        rejected: list[Rejected] = []
        passed: list[int] = []
        nothing: list[int] = []
        wider: list[int] = []
        above: tuple[Cell, ...] = ()
        total = len(self.table.rows)
        for index in range(self.first_row, total):
            if (index - self.first_row) % REPORT_EVERY == 0:
                progress.report(index, total, "整理")
            cells = self.table.rows[index]
            first = next((cell for cell in cells if cell is not None), None)
            if first is None or self.between.is_header(cells):
                continue
            if first in ERRORS and all(cell is None or cell in ERRORS for cell in cells):
                nothing.append(index + 1)
                continue
            if self.between.is_no_order(cells):
                passed.append(index + 1)
                continue
            if len(cells) > self.width and cells[self.width] is not None:
                wider.append(index + 1)
            cells = above = self.table.rows[index] = self.between.told(cells, above)
            try:
                rows.append(self._row(index + 1, cells))
            except Bad as bad:
                said = sentence(bad.code, bad.facts)
                rejected.append(Rejected(index + 1, bad.code, bad.facts, said, cells))
        self._note("note_passed_over", passed)
        self._note("note_only_errors", nothing)
        self._note("note_formula_error", self.failed)
        if len(wider) < FEWEST or 2 * len(wider) <= len(rows) + len(rejected):  # else a column without a name
            self._note("note_wider", wider)
        if self.table.unworked:
            self.problems.append(Problem("note_unworked", {"count": str(self.table.unworked)}))
        return Plan(
            tuple(rows),
            tuple(rejected),
            tuple(self.problems),
            self.table.name,
            self._title(),
            dict(self.cells.unknown),
        )

    def _note(self, code: str, lines: Sequence[int]) -> None:
        """Note what holds of these lines, if there are any."""
        if lines:
            named = "、".join(map(str, lines[:MOST_NAMED])) + ("…" if len(lines) > MOST_NAMED else "")
            self.problems.append(Problem(code, {"lines": named, "count": str(len(lines))}))

    def _title(self) -> str:
        """Return what stands above the header, on one line."""
        above = self.table.rows[: max(self.mapping.first_row, 0)]
        said = (values.one_line(values.clean(cell)) for row in above for cell in row if cell is not None)
        return " ".join(dict.fromkeys(said))[:LONGEST_TITLE]

    def _columns(self, date_order: Order | None) -> list[Column]:
        """Return the columns to read, each with a name of its own, dates with how they are written."""
        names: set[str] = set()
        columns = []
        clocks = {column.clock for column in self.mapping.columns}
        for known in sorted(self.mapping.columns, key=lambda column: column.rank):
            if known.index in clocks or (key(known.header) in self.words.ignored and known.field is None):
                continue
            name = header = known.header or f"第 {known.index + 1} 列"
            again = 1
            while name in names:
                again += 1
                name = f"{header}({again})"
            names.add(name)
            columns.append(Column(known.index, name, known.field, clock=known.clock))
        return self._with_dates(columns, date_order)

    def _with_dates(self, columns: list[Column], date_order: Order | None) -> list[Column]:
        dates = {column.place: self._values(column.place) for column in columns if column.field in TIMES}
        orders = {index: column_order(cells) for index, cells in dates.items()}
        # One program wrote the whole file: a column that can't tell follows those that can.
        proven = {order for order in orders.values() if order in {"dmy", "mdy", "ymd"}}
        common = date_order or (proven.pop() if len(proven) == 1 else None)
        done = []
        for column in columns:
            order = orders.get(column.place)
            if order == "ambiguous":
                order = common
                if order is None:
                    self.problems.append(Problem("note_date_order", {"column": column.header}))
            midnights = column.place in dates and all_midnight(dates[column.place], order)
            done.append(column._replace(order=order, midnights=midnights))
        return done

    def _values(self, index: int) -> list[Cell]:
        rows = self.table.rows[self.first_row :]
        return [row[index] for row in rows if index < len(row) and row[index] not in ERRORS]

    def _row(self, line: int, cells: Sequence[Cell]) -> PlannedRow:
        row = Row(line)
        for column in self.columns:
            cell = cells[column.place] if column.place < len(cells) else None
            if self.table.since_1904 and column.field in TIMES:
                cell = since_1900(cell)
            if column.clock is not None and column.clock < len(cells) and cell not in ERRORS:
                cell = together(cell, cells[column.clock], column.order)
            if cell is not None:
                self.cells.take(row, column, cell)
        self._settle(row)
        if row.failed:
            self.failed.append(line)
        return self._against_earlier(row)

    def _settle(self, row: Row) -> None:
        """Fill what follows from several cells; refuse a row that says nothing.

        Raises:
            Bad: neither text nor place, though the table has columns for them.
        """
        facts = row.facts
        if "contacted_at" in row.outcome and not self.mapping.column("contact"):
            row.outcome["contact"] = "yes"
        if row.levels:
            facts["category"] = "/".join(row.levels[level] for level in LEVELS if level in row.levels)
        if "text" not in facts and "title" in facts:
            facts["text"] = facts["title"]
        if "text" not in facts and row.quote and (quoted := row.quote.number or row.quote.words):
            facts["text"] = f"引用工单 {quoted}"
        if PLACE not in facts and "neighbourhood" in facts:
            facts[PLACE] = facts["neighbourhood"]
        if "text" not in facts and PLACE not in facts and "category" in facts:
            facts["text"] = facts["category"]  # some systems say no more of a case than what it is about
        number = facts.get("order_number")
        if "text" not in facts and PLACE not in facts and not (number and self.side_list):
            raise row.bad_formula(SUBSTANCE) if row.failed else Bad("row_no_text_and_place")
        if ARRIVALS.isdisjoint(facts) and any(column.field in ARRIVALS for column, _ in row.failed):
            raise row.bad_formula(ARRIVALS)
        if number and (values.is_hotline_number(number) or "12345" in row.order_header):
            self._is_hotline(row)
        facts.setdefault("source", self.source)

    def _is_hotline(self, row: Row) -> None:
        if row.source_said and row.facts.get("source") != "hotline":
            header, word = row.source_said
            row.extra[header] = word
        row.facts["source"] = "hotline"

    def _against_earlier(self, row: Row) -> PlannedRow:
        """Return the row; one whose number came before must say the same.

        Raises:
            Bad: an earlier row with this number says something else.
        """
        number = row.facts.get("order_number")
        quote = row.quote
        quoted = quote.number if quote and quote.number != number else None
        done = PlannedRow(
            row.line,
            number,
            row.facts,
            row.extra,
            row.outcome,
            quoted,
            quote.words if quote else None,
            None,
            tuple(row.notes),
        )
        earlier = self.seen.setdefault(number, done) if number else done
        if earlier is done:
            return done
        if different := self._differences(earlier, done):
            raise Bad("row_repeated_differs", first=str(earlier.line), columns=different)
        return replace(done, repeats=earlier.line)

    def _differences(self, one: PlannedRow, other: PlannedRow) -> str:
        """Return the headers in which two rows differ; columns that we don't know don't count."""
        mine, yours = one.facts | one.outcome, other.facts | other.outcome
        fields = [name for name in mine | yours if mine.get(name) != yours.get(name)]
        if not fields and one.quoted != other.quoted:
            fields = ["text"]
        return "、".join(dict.fromkeys(f"“{self._shown(name)}”" for name in fields))

    def _shown(self, name: str) -> str:
        fields = {"category": LEVELS, "verdict": ("result",), "text": ("text", "title")}.get(name, (name,))
        columns: list[ColumnMap | None] = [self.mapping.column(known) for known in fields]
        return next((column.header for column in columns if column), name)
