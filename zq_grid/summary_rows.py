"""The summary rows of one case, from its folded state."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from db import search
from db.tables import FOREVER
from zq_grid import pinyin
from zq_grid.catalogue import Catalogue
from zq_grid.rules import clocks, facts, gates, limits, quotes
from zq_grid.rules.canonical import canonical
from zq_grid.rules.clocks import ClockRow
from zq_grid.rules.facts import RoundFacts
from zq_grid.rules.state import CaseState

EXCERPT = 160
SHORTEST_PHONE, _LONGEST_PHONE = 7, 15
# Between two numbers stand words, strokes and commas, or a blank after as many digits as a number has.
_BETWEEN_PHONES = re.compile(r"[^\d()+.\s\u2010-\u2015-]+|(?<=\d{7})\s+(?=\+|\(?\d{3})")
_MOBILE = 11
_MOBILES = re.compile(r"(?:1[3-9]\d{9}){2,}")
# Steps after which what search and lookups find a case by may differ.
# Beside what changes words and numbers: what asks for a ruling, what rules, and what begins a round with nothing asked.
WORDY = frozenset({"log", "amend", "retract", "erase", "link", "reopen"}) | frozenset(
    {
        "ask_extension",
        "grant_extension",
        "refuse_extension",
        "exclude",
        "approve_exclusion",
        "return",
        "rule_return",
    }
)


class Rows:
    """The summary rows of one case."""

    def __init__(self, subject: int, state: CaseState, known: Catalogue, joined: Mapping[str, int]) -> None:
        self.subject, self.state, self.known, self._joined = subject, state, known, joined
        self.logged = bool(state.rounds) and not state.gone_log
        self.rounds: list[RoundFacts] = facts.rounds(state, known)
        self._clocks: list[ClockRow] = clocks.clocks(state, known) if self.logged else []

    def case(self) -> dict[str, Any]:
        """Return the row of `cases`."""
        state, first = self.state, self.rounds[0]
        live = [clock for clock in self._clocks if clock.live]
        nearest = min(live, key=lambda c: (c.due or FOREVER, c.kind)) if live else None
        last = self.rounds[-1]
        return {
            "subject": self.subject,
            "number": shown_number(state),
            "type": first.type,
            "kind": text_of(state.get("kind")),
            "mode": text_of(state.get("mode")),
            "source": first.source,
            "stage": state.stage,
            "round": last.round,
            "place": text_of(state.get("place")),
            "place_key": text_of(state.get("place_key")),
            "text": (text_of(state.get("text")) or text_of(state.get("title")) or "")[:EXCERPT] or None,
            "neighbourhood": first.neighbourhood,
            "area": first.area,
            "grid": text_of(state.get("grid")),
            "unit": text_of(state.get("unit")),
            "worker": last.worker,
            "received_at": limits.arrival(state).at,
            "due": nearest.due if nearest else None,
            "due_kind": nearest.kind if nearest else None,
            "yellow_at": _first([clock.yellow_at for clock in live]),
            "orange_at": _first([clock.orange_at for clock in live]),
            "red_at": _first([clock.red_at for clock in live]),
            "closed_at": last.closed_at,
            "verdict": last.verdict,
            "joined": self._joined.get(state.joined[0]) if state.joined else None,
            "parent": self._joined.get(str(state.get("parent"))),
            "clashes": len(state.clashes()),
            "flags": len(state.flags),
            "incomplete": self._incomplete(first.type),
            "steps": len(state.steps),
        }

    def _incomplete(self, type_: str) -> int:
        began = self.state.rounds[-1].began.did_at
        return gates.incomplete(
            self.state, self.known.type_at(type_, began), self.known.limits_at(began)["callers"]
        )

    def clocks(self) -> list[tuple[Any, ...]]:
        """Return the rows of `clocks`, values in the order of its columns."""
        return [(self.subject, *row) for row in self._clocks]

    def facts(self) -> list[dict[str, Any]]:
        """Return the rows of `case_facts`: the type's own facts that are listed."""
        if not self.logged:
            return []
        own = self.known.type_at(self.rounds[0].type, self.state.rounds[0].began.did_at)
        found = []
        for field in own.get("field", ()):
            value = self.state.get(field["key"]) if field.get("listed") == "yes" else None
            if value not in (None, "") and not isinstance(value, Mapping):
                shown = value if isinstance(value, str) else canonical(value).decode()
                found.append({"subject": self.subject, "field": field["key"], "value": shown})
        return found

    def case_keys(self) -> list[tuple[str, str, int]]:
        """Return the rows of `case_keys`, in the order of its columns: what the case is looked up by besides its words."""
        if not self.logged:
            return []
        return [(kind, key, self.subject) for kind, key in sorted(keys_of(self.state))]

    def words(self) -> tuple[int, str, str]:
        """Return the row of `case_words`, in the order of its columns: what search finds the case by; "" where it isn't listed.

        Place, title, text without the orders it quotes, and the caller's name unless who called is confidential;
        place and caller also as they are spelled.
        """
        words, spelled = "", ""
        if self.logged:
            state = self.state
            place = text_of(state.get("place")) or ""
            caller = "" if state.get("confidential") == "yes" else text_of(state.get("reporter")) or ""
            text = quotes.own_words(text_of(state.get("text")) or "")
            said = (place, text_of(state.get("title")) or "", text, caller)
            words = search.folded("\n".join(filter(None, said)))
            spelled = pinyin.spelled(place, caller)
        return self.subject, words, spelled


def keys_of(state: CaseState) -> set[tuple[str, str]]:
    """Return (kind, key) by which a case is looked up.

    "head": its numbers, folded; "number": the same backwards, so that a tail is a beginning; "phone": the digits of
    each of the caller's numbers backwards, unless who called is confidential; "quotes": the numbers of the orders
    that it names; "link" and "distinct": the names of the cases that it was linked with, or found not to repeat;
    "asks": the rulings awaited.
    """
    numbers = {text_of(state.get(fact)) for fact in ("order_number", "number", "platform_number")}
    folded = [search.folded(number) for number in numbers if number]
    found = {("head", number) for number in folded} | {("number", number[::-1]) for number in folded}
    phone = "" if state.get("confidential") == "yes" else text_of(state.get("phone")) or ""
    found.update(("phone", number[::-1]) for number in phones(phone))
    found.update(("quotes", number) for number in quotes.named_orders(state.get("text"), state.get("extra")))
    found.update(("distinct" if why == "distinct" else "link", to) for to, why in state.links)
    return found | {("asks", what) for what in _asked(state)}


def _asked(state: CaseState) -> Iterator[str]:
    """Yield what a supervisor has to rule on: extension, exclusion, return."""
    if state.rounds[-1].extension_pending:
        yield "extension"
    if any(not exclusion.approved for exclusion in state.exclusions):
        yield "exclusion"
    if state.pending_return is not None:
        yield "return"


def digits(said: str) -> str:
    """Return the digits of a phone number as it was written."""
    if said.isascii() and said.isdigit():
        return said
    return "".join(character for character in search.folded(said) if character in "0123456789")


def phones(said: str) -> list[str]:
    """Return the digits of each telephone number of a field where people write several, extensions left out.

    13800000001/021-64891234转802 → 13800000001 and 02164891234; fewer than seven digits are no number.
    """
    if said.isascii() and said.isdigit() and len(said) <= _LONGEST_PHONE:
        return [said] if len(said) >= SHORTEST_PHONE else []
    parts = [digits(part) for part in _BETWEEN_PHONES.split(search.folded(said))]
    parts = [one for part in parts for one in _cut(part)]
    found = [part for part in parts if len(part) >= SHORTEST_PHONE]
    whole = digits(said)
    return list(dict.fromkeys(found)) or ([whole] if len(whole) >= SHORTEST_PHONE else [])


def _cut(part: str) -> list[str]:
    """Return the mobile numbers that were written with nothing between them, else the number itself."""
    if not _MOBILES.fullmatch(part):
        return [part]
    return [part[at : at + _MOBILE] for at in range(0, len(part), _MOBILE)]


def _first(moments: Sequence[int | None]) -> int | None:
    return min((moment for moment in moments if moment is not None), default=None) if moments else None


def shown_number(state: CaseState) -> str:
    """Return the number a case is known by: the order's, else the station's own."""
    return text_of(state.get("order_number")) or text_of(state.get("number")) or "?"


def text_of(value: object) -> str | None:
    """Return a fact that can be read: None where it is absent, empty, erased or no text."""
    return value or None if isinstance(value, str) else None
