import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from zq_grid import bodies
from zq_grid.rules.quotes import named_orders, own_words, quoted_numbers, quotes

N = "20260105000001"
TEXTS = [
    (
        f"【最近派发的工单编号：{N}，工单内容：楼上漏水【急】，请处理】市民催办，要求尽快。",
        "楼上漏水【急】，请处理",
    ),
    (f"市民催办，【最近派发的工单编号:{N},工单内容:楼上漏水】要求尽快。", "楼上漏水"),
    (f"市民催办，要求尽快。\n【最近派发的工单编号： {N} ，工单内容：楼上漏水", "楼上漏水"),
    (f"市民催办，[最近派发工单编号：HX{N}；工单内容：楼上漏水]要求尽快。", "楼上漏水"),
    (f"【最近办结的工单编号：12345-{N}，工单内容：楼上漏水】市民催办，要求尽快。", "楼上漏水"),
    (f"【最近办结地工单号：{N}，诉求内容：楼上漏水】市民催办，要求尽快。", "楼上漏水"),
    (f"【最近办结工单：{N}】市民催办，要求尽快。", ""),
    (f"【重新交办，关联工单{N}】市民催办，要求尽快。", ""),
    (f"最近派发的工单编号：{N}，工单内容：楼上漏水】市民催办，要求尽快。", "楼上漏水"),
]


@pytest.mark.parametrize(("text", "words"), TEXTS)
def test_a_quoted_order_is_found_in_every_wording_and_left_out_of_the_callers_words(text, words):
    (quote,) = quotes(text)
    assert (quote.number, quote.words) == (N, words)
    assert own_words(text) == "市民催办，要求尽快。"
    assert quoted_numbers(text) == (N,)


@pytest.mark.parametrize(
    ("text", "own"),
    [
        ("", ""),
        (" 楼上漏水【急】 ", " 楼上漏水【急】 "),
        ("此前工单未解决，编号20260105000001", "此前工单未解决，编号20260105000001"),
        ("身份证【工单310112199001011234】", "身份证【工单310112199001011234】"),
        ("最近小区工单多：门坏了", "最近小区工单多：门坏了"),
    ],
)
def test_what_quotes_nothing_comes_back_as_it_is(text, own):
    assert (own_words(text), quoted_numbers(text)) == (own, ())


def test_what_a_quoted_order_quotes_itself_is_not_quoted_by_this_one():
    text = (
        f"【最近派发的工单编号：{N}，工单内容：甲【最近派发的工单编号：20260104000002，工单内容：乙】丙】丁"
    )
    assert (own_words(text), quoted_numbers(text)) == ("丁", (N,))


def test_several_quotes_are_all_named_and_words_in_place_of_a_number_are_none():
    text = f"【最近派发的工单编号：{N}，工单内容：甲】一【最近办结的工单编号：反黑，工单内容：乙】二【最近派发的工单编号：7】"
    assert (own_words(text), quoted_numbers(text)) == ("一二", (N, "7"))


def test_a_number_in_a_sentence_leaves_the_rest_of_the_sentence():
    assert own_words(f"重复来电。最近办结工单：{N}，请查。") == "重复来电。，请查。"


def test_what_stands_beside_a_case_names_orders_too_and_a_reminder_is_more_than_a_repeat():
    beside = {"quoted": f"12345-{N}", "repeat_of": f"HX{N}", "x": "1"}
    assert named_orders(None, beside) == {N: "reminder"}
    assert named_orders({"erased": "yes"}, {"repeat_of": "A-7"}) == {"A7": "related"}
    assert named_orders(f"【重新交办，关联工单{N}】", None) == {N: "reminder"}


@given(st.text(st.sampled_from("【】[]最近派发的工单编号：:，,0123456789容内\n 甲"), max_size=80))
def test_whatever_the_text_the_words_are_what_is_left_of_it(text):
    found = quotes(text)
    assert all(one.start < one.end for one in found)
    assert [one.start for one in found] == sorted(one.start for one in found)
    left = iter(text)
    assert all(mark in left for mark in own_words(text))


@given(st.text(st.sampled_from("12345-HXA热线_—: 0９"), min_size=1, max_size=20))
@example("HX-HX1")
def test_numbers_are_spelled_as_orders_are_compared(said):
    for number in quoted_numbers(f"【最近派发的工单编号：{said}，工单内容：甲】"):
        assert bodies.number(number) == number


@pytest.mark.parametrize(
    "piece", ["【最近派发的工单编号：1，工单内容：", "【", "最近工单：", "工单[", "【最近", " "]
)
def test_the_time_grows_with_the_length_only(piece):
    text = "工单" + piece * (200_000 // len(piece))
    started = time.process_time()
    own_words(text)
    assert time.process_time() - started < 2
