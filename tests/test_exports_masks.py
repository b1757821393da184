"""What a masked list must not tell: names, telephones and flats however people write them, the search included."""

import contextlib
import csv

import pytest
from python_calamine import CalamineWorkbook

from tests.stores import log, make_store
from zq_grid import cases, exports, views
from zq_grid.papers import strangers
from zq_grid.rules.text import hide_flat, hide_names, hide_number, names_told

A = "20261102000001"


@pytest.fixture
def store(tmp_path):
    with contextlib.closing(make_store(tmp_path / "ws")) as workspace:
        yield workspace


def written(workspace, folder, suffix, **filters):
    """Return everything that an export says, its note and last sheet included."""
    path = folder / f"a{suffix}"
    with workspace.read() as session:
        done = exports.cases(session, path, **filters)
    if suffix == ".csv":
        rows = list(csv.reader(path.read_text("utf-8-sig").splitlines(keepends=True)))
        return done, "\n".join("\t".join(row) for row in rows) + exports.note_of(path).read_text("utf-8-sig")
    book = CalamineWorkbook.from_path(path)
    rows = [row for name in book.sheet_names for row in book.get_sheet_by_name(name).to_python()]
    return done, "\n".join("\t".join(map(str, row)) for row in rows)


@pytest.mark.parametrize("suffix", [".xlsx", ".csv"])
@pytest.mark.parametrize(
    ("caller", "text", "names"),
    [
        ("王小明（业主）", "我是王小明，住本小区", ["王小明"]),
        ("李丽华女士", "李丽华说楼上漏水", ["李丽华"]),
        ("赵大山、钱二虎", "赵大山和钱二虎都反映", ["赵大山", "钱二虎"]),
        ("赵大山 钱二虎", "赵大山和钱二虎都反映", ["赵大山", "钱二虎"]),
        ("王小明13800000001", "王小明来电", ["王小明", "13800000001"]),
        ("王小明", "王 小明反映，王　小　明说", ["王 小明", "王　小　明"]),
        ("John Smith", "JOHN SMITH called, john  smith", ["JOHN", "john", "Smith", "SMITH"]),
    ],
)
def test_a_caller_s_name_is_masked_however_field_and_text_write_it(
    store, tmp_path, suffix, caller, text, names
):
    log(store, order_number=A, reporter=caller, text=text)
    said = written(store, tmp_path, suffix)[1]
    assert [name for name in names if name in said] == []


@pytest.mark.parametrize(
    "said",
    ["138_6617_5678", "138/6617/5678", "138,6617,5678", "138…6617…5678", "138\n6617\n5678", "1 3866175678"],
)
@pytest.mark.parametrize("phone", ["13866175678", "+86 138-6617-5678", "64891234/13866175678"])
def test_the_caller_s_own_telephone_is_masked_in_the_text_whatever_stands_between(
    store, tmp_path, said, phone
):
    log(store, order_number=A, phone=phone, text=f"电话{said}联系")
    assert "6617" not in written(store, tmp_path, ".xlsx")[1]


@pytest.mark.parametrize("said", ["和溪五村12号601室", "12号601", "12-601", "601室"])
def test_the_flat_of_the_place_is_no_more_told_by_the_text(store, tmp_path, said):
    log(store, order_number=A, place="和溪五村12号601室", text=f"{said}漏水，6010元")
    text = written(store, tmp_path, ".xlsx")[1]
    assert "601" not in text.replace("6010元", "")
    assert "6010元" in text


@pytest.mark.parametrize("suffix", [".xlsx", ".csv"])
@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("王小明", "检索：王**"),
        ("小明", "检索：小**"),
        ("漏水 王小明", "检索：漏水 王**"),
        ("75678", "检索：****"),
        ("6617", "检索：****"),
        ("661", "检索：661"),
        ("13866175678", "检索：138****5678"),
        ("5678", "检索：5678"),
        ("漏水", "检索：漏水"),
        (A, f"检索：{A}"),
    ],
)
def test_a_search_tells_no_more_of_a_caller_than_the_rows(store, tmp_path, suffix, query, shown):
    log(store, order_number=A, reporter="王小明", phone="13866175678", text="楼上漏水，138 6617 5678")
    done, said = written(store, tmp_path, suffix, search=query)
    assert done.rows == 1
    assert shown in said
    assert not {"王小明", "小明", "75678", "13866175678"} & {query} or query not in said


def test_the_sheet_of_one_case_and_the_form_for_strangers_know_the_names_in_a_field(store):
    number = log(store, order_number=A, reporter="王小明（业主）、李丽华女士", text="王小明和李丽华反映")
    with store.read() as session:
        shown = views.case(session, *cases.show(session, number))
    assert "王小明" not in str(shown)
    assert "李丽华" not in str(shown)
    told = strangers.hidden("王小明和李丽华反映，王女士再次来电", ["王小明（业主）、李丽华女士"])
    assert told == f"{strangers.WHO}和{strangers.WHO}反映，{strangers.WHO}再次来电"


@pytest.mark.parametrize(
    "said", ["匿名", "热心市民", "居民", "业主", "多名业主", "不愿透露", "未提供", "无", "", " "]
)
def test_what_is_said_of_anybody_is_no_name(said):
    assert names_told(said) == frozenset()


def test_what_looks_like_a_part_of_a_name_or_number_stays():
    assert hide_names("Smithson 王小", ["Smith", "王小明"]) == "Smithson 王小"
    assert hide_number("订单913866175678号", "13866175678") == "订单913866175678号"
    assert hide_flat("赔偿601元，601路公交，1号线", "和溪五村12号601室") == "赔偿601元，601路公交，1号线"
    assert hide_flat("12号电梯", "和溪五村12号") == "12号电梯"


def test_hostile_texts_are_masked_in_time():
    long = "王 " * 50_000
    assert hide_names(long, ["王小明", "王" * 200]).startswith("王")
    assert hide_number("1-" * 50_000, "13866175678").startswith("1-")
    assert hide_flat("601" * 50_000, "和溪五村12号601室").startswith("601")
    assert names_told("王（" * 20_000)
