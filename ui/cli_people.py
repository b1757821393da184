"""Commands on people: who works here and who is away, absences with a deputy, and handing work over."""

from collections.abc import Callable
from typing import Annotated, Any

import typer

from ui import cli_bulk
from ui.cli_import import interruptible
from ui.console import Console, time_of
from zq_grid import handover as handovers
from zq_grid import people as services
from zq_grid import views
from zq_grid.absences import Absence
from zq_grid.errors import Refused
from zq_grid.handover import Asked, HandedOver
from zq_grid.lists import CaseRow
from zq_grid.people import Person
from zq_grid.rules import worktime
from zq_grid.session import Session


def people(context: typer.Context) -> None:
    """列出工作人员：在手案件、请假和代办、须交接 / workers: cases in hand, absences, who needs a hand-over."""
    console: Console = context.obj
    zh = console.lang == "zh"
    with console.reading() as session:
        found = services.workers(session)
        if console.json:
            console.answer({"workers": [_person(one) for one in found]})
            return
        titles = (
            ("代码", "姓名", "在手", "在岗", "待收回")
            if zh
            else ("Code", "Name", "Open", "There", "To return")
        )
        rows = [
            (one.code, one.name, f"{one.open:,}", _there(session, one, zh=zh), f"{one.to_return or ''}")
            for one in found
        ]
    console.table(titles, rows)


def _person(one: Person) -> dict[str, Any]:
    return {
        "code": one.code,
        "name": one.name,
        "roles": list(one.roles),
        "open": one.open,
        "absent": _absence(one.absence) if one.absence else None,
        "stands_in_for": list(one.stands_in_for),
        "to_return": one.to_return,
        "left": one.left,
        "needs_handover": one.needs_handover,
    }


def _absence(one: Absence) -> dict[str, Any]:
    return {
        "code": one.code,
        "worker": one.worker,
        "since": one.since,
        "until": one.until or None,
        "deputy": one.deputy,
        "reason": one.reason or None,
    }


def _there(session: Session, one: Person, *, zh: bool) -> str:
    if one.left:
        return "已离岗，须交接" if zh else "left, needs a hand-over"
    if (away := one.absence) is None:
        return "在岗" if zh else "yes"
    deputy = session.catalogue.name("worker", away.deputy)
    days = _days(away, zh=zh)
    return f"{days}，{deputy}代办" if zh else f"away {days}, {deputy}"


def _days(one: Absence, *, zh: bool) -> str:
    """Return the days of an absence in words: one that has no end yet says so."""
    if one.until:
        return f"{one.since}–{one.until}"
    return f"{one.since} 起" if zh else f"since {one.since}"


def absence(
    context: typer.Context,
    worker: str,
    since: Annotated[str | None, typer.Option(help="首日 / first day away")] = None,
    until: Annotated[str | None, typer.Option(help="末日，含 / last day away")] = None,
    deputy: Annotated[str, typer.Option(help="代办人 / who stands in")] = "",
    reason: Annotated[str, typer.Option(help="事由 / why")] = "",
    end: Annotated[bool, typer.Option("--end", help="提前结束 / they are back")] = False,
) -> None:
    """登记请假和代办人，或查看待收回的案件 / enter an absence with a deputy, or see what goes back."""
    console: Console = context.obj
    if end and (until or deputy or reason):
        raise Refused("wrong_use", "end and more", fault="absence WORKER --end [--since DAY]")
    entering = since is not None or until is not None or bool(deputy or reason)
    if entering and not deputy and not end:
        raise Refused(
            "wrong_use", "no deputy", fault="absence WORKER --since DAY [--until DAY] --deputy WORKER"
        )
    with console.writing() if entering or end else console.reading() as session:
        if end:
            shown: Absence | None = services.come_back(
                session, worker, since=_day(since, "--since") if since is not None else ""
            )
        elif entering:
            first = _day(since, "--since") if since is not None else worktime.day_of(session.now).isoformat()
            last = _day(until, "--until") if until is not None else ""
            said = {"since": first, "until": last, "deputy": deputy, "reason": reason}
            shown = services.be_absent(session, worker, **said)
        else:
            code = session.catalogue.worker(worker)
            found = services.workers(session)
            shown = next(one.absence for one in found if one.code == code)
        code = shown.worker if shown else session.catalogue.worker(worker)
        back = services.returns(session, code)
        name = session.catalogue.name("worker", code)
        deputy = session.catalogue.name("worker", shown.deputy) if shown else ""
        result = {
            "worker": code,
            "absence": _absence(shown) if shown else None,
            "ended": end,
            "to_return": [_row(row) for row in back],
        }
    zh = console.lang == "zh"
    there = ("已回岗" if zh else "is back") if end else _shown(shown, deputy, zh=zh)
    lines = [f"{name} {there}" if zh or end else f"{name}: {there}"]
    lines += [f"  {'待收回' if zh else 'to return'} {row.number} {row.place}" for row in back]
    console.answer(result, "\n".join(lines))


def _shown(one: Absence | None, deputy: str, *, zh: bool) -> str:
    if one is None:
        return "在岗" if zh else "there"
    days = _days(one, zh=zh)
    return f"{days}，{deputy} 代办" if zh else f"{days}, {deputy} stands in"


def _day(said: str, name: str) -> str:
    return worktime.day_of(time_of(said, name)[0]).isoformat()


def _row(row: CaseRow) -> dict[str, Any]:
    return views.list_row(row)


def handover(
    context: typer.Context,
    to: Annotated[str, typer.Option("--to", help="接收人 / who takes the cases")],
    from_: Annotated[str | None, typer.Option("--from", help="移交人 / whose cases")] = None,
    grid: Annotated[str | None, typer.Option(help="只移交这个网格的 / of this grid")] = None,
    type_: Annotated[str | None, typer.Option("--type", help="只移交这类的 / of this type")] = None,
    back: Annotated[
        bool, typer.Option("--back", help="收回请假时代办的 / what deputies did instead")
    ] = False,
    deputy: Annotated[
        str,
        typer.Option(
            help="接收人请假时交代办人 yes、仍交本人 no / where the receiver is away: yes their deputy, no themselves"
        ),
    ] = "",
    reason: Annotated[str, typer.Option(help="事由 / why", show_default=False)] = handovers.REASON,
    preview: Annotated[bool, typer.Option("--preview", help="只看清单 / only list the cases")] = False,
    token: Annotated[str, typer.Option(help="预览给出的令牌 / of a preview")] = "",
) -> None:
    """把在手案件整批移交给另一位 / hand open cases over to another worker."""
    console: Console = context.obj
    for name, given in (("--from", from_), ("--grid", grid), ("--type", type_)):
        if given == "":
            raise Refused("wrong_use", f"{name} is empty", fault=f"{name} ''")
    from_, grid, type_ = from_ or "", grid or "", type_ or ""
    asked = Asked(to, from_, grid, type_, back, deputy, reason)
    progress = cli_bulk.progress_of(console)
    with interruptible(progress), console.workspace() as workspace:
        if preview:
            with workspace.read() as session:
                done = handovers.preview(session, asked, progress=progress)
                said = _handed(session, done, console.lang, preview=True)
        else:
            with workspace.write() as session:
                done = handovers.act(session, asked, token=token, progress=progress)
                said = _handed(session, done, console.lang, preview=False)
    result = {
        "from": done.worker or None,
        "to": done.to,
        "grid": grid or None,
        "preview": preview,
        "batch": done.told.batch,
        "token": done.told.token,
        "total": len(done.told.lines),
        "taken": len(done.cases),
        "steps": done.told.steps,
        "cases": [_row(row) for row in done.cases],
        "refused": cli_bulk.refused_lines(done.told.refused, console.lang),
    }
    console.answer(result, said)
    if not preview:
        cli_bulk.refuse_all(console, done.told)


def _handed(session: Session, done: HandedOver, lang: str, *, preview: bool) -> str:
    to = session.catalogue.name("worker", done.to)
    if lang == "zh":
        lines = [f"{'将移交' if preview else '已移交'} {len(done.cases):,} 件给 {to}"]
    else:
        count = len(done.cases)
        cases = "1 case" if count == 1 else f"{count:,} cases"
        lines = [f"{cases} {'would go' if preview else 'went'} to {to}"]
    if done.told.batch:
        lines.append(f"{'批次' if lang == 'zh' else 'batch'} {done.told.batch}")
    for row in done.cases:
        due = (views.moment(row.due) or "")[:16].replace("T", " ")
        lines.append(f"  {row.number}  {row.place}  {due}".rstrip())
    lines += [
        f"  ✗ {one['number']}: {one['reason']}" for one in cli_bulk.refused_lines(done.told.refused, lang)
    ]
    return "\n".join(lines)


COMMANDS: dict[str, Callable[..., None]] = {"people": people, "absence": absence, "handover": handover}
