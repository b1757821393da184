"""Commands on the catalogue and on workspaces: init, define, retire, catalogue."""

import json
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from ui.console import Console, listed
from zq_grid import catalogue as catalogues
from zq_grid import entry_forms, rights, setup, visible, words
from zq_grid.errors import Refused


def init(
    context: typer.Context,
    town: Annotated[Path | None, typer.Option(help="本镇的 TOML / a town of one's own")] = None,
    practice: Annotated[
        bool, typer.Option(help="练习：可用 replay 和 --now / allows replay and --now")
    ] = False,
) -> None:
    """建立空的数据 / an empty workspace."""
    console: Console = context.obj
    if console.now is not None and not practice:
        raise Refused("only_practice", "--now", what="--now")
    found = setup.read_town(town) if town else None
    workspace = setup.new_workspace(
        console.folder, console.url, town=found, practice=practice, clock=console.clock
    )
    with workspace.read() as session:
        result = {
            "folder": str(console.folder),
            "station": workspace.station,
            "practice": workspace.practice,
            "worker": workspace.actor,
            "entries": {
                kind: len(session.catalogue.with_places(session.db).current(kind))
                for kind in catalogues.KINDS
            },
        }
    workspace.close()
    kind = console.either("练习" if practice else "正式", "practice" if practice else "in earnest")
    said = console.either(
        f"已建立：{console.folder}（{result['station']}，{kind}）",
        f"Set up: {console.folder} ({result['station']}, {kind})",
    )
    console.answer(result, said)


def define(context: typer.Context, kind: str, file: Path) -> None:
    """增加或修改目录项 / add or change an entry of the catalogue."""
    console: Console = context.obj
    given = _read(file)
    nested = given.get(kind)
    found = nested if isinstance(nested, list) else [nested if isinstance(nested, dict) else given]
    with console.writing() as session:
        saved = entry_forms.save(session, kind, found)
    codes = [one.code for one in saved]
    edition, renewed = saved[0].edition, saved[0].renewed
    result = {"kind": kind, "codes": codes, "edition": edition, "renewed": renewed}
    named = listed(codes, console.lang)
    said = console.either(
        f"已定义 {kind} {named}（目录第 {edition} 版），重算 {renewed} 件",
        f"Defined {kind} {named} (catalogue version {edition}), {renewed} cases worked out anew",
    )
    console.answer(result, said)


def _read(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text("utf-8"))
    except FileNotFoundError as error:
        raise Refused("file_missing", "no such file", name=str(file)) from error
    except OSError as error:
        raise Refused("path_unusable", str(error), path=str(file)) from error
    except ValueError as error:
        raise Refused("file_not_toml", str(error), file=str(file), fault=str(error)) from error


def retire(
    context: typer.Context,
    kind: str,
    code: str,
    by: Annotated[str, typer.Option("--superseded-by", help="由谁代替 / what takes its place")] = "",
) -> None:
    """停用目录项 / take an entry out of use."""
    console: Console = context.obj
    _refuse_unknown(kind)
    with console.writing() as session:
        rights.require_define(session, kind)
        known = session.catalogue.with_places(session.db)
        if by and (by == code or by not in known.current(kind)):
            raise Refused("entry_unknown", f"no other {kind} {by}", kind=kind, entry=by)
        step = catalogues.retire(session, kind, code, superseded_by=by)
    console.answer(
        {"kind": kind, "code": code, "step": step.id},
        console.either(f"已停用 {kind} {code}", f"Retired {kind} {code}"),
    )


def _refuse_unknown(kind: str) -> None:
    if kind not in catalogues.KINDS:
        raise Refused("kind_unknown", f"no kind {kind}", kind=kind, known="、".join(catalogues.KINDS))


def catalogue(context: typer.Context, kind: Annotated[str | None, typer.Argument()] = None) -> None:
    """显示现行目录 / show what is in force."""
    console: Console = context.obj
    with console.reading() as session:
        known = session.catalogue.with_places(session.db)
        if kind is not None:
            _refuse_unknown(kind)
        if kind is None:
            counts = {name: len(known.current(name)) for name in catalogues.KINDS}
            console.answer({"edition": known.edition, "kinds": counts})
            return
        found = known.current(kind)
        edition = known.edition
    if console.json:
        console.answer({"edition": edition, "kind": kind, "entries": list(found.values())})
        return
    for code, entry in found.items():
        english = entry.get("english") or (words.say(words.ENTRIES, kind, "en") if kind in ALONE else "")
        name = (console.lang == "en" and english) or str(entry.get("name", ""))
        console.say(f"{code}  {visible.fact(name)}")
        if kind in {"type", "limits", "profile", "calendar"}:
            console.say("  " + json.dumps(entry, ensure_ascii=False)[:2000])


ALONE = frozenset({"limits", "office"})  # kinds of which there is one entry, named by what it is


COMMANDS: dict[str, Callable[..., None]] = {
    "init": init,
    "define": define,
    "retire": retire,
    "catalogue": catalogue,
}
