"""The conditions of a list as chips, each with its ×, and the panel in which one more is found."""

from collections.abc import Callable, Mapping
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPushButton, QSizePolicy, QWidget

from ui.context import Context
from ui.pages import cases_conditions as conditions
from ui.tr import tr
from ui.widgets.basics import button
from ui.widgets.finder import Finder
from ui.widgets.flow import Flow
from ui.widgets.picker import Option
from ui.widgets.pool import Pool
from ui.widgets.table import Column

ROWS = 10


class Chips(QWidget):
    """Shows conditions; `removed` names the one that is to go, `wanted` asks for one more."""

    removed = Signal(str)
    wanted = Signal()

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._names: list[str] = []
        flow = Flow(self, spacing=6, middle=True)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.add = button(tr("＋条件"), self.wanted.emit, look="filter_add", tip=tr("再加一个条件（+）"))
        self._flow = flow
        self._chips = Pool(lambda: button("", look="filter"), self._place)
        flow.addWidget(self.add)

    def _place(self, made: QPushButton, nth: int) -> None:
        made.clicked.connect(lambda _checked=False: self.removed.emit(self._names[nth]))
        self._flow.removeWidget(self.add)
        self._flow.addWidget(made)
        self._flow.addWidget(self.add)

    def show_conditions(self, found: Mapping[str, Any]) -> None:
        """Show conditions in their order."""
        self._names = [name for name in conditions.TITLES if found.get(name)]
        for chip, name in zip(self._chips.take(len(self._names)), self._names, strict=True):
            said = conditions.chip_words(self._context, name, found[name])
            chip.setText(f"{said}  ×")
            chip.setAccessibleName(tr("去掉条件 {said}", said=said))
        self.updateGeometry()


class AddCondition(Finder):
    """Type to find a condition among all: by its words, code or pinyin initials; days as 11-1..11-7."""

    def __init__(self, window: QWidget, context: Context, take: Callable[[str, str], None]) -> None:
        super().__init__(window, context.tokens, [Column("", lambda one: one.words)], rows=ROWS, width=520)
        self._context, self._take = context, take
        self._options: list[tuple[str, Option]] = []
        invites = tr("单位、居村、类型、环节、灯、日期（如 11-1..11-7）")
        self.say(tr("查找条件"), invites, tr("↑↓ 选择 · 回车加上 · Esc 关闭"))

    def open(self) -> None:
        """Begin anew, with what there is to choose now."""
        from zq_grid import pinyin

        self._options = [
            (f"{one.words} {one.also} {pinyin.spelled(one.words, '')}".lower(), one)
            for one in conditions.options(self._context)
        ]
        super().open()

    def typed(self, said: str) -> None:
        """Show the conditions that the words fit, days first."""
        wanted = said.strip().lower()
        found = [(key.find(wanted), one) for key, one in self._options if wanted in key]
        found.sort(key=lambda pair: pair[0])
        shown = [one for _at, one in found[: ROWS * 3]]
        if days := conditions.read_days(said, self._context.clock()):
            shown[:0] = [
                Option(f"{name}:{days}", conditions.chip_words(self._context, name, days))
                for name in ("received", "due")
            ]
        self.show_lines(shown)

    def take(self, one: Option) -> None:
        """Add the condition."""
        name, _, value = one.value.partition(":")
        self._take(name, value)
