"""Commands that let data out: lists and rates as files, what is masked for a reason, and who looked."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from ui import case_filters
from ui.console import Console, listed, time_of
from zq_grid import export_book, exports, lists, reveals, views, visible, words
from zq_grid import rates as figures
from zq_grid.errors import Refused
from zq_grid.exports import Exported
from zq_grid.reveals import Look

Out = Annotated[Path, typer.Option("--out", help=".xlsx | .csv")]
export = typer.Typer(
    name="export",
    help="导出清单和四率 / lists and rates as files",
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


@export.command("cases")
@case_filters.filtered
def cases(
    context: typer.Context,
    out: Out,
    filters: dict[str, Any],
    number: Annotated[
        list[str] | None, typer.Option("--number", help="编号，可重复 / may be repeated")
    ] = None,
    sort: Annotated[str, typer.Option(help=" | ".join(lists.SORTS))] = "newest",
    unmask: Annotated[
        bool, typer.Option("--unmask", help="不遮蔽个人信息，记录在案 / show, and record")
    ] = False,
    reason: Annotated[str, typer.Option(help="不遮蔽的理由 / why")] = "",
) -> None:
    """导出案件清单 / export every case that passes the filters."""
    console: Console = context.obj
    filters |= case_filters.numbers(number or [])
    if reason and not unmask:
        raise Refused("wrong_use", "a reason for nothing", fault="--unmask --reason TEXT")
    with console.workspace() as workspace:
        revealed = None
        with workspace.read() as session:
            filters = case_filters.settle(session, filters)
            lists.page(session, sort=sort, limit=0, **filters)
        if unmask:
            export_book.refuse(out)
            with workspace.write() as session:
                revealed = reveals.reveal_list(session, reason=reason, filters=filters)
        with workspace.read() as session:
            done = exports.cases(session, out, sort=sort, revealed=revealed, lang=console.lang, **filters)
    _answer(console, done, "件", "cases")


@export.command("rates")
def rates(
    context: typer.Context,
    from_: Annotated[str, typer.Option("--from", help="起（含） / first day")],
    to: Annotated[str, typer.Option("--to", help="止（不含） / day after the last")],
    out: Out,
    by: Annotated[str | None, typer.Option(help="|".join(figures.GROUPS))] = None,
    profile: Annotated[str, typer.Option(help="统计口径 / metric profile")] = "default",
    as_of: Annotated[str | None, typer.Option("--as-of", help="截至 / as known at")] = None,
) -> None:
    """导出四率 / export the rates, the whole town's and one row a group."""
    console: Console = context.obj
    asked: dict[str, Any] = {
        "start": time_of(from_, "--from")[0],
        "end": time_of(to, "--to")[0],
        "by": by,
        "profile_code": profile,
        "as_of": time_of(as_of, "--as-of")[0] if as_of is not None else None,
    }
    with console.reading() as session:
        done = exports.rates(session, out, lang=console.lang, **asked)
    _answer(console, done, "行", "rows")


def _answer(console: Console, done: Exported, chinese: str, english: str) -> None:
    result = {
        "out": str(done.path),
        "rows": done.rows,
        "sheets": done.sheets,
        "masked": done.masked,
        "shortened": done.shortened,
        "guarded": done.guarded,
        "confidential": done.secret,
    }
    if console.lang == "en":
        said = f"Exported {done.rows:,} {english}, all there are: {done.path}"
    else:
        said = f"已导出全部 {done.rows:,} {chinese}：{done.path}"
    console.answer(result, said)


def reveal(
    context: typer.Context,
    number: str,
    reason: Annotated[str, typer.Option(help="查看的理由，记录在案 / why, recorded")] = "",
    field: Annotated[list[str] | None, typer.Option(help=" | ".join(reveals.FIELDS))] = None,
) -> None:
    """查看一件案件诉求人的姓名和电话，记录在案 / show the caller of one case, and record who looked."""
    console: Console = context.obj
    with console.writing() as session:
        found = reveals.reveal(session, number, field or reveals.CALLER, reason)
    lang = console.lang
    said = [
        f"{words.say(words.FACTS, name, lang)}: {visible.fact(value)}" for name, value in found.values.items()
    ]
    said.append(f"已记录 {found.step[:8]}" if lang == "zh" else f"recorded as {found.step[:8]}")
    console.answer(
        {"number": found.number, "values": dict(found.values), "step": found.step}, "\n".join(said)
    )


def audit(
    context: typer.Context,
    since: Annotated[str | None, typer.Option(help="起 / since")] = None,
    number: Annotated[str | None, typer.Option(help="只看一件 / of one case")] = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000)] = 200,
) -> None:
    """谁查看过个人信息 / who looked at personal values, and why."""
    console: Console = context.obj
    at = time_of(since, "--since")[0] if since is not None else 0
    with console.reading() as session:
        if number is not None:
            found = tuple(look for look in reveals.looks_at(session, number) if look.at >= at)
            total, found = len(found), found[:limit]
        else:
            total, found = reveals.looks(session, since=at, limit=limit)
        names = {look.actor: session.catalogue.name("worker", look.actor) for look in found}
    if console.json:
        console.answer({"total": total, "reveals": [_json(look) for look in found]})
        return
    lang = console.lang
    titles = ("时间", "人员", "对象", "字段", "件数", "理由")
    if lang == "en":
        titles = ("When", "Who", "What", "Fields", "Cases", "Reason")
    console.table(titles, [_row(look, names, lang) for look in found])
    console.say(console.either(f"共 {total:,} 次", f"{total:,} in all"))


def _json(look: Look) -> dict[str, Any]:
    return {
        "at": views.moment(look.at),
        "actor": look.actor,
        "number": look.case,
        "fields": list(look.fields),
        "count": look.count,
        "filter": dict(look.filter),
        "reason": look.reason,
        "step": look.step,
    }


def _row(look: Look, names: dict[str, str], lang: str) -> tuple[str, ...]:
    many = "导出清单" if lang == "zh" else "a list"
    what = look.case or " ".join([many, *(f"{name}={said}" for name, said in look.filter.items())])
    fields = listed((words.say(words.FACTS, field, lang) for field in look.fields), lang)
    when = (views.moment(look.at) or "")[:16].replace("T", " ")
    who = f"{names[look.actor]} ({look.actor})" if lang == "en" else f"{names[look.actor]}（{look.actor}）"
    return when, who, what, fields, f"{look.count:,}", words.written(look.reason, lang)


COMMANDS: dict[str, Callable[..., None] | typer.Typer] = {"export": export, "reveal": reveal, "audit": audit}
