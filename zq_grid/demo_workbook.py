"""An invented export of the hotline, with the quirks that real ones have (domain, section 7)."""

import io
from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Any

from zq_grid.demo_story import Order
from zq_grid.rules import worktime

TITLE = "莲湾镇 12345 热线工单（样例，人名、电话、内容均系虚构）"
KINDS = {
    "complaint": "投诉",
    "report": "举报",
    "request": "求助",
    "consultation": "咨询",
    "suggestion": "建议",
    "thanks": "表扬",
}
# The export changed over the years: the prefix comes and goes, columns are renamed.
HEADERS = (
    (
        "序号",
        "12345工单编号",
        "12345受理时间",
        "12345工单来源",
        "12345工单类型",
        "一级业务分类",
        "12345诉求区域",
        "12345诉求地址",
        "12345内容描述",
        "12345市民姓名",
        "联系电话",
        "是否保密",
        "备注",
    ),
    (
        "序号",
        "工单编号",
        "受理时间",
        "工单来源",
        "诉求类型",
        "一级分类",
        "街道",
        "诉求地址",
        "内容描述",
        "市民姓名",
        "联系电话",
        "是否保密",
        "备注",
    ),
)
CATEGORIES = {
    "property_management": "住房保障",
    "noise": "生态环境",
    "group_renting": "住房保障",
    "illegal_building_new": "城乡建设",
    "municipal": "城乡建设",
    "greening": "生态环境",
    "environment": "生态环境",
    "parking": "交通出行",
    "consultation": "公共服务",
}
EPOCH = datetime(1899, 12, 30)


def workbook(orders: Sequence[Order], older: Sequence[str], made: datetime, nth: int, rng: Random) -> bytes:
    """Return an .xlsx of these orders.

    Args:
        orders: one row each; one of them is there twice, and a last row names no place and no matter.
        older: the numbers that reminders may quote.
        made: when the file says it was made.
        nth: which export it is: the form of its header changes.
        rng: for the spelling of cells.
    """
    import xlsxwriter

    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    book.set_properties({"title": TITLE, "created": made})
    sheet = book.add_worksheet("工单明细")
    date = book.add_format({"num_format": "yyyy/m/d h:mm"})
    bold = book.add_format({"bold": True})
    sheet.merge_range(0, 0, 0, len(HEADERS[0]) - 1, TITLE, bold)
    sheet.write_row(1, 0, HEADERS[nth % 2], bold)
    sheet.set_column(1, 2, 20)
    sheet.set_column(7, 8, 48)
    rows = [_row(place + 1, order, older, rng) for place, order in enumerate(orders)]
    rows += [[len(rows) + 1, *rows[0][1:]]] if rows and nth % 3 == 0 else []
    for place, row in enumerate(rows):
        _write(sheet, place + 2, row, date)
    if nth == 0:
        sheet.write_row(len(rows) + 2, 0, [len(rows) + 1, "", "2026/2/30", "12345"])
    book.close()
    return out.getvalue()


def _row(place: int, order: Order, older: Sequence[str], rng: Random) -> list[Any]:
    facts = order.facts
    text = facts["text"]
    if older and rng.random() < 0.15:
        before = rng.choice(older)
        text = f"【最近派发的工单编号：{before}，工单内容：详见原工单】市民再次来电催促。{text}"
    if rng.random() < 0.2:
        text = f"\n\t{text}"
    return [
        place,
        rng.choice((order.label, f"12345-{order.label}", f"'{order.label}")),
        _time(order.received, rng),
        "12345热线",
        KINDS.get(facts["kind"], "求助"),
        CATEGORIES.get(order.matter.type, "-"),
        rng.choice(("莲湾镇", "莲湾")),
        facts["place"],
        text,
        facts.get("reporter", "匿名"),
        facts.get("phone", "无"),
        "否",
        rng.choice(("", "无", "-", "nan")),
    ]


def _time(at: int, rng: Random) -> object:
    """Return a time as text with or without padding, as a true date, or as the number a spreadsheet keeps."""
    local = datetime.fromisoformat(worktime.to_text(at)).replace(tzinfo=None)
    way = rng.randrange(4)
    if way == 0:
        return f"{local.year}/{local.month}/{local.day} {local.hour}:{local.minute:02}:{local.second:02}"
    if way == 1:
        return f"{local:%Y-%m-%d %H:%M:%S}"
    return local if way == 2 else (local - EPOCH) / timedelta(days=1)


def _write(sheet: Any, row: int, cells: Sequence[Any], date: Any) -> None:
    for column, cell in enumerate(cells):
        if isinstance(cell, datetime):
            sheet.write_datetime(row, column, cell, date)
        elif isinstance(cell, float):
            sheet.write_number(row, column, cell)
        else:
            sheet.write(row, column, cell)
