"""The tables and charts of the weekly bulletin: rates, trend, structure, lists, counting rules."""

from collections.abc import Sequence
from typing import Any

from reportlab.platypus import Flowable, KeepTogether, Spacer

from zq_grid.papers import charts, fonts
from zq_grid.papers.figures import (
    EMPTY,
    NO_OWNER,
    RateRow,
    Shares,
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
    NOTE,
    SHADE,
    Heading,
    Style,
    Text,
    grid,
    section,
)

TOP_TYPES = 10
FEW = 3
"""Up to so many without a place stand in a league table; more of them are one row."""

HEAD, HEAD_MIDDLE, HEAD_RIGHT = (
    Style(8.5, 11.5, bold=True, align=align) for align in ("left", "center", "right")
)

Cells = list[object]


def rates(week: Week, air: float = 0) -> list[Flowable]:
    """Return the two league tables of the four rates, never one, and what their columns mean.

    Where more than a few have too small a base for a place, they are one row here; each has its own in the annex.
    """
    leagues = [(rows, rows[0].league) for rows in (week.neighbourhoods, week.stations) if rows]
    parts: list[Flowable] = []
    for index, (rows, name) in enumerate(leagues or [((), "居村")]):
        title = f"（{'一二'[index]}）{name}"
        parts += section(title, 110, 1) if index else [Heading(title, 1)]
        parts.append(rate_table(_league(rows, week), name, week, air))
    return [*parts, Text(_meaning(week), NOTE)]


def _meaning(week: Week) -> str:
    scored = any(row.score is not None for row in (*week.neighbourhoods, *week.stations))
    return (
        f"率以 % 计，右侧小字为分子/分母；分母为零记“{EMPTY}”，不作 0 或 100；率可高于 100。"
        f"名次按{'考核得分' if scored else '四率的算术平均'}，四项分母均不少于 {week.rank_minimum} 的参加"
        "排名，同分同名次，其余列“不排名”，逐个数据见附表。“无归属”为未落到任何一方的工单。"
        "补录：办理后超过 24 小时才录入的工单数。"
    )


Places = list[tuple[str, RateRow]]


def is_short(rows: Sequence[RateRow], week: Week) -> bool:
    """Tell whether the league table of these rows stands for several of them in one row."""
    return len(_league(rows, week)) < len(rows)


def _league(rows: Sequence[RateRow], week: Week) -> Places:
    """Return the rows of a league with their places; the many without one as a single row."""
    found = ranked(rows, week.rank_minimum)
    placed = [(str(place), row) for place, row in found if place]
    small = [row for place, row in found if not place and row.code != NO_OWNER]
    rest = [("不排名", row) for place, row in found if not place and row.code == NO_OWNER]
    if len(small) > FEW:
        return [
            *placed,
            ("不排名", summed(f"{'其余' if placed else '全部'} {len(small)} 个", small, week.total)),
            *rest,
        ]
    return [*placed, *(("不排名", row) for row in small), *rest]


def rate_table(places: Places, league: str, week: Week, air: float = 0, first: str = "名次") -> Flowable:
    """Return one table of the four rates: rows with their places, then the sum; `first` heads the places."""
    rows = [row for _, row in places]
    scored = any(row.score is not None for row in rows)
    head: Cells = [Text(first, HEAD_MIDDLE), Text(league, HEAD)]
    for figure in week.total.figures:
        head += [Text(figure.name, HEAD_MIDDLE), ""]
    head += [Text(name, HEAD_RIGHT) for name in (("得分", "补录") if scored else ("补录",))]
    sums = [] if adds_up(rows, week.total) else [summed("本表小计", rows, week.total)]
    sums.append(week.total)
    lines = [_rate_cells(row, place, scored) for place, row in places]
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
        style += beside(value)
    return style


def beside(value: int, heads: int = 1) -> list[tuple[Any, ...]]:
    """Return how column `value` and the n after it stand: they meet at a seam, the heading above both."""
    n = value + 1
    return [
        ("SPAN", (value, 0), (n, heads - 1)),
        ("ALIGN", (value, heads), (value, -1), "RIGHT"),
        ("LEFTPADDING", (value, heads), (value, -1), 0),
        ("RIGHTPADDING", (value, heads), (value, -1), 2),
        ("LEFTPADDING", (n, heads), (n, -1), 2),
        ("RIGHTPADDING", (n, heads), (n, -1), 0),
        ("FONT", (n, heads), (n, -1), fonts.REGULAR, 7),
        ("TEXTCOLOR", (n, heads), (n, -1), GREY),
    ]


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
    if not any(figure.denominator for point in week.trend for figure in point.figures):
        return [*heading, Text("近八周“四率”均无应计工单。", BODY)]
    rows: list[Cells] = [[Text("四率（%）", HEAD), *(Text(point.label, HEAD_RIGHT) for point in week.trend)]]
    for index, name in enumerate(names):
        values = (point.figures[index].value or EMPTY for point in week.trend)
        rows.append([Text(name, CELL), *values])
    wide = (WIDTH - 76) / len(week.trend)
    table, style = grid(rows, [76, *([wide] * len(week.trend))], air=air)
    table.setStyle([*style, ("ALIGN", (1, 0), (-1, -1), "RIGHT")])
    chart = charts.Trend(week.trend, names)
    return [KeepTogether([*heading[1:], chart, Spacer(0, 4), table])]


def structure(heading: list[Flowable], week: Week) -> list[Flowable]:
    """Return the intake by source, type (the ten largest, the rest as one) and area, side by side."""
    cuts = (
        ("按来源", week.structure.by_source),
        ("按类型", _largest(week.structure.by_type)),
        ("按片区", week.structure.by_area),
    )
    sums = [sum(count for _, count in shares) for _, shares in cuts]
    total = max(sums)
    if not total:
        return [*heading, Text("本周无受理工单。", BODY)]
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
