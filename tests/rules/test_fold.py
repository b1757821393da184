"""What the fold promises: total, the same in any order, clashes shown, retraction exact."""

import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.rules.steps_by_hand import NOON, Hand, arbitrary
from tests.rules.town import KNOWN
from zq_grid.rules import clocks, facts
from zq_grid.rules.ancestry import Ancestry
from zq_grid.rules.fold import fold
from zq_grid.rules.state import CaseState
from zq_grid.rules.step import Step, order
from zq_grid.rules.telling import Telling, tellable


def picture(state: CaseState) -> dict[str, Any]:
    """Return all that a state says, for comparing."""
    return {
        "stage": state.stage,
        "heads": {name: [(h.step, h.value) for h in heads] for name, heads in state.heads.items()},
        "rounds": [
            {
                name: [s.id for s in getattr(r, name)]
                for name in ("contacts", "attends", "handles", "closes", "visits")
            }
            for r in state.rounds
        ],
        "clashes": state.clashes(),
        "flags": state.flags,
        "facts": facts.rounds(state, KNOWN),
        "clocks": clocks.clocks(state, KNOWN) if state.rounds else [],
        "frontier": state.head_steps,
    }


@settings(max_examples=300)
@given(arbitrary(), st.randoms(use_true_random=False))
def test_any_order_and_repetition_of_arbitrary_steps_folds_to_the_same(steps: list[Step], die: random.Random):
    shuffled = [*steps, *steps[: len(steps) // 2]]
    die.shuffle(shuffled)
    assert picture(fold(shuffled)) == picture(fold(steps))


@settings(max_examples=150)
@given(arbitrary(), st.integers(0, 13))
def test_retracting_and_restoring_is_the_identity(steps: list[Step], which: int):
    # what is retracted must have been there before, and an erasure can't be taken back
    if which >= len(steps) or steps[which].kind in {"erase", "retract"}:
        return
    last = max(step.lamport for step in steps)
    target = steps[which]
    gone = target._replace(
        id="f" * 64,
        kind="retract",
        body={"step": target.id},
        lamport=last + 1,
        seq=90,
        parents=tuple(s.id for s in steps),
    )
    back = gone._replace(id="e" * 64, body={"step": gone.id}, lamport=last + 2, seq=91, parents=(gone.id,))
    before, after = picture(fold(steps)), picture(fold([*steps, gone, back]))
    for told in (before, after):
        told.pop("frontier")
        told["flags"] = [flag for flag in told["flags"] if flag[0] not in {gone.id, back.id}]
    assert after == before


def closed_case() -> Hand:
    hand = Hand()
    hand.logged()
    for kind in ("accept", "attend", "handle", "submit"):
        hand.add(kind)
    hand.add("close", {"verdict": "solved"})
    return hand


def test_two_people_apart_who_amend_a_field_differently_make_a_clash_until_one_settles_it():
    hand = Hand()
    first = hand.logged(place="旧址")
    one = hand.add("amend", {"place": "一号"}, parents=[first])
    two = hand.add("amend", {"place": "二号"}, parents=[first], device="bb")
    (clash,) = fold(hand.steps).clashes()
    assert clash["field"] == "place"
    assert {v["value"] for v in clash["values"]} == {"一号", "二号"}
    hand.add("amend", {"place": "三号"}, parents=[one, two])
    settled = fold(hand.steps)
    assert settled.clashes() == []
    assert settled.get("place") == "三号"


def test_the_same_value_from_two_people_apart_is_no_clash():
    hand = Hand()
    first = hand.logged()
    hand.add("amend", {"place": "一号"}, parents=[first])
    hand.add("amend", {"place": "一号"}, parents=[first], device="bb")
    assert fold(hand.steps).clashes() == []


def test_of_two_platform_limits_in_dispute_the_earlier_counts():
    hand = Hand()
    first = hand.logged()
    hand.add("amend", {"platform_due": "2026-11-20"}, parents=[first])
    hand.add("amend", {"platform_due": "2026-11-12"}, parents=[first], device="bb")
    assert fold(hand.steps).get("platform_due") == "2026-11-12"


def test_a_case_closed_by_one_and_dispatched_anew_by_another_apart_is_open_until_settled():
    hand = closed_case()
    seen = hand.steps[-2]
    moved = hand.add("dispatch", {"unit": "police"}, parents=[seen], device="bb")
    state = fold(hand.steps)
    assert state.stage == "dispatched"
    assert "stage" in {clash["field"] for clash in state.clashes()}
    hand.add("close", {"verdict": "solved"}, parents=[moved, hand.steps[-2]])
    assert fold(hand.steps).stage == "closed"


def test_two_reopenings_of_one_closing_begin_one_round_at_the_earlier_time():
    hand = closed_case()
    closed = hand.steps[-1]
    hand.add("reopen", {"reason": "不满意"}, parents=[closed], at=NOON + 90_000)
    hand.add("reopen", {"reason": "不满意"}, parents=[closed], at=NOON + 80_000, device="bb")
    rounds = fold(hand.steps).rounds
    assert [r.number for r in rounds] == [1, 2]
    assert rounds[1].began.did_at == NOON + 80_000


def test_a_visit_made_before_the_reopening_but_written_after_it_belongs_to_the_round_before():
    hand = closed_case()
    hand.add("reopen", {"reason": "不满意"}, at=NOON + 90_000)
    hand.add("visit", {"by": "centre", "satisfaction": "dissatisfied"}, at=NOON + 80_000)
    rounds = fold(hand.steps).rounds
    assert [len(r.visits) for r in rounds] == [1, 0]


def test_a_step_that_does_not_fit_is_kept_and_flagged():
    hand = Hand()
    hand.logged()
    closing = hand.add("close", {"verdict": "solved"})
    state = fold(hand.steps)
    assert state.flags == [(closing.id, "step_stage")]
    assert state.rounds[0].closes[0].id == closing.id


def test_a_step_done_more_than_five_minutes_after_it_was_written_down_is_flagged():
    hand = Hand()
    hand.logged()
    odd = hand.add("note", {"text": "x"}, at=NOON + 1000, recorded=NOON + 699)
    hand.add("note", {"text": "x"}, at=NOON + 1000, recorded=NOON + 700)
    assert fold(hand.steps).flags == [(odd.id, "future")]


def test_erasing_blanks_what_was_said_before_and_not_what_is_said_after():
    hand = Hand()
    hand.logged(phone="13800000001", text="原话")
    hand.add("erase", {"fields": ["phone"]})
    erased = fold(hand.steps)
    assert erased.get("phone") == {"erased": "yes"}
    assert erased.get("text") == "原话"
    hand.add("amend", {"phone": "13800000002"})
    assert fold(hand.steps).get("phone") == "13800000002"


@pytest.mark.parametrize(("kind", "stage"), [("withdraw", "withdrawn"), ("void", "void")])
def test_retracting_the_end_of_a_case_brings_it_back(kind, stage):
    hand = Hand()
    hand.logged()
    ended = hand.add(kind, {"reason": "误"})
    assert fold(hand.steps).stage == stage
    hand.add("retract", {"step": ended.id})
    assert fold(hand.steps).stage == "received"


def test_a_visit_made_before_the_reopening_fits_even_when_it_is_written_down_after_it():
    hand = closed_case()
    hand.add("reopen", {"reason": "不满意"}, at=NOON + 90_000)
    late = hand.add("visit", {"by": "centre", "satisfaction": "satisfied"}, at=NOON + 80_000)
    assert late.id not in {step for step, _ in fold(hand.steps).flags}


def test_absurd_times_from_elsewhere_are_left_out_and_flagged_and_nothing_breaks():
    hand = Hand()
    hand.logged(received_at="9999-12-31", platform_due="0001-01-01")
    odd = hand.add("contact", {"reached": "yes"}, at=10**15)
    hand.add("ask_extension", {"days": 10**9})
    hand.add("grant_extension", {"until": "9999-12-31"})
    state = fold(hand.steps)
    (row,) = facts.rounds(state, KNOWN)
    assert row.contact_first is None
    assert row.began_at == NOON
    assert (odd.id, "step_form") in state.flags
    assert all(clock.due is None or clock.due < 2 * 10**9 for clock in clocks.clocks(state, KNOWN))


@settings(max_examples=150)
@given(arbitrary())
def test_told_step_by_step_a_history_says_at_each_moment_what_a_fold_says(steps: list[Step]):
    ordered = sorted({s.id: s for s in steps}.values(), key=order)
    arrived = [s._replace(arrived_at=NOON + 10 * n) for n, s in enumerate(ordered)]
    universe = Ancestry(arrived)
    if not tellable(universe):
        return
    telling = Telling(universe)
    for nth in range(len(arrived)):
        moment = NOON + 10 * nth + 5
        part = fold([s for s in arrived if s.arrived_at <= moment], universe)
        assert facts.rounds(telling.until(moment), KNOWN) == facts.rounds(part, KNOWN)
