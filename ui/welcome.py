"""The first start, and a store that doesn't open: what it is, that nothing was lost, and what can be done."""

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QLabel, QWidget

from ui.tr import language, tr
from ui.widgets.basics import Card, button, column, label, row

if TYPE_CHECKING:
    from ui.app import Program

SMALL = 1500  # cases of the demo town that is tried from the window: some ten seconds


class Welcome(QWidget):
    """Shown in the window's place for pages until a store is open."""

    def __init__(self, program: "Program", error: BaseException) -> None:
        super().__init__()
        self.setProperty("role", "page")
        self._program = program
        self.card = Card(padded=True)
        self.card.setFixedWidth(620)
        self.said: QLabel = label("", "quiet", wrap=True)
        missing = getattr(error, "code", "") == "store_missing"
        (self._first if missing else self._refused)(error)
        middle = row(None, self.card, None)
        whole = column(None)
        whole.addLayout(middle)
        whole.addStretch(2)
        self.setLayout(whole)

    @classmethod
    def show_for(cls, program: "Program", error: BaseException) -> "Welcome":
        """Put the page into the window."""
        made = cls(program, error)
        shell = program.shell
        shell.stack.addWidget(made)
        shell.stack.setCurrentWidget(made)
        shell.title.setText(tr("开始使用"))
        for nav in [*shell.nav.values(), shell.search, shell.new, shell.who]:
            nav.setEnabled(False)
        return made

    def _first(self, _error: BaseException) -> None:
        body = self.card.body
        body.addWidget(label(tr("欢迎使用颛桥网格"), "title"))
        body.addWidget(
            label(
                tr("这台电脑上还没有数据。可以先用演示镇看看各页怎样工作，也可以直接设立本站。"),
                "quiet",
                wrap=True,
            )
        )
        self.demo = button(tr("试用演示镇"), self._demo, look="primary")
        self.begin = button(tr("设立本站"), self._set_up)
        body.addSpacing(8)
        body.addLayout(row(self.demo, self.begin, None))
        body.addWidget(self.said)
        hint = tr("数据都存放在本机文件夹，经过加密：{folder}", folder=str(self._program.folder))
        body.addWidget(label(hint, "hint", wrap=True))
        self.demo.setFocus()

    def _refused(self, error: BaseException) -> None:
        from zq_grid.errors import Refused
        from zq_grid.refusals import sentence

        words = sentence(error, language()) if isinstance(error, Refused) else f"{type(error).__name__}"
        body = self.card.body
        body.addWidget(label(tr("数据没有打开"), "title"))
        body.addWidget(label(words, "quiet", wrap=True))
        body.addSpacing(8)
        again = button(tr("再试一次"), self._program.reopen, look="primary")
        body.addLayout(row(again, button(tr("退出"), self._program.shell.close), None))
        again.setFocus()

    def _demo(self) -> None:
        self._work(tr("正在做出演示镇，大约一分钟…"), make_demo)

    def _set_up(self) -> None:
        self._work(tr("正在设立本站…"), make_station)

    def _work(self, words: str, making: object) -> None:
        from ui.making import Making

        self.demo.setEnabled(False)
        self.begin.setEnabled(False)
        self.said.setText(words)
        self._making = Making(self._program.folder, self._program.url, making)
        self._making.progressed.connect(self.said.setText)
        self._making.done.connect(self._program.reopen)
        self._making.failed.connect(self._failed)
        self._making.start()

    def _failed(self, error: BaseException) -> None:
        self.demo.setEnabled(True)
        self.begin.setEnabled(True)
        self.said.setText("")
        self._program.shell.refused(error)


def make_demo(folder: object, url: object, progress: object) -> None:
    """Build the demo town in a folder."""
    import time

    from zq_grid import demo

    now = int(time.time())
    demo.run(folder, url=url, now=now, cases_wanted=SMALL, progress=progress)  # type: ignore[arg-type]


def make_station(folder: object, url: object, _progress: object) -> None:
    """Set an empty station up in a folder."""
    import time

    from zq_grid import setup

    setup.new_workspace(folder, url, clock=lambda: int(time.time())).close()  # type: ignore[arg-type]
