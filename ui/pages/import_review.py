"""A file before and after it is imported: what its columns are, what will become of its rows, what to settle."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QSplitter, QStackedWidget, QWidget

from ui.context import Context
from ui.pages.import_words import PARTS as WHY
from ui.pages.import_words import field_name, fields, meanings, said
from ui.tr import language, tr
from ui.widgets.basics import Card, Elided, Empty, button, column, label, line, row
from ui.widgets.choice import Choice
from ui.widgets.figures import Figure
from ui.widgets.picker import Picker
from ui.widgets.table import Column, Records, Table

# what is counted, what it is called, its colour, the part that says more
COUNTS = ("new", "amended", "unchanged", "asked", "rejected", "linked")
TITLES = {
    "new": "新增",
    "amended": "补充",
    "unchanged": "未变",
    "asked": "待核对",
    "rejected": "未导入",
    "linked": "关联催单",
}
EDGES = {"new": "green", "amended": "accent", "unchanged": "line_strong", "linked": "line_strong"}
PARTS = {"asked": "待核对", "rejected": "未导入", "unknown": "不认得的词", "notes": "说明"}
HINTS = {"theirs": "以表格为准", "ours": "以本机为准", "keep": "暂不处理"}


@dataclass(frozen=True)
class Question:
    """One fact of an order that differs between here and the file."""

    line: int
    number: str
    field: str
    here: str
    there: str


class Review(QWidget):
    """Columns at the left, what is to be settled at the right; every change is told, never done here."""

    mapped = Signal(str, str)  # header, field
    taught = Signal(str, str, str)  # field, word, meaning
    answered = Signal(str, str)  # order number, answer
    sheet = Signal(str)

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._answers: Mapping[str, str] = {}
        self._taught: Mapping[tuple[str, str], str] = {}
        self._numbers: Mapping[str, int] = {}
        self.part = ""

    def build(self) -> Iterator[None]:
        """Make the parts where they stand, with a pause between them."""
        whole = column(spacing=12)
        self.setLayout(whole)
        self.file, self.how = label("", "large"), Elided("", "quiet")
        self.sheets = Choice(tr("工作表"))
        self.sheets.chosen.connect(self.sheet)
        head = row(self.file, self.sheets, self.how, spacing=12)
        head.setStretch(2, 1)
        whole.addLayout(head)
        self.figures = {
            name: Figure(
                tr(TITLES[name]),
                self._context.tokens,
                partial(self.show_part, name) if name in PARTS else None,
                EDGES.get(name, "accent"),
            )
            for name in COUNTS
        }
        boxes = row(*self.figures.values(), spacing=10)
        for nth in range(len(COUNTS)):
            boxes.setStretch(nth, 1)
        whole.addLayout(boxes)
        yield
        split = QSplitter(Qt.Orientation.Horizontal)
        whole.addWidget(split, 1)
        split.addWidget(self._columns())
        yield
        split.addWidget(self._parts())
        split.setSizes([460, 660])
        split.setHandleWidth(12)
        split.setChildrenCollapsible(False)

    # parts ------------------------------------------------------------------------------------

    def _columns(self) -> Card:
        card = Card(tr("列"), tr("回车改对应的字段"))
        columns = [
            Column(tr("表头"), lambda one: one.header),
            Column(tr("字段"), _field, 130, look=lambda one: "" if one.field else "ink3"),
            Column(tr("依据"), lambda one: tr(WHY[one.why]), 110, look=_why_look),
        ]
        self.columns = Table(Records(columns), self._context.tokens, compact=True)
        self.columns.setAccessibleName(tr("列"))
        self.field = Picker([])
        self.field.setPlaceholderText(tr("打字找字段，如“地址”或 dz"))
        self.field.setAccessibleName(tr("这一列对应的字段"))
        self.field.chosen.connect(self._mapped)
        self.header = Elided("", "quiet")
        self.columns.opened.connect(lambda _one: _begin(self.field))
        self.columns.chosen.connect(self._column)
        card.body.setSpacing(0)
        card.body.addWidget(self.columns, 1)
        card.body.addWidget(line())
        foot = row(self.header, self.field, spacing=8, margins=(12, 8, 12, 8))
        foot.setStretch(0, 1)
        foot.setStretch(1, 1)
        card.body.addLayout(foot)
        return card

    def _parts(self) -> Card:
        card = Card()
        self.tabs = {name: button("", partial(self.show_part, name), look="tab") for name in PARTS}
        group = QButtonGroup(self)
        for tab in self.tabs.values():
            tab.setCheckable(True)
            group.addButton(tab)
        self.stack = QStackedWidget()
        self.asked = self._asked()
        self.rejected = self._list(
            Column(tr("行"), lambda one: f"{one.line:,}", 56, right=True, look="ink2"),
            Column(tr("原因"), _reason),
        )
        self.unknown = self._unknown()
        self.notes = self._list(Column("", lambda one: one))
        self.notes.horizontalHeader().hide()
        self._pages: dict[str, QWidget] = {}
        self.tables = {
            "asked": self.asked,
            "rejected": self.rejected,
            "unknown": self.unknown,
            "notes": self.notes,
        }
        for name, table in self.tables.items():
            self._pages[name] = self._page(name, table)
            self.stack.addWidget(self._pages[name])
        self.stack.addWidget(_nothing())
        card.body.setSpacing(0)
        card.body.addLayout(row(*self.tabs.values(), None, spacing=0, margins=(8, 4, 8, 0)))
        card.body.addWidget(line())
        card.body.addWidget(self.stack, 1)
        return card

    def _list(self, *columns: Column) -> Table:
        return Table(Records(columns), self._context.tokens, compact=True)

    def _asked(self) -> Table:
        context = self._context
        return self._list(
            Column(tr("行"), lambda one: f"{one.line:,}", 52, right=True, look="ink2"),
            Column(tr("编号"), lambda one: one.number, 124, look="ink2"),
            Column(tr("事实"), lambda one: field_name(one.field), 80),
            Column(tr("本机"), lambda one: said(context, one.field, one.here) or "—"),
            Column(tr("表格"), lambda one: said(context, one.field, one.there) or "—"),
            Column(tr("决定"), self._answer, 100, look=self._answer_look),
        )

    def _unknown(self) -> Table:
        return self._list(
            Column(tr("字段"), lambda one: field_name(one.field), 110, look="ink2"),
            Column(tr("词"), lambda one: one.word),
            Column(tr("行数"), lambda one: f"{one.rows:,}", 64, right=True),
            Column(tr("意思"), self._meaning, 150, look=lambda one: "chip" if self._meaning(one) else ""),
        )

    def _page(self, name: str, table: Table) -> QWidget:
        made = QWidget()
        table.setAccessibleName(tr(PARTS[name]))
        box = column(table, spacing=0)
        if name == "asked":
            self.decide = {
                answer: button(f"{tr(words)}  {key}", partial(self.decide_row, answer), look="filter_add")
                for key, (answer, words) in zip("TOK", HINTS.items(), strict=True)
            }
            box.addWidget(line())
            box.addLayout(row(*self.decide.values(), None, spacing=8, margins=(12, 9, 12, 9)))
        if name == "unknown":
            self.word = Elided("", "quiet")
            self.meaning = Picker([])
            self.meaning.setPlaceholderText(tr("这个词的意思"))
            self.meaning.setAccessibleName(tr("这个词的意思"))
            self.meaning.chosen.connect(self._taught_now)
            table.opened.connect(lambda _one: _begin(self.meaning))
            table.chosen.connect(self._word)
            foot = row(self.word, self.meaning, spacing=8, margins=(12, 8, 12, 8))
            foot.setStretch(0, 1)
            foot.setStretch(1, 1)
            box.addWidget(line())
            box.addLayout(foot)
        made.setLayout(box)
        return made

    # showing ----------------------------------------------------------------------------------

    def show_file(self, name: str, how: str) -> None:
        """Say which file it is and what is being done with it."""
        self.file.setText(name)
        self.how.setText(how)

    def show_read(self, read: Any) -> None:
        """Show sheets and columns."""
        visible = [one for one in read.sheets if one.visible]
        choices = [(one.name, f"{one.name} · {one.rows:,}" if one.rows else one.name) for one in visible]
        self.sheets.set_choices(choices, read.sheet)
        self.sheets.setVisible(len(choices) > 1)
        if not self.field.value() and not self.field.text():
            self.field.set_options(fields())
        shown = [one for one in read.columns.columns if one.header or one.field]
        _replace(self.columns, shown, lambda one: one.index)

    def show_counts(self, ran: Any | None, *, done: bool) -> None:
        """Show what will become, or became, of the rows."""
        for name, figure in self.figures.items():
            found = getattr(ran, name) if ran is not None else "–"
            number = len(found) if isinstance(found, tuple) else found
            pressing = bool(number) and number != "–"
            edge = {"asked": "yellow", "rejected": "red"}.get(name) if pressing else None
            figure.show_number(number, "", edge or EDGES.get(name, "line_strong"))
        self._fill(ran, done=done)

    def _fill(self, ran: Any | None, *, done: bool) -> None:
        questions = [
            Question(one.line, one.number, d.field, d.here, d.there)
            for one in (ran.asked if ran else ())
            for d in one.differences
        ]
        notes = [one.words(language()) for one in ran.problems] if ran else []
        notes += [
            tr(
                "第 {line} 行：{number} 可能与 {into} 重复，可以并单",
                line=one.line,
                number=one.number,
                into=one.into,
            )
            for one in (ran.proposed if ran else ())
        ]
        _replace(self.asked, questions, lambda one: (one.number, one.field))
        _replace(self.rejected, ran.rejected if ran else (), lambda one: one.line)
        _replace(self.unknown, ran.read.unknown if ran else (), lambda one: (one.field, one.word))
        _replace(self.notes, notes, lambda one: one)
        numbers = {
            "asked": len(ran.asked) if ran else 0,
            "rejected": len(ran.rejected) if ran else 0,
            "unknown": len(ran.read.unknown) if ran else 0,
            "notes": len(notes),
        }
        self._numbers = numbers
        for name, tab in self.tabs.items():
            tab.setText(f"{tr(PARTS[name])} {numbers[name]:,}")
            tab.setAccessibleName(tab.text())
        for widget in (*self.decide.values(), self.meaning, self.field, self.sheets):
            widget.setEnabled(not done)
        first = next((name for name, number in numbers.items() if number), "asked")
        self.show_part(self.part if numbers.get(self.part) else first)

    def show_part(self, name: str) -> None:
        """Show one of the lists at the right."""
        self.part = name
        self.tabs[name].setChecked(True)
        if self._numbers.get(name):
            self.stack.setCurrentWidget(self._pages[name])
        else:
            self.stack.setCurrentIndex(len(PARTS))

    # deciding ---------------------------------------------------------------------------------

    def show_answers(self, answers: Mapping[str, str], taught: Mapping[tuple[str, str], str]) -> None:
        """Show what was decided so far."""
        self._answers, self._taught = answers, taught
        self.asked.viewport().update()
        self.unknown.viewport().update()

    def decide_row(self, answer: str) -> None:
        """Decide on the order of the chosen row and go to the next one."""
        one = self.asked.record()
        if one is None or self.part != "asked":
            return
        self.answered.emit(one.number, answer)
        model, row_number = self.asked.model(), self.asked.currentIndex().row()
        assert isinstance(model, Records)
        while row_number + 1 < model.rowCount() and model.record(row_number).number == one.number:
            row_number += 1
        self.asked.choose(row_number)

    def _answer(self, one: Question) -> str:
        return tr(HINTS[self._answers[one.number]]) if one.number in self._answers else ""

    def _answer_look(self, one: Question) -> str:
        return {"theirs": "chip", "ours": "chip_green"}.get(self._answers.get(one.number, ""), "chip_quiet")

    def _meaning(self, one: Any) -> str:
        means = self._taught.get((one.field, one.word), "")
        return said(self._context, one.field, means) if means else ""

    def _column(self, one: Any) -> None:
        if one is not None:
            self.header.setText(tr("“{header}”对应", header=one.header))
            self.field.set_value(one.field or "")

    def _mapped(self) -> None:
        one = self.columns.record()
        if one is not None and self.field.value() and self.field.value() != one.field:
            self.mapped.emit(one.header, self.field.value())
            self.columns.setFocus()

    def _word(self, one: Any) -> None:
        if one is not None:
            self.word.setText(tr("“{word}”的意思", word=one.word))
            self.meaning.set_value("")
            self.meaning.set_options(meanings(self._context, one.field))
            self.meaning.set_value(self._taught.get((one.field, one.word), ""))

    def _taught_now(self) -> None:
        one = self.unknown.record()
        if one is not None and self.meaning.value():
            self.taught.emit(one.field, one.word, self.meaning.value())
            self.unknown.setFocus()


def _begin(picker: Picker) -> None:
    picker.setFocus()
    picker.selectAll()


def _reason(one: Any) -> str:
    from zq_grid.importing.sentences import sentence

    return sentence(one.code, one.facts, language())


def _field(one: Any) -> str:
    return field_name(one.field) if one.field else tr("不导入，原样保留")


def _why_look(one: Any) -> str:
    return {"guess": "chip_yellow", "told": "chip", "profile": "chip"}.get(one.why, "ink3")


def _nothing() -> Empty:
    return Empty(tr("没有要处理的"), tr("这一项是空的，可以直接导入。"))


def _replace(table: Table, rows: Sequence[Any], key: Any) -> None:
    """Show other rows and keep the one that was chosen."""
    model, chosen = table.model(), table.record()
    assert isinstance(model, Records)
    model.replace(rows)
    if rows:
        keys = [key(one) for one in rows]
        before = key(chosen) if chosen is not None else None
        table.choose(keys.index(before) if before in keys else 0)
