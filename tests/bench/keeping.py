"""Rebuilding all summaries from the log, and the whole process of a command."""

import subprocess
import sys
import time
from pathlib import Path

from tests.bench.measure import Figure, figure
from zq_grid import rebuilding
from zq_grid.progress import Progress
from zq_grid.workspace import Workspace

ROOT = Path(__file__).parents[2]


def rebuild(workspace: Workspace, count: int) -> str:
    """Rebuild every summary and say how many cases a second."""
    began = time.perf_counter()
    with workspace.write() as session:
        rebuilding.rebuild(session, Progress())
    taken = time.perf_counter() - began
    return f"rebuild: {count / taken:,.0f} cases a second (bar 5,000), {taken:.1f} s in all"


def whole_process(workspace: Workspace) -> Figure:
    """Time `zq-grid list` as a whole process."""
    command = [sys.executable, "-m", "ui.cli", "--data", str(workspace.folder), "--json", "list"]
    raw = [sys.executable, "-c", "import sqlalchemy, typer"]

    def run(arguments: list[str]) -> None:
        subprocess.run(arguments, cwd=ROOT, check=True, capture_output=True)

    return figure(
        "`zq-grid list` as a whole process", lambda: run(command), "≤ 600", lambda: run(raw), runs=7
    )
