import pytest
from hypothesis import given
from hypothesis import strategies as st

from zq_grid.importing.values import clean, coordinate, is_hotline_number, normalise_number, without_quotes


def test_several_quotes_are_all_left_out_and_the_first_is_named():
    text = "a【最近派发的工单编号：1，工单内容：x】b【最近派发的工单编号：2，工单内容：y】c"
    assert without_quotes(text) == ("abc", "1", "x")


def test_brackets_of_other_kinds_stay_in_the_text():
    assert without_quotes("【催办】漏水【急】") == ("【催办】漏水【急】", None, None)


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("20260105000001", "20260105000001"),
        ("'20260105000001", "20260105000001"),
        ("12345-20260105000001", "20260105000001"),
        ("1234520260105000001", "20260105000001"),
        ("12345热线：20260105000001", "20260105000001"),
        ("hx20260105000001", "20260105000001"),
        ("HX-20260105000001", "20260105000001"),
        (" 2026 0105 000001\u200b", "20260105000001"),
        ("２０２６０１０５０００００１", "20260105000001"),
        ("20260105000001.0", "20260105000001"),
        ("12345", "12345"),
        ("zq-2026-001", "ZQ-2026-001"),
        ("闵信〔2026〕7号", "闵信〔2026〕7号"),
        ("", ""),
    ],
)
def test_an_order_number_has_one_spelling(typed, number):
    assert normalise_number(typed) == number


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("\u202e漏水\u202c", "漏水"),
        ("和溪\u200f五村\u2066\u2069", "和溪五村"),
        ("一\u2028二\u2029三", "一\n二\n三"),
        ("漏\x85水\x9f", "漏\n水"),
        ("\x85", ""),
        ("\ud83d漏\x00水\x1f", "漏水"),
        ("\ufeff\u3000漏水\u00a0\r\n", "漏水"),
    ],
)
def test_marks_that_nobody_sees_are_no_part_of_a_text(cell, text):
    assert clean(cell) == text


@given(st.text(max_size=30))
def test_a_number_made_ours_stays_as_it_is(typed):
    try:
        number = normalise_number(typed)
    except ValueError:
        return
    assert normalise_number(number) == number


@given(st.text(max_size=60), st.text(max_size=60))
def test_what_stands_around_a_quote_is_kept(before, after):
    quote = without_quotes(f"甲{before}【最近派发的工单编号：1，工单内容：x】{after}乙")
    if "最近派发" not in before + after and not set("【】[]") & set(before + after):
        assert quote.text == f"甲{before}{after}乙"
        assert quote.number == "1"


def test_only_14_digits_that_begin_with_a_day_are_the_hotlines():
    assert is_hotline_number("20260105000001")
    for other in (
        "20261305000001",
        "2026010500001",
        "19991231000001",
        "２０２６0105000001",
        "ZQ260105000001",
    ):
        assert not is_hotline_number(other)


def test_zero_degrees_mean_that_nobody_knows():
    assert coordinate("0.0", 180) is None
    assert coordinate("-71.04710000", 180) == "-71.0471"
    for wrong in ("181", "nan", "Infinity", "东", ""):
        with pytest.raises(ValueError, match=r"."):
            coordinate(wrong, 180)


def test_unseen_characters_leave_the_text():
    assert clean("\ufeff\n\t漏\x00水\r\n\u200b很久\u3000\ud800") == "漏水\n很久"
