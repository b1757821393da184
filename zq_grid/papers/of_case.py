"""One case as it goes on paper: frozen, in Chinese, already masked; drawn by `case_sheet`."""

from dataclasses import dataclass

Pair = tuple[str, str]
"""What a fact is called, and what it says."""


@dataclass(frozen=True)
class ClockLine:
    """One promise: its name, when it was due and stopped, how it ended in one word, how it was worked out."""

    name: str
    due: str
    stopped: str
    state: str
    explanation: str
    late: bool = False


@dataclass(frozen=True)
class TimeLine:
    """One step: when, what, by whom (and for whom), what it says; `gone`: taken back later."""

    at: str
    kind: str
    by: str
    words: str
    gone: bool = False


@dataclass(frozen=True)
class Other:
    """Another case that is joined, linked or split from this one."""

    relation: str
    number: str
    type_name: str
    place: str
    stage: str


@dataclass(frozen=True)
class CasePaper:
    """What a case sheet and a dispatch sheet are drawn from.

    `facts` stand two in a row, `own` are the type's own, `closings` those of each closing by round. `as_of` is
    the arrival of the case's last step, never "now"; `flags` are said beneath the title.
    """

    town: str
    number: str
    type_name: str
    stage: str
    facts: tuple[Pair, ...]
    text: str
    as_of: str
    own: tuple[Pair, ...] = ()
    closings: tuple[tuple[str, tuple[Pair, ...]], ...] = ()
    clocks: tuple[ClockLine, ...] = ()
    timeline: tuple[TimeLine, ...] = ()
    others: tuple[Other, ...] = ()
    flags: tuple[str, ...] = ()


@dataclass(frozen=True)
class DispatchPaper:
    """What a dispatch sheet is drawn from; `third_party`: nothing in it tells who complained."""

    town: str
    number: str
    unit: str
    assisting: str
    at: str
    facts: tuple[Pair, ...]
    text: str
    tasks: tuple[ClockLine, ...]
    words: str
    as_of: str
    third_party: bool = False
