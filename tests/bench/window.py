"""The window on a store: from the start of the process to work, memory, keys, scrolling, typing; in a process of its own."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from tests.bench.measure import Figure

ROOT = Path(__file__).parents[2]
TURNS = 3


def figures(folder: Path) -> tuple[list[Figure], str]:
    """Return the figures of the window on the store in `folder`, and what else is told of it."""
    _run(folder)  # warm: files in memory, modules compiled
    runs = [_run(folder) for _ in range(TURNS)]
    last = runs[-1]

    def once(name: str, key: str, bar: str) -> Figure:
        taken = sorted(run[key] for run in runs)
        return Figure(name, taken[len(taken) // 2], taken[-1], bar)

    def many(name: str, key: str, bar: str) -> Figure:
        taken = sorted(ms for run in runs for ms in run[key])
        return Figure(name, taken[len(taken) // 2], taken[min(len(taken) - 1, int(len(taken) * 0.95))], bar)

    rows = [
        once("window: process start → painted", "painted", "≤ 500"),
        once("window: process start → first list filled", "usable", "≤ 1200"),
        many("window: key → next case chosen and painted", "next", "p95 ≤ 50"),
        many("window: key → its detail filled", "detail", ""),
        many("window: one frame of scrolling", "frame", "p95 ≤ 16"),
        many("window: a letter typed into the search", "letter", "p95 ≤ 50"),
        many("window: search → rows", "found", ""),
        once("window: longest stretch of work", "longest", "≤ 100"),
    ]
    return (
        rows,
        f"window: peak memory {max(run['memory'] for run in runs):.0f} MB (bar 300), {last['rows']:,} rows",
    )


def _run(folder: Path) -> dict[str, Any]:
    where = {**os.environ, "BEGAN": repr(time.monotonic())}
    where.setdefault("QT_QPA_PLATFORM", "offscreen")
    # installed programs find their modules compiled
    where.pop("PYTHONDONTWRITEBYTECODE", None)
    where["PYTHONPYCACHEPREFIX"] = str(folder.parent / "compiled")
    words = [sys.executable, "-m", "tests.bench.window_run", str(folder)]
    done = subprocess.run(words, cwd=ROOT, env=where, stdout=subprocess.PIPE, check=True, text=True)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found
