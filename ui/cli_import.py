"""The command `import`: a stranger's workbook in, or a whole import taken back."""

import signal
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ui.console import Console, listed, pairs
from zq_grid import visible, words
from zq_grid.errors import Refused
from zq_grid.importing.sentences import sentence
from zq_grid.progress import Cancelled, Progress

if TYPE_CHECKING:
    from zq_grid.importing.run import Ran, Read

SHOWN = 20
WHY = {"told": ("指定", "told"), "profile": ("方案", "profile"), "guess": ("推测", "guess")}


def import_(
    context: typer.Context,
    file: Annotated[
        Path | None, typer.Argument(help="xlsx · xls · et · ods · csv · tsv · html · xml · mht")
    ] = None,
    profile: Annotated[str, typer.Option(help="导入方案 / import profile, by code or name")] = "",
    no_profile: Annotated[
        bool, typer.Option("--no-profile", help="不用也不记导入方案 / neither propose nor remember one")
    ] = False,
    save_profile: Annotated[
        str, typer.Option(help="把这次的读法记为方案 / remember this reading as NAME")
    ] = "",
    map_: Annotated[list[str] | None, typer.Option("--map", help="FIELD=HEADER")] = None,
    alias: Annotated[
        list[str] | None, typer.Option("--alias", help="FIELD:WORD=MEANING, 记住一个词 / teach a word")
    ] = None,
    answer: Annotated[
        list[str] | None,
        typer.Option("--answer", help="NUMBER=theirs|ours|keep, 答复待核对 / settle what was asked"),
    ] = None,
    sheet: Annotated[str | None, typer.Option(help="工作表 / sheet")] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="只试算，不写入 / only say what would be done")
    ] = False,
    rejects: Annotated[
        Path | None, typer.Option(help="未导入的行另存为 / workbook for rejected rows")
    ] = None,
    learn: Annotated[
        str | None, typer.Option(help="从这件的更正学词 / learn words from how a case was amended")
    ] = None,
    undo: Annotated[str | None, typer.Option(help="撤销一批 / take back a batch")] = None,
    also_acted: Annotated[
        bool, typer.Option(help="连同已办理的一起撤销 / with those acted on since")
    ] = False,
) -> None:
    """导入工单表 / import a workbook of orders."""
    console: Console = context.obj
    if sum(given is not None for given in (file, undo, learn)) != 1:
        fault = "import FILE | import --undo BATCH | import --learn NUMBER"
        raise Refused("wrong_use", "one of file, --undo, --learn", fault=fault)
    if undo is not None:
        _undo(console, undo, also_acted=also_acted)
    elif learn is not None:
        _learn(console, learn, dry_run=dry_run)
    elif file is not None:
        wanted: dict[str, Any] = {
            "profile": profile,
            "propose": not no_profile,
            "save_profile": save_profile,
            "overrides": pairs(map_ or [], "--map"),
            "answers": pairs(answer or [], "--answer"),
            "sheet": sheet,
            "rejects": rejects,
        }
        _import(console, file, alias or [], wanted, dry_run=dry_run)


def _import(
    console: Console, file: Path, taught: Sequence[str], wanted: Mapping[str, Any], *, dry_run: bool
) -> None:
    from zq_grid.importing import aliases, run

    progress = _progress(console)
    words_taught = [aliases.parse(said) for said in taught]
    with interruptible(progress), console.workspace() as workspace:
        done = run.run_file(
            workspace, file, taught=words_taught, dry_run=dry_run, progress=progress, **wanted
        )
    console.answer(_json(done, console.lang, dry_run=dry_run), _said(done, console.lang, dry_run=dry_run))


@contextmanager
def interruptible(progress: Progress) -> Iterator[None]:
    """While the block runs, Ctrl+C asks the work to stop before its next commit; a second one ends the program.

    Raises:
        Refused: "cancelled" when the work stopped; nothing was written.
    """

    def stop(_number: int, _frame: object) -> None:
        signal.signal(signal.SIGINT, before)
        progress.cancel()

    before: Any = signal.SIG_DFL
    mine = threading.current_thread() is threading.main_thread()
    if mine:
        before = signal.signal(signal.SIGINT, stop)
    try:
        yield
    except Cancelled:
        raise Refused("cancelled", "stopped by the person") from None
    finally:
        if mine:
            signal.signal(signal.SIGINT, before)


def _learn(console: Console, number: str, *, dry_run: bool) -> None:
    from zq_grid.importing import aliases

    with console.reading() if dry_run else console.writing() as session:
        found = aliases.learned(session, number)
        new = aliases.new_ones(session, found) if dry_run else aliases.define(session, found)
    result = {"number": number, "learned": [one._asdict() for one in new], "dry_run": dry_run}
    lang = console.lang
    shown = listed(
        (f"{words.say(words.FACTS, one.field, lang)} “{one.said}” → {one.means}" for one in new), lang
    )
    if console.lang == "en":
        said = f"Learned from {number}: {shown or 'nothing new'}"
    else:
        said = f"从 {number} 学到：{shown or '没有新词'}"
    console.answer(result, said)


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

    def say(done: int, total: int, what: str) -> None:
        print(f"\r{words.working(what, console.lang)} {done}/{total} ", end="", file=sys.stderr)

    return Progress(say)


def _json(done: "Ran", lang: str, *, dry_run: bool) -> dict[str, Any]:
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
        "rejected": [
            {"line": one.line, "code": one.code, "reason": sentence(one.code, one.facts, lang)}
            for one in done.rejected
        ],
        "problems": [one.words(lang) for one in done.problems],
        "proposed": [{"line": one.line, "number": one.number, "into": one.into} for one in done.proposed],
        "side_list": done.side_list,
        "dry_run": dry_run,
        **_read(done.read),
    }


def _read(read: "Read") -> dict[str, Any]:
    """Return how the file was read: sheet, profile, columns, words that nobody knows."""
    return {
        "sheet": read.sheet,
        "sheets": [
            {"name": one.name, "rows": one.rows, "fields": one.known} for one in read.sheets if one.visible
        ],
        "profile": read.profile,
        "saved_profile": read.saved,
        "columns": [
            {"header": one.header, "field": one.field, "why": one.why or None}
            for one in read.columns.columns
            if one.header or one.field
        ],
        "unknown_words": [{"field": one.field, "word": one.word, "rows": one.rows} for one in read.unknown],
        "aliases": [one._asdict() for one in read.aliases],
    }


def _said(done: "Ran", lang: str, *, dry_run: bool) -> str:
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
        fields = listed((words.say(words.FACTS, d.field, lang) for d in one.differences), lang)
        lines.append(f"  {one.line}: {visible.fact(one.number)} ≠ {fields}")
    lines += [f"  {one.line}: {sentence(one.code, one.facts, lang)}" for one in done.rejected[:SHOWN]]
    lines += [one.words(lang) for one in done.problems] + _reading(done.read, lang)
    return "\n".join(line for line in lines if line)


def _reading(read: "Read", lang: str) -> list[str]:
    """Return in words what a person should look at: columns told, guessed or unknown, the profile, unknown words."""
    zh = lang == "zh"
    taken = [
        f"{one.header} → {words.say(words.FACTS, str(one.field), lang)}"
        + (f"（{WHY[one.why][0]}）" if zh else f" ({WHY[one.why][1]})")
        for one in read.columns.columns
        if one.why in WHY
    ]
    unknown = [
        f"{words.say(words.FACTS, one.field, lang)} “{one.word}” × {one.rows}" for one in read.unknown[:SHOWN]
    ]
    said = (
        ("导入方案", "profile", [read.profile or ""]),
        ("已记为导入方案", "remembered as profile", [read.saved or ""]),
        ("对应的列", "columns taken as", taken),
        ("未识别的列（内容已保留）", "unknown columns, kept", list(read.columns.unknown)),
        ("未识别的词（内容已保留）", "unknown words, kept", unknown),
    )
    return [
        f"{chinese if zh else name}: {listed(found, lang)}" for chinese, name, found in said if any(found)
    ]


COMMANDS: dict[str, Callable[..., None]] = {"import": import_}
