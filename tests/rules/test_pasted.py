"""What is pasted from the platform or from a chat: real shapes, invented people."""

import pytest

from zq_grid.rules import pasted

FORM = """工单编号：20261122104012
受理时间：2026-11-22 10:40:12
诉求人：王女士\u3000联系电话：138 0000 5678
诉求地址：和溪五村12号601室
诉求类型：投诉
处理时限：2026-11-27 24:00
内容描述：市民来电反映楼上701室连续多日夜间装修打孔，
今早七点又开始施工，要求立即停止。
是否保密：是
承办单位：房管所"""
TABLE = "12345工单编号\t20261122104012\t诉求类型\t求助\t来电号码\t13900001234\n诉求地址\t金桂新苑3号楼\n内容描述\t电梯坏了三天"
CHAT = "张阿姨 10:22\n你好，和溪五村 12 号楼下棋牌室太吵了，每天到半夜，我的电话13800005678"
REMINDER = (
    "【最近派发的工单编号：20261101000123，工单内容：地址：老地方1号 13911112222】"
    "市民催单，电话13800005678，和溪五村12号至今没人处理"
)


def test_a_form_of_the_platform_fills_every_field_it_names():
    assert pasted.read(FORM) == pasted.Pasted(
        {
            "order_number": "20261122104012",
            "accepted_at": "2026-11-22T10:40:12+08:00",
            "reporter": "王女士",
            "phone": "13800005678",
            "place": "和溪五村12号601室",
            "kind": "complaint",
            "platform_due": "2026-11-27T23:59:59+08:00",
            "text": "市民来电反映楼上701室连续多日夜间装修打孔，\n今早七点又开始施工，要求立即停止。",
            "confidential": "yes",
        },
        labelled=True,
    )


def test_a_table_copied_from_the_page_is_read_cell_by_cell():
    assert pasted.read(TABLE).facts == {
        "order_number": "20261122104012",
        "kind": "request",
        "phone": "13900001234",
        "place": "金桂新苑3号楼",
        "text": "电梯坏了三天",
    }


def test_a_message_from_a_chat_keeps_its_words_and_gives_place_phone_and_who_wrote():
    found = pasted.read(CHAT)
    assert not found.labelled
    assert found.facts == {
        "text": "你好，和溪五村 12 号楼下棋牌室太吵了，每天到半夜，我的电话13800005678",
        "reporter": "张阿姨",
        "phone": "13800005678",
        "place": "和溪五村12号楼",
    }


def test_what_a_reminder_quotes_is_not_taken_for_its_own():
    found = pasted.read(REMINDER).facts
    assert "order_number" not in found
    assert found["phone"] == "13800005678"
    assert found["place"] == "和溪五村12号"
    assert found["text"] == REMINDER


@pytest.mark.parametrize(
    ("said", "phone"),
    [
        ("电话 021-64890123", "021-64890123"),
        ("联系 6489 0123 即可", "64890123"),
        ("+86 138-0000-5678", "13800005678"),
        ("20261122104012 没有电话", None),
        ("310112198001011234", None),
        ("面积 12345678 平方", None),
    ],
)
def test_phones_are_told_from_other_numbers(said, phone):
    assert pasted.read(said).facts.get("phone") == phone


@pytest.mark.parametrize(
    ("said", "place"),
    [
        ("现场反映：银杏路600弄12号401室漏水", "银杏路600弄12号401室"),
        ("我家住和溪五村20号302，楼道堆物", "和溪五村20号302"),
        ("莲湾二居的居民反映，金桂新苑门口乱停车", "金桂新苑"),
        ("没有任何地点的一句话", None),
    ],
)
def test_a_place_without_a_label_is_found_in_the_sentence(said, place):
    assert pasted.read(said).facts.get("place") == place


@pytest.mark.parametrize(
    "said", ["", "\n\n", "工单编号：", "：：：", "【", "\t" * 50, "电话" * 5000, "1" * 30_000]
)
def test_whatever_is_pasted_something_comes_back(said):
    assert isinstance(pasted.read(said), pasted.Pasted)
