"""Import: a stranger's workbook, tried first and written only when somebody has seen what it will do."""

from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QKeyEvent
from PySide6.QtWidgets import QStackedWidget, QWidget

from ui import choosing
from ui.actions import Action
from ui.page import Page
from ui.pages import import_keys
from ui.pages.import_keys import DONE, READY, START, TRYING, WRITING
from ui.pages.import_review import Review
from ui.pages.import_start import Start
from ui.pages.import_words import alias_field
from ui.tr import language, tr
from ui.widgets.basics import button, column, label, row
from ui.worker import Job

TABLES = "(*.xlsx *.xls *.et *.ods *.csv *.tsv *.xlsm *.xlsb *.txt *.htm *.html *.xml *.mht *.mhtml)"


class Importing(Page):
    """Choose, look, Enter: nothing is written before the Enter, and a whole import can be taken back after it."""

    name = "import"
    watches = frozenset({"batches"})

    @property
    def title(self) -> str:
        """The page's name."""
        return tr("导入")

    @property
    def hint(self) -> str:
        """What an import is safe from."""
        return tr("先试算，后写入；每次导入都可以撤销")

    def build(self) -> Iterator[None]:
        """Make the beginning, the review and the foot."""
        self.setAcceptDrops(True)
        self.state = START
        self.path: Path | None = None
        self._job: Job | None = None
        self._forget()
        self.stack = QStackedWidget()
        self.setLayout(column(self.stack, margins=(20, 14, 20, 18)))
        self.start, self.review = Start(self.context), Review(self.context)
        self.stack.addWidget(self.start)
        self.start.chosen.connect(self.choose)
        self.start.undo.connect(self._undo)
        yield
        reviewing = QWidget()
        self.stack.addWidget(reviewing)
        reviewing.setLayout(inside := column(spacing=12))
        inside.addWidget(self.review)
        yield from self.review.build()
        self.review.mapped.connect(self.map)
        self.review.taught.connect(self.teach)
        self.review.answered.connect(self.answer)
        self.review.sheet.connect(self.set_sheet)
        self.go_on = button("", self.go, look="primary")
        self.away = button(f"{tr('换一个文件')}  Esc", self.leave_file)
        self.save = button(f"{tr('保存未导入的行')}  J", self.save_rejects)
        self.back = button(f"{tr('撤销这次导入')}  U", self.undo_this)
        self.said = label("", "quiet")
        self._foot = (self.back, self.save, self.away, self.go_on)
        inside.addLayout(row(self.said, None, *self._foot, spacing=10))

    def feet(self) -> Sequence[QWidget]:
        """Return the buttons below the review."""
        return self._foot

    def _forget(self) -> None:
        self.ran: Any = None
        self._sheet: str | None = None
        self._overrides: dict[str, str] = {}
        self._taught: dict[tuple[str, str], str] = {}
        self._answers: dict[str, str] = {}
        self._sure = ""

    def refresh(self) -> None:
        """Read what was imported so far."""

        def work(workspace: Any, _progress: Any) -> Any:
            from zq_grid.importing import history

            with workspace.read() as session:
                return history.listed(session)

        self.context.worker.ask(work, self.start.show_past, key="imports", owner=self)

    def _be(self, state: str) -> None:
        """Show what can be done in a state."""
        self.state = state
        self.stack.setCurrentIndex(0 if state == START else 1)
        ran, done = self.ran, state == DONE
        rejected = bool(ran and ran.rejected)
        self.go_on.setEnabled(state == DONE or (state == READY and ran is not None))
        self.save.setVisible(rejected and state in {READY, DONE})
        self.back.setVisible(done and bool(ran and ran.batch))
        self.away.setVisible(not done)
        words = {TRYING: tr("正在试算…"), WRITING: tr("正在导入…"), DONE: tr("完成")}
        decided = sum(answer != "keep" for answer in self._answers.values())
        rows = f"{ran.new + ran.amended + decided:,}" if ran is not None else "0"
        self.go_on.setText(f"{words.get(state, tr('导入 {n} 件', n=rows))}  ↵")
        self.go_on.setAccessibleName(self.go_on.text())
        told = {
            READY: tr("这是试算，还什么都没有写入。"),
            DONE: tr("批次 {batch}", batch=ran.batch) if ran is not None and ran.batch else "",
        }
        if state == READY and ran is None:
            told[READY] = tr("没有认出工单的列。请在左边指定工单编号、地址或内容在哪一列。")
        self.said.setText(told.get(state, ""))

    # choosing a file --------------------------------------------------------------------------

    def choose(self) -> None:
        """Ask for a file with the system's dialog."""
        path = choosing.to_open(self, tr("选择工单表"), f"{tr('工单表')} {TABLES}")
        if path is not None:
            self.take(path)

    def take(self, path: Path) -> None:
        """Try a file: everything is worked out and nothing is written."""
        self._forget()
        self.path = path
        self.review.show_answers(self._answers, self._taught)
        self.try_again()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Let one file of this computer be dropped."""
        if self._dropped(event) is not None and self.state != WRITING:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Take the file that was dropped."""
        path = self._dropped(event)
        if path is not None and self.state != WRITING:
            event.acceptProposedAction()
            self.take(path)

    @staticmethod
    def _dropped(event: QDropEvent) -> Path | None:
        urls = [url for url in event.mimeData().urls() if url.isLocalFile()]
        return Path(urls[0].toLocalFile()) if len(urls) == 1 else None

    # trying -----------------------------------------------------------------------------------

    def _how(self) -> dict[str, Any]:
        from zq_grid.importing.aliases import Alias

        return {
            "overrides": dict(self._overrides),
            "sheet": self._sheet,
            "taught": [
                Alias(alias_field(field), word, means) for (field, word), means in self._taught.items()
            ],
            "answers": dict(self._answers),
        }

    def try_again(self) -> None:
        """Work out what the file would do, anew after every change."""
        path = self.path
        assert path is not None
        if self._job is not None and not self._job.over:
            self._job.cancel()
        how = self._how()

        def work(workspace: Any, progress: Any) -> Any:
            from zq_grid.errors import ImportRejected
            from zq_grid.importing import looking, run

            try:
                return run.run_file(workspace, path, dry_run=True, progress=progress, **how)
            except ImportRejected as error:
                if error.code != "file_no_header":
                    raise
                with workspace.read() as session:
                    read = looking.look(session, path, sheet=how["sheet"], progress=progress)
                if not any(one.header for one in read.columns.columns):
                    raise
                return read

        self.review.show_file(path.name, "")
        self._be(TRYING)
        self._job = self.context.worker.act(
            work,
            self._tried,
            failed=partial(self._failed, START),
            key="import-try",
            title=tr("试算 {file}", file=path.name),
            owner=self,
        )

    def _tried(self, found: Any) -> None:
        from zq_grid.importing.run import Ran

        self.ran = found if isinstance(found, Ran) else None
        read = found.read if self.ran is not None else found
        self.start.show_wrong("")
        self._show(read, done=False)
        self._be(READY)
        if self.ran is not None:
            self.go_on.setFocus()
        else:
            self.review.columns.setFocus()

    def _show(self, read: Any, *, done: bool) -> None:
        assert self.path is not None
        how = [tr("按导入方案“{name}”读取", name=read.profile)] if read.profile else []
        how += (
            [tr("{n} 列没有用上，内容原样保留", n=len(read.columns.unknown))] if read.columns.unknown else []
        )
        self.review.show_file(self.path.name, " · ".join(how))
        self.review.show_read(read)
        self.review.show_counts(self.ran, done=done)

    def _failed(self, back_to: str, error: BaseException) -> None:
        from zq_grid.errors import Refused
        from zq_grid.progress import Cancelled
        from zq_grid.refusals import sentence

        if isinstance(error, Cancelled):
            self.context.window.say(tr("已取消，什么都没有写入。"))
        elif isinstance(error, Refused) and back_to == START and self.ran is None:
            self.start.show_wrong(sentence(error, language()))
        else:
            self.context.window.refused(error)
        self._be(back_to if self.ran is None else READY)
        if self.state == START:
            self.start.choose.setFocus()

    # deciding ---------------------------------------------------------------------------------

    def map(self, header: str, field: str) -> None:
        """Say which field a column holds, and try again."""
        self._overrides = {f: h for f, h in self._overrides.items() if h != header} | {field: header}
        self.try_again()

    def teach(self, field: str, word: str, means: str) -> None:
        """Say what a word means, for this file and from now on, and try again."""
        self._taught[field, word] = means
        self.review.show_answers(self._answers, self._taught)
        self.try_again()

    def answer(self, number: str, answer: str) -> None:
        """Decide on an order whose facts differ; written with the import."""
        self._answers[number] = answer
        self.review.show_answers(self._answers, self._taught)
        self._be(self.state)

    def answer_all(self, answer: str) -> None:
        """Decide the same on every order that differs."""
        for one in self.ran.asked if self.ran is not None else ():
            self._answers[one.number] = answer
        self.review.show_answers(self._answers, self._taught)
        self._be(self.state)

    def set_sheet(self, name: str) -> None:
        """Read another sheet of the workbook."""
        self._sheet, self._overrides = name, {}
        self.try_again()

    # writing ----------------------------------------------------------------------------------

    def go(self) -> None:
        """Write what was tried; when it is written, begin anew."""
        if self.state == DONE:
            self.leave_file()
        elif self.state == READY and self.ran is not None:
            self._write()

    def _write(self) -> None:
        path, how = self.path, self._how()
        assert path is not None

        def work(workspace: Any, progress: Any) -> Any:
            from zq_grid.importing import run

            return run.run_file(workspace, path, progress=progress, **how)

        self._be(WRITING)
        failed, title = partial(self._failed, READY), tr("导入 {file}", file=path.name)
        self._job = self.context.worker.act(work, self._written, failed=failed, title=title, owner=self)

    def _written(self, ran: Any) -> None:
        self.ran = ran
        self._show(ran.read, done=True)
        self._be(DONE)
        self.go_on.setFocus()
        said = tr("已导入：新增 {new} 件，补充 {amended} 件", new=f"{ran.new:,}", amended=f"{ran.amended:,}")
        if ran.batch:
            self.context.window.say(said, tr("撤销"), self.undo_this, longer=True)
        else:
            self.context.window.say(tr("没有新内容，什么都没有写入。"))
        self.refresh()

    def leave_file(self) -> None:
        """Put the file away and go back to the beginning."""
        if self.state == WRITING:
            return
        if self._job is not None and not self._job.over:
            self._job.cancel()
        self._forget()
        self.path = None
        self._be(START)
        self.start.choose.setFocus()

    def save_rejects(self) -> None:
        """Ask where to, and write the rows that were not imported, each with its reason."""
        assert self.path is not None
        name = f"{self.path.stem}-{tr('未导入')}.xlsx"
        path = choosing.to_write(self, tr("保存未导入的行"), name, tr("表格 (*.xlsx)"))
        if path is not None:
            self.save_rejects_to(path)

    def save_rejects_to(self, path: Path) -> None:
        """Write the rows that were not imported."""
        ran = self.ran

        def work(_workspace: Any, _progress: Any) -> None:
            from zq_grid.importing.rejects import write_rejects

            write_rejects(path, ran.read.columns, ran.rejected)

        said = tr("已保存 {n} 行，改正后可以直接再导入：{path}", n=len(ran.rejected), path=str(path))
        self.context.worker.act(
            work,
            lambda _none: self.context.window.say(said, longer=True),
            title=tr("保存未导入的行"),
            owner=self,
        )

    # taking back ------------------------------------------------------------------------------

    def undo_this(self) -> None:
        """Take the import back that was just written."""
        if self.ran is not None and self.ran.batch:
            self._take_back(self.ran.batch)

    def _undo(self, past: Any) -> None:
        """Take an older import back; asked twice, since it may be large."""
        if self._sure == past.batch:
            self._sure = ""
            self._take_back(past.batch)
            return
        self._sure = past.batch
        said = tr("要撤销“{file}”的 {n} 行吗？再按一次 U，或点“撤销”。", file=past.file, n=f"{past.rows:,}")
        self.context.window.say(said, tr("撤销"), partial(self._undo, past), longer=True)

    def _take_back(self, batch: str, *, also_acted: bool = False) -> None:
        def work(workspace: Any, progress: Any) -> Any:
            from zq_grid.importing import undo

            with workspace.write() as session:
                return undo.run(session, batch, also_acted=also_acted, progress=progress)

        self.context.worker.act(work, self._taken_back, title=tr("撤销导入"), owner=self)

    def _taken_back(self, undone: Any) -> None:
        said = tr("已撤销 {n} 件", n=f"{len(undone.numbers):,}")
        if undone.kept:
            said = tr("{said}；{kept} 件导入后已有办理，保留不动", said=said, kept=f"{len(undone.kept):,}")
            also = partial(self._take_back, undone.batch, also_acted=True)
            self.context.window.say(said, tr("也撤销"), also, longer=True)
        else:
            self.context.window.say(said)
        if self.state == DONE:
            self.leave_file()
        self.refresh()

    # keys -------------------------------------------------------------------------------------

    def take_focus(self) -> None:
        """Begin with what comes next."""
        self.land(self.start.choose if self.state == START else self.go_on)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter goes on, wherever the focus is but in a list or a field."""
        plain = event.modifiers() in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)
        review = self.review
        if event.key() == Qt.Key.Key_Enter and plain:
            self.go()
        elif event.key() == Qt.Key.Key_Escape and review.field.hasFocus():
            review.columns.setFocus()
        elif event.key() == Qt.Key.Key_Escape and review.meaning.hasFocus():
            review.unknown.setFocus()
        else:
            super().keyPressEvent(event)

    def actions_here(self) -> Sequence[Action]:
        """Return what can be done here."""
        return import_keys.actions(self)
