"""Drafts of new cases: kept in the encrypted store, dropped by saving, each worker's own."""

import pytest

from tests.stores import Refused, act, log, make_store, reopen_as_is
from zq_grid import cases, drafts, projection

FACTS = {"type": "noise", "source": "patrol", "place": "和溪五村 12 号", "text": "夜里装修打孔，话还没说完"}


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.pg)])
def workspace(request, tmp_path):
    url = request.getfixturevalue("fresh_pg") if request.param == "postgresql" else None
    made = make_store(tmp_path / "w", url=url)
    yield made
    made.close()


@pytest.fixture
def town(tmp_path):
    made = make_store(tmp_path / "w")
    yield made
    made.close()


def keep(workspace, values):
    with workspace.write() as session:
        drafts.keep(session, values)


def kept(workspace):
    with workspace.read() as session:
        return drafts.read(session)


def save(workspace, **how):
    with workspace.write() as session:
        return drafts.save(session, FACTS, **how)


def state(workspace, number):
    with workspace.read() as session:
        return projection.state_of(session, cases.find(session, number))


def test_a_draft_is_found_again_when_the_store_is_opened_anew(town):
    keep(town, FACTS)
    again = reopen_as_is(town)
    assert kept(again) == FACTS
    again.close()


def test_a_draft_lies_encrypted_on_the_disk(town):
    keep(town, {"text": "only-in-the-draft-4711"})
    town.close()
    held = b"".join(path.read_bytes() for path in town.folder.glob("store.db*"))
    assert b"only-in-the-draft-4711" not in held


def test_each_worker_has_a_draft_of_their_own(town):
    keep(town, FACTS)
    town.actor = "somebody-else"
    assert kept(town) == {}


def test_saving_drops_the_draft_and_remembers_the_source(workspace):
    keep(workspace, FACTS)
    saved = save(workspace)
    assert kept(workspace) == {}
    assert state(workspace, saved.number).stage == "received"
    with workspace.read() as session:
        assert drafts.habits(session) == {"source": "patrol"}


def test_a_refused_case_leaves_the_draft_as_it_was(workspace):
    keep(workspace, FACTS)
    with pytest.raises(Refused) as refused:
        save(workspace, tie="merge", to="20260101000009")
    assert refused.value.code == "case_unknown"
    assert kept(workspace) == FACTS
    with workspace.read() as session, pytest.raises(Refused):
        cases.find(session, "ZQ-261102-01")


def test_a_case_can_be_joined_into_another_as_it_is_saved(workspace):
    first = log(workspace, order_number="20261102000001")
    saved = save(workspace, tie="merge", to=first)
    assert state(workspace, saved.number).joined == ("case:hotline:20261102000001", False)


def test_taking_a_saved_case_back_takes_back_the_joining_too(workspace):
    first = log(workspace, order_number="20261102000001")
    saved = save(workspace, tie="merge", to=first)
    with workspace.write() as session:
        drafts.unsave(session, saved, "登记有误")
    with workspace.read() as session:
        after = projection.state_of(session, saved.subject)
    assert after.gone_log
    assert after.joined is None
    act(workspace, first, "accept")


def test_a_closed_case_is_linked_not_joined(town):
    first = log(town, order_number="20261102000001")
    act(town, first, "withdraw", reason="市民撤回")
    with pytest.raises(Refused) as refused:
        save(town, tie="merge", to=first)
    assert refused.value.code == "merge_closed"
    saved = save(town, tie="related", to=first)
    assert state(town, saved.number).links == [("case:hotline:20261102000001", "related")]


def test_a_phrase_is_kept_for_its_type_and_let_go_by_keeping_it_again(town):
    with town.write() as session:
        assert drafts.keep_phrase(session, "noise", " 夜间施工 ")
        assert drafts.phrases(session, "noise") == ("夜间施工",)
        assert drafts.phrases(session, "other") == ()
        assert not drafts.keep_phrase(session, "noise", "夜间施工")
        assert drafts.phrases(session, "noise") == ()


def test_an_empty_phrase_and_a_tenth_are_refused(town):
    with town.write() as session:
        with pytest.raises(Refused) as refused:
            drafts.keep_phrase(session, "noise", "  ")
        assert refused.value.code == "phrase_empty"
        for nth in range(drafts.MOST_PHRASES):
            drafts.keep_phrase(session, "noise", f"常用语 {nth}")
        with pytest.raises(Refused) as refused:
            drafts.keep_phrase(session, "noise", "第十条")
        assert refused.value.code == "phrase_many"
