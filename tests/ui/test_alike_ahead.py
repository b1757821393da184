"""How many cases may repeat others stands beside its view without anybody having looked there."""

import pytest

from tests.stores import HOUR, Clock, log, make_store
from tests.ui.case_window import NOW, case_window
from ui.pages import cases_alike

SAID = "楼道里停放电动自行车充电，飞线从三楼拉下来，晚上有火灾隐患"


@pytest.fixture
def folder(tmp_path):
    """A store with one matter that was reported twice, and one that wasn't."""
    made = make_store(tmp_path / "w", clock=Clock(NOW - 5 * HOUR))
    for nth, phone in ((1, "13800000001"), (2, "13800000001")):
        log(
            made,
            order_number=f"2026110200000{nth}",
            place="和溪五村 12 号",
            text=SAID,
            phone=phone,
            type="ebike_charging",
        )
        made.clock.pass_(HOUR)
    log(
        made,
        order_number="20261102000003",
        place="和溪一村 3 号",
        text="绿化带里的树枝断了",
        phone="13800000009",
    )
    made.close()
    return tmp_path / "w"


def test_the_number_of_likely_repeats_appears_by_itself_and_moves_nothing(qtbot, folder):
    with case_window(qtbot, folder) as cases:
        views, number = cases.page.views, cases.page.detail.number
        assert "alike" not in views.counts
        qtbot.waitUntil(lambda: "alike" in views.counts, timeout=30_000)
        assert views.counts["alike"] == 1
        assert views.buttons["alike"].count.text() == "1"
        assert cases.page.detail.number == number, "what one looks at stays"


def test_counting_ahead_stops_where_there_are_many_and_says_so(qtbot, folder, monkeypatch):
    monkeypatch.setattr(cases_alike, "MOST_AHEAD", 1)
    with case_window(qtbot, folder) as cases:
        views = cases.page.views
        qtbot.waitUntil(lambda: "alike" in views.counts, timeout=30_000)
        assert views.buttons["alike"].count.text() == "1+"
        cases.view("alike")
        qtbot.waitUntil(lambda: not cases.page.alike._left, timeout=30_000)
        assert views.buttons["alike"].count.text() == "1", "who looks sees all of them"
        assert cases.page.alike.table.record().other == "20261102000001"
