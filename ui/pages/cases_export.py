"""The list out to a workbook: how many rows, masked or not and why, where to; then with progress and a way to stop."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from ui import choosing
from ui.context import Context
from ui.shown import local
from ui.tr import language, tr
from ui.widgets.basics import button, column, label, line, row
from ui.widgets.fields import Form, Spec
from ui.widgets.overlay import Overlay


class Export(Overlay):
    """Asks what is needed and writes the file."""

    def __init__(self, window: QWidget, context: Context) -> None:
        super().__init__(window, width=560)
        self._context = context
        self._filters: dict[str, Any] = {}
        self._sort, self._total = "newest", 0
        self.title = label("", "large")
        masks = (("masked", tr("遮蔽")), ("open", tr("不遮蔽")))
        self.form = Form(
            (
                Spec("path", tr("存到"), "text", needed=True),
                Spec("mask", tr("姓名、电话、门牌"), "choice", masks, needed=True),
                Spec("reason", tr("为什么要看全"), "text", needed=True, show_when={"mask": "open"},
                     hint=tr("会先记下谁、为什么、导出多少件，再写文件。")),
            )
        )  # fmt: skip
        self.form.entered.connect(self.write)
        self.form.changed.connect(self._resize)
        browse = button(tr("浏览…"), self._browse)
        self.does = button(tr("导出"), self.write, look="primary")
        away = button(tr("取消"), self.close_panel, look="quiet")
        box = column(self.title, self.form, spacing=12, margins=(20, 16, 20, 14))
        self.body.addLayout(box)
        self.body.addWidget(line())
        self.body.addLayout(row(self.does, browse, None, away, margins=(20, 10, 20, 12)))

    def ask(self, filters: Mapping[str, Any], sort: str, total: int) -> None:
        """Ask for a list of so many cases."""
        self._filters, self._sort, self._total = dict(filters), sort, total
        self.title.setText(tr("导出 {n} 件", n=f"{total:,}"))
        day = f"{local(self._context.clock()):%Y%m%d}"
        proposed = Path.home() / f"{tr('案件')}-{day}.xlsx"
        self.form.set_values({"path": str(proposed), "mask": "masked", "reason": ""})
        self.open()
        self.form.begin()

    def _resize(self) -> None:
        self.panel.adjustSize()

    def _browse(self) -> None:
        name = str(self.form.fields["path"].value())
        chosen = choosing.to_write(self, tr("导出"), name, tr("表格") + " (*.xlsx *.csv)")
        if chosen is not None:
            self.form.set_values({"path": str(chosen)})

    def write(self) -> None:
        """Write the file beside the window."""
        values = self.form.values()
        unmask = values.get("mask") == "open"
        missing = [key for key in ("path", "mask") if not values.get(key)]
        if unmask and not values.get("reason"):
            missing.append("reason")
        if missing:
            self.form.problems(dict.fromkeys(missing, tr("必填")))
            return
        path, reason = Path(str(values["path"])).expanduser(), str(values.get("reason", ""))
        filters, sort, lang = self._filters, self._sort, language()

        def work(workspace: Any, progress: Any) -> Any:
            from zq_grid import exports, reveals

            leave = None
            if unmask:
                with workspace.write() as session:
                    leave = reveals.reveal_list(session, reason=reason, filters=filters)
            with workspace.read() as session:
                return exports.cases(
                    session, path, sort=sort, revealed=leave, lang=lang, progress=progress, **filters
                )

        def done(made: Any) -> None:
            said = tr("已导出 {n} 件到 {path}", n=f"{made.rows:,}", path=str(made.path))
            self._context.window.say(said, longer=True)

        self._context.worker.act(work, done, title=tr("导出 {n} 件", n=f"{self._total:,}"))
        self.close_panel()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter writes."""
        from PySide6.QtCore import Qt

        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self.write()
        else:
            super().keyPressEvent(event)
