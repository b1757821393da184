"""Reads a place as people write it: one spelling for many, and its parts (lane, number, building, room).

It knows no names of estates or streets; `zq_grid.places` does.
"""

import re
import unicodedata
from typing import NamedTuple

# Brackets, quotes and stops say nothing about where a place is; invisible characters come with pasted text.
_TABLE = str.maketrans(
    {chr(code): chr(code - 32) for code in range(ord("a"), ord("z") + 1)}
    | dict.fromkeys("—–‐‑‒―−~～", "-")
    | dict.fromkeys("○◯", "〇")
    | {"邨": "村"}
    | dict.fromkeys("()[]{}<>（）【】［］〔〕《》〈〉「」『』“”\"'‘’`。\u200b\u200c\u200d\u2060\ufeff", "")
)
_DIGITS = {"〇": 0, "零": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4}
_DIGITS |= {"五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_DIGITS_OF = re.compile("[0-9]+")
_SCALES = {"十": 10, "百": 100, "千": 1000}
_NUMERAL = "[〇零一二两三四五六七八九十百千]"
# Only what counts doors and groups turns a numeral into digits: in 和溪五村 the 五 is part of a name.
# 有两座, 这三栋 count buildings and name none.
_COUNTED = re.compile(
    r"(?<![有这那共建修〇零一二两三四五六七八九十百千])(?!两[座栋幢楼])"
    + _NUMERAL
    + r"{1,7}(?=支?弄|号|幢|栋|室|组|单元|座|楼|层|队|网格|村民组|居民组)"
)
_ANY_NUMERAL = re.compile(_NUMERAL + r"{1,7}(?=[村居期区队组街])")
# 12号六〇一: a room said digit by digit, with nothing behind it that counts.
_SAID_ROOM = re.compile(
    r"(?<=[号幢栋座楼元])[〇零一二三四五六七八九]{3,4}(?![〇零一二三四五六七八九十百千村期])"
)
_GROUP = re.compile(r"第?([0-9]{1,3})(?:村民|居民)?小?组")
_HASH = re.compile(r"(?<=[0-9A-Z])#")
_BLOCK = re.compile(r"(?<=[0-9A-Z])号?(?:[幢栋]+|座(?![位客椅]))楼?")
# 12 601, 12/601: a blank or a stroke between two numbers keeps them apart.
_APART = re.compile(r"(?<=[0-9])[ \t\u3000/／]+(?=[0-9])")
_STOPS = re.compile(r"(?<![0-9])[,;:·•]|[,;:·•](?![0-9])")

_ADMIN = re.compile(
    r"^(?:(?:上海|本)市)?(?:[一-龥]{2,3}区(?=[一-龥]{2,3}(?:镇|街道)))?"
    r"(?:[一-龥]{2,3}(?:镇|街道)(?![路街村苑区]))?"
)
_STREET = re.compile(r"[一-龥]{1,8}?(?:路|街|大道|公路)(?=[0-9])")
_LANE = re.compile(r"(?<![0-9])0*([0-9]{1,5})支?弄")
# 12号, 12-14号, 12、13号, 12号至14号, 44-1号, 44号-2, 44号乙, 甲12号, 临12号; not the 5号线, 11月2号.
_NUMBER = re.compile(
    r"(?<![0-9月-])(?P<before>[临甲乙丙丁]?)0*(?P<first>[0-9]{1,5})(?P<letter>[甲乙丙丁A-Z]?)"
    r"(?:号?[-至到、和及与]+(?P<last>[0-9]{1,4}))?号(?![楼线])"
    r"(?P<behind>[甲乙丙丁](?![0-9单])|-[0-9]{1,2}(?![0-9]))?"
)
_BUILDING = re.compile(
    r"(?<![0-9-])0*(?P<first>[0-9]{1,5}[A-Z]?|[A-Z][0-9]{0,2})"
    r"(?:(?:号楼)?[-至到、和及与]+(?P<last>[0-9]{1,4}))?号楼"
)
# 600弄3: what follows a lane is a door, with or without 号.
_AFTER_LANE = re.compile(r"(?<=弄)0*([0-9]{1,3})(?![0-9A-Z支弄号年月日点]|-[0-9])")
# 和溪五村12, 和溪五村12楼: right behind the name of an estate.
_AFTER_NAME = re.compile(r"(?:小区)?0*([0-9]{1,3})(?:楼|$)")
# 12-301 and 12-2-301: building, perhaps entrance, room.
_DASHED = re.compile(r"(?<![0-9-])0*([0-9]{1,3})-(?:[0-9]{1,2}-)?0*([0-9]{3,4})(?:室|(?![0-9号弄-]))")
_BARE_ROOM = re.compile(
    r"(?:[0-9A-Z]{1,2}(?:单元|门|梯))?[-、]?0*([A-Z]?[0-9]{3,4}[A-Z]?)(?:室|(?![0-9A-Z号弄路组幢年月日元户]))"
)
_ROOM = re.compile(r"(?<![0-9])0*([A-Z]?[0-9]{1,5}[A-Z]?)室")
_STARTS = (_LANE, _NUMBER, _BUILDING, _DASHED, _ROOM)
_LONGEST_NAME = 40
# A door or a room without the street or the estate that it belongs to, and what people write for want of a place.
_ANY_DOOR = re.compile(r"^(?:[A-Z]?[0-9]{1,5}[A-Z]?(?:号楼|号|室|楼|层|单元|幢|-|$))+$")
_EMPTY_WORDS = re.compile(
    r"^(?:[无空/\\\-.*?、,\s]|NULL|NONE|N/?A|NAN|[不未](?:详|明|知|清楚?|知道?|确定|填写?|提供|告知|说明?|留|愿?透露|愿提供)|暂[无缺]|没有"
    r"|拒绝|保密|具体|详细|准确|确切|地址|地点|位置|住址|方位|详?见|如|内容|工单|正文|描述|附件|图片?|照片|电话联系|[上下]述?|同上"
    r"|来电人?|诉求人|投诉人|反映人|来访人|市民|居民|业主|我家|家[里中]|本|该|我们?|此|某|全[镇村区市]?|整个?|小区|社区|村里|镇上|辖区|路[边上]"
    r"|马路[边上]?|大?门口|附近|周边|楼[下上道]|隔壁|[内里外处的等]|其[他它])+$"
)
_ADMIN_ALONE = re.compile(
    r"^(?:中国)?(?:[一-龥]{2,3}[省市])?(?:[一-龥]{2,3}(?<![小社厂园校景院东西南北])[区县])?(?:[一-龥]{2,3}(?:镇|街道))?$"
)
# What callers and clerks put before a place.
_LEAD = re.compile(
    r"(?:反映|来电|来信|投诉|举报|求助|居住[于在]?|住址[为是]?|地址[为是]?|家住|住在?(?![宅户房院])|位于|地处"
    r"|我们?是|我家在?|在(?=[一-龥]{2,12}[0-9]))+"
)


class Address(NamedTuple):
    """The parts of one written place; what isn't there is "". Numbers carry no leading zeros.

    `number` is what stands before 号, `building` before 号楼 (幢, 栋, #楼); which of the two is a building
    depends on whether an estate or a street came before it. A group (村民组) stays in `estate_text`.
    """

    estate_text: str
    street: str
    lane: str
    number: str
    building: str
    room: str
    tail: str


def normalise(text: str) -> str:
    """Return `text` in the one spelling that everything here compares by; never raises, is idempotent.

    Half-width, Latin capitals, no blanks, brackets or quotes; counted numerals as digits (十二号 → 12号,
    but 和溪五村 stays); 幢, 栋, 座, # and #楼 as 号楼 or 号; 第三村民小组 as 3组; a blank between numbers as -.
    """
    text = "".join(_APART.sub("-", _half_width(text).translate(_TABLE)).split())
    # Taking a sign out may let its neighbours combine.
    text = _half_width(_STOPS.sub("", text))
    text = _SAID_ROOM.sub(_as_digits, _COUNTED.sub(_as_digits, text))
    if "组" in text:
        text = _GROUP.sub(r"\1组", text)
    if "#" in text:
        text = _HASH.sub("号", text)
    if "幢" in text or "栋" in text or "座" in text:
        text = _BLOCK.sub("号楼", text)
    return text


def arabic(name: str) -> str:
    """Return `name` with the numerals of its 村, 居, 期, 区, 队, 组 as digits: 和溪五村 → 和溪5村.

    For a second entry in an index of names, never for showing.
    """
    return _ANY_NUMERAL.sub(_as_digits, name)


def parts(text: str) -> Address:
    """Return the parts of the place `text`; whatever it holds, something comes back.

    `estate_text` is what stands before the first number and is no street, without town or district.
    """
    text = _ADMIN.sub("", normalise(text))
    found = split(text)
    starts = [match.start() for pattern in _STARTS if (match := pattern.search(text))]
    if not starts:
        return found._replace(estate_text=text, tail="")
    first = min(starts)
    head, street = text[:first], ""
    lane = _LANE.search(text)
    if match := _STREET.search(text, 0, first + 1):
        street = match[0]
        head = text[: match.start()] + text[match.end() : first]
    elif lane and lane.start() == first:
        # 银杏600弄: what stands before a lane is a street, with or without 路.
        head, street = "", head
    if lane and not head:
        head = _inside(text[lane.end() :])
    return found._replace(estate_text=head, street=street)


def split(text: str, start: int = 0, *, named: bool = False) -> Address:
    """Return the numbers that an already normalised `text` holds from `start` on, and what follows them.

    `named`: the name of an estate ends at `start`, so that a number right behind it is a building.
    """
    lane = _LANE.search(text, start)
    at = lane.end() if lane else start
    number = _NUMBER.search(text, at)
    building = _BUILDING.search(text, at)
    ends = max(at, number.end() if number else at, building.end() if building else at)
    if number is None and building is None:
        if dashed := _DASHED.search(text, at):
            return Address("", "", _first(lane), "", dashed[1], dashed[2], text[dashed.end() :])
        bare = (_AFTER_LANE.match(text, at) if lane else None) or (
            _AFTER_NAME.match(text, start) if named and not lane else None
        )
        if bare:
            return Address("", "", _first(lane), bare[1], "", "", text[bare.end() :])
    room = None
    if number or building:
        room = _BARE_ROOM.match(text, ends)
    room = room or _ROOM.search(text, ends)
    tail = text[room.end() if room else ends :]
    return Address("", "", _first(lane), _door(number), _block(building), _first(room), tail)


def doors(number: str) -> tuple[int, ...]:
    """Return the door or building numbers that a `number` or `building` stands for: one, or the ends of a run.

    12-14 is a run, 44-1 is the first door behind 44; a letter alone is none.
    """
    found = [int(digits) for digits in _DIGITS_OF.findall(number)]
    return tuple(found[:2]) if len(found) > 1 and found[1] > found[0] else tuple(found[:1])


def without_room(text: str) -> str:
    """Return what makes two spellings of an unknown place the same place: its text up to the building."""
    address = parts(text)
    if not (address.lane or address.number or address.building):
        return _after_lead(address.estate_text or normalise(text))
    number = f"{address.number}号" if address.number else ""
    building = f"{address.building}号" if address.building else ""
    return f"{_estate_of(address)}{number}{building}"


def without_building(text: str) -> str:
    """Return an unknown place up to its lane or estate, "" where it names neither."""
    address = parts(text)
    if not address.lane and not _after_lead(address.estate_text):
        return ""
    return _estate_of(address)


def names_nothing(text: str) -> bool:
    """Tell whether a written place names none: 不详, 无, 详见内容, 本小区门口, 12号 without street or estate, 闵行区."""
    return not _ADMIN_ALONE.sub("", _EMPTY_WORDS.sub("", _ANY_DOOR.sub("", normalise(text))))


def _estate_of(address: Address) -> str:
    lane = f"{address.lane}弄" if address.lane else ""
    return f"{_after_lead(address.street)}{lane}{_after_lead(address.estate_text)}"


def _after_lead(text: str) -> str:
    """Return a name without what a caller said before it: 市民反映住在某某苑 → 某某苑; a whole letter stays."""
    if len(text) > _LONGEST_NAME:
        return text
    end = 0
    for match in _LEAD.finditer(text):
        end = match.end()
    rest = text[end:].lstrip("、-")
    return _ADMIN.sub("", rest) if len(rest) > 1 else text


def _half_width(text: str) -> str:
    return text if unicodedata.is_normalized("NFKC", text) else unicodedata.normalize("NFKC", text)


def _as_digits(match: re.Match[str]) -> str:
    numeral = match[0]
    if not _SCALES.keys() & set(numeral):
        return "".join(str(_DIGITS[sign]) for sign in numeral)
    total = digit = 0
    for sign in numeral:
        if sign in _SCALES:
            total += (digit or 1) * _SCALES[sign]
            digit = 0
        else:
            digit = digit * 10 + _DIGITS[sign]
    return str(total + digit)


def _first(match: re.Match[str] | None) -> str:
    return match[1] if match else ""


def _door(match: re.Match[str] | None) -> str:
    """Return a number in one spelling: 12, 12-14, 44-1, 44乙 (also for 乙44号 and 44号乙), 临88."""
    if match is None:
        return ""
    before, behind = match["before"], match["behind"] or ""
    if before and before != "临":
        before, behind = "", before
    last = f"-{int(match['last'])}" if match["last"] else ""
    return f"{before}{match['first']}{match['letter']}{last}{behind}"


def _block(match: re.Match[str] | None) -> str:
    if match is None:
        return ""
    return match["first"] + (f"-{int(match['last'])}" if match["last"] else "")


def _inside(text: str) -> str:
    """Return the name between a lane and the number inside it: 银杏路600弄银杏苑3号."""
    inner = _LANE.match(text)
    begin = inner.end() if inner else 0
    starts = [match.start() for pattern in (_NUMBER, _BUILDING) if (match := pattern.search(text, begin))]
    return text[begin : min(starts, default=0)]
