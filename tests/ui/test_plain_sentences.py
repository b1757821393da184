"""What is printed for people: one sentence a line, in their language, with nothing in it that steers a terminal."""

import ast
import os
import re
import stat
from pathlib import Path

import click
import pytest
import typer.main
import xlsxwriter

from tests.run_cli import call, refused, run
from ui.cli import WHERE, cli
from zq_grid import visible
from zq_grid.importing.reader import read
from zq_grid.importing.sentences import NAMED, sentence, some

NOW = ("--now", "2026-11-02T18:00:00+08:00")
HEADERS = ("工单编号", "受理时间", "诉求地址", "内容描述")
ROW = ("20261102000101", "2026-11-02 09:00", "和溪五村 12 号", "楼上漏水")
# A colour, the title of a terminal, a name turned around, a new line, a control of the upper half.
EVIL = "甲\x1b[31m\x1b]0;pwn\x07\u202e\r\n\x9b2J\u2066乙"
SHOWN = "甲␛[31m␛]0;pwn␇� �2J�乙"
STEERS = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")
LONG = "x" * 300


@pytest.fixture
def data(tmp_path):
    folder = tmp_path / "data"
    run(folder, "init", "--practice", options=("--now", "2026-11-01T08:00:00+08:00"))
    return folder


def table(path, rows=(ROW,), headers=HEADERS):
    """Write a table as text, each cell quoted."""
    lines = [",".join(f'"{cell}"' for cell in row) for row in (headers, *rows)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="")
    return path


def workbook(path, names):
    """Write the same orders into sheets of these names."""
    with xlsxwriter.Workbook(str(path)) as book:
        for name in names:
            sheet = book.add_worksheet(name)
            sheet.write_row(0, 0, HEADERS)
            sheet.write_row(1, 0, ROW)
    return path


def plain(said):
    """Check that nothing of what was printed steers a terminal, and return all of it."""
    assert STEERS.findall(said.out + said.err) == []
    assert "Traceback" not in said.err
    return said.out + said.err


# what comes from outside ------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_what_an_option_of_an_import_says_is_shown_in_one_line_that_steers_nothing(data, tmp_path, lang):
    file = table(tmp_path / "a.csv")
    for given in (
        ("--map", f"text={EVIL}"),
        ("--map", f"{EVIL}=内容描述"),
        ("--profile", EVIL),
        ("--alias", EVIL),
        ("--answer", EVIL),
    ):
        said = call(data, "import", *given, str(file), options=("--lang", lang, *NOW))
        assert SHOWN in plain(said), given
        assert len(said.err.splitlines()) == 1
    book = workbook(tmp_path / "b.xlsx", ["一"])
    said = call(data, "import", "--sheet", EVIL, str(book), options=("--lang", lang, *NOW))
    assert SHOWN in plain(said)
    assert len(said.err.splitlines()) == 1


def test_headers_and_cells_are_shown_in_one_line_that_steers_nothing(data, tmp_path):
    rows = [
        (*ROW, "投诉", "x"),
        (EVIL, *ROW[1:], "投诉", "x"),
        ("20261102000102", EVIL, *ROW[2:], "投诉", "x"),
        ("20261102000103", *ROW[1:], EVIL, "x"),
    ]
    file = table(tmp_path / "a.csv", rows, (*HEADERS, "诉求类型", EVIL))
    said = call(data, "import", str(file), options=NOW)
    assert said.code == 0
    shown = plain(said)
    assert SHOWN in shown
    assert "甲" in shown.split("无法识别")[0].splitlines()[-1]


def test_names_of_sheets_are_shown_without_what_turns_a_line_around(data, tmp_path):
    file = workbook(tmp_path / "a.xlsx", ["表\u202e一", "表\u2067二"])
    assert "表�二" in plain(call(data, "import", "--dry-run", str(file), options=NOW))
    assert "表�一、表�二" in plain(call(data, "import", "--sheet", "无", str(file), options=NOW))


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such names")
def test_a_file_named_to_steer_the_terminal_is_shown_in_one_line(data, tmp_path):
    name = EVIL.replace("\r\n", "\n") + ".csv"
    table(tmp_path / name)
    assert call(data, "import", str(tmp_path / name), options=NOW).code == 0
    listed = plain(call(data, "undo", "--list", options=NOW))
    assert f"{SHOWN}.csv" in listed
    assert len(listed.splitlines()) == 1
    gone = call(data, "import", f"{tmp_path / name}x", options=NOW)
    assert f"{SHOWN}.csvx" in plain(gone)
    assert len(gone.err.splitlines()) == 1


def test_the_name_of_a_profile_is_kept_as_it_is_shown(data, tmp_path):
    run(data, "import", "--save-profile", EVIL, str(table(tmp_path / "a.csv")), options=NOW)
    assert SHOWN in plain(call(data, "catalogue", "import", options=NOW))
    assert SHOWN in plain(call(data, "import", "--profile", "无", str(tmp_path / "a.csv"), options=NOW))


def test_a_case_is_shown_a_fact_a_line_and_lists_keep_their_rows(data):
    given = ("--type", "noise", "--place", "朝阳村\n  阶段: 已结案", "--text", f"一\n二\t三{EVIL}")
    number = run(data, "log", *given, options=NOW)["number"]
    shown = plain(call(data, "show", number, options=NOW))
    assert "阶段: 已结案" not in [line.strip() for line in shown.splitlines()]
    assert "一 二 三" in shown
    assert len(plain(call(data, "list", options=NOW)).splitlines()) == 3
    assert len(plain(call(data, "duplicates", "--since", "2026-10-01", options=NOW)).splitlines()) == 1


def test_wrong_use_is_said_in_one_line(data):
    for given in ((f"fr{EVIL}",), ("list", f"--x{EVIL}"), ("show", EVIL), ("undo", EVIL)):
        said = call(data, *given, options=NOW)
        assert said.code in {1, 2}
        plain(said)
        assert len(said.err.splitlines()) == 1, given


MISUSED = [
    (("frob",), "没有命令 frob", "No such command 'frob'"),
    (("export", "frob"), "没有命令 frob", "No such command 'frob'"),
    (("places",), "缺少下一级命令", "Missing command"),
    (("list", "--limit", "many"), "--limit 须为整数，不能是“many”", "'many' is not a valid integer range"),
    (("list", "--limit", "5000"), "--limit 不能是 5000，范围是 0<=x<=1000", "5000 is not in the range"),
    (("log",), "缺少选项 --type", "Missing option '--type'"),
    (("show",), "缺少 NUMBER", "Missing argument 'NUMBER'"),
    (("show", "a", "b", "c"), "多出的内容：b c", "Got unexpected extra arguments (b c)"),
    (("list", "--stag", "x"), "没有选项 --stag，是不是 --sort, --stage", "No such option: --stag"),
    (("list", "--colour"), "没有选项 --colour，是不是 --source", "No such option: --colour"),
    (("undo", "-x"), "没有选项 -x", "No such option: -x"),
    (("list", "--sort"), "选项 --sort 后面缺少内容", "Option '--sort' requires an argument"),
    (("undo", "--list=3"), "选项 --list 后面不带内容", "Option '--list' does not take a value"),
]


@pytest.mark.parametrize(("given", "chinese", "english"), MISUSED, ids=lambda one: str(one)[:30])
def test_wrong_use_is_said_in_the_language_of_the_call(data, given, chinese, english):
    said = call(data, *given)
    assert said.code == 2
    assert said.err.startswith(f"用法不对：{chinese}")
    assert said.err.endswith("。没有任何改动。\n")
    assert english in call(data, *given, options=("--lang", "en")).err


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("莲溪路 1 号", "莲溪路 1 号"),
        ("a\x1bb\x7f", "a␛b␡"),
        ("一\r\n\n\t二", "一 二"),
        ("一\u2028二\x85三", "一 二 三"),
        ("\u200fא\u200e\u061c", "�א��"),
        ("\udcb1\udced.xlsx", "��.xlsx"),
        ("👨\u200d👩", "👨\u200d👩"),
    ],
)
def test_a_fact_shows_what_would_steer_a_screen_and_leaves_the_rest(said, shown):
    assert visible.fact(said) == shown


def test_lines_of_our_own_stay_lines():
    assert visible.lines("共 1\n  2: a\x1bb\r") == "共 1\n  2: a␛b "


def test_no_command_prints_past_the_console():
    for path in sorted((Path(__file__).parents[2] / "ui").glob("cli_*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print":
                said = ast.unparse(node.args[0])
                assert "words.working(" in said, f"{path.name}:{node.lineno} prints {said}"


# paths -----------------------------------------------------------------------------------------


def commands(group, above=()):
    """Yield every command of the program with its words."""
    yield above, group
    names = [*getattr(group, "commands", {}), *(WHERE if not above else ())]
    for name in names:
        yield from commands(group.get_command(click.Context(group), name), (*above, name))


def test_no_option_looks_at_its_file_before_the_command_does():
    looked = []
    for words_, command in commands(typer.main.get_command(cli)):
        for one in command.params:
            if isinstance(one.type, click.Path):
                looked.append((*words_, one.name))
                looks = one.type.exists, one.type.readable, one.type.writable
                assert looks == (False, False, False), looked[-1]
                assert one.type.file_okay, looked[-1]
                assert one.type.dir_okay, looked[-1]
    assert {("data",), ("import", "file"), ("export", "cases", "out"), ("restore", "source")} <= {*looked}


PATHS = [
    ("import", "{}"),
    ("restore", "{}"),
    ("replay", "{}"),
    ("define", "noise", "{}"),
    ("act", "1", "note", "--file", "{}"),
    ("bulk", "note", "--numbers-from", "{}", "--field", "text=x", "--preview"),
    ("backup", "--out", "{}"),
    ("export", "cases", "--out", "{}.csv"),
    ("report", "weekly", "--week", "2026-W44", "--out", "{}.pdf"),
]


@pytest.mark.parametrize("given", PATHS, ids=lambda given: given[0])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_path_that_no_command_can_use_is_refused_in_a_sentence(data, tmp_path, given, lang):
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder.csv").mkdir()
    (tmp_path / "folder.pdf").mkdir()
    for path in (tmp_path / "folder", tmp_path / LONG, tmp_path / "none" / "a"):
        said = refused(data, *(one.format(path) for one in given), options=("--lang", lang, *NOW))
        assert said["refused"] != "wrong_use"
        assert "Errno" not in said["reason"]
        assert re.search("[\u4e00-\u9fff]", said["reason"]) is None or lang == "zh"
        assert ("没有任何改动。" in said["reason"]) == (lang == "zh")


def test_a_town_that_cannot_be_opened_is_refused_in_a_sentence(tmp_path):
    for path in (tmp_path, tmp_path / LONG):
        said = refused(tmp_path / "new", "init", "--town", str(path))
        assert said["refused"] == "path_unusable"
    assert refused(tmp_path / LONG, "list")["refused"] == "path_unusable"


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="nothing is closed to root")
@pytest.mark.parametrize("given", PATHS[:6], ids=lambda given: given[0])
def test_a_file_that_may_not_be_read_is_refused_in_a_sentence(data, tmp_path, given):
    file = table(tmp_path / "closed")
    file.chmod(0)
    try:
        for lang in ("zh", "en"):
            said = refused(data, *(one.format(file) for one in given), options=("--lang", lang, *NOW))
            assert said["refused"] in {"file_locked", "path_unusable"}
    finally:
        file.chmod(stat.S_IRUSR | stat.S_IWUSR)


@pytest.mark.skipif(os.name == "nt", reason="names of files are text there")
def test_a_file_whose_name_is_in_another_coding_is_imported_and_shown_with_signs(data, tmp_path):
    raw = os.path.join(os.fsencode(tmp_path), "表甲.csv".encode("gb18030"))
    file = Path(os.fsdecode(raw))
    try:
        table(file)
    except OSError:
        pytest.skip("this disk takes no such names")
    rejects = Path(os.fsdecode(os.path.join(os.fsencode(tmp_path), "余.xlsx".encode("gb18030"))))
    table(file, [ROW, ("20261102000102", "某天", *ROW[2:])])
    done = run(data, "import", "--save-profile", "街道", "--rejects", str(rejects), str(file), options=NOW)
    assert (done["new"], len(done["rejected"])) == (1, 1)
    assert rejects.is_file()
    assert "����.csv" in plain(call(data, "undo", "--list", options=NOW))
    assert "Errno" not in plain(call(data, "check", "--deep", options=NOW))
    assert "����.csv" in refused(data, "import", f"{file}x", options=NOW)["reason"]


# lists in sentences -----------------------------------------------------------------------------


def test_where_there_is_no_profile_none_is_named(data, tmp_path):
    file = str(table(tmp_path / "a.csv"))
    said = refused(data, "import", "--profile", "无", file, options=NOW)
    assert said["reason"] == "没有名为“无”的导入方案，本库还没有任何导入方案。没有任何改动。"
    said = refused(data, "import", "--profile", "none", file, options=("--lang", "en", *NOW))
    assert said["reason"] == 'There is no import profile "none", nor any other yet. Nothing was changed.'


def test_of_many_sheets_ten_are_named_and_the_rest_counted(data, tmp_path):
    file = workbook(tmp_path / "a.xlsx", [f"s{nth}" for nth in range(1, 40)])
    (note,) = run(data, "import", "--dry-run", str(file), options=NOW)["problems"]
    others = len([one for one in read(file).sheets if one.known]) - 1
    assert others == 38
    assert note.count("（2 行）") == NAMED
    assert f"“s11”（2 行）、另有 {others - NAMED} 个，" in note
    (note,) = run(data, "import", "--dry-run", str(file), options=("--lang", "en", *NOW))["problems"]
    assert f"“s11” (2 rows), and {others - NAMED} more. " in note


def test_few_things_are_all_named():
    assert some(["甲", "乙"]) == "甲、乙"
    assert some([str(n) for n in range(NAMED)]).endswith("、9")


def test_an_endless_fact_is_cut():
    said = sentence("file_no_header", {"name": "a", "sheet": "表" * 20_000})
    assert len(said) < 600
    assert "表…”" in said


def test_what_is_no_table_is_told_everything_that_is_read(data, tmp_path):
    (tmp_path / "a.csv").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(100))
    for lang in ("zh", "en"):
        said = refused(data, "import", str(tmp_path / "a.csv"), options=("--lang", lang, *NOW))["reason"]
        for ending in (".xlsx", ".xls", ".et", ".ods", ".csv", ".tsv", ".htm", ".html", ".mht", ".xml"):
            assert ending in said
