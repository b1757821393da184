"""The second calculation of the rates: the golden histories, and every corner of R4 and R5 by hand."""

import json
from fractions import Fraction
from pathlib import Path

import pytest

from tests.recount_histories import History

GOLDEN = Path(__file__).resolve().parents[2] / "shared" / "golden" / "histories"
NAMES = sorted(path.name.removesuffix(".jsonl") for path in GOLDEN.glob("*.jsonl")) or ["not beside us"]
JOINT = {"dispatch", "assign", "sign", "transfer", "attend", "handle", "check", "submit", "close"}


def replay(path: Path) -> History:
    """Write the lines of a golden file as steps, joint ones to every joined order (R4.12)."""
    history, ids, joined = History(), {}, {}
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        told = json.loads(line)
        kind, body, case = told["step"], dict(told["body"]), told["number"]
        if kind == "merge":
            joined.setdefault(body["into"], []).append(case)
        if kind == "dispatch":
            body.setdefault("unit", "u1")
        if str(body.get("step", "")).startswith("@"):
            body["step"] = ids[int(body["step"][1:])]
        for subject in [case, *(joined.get(case, []) if kind in JOINT else [])]:
            when = {"subject": subject, "recorded": told["recorded_at"]}
            step = history.do(kind, told["at"], **when, **body)
            ids.setdefault(number, step.id)
    return history


@pytest.mark.parametrize("name", NAMES)
def test_a_golden_history_gives_its_figures(golden, name):
    history = replay(golden / "histories" / f"{name}.jsonl")
    expected = json.loads((golden / "histories" / f"{name}.expect.json").read_text("utf-8"))["expect"]
    for asked in expected:
        how = {"as_of": asked["as_of"]} if "as_of" in asked else {}
        for key, (numerator, denominator) in asked["rates"].items():
            figure = history.figure(key, asked["from"], asked["to"], **how)
            assert figure == (Fraction(numerator), denominator), (asked, key)


def order(**facts: str) -> History:
    history = History()
    history.log(**facts)
    return history


def answered(history: History, when: str, said: str, by: str = "centre") -> History:
    history.do("visit", when, by=by, satisfaction=said)
    return history


# R4.1 to R4.5


@pytest.mark.parametrize("source", ["patrol", "wechat", "station", "enterprise"])
def test_only_hotline_orders_are_counted(source):
    history = order(source=source)
    history.do("close", "11-04 10:00", verdict="solved")
    assert [(rate.denominator, rate.excluded) for rate in history.rates("10-01", "12-31")] == [(0, {})] * 7


@pytest.mark.parametrize(
    ("contacts", "figure", "out"),
    [
        ([], (0, 1), {}),
        ([("11-03 23:59:59", "yes")], (1, 1), {}),
        ([("11-04 00:00", "yes")], (0, 1), {}),
        ([("11-02 10:00", "no"), ("11-03 10:00", "yes")], (1, 1), {}),
        ([("11-02 10:00", "no")], (0, 1), {}),
        ([("11-02 10:00", "not_assessed"), ("11-03 10:00", "yes")], (0, 0), {"not_assessed": 1}),
        ([("11-03 10:00", "yes"), ("11-02 10:00", "not_assessed")], (0, 0), {"not_assessed": 1}),
        ([("11-02 10:00", "yes"), ("11-03 10:00", "not_assessed")], (1, 1), {}),
        ([("11-05 10:00", "yes"), ("11-06 10:00", "not_assessed")], (0, 1), {}),
        ([("11-05 10:00", "not_assessed")], (0, 0), {"not_assessed": 1}),
        ([("11-05 10:00", "yes"), ("11-03 10:00", "yes")], (1, 1), {}),
    ],
)
def test_the_earliest_yes_at_or_before_the_limit_is_a_success(contacts, figure, out):
    history = order()
    for when, reached in contacts:
        history.do("contact", when, recorded="11-07", reached=reached)
    assert history.figure("first_contact", "11-03", "11-04") == figure
    assert history.out("first_contact") == out


@pytest.mark.parametrize(
    ("facts", "out"),
    [
        ({"anonymous": "yes"}, {"anonymous": 1}),
        ({"reply_wanted": "no"}, {"no_reply_wanted": 1}),
        ({"anonymous": "yes", "reply_wanted": "no"}, {"anonymous": 1}),
        ({"confidential": "yes"}, {}),
        ({"kind": "thanks"}, {}),
    ],
)
def test_who_can_not_be_asked_is_out_of_contact_and_satisfaction_only(facts, out):
    history = answered(order(**facts), "11-06 10:00", "satisfied")
    history.do("close", "11-05 10:00", verdict="solved")
    assert history.out("first_contact") == out
    assert history.out("satisfaction") == out
    assert history.all_time("actual_resolution") == (1, 1)


@pytest.mark.parametrize(
    ("verdict", "figure", "out"),
    [
        ("solved", (1, 1), {}),
        ("explained", (0, 1), {}),
        ("partly", (0, 1), {}),
        ("returned", (0, 0), {"returned": 1}),
        ("not_ours", (0, 0), {"not_ours": 1}),
        ("", (0, 0), {"no_verdict": 1}),
    ],
)
def test_resolution_counts_by_the_day_of_the_closing(verdict, figure, out):
    history = order()
    history.do("close", "11-30 10:00", verdict=verdict)
    assert history.figure("actual_resolution", "11-30", "12-01") == figure
    assert history.figure("actual_resolution", "11-01", "11-30") == (0, 0)
    assert history.out("actual_resolution", "11-30", "12-01") == out


@pytest.mark.parametrize(
    ("said", "weight"), [("satisfied", 1), ("fairly", "0.8"), ("so_so", "0.6"), ("dissatisfied", 0)]
)
def test_an_answer_has_its_weight(said, weight):
    history = answered(answered(order(), "11-06 10:00", said), "11-07 10:00", "so_so")
    assert history.figure("satisfaction", "11-06", "11-07") == (Fraction(weight), 1)
    assert history.figure("satisfaction", "11-07", "11-08") == (0, 0)


def test_the_first_answer_counts_and_the_call_of_the_unit_never():
    history = answered(order(), "11-05 10:00", "satisfied", by="unit")
    assert history.all_time("satisfaction") == (0, 0)
    answered(answered(history, "11-06 10:00", "no_answer"), "11-08 10:00", "fairly")
    assert history.figure("satisfaction", "11-08", "11-09") == (Fraction("0.8"), 1)
    assert history.out("satisfaction") == {}


def test_a_period_begins_with_its_first_second_and_ends_before_the_next():
    history = answered(order(), "11-06 00:00", "satisfied")
    assert history.figure("satisfaction", "11-05", "11-06") == (0, 0)
    assert history.figure("satisfaction", "11-06", "11-07") == (1, 1)


def test_visits_without_any_answer_are_out_by_the_first_of_them():
    history = answered(answered(order(), "11-06 10:00", "refused"), "11-09 10:00", "no_answer")
    assert history.out("satisfaction", "11-06", "11-07") == {"refused": 1}
    assert history.out("satisfaction", "11-07", "11-30") == {}


def test_weights_are_data_of_the_profile():
    history = answered(order(), "11-06 10:00", "so_so")
    profile = {"weights": {"so_so": "0.5"}}
    assert history.all_time("satisfaction", profile=profile) == (Fraction(1, 2), 1)


# R4.6 to R4.8


def out_of_all(*acts: tuple[str, dict[str, str]], **facts: str) -> dict[str, int]:
    history = order(**facts)
    for kind, body in acts:
        history.do(kind, "11-03 10:00", **body)
    assert history.all_time("on_time_closing") == ((0, 1) if not history.out("on_time_closing") else (0, 0))
    return history.out("on_time_closing", "11-09", "11-10")


BACK, UPHELD, REJECTED = (
    ("return", {"to": "district"}),
    ("rule_return", {"upheld": "yes"}),
    ("rule_return", {}),
)
REPEAT = ("merge", {"into": "B", "repeat": "yes"})


@pytest.mark.parametrize(
    ("acts", "out"),
    [
        ([("void", {})], {"void": 1}),
        ([("refuse", {"ground": "other"})], {"refused": 1}),
        ([BACK, UPHELD], {"returned": 1}),
        ([BACK, REJECTED], {}),
        ([BACK, REJECTED, UPHELD], {}),
        ([UPHELD, BACK], {}),
        ([("return", {"to": "centre"}), UPHELD], {}),
        ([REPEAT], {"repeat": 1}),
        ([("merge", {"into": "B", "repeat": "no"})], {}),
        ([REPEAT, ("unmerge", {})], {}),
        ([REPEAT, ("unmerge", {}), REPEAT], {"repeat": 1}),
        ([("withdraw", {})], {"withdrawn": 1}),
        ([("withdraw", {}), REPEAT, BACK, UPHELD, ("void", {})], {"void": 1}),
        ([("withdraw", {}), REPEAT], {"repeat": 1}),
    ],
)
def test_what_leaves_all_four_does_so_for_the_first_reason_that_fits(acts, out):
    assert out_of_all(*acts) == out


def test_a_sub_case_is_out():
    assert out_of_all(parent="case:hotline:1") == {"sub_case": 1}


def test_a_limit_not_yet_passed_is_not_even_out():
    history = order()
    history.do("void", "11-03 10:00")
    assert history.out("on_time_closing", as_of="11-09 23:59:59") == {}


@pytest.mark.parametrize(
    ("withdrawn", "figure"),
    [("11-03 00:00", (0, 0)), ("11-03 23:59:59", (0, 0)), ("11-04 00:00", (0, 1)), ("11-02 09:30", (0, 0))],
)
def test_a_withdrawal_takes_out_what_counts_on_its_day_or_later(withdrawn, figure):
    history = order()
    history.do("withdraw", withdrawn)
    assert history.all_time("first_contact") == figure
    assert history.out("first_contact") == ({} if figure[1] else {"withdrawn": 1})
    assert history.out("on_time_closing") == {"withdrawn": 1}


def test_a_contact_missed_hours_before_the_withdrawal_stays_missed():
    history = order(urgency="urgent")
    history.do("withdraw", "11-02 11:00:01")
    assert history.all_time("first_contact") == (0, 1)
    met = order(urgency="urgent")
    met.do("contact", "11-02 10:00", reached="yes")
    met.do("withdraw", "11-02 15:00")
    assert met.out("first_contact") == {"withdrawn": 1}


def test_what_was_closed_and_asked_before_the_withdrawal_stays():
    history = answered(order(), "11-05 10:00", "satisfied")
    history.do("close", "11-05 09:00", verdict="solved")
    history.do("withdraw", "11-06 09:00")
    assert history.all_time("actual_resolution") == (1, 1)
    assert history.all_time("satisfaction") == (1, 1)
    assert history.out("on_time_closing") == {"withdrawn": 1}


def test_an_exclusion_counts_once_approved_and_raw_keeps_the_order():
    history = order()
    history.do("exclude", "11-03 10:00", indicator="on_time_closing", reason="无理诉求", document="1")
    assert history.all_time("on_time_closing") == (0, 1)
    history.do("approve_exclusion", "11-20 10:00")
    rate = history.rate("on_time_closing", "11-09", "11-10")
    assert (rate.numerator, rate.denominator) == (0, 0)
    assert (rate.raw_numerator, rate.raw_denominator) == (0, 1)
    assert rate.excluded == {"excluded:无理诉求": 1}
    assert rate.numbers.excluded == ("A",)
    assert history.all_time("first_contact") == (0, 1)


def test_an_approval_must_follow_and_speak_of_the_same_indicator():
    history = order()
    history.do("approve_exclusion", "11-03 09:00")
    history.do("exclude", "11-03 10:00", indicator="all", reason="-")
    history.do("approve_exclusion", "11-03 11:00", indicator="satisfaction")
    assert history.all_time("on_time_closing") == (0, 1)
    history.do("approve_exclusion", "11-03 12:00", indicator="all")
    assert history.out("on_time_closing") == {"excluded:-": 1}


def test_raw_leaves_out_what_the_rate_itself_leaves_out():
    history = order(anonymous="yes")
    history.do("exclude", "11-03 10:00", indicator="all", reason="-")
    history.do("approve_exclusion", "11-03 11:00")
    rate = history.rate("first_contact", "11-03", "11-04")
    assert rate.excluded == {"excluded:-": 1}
    assert rate.raw_denominator == 0


# R4.9 to R5


def second_round(*answers: str) -> History:
    history = order()
    history.do("close", "11-04 10:00", verdict="solved")
    history.do("reopen", "11-06 10:00")
    for answer in answers:
        answered(history, "11-12 10:00", answer)
    return history


def test_the_second_round_feeds_the_figures_of_re_checks_only():
    history = second_round("fairly", "satisfied")
    history.do("close", "11-11 10:00", verdict="solved")
    assert history.all_time("recheck_count") == (1, 1)
    assert history.all_time("recheck_on_time") == (1, 1)
    assert history.all_time("recheck_turned") == (1, 1)
    assert history.all_time("actual_resolution") == (1, 1)
    assert history.all_time("satisfaction") == (0, 0)
    assert second_round("so_so").all_time("recheck_turned") == (0, 1)
    assert second_round("no_answer").all_time("recheck_turned") == (0, 0)


def test_re_checks_leave_out_the_same_orders():
    history = second_round("fairly")
    history.do("exclude", "11-13 10:00", indicator="all", reason="-")
    history.do("approve_exclusion", "11-13 11:00")
    assert history.out("recheck_on_time") == {"excluded:-": 1}
    history.do("void", "11-13 12:00")
    assert history.out("recheck_count") == {"void": 1}


def test_groups_add_up_and_no_owner_is_one_of_them():
    history = order(neighbourhood="n1")
    for subject in ("B", "C"):
        history.do("log", "11-02 09:00", subject=subject, source="hotline", kind="complaint")
    assert history.groups("on_time_closing", "neighbourhood") == {"": 2, "n1": 1}
    rate = history.rate("on_time_closing", "11-09", "11-10")
    assert (rate.group, rate.numbers.counted_out) == (None, ("A", "B", "C"))


def test_by_closing_all_four_count_on_the_day_of_the_closing():
    history = order()
    history.do("contact", "11-03 10:00", reached="yes")
    history.do("submit", "11-11 09:00")
    history.do("close", "11-30 10:00", verdict="explained")
    answered(history, "12-03 10:00", "fairly")
    expected = {
        "first_contact": 1,
        "on_time_closing": 0,
        "actual_resolution": 0,
        "satisfaction": Fraction("0.8"),
    }
    for key, numerator in expected.items():
        assert history.figure(key, "11-30", "12-01", profile={"basis": "closed"}) == (numerator, 1)
        assert history.figure(key, "10-01", "11-30", profile={"basis": "closed"}) == (0, 0)


def test_by_closing_an_open_order_is_nowhere_and_a_closed_one_before_its_limit_counts():
    history = answered(order(), "11-03 10:00", "satisfied")
    closed = {"profile": {"basis": "closed"}}
    assert {rate.denominator for rate in history.rates("10-01", "12-31", **closed)} == {0}
    history.do("close", "11-02 15:00", recorded="11-03 10:00", verdict="solved")
    assert history.all_time("first_contact", as_of="11-03 11:00", **closed) == (0, 1)
    assert history.all_time("on_time_closing", as_of="11-03 11:00", **closed) == (1, 1)
