"""Acts on many from the command line: for somebody else, and what is said where not one case could take it."""

import json

import pytest

from tests.run_cli import call, run
from tests.stores import act, handled, make_store

GIVER = "w010"


@pytest.fixture
def folder(tmp_path):
    made = make_store(tmp_path / "store")
    for nth in range(1, 4):
        number = handled(made, f"2026110200{nth:04d}", upto="dispatch")
        act(made, number, "assign", worker=GIVER)
    made.close()
    return tmp_path / "store"


FIRST = ("--number", "20261102000001")


def test_a_bulk_act_for_somebody_else_says_so_in_every_step(folder):
    run(folder, "bulk", "note", "--field", "text=看过", *FIRST, "--yes", "--on-behalf-of", "城管中队 电话")
    shown = run(folder, "show", "20261102000001")
    assert shown["steps"][-1]["on_behalf_of"] == "城管中队 电话"


def test_a_bulk_act_that_no_case_can_take_ends_with_one_and_names_each(folder):
    asked = ("bulk", "accept", "--stage", "open", "--yes")
    said = call(folder, *asked, options=("--json",))
    told = json.loads(said.out)
    assert said.code == 1
    assert (told["taken"], told["batch"], [one["code"] for one in told["refused"]]) == (
        0,
        "",
        ["step_stage"] * 3,
    )
    assert "3 件都没有办成" in said.err
    assert "Not done for any of 3 cases" in call(folder, *asked, options=("--lang", "en")).err


def test_a_bulk_act_that_one_case_took_is_done(folder):
    assert call(folder, "bulk", "note", "--field", "text=看过", *FIRST, "--number", "77", "--yes").code == 0


def test_the_preview_of_what_no_case_can_take_is_only_an_answer(folder):
    assert call(folder, "bulk", "accept", "--stage", "open", "--preview").code == 0


def test_what_no_case_can_take_needs_no_yes_to_be_refused(folder):
    said = call(folder, "bulk", "accept", "--stage", "open")
    assert said.code == 1
    assert "3 件都没有办成" in said.err
