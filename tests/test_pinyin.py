"""Places and people in Latin letters: surnames read as surnames, and the tables as the library has them."""

import pytest

from tests import pinyin_table
from zq_grid import pinyin


@pytest.mark.parametrize(
    ("place", "caller", "initials", "full"),
    [
        ("和溪五村 12 号", "王小明", "hxwc h wxm", "HeXiWuCun Hao WangXiaoMing"),
        ("", "单于", "cy", "ChanYu"),
        ("单位食堂", "单明", "dwst sm", "DanWeiShiTang ShanMing"),
        ("闵行区莘庄", "", "mhqxz", "MinHangQuXinZhuang"),
        ("朝阳新村", "尉迟恭", "cyxc ycg", "ChaoYangXinCun YuChiGong"),
        ("绿地", "吕布", "ld lb", "LvDi LvBu"),
        ("B座 5#", "", "z", "Zuo"),
        ("", "", "", ""),
        ("No. 5", "Mary", "", ""),
    ],
)
def test_places_and_callers_are_spelled(place, caller, initials, full):
    assert pinyin.spelled(place, caller) == f"{initials}\n{full}".strip()


@pytest.mark.parametrize(
    ("name", "read"),
    [
        *(
            ("单", "shan"),
            ("曾", "zeng"),
            ("仇", "qiu"),
            ("解", "xie"),
            ("查", "zha"),
            ("朴", "piao"),
            ("区", "ou"),
        ),
        *(
            ("翟", "zhai"),
            ("缪", "miao"),
            ("乐", "yue"),
            ("盖", "ge"),
            ("员", "yun"),
            ("任", "ren"),
            ("华", "hua"),
        ),
        *(
            ("尉迟", "yu chi"),
            ("万俟", "mo qi"),
            ("长孙", "zhang sun"),
            ("令狐", "ling hu"),
            ("诸葛", "zhu ge"),
        ),
    ],
)
def test_a_surname_is_read_as_a_surname(name, read):
    assert pinyin.of_name(name) == read.split(" ")


@pytest.mark.parametrize(
    ("typed", "readings"),
    [
        ("xian", {"Xian", "XiAn", "XiaN", "XiAN"}),
        ("hexi", {"HeXi"}),
        ("zhuanq", {"ZhuanQ", "ZhuAnQ"}),
        ("hxwc", set()),
        ("lv", {"Lv"}),
        ("", {""}),
        ("x" * 50, set()),
    ],
)
def test_typed_letters_are_cut_into_syllables_the_last_one_possibly_unfinished(typed, readings):
    assert set(pinyin.readings(typed)) == readings


def test_a_long_typed_word_is_cut_in_no_time_into_few_ways():
    assert len(pinyin.readings("xianganxianganxianganxianganxiangan")) <= 16


def test_the_tables_are_those_of_the_library():
    assert (pinyin_table.FOLDER / "characters.txt").read_text("utf-8") == pinyin_table.characters()
    assert (pinyin_table.FOLDER / "words.txt").read_text("utf-8") == pinyin_table.words()
