"""Commands on cases: log, act, show, replay, steps, clocks."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from ui import cli_duplicates
from ui.console import Console, listed, pairs, time_of
from zq_grid import cases, duplicates, photos, place_memory, registering, together, views, visible, words
from zq_grid.catalogue import Catalogue
from zq_grid.errors import Refused
from zq_grid.places import Place

Field = Annotated[list[str] | None, typer.Option("--field", help="k=v，可重复 / may be repeated")]


def log(
    context: typer.Context,
    type_: Annotated[str, typer.Option("--type", help="事项类型 / case type")],
    place: Annotated[str, typer.Option(help="地址 / address")] = "",
    text: Annotated[str, typer.Option(help="内容 / what was said")] = "",
    kind: Annotated[str | None, typer.Option()] = None,
    source: Annotated[str | None, typer.Option()] = None,
    order: Annotated[str | None, typer.Option(help="工单编号 / order number")] = None,
    reporter: Annotated[str | None, typer.Option()] = None,
    phone: Annotated[str | None, typer.Option()] = None,
    at: Annotated[str | None, typer.Option(help="反映时间 / when it was reported")] = None,
    behalf: Annotated[str, typer.Option("--on-behalf-of", help="代谁记录 / recorded for whom")] = "",
    field: Field = None,
) -> None:
    """登记一件新案件 / log a new case."""
    console: Console = context.obj
    facts: dict[str, Any] = {
        "type": type_,
        "place": place,
        "text": text,
        "kind": kind,
        "source": source,
        "order_number": order,
        "reporter": reporter,
        "phone": phone,
        **pairs(field or [], "--field"),
    }
    when = time_of(at, "--at") if at is not None else (None, False)
    with console.workspace() as workspace:
        with workspace.write() as session:
            told = registering.register(session, facts, did_at=when[0], day_only=when[1], on_behalf_of=behalf)
        made = told.logged
        with workspace.read() as session:
            clocks = views.clocks_of(session, [made.subject], console.lang)
            near = duplicates.of_case(session, made.subject)
            result = {
                "number": made.number,
                "grid": made.step.body.get("grid"),
                "neighbourhood": made.step.body.get("neighbourhood"),
                "unit": made.unit,
                "clocks": clocks,
                "duplicates": cli_duplicates.rows(near),
                "candidates": _candidates(made.place),
                "linked": list(told.linked),
            }
            titles = ("已登记 ", "派至建议：", "责任网格：")
            if console.lang != "zh":
                titles = ("Logged ", "Proposed unit: ", "Grid: ")
            grid = made.step.body.get("grid")
            names = [session.catalogue.name(k, c) or "—" for k, c in (("unit", made.unit), ("grid", grid))]
            said = [title + found for title, found in zip(titles, [made.number, *names], strict=True)]
            said += [clock["explanation"] for clock in clocks]
            if told.linked:
                linked = listed(told.linked, console.lang)
                said.append(console.either(f"已关联催单：{linked}", f"Linked reminders: {linked}"))
            said += [cli_duplicates.sentence(one, console.lang) for one in near]
    console.answer(result, "\n".join(said))


def _candidates(place: Place) -> list[dict[str, Any]]:
    if place.certain or not place.candidates:
        return []
    return [{"name": c.name, "neighbourhood": c.neighbourhood, "grid": c.grid} for c in place.candidates]


def act(
    context: typer.Context,
    number: str,
    step: str,
    field: Field = None,
    file: Annotated[Path | None, typer.Option(help="附件 / file to attach")] = None,
    at: Annotated[str | None, typer.Option(help="实际时间 / when it was done")] = None,
    behalf: Annotated[str, typer.Option("--on-behalf-of", help="代谁记录 / recorded for whom")] = "",
) -> None:
    """对案件做一步 / take any step on a case."""
    console: Console = context.obj
    given: dict[str, Any] = pairs(field or [], "--field")
    when = time_of(at, "--at") if at is not None else (None, False)
    with console.workspace() as workspace:
        if file is not None:
            given = {**photos.keep(workspace, file), **given}
        with workspace.write() as session:
            done = together.act(
                session, number, step, given, did_at=when[0], day_only=when[1], on_behalf_of=behalf
            )
            moved = step == "amend" and given.keys() & set(place_memory.TARGETS)
            worth = place_memory.proposal(session, done.number) if moved else None
    result: dict[str, Any] = {"number": done.number, "step": done.step.id, "stage": done.stage}
    for name, found in (("joined", done.joined), ("skipped", done.skipped), ("made", done.made)):
        if found:
            result[name] = list(found)
    if done.proposes:
        result["proposes"] = done.proposes
    if worth:
        result["remember"] = {"said": worth.said, worth.kind: worth.target, "alike": worth.alike}
    lang = console.lang
    said = f"{done.number} {words.say(words.STEPS, step, lang)} → {words.say(words.STAGES, done.stage, lang)}"
    if done.joined:
        numbers = listed(done.joined, lang)
        said += console.either(f"（同步写入并单工单：{numbers}）", f" (also on the joined orders {numbers})")
    if done.skipped:
        numbers = listed(done.skipped, lang)
        said += console.either(f"（未写入：{numbers}）", f" (not on {numbers})")
    if done.proposes:
        step = words.say(words.STEPS, done.proposes, lang)
        said += console.either(f"；建议：{step}", f"; proposed: {step}")
    if worth:
        said += console.either(
            f"；可记住（places set）：{worth.said} → {worth.name}，另有 {worth.alike} 件相同地点",
            f"; worth remembering (places set): {worth.said} → {worth.name}, {worth.alike} more at that place",
        )
    console.answer(result, said)


HIDDEN = frozenset({"place_key", "micro_grid", "lon", "lat", "number"})
NAMED = {"neighbourhood": "neighbourhood", "grid": "grid", "estate": "estate", "unit": "unit", "type": "type"}
NAMED |= {"worker": "worker", "assisting": "unit"}


def show(context: typer.Context, number: str) -> None:
    """显示一件案件 / show one case."""
    console: Console = context.obj
    with console.reading() as session:
        subject, state = cases.show(session, number)
        known = session.catalogue.with_places(session.db)
        shown = views.case(session, subject, state, lang=console.lang)
    if console.json:
        console.answer(shown)
        return
    lang = console.lang
    stage, light = (
        words.say(words.STAGES, shown["stage"], lang),
        words.say(words.LIGHTS, shown["light"], lang),
    )
    console.say(f"{shown['number']}  {stage}  {light}")
    for name, found in shown["facts"].items():
        if name not in HIDDEN:
            console.say(
                f"  {words.say(words.FACTS, name, lang)}: {visible.fact(_fact(known, name, found, lang))}"
            )
    for one in shown["clocks"]:
        console.say(f"  ◷ {one['explanation']}")
    for one in shown["steps"]:
        mark = " ✗" if one.get("retracted") else ""
        told = {k: v for k, v in one["body"].items() if one["kind"] != "log" and k != "precision"}
        body = ("; " if lang == "en" else "；").join(
            f"{words.say(words.FACTS, k, lang)} {visible.fact(_fact(known, k, v, lang))}"
            for k, v in told.items()
        )
        console.say(
            f"  {one['did_at'][:16].replace('T', ' ')}  {words.say(words.STEPS, one['kind'], lang)}{mark}  {body}".rstrip()
        )
    for clash in shown["clashes"]:
        values = " / ".join(str(v["value"]) for v in clash["values"])
        title = "待核对差异" if lang == "zh" else "To settle"
        console.say(f"  {title} {words.say(words.FACTS, clash['field'], lang)}: {visible.fact(values)}")


def _fact(known: Catalogue, name: str, found: Any, lang: str) -> str:
    """Return a fact in words: names for codes, lists and tables in one line, times to the minute."""
    if isinstance(found, dict):
        colon, comma = (": ", ", ") if lang == "en" else ("：", "，")
        return comma.join(f"{key}{colon}{value}" for key, value in found.items())
    if isinstance(found, list):
        return listed((_fact(known, name, item, lang) for item in found), lang)
    said = str(found)
    if kind := NAMED.get(name):
        return known.name(kind, said, lang)
    if name.endswith(("_at", "_due")):
        return said[:16].replace("T", " ")
    if name in {"into", "to"} and said.startswith("case:"):
        return said.rpartition(":")[2]
    return said[:8] if name == "step" else words.value(name, said, lang)


def replay(context: typer.Context, file: Path) -> None:
    """练习：按自己的时间重放一段经过 / practice: tell a history line by line."""
    from zq_grid import practice

    console: Console = context.obj
    try:
        lines = sys.stdin if str(file) == "-" else file.read_text("utf-8").splitlines()
    except FileNotFoundError as error:
        raise Refused("file_missing", "no such file", name=str(file)) from error
    except OSError as error:
        raise Refused("file_locked", str(error), name=str(file)) from error
    except UnicodeDecodeError as error:
        raise Refused("file_encoding", str(error), name=str(file)) from error
    with console.writing() as session:
        told = practice.replay(session, lines, lang=console.lang)
    result = {"steps": told.steps, "refused": told.refused, "numbers": told.numbers}
    console.answer(
        result,
        console.either(
            f"写入 {told.steps} 步，拒绝 {len(told.refused)} 行",
            f"{told.steps} steps written, {len(told.refused)} lines refused",
        )
        + "".join(
            console.either(f"\n  第 {r['line']} 行：{r['reason']}", f"\n  line {r['line']}: {r['reason']}")
            for r in told.refused
        ),
    )


def steps(
    context: typer.Context,
    case: Annotated[str | None, typer.Option(help="只看一件 / of one case")] = None,
    since: Annotated[str | None, typer.Option(help="到达时间起 / arrived since")] = None,
) -> None:
    """输出步骤，每行一个 JSON / the log as JSON lines."""
    console: Console = context.obj
    with console.reading() as session:
        subject = cases.find(session, case) if case is not None else None
        console.lines(
            views.all_steps(
                session, subject=subject, since=time_of(since, "--since")[0] if since is not None else None
            )
        )


def clocks(
    context: typer.Context, case: Annotated[str | None, typer.Option(help="只看一件 / of one case")] = None
) -> None:
    """输出时限，每行一个 JSON / clocks as JSON lines."""
    console: Console = context.obj
    with console.reading() as session:
        subjects = [cases.find(session, case)] if case is not None else None
        console.lines(views.all_clocks(session, subjects, console.lang))


COMMANDS: dict[str, Callable[..., None]] = {
    "log": log,
    "act": act,
    "show": show,
    "replay": replay,
    "steps": steps,
    "clocks": clocks,
}
