"""Practice: a history told line by line goes through the same services at its own times."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from zq_grid import bodies, cases, catalogue, entries, plausible, rebuilding, together
from zq_grid.errors import Refused
from zq_grid.refusals import LINE, sentence
from zq_grid.rules import worktime
from zq_grid.session import Session


@dataclass
class Replayed:
    """What came of a history: steps written, lines refused, and the number each label got."""

    steps: int = 0
    refused: list[dict[str, Any]] = field(default_factory=list)
    numbers: dict[str, str] = field(default_factory=dict)


def replay(session: Session, lines: Iterable[str], *, lang: str = "zh") -> Replayed:
    """Write the steps of a history.

    Args:
        lines: JSON objects `{at, recorded_at, by, number, step, body}`; for `log`, `number` is a label that later
            lines use; `"@5"` in a body means the step written by line 5. `recorded_at` (else `at`) is also the arrival.

    Raises:
        Refused: "only_practice", "replay_line" for a line that is no JSON object. Other refusals are listed.
    """
    if not session.practice:
        raise Refused("only_practice", "replay needs a practice workspace", what="replay")
    told = Replayed()
    written: dict[int, str] = {}
    owner = session.actor
    for number, raw in enumerate(lines, 1):
        if not raw.strip():
            continue
        line = _line(number, raw)
        try:
            session.actor = owner
            identity, count = _one(session, line, told, written)
        except Refused as refusal:
            told.refused.append(
                {"line": number, "code": refusal.code, "reason": sentence(refusal, lang, ending=LINE)}
            )
        else:
            written[number] = identity
            told.steps += count
    return told


def _line(number: int, raw: str) -> Mapping[str, Any]:
    try:
        line = json.loads(raw)
    except ValueError as error:
        raise Refused("replay_line", str(error), line=number, fault=str(error)) from error
    if not isinstance(line, Mapping) or "step" not in line or "at" not in line:
        raise Refused("replay_line", "no step or no time", line=number, fault="at, step")
    return line


def _one(
    session: Session, line: Mapping[str, Any], told: Replayed, written: Mapping[int, str]
) -> tuple[str, int]:
    at, day_only = _moment(line["at"])
    session.now = _moment(line["recorded_at"])[0] if line.get("recorded_at") else at
    behalf = _by(session, line.get("by"))
    label = str(line.get("number") or "")
    body = line.get("body") or {}
    if not isinstance(body, Mapping):
        raise Refused("fact_form", "body", fact="body", said=str(body)[:40], expected="{…}")
    kind = str(line["step"])
    if kind == "define":
        return _define(session, body)
    facts = {name: _resolve(name, value, told, written) for name, value in body.items()}
    if kind == "log":
        logged = cases.log(session, facts, did_at=at, day_only=day_only, on_behalf_of=behalf, strict=False)
        told.numbers[label] = logged.number
        return logged.step.id, 1
    number = told.numbers.get(label, label)
    done = together.act(
        session, number, kind, facts, did_at=at, day_only=day_only, on_behalf_of=behalf, strict=False
    )
    return done.step.id, 1 + len(done.joined)


def _moment(value: Any) -> tuple[int, bool]:
    try:
        at, precision = worktime.parse(str(value))
        if not 0 <= at < plausible.LAST:
            raise ValueError(value)
    except (ValueError, OverflowError) as error:
        raise Refused(
            "fact_form", "time", fact="at", said=str(value)[:40], expected="2026-11-02T09:00:00+08:00"
        ) from error
    return at, precision == "day"


def _by(session: Session, said: Any) -> str:
    """Act as the worker named; a stranger's name is kept as whom the step is recorded for."""
    if not said:
        return ""
    try:
        session.actor = session.catalogue.worker(bodies.text(said))
    except Refused:
        return bodies.text(said)[:60]
    return ""


def _resolve(name: str, value: Any, told: Replayed, written: Mapping[int, str]) -> Any:
    if not isinstance(value, str):
        return value
    if name == "step" and value.startswith("@") and value[1:].isdigit():
        return written.get(int(value[1:]), value)
    return told.numbers.get(value, value) if name in {"into", "to"} else value


def _define(session: Session, body: Mapping[str, Any]) -> tuple[str, int]:
    kind = str(body.get("kind") or "")
    entry = entries.check(kind, body.get("entry") or {})
    code = str(entry["code"])
    (step,) = catalogue.define(session, [(kind, code, entry)])
    session.log.flush()
    rebuilding.renew_for_catalogue(session, [step])
    return step.id, 1
