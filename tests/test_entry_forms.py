"""Entries of the catalogue as forms: nothing is lost on the way through, every version is kept, faults are named."""

import pytest

from tests.stores import handled, make_store
from zq_grid import entry_forms, entry_words, keeping, profile_words
from zq_grid.errors import Refused

KINDS = (
    *("type", "limits", "office", "station", "unit", "area", "neighbourhood", "grid", "estate", "street"),
    "worker",
)


@pytest.fixture
def store(tmp_path):
    made = make_store(tmp_path / "ws")
    yield made
    made.close()


def test_every_entry_goes_through_its_form_and_comes_out_the_same(store):
    with store.read() as session:
        known = session.catalogue.with_places(session.db)
        for kind in KINDS:
            for code, entry in known.current(kind).items():
                said = {leaf.path: leaf.said for leaf in entry_forms.leaves(kind, entry)}
                assert entry_forms.with_values(kind, entry, said) == dict(entry), (kind, code)


def test_lists_may_be_said_in_words_or_codes_of_either_language():
    entry = {"code": "w1", "name": "甲", "roles": []}
    for said in ("主管、网格员", "supervisor、grid worker", " supervisor 、grid_worker、"):
        made = entry_forms.with_values("worker", entry, {("roles",): said})
        assert made["roles"] == ["supervisor", "grid_worker"], said
    assert entry_words.shown("roles", ["leader", "cook"], english=False) == ["分管领导", "cook"]


def test_texts_that_hold_the_sign_between_them_are_parted_by_another():
    entry = {"code": "t", "name": "类", "words": ["调解不成、告知诉讼", "撤回"]}
    (leaf,) = [leaf for leaf in entry_forms.leaves("type", entry) if leaf.path == ("words",)]
    assert leaf.said == "调解不成、告知诉讼；撤回"
    assert entry_forms.with_values("type", entry, {("words",): leaf.said}) == entry


def test_what_might_be_said_appears_and_goes_again_when_emptied():
    entry = {"code": "u", "name": "单位"}
    made = entry_forms.with_values("unit", entry, {("short",): "单", ("aliases",): "甲、乙"})
    assert made == {"code": "u", "name": "单位", "short": "单", "aliases": ["甲", "乙"]}
    assert entry_forms.with_values("unit", made, {("short",): " "}) == {
        "code": "u",
        "name": "单位",
        "aliases": ["甲", "乙"],
    }


def test_rows_are_added_empty_and_taken_away():
    entry = {"code": "t", "name": "类", "field": [{"key": "a", "name": "甲", "choices": ["x 甲"]}]}
    more = entry_forms.with_row(entry, ("field",))
    assert more["field"][1] == {"key": "", "name": "", "choices": []}
    assert entry_forms.without_row(more, ("field",), 0)["field"] == [more["field"][1]]
    assert entry["field"] == [{"key": "a", "name": "甲", "choices": ["x 甲"]}], "what was given is as before"
    assert entry_forms.with_row({"code": "t"}, ("field",))["field"][0]["widget"] == ""


def test_a_saving_makes_a_version_says_what_changed_and_keeps_limits_that_have_passed(store):
    handled(store, "20261102000001", "accept")
    with store.read() as session:
        before = dict(session.catalogue.current("type")["noise"])
    changed = entry_forms.with_values("type", before, {("name",): "噪声", ("route",): "police"})
    with store.write() as session:
        (saved,) = entry_forms.save(session, "type", [changed])
    assert saved.code == "noise"
    with store.read() as session:
        told = entry_forms.history(session, "type", "noise")
        assert session.catalogue.name("type", "noise") == "噪声"
    assert len(told) == 2
    assert told[0].edition == saved.edition
    assert {path: (old, new) for path, old, new in told[0].changes} == {
        ("name",): (before["name"], "噪声"),
        ("route",): (before["route"], "police"),
    }
    assert told[1].changes == ()


def test_a_fault_is_refused_by_its_field_and_nothing_is_saved(store):
    with store.read() as session:
        limits = dict(session.catalogue.current("limits")["general"])
    for path, said in (
        (("accept", "n"), "many"),
        (("accept", "n"), "0"),
        (("close", "default", "rule"), "x"),
    ):
        wrong = entry_forms.with_values("limits", limits, {path: said})
        with store.write() as session, pytest.raises(Refused) as told:
            entry_forms.save(session, "limits", [wrong])
        assert told.value.code == "entry_invalid"
        assert str(told.value.facts["fault"]) == ".".join(path)
    with store.read() as session:
        assert len(entry_forms.history(session, "limits", "general")) == 1


def test_every_key_of_the_seed_has_words_in_both_languages(store):
    bare = set()
    with store.read() as session:
        known = session.catalogue.with_places(session.db)
        for kind in KINDS:
            for entry in known.current(kind).values():
                for leaf in entry_forms.leaves(kind, entry):
                    bare |= {key for key in leaf.path if entry_words.key_words(key, english=False) == key}
    # a type's own facts and their values are named by the type
    assert {key for key in bare if isinstance(key, str)} <= {"alert_level", "way_removed"} | own_keys(store)


def own_keys(store):
    with store.read() as session:
        types = session.catalogue.current("type").values()
        return {field["key"] for entry in types for field in entry.get("field", ())}


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_profiles_are_told_in_sentences_without_a_bare_fact(store, lang):
    with store.read() as session:
        profiles = session.catalogue.current("profile").values()
        for profile in profiles:
            assert profile_words.basis(profile, lang)
            for indicator in profile["indicator"]:
                told = profile_words.sentences(indicator, lang)
                assert len(told) >= 2
                for sentence in told:
                    assert "_" not in sentence, sentence


def test_satisfaction_is_told_with_its_weights(store):
    with store.read() as session:
        indicators = session.catalogue.current("profile")["default"]["indicator"]
    one = next(one for one in indicators if one["key"] == "satisfaction")
    assert any("基本满意 0.8" in sentence for sentence in profile_words.sentences(one, "zh"))


def test_backups_are_listed_the_newest_first(store):
    assert keeping.backups(store.folder) == ()
    first = keeping.backup(store)
    store.clock.pass_(3600)
    second = keeping.backup(store)
    (store.folder / "backups" / "notes.zqb").write_text("no backup")
    found = keeping.backups(store.folder)
    assert [one.path for one in found] == [second, first]
    assert found[0].at == store.clock()
    assert found[0].size == second.stat().st_size
