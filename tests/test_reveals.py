"""Who sees what is masked: for a reason, entitled, and never without a line in the audit."""

import pytest

from tests.run_cli import call, refused, run
from tests.stores import HOUR, act, count, dump, log, make_store, numbers, streams
from zq_grid import cases, checking, reveals, views
from zq_grid.errors import Refused
from zq_grid.progress import Progress
from zq_grid.rebuilding import rebuild

DISPATCHER, HANDLER, OTHER, ADMINISTRATOR = "w004", "w006", "w007", "w999"
NEXT = numbers()


@pytest.fixture(scope="module")
def workspace(tmp_path_factory):
    found = make_store(tmp_path_factory.mktemp("reveals") / "store")
    yield found
    found.close()


def reveal(workspace, number, *fields, reason="回电核实", who=None):
    before, workspace.actor = workspace.actor, who or workspace.actor
    try:
        with workspace.write() as session:
            return reveals.reveal(session, number, fields or reveals.CALLER, reason)
    finally:
        workspace.actor = before


def looks(workspace, **asked):
    with workspace.read() as session:
        return reveals.looks(session, **asked)


def refusal(workspace, number, *fields, **more):
    before = count(workspace, "steps")
    with pytest.raises(Refused) as found:
        reveal(workspace, number, *fields, **more)
    assert count(workspace, "steps") == before
    return found.value.code


def test_a_caller_is_shown_for_a_reason_and_the_audit_says_who_looked_and_why(workspace):
    number = log(workspace, order_number=next(NEXT))
    found = reveal(workspace, number)
    assert dict(found.values) == {"reporter": "王小明", "phone": "13800000001"}
    newest = looks(workspace)[1][0]
    assert (newest.case, newest.actor, newest.reason, newest.count) == (number, "w001", "回电核实", 1)
    assert newest.fields == ("reporter", "phone")
    assert newest.step == found.step


def test_looking_changes_nothing_of_the_case(workspace):
    number = log(workspace, order_number=next(NEXT))

    def shown():
        with workspace.read() as session:
            return views.case(session, *cases.show(session, number))

    before, rows = shown(), dump(workspace)
    reveal(workspace, number)
    assert shown() == before
    assert dump(workspace) == rows


def test_looks_lie_in_a_stream_of_their_own_and_leave_no_gap_in_the_town_s(workspace):
    number = log(workspace, order_number=next(NEXT))
    reveal(workspace, number)
    log(workspace, order_number=next(NEXT))
    for scope in ("town", "audit"):
        found = [seq for _, _, of, seq in streams(workspace) if of == scope]
        assert found == list(range(1, len(found) + 1))


@pytest.mark.parametrize("reason", ["", "   ", "\t\n"])
def test_nobody_looks_without_a_reason(workspace, reason):
    number = log(workspace, order_number=next(NEXT))
    assert refusal(workspace, number, reason=reason) == "reveal_reason"


def test_a_reason_of_one_letter_is_told_as_that_and_not_as_missing(tmp_path):
    data = tmp_path / "ws"
    make_store(data).close()
    run(data, "log", "--type", "noise", "--place", "x", "--text", "y", "--order", "20261102000009")
    said = refused(data, "reveal", "20261102000009", "--reason", "x")
    assert said["refused"] == "reveal_short"
    assert "“x”太短" in said["reason"]
    assert "--reason" not in said["reason"]


def test_only_what_is_masked_can_be_asked_for(workspace):
    number = log(workspace, order_number=next(NEXT))
    assert refusal(workspace, number, "salary") == "reveal_field"
    assert dict(reveal(workspace, number, "place").values) == {"place": "和溪五村 12 号"}


def test_where_nobody_called_or_the_values_were_erased_nothing_is_shown_or_logged(workspace):
    patrol = log(workspace, source="patrol", reporter=None, phone=None)
    assert refusal(workspace, patrol) == "reveal_nothing"
    number = log(workspace, order_number=next(NEXT))
    act(workspace, number, "erase", fields="reporter,phone", reason="保存期满")
    assert refusal(workspace, number) == "reveal_nothing"
    assert dict(reveal(workspace, number, "text", "phone").values) == {"text": "楼上漏水"}


def confidential(workspace, **facts):
    number = log(workspace, order_number=next(NEXT), confidential="yes", **facts)
    act(workspace, number, "accept")
    act(workspace, number, "assign", worker=HANDLER)
    return number


def test_a_confidential_caller_is_seen_only_by_the_worker_of_the_case_and_by_role(workspace):
    number = confidential(workspace)
    assert refusal(workspace, number, who=OTHER) == "reveal_confidential"
    for who in (HANDLER, DISPATCHER, "w002", "w003"):
        assert reveal(workspace, number, who=who).values["reporter"] == "王小明"


def test_a_worker_unknown_to_the_town_sees_no_confidential_caller(workspace):
    assert refusal(workspace, confidential(workspace), who=ADMINISTRATOR) == "reveal_confidential"


def test_an_order_made_confidential_later_is_confidential(workspace):
    number = log(workspace, order_number=next(NEXT))
    assert reveal(workspace, number, who=OTHER).values
    act(workspace, number, "amend", confidential="yes")
    assert refusal(workspace, number, who=OTHER) == "reveal_confidential"


def test_cases_of_a_confidential_type_are_confidential(workspace):
    number = log(workspace, order_number=next(NEXT), type="fraud_alert", alert_level="low")
    assert refusal(workspace, number, who=OTHER) == "reveal_confidential"
    assert reveal(workspace, number, who=DISPATCHER).values


def test_the_audit_is_read_from_the_newest_back_to_a_time(workspace):
    number = log(workspace, order_number=next(NEXT))
    workspace.clock.pass_(HOUR)
    since = workspace.clock()
    for why in ("第一次", "第二次", "第三次"):
        reveal(workspace, number, reason=why)
        workspace.clock.pass_(HOUR)
    total, found = looks(workspace, since=since)
    assert (total, [look.reason for look in found]) == (3, ["第三次", "第二次", "第一次"])
    total, found = looks(workspace, since=since, limit=2)
    assert (total, len(found)) == (3, 2)
    with workspace.read() as session:
        assert [look.reason for look in reveals.looks_at(session, number)] == ["第三次", "第二次", "第一次"]
    assert looks(workspace, since=workspace.clock())[0] == 0


def test_reasons_and_what_was_searched_for_lie_beside_the_signed_bytes(workspace):
    with workspace.write() as session:
        reveals.reveal_list(session, reason="核对王小明的来电", filters={"search": "王小明"})
    with workspace.transaction(write=False) as db:
        bodies = db.exec_driver_sql("SELECT body FROM steps WHERE kind = 'reveal'").scalars().all()
    assert bodies
    assert not any("王小明" in body or "核对" in body for body in bodies)
    assert looks(workspace)[1][0].filter == {"search": "王小明"}


def test_a_store_with_looks_is_whole_and_rebuilds_to_the_same(workspace):
    number = log(workspace, order_number=next(NEXT))
    reveal(workspace, number)
    reveal(workspace, number)
    assert checking.check(workspace, deep=True).findings == ()
    before = dump(workspace)
    with workspace.write() as session:
        rebuild(session, Progress())
    assert dump(workspace) == before


def test_whole_lists_are_for_those_who_answer_for_them_and_one_s_own_cases_for_oneself(workspace):
    confidential(workspace)
    before, workspace.actor = workspace.actor, HANDLER
    try:
        with pytest.raises(Refused, match="not entitled"), workspace.write() as session:
            reveals.reveal_list(session, reason="核对", filters={"stage": "open"})
        with workspace.write() as session:
            found = reveals.reveal_list(session, reason="核对", filters={"worker": HANDLER})
    finally:
        workspace.actor = before
    assert found.count >= 1
    assert looks(workspace)[1][0].filter == {"worker": HANDLER}


@pytest.mark.pg
def test_looks_are_kept_on_a_shared_store_too(tmp_path, fresh_pg):
    workspace = make_store(tmp_path / "store", url=fresh_pg)
    number = log(workspace, order_number=next(NEXT))
    assert reveal(workspace, number).values["phone"] == "13800000001"
    assert looks(workspace)[1][0].case == number
    assert checking.check(workspace, deep=True).findings == ()
    workspace.close()


def test_the_command_line_shows_a_caller_and_lists_who_looked(tmp_path):
    data, now = tmp_path / "store", ("--now", "2026-11-02T10:00:00+08:00")
    run(data, "init", "--practice", options=("--now", "2026-11-01T08:00:00+08:00"))
    given = (
        "--type",
        "noise",
        "--source",
        "hotline",
        "--place",
        "朝阳村",
        "--text",
        "吵",
        "--order",
        "777001",
    )
    run(data, "log", *given, "--reporter", "李四", "--phone", "13912345678", options=now)
    assert refused(data, "reveal", "777001", options=now)["refused"] == "reveal_reason"
    said = run(data, "reveal", "777001", "--reason", "回电", options=now)
    assert said["values"] == {"reporter": "李四", "phone": "13912345678"}
    only = run(data, "reveal", "777001", "--reason", "回电", "--field", "phone", options=now)
    assert only["values"] == {"phone": "13912345678"}
    found = run(data, "audit", options=now)
    assert found["total"] == 2
    assert found["reveals"][0] == {
        "at": "2026-11-02T10:00:00+08:00",
        "actor": "w001",
        "number": "777001",
        "fields": ["phone"],
        "count": 1,
        "filter": {},
        "reason": "回电",
        "step": only["step"],
    }
    assert run(data, "audit", "--since", "2026-11-03", options=now) == {"total": 0, "reveals": []}
    assert run(data, "audit", "--number", "777001", options=now)["total"] == 2
    assert "回电" in call(data, "audit", options=now).out
    assert call(data, "audit", options=("--lang", "en", *now)).out.endswith("2 in all\n")
