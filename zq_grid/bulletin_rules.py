"""The counting rules under a bulletin, in words made from the profile and limits that counted (R7.7)."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from zq_grid import words
from zq_grid.bulletin_open import Standing
from zq_grid.bulletin_words import LATE, RECHECKS, Names, lists_at
from zq_grid.papers.figures import EMPTY, Figure, Sheet
from zq_grid.rates import EXCLUDED, Rate

KINDS = {
    "complaint": "投诉",
    "report": "举报",
    "request": "求助",
    "consultation": "咨询",
    "suggestion": "建议",
    "thanks": "表扬",
}
MODES = {"transfer": "转办单", "supervised": "督办单", "recheck": "回访复核单"}
# What the facts of a round are called in a rule, and the words that they may hold.
FACTS = {
    "began_at": "再次办理开始之日",
    "contact_due": "先行联系期限",
    "contact_first": "首次有效联系",
    "contact_first_at": "首次有效联系时间",
    "contact_unjudged": "只有日期而无法判定的",
    "close_due": "办结期限",
    "stopped_at": "反馈提交时间（未提交的按结案时间）",
    "close_unjudged": "只有日期而无法判定的",
    "closed_at": "结案时间",
    "verdict": "结案评判",
    "visit_at": "中心首次接通的回访时间",
    "satisfaction": "回访满意度",
    "caller": "匿名、不需回复或无诉求人的",
}
VALUES = {
    "yes": "已联系",
    "no": "未联系上",
    "not_assessed": "未评价",
    "solved": "实际解决",
    "explained": "解释说明",
    "partly": "部分解决",
    "returned": "不办理退单",
    "not_ours": "非本镇职责",
    "satisfied": "满意",
    "fairly": "基本满意",
    "so_so": "一般",
    "dissatisfied": "不满意",
    "not_asked": "未评价",
    "no_answer": "未接通",
    "refused": "拒评",
    "no_verdict": "无结案评判",
    "no_time": "只有日期而无法判定的",
}
UNITS = {
    "working_days": "个工作日",
    "working_hours": "个工作小时",
    "elapsed_hours": "小时，节假日照常计时",
    "elapsed_minutes": "分钟，节假日照常计时",
    "natural_days": "个自然日",
    "natural_days_statutory": "个自然日（末日为休息日的顺延）",
}


def rules(
    names: Names,
    profile: Mapping[str, Any],
    start: int,
    at: int,
    here: Standing,
    *,
    silent: int,
    confirmed: bool,
) -> tuple[str, ...]:
    """Return the rules of one bulletin as sentences.

    Args:
        names: of codes, and the limits.
        profile: by which the rates were counted.
        start: of the week, seconds UTC: the limits in force then are told.
        at: the moment as at which lists stand.
        here: what stood open.
        silent: how many neighbourhoods have no row, since nothing of theirs was counted.
        confirmed: whether the recount agreed with all rates.
    """
    indicators = {one["key"]: one for one in profile["indicator"]}
    found = [_population(names, profile)]
    found += [_indicator(one) for key, one in indicators.items() if key not in RECHECKS]
    found.append(_limits(names, start))
    found += [
        "工作日按国务院公布的放假调休安排；收到当日为第 0 日，"
        "期限为最后一个工作日的 24:00，期限当日提交为按时。",
        "办理事实按发生时间计，是否已知按到达本站的时间计；发生后超过 24 小时才录入的计为补录。",
        "受理、办结、在办、逾期按各来源全部案件计，子单、作废、撤销登记和经批准的同一诉求人重复件不计；办结为本周结案的案件，"
        f"在办和{LATE}为{lists_at(at)}的状况（{LATE}：办结期限已过而未反馈提交，待批延期的仍计入）。",
        _lists(here),
    ]
    if silent:
        found.append(f"本周无应计、无受理工单的居村不列入表内，共 {silent} 个。")
    if "score" in profile:
        found.append(_score(profile["score"]))
    agreed = "各项率均经另一套算法由办理步骤重新计算，结果一致。"
    found.append(agreed if confirmed else "本统计口径的指标经本镇改写，未作第二套算法的复算核对。")
    return tuple(found)


def _population(names: Names, profile: Mapping[str, Any]) -> str:
    source = names.source(str(profile.get("population", {}).get("source", "hotline")))
    name = f"{profile['name']}第 {profile.get('version', 1)} 版"
    return (
        f"“四率”按“{name}”统计：对象为本镇 {source}工单，一单一计，取首次办理，不含子单；"
        "作废、撤销登记、不予受理、退单经同意、经批准的同一诉求人重复件和撤回后的工单不计入。"
    )


def _indicator(one: Mapping[str, Any]) -> str:
    passed = "且已届满" if one.get("passed") == "yes" else ""
    needs = [_fact(name) for name in one.get("needs", ()) if name != one["counted_by"]]
    base = f"{_fact(one['counted_by'])}在本周{passed}的工单" + (
        f"（有{'、'.join(needs)}的）" if needs else ""
    )
    out = [part for test in one.get("out", ()) for part in _out(test)]
    left = f"；不计：{'、'.join(dict.fromkeys(out))}" if out else ""
    return f"{one['name']}：分母为{base}，分子为其中{_success(one)}{left}。"


def _success(one: Mapping[str, Any]) -> str:
    if weights := one.get("weights"):
        order = sorted(
            ((Fraction(str(weight)), word) for word, weight in weights.items() if word != "fact"),
            reverse=True,
        )
        said = "、".join(f"{_word(word)} {weights[word]}" for _, word in order)
        return f"{_fact(weights['fact'])}的加权数（{said}）"
    return (
        "且".join(_condition(test) for test in one.get("success", ())) + "的"
        if one.get("success")
        else "全部"
    )


def _condition(test: Mapping[str, Any]) -> str:
    fact = _fact(test["fact"])
    if "is" in test:
        return f"{fact}为“{_word(test['is'])}”"
    if "in" in test:
        return f"{fact}为{'、'.join(f'“{_word(word)}”' for word in test['in'])}"
    if "at_most" in test:
        return f"{fact}不晚于{_fact(test['at_most'])}"
    return f"{'无' if test.get('absent') == 'yes' else '有'}{fact}"


def _out(test: Mapping[str, Any]) -> list[str]:
    if "in" in test:
        return [_word(word) for word in test["in"]]
    return [_word(test["reason"])] if "reason" in test else [_fact(test["fact"])]


def _fact(name: str) -> str:
    return FACTS.get(name, name)


def _word(word: object) -> str:
    return VALUES.get(str(word), str(word))


def _score(sheet: Mapping[str, str]) -> str:
    less = f"，每件逾期扣 {sheet['overdue']} 分" if sheet.get("overdue", "0") != "0" else "，逾期不扣分"
    return (
        f"考核得分：受理量占本组的份额 × {sheet['share']} + 先行联系率 × {sheet['first_contact']} + "
        f"有解决、解释或部分解决的得 {sheet['resolution']} + 市民满意率 × {sheet['satisfaction']}{less}。"
    )


def _limits(names: Names, start: int) -> str:
    general = names.known.limits_at(start)
    close = general["close"]
    parts = [f"先行联系 {_limit(general['contact'])}（紧急的 {_limit(general['contact_urgent'])}）"]
    parts.append(f"办结 {_limit(close['default'])}")
    for table, called in (("mode", MODES), ("kind", KINDS)):
        grouped: dict[str, list[str]] = {}
        for word, spec in close.get(table, {}).items():
            if _limit(spec) != _limit(close["default"]):
                grouped.setdefault(_limit(spec), []).append(called.get(word, word))
        parts += [f"{'、'.join(found)} {limit}" for limit, found in grouped.items()]
    parts.append(f"再次办理 {_limit(general['second_round'])}，自督办之日起 {_limit(general['supervised'])}")
    own = [
        f"{entry['name']} {_limit(entry['limits']['close'])}"
        for entry in names.known.current("type").values()
        if "close" in entry.get("limits", {})
    ]
    if own:
        parts.append(f"按类型另定办结：{'、'.join(own)}")
    return f"期限：{'；'.join(parts)}。平台已定期限、经批准延期的从其期限。"


def _limit(spec: Mapping[str, Any]) -> str:
    return f"{spec['n']} {UNITS.get(spec['rule'], spec['rule'])}"


def _lists(here: Standing) -> str:
    said = "逾期、临期清单与上述时点一致，地址隐去楼栋以后部分；涉密事项类型只计件数、不列名"
    hidden = here.hidden_overdue + here.hidden_near
    if not hidden:
        return f"{said}。"
    return f"{said}（本周逾期 {here.hidden_overdue} 件、临期 {here.hidden_near} 件未列名）。"


# further tables -------------------------------------------------------------------------------


def sheets(found: Sequence[Rate]) -> tuple[Sheet, ...]:
    """Return the table of second handlings, if there were any."""
    made = _rechecks([rate for rate in found if rate.key in RECHECKS])
    return () if made is None else (made,)


def _rechecks(found: Sequence[Rate]) -> Sheet | None:
    if not any(rate.denominator for rate in found):
        return None
    rows = []
    for rate in found:
        figure = Figure(rate.key, rate.name, int(rate.numerator), rate.denominator, 0, 0)
        count = rate.measure == "count"
        value = f"{rate.denominator:,} 件" if count else f"{figure.value}%" if figure.value else EMPTY
        rows.append((rate.name, value, "" if count else figure.share))
    basis = "第二次及以后的办理：复核量按再次办理开始的时间，按时率按期限，转满意率按中心首次接通的回访。"
    return Sheet(
        "不满意件复核", basis, ("指标", "数值", "分子/分母"), tuple(rows), (3, 2, 2), frozenset({1, 2})
    )


def left_out(rates: Sequence[Rate]) -> Sheet | None:
    """Return the table of what the four rates left out by their own rules, without anybody's approval."""
    found = [rate for rate in rates if rate.key not in RECHECKS]
    reasons = dict.fromkeys(
        why for why in words.OUT for rate in found if why in rate.excluded and not why.startswith(EXCLUDED)
    )
    reasons |= dict.fromkeys(
        why for rate in found for why in sorted(rate.excluded) if not why.startswith(EXCLUDED)
    )
    if not reasons:
        return None
    rows = tuple(
        (
            words.say(words.OUT, why),
            *(f"{rate.excluded.get(why, 0):,}" if why in rate.excluded else "" for rate in found),
        )
        for why in reasons
    )
    header = ("原因", *(rate.name for rate in found))
    basis = "按规则本就不计入的工单，不在经批准的剔除之内；一件可在多项指标中列出，空白为该项指标无此情形。"
    return Sheet(
        "按规则未计入“四率”的工单",
        basis,
        header,
        rows,
        (3, *[2] * len(found)),
        frozenset(range(1, len(header))),
    )
