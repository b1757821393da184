"""What a case says in a row of an exported list: names for codes, personal values masked unless they were revealed."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import bindparam, select

from db import search
from db.tables import CASES, PERSONAL, STEPS
from zq_grid import reveals, steps, summary_rows, views, words
from zq_grid.export_book import Cell, Column
from zq_grid.lists import CaseRow
from zq_grid.rules.fold import fold
from zq_grid.rules.step import Step
from zq_grid.rules.text import (
    hide_flat,
    hide_names,
    hide_number,
    hide_plates,
    is_name,
    mask_name,
    mask_phone,
    names_told,
    to_building,
)
from zq_grid.session import Session

SECRET = {"zh": "〔保密〕", "en": "[confidential]"}
_WORD = re.compile(r"[^\W_]+")
_SHOWN = 4  # so many digits of a phone are shown masked too
_WORDS = ("reporter", "phone", "title", "text")
# After these what the log says of a case may no longer stand: such cases are folded.
_TELLING = ("log", "amend", "retract", "erase")
# Where a person is named who was called or spoken to.
_NAMING = ("log", "amend", "contact")
# (Chinese, English, form, width), in the order of the cells.
_COLUMNS: tuple[tuple[str, str, str, int], ...] = (
    ("编号", "Number", "code", 18),
    ("事项类型", "Type", "text", 14),
    ("来源", "Source", "text", 11),
    ("诉求类型", "Kind", "text", 9),
    ("环节", "Stage", "text", 9),
    ("信号灯", "Light", "text", 11),
    ("到期", "Due", "time", 16),
    ("到期时限", "Limit", "text", 9),
    ("收到时间", "Received", "time", 16),
    ("办结时间", "Closed", "time", 16),
    ("结案评判", "Verdict", "text", 10),
    ("第几次办理", "Round", "number", 9),
    ("地址", "Place", "text", 28),
    ("内容描述", "Text", "text", 60),
    ("诉求人", "Caller", "text", 10),
    ("电话", "Phone", "code", 14),
    ("片区", "Area", "text", 10),
    ("居村", "Neighbourhood", "text", 14),
    ("责任网格", "Grid", "text", 16),
    ("承办单位", "Unit", "text", 18),
    ("办理人", "Worker", "text", 10),
    ("待补项", "Lacking", "number", 8),
    ("待核对差异", "To settle", "number", 10),
)
_MORE = (CASES.c.source, CASES.c.kind, CASES.c.area, CASES.c.grid, CASES.c.worker, CASES.c.closed_at)
_REST = select(CASES.c.subject, *_MORE, CASES.c.verdict).where(
    CASES.c.subject.in_(bindparam("subjects", expanding=True))
)
_TOLD = select(
    STEPS.c.subject,
    STEPS.c.position,
    STEPS.c.kind,
    STEPS.c.body.like('%"confidential":"yes"%').label("secret"),
).where(STEPS.c.subject.in_(bindparam("subjects", expanding=True)), STEPS.c.kind.in_((*_TELLING, "contact")))
_SAID = select(PERSONAL.c.position, PERSONAL.c.field, PERSONAL.c.value).where(
    PERSONAL.c.position.in_(bindparam("positions", expanding=True)), PERSONAL.c.field.in_((*_WORDS, "person"))
)


def columns(lang: str) -> tuple[Column, ...]:
    """Return the columns of a list of cases, headers in a language."""
    return tuple(
        Column(english if lang == "en" else chinese, form, width)
        for chinese, english, form, width in _COLUMNS
    )


class _Told(NamedTuple):
    """The personal facts of a case that stand, whether who called is confidential, and everybody named in it ever."""

    said: Mapping[str, Any]
    secret: bool
    names: frozenset[str]


def _folded(held: Sequence[Step]) -> _Told:
    state = fold(held)
    secret = any(head.value == "yes" for head in state.heads.get("confidential", ()))
    named = [step for step in held if step.kind in _NAMING]
    names = {name for step in named for field, said in step.body.items() for name in _names(field, said)}
    return _Told({name: state.get(name) for name in _WORDS}, secret, frozenset(names))


def _names(field: str, said: Any) -> frozenset[str]:
    """Return the names that a fact holds: of a caller any words, of others what reads as a name and no office."""
    if not isinstance(said, str):
        return frozenset()
    if field == "reporter":
        return names_told(said)
    return frozenset({said.strip()}) if field == "person" and is_name(said.strip()) else frozenset()


class CaseRows:
    """Makes the cells of cases, some hundred at a time.

    `secret` counts the cases of which nobody who may see this list may know the caller.
    """

    def __init__(self, session: Session, *, masked: bool, lang: str, searched: str | None = None) -> None:
        self._session, self._masked, self._lang = session, masked, lang
        self._asked = searched or ""
        self._searched = [word for word in _WORD.findall(search.folded(self._asked)) if len(word) > 1]
        self._told: set[str] = set()
        self._known = session.catalogue.with_places(session.db)
        self._names: dict[tuple[str, str], str] = {}
        self._secret_types: dict[str, bool] = {}
        self.secret = 0

    def cells(self, part: Sequence[CaseRow]) -> list[tuple[Cell, ...]]:
        """Return the cells of these cases, one tuple a case, in the order of `columns`."""
        subjects = [row.subject for row in part]
        rest = {row.subject: row for row in self._session.db.execute(_REST, {"subjects": subjects})}
        said = self._said(subjects)
        return [self._row(row, rest[row.subject], said[row.subject]) for row in part]

    def shown_search(self) -> str:
        """Return what was searched for without what it would tell of masked callers: a name, the rest of a phone."""
        searched = self._asked
        for word in sorted(self._told, key=len, reverse=True):
            masked = mask_phone(word) if word.isdigit() else mask_name(word)
            searched = re.sub(re.escape(word), masked, searched, flags=re.IGNORECASE)
        return searched

    def _see(self, names: Iterable[str], phones: Sequence[str]) -> None:
        """Remember which of the words searched for are a part of a caller's name or phone."""
        for word in self._searched:
            if word in self._told:
                continue
            if word.isdigit():
                known = len(word) >= _SHOWN and any(
                    word in number[:-1] or (len(word) > _SHOWN and number.endswith(word)) for number in phones
                )
            else:
                known = any(word in search.folded(name) for name in names)
            if known:
                self._told.add(word)

    # what the log says ------------------------------------------------------------------------

    def _said(self, subjects: Sequence[int]) -> dict[int, _Told]:
        """Return what the log says of the persons of each case."""
        db = self._session.db
        logs: dict[int, tuple[int, bool]] = {}
        contacts: dict[int, int] = {}
        folded: set[int] = set()
        for subject, position, kind, secret in db.execute(_TOLD, {"subjects": subjects}):
            if kind == "contact":
                contacts[position] = subject
                continue
            if kind != "log" or subject in logs:
                folded.add(subject)
            logs[subject] = (position, bool(secret))
        found = {subject: _folded(held) for subject, held in self._held(folded).items()}
        plain = {position: subject for subject, (position, _) in logs.items() if subject not in folded}
        values: dict[int, dict[str, Any]] = {subject: {} for subject in plain.values()}
        names: dict[int, set[str]] = {subject: set() for subject in plain.values()}
        spoken = {position: subject for position, subject in contacts.items() if subject in names}
        for position, field, value in db.execute(_SAID, {"positions": [*plain, *spoken]}):
            said = json.loads(value)
            if position in spoken:
                names[spoken[position]] |= _names(field, said)
            else:
                values[plain[position]][field] = said
                names[plain[position]] |= _names(field, said)
        return found | {n: _Told(said, logs[n][1], frozenset(names[n])) for n, said in values.items()}

    def _held(self, subjects: set[int]) -> dict[int, list[Step]]:
        return steps.of_subjects(self._session.db, sorted(subjects)) if subjects else {}

    # cells ------------------------------------------------------------------------------------

    def _row(self, row: CaseRow, rest: Any, told: _Told) -> tuple[Cell, ...]:
        lang, name = self._lang, self._name
        place, text, caller, phone = self._personal(row, rest.worker, told)
        return (
            row.number,
            name("type", row.type),
            words.value("source", rest.source, lang),
            words.value("kind", rest.kind or "", lang),
            words.say(words.STAGES, row.stage, lang),
            words.say(words.LIGHTS, row.light, lang),
            row.due,
            words.say(words.CLOCKS, row.due_kind, lang),
            row.received_at,
            rest.closed_at,
            words.value("verdict", rest.verdict or "", lang),
            row.round,
            place,
            text,
            caller,
            phone,
            name("area", rest.area),
            name("neighbourhood", row.neighbourhood),
            name("grid", rest.grid),
            name("unit", row.unit),
            name("worker", rest.worker),
            row.incomplete or None,
            row.clashes or None,
        )

    def _personal(self, row: CaseRow, worker: str | None, told: _Told) -> tuple[str, str, str, str]:
        """Return place, text, caller and phone as whoever asked may see them."""
        said, secret = told.said, told.secret or self._secret_type(row.type)
        hidden = secret and (self._masked or not reveals.may_see(self._session, worker=worker))
        self.secret += hidden
        masked = self._masked or hidden
        caller = said.get("reporter")
        phones = summary_rows.phones(str(said.get("phone") or "")) if masked else []
        if masked and self._searched:
            self._see(told.names, phones)

        def shown(field: str, value: Any) -> str:
            if field == "text" and value:
                for number in phones:
                    value = hide_number(str(value), number)
            found = str(views.value(field, value, masked=masked) or "")
            if masked and field in {"text", "place"}:
                found = hide_plates(hide_names(found, told.names))
                found = hide_flat(found, row.place) if field == "text" else found
            return found

        text = shown("text", said.get("text") or said.get("title"))
        place = shown("place", to_building(row.place) if masked else row.place)
        if hidden:
            word = SECRET[self._lang]
            return place, text, word if caller else "", word if said.get("phone") else ""
        return place, text, shown("reporter", caller), shown("phone", said.get("phone"))

    def _secret_type(self, code: str) -> bool:
        if code not in self._secret_types:
            self._secret_types[code] = reveals.type_is_confidential(self._session, code)
        return self._secret_types[code]

    def _name(self, kind: str, code: str | None) -> str:
        if not code:
            return ""
        key = (kind, code)
        if key not in self._names:
            self._names[key] = name_of(self._known, kind, code, self._lang)
        return self._names[key]


def name_of(known: Any, kind: str, code: str, lang: str) -> str:
    """Return what an entry is called in a language: its English name where it has one and English is asked for."""
    entry = known.get(kind, code) if lang == "en" else None
    return str(entry["english"]) if entry and entry.get("english") else str(known.name(kind, code))
