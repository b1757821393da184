"""What is asked for each step: its facts as form fields, in the order in which people think."""

from collections.abc import Mapping, Sequence
from typing import Any

from ui.tr import language, tr, word
from ui.widgets.fields import Spec, of_catalogue
from zq_grid import resources
from zq_grid.rules.vocabulary import STEPS, Fact

# What comes first, where the vocabulary's own order isn't the order of work.
FIRST: dict[str, tuple[str, ...]] = {
    "contact": ("reached", "reason", "channel", "person"),
    "visit": ("satisfaction", "words", "resolved", "channel", "by"),
    "close": (
        "verdict",
        "fact_finding",
        "claim_finding",
        "reply_channel",
        "conclusion",
        "reply",
        "finding_words",
        "reply_at",
        "grid",
        "to_complete",
    ),
    "ask_extension": ("days", "reason", "until", "document"),
    "grant_extension": ("days", "until", "reason", "document"),
    "handle": ("result", "findings"),
}
# Which facts are asked only when another has a certain value.
SHOWN: dict[tuple[str, str], dict[str, str]] = {("contact", "person"): {"reached": "yes"}}
LONG = frozenset({"findings", "finding_words", "conclusion", "reply", "result", "text", "words", "reason"})
WIDGETS = {"flag": "flag", "choice": "choice", "time": "time", "day": "date", "count": "count"}
# Facts that services fill in or that are reached by other ways than a form.
LEFT_OUT = frozenset({"hash", "size", "name", "platform", "step", "sub_cases", "fields"})
DEFAULTS: dict[str, dict[str, str]] = {
    "visit": {"by": "centre", "channel": "phone"},
    "contact": {"channel": "phone"},
    "return": {"to": "centre"},
    "close": {"reply_channel": "phone"},
}


def specs(
    kind: str, own: Mapping[str, Any], names: Mapping[tuple[str, str], str], known: Mapping[str, Any]
) -> list[Spec]:
    """Return the fields of a step's form.

    Args:
        kind: of the step.
        own: the entry of the case's type, whose own facts a handling or a closing may set.
        names: (kind, code) → name, for units and workers.
        known: the facts of the case.
    """
    from zq_grid import words

    facts = STEPS[kind]
    order = [*FIRST.get(kind, ()), *(name for name in facts if name not in FIRST.get(kind, ()))]
    asked = [name for name in order if name in facts and name not in LEFT_OUT]
    found = [_spec(kind, name, facts[name], names, word(words.FACTS, name)) for name in asked]
    if kind in {"handle", "close"}:
        found += [_own(one, kind, own) for one in of_catalogue(own, known) if one.key not in known]
    return found


def _own(one: Spec, kind: str, entry: Mapping[str, Any]) -> Spec:
    needed = any(field["key"] == one.key and field.get("needed") == kind for field in entry.get("field", ()))
    return Spec(one.key, one.title, one.widget, one.choices, needed, one.show_when, one.hint)


def _spec(kind: str, name: str, fact: Fact, names: Mapping[tuple[str, str], str], title: str) -> Spec:
    from zq_grid import words

    if name in {"unit", "worker", "grid"}:
        picks = sorted((code, shown) for (what, code), shown in names.items() if what == name)
        return Spec(name, title, "pick", tuple(picks), fact.needed)
    if name == "assisting":
        return Spec(name, title, "text", hint=tr("多个单位用逗号隔开"))
    widget = WIDGETS.get(fact.form, "long" if name in LONG else "text")
    values = words.VALUES.get(name, {})
    choices = tuple((value, _called(values, value)) for value in fact.choices)
    return Spec(name, title, widget, choices, fact.needed, SHOWN.get((kind, name), {}), lines=2)


def _called(values: Mapping[str, str], value: str) -> str:
    return value.replace("_", " ") if language() == "en" else values.get(value, value)


def phrases(kind: str, fact: str, type_: str) -> Sequence[str]:
    """Return the canned texts for a fact of a step, those of the case's type first."""
    found = resources.toml("phrases.toml").get(kind, {}).get(fact, {})
    return (*found.get(type_, ()), *found.get("all", ()))[:9]


def body(kind: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a form says as the facts of a step."""
    made = dict(values)
    if kind == "dispatch" and isinstance(made.get("assisting"), str):
        made["assisting"] = [
            part.strip() for part in made["assisting"].replace("，", ",").split(",") if part.strip()
        ]
    if "days" in made:
        made["days"] = int(made["days"]) if str(made["days"]).isdigit() else made["days"]
    return made
