"""Timing one thing many times, and the table of figures."""

import gc
import resource
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Figure:
    """One row: milliseconds at the median and the 95th percentile, the bar, and the ratio to the raw engine."""

    name: str
    p50: float
    p95: float
    bar: str = ""
    raw: float | None = None

    def cells(self) -> tuple[str, ...]:
        """Return the row as text."""
        ratio = f"{self.p50 / self.raw:.1f}×" if self.raw else ""
        raw = f"{self.raw:.2f}" if self.raw else ""
        return (self.name, f"{self.p50:.2f}", f"{self.p95:.2f}", self.bar, raw, ratio)


def timed(work: Callable[[], object], runs: int = 40, warm: int = 3) -> tuple[float, float]:
    """Return (median, 95th percentile) of `work` in milliseconds."""
    for _ in range(warm):
        work()
    gc.collect()
    taken = []
    for _ in range(runs):
        began = time.perf_counter()
        work()
        taken.append((time.perf_counter() - began) * 1000)
    taken.sort()
    return statistics.median(taken), taken[min(len(taken) - 1, int(len(taken) * 0.95))]


def figure(
    name: str,
    work: Callable[[], object],
    bar: str = "",
    raw: Callable[[], object] | None = None,
    runs: int = 40,
    warm: int = 3,
) -> Figure:
    """Time `work`, and the raw engine's way of the same, in turn."""
    mine = timed(work, runs, warm)
    base = timed(raw, runs, warm)[0] if raw else None
    return Figure(name, *mine, bar, base)


def peak() -> float:
    """Return the peak memory of this process in MB.

    Linux hands down through a start what `getrusage` says: a small program begun by a large one seems as large.
    """
    try:
        told = Path("/proc/self/status").read_text("utf-8")
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return next(int(line.split()[1]) / 1024 for line in told.splitlines() if line.startswith("VmHWM:"))


def table(rows: list[Figure]) -> str:
    """Return the figures as a Markdown table."""
    titles = ("what", "p50 ms", "p95 ms", "bar", "raw ms", "ratio")
    lines = ["| " + " | ".join(titles) + " |", "|---|---:|---:|---|---:|---:|"]
    return "\n".join([*lines, *("| " + " | ".join(row.cells()) + " |" for row in rows)])


def beside(small: list[Figure], large: list[Figure]) -> str:
    """Return how the medians grew from one store to a larger one, as a Markdown table; names that differ are left out."""
    known = {row.name: row for row in small}
    lines = ["| what | p50 ms before | p50 ms after | growth |", "|---|---:|---:|---:|"]
    pairs = [(known[row.name], row) for row in large if row.name in known]
    lines += [
        f"| {old.name} | {old.p50:.2f} | {row.p50:.2f} | {row.p50 / old.p50:.1f}× |" for old, row in pairs
    ]
    return "\n".join(lines)
