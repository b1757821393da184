"""What doesn't fit is refused on the command line: a sentence, exit code 1, nothing half done."""

import pytest

from tests.run_cli import call, refused, run

NOW = ("--now", "2026-11-02T18:00:00+08:00")
ORDER = "20261102000101"


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    folder = tmp_path_factory.mktemp("cli") / "refusing"
    run(folder, "init", "--practice", options=("--now", "2026-11-01T08:00:00+08:00"))
    given = ("--type", "property_management", "--place", "和溪五村 12 号", "--text", "漏水", "--order", ORDER)
    run(folder, "log", *given, options=NOW)
    return folder


REFUSED = [
    (["act", ORDER, "fly"], "step_unknown"),
    (["act", "404", "accept"], "case_unknown"),
    (["act", ORDER, "close"], "step_stage"),
    (["act", ORDER, "contact", "--field", "reached=maybe"], "fact_form"),
    (["act", ORDER, "contact", "--field", "colour=red"], "fact_unknown"),
    (["act", ORDER, "contact", "--field", "reached=no"], "gate"),
    (["act", ORDER, "contact", "--field", "nonsense"], "wrong_use"),
    (["act", ORDER, "note", "--field", "text=x", "--at", "2031-01-01"], "did_in_future"),
    (["act", ORDER, "note", "--field", "text=x", "--at", "yesterday"], "fact_form"),
    (["act", ORDER, "ask_extension", "--field", "days=99999999", "--field", "reason=x"], "fact_form"),
    (
        ["act", ORDER, "ask_extension", "--field", "until=2026-11-03", "--field", "reason=x"],
        "extension_short",
    ),
    (["act", ORDER, "ask_extension", "--field", "until=9999-12-31", "--field", "reason=x"], "fact_form"),
    (["act", ORDER, "amend", "--field", "received_at=2027-01-01"], "did_in_future"),
    (["act", ORDER, "amend", "--field", "received_at=0001-01-01"], "fact_form"),
    (["act", ORDER, "amend", "--field", "platform_due=9999-12-31"], "fact_form"),
    (["act", ORDER, "amend", "--field", "neighbourhood=zz"], "territory_unknown"),
    (["act", ORDER, "amend", "--field", "verdict=solved"], "amend_not_closed"),
    (["act", ORDER, "attach", "--field", "stage=before"], "gate"),
    (["act", ORDER, "erase", "--field", "fields=place", "--field", "reason=x"], "erase_unknown"),
    (["act", ORDER, "assign", "--field", "worker=nobody"], "worker_unknown"),
    (["act", ORDER, "amend", "--field", "type=castle"], "type_unknown"),
    (["act", ORDER, "amend", "--field", "order_number=1"], "amend_name"),
    (["act", ORDER, "amend", "--field", "reason=x"], "gate"),
    (["act", ORDER, "grant_extension"], "step_no_request"),
    (["act", ORDER, "resume"], "step_resume"),
    (["act", ORDER, "rule_return", "--field", "upheld=yes"], "step_no_return"),
    (["act", ORDER, "unmerge"], "step_not_joined"),
    (["act", ORDER, "approve_exclusion"], "step_no_exclusion"),
    (["log", "--type", "castle", "--place", "x", "--text", "y"], "type_unknown"),
    (["log", "--type", "noise"], "gate"),
    (["log", "--type", "noise", "--place", "x", "--text", "y", "--order", ORDER], "case_exists"),
    (["log", "--type", "fraud_alert", "--place", "x", "--text", "y"], "gate"),
    (
        ["log", "--type", "noise", "--place", "x", "--text", "y", "--field", "received_at=9999-12-31"],
        "fact_form",
    ),
    (["log", "--type", "noise", "--place", "x", "--text", "y", "--field", "grid=zz"], "territory_unknown"),
    (["retire", "limits", "general"], "entry_needed"),
    (["retire", "worker", "w001"], "entry_needed"),
    (["retire", "unit", "castle"], "entry_unknown"),
    (["import"], "wrong_use"),
    (["report", "monthly", "--week", "2026-W45", "--out", "x.pdf"], "wrong_use"),
    (["list", "--stage", "flying"], "filter_unknown"),
    (["list", "--sort", "beauty"], "filter_unknown"),
    (["show", "404"], "case_unknown"),
    (["rates", "--from", "2026-11-09", "--to", "2026-11-02"], "period_empty"),
    (["rates", "--from", "2026-11-02", "--to", "2026-11-09", "--profile", "mine"], "profile_unknown"),
    (["rates", "--from", "soon", "--to", "2026-11-09"], "fact_form"),
    (["rates", "--from", "2026-11-02", "--to", "2026-11-09", "--by", "moon"], "group_unknown"),
    (["catalogue", "castles"], "kind_unknown"),
    (["replay", "missing.jsonl"], "file_missing"),
    (["define", "noise", "missing.toml"], "file_missing"),
]


@pytest.mark.parametrize(
    ("arguments", "code"), REFUSED, ids=[f"{code}-{i}" for i, (_, code) in enumerate(REFUSED)]
)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_what_does_not_fit_is_refused_in_a_sentence_and_leaves_no_step(data, arguments, code, lang):
    before = call(data, "steps").out
    said = refused(data, *arguments, options=("--lang", lang, *NOW))
    assert said["refused"] == code
    assert ("没有任何改动" in said["reason"]) == (lang == "zh")
    assert "—" not in said["reason"].replace("——", "")
    assert call(data, "steps").out == before


def test_wrong_use_ends_with_two(data):
    assert call(data, "frobnicate").code == 2
    assert call(data, "list", "--limit", "many").code == 2
    assert call(data, "log").code == 2


def test_a_closing_on_which_a_reopening_rests_is_taken_back_only_after_it(data):
    number = "20261102000901"
    given = ("--type", "noise", "--place", "朝阳村", "--text", "吵", "--order", number)
    run(data, "log", *given, options=NOW)
    steps = {}
    for kind, pairs in (
        ("accept", ()),
        ("handle", ("result=好",)),
        ("close", ("to_complete=yes", "verdict=solved")),
        ("reopen", ("reason=不满意",)),
    ):
        fields = [item for pair in pairs for item in ("--field", pair)]
        steps[kind] = run(data, "act", number, kind, *fields, options=NOW)["step"]
    back = ("--field", "reason=误", "--field")
    assert (
        refused(data, "act", number, "retract", *back, f"step={steps['close']}", options=NOW)["refused"]
        == "retract_reopened"
    )
    run(data, "act", number, "retract", *back, f"step={steps['reopen']}", options=NOW)
    assert (
        run(data, "act", number, "retract", *back, f"step={steps['close']}", options=NOW)["stage"]
        == "handling"
    )


def test_phones_and_the_caller_are_hidden_wherever_they_were_written(data):
    number = "20261102000902"
    given = {
        "type": "noise",
        "place": "朝阳村 联系13912345678",
        "text": "吵",
        "order": number,
        "reporter": "欧阳锋",
    }
    run(data, "log", *[item for k, v in given.items() for item in (f"--{k}", v)], options=NOW)
    run(data, "act", number, "accept", options=NOW)
    excluded = ("--field", "indicator=all", "--field", "reason=欧阳锋 13812345678 无理")
    run(data, "act", number, "exclude", *excluded, options=NOW)
    run(data, "act", number, "approve_exclusion", options=NOW)
    run(data, "act", number, "handle", "--field", "result=已告知欧阳锋 13812345678", options=NOW)
    closing = ("--field", "to_complete=yes", "--field", "conclusion=欧阳锋 310112199001011234")
    run(data, "act", number, "close", *closing, options=NOW)
    rates = ("rates", "--from", "2026-11-01", "--to", "2026-12-01", "--as-of", "2026-12-01", "--explain")
    said = (
        call(data, "--json", "show", number).out
        + call(data, "--json", "list").out
        + call(data, "--json", *rates).out
    )
    for secret in ("13812345678", "13912345678", "310112199001011234", "欧阳锋"):
        assert secret not in said
