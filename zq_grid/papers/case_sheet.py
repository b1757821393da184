"""Case sheet 案件处置单 and dispatch sheet 交办单, drawn from what `of_case` holds: no query and no rule in here."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from reportlab.platypus import Flowable, KeepTogether, Spacer

from zq_grid.papers import fonts, frame
from zq_grid.papers.figures import EMPTY
from zq_grid.papers.frame import WIDTH
from zq_grid.papers.of_case import CasePaper, ClockLine, DispatchPaper, Other, Pair, TimeLine
from zq_grid.papers.parts import (
    BAD,
    FAINT,
    GREY,
    INK,
    LINE,
    NOTE,
    RED,
    SHADE,
    Drawn,
    Style,
    Text,
    fit,
    grid,
    put,
    section,
)

LABEL = Style(8.5, 12.5, colour=GREY)
VALUE = Style(9, 13)
WORDS = Style(9.5, 15.5, justify=True)
HEAD = Style(8.5, 12, bold=True)
SMALL = Style(8, 11.5)
KEEP = "内部资料　注意保存"


def draw_case(case: CasePaper, watermark: str = "") -> bytes:
    """Return the case sheet as a PDF; the same arguments give the same bytes."""
    paper = _paper("案件处置单", case.town, case.number, case.as_of, watermark)
    return frame.build(paper, partial(_case, case))


def draw_dispatch(sheet: DispatchPaper, watermark: str = "") -> bytes:
    """Return the dispatch sheet as a PDF; the same arguments give the same bytes."""
    title = "交办单（第三方）" if sheet.third_party else "交办单"
    paper = _paper(title, sheet.town, sheet.number, sheet.as_of, watermark)
    return frame.build(paper, partial(_dispatch, sheet))


def _paper(title: str, town: str, number: str, as_of: str, watermark: str) -> frame.Paper:
    return frame.Paper(
        title=f"{title} {number}",
        author=town,
        subject=number,
        running=(f"{title}　{number}", town),
        footer=(f"数据截至 {as_of} · {number}",),
        watermark=watermark,
    )


class Title(Drawn):
    """The head of a sheet: who, what, which number, in which state."""

    def __init__(self, title: str, town: str, left: str, right: str, mark: str = KEEP) -> None:
        super().__init__(86)
        self.title, self.town, self.left, self.right, self.mark = title, town, left, right, mark

    def draw(self) -> None:
        """Draw the head down to its red rule."""
        canvas = self.canv
        put(canvas, 0, 76, self.mark, Style(9, colour=GREY))
        town = fit(self.town, Style(9), self.width * 0.6)
        put(canvas, self.width, 76, town, Style(9, colour=GREY), align="right")
        size = min(24.0, self.width * 0.8 / max(len(self.title), 1))
        name = Style(size, bold=True, colour=INK)
        put(canvas, self.width / 2, 38, self.title, name, align="center", gap=size * 0.25)
        put(canvas, 0, 11, fit(self.left, Style(10, bold=True), self.width * 0.62), Style(10, bold=True))
        put(canvas, self.width, 11, fit(self.right, Style(9.5), self.width * 0.36), Style(9.5), align="right")
        canvas.setFillColor(RED)
        canvas.rect(0, 1.5, self.width, 1.8, stroke=0, fill=1)


def _case(case: CasePaper, air: float) -> list[Flowable]:
    numbers = iter("一二三四五六七八")

    def begin(title: str, room: float = 70) -> list[Flowable]:
        return section(f"{next(numbers)}、{title}", room)

    state = " · ".join((case.stage, *case.flags))
    parts: list[Flowable] = [Title("案件处置单", case.town, f"编号　{case.number}", state)]
    parts += [*begin("基本情况"), _pairs([*case.facts, *case.own], air)]
    parts += [*_words("诉求内容", case.text)]
    if case.closings:
        parts += begin("处置结论")
        for which, pairs in case.closings:
            if len(case.closings) > 1:
                parts += [Text(which, Style(9.5, 16, bold=True, before=4))]
            parts.append(_pairs(pairs, air))
    if case.clocks:
        parts += [*begin("时限"), _clocks(case.clocks, air)]
    parts += [*begin("办理经过"), _timeline(case.timeline, air)]
    if case.others:
        parts += [*begin("并单、拆单与关联"), _others(case.others, air)]
    note = "诉求人姓名、电话已隐去中间部分。标明“已撤销”的步骤照录备查。"
    return [*parts, KeepTogether([Text(note, NOTE), Signatures(("经办人", "审核人", "日　期"))])]


def _dispatch(sheet: DispatchPaper, air: float) -> list[Flowable]:
    title = "交办单（第三方）" if sheet.third_party else "交办单"
    mark = "仅限本事项办理使用" if sheet.third_party else KEEP
    parts: list[Flowable] = [Title(title, sheet.town, f"编号　{sheet.number}", f"交办　{sheet.at}", mark)]
    parts += [Spacer(0, 10), Text(f"{sheet.unit}：", Style(12, 18, bold=True))]
    parts.append(Text("现将下列事项交你单位办理，请按时限要求办结并反馈。", Style(10, 18, first=2)))
    facts = [*sheet.facts, *([("协办单位", sheet.assisting)] if sheet.assisting else [])]
    parts += [*section("一、事项", 60), _pairs(facts, air), *_words("诉求内容", sheet.text)]
    if sheet.words:
        parts += _words("交办意见", sheet.words)
    parts += section("二、时限要求", 60)
    parts.append(_tasks(sheet.tasks, air) if sheet.tasks else Text("各项时限均已完成。", WORDS))
    parts += [KeepTogether([*section("三、办理情况反馈", 0)[1:], Reply(sheet.third_party)])]
    return parts


# pieces ---------------------------------------------------------------------------------------


def _pairs(pairs: Sequence[Pair], air: float) -> Flowable:
    """Return facts as a grid of label and value, two in a row unless one is long."""
    rows: list[list[object]] = []
    wide: list[int] = []
    half: Pair | None = None
    for pair in pairs:
        if fonts.width(fonts.clean(pair[1]), VALUE.size) > WIDTH / 2 - 80:
            if half:
                rows.append([Text(half[0], LABEL), Text(half[1], VALUE), "", ""])
                half = None
            wide.append(len(rows))
            rows.append([Text(pair[0], LABEL), Text(pair[1], VALUE), "", ""])
        elif half:
            rows.append(
                [Text(half[0], LABEL), Text(half[1], VALUE), Text(pair[0], LABEL), Text(pair[1], VALUE)]
            )
            half = None
        else:
            half = pair
    if half:
        rows.append([Text(half[0], LABEL), Text(half[1], VALUE), "", ""])
    label = 70.0
    table, style = grid(rows, [label, WIDTH / 2 - label, label, WIDTH / 2 - label], heads=0, keep=2, air=air)
    style += [("SPAN", (1, row), (3, row)) for row in wide]
    style += [("BACKGROUND", (0, 0), (0, -1), SHADE), ("VALIGN", (0, 0), (-1, -1), "TOP")]
    style += [("BACKGROUND", (2, row), (2, row), SHADE) for row in range(len(rows)) if rows[row][2]]
    table.setStyle(style)
    return table


def _words(title: str, text: str) -> list[Flowable]:
    return [Text(title, Style(9.5, 16, bold=True, before=8)), Text(text, WORDS)]


def _clocks(clocks: Sequence[ClockLine], air: float) -> Flowable:
    rows: list[list[object]] = [[Text(name, HEAD) for name in ("时限", "应于", "完成于", "结果", "推算说明")]]
    for one in clocks:
        state = Style(8.5, 12, bold=one.late, colour=BAD if one.late else INK)
        rows.append(
            [
                Text(one.name, Style(8.5, 12)),
                Text(one.due, SMALL),
                Text(one.stopped, SMALL),
                Text(one.state, state),
                Text(one.explanation, Style(8, 11.5, colour=GREY)),
            ]
        )
    table, style = grid(rows, [62, 78, 78, 56, WIDTH - 274], air=air)
    table.setStyle([*style, ("VALIGN", (0, 1), (-1, -1), "TOP")])
    return table


def _tasks(tasks: Sequence[ClockLine], air: float) -> Flowable:
    rows: list[list[object]] = [[Text(name, HEAD) for name in ("要求", "应于", "推算说明")]]
    rows += [
        [
            Text(one.name, Style(9, 13, bold=True)),
            Text(one.due, Style(9, 13)),
            Text(one.explanation, Style(8.5, 12, colour=GREY)),
        ]
        for one in tasks
    ]
    table, style = grid(rows, [80, 100, WIDTH - 180], air=air)
    table.setStyle([*style, ("VALIGN", (0, 1), (-1, -1), "TOP")])
    return table


def _timeline(steps: Sequence[TimeLine], air: float) -> Flowable:
    rows: list[list[object]] = [[Text(name, HEAD) for name in ("时间", "步骤", "经办", "内容")]]
    for one in steps:
        ink = FAINT if one.gone else INK
        by, words = Style(8, 11.5, colour=ink), Style(8.5, 12, colour=ink)
        kind = f"{one.kind}（已撤销）" if one.gone else one.kind
        rows.append(
            [Text(one.at, by), Text(kind, Style(8.5, 12, bold=not one.gone, colour=ink)), Text(one.by, by)]
        )
        rows[-1].append(Text(one.words or EMPTY, words))
    table, style = grid(rows, [80, 66, 72, WIDTH - 218], air=air)
    table.setStyle([*style, ("VALIGN", (0, 1), (-1, -1), "TOP")])
    return table


def _others(others: Sequence[Other], air: float) -> Flowable:
    rows: list[list[object]] = [[Text(name, HEAD) for name in ("关系", "编号", "类型", "地点", "状态")]]
    rows += [
        [Text(text, SMALL) for text in (one.relation, one.number, one.type_name, one.place, one.stage)]
        for one in others
    ]
    table, style = grid(rows, [80, 100, 90, WIDTH - 330, 60], air=air)
    table.setStyle(style)
    return table


class Signatures(Drawn):
    """The line to sign on: each role with its rule."""

    def __init__(self, roles: Sequence[str]) -> None:
        super().__init__(44)
        self.roles = roles

    def draw(self) -> None:
        """Draw the roles side by side."""
        wide = self.width / len(self.roles)
        self.canv.setStrokeColor(LINE)
        self.canv.setLineWidth(0.8)
        for place, role in enumerate(self.roles):
            x = place * wide
            put(self.canv, x, 10, f"{role}：", Style(9.5))
            start = x + fonts.width(f"{role}：", 9.5) + 2
            self.canv.line(start, 7, x + wide - 16, 7)


class Reply(Drawn):
    """The boxes that the unit fills: what was found, what was done, when it was fed back."""

    boxes = (("现场核实", 82), ("办理结果", 96), ("答复情况", 58))

    def __init__(self, third_party: bool) -> None:
        self.rows = [box for box in self.boxes if not (third_party and box[0] == "答复情况")]
        super().__init__(sum(tall for _, tall in self.rows) + 48)

    def draw(self) -> None:
        """Draw the boxes from the top."""
        canvas: Any = self.canv
        canvas.setStrokeColor(LINE)
        canvas.setLineWidth(0.8)
        y = self.height
        for name, tall in self.rows:
            y -= tall
            canvas.setFillColor(SHADE)
            canvas.rect(0, y, 70, tall, stroke=0, fill=1)
            canvas.rect(0, y, self.width, tall, stroke=1, fill=0)
            put(canvas, 35, y + tall / 2 - 3, name, Style(9.5, colour=GREY), align="center")
        signing = Signatures(("承办人", "单位负责人", "反馈时间"))
        signing.wrap(self.width, 0)
        signing.drawOn(canvas, 0, y - 46)
