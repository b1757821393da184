"""Commands that keep a store whole: backup, restore, check, rebuild."""

from collections.abc import Callable

import typer

from ui.console import Console
from zq_grid import projection
from zq_grid.progress import Progress


def rebuild(context: typer.Context) -> None:
    """由步骤重建全部汇总 / drop every summary and read it from the log again."""
    console: Console = context.obj
    with console.writing() as session:
        count = projection.rebuild(session, Progress())
    console.answer({"cases": count}, f"已重建 {count} 件")


COMMANDS: dict[str, Callable[..., None]] = {"rebuild": rebuild}
