"""The lists that are kept by hand beside the hotline's export: 不满意件, 未解决件, 未先行联系件 (domain §7).

They hold little more than order numbers and a word on each, and are merged by number into the cases known here.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Literal, NamedTuple

from zq_grid.importing.compare import Difference, declined, same_text, undone_steps
from zq_grid.importing.outcome import Act
from zq_grid.importing.plan import Plan, PlannedRow
from zq_grid.importing.prepare import Moment, moment
from zq_grid.importing.sheet_dates import when
from zq_grid.rules.state import CaseState
from zq_grid.rules.step import Step

Kind = Literal["dissatisfied", "unresolved", "not_contacted"]
NAMES: dict[Kind, str] = {
    "dissatisfied": "不满意件",
    "unresolved": "未解决件",
    "not_contacted": "未先行联系件",
}
UNRESOLVED = "unresolved"  # what such a list says of a verdict where it names none
# Whose verdict leaves nothing to ask: the order is not called solved here either.
UNSOLVED = frozenset({"explained", "partly", "returned", "not_ours"})
_SIGNS: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    ("dissatisfied", re.compile(r"不满意(?!度|率)")),
    ("unresolved", re.compile(r"未(?:能|被)?(?:实际|彻底|完全)?解决(?!率)")),
    ("not_contacted", re.compile(r"未(?:能|按时|及时|按规定)?(?:先行|首次)?联系(?!率)")),
)
_WORDS = re.compile(r"市民|诉求人|来电人|意见|评价|原话|反馈")
_REASONS = re.compile(r"原因|理由|情况|说明|备注|问题")
_MATTER = frozenset({"text", "title", "place"})
_DATES = re.compile(r"时间|日期")


class Words(NamedTuple):
    """What a row says besides its number: the citizen's own words, the reason, the day it was noted."""

    words: str
    reasons: str
    day: str

    @property
    def said(self) -> str:
        """Reason and words in one sentence."""
        return "；".join(dict.fromkeys(part for part in (self.reasons, self.words) if part))


def kind_of(file: str, sheet: str = "", title: str = "", headers: Iterable[str] = ()) -> Kind | None:
    """Return which side list a table is, None for an ordinary one.

    The sheet's name decides before the title above the table, that before the file's name; a name that speaks of
    two kinds says nothing. `headers` (不满意原因 …) are asked last; give them only for a table that has no columns
    of its own for the matter, since an ordinary export may have them too.
    """
    for said in (sheet, title, file, " ".join(headers)):
        kinds = [kind for kind, sign in _SIGNS if sign.search(said)]
        if len(kinds) == 1:
            return kinds[0]
    return None


def of_plan(planned: Plan, file: str) -> Kind | None:
    """Return which side list the rows of a file are; unknown headers count where no row tells a matter or place."""
    bare = not any(row.facts.keys() & _MATTER for row in planned.rows)
    headers = dict.fromkeys(header for row in planned.rows for header in row.extra) if bare else ()
    return kind_of(file, planned.sheet, planned.title, headers)


def as_told(kind: Kind, row: PlannedRow) -> PlannedRow:
    """Return a row of a side list with what the list as a whole says of it as facts of its outcome."""
    words, outcome = words_of(row.extra), dict(row.outcome)
    if words.day:
        outcome.setdefault("visited_at", words.day)
    if kind == "dissatisfied":
        outcome.setdefault("satisfaction", "dissatisfied")
        outcome.update({"visit_words": words.words, "visit_reasons": words.reasons})
    elif kind == "not_contacted":
        outcome.setdefault("contact", "no")
        outcome["contact_reason"] = words.said
    elif outcome.get("verdict") == "solved":
        del outcome["verdict"]
    return replace(row, outcome={name: value for name, value in outcome.items() if value})


def words_of(extra: Mapping[str, str]) -> Words:
    """Return what the columns say that no field is known for, by the words of their headers."""
    words: list[str] = []
    reasons: list[str] = []
    day = ""
    for header, said in extra.items():
        if _DATES.search(header):
            day = day or _day(said)
        elif _WORDS.search(header):
            words.append(said)
        elif _REASONS.search(header):
            reasons.append(said)
    return Words("；".join(words), "；".join(reasons), day)


def rest(
    kind: Kind, row: PlannedRow, state: CaseState, held: Sequence[Step], acts: Sequence[Act], now: Moment
) -> tuple[list[Act], list[Difference]]:
    """Return what of a row no step of the work can hold: as a note, or as a question to a person.

    Args:
        acts: the steps that follow from the row anyhow.
        now: when a note is written.
    """
    said = words_of(row.extra).said
    if kind == "not_contacted" or state.gone_log:
        return [], []
    undone = undone_steps(state, held)
    stood = [step for step in held if step.id not in undone]
    closed = state.stage == "closed" or any(act.kind == "close" for act in acts)
    if kind == "dissatisfied":
        visits = [step.body for step in stood if step.kind == "visit"]
        told = (row.outcome.get("visit_words"), row.outcome.get("visit_reasons"))
        visited = any(act.kind == "visit" for act in acts)
        if visited or any((body.get("words"), body.get("reasons")) == told for body in visits):
            return [], []
        closed = bool(visits)
    elif closed and not row.outcome.get("verdict"):
        here = state.closing("verdict")
        if UNRESOLVED in declined(state, held).get("verdict", ()):
            return [], []
        if here not in UNSOLVED:
            return [], [Difference("verdict", str(here or ""), UNRESOLVED)]
    if closed and not said:
        return [], []
    text = f"{NAMES[kind]}：{said}" if said else f"列入{NAMES[kind]}"
    noted = (step.body.get("text") for step in stood if step.kind == "note")
    if any(isinstance(known, str) and same_text(known, text) for known in noted):
        return [], []
    return [Act("note", {"text": text}, now)], []


def _day(said: str) -> str:
    try:
        found = when(said, None)
    except (ValueError, OverflowError):
        return ""
    return found.text if found and moment(found.text) else ""
