"""The command `paper`: sheets of one case."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from ui.console import Console
from zq_grid.errors import Refused

KINDS = ("case", "dispatch")


def paper(
    context: typer.Context,
    kind: Annotated[str, typer.Argument(help="case | dispatch")],
    number: Annotated[str, typer.Argument(help="编号 / number of the case")],
    out: Annotated[Path, typer.Option(help="PDF")],
    third_party: Annotated[
        bool,
        typer.Option("--third-party", help="交第三方，不含诉求人 / for a party outside, without the caller"),
    ] = False,
) -> None:
    """打印案件处置单、交办单 / print the sheet of a case as PDF."""
    from zq_grid import case_papers, files
    from zq_grid.papers import case_sheet, pictures

    console: Console = context.obj
    if kind not in KINDS or (third_party and kind != "dispatch"):
        fault = f"paper {kind}{' --third-party' if third_party else ''} → paper {'|'.join(KINDS)}, --third-party: dispatch"
        raise Refused("wrong_use", f"no paper {kind}", fault=fault)
    if not out.parent.is_dir():
        raise Refused("folder_missing", "no such folder", folder=str(out.parent))
    files.refuse_own(out)
    with console.reading() as session:
        if kind == "case":
            case = case_papers.case_sheet(session, number)
            made, shown, as_of = case_sheet.draw_case(case), case.number, case.as_of
        else:
            sheet = case_papers.dispatch_sheet(session, number, third_party=third_party)
            made, shown, as_of = case_sheet.draw_dispatch(sheet), sheet.number, sheet.as_of
    files.replace(out, made)
    result = {
        "out": str(out),
        "kind": kind,
        "number": shown,
        "third_party": third_party,
        "pages": pictures.count(made),
        "cut": f"{as_of.replace(' ', 'T')}+08:00",
    }
    if console.lang == "en":
        said = f"{out}: {kind} sheet of {shown}, {result['pages']} pages, data up to {as_of}"
    else:
        name = "案件处置单" if kind == "case" else "交办单（第三方）" if third_party else "交办单"
        said = f"已打印 {shown} 的{name}，共 {result['pages']} 页，数据截至 {as_of}：{out}"
    console.answer(result, said)


COMMANDS: dict[str, Callable[..., None]] = {"paper": paper}
