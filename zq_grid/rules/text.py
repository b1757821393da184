"""Hides what names a person: in a name, a number, an address, or in the midst of a citizen's own words.

It finds forms of writing, not people: a name inside free text or a number spelled in Chinese numerals is not found
here.
"""

import re
from collections.abc import Iterable

STARS = "**"
"""Stands for any number of characters, so that the length of a name is not told either."""

_SEPARATORS = " \u00a0\u3000-－–—‐‑.．·・"
_GAP = rf"[{re.escape(_SEPARATORS)}]{{0,2}}"
_PLAIN = str.maketrans({0xFF10 + n: str(n) for n in range(10)} | {0xFF38: "X", 0xFF58: "x", 0xFF0B: "+"})


def _spaced(*digits: str) -> str:
    """Return a pattern of the given digit classes with up to two separators between any two."""
    return _GAP.join(digits)


_D = r"\d"
_CENTURY = rf"(?:1{_GAP}9|2{_GAP}0)"
_ID18 = _spaced("[1-9]", *[_D] * 5, _CENTURY, *[_D] * 2, "[01]", _D, "[0-3]", *[_D] * 4, "[0-9Xx]")
_ID15 = _spaced("[1-9]", *[_D] * 7, "[01]", _D, "[0-3]", *[_D] * 4)
_MOBILE = rf"(?:(?:\+|00)?86{_GAP})?(?P<mobile>{_spaced('1', '[3-9]', *[_D] * 9)})"
_AREA_PHONE = rf"[(（]?0(?:10|2\d|[3-9]\d\d)[)）]?{_GAP}[2-9]\d{{2,3}}{_GAP}\d{{4}}"
# Eight digits alone are a telephone unless they read as a day, two years, an amount or a house number.
_DAY = r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?!\d)"
_YEARS = r"(?:19|20)\d\d\D(?:19|20)\d\d"
_UNIT = r"\s*(?:元|万|亿|㎡|平|米|吨|公里|户|件|人|%|％|号|弄)"
_LOCAL_PHONE = rf"(?!{_DAY}|{_YEARS})[2-8]\d{{3}}[ \-－\u3000]?\d{{4}}(?!{_UNIT})"
# By what the banks' numbers begin with; the task numbers of platforms begin otherwise.
_CARD = rf"(?:4|5|6|9{_GAP}5|3{_GAP}5)(?:{_GAP}\d){{14,18}}"
_PERSONAL = re.compile(
    rf"(?<![\dA-Za-z])(?:(?P<id18>{_ID18})|(?P<id15>{_ID15})|(?P<card>{_CARD})|{_MOBILE}|(?P<landline>{_AREA_PHONE}|{_LOCAL_PHONE}))(?!\d)"
)

_NUMBER = r"[0-9A-Za-z一二三四五六七八九十百零〇]+"
# Not the 号 of a metro line, a gate or an exit: those are places that anybody may pass.
_HOUSE = rf"{_NUMBER}(?:号楼|号(?!线|门|口|桥|出|入|高|地块|楼)|幢|栋|座(?!谈))(?:[甲乙丙丁](?![室户]))?"
_BUILDING = re.compile(rf"{_HOUSE}(?:\s*{_HOUSE})*")
_FLAT = re.compile(
    rf"{_NUMBER}\s*(?:单元|室|层|楼|户|房)"
    r"|(?<=\d)\s*[-－—–/#]\s*\d{2,4}(?!\d).*"
    r"|(?<![\d路弄街道])\d{3,4}(?=$|\s|[，,。（(])"
)
_DIGITS, _TAIL, _LONGEST = re.compile(r"\d"), 7, 11
_FLAT_NUMBER = re.compile(r"[A-Za-z]?\d{3,4}")
_BRACKETS = {"（": "）", "(": ")"}


def mask_name(name: str) -> str:
    """Return a person's name with its first character only: 王小明 → 王**; empty stays empty."""
    name = name.strip()
    return name[:1] + STARS if name else ""


def mask_phone(phone: str) -> str:
    """Return a phone number without its middle: 138****5678, 021-****1234; one too short is all stars."""
    digits = re.sub(r"\D", "", phone.translate(_PLAIN))
    if digits[:-11] in ("86", "0086"):
        digits = digits[-11:]
    if len(digits) == 11 and digits[0] == "1":
        return f"{digits[:3]}****{digits[-4:]}"
    if len(digits) >= 10 and digits[0] == "0":
        area = digits[: 3 if digits[1] in "12" else 4]
        return f"{area}-****{digits[-4:]}"
    return f"****{digits[-4:]}" if len(digits) in (7, 8) else ("****" if phone.strip() else "")


def mask_id(number: str) -> str:
    """Return an identity number without the birthday: 310112********123X; of another length, all stars."""
    plain = re.sub(r"[^\dX]", "", number.translate(_PLAIN).upper())
    if len(plain) == 18:
        return f"{plain[:6]}********{plain[-4:]}"
    if len(plain) == 15:
        return f"{plain[:6]}******{plain[-3:]}"
    return "********" if number.strip() else ""


def mask_card(number: str) -> str:
    """Return the number of a bank card with its first and last four digits: 6222****1234."""
    digits = re.sub(r"\D", "", number.translate(_PLAIN))
    return f"{digits[:4]}****{digits[-4:]}"


def hide_personal(text: str) -> str:
    """Return free text with its mobile, landline, identity and card numbers masked; all else stays as it was.

    Full-width digits, and spaces, dashes or dots between digits, don't protect a number. What reads as an
    amount with its unit or as a day stays; in doubt a number is hidden.
    """

    def masked(found: re.Match[str]) -> str:
        if found["id18"] or found["id15"]:
            return mask_id(found[0])
        if found["card"]:
            return mask_card(found[0])
        return mask_phone(found["mobile"] or found[0])

    # The plain copy has the same length, so what was found in it lies at the same place in the text.
    plain, parts, end = text.translate(_PLAIN), [], 0
    for found in _PERSONAL.finditer(plain):
        parts += [text[end : found.start()], masked(found)]
        end = found.end()
    return "".join([*parts, text[end:]])


_WIDE = str.maketrans({0xFF01 + n: chr(0x21 + n) for n in range(94)})
_PLATE = re.compile(
    r"([京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-Za-z])[ ·•・.\-]{0,2}"
    r"(?=[A-Za-z]{0,3}\d)(?:[A-HJ-NP-Za-hj-np-z0-9]{5,6}|[A-HJ-NP-Za-hj-np-z0-9]{4}[挂学警港澳])(?![A-Za-z0-9])"
)


def hide_plates(text: str) -> str:
    """Return free text with the number plates of cars masked: 沪A12345 → 沪A****.

    Apart from `hide_personal`, since whoever handles a case of parking must read which car it is.
    """
    parts, end = [], 0
    for found in _PLATE.finditer(text.translate(_WIDE)):
        parts += [text[end : found.start()], found[1], STARS * 2]
        end = found.end()
    return "".join([*parts, text[end:]])


# The commonest, which are nearly all of a town's.
_SURNAMES = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾萧肖田董潘袁蔡蒋余于杜叶程苏魏吕丁任沈姚卢傅钟姜崔谭廖范"
    "汪陆金石戴贾韦夏邱方侯邹熊孟秦白江阎薛尹段雷黎史龙陶贺顾毛郝龚邵万钱严覃武戚莫孔向汤倪施俞章鲁葛毕卞祝柯阮闵"
)
_NO_NAME = re.compile(r"[^一-龥]|本人|家属|物业|居民|业主|经理|公司|单位|居委|热线|邻居")


def is_name(said: str) -> bool:
    """Tell whether a word reads as a person's name: a common surname and one to three characters more."""
    return 2 <= len(said) <= 4 and said[0] in _SURNAMES and not _NO_NAME.search(said)


_BESIDE = re.compile(
    r"[、,，;；/／|（）()【】\[\]：:+\d\-]+|(?<=[一-龥]{2})\s+(?=[一-龥]{2})|(?<=[一-龥]{2})[和与及](?=[一-龥]{2})"
)
_TITLE = re.compile(
    r"(?:先生|女士|小姐|老师|阿姨|叔叔|大爷|大妈|师傅|同志|老伯|伯伯|婆婆|奶奶|爷爷|经理|主任|业主|居民|本人|家属)+$"
)
# Who they are and not what they are called: said of anybody.
_ANYBODY = re.compile(
    r"[不未]\S{1,6}|(?:无名氏?|匿名|热心|本镇|本地|附近|某|小区|部分|全体|多[名位])*"
    r"(?:市民|居民|村民|业主|群众|住户|租户|顾客|家长|路人|来电人|诉求人|投诉人|物业|居委会?|网格员|无|匿名)?"
)


def names_told(said: str) -> frozenset[str]:
    """Return the names that a caller's field holds, as a whole and one by one, without titles and what stands beside.

    王小明（业主） → itself and 王小明; 赵大山、李丽华女士 → itself, 赵大山, 李丽华女士, 李丽华; 热心市民 → nothing.
    """
    found = {said.strip()}
    for part in _BESIDE.split(said):
        found |= {part.strip(), _TITLE.sub("", part.strip())}
    return frozenset(name for name in found if len(name) > 1 and not _ANYBODY.fullmatch(name))


def hide_names(text: str, names: Iterable[str]) -> str:
    """Return free text with these names masked, capitals or not, also where blanks stand between their characters."""
    for name in sorted(names, key=lambda name: (-len(name), name)):
        text = text.replace(name, mask_name(name)) if not name.isascii() else text
        bare = "".join(name.split()).lower()
        if not bare:
            continue
        if bare in "".join(text.split()).lower():
            spaced = r"\s{0,3}".join(map(re.escape, bare))
            text = re.sub(rf"(?<![A-Za-z]){spaced}(?![A-Za-z])", mask_name(name), text, flags=re.IGNORECASE)
    return text


def hide_number(text: str, digits: str) -> str:
    """Return free text without a telephone number that is known, whatever stands between its digits."""
    digits = digits[-_LONGEST:]  # without the country's prefix
    if digits[-_TAIL:] not in "".join(_DIGITS.findall(text.translate(_PLAIN))):
        return text
    between = r"[^\d\w]{0,3}_?".join(digits)
    plain, parts, end = text.translate(_PLAIN), [], 0
    for found in re.finditer(rf"(?<!\d){between}(?!\d)", plain):
        parts += [text[end : found.start()], mask_phone(digits)]
        end = found.end()
    return "".join([*parts, text[end:]])


def hide_flat(text: str, place: str) -> str:
    """Return free text without the flat that the place of its case names: 601 of 和溪五村12号601室."""
    flat = _FLAT_NUMBER.search(place.translate(_PLAIN), len(to_building(place)))
    if flat is None or flat[0] not in text.translate(_PLAIN):
        return text
    plain, parts, end = text.translate(_PLAIN), [], 0
    for found in re.finditer(
        rf"(?<![0-9A-Za-z]){flat[0]}(?=\s*[室户房])|(?<=[号楼栋幢座元弄层\-－—/])\s*{flat[0]}(?![0-9A-Za-z])(?!\s*[元号弄])",
        plain,
    ):
        parts += [text[end : found.start()], STARS]
        end = found.end()
    return "".join([*parts, text[end:]])


def to_building(place: str) -> str:
    """Return an address cut after the building: storey, staircase, room and what follows are gone.

    颛兴路12弄3号601室 → 颛兴路12弄3号; without a building, it is cut before the first sign of a flat.
    """
    plain = place.translate(_PLAIN)
    flat, building = _FLAT.search(plain), _BUILDING.search(plain)
    end = flat.start() if flat else len(place)
    # A flat named before the building (602室（5号楼）) would be printed with it.
    if building and (not flat or building.start() <= flat.start()):
        end = building.end()
    return _close(place[:end].rstrip(_SEPARATORS + "—,，、"))


def _close(text: str) -> str:
    """Close the bracket that the cut left open."""
    for opening, closing in _BRACKETS.items():
        if text.count(opening) > text.count(closing):
            text = text.removesuffix(opening) if text.endswith(opening) else text + closing
    return text
