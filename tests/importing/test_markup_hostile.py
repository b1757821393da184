"""Pages and XML made to hang or to swell a reader: each ends soon, in rows or in one sentence, and stays small."""

import random
import subprocess
import sys
from pathlib import Path

import pytest

from zq_grid.errors import ImportRejected
from zq_grid.importing.reader import Limits, read
from zq_grid.importing.sentences import sentence

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits a process's memory")
ROOT = Path(__file__).resolve().parents[2]
SIZE = 3 << 20
TABLE = "<html><table><tr><td>工单编号<td>内容描述</tr><tr><td>1<td>漏水"
SPACE = "urn:schemas-microsoft-com:office:spreadsheet"
SHEET = f'<?xml version="1.0"?><Workbook xmlns="{SPACE}" xmlns:ss="{SPACE}"><Worksheet ss:Name="一"><Table>'
DATA = '<Cell><Data ss:Type="String">x</Data></Cell>'
MAIL = 'MIME-Version: 1.0\nContent-Type: multipart/related; boundary="B"\n\n'
PAGE = "--B\nContent-Type: text/html\n\n"
TAGS = [
    "<",
    "<a",
    "<a ",
    "</",
    "<!",
    "<!--",
    "<!-- x ",
    "<?",
    "<![CDATA[",
    "&",
    "&#",
    "&#9",
    "<a =====",
    "<a = ",
]
TAGS += ['<a b="', "<a b='<a c=\"", '<a =">" ', "<td =\"> <td ='> ", "<script>", "</script", "<style></styl"]
TAGS += [
    "<div>",
    "<b>x",
    "<table>",
    "<table><tr><td>",
    "<tr>",
    "<td>",
    "<td>x",
    "<tr><td>x<td>y",
    "</td>",
    "<br>",
]
TAGS += [
    "</table>",
    "<td rowspan=9>",
    "<td rowspan=65534 colspan=1000>",
    "<caption>x",
    "<pre> ",
    "<p> </p>",
    " ",
]
XML = [
    "<",
    "<a ",
    '<a b="',
    "<!-- ",
    "&",
    "<?x ",
    "<![CDATA[",
    "<a>",
    '<a xmlns:b="urn:b">',
    "<Row>",
    "<Row><Cell>",
]
XML += [
    "<Row/>",
    f"<Row>{DATA}</Row>",
    "&#11;",
    "<!--x-->",
    f"</Table></Worksheet><Worksheet><Table><Row>{DATA}</Row>",
]
WHOLE = {
    "wide": "<table><tr><td colspan=1000000000>工单编号<td>内容描述<tr><td>1<td>2</table>",
    "deep": "<table><tr><td rowspan=1000000000>工单编号<td>内容描述<tr><td>1<td>2</table>",
    "a number of a million digits": f"<table><tr><td colspan={'9' * 10**6}>a<td>b<tr><td>1<td>2</table>",
    "an entity of many digits": f"<table><tr><td>a<td>b<tr><td>&#{'9' * 900_000};<td>2</table>",
    "spans everywhere": "<table><tr>" + "<td rowspan=0>a" * 999 + "<tr><td>" * 50_000,
    "a long attribute": f"<table><tr><td title='{'x' * (6 << 20)}'>a<td>b<tr><td>1<td>2</table>",
    "many attributes": f"<table><tr><td {'colspan=3 ' * 90_000}>a<td>b<tr><td>1<td>2</table>",
    "a long cell": f"<table><tr><td>a<td>{'x' * (3 << 20)}",
    "a long title": f"<title>{'x' * (5 << 20)}</title>{TABLE}",
    "many tables": f"{TABLE}</table>" * 3_000,
    "a row far down": f'{SHEET}<Row ss:Index="1000000000">{DATA}</Row>',
    "a cell far right": f'{SHEET}<Row><Cell ss:Index="99999999"><Data>x</Data></Cell></Row>',
    "merged far": SHEET + "<Row>" + '<Cell ss:MergeAcross="999999999"/>' * 9_000 + DATA + "</Row>",
    "an index of many digits": f'{SHEET}<Row ss:Index="{"9" * 10**6}"/>',
    "attributes in XML": SHEET + "<Row " + " ".join(f'a{number}="1"' for number in range(90_000)) + "/>",
    "names in XML": SHEET[:-1]
    + "".join(f' xmlns:n{number}="urn:{number}"' for number in range(50_000))
    + ">",
    "many parts": MAIL + PAGE * 90_000,
    "a long header": "MIME-Version: 1.0\n" + "A: b\n" * 500_000,
    "a part of lines": MAIL + PAGE + "\n" * SIZE,
    "a part of one line": MAIL + PAGE + "x" * SIZE,
}


def filled(unit):
    return unit * (SIZE // len(unit))


def ends(path, content):
    """Say how reading `content` ends, which must be at once."""
    path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
    try:
        return len(read(path, limits=Limits(seconds=60)).rows)
    except ImportRejected as error:
        return error.code if "{" not in sentence(error.code, error.facts) else "no sentence"


@pytest.fixture
def path(tmp_path):
    return tmp_path / "工单.xls"


@pytest.mark.parametrize("unit", TAGS)
def test_a_page_of_one_trap_over_and_over_ends(path, unit):
    assert ends(path, TABLE + filled(unit)) in {2, "file_corrupt", "file_too_big"}


@pytest.mark.parametrize("unit", XML)
def test_a_spreadsheet_of_one_trap_over_and_over_ends(path, unit):
    assert ends(path, SHEET + filled(unit)) in {"file_corrupt", "file_too_big", 1}


@pytest.mark.parametrize("name", WHOLE)
def test_a_file_made_to_swell_ends(path, name):
    assert ends(path, WHOLE[name]) in {2, "file_corrupt", "file_too_big", "file_not_table"}


def test_pages_of_chance_end(path):
    chance = random.Random(5)
    pieces = [
        "<table>",
        "</table>",
        "<tr>",
        "<td>",
        "</td>",
        "<td rowspan=3>",
        "<td colspan=4>",
        "x",
        "&amp;",
    ]
    pieces += ["<caption>", "<pre>", "<!--", "-->", "<script>", "</script>", '"', "'", "<", ">", "=", "<a b="]
    for turn in range(6):
        content = "<table>" + "".join(chance.choices(pieces, k=100 * 10**turn // 10))
        assert ends(path, content) != "no sentence"


def test_the_reader_stays_small_however_large_the_page(tmp_path):
    path = tmp_path / "工单.xls"
    with path.open("w", encoding="utf-8") as page:
        page.write("<table><tr><td>工单编号<td>内容描述")
        for number in range(40_000):
            page.write(f"<tr><td>{number}<td>{'漏水' * 200}\n")
    program = (
        "import sys, pathlib\n"
        "from zq_grid.importing.table import Limits, dump_limits\n"
        "from zq_grid.importing import reader_child\n"
        "reader_child.main([sys.argv[1], dump_limits(Limits(), None)])\n"
        "print(pathlib.Path('/proc/self/status').read_text(), file=sys.stderr)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(path)], cwd=ROOT, capture_output=True, check=True, text=True
    )
    assert done.stdout.count("\n[") == 40_000
    kilobytes = int(done.stderr.partition("VmHWM:")[2].split()[0])
    assert 5_000 < kilobytes < 60_000
