"""`python -m tests.bench [CASES …]`: figures for stores with that many cases (10,000 and 100,000 unless given).

With `--write` the tables go into docs/performance.md, with machine and date.
"""

import os
import platform
import sys
from datetime import date
from pathlib import Path

from tests.bench import importing, keeping, reading, town, window, writing
from tests.bench.measure import Figure, beside, peak, table

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "performance.md"
BEGIN, END = "<!-- figures: begin -->", "<!-- figures: end -->"


def main() -> None:
    """Build or open the stores, time everything, print the tables."""
    given = [int(word.replace("_", "")) for word in sys.argv[1:] if word[0].isdigit()]
    sizes = sorted(given or [10_000, 100_000])
    folder = Path(os.environ.get("BENCH_STORES", ROOT / "build" / "bench"))
    os.environ.setdefault("ZQ_GRID_HOME", str(folder / "home"))
    parts = [_machine()]
    by_size: dict[int, list[Figure]] = {}
    for size in sizes:
        by_size[size], notes = measured(folder, size)
        parts.append(f"## {size:,} cases\n\n{table(by_size[size])}\n\n{notes}")
        print(parts[-1], flush=True)
    parts.append("## A workbook\n\n" + table(importing.imports()))
    print(parts[-1])
    if len(sizes) > 1:
        parts.append(
            f"## Growth from {sizes[0]:,} to {sizes[-1]:,}\n\n"
            + beside(by_size[sizes[0]], by_size[sizes[-1]])
        )
        print(parts[-1])
    if "--write" in sys.argv:
        _write("\n\n".join(parts))


def measured(folder: Path, size: int) -> tuple[list[Figure], str]:
    """Return every figure of one store, and what else is told of it."""
    workspace = town.store(folder, size)
    rows = [*reading.questions(workspace), *writing.acts(workspace), keeping.whole_process(workspace)]
    stored = sum(path.stat().st_size for path in workspace.folder.glob("store.db*"))
    notes = [f"Store {stored / size / 1024:.2f} KB a case (bar 6)", f"peak memory {peak():.0f} MB"]
    if size <= 100_000 or "--rebuild" in sys.argv:
        notes.append(keeping.rebuild(workspace, size))
    workspace.close()
    seen, note = window.figures(workspace.folder)
    return [*rows, *seen], " · ".join([*notes, note]) + "."


def _machine() -> str:
    python = platform.python_version()
    return (
        f"Measured {date.today()}: {platform.system()} {platform.machine()}, CPython {python}, "
        f"{os.cpu_count()} processors, encrypted store, warm."
    )


def _write(text: str) -> None:
    page = PAGE.read_text("utf-8")
    before, rest = page.split(BEGIN)
    after = rest.split(END)[1]
    PAGE.write_text(f"{before}{BEGIN}\n{text}\n{END}{after}", "utf-8")


if __name__ == "__main__":
    main()
