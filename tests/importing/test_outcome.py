import pytest
from sqlalchemy import select

from db.tables import CASES
from tests.importing.practice import HEADER, ROW, Town, body, counts, reminding, second

NUMBER = ROW[0]


@pytest.fixture
def town(tmp_path):
    town = Town(tmp_path)
    yield town
    town.workspace.close()


OUTCOME = [
    "处理完成时间",
    "结案时间",
    "解决情况",
    "先行联系",
    "综合满意度",
    "回访时间",
    "答复要点",
    "主办单位",
]
WHOLE = ["2026-10-22 15:00:00", "2026-10-23", "实际解决", "是", "满意", "2026-10-24", "已修好", "房管所"]


def said(step):
    return (step.kind, step.did_at, step.body.get("precision", "second"))


def test_a_closing_that_is_told_whole_becomes_steps_at_its_own_times(town):
    town.take([*HEADER, *OUTCOME], [*ROW, *WHOLE])
    done = town.steps(NUMBER)
    assert [said(step) for step in done[1:]] == [
        ("accept", second("2026-10-20"), "day"),
        ("contact", second("2026-10-20"), "day"),
        ("handle", second("2026-10-22T15:00:00+08:00"), "second"),
        ("submit", second("2026-10-22T15:00:00+08:00"), "second"),
        ("close", second("2026-10-23"), "day"),
        ("visit", second("2026-10-24"), "day"),
    ]
    bodies = {step.kind: step.body for step in done}
    assert bodies["handle"]["result"] == "实际解决"
    assert bodies["close"] == {"verdict": "solved", "platform": "yes", "reply": "已修好", "precision": "day"}
    assert bodies["contact"] == {"reached": "yes", "channel": "platform", "precision": "day"}
    assert bodies["visit"]["by"] == "centre"
    assert bodies["log"]["extra"] == {"unit": "房管所"}
    assert town.case(NUMBER).flags == []
    assert town.column(select(CASES.c.stage)) == ["closed"]
    assert town.column(select(CASES.c.incomplete)) == [2]


CLOSED = ["accept", "handle", "submit", "close"]


@pytest.mark.parametrize(
    ("cells", "kinds", "kept"),
    [
        ({}, ["accept", "contact", "handle", "submit", "close", "visit"], set()),
        ({"先行联系": "", "综合满意度": "", "回访时间": ""}, CLOSED, set()),
        ({"先行联系": "未评价", "综合满意度": ""}, ["accept", "contact", *CLOSED[1:]], {"visited_at"}),
        (
            {"结案时间": ""},
            [],
            {"submitted_at", "result", "verdict", "contact", "satisfaction", "visited_at", "reply"},
        ),
        (
            {"解决情况": "办了"},
            [],
            {"submitted_at", "closed_at", "result", "contact", "satisfaction", "visited_at", "reply"},
        ),
        ({"结案时间": "2026-12-23"}, [], None),
        ({"结案时间": "2026-10-19"}, [], None),
        ({"处理完成时间": "2026-10-01", "先行联系": ""}, [*CLOSED, "visit"], {"submitted_at"}),
        ({"答复要点": "长" * 4001, "先行联系": ""}, [*CLOSED, "visit"], {"reply"}),
    ],
)
def test_of_a_closing_only_what_is_sound_is_written_and_the_rest_is_kept(town, cells, kinds, kept):
    outcome = [cells.get(name, cell) for name, cell in zip(OUTCOME, WHOLE, strict=True)]
    town.take([*HEADER, *OUTCOME], [*ROW, *outcome])
    assert town.kinds(NUMBER) == ["log", *kinds]
    left = set(body(town)["extra"])
    assert left == ({"unit"} | kept if kept is not None else left)
    assert kept is not None or {"closed_at", "verdict", "unit"} <= left
    assert counts(town.take([*HEADER, *OUTCOME], [*ROW, *outcome])) == (0, 0, 1, 0, 0)


def test_a_closing_that_comes_with_a_later_file_closes_what_is_open_here(town):
    town.take(HEADER, ROW)
    for kind, facts in (("accept", {}), ("contact", {"reached": "yes", "person": "本人"})):
        town.act(NUMBER, kind, facts)
    done = town.take([*HEADER, *OUTCOME], [*ROW, *WHOLE])
    assert counts(done) == (0, 1, 0, 0, 0)
    assert town.kinds(NUMBER) == ["log", "accept", "contact", "handle", "submit", "close", "visit"]
    assert town.case(NUMBER).flags == []
    assert counts(town.take([*HEADER, *OUTCOME], [*ROW, *WHOLE])) == (0, 0, 1, 0, 0)


def test_a_case_that_was_reopened_here_is_not_closed_by_the_old_file(town):
    town.take([*HEADER, *OUTCOME], [*ROW, *WHOLE])
    town.act(NUMBER, "reopen", {"reason": "市民不满意"})
    assert counts(town.take([*HEADER, *OUTCOME], [*ROW, *WHOLE])) == (0, 0, 1, 0, 0)


def test_a_closed_reminder_is_linked_before_it_is_closed(town):
    row = [*reminding("20261021000001", NUMBER), *WHOLE]
    row[1] = "2026-10-21 08:00:00"
    town.take([*HEADER, *OUTCOME], [*ROW, *[""] * 8], row)
    assert town.kinds("20261021000001")[:3] == ["log", "link", "accept"]
    assert town.case("20261021000001").flags == []
