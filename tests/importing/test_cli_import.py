"""The command `import`: what it says of columns, profiles and words; learning; stopping."""

import signal

import openpyxl
import pytest

from tests.importing.practice import HEADER, ROW, Town, changed
from tests.run_cli import call, refused, run
from ui.cli_import import interruptible
from zq_grid.errors import Refused
from zq_grid.importing import run as importing
from zq_grid.progress import Progress

SECOND = "20261020000002"


@pytest.fixture
def town(tmp_path):
    town = Town(tmp_path)
    town.workspace.close()
    return town


@pytest.fixture
def data(town):
    return town.folder / "ws"


def test_the_answer_says_which_column_became_what_and_why(town, data):
    file = str(town.workbook([*HEADER[:4], "说明", "小王备注"], [*ROW, "好"]))
    said = run(data, "import", file, "--map", "text=说明")
    assert said["columns"] == [
        {"header": "工单编号", "field": "order_number", "why": "word"},
        {"header": "受理时间", "field": "accepted_at", "why": "word"},
        {"header": "工单类型", "field": "kind", "why": "word"},
        {"header": "诉求地址", "field": "place", "why": "word"},
        {"header": "说明", "field": "text", "why": "told"},
        {"header": "小王备注", "field": None, "why": None},
    ]
    assert (said["profile"], said["sheet"]) == (None, "表")
    again = run(data, "import", file)
    assert again["profile"] == said["saved_profile"]
    assert again["columns"][4]["why"] == "profile"
    assert run(data, "import", file, "--no-profile")["profile"] is None


def test_a_trial_says_the_same_as_the_import(town, data):
    rows = [changed(number=SECOND, kind="投诉急件"), changed(number="x", at="某天"), ROW]
    file = str(town.workbook(HEADER, *rows))
    trial = run(data, "import", file, "--dry-run")
    done = run(data, "import", file)
    for name in (
        "rows",
        "new",
        "amended",
        "unchanged",
        "asked",
        "rejected",
        "columns",
        "unknown_words",
        "sheet",
    ):
        assert trial[name] == done[name], name


def test_in_words_a_person_reads_what_to_look_at(town, data):
    header = ["工单编码", *HEADER[1:], "小王备注"]
    rows = [[*changed(number=f"2026102000000{n}", kind="投诉急件"), "好"] for n in range(4)]
    said = call(data, "import", str(town.workbook(header, *rows))).out
    assert "工单编码 → 工单编号（推测）" in said
    assert "未识别的列（内容已保留）: 小王备注" in said
    assert "“投诉急件” × 4" in said
    english = call(data, "import", str(town.workbook(header, *rows)), options=("--lang", "en")).out
    assert "unknown columns, kept: 小王备注" in english


def test_a_word_is_taught_with_the_import_and_shown_in_the_catalogue(town, data):
    file = str(town.workbook(HEADER, changed(kind="投诉急件")))
    assert run(data, "import", file)["unknown_words"] == [{"field": "kind", "word": "投诉急件", "rows": 1}]
    done = run(data, "import", file, "--alias", "kind:投诉急件=complaint")
    assert (done["unknown_words"], done["amended"]) == ([], 1)
    assert done["aliases"] == [{"field": "kind", "said": "投诉急件", "means": "complaint"}]
    assert [one["said"] for one in run(data, "catalogue", "alias")["entries"]] == ["投诉急件"]
    assert refused(data, "import", file, "--alias", "投诉急件=complaint")["refused"] == "alias_form"


def test_an_alias_is_defined_from_a_file_without_a_code(town, data):
    file = town.folder / "a.toml"
    file.write_text('field = "kind"\nsaid = "投诉急件"\nmeans = "complaint"\n', "utf-8")
    assert run(data, "define", "alias", str(file))["codes"][0].startswith("kind-")
    assert run(data, "import", str(town.workbook(HEADER, changed(kind="投诉急件"))))["unknown_words"] == []
    file.write_text('field = "kind"\nsaid = "投诉急件"\nmeans = "红"\n', "utf-8")
    assert refused(data, "define", "alias", str(file))["refused"] == "entry_invalid"


def test_what_was_amended_teaches_its_words(town, data):
    run(data, "import", str(town.workbook(HEADER, changed(kind="投诉急件"))))
    run(data, "act", ROW[0], "amend", "--field", "kind=complaint", "--field", "reason=补")
    learned = [{"field": "kind", "said": "投诉急件", "means": "complaint"}]
    assert run(data, "import", "--learn", ROW[0], "--dry-run")["learned"] == learned
    assert run(data, "import", "--learn", ROW[0])["learned"] == learned
    assert run(data, "import", "--learn", ROW[0])["learned"] == []
    assert refused(data, "import", "--learn", "x")["refused"] == "case_unknown"
    assert refused(data, "import", "--learn", "x", "--undo", "y")["refused"] == "wrong_use"


def test_rejected_rows_are_mended_in_their_workbook_and_come_in(town, data):
    out = town.folder / "未导入.xlsx"
    rows = [ROW, changed(number=SECOND, at="某天", text="路灯不亮")]
    file = str(town.workbook([*HEADER[:4], "说明"], *rows))
    first = run(data, "import", file, "--map", "text=说明", "--rejects", str(out))
    assert (first["new"], len(first["rejected"])) == (1, 1)
    again = run(data, "import", str(out))
    assert (again["new"], len(again["rejected"])) == (0, 1)
    book = openpyxl.load_workbook(out)
    book.active["B2"] = "2026-10-21 10:00"
    book.save(out)
    mended = run(data, "import", str(out))
    assert (mended["new"], mended["rejected"], mended["profile"]) == (1, [], first["saved_profile"])
    assert run(data, "show", SECOND)["facts"]["text"] == "路灯不亮"
    assert "未导入原因" not in run(data, "show", SECOND)["facts"].get("extra", {})


def test_a_file_without_orders_is_refused_by_its_name_and_sheet(town, data):
    file = town.workbook(["甲", "乙"], ["1", "2"])
    said = refused(data, "import", str(file))
    assert said["refused"] == "file_no_header"
    assert f"“{file.name}”的工作表“表”" in said["reason"]


def test_other_sheets_of_orders_are_named(town, data):
    file = town.workbook(HEADER, ROW)
    book = openpyxl.load_workbook(file)
    other = book.create_sheet("七月")
    other.append(HEADER)
    other.append(changed(number=SECOND))
    book.save(file)
    done = run(data, "import", str(file))
    assert [(one["name"], one["rows"], one["fields"]) for one in done["sheets"]] == [
        ("表", 2, 5),
        ("七月", 2, 5),
    ]
    assert "七月" in done["problems"][0]
    done = run(data, "import", str(file), "--sheet", "七月")
    assert (done["new"], done["problems"]) == (1, [])


@pytest.mark.parametrize("stage", ["读取表格", "整理", "核对"])
def test_ctrl_c_stops_an_import_and_nothing_is_written(tmp_path, stage):
    town = Town(tmp_path)
    file = town.workbook(HEADER, *[changed(number=f"2026102000{n:04}") for n in range(60)])
    before, listening = town.everything(), signal.getsignal(signal.SIGINT)
    progress = Progress(lambda _done, _total, what: what == stage and signal.raise_signal(signal.SIGINT))
    with pytest.raises(Refused) as caught, interruptible(progress):
        importing.run_file(town.workspace, file, progress=progress)
    assert caught.value.code == "cancelled"
    assert town.everything() == before
    assert signal.getsignal(signal.SIGINT) is listening
    town.workspace.close()
