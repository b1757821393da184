"""Commands on the catalogue and on workspaces: init, define, retire, catalogue."""

import json
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from ui.console import Console
from zq_grid import catalogue as catalogues
from zq_grid import entries, rebuilding, setup
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
    console.answer(
        result, f"已建立：{console.folder}（{result['station']}，{'练习' if practice else '正式'}）"
    )


def define(context: typer.Context, kind: str, file: Path) -> None:
    """增加或修改目录项 / add or change an entry of the catalogue."""
    console: Console = context.obj
    given = _read(file)
    nested = given.get(kind)
    found = nested if isinstance(nested, list) else [given]
    checked = [entries.check(kind, entry) for entry in found]
    with console.writing() as session:
        steps = catalogues.define(session, [(kind, str(entry["code"]), entry) for entry in checked])
        session.log.flush()
        renewed = rebuilding.renew_for_catalogue(session, steps)
        edition = session.catalogue.edition
    codes = [str(entry["code"]) for entry in checked]
    result = {"kind": kind, "codes": codes, "edition": edition, "renewed": renewed}
    console.answer(result, f"已定义 {kind} {'、'.join(codes)}（目录第 {edition} 版），重算 {renewed} 件")


def _read(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text("utf-8"))
    except FileNotFoundError as error:
        raise Refused("file_missing", "no such file", name=str(file)) from error
    except (OSError, ValueError) as error:
        raise Refused("file_not_toml", str(error), file=str(file), fault=str(error)) from error


def retire(
    context: typer.Context,
    kind: str,
    code: str,
    by: Annotated[str, typer.Option("--superseded-by", help="由谁代替 / what takes its place")] = "",
) -> None:
    """停用目录项 / take an entry out of use."""
    console: Console = context.obj
    with console.writing() as session:
        step = catalogues.retire(session, kind, code, superseded_by=by)
    console.answer({"kind": kind, "code": code, "step": step.id}, f"已停用 {kind} {code}")


def catalogue(context: typer.Context, kind: Annotated[str | None, typer.Argument()] = None) -> None:
    """显示现行目录 / show what is in force."""
    console: Console = context.obj
    with console.reading() as session:
        known = session.catalogue.with_places(session.db)
        if kind is not None and kind not in catalogues.KINDS:
            raise Refused("kind_unknown", f"no kind {kind}", kind=kind, known="、".join(catalogues.KINDS))
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
        print(f"{code}  {entry.get('name', '')}")
        if kind in {"type", "limits", "profile", "calendar"}:
            print("  " + json.dumps(entry, ensure_ascii=False)[:2000])


COMMANDS: dict[str, Callable[..., None]] = {
    "init": init,
    "define": define,
    "retire": retire,
    "catalogue": catalogue,
}
