"""The installed program proves itself: it creates, imports, acts, counts, prints, backs up and checks, in a folder of its own."""

import time
from pathlib import Path

from zq_grid import bulletin, cases, checking, keeping, lists, rates, setup, together
from zq_grid.importing import run as importing
from zq_grid.papers import weekly
from zq_grid.rules import worktime

MONDAY = "2026-11-02"
CSV = "工单编号,受理时间,诉求地址,内容描述,联系电话\n20261102000001,2026-11-02 09:00,和溪五村 12 号,楼上漏水,13800000001\n"


class Broken(Exception):
    """A part of the program doesn't do what it should; `args[0]` says which."""


def run(folder: Path) -> list[str]:
    """Do the whole job once in an empty folder, in a workspace `data` there; returns what was done.

    Raises:
        Broken: something came out wrong. Any other exception is as bad.
    """
    done: list[str] = []
    now = [worktime.parse(f"{MONDAY}T10:00:00+08:00")[0]]
    workspace = setup.new_workspace(folder / "data", practice=True, clock=lambda: now[0])
    try:
        done.append("建立数据 create")
        path = folder / "orders.csv"
        path.write_text(CSV, "utf-8-sig")
        _hold(importing.run_file(workspace, path).new == 1, "import")
        done.append("导入 import")
        with workspace.write() as session:
            number = lists.page(session).rows[0].number
            for step, facts in (
                ("accept", {}),
                ("contact", {"reached": "yes", "person": "测试"}),
                ("dispatch", {}),
                ("attend", {"who": "测试", "findings": "属实"}),
                ("handle", {"result": "已修"}),
                ("submit", {}),
                ("close", {"to_complete": "yes", "verdict": "solved"}),
            ):
                together.act(session, number, step, facts)
            cases.show(session, number)
        done.append("办理 act")
        now[0] += 20 * 86_400
        start = worktime.parse("2026-11-09")[0]
        with workspace.read() as session:
            found = {r.key: r for r in rates.rates(session, start=start, end=start + 7 * 86_400)}
            _hold(found["on_time_closing"].value == "100.0", "rates")
            done.append("四率 rates")
            paper = weekly.draw(bulletin.week(session, year=2026, week=46))
            _hold(paper.startswith(b"%PDF-"), "report")
            done.append("周报 report")
        _hold(keeping.backup(workspace).stat().st_size > 0, "backup")
        done.append("备份 backup")
        began = time.monotonic()
        _hold(not checking.check(workspace, deep=True).findings, "check")
        done.append(f"核对 check ({time.monotonic() - began:.1f} s)")
    finally:
        workspace.close()
    return done


def _hold(true: bool, what: str) -> None:
    if not true:
        raise Broken(what)
