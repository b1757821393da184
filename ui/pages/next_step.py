"""Which step comes next: the one strong action of a case, and the keys of all others."""

from collections.abc import Mapping, Sequence
from typing import Any

# key of the keyboard → step; the same letters everywhere, listed by `?`
KEYS: dict[str, str] = {
    "A": "accept",
    "D": "dispatch",
    "G": "sign",
    "C": "contact",
    "O": "attend",
    "H": "handle",
    "K": "check",
    "S": "submit",
    "E": "close",
    "V": "visit",
    "X": "ask_extension",
    "R": "return",
    "W": "reopen",
    "N": "note",
    "B": "assign",
    "F": "transfer",
    "J": "merge",
    "L": "link",
    "M": "amend",
    "I": "attach",
}
# Beside the one strong action, the first two of these that can be taken.
BESIDE = ("contact", "ask_extension", "note", "reopen")
# All steps that a person takes, as a menu shows them.
GROUPS: tuple[tuple[str, ...], ...] = (
    ("accept", "refuse", "dispatch", "assign", "sign", "transfer", "return", "rule_return"),
    ("contact", "attend", "handle", "check", "submit", "close", "visit", "reopen"),
    ("ask_extension", "grant_extension", "refuse_extension", "suspend", "resume", "escalate", "supervise"),
    ("merge", "unmerge", "link", "split", "exclude", "approve_exclusion"),
    ("amend", "note", "attach", "withdraw", "void", "retract", "erase"),
)
# Steps that need nothing said: one key does them.
AT_ONCE = frozenset({"accept", "sign", "submit", "resume"})
# The way of a case (domain § 5), in the order in which its steps become the next one.
WAY: dict[str, tuple[str, ...]] = {
    "received": ("accept",),
    "accepted": ("dispatch",),
    "returned": ("rule_return", "dispatch"),
    "dispatched": ("sign",),
    "signed": ("attend", "handle"),
    "handling": ("handle", "submit", "close"),
    "submitted": ("close",),
    "closed": ("visit",),
}


def key_of(step: str) -> str:
    """Return the key of a step, "" for none."""
    return next((key for key, one in KEYS.items() if one == step), "")


def owed(case: Mapping[str, Any]) -> Sequence[str]:
    """Return the steps that this case's live clocks wait for, nearest limit first."""
    live = [one for one in case["clocks"] if one["live"] and one["due"]]
    steps = {"accept": "accept", "sign": "sign", "contact": "contact", "attend": "attend"}
    return [steps[one["kind"]] for one in sorted(live, key=lambda one: one["due"]) if one["kind"] in steps]


def done(case: Mapping[str, Any]) -> set[str]:
    """Return the kinds of steps taken in the current round."""
    kinds: set[str] = set()
    for step in case["steps"]:
        if step["kind"] == "reopen":
            kinds.clear()
        elif not step.get("retracted"):
            kinds.add(step["kind"])
    return kinds


def next_step(case: Mapping[str, Any]) -> str:
    """Return the step that should come next, "" where nothing is owed.

    What stands before the way of the stage: a ruling that somebody waits for, then an unpaid promise to the caller.
    """
    can, taken = set(case["can"]), done(case)
    if "ask_extension" in taken and "grant_extension" not in taken and "refuse_extension" not in taken:
        return "grant_extension" if "grant_extension" in can else ""
    if case["stage"] == "closed":
        return "visit" if "visit" in can and "visit" not in taken and case.get("has_caller") else ""
    way = WAY.get(str(case["stage"]), ())
    first = [step for step in way if step not in taken and step in can][:1]
    if first and first[0] in {"accept", "dispatch", "sign"}:
        return first[0]
    promised = [step for step in owed(case) if step in can]
    return (promised or first or [step for step in way if step in can][-1:] or [""])[0]
