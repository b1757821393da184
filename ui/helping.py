"""The command line's help in one language: its texts stand in the code as 中文 / English."""

import re
from typing import Any

# what stands before the Chinese and ends with a comma, as a form of what is to be typed, belongs to both
_BOTH = re.compile(r"(?:([^\u2e80-\u9fff]*, )|[^\u2e80-\u9fff]*)[\u2e80-\u9fff].*? / (.*)", re.DOTALL)


def in_english(command: Any) -> Any:
    """Return a command, its options and the commands below it with English help only."""
    for one in (command, *command.params):
        if getattr(one, "help", None):
            one.help = english(one.help)
    if getattr(command, "short_help", None):
        command.short_help = english(command.short_help)
    for below in getattr(command, "commands", {}).values():
        in_english(below)
    return command


def english(said: str) -> str:
    """Return the English half of a text in both languages; one in a single language as it is."""
    found = _BOTH.match(said)
    if found is None:
        return said
    return found[1] + found[2] if found[1] else found[2][:1].upper() + found[2][1:]
