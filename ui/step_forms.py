"""What is asked for each step: its facts as form fields, in the order in which people think."""

from collections.abc import Mapping, Sequence
from typing import Any

from ui.tr import tr, word
from ui.widgets.fields import Spec, of_catalogue
from zq_grid import resources
from zq_grid.rules.vocabulary import AMENDABLE, CLOSING, STEPS, Fact

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
LEFT_OUT = frozenset(
    {"hash", "size", "name", "platform", "step", "sub_cases", "fields", "instead_of", "attach.kind", "note.declined"}
)  # fmt: skip
# Personal values that an erasing may be about.
PERSONAL = ("reporter", "phone", "text", "title", "person", "words", "extra")
DEFAULTS: dict[str, dict[str, str]] = {
    "visit": {"by": "centre", "channel": "phone"},
    "contact": {"channel": "phone"},
    "return": {"to": "centre"},
    "close": {"reply_channel": "phone"},
}


def of_case(
    kind: str, case: Mapping[str, Any], names: Mapping[tuple[str, str], str], field: str = ""
) -> list[Spec]:
    """Return the fields of a step's form for one case, as `case_read.read` tells it.

    Args:
        kind: of the step.
        case: all that is known of it.
        names: (kind, code) → name, for units and workers.
        field: the fact that a correction is of, "" while it isn't chosen.
    """
    own, known = case.get("own", {}), case["facts"]
    if kind == "amend":
        return [*_amend(own, case, names, field), *when()]
    if kind == "split":
        units = _picks(names, "unit")
        found = [Spec(f"unit_{n}", tr("子单承办单位 {n}", n=n), "pick", units, n < 3) for n in range(1, 5)]
        return [*found, Spec("reason", tr("拆单理由"), "long", lines=2), *when()]
    if kind == "retract":
        return [
            Spec("step", tr("撤销哪一步"), "pick", _steps(case), needed=True),
            *specs(kind, own, names, known),
        ]
    if kind == "erase":
        held = {name for step in case["steps"] for name in step["body"]} & {*PERSONAL}
        flags = [Spec(f"erase_{name}", _title(name), "flag") for name in PERSONAL if name in held]
        return [*flags, *specs(kind, own, names, known)]
    return [*specs(kind, own, names, known), *when()]


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
    facts = STEPS[kind]
    order = [*FIRST.get(kind, ()), *(name for name in facts if name not in FIRST.get(kind, ()))]
    asked = [name for name in order if name in facts and not {name, f"{kind}.{name}"} & LEFT_OUT]
    if kind == "close" and known.get("grid"):
        asked.remove("grid")
    found = [_spec(kind, name, facts[name], names, _title(name)) for name in asked]
    if kind in {"handle", "close"}:
        found += [_own(one, kind, own) for one in of_catalogue(own, known) if one.key not in known]
    return found


def _title(name: str) -> str:
    from zq_grid import words

    return word(words.FACTS, name)


def when() -> list[Spec]:
    """Return the fields for when it was really done and for whom, last: mostly it is now, and one's own work."""
    return [
        Spec("did_at", tr("实际时间（不填为现在）"), "time"),
        Spec("on_behalf_of", tr("代谁办理（不填为本人）")),
    ]


def _picks(names: Mapping[tuple[str, str], str], kind: str) -> tuple[tuple[str, str], ...]:
    return tuple(sorted((code, shown) for (what, code), shown in names.items() if what == kind))


def _steps(case: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """Return the steps that can be taken back, the newest first: id and words."""
    from zq_grid import words

    found = []
    for step in reversed(case["steps"]):
        if step.get("retracted") or step["kind"] in {"erase", "log"}:
            continue
        when = str(step["did_at"])[5:16].replace("T", " ")
        found.append((str(step["step"]), f"{word(words.STEPS, step['kind'])} {when}"))
    return tuple(found)


def _amend(
    own: Mapping[str, Any], case: Mapping[str, Any], names: Mapping[tuple[str, str], str], field: str
) -> list[Spec]:
    """Return the choice of a fact, and once it is chosen the fact itself."""
    added = {one.key: one for one in of_catalogue(own)}
    closed = any(case["closings"])
    fixed = {"source", "order_number", "lon", "lat", "place_key"}
    facts = {name: fact for name, fact in AMENDABLE.items() if name not in fixed}
    facts = {name: fact for name, fact in facts.items() if closed or name not in CLOSING}
    choices = [(name, _title(name)) for name in facts] + [(one.key, one.title) for one in added.values()]
    found = [Spec("field", _title("field"), "pick", tuple(choices), needed=True)]
    if field in added:
        one = added[field]
        found.append(Spec(one.key, one.title, one.widget, one.choices, needed=True))
    elif field in facts:
        found.append(_spec("amend", field, facts[field]._replace(needed=True), names, _title(field)))
    return [*found, Spec("reason", tr("更正理由"), "long", lines=2)]


def _own(one: Spec, kind: str, entry: Mapping[str, Any]) -> Spec:
    needed = any(field["key"] == one.key and field.get("needed") == kind for field in entry.get("field", ()))
    return Spec(one.key, one.title, one.widget, one.choices, needed, one.show_when, one.hint)


def _spec(kind: str, name: str, fact: Fact, names: Mapping[tuple[str, str], str], title: str) -> Spec:
    from zq_grid import words

    if name in {"unit", "worker", "grid", "neighbourhood", "type", "estate"}:
        return Spec(name, title, "pick", _picks(names, name), fact.needed)
    if fact.form == "flag" and (fact.needed or name == "deputy" or kind == "amend"):
        yes_no = tuple((value, word(words.FLAGS, value)) for value in ("yes", "no"))
        return Spec(name, title, "choice", yes_no, fact.needed)
    if name == "assisting":
        return Spec(name, title, "text", hint=tr("多个单位用逗号隔开"))
    widget = WIDGETS.get(fact.form, "long" if name in LONG else "text")
    values = words.VALUES.get("channel" if name == "reply_channel" else name, {})
    choices = tuple((value, word(values, value)) for value in fact.choices)
    return Spec(name, title, widget, choices, fact.needed, SHOWN.get((kind, name), {}), lines=2)


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
    if kind == "amend":
        made.pop("field", None)
    if kind == "split":
        units = [made.pop(name) for name in sorted(made) if name.startswith("unit_")]
        made["sub_cases"] = [{"unit": unit} for unit in units]
    if kind == "erase":
        flags = [name for name in made if name.startswith("erase_")]
        made["fields"] = [name.removeprefix("erase_") for name in flags if made.pop(name)]
    return made


def defaults(kind: str, case: Mapping[str, Any]) -> dict[str, Any]:
    """Return what stands in the form of a step from the beginning."""
    found: dict[str, Any] = dict(DEFAULTS.get(kind, {}))
    if case.get("behalf_of"):
        found["on_behalf_of"] = case["behalf_of"]
    if kind == "dispatch":
        found["unit"] = case.get("routed") or case["facts"].get("unit", "")
    return found


def moment(said: str, now: int) -> dict[str, Any]:
    """Return when something was done as acts take it: a time, a bare time of today, a bare day, nothing for now.

    Raises:
        Refused: "fact_form" for what is none of these.
    """
    from datetime import UTC, datetime, timedelta

    from zq_grid import bodies
    from zq_grid.rules import worktime

    if not said:
        return {}
    if len(said) <= 5 and ":" in said.replace("：", ":"):
        today = datetime.fromtimestamp(now, UTC) + timedelta(hours=8)
        said = f"{today:%Y-%m-%d}T{said.replace('：', ':').zfill(5)}:00+08:00"
    try:
        at, precision = worktime.parse(said)
    except (ValueError, OverflowError) as error:
        raise bodies.wrong("did_at", said, "2026-11-22 10:40 / 10:40") from error
    return {"did_at": at, "day_only": precision == "day"}
