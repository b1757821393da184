"""One life of a case, one import and the rates say the same on SQLite and on PostgreSQL."""

import json
from collections.abc import Callable

import pytest

from tests.random_histories import DAY, histories
from tests.run_cli import refused, run
from zq_grid import confirm, practice, rates, rebuilding, setup, steps
from zq_grid.progress import Progress
from zq_grid.recount import recount
from zq_grid.rules import worktime

AT = "2026-11-02T09:00:00+08:00"
CSV = (
    "工单编号,受理时间,诉求地址,内容描述,诉求人,联系电话,截止时间\n"
    "20261102000201,2026-11-02 09:00,和溪五村 12 号,夜间施工噪音扰民,王五,13800000003,2026-11-06\n"
    "20261102000202,2026-11-02,金桂新苑 27 号,"
    "【最近派发的工单编号：20261102000201，工单内容：夜间施工】仍在施工,王五,13800000003,\n"
)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.pg)])
def where(request: pytest.FixtureRequest) -> Callable[[], tuple[str, ...]]:
    """Return the options that name the store: none, or the address of a fresh database."""
    if request.param == "sqlite":
        return lambda: ()
    url = request.getfixturevalue("fresh_pg")
    return lambda: ("--db", url)


def at(day: int, hour: int) -> tuple[str, ...]:
    return ("--now", f"2026-11-{day:02d}T{hour:02d}:00:00+08:00")


def test_one_life_of_a_case_one_import_and_the_rates(where, tmp_path):
    data, db = tmp_path / "ws", where()
    run(data, "init", "--practice", options=(*db, *at(1, 8)))
    path = tmp_path / "orders.csv"
    path.write_text(CSV, "gb18030")
    done = run(data, "import", str(path), options=(*db, *at(2, 12)))
    assert (done["rows"], done["new"], done["linked"], done["rejected"]) == (2, 2, 1, [])
    assert run(data, "import", str(path), options=(*db, *at(2, 13)))["unchanged"] == 2
    number = "20261102000201"
    story = [
        ("accept", {}),
        ("contact", {"reached": "yes"}),
        ("dispatch", {}),
        ("sign", {}),
        ("attend", {"who": "沈晓梅", "findings": "属实"}),
        ("handle", {"result": "已停工"}),
        ("submit", {}),
        (
            "close",
            {
                "verdict": "solved",
                "fact_finding": "true",
                "claim_finding": "reasonable",
                "reply": "已停工",
                "reply_channel": "phone",
                "conclusion": "已停工。",
            },
        ),
        ("visit", {"by": "centre", "satisfaction": "fairly", "words": "还行"}),
    ]
    for nth, (kind, facts) in enumerate(story):
        pairs = [item for name, value in facts.items() for item in ("--field", f"{name}={value}")]
        run(data, "act", number, kind, *pairs, options=(*db, *at(3, 9 + nth)))
    assert refused(data, "act", number, "accept", options=(*db, *at(4, 9)))["refused"] == "step_stage"
    assert run(data, "list", "--search", "施工", options=(*db, *at(4, 9)))["total"] == 2
    assert run(data, "list", "--search", "夜间施工噪音", options=(*db, *at(4, 9)))["total"] == 1
    assert run(data, "list", "--search", "噪", options=(*db, *at(4, 9)))["total"] == 1
    asked = ("--from", "2026-11-01", "--to", "2026-11-09", "--as-of", "2026-11-20")
    found = {r["key"]: r for r in run(data, "rates", *asked, options=(*db, *at(20, 9)))["rates"]}
    assert [found["first_contact"][k] for k in ("numerator", "denominator")] == [1, 2]
    assert [found["on_time_closing"][k] for k in ("numerator", "denominator")] == [1, 1]
    assert [found["satisfaction"][k] for k in ("numerator", "denominator")] == ["0.8", 1]
    out = tmp_path / "week.pdf"
    printed = run(
        data, "report", "weekly", "--week", "2026-W45", "--out", str(out), options=(*db, *at(20, 9))
    )
    assert out.read_bytes().startswith(b"%PDF-")
    assert printed["pages"] >= 1
    batch = done["batch"]
    undone = run(data, "import", "--undo", batch, options=(*db, *at(20, 10)))
    assert undone["kept"] == [number]
    checked = run(data, "check", "--deep", options=(*db, *at(20, 11)))
    assert checked["findings"] == []


@pytest.mark.parametrize("seed", [3, 4])
def test_rates_agree_with_the_recount_and_survive_a_rebuild(where, tmp_path, seed):
    lines, moments = histories(seed, 24, "2026-11-20" if seed % 3 == 0 else "2026-08-24")
    options = where()
    workspace = setup.new_workspace(
        tmp_path / "ws", options[1] if options else None, practice=True, clock=lambda: moments[-1]
    )
    with workspace.write() as session:
        assert practice.replay(session, lines).steps > 150
    for _ in range(2):
        with workspace.read() as session:
            held = list(steps.between(session.db, 1, steps.last_position(session.db)))
            known = confirm.RecountCatalogue(session.catalogue)
            for as_of in (*moments[:: len(moments) // 6], moments[-1] + 40 * DAY):
                first = worktime.day_start(worktime.day_of(as_of - 30 * DAY))
                for by in (None, "neighbourhood", "unit"):
                    asked = {"start": first, "end": first + 45 * DAY, "as_of": as_of, "by": by}
                    mine = {(r.key, r.group): confirm.figures(r) for r in rates.rates(session, **asked)}
                    other = {(r.key, r.group): confirm.figures(r) for r in recount(held, known, **asked)}
                    some = {key: value for key, value in mine.items() if value != confirm.NOTHING}
                    assert some == {key: value for key, value in other.items() if value != confirm.NOTHING}
        with workspace.write() as session:
            rebuilding.rebuild(session, Progress())
    workspace.close()


def test_numbers_in_json_stay_exact(where, tmp_path):
    data = tmp_path / "ws"
    options = (*where(), *at(2, 9))
    run(data, "init", "--practice", options=options)
    run(
        data,
        "log",
        "--type",
        "noise",
        "--place",
        "朝阳村",
        "--text",
        "吵",
        "--order",
        "20261102000999",
        options=options,
    )
    (case,) = run(data, "list", options=options)["cases"]
    assert json.dumps(case["number"]) == '"20261102000999"'
