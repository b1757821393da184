import logging
import os
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from datetime import date
from fractions import Fraction
from pathlib import Path

import pypdfium2
import pytest

from tests.papers.sample import (
    AREAS,
    NAMES,
    REASONS,
    SOURCES,
    STATIONS,
    VILLAGES,
    figure,
    overdue,
    trend,
    week,
)
from zq_grid.papers import charts, figures, fonts, parts, week_lists, week_tables, weekly
from zq_grid.papers.figures import Sheet
from zq_grid.papers.findings import CheckRow

ROOT = Path(__file__).resolve().parents[2]


def pages(data):
    """Return the text of each page, without white space."""
    document = pypdfium2.PdfDocument(data)
    return [re.sub(r"\s", "", page.get_textpage().get_text_range()) for page in document]


def text(data):
    return "".join(pages(data))


def drawn(**changes):
    return weekly.draw(week(**changes))


def images(data):
    """Return the pages as grey pictures, one dot for two points."""
    return [page.render(scale=0.5).to_pil().convert("L") for page in pypdfium2.PdfDocument(data)]


def ink(picture, left, top, right, bottom):
    """Return the darkest dot of a part of the page, given in millimetres."""
    dots = [round(mm / 25.4 * 36) for mm in (left, top, right, bottom)]
    return picture.crop(tuple(dots)).getextrema()[0]


def filled(picture):
    """Return how far down the text area of a page is used, 0 to 1."""
    rows_ = [mm for mm in range(20, 274) if ink(picture, 18, mm, 192, mm + 1) < 200]
    return (max(rows_, default=20) - 20) / 254


def test_every_figure_of_the_week_is_on_paper():
    one = week()
    shown = text(weekly.draw(one))
    for row_ in (*one.neighbourhoods, *one.stations, one.total):
        for figure_ in row_.figures:
            assert f"{figure_.value or '—'}{figure_.share}" in shown
    for name in (*VILLAGES, *STATIONS, *SOURCES, *AREAS, *REASONS):
        assert name.replace(" ", "") in shown
    for words_ in (
        "2026年第46期（总第99期）",
        "第47周11月16日（周一）—11月22日（周日）",
        "签发：陆敏",
        "核验码7F3A-91C2",
    ):
        assert words_ in shown


def test_every_page_says_what_the_figures_rest_on():
    found = pages(drawn())
    for number, page in enumerate(found, 1):
        assert f"第{number}页/共{len(found)}页" in page
        assert "数据截至2026-11-2308:00·统计口径第3版·事项目录第12版" in page
        assert "未上报站：金渡站（2天）" in page


@pytest.mark.parametrize("cases", [0, 10, 5_000])
def test_weeks_of_any_size_are_drawn_without_near_empty_pages(cases):
    late = min(cases // 25, 400)
    data = drawn(cases=cases, late=late)
    assert f"逾期未办结（{late:,}件）" in text(data)
    *others, last = map(filled, images(data))
    assert last > 0.2
    assert min(others) > 0.5


def test_an_empty_base_prints_a_dash_and_never_a_rate():
    one = week(cases=0, late=0)
    shown = text(weekly.draw(one))
    assert "—0/0" in shown
    assert not re.search(r"(?<![\d.])(0\.0|100\.0)0/0", shown)
    assert "nan" not in shown.lower()


def test_more_than_all_is_not_cut_at_a_hundred():
    over = figure(1, 1000, 1207)
    assert over.value == "120.7"
    one = week()
    total = replace(one.total, figures=(one.total.figures[0], over, *one.total.figures[2:]))
    assert "120.71,207/1,000" in text(weekly.draw(replace(one, total=total)))


def test_parts_that_do_not_add_up_show_their_own_sum():
    one = week()
    even = replace(one, stations=one.neighbourhoods, units=one.neighbourhoods)
    assert "本表小计" not in text(weekly.draw(even))
    short = weekly.draw(replace(even, neighbourhoods=one.neighbourhoods[:-1], stations=(), units=()))
    assert "本表小计" in text(short)


def test_the_profiles_score_decides_the_places_and_is_printed():
    one = week(cases=5_000)
    scored = tuple(replace(row_, score=Fraction(9000 + n, 100)) for n, row_ in enumerate(one.neighbourhoods))
    assert figures.ranked(scored, 5)[0][1].name == VILLAGES[-1]
    shown = text(weekly.draw(replace(one, neighbourhoods=scored)))
    assert "得分" in shown
    assert "名次按考核得分" in shown


HOSTILE = 'a & b <c> <img src="file:///etc/passwd"/> <b>&amp;'


def test_a_citizens_text_is_only_text():
    rows_ = tuple(
        replace(row_, place=HOSTILE, unit=HOSTILE, neighbourhood=HOSTILE) for row_ in overdue(3, "red")
    )
    data = drawn(paragraph=HOSTILE, overdue=rows_, town=HOSTILE, sent_to=HOSTILE, compiled_by=HOSTILE)
    assert text(data).count(HOSTILE.replace(" ", "")) >= 11
    assert not re.search(rb"/Subtype\s*/Image", data)


def test_rare_characters_are_shown_extracted_or_marked(caplog):
    fonts._report.cache_clear()
    beyond = chr(next(point for point in sorted(fonts._face(fonts.REGULAR).charToGlyph) if point > 0xFFFF))
    with caplog.at_level(logging.WARNING):
        shown = text(drawn(paragraph=f"㐀{beyond}𠮷😀\u200d\x00完", town=f"{beyond}镇"))
    assert f"㐀{beyond}〓〓完" in shown
    assert sorted(record.getMessage() for record in caplog.records) == [
        "no glyph for U+1F600",
        "no glyph for U+20BB7",
    ]


def test_a_name_of_thirty_characters_wraps_inside_its_column():
    long = "莲湾镇朝阳新苑第一居民区居民委员会与君莲新城北区三村联合网格"
    assert len(long) == 30
    line = parts.break_lines(long, parts.CELL, 80)
    assert all(one.width <= 80 for one in line)
    assert "".join(one.text for one in line) == long
    assert long in text(drawn(villages=[long, *VILLAGES[:5]]))


def test_nothing_is_drawn_into_the_margins():
    one = week(
        cases=5_000, town="莲湾镇" * 20, compiled_by="欧阳" * 20, title="网格化管理工作情况周报（试行）"
    )
    late = tuple(
        replace(row_, place="x" * 90, neighbourhood="9" * 50, late="W" * 40) for row_ in overdue(40, "red")
    )
    for picture in images(weekly.draw(replace(one, overdue=late))):
        assert ink(picture, 0, 0, 17.2, 297) > 200
        assert ink(picture, 192.8, 0, 210, 297) > 200
        assert ink(picture, 0, 290, 210, 297) > 200


def test_a_long_list_says_what_it_leaves_out():
    shown = text(drawn(late=week_lists.LISTED + 20))
    assert "逾期未办结（120件）" in shown
    assert "本表列100件，另有20件未列出" in shown


def test_the_ten_largest_types_and_the_rest_add_up():
    shares = tuple((f"类{n}", n + 1) for n in range(16))
    shown = week_tables._largest(shares)
    assert len(shown) == 11
    assert shown[-1] == ("其余 6 类", 21)
    assert sum(count for _, count in shown) == sum(count for _, count in shares)


def test_a_week_without_data_is_a_gap_in_its_line():
    points = tuple(
        replace(point, figures=(*point.figures[:3], figure(3, 0 if n in (3, 7) else 200, 160)))
        for n, point in enumerate(trend())
    )
    chart = charts.Trend(points, [name for _, name in NAMES])
    assert [value is None for value in chart.series[3]] == [n in (3, 7) for n in range(8)]
    shown = text(drawn(trend=points))
    assert "80.080.080.0—80.080.080.0—" in shown


def test_years_are_named_where_the_week_crosses_them():
    one = week(from_day=date(2025, 12, 29), to_day=date(2026, 1, 4), iso_week=1)
    assert weekly.period(one) == "第 1 周　2025 年 12 月 29 日（周一）—2026 年 1 月 4 日（周日）"


def test_further_tables_are_drawn_before_the_rules():
    more = Sheet(
        "专项工作",
        "面积以平方米计。",
        ("项目", "累计"),
        (("违法建筑拆除", "36,212.50"),),
        (3, 1),
        frozenset({1}),
    )
    shown = text(drawn(sheets=(more,)))
    assert "八、专项工作项目累计违法建筑拆除36,212.50面积以平方米计。九、统计口径" in shown


def test_the_reader_finds_sections_title_and_language():
    data = drawn()
    document = pypdfium2.PdfDocument(data)
    titles = [item.get_title() for item in document.get_toc()]
    assert [title for title in titles if title[1] == "、"] == [
        "一、本周概况",
        "二、“四率”情况",
        "三、近八周走势",
        "四、受理结构",
        "五、五维督查清单",
        "六、逾期与临期",
        "七、重复反映地点",
        "八、统计口径",
    ]
    assert [title for title in titles if title.startswith("附表")] == [
        "附表一　各居村“四率”",
        "附表二　各承办单位“四率”",
        "附表三　剔除与未计入",
    ]
    assert document.get_metadata_value("Title") == "莲湾镇城市运行管理中心网格化管理周报 2026 年第 46 期"
    assert b"/Lang" in data


def test_a_watermark_lies_on_every_page_only_when_asked_for():
    with_it = pages(weekly.draw(week(), "沈晓梅 2026-11-23"))
    assert all("沈晓梅2026-11-23" in page for page in with_it)
    assert "沈晓梅2026-11-23" not in text(drawn())


def test_the_same_week_gives_the_same_bytes_in_another_process(tmp_path):
    script = (
        "import pathlib, sys\n"
        "from tests.papers.sample import week\n"
        "from zq_grid.papers import weekly\n"
        "pathlib.Path(sys.argv[1]).write_bytes(weekly.draw(week()))\n"
    )
    for seed in ("1", "2"):
        subprocess.run(
            [sys.executable, "-B", "-c", script, str(tmp_path / seed)],
            cwd=ROOT,
            env=os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)},
            check=True,
        )
    first, second = ((tmp_path / seed).read_bytes() for seed in ("1", "2"))
    assert first == second == drawn()
    assert str(ROOT).encode() not in first


def test_a_changed_figure_changes_the_bytes():
    assert drawn(issue=45) != drawn()


@pytest.mark.skipif(not shutil.which("pdffonts"), reason="poppler's pdffonts is not installed")
def test_every_font_is_embedded(tmp_path):
    (tmp_path / "week.pdf").write_bytes(drawn())
    listed = subprocess.run(
        ["pdffonts", tmp_path / "week.pdf"], capture_output=True, text=True, check=True
    ).stdout
    names = [line.split() for line in listed.splitlines()[2:]]
    assert names
    assert all("NotoSansSC" in line[0] and line[-5:-2] == ["yes", "yes", "yes"] for line in names)


@pytest.mark.skipif(not shutil.which("pdftotext"), reason="poppler's pdftotext is not installed")
def test_another_reader_extracts_the_same_words(tmp_path):
    beyond = chr(next(point for point in sorted(fonts._face(fonts.REGULAR).charToGlyph) if point > 0xFFFF))
    (tmp_path / "week.pdf").write_bytes(drawn(paragraph=f"承办人{beyond}，完成年度目标的 120.7%。"))
    read = subprocess.run(
        ["pdftotext", tmp_path / "week.pdf", "-"], capture_output=True, text=True, check=True
    ).stdout
    assert f"承办人{beyond}，完成年度目标的 120.7%。" in read
    assert f"{week().total.figures[1].value}" in read


def test_a_town_without_a_case_reads_sentences_not_empty_charts():
    blank = tuple(
        replace(point, figures=tuple(figure(place, 0, 0) for place in range(4))) for point in trend()
    )
    none = CheckRow("合计", 0, figure(0, 0, 0), figure(1, 0, 0))
    found = text(weekly.draw(replace(week(cases=0, late=0), trend=blank, checklist=(none,))))
    assert "近八周“四率”均无应计工单。" in found
    assert "第40周" not in found
    assert "本周无受理工单。" in found
    assert "按来源" not in found
    assert "本周无应列的事项类型。" in found


def test_the_eight_weeks_stand_with_their_values_on_one_page():
    found = [page for page in pages(drawn()) if "近八周走势" in page]
    assert len(found) == 1
    assert "四率（%）" in found[0]


def test_how_late_a_case_is_takes_one_line():
    style = parts.Style(7.5, 10, bold=True)
    for words in ("不足 1 个工作日", "不足 1 个工作小时", "23 个工作日"):
        assert len(parts.break_lines(words, style, week_lists.LAST - 6)) == 1, words


def test_a_league_in_which_nobody_has_a_place_is_all_of_them_not_the_others():
    assert "全部32个" in text(drawn(cases=30))
    assert "其余" in text(drawn())


def test_the_only_annex_has_no_number():
    one = week()
    short = replace(one, neighbourhoods=one.neighbourhoods[-1:], stations=one.stations[-1:], units=())
    found = text(weekly.draw(short))
    assert "附表剔除与未计入" in found
    assert "附表一" not in found
