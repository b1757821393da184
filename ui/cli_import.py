"""The command `import`: a stranger's workbook in, or a whole import taken back."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from ui.console import Console, pairs
from zq_grid import words
from zq_grid.errors import Refused
from zq_grid.importing.commit import Imported
from zq_grid.progress import Progress

SHOWN = 20


def import_(
    context: typer.Context,
    file: Annotated[Path | None, typer.Argument(help="xlsx · xls · et · ods · csv · tsv")] = None,
    profile: Annotated[str, typer.Option(help="导入方案 / import profile")] = "",
    map_: Annotated[list[str] | None, typer.Option("--map", help="FIELD=HEADER")] = None,
    sheet: Annotated[str | None, typer.Option(help="工作表 / sheet")] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="只试算，不写入 / only say what would be done")
    ] = False,
    rejects: Annotated[
        Path | None, typer.Option(help="未导入的行另存为 / workbook for rejected rows")
    ] = None,
    undo: Annotated[str | None, typer.Option(help="撤销一批 / take back a batch")] = None,
    also_acted: Annotated[
        bool, typer.Option(help="连同已办理的一起撤销 / with those acted on since")
    ] = False,
) -> None:
    """导入工单表 / import a workbook of orders."""
    console: Console = context.obj
    if (file is None) == (undo is None):
        raise Refused("wrong_use", "a file or --undo", fault="import FILE | import --undo BATCH")
    if undo is not None:
        _undo(console, undo, also_acted=also_acted)
    elif file is not None:
        _import(console, file, profile, pairs(map_ or [], "--map"), sheet, dry_run, rejects)


def _import(
    console: Console,
    file: Path,
    profile: str,
    overrides: dict[str, str],
    sheet: str | None,
    dry_run: bool,
    rejects: Path | None,
) -> None:
    from zq_grid.importing import run

    with console.workspace() as workspace:
        done = run.run_file(
            workspace,
            file,
            profile=profile,
            overrides=overrides,
            sheet=sheet,
            dry_run=dry_run,
            rejects=rejects,
            progress=_progress(console),
        )
    console.answer(_json(done, dry_run=dry_run), _said(done, console.lang, dry_run=dry_run))


def _undo(console: Console, batch: str, *, also_acted: bool) -> None:
    from zq_grid.importing import undo

    with console.writing() as session:
        done = undo.run(session, batch, also_acted=also_acted, progress=_progress(console))
    result = {"batch": done.batch, "retracted": done.retracted, "kept": list(done.kept)}
    if console.lang == "en":
        said = f"Batch {batch}: {done.retracted} steps taken back; kept: {', '.join(done.kept) or '—'}"
    else:
        said = f"已撤销批次 {batch}：{done.retracted} 步；已办理而保留：{'、'.join(done.kept) or '—'}"
    console.answer(result, said)


def _progress(console: Console) -> Progress:
    """Say how far the work is, where somebody watches."""
    if console.json or not sys.stderr.isatty():
        return Progress()
    return Progress(lambda done, total, what: print(f"\r{what} {done}/{total} ", end="", file=sys.stderr))


def _json(done: Imported, *, dry_run: bool) -> dict[str, Any]:
    return {
        "batch": done.batch,
        "rows": done.rows,
        "new": done.new,
        "amended": done.amended,
        "unchanged": done.unchanged,
        "linked": done.linked,
        "asked": [
            {
                "line": one.line,
                "number": one.number,
                "differences": [
                    {"field": d.field, "here": d.here, "there": d.there} for d in one.differences
                ],
            }
            for one in done.asked
        ],
        "rejected": [{"line": one.line, "code": one.code, "reason": one.sentence} for one in done.rejected],
        "problems": list(done.problems),
        "dry_run": dry_run,
    }


def _said(done: Imported, lang: str, *, dry_run: bool) -> str:
    counts = (
        ("rows", "共", done.rows),
        ("new", "新增", done.new),
        ("amended", "补充", done.amended),
        ("unchanged", "未变", done.unchanged),
        ("asked", "待核对", len(done.asked)),
        ("rejected", "未导入", len(done.rejected)),
        ("linked", "关联", done.linked),
    )
    head = " · ".join(f"{(chinese if lang == 'zh' else name)} {n:,}" for name, chinese, n in counts)
    trial = {"zh": "（试算，未写入）", "en": " (dry run, nothing written)"}[lang] if dry_run else ""
    batch = f"{'批次' if lang == 'zh' else 'batch'} {done.batch}" if done.batch else ""
    lines = [f"{head}{trial}", batch]
    for one in done.asked[:SHOWN]:
        fields = "、".join(words.say(words.FACTS, d.field, lang) for d in one.differences)
        lines.append(f"  {one.line}: {one.number} ≠ {fields}")
    lines += [f"  {one.line}: {one.sentence}" for one in done.rejected[:SHOWN]]
    return "\n".join(line for line in lines if line)


COMMANDS: dict[str, Callable[..., None]] = {"import": import_}
