"""The command `duplicates`: cases that may be about the same matter, for one case, for one not yet saved, for a period."""

import sys
from collections.abc import Callable, Sequence
from functools import partial
from typing import Annotated, Any

import typer

from ui.console import Console, time_of
from zq_grid import cases, duplicates, views, visible, words
from zq_grid.duplicates import Candidate, Group
from zq_grid.errors import Refused
from zq_grid.progress import Progress
from zq_grid.rules import worktime
from zq_grid.rules.lifecycle import OPEN
from zq_grid.rules.text import hide_personal

SHOWN = 40


def duplicates_(
    context: typer.Context,
    number: Annotated[str | None, typer.Argument(help="编号 / number of a case")] = None,
    text: Annotated[str, typer.Option(help="内容 / what was said")] = "",
    place: Annotated[str, typer.Option(help="地址 / address")] = "",
    phone: Annotated[str, typer.Option(help="电话 / the caller's phone")] = "",
    order: Annotated[str, typer.Option(help="工单编号 / order number")] = "",
    type_: Annotated[str, typer.Option("--type", help="事项类型 / case type")] = "",
    at: Annotated[str | None, typer.Option(help="反映时间 / when it was reported")] = None,
    since: Annotated[str | None, typer.Option(help="查一段时间：起 / a period: from")] = None,
    until: Annotated[str | None, typer.Option(help="止（不含） / to, exclusive")] = None,
    limit: Annotated[int, typer.Option(min=1, max=50, help="最多几件 / at most")] = duplicates.MOST,
    least: Annotated[int, typer.Option(min=1, max=100, help="最低分 / lowest score")] = duplicates.LEAST,
) -> None:
    """查重：可能重复的案件 / cases that may be about the same matter."""
    console: Console = context.obj
    said = bool(text or place or phone or order)
    if (number is not None) + said + (since is not None) != 1:
        fault = "duplicates NUMBER | --text … --place … --phone … --order … | --since DATE [--until DATE]"
        raise Refused("wrong_use", "one of three", fault=fault)
    if (until is not None and since is None) or ((type_ or at is not None) and not said):
        raise Refused("wrong_use", "beside", fault="--until: --since; --type, --at: --text … --place …")
    with console.reading() as session:
        if type_:
            cases.type_entry(session.catalogue, type_)
        if since is not None:
            _period(console, session, since, until, least)
            return
        if number is not None:
            found = duplicates.of_case(session, cases.find(session, number), limit=limit, least=least)
        else:
            found = duplicates.candidates(
                session,
                text=text,
                place=place,
                phone=phone,
                order_number=order,
                type_=type_,
                received_at=time_of(at, "--at")[0] if at is not None else None,
                limit=limit,
                least=least,
            )
        result: dict[str, Any] = {"number": number} if number else {}
        lines = [sentence(one, console.lang) for one in found]
        nothing = "没有发现可能重复的案件。" if console.lang == "zh" else "No case looks like a repeat."
        console.answer({**result, "duplicates": rows(found)}, "\n".join(lines) or nothing)


def rows(found: Sequence[Candidate]) -> list[dict[str, Any]]:
    """Return candidates as JSON has them; `why` is the first of the reasons."""
    return [
        {
            "number": one.number,
            "stage": one.stage,
            "type": one.type,
            "place": one.place,
            "text": hide_personal(one.text),
            "received": views.moment(one.received_at),
            "score": one.score,
            "why": one.why,
            "reasons": list(one.reasons),
            "joined": one.joined,
            "linked": one.linked,
        }
        for one in found
    ]


def sentence(one: Candidate, lang: str = "zh") -> str:
    """Return one candidate as a line for people: number, stage, score and reasons."""
    stage, reasons = words.say(words.STAGES, one.stage, lang), reasons_in_words(one.reasons, lang)
    if lang == "en":
        tied = "; handled together" if one.joined else "; linked" if one.linked else ""
        return f"may repeat {one.number} ({stage}, {one.score}: {reasons}{tied})"
    tied = "；已并单" if one.joined else "；已关联" if one.linked else ""
    return f"可能重复：{one.number}（{stage}，{one.score} 分：{reasons}{tied}）"


def reasons_in_words(reasons: Sequence[str], lang: str = "zh") -> str:
    """Return why two cases look alike, in words."""
    said = [words.say(words.REPEATS, reason, lang) for reason in reasons or ("several_signs",)]
    return "、".join(said) if lang == "zh" else ", ".join(said)


def _period(console: Console, session: Any, since: str, until: str | None, least: int) -> None:
    start, end = time_of(since, "--since")[0], time_of(until, "--until")[0] if until is not None else None
    if end is not None and end <= start:
        raise Refused("period_empty", "ends before it begins")
    watched = not console.json and sys.stderr.isatty()
    progress = Progress(partial(_tell, console.lang)) if watched else Progress()
    found = duplicates.groups(session, since=start, until=end, least=least, progress=progress)
    console.answer({"groups": [_group(one) for one in found]}, _said(found, console.lang))


def _tell(lang: str, done: int, total: int, what: str) -> None:
    print(f"\r{words.working(what, lang)} {done}/{total} ", end="", file=sys.stderr)


def _group(group: Group) -> dict[str, Any]:
    stages = {one.number: one.stage for one in group.cases}
    cases_ = [
        {name: value for name, value in row.items() if name not in {"why", "reasons", "joined", "linked"}}
        for row in rows(group.cases)
    ]
    pairs = [
        {
            "number": pair.number,
            "other": pair.other,
            "score": pair.score,
            "reasons": list(pair.reasons),
            "can": _ways(stages.get(pair.number, ""), stages.get(pair.other, "")),
        }
        for pair in group.pairs
    ]
    return {"cases": cases_, "pairs": pairs}


def _ways(stage: str, other: str) -> list[str]:
    """Return how a pair may be settled: joined while both are open, linked or called distinct at any time."""
    return ["merge", "link", "distinct"] if {stage, other} <= OPEN else ["link", "distinct"]


def _said(found: Sequence[Group], lang: str) -> str:
    if not found:
        return "没有需要核对的重复案件。" if lang == "zh" else "Nothing to settle."
    lines = [f"{len(found)} 组可能重复：" if lang == "zh" else f"{len(found)} groups that may repeat:"]
    for nth, group in enumerate(found[:SHOWN], 1):
        lines.append(f"{nth}.")
        for one in group.cases:
            day = worktime.day_of(one.received_at).isoformat()
            stage = words.say(words.STAGES, one.stage, lang)
            text = visible.fact(hide_personal(one.text)[:40])
            lines.append(f"   {one.number}  {day}  {stage}  {visible.fact(one.place)}  {text}")
        lines += [
            f"   {pair.number} ~ {pair.other}  {pair.score}  {reasons_in_words(pair.reasons, lang)}"
            for pair in group.pairs
        ]
    if len(found) > SHOWN:
        lines.append(f"…（另有 {len(found) - SHOWN} 组）" if lang == "zh" else f"… {len(found) - SHOWN} more")
    return "\n".join(lines)


COMMANDS: dict[str, Callable[..., None]] = {"duplicates": duplicates_}
