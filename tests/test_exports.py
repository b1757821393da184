"""Lists of cases as files: whole, counted, masked, and all of it or nothing."""

import csv
from datetime import datetime

import openpyxl
import pytest
from python_calamine import CalamineWorkbook

from tests.exported import about, column, everything, fill, listed, row_of, sheets, unmasked, write
from tests.run_cli import refused
from tests.stores import act, count, log, make_store
from zq_grid import cases, exports, lists, reveals, views
from zq_grid.errors import Refused
from zq_grid.progress import Cancelled, Progress
from zq_grid.rules import worktime


@pytest.fixture(scope="module")
def workspace(tmp_path_factory):
    found = make_store(tmp_path_factory.mktemp("exports") / "store")
    fill(found)
    yield found
    found.close()


# a list of cases ------------------------------------------------------------------------------


@pytest.mark.parametrize("sort", lists.SORTS)
def test_a_list_is_exported_whole_in_its_order_a_part_at_a_time(workspace, tmp_path, sort, monkeypatch):
    monkeypatch.setattr(exports, "AT_ONCE", 3)
    done = write(workspace, tmp_path / "a.xlsx", sort=sort)
    assert column(done.path, "编号") == listed(workspace, sort=sort)
    assert done.rows == count(workspace, "cases") == 10


@pytest.mark.parametrize(
    "filters",
    [
        {"type": "noise"},
        {"stage": "open"},
        {"light": "red"},
        {"worker": "w006"},
        {"source": "patrol"},
        {"search": "更正"},
        {"search": "没有这样的话"},
        {"search": "？"},
    ],
)
def test_filters_choose_the_same_cases_as_in_the_list(workspace, tmp_path, filters):
    done = write(workspace, tmp_path / "a.xlsx", **filters)
    assert column(done.path, "编号") == listed(workspace, **filters)
    assert about(done.path)["件数"].startswith(f"{done.rows} 件，符合条件的全部案件")


def test_more_rows_than_a_sheet_holds_go_on_in_the_next_each_with_its_header(workspace, tmp_path):
    done = write(workspace, tmp_path / "a.xlsx", rows_a_sheet=4)
    found = sheets(done.path)
    assert list(found)[:4] == ["案件", "案件 2", "案件 3", "说明"]
    assert [len(found[name]) for name in list(found)[:3]] == [5, 5, 3]
    met = [row[0] for name in list(found)[:3] for row in found[name][1:]]
    assert met == listed(workspace)
    assert {tuple(found[name][0]) for name in list(found)[:3]} == {tuple(found["案件"][0])}
    assert about(done.path)["件数"] == "10 件，符合条件的全部案件，分 3 张工作表"


def test_numbers_are_text_and_times_are_times_in_two_programs(workspace, tmp_path):
    done = write(workspace, tmp_path / "a.xlsx", sort="oldest")
    book = openpyxl.load_workbook(done.path)
    sheet = book["案件"]
    titles = {cell.value: cell.column for cell in sheet[1]}
    number, received = sheet.cell(2, titles["编号"]), sheet.cell(2, titles["收到时间"])
    assert (number.value, number.data_type) == ("20261102000200", "s")
    assert received.value == datetime(2026, 11, 2, 9, 0)
    assert received.number_format == "yyyy-mm-dd hh:mm"
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == f"A1:W{done.rows + 1}"
    book.close()
    rows = CalamineWorkbook.from_path(done.path).get_sheet_by_name("案件").to_python()
    at = rows[0].index
    assert rows[1][at("编号")] == "20261102000200"
    assert rows[1][at("收到时间")] == datetime(2026, 11, 2, 9, 0)


def test_words_stand_for_codes_and_the_light_is_that_of_the_list(workspace, tmp_path):
    done = write(workspace, tmp_path / "a.xlsx")
    with workspace.read() as session:
        rows = {row.number: row for row in lists.page(session).rows}
    closed = row_of(done.path, "20261102000200")
    assert (closed["环节"], closed["结案评判"], closed["来源"]) == ("已结案", "实际解决", "12345热线")
    assert (closed["事项类型"], closed["居村"], closed["责任网格"]) == (
        "物业管理",
        "和溪五村居委",
        "和溪五村第 2 网格",
    )
    assert closed["到期"] is None
    late = row_of(done.path, "20261102000201")
    assert late["信号灯"] == "● 逾期"
    due = datetime.fromtimestamp(rows["20261102000201"].due, worktime.ZONE)
    assert abs(late["到期"] - due.replace(tzinfo=None)).total_seconds() < 1


def test_a_list_in_english_has_english_headers_and_words(workspace, tmp_path):
    done = write(workspace, tmp_path / "a.xlsx", lang="en", type="noise")
    row = row_of(done.path, listed(workspace, type="noise")[0], "Cases")
    assert (row["Type"], row["Stage"], row["Kind"]) == ("Noise", "received", "complaint")
    assert about(done.path, "About")["Cases"] == "3: all that match, on 1 sheet(s)"


def test_the_file_says_which_cases_it_holds_by_whom_and_as_of_when(workspace, tmp_path):
    told = about(write(workspace, tmp_path / "a.xlsx", stage="open", type="noise", sort="due").path)
    assert told["筛选条件"] in ("环节：未结；事项类型：噪声扰民", "事项类型：噪声扰民；环节：未结")
    assert told["导出人"] == "沈晓梅（w001）"
    assert told["导出时间"].startswith(worktime.to_text(workspace.clock())[:16].replace("T", " "))
    assert told["个人信息"].startswith("姓名、电话、证件号码已遮蔽")
    assert told["排序"] == "到期时间，由近到远，无时限的在后"


# masks ----------------------------------------------------------------------------------------


def test_nobody_s_name_phone_or_flat_gets_out_unasked(workspace, tmp_path):
    log(
        workspace,
        order_number="20261102000299",
        type="other",
        place="和溪五村 12 号 601 室",
        text="我是王小明，电话 138 0000 0001，身份证 310112199001011234，住 601",
    )
    done = write(workspace, tmp_path / "a.xlsx", type="other")
    row = row_of(done.path, "20261102000299")
    assert (row["诉求人"], row["电话"], row["地址"]) == ("王**", "138****0001", "和溪五村 12 号")
    said = everything(done.path)
    for secret in ("王小明", "0000 0001", "13800000001", "199001011234", "601 室"):
        assert secret not in said
    act(workspace, "20261102000299", "void", reason="测试")


def test_a_confidential_caller_is_left_out_even_masked(workspace, tmp_path):
    done = write(workspace, tmp_path / "a.xlsx")
    number = next(
        n
        for n, text in zip(column(done.path, "编号"), column(done.path, "诉求人"), strict=True)
        if text == "〔保密〕"
    )
    assert row_of(done.path, number)["电话"] == "〔保密〕"
    assert "欧阳" not in everything(done.path)
    assert done.secret == 1


def test_unmasked_the_list_shows_what_the_case_shows(workspace, tmp_path):
    done = unmasked(workspace, tmp_path / "a.xlsx", stage="open")
    for number in column(done.path, "编号"):
        row = row_of(done.path, number)
        with workspace.read() as session:
            facts = views.case(session, *cases.show(session, number), masked=False)["facts"]
        assert row["诉求人"] == facts.get("reporter")
        assert row["电话"] == facts.get("phone")
        assert row["内容描述"] == facts["text"]
        assert row["地址"] == facts["place"]
    texts = column(done.path, "内容描述")
    assert "更正后的内容" in texts
    assert "〔已清除〕" in column(done.path, "诉求人")


def test_leave_to_unmask_is_logged_before_and_named_in_the_file(workspace, tmp_path):
    done = unmasked(workspace, tmp_path / "a.xlsx", type="noise")
    with workspace.read() as session:
        newest = reveals.looks(session, limit=1)[1][0]
    assert (newest.count, newest.filter, newest.reason) == (3, {"type": "noise"}, "核对")
    assert newest.step[:8] in about(done.path)["个人信息"]


def test_leave_holds_for_its_own_list_only(workspace, tmp_path):
    with workspace.write() as session:
        leave = reveals.reveal_list(session, reason="核对", filters={"type": "noise"})
    with pytest.raises(ValueError, match="another list"):
        write(workspace, tmp_path / "a.xlsx", revealed=leave)
    assert not (tmp_path / "a.xlsx").exists()


def test_who_may_see_confidential_callers_sees_them_in_an_unmasked_list(workspace, tmp_path):
    assert "欧阳明" in column(unmasked(workspace, tmp_path / "a.xlsx").path, "诉求人")
    own = unmasked(workspace, tmp_path / "b.xlsx", who="w006", worker="w006")
    assert own.rows == 1
    assert column(own.path, "诉求人") == ["王小明"]


# whole or not at all --------------------------------------------------------------------------


def stopped_midway():
    found = Progress(lambda done, _total, _what: found.cancel() if done else None)
    return found


def test_an_export_that_is_stopped_leaves_the_old_file_and_nothing_else(workspace, tmp_path, monkeypatch):
    monkeypatch.setattr(exports, "AT_ONCE", 2)
    for name in ("a.xlsx", "a.csv"):
        (tmp_path / name).write_bytes(b"old")
        with pytest.raises(Cancelled):
            write(workspace, tmp_path / name, progress=stopped_midway())
        assert (tmp_path / name).read_bytes() == b"old"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.csv", "a.xlsx"]


def test_an_export_replaces_the_file_that_was_there_and_leaves_nothing_beside_it(workspace, tmp_path):
    (tmp_path / "a.xlsx").write_bytes(b"old")
    write(workspace, tmp_path / "a.xlsx")
    assert column(tmp_path / "a.xlsx", "编号")
    assert [path.name for path in tmp_path.iterdir()] == ["a.xlsx"]


@pytest.mark.parametrize(
    ("name", "code"),
    [("a.pdf", "export_suffix"), ("a", "export_suffix"), ("nowhere/a.xlsx", "folder_missing")],
)
def test_where_nothing_can_be_written_nothing_is_logged(workspace, tmp_path, name, code):
    before = count(workspace, "steps")
    with pytest.raises(Refused) as found:
        write(workspace, tmp_path / name)
    assert found.value.code == code
    said = refused(
        workspace.folder, "export", "cases", "--out", str(tmp_path / name), "--unmask", "--reason", "核对"
    )
    assert said["refused"] == code
    assert count(workspace, "steps") == before


def test_a_folder_in_the_way_is_refused(workspace, tmp_path):
    (tmp_path / "a.xlsx").mkdir()
    with pytest.raises(Refused) as found:
        write(workspace, tmp_path / "a.xlsx")
    assert found.value.code == "cannot_write"


def test_the_same_list_at_the_same_moment_gives_the_same_bytes(workspace, tmp_path):
    files = [write(workspace, tmp_path / name).path.read_bytes() for name in ("a.xlsx", "b.xlsx")]
    assert files[0] == files[1]


@pytest.mark.pg
def test_a_shared_store_exports_the_same_cells(workspace, tmp_path, fresh_pg):
    other = make_store(tmp_path / "store", url=fresh_pg)
    fill(other)
    for sort in lists.SORTS:
        found = write(other, tmp_path / "pg.xlsx", sort=sort, type="noise")
        mine = write(workspace, tmp_path / "file.xlsx", sort=sort, type="noise")
        assert sheets(found.path)["案件"] == sheets(mine.path)["案件"]
    other.close()


def test_a_cut_text_is_counted_in_the_file(workspace, tmp_path):
    number = log(workspace, order_number="20261102000298", type="other", text="𠮷" * 19_000)
    done = write(workspace, tmp_path / "a.xlsx", search=number)
    assert done.shortened == 1
    assert about(done.path)["截短"].startswith("1 处")
    act(workspace, number, "void", reason="测试")


def test_a_list_as_csv_says_what_it_holds_in_a_file_beside_it(workspace, tmp_path):
    done = write(workspace, tmp_path / "清单.csv", type="noise")
    with done.path.open(encoding="utf-8-sig", newline="") as file:
        head, *rows = csv.reader(file)
    assert [row[0].strip() for row in rows] == listed(workspace, type="noise")
    assert rows[0][head.index("收到时间")] == "2026-11-02 10:00"
    said = (tmp_path / "清单.说明.txt").read_text("utf-8-sig")
    assert "件数：3 件" in said
    assert "筛选条件：事项类型：噪声扰民" in said


# what free text says of people ----------------------------------------------------------------


@pytest.fixture
def store(tmp_path):
    found = make_store(tmp_path / "store")
    yield found
    found.close()


SAID = (
    "王小明来电，电话13912345678，身份证31011219900307123X、310112900307123，"
    "车牌沪A12345，卡号6222021001116245702，李红也在场，张先生不在"
)
SECRETS = ("王小明", "13912345678", "199003", "900307", "12345，", "0210011162", "李红")


@pytest.mark.parametrize("name", ["a.xlsx", "a.csv"])
def test_numbers_plates_cards_and_known_names_in_free_text_are_masked(store, tmp_path, name):
    number = log(store, order_number="1", reporter="王小明", text=SAID)
    act(store, number, "accept")
    act(store, number, "contact", reached="yes", person="李红")
    raw = write(store, tmp_path / name).path
    text = column(raw, "内容描述")[0] if name.endswith("xlsx") else raw.read_text("utf-8-sig")
    assert not [secret for secret in SECRETS if secret in text]
    assert "王**来电" in text
    assert "沪A****" in text
    assert "6222****5702" in text
    assert "张先生不在" in text


def test_everybody_who_ever_was_the_caller_is_masked_in_the_text_of_the_case(store, tmp_path):
    number = log(store, order_number="1", reporter="王小明", text="王小明和李大红都来过，居民很多")
    act(store, number, "amend", reporter="李大红")
    act(store, number, "contact", reached="yes", person="居民")
    assert column(write(store, tmp_path / "a.xlsx").path, "内容描述") == ["王**和李**都来过，居民很多"]
    assert column(unmasked(store, tmp_path / "b.xlsx").path, "内容描述") == ["王小明和李大红都来过，居民很多"]


def test_a_name_in_the_place_is_masked_too(store, tmp_path):
    log(store, order_number="1", reporter="王小明", place="王小明家，沪A12345停车位")
    assert column(write(store, tmp_path / "a.xlsx").path, "地址") == ["王**家，沪A****停车位"]
