"""What this town's people mean by the words of other people's spreadsheets is told once, or learned."""

import pytest

from tests.importing.practice import HEADER, ROW, Town, body, changed
from zq_grid import entries
from zq_grid.errors import Refused
from zq_grid.importing import aliases
from zq_grid.importing.aliases import Alias

NUMBER, SECOND = ROW[0], "20261020000002"
WIDE = [*HEADER, "主办单位", "居村委", "一级业务分类"]


@pytest.fixture
def town(tmp_path):
    town = Town(tmp_path)
    yield town
    town.workspace.close()


def wide(number=NUMBER, kind="投诉", unit="", neighbourhood="", category="", **more):
    return [*changed(number=number, kind=kind, **more), unit, neighbourhood, category]


def unknown(done):
    return {(one.field, one.word): one.rows for one in done.read.unknown}


def learn(town, number):
    with town.workspace.write() as session:
        return aliases.define(session, aliases.learned(session, number))


def test_words_that_nobody_knows_are_listed_with_their_rows_and_kept(town):
    rows = [wide(f"2026102000000{n}", "投诉举报", "城管中队(莘)", "某某居委", "甲类") for n in (1, 2)]
    done = town.take(WIDE, *rows, wide("20261020000003", "投诉急件", "城管中队", "和溪五村", ""))
    assert unknown(done) == {
        ("unit", "城管中队(莘)"): 2,
        ("neighbourhood", "某某居委"): 2,
        ("type", "甲类"): 2,
        ("kind", "投诉急件"): 1,
    }
    assert body(town, "20261020000003")["extra"]["工单类型"] == "投诉急件"


def test_a_word_that_is_told_is_used_in_the_same_import_and_ever_after(town):
    told = [Alias("kind", "投诉急件", "complaint")]
    done = town.take(WIDE, wide(kind="投诉急件"), taught=told)
    assert done.read.aliases == tuple(told)
    assert (unknown(done), body(town, NUMBER)["kind"]) == ({}, "complaint")
    town.take(WIDE, wide(SECOND, kind="投诉 急件"))
    assert body(town, SECOND)["kind"] == "complaint"
    assert town.take(WIDE, wide("20261020000003", kind="投诉急件"), taught=told).read.aliases == ()


def test_a_neighbourhood_and_a_category_are_told_by_code(town):
    told = [Alias("neighbourhood", "五村片", "hexi5"), Alias("type", "甲类", "noise")]
    town.take(WIDE, wide(neighbourhood="五村片", category="甲类", place="某处", text="某事"), taught=told)
    assert (body(town, NUMBER)["neighbourhood"], body(town, NUMBER)["type"]) == ("hexi5", "noise")


def test_a_type_learned_later_leaves_known_cases_as_they_are(town):
    town.take(WIDE, wide(category="甲类", text="某事"))
    done = town.take(WIDE, wide(category="甲类", text="某事"), taught=[Alias("type", "甲类", "noise")])
    assert (done.unchanged, done.amended) == (1, 0)


def test_a_trial_uses_a_word_and_keeps_nothing(town):
    before = town.number_of_steps()
    done = town.take(
        WIDE, wide(kind="投诉急件"), taught=[Alias("kind", "投诉急件", "complaint")], dry_run=True
    )
    assert (unknown(done), len(done.read.aliases), town.number_of_steps()) == ({}, 1, before)


@pytest.mark.parametrize(
    ("alias", "code"),
    [
        (Alias("kind", "急件", "urgent"), "entry_invalid"),
        (Alias("colour", "红", "red"), "entry_invalid"),
        (Alias("kind", "长" * 61, "complaint"), "entry_invalid"),
        (Alias("unit", "城管", "nobody"), "alias_means"),
        (Alias("neighbourhood", "五村", "nowhere"), "alias_means"),
        (Alias("type", "甲", "nothing"), "alias_means"),
    ],
)
def test_what_is_no_word_of_ours_can_not_be_meant(town, alias, code):
    for dry_run in (True, False):
        with pytest.raises(Refused) as caught:
            town.take(HEADER, ROW, taught=[alias], dry_run=dry_run)
        assert caught.value.code == code
    with pytest.raises(Refused, match="no case"):
        town.case(NUMBER)


def test_a_word_may_hold_a_colon_and_an_equals_sign():
    assert aliases.parse("unit:城管=莘:二=urban_mgmt") == Alias("unit", "城管=莘:二", "urban_mgmt")
    for said in ("unit", "unit:城管", "城管=x", ":城管=x", "unit:=x", "unit:城管="):
        with pytest.raises(Refused):
            aliases.parse(said)


def test_one_word_of_one_field_has_one_meaning(town):
    for means in ("complaint", "report"):
        town.take(WIDE, wide(kind="急"), taught=[Alias("kind", "急", means)], dry_run=False)
    with town.workspace.read() as session:
        found = session.catalogue.current("alias")
    assert [entry["means"] for entry in found.values()] == ["report"]
    assert list(found) == [entries.alias_code("kind", " 急 ")]


@pytest.mark.parametrize(
    "said", ["和溪五村居委", "莲湾镇和溪五村", "莲湾街道和溪五村居委会", "江川路街道和溪五村"]
)
def test_a_neighbourhood_is_known_with_or_without_its_town(town, said):
    done = town.take(WIDE, wide(neighbourhood=said, place="某处"))
    assert (unknown(done), body(town, NUMBER)["neighbourhood"]) == ({}, "hexi5")


# learning


def test_a_type_that_a_person_amends_is_what_the_category_means(town):
    town.take(WIDE, wide(category="甲类", text="某事"))
    assert learn(town, NUMBER) == []
    town.act(NUMBER, "amend", {"type": "noise", "reason": "改"})
    assert learn(town, NUMBER) == [Alias("type", "甲类", "noise")]
    assert learn(town, NUMBER) == []
    town.take(WIDE, wide(SECOND, category="甲类", text="别的事"))
    assert body(town, SECOND)["type"] == "noise"


def test_a_neighbourhood_that_a_person_fills_in_is_what_the_cell_meant(town):
    town.take(WIDE, wide(neighbourhood="老五村片", place="某处"))
    town.act(NUMBER, "amend", {"neighbourhood": "hexi5", "reason": "补"})
    assert learn(town, NUMBER) == [Alias("neighbourhood", "老五村片", "hexi5")]


def test_a_unit_that_a_case_is_dispatched_to_is_what_the_cell_meant(town):
    town.take(WIDE, wide(unit="城管中队(莘)"))
    town.act(NUMBER, "accept", {})
    town.act(NUMBER, "dispatch", {"unit": "urban_mgmt"})
    assert learn(town, NUMBER) == [Alias("unit", "城管中队(莘)", "urban_mgmt")]


def test_a_kind_that_a_person_amends_is_what_the_word_beside_the_case_meant(town):
    town.take(WIDE, wide(kind="投诉急件"))
    town.act(NUMBER, "amend", {"kind": "complaint", "reason": "补"})
    assert learn(town, NUMBER) == [Alias("kind", "投诉急件", "complaint")]


def test_an_amend_that_was_taken_back_teaches_nothing(town):
    town.take(WIDE, wide(kind="投诉急件"))
    step = town.act(NUMBER, "amend", {"kind": "complaint", "reason": "补"})
    town.act(NUMBER, "retract", {"step": step.id, "reason": "错"})
    assert learn(town, NUMBER) == []
