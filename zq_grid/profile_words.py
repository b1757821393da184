"""Metric profiles in words: what each rate counts, when, what is left out, and with which weights."""

from collections.abc import Mapping
from typing import Any

from zq_grid import words

Pair = tuple[str, str]
FACTS: Mapping[str, Pair] = {
    "began_at": ("开始时间", "when it began"),
    "contact_due": ("先行联系期限", "the contact limit"),
    "contact_first": ("联系结果", "the answer at contact"),
    "contact_first_at": ("首次有效联系时间", "the first contact"),
    "contact_unjudged": ("无法判定是否按时联系", "contact can't be judged"),
    "close_due": ("办结期限", "the closing limit"),
    "stopped_at": ("反馈提交（无提交时为结案）时间", "submission (else closing)"),
    "close_unjudged": ("无法判定是否按时办结", "closing can't be judged"),
    "closed_at": ("结案时间", "closing"),
    "verdict": ("结案评判", "the verdict"),
    "visit_at": ("回访时间", "the return visit"),
    "satisfaction": ("满意度", "satisfaction"),
    "caller": ("无联系义务（无诉求人、匿名或不需回复）", "no caller to contact"),
    "unit_contact": ("联系时的承办单位", "the unit at contact"),
    "unit_close": ("停表或到期时的承办单位", "the unit when the clock stopped or fell due"),
}
_BASIS: Mapping[str, Pair] = {
    "received": ("按收到时间", "by receipt"),
    "due": ("按应办期限", "by limit"),
    "closed": ("按结案时间", "by closing"),
    "visited": ("按回访时间", "by visit"),
}


def sentences(indicator: Mapping[str, Any], lang: str) -> list[str]:
    """Return what one indicator counts, a sentence each, in a language ("zh" or "en")."""
    english = lang == "en"
    first = indicator.get("rounds") == "first"
    told = []
    counted = _fact(str(indicator["counted_by"]), english)
    if english:
        told.append(
            f"Counts {'first rounds' if first else 'rounds from the second on'} by {counted}"
            + (", once that has passed." if indicator.get("passed") == "yes" else ".")
        )
    else:
        told.append(
            f"计{'首次办理' if first else '再次办理'}，按{counted}落在哪一期计入"
            + ("，且期限已过。" if indicator.get("passed") == "yes" else "。")
        )
    if success := indicator.get("success"):
        both = (" and " if english else "，且").join(_test(one, lang) for one in success)
        told.append(f"Counted in: {both}." if english else f"计入分子：{both}。")
    if weights := indicator.get("weights"):
        fact = str(weights.get("fact", "satisfaction"))
        pairs = [f"{words.value(fact, key, lang)} {said}" for key, said in weights.items() if key != "fact"]
        told.append(f"Weights: {', '.join(pairs)}." if english else f"权重：{'、'.join(pairs)}。")
    if out := indicator.get("out"):
        parts = (", " if english else "；").join(_out(one, lang) for one in out)
        told.append(
            f"Left out, each with its own count: {parts}."
            if english
            else f"不计入（分别列出件数）：{parts}。"
        )
    if indicator.get("unit"):
        unit = _fact(str(indicator["unit"]), english)
        told.append(f"Belongs to {unit}." if english else f"归{unit}。")
    return told


def basis(profile: Mapping[str, Any], lang: str) -> str:
    """Return the basis of a profile in words."""
    said = str(profile.get("basis", ""))
    return _BASIS[said][lang == "en"] if said in _BASIS else said


def _fact(name: str, english: bool) -> str:
    return FACTS[name][english] if name in FACTS else name


def _test(one: Mapping[str, Any], lang: str) -> str:
    english = lang == "en"
    name = str(one["fact"])
    fact = _fact(name, english)
    known = "reached" if name == "contact_first" else name
    if "at_most" in one:
        limit = _fact(str(one["at_most"]), english)
        return f"{fact} not after {limit}" if english else f"{fact}不晚于{limit}"
    if "in" in one:
        listed = (", " if english else "、").join(words.value(known, str(said), lang) for said in one["in"])
        return f"{fact} is one of {listed}" if english else f"{fact}为{listed}之一"
    if "is" in one:
        said = words.value(known, str(one["is"]), lang)
        return fact if str(one["is"]) == "1" else f"{fact} is {said}" if english else f"{fact}为{said}"
    if one.get("absent") == "yes":
        return f"no {fact}" if english else f"没有{fact}"
    return fact


def _out(one: Mapping[str, Any], lang: str) -> str:
    reason = str(one.get("reason", ""))
    if reason in words.OUT and reason != "no_verdict":
        return words.say(words.OUT, reason, lang)
    return _test(one, lang)
