"""Are two cases about the same matter? What speaks for it, weighed; no store, no words shown to people.

Nothing here decides: a score proposes, a person joins (docs/domain.md § 3a.8). The weights are set by measurement on
real messages and on paraphrases of them (tests/test_duplicates.py holds recall and false candidates).
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from rapidfuzz import fuzz

from db.search import folded, tokens
from zq_grid.rules.quotes import own_words

DAY = 86_400
# Beyond this many days two complaints are about two occasions, unless one names the other.
NEAR, FAR, LONGEST = 30, 90, 365
# How likely each finding alone makes two cases one matter; findings are combined as independent ones.
P_QUOTED, P_CALLER = 0.97, 0.38
P_PLACE, P_ESTATE, P_NEXT_DOOR, P_NAMED, P_STREET = 0.45, 0.30, 0.20, 0.36, 0.22
P_SAME_TYPE = 0.05
# What makes less of them: another known place or building, another type, time.
ELSEWHERE, ELSEWHERE_SAME_CALLER, OTHER_BUILDING = 0.35, 0.7, 0.75
OTHER_TYPE, LATER, MUCH_LATER = 0.75, 0.85, 0.7
SIMILAR = 0.25
LIKE_PLACE = 80
_UNTYPED = frozenset({"other", ""})
# A whole street, however long, is no place where two callers meet.
_STREET = re.compile(r"[一-龥]{1,8}(?:路|街|大道|公路)")
FEWEST = 12
NAMES = 4

# What every caller and every clerk says, whatever the matter. Every repetition is bounded: a text may be hostile.
_COURTESY = re.compile(
    r"尊敬的?[一-龥]{0,8}?(?:领导|书记|市长|区长|局长|镇长|县长|主任|政府)|[各贵]位?领导|您好|你好"
    r"|(?:市民|居民|群众|来电人|来信人|热线用户)?(?:来电|来信|再次|多次){0,3}(?:反映|投诉|举报|求助|咨询|表示|称)"
    r"|(?:希望|请|恳请|恳求|要求|望|建议)?(?:政府|有关|相关|职能|管理|各级|上级)?(?:的)?(?:部门|领导|单位|职能部门)"
    r"(?:能够?|可以)?(?:尽快|及时|早日|立即|帮忙|予以|给予|前来){0,3}(?:重视|处理|解决|核实|查处|协调|关注|回复|答复|介入|维修|整治){0,3}"
    r"|(?:希望|请|恳请|要求|望)?(?:尽快|及时|早日|立即|予以|给予|帮忙){1,3}(?:处理|解决|核实|查处|协调|回复|答复|维修|整改|整治)"
    r"|(?:非常|万分|十分|深表)?(?:感谢|谢谢)[一-龥]{0,4}|为盼|此致|敬礼|一直没有|影响(?:居民|正常)?生活"
)
_NAME = re.compile(
    r"([一-龥0-9a-z]{2})"
    r"(小区|花园|花苑|家园|公寓|大厦|广场|新村|新苑|名苑|雅苑|佳苑|嘉苑|山庄|公馆|华府|名邸|庄园|步行街|菜市场|农贸市场)"
)
# 我们小区, 老旧小区: no names.
_NAMELESS = re.compile(
    r"[的个该本我们你他们此各在到进出去了和与及等对从是有一二三四五六七八九几多某整全]|老旧|居民|住宅|商品|安置|高档|附近|周边|隔壁"
    r"|封闭|新建|相邻|旁边|所有|部分|中心|业主|物业|房产|生活|商业|购物|人才|廉租|公租|单身"
)


class Where(NamedTuple):
    """The key of a place (as `Place.key`), its estate or lane, whether it names a building there.

    `coded`: the estate is one of the town's own, by its code.
    """

    key: str = ""
    estate: str = ""
    building: bool = False
    coded: bool = False


@dataclass(frozen=True, slots=True)
class Matter:
    """What two cases are compared by: `tokens` of their words, `at_place` those of the place, `names` of estates."""

    subject: int
    type: str
    received_at: int
    where: Where
    tokens: frozenset[str] = field(default_factory=frozenset)
    at_place: frozenset[str] = field(default_factory=frozenset)
    names: frozenset[str] = field(default_factory=frozenset)


def matter(subject: int, type_: str, received_at: int, where: Where, place: str, words: str) -> Matter:
    """Return what a case is compared by.

    Args:
        received_at: seconds UTC.
        place: as it was said.
        words: all that the case is found by: numbers, place, title and text, folded or not.
    """
    plain = own_words(folded(words))
    return Matter(
        subject,
        type_,
        received_at,
        where,
        frozenset(telling(plain)),
        frozenset(telling(folded(place))),
        frozenset(names(plain)),
    )


def telling(text: str) -> set[str]:
    """Return the pairs of characters that say what a text is about: without courtesies and numbers."""
    return {
        pair
        for pair in tokens(_COURTESY.sub("，", text))
        if len(pair) == 2 and not (pair.isascii() and pair.isdigit())
    }


def names(text: str) -> set[str]:
    """Return the names of estates and buildings that a text names: two characters and 小区, 花园, 大厦."""
    found: dict[str, None] = {}
    for match in _NAME.finditer(text):
        if not _NAMELESS.search(match[1]):
            found[match[1] + match[2]] = None
            if len(found) == NAMES:
                break
    return set(found)


def similarity(one: Matter, other: Matter) -> float:
    """Return how much of their words two cases share, 0–1: what names their places is left out.

    Half by all their words, half by those of the shorter one, since people add to a matter and leave things out.
    """
    beside = one.at_place | other.at_place
    for name in one.names & other.names:
        beside |= set(tokens(name))
    mine, theirs = one.tokens - beside, other.tokens - beside
    shared = len(mine & theirs)
    if not shared:
        return 0.0
    small = max(FEWEST, min(len(mine), len(theirs)))
    return (2 * shared / max(FEWEST, len(mine) + len(theirs)) + shared / small) / 2


def place_of(one: Matter, other: Matter) -> tuple[str, float]:
    """Return how the places of two cases lie: (reason, weight); ("elsewhere", 0) for two that differ, ("", 0) unknown."""
    here, there = one.where, other.where
    if here.key and here.key == there.key:
        if here.building:
            return "same_place", P_PLACE
        return "same_place", P_STREET if _STREET.fullmatch(here.key) else P_NAMED
    if here.estate and here.estate == there.estate:
        return "same_estate", P_NEXT_DOOR if here.building and there.building else P_ESTATE
    if one.names & other.names:
        return "same_estate", P_NAMED
    if not here.key or not there.key:
        return "", 0.0
    free = not here.coded and not there.coded and _digits(here.key) == _digits(there.key)
    alike = free and fuzz.ratio(here.key, there.key) >= LIKE_PLACE
    return ("same_estate", P_ESTATE) if alike else ("elsewhere", 0.0)


def _digits(text: str) -> list[str]:
    return re.findall("[0-9]+", text)


def score(
    one: Matter, other: Matter, *, quoted: bool, same_caller: bool, words: bool = True
) -> tuple[int, tuple[str, ...]]:
    """Return how likely two cases are about one matter, 0–100, and the reasons.

    Args:
        quoted: one names the other's number. `same_caller`: the same phone called.
        words: False leaves the words out, for a first sorting.
    """
    found = {"quoted_number": P_QUOTED} if quoted else {}
    where, p_place = place_of(one, other)
    unlike = one.type != other.type and not {one.type, other.type} & _UNTYPED
    soft = OTHER_TYPE if unlike else 1.0
    if p_place:
        found[where] = p_place * soft
    if same_caller:
        found["same_caller"] = P_CALLER * soft
    if found and one.type == other.type and one.type not in _UNTYPED:
        found["same_type"] = P_SAME_TYPE
    if words:
        found["similar_words"] = min(1.0, similarity(one, other))
    left = 1.0
    for chance in found.values():
        left *= 1.0 - chance
    made = 1.0 - left
    if not quoted:
        made *= _doubt(where, same_caller=same_caller, next_door=p_place == P_NEXT_DOOR)
        made *= _by_time(abs(one.received_at - other.received_at))
    reasons = (name for name in found if name != "same_type")
    return round(100 * made), tuple(n for n in reasons if n != "similar_words" or found[n] >= SIMILAR)


def _doubt(where: str, *, same_caller: bool, next_door: bool) -> float:
    """Return what is left of a score where the places speak against it."""
    if where == "elsewhere":
        return ELSEWHERE_SAME_CALLER if same_caller else ELSEWHERE
    return OTHER_BUILDING if next_door and not same_caller else 1.0


def _by_time(apart: int) -> float:
    days = apart / DAY
    if days <= NEAR:
        return 1.0
    return LATER if days <= FAR else MUCH_LATER


def union(pairs: Iterable[tuple[int, int]]) -> list[list[int]]:
    """Return the groups that pairs hang together in, each in rising order."""
    leader: dict[int, int] = {}

    def find(one: int) -> int:
        while leader.setdefault(one, one) != one:
            leader[one] = leader[leader[one]]
            one = leader[one]
        return one

    for one, other in pairs:
        low, high = sorted((find(one), find(other)))
        leader[high] = low
    groups: dict[int, list[int]] = {}
    for one in sorted(leader):
        groups.setdefault(find(one), []).append(one)
    return list(groups.values())
