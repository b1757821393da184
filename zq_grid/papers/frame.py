"""The sheet of paper itself: A4 upright, margins, running head, footer with page x of y, properties."""

import io
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from reportlab.lib.colors import Color
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.platypus import BaseDocTemplate, Flowable, Frame, PageTemplate

from zq_grid.papers import fonts
from zq_grid.papers.parts import GREY, LINE, Drawn, Style, fit, put

WIDTH = A4[0] - 36 * mm
"""The width of the text, in points."""

LEFT, TOP, BOTTOM = 18 * mm, 17 * mm, 22 * mm
FOOT = 14.5 * mm
SMALL = Style(7, 10, colour=GREY)

AIR = (0.0, -0.9, 0.8, -1.4, 1.6)
"""The points that table rows may gain above and below, in the order of trying."""

SCANT = 0.25
"""A last page filled less than this is worth another try."""


@dataclass(frozen=True)
class Paper:
    """What stands on every page. `running` heads pages from the second on (left, right).

    `footer` is one or two lines; `watermark`, if any, crosses each page faintly: who prints, and when.
    """

    title: str
    author: str
    subject: str
    running: tuple[str, str]
    footer: tuple[str, ...]
    watermark: str = ""


def build(paper: Paper, story: Callable[[float], list[Flowable]]) -> bytes:
    """Return the PDF of `story`, which is called anew for each pass with the air to add around table rows.

    If the last page would be nearly empty, tighter and looser ones are tried. The same paper and story give the same
    bytes.
    """
    fonts.register()
    tried: list[tuple[float, int, float, bytes]] = []
    for air in AIR:
        made, pages, filled = _pass(paper, story(air))
        tried.append((filled, -len(tried), air, made))
        if pages == 1 or filled >= SCANT:
            return made
    return max(tried)[3]


class _End(Drawn):
    """Ends the text: numbers the pages, and notes how much of the last one is filled, 0 to 1."""

    def __init__(self) -> None:
        super().__init__(0)
        self.filled = 0.0

    def draw(self) -> None:
        height = A4[1] - TOP - BOTTOM
        self.filled = 1 - (self.canv.absolutePosition(0, 0)[1] - BOTTOM) / height
        _number_pages(self.canv)


def _pass(paper: Paper, flowables: list[Flowable]) -> tuple[bytes, int, float]:
    """Return the PDF, its number of pages and how full the last one is."""
    end = _End()
    out = io.BytesIO()
    document = BaseDocTemplate(
        out,
        pagesize=A4,
        title=fonts.clean(paper.title),
        author=fonts.clean(paper.author),
        subject=fonts.clean(paper.subject),
        creator="ZQ Grid",
        lang="zh-CN",
        invariant=1,
        pageCompression=1,
        # Else every document names Helvetica, which no reader finds embedded.
        initialFontName=fonts.REGULAR,
    )
    frame = Frame(LEFT, BOTTOM, WIDTH, A4[1] - TOP - BOTTOM, 0, 0, 0, 0, id="text")
    around = partial(_around, paper)
    document.addPageTemplates(PageTemplate("page", [frame], onPage=around))
    document.build([*flowables, end])
    return out.getvalue(), document.page, end.filled


def _around(paper: Paper, canvas: Any, _document: object) -> None:
    """Draw what is not text: running head, footer, watermark."""
    page = canvas.getPageNumber()
    canvas.saveState()
    if page == 1:
        canvas.setViewerPreference("DisplayDocTitle", "true")
        canvas.showOutline()
    else:
        _running(paper, canvas)
    _footer(paper, canvas)
    canvas.doForm(f"page-{page}")
    if paper.watermark:
        _watermark(paper.watermark, canvas)
    canvas.restoreState()


def _running(paper: Paper, canvas: Any) -> None:
    y = A4[1] - 11.5 * mm
    put(canvas, LEFT, y, fit(paper.running[0], SMALL, WIDTH * 0.7), SMALL)
    put(canvas, LEFT + WIDTH, y, fit(paper.running[1], SMALL, WIDTH * 0.28), SMALL, align="right")
    _rule(canvas, y - 4)


def _number_pages(canvas: Any) -> None:
    """Draw what each page has a place for, now that it is known how many there are: page x of y."""
    pages = canvas.getPageNumber()
    for page in range(1, pages + 1):
        canvas.beginForm(f"page-{page}")
        put(canvas, LEFT + WIDTH, FOOT, f"第 {page} 页 / 共 {pages} 页", SMALL, align="right")
        canvas.endForm()


def _footer(paper: Paper, canvas: Any) -> None:
    y = FOOT
    _rule(canvas, y + 10)
    for index, line in enumerate(paper.footer[:2]):
        put(canvas, LEFT, y - index * 10, fit(line, SMALL, WIDTH - 78), SMALL)


def _rule(canvas: Any, y: float) -> None:
    canvas.setStrokeColor(LINE)
    canvas.setLineWidth(0.5)
    canvas.line(LEFT, y, LEFT + WIDTH, y)


def _watermark(text: str, canvas: Any) -> None:
    canvas.translate(A4[0] / 2, A4[1] / 2)
    canvas.rotate(35)
    style = Style(26, 30, colour=Color(0.5, 0.53, 0.57, alpha=0.16))
    for y in (-190, 0, 190):
        put(canvas, 0, y, fit(text, style, 620), style, align="center")
