"""Acts, each in its own durable transaction, beside the raw engine's insert of as many rows."""

import itertools

from sqlalchemy import text

from tests.bench.measure import Figure, figure
from zq_grid import cases, together
from zq_grid.workspace import Workspace

_numbers = itertools.count(1)


def acts(workspace: Workspace) -> list[Figure]:
    """Time logging and acting."""
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
                db.execute(text("INSERT INTO kept VALUES (:key, 'x', 0)"), {"key": f"bench:{next(_numbers)}"})

    logged = figure("log a case (durable)", log, "p50 ≤ 3", raw, runs=200)
    acted = figure("act on a case (durable)", act, "p50 ≤ 3", raw, runs=150)
    with workspace.transaction(write=True) as db:
        db.execute(text("DELETE FROM kept WHERE key LIKE 'bench:%'"))
    return [logged, acted]
