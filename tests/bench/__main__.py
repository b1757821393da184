"""`python -m tests.bench [CASES]`: figures of a store with that many cases (100,000 unless given)."""

import itertools
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import text

from db.tables import FOREVER
from tests.bench import town
from tests.bench.measure import Figure, figure, peak, table
from zq_grid import cases, lists, rates, setup, together
from zq_grid.projection import Renewal
from zq_grid.rules import worktime
from zq_grid.workspace import Workspace

ROOT = Path(__file__).parents[2]
WEEK = (worktime.parse("2026-11-09")[0], worktime.parse("2026-11-16")[0])
_numbers = itertools.count(1)


def main() -> None:
    """Build or open the store, time everything, print the table."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    folder = Path(os.environ.get("BENCH_STORES", ROOT / "build" / "bench"))
    os.environ.setdefault("ZQ_GRID_HOME", str(folder / "home"))
    workspace = town.store(folder, count)
    rows = [*reading(workspace), *writing(workspace), whole_process(workspace)]
    print(f"\n{count:,} cases, warm, encrypted store, {os.cpu_count()} processors\n")
    print(table(rows))
    size = sum(path.stat().st_size for path in workspace.folder.glob("store.db*"))
    print(f"\nstore: {size / count / 1024:.2f} KB a case (bar 6) · peak memory {peak():.0f} MB")
    print(f"bulk path: {bulk():,.0f} new cases a second (bar 3,000)")
    workspace.close()


def reading(workspace: Workspace) -> list[Figure]:
    """Time the lists and the rates."""
    with workspace.read() as session:
        db = session.db

        def page(**filters: Any) -> Callable[[], object]:
            return lambda: lists.page(session, limit=50, **filters)

        def raw(sql: str) -> Callable[[], object]:
            return lambda: db.exec_driver_sql(sql).fetchall()

        newest = "SELECT * FROM cases ORDER BY received_at DESC, subject DESC LIMIT 50"
        found = [
            figure("newest 50, not counted", page(count=False), "≤ 2", raw(newest)),
            figure("newest 50 with exact count", page(), "", raw("SELECT count(*) FROM cases")),
        ]
        some = lists.page(session, limit=1).rows[0]
        for name, filters in (
            ("stage closed", {"stage": "closed"}),
            ("stage open", {"stage": "open"}),
            ("type", {"type": "noise"}),
            ("unit", {"unit": "housing"}),
            ("area", {"area": "a1"}),
            ("neighbourhood", {"neighbourhood": some.neighbourhood}),
            ("red light", {"light": "red"}),
            ("nearest limit", {"sort": "due"}),
            ("search 2 characters", {"search": "群租"}),
            ("search 4 characters", {"search": "加装电梯"}),
            ("search a number", {"search": some.number}),
        ):
            found.append(figure(f"list: {name}", page(count=False, **filters), "≤ 10"))
        asked = {"start": WEEK[0], "end": WEEK[1], "by": "neighbourhood"}
        plain = (
            f"SELECT neighbourhood, count(*), sum(contact_first_at <= contact_due) FROM rounds WHERE until = {FOREVER} "
            f"AND source = 'hotline' AND contact_due >= {WEEK[0]} AND contact_due < {WEEK[1]} GROUP BY 1"
        )
        four = ("first_contact", "on_time_closing", "actual_resolution", "satisfaction")
        found.append(
            figure(
                "a week's four rates by neighbourhood",
                lambda: rates.rates(session, keys=four, **asked),
                "≤ 5",
                raw(plain),
            )
        )
        past = worktime.parse("2026-11-18T12:00:00+08:00")[0]
        found.append(
            figure(
                "the same as of a past moment",
                lambda: rates.rates(session, keys=four, as_of=past, **asked),
                "≤ 10",
            )
        )
    return found


def writing(workspace: Workspace) -> list[Figure]:
    """Time logging and acting, each in its own durable transaction."""
    made: list[str] = []

    def log() -> None:
        with workspace.write() as session:
            facts = {
                "type": "noise",
                "kind": "complaint",
                "source": "station",
                "place": f"和溪五村 {next(_numbers) % 60 + 1} 号",
                "text": "夜间施工噪音扰民，影响老人休息。",
                "reporter": "张三",
                "phone": "13800000000",
            }
            made.append(cases.log(session, facts).number)

    def act() -> None:
        with workspace.write() as session:
            together.act(session, made.pop(), "accept", {})

    def raw() -> None:
        with workspace.transaction(write=True) as db:
            for _ in range(6):
                db.execute(
                    text("INSERT INTO batches VALUES (:b, 0, 0, 0, 'w', 'f', 0, 0)"),
                    {"b": f"r{next(_numbers)}"},
                )

    logged = figure("log a case (durable)", log, "p50 ≤ 3, p95 ≤ 8", raw, runs=200)
    acted = figure("act on a case (durable)", act, "p50 ≤ 3, p95 ≤ 8", raw, runs=150)
    with workspace.transaction(write=True) as db:
        db.execute(text("DELETE FROM batches WHERE batch LIKE 'r%'"))
    return [logged, acted]


def whole_process(workspace: Workspace) -> Figure:
    """Time `zq-grid list` as a whole process."""
    command = [sys.executable, "-m", "ui.cli", "--data", str(workspace.folder), "--json", "list"]
    raw = [sys.executable, "-c", "import sqlalchemy, typer"]

    def run(arguments: list[str]) -> None:
        subprocess.run(arguments, cwd=ROOT, check=True, capture_output=True)

    return figure(
        "`zq-grid list` as a whole process", lambda: run(command), "≤ 600", lambda: run(raw), runs=7
    )


def bulk() -> float:
    """Return how many new cases a second the bulk path writes, of one step each."""
    import time

    with tempfile.TemporaryDirectory() as folder:
        workspace = setup.new_workspace(Path(folder) / "ws", clock=lambda: town.END)
        count = 4000
        with workspace.write() as session:
            renewal = Renewal(session)
            began = time.perf_counter()
            for nth in range(count):
                if nth % 500 == 0:
                    session.log.expect([f"case:hotline:20261101{n:06d}" for n in range(nth, nth + 500)])
                facts = {
                    "type": "noise",
                    "kind": "complaint",
                    "place": f"和溪五村 {nth % 60 + 1} 号",
                    "text": town.TEXTS[nth % 6] + str(nth),
                    "reporter": "张三",
                    "phone": f"138{nth:08d}",
                    "order_number": f"20261101{nth:06d}",
                    "received_at": worktime.to_text(town.END - nth * 60),
                }
                cases.log_one(session, renewal, facts, town.END - nth * 60, False, "", "", strict=True)
                if nth % 500 == 499:
                    session.log.flush()
                    renewal.write()
            session.log.flush()
            renewal.write()
            taken = time.perf_counter() - began
        workspace.close()
    return count / taken


if __name__ == "__main__":
    main()
