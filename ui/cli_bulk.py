"""Commands on many cases: bulk, and undo, which takes back a bulk act, an import, a hand-over or one's last act."""

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from ui import case_filters
from ui.cli_import import interruptible
from ui.console import REFUSED, Console, listed, pairs, time_of
from zq_grid import bulk_acts, undoing, views, visible, words
from zq_grid.bulk_acts import Choice, Line, Told
from zq_grid.errors import Refused
from zq_grid.manner import Manner
from zq_grid.progress import Progress
from zq_grid.refusals import ONE, sentence

SHOWN = 20


def progress_of(console: Console) -> Progress:
    """Say how far the work is, where somebody watches."""
    if console.json or not sys.stderr.isatty():
        return Progress()

    def say(done: int, total: int, what: str) -> None:
        print(f"\r{words.working(what, console.lang)} {done}/{total} ", end="", file=sys.stderr)

    return Progress(say)


@case_filters.filtered
def bulk(
    context: typer.Context,
    step: str,
    filters: dict[str, Any],
    field: Annotated[list[str] | None, typer.Option("--field", help="k=v，可重复 / may be repeated")] = None,
    number: Annotated[
        list[str] | None, typer.Option("--number", help="编号，可重复 / may be repeated")
    ] = None,
    numbers_from: Annotated[
        Path | None, typer.Option("--numbers-from", help="每行一个编号，- 为标准输入 / one number a line")
    ] = None,
    preview: Annotated[
        bool, typer.Option("--preview", help="只看会怎样 / only say what would be done")
    ] = False,
    token: Annotated[str, typer.Option(help="预览给出的令牌 / of a preview: leave out what changed")] = "",
    yes: Annotated[bool, typer.Option("--yes", help="不再询问 / don't ask")] = False,
    at: Annotated[str | None, typer.Option(help="实际时间 / when it was done")] = None,
    behalf: Annotated[str, typer.Option("--on-behalf-of", help="代谁记录 / recorded for whom")] = "",
) -> None:
    """对选中的案件成批做一步 / take one step on a selection of cases."""
    console: Console = context.obj
    if preview and yes:
        raise Refused("wrong_use", "both", fault="--preview | --yes")
    numbers = [*(number or []), *(_numbers(numbers_from) if numbers_from else [])]
    if numbers and filters:
        fault = "--number | --numbers-from | " + " ".join(f"--{name}" for name in filters)
        raise Refused("wrong_use", "numbers or filters", fault=fault)
    if (numbers_from or number) and not numbers:
        raise Refused("bulk_none", "no numbers")
    given = pairs(field or [], "--field")
    manner = None
    if at is not None or behalf:
        when = time_of(at, "--at") if at is not None else (0, False)
        manner = Manner(*when, behalf)
    progress = progress_of(console)
    with interruptible(progress), console.workspace() as workspace:
        with workspace.read() as session:
            choice = Choice(numbers=tuple(numbers), filters=case_filters.settle(session, filters))
        if not yes:
            with workspace.read() as session:
                seen = bulk_acts.preview(session, choice, step, given, manner=manner, progress=progress)
            if preview:
                console.answer(
                    _json(seen, console.lang, preview=True), _said(seen, console.lang, preview=True)
                )
                return
            if not seen.taken:
                console.answer(_json(seen, console.lang), _said(seen, console.lang))
                refuse_all(console, seen)
            confirm(console, _said(seen, console.lang, preview=True), len(seen.taken))
            token = token or seen.token
        with workspace.write() as session:
            done = bulk_acts.act(session, choice, step, given, manner=manner, token=token, progress=progress)
    console.answer(_json(done, console.lang), _said(done, console.lang))
    refuse_all(console, done)


def refuse_all(console: Console, told: Told) -> None:
    """End with exit code 1, and say so, where not one case could take the step.

    Raises:
        typer.Exit: there is nothing that was done; what was refused has been answered.
    """
    if told.taken:
        return
    count = f"{len(told.lines):,}"
    console.note(
        console.either(
            f"{count} 件都没有办成，什么也没有改动；原因见每一件后面。",
            f"Not done for any of {count} {'case' if count == '1' else 'cases'}; nothing was changed. "
            "Why is said of each.",
        )
    )
    raise typer.Exit(REFUSED)


def _numbers(path: Path) -> list[str]:
    """Read case numbers: the first word of each line of a file, or of standard input."""
    try:
        raw = sys.stdin.buffer.read() if str(path) == "-" else path.read_bytes()
    except FileNotFoundError as error:
        raise Refused("file_missing", "no such file", name=str(path)) from error
    except OSError as error:
        raise Refused("numbers_unreadable", str(error), file=str(path)) from error
    for coding in ("utf-8-sig", "gb18030"):
        try:
            lines = raw.decode(coding).splitlines()
        except UnicodeDecodeError:
            continue
        return [words[0] for line in lines if (words := line.replace(",", " ").split())]
    raise Refused("numbers_unreadable", "no text", file=str(path))


def confirm(console: Console, said: str, count: int) -> None:
    """Show what would be done and ask; where nobody can answer, refuse.

    Raises:
        Refused: "bulk_confirm".
    """
    if console.json or not sys.stdin.isatty():
        raise Refused("bulk_confirm", "not confirmed", count=f"{count:,}")
    console.note(said)
    console.ask(console.either("执行？输入 y 确认：", "Do it? Type y: "))
    if sys.stdin.readline().strip().lower() not in {"y", "yes", "是"}:
        raise Refused("bulk_confirm", "not confirmed", count=f"{count:,}")


def refused_lines(lines: Sequence[Line], lang: str) -> list[dict[str, Any]]:
    """Return the cases left out: number, code and sentence."""
    return [
        {"number": line.number, "code": line.refusal.code, "reason": sentence(line.refusal, lang, ending=ONE)}
        for line in lines
        if line.refusal is not None
    ]


def _json(told: Told, lang: str, *, preview: bool = False) -> dict[str, Any]:
    return {
        "step": told.step,
        "preview": preview,
        "batch": told.batch,
        "token": told.token,
        "total": len(told.lines),
        "taken": len(told.taken),
        "steps": told.steps,
        "cases": [_line(line) for line in told.taken],
        "refused": refused_lines(told.refused, lang),
    }


def _line(line: Line) -> dict[str, Any]:
    found: dict[str, Any] = {"number": line.number, **line.facts}
    for name, said in (("joined", line.joined), ("skipped", line.skipped)):
        if said:
            found[name] = list(said)
    if line.with_:
        found["with"] = line.with_
    return found


def _said(told: Told, lang: str, *, preview: bool = False) -> str:
    step = words.say(words.STEPS, told.step, lang)
    taken, refused = len(told.taken), len(told.refused)
    if lang == "en":
        cases = "1 case" if taken == 1 else f"{taken:,} cases"
        lines = [f"{step}: {cases}{' would get it' if preview else ''}, {refused:,} left out"]
    else:
        lines = [f"{step}：{'将写入' if preview else '已写入'} {taken:,} 件，不能写入 {refused:,} 件"]
    if more := told.steps - taken:
        lines.append(
            f"+ {more:,} 件并单工单" if lang == "zh" else f"+ {more:,} joined order{'' if more == 1 else 's'}"
        )
    if told.batch:
        undo = f"zq-grid undo {told.batch}"
        lines.append(f"批次 {told.batch}（撤销：{undo}）" if lang == "zh" else f"batch {told.batch} ({undo})")
    lines += [f"  {one['number']}: {one['reason']}" for one in refused_lines(told.refused[:SHOWN], lang)]
    if refused > SHOWN:
        lines.append(f"  … {refused - SHOWN:,}")
    return "\n".join(lines)


# taking back ---------------------------------------------------------------------------------


def undo(
    context: typer.Context,
    named: Annotated[
        str | None,
        typer.Argument(help="批次或步骤；不填为自己的上一次操作 / batch or step; else one's last act"),
    ] = None,
    also_acted: Annotated[
        bool, typer.Option(help="连同已办理的一起撤销 / with those acted on since")
    ] = False,
    list_: Annotated[
        bool, typer.Option("--list", help="列出最近 20 次操作 / show one's last 20 acts")
    ] = False,
) -> None:
    """撤销一批、一步，或自己的上一次操作 / take back a batch, a step, or one's last act."""
    console: Console = context.obj
    lang = console.lang
    if (list_ and (named is not None or also_acted)) or (also_acted and named is None):
        raise Refused("wrong_use", "undo", fault="undo | undo BATCH|ACT|STEP [--also-acted] | undo --list")
    if list_:
        _list(console)
        return
    progress = progress_of(console)
    with interruptible(progress), console.workspace() as workspace:
        if named is None:
            with workspace.read() as session:
                last = undoing.last(session, lang=lang)
            if last is not None:
                console.note(f"撤销：{last.said}" if lang == "zh" else f"taking back: {last.said}")
        with workspace.write() as session:
            done = (
                undoing.undo_last(session, lang=lang, progress=progress)
                if named is None
                else undoing.undo(session, named, also_acted=also_acted, lang=lang, progress=progress)
            )
    result = {
        "name": done.name,
        "kind": done.kind,
        "said": done.said,
        "cases": done.cases,
        "retracted": done.retracted,
        "numbers": list(done.numbers),
        "kept": list(done.kept),
    }
    console.answer(result, _undone(done, lang))


def _undone(done: undoing.Undone, lang: str) -> str:
    kept = listed(done.kept[:SHOWN], lang) + (" …" if len(done.kept) > SHOWN else "")
    if lang == "en":
        cases = "1 case" if done.cases == 1 else f"{done.cases:,} cases"
        taken = "1 step" if done.retracted == 1 else f"{done.retracted:,} steps"
        said = f"Taken back: {done.said} ({cases}, {taken})"
        return f"{said}; kept, acted on since: {kept}" if kept else said
    said = f"已撤销：{done.said}（{done.cases:,} 件，{done.retracted:,} 步）"
    return f"{said}；已办理而保留：{kept}" if kept else said


def _list(console: Console) -> None:
    lang = console.lang
    with console.reading() as session:
        found = list(undoing.acts(session, lang=lang))
    if console.json:
        rows = [
            {
                "name": one.name,
                "kind": one.kind,
                "at": views.moment(one.at),
                "said": one.said,
                "cases": one.cases,
                "undone": one.undone,
            }
            for one in found
        ]
        console.answer({"acts": rows})
        return
    if not found:
        console.say(console.either("最近没有可以撤销的操作", "Nothing lately that can be taken back"))
    for one in found:
        at = (views.moment(one.at) or "")[:16].replace("T", " ")
        mark = "" if not one.undone else "（已撤销）" if lang == "zh" else " (taken back)"
        console.say(f"{at}  {visible.fact(one.said)}{mark}  {one.name}")


COMMANDS: dict[str, Callable[..., None]] = {"bulk": bulk, "undo": undo}
