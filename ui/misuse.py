"""What was wrong with a call of the command line, in words of ours: its words, or a path that can't be opened."""

import errno
import os
import re
from collections.abc import Sequence

from zq_grid.errors import Refused

# What keeps a path from being opened, and only a person can mend: rights, a folder, a name without end.
CLOSED = frozenset(
    {
        errno.EACCES,
        errno.EPERM,
        errno.EROFS,
        errno.EISDIR,
        errno.ENOTDIR,
        errno.ENAMETOOLONG,
        errno.ELOOP,
    }
)
# What the library that reads the command line says, and its Chinese; both without the full stop.
CHINESE: tuple[tuple[str, str], ...] = (
    (r"No such command '(.*)'", r"没有命令 \1，请用 --help 查看"),
    (r"No such option: (\S+) Did you mean (.*)\?", r"没有选项 \1，是不是 \2"),
    (r"No such option: (\S+) \(Possible options: (.*)\)", r"没有选项 \1，是不是 \2"),
    (r"No such option: (.*)", r"没有选项 \1"),
    (r"Missing command", "缺少下一级命令，请用 --help 查看"),
    (r"Missing option '(.*)'", r"缺少选项 \1"),
    (r"Missing (?:argument|parameter) '(.*)'", r"缺少 \1"),
    (r"Option '(.*)' requires an argument", r"选项 \1 后面缺少内容"),
    (r"Option '(.*)' does not take a value", r"选项 \1 后面不带内容"),
    (r"Got unexpected extra arguments? \((.*)\)", r"多出的内容：\1"),
    (r"Invalid value for '(.*?)': '(.*)' is not a valid integer(?: range)?", r"\1 须为整数，不能是“\2”"),
    (r"Invalid value for '(.*?)': (.*) is not in the range (.*)", r"\1 不能是 \2，范围是 \3"),
)


def refusal(error: Exception, given: Sequence[str], lang: str) -> Refused | None:
    """Return what ended a call as a refusal, where a person can mend it; None for an error of the program."""
    if isinstance(error, OSError) and error.errno in CLOSED and error.filename is not None:
        return Refused("path_unusable", str(error), path=os.fsdecode(error.filename))
    fault = _fault(error, given, lang)
    return None if fault is None else Refused("wrong_use", "usage", fault=fault)


def _fault(error: Exception, given: Sequence[str], lang: str) -> str | None:
    """Return what was wrong with the words of a call; None for an error of another kind."""
    if usage := getattr(error, "format_message", None):
        said = str(usage()).replace(" (env var: 'None')", "").rstrip(".")
        return said if lang == "en" else _chinese(said)
    # what was typed in another coding than the system's reaches us as characters that no store can hold
    broken = [one for one in given if re.search("[\ud800-\udfff]", one)]
    if isinstance(error, UnicodeEncodeError) and broken:
        return f"{broken[0]} → UTF-8"  # shown with a sign for each foreign byte
    return None


def _chinese(said: str) -> str:
    for form, chinese in CHINESE:
        if found := re.fullmatch(form, said, re.DOTALL):
            return found.expand(chinese)
    return said
