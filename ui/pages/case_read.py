"""All that the panel shows of one case, read in one go beside the window."""

from collections.abc import Mapping
from typing import Any

from ui.pages.case_values import Case
from ui.tr import language


def read(workspace: Any, number: str) -> Case | None:
    """Return a case with its type's entry, its territory, its differences and its course, None where there is none."""
    from zq_grid import absences, cases, intake, projection, settling, steps, views
    from zq_grid.errors import Refused

    with workspace.read() as session:
        try:
            subject = cases.find(session, number)
        except Refused:
            return None
        state = projection.state_of(session, subject)
        found = views.case(session, subject, state, lang=language())
        known = session.catalogue
        began = state.rounds[0].began.did_at if state.rounds else session.now
        instead = absences.stood_in_for(known, session.actor, session.now)
        own = known.type_at(str(found["type"] or ""), began)
        return {
            **found,
            "subject": subject,
            # for whom whoever works here stands in now, and whether the case is one of theirs
            "behalf": [known.name("worker", one) for one in instead],
            "behalf_of": known.name("worker", str(state.get("worker")))
            if state.get("worker") in instead
            else "",
            "own": own,
            "has_caller": bool(state.get("reporter") or state.get("phone"))
            and state.get("anonymous") != "yes",
            "routed": intake.route(known, str(found["type"]), state.get("neighbourhood")),
            "territory": territory(known, found["facts"]),
            "differences": settling.differences(session, state) if found["clashes"] else [],
            "follows": views.case_number(session, state.joined[0]) if state.joined else "",
            "course": course(found["steps"]),
            "photos": photos(found["steps"]),
            "last": steps.last_position(session.db),
        }


def territory(known: Any, facts: Mapping[str, Any]) -> list[str]:
    """Return where a case belongs, from the area down to the micro-grid, in names."""
    neighbourhood = known.get("neighbourhood", str(facts.get("neighbourhood") or "")) or {}
    grid = known.get("grid", str(facts.get("grid") or "")) or {}
    micro = (one for one in grid.get("micro_grids", ()) if one.get("code") == facts.get("micro_grid"))
    found = [
        known.name("area", str(neighbourhood.get("area") or "")),
        *(known.name(kind, str(facts.get(kind) or "")) for kind in ("neighbourhood", "grid")),
        *(str(one.get("name") or one["code"]) for one in micro),
    ]
    return [name for name in found if name]


# Facts of a step that say nothing to people.
SILENT = frozenset({"hash", "precision", "place_key", "size", "platform", "batch"})
# Steps that set a fact anew: old → new.
SETTING = {"amend": None, "dispatch": "unit", "transfer": "unit", "assign": "worker"}


def course(told: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the steps in order, each with what it says, and for facts set anew what stood there before.

    A step that was retracted changes nothing for those behind it.
    """
    standing: dict[str, Any] = {}
    kinds = {str(step["step"]): step["kind"] for step in told}
    found = []
    for step in told:
        body = {name: value for name, value in step["body"].items() if name not in SILENT}
        gone = bool(step.get("retracted"))
        sets = body if step["kind"] == "log" else _set_by(step["kind"], body)
        before = {} if step["kind"] == "log" else {n: standing[n] for n in sets if n in standing}
        if not gone:
            standing.update(sets)
        if step["kind"] == "log":
            body = {name: body[name] for name in ("source", "kind") if name in body}
        elif step["kind"] == "retract":
            body["step"] = kinds.get(str(body.get("step")), "")
        found.append({**step, "body": body, "before": before, "gone": gone})
    return found


def _set_by(kind: str, body: Mapping[str, Any]) -> dict[str, Any]:
    if kind not in SETTING:
        return {}
    one = SETTING[kind]
    return {name: value for name, value in body.items() if name == one or (one is None and name != "reason")}


def photos(told: list[dict[str, Any]]) -> list[dict[str, str]]:
    """Return the files attached to a case that were not taken back: hash, stage, kind and name."""
    return [
        {key: str(step["body"].get(key) or "") for key in ("hash", "stage", "kind", "name")}
        for step in told
        if step["kind"] == "attach" and not step.get("retracted")
    ]
