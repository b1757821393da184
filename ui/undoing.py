"""Undo from the window: what the last act was is said, it is taken back, and the table says so."""

from collections.abc import Sequence
from typing import Any

from ui.context import Context
from ui.tr import language, tr


def undo_named(context: Context, names: Sequence[str]) -> None:
    """Take back acts by their names or the ids of their steps, the last one first, and say what they were."""

    def work(workspace: Any, _progress: Any) -> Any:
        from zq_grid import undoing

        with workspace.write() as session:
            return [undoing.undo(session, name, lang=language()) for name in reversed(names)]

    def done(undone: Any) -> None:
        cases = sum(one.cases for one in undone) if len(undone) == 1 else 1
        context.window.say(tr("已撤销：{what}（{count} 件）", what=undone[0].said, count=cases))

    context.worker.act(work, done, title=tr("撤销"))


def undo_last(context: Context) -> None:
    """Take back the last act of whoever works here, and say what it was."""

    def work(workspace: Any, _progress: Any) -> Any:
        from zq_grid import undoing

        with workspace.write() as session:
            return undoing.undo_last(session, lang=language())

    def done(undone: Any) -> None:
        context.window.say(tr("已撤销：{what}（{count} 件）", what=undone.said, count=undone.cases))

    context.worker.act(work, done, title=tr("撤销"))
