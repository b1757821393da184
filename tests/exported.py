"""Stores to export from, and exported workbooks read back as other programs read them."""

import zipfile

import openpyxl

from tests.stores import CLOSING, DAY, HANDLING, HOUR, MINUTE, act, log, numbers
from zq_grid import exports, lists, reveals

TEXTS = [f"第{n}件，电话 1391234{n:04d}" for n in range(10)]


def fill(workspace):
    """Log ten cases that differ in all that a list shows, and bring one to its end."""
    order = numbers(20261102000200)
    found = [log(workspace, order_number=next(order), text=text) for text in TEXTS[:5]]
    workspace.clock.pass_(HOUR)
    found += [
        log(workspace, order_number=next(order), type="noise", place="朝阳村", text=t) for t in TEXTS[5:8]
    ]
    found.append(log(workspace, type="illegal_building_new", source="patrol", reporter=None, text=TEXTS[8]))
    found.append(
        log(workspace, order_number=next(order), confidential="yes", reporter="欧阳明", text=TEXTS[9])
    )
    act(workspace, found[1], "amend", text="更正后的内容", phone="02154320000")
    act(workspace, found[2], "erase", fields="reporter,phone", reason="保存期满")
    for kind, facts in HANDLING:
        workspace.clock.pass_(10 * MINUTE)
        act(workspace, found[0], kind, **facts)
    act(workspace, found[0], "close", **CLOSING)
    act(workspace, found[0], "visit", by="centre", satisfaction="fairly", words="还可以")
    act(workspace, found[3], "accept")
    act(workspace, found[3], "assign", worker="w006")
    workspace.clock.pass_(10 * DAY)
    return found


def write(workspace, path, **asked):
    with workspace.read() as session:
        return exports.cases(session, path, **asked)


def unmasked(workspace, path, *, who=None, **filters):
    before, workspace.actor = workspace.actor, who or workspace.actor
    try:
        with workspace.write() as session:
            leave = reveals.reveal_list(session, reason="核对", filters=filters)
        return write(workspace, path, revealed=leave, **filters)
    finally:
        workspace.actor = before


def listed(workspace, **asked):
    with workspace.read() as session:
        return [row.number for row in lists.page(session, limit=1000, **asked).rows]


def sheets(path):
    """Return every sheet of a workbook as openpyxl reads it."""
    book = openpyxl.load_workbook(path)
    try:
        return {sheet.title: [list(row) for row in sheet.iter_rows(values_only=True)] for sheet in book}
    finally:
        book.close()


def column(path, title, sheet="案件"):
    head, *rows = sheets(path)[sheet]
    return [row[head.index(title)] for row in rows]


def row_of(path, number, sheet="案件"):
    head, *rows = sheets(path)[sheet]
    return next(dict(zip(head, row, strict=True)) for row in rows if row[0] == number)


def about(path, sheet="说明"):
    return {row[0]: row[1] for row in sheets(path)[sheet]}


def everything(path):
    """Return all text that a workbook holds, wherever."""
    with zipfile.ZipFile(path) as packed:
        return "".join(packed.read(name).decode("utf-8", "replace") for name in packed.namelist())
