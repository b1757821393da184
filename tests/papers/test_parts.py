from fractions import Fraction
from itertools import pairwise

import pytest

from zq_grid.papers import charts, fonts, parts


def test_a_bold_character_that_only_the_regular_font_has_is_drawn_in_regular():
    missing = sorted(set(fonts._face(fonts.REGULAR).charToGlyph) - set(fonts._face(fonts.BOLD).charToGlyph))
    rare = chr(next(point for point in missing if point >= 0x3400))
    assert list(fonts.runs(f"甲{rare}乙", True)) == [
        (fonts.BOLD, "甲"),
        (fonts.REGULAR, rare),
        (fonts.BOLD, "乙"),
    ]


@pytest.mark.parametrize("width", range(60, 300, 17))
def test_lines_keep_the_rules_of_punctuation_and_whole_numbers(width):
    words_ = (
        "按时办结率（含延期）98.6%，比上周“下降”0.3 个百分点；逾期 1,206 件，集中在《物业管理》（3 件）。"
    )
    lines = parts.break_lines(words_ * 3, parts.BODY, width)
    for line in lines:
        assert line.indent + line.width <= width + 0.01
        assert line.text[0] not in "，。；）》”%"
        assert line.text[-1] not in "（《“"
    joined = "\n".join(line.text for line in lines)
    assert joined.count("98.6%") == joined.count("1,206 件") == joined.count("0.3 个") == 3


def test_end_labels_never_touch():
    places = charts.apart([100, 99.5, 99, 98], 11, 12, 160)
    gaps = [upper - lower for upper, lower in pairwise(places)]
    assert min(gaps) >= 11 - 1e-9
    crowded = sorted(charts.apart([159, 158, 157], 11, 12, 160))
    assert crowded == [138, 149, 160]
    assert charts.apart([20, 80, 140], 11, 12, 160) == [20, 80, 140]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (("98", "100"), (95, 105, 5)),
        (("55", "99.6"), (50, 100, 10)),
        (("20", "120.7"), (0, 150, 50)),
        ((), (0, 100, 20)),
    ],
)
def test_the_axis_holds_all_values(values, expected):
    found = charts.bounds([Fraction(value) for value in values])
    assert found[0] <= min(map(Fraction, values), default=0)
    assert found[1] >= max(map(Fraction, values), default=100)
    assert found == expected
