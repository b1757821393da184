"""How the second calculation walks a case: what stands, which round a step belongs to, who held it (R2)."""

from tests.recount_histories import History, at
from zq_grid.recount_case import read
from zq_grid.rules.step import Step


def closed_once() -> tuple[History, Step]:
    """A complaint of 2 November, handled and closed as solved on the 4th."""
    history = History()
    history.log()
    history.do("contact", "11-02 10:00", reached="yes")
    history.do("submit", "11-04 09:00")
    return history, history.do("close", "11-04 10:00", verdict="solved")


def rounds(history: History) -> int:
    case = read(history.steps, as_of=at("2027-12-31"))
    assert case is not None
    return len(case.rounds)


def test_without_a_log_there_is_no_case():
    history = History()
    history.do("enter", "11-02 09:00", subject="point:1")
    assert read(history.steps, as_of=at("2027-12-31")) is None


def test_what_has_not_arrived_does_not_exist():
    history = History()
    history.log()
    history.do("contact", "11-03 10:00", recorded="11-06 09:00", reached="yes")
    assert history.all_time("first_contact", as_of="11-06 08:59:59") == (0, 1)
    assert history.all_time("first_contact", as_of="11-06 09:00") == (1, 1)


def test_a_limit_has_passed_only_after_it():
    history = History()
    history.log()
    assert history.all_time("first_contact", as_of="11-03 23:59:59") == (0, 0)
    assert history.all_time("first_contact", as_of="11-04 00:00") == (0, 1)


def test_a_retracted_step_is_gone_and_back_when_the_retract_is_retracted():
    history = History()
    history.log()
    contact = history.do("contact", "11-02 10:00", reached="yes")
    retract = history.do("retract", "11-03 10:00", step=contact.id)
    assert history.all_time("first_contact") == (0, 1)
    back = history.do("retract", "11-04 10:00", step=retract.id)
    assert history.all_time("first_contact") == (1, 1)
    assert history.all_time("first_contact", as_of="11-04 09:59:59") == (0, 1)
    history.do("retract", "11-05 10:00", step=back.id)
    assert history.all_time("first_contact") == (0, 1)


def test_a_retract_counts_wherever_it_stands_in_the_order():
    history = History()
    history.log()
    contact = history.do("contact", "11-02 10:00", lamport=9, reached="yes")
    history.do("retract", "11-02 11:00", lamport=2, device="d2", step=contact.id)
    assert history.all_time("first_contact") == (0, 1)


def test_a_retract_reaches_no_other_case():
    history = History()
    history.log()
    contact = history.do("contact", "11-02 10:00", reached="yes")
    history.do("retract", "11-02 11:00", subject="B", step=contact.id)
    assert history.all_time("first_contact") == (1, 1)


def test_a_retracted_log_is_out_of_every_figure_under_that_word():
    history, _ = closed_once()
    history.do("retract", "11-05 10:00", step=history.steps[0].id)
    for key in ("first_contact", "on_time_closing", "actual_resolution"):
        assert history.all_time(key) == (0, 0)
        assert history.out(key) == {"retracted": 1}


def test_another_log_of_the_case_keeps_it_in_with_its_own_facts():
    history = History()
    first = history.log()
    history.log("11-02 10:00", kind="consultation")
    assert history.counted_on() == "11-09"
    history.do("retract", "11-05 10:00", step=first.id)
    assert history.counted_on() == "11-03"


def test_a_reopen_of_a_closed_case_begins_the_next_round():
    history, _ = closed_once()
    history.do("reopen", "11-06 10:00")
    assert rounds(history) == 2
    assert history.all_time("recheck_count") == (1, 1)


def test_a_reopen_of_an_open_case_begins_nothing():
    history = History()
    history.log()
    history.do("reopen", "11-06 10:00")
    assert rounds(history) == 1


def test_reopens_that_did_not_know_of_each_other_begin_one_round_at_the_earlier_time():
    history, close = closed_once()
    history.do("reopen", "11-06 10:00", sees=(close,))
    history.do("reopen", "11-05 10:00", sees=(close,), device="d2")
    assert rounds(history) == 2
    assert history.figure("recheck_count", "11-05", "11-06") == (1, 1)


def test_a_reopen_that_saw_the_other_begins_nothing():
    history, _ = closed_once()
    history.do("reopen", "11-06 10:00")
    history.do("reopen", "11-06 11:00")
    assert rounds(history) == 2


def test_a_late_twin_of_a_reopen_does_not_reopen_the_next_closing():
    history, close = closed_once()
    reopen = history.do("reopen", "11-06 10:00", sees=(close,))
    history.do("close", "11-09 10:00", sees=(reopen,), verdict="solved")
    history.do("reopen", "11-06 11:00", recorded="11-10 09:00", sees=(close,), device="d2")
    assert rounds(history) == 2


def test_a_reopen_after_each_closing_begins_a_round_each():
    history, _ = closed_once()
    for day in ("11-06", "11-10", "11-13"):
        history.do("reopen", f"{day} 10:00")
        history.do("close", f"{day} 15:00", verdict="solved")
    assert rounds(history) == 4
    assert history.all_time("recheck_count") == (3, 3)


def test_a_retracted_closing_leaves_nothing_to_reopen():
    history, close = closed_once()
    history.do("reopen", "11-06 10:00")
    history.do("retract", "11-06 11:00", step=close.id)
    assert rounds(history) == 1


def test_a_visit_written_down_after_the_reopen_belongs_to_the_round_of_its_day():
    history, _ = closed_once()
    history.do("reopen", "11-06 10:00")
    history.do("visit", "11-05 10:00", recorded="11-07 09:00", by="centre", satisfaction="dissatisfied")
    history.do("visit", "11-06 10:00", recorded="11-07 09:00", by="centre", satisfaction="satisfied")
    assert history.all_time("satisfaction") == (0, 1)
    assert history.all_time("recheck_turned") == (1, 1)


def test_an_act_of_the_first_day_goes_back_over_two_rounds():
    history = History()
    history.log()
    history.do("close", "11-03 10:00", verdict="solved")
    history.do("reopen", "11-04 10:00")
    history.do("close", "11-05 10:00", verdict="solved")
    history.do("reopen", "11-06 10:00")
    history.do("contact", "11-02 10:00", recorded="11-07 10:00", reached="yes")
    assert history.all_time("first_contact") == (1, 1)


def test_a_submission_belongs_where_it_stands_whatever_its_time():
    history = History()
    history.log()
    history.do("close", "11-12 10:00", verdict="solved")
    history.do("reopen", "11-13 10:00")
    history.do("submit", "11-09 10:00", recorded="11-14 10:00")
    assert history.all_time("on_time_closing") == (0, 1)
    assert history.all_time("recheck_on_time") == (1, 1)


def test_of_two_submissions_the_earlier_by_time_counts():
    history = History()
    history.log()
    history.do("submit", "11-10 10:00")
    history.do("submit", "11-09 10:00", recorded="11-11 10:00")
    assert history.all_time("on_time_closing") == (1, 1)


def test_a_submission_goes_before_an_earlier_closing():
    history, _ = closed_once()
    assert history.all_time("on_time_closing") == (1, 1)
    late = History()
    late.log()
    late.do("close", "11-05 10:00", verdict="solved")
    assert late.all_time("on_time_closing") == (1, 1)
    late.do("submit", "11-10 10:00")
    assert late.all_time("on_time_closing") == (0, 1)


def test_an_amended_verdict_belongs_to_the_round_in_which_it_stands():
    history, _ = closed_once()
    history.do("amend", "11-05 09:00", verdict="partly")
    history.do("reopen", "11-06 10:00")
    history.do("close", "11-10 10:00", verdict="partly")
    history.do("amend", "11-11 09:00", verdict="solved")
    assert history.all_time("actual_resolution") == (0, 1)


def test_a_closing_says_its_own_verdict_whatever_was_amended_before_it():
    history = History()
    history.log()
    history.do("amend", "11-03 09:00", verdict="partly")
    history.do("close", "11-04 10:00", verdict="solved")
    assert history.all_time("actual_resolution") == (1, 1)


def test_the_last_amend_in_the_order_counts_and_a_retracted_one_does_not():
    history = History()
    history.log()
    history.do("amend", "11-03 09:00", anonymous="yes")
    assert history.out("first_contact") == {"anonymous": 1}
    back = history.do("amend", "11-03 10:00", anonymous="no")
    assert history.out("first_contact") == {}
    history.do("retract", "11-03 11:00", step=back.id)
    assert history.out("first_contact") == {"anonymous": 1}


def test_the_unit_is_who_held_the_order_when_its_clock_stopped():
    history = History()
    history.log(type="parking", neighbourhood="n1")
    history.do("dispatch", "11-02 10:00", unit="u1")
    history.do("assign", "11-02 10:00", worker="w7")
    history.do("contact", "11-02 11:00", reached="yes")
    history.do("transfer", "11-03 10:00", unit="u2", reason="-")
    history.do("assign", "11-03 10:00", worker="w8")
    history.do("submit", "11-04 10:00")
    history.do("transfer", "11-05 10:00", unit="u3", reason="-")
    assert history.groups("first_contact", "unit") == {"u1": 1}
    assert history.groups("on_time_closing", "unit") == {"u2": 1}
    assert history.groups("first_contact", "worker") == {"w8": 1}
    assert history.groups("on_time_closing", "type") == {"parking": 1}
    assert history.groups("on_time_closing", "source") == {"hotline": 1}


def test_who_gets_the_order_in_the_second_it_is_submitted_holds_it():
    history = History()
    history.log()
    history.do("dispatch", "11-04 10:00", unit="u1")
    history.do("submit", "11-04 10:00")
    assert history.groups("on_time_closing", "unit") == {"u1": 1}


def test_who_takes_the_order_after_its_limit_does_not_answer_for_it():
    history = History()
    history.log()
    history.do("dispatch", "11-03 10:00", unit="u1")
    history.do("transfer", "11-10 10:00", unit="u2", reason="-")
    history.do("submit", "11-11 10:00")
    assert history.groups("on_time_closing", "unit") == {"u1": 1}


def test_an_upheld_inner_return_leaves_the_order_without_owner():
    history = History()
    history.log()
    history.do("dispatch", "11-03 10:00", unit="u1")
    history.do("return", "11-03 11:00", to="centre", reason="-")
    history.do("rule_return", "11-03 12:00", upheld="no")
    assert history.groups("on_time_closing", "unit") == {"u1": 1}
    history.do("return", "11-04 11:00", to="centre", reason="-")
    history.do("rule_return", "11-04 12:00", upheld="yes")
    assert history.groups("on_time_closing", "unit") == {"": 1}
    assert history.groups("on_time_closing", "worker") == {"": 1}


def test_the_area_is_the_one_valid_at_receipt():
    history = History()
    history.town.areas.append((at("11-03"), {"n1": "west"}))
    history.log(neighbourhood="n1")
    assert history.groups("on_time_closing", "area") == {"east": 1}
    assert history.groups("on_time_closing", "neighbourhood") == {"n1": 1}
    later = History()
    later.town.areas.append((at("11-03"), {"n1": "west"}))
    later.log("11-02 09:00", received_at="2026-11-03T09:00:00+08:00", neighbourhood="n1")
    assert later.groups("on_time_closing", "area") == {"west": 1}
    nowhere = History()
    nowhere.log()
    assert nowhere.groups("on_time_closing", "area") == {"": 1}
