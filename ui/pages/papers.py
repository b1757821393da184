"""Papers: choose, look at it as it will be printed, print or save it; the register of what left this machine."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from ui import choosing
from ui.actions import Action
from ui.page import Page
from ui.pages import papers_make
from ui.pages.papers_ask import TITLES, Ask
from ui.pages.papers_make import CASE, WEEKLY, Made
from ui.pages.papers_view import View
from ui.shown import local, moment, number_short
from ui.tr import language, tr
from ui.widgets.basics import Card, column, label, row
from ui.widgets.table import Column, Records, Table
from ui.worker import Job
from zq_grid.errors import Refused

WORDS = {"print": "打印", "save": "存档"}
MOST = 100


class Papers(Page):
    """What is shown is what is printed: the same bytes, with the check code at the foot of every page."""

    name = "papers"
    watches = frozenset({"kept"})

    @property
    def title(self) -> str:
        """The page's name."""
        return tr("文书报表")

    @property
    def hint(self) -> str:
        """What a paper rests on."""
        return tr("看到的就是印出来的；同样的数据印出来一个字节也不差")

    def build(self) -> None:
        """Make what is asked at the left, the paper at the right."""
        self._job: Job | None = None
        self.ask, self.view = Ask(self.context), View(self.context)
        self.ask.changed.connect(self.make)
        self.ask.printing.clicked.connect(lambda _on: self.print_it())
        self.ask.saving.clicked.connect(lambda _on: self.save_it())
        self.view.stopped.connect(self.stop)
        left = column(self.ask, spacing=12)
        left.addWidget(self._register(), 1)
        side = QWidget()
        side.setLayout(left)
        side.setFixedWidth(round(334 * min(self.context.tokens.size("base") / 13, 1.3)))
        whole = row(side, spacing=12, margins=(20, 14, 20, 18))
        whole.addWidget(self.view, 1)
        self.setLayout(whole)

    def _register(self) -> Card:
        card = Card(tr("印发登记"), tr("回车再看"))
        clock = self.context.clock
        columns = [
            Column(tr("时间"), lambda one: moment(one.at, clock()), 92, look="ink2"),
            Column(tr("文书"), _paper_name),
            Column(tr("核验码"), lambda one: one.code or "—", 86, look="ink2"),
        ]
        self.past = Table(Records(columns), self.context.tokens, compact=True)
        self.past.setAccessibleName(tr("印发登记"))
        self.past.opened.connect(self.look_again)
        self.past.clicked.connect(lambda _index: self.look_again(self.past.record()))
        self.none = label(tr("打印或存档后，这里会记下时间、文书和核验码。"), "hint", wrap=True)
        self.none.setContentsMargins(16, 12, 16, 12)
        card.body.addWidget(self.past, 1)
        card.body.addWidget(self.none, 0, Qt.AlignmentFlag.AlignTop)
        return card

    @property
    def made(self) -> Made | None:
        """The paper that is shown."""
        return self.view.made

    # making -----------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Read the register and the profiles; make the paper if there is none yet."""

        def work(workspace: Any, _progress: Any) -> Any:
            from zq_grid import printed

            with workspace.read() as session:
                return printed.listed(session, MOST), dict(session.catalogue.current("profile"))

        self.context.worker.ask(work, self._registered, key="papers", owner=self)
        if self.made is None and self._job is None:
            self.make()

    def _registered(self, found: Any) -> None:
        rows, profiles = found
        model = self.past.model()
        assert isinstance(model, Records)
        model.replace(rows)
        self.past.setVisible(bool(rows))
        self.none.setVisible(not rows)
        self.ask.show_profiles(profiles)

    def make(self) -> None:
        """Work the paper out, beside the window; what was being worked out is dropped."""
        try:
            wanted = self.ask.wanted()
        except Refused as error:
            self.context.window.refused(error)
            return
        self._cancel()
        self.ask.again.hide()
        self._can(False)
        if wanted is None:
            self.view.show_words(tr("哪一件案件？"), tr("输入案件编号，按回车。"))
            self.ask.number.setFocus()
            return
        self.view.made = None
        self.view.show_busy(tr("正在编制{what}…", what=tr(TITLES[wanted.kind])))
        self._job = self.context.worker.act(
            lambda workspace, progress: papers_make.make(workspace, wanted, progress),
            self._made,
            failed=self._failed,
            key="paper",
            owner=self,
        )
        self._job.progressed.connect(self.view.moved)

    def _made(self, made: Made) -> None:
        self._job = None
        self.view.show_paper(made)
        self._can(True)

    def _failed(self, error: BaseException) -> None:
        from zq_grid.progress import Cancelled
        from zq_grid.refusals import sentence

        self._job = None
        if isinstance(error, Cancelled):
            self.view.show_words(tr("已取消"), tr("按 F5 重新编制。"))
        elif isinstance(error, Refused):
            self.view.show_words(tr("编制不出来"), sentence(error, language()))
        else:
            self.view.show_words(tr("编制不出来"), "")
            self.context.window.refused(error)

    def _can(self, on: bool) -> None:
        self.ask.printing.setEnabled(on)
        self.ask.saving.setEnabled(on)

    def _cancel(self) -> None:
        if self._job is not None and not self._job.over:
            self._job.cancel()
        self._job = None

    def stop(self) -> None:
        """Stop what is being worked out on a person's wish, and say so."""
        if self._job is not None:
            self._cancel()
            self.view.show_words(tr("已取消"), tr("按 F5 重新编制。"))

    def changed(self, tables: frozenset[str]) -> None:
        """Offer to make the paper anew when cases changed; never under the reader's eyes."""
        super().changed(tables)
        if "cases" in tables and self.made is not None:
            self.ask.again.show()

    # choosing ---------------------------------------------------------------------------------

    def look_again(self, one: Any) -> None:
        """Make a paper of the register anew, as it was known then."""
        if one is None:
            return
        if one.kind == WEEKLY:
            known = f"{local(one.as_of):%Y-%m-%d %H:%M:%S}" if one.as_of is not None else ""
            self.ask.set_all(one.kind, week=one.what, profile=one.profile, known=known)
        else:
            self.ask.set_all(one.kind, number=one.what)

    def opened(self, **what: Any) -> None:
        """Show a week's bulletin, or the sheet of a case."""
        kind = str(what.get("kind") or (CASE if what.get("number") else WEEKLY))
        said = {name: str(what.get(name) or "") for name in ("week", "number", "profile")}
        self.ask.set_all(kind, **said, known=str(what.get("as_of") or ""))

    # what leaves ------------------------------------------------------------------------------

    def save_it(self) -> None:
        """Ask where to, and save the paper that is shown."""
        if self.made is not None:
            path = choosing.to_write(self, tr("存为 PDF"), self.made.name, "PDF (*.pdf)")
            if path is not None:
                self.save_to(path)

    def save_to(self, path: Path) -> None:
        """Save the paper that is shown, and note it in the register."""
        made = self.made
        assert made is not None
        self.context.worker.act(
            lambda workspace, _progress: papers_make.save(workspace, made, path),
            lambda _none: self.context.window.say(tr("已存：{path}", path=str(path)), longer=True),
            title=tr("存为 PDF"),
            owner=self,
        )

    def print_it(self) -> None:
        """Ask for a printer with the system's dialog, and print what is shown."""
        made = self.made
        if made is None:
            return
        from PySide6.QtPrintSupport import QPrintDialog, QPrinter

        printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        prepare(printer, made)
        if QPrintDialog(printer, self).exec():
            self.print_on(printer)

    def print_on(self, printer: Any) -> None:
        """Print what is shown, and note it in the register."""
        made = self.made
        assert made is not None
        self.context.worker.act(
            lambda workspace, progress: papers_make.print_out(workspace, made, printer, progress),
            lambda _none: self.context.window.say(tr("已送打印机：{n} 页", n=len(made.sizes))),
            title=tr("打印"),
            owner=self,
        )

    # keys -------------------------------------------------------------------------------------

    def take_focus(self) -> None:
        """Begin in the paper, or where a case is named."""
        number = self.ask.number
        self.land(number if not self.ask.weekly() and not number.text() else self.view.sheets)

    def actions_here(self) -> Sequence[Action]:
        """Return what can be done here."""
        ask, view = self.ask, self.view

        def shown() -> bool:
            return self.made is not None

        kinds = [
            Action(tr(words), str(nth), partial(ask.set_kind, kind))
            for nth, (kind, words) in enumerate(TITLES.items(), 1)
        ]
        return [
            *kinds,
            Action(tr("前一周"), "[", partial(ask.move_week, -1), ask.weekly),
            Action(tr("后一周"), "]", partial(ask.move_week, 1), ask.weekly),
            Action(tr("案件编号"), "N", ask.number.setFocus, lambda: not ask.weekly()),
            Action(tr("换截至时间"), "T", ask.known.setFocus, ask.weekly),
            Action(tr("打印"), "Ctrl+P", self.print_it, shown),
            Action(tr("存为 PDF"), "Ctrl+S", self.save_it, shown),
            Action(tr("重新编制"), "F5", self.make),
            Action(tr("取消编制"), "Esc", self.stop, lambda: self._job is not None),
            Action(tr("放大"), "+", partial(view.zoom, 1), shown),
            Action(tr("缩小"), "-", partial(view.zoom, -1), shown),
            Action(tr("适合宽度"), "0", partial(view.zoom, 0), shown),
            Action(tr("印发登记"), "L", self.past.setFocus),
        ]


def prepare(printer: Any, made: Made) -> None:
    """Set a printer to what a paper needs: A4 upright, 300 dpi, no margins of its own, its name."""
    from PySide6.QtGui import QPageSize

    printer.setResolution(papers_make.DPI)
    printer.setPageSize(QPageSize(QPageSize.PageSizeId.A4))
    printer.setFullPage(True)
    printer.setDocName(made.name.removesuffix(".pdf"))


def _paper_name(one: Any) -> str:
    what = one.what if one.kind == WEEKLY else number_short(one.what)
    kind = tr("周报") if one.kind == WEEKLY else tr(TITLES[one.kind])
    return f"{what} {kind} · {tr(WORDS[one.way])}"
