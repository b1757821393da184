"""One table, written in every manner that systems write, is read as the same rows."""

import csv
import html
import io

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from zq_grid.importing import markup
from zq_grid.importing.delimited import encoding_of
from zq_grid.importing.kinds import kind_of, markup_of, utf16_order
from zq_grid.importing.lines import Out
from zq_grid.importing.reader_child import _read
from zq_grid.importing.table import Limits

HEADER = ["工单编号", "内容描述", "诉求地址"]
# Text as people write it: any letter, no control characters, no space where a page would drop it.
TEXT = st.text(
    st.characters(exclude_categories=("Cs", "Cc", "Zs", "Zl", "Zp", "Cn", "Co"))
    | st.sampled_from("<>&\"';,\t\n |=中"),
    max_size=12,
).map(lambda text: text.strip().replace("\ufeff", ""))
ROWS = st.lists(st.lists(TEXT, min_size=3, max_size=3).map(lambda row: ["1", *row]), min_size=1, max_size=5)
ENCODINGS = st.sampled_from(["utf-8", "gb18030", "utf-16", "utf-16-le", "utf-16-be"])


def said(path):
    """Return the lines of the child for the file at `path`, its end apart."""
    to = io.BytesIO()
    _read(str(path), None, Out(to, Limits()))
    lines = to.getvalue().splitlines()
    return [line for line in lines if line.startswith(b"[") or b"skip" in line]


def as_csv(rows):
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue()


def as_page(rows, *, closed):
    def cell(text):
        inside = html.escape(text).replace("\n", "<br>").replace("\t", "&#9;").replace("  ", " &nbsp;")
        return f"<td>{inside}</td>" if closed else f"<TD class='a>b'><span>{inside}</span>"

    lines = ["".join(map(cell, row)) for row in rows]
    return "<html><table>\n" + "\n".join(f"<tr>{line}{'</tr>' if closed else ''}" for line in lines)


def as_spreadsheet(rows):
    def cell(text):
        inside = html.escape(text).replace("\n", "&#10;").replace("\t", "&#9;")
        return f'<Cell><Data ss:Type="String">{inside}</Data></Cell>'

    space = "urn:schemas-microsoft-com:office:spreadsheet"
    inside = "".join(f"<Row>{''.join(map(cell, row))}</Row>" for row in rows)
    return (
        f'<?xml version="1.0"?><Workbook xmlns="{space}" xmlns:ss="{space}">'
        f'<Worksheet ss:Name="表"><Table>{inside}</Table></Worksheet></Workbook>'
    )


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ROWS, ENCODINGS, st.booleans(), st.integers(1, 40))
def test_a_table_is_the_same_rows_however_it_is_written(tmp_path, monkeypatch, rows, encoding, closed, chunk):
    monkeypatch.setattr(markup, "CHUNK", chunk)
    rows = [[*HEADER, "备注"], *rows]
    written = {}
    for name, text in (
        ("csv", as_csv(rows)),
        ("page", as_page(rows, closed=closed)),
        ("xml", as_spreadsheet(rows)),
    ):
        path = tmp_path / name
        path.write_bytes(text.encode(encoding))
        written[name] = said(path)
    plain = tmp_path / "plain"
    plain.write_bytes(as_csv(rows).encode("utf-8"))
    assert written == dict.fromkeys(written, said(plain))


@settings(max_examples=300, deadline=None)
@given(
    st.text(st.sampled_from("abc工单,;\n\t123 <>\"'"), min_size=6),
    st.sampled_from(["utf-16-le", "utf-16-be"]),
)
def test_utf_16_without_a_mark_is_known_by_its_separators(text, encoding):
    text = f"a,{text}\n"
    assert encoding_of(io.BytesIO(text.encode(encoding))) == encoding
    assert kind_of("表.csv", io.BytesIO(text.encode(encoding))) == "text"


def test_a_nul_that_strayed_into_a_text_makes_no_utf_16_of_it():
    for place in range(6):
        content = b"ab,cd,ef\n12,34,56\n" * 20
        content = content[:place] + b"\0" + content[place:]
        assert utf16_order(content) is None


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=300))
def test_the_kind_of_any_text_can_be_told(content):
    markup_of(content.decode("latin-1"))
    markup_of("<" + content.decode("latin-1"))


@pytest.mark.parametrize(
    "beginning", ["<a " + "xmln" * 16_000, "<zz>" + "<table " * 9_000, "a-b: c\n" * 9_000]
)
def test_the_kind_of_a_hostile_text_is_told_at_once(beginning):
    assert markup_of(beginning) in {None, "xml", "html"}
