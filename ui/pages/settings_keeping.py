"""Settings: backups and putting one back, proving the store, making summaries anew, versions."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QProgressBar

from ui import choosing
from ui.actions import Action
from ui.pages.settings_part import Part
from ui.shown import local, moment
from ui.tr import language, listed, tr
from ui.widgets.basics import Card, button, column, label, row
from ui.widgets.confirm import Confirm
from ui.widgets.flow import flowing
from ui.widgets.table import Column, Records, Table


class Backups(Part):
    """The backups beside the store; making one, saving one elsewhere, putting one back."""

    def build(self) -> None:
        """Make the list and what can be done."""
        self.model = Records(
            [
                Column(tr("备份时间"), lambda one: f"{local(one.at):%Y-%m-%d %H:%M:%S}", 190, strong=True),
                Column(tr("大小"), lambda one: _size(one.size), 110, right=True),
                Column(tr("文件"), lambda one: one.path.name, 0, look="ink2"),
            ]
        )
        self.table = Table(self.model, self.context.tokens)
        self.table.setAccessibleName(tr("备份与恢复"))
        self.table.opened.connect(self._restore)
        self.now = button(tr("立即备份"), self.make, look="primary", key="Ctrl+B")
        self.elsewhere = button(tr("备份到别处…"), self.make_elsewhere)
        self.back = button(tr("恢复选中的…"), lambda: self._restore(self.table.record()))
        self.file = button(tr("从文件恢复…"), self._restore_file)
        card = Card(tr("备份与恢复"))
        said = tr(
            "备份是整个加密的数据库，做好后会打开核对一遍才算数。恢复还需要密钥文件 key：请把 key 另存一处，与备份分开放。"
        )
        words = label(said, "quiet", wrap=True)
        card.body.addLayout(row(words, margins=(16, 10, 16, 2)))
        card.body.addLayout(
            row(self.now, self.elsewhere, self.back, self.file, None, margins=(16, 6, 16, 10))
        )
        card.body.addWidget(self.table, 50)
        self.none = label(tr("还没有备份。按“立即备份”做第一份。"), "quiet")
        card.body.addLayout(row(self.none, None, margins=(16, 4, 16, 14)))
        card.body.addStretch(1)
        self.setLayout(column(card))

    def refresh(self) -> None:
        """Ask which backups there are."""

        def work(workspace: Any, _progress: Any) -> Any:
            from zq_grid import keeping

            return workspace.engine.dialect.name == "sqlite", keeping.backups(workspace.folder)

        self.context.worker.ask(work, self._show, key="settings-backups", owner=self)

    def _show(self, found: Any) -> None:
        own, backups = found
        at = max(0, self.table.currentIndex().row())
        self.model.replace(backups)
        if backups:
            self.table.choose(min(at, len(backups) - 1))
        self.none.setVisible(not backups)
        self.table.setVisible(bool(backups))
        if not own:
            self.none.setText(tr("数据在镇里的服务器上，由服务器统一备份。"))
        for one in (self.now, self.elsewhere, self.file):
            one.setEnabled(own)
        self.back.setEnabled(own and bool(backups))

    def make(self, out: Path | None = None) -> None:
        """Make a backup beside the window."""

        def work(workspace: Any, _progress: Any) -> Any:
            from zq_grid import keeping

            made = keeping.backup(workspace, out)
            if out is None:
                keeping.prune(workspace.folder)
            return made

        def done(made: Path) -> None:
            self.now.setEnabled(True)
            self.context.window.say(tr("已备份并核对：{file}", file=made.name))
            self.refresh()

        def failed(error: BaseException) -> None:
            self.now.setEnabled(True)
            self.context.window.refused(error)

        self.now.setEnabled(False)
        self.context.worker.act(work, done, title=tr("备份"), owner=self, failed=failed)

    def make_elsewhere(self) -> None:
        """Make a backup where the person says."""
        name = f"zq-grid-{local(self.context.clock()):%Y%m%d-%H%M}.zqb"
        if (path := choosing.to_write(self, tr("备份到别处…"), name, "ZQ Grid (*.zqb)")) is not None:
            self.make(path)

    def _restore_file(self) -> None:
        path = choosing.to_open(self, tr("从文件恢复…"), "ZQ Grid (*.zqb *.db)")
        if path is not None:
            self.confirm(path, path.name)

    def _restore(self, one: Any) -> None:
        if one is not None:
            self.confirm(one.path, f"{local(one.at):%Y-%m-%d %H:%M}")

    def confirm(self, path: Path, words: str) -> None:
        """Ask before the store is replaced; nothing happens without a yes."""
        Confirm.ask(
            self.context,
            tr("恢复到 {when} 的备份？", when=words),
            tr("此后登记和办理的内容将不在恢复后的数据里。现在的数据会原样另存在旁边，不会删除。"),
            tr("恢复"),
            partial(self.context.restore, path),
        )

    def begin(self) -> None:
        """Begin in the list, or with the first backup."""
        (self.table if self.table.record() is not None else self.now).setFocus()

    def offered(self) -> Sequence[Action]:
        """Return what can be done here."""
        return [
            Action(tr("立即备份"), "Ctrl+B", self.make, self.now.isEnabled),
            Action(tr("备份到别处…"), "", self.make_elsewhere, self.elsewhere.isEnabled),
            Action(tr("从文件恢复…"), "", self._restore_file, self.file.isEnabled),
        ]


class Checks(Part):
    """Prove that the store is whole; make its summaries anew from the log."""

    def build(self) -> None:
        """Make buttons, bar and findings."""
        from zq_grid.words import FINDINGS

        english = language() == "en"
        self.quick = button(tr("抽查"), partial(self.check, deep=False), look="primary")
        self.deep = button(tr("逐件核对"), partial(self.check, deep=True))
        self.again = button(tr("重建汇总"), self.rebuild)
        self.stop = button(tr("取消"), self._cancel, look="quiet")
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.said = label("", "strong", wrap=True)
        self._job: Any = None
        self.model = Records(
            [
                Column(
                    tr("发现"),
                    lambda one: FINDINGS.get(one.code, (one.code, one.code))[english],
                    240,
                    look="red",
                ),
                Column(tr("对象"), lambda one: one.subject, 260),
                Column(
                    tr("详情"),
                    lambda one: listed(f"{k} {v}" for k, v in one.facts.items()),
                    0,
                    look="ink2",
                ),
            ]
        )
        self.table = Table(self.model, self.context.tokens, compact=True)
        card = Card(tr("核对与重建"), padded=True)
        said = tr(
            "核对：文件、步骤链、签名、汇总、检索，并把近八周四率另算一遍比对；只看不改。重建：丢掉全部汇总，由步骤重新算出。"
        )
        card.body.addWidget(label(said, "quiet", wrap=True))
        card.body.addWidget(flowing(self.quick, self.deep, self.again, self.stop))
        card.body.addWidget(self.bar)
        card.body.addWidget(self.said)
        card.body.addWidget(self.table, 50)
        card.body.addStretch(1)
        self.setLayout(column(card))
        self._idle()

    def _idle(self) -> None:
        self._job = None
        self.bar.hide()
        self.stop.hide()
        for one in (self.quick, self.deep, self.again):
            one.setEnabled(True)
        self.again.setEnabled(self.may_change)
        self.table.setVisible(self.model.rowCount() > 0)

    def _start(self, work: Any, done: Any, title: str) -> None:
        def failed(error: BaseException) -> None:
            from zq_grid.progress import Cancelled

            self._idle()
            if isinstance(error, Cancelled):
                self.said.setText(tr("已取消，什么也没有改变。"))
            else:
                self.context.window.refused(error)

        self.model.replace(())
        self.said.setText(tr("正在{what}…", what=title))
        for one in (self.quick, self.deep, self.again):
            one.setEnabled(False)
        self.bar.setRange(0, 0)
        self.bar.show()
        self.stop.show()
        self._job = self.context.worker.act(work, done, owner=self, failed=failed)
        self._job.progressed.connect(self._moved)

    def _moved(self, done: int, total: int, _what: str) -> None:
        self.bar.setRange(0, total)
        self.bar.setValue(done)

    def _cancel(self) -> None:
        if self._job is not None:
            self._job.cancel()

    def check(self, *, deep: bool) -> None:
        """Prove the store, a sample or all of it."""

        def work(workspace: Any, progress: Any) -> Any:
            from zq_grid import checking

            return checking.check(workspace, deep=deep, progress=progress)

        def done(report: Any) -> None:
            self.model.replace(report.findings)
            facts = {"steps": f"{report.steps:,}", "cases": f"{report.cases:,}", "n": len(report.findings)}
            if report.findings:
                self.said.setText(
                    tr("{steps} 步，{cases} 件：{n} 处异常。请先备份，再重建汇总后复核。", **facts)
                )
            else:
                self.said.setText(tr("{steps} 步，{cases} 件：全部一致（异常 {n} 处）。", **facts))
            self._idle()

        self._start(work, done, tr("逐件核对") if deep else tr("抽查"))

    def rebuild(self) -> None:
        """Make every summary anew."""

        def work(workspace: Any, progress: Any) -> Any:
            from zq_grid import rebuilding

            with workspace.write() as session:
                return rebuilding.rebuild(session, progress)

        def done(count: int) -> None:
            self.said.setText(tr("已重建 {n} 件", n=f"{count:,}"))
            self._idle()

        self._start(work, done, tr("重建汇总"))

    def begin(self) -> None:
        """Begin with the sample."""
        self.quick.setFocus()


class About(Part):
    """Which program, which store, whose."""

    def build(self) -> None:
        """Make room for the lines."""
        self.card = Card(tr("颛桥网格"), padded=True)
        self.lines = label("", "quiet", wrap=True)
        self.card.body.addWidget(self.lines)
        self.card.body.addWidget(
            label(tr("所用开源组件及许可见随程序的 THIRD-PARTY.md。"), "hint", wrap=True)
        )
        self.setLayout(column(self.card, None))

    def refresh(self) -> None:
        """Ask the store about itself."""

        def work(workspace: Any, _progress: Any) -> Any:
            from zq_grid import VERSION

            file = workspace.engine.dialect.name == "sqlite"
            path = workspace.folder / "store.db"
            with workspace.read() as session:
                station = session.catalogue.name("station", session.station)
                edition = session.catalogue.edition
            return {
                "version": VERSION,
                "station": station,
                "practice": workspace.practice,
                "where": str(workspace.folder) if file else "PostgreSQL",
                "size": path.stat().st_size if file else 0,
                "created": int(workspace.info.get("created", 0)),
                "edition": edition,
                "device": workspace.device.id,
            }

        self.context.worker.ask(work, self._show, key="settings-about", owner=self)

    def _show(self, found: dict[str, Any]) -> None:
        now = self.context.clock()
        told = [
            tr("程序版本 {n}", n=found["version"]),
            tr("站点：{name}", name=found["station"]) + (tr("（练习）") if found["practice"] else ""),
            tr("数据：{where}", where=found["where"])
            + (tr("（{size}）", size=_size(found["size"])) if found["size"] else ""),
            tr("建立：{when}", when=moment(found["created"], now)),
            tr("事项目录第 {n} 版", n=found["edition"]),
            tr("本机签名编号 {id}", id=found["device"]),
        ]
        self.lines.setText("\n".join(told))


def _size(count: int) -> str:
    return f"{count / 1024 / 1024:,.1f} MB" if count >= 1024 * 1024 else f"{count / 1024:,.0f} KB"
