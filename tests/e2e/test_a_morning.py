"""A morning in the real window, in a process of its own on a display of its own, by keys alone."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from tests.e2e import morning
from tests.e2e.screen import screen
from tests.stores import HOUR, Clock, act, handled, make_store, reopen
from tests.ui.case_window import CLOSING
from zq_grid import cases, checking, lists, projection, views

ROOT = Path(__file__).resolve().parents[2]
HEADER = ("工单编号", "受理时间", "工单类型", "诉求地址", "内容描述", "市民姓名", "联系电话")
MATTERS = ("楼上漏水，物业不管", "夜间装修打孔，噪音扰民", "电梯停运三天", "楼道堆物，消防通道被堵")
ORDERS = [f"202611020001{nth:02}" for nth in range(20)]
CLOSED = [f"202611010002{nth:02}" for nth in range(5)]
HANDLED = [f"202611010003{nth:02}" for nth in range(2)]
KEYS = 150


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A station with five closed cases that want a visit and two that can be closed."""
    place = tmp_path_factory.mktemp("morning")
    made = make_store(place / "w", clock=Clock(morning.NINE_TO_TEN - 30 * HOUR))
    for number in [*CLOSED, *HANDLED]:
        handled(made, number)
    for number in CLOSED:
        act(made, number, "close", **CLOSING)
    made.close()
    return place / "w"


@pytest.fixture(scope="module")
def book(folder: Path) -> Path:
    """A workbook of the hotline with twenty orders."""
    path = folder.parent / "工单.xlsx"
    with xlsxwriter.Workbook(str(path)) as made:
        sheet = made.add_worksheet("工单明细")
        sheet.write_row(0, 0, HEADER)
        for nth, number in enumerate(ORDERS):
            at = f"2026-11-02 08:{nth:02}:00"
            place = f"和溪{'一二三四五'[nth % 5]}村 {nth + 1} 号"
            said = (number, at, "投诉", place, MATTERS[nth % 4], "王小明", f"138000000{nth:02}")
            sheet.write_row(nth + 1, 0, said)
    return path


@contextmanager
def at_work(*words: object) -> Iterator[subprocess.Popen[str]]:
    """Run the morning's program on a screen; it is gone in the end."""
    with screen() as where:
        command = [sys.executable, "-W", "error", "-m", "tests.e2e.morning", *map(str, words)]
        with subprocess.Popen(command, cwd=ROOT, env=where, stdout=subprocess.PIPE, text=True) as working:
            try:
                yield working
            finally:
                working.kill()


def told(working: subprocess.Popen[str], until: str) -> list[dict[str, Any]]:
    """Return what the program says it did, up to and with a word."""
    assert working.stdout is not None
    found = []
    for line in working.stdout:
        found.append(json.loads(line))
        if found[-1]["what"] == until:
            return found
    raise AssertionError(f"the morning ended early, after {found}")


@pytest.fixture(scope="module")
def done(folder: Path, book: Path) -> list[dict[str, Any]]:
    """What was done until the process was killed in the middle of a sentence, and after it was begun again."""
    plan = {
        "contact": ORDERS[5:],
        "close": HANDLED,
        "extend": ORDERS[0],
        "return": ORDERS[1],
        "err": ORDERS[2],
    }
    with at_work(folder, book, "first", json.dumps(plan)) as working:
        before = told(working, "typing")
        working.send_signal(signal.SIGKILL)
        working.wait()
    with at_work(folder, book, "again") as working:
        after = told(working, "closed")
        assert working.wait(20) == 0
    return [*before, *after]


@pytest.fixture(scope="module")
def seen(done: list[dict[str, Any]]) -> Mapping[str, dict[str, Any]]:
    """The last of each thing done, by its word."""
    return {one["what"]: one for one in done}


@pytest.fixture(scope="module")
def store(done: list[dict[str, Any]], folder: Path) -> Iterator[Any]:
    """The store after the morning."""
    found = reopen(folder, Clock(morning.NINE_TO_TEN + HOUR))
    yield found
    found.close()


def steps(store: Any, number: str) -> list[str]:
    """Return the steps of a case that stand."""
    return [step["kind"] for step in read(store, number)["steps"] if not step.get("retracted")]


def read(store: Any, number: str) -> Any:
    """Return a case as the store has it."""
    with store.read() as session:
        subject = cases.find(session, number)
        return views.case(session, subject, projection.state_of(session, subject), masked=False)


def test_twenty_orders_come_in_by_three_keys(seen, store):
    assert seen["import"]["shown"] == {"new": "20", "rejected": "0", "asked": "0"}
    assert "新增 20 件" in seen["import"]["toast"]
    assert all(steps(store, number)[0] == "log" for number in ORDERS)


def test_all_of_them_are_dispatched_where_they_are_routed(seen, store):
    assert seen["accept"]["left"] == seen["dispatch"]["left"] == []
    assert seen["dispatch"]["waiting"] == 20
    assert "已派遣 20 件" in seen["dispatch"]["toast"]
    assert all("dispatch" in steps(store, number) for number in ORDERS)


def test_fifteen_people_are_called_and_every_third_does_not_answer(seen, store):
    assert sorted(seen["contact"]["done"]) == ORDERS[5:]
    bodies = [
        step["body"] for n in ORDERS[5:] for step in read(store, n)["steps"] if step["kind"] == "contact"
    ]
    assert [body["reached"] for body in bodies].count("no") == 5
    assert [body["reached"] for body in bodies].count("yes") == 10


def test_five_return_visits_empty_the_list_of_those_that_wait(seen, store):
    assert sorted(seen["visit"]["asked"]) == CLOSED
    assert seen["visit"]["left"] == []
    assert all(steps(store, number)[-1] == "visit" for number in CLOSED)


def test_two_closings_an_extension_and_a_return_stand(seen, store):
    assert all(steps(store, number)[-1] == "close" for number in HANDLED)
    assert steps(store, ORDERS[0])[-1] == "ask_extension"
    assert steps(store, ORDERS[1])[-1] == "return"


def test_what_was_written_at_the_wrong_case_is_taken_back(seen, store):
    assert seen["undo"]["wrong"] == "contact"
    assert "contact" not in seen["undo"]["after"]
    assert "已撤销" in seen["undo"]["toast"]
    assert "contact" not in steps(store, ORDERS[2])


def test_killed_in_the_middle_of_a_sentence_everything_written_is_there(seen, store):
    assert seen["logged"]["place"] == morning.PLACE
    assert seen["logged"]["text"] == morning.BEGUN
    with store.read() as session:
        newest = lists.page(session, sort="newest", limit=1).rows[0]
    assert (newest.place, newest.text) == (morning.PLACE, morning.BEGUN + morning.REST)


def test_the_morning_takes_few_keys_besides_words(done):
    keys = {one["what"]: 0 for one in done} | {}
    for one in done:
        keys[one["what"]] += one.get("keys", 0)
    assert sum(keys.values()) <= KEYS, keys


def test_nothing_is_wrong_with_the_store_after_it(store):
    assert checking.check(store, deep=True).findings == ()


def test_the_window_had_nothing_to_complain_about(seen):
    assert seen["closed"]["complaints"] == []
