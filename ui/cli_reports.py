"""Commands that print: the weekly bulletin, and the demo town."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from ui.console import Console, time_of
from ui.screen import has_screen
from zq_grid import words
from zq_grid.errors import Refused
from zq_grid.papers import corrected
from zq_grid.papers.corrected import Correction
from zq_grid.papers.figures import EMPTY

KINDS = ("weekly",)
# No step is older (R1.2).
FIRST_YEAR = 2000


def report(
    context: typer.Context,
    kind: Annotated[str, typer.Argument(help="weekly")],
    week: Annotated[str, typer.Option(help="ISO 周次 / ISO week, 2026-W47")],
    out: Annotated[Path, typer.Option(help="PDF")],
    profile: Annotated[str, typer.Option(help="统计口径 / metric profile")] = "default",
    as_of: Annotated[str | None, typer.Option("--as-of", help="截至 / as known at")] = None,
) -> None:
    """打印周报 / print the weekly bulletin as PDF."""
    from zq_grid import bulletin, bulletin_cut, files, printed
    from zq_grid.papers import pictures, weekly

    console: Console = context.obj
    if kind not in KINDS:
        raise Refused("wrong_use", f"no report {kind}", fault=f"report {kind} → report {'|'.join(KINDS)}")
    year, number = week_of(week)
    known = time_of(as_of, "--as-of")[0] if as_of is not None else None
    if not out.parent.is_dir():
        raise Refused("folder_missing", "no such folder", folder=str(out.parent))
    files.refuse_own(out)
    with console.workspace() as workspace:
        with workspace.read() as session:
            moment = bulletin_cut.cut(session, year, number, known).moment
            found = bulletin.week(session, year=year, week=number, profile=profile, as_of=known)
        paper = weekly.draw(found)
        files.replace(out, paper)
        pages = pictures.count(paper)
        try:
            with workspace.write() as session:
                printed.note_saved(
                    session, f"{year}-W{number:02}", found, pages=pages, profile=profile, as_of=moment
                )
        except Refused as refusal:
            if refusal.code != "store_busy":
                raise
            # the paper is there all the same; what it corrects will be said again by the next
            console.note(
                console.either(
                    "数据库正忙，这次没有记入印发登记。", "The store is busy: not noted as printed."
                )
            )
    result = {
        "out": str(out),
        "week": f"{year}-W{number:02}",
        "pages": pages,
        "cut": _moment(found.cut.as_of),
        "position": found.cut.position,
        "check_code": found.cut.check_code,
        "corrections": [_corrected(one) for one in found.corrections],
    }
    if console.lang == "en":
        said = "{out}: {week}, {pages} pages, data up to {cut}, check code {check_code}"
    else:
        said = "已打印 {week} 周报，共 {pages} 页，数据截至 {cut}，核验码 {check_code}：{out}"
    lines = [said.format_map(result), *(_correction(one, console.lang) for one in found.corrections)]
    console.answer(result, "\n".join(lines))


def _corrected(one: Correction) -> dict[str, Any]:
    """Return a correction as JSON: the figure as it was told and as it is known now."""
    return {
        "week": one.week,
        "key": one.new.key,
        "name": one.new.name,
        "again": one.again,
        "old": {"share": corrected.share(one.old), "value": one.old.value},
        "new": {"share": corrected.share(one.new), "value": one.new.value},
        "why": dict(one.why),
    }


def _correction(one: Correction, lang: str) -> str:
    if lang == "en":
        return f"  correction: {one.english(ENGLISH_RATES.get(one.new.key, one.new.name))}"
    return f"  更正：{one.words}"


def _moment(printed: str) -> str | None:
    """Return the printed cut-off in the form that `--as-of` takes."""
    return None if printed == EMPTY else f"{printed.replace(' ', 'T')}+08:00"


def week_of(said: str) -> tuple[int, int]:
    """Return year and number of an ISO week.

    Raises:
        Refused: "week_unknown".
    """
    year, mark, number = said.strip().upper().partition("-W")
    if not (mark and year.isascii() and year.isdigit() and number.isascii() and number.isdigit()):
        raise Refused("week_unknown", f"no week {said}", week=said[:20])
    if len(year) != 4 or len(number) > 2 or int(year) < FIRST_YEAR:
        raise Refused("week_unknown", f"no week {said}", week=said[:20])
    return int(year), int(number)


def demo(
    context: typer.Context,
    cases: Annotated[int, typer.Option(help="案件数 / how many cases")] = 13_000,
    seed: Annotated[int, typer.Option(help="同一种子讲同一个故事 / the same seed tells the same story")] = 1,
    shots: Annotated[Path | None, typer.Option(help="图片文件夹 / where pictures go")] = None,
) -> None:
    """建一个虚构的镇，把主要工作做一遍 / make an invented town by doing the main job."""
    from ui.cli_bulk import progress_of
    from zq_grid import demo as story

    console: Console = context.obj
    if shots is not None:  # before a town is built, not after it
        try:
            shots.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise Refused("cannot_write", str(error), path=str(shots), name=shots.name) from error
    seen = shots is None and console.url is None and not console.json and has_screen()

    def pages(folder: Path, out: Path) -> list[Path]:
        from ui.shots import pictures

        return pictures(folder, out, clock=console.clock, lang=console.lang)

    done = story.run(
        console.folder,
        now=console.clock(),
        cases_wanted=cases,
        seed=seed,
        shots=shots,
        url=console.url,
        progress=progress_of(console),
        pictures=None if seen or console.url else pages,
    )
    console.answer(_json(done), "\n".join(_told(done, console.lang)))
    if seen:
        from ui.app import run

        raise typer.Exit(run(console.folder, None, worker=console.worker, lang=console.lang, now=console.now))


def _json(done: Any) -> dict[str, Any]:
    found = done.week
    return {
        "cases": done.cases,
        "steps": dict(sorted(done.steps.items())),
        "imported": dict(done.imported),
        "workbooks": [str(path) for path in done.workbooks],
        "week": done.iso_week,
        "rates": {figure.key: figure.value for figure in found.total.figures},
        "check_code": found.cut.check_code,
        "paper": str(done.paper),
        "pictures": [str(path) for path in done.pictures],
    }


def _told(done: Any, lang: str) -> Iterator[str]:
    """Yield what was done, in the order of the work."""
    lines = ENGLISH if lang == "en" else CHINESE
    step = done.steps
    facts = {
        **done.places,
        **done.imported,
        "town": done.town,
        "files": len(done.workbooks),
        "by_hand": step["log"] - done.imported["new"],
        "cases": done.cases,
        "folder": done.workbooks[0].parent if done.workbooks else "—",
        "joined": done.joined,
        "proposed": done.proposed,
        **{f"n_{kind}": step[kind] for kind in words.STEPS},
    }
    for number, line in enumerate(lines, 1):
        yield f"{number:>2}. {line.format_map(facts)}"
    yield from _week(done, len(lines) + 1, lang)


def _week(done: Any, number: int, lang: str) -> Iterator[str]:
    from zq_grid.papers import pictures

    found = done.week
    shown = [f"{figure.name} {figure.value or '—'}%（{figure.share}）" for figure in found.total.figures]
    late, near = len(found.overdue), len(found.near_limit)
    pages = pictures.count(done.paper.read_bytes())
    if lang == "en":
        shown = [
            f"{ENGLISH_RATES[figure.key]} {figure.value or '—'}% ({figure.share})"
            for figure in found.total.figures
        ]
        yield f"{number:>2}. The four rates of {done.iso_week}: {', '.join(shown)}; overdue {late}, nearly due {near}"
        yield f"{number + 1:>2}. Printed the weekly bulletin ({pages} pages): {done.paper}"
        yield f"{number + 2:>2}. Pictures of its pages: {done.pictures[0].parent}"
        return
    yield f"{number:>2}. {done.iso_week} 周四率：{'，'.join(shown)}；逾期未办结 {late} 件，临期 {near} 件"
    yield f"{number + 1:>2}. 打印周报（{pages} 页，核验码 {found.cut.check_code}）：{done.paper}"
    yield f"{number + 2:>2}. 各页图片：{done.pictures[0].parent}"


CHINESE = (
    "建立练习数据：{town}（虚构），{area} 个片区、{neighbourhood} 个居村、{grid} 个网格、{estate} 个小区和村民组、"
    "{unit} 家承办单位、{worker} 名工作人员、{type} 种事项类型",
    "导入热线工单样例 {files} 份：{rows} 行，新建 {new} 件，重复 {unchanged} 行，关联催单 {linked} 件，"
    "拒绝 {rejected} 行（样例在 {folder}）",
    "登记 {by_hand} 件，连同导入共 {cases} 件",
    "接单 {n_accept} 次，派遣 {n_dispatch} 次，退单 {n_return} 次（审核 {n_rule_return} 次），签收 {n_sign} 次",
    "先行联系 {n_contact} 次，到场 {n_attend} 次，办理 {n_handle} 次，核查 {n_check} 次，反馈提交 {n_submit} 次",
    "申请延期 {n_ask_extension} 次，同意 {n_grant_extension} 次；督办 {n_supervise} 件，提级 {n_escalate} 件，"
    "拆单 {n_split} 件，撤回 {n_withdraw} 件，作废 {n_void} 件",
    "并单 {n_merge} 件，一并写入 {joined} 步；申请剔除 {n_exclude} 件，同意 {n_approve_exclusion} 件",
    "附照片 {n_attach} 张，结案 {n_close} 次，中心回访 {n_visit} 次，不满意 {proposed} 件，再次办理 {n_reopen} 件",
)
ENGLISH = (
    "Made a practice workspace: the invented town {town}, with {area} areas, {neighbourhood} neighbourhoods, "
    "{grid} grids, {estate} estates, {unit} units, {worker} workers, {type} case types",
    "Imported {files} sample workbooks of the hotline: {rows} rows, {new} new cases, {unchanged} repeated, "
    "{linked} reminders linked, {rejected} rejected (the samples are in {folder})",
    "Logged {by_hand} cases by hand, {cases} with the imported ones",
    "Accepted {n_accept}, dispatched {n_dispatch}, returned {n_return} (ruled on {n_rule_return}), signed {n_sign}",
    "Contacted {n_contact}, attended {n_attend}, handled {n_handle}, checked {n_check}, submitted {n_submit}",
    "Extensions asked {n_ask_extension}, granted {n_grant_extension}; supervised {n_supervise}, "
    "escalated {n_escalate}, split {n_split}, withdrawn {n_withdraw}, void {n_void}",
    "Merged {n_merge} orders, {joined} steps written to joined ones; exclusions asked {n_exclude}, "
    "approved {n_approve_exclusion}",
    "Photos attached {n_attach}, closed {n_close}, return visits {n_visit}, dissatisfied {proposed}, taken up again {n_reopen}",
)
ENGLISH_RATES = {
    "first_contact": "first contact",
    "on_time_closing": "on-time closing",
    "actual_resolution": "actual resolution",
    "satisfaction": "satisfaction",
}
COMMANDS: dict[str, Callable[..., None]] = {"report": report, "demo": demo}
