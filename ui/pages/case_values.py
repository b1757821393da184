"""How the facts of a case are said: values in words, times, what a type calls its own facts."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from ui.context import Context
from ui.shown import local, moment
from ui.tr import language, listed, tr, word

Case = Mapping[str, Any]
# Facts with a place of their own in the panel, or that only the program needs.
ELSEWHERE = frozenset(
    {
        "type", "place", "place_key", "neighbourhood", "grid", "micro_grid", "estate", "unit", "order_number", "number",
        "text", "title", "reporter", "phone", "extra", "precision", "lon", "lat", "parent", "worker", "confidential",
        "declined", "rooms",
    }
)  # fmt: skip
CALLER = ("reporter", "phone")


def seconds(said: str | None) -> int | None:
    """Return an ISO time as seconds."""
    return None if not said else int(datetime.fromisoformat(said).timestamp())


def value_words(context: Context, name: str, value: Any) -> str:
    """Return a fact's value as people read it."""
    from zq_grid import words

    if isinstance(value, list | tuple):
        return listed(value_words(context, name, one) for one in value)
    if isinstance(value, Mapping):
        return " · ".join(value_words(context, key, one) for key, one in value.items() if one)
    said = str(value)
    if said.startswith("case:"):
        return said.rpartition(":")[2]
    if name == "step":
        return word(words.STEPS, said)
    kind = "unit" if name == "assisting" else "worker" if name == "instead_of" else name
    if (kind, said) in context.names:
        return context.names[(kind, said)]
    if len(said) >= 19 and said[10:11] == "T":
        return moment(seconds(said), context.clock())
    return words.value(name, said, language())


def fact_words(context: Context, case: Case, name: str, value: Any) -> str:
    """Return the value of a fact of a case, also of those that its type adds."""
    return own_choice(case, name, str(value)) or value_words(context, name, value)


def title_of(case: Case, name: str) -> str:
    """Return what a fact is called."""
    from zq_grid import words

    english = language() == "en"
    for one in case.get("own", {}).get("field", ()):
        if one["key"] == name:
            return str(one.get("english") if english and one.get("english") else one["name"])
    return word(words.FACTS, name)


def own_choice(case: Case, name: str, value: str) -> str:
    """Return the words of a type's own choice, "" where it is none."""
    for one in case.get("own", {}).get("field", ()):
        if one["key"] == name:
            for choice in one.get("choices", ()):
                code, _, said = str(choice).partition(" ")
                if code == value:
                    return code.replace("_", " ") if language() == "en" else said or code
    return ""


def until(due: int | None, now: int) -> str:
    """Return when a limit ends; the end of a day is 24:00."""
    if due is None:
        return "—"
    there, here = local(due), local(now)
    clock = "24:00" if f"{there:%H:%M:%S}" == "23:59:59" else f"{there:%H:%M}"
    if there.date() == here.date():
        return tr("今天 {time}", time=clock)
    return f"{there:%m-%d} {clock}"


def caller_line(case: Case, revealed: Mapping[str, str]) -> str:
    """Return who called and from where: masked unless both were revealed for a call."""
    facts = {**case["facts"], **revealed}
    return " · ".join(str(facts[name]) for name in CALLER if facts.get(name))
