"""The command line `zq-grid`: the same services as the window, for schedules, tests and repair.

Names of commands and JSON fields are a contract (docs/interface.md): added to, never renamed.
"""

import sys
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any

import click
import typer
import typer.core
import typer.main

from ui import helping, misuse
from ui.console import Console, time_of
from zq_grid import VERSION
from zq_grid.errors import Refused

# Which module has a command: only the one that is asked for is imported, since each call is a process.
WHERE = {
    **dict.fromkeys(("log", "act", "show", "replay", "steps", "clocks"), "cli_cases"),
    "list": "cli_lists",
    "import": "cli_import",
    "duplicates": "cli_duplicates",
    "rates": "cli_figures",
    **dict.fromkeys(("export", "reveal", "audit"), "cli_export"),
    **dict.fromkeys(("report", "demo"), "cli_reports"),
    "paper": "cli_papers",
    **dict.fromkeys(("init", "define", "retire", "catalogue"), "cli_catalogue"),
    "places": "cli_places",
    **dict.fromkeys(("bulk", "undo"), "cli_bulk"),
    **dict.fromkeys(("people", "absence", "handover"), "cli_people"),
    **dict.fromkeys(("backup", "restore", "check", "rebuild", "self-test"), "cli_keeping"),
}


class Commands(typer.core.TyperGroup):
    """The commands, each found in its module when it is named."""

    def __init__(self, *given: Any, **options: Any) -> None:
        """Make the program, whose own options are looked at by us."""
        super().__init__(*given, **options)
        _look_ourselves(self)

    def list_commands(self, _context: Any) -> list[str]:
        """Return the names, for help."""
        return list(WHERE)

    def get_command(self, context: Any, name: str) -> Any:
        """Return one command, or None for a name that is none."""
        if name not in WHERE:
            return None
        found = import_module(f"ui.{WHERE[name]}").COMMANDS[name]
        if not isinstance(found, typer.Typer):  # else a group with commands of its own
            alone = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)
            alone.command(name)(found)
            found = alone
        made = _look_ourselves(typer.main.get_command(found))
        return helping.in_english(made) if context.params.get("lang") == "en" else made

    def format_help(self, context: Any, formatter: Any) -> None:
        """Write the help, in English only where that was asked for."""
        if context.params.get("lang") == "en":
            helping.in_english(self)
        super().format_help(context, formatter)


def _look_ourselves(command: Any) -> Any:
    """Let no option look at its file before the command does, which says in a sentence of ours what is wrong.

    By default a path is refused as wrong use, in English, where its file may not be read.
    """
    for one in command.params:
        if isinstance(one.type, click.Path):
            one.type.exists = one.type.readable = one.type.writable = one.type.executable = False
            one.type.file_okay = one.type.dir_okay = True
    for below in getattr(command, "commands", {}).values():
        _look_ourselves(below)
    return command


cli = typer.Typer(
    cls=Commands,
    add_completion=False,
    no_args_is_help=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


def _version(wanted: bool) -> None:
    if wanted:
        print(f"zq-grid {VERSION}")
        raise typer.Exit


@cli.callback(invoke_without_command=True)
def options(
    context: typer.Context,
    data: Annotated[Path | None, typer.Option(help="数据文件夹 / workspace folder")] = None,
    db: Annotated[str | None, typer.Option(help="PostgreSQL 地址 / address of a shared store")] = None,
    worker: Annotated[str | None, typer.Option("--as", help="以谁的身份 / who acts: code or name")] = None,
    lang: Annotated[str, typer.Option(help="zh | en", is_eager=True)] = "zh",
    as_json: Annotated[bool, typer.Option("--json", help="只输出一个 JSON 对象 / one JSON object")] = False,
    now: Annotated[str | None, typer.Option(help="练习用的当前时间 / the time it is, practice only")] = None,
    _version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True)] = False,
) -> None:
    """ZQ Grid 颛桥网格：登记、派遣、办结，随时知道四率，打印周报 / log, route and close cases; rates; the week on paper."""
    if lang not in {"zh", "en"}:
        raise Refused("wrong_use", f"--lang {lang}", fault=f"--lang {lang} → zh | en")
    for name, given in (("--db", db), ("--as", worker)):
        if given == "":
            raise Refused("wrong_use", f"{name} is empty", fault=f"{name} ''")
    at = time_of(now, "--now")[0] if now is not None else None
    if at is not None and not _is_plausible(at):
        raise Refused("fact_form", f"--now {now}", fact="--now", said=str(now)[:40], expected="2000–2199")
    context.obj = Console(data or default_folder(), db, worker, lang, as_json, at)
    if context.invoked_subcommand is None:
        source = context.get_parameter_source("lang")
        said = source is not None and source.name != "DEFAULT"
        raise typer.Exit(_window(context.obj, lang if said else None))


def _is_plausible(at: int) -> bool:
    from zq_grid import plausible

    return plausible.OLDEST <= at < plausible.LAST


def _window(console: Console, lang: str | None) -> int:
    """Open the window; where there is no screen, say so and what can be done instead."""
    from ui.screen import has_screen

    if not has_screen():
        raise Refused("no_screen", "no screen")
    from ui import app

    return app.run(console.folder, console.url, worker=console.worker, lang=lang, now=console.now)


def default_folder() -> Path:
    """Return the user's own data folder."""
    from zq_grid.device import home

    return home() / "data"


def main(arguments: list[str] | None = None) -> None:
    """Run one command; exit 0 when done, 1 when refused, 2 on wrong use."""
    given = sys.argv[1:] if arguments is None else arguments
    if given[:1] == ["--fold"]:
        from zq_grid import crew_child

        sys.exit(crew_child.main())
    if given[:1] == ["--read-table"]:
        from zq_grid.importing import reader_child

        sys.exit(reader_child.main(given[1:]))
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    try:
        result: Any = cli(given, standalone_mode=False)
    except Refused as refusal:
        sys.exit(_console(given).refuse(refusal))
    except typer.Abort:
        sys.exit(1)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)
    except Exception as error:
        console = _console(given)
        if (found := misuse.refusal(error, given, console.lang)) is None:
            raise
        sys.exit(console.refuse(found))
    sys.exit(result if isinstance(result, int) else 0)


def _console(given: list[str]) -> Console:
    """Return a console that speaks as the options ask, for a refusal that ended the command."""
    lang = "en" if "en" in [said for name, said in pairwise(given) if name == "--lang"] else "zh"
    return Console(Path(), lang="en" if "--lang=en" in given else lang, json="--json" in given)


if __name__ == "__main__":
    main()
