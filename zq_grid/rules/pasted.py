"""What a text copied from the platform or from a chat says: number, caller, place, times, and the matter itself.

Labels are those seen in real exports and on the platform's page (docs/domain.md § 7). What an order quotes of an
older one is never taken for its own. Total: whatever is pasted, something comes back.
"""

import re
import unicodedata
from collections.abc import Iterator
from typing import NamedTuple

from zq_grid.rules.quotes import quotes

# field → the labels it is known by, longest first where one begins with another
LABELS: dict[str, tuple[str, ...]] = {
    "order_number": (
        "12345工单编号", "热线12345工单编号", "热线工单编号", "工单编号", "工单编码", "工单号码", "工单号",
    ),
    "platform_number": ("平台编号", "任务编号", "任务号"),
    "accepted_at": ("12345受理时间", "受理时间", "来电时间", "诉求时间", "留言时间"),
    "dispatched_at": ("派遣时间", "派单时间", "交办时间", "下派时间"),
    "platform_due": ("要求办结时间", "应办结时间", "办结时限", "处理时限", "办理时限", "截止时间"),
    "kind": ("12345工单类型", "工单类型", "诉求类型", "业务类型"),
    "category": ("业务分类", "诉求分类", "问题分类", "案件属性"),
    "reporter": (
        "诉求人姓名", "市民姓名", "来电人姓名", "联系人姓名", "诉求人", "来电人", "反映人", "投诉人", "举报人",
        "联系人", "姓名",
    ),
    "phone": (
        "诉求人电话", "联系电话", "联系方式", "来电号码", "来电电话", "电话号码", "手机号码", "手机号", "手机", "电话",
    ),
    "place": (
        "12345诉求地址", "诉求地址", "发生地址", "事发地址", "事发地点", "发生地点", "详细地址", "问题地址", "地址", "地点",
    ),
    "text": (
        "12345内容描述", "工单内容", "诉求内容", "内容描述", "问题描述", "反映内容", "市民诉求", "留言详情", "诉求描述",
        "内容",
    ),
    "confidential": ("是否保密", "信息保密", "是否隐藏号码"),
    "anonymous": ("是否匿名",),
    "reply_wanted": ("是否需要回复", "是否要求回复", "需要回复", "是否回复"),
}  # fmt: skip
# Labels that end a value and are not kept.
OTHERS = (
    "工单来源", "诉求来源", "渠道来源", "诉求区域", "所属区域", "所属街镇", "街道", "街镇", "居村委", "主办单位",
    "承办单位", "协办单位", "紧急程度", "处理方式", "回复要求", "备注", "附件", "标题", "工单标题", "诉求标题", "性别",
    "工单状态", "转派意见", "派遣意见",
)  # fmt: skip
KINDS = {
    "投诉": "complaint",
    "举报": "report",
    "求助": "request",
    "咨询": "consultation",
    "建议": "suggestion",
    "表扬": "thanks",
}
LONGEST = 20_000
_FIELD_OF = {label: field for field, labels in LABELS.items() for label in labels}
_ANY = "|".join(sorted((*_FIELD_OF, *OTHERS), key=len, reverse=True))
# a label stands at the beginning of a line or cell, or behind blanks, a comma or a stop
_LABEL = re.compile(
    rf"(?:(?<=^)|(?<=[\n\t \u3000，,;；。|【\[]))(?P<label>{_ANY})[】\]]?(?:[ \t]{{0,8}}[:：][ \t]{{0,8}}|\t[ \t]{{0,8}})"
)
_ORDER = re.compile(r"(?<![0-9])20[0-9]{12}(?![0-9])")
_MOBILE = re.compile(r"(?<![0-9])(?:\+?86[- ]?)?(1[3-9][0-9])[- ]?([0-9]{4})[- ]?([0-9]{4})(?![0-9])")
_LANDLINE = re.compile(r"(?<![0-9-])(?:\(?(021)\)?[- ]?)?([2-9][0-9]{3}[- ]?[0-9]{4})(?![0-9-])")
_CALLED = re.compile(r"(?:打|拨打?|联系|来电|电话|号码)[^0-9]{0,6}$")
_TIME = re.compile(
    r"(20[0-9]{2})[-/.年]([01]?[0-9])[-/.月]([0-3]?[0-9])日?"
    r"(?:[ T]{0,3}([0-2]?[0-9])[:：时]([0-5]?[0-9])(?:[:：分]([0-5]?[0-9]))?)?"
)
_WHERE = re.compile(
    r"(?:[一-龥]{1,8}?(?:公路|大道|路|街)[0-9]{1,5}(?:弄[0-9A-Z-]{0,8}(?:号楼|号|幢|栋)?|号)"
    r"|[一-龥]{1,8}?(?:新村|[一二三四五六七八九十]村|花园|花苑|家园|公寓|小区|新苑|名苑|雅苑|佳苑|苑|园|广场|大厦)"
    r"(?:[0-9]{1,4}(?:号楼|号|幢|栋|弄))?)"
    r"(?:[0-9]{1,4}(?:号楼|号|幢|栋))?(?:[0-9]{2,4}室?)?(?![0-9])"
)
# words in front of a place that are none of its name
_BEFORE = re.compile(
    r"^.*(?:反映|来电|投诉|举报|求助|住在|家住|位于|地处|我们|我家|就在|现在|他是|我是|大家|[说在是的对从到住])(?=[一-龥]{2})"
)
_CHAT_NAME = re.compile(
    r"^(?P<name>[^\n:：，。]{1,16}?)[ \t]+(?:20[0-9]{2}[-/年.][0-9]{1,2}[-/月.][0-9]{1,2}日?[ \t]+)?"
    r"(?:(?:上午|下午|昨天|今天|星期.|周.)[ \t]*)?[0-2]?[0-9]:[0-5][0-9](?::[0-5][0-9])?[ \t]*$",
    re.MULTILINE,
)
_CALL_ME = re.compile(
    r"(?:本人姓?|我叫|我姓|我是)(?P<name>[一-龥]{1,3}?(?:先生|女士|阿姨|师傅|老师|小姐)?)"
    r"(?=[，,。；;！\s0-9]|电话|手机|$)"
)
_BLANKS = " \t\r\n\u3000\u00a0\u200b\ufeff"
_NONE = frozenset({"", "无", "-", "—", "/", "nan", "null", "空"})


class Pasted(NamedTuple):
    """The facts that a text names, as `log` takes them; `labelled` tells that it was a form, not a message."""

    facts: dict[str, str]
    labelled: bool


def read(text: str) -> Pasted:
    """Return what a pasted text says of a new case.

    `text` among the facts is what was said, with the orders that it quotes: the value of its label in a form, the
    whole message else.
    """
    whole = text[:LONGEST].replace("\r\n", "\n").replace("\r", "\n").strip(_BLANKS)
    masked = _without_quotes(whole)
    facts: dict[str, str] = {}
    labels = 0
    for field, value in _labelled(whole, masked):
        labels += 1
        if field and (said := _form(field, value)) and field not in facts:
            facts[field] = said
    labelled = labels >= 2
    if not labelled:
        facts = {}
        body = _CHAT_NAME.sub("", whole).strip(_BLANKS)
        if body:
            facts["text"] = body
        if name := _chat_name(masked):
            facts["reporter"] = name
    _loose(masked, facts)
    return Pasted(facts, labelled)


def _without_quotes(text: str) -> str:
    """Return the text with what it quotes of older orders blanked out, each sign by one blank."""
    found = list(text)
    for quote in quotes(text):
        for place in range(quote.start, quote.end):
            found[place] = "\n" if text[place] == "\n" else "＊"
    return "".join(found)


def _labelled(whole: str, masked: str) -> Iterator[tuple[str, str]]:
    """Yield (field or "", value) for each label; a value runs to the next label, one of a single line to its end."""
    marks = list(_LABEL.finditer(masked))
    for nth, mark in enumerate(marks):
        end = marks[nth + 1].start("label") if nth + 1 < len(marks) else len(whole)
        field = _FIELD_OF.get(mark["label"], "")
        value = whole[mark.end() : end].strip(_BLANKS + "，,;；|【[")
        yield field, value if field == "text" else value.partition("\n")[0].strip(_BLANKS)


def _form(field: str, value: str) -> str:
    """Return a labelled value as its fact has it, "" where it says nothing."""
    if value.lower() in _NONE:
        return ""
    if field == "order_number":
        plain = re.sub(r"[^0-9A-Za-z-]", "", value)
        found = _ORDER.search(plain)
        return found[0] if found else plain[:40]
    if field == "phone":
        return _phone(value) or ""
    if field.endswith("_at") or field == "platform_due":
        return _time(value)
    if field == "kind":
        return next((code for word, code in KINDS.items() if word in value), "")
    if field in {"confidential", "anonymous"}:
        return "yes" if value[:1] in {"是", "需", "保"} else ""
    if field == "reply_wanted":
        return "no" if value[:1] in {"否", "不", "无"} else "yes"
    return value[:LONGEST] if field == "text" else value[:200]


def _time(value: str) -> str:
    found = _TIME.search(unicodedata.normalize("NFKC", value))
    if found is None:
        return ""
    year, month, day, hour, minute, second = (int(part) if part else 0 for part in found.groups())
    if not (1 <= month <= 12 and 1 <= day <= 31):
        return ""
    shown = f"{year}-{month:02}-{day:02}"
    if found[4] is None:
        return shown
    if hour == 24 and not minute:
        return f"{shown}T23:59:59+08:00"
    return f"{shown}T{hour:02}:{minute:02}:{second:02}+08:00" if hour < 24 else ""


def _loose(masked: str, facts: dict[str, str]) -> None:
    """Add what stands without a label: an order number, one phone, one place."""
    plain = unicodedata.normalize("NFKC", masked) if len(masked) < LONGEST else masked
    if "order_number" not in facts and (number := _ORDER.search(plain)):
        facts["order_number"] = number[0]
    if "phone" not in facts and (phone := _phone(_ORDER.sub(" ", plain))):
        facts["phone"] = phone
    if "place" not in facts and (place := _place(plain)):
        facts["place"] = place


def _phone(said: str) -> str | None:
    found = _MOBILE.search(said)
    if found:
        return "".join(found.groups())
    for one in _LANDLINE.finditer(said):
        if one[1] or said.strip() == one[0].strip() or _CALLED.search(said[: one.start()]):
            return "".join(filter(None, (one[1] and f"{one[1]}-", re.sub(r"[- ]", "", one[2]))))
    return None


def _place(text: str) -> str:
    """Return the longest place among the sentences of a text, "" for none."""
    found: list[str] = []
    for sentence in re.split(r"[，,。；;！!？?\n：:（）()]", text):
        joined = re.sub(r"(?<=[0-9一-龥])[ \t]+(?=[0-9一-龥])", "", sentence)
        found += [_BEFORE.sub("", match[0]) for match in _WHERE.finditer(joined)]
    known = [one for one in found if any(mark.isdigit() for mark in one)] or found
    return max(known, key=len, default="")


def _chat_name(text: str) -> str:
    """Return who wrote: the first line of a copied message, or 我姓王 in it."""
    if called := _CALL_ME.search(text):
        return called["name"]
    head = _CHAT_NAME.search(text)
    return head["name"].strip(_BLANKS + "@") if head else ""
