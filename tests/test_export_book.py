"""Cells that are safe to open: whatever people wrote stays the text it is, in a workbook and in a .csv."""

import csv

import openpyxl
import pytest
from python_calamine import CalamineWorkbook

from tests.exported import sheets
from zq_grid import export_book
from zq_grid.export_book import Column

AUTHOR = {"author": "沈晓梅", "at": 1_800_000_000}

HOSTILE = [
    "=cmd|' /C calc'!A0",
    '=HYPERLINK("http://example.org","x")',
    "+8613800000001",
    "-2+3+cmd|' /C calc'!A0",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "\t=1+1",
    "\n=1+1",
    "  =1+1",
    "\u200b=1+1",
    "＝1+1",
    "<r><t>x</t></r>",
]
UNHARMED = [
    "http://example.org/a?b=c&d=e",
    "mailto:a@example.org",
    "_x0041_ 原样",
    'a<b>&"c" ]]>',
    "𠮷野家 𪚥 㐂 〇 ☎",
    "两行\n三行",
    " 前后有空格 ",
    "0012",
    "1e5",
    "TRUE",
    "20261102000101",
    "-",
    "—",
]


def book_of(path, texts):
    with export_book.writing(path, **AUTHOR) as book:
        table = book.table("表", [Column("字")])
        for text in texts:
            table.row([text])
    return book.tally


def test_no_text_becomes_a_formula_even_if_somebody_saves_the_sheet_as_csv(tmp_path):
    tally = book_of(tmp_path / "a.xlsx", HOSTILE)
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    cells = [row[0] for row in book.active.iter_rows(min_row=2)]
    assert {cell.data_type for cell in cells} == {"s"}
    assert [cell.value for cell in cells] == ["'" + text for text in HOSTILE]
    assert not any(cell.hyperlink for cell in cells)
    book.close()
    assert tally.guarded == len(HOSTILE)
    assert [
        row[0] for row in CalamineWorkbook.from_path(tmp_path / "a.xlsx").get_sheet_by_index(0).to_python()
    ][1:] == ["'" + text for text in HOSTILE]


def test_harmless_text_comes_back_as_it_was(tmp_path):
    tally = book_of(tmp_path / "a.xlsx", UNHARMED)
    # not by openpyxl: it doesn't undo how workbooks write “_x0041_”
    rows = CalamineWorkbook.from_path(tmp_path / "a.xlsx").get_sheet_by_index(0).to_python()
    assert [row[0] for row in rows[1:]] == UNHARMED
    assert (tally.guarded, tally.shortened) == (0, 0)


def test_control_characters_and_halves_of_characters_are_left_out(tmp_path):
    odd = ["a\x00b\x07c\x0bd", "\ud800半\udfff个", "e\ufffe\uffff\x85f", "g\r\nh\ri"]
    for name in ("a.xlsx", "a.csv"):
        book_of(tmp_path / name, odd)
    assert [row[0] for row in sheets(tmp_path / "a.xlsx")["表"][1:]] == ["abcd", "半个", "ef", "g\nh\ni"]
    assert "半个" in (tmp_path / "a.csv").read_text("utf-8-sig")


@pytest.mark.parametrize("letter", ["长", "𠮷"])
def test_text_longer_than_a_cell_is_cut_and_says_so(tmp_path, letter):
    tally = book_of(tmp_path / "a.xlsx", [letter * 40_000, letter * 16_383])
    long, fits = (row[0] for row in sheets(tmp_path / "a.xlsx")["表"][1:])
    assert len(long.encode("utf-16-le")) // 2 <= export_book.LONGEST
    assert len(long.encode("utf-16-le")) // 2 > export_book.LONGEST - 3
    assert long == letter * (len(long) - 1) + "…"
    assert fits == letter * 16_383
    assert tally.shortened == 1


def test_a_csv_is_opened_right_by_spreadsheets_and_keeps_long_numbers_and_leading_zeros(tmp_path):
    book_of(tmp_path / "a.csv", [*HOSTILE, *UNHARMED, "3-5", "12:30"])
    raw = (tmp_path / "a.csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    with (tmp_path / "a.csv").open(encoding="utf-8-sig", newline="") as file:
        found = [row[0] for row in csv.reader(file)][1:]
    assert found[: len(HOSTILE)] == ["'" + text for text in HOSTILE]
    assert [text.removesuffix("\t") for text in found[len(HOSTILE) :]] == [*UNHARMED, "3-5", "12:30"]
    # a tab behind them keeps these from being read as numbers, days and times
    for text in ("0012", "1e5", "20261102000101", "3-5", "12:30"):
        assert text + "\t" in found


def test_a_sheet_holds_as_many_rows_as_programs_open():
    assert export_book.ROWS + 1 == 2**20
