"""What a party outside may read of a citizen's words: nothing that tells who complained (domain § 9).

Numbers and rooms go by their form; names only where they are known, since free text doesn't say which words are one.
"""

import re
from collections.abc import Iterable

from zq_grid.rules.text import hide_personal, names_told

WHO, NUMBER, ROOM = "［诉求人］", "［号码略］", "［室号略］"
_TITLES = "先生|女士|小姐|老师|阿姨|叔叔|大爷|大妈|师傅|同志|老伯|伯伯|婆婆|奶奶|爷爷"
_SURNAMES = ("欧阳", "上官", "司马", "诸葛", "东方", "皇甫", "尉迟", "公孙", "慕容", "司徒", "夏侯", "令狐")
# What `hide_personal` leaves of a number: digits, stars, digits.
_MASKED = re.compile(r"[\d-]*\*{4,}[\dXx]*")
_SPACES = r"[ \u00a0\u3000]{0,2}"
_N = r"[0-9０-９A-Za-z一二三四五六七八九十百零〇]+"
_ROOM = re.compile(
    rf"(?:{_N}{_SPACES}(?:单元|层|楼(?![宇栋梯道上下房])){_SPACES})?{_N}{_SPACES}室|[0-9０-９]{{3,4}}{_SPACES}(?:户|房(?![产屋东租管]))"
)
_FOR_ROOM = re.compile(r"(?<=[号栋幢])[-－—/#]?[0-9０-９]{3,4}(?![0-9０-９]|号|弄|元|平|米|件|户)")
_SAID = re.compile(
    r"(?P<before>(?:诉求人|投诉人|举报人|反映人|来电人|联系人|市民)(?:姓名)?[：: ]\s*)(?P<name>[\u4e00-\u9fff·]{2,4})"
)


def hidden(text: str, names: Iterable[str]) -> str:
    """Return a text without the caller: each of `names` and forms of address with its surname, numbers, rooms.

    Args:
        text: a citizen's or a worker's words.
        names: the caller's, and those of other persons who were spoken to; shorter than two characters: left out.
    """
    for name in sorted({name for one in names for name in names_told(one)}, key=len, reverse=True):
        text = re.sub(_SPACES.join(map(re.escape, name)), WHO, text)
        surname = name[:2] if name.startswith(_SURNAMES) else name[0]
        text = re.sub(
            rf"{re.escape(surname)}某{{0,2}}(?:{_TITLES})|[小老]{re.escape(surname)}(?=[，。、,反来说称])|{re.escape(surname)}某{{1,2}}",
            WHO,
            text,
        )
    text = _SAID.sub(lambda found: found["before"] + WHO, text)
    text = _MASKED.sub(NUMBER, hide_personal(text))
    return _FOR_ROOM.sub(ROOM, _ROOM.sub(ROOM, text))
