"""A store with many cases, written by the product's own step path and kept for the next run."""

import random
import shutil
import time
from pathlib import Path
from typing import Any

from zq_grid import bodies, intake, rebuilding, setup
from zq_grid.cases import subject_for, type_entry
from zq_grid.progress import Progress
from zq_grid.rules import worktime
from zq_grid.session import Session
from zq_grid.workspace import Workspace, open_workspace

DAY = 86_400
END = worktime.parse("2026-11-22T20:00:00+08:00")[0]
BATCH = 2000
TEXTS = (
    "楼上漏水，厨房吊顶已塌，要求尽快维修。",
    "夜间施工噪音扰民，影响老人休息，请相关部门处理。",
    "小区内有人违法搭建阳光房，已经开始封顶。",
    "疑似群租，客厅隔断住了七八个人，存在消防隐患。",
    "咨询老旧小区加装电梯的办理流程和补贴标准。",
    "电动自行车在楼道充电，多次反映没有解决。",
)
# Sentences that follow the first, so that texts differ as real ones do.
MORE = (
    "市民称此前已向物业反映三次，至今没有结果。",
    "现场有老人和孩子，存在安全隐患。",
    "每天晚上十点以后尤其严重。",
    "希望有关部门上门核实。",
    "市民对上次答复不认可，要求再次处理。",
    "楼道内堆放纸箱和旧家具，通道被堵。",
    "垃圾箱房异味大，招来蚊虫。",
    "路灯不亮已有一周，夜间通行困难。",
    "窨井盖破损，车辆经过时有响声。",
    "绿化带被踩踏，杂草丛生。",
    "停车位被占用，多次挪车无果。",
    "商铺跨门经营，占用人行道。",
    "流动摊贩聚集，油烟扰民。",
    "工地夜间进出渣土车，扬尘严重。",
    "树枝伸到窗前，影响采光。",
    "电梯经常停运，老人无法下楼。",
    "水压不足，高层用水困难。",
    "天然气管道检修未提前通知。",
    "居民楼外墙瓷砖脱落，险些砸到行人。",
    "广场舞音量过大，影响学生复习。",
    "宠物粪便无人清理。",
    "消防通道停满车辆。",
    "有人在楼顶养鸽子，羽毛飘落。",
    "公共座椅损坏，希望更换。",
    "快递车在门口乱停。",
    "要求尽快回复处理结果。",
    "市民愿意配合现场查看。",
    "请联系市民后再上门。",
    "涉及多户，希望协调解决。",
    "此前物业承诺的期限已过。",
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
    """Write the cases; return cases a second.

    The steps go through the log's only writer, some thousand to a transaction; the summaries are then what a
    rebuild makes of them, which folds every case once and uses all cores. What comes out is the same as if each
    step had been taken alone.
    """
    workspace = setup.new_workspace(place, practice=False, clock=lambda: END)
    began = time.perf_counter()
    town: _Town | None = None
    for first in range(0, count, BATCH):
        with workspace.write() as session:
            town = town or _Town(session, count)
            numbers = range(first, min(count, first + BATCH))
            session.log.expect([f"case:hotline:{town.order(nth)}" for nth in numbers])
            for nth in numbers:
                town.case(session, nth)
    with workspace.write() as session:
        rebuilding.rebuild(session, Progress())
    workspace.close()
    return count / (time.perf_counter() - began)


def text_of(nth: int, pick: int | None = None) -> str:
    """Return what somebody said: one of six matters, two or three sentences more, a number; the same for the same case."""
    die = random.Random(nth)
    matter = TEXTS[nth % 6 if pick is None else pick]
    return matter + "".join(die.sample(MORE, 2 + nth % 2)) + f"（{nth}）"


class _Town:
    """Tells the lives of cases, the same ones every time."""

    def __init__(self, session: Session, count: int) -> None:
        self._die, self._count = random.Random(7), count
        known = session.catalogue.with_places(session.db)
        self._estates = [entry["name"] for entry in known.current("estate").values()]
        self._own = {code: type_entry(known, code) for code in TYPES}
        self._placed: dict[str, dict[str, str]] = {}

    def order(self, nth: int) -> str:
        """Return the order number of a case."""
        return f"{worktime.day_of(self._at(nth)):%Y%m%d}{nth % 1_000_000:06d}"

    def _at(self, nth: int) -> int:
        return END - 730 * DAY + int(730 * DAY * nth / self._count)

    def case(self, session: Session, nth: int) -> None:
        """Write the steps of one case."""
        at, body = self._at(nth), self._body(session, nth)
        own = self._own[body["type"]]
        subject = subject_for(body, "")
        parents: tuple[str, ...] = ()
        for kind, facts, after in self._story(session, body, END - at > 3 * DAY):
            if at + after > END:
                break
            step = session.log.add(
                kind,
                subject,
                facts,
                personal=bodies.personal(kind, facts, own),
                parents=parents,
                did_at=at + after,
                recorded_at=at + after,
                actor="w001",
            )
            parents = (step.id,)

    def _body(self, session: Session, nth: int) -> dict[str, Any]:
        pick = self._die.randrange(len(TYPES))
        place = f"{self._die.choice(self._estates)} {self._die.randrange(1, 60)} 号"
        given: dict[str, Any] = {
            "type": TYPES[pick],
            "kind": "complaint",
            "source": "hotline",
            "place": place,
            "text": text_of(nth, pick),
            "reporter": "张三",
            "phone": f"138{nth % 100_000_000:08d}",
            "order_number": self.order(nth),
            "received_at": worktime.to_text(self._at(nth)),
        }
        body = bodies.clean("log", given, self._own[TYPES[pick]])
        if place not in self._placed:
            self._placed[place] = intake.place_facts(session, body)[0]
        return {**body, **self._placed[place]}

    def _story(
        self, session: Session, body: dict[str, Any], whole: bool
    ) -> list[tuple[str, dict[str, Any], int]]:
        """Return the steps of a case: kind, facts, seconds after its arrival."""
        story: list[tuple[str, dict[str, Any], int]] = [("log", body, 0)]
        if not whole:
            return story
        die = self._die
        unit = intake.route(session.catalogue, body["type"], body.get("neighbourhood")) or "centre"
        reached = die.choice(("yes", "yes", "yes", "no"))
        return [
            *story,
            ("accept", {}, 600),
            ("dispatch", {"unit": unit}, 1200),
            ("contact", {"reached": reached, "person": "张三"}, 14_400),
            ("handle", {"result": "solved"}, 86_400),
            (
                "close",
                {"verdict": die.choice(("solved", "explained")), "conclusion": "已处理。"},
                100_000 + die.randrange(6 * DAY),
            ),
        ]
