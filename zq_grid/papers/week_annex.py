"""The end of a bulletin: counting rules in words, and the annex with every unit and all that was left out.

A league that stands whole in the text is not printed again.
"""

from collections.abc import Iterable
from itertools import chain

from reportlab.platypus import Flowable, KeepTogether

from zq_grid.papers.figures import EMPTY, Week, ranked
from zq_grid.papers.frame import WIDTH
from zq_grid.papers.parts import BODY, CELL, GREY, NOTE, Heading, Style, Text, grid, section
from zq_grid.papers.week_lists import SMALL, sheet
from zq_grid.papers.week_tables import HEAD, HEAD_MIDDLE, HEAD_RIGHT, Cells, is_short, rate_table

RULE = Style(9, 14, justify=True, after=2)


def rules(week: Week) -> list[Flowable]:
    """Return the counting rules in words."""
    return [Text(f"{number}. {rule}", RULE) for number, rule in enumerate(week.rules, 1)]


def annex(week: Week, imprint: list[Flowable], air: float = 0) -> list[Flowable]:
    """Return the annex: every neighbourhood, every unit, what was left out and why, what the figures rest on.

    `imprint` ends the paper and is never left alone on a page.
    """
    hoods = is_short(week.neighbourhoods, week)
    units = len(week.units) > len(week.stations) or is_short(week.stations, week)
    numbers = iter("一二三" if hoods or units else ("",))
    parts: list[Flowable] = []
    if hoods:
        found = ranked(week.neighbourhoods, week.rank_minimum)
        places = [(str(place or "不排名"), row) for place, row in found]
        parts += section(f"附表{next(numbers)}　各居村“四率”", 110)
        parts.append(rate_table(places, "居村", week, air))
    if units:
        plain = [(str(number), row) for number, row in enumerate(week.units or week.stations, 1)]
        note = "科室、站所在前，居委、村委在后；工单计入期限停止或届满时的承办单位。"
        parts += section(f"附表{next(numbers)}　各承办单位“四率”", 110)
        parts += [rate_table(plain, "承办单位", week, air, first="序号"), Text(note, NOTE)]
    title = f"附表{next(numbers)}　剔除与未计入"
    parts += [*section(title, 150), Heading("经批准的剔除：前后对照", 1), _before_after(week, air)]
    parts += [*section("经批准的剔除：原因", 60, 1), *_reasons(week, air)]
    if week.left_out is not None:
        parts += [*section(week.left_out.title, 90, 1), *sheet(week.left_out, air)]
    return [*parts, KeepTogether([Heading("数据说明", 1), *_facts(week), *imprint])]


def _facts(week: Week) -> list[Flowable]:
    cut = week.cut
    facts = [
        f"统计所据步骤至本站第 {cut.position:,} 条，最后一条到达于 {cut.as_of}；核验码 {cut.check_code}，"
        "由各步骤链的末条算得，步骤相同则核验码相同。"
    ]
    facts += [f"未上报站（其数据未计入）：{'、'.join(cut.missing)}。"] if cut.missing else []
    if week.unmatched:
        facts.append(f"待核实：{'；'.join(f'{name} {count:,} 件' for name, count in week.unmatched)}。")
    facts += [f"更正：{one.words}" for one in week.corrections]
    return [Text(fact, RULE) for fact in facts]


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
