"""The weekly bulletin 网格化管理周报, drawn from frozen figures: no query and no rule in here."""

from collections.abc import Sequence
from datetime import date
from functools import partial
from typing import Any

from reportlab.platypus import Flowable

from zq_grid.papers import frame, week_annex, week_lists, week_tables
from zq_grid.papers.figures import Box, Week
from zq_grid.papers.parts import (
    BAD,
    BODY,
    GOOD,
    GREY,
    INK,
    LINE,
    RED,
    Drawn,
    Style,
    Text,
    fit,
    put,
    room_for,
    section,
)

WEEKDAYS = "一二三四五六日"


def draw(week: Week, watermark: str = "") -> bytes:
    """Return the bulletin as a PDF, A4 upright; the same arguments give the same bytes, in any process.

    Args:
        week: the figures, masked and final.
        watermark: who prints and when, faintly across each page; nothing by default.
    """
    issue = f"{week.year} 年第 {week.issue} 期"
    paper = frame.Paper(
        title=f"{week.town}{week.title} {issue}",
        author=week.town,
        subject=f"{week.from_day:%Y-%m-%d}—{week.to_day:%Y-%m-%d}",
        running=(f"{week.title}　{issue}（总第 {week.total_issue} 期）", week.town),
        footer=_footer(week),
        watermark=watermark,
    )
    return frame.build(paper, partial(_story, week))


def _footer(week: Week) -> tuple[str, ...]:
    cut = week.cut
    rules = f"统计口径第 {cut.profile_version} 版 · 事项目录第 {cut.catalogue_version} 版"
    first = f"数据截至 {cut.as_of} · {rules} · {cut.calendars} · 核验码 {cut.check_code}"
    second = [f"未上报站：{'、'.join(cut.missing)}"] if cut.missing else []
    second += [f"更正 {len(week.corrections)} 处，见附表末数据说明"] if week.corrections else []
    return (first, " · ".join(second)) if second else (first,)


def _story(week: Week, air: float) -> list[Flowable]:
    numbers = iter("一二三四五六七八九十")
    parts: list[Flowable] = [Title(week)]

    def begin(title: str, room: float) -> list[Flowable]:
        return section(f"{next(numbers, '附')}、{title}", room)

    parts += [*begin("本周概况", 80), *_overview(week)]
    parts += [*begin("“四率”情况", 150), *week_tables.rates(week, air)]
    parts += week_tables.trend(begin("近八周走势", 40), week, air)
    parts += week_tables.structure(begin("受理结构", 0), week)
    if week.checklist:
        room = room_for(len(week.checklist) + 2)
        parts += [*begin("五维督查清单", room), *week_lists.checklist(week, air)]
    room = room_for(len(week.loads)) + 30
    parts += [*begin("逾期与临期", room), *week_lists.lists(week, air)]
    if week.hot_spots is not None:
        room = room_for(len(week.hot_spots.rows))
        parts += [*begin("重复反映地点", room), *week_lists.hot_spots(week.hot_spots, air)]
    for sheet in week.sheets:
        parts += [*begin(sheet.title, 90), *week_lists.sheet(sheet, air)]
    parts += [*begin("统计口径", 90), *week_annex.rules(week)] if week.rules else []
    return [*parts, *week_annex.annex(week, _imprint(week), air)]


class Title(Drawn):
    """The red head: who, what, which issue, which days, who answers for it."""

    def __init__(self, week: Week) -> None:
        super().__init__(132)
        self.week = week

    def draw(self) -> None:
        """Draw the head down to its red rule."""
        week, canvas, middle = self.week, self.canv, self.width / 2
        put(canvas, 0, 120, "内部资料　注意保存", Style(9, colour=GREY))
        put(
            canvas,
            self.width,
            120,
            fit(week.town, Style(9), self.width * 0.6),
            Style(9, colour=GREY),
            align="right",
        )
        self._name(canvas, middle)
        issue = f"{week.year} 年第 {week.issue} 期（总第 {week.total_issue} 期）"
        put(canvas, middle, 44, issue, Style(11), align="center")
        put(canvas, 0, 17, period(week), Style(9.5))
        hands = (("编制", week.compiled_by), ("审核", week.approved_by), ("签发", week.issued_by))
        names = "　".join(f"{role}：{name}" for role, name in hands if name)
        put(canvas, self.width, 17, fit(names, Style(9.5), self.width * 0.46), Style(9.5), align="right")
        canvas.setFillColor(RED)
        canvas.rect(0, 3.5, self.width, 2.2, stroke=0, fill=1)
        canvas.rect(0, 1, self.width, 0.6, stroke=0, fill=1)

    def _name(self, canvas: Any, middle: float) -> None:
        size = min(38.0, self.width * 0.82 / max(len(self.week.title), 1))
        gap = size * 0.2
        put(canvas, middle, 68, self.week.title, Style(size, bold=True, colour=RED), align="center", gap=gap)


def period(week: Week) -> str:
    """Return the week in words, weekdays too, years where they differ: 第 47 周　11 月 16 日（周一）—…."""

    def day(one: date, year: bool) -> str:
        return (
            f"{f'{one.year} 年 ' if year else ''}{one.month} 月 {one.day} 日（周{WEEKDAYS[one.weekday()]}）"
        )

    years = week.from_day.year != week.to_day.year
    return f"第 {week.iso_week} 周　{day(week.from_day, years)}—{day(week.to_day, years)}"


class Boxes(Drawn):
    """The week at a glance: equal boxes, six in a row at most, eight as two rows of four."""

    def __init__(self, boxes: Sequence[Box]) -> None:
        columns = len(boxes) if len(boxes) <= 6 else 4
        self.rows = [boxes[start : start + columns] for start in range(0, len(boxes), columns)]
        self.columns = columns
        super().__init__(sum(map(self._tall, self.rows)))
        self.spaceAfter = 8

    @staticmethod
    def _tall(row: Sequence[Box]) -> float:
        notes = 11 if any(box.note for box in row) else 0
        return 51.0 + notes + 11.5 * max(len(box.changes) for box in row)

    def draw(self) -> None:
        """Draw the boxes from the top left."""
        canvas, wide, top = self.canv, self.width / self.columns, self.height
        canvas.setLineWidth(0.6)
        for row in self.rows:
            tall, notes = self._tall(row), any(box.note for box in row)
            for column, box in enumerate(row):
                canvas.setStrokeColor(LINE)
                canvas.rect(column * wide, top - tall, wide, tall)
                self._box(box, (column + 0.5) * wide, top, wide - 8, 50 if notes else 39)
            top -= tall

    def _box(self, box: Box, x: float, top: float, wide: float, head: float) -> None:
        canvas = self.canv
        put(canvas, x, top - 16, fit(box.name, Style(8.5), wide), Style(8.5, colour=GREY), align="center")
        big = Style(19, bold=True, colour=RED if box.alarm else INK)
        put(canvas, x, top - 38, fit(box.value, big, wide), big, align="center")
        put(canvas, x, top - 50, fit(box.note, Style(7.5), wide), Style(7.5, colour=GREY), align="center")
        for index, change in enumerate(box.changes):
            colour = {1: GOOD, -1: BAD}.get(change.mood, GREY)
            text = fit(f"{change.label} {change.text}", Style(7.5), wide)
            put(canvas, x, top - head - 13 - 11.5 * index, text, Style(7.5, colour=colour), align="center")


def _overview(week: Week) -> list[Flowable]:
    parts: list[Flowable] = [Boxes(week.boxes)] if week.boxes else []
    words = week.paragraph.strip() or ("" if parts else "本周无数据。")
    return [*parts, Text(words, BODY)] if words else parts


def _imprint(week: Week) -> list[Flowable]:
    """Close the paper as official ones close: to whom it goes, who made it."""
    return [Imprint(week)] if week.sent_to.strip() else []


class Imprint(Drawn):
    """The two ruled lines at the end: 报送 … / issuing office and period."""

    def __init__(self, week: Week) -> None:
        super().__init__(0)
        self.week = week
        self.sent = Text(f"报送：{week.sent_to}", Style(9, 14))
        self.spaceBefore = 16

    def wrap(self, width: float, height: float) -> tuple[float, float]:
        """Take the width, and the height that the addressees need."""
        self.width = width
        self.height = self.sent.wrap(width - 12, height)[1] + 30
        return width, self.height

    def draw(self) -> None:
        """Draw the addressees between two strong rules, the office beneath a thin one."""
        canvas, week, end = self.canv, self.week, f"{self.week.to_day:%Y-%m-%d}"
        canvas.setStrokeColor(INK)
        for y, weight in ((self.height - 1, 1), (22, 0.4), (2, 1)):
            canvas.setLineWidth(weight)
            canvas.line(0, y, self.width, y)
        self.sent.drawOn(canvas, 6, 25)
        put(canvas, 6, 8, fit(f"{week.town}编", Style(9), self.width * 0.6), Style(9))
        put(canvas, self.width - 6, 8, f"统计周期止 {end}", Style(9), align="right")
