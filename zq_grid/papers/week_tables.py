"""The tables and charts of the weekly bulletin: rates, trend, structure, lists, counting rules."""

from collections.abc import Iterable, Sequence
from itertools import chain
from typing import Any

from reportlab.platypus import Flowable, KeepTogether, Spacer

from zq_grid.papers import charts, fonts
from zq_grid.papers.figures import (
    EMPTY,
    OverdueRow,
    RateRow,
    Shares,
    Sheet,
    Week,
    adds_up,
    half_up,
    ranked,
    summed,
)
from zq_grid.papers.frame import WIDTH
from zq_grid.papers.parts import (
    BODY,
    CELL,
    FAINT,
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
    put,
    section,
)

LISTED = 150
"""How many cases a list prints; how many it leaves out is said beneath it."""

TOP_TYPES = 10
LIGHT_WORDS = {"red": "已逾期", "orange": "剩 4 个工作小时以内", "yellow": "剩 1 个工作日以内"}
SHAPES = {"red": 3, "orange": 2, "yellow": 0, "green": 1}
SMALL = Style(7.5, 10)
HEAD, HEAD_MIDDLE, HEAD_RIGHT = (
    Style(8.5, 11.5, bold=True, align=align) for align in ("left", "center", "right")
)
SMALL_HEAD = Style(7.5, 10, bold=True)

Cells = list[object]


def rates(week: Week, air: float = 0) -> list[Flowable]:
    """Return the two league tables of the four rates, never one, and what their columns mean."""
    leagues = [(rows, rows[0].league) for rows in (week.neighbourhoods, week.stations) if rows]
    parts: list[Flowable] = []
    for index, (rows, name) in enumerate(leagues or [((), "居村")]):
        title = f"（{'一二'[index]}）{name}"
        parts += section(title, 110, 1) if index else [Heading(title, 1)]
        parts.append(_rate_table(rows, name, week, air))
    scored = any(row.score is not None for row in (*week.neighbourhoods, *week.stations))
    note = (
        f"率以 % 计，右侧小字为分子/分母；分母为零记“{EMPTY}”，不作 0 或 100；率可高于 100。"
        f"名次按{'考核得分' if scored else '四率的算术平均'}，四项分母均不少于 {week.rank_minimum} 的参加"
        "排名，同分同名次，其余列“不排名”。“无归属”为未落到任何一方的工单。"
        "补录：办理后超过 24 小时才录入的工单数。"
    )
    return [*parts, Text(note, NOTE)]


def _rate_table(rows: Sequence[RateRow], league: str, week: Week, air: float) -> Flowable:
    scored = any(row.score is not None for row in rows)
    head: Cells = [Text("名次", HEAD_MIDDLE), Text(league, HEAD)]
    for figure in week.total.figures:
        head += [Text(figure.name, HEAD_MIDDLE), ""]
    head += [Text(name, HEAD_RIGHT) for name in (("得分", "补录") if scored else ("补录",))]
    sums = [] if adds_up(rows, week.total) else [summed("本表小计", rows, week.total)]
    sums.append(week.total)
    lines = [
        _rate_cells(row, f"{place or '不排名'}", scored) for place, row in ranked(rows, week.rank_minimum)
    ]
    lines += [_rate_cells(row, "", scored, bold=True) for row in sums]
    tail = [34.0, 30.0] if scored else [30.0]
    widths = [36.0, WIDTH - 36 - 4 * 80 - sum(tail), *([33.0, 47.0] * 4), *tail]
    table, style = grid([head, *lines], widths, keep=len(sums) + 3, air=air)
    table.setStyle(style + _rate_style(len(sums)))
    return table


def _rate_style(sums: int) -> list[tuple[Any, ...]]:
    """Return how the columns stand: value and n meet at a seam, so that both can be read downward."""
    style: list[tuple[Any, ...]] = [
        ("ALIGN", (10, 0), (-1, -1), "RIGHT"),
        ("BACKGROUND", (0, -sums), (-1, -1), SHADE),
        ("LINEABOVE", (0, -sums), (-1, -sums), 0.6, INK),
        ("FONTNAME", (2, -sums), (-1, -1), fonts.BOLD),
    ]
    for value in range(2, 10, 2):
        n = value + 1
        style += [
            ("SPAN", (value, 0), (n, 0)),
            ("ALIGN", (value, 1), (value, -1), "RIGHT"),
            ("LEFTPADDING", (value, 1), (value, -1), 0),
            ("RIGHTPADDING", (value, 1), (value, -1), 2),
            ("LEFTPADDING", (n, 1), (n, -1), 2),
            ("RIGHTPADDING", (n, 1), (n, -1), 0),
            ("FONT", (n, 1), (n, -1), fonts.REGULAR, 7),
            ("TEXTCOLOR", (n, 1), (n, -1), GREY),
        ]
    return style


def _rate_cells(row: RateRow, place: str, scored: bool, *, bold: bool = False) -> Cells:
    ranks = Style(
        8.5 if place.isdigit() else 7.5, 11.5, align="center", colour=INK if place.isdigit() else FAINT
    )
    cells: Cells = [Text(place, ranks), Text(row.name, Style(8.5, 11.5, bold=bold))]
    for figure in row.figures:
        cells += [figure.value or EMPTY, figure.share]
    if scored:
        cells.append(half_up(row.score) if row.score is not None else "" if bold else EMPTY)
    return [*cells, f"{row.late_entered:,}"]


def trend(heading: list[Flowable], week: Week, air: float = 0) -> list[Flowable]:
    """Return the eight-week lines, and beneath them the same values as a table."""
    names = [figure.name for figure in week.total.figures]
    if not week.trend:
        return [*heading, Text("尚无往周数据。", BODY)]
    rows: list[Cells] = [[Text("四率（%）", HEAD), *(Text(point.label, HEAD_RIGHT) for point in week.trend)]]
    for index, name in enumerate(names):
        values = (point.figures[index].value or EMPTY for point in week.trend)
        rows.append([Text(name, CELL), *values])
    wide = (WIDTH - 76) / len(week.trend)
    table, style = grid(rows, [76, *([wide] * len(week.trend))], air=air)
    table.setStyle([*style, ("ALIGN", (1, 0), (-1, -1), "RIGHT")])
    chart = charts.Trend(week.trend, names)
    return [KeepTogether([*heading[1:], chart]), Spacer(0, 4), table]


def structure(heading: list[Flowable], week: Week) -> list[Flowable]:
    """Return the intake by source, type (the ten largest, the rest as one) and area, side by side."""
    cuts = (
        ("按来源", week.structure.by_source),
        ("按类型", _largest(week.structure.by_type)),
        ("按片区", week.structure.by_area),
    )
    sums = [sum(count for _, count in shares) for _, shares in cuts]
    total = max(sums)
    note = f"共受理 {total:,} 件。类型列前 {TOP_TYPES} 类，其余并为一项；三种分法各自合计等于受理总数。"
    if set(sums) != {total}:
        known = "、".join(f"{title}合计 {count:,} 件" for (title, _), count in zip(cuts, sums, strict=True))
        note = f"共受理 {total:,} 件；{known}，差数未标明。类型列前 {TOP_TYPES} 类，其余并为一项。"
    first, *others = (charts.Bars(title, shares, total) for title, shares in cuts)
    for bars in others:
        bars.spaceBefore = 8
    # Two blocks rather than one, so that a page isn't left half empty for want of room.
    return [KeepTogether([*heading[1:], first]), others[0], KeepTogether([others[1], Text(note, NOTE)])]


def _largest(shares: Shares) -> Shares:
    """Return the ten largest and, as one part, the rest, so that the parts still add up."""
    order = sorted(shares, key=lambda share: (-share[1], share[0]))
    rest = order[TOP_TYPES:]
    if len(rest) <= 1:
        return tuple(order)
    return (*order[:TOP_TYPES], (f"其余 {len(rest)} 类", sum(count for _, count in rest)))


class Light(Drawn):
    """A light as shape and colour: red is a diamond, orange a triangle, yellow round, green square."""

    def __init__(self, light: str) -> None:
        super().__init__(8)
        self.light = light

    def draw(self) -> None:
        """Draw the sign in the middle of its cell, nothing for none."""
        if self.light in SHAPES:
            charts.marker(self.canv, SHAPES[self.light], self.width / 2, 4, LIGHTS[self.light], 2.9)


class Legend(Drawn):
    """One line that says which sign means what."""

    def __init__(self) -> None:
        super().__init__(14)

    def draw(self) -> None:
        """Draw sign and words in turn."""
        x = 4.0
        for light, words in LIGHT_WORDS.items():
            charts.marker(self.canv, SHAPES[light], x, 6.6, LIGHTS[light], 2.6)
            put(self.canv, x + 7, 4, words, Style(7.5, colour=GREY))
            x += 7 + fonts.width(words, 7.5) + 18
        put(self.canv, x - 4, 4, "待批：期限内已申请延期，尚未批复", Style(7.5, colour=GREY))


def lists(week: Week, air: float = 0) -> list[Flowable]:
    """Return the overdue and the near-limit cases, as many as are listed, with their full count."""
    parts: list[Flowable] = [Legend()]
    if week.overdue or week.near_limit:
        parts.append(Text(f"清单为{week.lists_at}的状况。", NOTE))
    for number, (title, rows, late, none) in enumerate(
        (
            ("逾期未办结", week.overdue, "逾期", f"截至{week.lists_at}，无逾期未办结工单。"),
            ("临期", week.near_limit, "剩余", f"截至{week.lists_at}，无临期工单。"),
        )
    ):
        heading = f"（{'一二'[number]}）{title}（{len(rows):,} 件）"
        parts += section(heading, 80, 1) if number else [Heading(heading, 1)]
        parts += _case_list(rows, late, air) if rows else [Text(none, BODY)]
    return parts


def _case_list(rows: Sequence[OverdueRow], late: str, air: float) -> list[Flowable]:
    names = ("", "编号", "类型", "地点", "居村", "承办单位", "应办结", late)
    head = [Text(name, SMALL_HEAD) for name in names]
    table, style = grid(
        [head, *map(_case_cells, rows[:LISTED])], [16, 74, 66, 100, 62, 66, 55, WIDTH - 439], size=7.5
    )
    table.setStyle(style)
    left = len(rows) - LISTED
    if left <= 0:
        return [table]
    note = f"本表列 {LISTED} 件，另有 {left:,} 件未列出，见系统“案件”页同名清单；以上件数均已计入各项统计。"
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


def counting(week: Week, imprint: list[Flowable], air: float = 0) -> list[Flowable]:
    """Return the rules in words, the rates before and after exclusions, and what isn't in the figures.

    `imprint` ends the paper and is never left alone on a page.
    """
    style = Style(9, 14, justify=True, after=2)
    parts: list[Flowable] = [Text(f"{number}. {rule}", style) for number, rule in enumerate(week.rules, 1)]
    parts += [
        *(section("剔除前后对照", 90, 1) if parts else [Heading("剔除前后对照", 1)]),
        _before_after(week, air),
    ]
    reasons = [*section("剔除原因", 60, 1), *_reasons(week, air)]
    facts = [f"统计所据步骤至本站第 {week.cut.position:,} 条，核验码 {week.cut.check_code}。"]
    facts += [f"未上报站（其数据未计入）：{'、'.join(week.cut.missing)}。"] if week.cut.missing else []
    if week.unmatched:
        facts.append(f"待核实：{'；'.join(f'{name} {count:,} 件' for name, count in week.unmatched)}。")
    facts += [f"更正：{words}" for words in week.corrections]
    end = [Heading("数据说明", 1), *(Text(fact, style) for fact in facts), *imprint]
    # Few reasons go with the end, so that the last page is not a mere leaf.
    if len(week.exclusions) <= 8:
        return [*parts, KeepTogether([*reasons[1:], *end])]
    return [*parts, *reasons, KeepTogether(end)]


def _before_after(week: Week, air: float) -> Flowable:
    head = [
        Text("指标", HEAD),
        Text("剔除前", HEAD_MIDDLE),
        "",
        Text("剔除后", HEAD_MIDDLE),
        "",
        Text("剔除件次", HEAD_RIGHT),
    ]
    rows: list[Cells] = [
        [
            Text(figure.name, CELL),
            *(figure.raw_value or EMPTY, figure.raw_share, figure.value or EMPTY, figure.share),
            f"{sum(figure.excluded.values()):,}",
        ]
        for figure in week.total.figures
    ]
    side = (WIDTH - 190) / 4
    table, style = grid([head, *rows], [110, side, side, side, side, 80], air=air)
    for value in (1, 3):
        style += [
            ("SPAN", (value, 0), (value + 1, 0)),
            ("ALIGN", (value, 1), (value, -1), "RIGHT"),
            ("FONTSIZE", (value + 1, 1), (value + 1, -1), 7.5),
            ("TEXTCOLOR", (value + 1, 1), (value + 1, -1), GREY),
        ]
    table.setStyle([*style, ("ALIGN", (5, 0), (5, -1), "RIGHT")])
    return table


def _reasons(week: Week, air: float) -> list[Flowable]:
    figures = week.total.figures
    counts = {one.reason: one for one in week.exclusions}
    known: Iterable[str] = chain(counts, sorted({reason for figure in figures for reason in figure.excluded}))
    names = list(dict.fromkeys(known))
    if not names:
        return [Text("本周无经批准的剔除。", BODY)]
    head: Cells = [
        Text("原因", HEAD),
        Text("件数", HEAD_RIGHT),
        *(Text(figure.name, HEAD_RIGHT) for figure in figures),
    ]
    head.append(Text("批准依据", HEAD))
    rows: list[Cells] = [
        [
            Text(name, CELL),
            f"{counts[name].count:,}" if name in counts else EMPTY,
            *(f"{figure.excluded.get(name, 0):,}" for figure in figures),
            Text(counts[name].documents if name in counts else "", SMALL),
        ]
        for name in names
    ]
    table, style = grid([head, *rows], [104, 36, *([60] * 4), WIDTH - 380], air=air)
    table.setStyle([*style, ("ALIGN", (1, 0), (5, -1), "RIGHT"), ("LEFTPADDING", (6, 0), (6, -1), 14)])
    note = "件数按工单计，一件可在多项指标中剔除，故各列之和可大于件数。"
    return [table, Text(note, NOTE)]
