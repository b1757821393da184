"""Undo from the window: what the last act was is said, it is taken back, and the table says so."""

from typing import Any

from ui.context import Context
from ui.tr import tr


def undo_last(context: Context) -> None:
    """Take back the last act of whoever works here, and say what it was."""

    def work(workspace: Any, _progress: Any) -> Any:
        from zq_grid import undoing

        with workspace.write() as session:
            return undoing.undo_last(session)

    def done(undone: Any) -> None:
        context.window.say(tr("已撤销：{what}（{count} 件）", what=undone.said, count=undone.cases))

    context.worker.act(work, done, title=tr("撤销"))
