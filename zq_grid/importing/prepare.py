"""From a planned row to what a `log` of it would say: canonical facts, the case's name, when it arrived."""

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from zq_grid import bodies, cases, intake
from zq_grid.errors import Refused
from zq_grid.importing.plan import PlannedRow, Rejected
from zq_grid.importing.sentences import sentence
from zq_grid.importing.words import seed
from zq_grid.rules import limits, worktime
from zq_grid.session import Session

ARRIVALS = ("received_at", "dispatched_at", "accepted_at")  # which of them counts first (R1.4)
NO_FACTS: dict[str, Any] = {}
# Facts of which nearly every row has a value of its own, and how long one is that others may say too.
OWN, OFTEN = frozenset({"order_number", "platform_number", "phone"}), 40


@dataclass(frozen=True, slots=True)
class Moment:
    """When something was, seconds UTC; `day_only`: only the day is known, `at` is its first second."""

    at: int
    day_only: bool = False

    @property
    def day(self) -> "Moment":
        """The same without its clock time."""
        return _day(self.at)


@lru_cache(8192)
def _day(at: int) -> Moment:
    return Moment(worktime.day_start(worktime.day_of(at)), True)


@dataclass(slots=True)
class Prepared:
    """A row ready to be compared or logged. `body` holds what the file says, nothing derived from it.

    `name` is the case's name as a subject of steps, "" where the row has no order number.
    """

    row: PlannedRow
    body: dict[str, Any]
    name: str
    arrival: Moment | None
    quoted: str | None = None
    extra: dict[str, str] = field(default_factory=dict)

    @property
    def has_substance(self) -> bool:
        """Say whether the row tells enough to be a case of its own."""
        return bool(self.body.get("text") or self.body.get("place") or self.body.get("title"))


def prepare(session: Session, row: PlannedRow, source: str) -> Prepared | Rejected:
    """Return the row as canonical facts, or why it can't be imported."""
    body: dict[str, Any] = {}
    try:
        for name, said in {"source": source, **row.facts}.items():
            clean = _clean if name in OWN or len(said) > OFTEN else _clean_again
            if (value := clean(name, said)) != "":
                body[name] = value
    except Refused as refusal:
        return _refused(row, refusal)
    extra: dict[str, str] = dict(row.extra)
    _neighbourhood(session, body, extra)
    if number := body.get("order_number"):
        body["order_number"] = bodies.number(number)
    name = cases.subject_for(body, "") if body.get("order_number") else ""
    quoted = bodies.number(row.quoted) if row.quoted else None
    return Prepared(row, body, name, arrival_of(body), quoted, extra)


def _clean(name: str, said: str) -> Any:
    """Return a fact of `log` as its body has it, "" where nothing is left of it."""
    return bodies.clean("log", {name: said}, NO_FACTS, strict=False).get(name, "")


@lru_cache(8192)
def _clean_again(name: str, said: str) -> Any:
    # of most facts a file says the same few values again and again
    return _clean(name, said)


def arrival_of(body: dict[str, Any]) -> Moment | None:
    """Return when a case arrived by its facts, None if they don't tell."""
    return next((found for name in ARRIVALS if (found := moment(body.get(name)))), None)


def moment(value: object) -> Moment | None:
    """Read a time from a body or an outcome; None where there is none."""
    return _moment(value) if isinstance(value, str) and value else None


@lru_cache(8192)
def _moment(value: str) -> Moment | None:
    # a file says the same few days again and again, and each is asked for several times a row
    found = limits.moment(value)
    return Moment(*found) if found else None


def rejected(row: PlannedRow, code: str, **facts: str) -> Rejected:
    """Return the row as one that can't be imported; its cells are filled in by whoever has the table."""
    return Rejected(row.line, code, facts, sentence(code, facts), ())


def shown_field(field: str) -> str:
    """Return the usual header of a field, to name it to a person."""
    return next(iter(seed().fields.get("result" if field == "verdict" else field, ())), field)


def log_body(session: Session, one: Prepared, kept: dict[str, str]) -> dict[str, Any]:
    """Return the body of `log`: what the file says, the type guessed, the place looked up, the rest kept."""
    body = dict(one.body)
    said = " ".join(str(body.get(name, "")) for name in ("category", "title", "text"))
    body.setdefault("type", one.row.type or _guessed(session, said))
    placed, _ = intake.place_facts(session, body)
    body.update(placed)
    if extra := together(one.extra, kept):
        body["extra"] = {bodies.text(name): bodies.text(value) for name, value in extra.items()}
    return body


def together(columns: dict[str, str], outcome: dict[str, str]) -> dict[str, str]:
    """Return what is kept beside a case: facts of later steps by field, then unknown columns by header."""
    kept = dict(outcome)
    for header, value in columns.items():
        kept[header if header not in kept else f"{header}(2)"] = value
    return kept


def _guessed(session: Session, said: str) -> str:
    """Return the type by its words; one that asks at once for facts that no file has is left to a person."""
    found = intake.guess_type(session.catalogue, said)
    fields = (session.catalogue.get("type", found) or NO_FACTS).get("field", ())
    return "other" if any(known.get("needed") == "log" for known in fields) else found


def _neighbourhood(session: Session, body: dict[str, Any], extra: dict[str, str]) -> None:
    """Put the code for the name of a neighbourhood; a name that the territory doesn't know is only kept."""
    said = body.get("neighbourhood")
    if not said:
        return
    code = session.gazetteer.neighbourhood_by_name(said)
    if code:
        body["neighbourhood"] = code
    else:
        extra.setdefault("neighbourhood", body.pop("neighbourhood"))


def _refused(row: PlannedRow, refusal: Refused) -> Rejected:
    column = shown_field(str(refusal.facts.get("fact", "")))
    if refusal.code == "fact_long":
        length, limit = str(refusal.facts["length"]), str(refusal.facts["longest"])
        return rejected(row, "row_text_too_long", column=column, length=length, limit=limit)
    return rejected(row, "row_fact_form", column=column, value=str(refusal.facts.get("said", "")))
