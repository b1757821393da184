"""The life of a case on the command line, and what is said when something doesn't fit."""

import json

import pytest

from tests.run_cli import call, refused, run

AT = "2026-11-02T09:00:00+08:00"
ORDER = "20261102000101"


def now(text):
    return ("--now", text)


def later(hour, day=2):
    return now(f"2026-11-{day:02d}T{hour:02d}:00:00+08:00")


def log(data, order=ORDER, when=AT, **more):
    given = {
        "type": "property_management",
        "kind": "complaint",
        "source": "hotline",
        "place": "和溪五村 12 号",
        "text": "楼上漏水，请拨 13912345678",
        "reporter": "张小明",
        "phone": "13800000001",
        "order": order,
        **more,
    }
    arguments = [item for name, value in given.items() if value for item in (f"--{name}", value)]
    return run(data, "log", *arguments, options=now(when))


def act(data, kind, number=ORDER, when=("--now", "2026-11-02T10:00:00+08:00"), **fields):
    pairs = [item for name, value in fields.items() for item in ("--field", f"{name}={value}")]
    return run(data, "act", number, kind, *pairs, options=when)


CLOSING = {
    "verdict": "solved",
    "fact_finding": "true",
    "claim_finding": "reasonable",
    "reply": "已修好",
    "reply_channel": "phone",
    "conclusion": "已修复。",
}


@pytest.fixture(scope="module")
def seed(tmp_path_factory):
    data = tmp_path_factory.mktemp("cli") / "seed"
    run(data, "init", "--practice", options=now("2026-11-01T08:00:00+08:00"))
    return data


@pytest.fixture
def data(seed):
    """One store for the module; each test uses order numbers of its own."""
    return seed


def test_a_new_case_gets_grid_unit_limits_and_likely_duplicates(data):
    first = log(data)
    assert first["number"] == ORDER
    assert (first["grid"], first["neighbourhood"], first["unit"]) == ("hexi5-02", "hexi5", "housing")
    due = {clock["kind"]: clock["due"] for clock in first["clocks"]}
    assert due["contact"] == "2026-11-03T23:59:59+08:00"
    assert due["close"] == "2026-11-09T23:59:59+08:00"
    second = log(data, order="20261102000102")
    assert [d["number"] for d in second["duplicates"]] == [ORDER]


def test_the_way_of_a_case_to_its_figures(data):
    number = "20261102000111"
    log(data, order=number)
    act(data, "accept", number)
    assert act(data, "contact", number, later(11), reached="yes")["stage"] == "accepted"
    assert act(data, "dispatch", number, later(12))["stage"] == "dispatched"
    assert act(data, "sign", number, later(13))["stage"] == "signed"
    act(data, "attend", number, later(14), who="沈晓梅", findings="属实")
    act(data, "handle", number, later(15), result="已修")
    act(data, "submit", number, later(16))
    assert act(data, "close", number, later(17), **CLOSING)["stage"] == "closed"
    act(data, "visit", number, later(9, 3), by="centre", satisfaction="satisfied")
    shown = run(data, "show", number, options=later(10, 3))
    assert shown["stage"] == "closed"
    assert [s["kind"] for s in shown["steps"]][-2:] == ["close", "visit"]
    assert shown["facts"]["reporter"] == "张**"
    assert shown["facts"]["phone"] == "138****0001"
    assert "13912345678" not in json.dumps(shown, ensure_ascii=False)


def test_closing_names_every_missing_fact_and_changes_nothing(data):
    number = "20261102000121"
    log(data, order=number)
    act(data, "accept", number)
    act(data, "handle", number, result="已修")
    said = refused(data, "act", number, "close", "--field", "verdict=solved", options=later(17))
    assert said["refused"] == "gate"
    assert said["facts"]["missing"] == [
        "contact", "attend", "fact_finding", "claim_finding", "reply", "reply_channel", "conclusion",
    ]  # fmt: skip
    assert "先行联系" in said["reason"]
    assert run(data, "show", number)["stage"] == "handling"


def test_a_finding_other_than_true_needs_its_words(data):
    number = "20261102000122"
    log(data, order=number)
    act(data, "accept", number)
    act(data, "contact", number, reached="yes")
    act(data, "attend", number, who="沈", findings="不属实")
    act(data, "handle", number, result="解释")
    fields = [f"{k}={v}" for k, v in {**CLOSING, "fact_finding": "untrue"}.items()]
    pairs = [item for field in fields for item in ("--field", field)]
    said = refused(data, "act", number, "close", *pairs, options=later(17))
    assert said["facts"]["missing"] == ["finding_words"]
    assert (
        run(data, "act", number, "close", *pairs, "--field", "finding_words=现场未见", options=later(17))[
            "stage"
        ]
        == "closed"
    )


def test_a_closing_can_be_saved_incomplete_and_is_listed_until_it_is_complete(data):
    number = "20261102000131"
    log(data, order=number)
    act(data, "accept", number)
    act(data, "handle", number, result="已修")
    act(data, "close", number, later(17), to_complete="yes", verdict="solved")
    listed = [c["number"] for c in run(data, "list", "--incomplete")["cases"]]
    assert number in listed


def test_an_erased_phone_is_gone_and_the_case_stays(data):
    number = "20261102000132"
    log(data, order=number)
    act(data, "erase", number, fields="phone,reporter", reason="保存期满")
    shown = run(data, "show", number)
    assert shown["facts"]["phone"] == "〔已清除〕"
    assert "13800000001" not in call(data, "steps", "--case", number).out
    assert (
        refused(data, "act", number, "erase", "--field", "fields=nothing", "--field", "reason=x")["refused"]
        == "erase_unknown"
    )


def test_a_step_taken_back_and_the_taking_back_taken_back(data):
    number = "20261102000133"
    log(data, order=number)
    accepted = act(data, "accept", number)["step"]
    undone = act(data, "retract", number, step=accepted, reason="误点")
    assert undone["stage"] == "received"
    assert act(data, "retract", number, step=undone["step"], reason="没有误点")["stage"] == "accepted"


def test_taking_back_a_log_takes_the_case_from_the_list_and_restoring_brings_it_back(data):
    number = "20261102000134"
    log(data, order=number)
    first = run(data, "show", number)["steps"][0]["step"]
    gone = act(data, "retract", number, step=first, reason="登记错了")
    assert run(data, "list", "--search", number)["total"] == 0
    act(data, "retract", number, step=gone["step"], reason="没有错")
    assert run(data, "list", "--search", number)["total"] == 1


def test_joined_orders_are_handled_in_one_act_and_taken_back_in_one(data):
    a, b, c = "20261102000141", "20261102000142", "20261102000143"
    for order in (a, b, c):
        log(data, order=order)
        act(data, "accept", order)
    act(data, "merge", b, into=a)
    act(data, "merge", c, into=b)
    done = act(data, "attend", b, later(14), who="沈", findings="属实")
    assert sorted(done["joined"]) == [a, c]
    back = act(data, "retract", a, later(15), step=run(data, "show", a)["steps"][-1]["step"], reason="误")
    assert sorted(back["joined"]) == [b, c]
    assert {run(data, "show", n)["stage"] for n in (a, b, c)} == {"accepted"}
    act(data, "unmerge", b)
    alone = act(data, "attend", b, later(16), who="沈", findings="属实")
    assert "joined" not in alone
    assert act(data, "attend", c, later(16), who="沈", findings="属实")["joined"] == [a]
    assert refused(data, "act", a, "merge", "--field", f"into={a}")["refused"] == "merge_itself"


def test_a_split_case_cannot_close_while_a_sub_case_is_open(data):
    number = "20261102000151"
    log(data, order=number)
    act(data, "accept", number)
    made = act(data, "split", number, sub_cases="police,housing")["made"]
    assert made == [f"{number}-01", f"{number}-02"]
    act(data, "contact", number, reached="yes")
    act(data, "attend", number, who="沈", findings="属实")
    act(data, "handle", number, result="好")
    pairs = [item for k, v in CLOSING.items() for item in ("--field", f"{k}={v}")]
    assert refused(data, "act", number, "close", *pairs, options=later(17))["refused"] == "sub_cases_open"
    figures = run(
        data, "rates", "--from", "2026-11-01", "--to", "2026-12-01", "--as-of", "2026-12-01", "--explain"
    )["rates"]
    contact = next(r for r in figures if r["key"] == "first_contact")
    assert contact["excluded"]["sub_case"] >= 2


def test_a_patrol_case_gets_the_station_s_own_number_and_no_contact_clock(data):
    given = (
        "--type",
        "illegal_building_new",
        "--source",
        "patrol",
        "--place",
        "朝阳村",
        "--text",
        "正在搭建",
    )
    made = run(data, "log", *given, options=now(AT))
    assert made["number"].startswith("LW-261102-")
    kinds = {clock["kind"]: clock for clock in made["clocks"]}
    assert "contact" not in kinds
    assert kinds["attend"]["due"] == "2026-11-02T11:00:00+08:00"
    said = refused(data, "act", made["number"], "retract", "--field", "step=ffff0000", "--field", "reason=x")
    assert said["refused"] == "retract_unknown"


def test_group_renting_criteria_come_from_the_table_of_rooms(data):
    number = "20261102000161"
    log(data, order=number, type="group_renting")
    act(data, "accept", number)
    rooms = json.dumps(
        [{"use": "bedroom", "m2": "9.9", "persons": 2}, {"use": "divided", "m2": "12", "persons": 2}]
    )
    act(data, "attend", number, who="沈", findings="隔断", rooms=rooms)
    assert run(data, "show", number)["criteria"] == ["divided", "under_5_m2"]


def test_a_dissatisfied_answer_proposes_to_reopen(data):
    number = "20261102000171"
    log(data, order=number)
    act(data, "accept", number)
    act(data, "handle", number, result="好")
    act(data, "close", number, later(17), to_complete="yes", verdict="solved")
    said = act(data, "visit", number, later(9, 3), by="centre", satisfaction="dissatisfied", words="没修好")
    assert said["proposes"] == "reopen"
    assert act(data, "reopen", number, later(10, 3), reason="不满意")["stage"] == "handling"
    assert run(data, "show", number)["round"] == 2


def test_a_photo_is_kept_and_a_broken_one_is_refused(data, tmp_path):
    from PIL import Image

    number = "20261102000181"
    log(data, order=number)
    good, bad = tmp_path / "a.jpg", tmp_path / "b.jpg"
    Image.new("RGB", (40, 30), "red").save(good)
    bad.write_bytes(good.read_bytes()[:200])
    done = run(
        data, "act", number, "attach", "--file", str(good), "--field", "stage=before", options=later(11)
    )
    assert done["stage"] == "received"
    assert run(data, "show", number)["steps"][-1]["body"]["kind"] == "jpeg"
    assert (
        refused(data, "act", number, "attach", "--file", str(bad), "--field", "stage=before")["refused"]
        == "image_invalid"
    )


def test_the_time_can_only_be_set_in_practice(tmp_path):
    real = tmp_path / "real"
    assert refused(real, "init", options=now(AT))["refused"] == "only_practice"
    run(real, "init")
    assert refused(real, "list", options=now(AT))["refused"] == "only_practice"
    told = tmp_path / "a.jsonl"
    told.write_text("{}")
    assert refused(real, "replay", str(told))["refused"] == "only_practice"


def test_replay_refuses_what_is_no_history_and_lists_what_does_not_fit(data, tmp_path):
    told = tmp_path / "a.jsonl"
    told.write_text("not json\n")
    assert refused(data, "replay", str(told))["refused"] == "replay_line"
    noise = {"type": "noise", "place": "朝阳村", "text": "吵", "order_number": "777"}
    lines = [
        {"at": AT, "recorded_at": AT, "number": "X", "step": "log", "body": noise},
        {"at": AT, "recorded_at": AT, "number": "X", "step": "close", "body": {}},
        {"at": AT, "recorded_at": AT, "number": "Y", "step": "log", "body": noise},
    ]  # fmt: skip
    told.write_text("\n".join(json.dumps(line) for line in lines))
    found = run(data, "replay", str(told))
    assert (found["steps"], found["numbers"]) == (1, {"X": "777"})
    assert [(r["line"], r["code"]) for r in found["refused"]] == [(2, "step_stage"), (3, "case_exists")]


def test_lists_count_exactly_and_filter(data):
    everything = run(data, "list", "--limit", "1000")
    assert everything["total"] == len(everything["cases"])
    for name in ("type", "neighbourhood", "stage"):
        value = everything["cases"][0][name]
        some = run(data, "list", f"--{name}", value, "--limit", "1000")
        assert some["total"] == sum(case[name] == value for case in everything["cases"])
    pages = [
        run(data, "list", "--limit", "3", "--offset", str(n))["cases"]
        for n in range(0, everything["total"], 3)
    ]
    assert [c["number"] for page in pages for c in page] == [c["number"] for c in everything["cases"]]


def test_steps_and_clocks_are_json_lines_with_the_columns_of_the_log(data):
    rows = [json.loads(line) for line in call(data, "steps").out.splitlines()]
    wanted = {
        "position",
        "arrived_at",
        "id",
        "device",
        "epoch",
        "scope",
        "seq",
        "prev",
        "kind",
        "version",
        "subject",
    }
    wanted |= {
        "group",
        "parents",
        "lamport",
        "did_at",
        "recorded_at",
        "actor",
        "on_behalf_of",
        "body",
        "signature",
    }
    assert wanted <= set(rows[0])
    assert [row["position"] for row in rows] == list(range(1, len(rows) + 1))
    clocks = [json.loads(line) for line in call(data, "clocks").out.splitlines()]
    assert {
        "subject",
        "number",
        "round",
        "kind",
        "started",
        "due",
        "stopped",
        "rule",
        "provisional",
        "explanation",
    } <= set(clocks[0])
    assert all(clock["explanation"].endswith("。") for clock in clocks)


def test_by_limit_the_nearest_comes_first_and_cases_without_one_come_last(data):
    everything = run(data, "list", "--sort", "due", "--limit", "1000")["cases"]
    due = [case["due"] for case in everything]
    limited = [at for at in due if at]
    assert due == [*sorted(limited), *[None] * (len(due) - len(limited))]
    pages = [
        run(data, "list", "--sort", "due", "--limit", "4", "--offset", str(n))["cases"]
        for n in range(0, len(due), 4)
    ]
    assert [c["number"] for page in pages for c in page] == [c["number"] for c in everything]
