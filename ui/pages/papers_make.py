"""Making a paper beside the window, printing it, and noting that it left: functions of a workspace, without widgets."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ui.pages.period import of_iso
from ui.tr import tr
from zq_grid.progress import Progress

WEEKLY, CASE, DISPATCH, THIRD_PARTY = "weekly", "case", "dispatch", "third_party"
DPI = 300


@dataclass(frozen=True)
class Wanted:
    """Which paper: its kind; `what` a week (2026-W47) or a case's number; a bulletin's profile and moment."""

    kind: str
    what: str
    profile: str = "default"
    as_of: int | None = None


@dataclass(frozen=True)
class Made:
    """A paper and what its register line says. `name` is proposed for the file, `corrections` are what it corrects."""

    wanted: Wanted
    paper: bytes
    sizes: Sequence[tuple[float, float]]
    name: str
    cut: str
    code: str = ""
    moment: int | None = None
    figures: Mapping[str, str] = field(default_factory=dict)
    announced: Sequence[Mapping[str, Any]] = ()
    corrections: Sequence[Any] = ()


def make(workspace: Any, wanted: Wanted, progress: Progress) -> Made:
    """Work a paper out and draw it.

    Raises:
        Refused: as the services say, e.g. "week_ahead", "case_unknown".
        Cancelled: stopped through `progress`.
    """
    return _weekly(workspace, wanted, progress) if wanted.kind == WEEKLY else _sheet(workspace, wanted)


def _weekly(workspace: Any, wanted: Wanted, progress: Progress) -> Made:
    from zq_grid import bulletin, bulletin_cut, printed
    from zq_grid.papers import raster, weekly

    year, number, _day = of_iso(wanted.what).first.isocalendar()
    with workspace.read() as session:
        moment = bulletin_cut.cut(session, year, number, wanted.as_of).moment
        week = bulletin.week(
            session, year=year, week=number, profile=wanted.profile, as_of=wanted.as_of, progress=progress
        )
    progress.report(5, 5, "排版")
    paper = weekly.draw(week)
    return Made(
        wanted,
        paper,
        raster.sizes(paper),
        f"{week.title} {wanted.what}.pdf",
        week.cut.as_of,
        week.cut.check_code,
        moment,
        printed.figures_of(week),
        printed.announced_of(week),
        week.corrections,
    )


def _sheet(workspace: Any, wanted: Wanted) -> Made:
    from zq_grid import case_papers
    from zq_grid.papers import case_sheet, raster

    with workspace.read() as session:
        if wanted.kind == CASE:
            case = case_papers.case_sheet(session, wanted.what)
            paper, number, cut = case_sheet.draw_case(case), case.number, case.as_of
        else:
            third = wanted.kind == THIRD_PARTY
            sheet = case_papers.dispatch_sheet(session, wanted.what, third_party=third)
            paper, number, cut = case_sheet.draw_dispatch(sheet), sheet.number, sheet.as_of
    title = tr({CASE: "案件处置单", DISPATCH: "交办单", THIRD_PARTY: "交办单（第三方）"}[wanted.kind])
    again = Wanted(wanted.kind, number)
    return Made(again, paper, raster.sizes(paper), f"{title} {number}.pdf", cut)


def save(workspace: Any, made: Made, path: Path) -> None:
    """Write a paper to a file and note it.

    Raises:
        Refused: "folder_missing", "cannot_write".
    """
    from zq_grid import files

    files.replace(path, made.paper)
    note(workspace, made, "save")


def note(workspace: Any, made: Made, way: str) -> None:
    """Write the line of the register."""
    from zq_grid import printed

    wanted = made.wanted
    with workspace.write() as session:
        printed.note(
            session,
            kind=wanted.kind,
            what=wanted.what,
            way=way,
            pages=len(made.sizes),
            cut=made.cut,
            code=made.code,
            profile=wanted.profile if wanted.kind == WEEKLY else "",
            as_of=made.moment,
            figures=made.figures,
            announced=made.announced,
        )


def print_out(workspace: Any, made: Made, printer: Any, progress: Progress) -> None:
    """Send every page to a printer as a picture of 300 dpi, and note it; what a printer can't draw can't go wrong.

    Raises:
        Refused: "cannot_print" when the printer takes nothing.
        Cancelled: stopped through `progress`; the job is aborted.
    """
    from PySide6.QtCore import QRectF
    from PySide6.QtGui import QPainter

    from zq_grid.errors import Refused
    from zq_grid.papers.raster import raster
    from zq_grid.progress import Cancelled

    painter = QPainter()
    if not painter.begin(printer):
        raise Refused("cannot_print", "the printer did not begin", printer=printer.printerName())
    try:
        for number, (width, height) in enumerate(made.sizes):
            progress.report(number, len(made.sizes), "打印")
            if number:
                printer.newPage()
            picture = image(raster(made.paper, number, DPI / 72))
            whole = QRectF(printer.pageLayout().fullRectPixels(printer.resolution()))
            scale = min(whole.width() / width, whole.height() / height)
            painter.drawImage(QRectF(0, 0, width * scale, height * scale), picture, QRectF(picture.rect()))
    except Cancelled:
        printer.abort()
        raise
    finally:
        painter.end()
    progress.report(len(made.sizes), len(made.sizes), "打印")
    note(workspace, made, "print")


def image(page: Any) -> Any:
    """Return the picture of a rastered page, with its own copy of the pixels."""
    from PySide6.QtGui import QImage

    return QImage(page.pixels, page.width, page.height, page.stride, QImage.Format.Format_RGB32).copy()
