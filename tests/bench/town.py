"""A store with many cases, written by the product's own step path and kept for the next run."""

import random
import shutil
import time
from pathlib import Path
from typing import Any

from zq_grid import bodies, intake, setup
from zq_grid.cases import subject_for, type_entry
from zq_grid.projection import Renewal
from zq_grid.rules import worktime
from zq_grid.rules.step import Step
from zq_grid.session import Session
from zq_grid.workspace import Workspace, open_workspace

DAY = 86_400
END = worktime.parse("2026-11-22T20:00:00+08:00")[0]
BATCH = 1000
TEXTS = (
    "楼上漏水，厨房吊顶已塌，要求尽快维修。",
    "夜间施工噪音扰民，影响老人休息，请相关部门处理。",
    "小区内有人违法搭建阳光房，已经开始封顶。",
    "疑似群租，客厅隔断住了七八个人，存在消防隐患。",
    "咨询老旧小区加装电梯的办理流程和补贴标准。",
    "电动自行车在楼道充电，多次反映没有解决。",
)
TYPES = ("property_management", "noise", "illegal_building_new", "group_renting", "consultation", "other")


def store(folder: Path, count: int) -> Workspace:
    """Return a workspace with `count` cases of six steps each over two years, building it if it isn't there."""
    place = folder / f"town-{count}"
    if not (place / "ready").exists():
        shutil.rmtree(place, ignore_errors=True)
        build(place, count)
        (place / "ready").write_text("yes")
    return open_workspace(place, clock=lambda: END)


def build(place: Path, count: int) -> float:
    """Write the cases; return cases a second."""
    die = random.Random(7)
    workspace = setup.new_workspace(place, practice=False, clock=lambda: END)
    with workspace.read() as session:
        known = session.catalogue.with_places(session.db)
        estates = [e["name"] for e in known.current("estate").values()]
    began = time.perf_counter()
    for first in range(0, count, BATCH):
        with workspace.write() as session:
            renewal = Renewal(session)
            for nth in range(first, min(count, first + BATCH)):
                _one(session, renewal, die, nth, count, estates)
            session.log.flush()
            renewal.write()
    workspace.close()
    return count / (time.perf_counter() - began)


def _one(
    session: Session, renewal: Renewal, die: random.Random, nth: int, count: int, estates: list[str]
) -> None:
    at = END - 730 * DAY + int(730 * DAY * nth / count)
    pick = die.randrange(len(TYPES))
    order = f"{worktime.day_of(at):%Y%m%d}{nth % 1_000_000:06d}"
    given: dict[str, Any] = {
        "type": TYPES[pick],
        "kind": "complaint",
        "source": "hotline",
        "place": f"{die.choice(estates)} {die.randrange(1, 60)} 号",
        "text": TEXTS[pick] + f"（{nth}）",
        "reporter": "张三",
        "phone": f"138{nth % 100_000_000:08d}",
        "order_number": order,
        "received_at": worktime.to_text(at),
    }
    own = type_entry(session.catalogue, given["type"])
    body = bodies.clean("log", given, own)
    body.update(intake.place_facts(session, body)[0])
    unit = intake.route(session.catalogue, given["type"], body.get("neighbourhood")) or "centre"
    story: list[tuple[str, dict[str, Any], int]] = [("log", body, 0)]
    if END - at > 3 * DAY:
        story += [
            ("accept", {}, 600),
            ("dispatch", {"unit": unit}, 1200),
            ("contact", {"reached": die.choice(("yes", "yes", "yes", "no")), "person": "张三"}, 14_400),
            ("handle", {"result": "solved"}, 86_400),
            (
                "close",
                {"verdict": die.choice(("solved", "explained")), "conclusion": "已处理。"},
                100_000 + die.randrange(6 * DAY),
            ),
        ]
    subject = subject_for(body, "")
    number = session.log.subject_id(subject)
    held: list[Step] = []
    for kind, facts, after in story:
        if at + after > END:
            break
        step = session.log.add(
            kind,
            subject,
            facts,
            personal=bodies.personal(kind, facts, own),
            parents=(held[-1].id,) if held else (),
            did_at=at + after,
            recorded_at=at + after,
            actor="w001",
        )
        held.append(step)
    renewal.add(number, held, fresh=True)
