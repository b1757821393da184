"""How a file is read is remembered, and proposed when the like of it comes again."""

import pytest

from tests.importing.practice import HEADER, ROW, Town, body, changed
from zq_grid import catalogue
from zq_grid.errors import Refused

OWN = [*HEADER[:4], "说明"]
OTHER = ["反映编码", *HEADER[1:4], "说明", "小组"]


@pytest.fixture
def town(tmp_path):
    town = Town(tmp_path)
    yield town
    town.workspace.close()


def profiles_of(town):
    with town.workspace.read() as session:
        return dict(session.catalogue.current("import"))


def why(done):
    return {column.header: (column.field, column.why) for column in done.read.columns.columns}


def test_a_mapping_told_once_is_proposed_for_the_next_file_with_these_headers(town):
    first = town.take(OWN, ROW, overrides={"text": "说明"})
    assert (first.read.profile, why(first)["说明"]) == (None, ("text", "told"))
    again = town.take(OWN, changed(number="20261020000002", text="路灯不亮"))
    assert again.read.profile == first.read.saved
    assert why(again)["说明"] == ("text", "profile")
    assert why(again)["诉求地址"] == ("place", "word")
    assert body(town, "20261020000002")["text"] == "路灯不亮"
    assert again.read.saved is None


def test_order_and_spacing_of_the_headers_make_no_other_file(town):
    saved = town.take(OWN, ROW, overrides={"text": "说明"}).read.saved
    header = ["说 明", *reversed(OWN[:4])]
    done = town.take(header, ["路灯不亮", *reversed(changed(number="20261020000002")[:4])])
    assert done.read.profile == saved
    assert body(town, "20261020000002")["text"] == "路灯不亮"


def test_a_file_with_one_header_renamed_is_still_the_same_sort(town):
    saved = town.take([*OWN, "备注"], [*ROW, "x"], overrides={"text": "说明"}).read.saved
    done = town.take([*OWN, "补充"], [*changed(number="20261020000002"), "x"])
    assert done.read.profile == saved


def test_a_mapped_header_that_is_gone_stops_nothing(town):
    header = [*OWN, "备注甲", "备注乙"]
    saved = town.take(header, [*ROW, "x", "y"], overrides={"text": "说明", "title": "备注甲"}).read.saved
    done = town.take([*OWN, "备注丙", "备注乙"], [*changed(number="20261020000002"), "x", "y"])
    assert (done.read.profile, done.new) == (saved, 1)


def test_a_file_of_another_sort_is_not_read_by_it(town):
    town.take(OWN, ROW, overrides={"text": "说明"})
    done = town.take(["工单编号", "内容描述", "甲", "乙", "丙"], ["20261020000002", "路灯", "x", "y", "z"])
    assert (done.read.profile, done.read.saved) == (None, None)


def test_of_two_profiles_that_fit_equally_neither_is_used(town):
    for name in ("甲", "乙"):
        town.take(OWN, ROW, overrides={"text": "说明"}, save_profile=name, propose=False)
    assert len(profiles_of(town)) == 2
    assert town.take(OWN, ROW).read.profile is None


def test_without_profiles_nothing_is_proposed_and_nothing_remembered(town):
    assert town.take(OWN, ROW, overrides={"text": "说明"}, propose=False).read.saved is None
    town.take(OWN, ROW, overrides={"text": "说明"})
    done = town.take(OWN, changed(number="20261020000002"), propose=False)
    assert (done.read.profile, why(done)["说明"]) == (None, (None, ""))


def test_a_file_whose_words_are_all_known_is_not_worth_a_profile(town):
    assert town.take(HEADER, ROW).read.saved is None
    assert profiles_of(town) == {}


def test_a_trial_remembers_nothing(town):
    town.take(OWN, ROW, overrides={"text": "说明"}, dry_run=True)
    assert profiles_of(town) == {}


def test_the_same_file_again_defines_nothing_anew(town):
    town.take(OWN, ROW, overrides={"text": "说明"})
    before = town.number_of_steps()
    done = town.take(OWN, ROW, overrides={"text": "说明"})
    assert (done.read.saved, done.unchanged, town.number_of_steps()) == (None, 1, before)


def test_what_is_told_beside_a_proposed_profile_is_added_to_it(town):
    saved = town.take(OTHER, [*ROW, "东"], overrides={"text": "说明", "order_number": "反映编码"}).read.saved
    again = town.take(OTHER, [*changed(number="20261020000002"), "西"], overrides={"unit": "小组"})
    assert again.read.saved == saved
    entry = profiles_of(town)[saved]
    assert entry["map"] == {"text": "说明", "order_number": "反映编码", "unit": "小组"}
    assert entry["headers"] == OTHER


def test_a_profile_saved_by_name_is_asked_for_by_name(town):
    saved = town.take(OWN, ROW, overrides={"text": "说明"}, save_profile="区里每周的表").read.saved
    assert profiles_of(town)[saved]["name"] == "区里每周的表"
    done = town.take(OWN, changed(number="20261020000002"), profile="区里每周的表")
    assert (done.read.profile, why(done)["说明"]) == (saved, ("text", "profile"))


def test_a_profile_asked_for_must_find_the_headers_that_it_names(town):
    town.take(OWN, ROW, overrides={"text": "说明"}, save_profile="weekly")
    with pytest.raises(Refused) as caught:
        town.take(HEADER, ROW, profile="weekly")
    assert caught.value.code == "import_map_header"


def test_a_profile_that_there_is_not_is_refused_naming_those_that_there_are(town):
    town.take(OWN, ROW, overrides={"text": "说明"}, save_profile="weekly")
    with pytest.raises(Refused) as caught:
        town.take(OWN, ROW, profile="monthly")
    assert caught.value.code == "import_profile_unknown"
    assert "weekly" in str(caught.value.facts["known"])


def test_a_profile_that_was_retired_is_not_proposed(town):
    saved = town.take(OWN, ROW, overrides={"text": "说明"}).read.saved
    with town.workspace.write() as session:
        catalogue.retire(session, "import", saved)
    assert town.take(OWN, ROW).read.profile is None
