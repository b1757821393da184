"""Sheets of one case: what stands on them, what a party outside never reads, old values beside new ones."""

import re

import pypdfium2
import pytest

from tests.bulletin_weeks import WHOLE, order, steps, when
from tests.run_cli import refused, run
from tests.stores import DAY, HOUR, Clock, act, clone, log
from zq_grid import case_papers
from zq_grid.errors import Refused
from zq_grid.papers import case_sheet, strangers

NUMBER = "20261102000001"
CALLER, PHONE, ID = "欧阳测试", "13912345678", "310112198001011232"
TEXT = (
    f"市民欧阳测试（欧阳先生，电话 139 1234 5678，身份证 {ID}）反映：和溪五村12号601室楼上漏水，"
    "请与欧阳测试联系，家住602室。a & b <c> 㐀"
)


@pytest.fixture
def store(tmp_path, template):
    made = clone(template, tmp_path / "store", Clock())
    order(
        made,
        NUMBER,
        "2026-11-02T09:00:00+08:00",
        reporter=CALLER,
        phone=PHONE,
        text=TEXT,
        place="和溪五村 12 号 601 室",
    )
    yield made
    made.close()


def sheet(store, number=NUMBER):
    with store.read() as session:
        return case_papers.case_sheet(session, number)


def dispatch(store, number=NUMBER, **asked):
    with store.read() as session:
        return case_papers.dispatch_sheet(session, number, **asked)


def shown(paper):
    """Return the text of a PDF without white space."""
    document = pypdfium2.PdfDocument(paper)
    return "".join(re.sub(r"\s", "", page.get_textpage().get_text_range()) for page in document)


# the case sheet -------------------------------------------------------------------------------


def test_a_case_sheet_tells_the_whole_case(store):
    steps(store, NUMBER, *WHOLE, "visit", satisfaction="dissatisfied", words="没修好")
    act(store, NUMBER, "reopen", reason="回访不满意")
    steps(store, NUMBER, "contact")
    found = sheet(store)
    assert (found.type_name, found.stage) == ("物业管理", "办理中")
    assert dict(found.facts)["地址"] == "和溪五村 12 号 601 室"
    assert dict(found.closings[0][1])["结案评判"] == "实际解决"
    assert {line.name: line.state for line in found.clocks} == {
        "接单\n第 1 轮": "按时",
        "签收\n第 1 轮": "按时",
        "先行联系\n第 1 轮": "按时",
        "办结\n第 1 轮": "按时",
        "先行联系\n第 2 轮": "按时",
        "办结\n第 2 轮": "计时中",
    }
    assert all("期限：" in line.explanation for line in found.clocks)
    assert [line.kind for line in found.timeline][-3:] == ["回访", "再次办理", "先行联系"]
    text = shown(case_sheet.draw_case(found))
    for said in ("案件处置单", NUMBER, "办理经过", "满意度不满意", "第1页/共", "推算说明", "a&b<c>㐀"):
        assert said in text


def test_a_limit_that_was_missed_is_marked(store):
    when(store, "2026-11-05T09:00:00+08:00")
    steps(store, NUMBER, "accept", "contact")
    late = {line.name: (line.state, line.late) for line in sheet(store).clocks}
    assert late["先行联系"] == late["接单"] == ("逾期", True)
    assert late["办结"] == ("计时中", False)


def test_the_caller_is_masked_on_a_case_sheet(store):
    steps(store, NUMBER, "accept")
    act(store, NUMBER, "contact", reached="yes", person=CALLER, channel="phone")
    act(store, NUMBER, "note", text=f"{CALLER}又来电 {PHONE}")
    found = sheet(store)
    text = shown(case_sheet.draw_case(found))
    for secret in (CALLER, PHONE, ID, "13912345678", "139 1234 5678"):
        assert secret not in repr(found)
        assert secret not in text
    assert "欧**" in text
    assert "139****5678" in text


def test_an_amendment_shows_the_old_value_and_the_new(store):
    act(store, NUMBER, "amend", mode="supervised", reason="选错")
    act(store, NUMBER, "amend", mode="recheck", reason="又错")
    told = [line.words for line in sheet(store).timeline if line.kind == "更正"]
    assert [words.partition("；")[0] for words in told] == [
        "处理方式 （无） → 督办",
        "处理方式 督办 → 回访复核",
    ]


def test_a_step_taken_back_stays_and_is_marked(store):
    done = act(store, NUMBER, "note", text="写错了")
    act(store, NUMBER, "retract", step=done.step.id, reason="写错")
    marked = [line for line in sheet(store).timeline if line.gone]
    assert [line.kind for line in marked] == ["备注"]
    assert "备注（已撤销）" in shown(case_sheet.draw_case(sheet(store)))


def test_joined_orders_are_named(store):
    order(store, "20261102000002", "2026-11-02T10:00:00+08:00", reporter="李四")
    for number in (NUMBER, "20261102000002"):
        steps(store, number, "accept")
    act(store, "20261102000002", "merge", into=NUMBER, reason="同一件事")
    for number, other in ((NUMBER, "20261102000002"), ("20261102000002", NUMBER)):
        assert [(one.relation, one.number) for one in sheet(store, number).others] == [("并单", other)]


def test_the_same_case_gives_the_same_bytes_whenever_it_is_printed(store):
    first = case_sheet.draw_case(sheet(store))
    store.clock.at += 90 * DAY
    assert case_sheet.draw_case(sheet(store)) == first
    assert sheet(store).as_of == "2026-11-02 09:00:00"


def test_a_case_that_is_only_logged_and_has_no_caller_is_drawn(store):
    number = log(store, source="patrol", order_number=None, reporter=None, phone=None, place="没有这个地方")
    found = sheet(store, number)
    assert dict(found.facts)["诉求人"] == "—"
    assert shown(case_sheet.draw_case(found))


# the dispatch sheet ---------------------------------------------------------------------------


def test_a_case_without_a_unit_has_no_dispatch_sheet(store):
    with pytest.raises(Refused) as refused_:
        dispatch(store)
    assert refused_.value.code == "not_dispatched"


def test_a_dispatch_sheet_says_what_is_to_be_done_by_when(store):
    steps(store, NUMBER, "accept", "dispatch")
    found = dispatch(store)
    assert found.unit == "房屋管理所"
    assert [(task.name, task.due) for task in found.tasks] == [
        ("签收", "2026-11-02 14:50"),
        ("先行联系", "2026-11-03 24:00"),
        ("办结", "2026-11-09 24:00"),
    ]
    assert dict(found.facts)["诉求人"] == "欧**"


def test_a_third_party_reads_nothing_of_the_caller(store):
    steps(store, NUMBER, "accept")
    act(store, NUMBER, "contact", reached="yes", person="欧阳小明", channel="phone")
    act(store, NUMBER, "dispatch", reason=f"请联系{CALLER}，他住 601 室")
    found = dispatch(store, third_party=True)
    names = [name for name, _ in found.facts]
    assert not {"诉求人", "电话", "来源", "需要回复"} & set(names)
    assert dict(found.facts)["地址"] == "和溪五村 12 号"
    text = shown(case_sheet.draw_dispatch(found))
    for secret in ("欧阳", "欧**", "139", "5678", ID[:6], "601", "602", "先行联系"):
        assert secret not in text
        assert secret not in repr(found)
    assert "［诉求人］" in text
    assert "楼上漏水" in text


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ("王小明说漏水", "［诉求人］说漏水"),
        ("王 小 明来电", "［诉求人］来电"),
        ("王先生、王女士、王某、王某某", "［诉求人］、［诉求人］、［诉求人］、［诉求人］"),
        ("王家宅 3 号", "王家宅 3 号"),
        ("联系人：李四，电话 62345678", "联系人：［诉求人］，电话 ［号码略］"),
        ("12号1203室", "12号［室号略］"),
        ("5号楼-602漏水", "5号楼-602漏水"),
        ("3单元 501室", "［室号略］"),
        ("投诉 2026 年 3 月停电", "投诉 2026 年 3 月停电"),
        ("", ""),
    ],
)
def test_what_a_stranger_may_read_of_a_text(said, left):
    assert strangers.hidden(said, ["王小明"]) == left


# the command line -----------------------------------------------------------------------------


def test_papers_are_printed_from_the_command_line(store, tmp_path):
    steps(store, NUMBER, "accept", "dispatch")
    store.clock.at += HOUR
    store.close()
    for name, arguments in (("case", ()), ("dispatch", ()), ("dispatch", ("--third-party",))):
        out = tmp_path / f"{name}{len(arguments)}.pdf"
        told = run(store.folder, "paper", name, NUMBER, "--out", str(out), *arguments)
        assert (told["number"], told["kind"], told["third_party"]) == (NUMBER, name, bool(arguments))
        assert told["cut"] == "2026-11-02T09:20:00+08:00"
        assert out.read_bytes().startswith(b"%PDF-")
    assert (
        refused(store.folder, "paper", "case", "1", "--out", str(tmp_path / "x.pdf"))["refused"]
        == "case_unknown"
    )
    wrong = refused(store.folder, "paper", "case", NUMBER, "--third-party", "--out", str(tmp_path / "x.pdf"))
    assert wrong["refused"] == "wrong_use"
    assert not (tmp_path / "x.pdf").exists()
