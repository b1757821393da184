"""What this town's people mean by the words of other people's spreadsheets: entries `alias` of the catalogue.

An alias says: in a column of `field`, the word `said` means `means`. The words that ship with the program come
first to mind, a town's aliases win over them. They are told (`--alias`), or learned from what a person amended.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from zq_grid import cases, catalogue, entries, intake, steps
from zq_grid.catalogue import Catalogue
from zq_grid.errors import Refused
from zq_grid.importing.cells import CHOICES, FLAGS
from zq_grid.importing.plan import Plan, PlannedRow
from zq_grid.importing.units import Units
from zq_grid.importing.words import Words, key, seed, with_learned, without_town
from zq_grid.rules.fold import fold
from zq_grid.rules.state import CaseState
from zq_grid.rules.step import Step
from zq_grid.session import Session

KIND = "alias"
# Fields whose values are codes of the catalogue, and the kind of entry that has them.
CODED = {"unit": "unit", "neighbourhood": "neighbourhood", "type": "type"}
MOST_LISTED = 200
NOTHING: Mapping[str, Any] = {}


class Alias(NamedTuple):
    """In a column of `field`, the word `said` means `means`: our word for it, or a code of the catalogue."""

    field: str
    said: str
    means: str

    @property
    def code(self) -> str:
        """The code of its entry: one word of one field has one meaning."""
        return entries.alias_code(self.field, self.said)


@dataclass(frozen=True, slots=True)
class Unknown:
    """A word of a value column that nobody knows: the field, the word, in how many rows."""

    field: str
    word: str
    rows: int


def parse(said: str) -> Alias:
    """Read `FIELD:WORD=MEANING`.

    Raises:
        Refused: "alias_form".
    """
    field, colon, rest = said.partition(":")
    word, equals, means = rest.rpartition("=")
    if not (colon and equals and field.strip() and word.strip() and means.strip()):
        raise Refused("alias_form", "FIELD:WORD=MEANING", said=said[:80])
    return Alias(field.strip(), word.strip(), means.strip())


def words_of(known: Catalogue, told: Iterable[Alias] = ()) -> Words:
    """Return the words that ship with the program, what this town has defined besides, and what is told now."""
    defined = (Alias(*(str(one[name]) for name in Alias._fields)) for one in known.current(KIND).values())
    every = [*defined, *told]
    return with_learned(seed(), ((_vocabulary(a.field), a.said, a.means) for a in every)) if every else seed()


def _vocabulary(field: str) -> str:
    return "flag" if field in FLAGS else field


def new_ones(session: Session, told: Iterable[Alias]) -> list[Alias]:
    """Return those aliases that are not in force already.

    Raises:
        Refused: "entry_invalid" for a field or meaning that there is not, "alias_means" for a code that the
            catalogue doesn't have.
    """
    current = session.catalogue.with_places(session.db).current(KIND)
    new: dict[str, Alias] = {}
    for one in told:
        entries.check(KIND, one._asdict())
        kind = CODED.get(one.field)
        if kind and one.means not in session.catalogue.current(kind):
            raise Refused("alias_means", f"no {kind} {one.means}", kind=kind, said=one.said, means=one.means)
        if current.get(one.code, NOTHING).get("means") != one.means:
            new[one.code] = one
    return list(new.values())


def define(session: Session, told: Iterable[Alias]) -> list[Alias]:
    """Define the aliases that are not in force already, as one act; returns those. Raises what `new_ones` does."""
    new = new_ones(session, told)
    if new:
        catalogue.define(session, [(KIND, one.code, entries.check(KIND, one._asdict())) for one in new])
    return new


# while importing ------------------------------------------------------------------------------


def settle(session: Session, planned: Plan, words: Words) -> tuple[Plan, tuple[Unknown, ...]]:
    """Return the plan with units, neighbourhoods and types named as this town names them, and the unknown words.

    A unit becomes the name that the catalogue has for it, a neighbourhood its code, a category the type that an
    alias gives it. What nobody knows stays as it is, and is listed, the most frequent first, at most 200.
    """
    known = Known(session, words)
    unknown: Counter[tuple[str, str]] = Counter(planned.unknown)
    rows = tuple(_settled(row, known, unknown) for row in planned.rows)
    ranked = sorted(unknown.items(), key=lambda one: (-one[1], one[0]))[:MOST_LISTED]
    listed = tuple(Unknown(field, word, count) for (field, word), count in ranked)
    return replace(planned, rows=rows), listed


class Known:
    """Looks words up in the catalogue, each once."""

    def __init__(self, session: Session, words: Words) -> None:
        self._words = words
        self._catalogue = session.catalogue.with_places(session.db)
        self._gazetteer = session.gazetteer
        self._units = Units(session)
        self._found: dict[tuple[str, str], str | None] = {}
        self._ways: dict[str, Callable[[str], str | None]] = {
            "unit": self._unit,
            "neighbourhood": self._neighbourhood,
            "type": self._type,
        }

    def find(self, field: str, said: str) -> str | None:
        """Return the code for a word of a field, None when nobody knows it."""
        asked = (field, said)
        if asked not in self._found:
            self._found[asked] = self._ways[field](said)
        return self._found[asked]

    def plainly(self, said: str) -> bool:
        """Tell whether a unit is known by this very word."""
        return bool(self._units.code(said))

    def unit_name(self, code: str) -> str:
        """Return the name of a unit."""
        return self._catalogue.name("unit", code)

    def guessed(self, category: str) -> bool:
        """Tell whether the words of a category bear a type by themselves."""
        asked = ("category", category)
        if asked not in self._found:
            found = intake.guess_type(self._catalogue, category)
            self._found[asked] = None if found == "other" else found
        return self._found[asked] is not None

    def _learned(self, field: str, said: str) -> str | None:
        means = self._words.learned.get(field, {}).get(key(said))
        return means if means and means in self._catalogue.current(CODED[field]) else None

    def _unit(self, said: str) -> str | None:
        return (
            self._learned("unit", said)
            or self._units.code(said)
            or self._units.code(without_town(said))
            or None
        )

    def _neighbourhood(self, said: str) -> str | None:
        spellings = (said, without_town(said))
        return self._learned("neighbourhood", said) or next(
            (code for one in spellings if (code := self._gazetteer.neighbourhood_by_name(one))), None
        )

    def _type(self, category: str) -> str | None:
        """An alias names the whole category or its last level. One that asks for facts at once is not taken."""
        found = self._learned("type", category) or self._learned("type", category.rpartition("/")[2])
        fields = (self._catalogue.get("type", found) or NOTHING).get("field", ()) if found else ()
        return None if any(one.get("needed") == "log" for one in fields) else found


def _settled(row: PlannedRow, known: Known, unknown: Counter[tuple[str, str]]) -> PlannedRow:
    """Return a row with its words replaced; its dictionaries are its own and changed in place."""
    if unit := row.outcome.get("unit"):
        if code := known.find("unit", unit):
            if not known.plainly(unit):
                row.outcome["unit"] = known.unit_name(code)
        else:
            unknown["unit", unit[:60]] += 1
    if said := row.facts.get("neighbourhood"):
        if code := known.find("neighbourhood", said):
            row.facts["neighbourhood"] = code
        else:
            unknown["neighbourhood", said[:60]] += 1
    if category := row.facts.get("category"):
        if found := known.find("type", category):
            return replace(row, type=found)
        if not known.guessed(category):
            unknown["type", category[:60]] += 1
    return row


# learning -------------------------------------------------------------------------------------


def learned(session: Session, number: str) -> list[Alias]:
    """Return what a person's corrections of an imported case teach: proposals, nothing is written.

    A word that its row brought (category, neighbourhood, unit, or a word of a list kept beside the case) and that
    nobody knows, or knows otherwise, means what the case was amended to: its type, neighbourhood, kind, mode,
    urgency, source; its unit by dispatch or transfer.

    Raises:
        Refused: "case_unknown", "case_ambiguous".
    """
    held = steps.of_subject(session.db, cases.find(session, number))
    state = fold(held)
    log = next((step for step in held if step.kind == "log"), None)
    if log is None:
        return []
    extra = log.body.get("extra") or NOTHING
    words = words_of(session.catalogue)
    known = Known(session, words)
    found = [*_coded(state, held, extra, known), *_chosen(state, held, extra, words)]
    return [one for one in dict.fromkeys(found) if 0 < len(one.said) <= entries.LONGEST_WORD]


def _coded(state: CaseState, held: Sequence[Step], extra: Mapping[str, Any], known: Known) -> list[Alias]:
    found = []
    category, type_ = str(state.get("category") or ""), _amended(state, held, "type")
    if category and type_ and known.find("type", category) != type_:
        found.append(Alias("type", category, type_))
    said, neighbourhood = extra.get("neighbourhood"), _amended(state, held, "neighbourhood")
    if said and neighbourhood and known.find("neighbourhood", str(said)) != neighbourhood:
        found.append(Alias("neighbourhood", str(said), neighbourhood))
    said, unit = extra.get("unit"), _unit_given(state, held)
    if said and unit and known.find("unit", str(said)) is None:
        found.append(Alias("unit", str(said), unit))
    return found


def _chosen(state: CaseState, held: Sequence[Step], extra: Mapping[str, Any], words: Words) -> list[Alias]:
    """Return what the words kept under headers of lists (诉求类型 …) mean by what was amended."""
    found = []
    for header, said in extra.items():
        for field in ("kind", "mode", "urgency", "source"):
            names = set(words.header_keys(str(header)))
            if not names & set(words.fields[field]) or any(words.value(v, str(said)) for v in CHOICES[field]):
                continue
            if means := _amended(state, held, field):
                found.append(Alias(field, str(said), means))
                break
    return found


def _standing(state: CaseState, held: Sequence[Step]) -> list[Step]:
    return [step for step in held if step.id not in state.retracted]


def _amended(state: CaseState, held: Sequence[Step], field: str) -> str | None:
    """Return the value of a field if a person gave it by an amend that stands."""
    value = state.get(field)
    given = [
        step for step in _standing(state, held) if step.kind == "amend" and step.body.get(field) == value
    ]
    return str(value) if value and given else None


def _unit_given(state: CaseState, held: Sequence[Step]) -> str | None:
    """Return the unit of the last dispatch or transfer that names one."""
    moves = [step for step in _standing(state, held) if step.kind in {"dispatch", "transfer"}]
    return next((str(step.body["unit"]) for step in reversed(moves) if step.body.get("unit")), None)
