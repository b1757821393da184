"""Where an import begins: drop a file or choose one; below, what was imported so far, each to be taken back."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QWidget

from ui.context import Context
from ui.shown import moment
from ui.tr import tr
from ui.widgets.basics import Card, Empty, button, column, label, role, row
from ui.widgets.table import Column, Records, Table

KINDS = "xlsx · xls · et · ods · csv · tsv · html · xml"
HINTS = {"": "已导入", "partly": "部分撤销", "whole": "已撤销"}


class Start(QWidget):
    """The first sight of the page. `chosen` asks for a file dialog, `undo` to take a batch back."""

    chosen = Signal()
    undo = Signal(object)

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self.drop = QFrame()
        role(self.drop, "card")
        self.wrong = label("", "red", wrap=True)
        self.wrong.hide()
        self.choose = button(tr("选择文件"), self.chosen.emit, look="primary", key="")
        self.choose.setText(f"{tr('选择文件')}  Ctrl O")
        across = row(
            _words(tr("把工单表拖到这里"), tr("先试算给您看，确认后才写入。支持 {kinds}", kinds=KINDS)),
            self.choose,
            spacing=16,
        )
        across.setStretch(0, 1)
        inside = column(spacing=10, margins=(24, 26, 24, 26))
        inside.addLayout(across)
        inside.addWidget(self.wrong)
        self.drop.setLayout(inside)
        columns = [
            Column(tr("时间"), lambda one: moment(one.at, context.clock()), 130, look="ink2"),
            Column(tr("文件"), lambda one: one.file),
            Column(tr("行数"), lambda one: f"{one.rows:,}", 80, right=True),
            Column(tr("导入人"), lambda one: context.name("worker", one.actor), 110, look="ink2"),
            Column(tr("状态"), lambda one: tr(HINTS[one.undone]), 100, look=_look),
        ]
        self.model = Records(columns)
        self.table = Table(self.model, context.tokens)
        self.table.setAccessibleName(tr("导入记录"))
        card = Card(tr("导入记录"))
        card.hint.setText(tr("每次导入都可以整批撤销，已办理的案件会保留"))
        self.back = button(tr("撤销所选"), self.ask_undo, tip="U")
        self.back.setEnabled(False)
        self.table.chosen.connect(lambda one: self.back.setEnabled(_can(one)))
        card.head.addWidget(self.back)
        self.empty = Empty(tr("还没有导入过"), tr("从 12345 平台导出当月工单表，拖进来就可以。"))
        card.body.addWidget(self.table)
        card.body.addWidget(self.empty)
        whole = column(self.drop, spacing=12)
        whole.addWidget(card, 1)
        self.setLayout(whole)

    def show_past(self, rows: Sequence[Any]) -> None:
        """Show what was imported."""
        chosen = self.table.record()
        self.model.replace(rows)
        self.table.setVisible(bool(rows))
        self.empty.setVisible(not rows)
        if rows:
            names = [one.batch for one in rows]
            self.table.choose(names.index(chosen.batch) if chosen and chosen.batch in names else 0)

    def show_wrong(self, said: str) -> None:
        """Say why a file could not be read; "" when nothing is wrong."""
        self.wrong.setText(said)
        self.wrong.setVisible(bool(said))

    def can_undo(self) -> bool:
        """Tell whether the chosen import can be taken back."""
        return _can(self.table.record())

    def ask_undo(self) -> None:
        """Ask to take the chosen import back."""
        if self.can_undo():
            self.undo.emit(self.table.record())


def _can(one: Any) -> bool:
    return one is not None and one.undone != "whole"


def _look(one: Any) -> str:
    return {"": "chip_green", "partly": "chip_yellow"}.get(one.undone, "chip_quiet")


def _words(large: str, small: str) -> QWidget:
    made = QWidget()
    made.setLayout(column(label(large, "large"), label(small, "quiet", wrap=True), spacing=4))
    return made
