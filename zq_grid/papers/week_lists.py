"""The lists of a bulletin: five dimensions by type, overdue by unit, cases past their limit or near it, hot spots."""

from collections.abc import Sequence
from typing import Any

from reportlab.platypus import Flowable

from zq_grid.papers import charts, fonts
from zq_grid.papers.figures import EMPTY, OverdueRow, Sheet, Week
from zq_grid.papers.findings import CheckRow, HotSpots
from zq_grid.papers.frame import WIDTH
from zq_grid.papers.parts import (
    BODY,
    CELL,
    GREY,
    INK,
    LIGHTS,
    NOTE,
    SHADE,
    Drawn,
    Heading,
    Style,
    Text,
    grid,
    noted,
    put,
    room_for,
    section,
)
from zq_grid.papers.week_tables import HEAD, HEAD_MIDDLE, HEAD_RIGHT, Cells, beside

LISTED, LISTED_NEAR = 100, 30
"""How many cases the two lists print; how many each leaves out is said beneath it."""

LAST = WIDTH - 425
"""The width of the last column of a list, in points: how late a case is takes one line."""

LIGHT_WORDS = {"red": "已逾期", "orange": "剩 4 个工作小时以内", "yellow": "剩 1 个工作日以内"}
SHAPES = {"red": 2, "orange": 3, "yellow": 3, "green": 0}
SMALL = Style(7.5, 10)
SMALL_HEAD = Style(7.5, 10, bold=True)


def checklist(week: Week, air: float = 0) -> list[Flowable]:
    """Return the five dimensions, a row a case type and one of all."""
    if all(row.empty for row in week.checklist):
        return [Text("本周无应列的事项类型。", BODY)]
    top: Cells = [Text("事项类型", HEAD), Text("受理", HEAD_RIGHT), Text("及时受理", HEAD_MIDDLE), ""]
    top += [Text("按期办结", HEAD_MIDDLE), ""]
    for name in ("提级转办", "跟踪督办", "考核通报"):
        top += [Text(name, HEAD_MIDDLE), ""]
    under: Cells = [""] * 6
    under += [Text(name, LOWER) for name in ("提级", "转办", "督办", "未结", "逾期", f"满 {LONG} 日")]
    rows = [_check_cells(row, last=row is week.checklist[-1]) for row in week.checklist]
    wide = [WIDTH - 32 - 2 * 78 - 6 * 33, 32.0, *([31.0, 47.0] * 2), *([33.0] * 6)]
    table, style = grid([top, under, *rows], wide, heads=2, keep=3, air=air)
    style += [
        ("SPAN", (0, 0), (0, 1)),
        ("SPAN", (1, 0), (1, 1)),
        ("ALIGN", (1, 0), (1, -1), "RIGHT"),
        ("ALIGN", (6, 2), (-1, -1), "RIGHT"),
        ("BACKGROUND", (0, -1), (-1, -1), SHADE),
        ("LINEABOVE", (0, -1), (-1, -1), 0.6, INK),
        ("FONTNAME", (1, -1), (-1, -1), fonts.BOLD),
        ("BOTTOMPADDING", (0, 0), (-1, 0), 0),
        ("TOPPADDING", (6, 1), (-1, 1), 0),
    ]
    for column in (6, 8, 10):
        style.append(("SPAN", (column, 0), (column + 1, 0)))
    for value in (2, 4):
        style += beside(value, 2)
    table.setStyle(style)
    note = (
        "各来源案件全部计入。及时受理：本周受理、接单期限已届满的案件中期限内接单（或不予受理）的；"
        "按期办结：办结期限在本周且已届满的案件（含再次办理）中期限内提交的；提级、转办、督办：本周办理该步骤的案件数；"
        f"未结：督办后至{week.lists_at}仍未结案的；逾期：{week.lists_at.lstrip()}逾期未办结、列入本期通报的，"
        f"满 {LONG} 日为其中逾期满 {LONG} 个工作日的。"
    )
    return noted(table, note, len(rows) + 2)


LONG = 5
LOWER = Style(7.5, 10, colour=GREY, align="right")


def _check_cells(row: CheckRow, *, last: bool) -> Cells:
    cells: Cells = [Text(row.name, Style(8.5, 11.5, bold=last)), f"{row.received:,}"]
    for figure in (row.accepted, row.closed):
        cells += [figure.value or EMPTY, figure.share]
    return [*cells, *(f"{count:,}" if count or last else "" for count in row.counts)]


def loads(week: Week, air: float = 0) -> list[Flowable]:
    """Return who has cases past their limit or near it, and their sum; nothing where nobody has."""
    if not week.loads:
        return []
    names = ("承办单位", "逾期未办结", "其中待批延期", "最长逾期", "临期")
    head: Cells = [Text(names[0], HEAD), *(Text(name, HEAD_RIGHT) for name in names[1:])]
    rows: list[Cells] = [
        [Text(one.name, CELL), f"{one.overdue:,}", f"{one.waiting:,}", Text(one.late, RIGHT), f"{one.near:,}"]
        for one in week.loads
    ]
    sums = [f"{sum(getattr(one, name) for one in week.loads):,}" for name in ("overdue", "waiting", "near")]
    rows.append([Text("合计", Style(8.5, 11.5, bold=True)), sums[0], sums[1], "", sums[2]])
    table, style = grid([head, *rows], [WIDTH - 4 * 84, *([84.0] * 4)], keep=3, air=air)
    table.setStyle(
        [
            *style,
            ("ALIGN", (1, 0), (-1, -1), "RIGHT"),
            ("BACKGROUND", (0, -1), (-1, -1), SHADE),
            ("LINEABOVE", (0, -1), (-1, -1), 0.6, INK),
            ("FONTNAME", (1, -1), (-1, -1), fonts.BOLD),
        ]
    )
    note = f"按{week.lists_at}的承办单位计，含涉密事项类型；最长逾期按工作日计。"
    return [*section("（一）按承办单位", room_for(len(rows)), 1), *noted(table, note, len(rows))]


RIGHT = Style(8.5, 11.5, align="right")


def hot_spots(found: HotSpots, air: float = 0) -> list[Flowable]:
    """Return the places that came again, most often first."""
    rule = f"近 {found.weeks} 周受理 {found.least} 件以上、本周又有受理的同一地点（到楼栋）"
    if not found.rows:
        return [Text(f"无{rule}。", BODY)]
    names = ("地点", "居村", "类型（件）", "本周", f"近 {found.weeks} 周", "在办")
    head = [Text(name, HEAD if place < 3 else HEAD_RIGHT) for place, name in enumerate(names)]
    rows: list[Cells] = [
        [
            *(Text(text, Style(8, 11)) for text in (one.place, one.neighbourhood or EMPTY, one.types)),
            *(f"{count:,}" for count in (one.week, one.weeks, one.open)),
        ]
        for one in found.rows
    ]
    table, style = grid([head, *rows], [130, 84, WIDTH - 334, 36, 48, 36], air=air)
    table.setStyle([*style, ("ALIGN", (3, 0), (-1, -1), "RIGHT")])
    more = found.total - len(found.rows)
    note = f"{rule}，共 {found.total:,} 处" + (f"，列前 {len(found.rows)} 处" if more else "")
    return noted(table, f"{note}。各来源案件计入，涉密事项类型除外；不按住户统计。", len(rows))


class Light(Drawn):
    """A light as shape and colour, the shapes of the window: a triangle, a diamond, an empty diamond, a disc."""

    def __init__(self, light: str) -> None:
        super().__init__(8)
        self.light = light

    def draw(self) -> None:
        """Draw the sign in the middle of its cell, nothing for none."""
        if self.light in SHAPES:
            _sign(self.canv, self.light, self.width / 2, 4, 2.9)


def _sign(canvas: Any, light: str, x: float, y: float, size: float) -> None:
    hollow = light == "yellow"
    charts.marker(canvas, SHAPES[light], x, y, LIGHTS[light], size - 0.5 * hollow, hollow=hollow)


class Legend(Drawn):
    """One line that says which sign means what."""

    def __init__(self) -> None:
        super().__init__(14)

    def draw(self) -> None:
        """Draw sign and words in turn."""
        x = 4.0
        for light, words in LIGHT_WORDS.items():
            _sign(self.canv, light, x, 6.6, 2.6)
            put(self.canv, x + 7, 4, words, Style(7.5, colour=GREY))
            x += 7 + fonts.width(words, 7.5) + 18
        put(self.canv, x - 4, 4, "待批：期限内已申请延期，尚未批复", Style(7.5, colour=GREY))


def lists(week: Week, air: float = 0) -> list[Flowable]:
    """Return the overdue and the near-limit cases, as many as are listed, with their full count."""
    by_unit = loads(week, air)
    parts: list[Flowable] = [*by_unit[1:]] if by_unit else []
    numbers = "二三" if by_unit else "一二"
    for number, (title, rows, late, most, none) in enumerate(
        (
            ("逾期未办结", week.overdue, "逾期", LISTED, f"截至{week.lists_at}，无逾期未办结工单。"),
            ("临期", week.near_limit, "剩余", LISTED_NEAR, f"截至{week.lists_at}，无临期工单。"),
        )
    ):
        heading = f"（{numbers[number]}）{title}（{len(rows):,} 件）"
        parts += section(heading, 80, 1) if parts else [Heading(heading, 1)]
        parts += _case_list(rows, late, most, air) if rows else [Text(none, BODY)]
    if week.overdue or week.near_limit:
        parts += [Legend(), Text(f"清单为{week.lists_at}的状况，{HIDDEN}。", NOTE)]
    return parts


HIDDEN = "涉密事项类型不列名，故件数可少于上表"


def _case_list(rows: Sequence[OverdueRow], late: str, most: int, air: float) -> list[Flowable]:
    names = ("", "编号", "类型", "地点", "居村", "承办单位", "应办结", late)
    head = [Text(name, SMALL_HEAD) for name in names]
    table, style = grid([head, *map(_case_cells, rows[:most])], [16, 70, 63, 98, 60, 64, 54, LAST], size=7.5)
    table.setStyle(style)
    left = len(rows) - most
    if left <= 0:
        return [table]
    note = f"本表列 {most} 件，另有 {left:,} 件未列出，见系统“案件”页同名清单；以上件数均已计入各项统计。"
    return [table, Text(note, NOTE)]


def _case_cells(row: OverdueRow) -> Cells:
    late = Style(7.5, 10, bold=row.light == "red", colour=LIGHTS["red"] if row.light == "red" else INK)
    texts = (row.number, row.type_name, row.place, row.neighbourhood or EMPTY, row.unit or EMPTY, row.due)
    end = [Text(row.late, late), *([Text("待批", Style(7, 9, colour=GREY))] if row.waiting else [])]
    return [Light(row.light), *(Text(text, SMALL) for text in texts), end]


def sheet(one: Sheet, air: float = 0) -> list[Flowable]:
    """Return a further table with what it counts beneath."""
    if not one.rows:
        return [Text("本周无。", BODY)]
    aligned = ["right" if column in one.right else "left" for column in range(len(one.header))]
    heads = [
        Text(name, Style(8.5, 11.5, bold=True, align=side))
        for name, side in zip(one.header, aligned, strict=True)
    ]
    body = [
        [Text(text, Style(8.5, 11.5, align=side)) for text, side in zip(row, aligned, strict=True)]
        for row in one.rows
    ]
    table, style = grid([heads, *body], [WIDTH * width / sum(one.widths) for width in one.widths], air=air)
    table.setStyle(style)
    return [table, Text(one.basis, NOTE)] if one.basis else [table]
