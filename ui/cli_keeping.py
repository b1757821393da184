"""Commands that keep a store whole: backup, restore, check, rebuild, self-test."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from ui.console import REFUSED, Console
from zq_grid import rebuilding
from zq_grid.progress import Progress
from zq_grid.words import FINDINGS, say


def backup(
    context: typer.Context, out: Annotated[Path | None, typer.Option(help="存到 / where to")] = None
) -> None:
    """备份 / a copy that was opened and checked. The key file is needed with it."""
    from zq_grid import keeping

    console: Console = context.obj
    with console.workspace() as workspace:
        made = keeping.backup(workspace, out)
        if out is None:
            keeping.prune(workspace.folder)
    said = (
        f"已备份：{made}（恢复时还需要密钥文件 key）"
        if console.lang == "zh"
        else f"Backed up: {made} (keep the key file)"
    )
    console.answer({"out": str(made), "bytes": made.stat().st_size}, said)


def restore(context: typer.Context, source: Path) -> None:
    """从备份恢复 / put a backup in place; the store it replaces is kept beside it."""
    from zq_grid import keeping

    console: Console = context.obj
    kept = keeping.restore(console.folder, source, clock=console.clock, url=console.url)
    said = (
        f"已恢复；原数据保留为 {kept}"
        if console.lang == "zh"
        else f"Restored; the old store was kept as {kept}"
    )
    console.answer({"restored": str(source), "kept": str(kept) if kept else None}, said)


def check(
    context: typer.Context,
    deep: Annotated[bool, typer.Option("--deep", help="逐件核对 / every case")] = False,
) -> None:
    """核对：链、签名、汇总、检索、四率 / prove chains, signatures, summaries, search, rates."""
    from zq_grid import checking

    console: Console = context.obj
    with console.workspace() as workspace:
        found = checking.check(workspace, deep=deep)
    rows = [{"code": one.code, "subject": one.subject, "facts": dict(one.facts)} for one in found.findings]
    if console.lang == "zh":
        said = f"{found.steps:,} 步，{found.cases:,} 件：" + (f"{len(rows)} 处异常" if rows else "全部一致")
    else:
        said = f"{found.steps:,} steps, {found.cases:,} cases: " + (
            f"{len(rows)} findings" if rows else "all agree"
        )
    said += "".join(
        f"\n  {say(FINDINGS, one.code, console.lang)}: {one.subject}" for one in found.findings[:50]
    )
    console.answer({"steps": found.steps, "cases": found.cases, "findings": rows}, said)
    if rows:
        raise typer.Exit(REFUSED)


def rebuild(context: typer.Context) -> None:
    """由步骤重建全部汇总 / drop every summary and read it from the log again."""
    console: Console = context.obj
    with console.writing() as session:
        count = rebuilding.rebuild(session, Progress())
    console.answer(
        {"cases": count}, f"已重建 {count:,} 件" if console.lang == "zh" else f"Rebuilt {count:,} cases"
    )


def self_test(context: typer.Context) -> None:
    """自检：在临时文件夹里走完一遍 / do the whole job once in a temporary folder."""
    import tempfile

    from ui import shots
    from zq_grid import selftest

    console: Console = context.obj
    with tempfile.TemporaryDirectory(prefix="zq-grid-") as name:
        done = selftest.run(Path(name))
        pages = shots.pictures(Path(name) / "data", Path(name) / "pages")
        done.append(f"窗口 window ({len(pages)})")
    # each is named in both languages: 建立数据 create
    shown = [console.either(one, one.partition(" ")[2]) for one in done]
    console.answer({"done": done}, "\n".join(f"✓ {one}" for one in shown))


COMMANDS: dict[str, Callable[..., None]] = {
    "backup": backup,
    "restore": restore,
    "check": check,
    "rebuild": rebuild,
    "self-test": self_test,
}
