from dataclasses import replace
from fractions import Fraction

import pytest

from tests.papers.sample import figure
from zq_grid.papers import figures
from zq_grid.papers.figures import Change, Figure, RateRow


def test_places_are_given_only_where_every_base_is_large_enough():
    small, best, equal, nobody = (
        RateRow(code, name, "居村", tuple(figure(i, base, good) for i in range(4)))
        for code, name, base, good in (
            ("1", "小", 4, 4),
            ("2", "好", 10, 9),
            ("3", "同", 20, 18),
            ("", "无归属", 50, 50),
        )
    )
    worse = replace(small, code="4", name="后", figures=tuple(figure(i, 10, 5) for i in range(4)))
    places = [(place, row_.name) for place, row_ in figures.ranked([nobody, small, worse, equal, best], 5)]
    assert places == [(1, "好"), (1, "同"), (3, "后"), (None, "小"), (None, "无归属")]


@pytest.mark.parametrize(
    ("numerator", "base", "value"),
    [
        (1642, 1647, "99.7"),
        (1, 8, "12.5"),
        (1, 800, "0.1"),
        (Fraction(8, 5), 3, "53.3"),
        (1, 2000, "0.1"),
        (3, 0, None),
    ],
)
def test_rates_are_rounded_half_up_from_exact_fractions(numerator, base, value):
    assert Figure("k", "率", numerator, base, numerator, base).value == value


def test_numerators_are_printed_exactly():
    assert [figures.amount(n) for n in (4986, Fraction(83), Fraction(418, 5), Fraction(1, 4))] == [
        "4,986",
        "83.0",
        "83.6",
        "0.25",
    ]


def test_changes_are_said_in_words():
    now, before = figure(1, 1000, 986), figure(1, 1000, 982)
    assert Change.of_rates("环比", now, before).text == "▲0.4 个百分点"
    assert Change.of_rates("环比", before, now).mood == -1
    assert Change.of_rates("环比", now, figure(1, 0, 0)).text == "—"
    assert Change.of_rates("同比", now, None).text == "—"
    assert Change.of_rates("同比", figure(1, 9999, 9999), figure(1, 9999, 9998)).text == "持平"
    assert Change.of_counts("环比", 1000, 2234, better=-1).text == "▼1,234 件"
    assert Change.of_counts("环比", 1000, 2234, better=-1).mood == 1
    assert Change.of_counts("环比", 3, None).text == "—"
