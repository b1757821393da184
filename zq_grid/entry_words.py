"""What the keys of catalogue entries are called, what an entry might say besides, and the few values a key may have."""

from collections.abc import Mapping
from typing import Any

from zq_grid import words

Pair = tuple[str, str]
KEYS: Mapping[str, Pair] = {
    "code": ("代码", "code"),
    "name": ("名称", "name"),
    "english": ("英文名", "English name"),
    "short": ("简称", "short name"),
    "aliases": ("别名", "other names"),
    "words": ("识别词", "words it is found by"),
    "route": ("默认承办单位", "unit by default"),
    "photos": ("必需照片", "photos required"),
    "confidential": ("涉密", "confidential"),
    "limits": ("专项时限", "limits of its own"),
    "rule": ("计时方式", "time"),
    "n": ("数量", "how many"),
    "when": ("适用条件", "when"),
    "field": ("专项字段", "facts of its own"),
    "key": ("字段代码", "key"),
    "widget": ("填写方式", "widget"),
    "choices": ("选项", "choices"),
    "needed": ("何时必填", "needed at"),
    "listed": ("可检索", "listed"),
    "personal": ("个人信息", "personal"),
    "show_when": ("显示条件", "shown when"),
    "callers": ("有诉求人的来源", "sources with a caller"),
    "contact_urgent": ("紧急件先行联系", "first contact, urgent"),
    "second_round": ("再次办理", "second round"),
    "supervised": ("督办件", "supervised"),
    "default": ("一般", "otherwise"),
    "hours": ("办公时段", "office hours"),
    "from": ("起", "from"),
    "to": ("止", "to"),
    "league": ("排名组别", "league"),
    "directory": ("联系人", "directory"),
    "director": ("负责人", "director"),
    "liaison": ("联络员", "liaison"),
    "area": ("片区", "area"),
    "households": ("户数", "households"),
    "number": ("序号", "number"),
    "numbers": ("门牌段", "house numbers"),
    "micro_grids": ("微网格", "micro-grids"),
    "micro": ("微网格", "micro-grid"),
    "outline": ("边界点数", "points of the outline"),
    "addresses": ("地址", "addresses"),
    "street": ("道路", "street"),
    "lane": ("弄", "lane"),
    "buildings": ("楼号段", "buildings"),
    "side": ("单双号", "side"),
    "roles": ("角色", "roles"),
    "neighbourhoods": ("负责居村", "neighbourhoods"),
    "grids": ("负责网格", "grids"),
    "town": ("镇", "town"),
    "bulletin": ("周报名称", "bulletin"),
    "first_issue": ("第一期起", "first issue"),
    "rank_minimum": ("排名最少件数", "fewest to be ranked"),
    "compiled_by": ("编制", "compiled by"),
    "approved_by": ("审核", "approved by"),
    "issued_by": ("签发", "issued by"),
    "sent_to": ("报送", "sent to"),
    "version": ("版本", "version"),
    "first": ("起", "first"),
    "last": ("止", "last"),
    "call": ("首次电话", "first call"),
    "meet": ("见面", "meet"),
    "meet_medium": ("中级见面", "meet, medium"),
    "remove": ("拆除", "remove"),
    "feedback": ("反馈", "feedback"),
    "reinspect": ("复查", "re-inspect"),
}
ROLES: Mapping[str, Pair] = {
    "grid_worker": ("网格员", "grid worker"),
    "dispatcher": ("派遣员", "dispatcher"),
    "handler": ("承办员", "handler"),
    "supervisor": ("主管", "supervisor"),
    "leader": ("分管领导", "leader"),
    "administrator": ("管理员", "administrator"),
}
_YES_NO: Mapping[str, Pair] = {"": ("否", "no"), "yes": ("是", "yes")}
CHOICES: Mapping[str, Mapping[str, Pair]] = {
    "rule": {
        "working_days": ("工作日", "working days"),
        "working_hours": ("工作小时", "working hours"),
        "elapsed_hours": ("小时（节假日照常计时）", "hours, round the clock"),
        "natural_days": ("自然日", "natural days"),
    },
    "widget": {
        "text": ("文字", "text"),
        "choice": ("选择", "choice"),
        "count": ("整数", "count"),
        "area": ("面积、金额", "area, money"),
        "date": ("日期", "date"),
        "flag": ("是否", "flag"),
        "number": ("编号", "number"),
        "rooms": ("房间表", "rooms"),
    },
    "needed": {"": ("不必填", "never"), "log": ("登记时", "logging"), "close": ("结案时", "closing")},
    "listed": _YES_NO,
    "personal": _YES_NO,
    "confidential": _YES_NO,
    "league": {"station": ("科室站所", "sections"), "neighbourhood": ("居村", "neighbourhoods")},
    "side": {"odd": ("单号", "odd"), "even": ("双号", "even")},
}
# Lists of coded words, by the words people read.
LISTS: Mapping[str, Mapping[str, Pair]] = {
    "roles": ROLES,
    "callers": words.VALUES["source"],
    "photos": words.VALUES["stage"],
}
# Keys whose value is the code of another entry.
NAMED: Mapping[str, str] = {"route": "unit", "unit": "unit", "area": "area", "neighbourhood": "neighbourhood"}
# A new row of a list in which there is none yet.
PLAIN: Mapping[str, dict[str, Any]] = {
    "field": {"key": "", "name": "", "english": "", "widget": "text"},
    "hours": {"from": "", "to": ""},
}
_POSSIBLE: Mapping[str, dict[str, Any]] = {
    "type": {"english": "", "words": [], "route": "", "photos": [], "confidential": ""},
    "unit": {"short": "", "aliases": [], "league": ""},
    "neighbourhood": {"short": "", "aliases": []},
    "estate": {"aliases": []},
    "street": {"aliases": []},
    "worker": {"unit": "", "neighbourhoods": [], "grids": []},
}
_IN_FIELD: dict[str, Any] = {"english": "", "choices": [], "needed": "", "listed": "", "personal": ""}
_FIRST = (
    "code",
    "name",
    "english",
    "key",
    "short",
    "rule",
    "n",
    "from",
    "to",
    "widget",
    "route",
    "aliases",
    "words",
)
_ORDER = {key: nth for nth, key in enumerate([*_FIRST, *(key for key in words.CLOCKS), *KEYS])}
NEW: Mapping[str, dict[str, Any]] = {
    "type": {"code": "", "name": "", "english": "", "words": [], "route": ""},
    "unit": {"code": "", "name": "", "short": "", "directory": {"director": "", "liaison": "", "phone": ""}},
    "worker": {"code": "", "name": "", "roles": [], "unit": ""},
    "area": {"code": "", "name": ""},
    "neighbourhood": {"code": "", "name": "", "area": ""},
    "grid": {"code": "", "name": "", "neighbourhood": ""},
    "estate": {"code": "", "name": "", "neighbourhood": ""},
    "street": {"code": "", "name": "", "aliases": []},
}


def possible(kind: str, path: tuple[str | int, ...]) -> Mapping[str, Any]:
    """Return what a table of an entry might say besides what it says: key → what nothing looks like."""
    if not path:
        return _POSSIBLE.get(kind, {})
    return _IN_FIELD if kind == "type" and len(path) == 2 and path[0] == "field" else {}


def shown(key: str | int, values: list[str], english: bool) -> list[str]:
    """Return the words for the codes of a list."""
    table = LISTS.get(str(key), {})
    return [table[value][english] if value in table else value for value in values]


def coded(key: str | int, values: list[str]) -> list[str]:
    """Return the codes for words of a list, in either language; what isn't known stays."""
    back = {said: code for code, pair in LISTS.get(str(key), {}).items() for said in pair}
    return [back.get(value, value) for value in values]


def rank(key: str) -> int:
    """Return where a key stands in a form: what it is called first, then what it says, tables last."""
    return _ORDER.get(key, len(_ORDER))


def key_words(key: str | int, english: bool) -> str:
    """Return what a key is called; rows of lists are counted from 1."""
    if isinstance(key, int):
        return str(key + 1)
    for table in (KEYS, words.FACTS, words.CLOCKS):
        if key in table:
            return table[key][english]
    for values in (words.VALUES["kind"], words.VALUES["mode"]):
        if key in values:
            return values[key][english]
    return key


def path_words(path: tuple[str | int, ...], english: bool) -> str:
    """Return where a leaf stands, in words."""
    return " › ".join(key_words(key, english) for key in path)
