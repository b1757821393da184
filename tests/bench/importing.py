"""A workbook of 20,000 rows and 25 columns: in, in again, in a process of its own so that its memory can be told."""

import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import xlsxwriter

from tests.bench import town
from tests.bench.measure import Figure
from zq_grid import setup
from zq_grid.importing import run
from zq_grid.rules import worktime
from zq_grid.workspace import open_workspace

ROWS = 20_000
HEADERS = (
    "12345工单编号",
    "12345受理时间",
    "工单来源",
    "业务类型",
    "诉求区域",
    "居村委",
    "诉求地址",
    "内容描述",
    "一级分类",
    "二级分类",
    "三级分类",
    "四级分类",
    "主办单位",
    "协办单位",
    "派遣时间",
    "截止时间",
    "联系电话",
    "诉求人",
    "是否匿名",
    "是否保密",
    "紧急程度",
    "流水号",
    "坐席",
    "备注",
    "区平台状态",
)


def workbook(path: Path) -> Path:
    """Write the workbook."""
    with xlsxwriter.Workbook(str(path), {"constant_memory": True}) as book:
        sheet = book.add_worksheet("工单")
        sheet.write_row(0, 0, HEADERS)
        for nth in range(ROWS):
            day = f"2026-10-{nth % 28 + 1:02d}"
            sheet.write_row(nth + 1, 0, _row(nth, day))
    return path


def _row(nth: int, day: str) -> list[str]:
    return [
        f"{day.replace('-', '')}{nth:06d}", f"{day} {nth % 24:02d}:{nth % 60:02d}:00", "12345热线", "投诉", "莲湾镇", "",
        f"和溪{'一二三四五'[nth % 5]}村{nth % 60 + 1}号{nth % 6 + 1}0{nth % 4 + 1}室", town.text_of(nth), "城市管理", "市容环境",
        f"小类{nth % 40}", "", "城管中队", "", "", "", f"138{nth:08d}", "张三", "否", "否", "一般", str(nth), f"{nth % 30:03d}",
        "", "处置中",
    ]  # fmt: skip


def imports() -> list[Figure]:
    """Import, import again, and tell seconds and peak memory of the processes together."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        book = workbook(place / "orders.xlsx")
        setup.new_workspace(place / "ws", clock=lambda: town.END).close()
        found = []
        for name, bar in (
            ("import of 20,000 rows × 25 columns", "≤ 6,000"),
            ("the same again: 0 steps", "≤ 4,000"),
        ):
            command = [sys.executable, "-m", "tests.bench.importing", str(place / "ws"), str(book)]
            (taken, new), memory = _watched(command)
            title = f"{name} ({new} new, {memory} MB)"
            found.append(Figure(title, float(taken), float(taken), f"{bar}, 300 MB"))
    return found


def _watched(command: list[str]) -> tuple[list[str], int]:
    """Run a command; return the words it prints, and the peak MB of it and its children at one moment.

    Looked at from outside: a child's own peak counts what its parent held when it was started.
    """
    most = 0
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        while process.poll() is None:
            most = max(most, sum(_resident(one) for one in (process.pid, *_children(process.pid))))
            time.sleep(0.02)
        assert process.stdout is not None
        said = process.stdout.read().split()
    if process.returncode:
        raise SystemExit(process.returncode)
    return said, most >> 20


def _children(process: int) -> list[int]:
    try:
        return [int(one) for one in Path(f"/proc/{process}/task/{process}/children").read_text().split()]
    except OSError:
        return []


def _resident(process: int) -> int:
    """Return the bytes that a process holds in memory, 0 where it is gone or the system doesn't tell."""
    try:
        return int(Path(f"/proc/{process}/statm").read_text().split()[1]) * resource.getpagesize()
    except (OSError, IndexError):
        return 0


def main() -> None:
    """Import one file into one store; print milliseconds and new cases."""
    workspace = open_workspace(Path(sys.argv[1]), clock=lambda: town.END)
    began = time.perf_counter()
    done = run.run_file(workspace, Path(sys.argv[2]))
    taken = (time.perf_counter() - began) * 1000
    workspace.close()
    print(f"{taken:.0f} {done.new}")


if __name__ == "__main__":
    assert worktime.day_of(town.END)
    main()
